"""How documents become a batch: one row for each paper, never fewer than before, dated once. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.arxiv.document import CategoryDocument
from core.paper import Announcement, AnnounceType, ArxivId, Paper

BELIEVABLE_REFEREE_SHARE: Final = 0.5
_MERGE_ORDER: Final = attrgetter("announce_rank")


def announced_order(arxiv_id: ArxivId) -> tuple[str, int, str]:
    """Sort new-style identifiers (2601.01234) as arXiv gave them out: by month, then by number."""
    return arxiv_id[:4], len(arxiv_id), arxiv_id


def highest_number(announced_ids: Iterable[ArxivId]) -> ArxivId | None:
    """The newest of new-style identifiers; the old ones end in 2007 and are no news."""
    return max((arxiv_id for arxiv_id in announced_ids if "/" not in arxiv_id), key=announced_order, default=None)


def held_type(paper: Paper, category: str) -> AnnounceType | None:
    """As what the paper stood in this category's list that day; None when it did not."""
    return next((listed.announce_type for listed in paper.announcements if listed.category == category), None)


class PreviousList(Struct, frozen=True):
    """What a category announced on its last day before the one in question."""

    day: date
    announced_ids: frozenset[ArxivId]
    highest_new_id: ArxivId | None

    @classmethod
    def of(cls, day: date, batch_papers: Iterable[Paper], category: str) -> "PreviousList":
        """Pick the category's papers from the batch of a day."""
        previous_types = {paper.arxiv_id: held_type(paper, category) for paper in batch_papers}
        announced_ids = frozenset(arxiv_id for arxiv_id, previous_type in previous_types.items() if previous_type)
        previous_new_ids = (arxiv_id for arxiv_id in announced_ids if previous_types[arxiv_id] is AnnounceType.NEW)
        return cls(day, announced_ids, highest_number(previous_new_ids))


def count_announce_types(held_papers: Iterable[Paper], category: str) -> tuple[tuple[str, int], ...]:
    """What is held of a category by type, as arXiv's listing counts: replacements of both kinds together."""
    held_type_counts = {"new": 0, "cross": 0, "replace": 0}
    for held_paper in held_papers:
        if announce_type := held_type(held_paper, category):
            held_type_counts[announce_type.value.removesuffix("-cross")] += 1
    return tuple(held_type_counts.items()) if any(held_type_counts.values()) else ()


def merge_papers(document_papers: Iterable[Paper]) -> tuple[Paper, ...]:
    """
    Merge what several documents of one day say into one row for each paper, sorted by id; the order does not matter.

    A row stands under all categories of its copies, with the best announce type; its text is that of the highest
    version, and where versions agree the feed's rather than the listing's.
    """
    copies_of: dict[ArxivId, list[Paper]] = {}
    for document_paper in document_papers:
        copies_of.setdefault(document_paper.arxiv_id, []).append(document_paper)
    return tuple(_merge_copies(copies) if len(copies) > 1 else copies[0] for _, copies in sorted(copies_of.items()))


def _merge_copies(copies: Sequence[Paper]) -> Paper:
    """One row of what several documents say of the same paper."""
    best_copies = sorted(copies, key=_copy_quality, reverse=True)
    best_copy = best_copies[0]
    announcements = _best_announcements(copies)
    all_categories = sorted({category for copy in copies for category in copy.categories})
    same_version_copies = [copy for copy in best_copies if copy.version == best_copy.version]
    same_abstract_copies = [copy for copy in best_copies if copy.abstract == best_copy.abstract]
    return replace(
        best_copy,
        announcements=announcements,
        announce_type=_best_announce_type(announcements, best_copy),
        announced=min(copy.announced for copy in copies),
        categories=tuple(dict.fromkeys([*best_copy.categories, *all_categories])),
        license=_first_known(copy.license for copy in best_copies),
        doi=_first_known(copy.doi for copy in best_copies),
        journal_ref=_first_known(copy.journal_ref for copy in best_copies),
        comment=_first_known(copy.comment for copy in best_copies),
        submitted=next((copy.submitted for copy in best_copies if copy.submitted), None),
        revised=next((copy.revised for copy in same_version_copies if copy.revised), None),
        mathml=next((copy.mathml for copy in same_abstract_copies if copy.mathml), ()),
    )


def _copy_quality(copy: Paper) -> tuple[object, ...]:
    """Which of two copies has the better text; total, so that the order of the documents does not matter."""
    merged_texts = copy.title, copy.abstract, tuple((author.name, author.affiliation) for author in copy.authors)
    merged_metadata = copy.license, copy.doi, copy.journal_ref, copy.comment
    return copy.version, bool(copy.license), bool(copy.abstract), *merged_texts, copy.categories, merged_metadata


