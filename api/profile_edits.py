"""What the forms on a profile's page do; each leads back to the page."""

from collections.abc import Sequence
from typing import Final

import msgspec
from fastapi import Request, Response
from msgspec.structs import replace

from api.forms import read_form
from api.profile_access import changed
from api.profile_feeds import PRIVATE_HEADERS, load_profile
from api.profile_forms import rules_of_form
from api.profile_pages import html_page, see_other
from api.profiles import delete_for_good, put_document
from api.services import Services
from core.errors import BadQuery
from core.profiles.bring import bring
from core.profiles.change import State, with_feeds, without_seed
from core.profiles.draft import with_likes_of, without_likes
from core.profiles.exchange import document_of, read_document
from core.profiles.records import NamedFeed
from core.profiles.rules import checked_feeds, named_feed
from core.profiles.seeds import understand
from core.profiles.token import profile_name
from core.profiles.zotero import parse_zotero

_ZOTERO: Final = "zotero"


def _back(request: Request) -> Response:
    return see_other(request, f"/u/{request.path_params['token']}")


async def save_feed(request: Request, services: Services) -> Response:
    """Add a feed, change the one that was called ``was``, or take it away."""
    form = await read_form(request)
    was, now = form.get("was", ""), services.now()
    given: list[NamedFeed] = []
    if form.get("action") != "remove":
        settings = services.config.settings
        given = [named_feed(form.get("name", ""), rules_of_form(form), form.get("interest", ""), settings)]
    snapshot = await services.library.snapshot(now)

    def change(state: State) -> State:
        kept = with_feeds(state, checked_feeds(_exchanged(state.profile.feeds, was, without_likes(given))), now=now)
        return with_likes_of(kept, given, snapshot, now=now)

    await changed(request, services, change)
    return _back(request)


def _exchanged(feeds: Sequence[NamedFeed], was: str, new: Sequence[NamedFeed]) -> list[NamedFeed]:
    if not was:
        return [*feeds, *new]
    if was not in [feed.name for feed in feeds]:
        raise BadQuery("was", "names no feed of this profile; open its page again")
    return [each for feed in feeds for each in (new if feed.name == was else [feed])]


async def save_seed(request: Request, services: Services) -> Response:
    """Learn from what is pasted, or forget what was brought."""
    form = await read_form(request)
    snapshot = (await load_profile(request, services)).snapshot
    now, gone = services.now(), form.get("remove", "")
    understood = understand(form.get("seed", ""))

    def change(state: State) -> State:
        if gone:
            return without_seed(state, gone, now=now)
        return bring(state, understood, snapshot, now=now).state

    await changed(request, services, change)
    return _back(request)


async def save_zotero(request: Request, services: Services) -> Response:
    """Name another library, or none; what was learnt of the one before is forgotten."""
    form = await read_form(request)
    zotero, now = parse_zotero(form.get("zotero", ""), form.get("zotero_key", "")), services.now()

    def change(state: State) -> State:
        bare = without_seed(state, _ZOTERO, now=now)
        return State(replace(bare.profile, zotero=zotero), bare.memory)

    await changed(request, services, change)
    return _back(request)


async def rotate(request: Request, services: Services) -> Response:
    """Move the profile behind a new secret."""
    await read_form(request)
    await load_profile(request, services)
    name = profile_name(request.path_params["token"])
    token = await services.profile_writer.rotate(name, now=services.now())
    services.profiles.forget(name)
    return see_other(request, f"/u/{token}")


async def delete(request: Request, services: Services) -> Response:
    """Delete the profile, and say so."""
    await read_form(request)
    await delete_for_good(request, services)
    return html_page(request, "profile_deleted.html", {})


async def export(request: Request, services: Services) -> Response:
    """The whole profile as a file, without any secret."""
    await load_profile(request, services)
    state, _ = await services.profile_writer.read(profile_name(request.path_params["token"]))
    body = msgspec.json.format(msgspec.json.encode(document_of(state)), indent=1) + b"\n"
    headers = {"Content-Disposition": 'attachment; filename="paperfeed-profile.json"', "Cache-Control": "no-store"}
    return Response(body, headers={**PRIVATE_HEADERS, **headers}, media_type="application/json")


async def import_profile(request: Request, services: Services) -> Response:
    """Put an exported profile in place of this one."""
    form = await read_form(request)
    await put_document(request, services, read_document(form.get("profile", "").encode()))
    return _back(request)
