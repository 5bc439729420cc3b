"""The addresses of the pages. What makes them loads with the first page, so that feeds start without it."""

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.caching import CLIENT_ERROR, FILLING_PAGE, NEVER, PAGE, Validators, respond
from api.following import follow_asked_for, is_owner
from api.refresh import fill_empty_store, go_on_filling
from api.services import Services, WithServices, base_url
from api.templating import HTML, PAGE_HEADERS, page, templates_version
from core.calendar import eastern_date
from core.errors import BadQuery, NoPapersYet, NotFound, ParseError
from core.feeds.library import Snapshot
from core.feeds.loop_health import LOOP_HEALTH
from core.paper import ArxivId, parse_arxiv_id
from core.query.parse import parse_query
from core.render.head import RENDERER_VERSION

if TYPE_CHECKING:
    from api.pages.site import Site
    from api.ui import Ui

router = APIRouter()

BIBTEX = "application/x-bibtex; charset=utf-8"


def ui_of(request: Request) -> "Ui":
    """The language of the pages. Raises BadQuery for one that there is none of."""
    from api.ui import choose_ui  # noqa: PLC0415

    try:
        return choose_ui(request.query_params.get("ui", ""), request.headers.get("accept-language", ""))
    except ParseError as error:
        raise BadQuery("ui", str(error)) from error


def key_of(services: Services) -> str:
    """What opens a locked deployment's addresses; "" where none is locked."""
    return services.config.environment.access_key


def site_of(request: Request, services: Services) -> "Site":
    from api.pages.site import Site  # noqa: PLC0415

    base, key = base_url(request, services.config), key_of(services)
    today, is_fetching = eastern_date(services.now()), is_owner(request) and LOOP_HEALTH.loop_beat is not None
    return Site(services.config.settings, base, key, ui_of(request), today, fetches_at_once=is_fetching)


def page_validators(request: Request, services: Services, snapshot: Snapshot, ui: "Ui", *parts: str) -> Validators:
    """An ETag of all that a page is made of."""
    return Validators.of(
        snapshot.last_modified,
        snapshot.manifest.content,
        services.fingerprint,
        RENDERER_VERSION,
        templates_version(),
        ui.lang,
        base_url(request, services.config),
        request.url.path,
        request.url.query,
        *parts,
    )


@router.api_route("/", methods=["GET", "HEAD"])
async def index(request: Request, services: WithServices) -> Response:
    """Show the builder, and the feed that the parameters describe."""
    return await _front(request, services, "front.html", typing=False)


@router.api_route("/live", methods=["GET", "HEAD"])
async def live(request: Request, services: WithServices) -> Response:
    """The part of the front page that changes while somebody chooses."""
    return await _front(request, services, "live.html", typing=not request.query_params.get("do"))


async def _front(request: Request, services: Services, template: str, *, typing: bool) -> Response:
    from api.pages.front import empty_front, full_front  # noqa: PLC0415
    from api.pages.not_held import coming_papers  # noqa: PLC0415
    from api.pages.wanted import canonical_address, read_wanted  # noqa: PLC0415

    site = site_of(request, services)
    ui = site.ui
    wanted = read_wanted(request.query_params.multi_items(), site.settings, typing=typing)
    address, is_live = canonical_address(wanted, ui), template == "live.html"
    if not is_live and request.query_params.get("do"):
        return RedirectResponse(address, 303, {"Cache-Control": NEVER.header})
    wrong = bool(wanted.understood.errors or wanted.understood.wrong)
    headers = {**PAGE_HEADERS, **({"HX-Replace-Url": address} if is_live else {})}
    try:
        snapshot = await services.library.snapshot(services.now())
    except NoPapersYet:
        body = page(template, front=empty_front(wanted, site), ui=ui, here="/")
        headers["Cache-Control"] = NEVER.header
        return Response(body, 200, headers, HTML, fill_empty_store(services))

    def render() -> bytes:
        return page(template, front=full_front(wanted, snapshot, site), ui=ui, here="/")

    if wrong and not is_live:
        headers["Cache-Control"] = CLIENT_ERROR.header
        return Response(render(), 400, headers, HTML)
    coming = coming_papers(snapshot, wanted.understood.query, site)
    validators = page_validators(request, services, snapshot, ui, repr(coming), str(site.fetches_at_once))
    policy = FILLING_PAGE if coming.is_any else PAGE
    response = await respond(request, validators, policy, HTML, render, headers=headers)
    if wanted.result.pieces.get("categories") == wanted.chips.pieces.get("categories"):  # half a name is no wish
        also = follow_asked_for(services, wanted.understood.query, request)
        response.background = go_on_filling(services, snapshot.manifest, also)
    return response


