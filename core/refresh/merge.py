"""How documents become a batch: one row for each paper, never fewer than before, dated once. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import CategoryDocument
from core.paper import Announcement, AnnounceType, ArxivId, Paper

HALF: Final = 0.5


def number_order(arxiv_id: ArxivId) -> tuple[str, int, str]:
    """Sort new-style identifiers (2601.01234) as arXiv gave them out: by month, then by number."""
    return arxiv_id[:4], len(arxiv_id), arxiv_id


def highest_number(ids: Iterable[ArxivId]) -> ArxivId | None:
    """The newest of new-style identifiers; the old ones end in 2007 and are no news."""
    return max((each for each in ids if "/" not in each), key=number_order, default=None)


def type_in(paper: Paper, category: str) -> AnnounceType | None:
    """As what the paper stood in this category's list that day; None when it did not."""
    return next((each.announce_type for each in paper.announcements if each.category == category), None)


def count_types(papers: Iterable[Paper], category: str) -> tuple[tuple[str, int], ...]:
    """What is held of a category by type, as arXiv's listing counts: replacements of both kinds together."""
    counts = {"new": 0, "cross": 0, "replace": 0}
    for paper in papers:
        if kind := type_in(paper, category):
            counts[kind.value.removesuffix("-cross")] += 1
    return tuple(counts.items()) if any(counts.values()) else ()


def merge_papers(papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """
    Merge what several documents of one day say into one row for each paper, sorted by id; the order does not matter.

    A row stands under all categories of its originals, with the best announce type; its text is that of the highest
    version, and where versions agree the feed's rather than the listing's.
    """
    rows: dict[ArxivId, list[Paper]] = {}
    for paper in papers:
        rows.setdefault(paper.arxiv_id, []).append(paper)
    return tuple(_merge(rows[key]) if len(rows[key]) > 1 else rows[key][0] for key in sorted(rows))


def _merge(rows: Sequence[Paper]) -> Paper:
    """One row of several for the same paper."""
    ordered = sorted(rows, key=_worth, reverse=True)
    best = ordered[0]
    announcements = _best_announcements(rows)
    return replace(
        best,
        announcements=announcements,
        announce_type=min((each.announce_type for each in announcements), key=_rank, default=best.announce_type),
        announced=min(row.announced for row in rows),
        categories=tuple(dict.fromkeys([*best.categories, *sorted({c for row in rows for c in row.categories})])),
        license=_first(row.license for row in ordered),
        doi=_first(row.doi for row in ordered),
        journal_ref=_first(row.journal_ref for row in ordered),
        comment=_first(row.comment for row in ordered),
        submitted=next((row.submitted for row in ordered if row.submitted), None),
        revised=next((row.revised for row in ordered if row.revised and row.version == best.version), None),
        mathml=next((row.mathml for row in ordered if row.mathml and row.abstract == best.abstract), ()),
    )


def _worth(row: Paper) -> tuple[object, ...]:
    """Which of two rows has the better text; total, so that the order of the documents does not matter."""
    authors = tuple((author.name, author.affiliation) for author in row.authors)
    extras = (row.license, row.doi, row.journal_ref, row.comment)
    return row.version, bool(row.license), bool(row.abstract), row.title, row.abstract, authors, row.categories, extras


def _best_announcements(rows: Iterable[Paper]) -> tuple[Announcement, ...]:
    best: dict[str, AnnounceType] = {}
    for each in (each for row in rows for each in row.announcements):
        known = best.get(each.category, each.announce_type)
        best[each.category] = min(known, each.announce_type, key=_rank)
    return tuple(Announcement(category, best[category]) for category in sorted(best))


def _rank(kind: AnnounceType) -> int:
    return kind.rank


def _first(texts: Iterable[str]) -> str:
    return next((text for text in texts if text), "")


def merge_document(
    held: Sequence[Paper],
    document: CategoryDocument,
    *,
    referee: bool,
    first_seen: Mapping[ArxivId, date],
    dates_move: bool = False,
) -> tuple[Paper, ...]:
    """
    Bring a document that was judged good into the batch of its day.

    Papers are added and completed, never lost; only a ``referee`` (a whole listing page of that day) also takes the
    category away from papers that it does not list, unless arXiv's feed of that day named them, which alone gives a
    licence. ``first_seen`` says when papers held from other days were first announced; a date once given stays, but
    with ``dates_move``, while the days before are fetched for the first time, the earliest one is taken.
    """
    rows = [_without(paper, document.category) if referee and not paper.license else paper for paper in held]
    merged = merge_papers([*rows, *document.papers])
    kept = {} if dates_move else {paper.arxiv_id: paper.announced for paper in held}

    def announced(paper: Paper) -> date:
        seen = first_seen.get(paper.arxiv_id) or paper.announced
        return min(seen, paper.announced) if dates_move else kept.get(paper.arxiv_id) or seen

    return tuple(replace(paper, announced=announced(paper)) for paper in merged if paper.announcements)


def pulled_back(held: Sequence[Paper], document: CategoryDocument) -> tuple[Paper, ...]:
    """Date papers of a later day by an earlier document that names them too."""
    assert document.day is not None
    named = {paper.arxiv_id for paper in document.papers}
    day = document.day
    return tuple(
        replace(paper, announced=day) if paper.announced > day and paper.arxiv_id in named else paper for paper in held
    )


def _without(paper: Paper, category: str) -> Paper:
    left = tuple(each for each in paper.announcements if each.category != category)
    best = min((each.announce_type for each in left), key=_rank, default=paper.announce_type)
    return replace(paper, announcements=left, announce_type=best)


def born_that_day(document: CategoryDocument, batch: Iterable[Paper]) -> CategoryDocument:
    """
    Leave out the papers that were first announced on an earlier day: replacements and late cross-lists.

    arXiv numbers papers in the order in which it announces them, so these are the ones below the day's first new one.
    """
    new = (
        p.arxiv_id for p in (*document.papers, *batch) if p.announce_type is AnnounceType.NEW and "/" not in p.arxiv_id
    )
    first = min(new, key=number_order, default=None)
    if first is None:
        return replace(document, papers=())
    young = (p for p in document.papers if "/" not in p.arxiv_id and number_order(p.arxiv_id) >= number_order(first))
    return replace(document, papers=tuple(young))


def believable(document: CategoryDocument, held: int) -> bool:
    """Whether a referee may shrink what is held of its category: not to less than half on its first word."""
    return len(document.papers) >= HALF * held


def missing(document: CategoryDocument, papers: Iterable[Paper]) -> frozenset[ArxivId]:
    """The document's papers that are not held under its category."""
    held = {paper.arxiv_id for paper in papers if type_in(paper, document.category)}
    return frozenset(paper.arxiv_id for paper in document.papers if paper.arxiv_id not in held)
