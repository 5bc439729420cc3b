"""/u/{token}/rss, /atom, /json, /all/…, /opml: the feeds of a profile, for their one reader."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from typing import Final

from fastapi import Request, Response
from msgspec import Struct
from msgspec.structs import replace
from starlette.background import BackgroundTasks

from api.caching import PROFILE, Validators, respond
from api.following import follow_asked_for
from api.services import Services, base_url
from core.config.settings import Settings
from core.errors import BadQuery, NotFound
from core.feeds.build import FeedUrls, build_feed_head
from core.feeds.followed import version_of_followed
from core.feeds.health import late_categories
from core.paper import Entry
from core.profiles.describe import ReadSavedFeed, describe_saved_feeds
from core.profiles.feed import merge_saved_feeds, saved_feed_entries, saved_feed_query, with_interest_ratings
from core.profiles.library import LoadedProfile
from core.profiles.records import Profile, SavedFeed
from core.profiles.rules import saved_feed_called
from core.profiles.token import profile_name_of
from core.profiles.writer import profile_expiry
from core.query.feed_query import FeedQuery
from core.render.formats import FeedFormat
from core.render.head import RENDERER_VERSION, FeedHead, FeedNotice
from core.render.links import url_with_key, url_with_parameters
from core.search.entries import Selected
from core.store.codec import content_name
from core.store.records import Manifest

PRIVATE_HEADERS: Final = {"X-Robots-Tag": "noindex, nofollow", "Vary": "Accept, Accept-Encoding, Cookie"}
"""Of everything behind a secret address."""
WARNED_BEFORE: Final = timedelta(days=30)
"""So long before a profile is deleted its feeds say so."""


class ProfileAddresses(Struct, frozen=True):
    """Where a profile's page and feeds are; ``key`` opens a locked deployment."""

    base: str  # of the deployment, without a slash at the end
    token: str
    key: str = ""

    @property
    def page(self) -> str:
        return url_with_key(f"{self.base}/u/{self.token}", self.key)

    def feed(self, form: str, name: str = "") -> str:
        return url_with_key(url_with_parameters(f"{self.base}/u/{self.token}/{form}", feed=name), self.key)

    @property
    def votes(self) -> str:
        return url_with_key(f"{self.base}/u/{self.token}/vote", self.key)

    @property
    def papers(self) -> str:
        return url_with_key(f"{self.base}/papers/", self.key)


def addresses_of(request: Request, services: Services) -> ProfileAddresses:
    environment = services.config.environment
    return ProfileAddresses(base_url(request, services.config), request.path_params["token"], environment.access_key)


async def load_profile(request: Request, services: Services) -> LoadedProfile:
    """Raises NotFound, Gone, TooMany, as well as StoreError and NoPapersYet."""
    return await services.profiles.load(profile_name_of(request.path_params["token"]), services.now())


class _Shown(Struct, frozen=True):
    """What one address shows: one feed of a profile, or all of them as one."""

    feeds: tuple[SavedFeed, ...]
    title: str
    address: str
    queries: tuple[FeedQuery, ...]  # of each feed

    @classmethod
    def of(cls, feeds: Sequence[SavedFeed], title: str, address: str, profile: Profile, settings: Settings) -> "_Shown":
        queries = tuple(saved_feed_query(feed, profile.ranking(feed.name), settings) for feed in feeds)
        return cls(tuple(feeds), title, address, queries)


def _one_feed(request: Request, profile: Profile) -> SavedFeed:
    names = dict(request.query_params)
    if strange := next((name for name in names if name != "feed"), ""):
        raise BadQuery(strange[:40], "is no parameter of a profile's feed; its rules are changed on its page")
    found = saved_feed_called(profile.feeds, names.get("feed", ""))
    if found is None:
        raise NotFound(
            f"this profile has no feed of that name; it has {', '.join(feed.name for feed in profile.feeds)}"
        )
    return found


