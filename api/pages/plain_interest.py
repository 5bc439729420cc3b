"""An interest in plain words that no paper has word for word: what is shown in its place, and what else may be."""

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from api.pages.offers import Offer, changed_address
from api.pages.or_not import read_or_and_not
from api.pages.site import Site
from api.ui import Ui
from core.config.settings import Settings
from core.language.terms import Term, join_clauses
from core.language.wider_terms import wider_terms
from core.language.words import FUNCTION_WORDS, fold_word
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.nearness import Nearness, nearness
from core.search.overview import Coverage, Overview, overview
from core.search.short_text import is_short
from core.search.work import if_time
from core.taxonomy import CATEGORIES

_OF_KEYWORDS: Final = ("keywords", "min_score", "rank", "match", "sort")
"""Parameters that say how keywords count: likeness has a score and an order of its own."""
HANDFUL: Final = 8
"""A plain phrase that fewer papers have is offered as an interest, too."""
_LONG_PHRASE_WORDS: Final = 3
"""The fewest words of a phrase that is an interest even where no paper is about it; fewer may be a name to wait for."""
_STEM: Final = 5
"""The fewest letters that tell a field."""
MOST_FIELDS: Final = 3
MOST_DEAD: Final = 3
"""Phrases that are offered otherwise at once."""


class PlainInterest(Struct, frozen=True):
    """A phrase that no paper has, or few, the query for what is about it, and other ways to say it."""

    phrase: str  # without what its *not* leaves out
    query: FeedQuery
    left_out: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    fields: tuple[Offer, ...] = ()  # categories that are called so, to be chosen beside the others


def plain_interest(query: FeedQuery, settings: Settings) -> PlainInterest | None:
    """What is about the only keyword of a query, word for word or not; None when it is no phrase in plain words."""
    if query.like or query.match == "substring":
        return None
    wanted = [term for term in query.keywords if not _is_refusal(term)]
    refusals = [term for term in query.keywords if _is_refusal(term)]
    return _interest_of(wanted[0], refusals, query, settings) if len(wanted) == 1 and _is_plain(wanted[0]) else None


def _is_refusal(term: Term) -> bool:
    """Whether a keyword in plain words only leaves out: ``not robotics``."""
    said = read_or_and_not(term.text) if _has_plain_words(term) else None
    return bool(said and not said.wanted)


def _interest_of(term: Term, refusals: Sequence[Term], query: FeedQuery, settings: Settings) -> PlainInterest:
    """
    A phrase in plain words as an interest, in place of all keywords; the rest of the query stays.

    What its *not* says, or that of a keyword of its own, is excluded: as words of the text it would be looked for.
    """
    phrase, left_out = term.clauses[0].literal, list[str]()
    if said := read_or_and_not(phrase, with_without=False):
        phrase, left_out = said.wanted_text, [*said.unwanted]
    left_out += [part for each in refusals if (refused := read_or_and_not(each.text)) for part in refused.unwanted]
    given = {name: value for name, value in query.given_parameters if name not in _OF_KEYWORDS}
    if left_out:
        given["exclude"] = ",".join(dict.fromkeys([*map(str, query.exclude), *left_out]))
    asked = parse_query({**given, "like": f"text:{phrase}"}.items(), settings)
    return PlainInterest(phrase, asked, tuple(left_out))


def found_or_about(
    asked: FeedQuery, batches: Sequence[LoadedBatch], shown: int, site: Site
) -> tuple[Overview, FeedQuery, PlainInterest | None]:
    """
    Return what a query finds; for an interest in plain words that finds nothing, what is shown in its place.

    The feed is that of the interest where papers are about it, and for three words or more also where none is yet:
    so many words hardly ever stand side by side, and a feed that waits for them would stay empty.
    """
    found, query = overview(batches, asked, shown), asked
    instead = None if found.total else plain_interest(asked, site.settings)
    about = if_time(partial(overview, batches, instead.query, shown)) if instead else None
    if instead and about and about.total:
        found, query = about, instead.query
    elif instead:
        instead = replace(instead, fields=fields_called_so(asked, instead.phrase, site.ui))
        query = instead.query if len(asked.keywords) > 1 or _is_long(asked.keywords[0]) else asked
    return found, query, instead


def _is_long(term: Term) -> bool:
    return len(term.clauses[0].words) >= _LONG_PHRASE_WORDS


def fields_called_so(query: FeedQuery, phrase: str, ui: Ui) -> tuple[Offer, ...]:
    """Categories not chosen whose names begin a word as the phrase does: ``robot grasping`` is Robotics."""
    chosen = ",".join(query.categories.terms)
    return tuple(
        Offer("categories", f"{name} · {called}", changed_address(query, "categories", f"{chosen},{name}", ui))
        for name, called in categories_called_so(query, phrase).items()
    )


