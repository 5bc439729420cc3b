"""Near misses: papers that one small change of a query would let in, and that change."""

from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.config.settings import MAX_LIMIT
from core.language.terms import Clause, Term, TermWord, join_clauses, phrase_clause, without_field, word_clause
from core.language.words import FUNCTION_WORDS, as_acronym, fold_word, word_key
from core.paper import AnnounceType, Entry
from core.query.feed_query import FeedQuery
from core.search.batch import BatchRow, LoadedBatch, link_batches
from core.search.order import PlacedPaper
from core.search.select import Selection, choose_ranker
from core.search.subjects import OF_ASKING

_MOST_TRIED: Final = 40
_ENDINGS: Final = ("ation", "ency", "ence", "ment", "ing", "ion", "ent", "ive", "er", "or", "ed", "es", "s", "e")
_OF_ONE_CHANGE: Final = 2
"""The most papers told for one change, so that there is room for others."""
_STEM: Final = 5
"""The fewest letters before a ``*`` that we suggest."""


class NearMiss(Struct, frozen=True):
    """A paper that is not in the feed, and the change that would bring it in: ``keywords`` and ``quantiz*``."""

    entry: Entry
    parameter: str  # of the query
    change: str  # what to write there: a term to add, or the term to take out of ``exclude``


def near_misses(batches: Sequence[LoadedBatch], query: FeedQuery, most: int) -> list[NearMiss]:
    """Return up to ``most`` papers that one small change of the query would let in, the smallest changes first."""
    if not batches or query.like:
        return []
    everything = replace(query, per_day=MAX_LIMIT, limit=MAX_LIMIT)
    seen = {placed.newest_row for placed in _unordered(batches, everything).placed()}
    changes = chain(_without_limits(everything), _with_wider_terms(everything), _with_replacements(everything))
    found: list[NearMiss] = []
    for changed, parameter, change in islice(changes, _MOST_TRIED):
        selection = _unordered(batches, changed)
        fresh = _fresh(selection, seen, min(most - len(found), _OF_ONE_CHANGE))
        found += [NearMiss(selection.entry(placed), parameter, change) for placed in fresh]
        if len(found) >= most:
            break
    return found


def _unordered(batches: Sequence[LoadedBatch], query: FeedQuery) -> Selection:
    """Select without settling ties, which takes longer than all the rest and changes nothing of what is found."""
    links = link_batches(tuple(batch.index for batch in batches))
    return Selection(batches, query, choose_ranker(query, batches, links))


def _fresh(selection: Selection, seen: set[BatchRow], most: int) -> Iterator[PlacedPaper]:
    """Give what was not seen before, and remember it."""
    for placed in islice((each for each in selection.placed() if each.newest_row not in seen), most):
        seen.add(placed.newest_row)
        yield placed


def _without_limits(query: FeedQuery) -> Iterator[tuple[FeedQuery, str, str]]:
    for term in query.exclude:
        fewer = tuple(other for other in query.exclude if other is not term)
        yield replace(query, exclude=fewer), "exclude", str(term)
    if query.min_score:
        yield replace(query, min_score=0.0), "min_score", "0"


def _with_replacements(query: FeedQuery) -> Iterator[tuple[FeedQuery, str, str]]:
    """Last: replacements are many, and most of them were read when they were new."""
    if query.keywords and len(query.types) < len(AnnounceType):
        yield replace(query, types=frozenset(AnnounceType)), "types", "new,cross,replace"


def _with_wider_terms(query: FeedQuery) -> Iterator[tuple[FeedQuery, str, str]]:
    if query.match == "substring":
        return
    for term in query.keywords:
        for wider in wider_terms(term):
            yield replace(query, keywords=(wider,), authors=(), min_score=0.0), "keywords", str(wider)


def wider_terms(term: Term) -> Iterator[Term]:
    """Give terms that let in more: without a clause, out of its field, words apart, another ending."""
    if len(term.clauses) > 1:
        for clause in term.clauses:
            rest = tuple(other for other in term.clauses if other is not clause)
            if not all(other.negated for other in rest):
                yield join_clauses(rest)
        return
    (clause,) = term.clauses
    if clause.field in ("ti", "abs"):
        yield join_clauses([without_field(clause)])
    elif not clause.field:
        yield from _wider_words(clause)


def _without_little_words(words: Sequence[TermWord]) -> list[list[TermWord]]:
    """``graph networks for weather`` as (graph networks)(weather)."""
    groups = groupby(words, lambda word: fold_word(word.text) in FUNCTION_WORDS or word_key(word.text) in OF_ASKING)
    return [list(group) for is_little, group in groups if not is_little]


def _wider_words(clause: Clause) -> Iterator[Term]:
    if len(clause.words) > 1:
        groups = _without_little_words(clause.words)
        if 0 < sum(map(len, groups)) < len(clause.words):
            yield join_clauses([phrase_clause(group) for group in groups])
        telling = [word for group in groups for word in group] or clause.words
        if len(telling) > len(groups):
            yield join_clauses([word_clause(word.text, is_prefix=word.is_prefix) for word in telling])
        return
    (word,) = clause.words
    if word.is_prefix:
        return
    if as_acronym(word.text):
        yield join_clauses([word_clause(word.text.lower())])
    ending = next((each for each in _ENDINGS if word.text.lower().endswith(each)), "")
    stem = word.text[: len(word.text) - len(ending)]
    if len(stem) >= _STEM:
        yield join_clauses([word_clause(stem, is_prefix=True)])
