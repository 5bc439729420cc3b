"""What queries found out about a batch, by kind and key; all batches share one number of bytes."""

from collections.abc import Callable, Hashable
from itertools import count
from typing import Final, Generic, TypeVar, cast

from core.lru import ByteBoundedCache

MemoAnswer = TypeVar("MemoAnswer")
MemoKey = tuple[int, "MemoKind[object]", Hashable]

MEMO_BYTES: Final = 20 * 2**20
"""What the memos of all batches may hold together: the answers to some seven thousand terms on 35 days."""
_MEMO_ENTRY_BYTES: Final = 350
"""What any kept answer costs beside itself: its key, its place in the table."""
_MEMO_CHARACTER_BYTES: Final = 4

_memo_numbers: Final = count()


class MemoKind(Generic[MemoAnswer]):
    """One sort of answer; ``size`` tells what one of them costs in bytes. Two kinds never answer for one another."""

    __slots__ = ("kind_name", "size")

    def __init__(self, kind_name: str, size: Callable[[MemoAnswer], int]) -> None:
        self.kind_name = kind_name
        self.size = size


MEMO_ANSWERS: Final = ByteBoundedCache[MemoKey, object](MEMO_BYTES)
"""The process's own, shared by all memos: those longest not asked for go first, whichever batch they are of."""


class Memo:
    """One batch's answers, by kind and key."""

    def __init__(self, memo_answers: ByteBoundedCache[MemoKey, object] = MEMO_ANSWERS) -> None:
        self._memo_answers = memo_answers
        self.number = next(_memo_numbers)
        """Of no other memo of this process."""

    def remembered(
        self, memo_kind: MemoKind[MemoAnswer], answer_key: Hashable, make_answer: Callable[[], MemoAnswer]
    ) -> MemoAnswer:
        """Return the answer of this kind for this key; ``make_answer`` it when it is not kept."""
        memo_key = (self.number, cast("MemoKind[object]", memo_kind), answer_key)
        memo_answer = self._memo_answers.get(memo_key)
        if memo_answer is None:
            memo_answer = make_answer()
            self._memo_answers.put(memo_key, memo_answer, memo_kind.size(memo_answer) + _memo_key_size(answer_key))
        return cast("MemoAnswer", memo_answer)


def _memo_key_size(answer_key: Hashable) -> int:
    return _MEMO_ENTRY_BYTES + (_MEMO_CHARACTER_BYTES * len(answer_key) if isinstance(answer_key, str) else 0)


def bits_size(bits: int) -> int:
    """Bytes that a set of rows takes."""
    return 32 + bits.bit_length() // 8
