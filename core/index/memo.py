"""What queries found out about a batch, by kind and key; all batches share one number of bytes."""

from collections.abc import Callable, Hashable
from contextvars import ContextVar
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
_NEEDED_ANSWER_BYTES: Final = 80
"""What it takes to name an answer that was needed, which is mostly kept itself, and its work."""

_memo_numbers: Final = count()


class MemoKind(Generic[MemoAnswer]):
    """One sort of answer; ``size`` tells what one of them costs in bytes. Two kinds never answer for one another."""

    __slots__ = ("kind_name", "size")

    def __init__(self, kind_name: str, size: Callable[[MemoAnswer], int]) -> None:
        self.kind_name = kind_name
        self.size = size


CountedWork = tuple[Hashable, float]
"""An answer's key, and the work that it took itself, in microseconds: what was noted meanwhile."""
MemoEntry = tuple[object, tuple[CountedWork, ...]]
"""An answer, with the work of each answer that was needed for it, its own first; none where no work was noted."""

MEMO_ANSWERS: Final = ByteBoundedCache[MemoKey, MemoEntry](MEMO_BYTES)
"""The process's own, shared by all memos: those longest not asked for go first, whichever batch they are of."""


class _AnswerInMaking:
    """What is noted while an answer is made."""

    def __init__(self, *, was_counted: bool) -> None:
        self.was_counted = was_counted
        self.own_work = 0.0
        self.needed: dict[Hashable, CountedWork] = {}


class WorkMeter:
    """
    Adds up the work of a query: each answer that it needs counts once, whether it is made or was kept.

    So the sum is the same whatever was asked for before.
    """

    def __init__(self) -> None:
        self.noted_work = 0.0
        self.counted_answers: set[Hashable] = set()
        self._in_making: list[_AnswerInMaking] = []

    def note_work(self, work: float) -> None:
        """Note that so much is about to be read, in microseconds."""
        if self._in_making:
            answer_in_making = self._in_making[-1]
            answer_in_making.own_work += work
            if answer_in_making.was_counted:
                return
        self.count_work(work)

    def count_work(self, work: float) -> None:
        """Add work that was not counted before."""
        self.noted_work += work

    def note_answer(self, needed_works: tuple[CountedWork, ...]) -> None:
        """Note the answers that an answer at hand needed."""
        if self._in_making:
            self._in_making[-1].needed.update((work[0], work) for work in needed_works)
        for counted_work in needed_works:
            if counted_work[0] not in self.counted_answers:
                self.count_work(counted_work[1])
                self.counted_answers.add(counted_work[0])

    def made(
        self, memo_key: MemoKey, make_answer: Callable[[], MemoAnswer]
    ) -> tuple[MemoAnswer, tuple[CountedWork, ...]]:
        """Make an answer; return it with the work of each that was needed for it."""
        answer_in_making = _AnswerInMaking(was_counted=memo_key in self.counted_answers)
        self._in_making.append(answer_in_making)
        try:
            memo_answer = make_answer()
        finally:
            self._in_making.pop()
        self.counted_answers.add(memo_key)
        own_works = ((memo_key, answer_in_making.own_work),) if answer_in_making.own_work else ()
        needed_works = (*own_works, *answer_in_making.needed.values())
        if self._in_making:
            self._in_making[-1].needed.update((work[0], work) for work in needed_works)
        return memo_answer, needed_works


WORK_METER: Final[ContextVar[WorkMeter | None]] = ContextVar("what adds up a query's work", default=None)


class Memo:
    """One batch's answers, by kind and key."""

    def __init__(self, memo_answers: ByteBoundedCache[MemoKey, MemoEntry] = MEMO_ANSWERS) -> None:
        self._memo_answers = memo_answers
        self.number = next(_memo_numbers)
        """Of no other memo of this process."""

    def remembered(
        self, memo_kind: MemoKind[MemoAnswer], answer_key: Hashable, make_answer: Callable[[], MemoAnswer]
    ) -> MemoAnswer:
        """Return the answer of this kind for this key; ``make_answer`` it when it is not kept."""
        memo_key = (self.number, cast("MemoKind[object]", memo_kind), answer_key)
        work_meter = WORK_METER.get()
        memo_entry = self._memo_answers.get(memo_key)
        if memo_entry is not None:
            kept_answer, needed_works = memo_entry
            if work_meter is not None and needed_works:
                work_meter.note_answer(needed_works)
            return cast("MemoAnswer", kept_answer)
        memo_answer, needed_works = _made(work_meter, memo_key, make_answer)
        answer_size = (
            memo_kind.size(memo_answer) + _memo_key_size(answer_key) + _NEEDED_ANSWER_BYTES * len(needed_works)
        )
        self._memo_answers.put(memo_key, (memo_answer, needed_works), answer_size)
        return memo_answer


def _made(
    work_meter: WorkMeter | None, memo_key: MemoKey, make_answer: Callable[[], MemoAnswer]
) -> tuple[MemoAnswer, tuple[CountedWork, ...]]:
    if work_meter is not None:
        return work_meter.made(memo_key, make_answer)
    new_meter = WorkMeter()
    meter_token = WORK_METER.set(new_meter)
    try:
        return new_meter.made(memo_key, make_answer)
    finally:
        WORK_METER.reset(meter_token)


def _memo_key_size(answer_key: Hashable) -> int:
    return _MEMO_ENTRY_BYTES + _MEMO_CHARACTER_BYTES * _key_characters(answer_key)


def _key_characters(answer_key: Hashable) -> int:
    if isinstance(answer_key, str):
        return len(answer_key)
    return sum(map(_key_characters, answer_key)) if isinstance(answer_key, tuple) else 0


def bits_size(bits: int) -> int:
    """Bytes that a set of rows takes."""
    return 32 + bits.bit_length() // 8
