"""Where a term matches, by words or by substring, and why a row is in a feed."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Final

from core.index.posting_rows import Hits
from core.index.reader import BatchIndex
from core.language.terms import Term
from core.paper import Matched
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.match import base_rows, term_hits
from core.search.work import read_for

WITHDRAWN: Final = "is:withdrawn"
"""The set of papers that their authors took back: out, unless a query names it."""

_MOST_COMMON_WORDS: Final = 5
"""How many common words an entry tells."""
_STRONGEST_WORDS: Final = 60
_WORDS_READ_AT_ONCE: Final = 20
"""Of the others; one by one they take twice as long."""
_FEWEST_COMMON_WORDS: Final = 2
"""Of the words beyond the strongest, which are common and say little, it tells only so many in all."""


class KeywordMatcher:
    """Tells which keywords of a query a paper matches; what a batch has of them is looked up once for its papers."""

    def __init__(self, query: FeedQuery) -> None:
        self._query = query
        self._reasons = [_match_reasons(keyword) for keyword in query.keywords]
        self._keyword_hits: dict[int, list[tuple[Term, Hits]]] = {}  # by the batch's number
        self._row_reasons: dict[int, list[tuple[int, Matched]]] = {}

    def hits(self, batch: LoadedBatch) -> list[tuple[Term, Hits]]:
        """Return where each keyword matches."""
        batch_number = batch.index.memo.number
        keyword_hits = self._keyword_hits.get(batch_number)
        if keyword_hits is None:
            keyword_hits = [(term, batch_hits(batch, term, self._query.match)) for term in self._query.keywords]
            self._keyword_hits[batch_number] = keyword_hits
        return keyword_hits

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        batch_number = batch.index.memo.number
        row_reasons = self._row_reasons.get(batch_number)
        if row_reasons is None:
            keyword_reasons = zip(self.hits(batch), self._reasons, strict=True)
            by_keyword = (_row_reasons(batch.index, *hits, reasons) for hits, reasons in keyword_reasons)
            row_reasons = self._row_reasons[batch_number] = [*chain.from_iterable(by_keyword)]
        return (reason for rows, reason in row_reasons if rows >> row & 1)


def matched_terms(index: BatchIndex, row: int, keyword_hits: Iterable[tuple[Term, Hits]]) -> Iterator[Matched]:
    """Tell which terms a row matches, and where: in the title if there."""
    for term, hits in keyword_hits:
        if hits.rows >> row & 1:
            row_reasons = _row_reasons(index, term, hits, _match_reasons(term))
            yield from (reason for rows, reason in row_reasons if rows >> row & 1)


_MatchReasons = Sequence[tuple[Matched, Matched]]
"""What is told of a term in the title, and elsewhere: as it is written, and in other words."""


def _match_reasons(term: Term) -> _MatchReasons:
    match_reasons = [
        term.text,
        *(f"{term.text}, as {alternative.clause.literal}" for alternative in term.alternatives[:1]),
    ]
    title_match, text_match = _matched_field(term, title_match=True), _matched_field(term, title_match=False)
    return [(Matched(match_reason, title_match), Matched(match_reason, text_match)) for match_reason in match_reasons]


def _row_reasons(index: BatchIndex, term: Term, hits: Hits, reasons: _MatchReasons) -> Iterator[tuple[int, Matched]]:
    """Give what is told of the rows that a term matches, each in one of these sets."""
    as_written = base_rows(index, term) if term.alternatives else hits.rows
    row_sets = (hits.rows & as_written, hits.rows & ~as_written)
    for matching_rows, (title_match, text_match) in zip(row_sets, reasons, strict=False):
        if title_rows := matching_rows & hits.title:
            yield title_rows, title_match
        if other_rows := matching_rows & ~hits.title:
            yield other_rows, text_match


_MATCHED_FIELD_NAMES: Final = {
    frozenset({"au"}): "author",
    frozenset({"cat"}): "category",
    frozenset({"inst"}): "institution",
}


def _matched_field(term: Term, *, title_match: bool) -> str:
    matched_fields = frozenset(clause.field for clause in term.clauses if not clause.negated)
    if matched_fields <= {"set", "comment"}:
        return "comment" if "comment" in matched_fields else "links and venue"
    return _MATCHED_FIELD_NAMES.get(matched_fields, "title" if title_match else "abstract")


def batch_hits(batch: LoadedBatch, term: Term, match: str) -> Hits:
    """Return where a term matches: by words or, as the old bot did, by ``substring``."""
    if match == "substring":
        from core.search.substrings import substring_hits  # noqa: PLC0415 - few feeds ask for it

        return substring_hits(batch.index, batch.papers, term)
    return term_hits(batch.index, term)


class Exclusion:
    """What a query leaves out whatever matches: withdrawn papers, and those that one of its excluded terms matches."""

    def __init__(self, query: FeedQuery) -> None:
        self._query = query
        query_clauses = (clause for term in (*query.keywords, *query.exclude) for clause in term.clauses)
        self._selects_withdrawn = any(WITHDRAWN in clause.categories for clause in query_clauses)

    def rows(self, batch: LoadedBatch) -> int:
        """Return the rows that are left out. Raises BadQuery that names ``exclude`` where its terms are too dear."""
        excluded_rows = 0 if self._selects_withdrawn else batch.index.row_sets.get(WITHDRAWN, 0)
        read_for("exclude")
        for excluded_term in self._query.exclude:
            excluded_rows |= batch_hits(batch, excluded_term, self._query.match).rows
        return excluded_rows


class _DayWords:
    """Some words in one batch: the rows of the strongest, read together, and of those of the others read so far."""

    def __init__(self, index: BatchIndex, words: Sequence[tuple[str, str]]) -> None:
        self._postings = index.postings
        self._dictionary_words = index.dictionary_words
        self._other_keys = [key for key, _ in words[_STRONGEST_WORDS:]]
        self._word_numbers = self._dictionary_words.numbers([key for key, _ in words[:_STRONGEST_WORDS]])
        self._word_rows = self._postings.rows_of_each(self._word_numbers)

    def told(self, row: int) -> Sequence[int]:
        """Return the places of the first of the words that a row has."""
        row_bit = 1 << row
        told_words = [at for at, word_rows in enumerate(self._word_rows[:_STRONGEST_WORDS]) if word_rows & row_bit]
        if len(told_words) >= _FEWEST_COMMON_WORDS:
            return told_words[:_MOST_COMMON_WORDS]
        for at in range(_STRONGEST_WORDS, _STRONGEST_WORDS + len(self._other_keys)):
            if at == len(self._word_rows):
                self._read_next()
            if self._word_rows[at] & row_bit:
                told_words.append(at)
                if len(told_words) >= _FEWEST_COMMON_WORDS:
                    break
        return told_words

    def _read_next(self) -> None:
        others_read = len(self._word_rows) - _STRONGEST_WORDS
        word_numbers = self._dictionary_words.numbers(self._other_keys[others_read : others_read + _WORDS_READ_AT_ONCE])
        self._word_numbers += word_numbers
        self._word_rows += self._postings.rows_of_each(word_numbers)

    def is_in_title(self, at: int, row: int) -> bool:
        """Whether the word at a place stands in a row's title."""
        return self._postings.is_in_title(self._word_numbers[at], row)


class CommonWords:
    """
    Which of some words a paper has; what was read of a batch is kept for its other papers.

    The words come by their keys and as they are written, those that say most first.
    """

    def __init__(self, words: Sequence[tuple[str, str]]) -> None:
        self._words = words
        self._day_words: dict[int, _DayWords] = {}  # by the batch's number

    def of(self, index: BatchIndex, row: int) -> Iterator[Matched]:
        """Tell the first of the words that a paper has."""
        day_words = self._day_words.get(index.memo.number)
        if day_words is None:
            day_words = self._day_words[index.memo.number] = _DayWords(index, self._words)
        for at in day_words.told(row):
            yield Matched(self._words[at][1], "title" if day_words.is_in_title(at, row) else "abstract")
