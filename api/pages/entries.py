"""Entries of a feed in words, for a page."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Final

from msgspec import Struct

from api.ui import Ui
from core.language.terms import Term, join_clauses, word_clause
from core.language.words import cut_with_signs
from core.paper import NEAREST_MATCH, Entry, EntryMath, Matched, Paper, Summary
from core.query.feed_query import FeedQuery
from core.render.body import rendered_score
from core.render.head import short_text
from core.render.links import abstract_url, html_url, pdf_url
from core.render.prose import Prose, summary_html
from core.search.highlight import HighlightPiece, highlight
from core.taxonomy import CATEGORIES
from core.text.links import mend_text_urls, split_text_urls
from core.text.plain import plain, text_paragraphs, xml_safe
from core.text.sentences import first_sentences

AUTHORS_SHOWN: Final = 6
MOST_LEAD: Final = 450
"""Characters: two sentences of most abstracts."""
_FIELDS: Final = {
    "title": "in the title",
    "abstract": "in the abstract",
    "author": "among the authors",
    "category": "in the categories",
    "comment": "in the comment",
    "institution": "among the institutions",
}


class PageEntry(Struct, frozen=True):
    """An entry in words."""

    id: str
    title: list[HighlightPiece]
    authors: str
    lead: str
    abstract: list[str]  # paragraphs, safe HTML
    sections: tuple[tuple[str, str], ...]  # of the summary: heading and safe HTML
    warning: str
    kind: str
    categories: tuple[tuple[str, str], ...]  # id and name
    score: str
    share: float  # of the page's highest score
    why: str
    links: tuple[tuple[str, str], ...]


class PageDay(Struct, frozen=True):
    """The entries that stand under one day."""

    day: date
    title: str
    count: int
    entries: list[PageEntry]


def page_days(entries: Sequence[Entry], query: FeedQuery, counts: dict[date, int], ui: Ui) -> list[PageDay]:
    """Group a feed's entries, in its order, under its days."""
    top = max((entry.score for entry in entries), default=0) or 1
    return [
        PageDay(day, ui.day(day), counts.get(day, 0), [page_entry(entry, query, ui, top) for entry in some])
        for day, some in groupby(entries, key=lambda entry: entry.day)
    ]


def page_entry(entry: Entry, query: FeedQuery, ui: Ui, top: float = 1.0) -> PageEntry:
    """One entry in words; ``top`` is the score that fills the bar."""
    paper, summary = entry.paper, entry.summary
    return PageEntry(
        id=paper.arxiv_id,
        title=highlight(plain(paper.title), _in_title(entry, query)),
        authors=shown_authors([plain(author.name) for author in paper.authors], ui),
        lead=_lead(entry),
        abstract=abstract_html(paper, query.math),
        sections=sections_html(summary, query.math),
        warning=summary.warning if summary else "",
        kind=entry.announce_type.value,
        categories=named_categories(paper.categories),
        score=rendered_score(entry.score) if entry.score else "",
        share=min(max(entry.score / top, 0), 1),
        why=why_in_words(entry.matched, ui),
        links=(
            ("arXiv", abstract_url(paper.arxiv_id)),
            ("PDF", pdf_url(paper)),
            ("HTML", html_url(paper)),
            ("BibTeX", f"/papers/{paper.arxiv_id}.bib"),
        ),
    )


def _lead(entry: Entry) -> str:
    """The TL;DR, else the first two sentences."""
    tldr = plain(entry.summary.tldr) if entry.summary else ""
    return tldr or first_sentences(plain(entry.paper.abstract), 2, MOST_LEAD) or short_text(entry, "full")


def _in_title(entry: Entry, query: FeedQuery) -> list[Term]:
    """The terms that a title matches: keywords, or words of what is liked."""
    found = {each.term for each in entry.matched if each.field == "title"}
    terms = [term for term in query.keywords if term.text in found]
    alike = cut_with_signs(" ".join(found - {term.text for term in terms}))[1] if query.like else []
    return [*terms, *(join_clauses([word_clause(word)]) for word in alike)]


def shown_authors(names: Sequence[str], ui: Ui) -> str:
    """The first few names; how many more there are."""
    shown = ", ".join(names[:AUTHORS_SHOWN])
    return shown + ui.t(" and {n} more", n=len(names) - AUTHORS_SHOWN) if len(names) > AUTHORS_SHOWN else shown


def abstract_html(paper: Paper, math: EntryMath) -> list[str]:
    """The paragraphs of an abstract as HTML that is safe, with formulas and links."""
    prose = Prose(paper.mathml, math, rel="nofollow noopener")
    return [xml_safe(prose.html(part)) for part in text_paragraphs(paper.abstract)]


def linked(text: str) -> list[tuple[str, str]]:
    """A readable text in pieces, each with the address that it is or ""."""
    return [*split_text_urls(mend_text_urls(text))]


def sections_html(summary: Summary | None, math: EntryMath) -> tuple[tuple[str, str], ...]:
    """A summary's headings and their safe HTML, formulas readable."""
    return tuple((heading, summary_html(html, math)) for heading, html in (summary.sections if summary else ()))


def named_categories(categories: Iterable[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, CATEGORIES.get(name, name)) for name in categories)


def why_in_words(matched: Sequence[Matched], ui: Ui) -> str:
    """``LLM in the title, RL in the abstract``."""
    return ui.t(", ").join(_reason(each, ui) for each in matched)


def _reason(each: Matched, ui: Ui) -> str:
    if each == NEAREST_MATCH:
        return ui.t("no term, but like your best")
    return f"{each.term} {ui.t(_FIELDS[each.field])}" if each.field in _FIELDS else each.term
