"""What is asked of a language model, what may come back, and what can go wrong: everything but the client."""

import re
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from core.errors import UpstreamError
from core.summaries.answer import LONGEST_ANSWER
from core.summaries.context import estimate_tokens
from core.summaries.prompts import SUMMARY_PARTS, AnswerForm, SummaryPrompt

MOST_ANSWER_TOKENS: Final = 6_000
"""The longest answer paid for; a thinking model's thoughts count too."""

MOST_THINKING_TOKENS: Final = 16_000
"""The same for a model that has shown that it thinks for longer."""

LEAST_ANSWER_TOKENS: Final = 1_000
"""No summary is shorter; a service that allows less is of no use."""

_TOKEN_LIMIT_NUMBER: Final = re.compile(r"(?<![\w.-])\d{1,3}(?:,\d{3})+(?![\w-])|(?<![\w.-])\d{3,6}(?![\w-])")
_TOO_MANY_TOKENS: Final = re.compile(
    r"large|at most|exceed|less than|range|maximum|supports|between|<=|greater|up to", re.IGNORECASE
)

AnswerStructure = Literal["json_schema", "json_object", "markdown"]

_SUMMARY_FIELDS: Final = ("tldr", *SUMMARY_PARTS)
_SUMMARY_JSON_SCHEMA: Final[dict[str, object]] = {
    "type": "object",
    "properties": {summary_field: {"type": "string"} for summary_field in _SUMMARY_FIELDS},
    "required": list(_SUMMARY_FIELDS),
    "additionalProperties": False,
}
_RESPONSE_FORMATS: Final[dict[str, dict[str, object]]] = {
    "json_object": {"type": "json_object"},
    "json_schema": {
        "type": "json_schema",
        "json_schema": {"name": "summary", "strict": True, "schema": _SUMMARY_JSON_SCHEMA},
    },
}


class ModelStopped(UpstreamError):
    """No call can succeed: the key, the model's name or the account is not good. Ends the run."""


class PaperRefused(UpstreamError):
    """The service will not have this paper; it need not be asked again."""


class PaperTooLong(UpstreamError):
    """The paper does not fit into the model's context."""


class OverTokenRate(PaperTooLong):
    """The paper has more tokens than the account may send in a minute: a shorter cut may pass."""


class ModelUnreachable(UpstreamError):
    """No connection came about: nothing was asked, nothing is charged."""


class ModelUnanswered(UpstreamError):
    """The service took the question, and may charge for it, but no whole answer came."""


class ModelOnlyThought(UpstreamError):
    """The model thought until its tokens were used up, and answered nothing."""


class ModelQuestion(Struct, frozen=True):
    """One paper for one reader: the prompt, the fenced text, an uploaded file, and an answer that was no good."""

    prompt: SummaryPrompt
    fence: str
    fenced_paper: str
    uploaded_file: str = ""
    unusable_answer: str = ""
    repair_request: str = ""

    def chat_messages(self, answer_form: AnswerForm) -> list[dict[str, str]]:
        """The conversation in the words of the chat API."""
        chat_messages = [chat_message("system", self.prompt.system_prompt(self.fence, answer_form))]
        chat_messages += [chat_message("system", f"fileid://{self.uploaded_file}")] if self.uploaded_file else []
        chat_messages += [chat_message("user", self.fenced_paper)]
        if self.repair_request:
            chat_messages += [chat_message("assistant", self.unusable_answer[:LONGEST_ANSWER])]
            chat_messages += [chat_message("user", self.repair_request)]
        return chat_messages

    @property
    def estimated_tokens(self) -> int:
        """About how many the service will count."""
        return sum(estimate_tokens(message["content"]) for message in self.chat_messages("json"))


class ModelReply(Struct, frozen=True):
    """The answer that came back. ``finish_reason`` is "" when the connection ended before the answer did."""

    answer: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    thought_characters: int = 0  # of reasoning that came apart from the answer


