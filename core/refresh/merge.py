"""How documents become a batch: one row for each paper, never fewer than before, dated once. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from msgspec.structs import replace

from core.arxiv.document import CategoryDocument
from core.paper import Announcement, AnnounceType, ArxivId, Paper

BELIEVABLE_SHARE: Final = 0.5


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
    rows_by_id: dict[ArxivId, list[Paper]] = {}
    for paper in papers:
        rows_by_id.setdefault(paper.arxiv_id, []).append(paper)
    return tuple(_merge(rows) if len(rows) > 1 else rows[0] for _, rows in sorted(rows_by_id.items()))


def _merge(rows: Sequence[Paper]) -> Paper:
    """One row of several for the same paper."""
    best_first = sorted(rows, key=_text_quality, reverse=True)
    best_row = best_first[0]
    announcements = _best_announcements(rows)
    return replace(
        best_row,
        announcements=announcements,
        announce_type=min((each.announce_type for each in announcements), key=_rank, default=best_row.announce_type),
        announced=min(row.announced for row in rows),
        categories=tuple(dict.fromkeys([*best_row.categories, *sorted({c for row in rows for c in row.categories})])),
        license=_first_text(row.license for row in best_first),
        doi=_first_text(row.doi for row in best_first),
        journal_ref=_first_text(row.journal_ref for row in best_first),
        comment=_first_text(row.comment for row in best_first),
        submitted=next((row.submitted for row in best_first if row.submitted), None),
        revised=next((row.revised for row in best_first if row.revised and row.version == best_row.version), None),
        mathml=next((row.mathml for row in best_first if row.mathml and row.abstract == best_row.abstract), ()),
    )


def _text_quality(row: Paper) -> tuple[object, ...]:
    """Which of two rows has the better text; total, so that the order of the documents does not matter."""
    authors = tuple((author.name, author.affiliation) for author in row.authors)
    extras = (row.license, row.doi, row.journal_ref, row.comment)
    return row.version, bool(row.license), bool(row.abstract), row.title, row.abstract, authors, row.categories, extras


def _best_announcements(rows: Iterable[Paper]) -> tuple[Announcement, ...]:
    best_types: dict[str, AnnounceType] = {}
    for announcement in (announcement for row in rows for announcement in row.announcements):
        known_type = best_types.get(announcement.category, announcement.announce_type)
        best_types[announcement.category] = min(known_type, announcement.announce_type, key=_rank)
    return tuple(Announcement(category, best_types[category]) for category in sorted(best_types))


def _rank(kind: AnnounceType) -> int:
    return kind.rank


def _first_text(texts: Iterable[str]) -> str:
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
    held_rows = [
        _without_category(paper, document.category) if referee and not paper.license else paper for paper in held
    ]
    merged = merge_papers([*held_rows, *document.papers])
    kept_dates = {} if dates_move else {paper.arxiv_id: paper.announced for paper in held}

    def announced(paper: Paper) -> date:
        first_day = first_seen.get(paper.arxiv_id) or paper.announced
        return min(first_day, paper.announced) if dates_move else kept_dates.get(paper.arxiv_id) or first_day

    return tuple(replace(paper, announced=announced(paper)) for paper in merged if paper.announcements)


def pull_back_dates(held: Sequence[Paper], document: CategoryDocument) -> tuple[Paper, ...]:
    """Date papers of a later day by an earlier document that names them too."""
    assert document.day is not None
    named_ids = {paper.arxiv_id for paper in document.papers}
    earlier_day = document.day
    return tuple(
        replace(paper, announced=earlier_day)
        if paper.announced > earlier_day and paper.arxiv_id in named_ids
        else paper
        for paper in held
    )


def _without_category(paper: Paper, category: str) -> Paper:
    announcements_left = tuple(each for each in paper.announcements if each.category != category)
    best_type = min((each.announce_type for each in announcements_left), key=_rank, default=paper.announce_type)
    return replace(paper, announcements=announcements_left, announce_type=best_type)


def new_that_day(document: CategoryDocument, batch: Iterable[Paper]) -> CategoryDocument:
    """
    Leave out the papers that were first announced on an earlier day: replacements and late cross-lists.

    arXiv numbers papers in the order in which it announces them, so these are the ones below the day's first new one.
    """
    new_ids = (
        p.arxiv_id for p in (*document.papers, *batch) if p.announce_type is AnnounceType.NEW and "/" not in p.arxiv_id
    )
    first_new = min(new_ids, key=number_order, default=None)
    if first_new is None:
        return replace(document, papers=())
    new_papers = (
        p for p in document.papers if "/" not in p.arxiv_id and number_order(p.arxiv_id) >= number_order(first_new)
    )
    return replace(document, papers=tuple(new_papers))


def believable(document: CategoryDocument, held: int) -> bool:
    """Whether a referee may shrink what is held of its category: not to less than half on its first word."""
    return len(document.papers) >= BELIEVABLE_SHARE * held


def unheld_papers(document: CategoryDocument, papers: Iterable[Paper]) -> frozenset[ArxivId]:
    """The document's papers that are not held under its category."""
    held_ids = {paper.arxiv_id for paper in papers if type_in(paper, document.category)}
    return frozenset(paper.arxiv_id for paper in document.papers if paper.arxiv_id not in held_ids)
