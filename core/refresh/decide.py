"""
What to make of a document from arXiv: is it today's list, whole, and what to do if not? Pure; the clock is an argument.

``core.refresh.merge`` brings a document that was judged good together with what is held.
"""

from collections.abc import Sequence, Set
from datetime import date, datetime, timedelta
from typing import Final

from msgspec import Struct

from core.arxiv.document import ARXIV_ITEM_LIMIT, CategoryDocument
from core.calendar import announcement_time, eastern_date, holiday_name, is_announcement_day
from core.paper import AnnounceType, ArxivId
from core.refresh.merge import PreviousList, announced_order, highest_number
from core.refresh.report import NextStep, Verdict
from core.taxonomy import canonical_category

REPEATED_DOCUMENT_SHARE: Final = 0.9
"""The share of a document's papers that stood in the previous batch, from which it *is* the previous batch."""
CUT_SHORT_DOCUMENT_SHARE: Final = 0.5
"""Below this share of the usual size a document is suspected to be cut short: one request to the listing tells."""
SMALL_CATEGORY_PAPERS: Final = 8
"""A category with fewer papers than this on a usual day may well have none on some day."""
HASTY_DOCUMENT_AGE: Final = timedelta(seconds=2)
"""Of the feeds built in the first second after midnight, 41 % were yesterday's (none of those built 10 s after it)."""
LEAST_PEER_PAPERS: Final = 5
"""So many papers must be due in two categories' feeds of a day for one to tell something about the other."""


class Decision(Struct, frozen=True):
    """What a document is taken for, why (a sentence for people), and what follows from it."""

    verdict: Verdict
    reason: str
    next_step: NextStep

    @property
    def takes_document(self) -> bool:
        """Whether the document's papers go into the batch."""
        return self.next_step in ("publish", NextStep.PUBLISH_AND_CHECK)

    @property
    def settles_day(self) -> bool:
        """Whether nothing more has to be asked because of it."""
        return self.next_step in ("publish", NextStep.NOTHING)


def decide(
    document: CategoryDocument,
    day: date,
    *,
    previous: PreviousList | None = None,
    usual_size: int | None = None,
    peers: Sequence[CategoryDocument] = (),
    listed_ids: Set[ArxivId] = frozenset(),
    now: datetime,
) -> Decision:
    """
    Judge a document that was asked for as the category's announcement of ``day``.

    ``usual_size`` is the number of papers the category has on most days, None when that is not known yet. ``peers`` are
    other categories' feeds of that day: what a feed is compared with when nothing earlier of its category is held.
    ``listed_ids`` are papers of which arXiv's pages of that day say that they are the category's: a better measure.
    """
    decision = (
        judge_day(document, day)
        or _judge_empty(document, day, usual_size, now)
        or _judge_category(document)
        or _judge_repeat(document, previous)
        or (_judge_by_list(document, listed_ids) if len(listed_ids) >= LEAST_PEER_PAPERS else None)
        or (_judge_by_peers(document, peers) if previous is None and len(listed_ids) < LEAST_PEER_PAPERS else None)
        or _judge_size(document, usual_size)
    )
    return decision or Decision(Verdict.FRESH, f"a new list of {_paper_count(document)}", NextStep.PUBLISH)


def judge_day(document: CategoryDocument, day: date) -> Decision | None:
    """Say what is wrong with a document that is not of the day it was asked for; None when it is."""
    if document.day == day:
        return None
    if document.day is None:
        return Decision(Verdict.WRONG, "the document does not say of which day it is", NextStep.ASK_LISTING)
    wrong_day = f"arXiv's {document.source} is of {_judged_day(document.day)}, not of {_judged_day(day)}"
    if document.day > day:
        return Decision(Verdict.WRONG, wrong_day, NextStep.ASK_LISTING)
    if document.source == "rss":
        return Decision(Verdict.STALE, wrong_day, NextStep.ASK_LISTING)
    return Decision(Verdict.STALE, f"{wrong_day}: nothing was announced yet", NextStep.WAIT)


def _judge_empty(document: CategoryDocument, day: date, usual_size: int | None, now: datetime) -> Decision | None:
    if document.papers:
        return None
    if document.skipped:
        return Decision(Verdict.WRONG, f"none of {len(document.skipped)} items could be read", NextStep.ASK_LISTING)
    if not is_announcement_day(day):
        empty_document = f"{holiday_name(day) or f'{day:%A}'}: arXiv announces nothing"
        return Decision(Verdict.EMPTY_EXPECTED, empty_document, NextStep.NOTHING)
    if document.source != "rss" and usual_size is not None and usual_size < SMALL_CATEGORY_PAPERS:
        return Decision(Verdict.EMPTY_EXPECTED, "the category had nothing that day, as small ones do", NextStep.NOTHING)
    if document.source == "catchup" and day < eastern_date(now):
        empty_document = f"the day is over and arXiv lists nothing for {_judged_day(day)}"
        return Decision(Verdict.EMPTY_SUSPICIOUS, empty_document, NextStep.WAIT)
    return Decision(Verdict.EMPTY_SUSPICIOUS, "no papers, on a day on which arXiv announces some", NextStep.ASK_LISTING)


def _judge_category(document: CategoryDocument) -> Decision | None:
    """Every paper of a category's list names that category; most of another list's do not."""
    category = canonical_category(document.category)
    foreign_papers = sum(category not in paper.categories for paper in document.papers)
    if foreign_papers * 2 <= len(document.papers):
        return None
    wrong_list = f"{foreign_papers} of {_paper_count(document)} are not of {category}: another category's list"
    return Decision(Verdict.WRONG, wrong_list, NextStep.ASK_LISTING)


