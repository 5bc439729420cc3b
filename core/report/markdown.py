"""A report as GitHub-flavoured Markdown; nothing that a paper or a summary holds can break out of its place."""

from collections.abc import Iterator
from datetime import UTC
from html import escape as escape_html
from itertools import chain

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
    report_sentence,
    report_title,
    reported_version,
    rising_keywords,
    score_line,
)
from core.report.markdown_escape import escape_markdown, escape_markdown_block, one_line_html


def markdown_report(report: Report, settings: Settings, *, feed_url: str = "") -> str:
    """Write the whole report; ``feed_url`` is where the same query is a feed."""
    report_sections = (_report_head(report, feed_url), _statistics_section(report), _papers_section(report))
    return "\n".join([*chain(*report_sections), *_configuration_section(report, settings)])


def _report_head(report: Report, feed_url: str) -> Iterator[str]:
    yield f"# {escape_markdown(report_title(report))}\n"
    yield f"{escape_markdown_block(report_sentence(report))}\n"
    if report.unheld_sentences:
        yield f"**{escape_markdown_block(' '.join(report.unheld_sentences))}**\n"
    subscribe_markdown = f" · [subscribe]({feed_url})" if feed_url else ""
    yield f"Updated {report.report_updated.astimezone(UTC):%Y-%m-%d %H:%M} UTC{subscribe_markdown}\n"


def _statistics_section(report: Report) -> Iterator[str]:
    yield "## Statistics\n"
    yield from _markdown_table(category_table(report))
    if rising_sentence := rising_keywords(report):
        yield f"**Rising**: {escape_markdown(rising_sentence)}\n"
    if report.reported_keywords:
        yield f"<details><summary>{len(report.reported_keywords)} keywords</summary>\n"
        yield from _markdown_table(keyword_table(report))
        yield "</details>\n"


def _markdown_table(report_table: ReportTable, alignment: str = "---:") -> Iterator[str]:
    yield f"| {' | '.join(report_table.table_heads)} |"
    yield f"|---|{'|'.join(alignment for _ in report_table.table_heads[1:])}|"
    for table_row in report_table.table_rows:
        yield f"| {' | '.join(map(escape_markdown, table_row))} |"
    yield ""


def _papers_section(report: Report) -> Iterator[str]:
    yield from ("## Papers\n", *(() if report.papers else ("No paper matched.\n",)))
    for report_rank, reported in enumerate(report.papers, 1):
        yield from _paper_section(report_rank, reported)


def _paper_section(report_rank: int, reported: Entry) -> Iterator[str]:
    title_markdown = escape_markdown(reported.paper.title) or reported_version(reported.paper)
    yield f"### {report_rank}. [{title_markdown}]({abstract_url(reported.paper.arxiv_id)})\n"
    reported_facts = [
        ("Authors", authors_line(reported.paper) or "not named"),
        ("Categories", ", ".join(reported.paper.categories)),
        ("Announced", announced_line(reported)),
        ("Score", score_line(reported)),
        ("Id", reported_version(reported.paper)),
    ]
    yield "\n".join(f"- **{name}**: {escape_markdown(reported_fact)}" for name, reported_fact in reported_facts) + "\n"
    yield f"> {escape_markdown_block(short_text(reported, 'abstract'))}\n"
    if reported.summary:
        yield _summary_block(reported.summary)


def _summary_block(reported: Summary) -> str:
    """One block of HTML without a blank line in it: Markdown begins again after it, and not before."""
    title_markdown = escape_html(folded_summary_title(reported), quote=False)
    summary_markdown = one_line_html(folded_summary_html(reported))
    return f"<details><summary>{title_markdown}</summary>\n{summary_markdown}\n</details>\n"


def _configuration_section(report: Report, settings: Settings) -> Iterator[str]:
    yield "## Configuration\n"
    yield from _markdown_table(configuration_table(report.report_query, settings), alignment="---")
