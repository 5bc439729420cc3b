"""Threads that search one at a time: who asked first goes first, and a slow search gives way to those that wait."""

from collections import deque
from threading import Event, Lock
from time import thread_time
from typing import Final

SLICE_SECONDS: Final = 0.05
"""CPU that one search may use while others wait; then it is their turn, and it goes on after them."""


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
