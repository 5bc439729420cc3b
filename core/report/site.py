"""A folder that any static host can serve: reports, the feeds as files, and a page for each paper in them."""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

from msgspec.structs import replace

from core.config import Settings
from core.feeds.build import FORMATS, Addresses, render_feed
from core.feeds.describe import query_title
from core.feeds.library import Snapshot
from core.paper import Entry
from core.query.feed_query import FeedQuery
from core.render.body import body_html
from core.render.links import abstract_url
from core.render.opml import Outline, opml
from core.report.build import Report, build_report
from core.report.digest import render_digest
from core.report.facts import report_title
from core.report.html import html_report
from core.report.markdown import markdown_report
from core.report.period import Period, of_papers, one_day, week_of
from core.search.select import select
from core.text.plain import plain

FEEDS: Final = {"rss": "rss.xml", "atom": "atom.xml", "json": "feed.json"}
"""The file of each format."""
DIGEST: Final = "digest.xml"
_MENU: Final = {
    "RSS": FEEDS["rss"],
    "Atom": FEEDS["atom"],
    "JSON": FEEDS["json"],
    "Digest": DIGEST,
    "OPML": "feeds.opml",
}
_STYLE: Final = ("style.css", "icon.png", "icon.svg")


class Site:
    """One query on one snapshot, at ``base``: the address of the folder, without a slash at the end."""

    def __init__(self, snapshot: Snapshot, query: FeedQuery, settings: Settings, base: str, *, public: Path) -> None:
        self._snapshot = snapshot
        self._query = of_papers(query)
        self._settings = settings
        self._base = base
        self._public = public
        self._papers = f"{base}/papers/"

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Give every file's name and content; index.html, the newest report, comes first."""
        reports = [self._report(period) for period in self._periods()]
        yield "index.html", self._report_page(reports[0], reports)
        for report in reports:
            yield f"reports/{report.period.name}.html", self._report_page(report, reports)
            yield f"reports/{report.period.name}.md", self.markdown(report).encode()
        yield from self._feeds()
        entries = {entry.paper.arxiv_id: entry for report in reports for entry in report.papers}
        entries |= {entry.paper.arxiv_id: entry for entry in select(self._snapshot.batches, self._query)}
        for entry in entries.values():
            yield f"papers/{entry.paper.arxiv_id}/index.html", self._paper_page(entry)
        for name in _STYLE:
            yield name, (self._public / name).read_bytes()
        yield ".nojekyll", b""  # GitHub Pages serves the files as they are

    def markdown(self, report: Report) -> str:
        return markdown_report(report, self._settings, feed_url=f"{self._base}/{FEEDS['rss']}")

    def _periods(self) -> list[Period]:
        """The days of the feed, then the weeks they lie in; the newest first."""
        batches = self._snapshot.batches
        days = [batch.day for batch in batches if (batches[0].day - batch.day).days < self._query.days]
        return [*map(one_day, days), *dict.fromkeys(map(week_of, days))]

    def _report(self, period: Period) -> Report:
        return build_report(self._snapshot.batches, self._query, period, sample=self._snapshot.manifest.sample)

    def _addresses(self, name: str) -> Addresses:
        return Addresses(self._base, f"{self._base}/{name}", f"{self._base}/")

    def _feeds(self) -> Iterator[tuple[str, bytes]]:
        for kind, name in FEEDS.items():
            yield name, render_feed(self._snapshot, self._query, FORMATS[kind], self._addresses(name))
        daily = replace(self._query, digest="daily")
        address = self._addresses(DIGEST)
        form, page_of = FORMATS["rss"], self._page_of
        yield DIGEST, render_digest(self._snapshot, daily, form, address, self._settings, page_of=page_of)
        title = query_title(self._query)
        outlines = [Outline(title, f"{self._base}/{FEEDS['rss']}", f"{self._base}/")]
        outlines.append(Outline(f"{title} · daily digest", f"{self._base}/{DIGEST}", f"{self._base}/"))
        yield "feeds.opml", opml("Paperfeed", outlines)

    def _page_of(self, report: Report) -> str:
        return f"{self._base}/reports/{report.period.name}.html"

    def _report_page(self, report: Report, reports: list[Report]) -> bytes:
        feed = f"{self._base}/{FEEDS['rss']}"
        body = html_report(report, self._settings, papers_url=self._papers, feed_url=feed)
        others = " · ".join(f'<a href="{escape(self._page_of(each))}">{each.period.name}</a>' for each in reports)
        return self._page(report_title(report), f"{body}\n<h2>Other reports</h2>\n<p>{others}</p>")

    def _paper_page(self, entry: Entry) -> bytes:
        title = plain(entry.paper.title) or f"arXiv:{entry.paper.arxiv_id}"
        read = f'<p><a href="{escape(abstract_url(entry.paper.arxiv_id))}">Read it on arXiv</a></p>'
        return self._page(title, f"{body_html(entry, 'full')}\n{read}")

    def _page(self, title: str, body: str) -> bytes:
        feeds = [(FEEDS["rss"], "application/rss+xml"), (FEEDS["atom"], "application/atom+xml")]
        links = "\n".join(
            f'<link rel="alternate" type="{kind}" href="{escape(self._base)}/{name}">' for name, kind in feeds
        )
        names = {
            "RSS": FEEDS["rss"],
            "Atom": FEEDS["atom"],
            "JSON": FEEDS["json"],
            "Digest": DIGEST,
            "OPML": "feeds.opml",
        }
        menu = " ".join(f'<a href="{escape(self._base)}/{name}">{label}</a>' for label, name in names.items())
        home, shown = escape(self._base), escape(title, quote=False)
        return _PAGE.format(title=shown, base=home, links=links, menu=menu, body=body).encode()


_PAGE: Final = """<!doctype html>
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
