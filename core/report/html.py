"""A report as safe HTML: the body of a page, of a mail and of a digest's entry."""

from collections.abc import Iterable, Iterator
from datetime import UTC
from html import escape

from core.config import Settings
from core.paper import Entry
from core.render.head import item_title, short_text
from core.render.links import abstract_url, paper_page_url, pdf_url
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
from core.report.summary_html import summary_html, summary_label
from core.text.plain import xml_safe


def html_report(report: Report, settings: Settings, *, papers_url: str = "", feed_url: str = "") -> str:
    """
    Write the report without its title; every address in it is absolute.

    ``papers_url`` is what an id is appended to for a paper's own page, ``feed_url`` where the same query is a feed.
    """
    parts = [*_head(report, feed_url), *_statistics(report), *_papers(report, papers_url), *_settings(report, settings)]
    return xml_safe("\n".join(parts))


def html_document(report: Report, settings: Settings, *, feed_url: str = "") -> str:
    """Write a whole page that stands alone: for a file, or a mail."""
    title = _text(report_title(report))
    body = html_report(report, settings, feed_url=feed_url)
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{title}</title>\n</head>\n<body>\n'
        f"<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    )


def _head(report: Report, feed_url: str) -> Iterator[str]:
    yield f"<p>{_text(report_sentence(report))}</p>"
    subscribe = f' · <a href="{escape(feed_url)}">subscribe</a>' if feed_url else ""
    yield f"<p><small>Updated {report.updated.astimezone(UTC):%Y-%m-%d %H:%M} UTC{subscribe}</small></p>"


def _statistics(report: Report) -> Iterator[str]:
    yield "<h2>Statistics</h2>"
    yield _table(category_table(report))
    if found := rising(report):
        yield f"<p><strong>Rising:</strong> {_text(found)}</p>"
    if report.keywords:
        table = _table(keyword_table(report))
        yield f"<details><summary>{len(report.keywords)} keywords</summary>\n{table}\n</details>"


def _table(table: Table) -> str:
    lines = ["<table>", f"<thead><tr>{_cells('th', table.heads)}</tr></thead>", "<tbody>"]
    lines += [f"<tr>{_cells('td', row)}</tr>" for row in table.rows]
    return "\n".join([*lines, "</tbody>", "</table>"])


def _cells(element: str, values: Iterable[str]) -> str:
    return "".join(f"<{element}>{_text(value)}</{element}>" for value in values)


def _papers(report: Report, papers_url: str) -> Iterator[str]:
    yield "<h2>Papers</h2>"
    if not report.papers:
        yield "<p>No paper matched.</p>"
        return
    yield "<ol>"
    for entry in report.papers:
        yield from _paper(report, entry, papers_url)
    yield "</ol>"


def _paper(report: Report, entry: Entry, papers_url: str) -> Iterator[str]:
    paper = entry.paper
    title = _text(item_title(paper, sample=report.sample))
    yield f'<li>\n<h3><a href="{escape(abstract_url(paper.arxiv_id))}">{title}</a></h3>'
    yield f"<p>{_text(authors_line(paper))}</p>"
    yield f"<p>{_text(short_text(entry, 'abstract'))}</p>"
    if entry.summary:
        label = _text(summary_label(entry.summary))
        yield f"<details><summary>{label}</summary>\n{summary_html(entry.summary)}\n</details>"
    facts = [", ".join(paper.categories), announced_line(entry), f"score {score_line(entry)}", paper_name(paper)]
    links = [
        (pdf_url(paper), "PDF"),
        *([(paper_page_url(papers_url, paper.arxiv_id), "Paper page")] if papers_url else []),
    ]
    shown = [_text(fact) for fact in facts] + [f'<a href="{escape(url)}">{name}</a>' for url, name in links]
    yield f"<p><small>{' · '.join(shown)}</small></p>\n</li>"


def _settings(report: Report, settings: Settings) -> Iterator[str]:
    yield "<h2>Configuration</h2>"
    yield _table(configuration(report.query, settings))


def _text(text: str) -> str:
    return escape(text, quote=False)
