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
    r"large|at most|exceed|less than|range|maximum|supports|between|<=|greater|up to", re.I
)

AnswerStructure = Literal["json_schema", "json_object", "markdown"]

_RESPONSE_FORMATS: Final[dict[str, object]] = {
    "json_object": {"type": "json_object"},
    "json_schema": {
        "type": "json_schema",
        "json_schema": {
            "name": "summary",
            "strict": True,
            "schema": {
                "type": "object",
                "properties": {name: {"type": "string"} for name in ("tldr", *SUMMARY_PARTS)},
                "required": ["tldr", *SUMMARY_PARTS],
                "additionalProperties": False,
            },
        },
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
    text: str
    file: str = ""
    answered: str = ""
    complaint: str = ""

    def messages(self, form: AnswerForm) -> list[dict[str, str]]:
        """The conversation in the words of the chat API."""
        messages = [_chat_message("system", self.prompt.system_prompt(self.fence, form))]
        if self.file:
            messages.append(_chat_message("system", f"fileid://{self.file}"))
        messages.append(_chat_message("user", self.text))
        if self.complaint:
            messages += [
                _chat_message("assistant", self.answered[:LONGEST_ANSWER]),
                _chat_message("user", self.complaint),
            ]
        return messages

    @property
    def estimated_tokens(self) -> int:
        """About how many the service will count."""
        return sum(estimate_tokens(message["content"]) for message in self.messages("json"))


class ModelReply(Struct, frozen=True):
    """The text that came back. ``finish`` is "" when the connection ended before the answer did."""

    text: str
    finish: str
    prompt_tokens: int
    completion_tokens: int
    thought: int = 0  # characters of reasoning that came apart from the text


class ModelAbilities(Struct, frozen=True):
    """What is asked of the service; less when it turns out not to know it."""

    structure: AnswerStructure = "json_schema"
    temperature: bool = True
    limit: Literal["max_tokens", "max_completion_tokens", ""] = "max_tokens"
    usage: bool = True
    most_answer_tokens: int = MOST_ANSWER_TOKENS
    most_thinking_tokens: int = MOST_THINKING_TOKENS  # what ``most_answer_tokens`` may be raised to
    effort: Literal["", "low"] = ""  # of a thinking model; "" leaves it to the service
    takes_effort: bool = True

    def without(self, complaint: str) -> "ModelAbilities | None":
        """Leave out, or lower, what a complaint names; None when it names nothing that is asked for."""
        complaint_words = complaint.lower()
        if self.effort and "reasoning" in complaint_words:
            return replace(self, effort="", takes_effort=False)
        if self.limit and re.search(
            rf"{self.limit}|max_?output_?tokens|completion tokens|context length", complaint_words
        ):
            return self._with_lower_token_limit(complaint_words)
        if self.structure != "markdown" and re.search(
            r"response_?format|json|schema|structured|grammar", complaint_words
        ):
            return replace(self, structure="json_object" if self.structure == "json_schema" else "markdown")
        if self.temperature and "temperature" in complaint_words:
            return replace(self, temperature=False)
        if self.usage and re.search(r"stream_?options|include_usage", complaint_words):
            return replace(self, usage=False)
        return None

    def _with_lower_token_limit(self, complaint_words: str) -> "ModelAbilities | None":
        """Obey a limit that is named; a context gives a third of itself to the answer; else try the other name."""
        token_limits = [int(digits.replace(",", "")) for digits in _TOKEN_LIMIT_NUMBER.findall(complaint_words)]
        if "context" in complaint_words:
            context_tokens = min((limit for limit in token_limits if limit >= LEAST_ANSWER_TOKENS), default=0)
            answer_tokens = max(LEAST_ANSWER_TOKENS, context_tokens // 3)
            if not context_tokens or answer_tokens >= self.most_answer_tokens:
                return None
            return replace(self, most_answer_tokens=answer_tokens, most_thinking_tokens=answer_tokens)
        lower_limits = [limit for limit in token_limits if LEAST_ANSWER_TOKENS <= limit < self.most_answer_tokens]
        if lower_limits and _TOO_MANY_TOKENS.search(complaint_words):
            return replace(self, most_answer_tokens=max(lower_limits), most_thinking_tokens=max(lower_limits))
        if self.limit not in complaint_words:
            return None
        return replace(self, limit="max_completion_tokens" if self.limit == "max_tokens" else "")

    def for_thinking(self) -> "ModelAbilities":
        """Room for a model that thinks for longer than was foreseen, and a word to think less."""
        return replace(
            self,
            most_answer_tokens=max(self.most_answer_tokens, self.most_thinking_tokens),
            effort="low" if self.takes_effort else "",
        )

    def request_options(self, temperature: float) -> dict[str, object]:
        """The optional part of the request."""
        request_options: dict[str, object] = {}
        if self.structure != "markdown":
            request_options["response_format"] = _RESPONSE_FORMATS[self.structure]
        if self.temperature:
            request_options["temperature"] = temperature
        if self.limit:
            request_options[self.limit] = self.most_answer_tokens
        if self.effort:
            request_options["reasoning_effort"] = self.effort
        if self.usage:
            request_options["stream_options"] = {"include_usage": True}
        return request_options


def _chat_message(role: str, content: str) -> dict[str, str]:
    return {"role": role, "content": content}
