"""The pages of profiles. All work without JavaScript, and none is kept or indexed on the way."""

from collections.abc import Mapping, Sequence
from typing import Final

from fastapi import Request, Response
from msgspec import Struct

from api.caching import NEVER
from api.page_routes import ui_of
from api.pages.asked import PAGE_ONLY
from api.pages.entries import PageEntry, page_entry
from api.profile_access import needs_key
from api.profile_feeds import PRIVATE_HEADERS, ProfileAddresses
from api.profile_forms import FeedForm, feed_form, sent_form
from api.profile_refusals import Refusal
from api.saved_notice import tell_no_more, told_by_last_page
from api.services import Services
from api.templating import HTML, PAGE_HEADERS, page
from api.ui import Ui
from core.config.read import Config
from core.errors import PaperfeedError
from core.feeds.library import Snapshot
from core.paper import ArxivId
from core.profiles.draft import ProfileDraft, preview_entries
from core.profiles.feed import saved_feed_query
from core.profiles.interests import MOST_PAPERS_RATED_BY_INTEREST, SAVED_INTEREST_TOKENS_A_DAY, rates_saved_interests
from core.profiles.records import Profile, SavedFeed, Vote
from core.profiles.rules import feed_name_of, rules_refused
from core.profiles.writer import profile_expiry
from core.query.parse import parse_query
from core.query.values import LikedText, spell_terms
from core.render.formats import FEED_FORMATS
from core.render.links import url_with_parameters
from core.search.batch import held_paper
from core.search.turns import in_turn
from core.text.plain import plain

HEADERS: Final = {**PAGE_HEADERS, **PRIVATE_HEADERS, "Cache-Control": NEVER.header}
NOTHING_BROUGHT: Final = {"seed": "", "zotero": "", "zotero_key": ""}


class FeedView(Struct, frozen=True):
    """One feed on a profile's page."""

    name: str
    form: FeedForm  # as it is, or as it was sent and refused
    addresses: Sequence[tuple[str, str]]  # (format, address)
    rating: str  # what a model's ratings against the interest cost; "" where there are none
    refused: Sequence[tuple[str, str]]  # rules that the deployment does not take any more
    wrong: Refusal | None  # why its form was not taken


class VoteView(Struct, frozen=True):
    """A vote in words."""

    id: ArxivId
    title: str
    liked: bool
    day: str


def html_page(
    request: Request, template: str, values: Mapping[str, object], status: int = 200, **headers: str
) -> Response:
    return Response(page(template, **values, ui=ui_of(request)), status, {**HEADERS, **headers}, HTML)


def see_other(request: Request, path: str, **parameters: str) -> Response:
    """After a form: the page to look at now, in its language, so that reloading it does nothing twice."""
    location = url_with_parameters(path, **parameters, ui=request.query_params.get("ui", ""))
    return Response(status_code=303, headers={"Location": location, "Cache-Control": NEVER.header})


def new_page(request: Request, services: Services) -> Response:
    """The form for a new profile, filled with the feed that the parameters describe, if any. Raises BadQuery."""
    given = [pair for pair in request.query_params.multi_items() if pair[0] not in PAGE_ONLY]
    # opened directly there is no feed at hand: the deployment's keywords would count beside one's own interest
    query = parse_query(given or [("keywords", "")], services.config.settings)
    texts = [each.text for each in query.like if isinstance(each, LikedText)]
    ids = [each for each in query.like if not isinstance(each, LikedText)]
    # as the feed has them that was looked at, which leaves some of the deployment's own out
    terms = {"keywords": spell_terms(query.keywords), "exclude": spell_terms(query.exclude)}
    rules = (*terms.items(), *(pair for pair in given if pair[0] not in ("like", *terms)))
    called = feed_name_of(rules, " ".join(texts))
    interest, seeds = ("", [*ids, *texts]) if ids else (" ".join(texts), [])
    form = feed_form(SavedFeed("", rules, interest=interest), services.config.settings)
    brought = {**NOTHING_BROUGHT, "seed": "\n".join(seeds)}
    return html_page(request, "profile_new.html", _new_values(services, form, brought) | {"called": called})


def _new_values(services: Services, form: FeedForm, brought: Mapping[str, str]) -> dict[str, object]:
    nothing: dict[str, object] = {"wrong": None, "told": (), "entries": None, "called": ""}
    return {"form": form, "brought": brought, "asks_key": needs_key(services), **nothing}


def refused_page(request: Request, services: Services, sent: Mapping[str, str], error: PaperfeedError) -> Response:
    """The form as it was sent, with what is wrong in it."""
    wrong = Refusal.of("new", sent, error)
    return html_page(request, "profile_new.html", {**_sent_values(services, sent), "wrong": wrong}, wrong.status)


