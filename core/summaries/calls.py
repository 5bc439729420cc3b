"""The calls of one run: within budget and time, as many at once as the service bears, no more when it is down."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from core.clock import Clock
from core.config.settings import AiSummary
from core.errors import PaperfeedError, Throttled, UpstreamError
from core.summaries.answer_forms import without_thoughts
from core.summaries.budget import TYPICAL_ANSWER, Concurrency, TokenBudget, typical_tokens
from core.summaries.model import Writer
from core.summaries.request import (
    ModelStopped,
    OnlyThoughts,
    PaperRefused,
    Question,
    Reply,
    TooLong,
    Unanswered,
    Unreachable,
)

_MOST_UNANSWERED: Final = 3
"""So many calls in a row without an answer mean that the service is down."""

_MOST_ONLY_THOUGHTS: Final = 2
"""After so many papers that a model only thought about, the next would cost the same for nothing."""

_ASKED_TO_WAIT: Final = 6
"""How often one call obeys a 429 before it is left for the next refresh."""


FIRST_RETRY: Final = timedelta(minutes=30)


class NotNow(PaperfeedError):
    """Nothing more can be started in this run; the text says why."""


@dataclass(slots=True)
class Calls:
    """
    Asks the writer for a run, until ``deadline``.

    ``problem`` is what somebody has to do something about, ``paused`` why the run ends before its work does.
    """

    writer: Writer
    budget: TokenBudget
    settings: AiSummary
    clock: Clock
    deadline: datetime
    problem: str = ""
    paused: str = ""
    over: bool = False  # nothing at all can be started any more
    concurrency: Concurrency = field(init=False)
    _unanswered: int = 0
    _only_thoughts: int = 0
    _slowest: float = 0.0

    def __post_init__(self) -> None:
        self.concurrency = Concurrency(self.clock, self.settings.max_workers)

    def check(self, tokens: int) -> None:
        """Raise NotNow when a call that sends so many tokens should not be started."""
        if not self.over and not self.budget.affords(tokens + TYPICAL_ANSWER):
            self.paused = f"the day's budget of {self.budget.most:,} tokens is used up"
        elif not self.over and self.seconds_left < self._needed:
            self.paused = "the time of this run is up"
        elif not self.over:
            return
        raise NotNow(self.problem or self.paused)

    def stop(self, *, problem: str = "", paused: str = "") -> None:
        """Start nothing more in this run; the first reason given stays."""
        if not self.over:
            self.over, self.problem, self.paused = True, problem, paused

    @property
    def seconds_left(self) -> float:
        return (self.deadline - self.clock.now()).total_seconds()

    @property
    def _needed(self) -> float:
        """A call that the deadline would cut off costs its tokens and yields nothing."""
        timeout = self.settings.timeout_seconds
        return min(timeout, max(timeout / 6, self._slowest * 1.2))

    async def ask(self, question: Question) -> Reply:
        """Ask when it is our turn; a 429 is waited out. Raises NotNow, and what ``Writer.ask`` raises."""
        tokens = typical_tokens(self.settings) if question.file else question.tokens
        for attempt in range(1, _ASKED_TO_WAIT + 1):
            self.check(tokens)
            async with self.concurrency.turn():
                self.check(tokens)
                try:
                    return await self._paid(question, tokens)
                except Throttled as error:
                    self.concurrency.slow_down(error.retry_after)
                    if attempt == _ASKED_TO_WAIT:
                        self.stop(paused=f"the model's service asks for fewer calls: {error}")
        raise NotNow(self.paused)

    async def _paid(self, question: Question, tokens: int) -> Reply:
        await self.budget.book(tokens)
        begun = self.clock.now()
        try:
            reply = await self.writer.ask(question, seconds=min(self.settings.timeout_seconds, self.seconds_left))
        except UpstreamError as error:
            await self.budget.settle(tokens, tokens if isinstance(error, Unanswered) else 0, 0, failed=True)
            self._note(error)
            raise
        self._unanswered = 0
        self._slowest = max(self._slowest, (self.clock.now() - begun).total_seconds())
        thoughts = _only_thoughts(reply)
        await self.budget.settle(tokens, reply.prompt_tokens, reply.completion_tokens, failed=thoughts)
        if thoughts:
            raise self._thought_too_long(reply)
        self._only_thoughts, self.concurrency.known = 0, True
        return reply

    def _note(self, error: UpstreamError) -> None:
        if isinstance(error, ModelStopped):
            self.stop(problem=f"could not use the model's service: {error}")
            return
        self.concurrency.known = self.concurrency.known or not isinstance(error, Throttled)
        if not isinstance(error, Throttled | PaperRefused | TooLong):
            self._unanswered += 1
            if self._unanswered >= _MOST_UNANSWERED:
                what = "does not answer" if isinstance(error, Unanswered | Unreachable) else "fails"
                self.stop(paused=f"the model's service {what}: {error}")

    def _thought_too_long(self, reply: Reply) -> OnlyThoughts:
        """Leave the next paper more room and less thought; after the second, it is no use."""
        why = f"the model thought for all its {reply.completion_tokens:,} tokens and answered nothing"
        self.writer.think_less()
        self._only_thoughts += 1
        if self._only_thoughts >= _MOST_ONLY_THOUGHTS:
            self.stop(problem=f"{why}: choose a model that thinks less, or switch its thinking off")
        return OnlyThoughts(why)


def _only_thoughts(reply: Reply) -> bool:
    return bool(reply.thought or reply.text.strip()) and not without_thoughts(reply.text)


def retry_at(attempts: int, now: datetime) -> datetime:
    """When a failure is tried again at the earliest: half an hour after the first, two hours after the second."""
    return now + (FIRST_RETRY if attempts == 1 else 4 * FIRST_RETRY)
