"""How much a query may read, as estimated before it is read: no stranger's query may take an instance's time."""

import math
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

from core.errors import TooDear
from core.index.memo import WORK_METER, WorkMeter

MOST_SEARCH_WORK: Final = 36_000
"""
Microseconds of CPU that a search may take, as estimated from what it is about to read.

What is kept in memory counts as if it were read: so a feed ends with the same day whatever was asked for before. The
estimates stand where they are noted. They are of one core of a shared machine of two, at 25,000 papers on 35 days, of
an instance that has read its dictionaries; ``benchmarks/hostile.py`` prints what searches take.
"""
SAVED_FEED_WORK: Final = 2 * MOST_SEARCH_WORK
"""What a saved feed may take while it is drafted or ranked; when it is read, beside that, and so a report."""
EXTRAS_WORK: Final = MOST_SEARCH_WORK * 3 // 2
"""What a page's counts, suggestions and offers may take together, beside its papers; without them it does."""
CONFIGURED_WORDS_WORK: Final = 3 * MOST_SEARCH_WORK
"""What a search may take beside that for words that the deployment itself has in its configuration."""
WORD_WORK: Final = 6
"""A word, or a name's word, in a day's dictionary, and its rows."""
ENTRY_WORK: Final = 40
"""What it costs to decode an entry, in microseconds."""
DAY_WORK: Final = 130
"""A day's papers put in order and counted, in microseconds of CPU."""
_LEAST_WORK: Final = 1 / 64
"""Work is added up in parts of a microsecond that a float holds exactly, so that no order changes the sum."""
_SEARCH_WORK_BETWEEN_CLOCKS: Final = 500
"""The clock is read once for so much work, some half a millisecond."""
_EXTRAS_PARTS: Final = 2
"""One extra may take one in so many parts of what is left for all: the dearest leaves something to the others."""
_Extra = TypeVar("_Extra")


class _SearchAllowance(WorkMeter):
    """What a search may still read, and the turn it has."""

    def __init__(self, most_work: float, give_way: Callable[[], None] | None) -> None:
        super().__init__()
        self.most_work = most_work
        self.extras_work_left: float = EXTRAS_WORK
        self.is_of_extra = False
        self.ends_early = False
        self.give_way = give_way
        self.searched_parameter = "keywords"
        self.reads_configured_words = False
        self.work_since_clock = 0.0

    def count_work(self, work: float) -> None:
        """Add work that was not counted before. Raises TooDear when that is more than is left."""
        self.noted_work += work
        if self.noted_work > self.most_work:
            raise TooDear(
                self.searched_parameter,
                "these take too long to look for: use fewer or rarer ones, or fewer days; phrases of common words, "
                "short prefixes and substrings are dear",
            )


def _search_allowance() -> _SearchAllowance | None:
    work_meter = WORK_METER.get()
    return work_meter if isinstance(work_meter, _SearchAllowance) else None


@contextmanager
def limited(
    most_work: int = MOST_SEARCH_WORK, give_way: Callable[[], None] | None = None, *, ends_early: bool = False
) -> Iterator[None]:
    """
    Let what is matched inside read so much and no more; outside, as in a refresh, there is no limit.

    ``give_way`` is called from time to time, so that other searches may go first. A feed that ``ends_early`` has the
    newest days alone where all would be too much; else that is refused.
    """
    search_allowance = _SearchAllowance(most_work, give_way)
    search_allowance.ends_early = ends_early
    meter_token = WORK_METER.set(search_allowance)
    try:
        yield
    finally:
        WORK_METER.reset(meter_token)


@contextmanager
def uncounted(search_work: float) -> Iterator[None]:
    """Let what is read inside, a little, count against no limit; about so much was counted before."""
    may_give_way(search_work)
    search_allowance = _search_allowance()
    meter_token = WORK_METER.set(search_allowance and _SearchAllowance(math.inf, search_allowance.give_way))
    try:
        yield
    finally:
        WORK_METER.reset(meter_token)


def search_extra(make: Callable[[], _Extra]) -> _Extra | None:
    """Make what an answer can do without; None when that takes longer than there is time for it."""
    search_allowance = _search_allowance()
    if search_allowance is None or search_allowance.is_of_extra:  # within an extra it is a part of that
        return make()
    extra_allowance = _SearchAllowance(search_allowance.extras_work_left / _EXTRAS_PARTS, search_allowance.give_way)
    extra_allowance.is_of_extra = True
    extra_allowance.reads_configured_words = True  # the answer has read them, and what that found is counted
    extra_allowance.counted_answers = search_allowance.counted_answers
    meter_token = WORK_METER.set(extra_allowance)
    try:
        return make()
    except TooDear:
        return None
    finally:
        WORK_METER.reset(meter_token)
        search_allowance.extras_work_left -= min(extra_allowance.noted_work, extra_allowance.most_work)


def may_end_early() -> bool:
    """Whether the newest days alone will do; not for what counts all of them."""
    search_allowance = _search_allowance()
    return search_allowance is not None and search_allowance.ends_early


def if_time(make: Callable[[], _Extra]) -> _Extra | None:
    """Make what an answer can do without from what is left for the answer; None when that is too little."""
    try:
        return make()
    except TooDear:
        return None


def spend(search_work: float) -> None:
    """Note that so much is about to be read; others may go first. Raises TooDear when that is more than is left."""
    work_meter = WORK_METER.get()
    if work_meter is None:
        return
    work_meter.note_work(search_work // _LEAST_WORK * _LEAST_WORK)
    if isinstance(work_meter, _SearchAllowance):
        _pass_search_time(work_meter, search_work)


def spend_once(answer_key: Hashable, search_work: float) -> None:
    """Note what a query needs once, whether or not it is at hand. Raises TooDear when that is more than is left."""
    if work_meter := WORK_METER.get():
        work_meter.note_answer(((answer_key, search_work // _LEAST_WORK * _LEAST_WORK),))


def allow_configured_words() -> None:
    """Let a search read more, once: what it looks for nobody asks for but the deployment itself."""
    search_allowance = _search_allowance()
    if search_allowance and not search_allowance.reads_configured_words:
        search_allowance.reads_configured_words = True
        search_allowance.most_work += CONFIGURED_WORDS_WORK


def require_all_days(*, for_each: bool = False) -> None:
    """Let a search read more, once or ``for_each`` call, and refuse it rather than leave days out."""
    search_allowance = _search_allowance()
    if search_allowance and (search_allowance.ends_early or for_each):
        search_allowance.ends_early = False
        search_allowance.most_work += SAVED_FEED_WORK


def read_for(searched_parameter: str) -> None:
    """Note which parameter the next is read for: a refusal names it."""
    if search_allowance := _search_allowance():
        search_allowance.searched_parameter = searched_parameter


def may_give_way(search_work: float) -> None:
    """Note a step that counts against no limit: others may go first."""
    if search_allowance := _search_allowance():
        _pass_search_time(search_allowance, search_work)


def _pass_search_time(search_allowance: _SearchAllowance, search_work: float) -> None:
    search_allowance.work_since_clock += search_work
    if search_allowance.give_way and search_allowance.work_since_clock >= _SEARCH_WORK_BETWEEN_CLOCKS:
        search_allowance.work_since_clock = 0
        search_allowance.give_way()
