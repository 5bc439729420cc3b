"""How much a query may read, as estimated before it is read: no stranger's query may take an instance's time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, TypeVar

from core.errors import TooDear

MOST_SEARCH_WORK: Final = 135_000
"""
Microseconds of CPU that a search may take, as estimated from what it is about to read; what is kept costs nothing.

The estimates stand where they are spent. They are of one core of a shared machine of two, at 25,000 papers on 35 days,
of an instance that has read its dictionaries; ``benchmarks/hostile.py`` prints what searches take.
"""
EXTRAS_WORK: Final = MOST_SEARCH_WORK // 2
"""What a page's counts, suggestions and offers may take together, beside its papers; without them it does."""
CONFIGURED_WORDS_WORK: Final = MOST_SEARCH_WORK
"""What a search may take beside that for words that the deployment itself has in its configuration."""
WORD_WORK: Final = 18
"""A word, or a name's word, in a day's dictionary, and its rows."""
ENTRY_WORK: Final = 50
"""What it costs to decode an entry, in microseconds; no limit counts it, since ``limit`` has its own."""
_SEARCH_WORK_BETWEEN_CLOCKS: Final = 500
"""The clock is read once for so much work, some half a millisecond."""
_EXTRAS_PARTS: Final = 2
"""One extra may take one in so many parts of what is left for all: the dearest leaves something to the others."""
_Extra = TypeVar("_Extra")


class _SearchAllowance:
    """What a search may still read, and the turn it has."""

    def __init__(self, most_work: float, give_way: Callable[[], None] | None) -> None:
        self.search_work_left = most_work
        self.extras_work_left: float = EXTRAS_WORK
        self.is_of_extra = False
        self.give_way = give_way
        self.searched_parameter = "keywords"
        self.days_within_limit = 0
        self.reads_configured_words = False
        self.work_since_clock = 0.0


_search_allowance: ContextVar[_SearchAllowance | None] = ContextVar("what a search may read", default=None)


@contextmanager
def limited(most_work: int = MOST_SEARCH_WORK, give_way: Callable[[], None] | None = None) -> Iterator[None]:
    """
    Let what is matched inside read so much and no more; outside, as in a refresh, there is no limit.

    ``give_way`` is called from time to time, so that other searches may go first.
    """
    allowance_token = _search_allowance.set(_SearchAllowance(most_work, give_way))
    try:
        yield
    finally:
        _search_allowance.reset(allowance_token)


def search_extra(make: Callable[[], _Extra]) -> _Extra | None:
    """Make what an answer can do without; None when that takes longer than there is time for it."""
    search_allowance = _search_allowance.get()
    if search_allowance is None or search_allowance.is_of_extra:  # within an extra it is a part of that
        return make()
    most_extra_work = search_allowance.extras_work_left / _EXTRAS_PARTS
    extra_allowance = _SearchAllowance(most_extra_work, search_allowance.give_way)
    extra_allowance.is_of_extra = True
    extra_allowance.reads_configured_words = True  # the answer has read them: what is kept costs nothing
    allowance_token = _search_allowance.set(extra_allowance)
    try:
        return make()
    except TooDear:
        return None
    finally:
        _search_allowance.reset(allowance_token)
        search_allowance.extras_work_left -= most_extra_work - max(extra_allowance.search_work_left, 0.0)


def spend(search_work: float) -> None:
    """Note that so much is about to be read; others may go first. Raises TooDear when that is more than is left."""
    search_allowance = _search_allowance.get()
    if search_allowance is None:
        return
    search_allowance.search_work_left -= search_work
    if search_allowance.search_work_left < 0:
        raise TooDear(search_allowance.searched_parameter, _too_much_work(search_allowance.days_within_limit))
    _pass_search_time(search_allowance, search_work)


def _too_much_work(days_within_limit: int) -> str:
    if days_within_limit:
        return (
            f"these take too long to look for on so many days: days={days_within_limit} would do, or fewer or rarer "
            "ones; phrases of common words, short prefixes and substrings are dear"
        )
    return (
        "these take too long to look for: use fewer or rarer ones, or fewer days; phrases of common words, short "
        "prefixes and substrings are dear"
    )


def allow_configured_words() -> None:
    """Let a search read more, once: what it looks for nobody asks for but the deployment itself."""
    search_allowance = _search_allowance.get()
    if search_allowance and not search_allowance.reads_configured_words:
        search_allowance.reads_configured_words = True
        search_allowance.search_work_left += CONFIGURED_WORDS_WORK


def read_for(searched_parameter: str) -> None:
    """Note which parameter the next is read for: a refusal names it."""
    if search_allowance := _search_allowance.get():
        search_allowance.searched_parameter = searched_parameter


def note_days_searched(days: int) -> None:
    """Note that so many days, of the newest, are searched: a refusal says that most of these would do."""
    if search_allowance := _search_allowance.get():
        search_allowance.days_within_limit = days * 3 // 4  # a page reads some of them again, to count


def may_give_way(search_work: float) -> None:
    """Note a step that counts against no limit: others may go first."""
    if search_allowance := _search_allowance.get():
        _pass_search_time(search_allowance, search_work)


def _pass_search_time(search_allowance: _SearchAllowance, search_work: float) -> None:
    search_allowance.work_since_clock += search_work
    if search_allowance.give_way and search_allowance.work_since_clock >= _SEARCH_WORK_BETWEEN_CLOCKS:
        search_allowance.work_since_clock = 0
        search_allowance.give_way()