def _judge_repeat(document: CategoryDocument, previous: PreviousList | None) -> Decision | None:
    if previous is None or (document.source != "rss" and len(document.papers) < SMALL_CATEGORY_PAPERS):
        return None
    repeated_papers = sum(paper.arxiv_id in previous.announced_ids for paper in document.papers)
    if repeated_papers >= REPEATED_DOCUMENT_SHARE * len(document.papers):
        stood_before = f"{repeated_papers} of {_paper_count(document)} stood in the list of {_judged_day(previous.day)}"
        next_step = NextStep.ASK_LISTING if document.source == "rss" else NextStep.WAIT
        return Decision(Verdict.STALE, f"{stood_before}: it is served again", next_step)
    if document.source != "rss":
        return None
    newest = highest_number(paper.arxiv_id for paper in document.papers if paper.announce_type is AnnounceType.NEW)
    if newest and previous.highest_new_id and announced_order(newest) <= announced_order(previous.highest_new_id):
        stale_newest = (
            f"the newest paper is {newest}, the one of {_judged_day(previous.day)} was {previous.highest_new_id}"
        )
        return Decision(Verdict.STALE, stale_newest, NextStep.ASK_LISTING)
    return None


def _judge_by_peers(document: CategoryDocument, peers: Sequence[CategoryDocument]) -> Decision | None:
    """With no earlier list to compare it with, a feed is held against the others of the day, and its hour of birth."""
    if document.source != "rss":
        return None
    agreement = {peer.category: peers_agree(document, peer) for peer in peers if peer.category != document.category}
    disagreeing_peers = (peer_category for peer_category, peer_agrees in agreement.items() if peer_agrees is False)
    if stale_peer := next(disagreeing_peers, ""):
        stale_feed = f"it lacks papers that the feed of {stale_peer} shares with it, or the other way round: one is old"
        return Decision(Verdict.STALE, stale_feed, NextStep.ASK_LISTING)
    if is_hasty(document) and not any(agreement.get(peer.category) for peer in peers if not is_hasty(peer)):
        hasty = "built right at midnight, when arXiv often serves the day before, and nothing held to compare it with"
        return Decision(Verdict.STALE, hasty, NextStep.ASK_LISTING)
    return None


def _judge_by_list(document: CategoryDocument, listed_ids: Set[ArxivId]) -> Decision | None:
    """Hold a feed against what arXiv's page of the whole archive had for its category that day."""
    lacking_ids = listed_ids - {paper.arxiv_id for paper in document.papers}
    if document.source != "rss" or 2 * len(lacking_ids) < len(listed_ids):
        return None
    stale_document = (
        f"it lacks {len(lacking_ids)} of {len(listed_ids)} papers that arXiv's page of the day has: it is an old one"
    )
    return Decision(Verdict.STALE, stale_document, NextStep.ASK_LISTING)


def is_hasty(document: CategoryDocument) -> bool:
    """Whether a feed was built in the first moment of its day."""
    if document.built is None or document.day is None:
        return False
    return document.built - announcement_time(document.day) < HASTY_DOCUMENT_AGE


def peers_agree(document: CategoryDocument, peer: CategoryDocument) -> bool | None:
    """
    Whether two feeds can be of the same day; None when they share too little to tell.

    A new paper of one category that names the other stands in the other's feed of the same day, as a cross-list.
    """
    due_ids = _due_in(document, peer) | _due_in(peer, document)
    shared_ids = {paper.arxiv_id for paper in document.papers} & {paper.arxiv_id for paper in peer.papers}
    return None if len(due_ids) < LEAST_PEER_PAPERS else 2 * len(due_ids & shared_ids) >= len(due_ids)


def _due_in(document: CategoryDocument, peer: CategoryDocument) -> set[ArxivId]:
    due_category = canonical_category(document.category)
    new_papers = (paper for paper in peer.papers if paper.announce_type is AnnounceType.NEW)
    return {new_paper.arxiv_id for new_paper in new_papers if due_category in new_paper.categories}


def _judge_size(document: CategoryDocument, usual_size: int | None) -> Decision | None:
    if document.is_at_arxiv_limit:
        document_cut_off = f"at arXiv's limit of {ARXIV_ITEM_LIMIT}, above which it leaves out new papers"
        return Decision(Verdict.PARTIAL, f"{_paper_count(document)}: {document_cut_off}", NextStep.PUBLISH_AND_CHECK)
    if document.skipped:
        next_step = NextStep.PUBLISH_AND_CHECK if document.source == "rss" else NextStep.PUBLISH
        skipped_items = ", ".join(skipped_item.name for skipped_item in document.skipped[:3])
        document_skipped = f"{_paper_count(document)}; {len(document.skipped)} could not be read: {skipped_items}"
        return Decision(Verdict.PARTIAL, document_skipped, next_step)
    least_papers = CUT_SHORT_DOCUMENT_SHARE * usual_size if usual_size and usual_size >= SMALL_CATEGORY_PAPERS else 0
    if document.source == "rss" and len(document.papers) < least_papers:
        document_cut_short = f"only {_paper_count(document)} where {usual_size} are usual"
        return Decision(Verdict.PARTIAL, document_cut_short, NextStep.PUBLISH_AND_CHECK)
    return None


def _paper_count(document: CategoryDocument) -> str:
    return f"{len(document.papers)} paper{'' if len(document.papers) == 1 else 's'}"


def _judged_day(day: date) -> str:
    return f"{day:%A} {day}"
