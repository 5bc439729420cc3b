"""Which papers of a batch a term matches: sets of rows as integers, a bit each. Every answer is kept."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from core.index import PLACE_BITS, BatchIndex
from core.indexing import build_index, joined_key
from core.names import Name, parse_name
from core.paper import Paper
from core.planes import bits_of
from core.terms import Clause, Term, Word
from core.words import FUNCTION_WORDS, GAP, HYPHEN, SPACE, fold, keys

__all__ = ["BatchIndex", "Hits", "build_index", "name_rows", "substring_hits", "term_hits"]

_MOST_KEPT: Final = 4096
_PLACE: Final = (1 << PLACE_BITS) - 1


class Hits(NamedTuple):
    """The rows that match, and those of them in whose title."""

    rows: int
    title: int


NOTHING: Final = Hits(0, 0)


@dataclass(frozen=True, slots=True)
class Item:
    """One position of a phrase: any of these keys, so many places after the first item, so wide."""

    keys: tuple[str, ...]
    offset: int = 0
    is_prefix: bool = False


Sequenced = tuple[Item, ...]
"""One way in which a clause may be written: ``fine tuning`` has (fine)(tuning) and (finetuning)."""

_ways: dict[str, tuple[Sequenced, ...]] = {}


def term_hits(index: BatchIndex, term: Term) -> Hits:
    """Return where all clauses of a term hold; it stands in the title when every wanted clause does."""
    kept = index.memo.get(term.text)
    if not isinstance(kept, Hits):
        kept = _remember(index.memo, term.text, _all_clauses(index, term))
    return kept


def _remember(memo: dict[str, object], name: str, hits: Hits) -> Hits:
    if len(memo) >= _MOST_KEPT:
        memo.clear()
    memo[name] = hits
    return hits


def name_rows(index: BatchIndex, name: Name) -> int:
    """Return the papers of somebody."""
    kept = index.memo.get(key := f"author {name.text}")
    if not isinstance(kept, Hits):
        kept = _remember(index.memo, key, Hits(_rows_with(index, name.surname[-1], name.fits), 0))
    return kept.rows


def author_rows(index: BatchIndex, clause: Clause) -> int:
    """Return where ``au:`` holds: these words in one author's name, or a name that fits as in ``authors=``."""
    words = [fold(word.text) for word in clause.words]
    pattern = re.compile(r"\b" + " ".join(map(re.escape, words)) + ("" if clause.words[-1].is_prefix else r"\b"))
    rows = bits_of({_row_at(index, found.start()) for found in pattern.finditer(index.authors)}, index.count)
    if len(words) > 1 and not clause.words[-1].is_prefix:
        name = parse_name(clause.literal)
        rows |= _rows_with(index, name.surname[-1], name.fits)
    return rows


def _rows_with(index: BatchIndex, last: str, fits: Callable[[Sequence[str]], bool]) -> int:
    """Return the rows with an author who fits, among those whose surname ends in the word ``last``."""
    text = index.authors
    rows = set()
    for found in re.finditer(rf"\b{re.escape(last)}(?: (?:jr|sr|ii|iii|iv))?\|", text):
        if fits(text[text.rfind("|", 0, found.start()) + 1 : found.end() - 1].split()):
            rows.add(_row_at(index, found.start()))
    return bits_of(rows, index.count)


def _row_at(index: BatchIndex, place: int) -> int:
    """Return the row to whose line of authors this character belongs."""
    return bisect_right(index.author_starts, place) - 1


def _all_clauses(index: BatchIndex, term: Term) -> Hits:
    rows = title = index.everything
    for clause in term.clauses:
        hits = clause_hits(index, clause)
        if clause.negated:
            rows &= ~hits.rows
        else:
            rows &= hits.rows
            title &= hits.title
    return Hits(rows, title & rows)


def clause_hits(index: BatchIndex, clause: Clause) -> Hits:
    """Return where one clause holds, negation set aside."""
    if clause.field == "cat":
        found = 0
        for name in clause.categories:
            found |= index.sets.get("c:" + name, 0)
        return Hits(found, 0)
    if clause.field == "au":
        return Hits(author_rows(index, clause), 0)
    rows = title = 0
    for way in ways(clause):
        hits = _way_hits(index, way, in_abstract=clause.field == "abs")
        rows |= hits.rows
        title |= hits.title
    return Hits(title, title) if clause.field == "ti" else Hits(rows, title)


def _way_hits(index: BatchIndex, way: Sequenced, *, in_abstract: bool) -> Hits:
    """Return where these items follow each other."""
    found = [_numbers(index, item) for item in way]
    if not all(found):
        return NOTHING
    if len(found) == 1 and not in_abstract:
        return _word_hits(index, found[0])
    starts = _starts(index, way, found)
    if in_abstract:
        starts = {place for place in starts if place & _PLACE >= index.spans[place >> PLACE_BITS]}
        return Hits(bits_of({place >> PLACE_BITS for place in starts}, index.count), 0)
    in_title = {place >> PLACE_BITS for place in starts if place & _PLACE < index.spans[place >> PLACE_BITS]}
    return Hits(bits_of({place >> PLACE_BITS for place in starts}, index.count), bits_of(in_title, index.count))


def _numbers(index: BatchIndex, item: Item) -> list[int]:
    if not item.is_prefix:
        return [number for number in map(index.find, item.keys) if number >= 0]
    found: set[int] = set()
    for key in item.keys:
        found.update(index.beginning(key))
        found.update(index.beginning(key.upper()))
    return sorted(found)


