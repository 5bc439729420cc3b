"""Where a term matches, by words or by substring, and why a row is in a feed."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Final

from core.index.memo import Kind, bits_size
from core.index.posting_rows import Hits
from core.index.reader import BatchIndex
from core.language.terms import NOT_OF_TEXT, Clause, Term
from core.paper import Matched, Paper
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.match import all_clauses, base_rows, clause_hits, term_hits
from core.search.substrings import substring_rows


class KeywordMatcher:
    """Tells which keywords of a query a paper matches; what a batch has of them is looked up once for its papers."""

    def __init__(self, query: FeedQuery) -> None:
        self._query = query
        self._ways = [_ways(term) for term in query.keywords]
        self._hits: dict[int, list[tuple[Term, Hits]]] = {}  # by the batch's number
        self._told: dict[int, list[tuple[int, Matched]]] = {}

    def hits(self, batch: LoadedBatch) -> list[tuple[Term, Hits]]:
        """Return where each keyword matches."""
        number = batch.index.memo.number
        found = self._hits.get(number)
        if found is None:
            found = [(term, batch_hits(batch, term, self._query.match)) for term in self._query.keywords]
            self._hits[number] = found
        return found

    def matched(self, batch: LoadedBatch, row: int) -> Iterator[Matched]:
        number = batch.index.memo.number
        told = self._told.get(number)
        if told is None:
            found = zip(self.hits(batch), self._ways, strict=True)
            told = [each for (term, hits), ways in found for each in _told(batch.index, term, hits, ways)]
            self._told[number] = told
        return (match for rows, match in told if rows >> row & 1)


def matched_terms(index: BatchIndex, row: int, found: Iterable[tuple[Term, Hits]]) -> Iterator[Matched]:
    """Tell which terms a row matches, and where: in the title if there."""
    for term, hits in found:
        if hits.rows >> row & 1:
            yield from (match for rows, match in _told(index, term, hits, _ways(term)) if rows >> row & 1)


_Ways = Sequence[tuple[Matched, Matched]]
"""What is told of a term in the title, and elsewhere: as it is written, and in other words."""


def _ways(term: Term) -> _Ways:
    texts = [term.text, *(f"{term.text}, as {other.clause.literal}" for other in term.also[:1])]
    title, elsewhere = _field(term, in_title=True), _field(term, in_title=False)
    return [(Matched(text, title), Matched(text, elsewhere)) for text in texts]


def _told(index: BatchIndex, term: Term, hits: Hits, ways: _Ways) -> Iterator[tuple[int, Matched]]:
    """Give what is told of the rows that a term matches, each in one of these sets."""
    rows = hits.rows
    written = base_rows(index, term) if term.also else rows
    for some, (in_title, elsewhere) in zip((rows & written, rows & ~written), ways, strict=False):
        if titled := some & hits.title:
            yield titled, in_title
        if others := some & ~hits.title:
            yield others, elsewhere


def _field(term: Term, *, in_title: bool) -> str:
    fields = {clause.field for clause in term.clauses if not clause.negated}
    if fields == {"au"}:
        return "author"
    if fields == {"cat"}:
        return "category"
    if fields == {"inst"}:
        return "institution"
    if fields <= {"set", "comment"}:
        return "comment" if "comment" in fields else "links and venue"
    return "title" if in_title else "abstract"


_BY_SUBSTRING: Final = Kind[Hits]("by substring", lambda hits: bits_size(hits.rows) + bits_size(hits.title))


def batch_hits(batch: LoadedBatch, term: Term, match: str) -> Hits:
    """Return where a term matches: by words or, as the old bot did, by ``substring``."""
    if match == "substring":
        return substring_hits(batch.index, batch.papers, term)
    return term_hits(batch.index, term)


def substring_hits(index: BatchIndex, papers: Sequence[Paper], term: Term) -> Hits:
    """Match a term as the old bot does: its characters anywhere in title and abstract, as arXiv wrote them."""
    return index.memo.remembered(
        _BY_SUBSTRING, term.text, lambda: all_clauses(index, term, partial(_substrings, papers))
    )


def _substrings(papers: Sequence[Paper], index: BatchIndex, clause: Clause) -> Hits:
    return clause_hits(index, clause) if clause.field in NOT_OF_TEXT else substring_rows(index, papers, clause)
