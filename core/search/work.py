"""How much a query may read, so that no stranger's query keeps an instance from answering the others."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

from core.errors import BadQuery

MOST_WORK: Final = 60_000
"""
Places of words, read one by one: some 50 ms of CPU.

Thirty phrases such as "large language model" read 40,000 of them in 25,000 papers; what was read
once is remembered, and not read again.
"""

WORD_WORK: Final = 12
"""What a word costs that a prefix stands for, in places."""

AUTHORS_WORK: Final = 12
"""What it costs to look through one paper's line of authors, in places."""

COUNTS_A_PLACE: Final = 2
"""How often so many papers hold a term is read at the cost of one place, to rank by it."""

SUBSTRING_CHARACTERS: Final = 8_000
"""Characters in which a substring is looked for, at the cost of one place."""

_left: ContextVar[list[int] | None] = ContextVar("work left", default=None)


@contextmanager
def limited(most: int = MOST_WORK) -> Iterator[None]:
    """Let what is matched inside read so much and no more; outside, as in a refresh, there is no limit."""
    token = _left.set([most])
    try:
        yield
    finally:
        _left.reset(token)


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
