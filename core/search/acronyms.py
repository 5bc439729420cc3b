"""
Acronyms that the papers held define, nearly all alike: ``LLM`` finds "large language model" too, and the reverse.

A paper that defines the acronym otherwise is no match of it. Of an acronym with several meanings, another term of the
query may say which is meant: ``ASR, speech recognition``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.bitset import bits_of, rows_of
from core.index.memo import Kind, bits_size
from core.index.reader import BatchIndex
from core.language.acronyms import acronym_definitions, long_forms_agree, short_form
from core.language.terms import NOT_OF_TEXT, Clause, Term, TermAlternative, TermWord
from core.language.words import GAP, word_key
from core.query.feed_query import FeedQuery
from core.search.batch import BatchLinks, LoadedBatch

LEAST_PAPERS: Final = 10
LEAST_SHARE: Final = 0.9
"""An acronym is known when so many of the papers held define it, and this part of them alike."""

_LEAST_OF_SEVERAL: Final = 5
"""An acronym with several meanings is remembered when so many papers define it."""


class Known(Struct, frozen=True):
    """The acronyms with one meaning, by their keys and by their long forms'."""

    long: Mapping[str, tuple[str, ...]]
    short: Mapping[tuple[str, ...], str]
    several: Mapping[str, tuple[tuple[str, ...], ...]]  # what other acronyms stand for, the most frequent first


_KNOWN: Final = Kind[Known]("acronyms", lambda known: 500 * (len(known.long) + len(known.several)))
_OTHERWISE: Final = Kind[int]("defined otherwise", bits_size)


def known_acronyms(batches: Sequence[LoadedBatch], links: BatchLinks) -> Known:
    """Return what is known of the papers held; it is remembered."""
    return links.memo.remembered(_KNOWN, None, lambda: _learn(batch.index for batch in batches))


def _learn(indexes: Iterable[BatchIndex]) -> Known:
    meanings: defaultdict[str, Counter[tuple[str, ...]]] = defaultdict(Counter)
    otherwise: Counter[str] = Counter()
    for index in indexes:
        for each in index.acronyms:
            meanings[each.short][each.long] += each.papers
            otherwise[each.short] += len(each.otherwise)
    long, several = {}, {}
    for short, counts in meanings.items():
        if counts.total() + otherwise[short] < _LEAST_OF_SEVERAL:  # as of most
            continue
        main = min(counts, key=lambda meaning: (-counts[meaning], meaning))
        papers = sum(count for meaning, count in counts.items() if meaning == main or long_forms_agree(meaning, main))
        if papers >= LEAST_PAPERS and papers >= LEAST_SHARE * (counts.total() + otherwise[short]):
            long[short] = main
        else:
            several[short] = tuple(sorted(counts, key=lambda meaning: (-counts[meaning], meaning)))
    return Known(
        long, {tuple(map(word_key, words)): short for short, words in sorted(long.items(), reverse=True)}, several
    )


def with_acronyms(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> FeedQuery:
    """Let a query's keywords find acronyms and long forms alike, unless it says ``expand=no``."""
    if query.expand == "no" or query.match == "substring" or not query.keywords or query.keywords[0].also:
        return query
    known = known_acronyms(batches, links)
    known = replace(known, long={**known.long, **_meant(query.keywords, known)})
    return replace(query, keywords=tuple(_expanded(term, known) for term in query.keywords)) if known.long else query


def _meant(terms: Sequence[Term], known: Known) -> Mapping[str, tuple[str, ...]]:
    """Which of several meanings is meant by an acronym, as another term says: ``ASR, speech recognition``."""
    clauses = [term.clauses[0] for term in terms if len(term.clauses) == 1 and not term.clauses[0].field]
    phrases = [" ".join(word_key(word.text) for word in clause.words) for clause in clauses]
    found: dict[str, tuple[str, ...]] = {}
    for short in {short_form(clause.literal) for clause in clauses} & known.several.keys():
        spelled = {long: f" {' '.join(map(word_key, long))} " for long in known.several[short]}
        for long, text in spelled.items():
            if any(f" {phrase} " in text for phrase in phrases):
                found.setdefault(short, long)
    return found


def _expanded(term: Term, known: Known) -> Term:
    if len(term.clauses) > 1 or term.clauses[0].field in NOT_OF_TEXT:
        return term
    (clause,) = term.clauses
    words = clause.words
    ways = []
    for at, word in enumerate(words):
        short = "" if word.is_prefix else short_form(word.text)
        if long := known.long.get(short):
            ways.append(TermAlternative(_replaced(clause, at, at + 1, long), short, long, is_short=False))
        for end in range(at + 2, len(words) + 1):
            if found := known.short.get(tuple(word_key(each.text) for each in words[at:end])):
                is_whole = not any(each.is_prefix or each.glue == GAP for each in words[at:end])
                ways += (
                    [TermAlternative(_replaced(clause, at, end, (found,)), found, known.long[found], is_short=True)]
                    if is_whole
                    else []
                )
    return replace(term, also=tuple(ways[:1]))


def _replaced(clause: Clause, begin: int, end: int, words: Sequence[str]) -> Clause:
    fresh = tuple(TermWord(word) for word in words)
    text = " ".join(word.text for word in (*clause.words[:begin], *fresh, *clause.words[end:]))
    whole = (*clause.words[:begin], *fresh, *clause.words[end:])
    return replace(clause, words=whole, literal=text, text=f"{clause.field}:{text}" if clause.field else text)


def defined_otherwise(index: BatchIndex, other: TermAlternative) -> int:
    """Return the rows of papers that mean something else by the acronym of a term."""
    name = (other.short, other.long)
    return index.memo.remembered(_OTHERWISE, name, lambda: _otherwise(index, other))


def _otherwise(index: BatchIndex, other: TermAlternative) -> int:
    rows: tuple[int, ...] = ()
    for each in index.acronyms:
        if each.short == other.short:
            is_main = long_forms_agree(each.long, other.long)
            rows += each.otherwise if is_main else each.rows or tuple(_defining(index, other))
    return bits_of((*rows, *_only_holder(index, other)), index.count)


def _only_holder(index: BatchIndex, other: TermAlternative) -> Iterator[int]:
    """Give the one paper that holds the acronym if it defines it otherwise: the index lists no definition of it."""
    number = index.words.find(word_key(other.short))
    if number >= 0 and index.postings.rows(number).bit_count() == 1:
        yield from _defining(index, other)


def _defining(index: BatchIndex, other: TermAlternative) -> Iterator[int]:
    """Read which papers that hold the acronym define it otherwise."""
    number = index.words.find(word_key(other.short))
    rows = index.postings.rows(number) if number >= 0 and index.papers else 0
    for row in rows_of(rows):
        paper = index.papers[row]
        found = [
            each.long for each in acronym_definitions(f"{paper.title}. {paper.abstract}") if each.short == other.short
        ]
        if found and not any(long_forms_agree(long, other.long) for long in found):
            yield row
