"""A report as GitHub-flavoured Markdown; nothing that a paper or a summary holds can break out of its place."""

from collections.abc import Iterator
from datetime import UTC
from html import escape as escape_html

from core.config.settings import Settings
from core.paper import Entry, Summary
from core.render.folded_summary import folded_summary_html, folded_summary_title
from core.render.head import short_text
from core.render.links import abstract_url
from core.report.build import Report
from core.report.facts import (
    ReportTable,
    announced_line,
    authors_line,
    category_table,
    configuration_table,
    keyword_table,
    paper_name,
    report_sentence,
    report_title,
    rising_keywords,
    score_line,
)
from core.report.markdown_escape import escape_markdown, escape_markdown_block, one_line_html


def markdown_report(report: Report, settings: Settings, *, feed_url: str = "") -> str:
    """Write the whole report; ``feed_url`` is where the same query is a feed."""
    report_parts = [
        *_report_head(report, feed_url),
        *_statistics_section(report),
        *_papers_section(report),
        *_configuration_section(report, settings),
    ]
    return "\n".join(report_parts)


def _report_head(report: Report, feed_url: str) -> Iterator[str]:
    yield f"# {escape_markdown(report_title(report))}\n"
    yield f"{escape_markdown_block(report_sentence(report))}\n"
    subscribe = f" · [subscribe]({feed_url})" if feed_url else ""
    yield f"Updated {report.updated.astimezone(UTC):%Y-%m-%d %H:%M} UTC{subscribe}\n"


def _statistics_section(report: Report) -> Iterator[str]:
    yield "## Statistics\n"
    yield from _markdown_table(category_table(report))
    if risen := rising_keywords(report):
        yield f"**Rising**: {escape_markdown(risen)}\n"
    if report.keywords:
        yield f"<details><summary>{len(report.keywords)} keywords</summary>\n"
        yield from _markdown_table(keyword_table(report))
        yield "</details>\n"


def _markdown_table(table: ReportTable, column: str = "---:") -> Iterator[str]:
    yield f"| {' | '.join(table.heads)} |"
    yield f"|---|{'|'.join(column for _ in table.heads[1:])}|"
    for row in table.rows:
        yield f"| {' | '.join(map(escape_markdown, row))} |"
    yield ""


def _papers_section(report: Report) -> Iterator[str]:
    yield "## Papers\n"
    if not report.papers:
        yield "No paper matched.\n"
    for rank, entry in enumerate(report.papers, 1):
        yield from _paper_section(rank, entry)


def _paper_section(rank: int, entry: Entry) -> Iterator[str]:
    paper = entry.paper
    paper_title = escape_markdown(paper.title) or paper_name(paper)
    yield f"### {rank}. [{paper_title}]({abstract_url(paper.arxiv_id)})\n"
    paper_facts = [
        ("Authors", authors_line(paper) or "not named"),
        ("Categories", ", ".join(paper.categories)),
        ("Announced", announced_line(entry)),
        ("Score", score_line(entry)),
        ("Id", paper_name(paper)),
    ]
    yield "\n".join(f"- **{name}**: {escape_markdown(value)}" for name, value in paper_facts) + "\n"
    yield f"> {escape_markdown_block(short_text(entry, 'abstract'))}\n"
    if entry.summary:
        yield _folded_summary(entry.summary)


def _folded_summary(summary: Summary) -> str:
    """One block of HTML without a blank line in it: Markdown begins again after it, and not before."""
    summary_title = escape_html(folded_summary_title(summary), quote=False)
    return f"<details><summary>{summary_title}</summary>\n{one_line_html(folded_summary_html(summary))}\n</details>\n"


def _configuration_section(report: Report, settings: Settings) -> Iterator[str]:
    yield "## Configuration\n"
    yield from _markdown_table(configuration_table(report.query, settings), "---")