def _sent_values(services: Services, sent: Mapping[str, str]) -> dict[str, object]:
    return _new_values(services, sent_form(sent), {name: sent.get(name, "") for name in NOTHING_BROUGHT})


async def draft_page(
    request: Request, services: Services, sent: Mapping[str, str], found: ProfileDraft, snapshot: Snapshot
) -> Response:
    """The form as it was sent, with what was understood and the first papers."""
    ui = ui_of(request)
    entries = await in_turn(lambda: _preview(found, snapshot, services, ui), searcher_gone=request.is_disconnected)
    values = {**_sent_values(services, sent), "told": found.understood_sentences, "entries": entries}
    return html_page(request, "profile_new.html", values)


def _preview(found: ProfileDraft, snapshot: Snapshot, services: Services, ui: Ui) -> list[PageEntry]:
    settings = services.config.settings
    query = saved_feed_query(found.state.profile.feeds[0], None, settings)
    return [page_entry(entry, query, ui) for entry in preview_entries(found.state, snapshot, settings)]


def profile_page(
    request: Request, services: Services, profile: Profile, addresses: ProfileAddresses, wrong: Refusal | None = None
) -> Response:
    """A profile with everything that can be changed in it; ``wrong``: a form of it as it was refused."""
    settings, ui, saved = services.config.settings, ui_of(request), told_by_last_page(request)
    names = [feed.name for feed in profile.feeds]
    for_new = wrong if wrong and wrong.form == "feed" and wrong.sent.get("was") not in names else None
    values = {
        "path": f"/u/{addresses.token}",
        "page_url": addresses.page,
        "feeds": [_feed_view(feed, addresses, services, ui, wrong) for feed in profile.feeds],
        "blank": for_new.feed if for_new else FeedForm(),
        "blank_wrong": for_new,
        "everything": [(form.title, addresses.feed(f"all/{form.name}")) for form in FEED_FORMATS.values()],
        "opml": addresses.feed("opml"),
        "votes": [_vote_view(vote, ui) for vote in profile.votes],
        "seeds": profile.seeds,
        "zotero": profile.zotero,
        "ends": ui.day(profile_expiry(profile, settings).date()),
        "days": settings.profiles_expire_days,
        "wrong": wrong,
        "saved": saved,
    }
    response = html_page(request, "profile.html", values, wrong.status if wrong else 200)
    if saved:
        tell_no_more(response)
    return response


def _feed_view(
    feed: SavedFeed, addresses: ProfileAddresses, services: Services, ui: Ui, refusal: Refusal | None
) -> FeedView:
    settings = services.config.settings
    urls = [(form.title, addresses.feed(form.name, feed.name)) for form in FEED_FORMATS.values()]
    wrong = refusal if refusal and refusal.form == "feed" and refusal.sent.get("was") == feed.name else None
    form = wrong.feed if wrong else feed_form(feed, settings)
    rating = _rating_cost(feed, services.config, ui)
    return FeedView(feed.name, form, urls, rating, rules_refused(feed, settings), wrong)


def _rating_cost(feed: SavedFeed, config: Config, ui: Ui) -> str:
    summaries = config.settings.ai_summary
    if not feed.interest or not rates_saved_interests(config):
        return ""
    price = summaries.cost(SAVED_INTEREST_TOKENS_A_DAY, 0)
    return ui.t(
        "{model} rates the {n} best new papers of a day against what interests you: about {tokens} tokens a day{cost}, "
        "within this deployment's budget of {budget}, once for all who write the same sentence.",
        model=summaries.triage,
        n=MOST_PAPERS_RATED_BY_INTEREST,
        tokens=f"{SAVED_INTEREST_TOKENS_A_DAY:,}",
        cost=ui.t(", {price} at the configured price", price=f"{price:g}") if price is not None else "",
        budget=f"{summaries.daily_token_budget:,}",
    )


def _vote_view(vote: Vote, ui: Ui) -> VoteView:
    title = vote.voted_title or ui.t("arXiv:{id}, whose text was not held here yet", id=vote.arxiv_id)
    return VoteView(vote.arxiv_id, title, vote.liked, ui.day(vote.voted_at.date()))


def vote_page(request: Request, profile: Profile, snapshot: Snapshot, arxiv_id: ArxivId) -> Response:
    """One paper, how it is voted, and the buttons that vote: looking at this page changes nothing."""
    paper = held_paper(snapshot.batches, arxiv_id)
    voted = next((vote for vote in profile.votes if vote.arxiv_id == arxiv_id), None)
    title = plain(paper.title) if paper else (voted.voted_title if voted else "")
    values = {
        "path": f"/u/{request.path_params['token']}",
        "id": arxiv_id,
        "title": title or f"arXiv:{arxiv_id}",
        "held": paper is not None,
        "asked": request.query_params.get("vote", ""),
        "vote": "" if voted is None else ("more" if voted.liked else "less"),
    }
    return html_page(request, "profile_vote.html", values)