def _best_announcements(copies: Iterable[Paper]) -> tuple[Announcement, ...]:
    merged_types: dict[str, AnnounceType] = {}
    for announcement in (announcement for copy in copies for announcement in copy.announcements):
        merged_type = merged_types.get(announcement.category, announcement.announce_type)
        merged_types[announcement.category] = min(merged_type, announcement.announce_type, key=_MERGE_ORDER)
    return tuple(Announcement(category, merged_types[category]) for category in sorted(merged_types))


def _best_announce_type(announcements: Iterable[Announcement], best_copy: Paper) -> AnnounceType:
    merged_announce_types = (announcement.announce_type for announcement in announcements)
    return min(merged_announce_types, key=_MERGE_ORDER, default=best_copy.announce_type)


def _first_known(copied_texts: Iterable[str]) -> str:
    return next(filter(None, copied_texts), "")


def merge_document(
    held_papers: Sequence[Paper],
    document: CategoryDocument,
    *,
    referee: bool,
    held_dates: Mapping[ArxivId, date],
    dates_move: bool = False,
) -> tuple[Paper, ...]:
    """
    Bring a document that was judged good into the batch of its day.

    Papers are added and completed, never lost; only a ``referee`` (a whole listing page of that day) also takes the
    category away from papers that it does not list, unless arXiv's feed of that day named them, which alone gives a
    licence. ``held_dates`` says when papers held from other days were; a date once given stays, but
    with ``dates_move``, while the days before are fetched for the first time, the earliest one is taken.
    """
    refereed_papers = [
        _without_announcement(held, document.category) if referee and not held.license else held for held in held_papers
    ]
    merged_papers = merge_papers([*refereed_papers, *document.papers])
    dates_of_day = {} if dates_move else {held.arxiv_id: held.announced for held in held_papers}

    def merged_date(merged: Paper) -> date:
        first_date = held_dates.get(merged.arxiv_id) or merged.announced
        return min(first_date, merged.announced) if dates_move else dates_of_day.get(merged.arxiv_id) or first_date

    return tuple(replace(merged, announced=merged_date(merged)) for merged in merged_papers if merged.announcements)


def pull_back_dates(held_papers: Sequence[Paper], document: CategoryDocument) -> tuple[Paper, ...]:
    """Date papers of a later day by an earlier document that names them too."""
    assert document.day is not None
    document_ids, document_day = {paper.arxiv_id for paper in document.papers}, document.day
    return tuple(
        replace(held, announced=document_day)
        if held.announced > document_day and held.arxiv_id in document_ids
        else held
        for held in held_papers
    )


def _without_announcement(refereed_paper: Paper, category: str) -> Paper:
    other_announcements = tuple(listed for listed in refereed_paper.announcements if listed.category != category)
    best_announce_type = _best_announce_type(other_announcements, refereed_paper)
    return replace(refereed_paper, announcements=other_announcements, announce_type=best_announce_type)


def new_that_day(document: CategoryDocument, held_papers: Iterable[Paper]) -> CategoryDocument:
    """
    Leave out the papers that were first announced on an earlier day: replacements and late cross-lists.

    arXiv numbers papers in the order in which it announces them, so these are the ones below the day's first new one.
    """
    announced_new = (p for p in (*document.papers, *held_papers) if p.announce_type is AnnounceType.NEW)
    first_new_order = min((announced_order(p.arxiv_id) for p in announced_new if "/" not in p.arxiv_id), default=None)
    if first_new_order is None:
        return replace(document, papers=())
    numbered_papers = (paper for paper in document.papers if "/" not in paper.arxiv_id)
    new_papers = tuple(paper for paper in numbered_papers if announced_order(paper.arxiv_id) >= first_new_order)
    return replace(document, papers=new_papers)


def is_referee_believable(document: CategoryDocument, held_count: int) -> bool:
    """Whether a referee may shrink what is held of its category: not to less than half on its first word."""
    return len(document.papers) >= BELIEVABLE_REFEREE_SHARE * held_count


def unheld_papers(document: CategoryDocument, held_papers: Iterable[Paper]) -> frozenset[ArxivId]:
    """The document's papers that are not held under its category."""
    held_ids = {held.arxiv_id for held in held_papers if held_type(held, document.category)}
    return frozenset(paper.arxiv_id for paper in document.papers if paper.arxiv_id not in held_ids)