async def answer_profile_feed(request: Request, services: Services, *, form: FeedFormat, everything: bool) -> Response:
    """Serve one feed, or all as one: a 304 costs no rendering, and what is ranked already no ranking."""
    loaded, settings = await load_profile(request, services), services.config.settings
    profile, addresses = loaded.profile, addresses_of(request, services)
    if everything:
        shown = _Shown.of(profile.feeds, "all feeds", addresses.feed(f"all/{form.name}"), profile, settings)
    else:
        feed = _one_feed(request, profile)
        address = addresses.feed(form.name, feed.name if "feed" in request.query_params else "")
        shown = _Shown.of([feed], feed.name, address, profile, settings)
    notices = _notices(profile, services, addresses)

    def render() -> bytes:
        entries, head = _made(loaded, shown, addresses)
        return form.renderer()(replace(head, notices=notices), entries, shown.queries[0].content)

    validators = _validators(loaded, shown, notices, services)
    headers = PRIVATE_HEADERS | _late(loaded.snapshot.manifest, shown, services)
    response = await respond(
        request, validators, PROFILE, form.media_type, render, headers=headers, kept=services.responses
    )
    tasks = [task for query in shown.queries if (task := follow_asked_for(services, query, request))]
    response.background = BackgroundTasks(tasks) if tasks else None
    return response


def _validators(loaded: LoadedProfile, shown: _Shown, notices: Sequence[FeedNotice], services: Services) -> Validators:
    manifest = loaded.snapshot.manifest
    waiting = [version_of_followed(manifest, query) for query in shown.queries]
    return Validators.of(
        max(loaded.snapshot.last_modified, loaded.profile.profile_changed),
        manifest.content,
        services.fingerprint,
        RENDERER_VERSION,
        loaded.version,
        shown.address,
        shown.title,
        repr((waiting, notices)),
    )


def _late(manifest: Manifest, shown: _Shown, services: Services) -> dict[str, str]:
    told = (late_categories(manifest, query.categories, now=services.now()) for query in shown.queries)
    late = ", ".join(dict.fromkeys(filter(None, told)))
    return {"X-Feed-Stale": late} if late else {}


def _made(loaded: LoadedProfile, shown: _Shown, addresses: ProfileAddresses) -> tuple[Sequence[Entry], FeedHead]:
    """Fictional papers are shown to nobody's reader."""
    snapshot, read_feeds = loaded.snapshot, []
    for feed, query in zip(shown.feeds, shown.queries, strict=True):
        ranking = loaded.profile.ranking(feed.name)
        found = [] if snapshot.manifest.sample else saved_feed_entries(snapshot, query, ranking)
        rated = with_interest_ratings(found, loaded.profile.interest_ratings(feed.name))
        read_feeds.append(ReadSavedFeed(feed, query, ranking, rated))
    several = [(read_feed.saved_feed.name, read_feed.entries) for read_feed in read_feeds]
    entries = merge_saved_feeds(several) if len(several) > 1 else several[0][1]
    head = build_feed_head(
        snapshot, shown.queries[0], Selected(entries), FeedUrls(addresses.base, shown.address, addresses.page)
    )
    return entries, replace(
        head,
        title=f"Paperfeed: {shown.title}",
        description=describe_saved_feeds(snapshot, read_feeds),
        votes_url=addresses.votes,
        papers_url=addresses.papers,
    )


def _notices(profile: Profile, services: Services, addresses: ProfileAddresses) -> tuple[FeedNotice, ...]:
    """A month before the profile is deleted: that it will be, and how to keep it."""
    ends = profile_expiry(profile, services.config.settings)
    if services.now() < ends - WARNED_BEFORE:
        return ()
    day = f"{ends.day} {ends:%B %Y}"
    text = (
        f"Nobody has opened this profile's page for months. It and its feeds are deleted on {day}; "
        "open the page once to keep them."
    )
    name = f"urn:paperfeed:expiry:{content_name(f'{addresses.token}{ends.date()}'.encode())}"
    return (FeedNotice(name, f"This feed ends on {day}", text, addresses.page, ends - WARNED_BEFORE),)


async def opml(request: Request, services: Services) -> Response:
    """The profile's feeds as a subscription list."""
    profile = (await load_profile(request, services)).profile
    addresses = addresses_of(request, services)
    outlines = "".join(
        f'<outline type="rss" text="{escape(feed.name)}" title="{escape(feed.name)}" '
        f'xmlUrl="{escape(addresses.feed("rss", feed.name))}" htmlUrl="{escape(addresses.page)}"/>'
        for feed in profile.feeds
    )
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<opml version="2.0"><head><title>Paperfeed</title></head><body>{outlines}</body></opml>\n'
    ).encode()
    headers = {"Content-Disposition": 'attachment; filename="paperfeed.opml"', **PRIVATE_HEADERS}
    validators = Validators.of(profile.profile_changed, content_name(body))
    return await respond(request, validators, PROFILE, "text/x-opml; charset=utf-8", lambda: body, headers=headers)
