"""/ : the feed builder and a feed's twin for people."""

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request, Response
from msgspec import Struct

from api.caching import NEVER, PAGE, Validators, respond
from api.following import FEW, follow_asked_for
from api.refresh import fill_empty_store
from api.services import Services, WithServices, base_url
from api.templating import HTML, PAGE_HEADERS, page, templates_version
from core.errors import BadQuery, NoPapersYet, NotFound, ParseError
from core.feeds.build import FORMATS, Addresses, find_entry
from core.feeds.describe import query_description, query_title
from core.feeds.library import Snapshot
from core.following import unfollowed
from core.paper import ArxivId, Entry, parse_arxiv_id
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.render.body import body_html
from core.render.head import RENDERER_VERSION
from core.render.links import abstract_url
from core.search.highlight import Piece, highlight
from core.search.near_misses import NearMiss, near_misses
from core.search.select import select
from core.text.plain import plain

router = APIRouter()

SHOWN: Final = 30
"""The most entries on the page; a feed reader is for reading them all."""

FIELDS: Final = ("categories", "keywords", "exclude")
"""What the form has a field for; the other parameters are kept as they are."""

MISSES: Final = 5
"""How many near misses are shown."""

WAITING: Final = (
    "The first refresh from arXiv has just been started and takes about a minute. "
    "Until then the feeds answer 503 and ask readers to come back."
)


class FeedLink(Struct, frozen=True):
    """A feed of this query, for the list and for autodiscovery."""

    title: str
    type: str
    url: str


def feed_links(base: str, query: FeedQuery, key: str = "") -> list[FeedLink]:
    return [
        FeedLink(form.title, form.media_type.split(";")[0], Addresses.of(base, form.name, query, key=key).feed)
        for form in FORMATS.values()
    ]


class PageEntry(Struct, frozen=True):
    """An entry in words."""

    url: str
    title: list[Piece]
    authors: str
    tldr: str
    day: str
    announce_type: str
    categories: str
    score: str
    why: str


def page_entry(entry: Entry, query: FeedQuery) -> PageEntry:
    paper = entry.paper
    names = [plain(author.name) for author in paper.authors]
    in_title = {each.term for each in entry.matched if each.field == "title"}
    return PageEntry(
        url=f"/papers/{paper.arxiv_id}",
        title=highlight(plain(paper.title), [term for term in query.keywords if term.text in in_title]),
        authors=", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else ""),
        tldr=entry.summary.tldr if entry.summary else "",
        day=f"{entry.day.day} {entry.day:%B %Y}",
        announce_type=entry.announce_type.value,
        categories=", ".join(paper.categories),
        score=f"{entry.score:g}",
        why=", ".join(f"{each.term} ({each.field})" for each in entry.matched),
    )


class PageNearMiss(Struct, frozen=True):
    """A paper that is not in the feed, and what would have let it in."""

    url: str
    title: str
    how: str


def page_near_miss(miss: NearMiss) -> PageNearMiss:
    paper = miss.entry.paper
    how = (
        f"without {miss.parameter}={miss.change}" if miss.parameter == "exclude" else f"{miss.parameter}={miss.change}"
    )
    return PageNearMiss(f"/papers/{paper.arxiv_id}", plain(paper.title), how)


def _parameters(request: Request) -> list[tuple[str, str]]:
    """A form sends its empty fields as well; on the page they mean what an absent one means."""
    return [(name, value) for name, value in request.query_params.multi_items() if value.strip()]


@router.api_route("/", methods=["GET", "HEAD"])
async def index(request: Request, services: WithServices) -> Response:
    """Show the feed that the parameters describe, and its addresses."""
    query = parse_query(_parameters(request), services.config.settings)
    base = base_url(request, services.config)
    try:
        snapshot = await services.library.snapshot(services.now())
    except NoPapersYet:
        return _waiting_page(request, services, query, base)
    validators = Validators.of(
        snapshot.changed,
        snapshot.manifest.content,
        ",".join(unfollowed(snapshot.manifest, query)),
        services.fingerprint,
        query.canonical(),
        base,
        templates_version(),
    )
    response = await respond(
        request, validators, PAGE, HTML, lambda: _index_page(request, snapshot, query, base), headers=PAGE_HEADERS
    )
    response.background = follow_asked_for(services, query, request)
    return response


