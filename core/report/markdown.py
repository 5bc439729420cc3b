"""A report as GitHub-flavoured Markdown; nothing that a paper or a summary holds can break out of its place."""

from collections.abc import Iterator
from datetime import UTC
from html import escape as escape_html

from core.config import Settings
from core.paper import Entry, Summary
from core.render.head import short_text
from core.render.links import abstract_url
from core.report.build import Report
from core.report.facts import (
    Table,
    announced_line,
    authors_line,
    category_table,
    configuration,
    keyword_table,
    paper_name,
    report_sentence,
    report_title,
    rising,
    score_line,
)
from core.report.gfm import escape, escape_block, one_line_html
from core.report.summary_html import summary_html, summary_label


def markdown_report(report: Report, settings: Settings, *, feed_url: str = "") -> str:
    """Write the whole report; ``feed_url`` is where the same query is a feed."""
    return "\n".join([*_head(report, feed_url), *_statistics(report), *_papers(report), *_settings(report, settings)])


def _head(report: Report, feed_url: str) -> Iterator[str]:
    yield f"# {escape(report_title(report))}\n"
    yield f"{escape_block(report_sentence(report))}\n"
    subscribe = f" · [subscribe]({feed_url})" if feed_url else ""
    yield f"Updated {report.updated.astimezone(UTC):%Y-%m-%d %H:%M} UTC{subscribe}\n"


def _statistics(report: Report) -> Iterator[str]:
    yield "## Statistics\n"
    yield from _table(category_table(report))
    if found := rising(report):
        yield f"**Rising**: {escape(found)}\n"
    if report.keywords:
        yield f"<details><summary>{len(report.keywords)} keywords</summary>\n"
        yield from _table(keyword_table(report))
        yield "</details>\n"


def _table(table: Table, column: str = "---:") -> Iterator[str]:
    yield f"| {' | '.join(table.heads)} |"
    yield f"|---|{'|'.join(column for _ in table.heads[1:])}|"
    for row in table.rows:
        yield f"| {' | '.join(map(escape, row))} |"
    yield ""


def _papers(report: Report) -> Iterator[str]:
    yield "## Papers\n"
    if not report.papers:
        yield "No paper matched.\n"
    for rank, entry in enumerate(report.papers, 1):
        yield from _paper(rank, entry)


def _paper(rank: int, entry: Entry) -> Iterator[str]:
    paper = entry.paper
    title = escape(paper.title) or paper_name(paper)
    yield f"### {rank}. [{title}]({abstract_url(paper.arxiv_id)})\n"
    facts = [
        ("Authors", authors_line(paper) or "not named"),
        ("Categories", ", ".join(paper.categories)),
        ("Announced", announced_line(entry)),
        ("Score", score_line(entry)),
        ("Id", paper_name(paper)),
    ]
    yield "\n".join(f"- **{name}**: {escape(value)}" for name, value in facts) + "\n"
    yield f"> {escape_block(short_text(entry, 'abstract'))}\n"
    if entry.summary:
        yield _folded(entry.summary)


def _folded(summary: Summary) -> str:
    """One block of HTML without a blank line in it: Markdown begins again after it, and not before."""
    label = escape_html(summary_label(summary), quote=False)
    return f"<details><summary>{label}</summary>\n{one_line_html(summary_html(summary))}\n</details>\n"


def _settings(report: Report, settings: Settings) -> Iterator[str]:
    yield "## Configuration\n"
    yield from _table(configuration(report.query, settings), "---")
