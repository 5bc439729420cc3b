"""/u/{token}/rss, /atom, /json, /all/…, /opml: the feeds of a profile, for their one reader."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape
from typing import Final

from fastapi import Request, Response
from msgspec import Struct
from msgspec.structs import replace

from api.caching import PROFILE, Validators, respond
from api.following import follow_asked_for
from api.services import Services, base_url
from core.errors import BadQuery, NotFound
from core.feeds.build import Addresses, FeedFormat, feed_head
from core.feeds.library import Snapshot
from core.paper import Entry
from core.profiles.feed import feed_entries, feed_query, merged
from core.profiles.library import Loaded
from core.profiles.records import NamedFeed, Profile
from core.profiles.rules import feed_called
from core.profiles.token import profile_name
from core.profiles.writer import expiry
from core.query.feed_query import FeedQuery
from core.render.head import RENDERER_VERSION, FeedHead, Notice
from core.render.links import with_key, with_parameters
from core.store.codec import content_name

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
        return with_key(f"{self.base}/u/{self.token}", self.key)

    def feed(self, form: str, name: str = "") -> str:
        return with_key(with_parameters(f"{self.base}/u/{self.token}/{form}", feed=name), self.key)

    @property
    def votes(self) -> str:
        return with_key(f"{self.base}/u/{self.token}/vote", self.key)

    @property
    def papers(self) -> str:
        return with_key(f"{self.base}/papers/", self.key)


def addresses_of(request: Request, services: Services) -> ProfileAddresses:
    environment = services.config.environment
    return ProfileAddresses(base_url(request, services.config), request.path_params["token"], environment.access_key)


async def load_profile(request: Request, services: Services) -> Loaded:
    """Raises NotFound, Gone, TooMany, as well as StoreError and NoPapersYet."""
    return await services.profiles.load(profile_name(request.path_params["token"]), services.now())


class _Wanted(Struct, frozen=True):
    """What one address asks for: one feed, or all of them."""

    feeds: tuple[NamedFeed, ...]
    title: str
    address: str


def _wanted(request: Request, profile: Profile, addresses: ProfileAddresses, form: str) -> _Wanted:
    names = dict(request.query_params)
    if strange := next((name for name in names if name != "feed"), ""):
        raise BadQuery(strange[:40], "is no parameter of a profile's feed; its rules are changed on its page")
    name = names.get("feed", "")
    found = feed_called(profile.feeds, name)
    if found is None:
        raise NotFound(
            f"this profile has no feed of that name; it has {', '.join(feed.name for feed in profile.feeds)}"
        )
    return _Wanted((found,), found.name, addresses.feed(form, found.name if name else ""))


async def answer_profile_feed(request: Request, services: Services, *, form: FeedFormat, everything: bool) -> Response:
    """Serve one feed, or all as one: a 304 costs no rendering, and what is ranked already no ranking."""
    loaded = await load_profile(request, services)
    profile, snapshot = loaded.profile, loaded.snapshot
    addresses = addresses_of(request, services)
    if everything:
        wanted = _Wanted(profile.feeds, "all feeds", addresses.feed(f"all/{form.name}"))
    else:
        wanted = _wanted(request, profile, addresses, form.name)
    notices = _notices(profile, services, addresses)
    validators = Validators.of(
        max(snapshot.changed, profile.changed),
        snapshot.manifest.content,
        services.fingerprint,
        RENDERER_VERSION,
        loaded.version,
        content_name(repr((wanted, notices)).encode()),
    )

    def render() -> bytes:
        head, entries, query = _made(services, profile, snapshot, wanted, addresses)
        return form.renderer()(replace(head, notices=notices), entries, query.content)

    response = await respond(
        request, validators, PROFILE, form.media_type, render, headers=PRIVATE_HEADERS, kept=services.responses
    )
    settings = services.config.settings
    response.background = follow_asked_for(
        services, feed_query(wanted.feeds[0], profile.ranking(wanted.feeds[0].name), settings)
    )
    return response


def _made(
    services: Services, profile: Profile, snapshot: Snapshot, wanted: _Wanted, addresses: ProfileAddresses
) -> tuple[FeedHead, Sequence[Entry], FeedQuery]:
    found = [(feed, profile.ranking(feed.name)) for feed in wanted.feeds]
    queries = [feed_query(feed, ranking, services.config.settings) for feed, ranking in found]
    several = [
        (feed.name, feed_entries(snapshot, query, ranking))
        for (feed, ranking), query in zip(found, queries, strict=True)
    ]
    entries = merged(several) if len(several) > 1 else several[0][1]
    head = feed_head(snapshot, queries[0], entries, Addresses(addresses.base, wanted.address, addresses.page))
    head = replace(head, title=f"Paperfeed: {wanted.title}", votes_url=addresses.votes, papers_url=addresses.papers)
    return head, entries, queries[0]


def _notices(profile: Profile, services: Services, addresses: ProfileAddresses) -> tuple[Notice, ...]:
    """A month before the profile is deleted: that it will be, and how to keep it."""
    ends = expiry(profile, services.config.settings)
    if services.now() < ends - WARNED_BEFORE:
        return ()
    day = f"{ends.day} {ends:%B %Y}"
    text = (
        f"Nobody has opened this profile's page for months. It and its feeds are deleted on {day}; "
        "open the page once to keep them."
    )
    name = f"urn:paperfeed:expiry:{content_name(f'{addresses.token}{ends.date()}'.encode())}"
    return (Notice(name, f"This feed ends on {day}", text, addresses.page, ends - WARNED_BEFORE),)


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
    validators = Validators.of(profile.changed, content_name(body))
    return await respond(request, validators, PROFILE, "text/x-opml; charset=utf-8", lambda: body, headers=headers)
