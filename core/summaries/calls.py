"""The calls of one run: within budget and time, as many at once as the service bears, no more when it is down."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from core.clock import Clock
from core.config.settings import AiSummary
from core.errors import PaperfeedError, Throttled, UpstreamError
from core.summaries.answer_forms import without_thoughts
from core.summaries.budget import TYPICAL_ANSWER_TOKENS, ModelConcurrency, TokenBudget, typical_tokens
from core.summaries.model import ChatModel
from core.summaries.request import (
    ModelOnlyThought,
    ModelQuestion,
    ModelReply,
    ModelStopped,
    ModelUnanswered,
    ModelUnreachable,
    PaperRefused,
    PaperTooLong,
)

_MOST_UNANSWERED: Final = 3
"""So many calls in a row without an answer mean that the service is down."""

_MOST_ONLY_THOUGHTS: Final = 2
"""After so many papers that a model only thought about, the next would cost the same for nothing."""

_MOST_WAITS_OF_A_MODEL_CALL: Final = 6
"""How often one call obeys a 429 before it is left for the next refresh."""


class NoMoreModelCalls(PaperfeedError):
    """Nothing more can be started in this run; the text says why."""


@dataclass(slots=True)
class ModelCalls:
    """
    Asks the model for a run, until ``calls_deadline``.

    ``calls_problem`` is what somebody has to mend, ``calls_paused`` why the run ends before its work does.
    """

    chat_model: ChatModel
    budget: TokenBudget
    settings: AiSummary
    clock: Clock
    calls_deadline: datetime
    calls_problem: str = ""
    calls_paused: str = ""
    calls_stopped: bool = False  # nothing at all can be started any more
    model_concurrency: ModelConcurrency = field(init=False)
    _unanswered_calls: int = 0
    _thought_only_papers: int = 0
    _slowest_answer_seconds: float = 0.0

    def __post_init__(self) -> None:
        self.model_concurrency = ModelConcurrency(self.clock, self.settings.max_workers)

    def check_model_call(self, call_tokens: int) -> None:
        """Raise NoMoreModelCalls when a call that sends so many tokens should not be started."""
        if not self.calls_stopped and not self.budget.affords(call_tokens + TYPICAL_ANSWER_TOKENS):
            self.calls_paused = f"the day's budget of {self.budget.most_tokens:,} tokens is used up"
        elif not self.calls_stopped and self.calls_seconds_left < self._model_call_seconds:
            self.calls_paused = "the time of this run is up"
        elif not self.calls_stopped:
            return
        raise NoMoreModelCalls(self.calls_problem or self.calls_paused)

    def stop_calls(self, *, problem: str = "", paused: str = "") -> None:
        """Start nothing more in this run; the first reason given stays."""
        if not self.calls_stopped:
            self.calls_stopped, self.calls_problem, self.calls_paused = True, problem, paused

    @property
    def calls_seconds_left(self) -> float:
        return (self.calls_deadline - self.clock.now()).total_seconds()

    @property
    def _model_call_seconds(self) -> float:
        """A call that the deadline would cut off costs its tokens and yields nothing."""
        model_call_timeout = self.settings.timeout_seconds
        return min(model_call_timeout, max(model_call_timeout / 6, self._slowest_answer_seconds * 1.2))

    async def ask(self, question: ModelQuestion) -> ModelReply:
        """Ask when it is our turn; a 429 is waited out. Raises NoMoreModelCalls, and what ``ChatModel.ask`` raises."""
        call_tokens = typical_tokens(self.settings) if question.uploaded_file else question.estimated_tokens
        for attempt in range(1, _MOST_WAITS_OF_A_MODEL_CALL + 1):
            self.check_model_call(call_tokens)
            async with self.model_concurrency.model_call_turn():
                self.check_model_call(call_tokens)
                try:
                    return await self._paid_model_call(question, call_tokens)
                except Throttled as throttled:
                    self.model_concurrency.halve_model_calls(throttled.retry_after)
                    if attempt == _MOST_WAITS_OF_A_MODEL_CALL:
                        self.stop_calls(paused=f"the model's service asks for fewer calls: {throttled}")
        raise NoMoreModelCalls(self.calls_paused)

    async def _paid_model_call(self, question: ModelQuestion, booked_tokens: int) -> ModelReply:
        await self.budget.book(booked_tokens)
        model_call_started_at = self.clock.now()
        try:
            reply = await self.chat_model.ask(
                question, seconds=min(self.settings.timeout_seconds, self.calls_seconds_left)
            )
        except UpstreamError as model_call_error:
            await self.budget.settle(
                booked_tokens, booked_tokens if isinstance(model_call_error, ModelUnanswered) else 0, 0, failed=True
            )
            self._note_model_call_error(model_call_error)
            raise
        self._unanswered_calls = 0
        answer_seconds = (self.clock.now() - model_call_started_at).total_seconds()
        self._slowest_answer_seconds = max(self._slowest_answer_seconds, answer_seconds)
        only_thoughts = _thought_only(reply)
        await self.budget.settle(booked_tokens, reply.prompt_tokens, reply.completion_tokens, failed=only_thoughts)
        if only_thoughts:
            raise self._thought_too_long(reply)
        self._thought_only_papers, self.model_concurrency.model_service_known = 0, True
        return reply

    def _note_model_call_error(self, model_call_error: UpstreamError) -> None:
        if isinstance(model_call_error, ModelStopped):
            self.stop_calls(problem=f"could not use the model's service: {model_call_error}")
            return
        if not isinstance(model_call_error, Throttled):
            self.model_concurrency.model_service_known = True
        if not isinstance(model_call_error, Throttled | PaperRefused | PaperTooLong):
            self._unanswered_calls += 1
            if self._unanswered_calls >= _MOST_UNANSWERED:
                service_fault = (
                    "does not answer" if isinstance(model_call_error, ModelUnanswered | ModelUnreachable) else "fails"
                )
                self.stop_calls(paused=f"the model's service {service_fault}: {model_call_error}")

    def _thought_too_long(self, reply: ModelReply) -> ModelOnlyThought:
        """Leave the next paper more room and less thought; after the second, it is no use."""
        only_thought = f"the model thought for all its {reply.completion_tokens:,} tokens and answered nothing"
        self.chat_model.think_less()
        self._thought_only_papers += 1
        if self._thought_only_papers >= _MOST_ONLY_THOUGHTS:
            self.stop_calls(problem=f"{only_thought}: choose a model that thinks less, or switch its thinking off")
        return ModelOnlyThought(only_thought)


def _thought_only(reply: ModelReply) -> bool:
    return bool(reply.thought_characters or reply.answer.strip()) and not without_thoughts(reply.answer)
