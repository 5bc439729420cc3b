"""A folder that any static host can serve: reports, the feeds as files, and a page for each paper in them."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from core.config.settings import Settings
from core.feeds.build import FeedUrls, build_feed
from core.feeds.describe import describe_title
from core.feeds.library import Snapshot
from core.paper import Entry
from core.query.feed_query import FeedQuery
from core.render.body import body_html
from core.render.formats import FEED_FORMATS
from core.render.links import abstract_url
from core.render.opml import OpmlOutline, render_opml
from core.report.build import Report, build_report
from core.report.digest import render_digest
from core.report.facts import report_title
from core.report.html import html_report
from core.report.markdown import markdown_report
from core.report.period import Period, one_day, week_of, without_digest
from core.search.select import select
from core.text.plain import plain

SITE_FEED_FILES: Final = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
"""The file of each format."""
DIGEST_FILE: Final = "digest.xml"
_SITE_MENU: Final = {
    "RSS": SITE_FEED_FILES["rss"],
    "Atom": SITE_FEED_FILES["atom"],
    "JSON": SITE_FEED_FILES["json"],
    "Digest": DIGEST_FILE,
    "OPML": "feeds.opml",
}
_STYLE_FILES: Final = ("style.css", "icon.png", "icon.svg")


class Site:
    """One query on one snapshot, at ``site_url``: the address of the folder, without a slash at the end."""

    def __init__(
        self, snapshot: Snapshot, query: FeedQuery, settings: Settings, site_url: str, *, public_folder: Path
    ) -> None:
        self._snapshot = snapshot
        self._site_query = without_digest(query)
        self._settings = settings
        self._site_url = site_url
        self._public_folder = public_folder
        self._papers_url = f"{site_url}/papers/"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give every file's name and content; index.html, the newest report, comes first."""
        site_reports = [self._report(period) for period in self._periods()]
        yield "index.html", self._report_page(site_reports[0], site_reports)
        for report in site_reports:
            yield f"reports/{report.period.name}.html", self._report_page(report, site_reports)
            yield f"reports/{report.period.name}.md", self.markdown(report).encode()
        yield from self._feed_files()
        site_papers = {entry.paper.arxiv_id: entry for report in site_reports for entry in report.papers}
        site_papers |= {entry.paper.arxiv_id: entry for entry in select(self._snapshot.batches, self._site_query)}
        for entry in site_papers.values():
            yield f"papers/{entry.paper.arxiv_id}/index.html", self._paper_page(entry)
        for file_name in _STYLE_FILES:
            yield file_name, (self._public_folder / file_name).read_bytes()
        yield ".nojekyll", b""  # GitHub Pages serves the files as they are

    def markdown(self, report: Report) -> str:
        return markdown_report(report, self._settings, feed_url=f"{self._site_url}/{SITE_FEED_FILES['rss']}")

    def _periods(self) -> list[Period]:
        """The days of the feed, then the weeks they lie in; the newest first."""
        held_batches = self._snapshot.batches
        days = [batch.day for batch in held_batches if (held_batches[0].day - batch.day).days < self._site_query.days]
        return [*map(one_day, days), *dict.fromkeys(map(week_of, days))]

    def _report(self, period: Period) -> Report:
        return build_report(self._snapshot.batches, self._site_query, period, sample=self._snapshot.manifest.sample)

    def _file_addresses(self, file_name: str) -> FeedUrls:
        return FeedUrls(self._site_url, f"{self._site_url}/{file_name}", f"{self._site_url}/")

    def _feed_files(self) -> Iterator[tuple[str, bytes]]:
        for format_name, file_name in SITE_FEED_FILES.items():
            feed_urls = self._file_addresses(file_name)
            yield file_name, build_feed(self._snapshot, self._site_query, FEED_FORMATS[format_name], feed_urls)
        yield DIGEST_FILE, self._digest_file()
        feed_title = describe_title(self._site_query)
        feed_outlines = [
            OpmlOutline(feed_title, f"{self._site_url}/{SITE_FEED_FILES['rss']}", f"{self._site_url}/"),
            OpmlOutline(f"{feed_title} · daily digest", f"{self._site_url}/{DIGEST_FILE}", f"{self._site_url}/"),
        ]
        yield "feeds.opml", render_opml("Paperfeed", feed_outlines)

    def _digest_file(self) -> bytes:
        return render_digest(
            self._snapshot,
            replace(self._site_query, digest="daily"),
            FEED_FORMATS["rss"],
            self._file_addresses(DIGEST_FILE),
            self._settings,
            report_url=self._report_url,
        )

    def _report_url(self, report: Report) -> str:
        return f"{self._site_url}/reports/{report.period.name}.html"

    def _report_page(self, report: Report, reports: list[Report]) -> bytes:
        feed_url = f"{self._site_url}/{SITE_FEED_FILES['rss']}"
        report_body = html_report(report, self._settings, papers_url=self._papers_url, feed_url=feed_url)
        report_links = " · ".join(
            f'<a href="{escape(self._report_url(each))}">{each.period.name}</a>' for each in reports
        )
        return self._site_page(report_title(report), f"{report_body}\n<h2>Other reports</h2>\n<p>{report_links}</p>")

    def _paper_page(self, entry: Entry) -> bytes:
        paper_title = plain(entry.paper.title) or f"arXiv:{entry.paper.arxiv_id}"
        arxiv_link = f'<p><a href="{escape(abstract_url(entry.paper.arxiv_id))}">Read it on arXiv</a></p>'
        return self._site_page(paper_title, f"{body_html(entry, 'full')}\n{arxiv_link}")

    def _site_page(self, page_title: str, page_body: str) -> bytes:
        site_root, title_text = escape(self._site_url), escape(page_title, quote=False)
        feed_links = "\n".join(
            f'<link rel="alternate" type="application/{name}+xml" href="{site_root}/{SITE_FEED_FILES[name]}">'
            for name in ("rss", "atom")
        )
        feed_menu = " ".join(f'<a href="{site_root}/{name}">{label}</a>' for label, name in _SITE_MENU.items())
        return _SITE_PAGE_TEMPLATE.format(
            title=title_text, base=site_root, links=feed_links, menu=feed_menu, body=page_body
        ).encode()


_SITE_PAGE_TEMPLATE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'self'; img-src 'self'">
<title>{title} · Paperfeed</title>
<link rel="stylesheet" href="{base}/style.css">
<link rel="icon" href="{base}/icon.svg" type="image/svg+xml">
{links}
</head>
<body>
<header class="site">
<a class="home" href="{base}/"><img src="{base}/icon.svg" alt="" width="24" height="24">Paperfeed</a>
<nav aria-label="Feeds">{menu}</nav></header>
<main><article class="report">
<h1>{title}</h1>
{body}
</article></main>
<footer class="site"><p>Metadata from <a href="https://arxiv.org">arXiv</a> (CC0). Thank you to arXiv for use of its \
open access interoperability. Not affiliated with arXiv.</p></footer>
</body>
</html>
"""
