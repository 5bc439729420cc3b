"""What a report says, in words and in tables, the same in Markdown and in HTML."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from msgspec import Struct

from core.config.settings import Settings
from core.feeds.describe import describe_categories
from core.paper import Entry, Paper
from core.query.feed_query import FeedQuery
from core.render.body import rendered_score
from core.render.head import author_names
from core.report.build import Report
from core.report.period import Period
from core.text.plain import plain

SayInReport = Callable[[str], str]
"""Puts a sentence of a report into the reader's language."""
_PERCENT_TENTHS_BELOW: Final = 10
MOST_AUTHORS_REPORTED: Final = 10
"""Named in a report; a paper of three hundred has a page of its own."""


def report_title(report: Report) -> str:
    """``arXiv on Wednesday 14 January 2026`` or ``arXiv in the week of 12 January 2026 (2026-W03)``."""
    return f"{'[Sample] ' if report.is_sample_report else ''}arXiv {_period_phrase(report.period)}"


def _period_phrase(period: Period) -> str:
    first_day = f"{period.reported_from.day} {period.reported_from:%B %Y}"
    week_phrase = f"in the week of {first_day} ({period.period_name})"
    return week_phrase if period.is_week else f"on {period.reported_from:%A} {first_day}"


def report_sentence(report: Report) -> str:
    """The statistics in one sentence: announced, matched, shown, summarized."""
    announced, reported_count = report.announced, len(report.papers)
    reported_phrase = "all of them below" if report.matched <= reported_count else f"the best {reported_count} below"
    reported_phrase = reported_phrase if report.matched else "nothing to show"
    summarized_phrase = f", {report.summarized_count} of them summarized" if report.summarized_count else ""
    once_phrase = "; a paper of several categories counts once" if len(report.reported_categories) > 1 else ""
    categories_phrase = describe_categories(report.report_query, len(report.report_query.categories.terms))
    categories_phrase += ", as far as they are held here" if report.unheld_sentences else ""
    return (
        f"{announced.announced:,} papers were announced in {categories_phrase} "
        f"({announced.new:,} new, {announced.cross:,} cross-listed, {announced.replace:,} replaced{once_phrase}); "
        f"{report.matched:,} matched, {reported_phrase}{summarized_phrase}."
    )


def authors_line(reported: Paper) -> str:
    reported_authors = author_names(reported)
    unreported_count = len(reported_authors) - MOST_AUTHORS_REPORTED
    unreported_phrase = f" and {unreported_count:,} more" if unreported_count > 0 else ""
    return ", ".join(reported_authors[:MOST_AUTHORS_REPORTED]) + unreported_phrase


def score_line(reported: Entry, say: SayInReport = str) -> str:
    """``2.5: kv cache (title); LLM, agents (abstract)``; the score alone when no term matched. A rating stands last."""
    reported_terms: dict[str, list[str]] = {}
    for reported_match in reported.matched:
        reported_terms.setdefault(reported_match.field, []).append(plain(reported_match.term))
    title_first = sorted(reported_terms.items(), key=lambda reported_field: reported_field[0] != "title")
    terms_phrase = "; ".join(f"{', '.join(terms)} ({say(field)})" for field, terms in title_first)
    score_phrase = rendered_score(reported.score) or "0"
    rating_phrase = f" · {plain(reported.rating.tldr)}" if reported.rating else ""
    return (f"{score_phrase}: {terms_phrase}" if terms_phrase else score_phrase) + rating_phrase


def announced_line(reported: Entry, say: SayInReport = str) -> str:
    """``new, 2026-01-14``; of one that is older also when it first was."""
    first_announced = reported.paper.announced
    first_phrase = say(f" (first {first_announced})") if first_announced != reported.day else ""
    return f"{say(reported.announce_type.value)}, {reported.day}{first_phrase}"


def reported_version(reported: Paper) -> str:
    return f"arXiv:{reported.arxiv_id}v{reported.version}"


class ReportTable(Struct, frozen=True):
    """A table's heads and its rows."""

    table_heads: Sequence[str]
    table_rows: Sequence[Sequence[str]]


def category_table(report: Report) -> ReportTable:
    table_heads = ("Category", "Announced", "New", "Cross-listed", "Replaced", "Matched")
    table_rows = [
        (count.category, count.announced, count.new, count.cross, count.replace, count.matched)
        for count in report.reported_categories
    ]
    return ReportTable(table_heads, [list(map(str, table_row)) for table_row in table_rows])


def keyword_table(report: Report) -> ReportTable:
    """Each keyword, and in how many papers it stands; of a week also what its share was before."""
    is_compared = bool(report.compared_days)
    table_heads = ("Keyword", "Papers", "Share of announced", *(("Before",) if is_compared else ()))
    table_rows = []
    for reported_keyword in report.reported_keywords:
        share_before = "" if reported_keyword.share_before is None else _percent(reported_keyword.share_before)
        table_row = [plain(reported_keyword.term), str(reported_keyword.papers), _percent(reported_keyword.share)]
        table_rows.append([*table_row, share_before] if is_compared else table_row)
    return ReportTable(table_heads, table_rows)


def _percent(share: float) -> str:
    """``0.4 %``, ``49 %``: a tenth counts where little is."""
    return f"{share:.1f} %" if share < _PERCENT_TENTHS_BELOW else f"{share:.0f} %"


def rising_keywords(report: Report) -> str:
    """Which keywords rose against the weeks before; "" of a day, and when there are no keywords."""
    if not report.period.is_week or not report.reported_keywords:
        return ""
    if not report.compared_days:
        return "no earlier week is held to compare the keywords with"
    rising_phrases = (
        f"{plain(risen.term)} ({_percent(risen.share_before or 0)} → {_percent(risen.share)})"
        for risen in report.risen_keywords
    )
    return ", ".join(rising_phrases) or "no keyword rose surely above its share of the weeks before"


def configuration_table(report_query: FeedQuery, settings: Settings) -> ReportTable:
    """The configuration in force: what was asked for, defaults filled in; no secret is among it."""
    reported_order = ["new", "cross", "replace", "replace-cross"]
    reported_types = sorted({announce_type.value for announce_type in report_query.types}, key=reported_order.index)
    table_rows = [
        ("Categories", ", ".join(report_query.categories.terms)),
        ("Keywords", _joined_terms(report_query.keywords) or "none: every paper"),
        ("Excluded", _joined_terms(report_query.exclude) or "nothing"),
        ("Followed authors", _joined_terms(report_query.authors)),
        ("Papers like", _joined_terms(report_query.like)),
        ("Types", ", ".join(reported_types)),
        ("Least score", rendered_score(report_query.min_score)),
        ("Most papers", str(report_query.per_day)),
        ("Ranking", f"{report_query.rank}, match={report_query.match}"),
        ("Summaries", ", ".join(settings.ai_summary.languages)),
    ]
    return ReportTable(("Setting", "Value"), [table_row for table_row in table_rows if table_row[1]])


def _joined_terms(reported_terms: Iterable[object]) -> str:
    return ", ".join(map(str, reported_terms))
