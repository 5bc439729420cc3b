"""The front page and its live part: the builder and the result of what an address asks for."""

from functools import partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from api.pages.asked import Asked, Understood
from api.pages.builder import Archive, ChipList, Control, archives, category_name, chip_lists, controls
from api.pages.elsewhere import elsewhere
from api.pages.entries import PageDay, page_days
from api.pages.examples import Example, examples
from api.pages.histogram import Bar, bars_of
from api.pages.not_held import NotHeld, not_held
from api.pages.offers import Miss, Offer, less_alike, liked, misses, offers
from api.pages.or_not import or_and_not
from api.pages.plain_interest import (
    Dead,
    PlainInterest,
    as_keywords,
    dead_phrases,
    far_interest,
    found_or_about,
    wider_interest,
)
from api.pages.site import Site
from api.pages.subscribe import Leaving, leaving
from api.pages.wanted import Wanted, canonical_address
from api.ui import Ui
from core.feeds.describe import describe_title
from core.feeds.library import Snapshot
from core.query.feed_query import FeedQuery
from core.query.values import spell_announce_types
from core.search.nearness import Nearness
from core.search.overview import Coverage, Overview, papers_by_category, score_histogram
from core.search.suggestions import suggest
from core.search.work import search_extra

SHOWN: Final = 30
"""Entries on the page at first; a link brings as many more."""
MOST_SHOWN: Final = 500
FEW: Final = 30
"""Who finds as many does not ask what was left out, and looking for it takes some forty queries."""


class Front(Struct, frozen=True):
    """Everything that the front page's template shows."""

    ui: Ui
    asked: Asked  # of which the chips are made
    address: str  # of the page, canonical
    understood: Understood
    lists: dict[str, ChipList]
    leaving: Leaving
    title: str
    site_only: bool  # nothing is asked for: the site's own feed
    controls: list[Control]
    archives: list[Archive]
    sample: bool = False
    days: list[PageDay] = []
    overview: Overview | None = None
    papers: int = 0  # of the categories and days, keywords set aside
    more: str = ""
    bars: tuple[Bar, ...] = ()
    top_score: float = 0.0
    offers: list[Offer] = []
    misses: list[Miss] = []
    examples: list[Example] = []
    typing: bool = False  # what is shown counts words that are no chips yet
    suggestions: list[str] = []  # terms to add
    instead: PlainInterest | None = None  # what is shown for a phrase that no paper has
    waits: bool = False  # no paper is about it either, and the feed holds those that will be
    far: Nearness | None = None  # where no paper is really about what was asked for in a few words
    or_not: list[Offer] = []  # what "or" and "not" in a phrase say as keywords and exclude
    wider: Offer | None = None  # what is about a phrase that few papers have
    elsewhere: list[Offer] = []  # categories not chosen that have such papers
    dead: list[Dead] = []  # phrases that no paper has, among other keywords
    not_held: NotHeld = NotHeld()
    less_alike: str = ""  # the address that shows what is left out as too little like the text

    @property
    def query(self) -> FeedQuery:
        return self.understood.query

    @property
    def kinds(self) -> frozenset[str]:
        """The announce types that are in, as the parameter names them."""
        return frozenset(spell_announce_types(self.query.types).split(","))

    @property
    def primary_text(self) -> str:
        """What ``primary`` says; "" when it says nothing."""
        return ",".join(self.asked.pieces.get("primary", ()))

    @property
    def primary_same(self) -> bool:
        """Whether ``primary`` names just the categories of the feed."""
        return bool(self.query.primary) and str(self.query.primary) == str(self.query.categories)

    @property
    def category_names(self) -> dict[str, str]:
        """What the chips of categories say on hover."""
        return {chip.label: category_name(chip.label) for chip in self.lists["categories"].chips}

    @property
    def liked(self) -> tuple[Offer, ...]:
        """What the feed is to be like, as chips that can be taken away."""
        return liked(self.query, self.ui)

    @property
    def tail(self) -> str:
        """What the page's and a paper's address need to be of this feed."""
        text = "&".join(part for part in (self.leaving.parameters, self.ui.link) if part)
        return f"?{text}" if text else ""


