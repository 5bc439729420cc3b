"""
How searches take turns: one thread searches at a time, and a slow search gives way to those that wait.

Who asked first goes first. ``core.search.work`` says how much one search may read.
"""

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Event, Lock
from time import thread_time
from typing import Final, TypeVar

from core.errors import Busy
from core.search.work import SAVED_FEED_WORK, limited

SEARCH_SWITCH_SECONDS: Final = 0.001
"""For so long a search may keep the loop waiting for its turn; the interpreter's own 5 ms add up over a request."""
SEARCH_SLICE_SECONDS: Final = 0.05
"""CPU that one search may use while others wait; then it is their turn, and it goes on after them."""
MOST_WAITING_SEARCHES: Final = 32
"""Requests that may wait for their turn, some seconds of work at the worst; the next is asked to come back."""
_SEARCH_THREADS: Final = ThreadPoolExecutor(max_workers=MOST_WAITING_SEARCHES + 1, thread_name_prefix="search")
_SEARCHER_GONE: Final = "who asked has gone"
SEARCHER_LOOK_SECONDS: Final = 0.2
"""How often it is looked whether somebody still waits."""
_SearchResult = TypeVar("_SearchResult")
_waiting_searches: set[object] = set()


class SearchTurns:
    """Lets one thread search at a time: several would share the interpreter, and each would be slower."""

    def __init__(self) -> None:
        self._turns_lock = Lock()
        self._waiting_turns: deque[Event] = deque()
        self._is_search_turn_taken = False

    def take_turn(self) -> None:
        """Wait until it is this thread's turn."""
        with self._turns_lock:
            if not self._is_search_turn_taken:
                self._is_search_turn_taken = True
                return
            search_turn = self._queue_turn()
        search_turn.wait()

    def leave_turn(self) -> None:
        """Hand the turn to the thread that waits longest."""
        with self._turns_lock:
            if self._waiting_turns:
                self._waiting_turns.popleft().set()
            else:
                self._is_search_turn_taken = False

    def give_way(self) -> None:
        """Let those that wait go first, each for a slice of its own, if there are any."""
        with self._turns_lock:
            if not self._waiting_turns:
                return
            search_turn = self._queue_turn()
            self._waiting_turns.popleft().set()
        search_turn.wait()

    def _queue_turn(self) -> Event:
        search_turn = Event()
        self._waiting_turns.append(search_turn)
        return search_turn


class SearchSlice:
    """One thread's turn, the CPU it has used of it, and whether who asked has left."""

    def __init__(self, search_turns: SearchTurns, searcher_left: Event) -> None:
        self._search_turns = search_turns
        self._searcher_left = searcher_left
        self._slice_began = thread_time()

    def give_way_if_used(self) -> None:
        """Let others go first when the slice is used up. Raises Busy when nobody waits for this search any more."""
        self.end_search_if_left()
        if thread_time() - self._slice_began > SEARCH_SLICE_SECONDS:
            self._search_turns.give_way()
            self._slice_began = thread_time()
            self.end_search_if_left()

    def end_search_if_left(self) -> None:
        """Raise Busy when nobody waits for this search any more."""
        if self._searcher_left.is_set():
            raise Busy(_SEARCHER_GONE)


_SEARCH_TURNS: Final = SearchTurns()


async def in_turn(
    search: Callable[[], _SearchResult],
    most_work: int = SAVED_FEED_WORK,
    *,
    ends_early: bool = False,
    searcher_gone: Callable[[], Awaitable[bool]] | None = None,
) -> _SearchResult:
    """
    Make something beside the loop, after who asked before, and within the limits (``core.search.work.limited``).

    What takes longer than a slice gives way to who waits. ``searcher_gone`` tells whether nobody waits for it any more:
    then it does not begin, or ends at its next step. Raises what ``search`` does, and Busy when
    ``MOST_WAITING_SEARCHES`` wait already.
    """
    searcher_left = Event()

    def search_within_limits() -> _SearchResult:
        _SEARCH_TURNS.take_turn()
        try:
            search_slice = SearchSlice(_SEARCH_TURNS, searcher_left)
            with limited(most_work, search_slice.give_way_if_used, ends_early=ends_early):
                search_slice.end_search_if_left()
                return search()
        except StopIteration as search_ended:  # no future can bring it: who waits would wait for ever
            raise RuntimeError("a search ended before it found what must be there") from search_ended
        finally:
            _SEARCH_TURNS.leave_turn()

    if len(_waiting_searches) > MOST_WAITING_SEARCHES:
        raise Busy("more is asked for at once than this server can make; come back in a few seconds")
    sys.setswitchinterval(SEARCH_SWITCH_SECONDS)
    running_search = asyncio.wrap_future(_SEARCH_THREADS.submit(copy_context().run, search_within_limits))
    _waiting_searches.add(running_search)
    try:
        while not (await asyncio.wait({running_search}, timeout=SEARCHER_LOOK_SECONDS if searcher_gone else None))[0]:
            if searcher_gone and await searcher_gone():
                raise Busy(_SEARCHER_GONE)
        return await running_search
    finally:
        searcher_left.set()
        _waiting_searches.discard(running_search)
        running_search.cancel()  # nothing once it has begun: that ends at its next step
