"""/report and /report.md: the day's or the week's report of any query, for people and for GitHub."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from api.caching import PAGE, Validators, respond
from api.following import follow_asked_for
from api.page_routes import ui_of
from api.services import Services, WithServices, base_url
from api.templating import HTML, PAGE_HEADERS, page, templates_version
from core.feeds.build import FeedUrls
from core.feeds.describe import describe_unheld
from core.render.head import RENDERER_VERSION, REPORT_VERSION

if TYPE_CHECKING:
    from core.report.build import Report

    Render = Callable[[Report, FeedUrls], bytes]

router = APIRouter()

MARKDOWN = "text/markdown; charset=utf-8"


async def answer_report(request: Request, services: Services, media_type: str, render: "Render") -> Response:
    """Answer with the report that the parameters ask for: the same bytes for as long as what is held is the same."""
    from core.report.build import build_report  # noqa: PLC0415 - feeds start without it
    from core.report.period import held_period, parse_report_query  # noqa: PLC0415

    settings = services.config.settings
    ui = ui_of(request)
    asked = parse_report_query([pair for pair in request.query_params.multi_items() if pair[0] != "ui"], settings)
    snapshot = await services.library.snapshot(services.now())
    period = held_period(asked.period, [batch.day for batch in snapshot.batches])
    unheld_sentences = describe_unheld(snapshot, asked.report_query)
    key = services.config.environment.access_key
    feed_urls = FeedUrls.of(base_url(request, services.config), "rss", asked.report_query, key=key)
    validators = Validators.of(
        snapshot.last_modified,
        snapshot.manifest.content,
        services.fingerprint,
        RENDERER_VERSION,
        REPORT_VERSION,
        asked.report_query.canonical(),
        period.period_name,
        feed_urls.feed_url,
        str(unheld_sentences),
        media_type,
        ui.lang,
        templates_version(),
    )

    def rendered() -> bytes:
        changed = snapshot.last_modified if snapshot.batches[0].day in period else None
        is_sample = snapshot.manifest.sample
        report = build_report(
            snapshot.batches,
            asked.report_query,
            period,
            report_updated=changed,
            is_sample_report=is_sample,
            unheld_sentences=unheld_sentences,
        )
        return render(report, feed_urls)

    response = await respond(
        request, validators, PAGE, media_type, rendered, headers=PAGE_HEADERS, kept=services.responses
    )
    response.background = follow_asked_for(services, asked.report_query)
    return response


@router.api_route("/report", methods=["GET", "HEAD"])
async def report_page(request: Request, services: WithServices) -> Response:
    """The report as a page."""
    from core.report.facts import report_title  # noqa: PLC0415
    from core.report.html import html_report  # noqa: PLC0415

    def render(report: "Report", feed_urls: FeedUrls) -> bytes:
        settings, ui = services.config.settings, ui_of(request)
        body = html_report(report, settings, papers_url=feed_urls.papers_url, feed_url=feed_urls.feed_url, say=ui.say)
        title, markdown = ui.say(report_title(report)), _markdown_address(request)
        return page("report.html", title=title, body=body, markdown=markdown, ui=ui)

    return await answer_report(request, services, HTML, render)


def _markdown_address(request: Request) -> str:
    return f"/report.md?{request.url.query}" if request.url.query else "/report.md"


@router.api_route("/report.md", methods=["GET", "HEAD"])
async def report_markdown(request: Request, services: WithServices) -> Response:
    """The report as GitHub-flavoured Markdown."""
    from core.report.markdown import markdown_report  # noqa: PLC0415

    def render(report: "Report", feed_urls: FeedUrls) -> bytes:
        return markdown_report(report, services.config.settings, feed_url=feed_urls.feed_url).encode()

    return await answer_report(request, services, MARKDOWN, render)
