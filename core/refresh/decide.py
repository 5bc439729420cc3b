"""
What to make of a document from arXiv: is it today's list, whole, and what to do if not? Pure; the clock is an argument.

``core.refresh.merge`` brings a document that was judged good together with what is held.
"""

from collections.abc import Iterable, Sequence, Set
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from core.arxiv.document import DOCUMENT_ITEM_LIMIT, CategoryDocument
from core.calendar import eastern_date, holiday_name, is_weekday
from core.paper import AnnounceType, ArxivId, Paper, announcement_time
from core.refresh.merge import highest_number, number_order, type_in
from core.refresh.report import NextStep, Verdict
from core.taxonomy import canonical_category

REPEATED_SHARE: Final = 0.9
"""The share of a document's papers that stood in the previous batch, from which it *is* the previous batch."""
CUT_SHORT_SHARE: Final = 0.5
"""Below this share of the usual size a document is suspected to be cut short: one request to the listing tells."""
SMALL_CATEGORY_PAPERS: Final = 8
"""A category with fewer papers than this on a usual day may well have none on some day."""
HASTY_BUILD: Final = timedelta(seconds=2)
"""Of the feeds built in the first second after midnight, 41 % were yesterday's (none of those built 10 s after it)."""
LEAST_SHARED_PAPERS: Final = 5
"""So many papers must be due in two categories' feeds of a day for one to tell something about the other."""


class Decision(Struct, frozen=True):
    """What a document is taken for, why (a sentence for people), and what follows from it."""

    verdict: Verdict
    reason: str
    next_step: NextStep

    @property
    def takes(self) -> bool:
        """Whether the document's papers go into the batch."""
        return self.next_step in ("publish", NextStep.PUBLISH_AND_CHECK)

    @property
    def settled(self) -> bool:
        """Whether nothing more has to be asked because of it."""
        return self.next_step in ("publish", NextStep.NOTHING)


class Previous(Struct, frozen=True):
    """What a category announced on its last day before the one in question."""

    day: date
    ids: frozenset[ArxivId]
    highest_new: ArxivId | None

    @classmethod
    def of(cls, day: date, papers: Iterable[Paper], category: str) -> "Previous":
        """Pick the category's papers from the batch of a day."""
        types = {paper.arxiv_id: kind for paper in papers if (kind := type_in(paper, category))}
        new_ids = (arxiv_id for arxiv_id, kind in types.items() if kind is AnnounceType.NEW)
        return cls(day, frozenset(types), highest_number(new_ids))


def decide(
    document: CategoryDocument,
    day: date,
    *,
    previous: Previous | None = None,
    usual: int | None = None,
    peers: Sequence[CategoryDocument] = (),
    listed: Set[ArxivId] = frozenset(),
    now: datetime,
) -> Decision:
    """
    Judge a document that was asked for as the category's announcement of ``day``.

    ``usual`` is the number of papers the category has on most days, None when that is not known yet. ``peers`` are
    other categories' feeds of that day: what a feed is compared with when nothing earlier of its category is held.
    ``listed`` are papers of which arXiv's pages of that day say that they are the category's: a better measure.
    """
    decision = (
        judge_day(document, day)
        or _judge_empty(document, day, usual, now)
        or _judge_category(document)
        or _judge_repeat(document, previous)
        or (_judge_by_list(document, listed) if len(listed) >= LEAST_SHARED_PAPERS else None)
        or (_judge_by_peers(document, peers) if previous is None and len(listed) < LEAST_SHARED_PAPERS else None)
        or _judge_size(document, usual)
    )
    return decision or Decision(Verdict.FRESH, f"a new list of {_paper_count(document)}", NextStep.PUBLISH)


def judge_day(document: CategoryDocument, day: date) -> Decision | None:
    """Say what is wrong with a document that is not of the day it was asked for; None when it is."""
    if document.day == day:
        return None
    if document.day is None:
        return Decision(Verdict.WRONG, "the document does not say of which day it is", NextStep.ASK_LISTING)
    wrong_day = f"arXiv's {document.source} is of {_day_name(document.day)}, not of {_day_name(day)}"
    if document.day > day:
        return Decision(Verdict.WRONG, wrong_day, NextStep.ASK_LISTING)
    if document.source == "rss":
        return Decision(Verdict.STALE, wrong_day, NextStep.ASK_LISTING)
    return Decision(Verdict.STALE, f"{wrong_day}: nothing was announced yet", NextStep.WAIT)


def _judge_empty(document: CategoryDocument, day: date, usual: int | None, now: datetime) -> Decision | None:
    if document.papers:
        return None
    if document.skipped:
        return Decision(Verdict.WRONG, f"none of {len(document.skipped)} items could be read", NextStep.ASK_LISTING)
    if day_off := holiday_name(day) or ("" if is_weekday(day) else f"{day:%A}"):
        return Decision(Verdict.EMPTY_EXPECTED, f"{day_off}: arXiv announces nothing", NextStep.NOTHING)
    if document.source != "rss" and usual is not None and usual < SMALL_CATEGORY_PAPERS:
        return Decision(Verdict.EMPTY_EXPECTED, "the category had nothing that day, as small ones do", NextStep.NOTHING)
    if document.source == "catchup" and day < eastern_date(now):
        reason = f"the day is over and arXiv lists nothing for {_day_name(day)}"
        return Decision(Verdict.EMPTY_SUSPICIOUS, reason, NextStep.WAIT)
    return Decision(Verdict.EMPTY_SUSPICIOUS, "no papers, on a day on which arXiv announces some", NextStep.ASK_LISTING)


