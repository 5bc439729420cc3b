"""Where a term matches, by words or by substring, and why a row is in a feed."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from core.index.bitset import bits_of
from core.index.memo import Kind, bits_size
from core.index.postings import Hits
from core.index.reader import BatchIndex
from core.language.terms import Clause, Term
from core.paper import Matched, Paper
from core.query.feed_query import FeedQuery
from core.search.batch import LoadedBatch
from core.search.match import all_clauses, clause_hits, term_hits


def matched_terms(batch: LoadedBatch, row: int, query: FeedQuery) -> Iterator[Matched]:
    """Tell which keywords a row matches, and where: in the title if there."""
    for term in query.keywords:
        hits = hits_of(batch, term, query.match)
        if hits.rows >> row & 1:
            yield Matched(term.text, _field(term, in_title=bool(hits.title >> row & 1)))


def _field(term: Term, *, in_title: bool) -> str:
    fields = {clause.field for clause in term.clauses if not clause.negated}
    if fields == {"au"}:
        return "author"
    if fields == {"cat"}:
        return "category"
    return "title" if in_title else "abstract"


_BY_SUBSTRING: Final = Kind[Hits]("by substring", lambda hits: bits_size(hits.rows) + bits_size(hits.title))
_LOWERED: Final = Kind[list[tuple[str, str]]](
    "lowered", lambda texts: sum(len(title) + len(abstract) + 150 for title, abstract in texts)
)


def hits_of(batch: LoadedBatch, term: Term, match: str) -> Hits:
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
    if clause.field in ("au", "cat"):
        return clause_hits(index, clause)
    wanted = clause.literal.lower()
    texts = _lowered(index, papers)
    in_title = bits_of((row for row, (title, _) in enumerate(texts) if wanted in title), index.count)
    if clause.field == "ti":
        return Hits(in_title, in_title)
    if clause.field == "abs":
        return Hits(bits_of((row for row, (_, abstract) in enumerate(texts) if wanted in abstract), index.count), 0)
    whole = (row for row, (title, abstract) in enumerate(texts) if wanted in f"{title} {abstract}")
    return Hits(bits_of(whole, index.count), in_title)


def _lowered(index: BatchIndex, papers: Sequence[Paper]) -> list[tuple[str, str]]:
    return index.memo.remembered(
        _LOWERED, None, lambda: [(paper.title.lower(), paper.abstract.lower()) for paper in papers]
    )