class ModelAbilities(Struct, frozen=True):
    """What is asked of the service; less when it turns out not to know it."""

    answer_structure: AnswerStructure = "json_schema"
    takes_temperature: bool = True
    answer_limit_option: Literal["max_tokens", "max_completion_tokens", ""] = "max_tokens"
    streams_token_usage: bool = True
    most_answer_tokens: int = MOST_ANSWER_TOKENS
    most_thinking_tokens: int = MOST_THINKING_TOKENS  # what ``most_answer_tokens`` may be raised to
    reasoning_effort: Literal["", "low"] = ""  # of a thinking model; "" leaves it to the service
    takes_reasoning_effort: bool = True

    def without(self, service_message: str) -> "ModelAbilities | None":
        """Leave out, or lower, what a service_message names; None when it names nothing that is asked for."""
        refusal_words = service_message.lower()
        if self.reasoning_effort and "reasoning" in refusal_words:
            return replace(self, reasoning_effort="", takes_reasoning_effort=False)
        token_limit_words = rf"{self.answer_limit_option}|max_?output_?tokens|completion tokens|context length"
        if self.answer_limit_option and re.search(token_limit_words, refusal_words):
            return self._with_lower_token_limit(refusal_words)
        answer_structure_words = r"response_?format|json|schema|structured|grammar"
        if self.answer_structure != "markdown" and re.search(answer_structure_words, refusal_words):
            simpler_structure = "json_object" if self.answer_structure == "json_schema" else "markdown"
            return replace(self, answer_structure=simpler_structure)
        if self.takes_temperature and "temperature" in refusal_words:
            return replace(self, takes_temperature=False)
        if self.streams_token_usage and re.search(r"stream_?options|include_usage", refusal_words):
            return replace(self, streams_token_usage=False)
        return None

    def _with_lower_token_limit(self, refusal_words: str) -> "ModelAbilities | None":
        """Obey a limit that is named; a context gives a third of itself to the answer; else try the other name."""
        token_limits = [int(limit.replace(",", "")) for limit in _TOKEN_LIMIT_NUMBER.findall(refusal_words)]
        if "context" in refusal_words:
            context_tokens = min((limit for limit in token_limits if limit >= LEAST_ANSWER_TOKENS), default=0)
            answer_tokens = max(LEAST_ANSWER_TOKENS, context_tokens // 3)
            if not context_tokens or answer_tokens >= self.most_answer_tokens:
                return None
            return replace(self, most_answer_tokens=answer_tokens, most_thinking_tokens=answer_tokens)
        lower_limits = [limit for limit in token_limits if LEAST_ANSWER_TOKENS <= limit < self.most_answer_tokens]
        if lower_limits and _TOO_MANY_TOKENS.search(refusal_words):
            return replace(self, most_answer_tokens=max(lower_limits), most_thinking_tokens=max(lower_limits))
        if self.answer_limit_option not in refusal_words:
            return None
        other_option = "max_completion_tokens" if self.answer_limit_option == "max_tokens" else ""
        return replace(self, answer_limit_option=other_option)

    def for_thinking(self) -> "ModelAbilities":
        """Room for a model that thinks for longer than was foreseen, and a word to think less."""
        answer_tokens = max(self.most_answer_tokens, self.most_thinking_tokens)
        reasoning_effort = "low" if self.takes_reasoning_effort else ""
        return replace(self, most_answer_tokens=answer_tokens, reasoning_effort=reasoning_effort)

    def completion_options(self, temperature: float) -> dict[str, object]:
        """The optional part of the request."""
        completion_options: dict[str, object] = {}
        if self.answer_structure != "markdown":
            completion_options["response_format"] = _RESPONSE_FORMATS[self.answer_structure]
        if self.takes_temperature:
            completion_options["temperature"] = temperature
        if self.answer_limit_option:
            completion_options[self.answer_limit_option] = self.most_answer_tokens
        if self.reasoning_effort:
            completion_options["reasoning_effort"] = self.reasoning_effort
        if self.streams_token_usage:
            completion_options["stream_options"] = {"include_usage": True}
        return completion_options


def chat_message(chat_role: str, content: str) -> dict[str, str]:
    """A message in the words of the chat API."""
    return {"role": chat_role, "content": content}