@router.api_route("/opml", methods=["GET", "HEAD"])
async def opml_file(request: Request, services: WithServices) -> Response:
    """An OPML file of this feed, or of those that ``feed=`` names."""
    from api.pages.subscribe import OPML_TYPE, opml, opml_queries  # noqa: PLC0415

    queries = opml_queries(request.query_params.multi_items(), services.config.settings)
    base, key = base_url(request, services.config), key_of(services)
    validators = Validators.of(services.started, services.fingerprint, base, request.url.query)
    headers = {"Content-Disposition": 'attachment; filename="paperfeed.opml"'}
    return await respond(request, validators, PAGE, OPML_TYPE, lambda: opml(base, queries, key), headers=headers)


@router.api_route("/papers/{arxiv_id:path}", methods=["GET", "HEAD"])
async def paper(request: Request, services: WithServices) -> Response:
    """Show one paper whole: text, summary, links, papers like it; or its BibTeX."""
    from api.pages.bibtex import bibtex  # noqa: PLC0415
    from api.pages.paper import find_paper, paper_view  # noqa: PLC0415

    text = request.path_params["arxiv_id"]  # not a parameter: see api/feeds.py
    is_bibtex = text.endswith(".bib")
    name = _known_id(text.removesuffix(".bib"))
    ui, settings = ui_of(request), services.config.settings
    given = [pair for pair in request.query_params.multi_items() if pair[0] != "ui"]
    query = parse_query(given if any(pair[0] != "lang" for pair in given) else [("keywords", ""), *given], settings)
    snapshot = await services.library.snapshot(services.now())
    entry = find_paper(snapshot, name, query)
    if entry is None:
        raise NotFound(f"arXiv:{name} is not among the papers held here; it may be at https://arxiv.org/abs/{name}")
    validators = page_validators(request, services, snapshot, ui)
    if is_bibtex:
        return await respond(request, validators, PAGE, BIBTEX, lambda: bibtex(entry.paper).encode())

    def render() -> bytes:
        view = paper_view(snapshot, entry, query, site_of(request, services))
        return page("paper.html", paper=view, sample=snapshot.manifest.sample, ui=ui)

    return await respond(request, validators, PAGE, HTML, render, headers=PAGE_HEADERS)


def _known_id(text: str) -> ArxivId:
    try:
        return parse_arxiv_id(text)[0]
    except ParseError as error:
        raise NotFound(str(error)) from error


@router.api_route("/days", methods=["GET", "HEAD"])
async def newest_day(request: Request, services: WithServices) -> Response:
    """Lead to the newest day that is held."""
    snapshot = await services.library.snapshot(services.now())
    ui = ui_of(request)
    address = f"/days/{snapshot.batches[0].day}" + (f"?{ui.link}" if ui.link else "")
    return RedirectResponse(address, 302, {"Cache-Control": PAGE.header})


@router.api_route("/days/{day}", methods=["GET", "HEAD"])
async def day(request: Request, services: WithServices) -> Response:
    """One announcement day: its papers by category, with counts."""
    from api.pages.days import day_view  # noqa: PLC0415

    ui = ui_of(request)
    snapshot = await services.library.snapshot(services.now())
    wanted = request.query_params.get("category", "")
    view = day_view(snapshot, request.path_params["day"], wanted, ui)
    validators = page_validators(request, services, snapshot, ui)
    return await respond(
        request, validators, PAGE, HTML, lambda: page("day.html", day=view, ui=ui, here="/days"), headers=PAGE_HEADERS
    )


@router.api_route("/me", methods=["GET", "HEAD"])
async def my_feeds(request: Request, services: WithServices) -> Response:
    """Feeds and papers that a browser keeps for itself: the same page for everybody."""
    ui = ui_of(request)
    validators = Validators.of(services.started, templates_version(), ui.lang, request.url.query)
    return await respond(
        request, validators, PAGE, HTML, lambda: page("me.html", ui=ui, here="/me"), headers=PAGE_HEADERS
    )


@router.api_route("/openapi.json", methods=["GET", "HEAD"])
async def openapi(request: Request, services: WithServices) -> Response:
    """Describe the whole interface for programs."""
    from api.pages.openapi import openapi_document  # noqa: PLC0415

    base, settings = base_url(request, services.config), services.config.settings
    validators = Validators.of(services.started, services.fingerprint, base)
    return await respond(request, validators, PAGE, "application/json", lambda: openapi_document(base, settings))


@router.api_route("/docs", methods=["GET", "HEAD"])
async def docs(request: Request, services: WithServices) -> Response:
    """Describe the same for people."""
    from api.pages.openapi import documented_parameters, documented_paths  # noqa: PLC0415

    ui, settings, base = ui_of(request), services.config.settings, base_url(request, services.config)
    validators = Validators.of(services.started, services.fingerprint, templates_version(), ui.lang, base)

    def render() -> bytes:
        parameters, paths = documented_parameters(settings), documented_paths()
        return page("docs.html", parameters=parameters, paths=paths, base=base, ui=ui, here="/docs")

    return await respond(request, validators, PAGE, HTML, render, headers=PAGE_HEADERS)
