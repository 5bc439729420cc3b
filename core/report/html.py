"""A report as safe HTML: the body of a page, of a mail and of a digest's entry."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from html import escape

from core.config.settings import Settings
from core.paper import Entry
from core.render.folded_summary import folded_summary_html, folded_summary_title
from core.render.head import item_title, short_text
from core.render.links import abstract_url, paper_page_url, pdf_url
from core.report.build import Report
from core.report.facts import (
    ReportTable,
    SayInReport,
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
from core.text.plain import xml_safe


def html_report(
    report: Report, settings: Settings, *, papers_url: str = "", feed_url: str = "", say: SayInReport = str
) -> str:
    """
    Write the report without its title; every address in it is absolute.

    ``papers_url`` is what an id is appended to for a paper's own page, ``feed_url`` where the same query is a feed;
    ``say`` puts each sentence into another language.
    """
    report_sections = (
        *_report_head(report, feed_url, say),
        *_statistics_section(report, say),
        *_papers_section(report, papers_url, say),
        *_configuration_section(report, settings, say),
    )
    return xml_safe("\n".join(report_sections))


def html_document(report: Report, settings: Settings, *, feed_url: str = "") -> str:
    """Write a whole page that stands alone: for a file, or a mail."""
    document_title = _report_text(report_title(report))
    report_body = html_report(report, settings, feed_url=feed_url)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{document_title}</title>\n</head>\n'
        f"<body>\n<h1>{document_title}</h1>\n{report_body}\n</body>\n</html>\n"
    )


def _report_head(report: Report, feed_url: str, say: SayInReport) -> Iterator[str]:
    yield f"<p>{_report_text(say(report_sentence(report)))}</p>"
    if report.unheld_sentences:
        yield f"<p><strong>{_report_text(' '.join(map(say, report.unheld_sentences)))}</strong></p>"
    subscribe_link = f' · <a href="{escape(feed_url)}">{_report_text(say("subscribe"))}</a>' if feed_url else ""
    report_updated = say(f"Updated {report.report_updated.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    yield f"<p><small>{_report_text(report_updated)}{subscribe_link}</small></p>"


def _statistics_section(report: Report, say: SayInReport) -> Iterator[str]:
    yield f"<h2>{_report_text(say('Statistics'))}</h2>"
    yield _html_table(category_table(report), say)
    if rising_sentence := rising_keywords(report):
        yield f"<p><strong>{_report_text(say('Rising:'))}</strong> {_report_text(say(rising_sentence))}</p>"
    if report.reported_keywords:
        keywords_table = _html_table(keyword_table(report), say)
        table_title = _report_text(say(f"{len(report.reported_keywords)} keywords"))
        yield f"<details><summary>{table_title}</summary>\n{keywords_table}\n</details>"


def _html_table(report_table: ReportTable, say: SayInReport) -> str:
    report_heads_html = f"<thead><tr>{_table_cells('th', map(say, report_table.table_heads))}</tr></thead>"
    report_rows_html = [f"<tr>{_table_cells('td', table_row)}</tr>" for table_row in report_table.table_rows]
    return "\n".join(["<table>", report_heads_html, "<tbody>", *report_rows_html, "</tbody>", "</table>"])


def _table_cells(cell_element: str, table_cells: Iterable[str]) -> str:
    return "".join(f"<{cell_element}>{_report_text(table_cell)}</{cell_element}>" for table_cell in table_cells)


def _papers_section(report: Report, papers_url: str, say: SayInReport) -> Iterator[str]:
    yield f"<h2>{_report_text(say('Papers'))}</h2>"
    if not report.papers:
        yield f"<p>{_report_text(say('No paper matched.'))}</p>"
        return
    yield "<ol>"
    for reported in report.papers:
        yield from _paper_item(report, reported, papers_url, say)
    yield "</ol>"


def _paper_item(report: Report, reported: Entry, papers_url: str, say: SayInReport) -> Iterator[str]:
    reported_title = _report_text(item_title(reported.paper, sample=report.is_sample_report))
    yield f'<li>\n<h3 lang="en"><a href="{escape(abstract_url(reported.paper.arxiv_id))}">{reported_title}</a></h3>'
    yield f'<p lang="en">{_report_text(authors_line(reported.paper))}</p>'
    yield f'<p lang="en">{_report_text(short_text(reported, "abstract"))}</p>'
    if reported.summary:
        summary_title = _report_text(say(folded_summary_title(reported.summary)))
        yield f"<details><summary>{summary_title}</summary>\n{folded_summary_html(reported.summary)}\n</details>"
    reported_facts = [
        ", ".join(reported.paper.categories),
        announced_line(reported, say),
        f"{say('score')} {score_line(reported, say)}",
        reported_version(reported.paper),
    ]
    reported_links = [_report_link(pdf_url(reported.paper), "PDF")]
    if papers_url:
        reported_links.append(_report_link(paper_page_url(papers_url, reported.paper.arxiv_id), say("Paper page")))
    yield f"<p><small>{' · '.join([*map(_report_text, reported_facts), *reported_links])}</small></p>\n</li>"


def _configuration_section(report: Report, settings: Settings, say: SayInReport) -> Iterator[str]:
    yield f"<h2>{_report_text(say('Configuration'))}</h2>"
    report_table = configuration_table(report.report_query, settings)
    reported_rows = [list(map(say, table_row)) for table_row in report_table.table_rows]
    yield _html_table(ReportTable(report_table.table_heads, reported_rows), say)


def _report_link(report_url: str, link_title: str) -> str:
    return f'<a href="{escape(report_url)}">{link_title}</a>'


def _report_text(report_text: str) -> str:
    return escape(report_text, quote=False)
