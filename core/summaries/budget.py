"""What summaries may cost and how fast they may be asked for: tokens of the day, and calls at the same time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from core.clock import Clock
from core.config.settings import AiSummary
from core.store.base import Store
from core.store.records import Usage

TYPICAL_PAPER_TOKENS: Final = 12_000
"""Of a full text, prompt included; most are between 9,000 and 15,000."""

TYPICAL_ABSTRACT_TOKENS: Final = 1_200
"""The same for an abstract."""

TYPICAL_ANSWER_TOKENS: Final = 1_200

_MODEL_PAUSE_SECONDS: Final = 5.0
_LONGEST_MODEL_PAUSE_SECONDS: Final = 60.0


def typical_tokens(settings: AiSummary) -> int:
    """What one call is expected to send, before the paper is known."""
    most_paper_tokens = min(TYPICAL_PAPER_TOKENS, settings.max_input_tokens)
    return TYPICAL_ABSTRACT_TOKENS if settings.input == "abstract" else most_paper_tokens


@dataclass(slots=True)
class TokenBudget:
    """
    The tokens of one day (UTC).

    A call is booked before it is made and corrected after it, so that one whose process dies is paid for, too. The
    totals are this run's own.
    """

    store: Store
    model: str
    day: date
    most_tokens: int
    spent_tokens: int = 0
    calls: int = 0
    failures: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0

    @classmethod
    async def open(cls, store: Store, model: str, day: date, most_tokens: int) -> "TokenBudget":
        """Count what the day has cost already, over all models."""
        return cls(store, model, day, most_tokens, await tokens_spent_on(store, day))

    def affords(self, call_tokens: int) -> bool:
        return self.spent_tokens + call_tokens <= self.most_tokens

    async def book(self, prompt_tokens: int) -> None:
        """Count a call that is about to be made."""
        await self._add_usage(1, 0, prompt_tokens, TYPICAL_ANSWER_TOKENS)

    async def settle(self, booked: int, prompt_tokens: int, completion_tokens: int, *, failed: bool = False) -> None:
        """Replace what was booked by what was used."""
        await self._add_usage(0, int(failed), prompt_tokens - booked, completion_tokens - TYPICAL_ANSWER_TOKENS)

    async def _add_usage(self, calls: int, failures: int, prompt_tokens: int, completion_tokens: int) -> None:
        self.spent_tokens += prompt_tokens + completion_tokens
        self.calls += calls
        self.failures += failures
        self.prompt_tokens += prompt_tokens
        self.completion_tokens += completion_tokens
        await self.store.add_usage(Usage(self.day, self.model, calls, failures, prompt_tokens, completion_tokens))


async def tokens_spent_on(store: Store, day: date) -> int:
    """All models' tokens of one day."""
    return sum(
        usage.prompt_tokens + usage.completion_tokens for usage in await store.load_usage(day) if usage.day == day
    )


@dataclass(slots=True)
class ModelConcurrency:
    """
    How many calls run at the same time; halved whenever the service says that it is too much.

    The first goes alone: what it finds out (an option that is refused, a model that thinks too long) all others need.
    """

    clock: Clock
    most_model_calls: int
    running_model_calls: int = 0
    model_service_known: bool = False  # how it answers
    _model_call_ended: asyncio.Condition = field(default_factory=asyncio.Condition)
    _throttled_model_calls: int = 0
    _next_model_call_at: datetime | None = None

    @asynccontextmanager
    async def model_call_turn(self) -> AsyncIterator[None]:
        """Wait until the service has had its rest and one more call may run, then hold its place."""
        while (model_pause_seconds := self._model_pause_seconds()) > 0:
            await self.clock.sleep(model_pause_seconds)
        async with self._model_call_ended:
            await self._model_call_ended.wait_for(self._may_call_model)
            self.running_model_calls += 1
        try:
            yield
        finally:
            async with self._model_call_ended:
                self.running_model_calls -= 1
                self._model_call_ended.notify_all()

    def _may_call_model(self) -> bool:
        return self.running_model_calls < (self.most_model_calls if self.model_service_known else 1)

    def halve_model_calls(self, retry_after: float) -> None:
        """Halve the number of calls, and rest for ``retry_after`` seconds; 0 means ever longer each time."""
        self.most_model_calls = max(1, self.most_model_calls // 2)
        self._throttled_model_calls += 1
        model_pause_seconds = min(
            retry_after or _MODEL_PAUSE_SECONDS * self._throttled_model_calls, _LONGEST_MODEL_PAUSE_SECONDS
        )
        self._next_model_call_at = self.clock.now() + timedelta(seconds=model_pause_seconds)

    def _model_pause_seconds(self) -> float:
        return (self._next_model_call_at - self.clock.now()).total_seconds() if self._next_model_call_at else 0.0
