"""/profiles and /u/{token}: make, read, replace, delete, vote, by form or by JSON."""

import msgspec
from fastapi import Request, Response
from msgspec import Struct

from api.caching import NEVER
from api.forms import JSON, check_same_site, content_type, read_body, read_form, wants_json
from api.profile_access import changed, check_enabled, check_may_create, note_use, offered_key
from api.profile_feeds import PRIVATE_HEADERS, ProfileAddresses, addresses_of, load_profile
from api.profile_forms import document_of_form
from api.profile_pages import draft_page, new_page, profile_page, refused_page, see_other, vote_page
from api.profile_refusals import REFUSALS
from api.saved_notice import Saved, tell_next_page
from api.services import Services, base_url
from core.errors import UNREADABLE, BadQuery, ParseError
from core.paper import ArxivId, parse_arxiv_id
from core.profiles.change import ProfileState, VoteChoice, with_vote
from core.profiles.draft import ProfileDraft, draft_profile, preview_entries, with_profile_edits
from core.profiles.exchange import ProfileDocument, document_of, read_document
from core.profiles.token import profile_name_of
from core.profiles.writer import profile_expiry
from core.search.turns import in_turn


class FeedAddresses(Struct, frozen=True):
    """Where one feed is, in each format."""

    name: str
    rss: str
    atom: str
    json: str


class ProfileAnswer(Struct, frozen=True):
    """A profile as its owner's programs see it."""

    url: str
    feeds: tuple[FeedAddresses, ...]
    opml: str
    expires: str  # the day
    profile: ProfileDocument


def profile_answer(state: ProfileState, addresses: ProfileAddresses, services: Services) -> ProfileAnswer:
    feeds = tuple(
        FeedAddresses(feed.name, *(addresses.feed(form, feed.name) for form in ("rss", "atom", "json")))
        for feed in state.profile.feeds
    )
    ends = profile_expiry(state.profile, services.config.settings).date().isoformat()
    return ProfileAnswer(addresses.page, feeds, addresses.feed("opml"), ends, document_of(state))


def json_answer(value: object, status: int = 200, **headers: str) -> Response:
    body = msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"
    return Response(body, status, {**PRIVATE_HEADERS, "Cache-Control": NEVER.header, **headers}, JSON)


async def make_draft(document: ProfileDocument, services: Services) -> ProfileDraft:
    """Draft it in a thread, reading no more for it than for any feed."""
    snapshot = await services.library.snapshot(services.now())

    return await in_turn(lambda: draft_profile(document, snapshot, services.config.settings, now=services.now()))


async def new_profile(request: Request, services: Services) -> Response:
    """The page on which a profile is made."""
    check_enabled(services)
    return new_page(request, services)


async def preview(request: Request, services: Services) -> Response:
    """Show what would be made of it: what was understood, and the first papers."""
    check_enabled(services)
    services.limits.previews.check("", services.now())
    snapshot = await services.library.snapshot(services.now())
    if content_type(request) != JSON:
        sent = await read_form(request)
        try:
            return await draft_page(
                request, services, sent, await make_draft(document_of_form(sent), services), snapshot
            )
        except REFUSALS as error:
            return refused_page(request, services, sent, error)
    found = await make_draft(read_document(await read_body(request)), services)
    entries = await in_turn(
        lambda: preview_entries(found.state, snapshot, services.config.settings), searcher_gone=request.is_disconnected
    )
    papers = [
        {"id": entry.paper.arxiv_id, "title": entry.paper.title, "score": entry.score, "matched": entry.matched}
        for entry in entries
    ]
    return json_answer({"understood": found.understood_sentences, "papers": papers})


async def create_profile(request: Request, services: Services) -> Response:
    """Make a profile: 201 with its secret address in Location; a form is led there, so that no reload makes two."""
    check_enabled(services)
    if content_type(request) == JSON:
        document = read_document(await read_body(request))
        check_may_create(request, services, "")
        return await _created(request, services, await make_draft(document, services))
    sent = await read_form(request)
    try:
        check_may_create(request, services, offered_key(sent))
        return await _created(request, services, await make_draft(document_of_form(sent), services))
    except REFUSALS as error:
        if wants_json(request):
            raise
        return refused_page(request, services, sent, error)


