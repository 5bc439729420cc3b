"""
How much a query may read, and how searches take turns, so that no stranger keeps an instance from answering the others.

One thread searches at a time: who asked first goes first, and a slow search gives way to those that wait.
"""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from threading import Event, Lock
from time import thread_time
from typing import Final, TypeVar

from core.errors import BadQuery, Busy

MOST_WORK: Final = 60_000
"""
Places of words, read one by one: 0.1 s of CPU for names and words, up to 0.3 s for phrases.

Thirty phrases such as "large language model" read 40,000 of them on 14 days of 700 papers; what was read once is
remembered, and not read again.
"""

WORD_WORK: Final = 12
"""What a word costs that a prefix stands for, in places."""

CLAUSE_WORK: Final = 15
"""What it costs to look for a clause in a day's dictionary, in all its spellings, whether it is there or not."""

AUTHORS_WORK: Final = 8
"""What it costs to look through one paper's line of authors, in places."""

COUNTS_A_PLACE: Final = 3
"""How often so many papers hold a term is read at the cost of one place, to rank by it."""

SUBSTRING_CHARACTERS: Final = 8_000
"""Characters in which a substring is looked for, at the cost of one place."""

SWITCH_SECONDS: Final = 0.001
"""For so long a search may keep the loop waiting for its turn; the interpreter's own 5 ms add up over a request."""

SLICE_SECONDS: Final = 0.05
"""CPU that one search may use while others wait; then it is their turn, and it goes on after them."""

MOST_WAITING: Final = 32
"""Requests that may wait for their turn, some seconds of work at the worst; the next is asked to come back."""

_THREADS: Final = ThreadPoolExecutor(max_workers=MOST_WAITING + 1, thread_name_prefix="search")

_GONE: Final = "who asked has gone"
LOOK_SECONDS: Final = 0.2
"""How often it is looked whether somebody still waits for what has not begun."""

_CLOCK_WORK: Final = 500
"""The clock is read once for so much work, some half a millisecond."""

_Made = TypeVar("_Made")
_waiting: set[object] = set()


class SearchTurns:
    """Lets one thread search at a time: several would share the interpreter, and each would be slower."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Event] = deque()
        self._is_taken = False

    def take(self) -> None:
        """Wait until it is this thread's turn."""
        with self._lock:
            if not self._is_taken:
                self._is_taken = True
                return
            own = self._queue()
        own.wait()

    def leave(self) -> None:
        """Hand the turn to the thread that waits longest."""
        with self._lock:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_taken = False

    def give_way(self) -> None:
        """Let those that wait go first, each for a slice of its own, if there are any."""
        with self._lock:
            if not self._waiting:
                return
            own = self._queue()
            self._waiting.popleft().set()
        own.wait()

    def _queue(self) -> Event:
        own = Event()
        self._waiting.append(own)
        return own


class SearchSlice:
    """One thread's turn, and the CPU it has used of it."""

    def __init__(self, turns: SearchTurns) -> None:
        self._turns = turns
        self._began = thread_time()

    def give_way_if_used(self) -> None:
        """Let others go first when the slice is used up."""
        if thread_time() - self._began > SLICE_SECONDS:
            self._turns.give_way()
            self._began = thread_time()


_TURNS: Final = SearchTurns()


class _Allowance:
    """What a search may still read, and the turn it has."""

    def __init__(self, most: int, turn: SearchSlice | None) -> None:
        self.left = most
        self.turn = turn
        self.since_clock = 0


_allowance: ContextVar[_Allowance | None] = ContextVar("what a search may read", default=None)


@contextmanager
def limited(most: int = MOST_WORK, turn: SearchSlice | None = None) -> Iterator[None]:
    """Let what is matched inside read so much and no more; outside, as in a refresh, there is no limit."""
    token = _allowance.set(_Allowance(most, turn))
    try:
        yield
    finally:
        _allowance.reset(token)


async def in_turn(
    make: Callable[[], _Made], most: int = MOST_WORK, *, gone: Callable[[], Awaitable[bool]] | None = None
) -> _Made:
    """
    Make something beside the loop, after who asked before, and within the limits.

    What takes longer than a slice gives way to who waits. ``gone`` tells whether nobody waits for it any more: what
    has not begun then never does. Raises what ``make`` does, and Busy when ``MOST_WAITING`` wait already.
    """
    begun, left = Event(), Event()

    def within_limits() -> _Made:
        _TURNS.take()
        try:
            if left.is_set():
                raise Busy(_GONE)
            begun.set()
            with limited(most, SearchSlice(_TURNS)):
                return make()
        except StopIteration as error:  # no future can bring it: who waits would wait for ever
            raise RuntimeError("a search ended before it found what must be there") from error
        finally:
            _TURNS.leave()

    if len(_waiting) > MOST_WAITING:
        raise Busy("more is asked for at once than this server can make; come back in a few seconds")
    sys.setswitchinterval(SWITCH_SECONDS)
    making = asyncio.wrap_future(_THREADS.submit(copy_context().run, within_limits))
    _waiting.add(making)
    try:
        while not (await asyncio.wait({making}, timeout=LOOK_SECONDS if gone else None))[0]:
            if gone and not begun.is_set() and await gone():
                raise Busy(_GONE)
        return await making
    finally:
        left.set()
        making.cancel()  # nothing once it has begun
        _waiting.discard(making)


def spend(work: int) -> None:
    """Note that so much is about to be read; others may go first. Raises BadQuery when that is more than is left."""
    allowance = _allowance.get()
    if allowance is None:
        return
    allowance.left -= work
    if allowance.left < 0:
        raise BadQuery(
            "keywords",
            "these take too long to look for: phrases of very common words, short prefixes and substrings are dear; "
            "use fewer or rarer ones",
        )
    allowance.since_clock += work
    if allowance.turn and allowance.since_clock >= _CLOCK_WORK:
        allowance.since_clock = 0
        allowance.turn.give_way_if_used()
