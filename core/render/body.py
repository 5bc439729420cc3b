"""One paper as safe HTML for feed readers: no scripts, styles or relative addresses, whatever the paper holds."""

from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Final

from core.paper import NEAREST, VOTES, Content, Entry, Matched, Math, Paper, Summary
from core.render.facts import affiliations, announced, authors, categories, comment, further_reading, resources
from core.render.head import local, withdrawn
from core.render.links import with_parameters
from core.render.prose import Prose, summary_html
from core.text.paragraphs import paragraphs
from core.text.plain import xml_safe

WHY: Final = "\u2060why\u2060"
"""Stands for ``why_html`` where a body is rendered once for many feeds; ``plain`` leaves no such thing in a text."""
END: Final = "\u2060end\u2060"
"""Stands for what only some feeds have at the end of an entry: the links of a profile's feed to vote with."""


def body_html(entry: Entry, content: Content, *, papers_url: str = "", math: Math = "mathml") -> str:
    """
    Render the TL;DR, why the paper is here, who wrote it, the abstract, the summary, and where to read on.

    ``summary`` falls back to the abstract when there is none yet; ``title`` has no body at all. ``papers_url`` is
    what an id is appended to for the paper's own page; without it no such page is linked.
    """
    body = body_without_why(entry, content, papers_url=papers_url, math=math)
    return body.replace(WHY, why_html(entry)).replace(END, "")


def body_without_why(entry: Entry, content: Content, *, papers_url: str = "", math: Math = "mathml") -> str:
    """Render the same with ``WHY`` in one place: what differs from one query to the next goes there."""
    if content == "title":
        return ""
    paper, prose = entry.paper, Prose(entry.paper.mathml, math)
    summary = entry.summary if content != "abstract" else None
    abstract = paragraphs(paper.abstract) if content != "summary" or summary is None else []
    parts = [
        *_warnings(summary, paper, prose),
        _tldr(summary, prose) if summary else "",
        f"<p><small>{WHY}{announced(entry)}</small></p>",
        authors(paper, prose),
        affiliations(paper, prose),
        comment(paper, prose),
        f"<p><small>{categories(paper)}</small></p>",
        *(f"<p>{prose.html(paragraph)}</p>" for paragraph in abstract),
        *(_sections(summary, paper, prose, math) if summary else ()),
        resources(paper),
        f"<p><small>{further_reading(paper, papers_url)}{END}</small></p>",
    ]
    return xml_safe("\n".join(part for part in parts if part))


def votes_html(entry: Entry, votes_url: str) -> str:
    """The links of a profile's feed with which a reader says what they like; nothing in other feeds."""
    if not votes_url:
        return ""
    url = escape(with_parameters(votes_url, id=entry.paper.arxiv_id))
    more, less = (f'<a href="{url}&amp;vote={vote}">{vote} like this</a>' for vote in ("more", "less"))
    return f"<br>{more} · {less}"


def why_html(entry: Entry) -> str:
    """Tell the score and what made it, to stand before when it was announced."""
    rating = f"{xml_safe(escape(entry.rating.tldr, quote=False))} · " if entry.rating else ""
    return rating + _why_html(entry.score, entry.matched)


@lru_cache(maxsize=2048)
def _why_html(score: float, matched: tuple[Matched, ...]) -> str:
    why = _why(score, matched)
    return f"{xml_safe(why)} · " if why else ""


def _warnings(summary: Summary | None, paper: Paper, prose: Prose) -> list[str]:
    warnings = ["<p><strong>Withdrawn</strong> by its authors.</p>"] if withdrawn(paper) else []
    if summary and summary.warning:
        warnings.append(f"<p><strong>Warning:</strong> {prose.text(summary.warning)}</p>")
    return warnings


def _tldr(summary: Summary, prose: Prose) -> str:
    return f"<p><strong>TL;DR</strong> {prose.text(summary.tldr)}</p>" if summary.tldr else ""


def _sections(summary: Summary, paper: Paper, prose: Prose, math: Math) -> list[str]:
    """The headings are strong as well: readers that know no ``details`` show them as what they are."""
    sections = [
        f"<details><summary><strong>{prose.text(heading)}</strong></summary>\n"
        f"{summary_html(html, math).replace(WHY, '').replace(END, '')}\n</details>"
        for heading, html in summary.sections
    ]
    return [*sections, f"<p><small>{_origin(summary, paper, prose)}</small></p>"]


def _origin(summary: Summary, paper: Paper, prose: Prose) -> str:
    model, language = prose.text(summary.model), prose.text(summary.language)
    made = f"Summary by {model}, {language}, {local(summary.created).date()}"
    return made if summary.version == paper.version else f"{made}, made from version {summary.version}"


def _why(score: float, matched: tuple[Matched, ...]) -> str:
    """Name the score and what made it: ``Score 2.5: kv cache (title, abstract), LLM (abstract)``."""
    if matched == (NEAREST,):
        return NEAREST.term
    if not matched:
        return f"Score {shown_score(score)}" if score else ""
    fields: dict[str, list[str]] = {}
    for each in matched:
        fields.setdefault(each.term, []).append(each.field)
    return f"Score {shown_score(score)}: {', '.join(_told(term, found) for term, found in fields.items())}"


def _told(term: str, fields: Sequence[str]) -> str:
    """A term and where it stands; what votes did says so itself."""
    where = ", ".join(field for field in fields if field != VOTES)
    return escape(f"{term} ({where})" if where else term, quote=False)


def shown_score(score: float) -> str:
    """At most two decimals, none when they are zero: ``2.5``, ``3``, ``0.33``."""
    return f"{score:.2f}".rstrip("0").rstrip(".")
