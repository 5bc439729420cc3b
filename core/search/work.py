"""How much a query may read, and how many may wait, so that no stranger keeps an instance from answering the others."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar, copy_context
from typing import Final, TypeVar

from core.errors import BadQuery, Busy

MOST_WORK: Final = 60_000
"""
Places of words, read one by one: some 50 ms of CPU.

Thirty phrases such as "large language model" read 40,000 of them in 25,000 papers; what was read
once is remembered, and not read again.
"""

WORD_WORK: Final = 12
"""What a word costs that a prefix stands for, in places."""

AUTHORS_WORK: Final = 4
"""What it costs to look through one paper's line of authors, in places."""

COUNTS_A_PLACE: Final = 3
"""How often so many papers hold a term is read at the cost of one place, to rank by it."""

SUBSTRING_CHARACTERS: Final = 8_000
"""Characters in which a substring is looked for, at the cost of one place."""

_ONE_AT_A_TIME: Final = ThreadPoolExecutor(max_workers=1, thread_name_prefix="search")
"""Threads share the interpreter: several would make each slower, and the loop, which serves all the rest, slowest."""
SWITCH_SECONDS: Final = 0.001
"""For so long that thread may keep the loop waiting for its turn; the interpreter's own 5 ms add up over a request."""

MOST_WAITING: Final = 32
"""Requests that may wait for that thread, some seconds of work at the worst; the next is asked to come back."""

LOOK_SECONDS: Final = 0.2
"""How often it is looked whether somebody still waits for what has not begun."""

_Made = TypeVar("_Made")
_waiting: set[object] = set()
_left: ContextVar[list[int] | None] = ContextVar("work left", default=None)


@contextmanager
def limited(most: int = MOST_WORK) -> Iterator[None]:
    """Let what is matched inside read so much and no more; outside, as in a refresh, there is no limit."""
    token = _left.set([most])
    try:
        yield
    finally:
        _left.reset(token)


async def in_turn(
    make: Callable[[], _Made], most: int = MOST_WORK, *, gone: Callable[[], Awaitable[bool]] | None = None
) -> _Made:
    """
    Make something beside the loop, after who asked before, and within the limits.

    ``gone`` tells whether nobody waits for it any more: what has not begun then never does. Raises what ``make`` does,
    and Busy when ``MOST_WAITING`` wait already.
    """
    begun: list[bool] = []

    def within_limits() -> _Made:
        begun.append(True)
        try:
            with limited(most):
                return make()
        except StopIteration as error:  # no future can bring it: who waits would wait for ever
            raise RuntimeError("a search ended before it found what must be there") from error

    if len(_waiting) > MOST_WAITING:
        raise Busy("more is asked for at once than this server can make; come back in a few seconds")
    sys.setswitchinterval(SWITCH_SECONDS)
    place = _ONE_AT_A_TIME.submit(copy_context().run, within_limits)
    making = asyncio.wrap_future(place)
    _waiting.add(place)
    try:
        while not (await asyncio.wait({making}, timeout=LOOK_SECONDS if gone else None))[0]:
            if gone and not begun and await gone():
                raise Busy("who asked has gone")
        return await making
    finally:
        place.cancel()  # nothing once it has begun
        _waiting.discard(place)


def spend(work: int) -> None:
    """Note that so much is about to be read. Raises BadQuery when that is more than is left."""
    left = _left.get()
    if left is None:
        return
    left[0] -= work
    if left[0] < 0:
        raise BadQuery(
            "keywords",
            "these take too long to look for: phrases of very common words, short prefixes and substrings are dear; "
            "use fewer or rarer ones",
        )
