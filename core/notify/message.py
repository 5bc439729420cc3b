"""What is sent: the day in a sentence, the best papers with their links, and where the rest is. Pure."""

from html import escape
from typing import Final

from msgspec import Struct

from core.paper import Entry
from core.render.head import item_title, short_text
from core.render.links import abstract_url
from core.report.build import Report
from core.report.facts import report_sentence, report_title, score_line

MOST_PAPERS_TOLD: Final = 10
"""Papers in a message: chats cut what is longer than some 4,000 characters."""
_MOST_TEXT_CHARACTERS: Final = 200


class Message(Struct, frozen=True):
    """A title of plain text, and safe HTML that Apprise turns into what its target can show."""

    title: str
    html: str


def message_of(report: Report, *, page_url: str = "", most_papers: int = MOST_PAPERS_TOLD) -> Message:
    """Tell of a report; ``page_url`` is where the whole of it is."""
    told_papers = report.papers[:most_papers]
    message_parts = [f"<p>{escape(report_sentence(report), quote=False)}</p>", "<ol>"]
    message_parts += [_paper_item(entry, report) for entry in told_papers]
    message_parts.append("</ol>")
    papers_left = len(report.papers) - len(told_papers)
    if page_url:
        report_link = f"The report, with {papers_left} more" if papers_left else "The report"
        message_parts.append(f'<p><a href="{escape(page_url)}">{report_link}</a></p>')
    elif papers_left:
        message_parts.append(f"<p>And {papers_left} more.</p>")
    return Message(report_title(report), "\n".join(message_parts))


def _paper_item(entry: Entry, report: Report) -> str:
    paper_title = escape(item_title(entry.paper, sample=report.sample), quote=False)
    paper_text = short_text(entry, "full")
    excerpt = paper_text[:_MOST_TEXT_CHARACTERS].rpartition(" ")[0] + " …"
    shown_text = escape(paper_text if len(paper_text) <= _MOST_TEXT_CHARACTERS else excerpt, quote=False)
    score = escape(score_line(entry), quote=False)
    link = escape(abstract_url(entry.paper.arxiv_id))
    return f'<li><a href="{link}">{paper_title}</a><br/>{shown_text}<br/><em>{score}</em></li>'