async def _created(request: Request, services: Services, found: ProfileDraft) -> Response:
    now = services.now()
    token = await services.profile_writer.create(found.state, await services.library.snapshot(now), now=now)
    environment = services.config.environment
    addresses = ProfileAddresses(base_url(request, services.config), token, environment.access_key)
    if wants_json(request):
        return json_answer(profile_answer(found.state, addresses, services), 201, Location=addresses.page)
    return tell_next_page(see_other(request, f"/u/{token}"), Saved(made=True, told=found.understood_sentences))


async def read_profile(request: Request, services: Services) -> Response:
    """The profile: a page, or JSON for who asks for it."""
    profile = (await load_profile(request, services)).profile
    addresses = addresses_of(request, services)
    if wants_json(request):
        response = json_answer(profile_answer(ProfileState(profile), addresses, services))
    else:
        response = profile_page(request, services, profile, addresses)
    response.background = note_use(request, services, profile)
    return response


async def replace_profile(request: Request, services: Services) -> Response:
    """Replace the feeds; votes and seeds too, where the document has any."""
    document = read_document(await read_body(request))
    state = await put_document(request, services, document)
    return json_answer(profile_answer(state, addresses_of(request, services), services))


async def put_document(request: Request, services: Services, document: ProfileDocument) -> ProfileState:
    """Raises BadQuery, and as ``changed``."""
    now, settings = services.now(), services.config.settings
    snapshot = await services.library.snapshot(now)
    return await changed(
        request, services, lambda state: with_profile_edits(state, document, snapshot, settings, now=now)
    )


async def delete_profile(request: Request, services: Services) -> Response:
    """Delete it, for good."""
    check_same_site(request)
    await delete_for_good(request, services)
    return Response(status_code=204, headers={"Cache-Control": NEVER.header})


async def delete_for_good(request: Request, services: Services) -> None:
    await load_profile(request, services)
    name = profile_name_of(request.path_params["token"])
    await services.profile_writer.delete(name, now=services.now())
    services.profiles.forget(name)


class SentVote(Struct, frozen=True, forbid_unknown_fields=True):
    """A vote as it is sent."""

    id: str
    vote: VoteChoice


async def ask_vote(request: Request, services: Services) -> Response:
    """The page to which an entry's links lead."""
    loaded = await load_profile(request, services)
    return vote_page(request, loaded.profile, loaded.snapshot, vote_id(request.query_params.get("id", "")))


async def vote(request: Request, services: Services) -> Response:
    """Note a vote; a form is led back to the page on which it stood."""
    if content_type(request) == JSON:
        body = await read_body(request)
    else:
        form = await read_form(request)
        body = msgspec.json.encode({name: form.get(name, "") for name in ("id", "vote")})
    try:
        sent = msgspec.json.decode(body, type=SentVote)
    except UNREADABLE as error:
        raise BadQuery("vote", 'must be {"id": an arXiv id, "vote": "more", "less" or "none"}') from error
    arxiv_id = vote_id(sent.id)
    state = await cast_vote(request, services, arxiv_id, sent.vote)
    if not wants_json(request):
        return see_other(request, f"/u/{request.path_params['token']}/vote", id=arxiv_id)
    return json_answer({"id": arxiv_id, "vote": sent.vote, "votes": len(state.profile.votes)})


def vote_id(text: str) -> ArxivId:
    """Raises BadQuery for what is no arXiv id."""
    try:
        return parse_arxiv_id(text)[0]
    except ParseError as error:
        raise BadQuery("id", str(error)) from error


async def cast_vote(request: Request, services: Services, arxiv_id: ArxivId, choice: VoteChoice) -> ProfileState:
    """Raises as ``changed``, and TooMany."""
    now = services.now()
    services.limits.votes.check(profile_name_of(request.path_params["token"]), now)
    snapshot = await services.library.snapshot(now)
    return await changed(request, services, lambda state: with_vote(state, arxiv_id, choice, snapshot, now=now))
