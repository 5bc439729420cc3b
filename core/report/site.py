"""A folder that any static host can serve: reports, the feeds as files, and a page for each paper in them."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from core.config.settings import Settings
from core.feeds.build import FeedUrls, build_feed
from core.feeds.describe import describe_title, describe_unheld
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
from core.report.period import Period, day_period, week_period, without_digest
from core.search.select import select
from core.text.plain import plain

SITE_FEED_FILES: Final = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
"""The file of each format."""
_SITE_DIGEST_FILE: Final = "digest.xml"
_SITE_OPML_FILE: Final = "feeds.opml"
_SITE_MENU: Final = {
    "RSS": SITE_FEED_FILES["rss"],
    "Atom": SITE_FEED_FILES["atom"],
    "JSON": SITE_FEED_FILES["json"],
    "Digest": _SITE_DIGEST_FILE,
    "OPML": _SITE_OPML_FILE,
}
_SITE_STYLE_FILES: Final = ("style.css", "icon.png", "icon.svg")


class Site:
    """One query on one snapshot, at ``site_url``: the address of the folder, without a slash at the end."""

    def __init__(
        self, snapshot: Snapshot, query: FeedQuery, settings: Settings, site_url: str, *, public_folder: Path
    ) -> None:
        self._site_snapshot, self._site_query = snapshot, without_digest(query)
        self._site_settings, self._site_url, self._site_styles = settings, site_url, public_folder

    def site_files(self) -> Iterator[tuple[str, bytes]]:
        """Give every file's name and content; index.html, the newest report, comes first."""
        site_reports = [self._site_report(site_period) for site_period in self._site_periods()]
        yield "index.html", self._report_page(site_reports[0], site_reports)
        for site_report in site_reports:
            yield f"reports/{site_report.period.period_name}.html", self._report_page(site_report, site_reports)
            yield f"reports/{site_report.period.period_name}.md", self._report_markdown(site_report)
        yield from self._feed_files()
        reported_papers = {reported.paper.arxiv_id: reported for report in site_reports for reported in report.papers}
        site_feed = select(self._site_snapshot.batches, self._site_query)
        reported_papers |= {reported.paper.arxiv_id: reported for reported in site_feed}
        for reported_id, reported in reported_papers.items():
            yield f"papers/{reported_id}/index.html", self._paper_page(reported)
        for style_file in _SITE_STYLE_FILES:
            yield style_file, (self._site_styles / style_file).read_bytes()
        yield ".nojekyll", b""  # GitHub Pages serves the files as they are

    def _report_markdown(self, site_report: Report) -> bytes:
        site_feed_url = self._file_url(SITE_FEED_FILES["rss"])
        return markdown_report(site_report, self._site_settings, feed_url=site_feed_url).encode()

    def _site_periods(self) -> list[Period]:
        """The days of the feed, then the weeks they lie in; the newest first."""
        site_days = [site_batch.day for site_batch in self._site_snapshot.batches]
        site_days = [site_day for site_day in site_days if (site_days[0] - site_day).days < self._site_query.days]
        return [*map(day_period, site_days), *dict.fromkeys(map(week_period, site_days))]

    def _site_report(self, period: Period) -> Report:
        is_sample_report, site_batches = self._site_snapshot.manifest.sample, self._site_snapshot.batches
        return build_report(
            site_batches,
            self._site_query,
            period,
            is_sample_report=is_sample_report,
            unheld_sentences=describe_unheld(self._site_snapshot, self._site_query),
        )

    def _file_url(self, site_file: str) -> str:
        return f"{self._site_url}/{site_file}"

    def _file_urls(self, site_file: str) -> FeedUrls:
        return FeedUrls(self._site_url, self._file_url(site_file), self._file_url(""))

    def _feed_files(self) -> Iterator[tuple[str, bytes]]:
        for site_format, site_file in SITE_FEED_FILES.items():
            feed_format, file_urls = FEED_FORMATS[site_format], self._file_urls(site_file)
            yield site_file, build_feed(self._site_snapshot, self._site_query, feed_format, file_urls)
        yield _SITE_DIGEST_FILE, self._digest_file()
        site_title, site_home = describe_title(self._site_query), self._file_url("")
        site_outlines = [
            OpmlOutline(site_title, self._file_url(SITE_FEED_FILES["rss"]), site_home),
            OpmlOutline(f"{site_title} · daily digest", self._file_url(_SITE_DIGEST_FILE), site_home),
        ]
        yield _SITE_OPML_FILE, render_opml("Paperfeed", site_outlines)

    def _digest_file(self) -> bytes:
        digest_query, digest_urls = replace(self._site_query, digest="daily"), self._file_urls(_SITE_DIGEST_FILE)
        site_settings, report_url = self._site_settings, self._report_url
        digest_format = FEED_FORMATS["rss"]
        return render_digest(
            self._site_snapshot, digest_query, digest_format, digest_urls, site_settings, report_url=report_url
        )

    def _report_url(self, report: Report) -> str:
        return self._file_url(f"reports/{report.period.period_name}.html")

    def _report_page(self, report: Report, site_reports: list[Report]) -> bytes:
        papers_url, site_feed_url = self._file_url("papers/"), self._file_url(SITE_FEED_FILES["rss"])
        report_body = html_report(report, self._site_settings, papers_url=papers_url, feed_url=site_feed_url)
        report_links = " · ".join(
            f'<a href="{escape(self._report_url(site_report))}">{site_report.period.period_name}</a>'
            for site_report in site_reports
        )
        page_body = f"{report_body}\n<h2>Other reports</h2>\n<p>{report_links}</p>"
        return self._report_site_page(report_title(report), page_body)

    def _paper_page(self, reported: Entry) -> bytes:
        page_title = plain(reported.paper.title) or f"arXiv:{reported.paper.arxiv_id}"
        arxiv_page = f'<p><a href="{escape(abstract_url(reported.paper.arxiv_id))}">Read it on arXiv</a></p>'
        return self._report_site_page(page_title, f"{body_html(reported, 'full')}\n{arxiv_page}")

    def _report_site_page(self, page_title: str, page_body: str) -> bytes:
        site_root, title_text = escape(self._site_url), escape(page_title, quote=False)
        site_feed_urls = {feed_format: f"{site_root}/{SITE_FEED_FILES[feed_format]}" for feed_format in ("rss", "atom")}
        site_links = "\n".join(
            f'<link rel="alternate" type="application/{feed_format}+xml" href="{site_feed_url}">'
            for feed_format, site_feed_url in site_feed_urls.items()
        )
        site_menu = " ".join(f'<a href="{site_root}/{file}">{menu_item}</a>' for menu_item, file in _SITE_MENU.items())
        return _SITE_PAGE_TEMPLATE.format(
            title=title_text, base=site_root, links=site_links, menu=site_menu, body=page_body
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
