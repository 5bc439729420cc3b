"""One paper as safe HTML for feed readers: no scripts, styles or relative addresses, whatever the paper holds."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from typing import Final

from core.paper import NEAREST_MATCH, VOTES_FIELD, Entry, EntryContent, EntryMath, Matched, Paper, Summary
from core.render.facts import (
    affiliations_html,
    announced_html,
    authors_html,
    categories_html,
    comment_html,
    links_html,
    read_on_html,
)
from core.render.head import is_withdrawn_paper, rendered_time
from core.render.links import url_with_parameters
from core.render.prose import Prose, summary_html
from core.text.plain import text_paragraphs, xml_safe

WHY_MARK: Final = "\u2060why\u2060"
"""Stands for ``why_html`` where a body is rendered once for many feeds; ``plain`` leaves no such thing in a text."""
VOTES_MARK: Final = "\u2060end\u2060"
"""Stands for what only some feeds have at the end of an entry: the links of a profile's feed to vote with."""


def body_html(entry: Entry, content: EntryContent, *, papers_url: str = "", math: EntryMath = "mathml") -> str:
    """
    Render the TL;DR, why the paper is here, who wrote it, the abstract, the summary, and where to read on.

    ``summary`` falls back to the abstract when there is none yet; ``title`` has no body at all. ``papers_url`` is
    what an id is appended to for the paper's own page; without it no such page is linked.
    """
    marked_html = body_html_without_why(entry, content, papers_url=papers_url, math=math)
    return marked_html.replace(WHY_MARK, why_html(entry)).replace(VOTES_MARK, "")


def body_html_without_why(
    entry: Entry, content: EntryContent, *, papers_url: str = "", math: EntryMath = "mathml"
) -> str:
    """Render the same with ``WHY_MARK`` in one place: what differs from one query to the next goes there."""
    if content == "title":
        return ""
    paper, prose = entry.paper, Prose(entry.paper.mathml, math)
    shown_summary = entry.summary if content != "abstract" else None
    shown_paragraphs = text_paragraphs(paper.abstract) if content != "summary" or shown_summary is None else []
    rendered_html = [
        *_warnings_html(shown_summary, paper, prose),
        _tldr_html(shown_summary, prose) if shown_summary else "",
        f"<p><small>{WHY_MARK}{announced_html(entry)}</small></p>",
        authors_html(paper, prose),
        affiliations_html(paper, prose),
        comment_html(paper, prose),
        f"<p><small>{categories_html(paper)}</small></p>",
        *(f"<p>{prose.html(paragraph)}</p>" for paragraph in shown_paragraphs),
        *(_sections_html(shown_summary, paper, prose, math) if shown_summary else ()),
        links_html(paper),
        f"<p><small>{read_on_html(paper, papers_url)}{VOTES_MARK}</small></p>",
    ]
    return xml_safe("\n".join(filter(None, rendered_html)))


def votes_html(entry: Entry, votes_url: str) -> str:
    """The links of a profile's feed with which a reader says what they like; nothing in other feeds."""
    if not votes_url:
        return ""
    votes_href = escape(url_with_parameters(votes_url, id=entry.paper.arxiv_id))
    more_html, less_html = (f'<a href="{votes_href}&amp;vote={vote}">{vote} like this</a>' for vote in ("more", "less"))
    return f"<br>{more_html} · {less_html}"


def why_html(entry: Entry) -> str:
    """Tell the score and what made it, to stand before when it was announced."""
    rating_html = f"{xml_safe(escape(entry.rating.tldr, quote=False))} · " if entry.rating else ""
    return rating_html + _score_html(entry.score, entry.matched)


@lru_cache(maxsize=2048)
def _score_html(score: float, rendered_matches: tuple[Matched, ...]) -> str:
    score_html = _rendered_reasons(score, rendered_matches)
    return f"{xml_safe(score_html)} · " if score_html else ""


def _warnings_html(summary: Summary | None, paper: Paper, prose: Prose) -> Iterator[str]:
    if is_withdrawn_paper(paper):
        yield "<p><strong>Withdrawn</strong> by its authors.</p>"
    if summary and summary.warning:
        yield f"<p><strong>Warning:</strong> {prose.escaped_text(summary.warning)}</p>"


def _tldr_html(summary: Summary, prose: Prose) -> str:
    return f"<p><strong>TL;DR</strong> {prose.escaped_text(summary.tldr)}</p>" if summary.tldr else ""


def _sections_html(summary: Summary, paper: Paper, prose: Prose, math: EntryMath) -> Iterator[str]:
    """The headings are strong as well: readers that know no ``details`` show them as what they are."""
    for section_heading, stored_html in summary.sections:
        section_html = summary_html(stored_html, math).replace(WHY_MARK, "").replace(VOTES_MARK, "")
        section_title_html = f"<summary><strong>{prose.escaped_text(section_heading)}</strong></summary>"
        yield f"<details>{section_title_html}\n{section_html}\n</details>"
    yield f"<p><small>{_origin_html(summary, paper, prose)}</small></p>"


def _origin_html(summary: Summary, paper: Paper, prose: Prose) -> str:
    model_html, language_html = prose.escaped_text(summary.model), prose.escaped_text(summary.language)
    origin_html = f"Summary by {model_html}, {language_html}, {rendered_time(summary.created).date()}"
    return origin_html + (f", made from version {summary.version}" if summary.version != paper.version else "")


def _rendered_reasons(score: float, rendered_matches: tuple[Matched, ...]) -> str:
    """Name the score and what made it: ``Score 2.5: kv cache (title, abstract), LLM (abstract)``."""
    if rendered_matches == (NEAREST_MATCH,):
        return rendered_matches[0].term
    if not rendered_matches:
        return f"Score {rendered_score(score)}" if score else ""
    rendered_fields: dict[str, list[str]] = {}
    for rendered_match in rendered_matches:
        rendered_fields.setdefault(rendered_match.term, []).append(rendered_match.field)
    rendered_reasons = ", ".join(
        _reason_html(matched_term, matched_fields) for matched_term, matched_fields in rendered_fields.items()
    )
    return f"Score {rendered_score(score)}: {rendered_reasons}"


def _reason_html(matched_term: str, matched_fields: Sequence[str]) -> str:
    """A term and where it stands; what votes did says so itself."""
    rendered_fields = ", ".join(field for field in matched_fields if field != VOTES_FIELD)
    return escape(f"{matched_term} ({rendered_fields})" if rendered_fields else matched_term, quote=False)


def rendered_score(score: float) -> str:
    """At most two decimals, none when they are zero: ``2.5``, ``3``, ``0.33``."""
    return f"{score:.2f}".rstrip("0").rstrip(".")
