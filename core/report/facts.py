"""What a report says, in words and in tables, the same in Markdown and in HTML."""

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from core.config import Settings
from core.language.names import Name
from core.language.terms import Term
from core.paper import Entry, Paper
from core.query.feed_query import FeedQuery
from core.render.body import shown_score
from core.render.head import author_names
from core.report.build import Report
from core.report.period import Period
from core.text.plain import plain

MOST_AUTHORS: Final = 10
"""Named in a report; a paper of three hundred has a page of its own."""


def report_title(report: Report) -> str:
    """``arXiv on Wednesday 14 January 2026`` or ``arXiv in the week of 12 January 2026 (2026-W03)``."""
    return f"{'[Sample] ' if report.sample else ''}arXiv {_when(report.period)}"


def _when(period: Period) -> str:
    day = f"{period.first.day} {period.first:%B %Y}"
    return f"in the week of {day} ({period.name})" if period.is_week else f"on {period.first:%A} {day}"


def report_sentence(report: Report) -> str:
    """The statistics in one sentence: announced, matched, shown, summarized."""
    found = report.announced
    shown = "all of them below" if report.matched <= len(report.papers) else f"the best {len(report.papers)} below"
    if not report.matched:
        shown = "nothing to show"
    summarized = f", {report.summarized} of them summarized" if report.summarized else ""
    return (
        f"{found.announced:,} papers were announced in {', '.join(report.query.categories.terms)} "
        f"({found.new:,} new, {found.cross:,} cross-listed, {found.replace:,} replaced); "
        f"{report.matched:,} matched, {shown}{summarized}."
    )


def authors_line(paper: Paper) -> str:
    names = author_names(paper)
    more = len(names) - MOST_AUTHORS
    return ", ".join(names[:MOST_AUTHORS]) + (f" and {more:,} more" if more > 0 else "")


def score_line(entry: Entry) -> str:
    """``2.5: kv cache (title); LLM, agents (abstract)``; the score alone when no term matched. A rating stands last."""
    fields: dict[str, list[str]] = {}
    for each in entry.matched:
        fields.setdefault(each.field, []).append(plain(each.term))
    order = sorted(fields.items(), key=lambda pair: pair[0] != "title")
    why = "; ".join(f"{', '.join(terms)} ({field})" for field, terms in order)
    score = shown_score(entry.score) or "0"
    rated = f" · {plain(entry.rating.tldr)}" if entry.rating else ""
    return (f"{score}: {why}" if why else score) + rated


def announced_line(entry: Entry) -> str:
    """``new, 2026-01-14``; of one that is older also when it first was."""
    paper = entry.paper
    first = f" (first {paper.announced})" if paper.announced != entry.day else ""
    return f"{entry.announce_type.value}, {entry.day}{first}"


def paper_name(paper: Paper) -> str:
    return f"arXiv:{paper.arxiv_id}v{paper.version}"


class Table(Struct, frozen=True):
    """A table's heads and its rows."""

    heads: Sequence[str]
    rows: Sequence[Sequence[str]]


def category_table(report: Report) -> Table:
    heads = ("Category", "Announced", "New", "Cross-listed", "Replaced", "Matched")
    counts = [(c.category, c.announced, c.new, c.cross, c.replace, c.matched) for c in report.categories]
    return Table(heads, [list(map(str, row)) for row in counts])


def keyword_table(report: Report) -> Table:
    """Each keyword, and in how many papers it stands; of a week also what its share was before."""
    heads, counts = ["Keyword", "Papers", "In a thousand"], report.keywords
    rows = [[plain(each.term), str(each.papers), str(each.share)] for each in counts]
    if report.compared_with:
        heads.append("Before")
        rows = [[*row, "" if each.before is None else str(each.before)] for row, each in zip(rows, counts, strict=True)]
    return Table(heads, rows)


def rising(report: Report) -> str:
    """Which keywords rose against the weeks before; "" of a day, and when there are no keywords."""
    if not report.period.is_week or not report.keywords:
        return ""
    if not report.compared_with:
        return "no earlier week is held to compare the keywords with"
    risen = (f"{plain(each.term)} ({each.before} → {each.share} in a thousand papers)" for each in report.risen)
    return ", ".join(risen) or "no keyword rose surely above its share of the weeks before"


def configuration(query: FeedQuery, settings: Settings) -> Table:
    """The configuration in force: what was asked for, defaults filled in; no secret is among it."""
    types = sorted({kind.value for kind in query.types}, key=["new", "cross", "replace", "replace-cross"].index)
    rows = [
        ("Categories", ", ".join(query.categories.terms)),
        ("Keywords", _terms(query.keywords) or "none: every paper"),
        ("Excluded", _terms(query.exclude) or "nothing"),
        ("Followed authors", _terms(query.authors)),
        ("Papers like", ", ".join(map(str, query.like))),
        ("Types", ", ".join(types)),
        ("Least score", shown_score(query.min_score)),
        ("Most papers", str(query.per_day)),
        ("Ranking", f"{query.rank}, match={query.match}"),
        ("Summaries", ", ".join(settings.ai_summary.languages)),
    ]
    return Table(("Setting", "Value"), [(name, value) for name, value in rows if value])


def _terms(terms: Iterable[Term | Name]) -> str:
    return ", ".join(map(str, terms))