def empty_front(wanted: Wanted, site: Site) -> Front:
    """The page of a deployment that holds no papers yet."""
    settings, ui = site.settings, site.ui
    query = wanted.understood.query
    return Front(
        ui,
        wanted.chips,
        canonical_address(wanted, ui),
        wanted.understood,
        chip_lists(wanted.chips, wanted.understood, settings, None),
        leaving(site.base, query, site.key),
        describe_title(query),
        not query.given_parameters,
        controls(wanted.chips, wanted.understood, settings),
        archives(wanted.chips, frozenset(), {}),
        not_held=NotHeld(fetched_now=site.fetches_at_once),
    )


def full_front(wanted: Wanted, snapshot: Snapshot, site: Site) -> Front:
    """The page with its result; what only goes with it, and takes too long to look for, is left out."""
    asked, batches, settings, ui = wanted.understood.query, snapshot.batches, site.settings, site.ui
    shown, coverage = _shown(wanted.result.show), Coverage(batches, asked)
    found, query, instead = found_or_about(asked, batches, shown, site)
    few = found.total < FEW
    top, bars = bars_of(search_extra(partial(score_histogram, batches, query)) or ())
    return replace(
        _builder_front(wanted, snapshot, coverage, site, found=found.total, is_about=bool(instead)),
        days=page_days(found.entries, query, dict(found.days), ui),
        overview=found,
        papers=coverage.papers,
        more=wanted.result.address(show=str(shown + SHOWN)) if shown < found.total else "",
        bars=bars,
        top_score=top,
        instead=instead and replace(instead, offers=search_extra(partial(_as_keywords, asked, coverage, ui)) or ()),
        waits=bool(instead) and not found.total and query is not asked,
        far=search_extra(partial(far_interest, query, found, batches)),
        or_not=search_extra(partial(or_and_not, asked, coverage, batches, site)) or [],
        dead=search_extra(partial(dead_phrases, asked, coverage, batches, site)) or [],
        leaving=leaving(site.base, query, site.key),
        title=describe_title(query),
        offers=search_extra(partial(offers, snapshot, query, settings, ui)) or [] if not found.total else [],
        misses=search_extra(partial(misses, snapshot, asked, ui)) or [] if few and not instead else [],
        not_held=not_held(snapshot, asked, site, was_asked_for=bool(wanted.result.followed)),
        less_alike=less_alike(query, ui),
        wider=None if instead else search_extra(partial(wider_interest, asked, found, batches, site)),
        elsewhere=search_extra(partial(elsewhere, snapshot, query, ui)) or [] if few and not wanted.typing else [],
        suggestions=[] if instead else search_extra(partial(_suggestions, found, wanted, coverage)) or [],
    )


def _builder_front(
    wanted: Wanted, snapshot: Snapshot, coverage: Coverage, site: Site, *, found: int, is_about: bool
) -> Front:
    """The builder of a deployment that holds papers: what is held and counted stands in it."""
    held = frozenset(state.category for state in snapshot.manifest.categories if state.last_day)
    empty = empty_front(wanted, site)
    return replace(
        empty,
        lists=chip_lists(wanted.chips, wanted.understood, site.settings, coverage, about=found if is_about else 0),
        archives=archives(wanted.chips, held, papers_by_category(snapshot.batches[0])),
        sample=snapshot.manifest.sample,
        typing=wanted.typing,
        examples=examples(snapshot.batches, held, site) if empty.site_only or not found else [],
    )


def _as_keywords(asked: FeedQuery, coverage: Coverage, ui: Ui) -> tuple[Offer, ...]:
    """The words of the only keyword as the filter language has them; what a second one says is said by ``or_not``."""
    return as_keywords(asked, asked.keywords[0], coverage, ui) if len(asked.keywords) == 1 else ()


def _suggestions(found: Overview, wanted: Wanted, coverage: Coverage) -> list[str]:
    """Terms to add to the keywords; not between two letters: looking for them takes as long as all the rest."""
    if wanted.typing or "keywords" not in wanted.chips.pieces:
        return []
    return suggest(found.entries, wanted.understood.query, coverage)


def _shown(text: str) -> int:
    return min(max(int(text), SHOWN), MOST_SHOWN) if text.isdecimal() and len(text) < 5 else SHOWN
