"""The subjects of a short text: what stands between its function words, as terms, and what each says of the whole."""

from collections.abc import Callable, Container, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.memo import Kind
from core.index.vectors import tells
from core.language.terms import Term, TermWord, join_clauses, phrase_clause
from core.language.words import FUNCTION_WORDS, GAP, cut_with_signs, fold_word, word_key
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.acronyms import known_acronyms, with_acronyms
from core.search.batch import BatchLinks, LoadedBatch
from core.search.centroid import Rarities
from core.search.plain_match import plain_hits
from core.search.scores import millionths
from core.taxonomy import ARCHIVES, CATEGORIES, archive_members

_NEIGHBOURS: Final = 0.5
"""What two words say by standing together, as a part of what they say alone."""
_ASKING: Final = "paper article recent latest interested looking want find related use used using"
OF_ASKING: Final = frozenset(map(word_key, _ASKING.split(" ")))
"""Words with which people ask for a subject, by their keys: they are not the subject."""


class Subject(Struct, frozen=True):
    """Words that stand together: as terms, their neighbourhoods, what each says of the whole text, and categories."""

    words: tuple[Term, ...]
    pairs: tuple[tuple[Term, int], ...]  # with the place of the first of the two words
    shares: tuple[int, ...]  # of the words, then of the pairs, in millionths of the text; never 0 together
    long_forms: tuple[tuple[Term, range], ...]  # and the words that they are made of
    categories: frozenset[str]

    @property
    def whole(self) -> int:
        return sum(self.shares)


_SUBJECTS: Final = Kind[tuple[Subject, ...]]("subjects", lambda found: 3000 * len(found))


def telling(text: str) -> list[list[str]]:
    """The words that say what a text is about, each once, cut where a function word or a comma stands."""
    return _cut(text, OF_ASKING) or _cut(text, frozenset())


def _cut(text: str, left_out: frozenset[str]) -> list[list[str]]:
    subjects: list[list[str]] = [[]]
    seen: set[str] = set()
    for sign, word in zip(*cut_with_signs(text), strict=True):
        name = word_key(word)
        is_little = fold_word(word) in FUNCTION_WORDS or not tells(name) or name in left_out
        if is_little or sign == GAP:
            subjects.append([])
        if not is_little and name not in seen:
            subjects[-1].append(word)
            seen.add(name)
    return [each for each in subjects if each]


@cache
def _categories_by_name() -> dict[tuple[str, ...], frozenset[str]]:
    """The categories, by the keys of the words of their names and of their archives' names."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    named = [(name, archive_members(archive)) for archive, name in ARCHIVES.items()]
    named += [(name, frozenset((category,))) for category, name in CATEGORIES.items()]
    for name, categories in named:
        words = tuple(word_key(word) for subject in telling(name) for word in subject)
        found[words] = found.get(words, frozenset()) | categories
    return found


def texts_of(query: FeedQuery) -> list[str]:
    """The texts among what a query likes."""
    return [each.text for each in query.like if isinstance(each, LikedText)]


def subjects_of(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> tuple[Subject, ...]:
    """Read the texts that a query likes; words that no paper held has, and that name no category, are left out."""
    return links.memo.remembered(_SUBJECTS, (query.like, query.expand), lambda: _read(query, batches, links))


class _Words(Struct, frozen=True):
    words: tuple[str, ...]
    rarities: tuple[float, ...]
    categories: frozenset[str]


def _read(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> tuple[Subject, ...]:
    rarities = Rarities(batches)
    made = []
    for words in telling(", ".join(texts_of(query))):
        categories = _categories_by_name().get(tuple(map(word_key, words)), frozenset())
        if held := tuple(word for word in words if categories or rarities.holding(word_key(word))):
            made.append(_Words(held, tuple(rarities[word_key(word)] for word in held), categories))
    whole = sum(max(each.rarities) for each in made) or 1.0
    known = known_acronyms(batches, links).acronym_of if query.expand != "no" else {}

    def as_asked(phrases: Sequence[Sequence[str]]) -> tuple[Term, ...]:
        terms = tuple(join_clauses([phrase_clause([*map(TermWord, words)])]) for words in phrases)
        return with_acronyms(replace(query, keywords=terms, match="word"), batches, links).keywords if terms else ()

    def is_held(term: Term) -> bool:
        return any(plain_hits(batch.index, term, batch.index.everything).rows for batch in batches)

    return tuple(_subject(each, whole, known, as_asked, is_held) for each in made)


def _subject(
    read: _Words,
    whole: float,
    known: Container[tuple[str, ...]],
    as_asked: Callable[[Sequence[Sequence[str]]], tuple[Term, ...]],
    is_held: Callable[[Term], bool],
) -> Subject:
    """A subject counts as much as its rarest word: "large language models" says no more than "weather"."""
    words, rare = read.words, read.rarities
    runs = [range(at, at + size) for at in range(len(words)) for size in range(2, len(words) - at + 1)]
    runs = [run for run in runs if tuple(word_key(words[at]) for at in run) in known]
    pairs = zip(as_asked(list(pairwise(words))), pairwise(rare), strict=True)
    held = [(pair, at, _NEIGHBOURS * sum(both)) for at, (pair, both) in enumerate(pairs) if is_held(pair)]
    counts = [*rare, *(count for _, _, count in held)]
    share = max(rare) / whole / (sum(counts) or 1.0)
    return Subject(
        as_asked([[word] for word in words]),
        tuple((pair, at) for pair, at, _ in held),
        tuple(millionths(share * count) for count in counts),
        tuple(zip(as_asked([words[run.start : run.stop] for run in runs]), runs, strict=True)),
        read.categories,
    )
