"""What is sent: the day in a sentence, the best papers with their links, and where the rest is. Pure."""

from html import escape
from typing import Final

from msgspec import Struct

from core.paper import Entry
from core.render.head import item_title, short_text
from core.render.links import abstract_url
from core.report.build import Report
from core.report.facts import report_sentence, report_title, score_line

MOST_TOLD: Final = 10
"""Papers in a message: chats cut what is longer than some 4,000 characters."""
_LONGEST: Final = 200


class Message(Struct, frozen=True):
    """A title of plain text, and safe HTML that Apprise turns into what its target can show."""

    title: str
    html: str


def message_of(report: Report, *, page_url: str = "", papers: int = MOST_TOLD) -> Message:
    """Tell of a report; ``page_url`` is where the whole of it is."""
    told = report.papers[:papers]
    parts = [f"<p>{escape(report_sentence(report), quote=False)}</p>", "<ol>"]
    parts += [_paper(entry, report) for entry in told]
    parts.append("</ol>")
    more = len(report.papers) - len(told)
    if page_url:
        label = f"The report, with {more} more" if more else "The report"
        parts.append(f'<p><a href="{escape(page_url)}">{label}</a></p>')
    elif more:
        parts.append(f"<p>And {more} more.</p>")
    return Message(report_title(report), "\n".join(parts))


def _paper(entry: Entry, report: Report) -> str:
    title = escape(item_title(entry.paper, sample=report.sample), quote=False)
    text = short_text(entry, "full")
    shown = text if len(text) <= _LONGEST else text[:_LONGEST].rpartition(" ")[0] + " …"
    why = escape(score_line(entry), quote=False)
    link = escape(abstract_url(entry.paper.arxiv_id))
    return f'<li><a href="{link}">{title}</a><br/>{escape(shown, quote=False)}<br/><em>{why}</em></li>'
