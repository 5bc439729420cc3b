"""A feed that would take too long ends with the newest days that fit: the same days for whoever asks, each whole."""

from collections import Counter
from urllib.parse import parse_qsl, urlencode

import pytest

from core.errors import BadQuery
from core.index.memo import MEMO_ANSWERS
from core.query.parse import parse_query
from core.search import work
from core.search.select import select, select_and_count
from core.search.work import limited
from tests.support.many_papers import SETTINGS, WORDS, batches, work_of

__all__ = ["batches"]

QUERIES = [
    {"keywords": "the of,of and,data model AND a", "exclude": "that this"},
    {"keywords": "the of,model data", "rank": "best", "authors": "Yann LeCun"},
    {"keywords": "the of,model data", "rank": "bm25"},
    {"keywords": "th*,mod el", "match": "substring"},
    {"like": "text:model data", "exclude": "qz"},
    {"like": f"text:{' '.join(WORDS)} " * 3},
    {"keywords": "the", "limit": "500", "per_day": "500"},
]


@pytest.mark.parametrize("asked", QUERIES)
def test_what_a_query_takes_is_the_same_whatever_was_asked_before(batches, asked):
    """Else a feed would end with one day on one instance, and with another on the next."""
    cold = work_of(batches, asked)
    for other in (*QUERIES, asked):
        work_of(batches, other, kept=True)
        assert work_of(batches, asked, kept=True) == cold
    MEMO_ANSWERS.clear()
    for other in QUERIES:
        work_of(batches, other, kept=True)
    assert work_of(batches, asked, kept=True) == cold


@pytest.mark.parametrize("asked", QUERIES)
def test_a_feed_ends_early_with_whole_days(batches, asked):
    """The newest days are as they would be, each as a whole; what is older is left out, and that is told."""
    query = parse_query(parse_qsl(urlencode({**asked, "days": "3"}), keep_blank_values=True), SETTINGS)
    whole = select(batches, query)
    all_days = int(work_of(batches, {**asked, "days": "3"}))
    days, ends = [batch.day for batch in batches], set()
    for tenths in range(1, 11):
        for kept in (False, True):
            if not kept:
                MEMO_ANSWERS.clear()
            try:
                with limited(all_days * tenths // 10 + 1, ends_early=True):
                    entries, _, unread_from = select_and_count(batches, query)
            except BadQuery:
                ends.add(0)
                continue
            read = days.index(unread_from) if unread_from else len(days)
            ends.add(read)
            wanted = [entry for entry in whole if entry.day in days[:read]]
            if query.rank == "bm25":  # how rare a term is, fewer days tell a little otherwise
                assert Counter(entry.day for entry in entries) == Counter(entry.day for entry in wanted)
            else:
                assert entries == wanted
    assert len(ends) > 1
    assert len(days) in ends


def test_saved_feeds_and_extras_do_not_end_early(batches):
    """What is counted or saved is of all days, or is refused."""
    query = parse_query([("keywords", "the of,of and")], SETTINGS)
    most = int(work_of(batches, {"keywords": "the of,of and"}) * 0.7)
    with limited(most), pytest.raises(BadQuery):
        select(batches, query)
    with limited(most, ends_early=True):
        allowance = work._search_allowance()
        assert allowance is not None
        allowance.extras_work_left = 2 * most
        MEMO_ANSWERS.clear()
        assert work.search_extra(lambda: select(batches, query)) is None
        assert select_and_count(batches, query).unread_from == batches[2].day
        work.require_all_days()
        assert select_and_count(batches, query).unread_from is None
    with limited(1, ends_early=True):
        work.require_all_days()
        work.require_all_days()
        allowance = work._search_allowance()
        assert allowance is not None
        assert allowance.most_work == 1 + work.SAVED_FEED_WORK
