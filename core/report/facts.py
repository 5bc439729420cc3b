"""What a report says, in words and in tables, the same in Markdown and in HTML."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from core.config.settings import Settings
from core.language.names import AuthorName
from core.language.terms import Term
from core.paper import Entry, Paper
from core.query.feed_query import FeedQuery
from core.render.body import rendered_score
from core.render.head import author_names
from core.report.build import Report
from core.report.period import Period
from core.text.plain import plain

Say = Callable[[str], str]
"""Puts a sentence of a report into the reader's language."""
_TENTHS_BELOW: Final = 10  # percent
MOST_AUTHORS_NAMED: Final = 10
"""Named in a report; a paper of three hundred has a page of its own."""


def report_title(report: Report) -> str:
    """``arXiv on Wednesday 14 January 2026`` or ``arXiv in the week of 12 January 2026 (2026-W03)``."""
    return f"{'[Sample] ' if report.sample else ''}arXiv {_period_phrase(report.period)}"


def _period_phrase(period: Period) -> str:
    first_day = f"{period.first.day} {period.first:%B %Y}"
    return f"in the week of {first_day} ({period.name})" if period.is_week else f"on {period.first:%A} {first_day}"


def report_sentence(report: Report) -> str:
    """The statistics in one sentence: announced, matched, shown, summarized."""
    announced = report.announced
    papers_shown = (
        "all of them below" if report.matched <= len(report.papers) else f"the best {len(report.papers)} below"
    )
    if not report.matched:
        papers_shown = "nothing to show"
    summarized_part = f", {report.summarized} of them summarized" if report.summarized else ""
    once = "; a paper of several categories counts once" if len(report.categories) > 1 else ""
    return (
        f"{announced.announced:,} papers were announced in {', '.join(report.query.categories.terms)} "
        f"({announced.new:,} new, {announced.cross:,} cross-listed, {announced.replace:,} replaced{once}); "
        f"{report.matched:,} matched, {papers_shown}{summarized_part}."
    )


def authors_line(paper: Paper) -> str:
    paper_authors = author_names(paper)
    authors_left = len(paper_authors) - MOST_AUTHORS_NAMED
    return ", ".join(paper_authors[:MOST_AUTHORS_NAMED]) + (f" and {authors_left:,} more" if authors_left > 0 else "")


def score_line(entry: Entry, say: Say = str) -> str:
    """``2.5: kv cache (title); LLM, agents (abstract)``; the score alone when no term matched. A rating stands last."""
    terms_by_field: dict[str, list[str]] = {}
    for matched_term in entry.matched:
        terms_by_field.setdefault(matched_term.field, []).append(plain(matched_term.term))
    by_field = sorted(terms_by_field.items(), key=lambda pair: pair[0] != "title")
    matched_terms = "; ".join(f"{', '.join(terms)} ({say(field)})" for field, terms in by_field)
    shown_total = rendered_score(entry.score) or "0"
    rating_text = f" · {plain(entry.rating.tldr)}" if entry.rating else ""
    return (f"{shown_total}: {matched_terms}" if matched_terms else shown_total) + rating_text


def announced_line(entry: Entry, say: Say = str) -> str:
    """``new, 2026-01-14``; of one that is older also when it first was."""
    paper = entry.paper
    first_announced = say(f" (first {paper.announced})") if paper.announced != entry.day else ""
    return f"{say(entry.announce_type.value)}, {entry.day}{first_announced}"


def paper_name(paper: Paper) -> str:
    return f"arXiv:{paper.arxiv_id}v{paper.version}"


class ReportTable(Struct, frozen=True):
    """A table's heads and its rows."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def category_table(report: Report) -> ReportTable:
    heads = ("Category", "Announced", "New", "Cross-listed", "Replaced", "Matched")
    category_rows = [
        (count.category, count.announced, count.new, count.cross, count.replace, count.matched)
        for count in report.categories
    ]
    return ReportTable(heads, [list(map(str, row)) for row in category_rows])


def keyword_table(report: Report) -> ReportTable:
    """Each keyword, and in how many papers it stands; of a week also what its share was before."""
    heads, keyword_counts = ["Keyword", "Papers", "Share"], report.keywords
    keyword_rows = [[plain(keyword.term), str(keyword.papers), _percent(keyword.share)] for keyword in keyword_counts]
    if report.compared_with:
        heads.append("Before")
        keyword_rows = [
            [*row, "" if keyword.before is None else _percent(keyword.before)]
            for row, keyword in zip(keyword_rows, keyword_counts, strict=True)
        ]
    return ReportTable(heads, keyword_rows)


def _percent(share: float) -> str:
    """``0.4 %``, ``49 %``: a tenth counts where little is."""
    return f"{share:.1f} %" if share < _TENTHS_BELOW else f"{share:.0f} %"


def rising_keywords(report: Report) -> str:
    """Which keywords rose against the weeks before; "" of a day, and when there are no keywords."""
    if not report.period.is_week or not report.keywords:
        return ""
    if not report.compared_with:
        return "no earlier week is held to compare the keywords with"
    risen_keywords = (
        f"{plain(keyword.term)} ({_percent(keyword.before or 0)} → {_percent(keyword.share)})"
        for keyword in report.risen
    )
    return ", ".join(risen_keywords) or "no keyword rose surely above its share of the weeks before"


def configuration_table(query: FeedQuery, settings: Settings) -> ReportTable:
    """The configuration in force: what was asked for, defaults filled in; no secret is among it."""
    announce_types = sorted(
        {kind.value for kind in query.types}, key=["new", "cross", "replace", "replace-cross"].index
    )
    setting_rows = [
        ("Categories", ", ".join(query.categories.terms)),
        ("Keywords", _joined_terms(query.keywords) or "none: every paper"),
        ("Excluded", _joined_terms(query.exclude) or "nothing"),
        ("Followed authors", _joined_terms(query.authors)),
        ("Papers like", ", ".join(map(str, query.like))),
        ("Types", ", ".join(announce_types)),
        ("Least score", rendered_score(query.min_score)),
        ("Most papers", str(query.per_day)),
        ("Ranking", f"{query.rank}, match={query.match}"),
        ("Summaries", ", ".join(settings.ai_summary.languages)),
    ]
    return ReportTable(("Setting", "Value"), [(name, value) for name, value in setting_rows if value])


def _joined_terms(keyword_terms: Iterable[Term | AuthorName]) -> str:
    return ", ".join(map(str, keyword_terms))
