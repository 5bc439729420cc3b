"""/rss, /atom and /json: parse, look at the validators, and only then select and render."""

from fastapi import APIRouter, Request, Response

from api.caching import FEED, FILLING_FEED, Validators, respond
from api.following import follow_asked_for
from api.refresh import go_on_filling
from api.services import Services, WithServices, base_url
from core.feeds.build import FeedUrls, build_feed
from core.feeds.followed import is_filling, version_of_followed
from core.feeds.health import late_categories
from core.query.parse import parse_query
from core.render.formats import FEED_FORMATS, FeedFormat
from core.render.head import RENDERER_VERSION, REPORT_VERSION

router = APIRouter()


async def answer_feed(request: Request, services: Services, form: FeedFormat, categories: str) -> Response:
    """Serve one feed: a 304 costs no matching and no rendering."""
    categories = categories.rstrip("/")
    query = parse_query(request.query_params.multi_items(), services.config.settings, path_categories=categories)
    now = services.now()
    snapshot = await services.library.snapshot(now)
    base = base_url(request, services.config)
    key = services.config.environment.access_key
    feed_urls = FeedUrls.of(base, form.name, query, categories_in_path=bool(categories), key=key)
    validators = Validators.of(
        snapshot.last_modified,
        snapshot.manifest.content,
        version_of_followed(snapshot.manifest, query),
        services.fingerprint,
        RENDERER_VERSION if query.digest == "none" else f"{RENDERER_VERSION} {REPORT_VERSION}",
        query.canonical(),
        feed_urls.feed_url,
    )

    def render() -> bytes:
        if query.digest != "none":
            from core.report.digest import render_digest  # noqa: PLC0415 - most feeds are of papers

            return render_digest(snapshot, query, form, feed_urls, services.config.settings)
        return build_feed(snapshot, query, form, feed_urls)

    late = late_categories(snapshot.manifest, query.categories, now=now)
    headers = {"X-Feed-Stale": late} if late else {}
    policy = FILLING_FEED if is_filling(snapshot.manifest, query) else FEED
    response = await respond(
        request, validators, policy, form.media_type, render, headers=headers, kept=services.responses
    )
    response.background = go_on_filling(services, snapshot.manifest, follow_asked_for(services, query, request))
    return response


def _add_routes(form: FeedFormat) -> None:
    """GET and HEAD, with and without categories in the path."""

    async def feed(request: Request, services: WithServices) -> Response:
        # As a parameter of the function it would bring in more of pydantic: a twentieth of a cold start.
        return await answer_feed(request, services, form, request.path_params.get("categories", ""))

    for path in (f"/{form.name}", f"/{form.name}/{{categories:path}}"):
        router.add_api_route(path, feed, methods=["GET", "HEAD"], response_class=Response)


for _form in FEED_FORMATS.values():
    _add_routes(_form)
