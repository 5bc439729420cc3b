"""What is sent: the day in a sentence, the best papers with their links, and where the rest is. Pure."""

from html import escape
from typing import Final

from msgspec import Struct

from core.paper import Entry
from core.render.head import item_title, short_text
from core.render.links import abstract_url
from core.report.build import Report
from core.report.facts import report_sentence, report_title, score_line

MOST_PAPERS_NOTIFIED: Final = 10
"""Papers in a notice: chats cut what is longer than some 4,000 characters."""
_MOST_NOTICE_LETTERS: Final = 200
"""Of the text of each of its papers."""


class Notice(Struct, frozen=True):
    """A title of plain text, and safe HTML that Apprise turns into what its target can show."""

    notice_title: str
    notice_html: str


def write_notice(notified_report: Report, *, report_url: str = "", most_papers: int = MOST_PAPERS_NOTIFIED) -> Notice:
    """Tell of a report; ``report_url`` is where the whole of it is."""
    notice_items = [_notice_item(notified, notified_report) for notified in notified_report.papers[:most_papers]]
    notice_lines = [f"<p>{_notice_text(report_sentence(notified_report))}</p>", "<ol>", *notice_items, "</ol>"]
    unnotified_papers = len(notified_report.papers) - len(notice_items)
    if report_url:
        notice_link_title = f"The report, with {unnotified_papers} more" if unnotified_papers else "The report"
        notice_lines.append(f'<p><a href="{escape(report_url)}">{notice_link_title}</a></p>')
    elif unnotified_papers:
        notice_lines.append(f"<p>And {unnotified_papers} more.</p>")
    return Notice(report_title(notified_report), "\n".join(notice_lines))


def _notice_item(notified: Entry, notified_report: Report) -> str:
    notice_title = _notice_text(item_title(notified.paper, sample=notified_report.is_sample_report))
    notice_link = f'<a href="{escape(abstract_url(notified.paper.arxiv_id))}">{notice_title}</a>'
    notice_text, notice_score = short_text(notified, "full"), _notice_text(score_line(notified))
    if len(notice_text) > _MOST_NOTICE_LETTERS:
        notice_text = notice_text[:_MOST_NOTICE_LETTERS].rpartition(" ")[0] + " …"
    return f"<li>{notice_link}<br/>{_notice_text(notice_text)}<br/><em>{notice_score}</em></li>"


def _notice_text(notice_text: str) -> str:
    return escape(notice_text, quote=False)
