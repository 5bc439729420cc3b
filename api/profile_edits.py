"""What the forms on a profile's page do; each leads back to the page."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import wraps
from typing import Final

import msgspec
from fastapi import Request, Response
from msgspec.structs import replace

from api.forms import read_form, wants_json
from api.profile_access import changed
from api.profile_feeds import PRIVATE_HEADERS, addresses_of, load_profile
from api.profile_forms import rules_of_form
from api.profile_pages import html_page, profile_page, see_other
from api.profile_refusals import REFUSALS, Refusal
from api.profiles import delete_for_good, put_document
from api.saved_notice import Saved, tell_next_page
from api.services import Services
from core.errors import BadQuery
from core.profiles.bring import bring
from core.profiles.change import ProfileState, with_saved_feeds, without_seed
from core.profiles.draft import with_likes_of, without_likes
from core.profiles.exchange import document_of, read_document
from core.profiles.records import SavedFeed
from core.profiles.rules import checked_saved_feed, checked_saved_feeds
from core.profiles.seeds import understand
from core.profiles.token import profile_name_of
from core.profiles.zotero import parse_zotero

_ZOTERO: Final = "zotero"
Handler = Callable[[Request, Services], Awaitable[Response]]


Form = Mapping[str, str]


def _edit(kind: str) -> Callable[[Callable[[Request, Services, Form], Awaitable[object]]], Handler]:
    """Do what a form asks for and lead back to its page; or show it again as it was filled, with what is wrong."""

    def decorate(change: Callable[[Request, Services, Form], Awaitable[object]]) -> Handler:
        @wraps(change)
        async def answer(request: Request, services: Services) -> Response:
            form = await read_form(request)
            try:
                await change(request, services, form)
            except REFUSALS as error:
                if wants_json(request):
                    raise
                return await _shown_again(request, services, Refusal.of(kind, form, error))
            return _back(request, request.path_params["token"])

        return answer

    return decorate


def _back(request: Request, token: str) -> Response:
    return tell_next_page(see_other(request, f"/u/{token}"), Saved())


async def _shown_again(request: Request, services: Services, refusal: Refusal) -> Response:
    profile = (await load_profile(request, services)).profile
    return profile_page(request, services, profile, addresses_of(request, services), refusal)


@_edit("feed")
async def save_feed(request: Request, services: Services, form: Form) -> None:
    """Add a feed, change the one that was called ``was``, or take it away."""
    was, now = form.get("was", ""), services.now()
    given: list[SavedFeed] = []
    if form.get("action") != "remove":
        settings = services.config.settings
        given = [checked_saved_feed(form.get("name", ""), rules_of_form(form), form.get("interest", ""), settings)]
    snapshot = await services.library.snapshot(now)

    def change(state: ProfileState) -> ProfileState:
        kept = with_saved_feeds(
            state, checked_saved_feeds(_exchanged(state.profile.feeds, was, without_likes(given))), now=now
        )
        return with_likes_of(kept, given, snapshot, now=now)

    await changed(request, services, change)


def _exchanged(feeds: Sequence[SavedFeed], was: str, new: Sequence[SavedFeed]) -> list[SavedFeed]:
    if not was:
        return [*feeds, *new]
    if was not in [feed.name for feed in feeds]:
        raise BadQuery("was", "names no feed of this profile; open its page again")
    return [each for feed in feeds for each in (new if feed.name == was else [feed])]


@_edit("seed")
async def save_seed(request: Request, services: Services, form: Form) -> None:
    """Learn from what is pasted, or forget what was brought."""
    snapshot = (await load_profile(request, services)).snapshot
    now, gone = services.now(), form.get("remove", "")
    understood = understand(form.get("seed", ""))

    def change(state: ProfileState) -> ProfileState:
        if gone:
            return without_seed(state, gone, now=now)
        return bring(state, understood, snapshot, now=now).state

    await changed(request, services, change)


@_edit("zotero")
async def save_zotero(request: Request, services: Services, form: Form) -> None:
    """Name another library, or none; what was learnt of the one before is forgotten."""
    zotero, now = parse_zotero(form.get("zotero", ""), form.get("zotero_key", "")), services.now()

    def change(state: ProfileState) -> ProfileState:
        bare = without_seed(state, _ZOTERO, now=now)
        return ProfileState(replace(bare.profile, zotero=zotero), bare.memory)

    await changed(request, services, change)


async def rotate(request: Request, services: Services) -> Response:
    """Move the profile behind a new secret."""
    await read_form(request)
    await load_profile(request, services)
    name = profile_name_of(request.path_params["token"])
    token = await services.profile_writer.rotate(name, now=services.now())
    services.profiles.forget(name)
    return _back(request, token)


async def delete(request: Request, services: Services) -> Response:
    """Delete the profile, and say so."""
    await read_form(request)
    await delete_for_good(request, services)
    return html_page(request, "profile_deleted.html", {})


async def export(request: Request, services: Services) -> Response:
    """The whole profile as a file, without any secret."""
    await load_profile(request, services)
    state, _ = await services.profile_writer.read(profile_name_of(request.path_params["token"]))
    body = msgspec.json.format(msgspec.json.encode(document_of(state)), indent=1) + b"\n"
    headers = {"Content-Disposition": 'attachment; filename="paperfeed-profile.json"', "Cache-Control": "no-store"}
    return Response(body, headers={**PRIVATE_HEADERS, **headers}, media_type="application/json")


@_edit("profile")
async def import_profile(request: Request, services: Services, form: Form) -> None:
    """Put an exported profile in place of this one."""
    await put_document(request, services, read_document(form.get("profile", "").encode()))