def _word_hits(index: BatchIndex, numbers: Iterable[int]) -> Hits:
    rows = title = 0
    for number in numbers:
        rows |= index.rows(number)
        title |= index.title_rows(number)
    return Hits(rows, title)


def _starts(index: BatchIndex, way: Sequenced, found: Sequence[Sequence[int]]) -> set[int]:
    """Return the places at which the first item begins and all the others follow."""
    starts: set[int] | None = None
    for item, numbers in zip(way, found, strict=True):
        places = {place - item.offset for number in numbers for place in index.places(number)}
        starts = places if starts is None else starts & places
        if not starts:
            break
    return starts or set()


# -- the ways in which a clause may be written


def ways(clause: Clause) -> tuple[Sequenced, ...]:
    """List the spellings that agree with a clause: hyphen, space and joined forms of its words."""
    kept = _ways.get(clause.text)
    if kept is None:
        if len(_ways) >= _MOST_KEPT:
            _ways.clear()
        kept = _ways[clause.text] = tuple(dict.fromkeys(_all_ways(clause.words)))
    return kept


def _all_ways(words: Sequence[Word]) -> Iterable[Sequenced]:
    alone = len(words) == 1
    yield _sequence([_item(word, exact=alone) for word in words], words)
    for at, word in enumerate(words):
        before, after = words[:at], words[at + 1 :]
        for pieces in _splits(word):
            yield _plain_sequence([*before, *pieces, *after])
        if not word.is_prefix:
            yield from _hyphened(before, word, after)
        if after and _may_join(word, after[0]):
            yield from _all_joined(before, [word, after[0]], after[1:])
    if len(words) > 2 and all(word.glue != GAP for word in words[1:]):
        yield from _all_joined([], words, [])


def _all_joined(before: Sequence[Word], joined: Sequence[Word], after: Sequence[Word]) -> Iterable[Sequenced]:
    text = "".join(word.text for word in joined)
    yield _plain_sequence([*before, Word(text, joined[0].glue, joined[-1].is_prefix), *after])


def _may_join(word: Word, following: Word) -> bool:
    if following.glue == HYPHEN:
        return True
    return following.glue != GAP and not {fold(word.text), fold(following.text)} & FUNCTION_WORDS


def _hyphened(before: Sequence[Word], word: Word, after: Sequence[Word]) -> Iterable[Sequenced]:
    """``incontext`` may stand as ``in-context``, which is indexed as ``incontext-2``."""
    if len(word.text) < 4 or not word.text.isalnum():
        return
    for width in range(2, 6):
        items = [_item(other) for other in (*before, word, *after)]
        items[len(before)] = Item((joined_key(word.text, width),))
        yield _sequence(items, [*before, word, *after], wide=(len(before), width))


def _splits(word: Word) -> Iterable[tuple[Word, Word]]:
    """``finetuning`` may stand as ``fine tuning``, ``GPT4`` as ``GPT-4``; not ``often`` as ``of ten``."""
    text = word.text
    for at in range(1, len(text)):
        first, second = text[:at], text[at:]
        if _may_split(first, second):
            yield Word(first, word.glue), Word(second, SPACE, word.is_prefix)


def _may_split(first: str, second: str) -> bool:
    if not (first.isalnum() and second[0].isalnum()) or {fold(first), fold(second)} & FUNCTION_WORDS:
        return False
    if first[-1].isdigit() != second[0].isdigit():
        return True
    return len(first) + len(second) >= 4 and len(second) >= 2 and first[-1].isalpha()


def _item(word: Word, *, exact: bool = False) -> Item:
    if word.is_prefix:
        small = fold(word.text)
        return Item((small,), is_prefix=True)
    return Item(keys(word.text, exact=exact))


def _plain_sequence(words: Sequence[Word]) -> Sequenced:
    return _sequence([_item(word) for word in words], words)


def _sequence(items: Sequence[Item], words: Sequence[Word], wide: tuple[int, int] = (-1, 1)) -> Sequenced:
    """Set the items at their distances: one place apart, two over a full stop, more after a joined word."""
    placed = []
    offset = 0
    for number, (item, word) in enumerate(zip(items, words, strict=True)):
        if number:
            offset += 2 if word.glue == GAP else 1
        placed.append(Item(item.keys, offset, item.is_prefix))
        if number == wide[0]:
            offset += wide[1] - 1
    return tuple(placed)


# -- the old bot's way


def substring_hits(index: BatchIndex, papers: Sequence[Paper], term: Term) -> Hits:
    """Match a term as the old bot does: its characters anywhere in title and abstract, as arXiv wrote them."""
    name = f"substring {term.text}"
    kept = index.memo.get(name)
    if not isinstance(kept, Hits):
        kept = _remember(index.memo, name, _all_substrings(papers, term))
    return kept


def _all_substrings(papers: Sequence[Paper], term: Term) -> Hits:
    wanted = [clause.literal.lower() for clause in term.clauses if not clause.negated]
    unwanted = [clause.literal.lower() for clause in term.clauses if clause.negated]
    rows, title = [], []
    for row, paper in enumerate(papers):
        heading = paper.title.lower()
        text = f"{heading} {paper.abstract.lower()}"
        if all(literal in text for literal in wanted) and not any(literal in text for literal in unwanted):
            rows.append(row)
            if all(literal in heading for literal in wanted):
                title.append(row)
    return Hits(bits_of(rows, len(papers)), bits_of(title, len(papers)))