def _judge_category(document: CategoryDocument) -> Decision | None:
    """Every paper of a category's list names that category; most of another list's do not."""
    category = canonical_category(document.category)
    own_papers = sum(category in paper.categories for paper in document.papers)
    if own_papers * 2 >= len(document.papers):
        return None
    others = f"{len(document.papers) - own_papers} of {_paper_count(document)}"
    reason = f"{others} are not of {category}: another category's list"
    return Decision(Verdict.WRONG, reason, NextStep.ASK_LISTING)


def _judge_repeat(document: CategoryDocument, previous: Previous | None) -> Decision | None:
    if previous is None or (document.source != "rss" and len(document.papers) < SMALL_CATEGORY_PAPERS):
        return None
    repeated = sum(paper.arxiv_id in previous.ids for paper in document.papers)
    if repeated >= REPEATED_SHARE * len(document.papers):
        earlier_list = f"the list of {_day_name(previous.day)}"
        reason = f"{repeated} of {_paper_count(document)} stood in {earlier_list}: it is served again"
        return Decision(Verdict.STALE, reason, NextStep.ASK_LISTING if document.source == "rss" else NextStep.WAIT)
    if document.source != "rss":
        return None
    highest = highest_number(paper.arxiv_id for paper in document.papers if paper.announce_type is AnnounceType.NEW)
    if highest and previous.highest_new and number_order(highest) <= number_order(previous.highest_new):
        reason = f"the newest paper is {highest}, the one of {_day_name(previous.day)} was {previous.highest_new}"
        return Decision(Verdict.STALE, reason, NextStep.ASK_LISTING)
    return None


def _judge_by_peers(document: CategoryDocument, peers: Sequence[CategoryDocument]) -> Decision | None:
    """With no earlier list to compare it with, a feed is held against the others of the day, and its hour of birth."""
    if document.source != "rss":
        return None
    agreement = {peer.category: agree(document, peer) for peer in peers if peer.category != document.category}
    disagreeing = [name for name, agreed in agreement.items() if agreed is False]
    if disagreeing:
        reason = f"it lacks papers that the feed of {disagreeing[0]} shares with it, or the other way round: one is old"
        return Decision(Verdict.STALE, reason, NextStep.ASK_LISTING)
    if is_hasty(document) and not any(agreement.get(peer.category) for peer in peers if not is_hasty(peer)):
        reason = "built right at midnight, when arXiv often serves the day before, and nothing held to compare it with"
        return Decision(Verdict.STALE, reason, NextStep.ASK_LISTING)
    return None


def _judge_by_list(document: CategoryDocument, listed: Set[ArxivId]) -> Decision | None:
    """Hold a feed against what arXiv's page of the whole archive had for its category that day."""
    lacking = listed - {paper.arxiv_id for paper in document.papers}
    if document.source != "rss" or 2 * len(lacking) < len(listed):
        return None
    reason = f"it lacks {len(lacking)} of {len(listed)} papers that arXiv's page of the day has: it is an old one"
    return Decision(Verdict.STALE, reason, NextStep.ASK_LISTING)


def is_hasty(document: CategoryDocument) -> bool:
    """Whether a feed was built in the first moment of its day."""
    if document.built is None or document.day is None:
        return False
    return document.built - announcement_time(document.day) < HASTY_BUILD


def agree(one: CategoryDocument, other: CategoryDocument) -> bool | None:
    """
    Whether two feeds can be of the same day; None when they share too little to tell.

    A new paper of one category that names the other stands in the other's feed of the same day, as a cross-list.
    """
    due_papers = _due_in(one, other) | _due_in(other, one)
    shared_papers = {paper.arxiv_id for paper in one.papers} & {paper.arxiv_id for paper in other.papers}
    return None if len(due_papers) < LEAST_SHARED_PAPERS else 2 * len(due_papers & shared_papers) >= len(due_papers)


def _due_in(one: CategoryDocument, other: CategoryDocument) -> set[ArxivId]:
    name = canonical_category(one.category)
    return {p.arxiv_id for p in other.papers if p.announce_type is AnnounceType.NEW and name in p.categories}


def _judge_size(document: CategoryDocument, usual: int | None) -> Decision | None:
    if document.at_limit:
        limit = f"at arXiv's limit of {DOCUMENT_ITEM_LIMIT}"
        reason = f"{_paper_count(document)}: {limit}, above which it leaves out new papers"
        return Decision(Verdict.PARTIAL, reason, NextStep.PUBLISH_AND_CHECK)
    if document.skipped:
        next_step = NextStep.PUBLISH_AND_CHECK if document.source == "rss" else NextStep.PUBLISH
        skipped_names = ", ".join(each.name for each in document.skipped[:3])
        reason = f"{_paper_count(document)}; {len(document.skipped)} could not be read: {skipped_names}"
        return Decision(Verdict.PARTIAL, reason, next_step)
    least = CUT_SHORT_SHARE * usual if usual and usual >= SMALL_CATEGORY_PAPERS else 0
    if document.source == "rss" and len(document.papers) < least:
        reason = f"only {_paper_count(document)} where {usual} are usual"
        return Decision(Verdict.PARTIAL, reason, NextStep.PUBLISH_AND_CHECK)
    return None


def _paper_count(document: CategoryDocument) -> str:
    return f"{len(document.papers)} paper{'' if len(document.papers) == 1 else 's'}"


def _day_name(day: date) -> str:
    return f"{day:%A} {day}"
