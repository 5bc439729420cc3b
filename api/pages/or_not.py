"""What "or" and "not" in a phrase in plain words say in the filter language: keywords, and words to leave out."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from msgspec import Struct

from api.pages.asked import Asked, term_error
from api.pages.offers import Offer
from api.pages.site import Site
from core.language.term_parser import parse_term
from core.language.terms import Term
from core.language.wider_terms import wider_terms
from core.language.words import FUNCTION_WORDS, fold_word
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.overview import Coverage, overview
from core.search.subjects import texts_of

_OR: Final = re.compile(r"\s+or\s+", re.IGNORECASE)
_REFUSING: Final = r"(?:^|[\s,]+)(?:(?:but\s+)?not|except{})(?:\s+(?:about|for|in|on|with|an?|the))*\s+"
_NOT: Final = re.compile(_REFUSING.format(""), re.IGNORECASE)
_NOT_OR_WITHOUT: Final = re.compile(_REFUSING.format("|without"), re.IGNORECASE)
_NOT_OF_A_VERB: Final = re.compile(
    r"\b(?:am|are|be|can|could|did|do|does|had|has|have|is|may|might|must|should|was|were|why|will|would)\s+not\b"
    r"|\bnot\s+(?:all|always|enough|every|just|merely|necessarily|only)\b",
    re.IGNORECASE,
)
"""What *not* says here leaves nothing out: ``attention is not all you need``."""
_BEFORE_CHOICE: Final = re.compile(r"^(?:either|papers? (?:on|about))\s+", re.IGNORECASE)
_MOST_PARTS: Final = 8


class Said(Struct, frozen=True):
    """The parts of a phrase: one of the wanted ones, and none of those that are not; the first as one text, too."""

    wanted: tuple[str, ...]
    unwanted: tuple[str, ...]
    wanted_text: str


def read_or_and_not(phrase: str, *, with_without: bool = True) -> Said | None:
    """
    Cut a phrase at *or* and *not*; None where it has neither, or where one has nothing beside it.

    *without* may belong to the subject ("learning without forgetting"); ``with_without=False`` reads it so.
    """
    if _NOT_OF_A_VERB.search(phrase):
        return None
    asked, *unwanted = (_NOT_OR_WITHOUT if with_without else _NOT).split(phrase.strip())
    wanted = _OR.split(_BEFORE_CHOICE.sub("", asked)) if asked else []
    parts = [part.strip(" ,.") for part in (*wanted, *(each for piece in unwanted for each in _OR.split(piece)))]
    is_said = len(wanted) > 1 or bool(unwanted)
    if not is_said or len(parts) > _MOST_PARTS or not all(map(_is_telling, parts)):
        return None
    return Said(tuple(parts[: len(wanted)]), tuple(parts[len(wanted) :]), asked.strip(" ,."))


def _is_telling(part: str) -> bool:
    words = part.split()
    return any(fold_word(word) not in FUNCTION_WORDS for word in words) and not term_error(part)


def or_and_not(query: FeedQuery, coverage: Coverage, batches: Sequence[LoadedBatch], site: Site) -> list[Offer]:
    """What the phrases that no paper has word for word say with their *or* and *not*, where that finds papers."""
    if query.match == "substring":
        return []
    dead = (term for term in query.keywords if _is_plain(term) and not coverage.of_term(term))
    read = {term: said for term in dead if (said := read_or_and_not(term.clauses[0].literal))}
    kept = {name: value for name, value in query.given_parameters if name != "like"}
    found = [_filters([read.get(term, term) for term in query.keywords], dict(query.given_parameters), query, coverage)]
    texts = [said for text in texts_of(query) if len(query.like) == 1 and (said := read_or_and_not(text))]
    found = [*(found if read else []), *(_filters([said], kept, query, coverage) for said in texts)]
    return [offer for change, given in found if (offer := _offer(change, given, batches, site))]


def _is_plain(term: Term) -> bool:
    return len(term.clauses) == 1 and not term.clauses[0].field and not term.clauses[0].text.startswith('"')


def _filters(
    pieces: Sequence[Said | Term], given: Mapping[str, str], query: FeedQuery, coverage: Coverage
) -> tuple[str, Mapping[str, str]]:
    """Return what keywords and phrases say together as it is shown, and the query's parameters with it."""
    wanted, unwanted = dict[str, None](), dict[str, None]()
    for piece in pieces:
        if isinstance(piece, Said):
            wanted |= dict.fromkeys(_as_found(part, coverage) for part in piece.wanted)
            unwanted |= dict.fromkeys(piece.unwanted)
        else:
            wanted[str(piece)] = None
    exclude = ",".join(dict.fromkeys([*map(str, query.exclude), *unwanted]))
    changed = {**given, "keywords": ",".join(wanted), **({"exclude": exclude} if unwanted else {})}
    return ", ".join(wanted) + "".join(f" − {part}" for part in unwanted), changed


def _offer(change: str, given: Mapping[str, str], batches: Sequence[LoadedBatch], site: Site) -> Offer | None:
    count = overview(batches, parse_query(given.items(), site.settings), 0).total if given["keywords"] else 0
    address = Asked({}, dict(given), {}, ui=site.ui.lang if site.ui.given else "").address()
    return Offer("keywords", change, address, count) if count else None


def _as_found(part: str, coverage: Coverage) -> str:
    """A part as it is, where a paper has it word for word; else its words apart, where that finds one."""
    term = parse_term(part)
    if coverage.of_term(term):
        return str(term)
    return next((str(wider) for wider in wider_terms(term) if coverage.of_term(wider)), str(term))
