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
    Say,
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
from core.text.plain import xml_safe


def html_report(report: Report, settings: Settings, *, papers_url: str = "", feed_url: str = "", say: Say = str) -> str:
    """
    Write the report without its title; every address in it is absolute.

    ``papers_url`` is what an id is appended to for a paper's own page, ``feed_url`` where the same query is a feed;
    ``say`` puts each sentence into another language.
    """
    report_parts = [
        *_report_head(report, feed_url, say),
        *_statistics_section(report, say),
        *_papers_section(report, papers_url, say),
        *_configuration_section(report, settings, say),
    ]
    return xml_safe("\n".join(report_parts))


def html_document(report: Report, settings: Settings, *, feed_url: str = "") -> str:
    """Write a whole page that stands alone: for a file, or a mail."""
    document_title = _escaped_text(report_title(report))
    report_body = html_report(report, settings, feed_url=feed_url)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{document_title}</title>\n</head>\n'
        f"<body>\n<h1>{document_title}</h1>\n{report_body}\n</body>\n</html>\n"
    )


def _report_head(report: Report, feed_url: str, say: Say) -> Iterator[str]:
    yield f"<p>{_escaped_text(say(report_sentence(report)))}</p>"
    subscribe = f' · <a href="{escape(feed_url)}">{_escaped_text(say("subscribe"))}</a>' if feed_url else ""
    updated = say(f"Updated {report.updated.astimezone(UTC):%Y-%m-%d %H:%M} UTC")
    yield f"<p><small>{_escaped_text(updated)}{subscribe}</small></p>"


def _statistics_section(report: Report, say: Say) -> Iterator[str]:
    yield f"<h2>{_escaped_text(say('Statistics'))}</h2>"
    yield _html_table(category_table(report), say)
    if risen := rising_keywords(report):
        yield f"<p><strong>{_escaped_text(say('Rising:'))}</strong> {_escaped_text(say(risen))}</p>"
    if report.keywords:
        keywords_table = _html_table(keyword_table(report), say)
        counted = _escaped_text(say(f"{len(report.keywords)} keywords"))
        yield f"<details><summary>{counted}</summary>\n{keywords_table}\n</details>"


def _html_table(table: ReportTable, say: Say) -> str:
    table_lines = ["<table>", f"<thead><tr>{_table_cells('th', map(say, table.heads))}</tr></thead>", "<tbody>"]
    table_lines += [f"<tr>{_table_cells('td', row)}</tr>" for row in table.rows]
    return "\n".join([*table_lines, "</tbody>", "</table>"])


def _table_cells(element: str, cell_values: Iterable[str]) -> str:
    return "".join(f"<{element}>{_escaped_text(value)}</{element}>" for value in cell_values)


def _papers_section(report: Report, papers_url: str, say: Say) -> Iterator[str]:
    yield f"<h2>{_escaped_text(say('Papers'))}</h2>"
    if not report.papers:
        yield f"<p>{_escaped_text(say('No paper matched.'))}</p>"
        return
    yield "<ol>"
    for entry in report.papers:
        yield from _paper_item(report, entry, papers_url, say)
    yield "</ol>"


def _paper_item(report: Report, entry: Entry, papers_url: str, say: Say) -> Iterator[str]:
    paper = entry.paper
    paper_title = _escaped_text(item_title(paper, sample=report.sample))
    yield f'<li>\n<h3 lang="en"><a href="{escape(abstract_url(paper.arxiv_id))}">{paper_title}</a></h3>'
    yield f'<p lang="en">{_escaped_text(authors_line(paper))}</p>'
    yield f'<p lang="en">{_escaped_text(short_text(entry, "abstract"))}</p>'
    if entry.summary:
        summary_title = _escaped_text(say(folded_summary_title(entry.summary)))
        yield f"<details><summary>{summary_title}</summary>\n{folded_summary_html(entry.summary)}\n</details>"
    paper_facts = [
        ", ".join(paper.categories),
        announced_line(entry, say),
        f"{say('score')} {score_line(entry, say)}",
        paper_name(paper),
    ]
    paper_links = [
        (pdf_url(paper), "PDF"),
        *([(paper_page_url(papers_url, paper.arxiv_id), say("Paper page"))] if papers_url else []),
    ]
    fact_items = [_escaped_text(fact) for fact in paper_facts] + [
        f'<a href="{escape(url)}">{name}</a>' for url, name in paper_links
    ]
    yield f"<p><small>{' · '.join(fact_items)}</small></p>\n</li>"


def _configuration_section(report: Report, settings: Settings, say: Say) -> Iterator[str]:
    yield f"<h2>{_escaped_text(say('Configuration'))}</h2>"
    table = configuration_table(report.query, settings)
    yield _html_table(ReportTable(table.heads, [list(map(say, row)) for row in table.rows]), say)


def _escaped_text(text: str) -> str:
    return escape(text, quote=False)