def categories_called_so(query: FeedQuery, phrase: str) -> Mapping[str, str]:
    """Return the ids and names of such categories, a few."""
    found: dict[str, str] = {}
    for word in phrase.casefold().split():
        stem = word.removesuffix("s")
        if len(stem) < _STEM or word in FUNCTION_WORDS:
            continue
        named = {name: called for name, called in CATEGORIES.items() if _has_word(called, stem)}
        if len(named) <= MOST_FIELDS:  # "theory" and "systems" are in a dozen names, and say nothing
            found |= {name: called for name, called in named.items() if name not in query.categories.included}
    return dict(islice(found.items(), MOST_FIELDS))


def _has_word(called: str, beginning: str) -> bool:
    return any(part.startswith(beginning) for part in called.casefold().replace("-", " ").split())


def wider_interest(asked: FeedQuery, found: Overview, batches: Sequence[LoadedBatch], site: Site) -> Offer | None:
    """What to offer for a phrase that a handful of papers have: those about it, word for word or not."""
    interest = plain_interest(asked, site.settings) if 0 < found.total < HANDFUL else None
    return _interest_offer(interest, batches, site.ui, more_than=found.total) if interest else None


def far_interest(query: FeedQuery, found: Overview, batches: Sequence[LoadedBatch]) -> Nearness | None:
    """How far the nearest papers are from what a query asks for in a few words; None where one of them is about it."""
    if not found.total or query.keywords or query.min_score or not is_short(query):
        return None
    nearest = nearness(batches, query)
    return nearest if nearest.is_far else None


def _interest_offer(
    interest: PlainInterest, batches: Sequence[LoadedBatch], ui: Ui, *, more_than: int = 0
) -> Offer | None:
    """The address of the papers about an interest; None where they are not more than so many."""
    count = overview(batches, interest.query, 0).total
    address = changed_address(interest.query, "like", f"text:{interest.phrase}", ui)
    return Offer("like", interest.phrase, address, count) if count > more_than else None


def _is_plain(term: Term) -> bool:
    """Whether somebody wrote several words, and nothing of the filter language."""
    clause = term.clauses[0]
    telling = [word for word in clause.words if fold_word(word.text) not in FUNCTION_WORDS and not word.is_prefix]
    return _has_plain_words(term) and len(telling) > 1


def _has_plain_words(term: Term) -> bool:
    (clause, *others) = term.clauses
    return not others and not clause.negated and not clause.field and not clause.text.startswith('"')


def as_keywords(query: FeedQuery, term: Term, coverage: Coverage, ui: Ui) -> tuple[Offer, ...]:
    """
    The words of one of the keywords as parts of the filter language, with how many papers each of them finds.

    Nothing for a phrase that says *not* or *without*: each way would look for what it leaves out.
    """
    if (read := read_or_and_not(term.text)) and read.unwanted:
        return ()
    wider = list(wider_terms(term))
    ways: list[tuple[Term, ...]] = [(each,) for each in wider]
    clauses = wider[0].clauses if wider else ()
    has_phrase = any(len(clause.words) > 1 for clause in clauses)
    if len(clauses) == 2 or (has_phrase and len(clauses) > 1):  # else each word is too little by itself
        ways.append(tuple(join_clauses([clause]) for clause in clauses))
    others = [str(each) for each in query.keywords if each is not term]
    return tuple(
        Offer("keywords", said, changed_address(query, "keywords", ",".join([*others, *map(str, some)]), ui), count)
        for some in ways
        if (said := ", ".join(map(str, some))) and (count := coverage.of_any(some))
    )


class Dead(Struct, frozen=True):
    """A phrase among other keywords that no paper has, and what would find some of it."""

    phrase: str
    offers: tuple[Offer, ...]
    interest: Offer | None = None  # what is about it, word for word or not: a feed of its own


def dead_phrases(query: FeedQuery, coverage: Coverage, batches: Sequence[LoadedBatch], site: Site) -> list[Dead]:
    """Those of several keywords that find nothing as they are written."""
    if len(query.keywords) < 2 or query.match == "substring":
        return []
    plain = (term for term in query.keywords if _is_plain(term) and not _is_refusal(term))
    dead = [term for term in plain if not coverage.of_term(term)]
    found = (_dead_phrase(term, query, coverage, batches, site) for term in dead[:MOST_DEAD])
    return [each for each in found if each.offers or each.interest]


def _dead_phrase(term: Term, query: FeedQuery, coverage: Coverage, batches: Sequence[LoadedBatch], site: Site) -> Dead:
    interest = None if query.like else _interest_offer(_interest_of(term, (), query, site.settings), batches, site.ui)
    return Dead(term.text, as_keywords(query, term, coverage, site.ui), interest)