@router.api_route("/papers/{arxiv_id:path}", methods=["GET", "HEAD"])
async def paper(request: Request, services: WithServices) -> Response:
    """Show one paper with its whole summary; ``lang`` chooses among the languages."""
    name = _known_id(request.path_params["arxiv_id"])  # not a parameter: see api/feeds.py
    settings = services.config.settings
    given = request.query_params.multi_items()
    if strange := next((name for name, _ in given if name != "lang"), ""):
        raise BadQuery(strange[:40], "is no parameter of a paper's page; there is only lang")
    query = parse_query([("keywords", ""), *given], settings)
    snapshot = await services.library.snapshot(services.now())
    entry = find_entry(snapshot, name, query)
    if entry is None:
        raise NotFound(f"arXiv:{name} is not among the papers held here; it may be at https://arxiv.org/abs/{name}")
    validators = Validators.of(
        snapshot.changed,
        snapshot.manifest.content,
        services.fingerprint,
        RENDERER_VERSION,
        name,
        query.lang,
        templates_version(),
    )
    languages = [each for each in settings.ai_summary.languages if each != query.lang]

    def render() -> bytes:
        return page(
            "paper.html",
            title=plain(entry.paper.title),
            body=body_html(entry, "full"),
            canonical=abstract_url(entry.paper.arxiv_id),
            sample=snapshot.manifest.sample,
            languages=languages if entry.summary else [],
        )

    return await respond(request, validators, PAGE, HTML, render, headers=PAGE_HEADERS)


def _known_id(text: str) -> ArxivId:
    try:
        return parse_arxiv_id(text)[0]
    except ParseError as error:
        raise NotFound(str(error)) from error


def _index_page(request: Request, snapshot: Snapshot, query: FeedQuery, base: str) -> bytes:
    entries = select(snapshot.batches, query)
    return page(
        "index.html",
        **_common(request, query, base),
        sample=snapshot.manifest.sample,
        waiting="",
        heading=_heading(entries),
        description=query_description(snapshot, query, entries),
        follow=",".join(unfollowed(snapshot.manifest, query)[:FEW]),
        entries=[page_entry(entry, query) for entry in entries[:SHOWN]],
        misses=[page_near_miss(miss) for miss in _misses(snapshot, query, entries)],
    )


def _misses(snapshot: Snapshot, query: FeedQuery, entries: Sequence[Entry]) -> Sequence[NearMiss]:
    """Who finds plenty does not ask what was left out, and looking for it takes some forty queries."""
    return near_misses(snapshot.batches, query, MISSES) if len(entries) < SHOWN else ()


def _heading(entries: Sequence[Entry]) -> str:
    if not entries:
        return "Nothing matched"
    return f"The first {SHOWN} of {len(entries)} entries" if len(entries) > SHOWN else f"{len(entries)} entries"


def _waiting_page(request: Request, services: Services, query: FeedQuery, base: str) -> Response:
    body = page(
        "index.html",
        **_common(request, query, base),
        sample=False,
        waiting=WAITING,
    )
    headers = {"Cache-Control": NEVER.header, **PAGE_HEADERS}
    return Response(body, headers=headers, media_type=HTML, background=fill_empty_store(services))


def _common(request: Request, query: FeedQuery, base: str) -> dict[str, object]:
    given, services = request.query_params, request.app.state.services
    form = {name: given.get(name, "") for name in FIELDS}
    hidden = [pair for pair in _parameters(request) if pair[0] not in FIELDS]
    return {
        "title": query_title(query),
        "feeds": feed_links(base, query, services.config.environment.access_key),
        "form": form,
        "hidden": hidden,
    }
