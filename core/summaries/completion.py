"""A completion as it comes in, line by line: streamed events, or one whole answer of a service that does not stream."""

import json
import re
from typing import Final

from msgspec import Struct

MOST_ANSWER_CHARACTERS: Final = 80_000
"""Of an answer; a model that writes more is running away."""

MOST_COMPLETION_BYTES: Final = 2_000_000
"""Of an answer that is no stream of events."""

MOST_COUNTED_TOKENS: Final = 1_000_000
"""A count of tokens above it is no count."""

_QUOTED_COMPLETION_CHARACTERS: Final = 200
_SKIPPED_COMPLETION_FIELDS: Final = (b":", b"event:", b"id:", b"retry:")
_REASONING_FIELDS: Final = ("reasoning_content", "reasoning", "thinking")


class CompletionTokens(Struct, frozen=True):
    """Tokens as the service counts them; 0 where it does not say."""

    prompt: int = 0
    completion: int = 0


class Completion:
    """
    What a service has answered so far. Takes any bytes: what is no event is kept as text, what has no use is skipped.

    ``finish_reason`` is "" until the model has come to an end; ``thought_characters`` are those of reasoning that was
    sent apart from the answer; ``service_error`` is the object in which a service complains with status 200.
    """

    def __init__(self) -> None:
        self.finish_reason = ""
        self.thought_characters = 0
        self.tokens = CompletionTokens()
        self.service_error: object = None
        self.completion_events = 0
        self.unreadable_events = 0
        self._answer_pieces: list[str] = []
        self._answer_length = 0
        self._unstreamed_completion = bytearray()

    @property
    def answer(self) -> str:
        """The answer; halves of a character that came in two events are one."""
        return "".join(self._answer_pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    @property
    def overflows(self) -> bool:
        return self._answer_length > MOST_ANSWER_CHARACTERS

    @property
    def service_said(self) -> str:
        """The beginning of what came in place of a completion."""
        completion_begin = self._unstreamed_completion[: 4 * _QUOTED_COMPLETION_CHARACTERS].decode("utf-8", "replace")
        return " ".join(completion_begin.split())[:_QUOTED_COMPLETION_CHARACTERS]

    def take_completion_line(self, completion_line: bytes) -> bool:
        """Take one line; True when it says that no more will come."""
        completion_event_line = completion_line.strip()
        if not completion_event_line.startswith(b"data:"):
            if not self.completion_events and not completion_event_line.startswith(_SKIPPED_COMPLETION_FIELDS):
                completion_bytes_left = max(0, MOST_COMPLETION_BYTES - len(self._unstreamed_completion))
                self._unstreamed_completion += (completion_line + b"\n")[:completion_bytes_left]
            return False
        completion_data = completion_event_line[5:].strip()
        if completion_data == b"[DONE]":
            return True
        self.completion_events += 1
        self._take_completion_event(_completion_object(completion_data))
        return False

    def end_completion(self) -> None:
        """Nothing more comes: what was no stream may be a whole completion."""
        if not self.completion_events and self._unstreamed_completion.strip():
            self._take_completion_event(_completion_object(bytes(self._unstreamed_completion)))

    def _take_completion_event(self, completion_event: object) -> None:
        if isinstance(completion_event, list) and completion_event:
            completion_event = completion_event[0]  # Gemini wraps an error so
        if not isinstance(completion_event, dict):
            self.unreadable_events += completion_event is None
            return
        error_object = completion_event if completion_event.get("object") == "error" else None
        self.service_error = self.service_error or completion_event.get("error") or error_object
        self.tokens = _completion_tokens(completion_event.get("usage")) or self.tokens
        completion_choices = completion_event.get("choices")
        if isinstance(completion_choices, list) and completion_choices and isinstance(completion_choices[0], dict):
            self._take_completion_choice(completion_choices[0])

    def _take_completion_choice(self, completion_choice: dict[str, object]) -> None:
        message_delta, message = completion_choice.get("delta"), completion_choice.get("message")
        if isinstance(message_delta, dict):
            self._count_thoughts(message_delta)
            self._append_answer(content_text(message_delta.get("content")))
        elif isinstance(message, dict):
            self._count_thoughts(message)
            self._append_answer(content_text(message.get("content")), whole_answer=True)
        else:
            self._append_answer(content_text(completion_choice.get("text")))
        finish_reason = completion_choice.get("finish_reason")
        self.finish_reason = finish_reason if isinstance(finish_reason, str) and finish_reason else self.finish_reason

    def _append_answer(self, answer_text: str, *, whole_answer: bool = False) -> None:
        repeats_answer = whole_answer and self._answer_length and len(answer_text) >= self._answer_length
        if repeats_answer and answer_text.startswith("".join(self._answer_pieces)):
            self._answer_pieces, self._answer_length = [], 0  # each event repeats what was said before
        if answer_text:
            self._answer_pieces.append(answer_text)
            self._answer_length += len(answer_text)

    def _count_thoughts(self, message: dict[str, object]) -> None:
        self.thought_characters += max(len(content_text(message.get(name))) for name in _REASONING_FIELDS)


def content_text(message_content: object) -> str:
    """The text of a content: a string, a part of it, or a list of parts."""
    message_parts = message_content if isinstance(message_content, list) else [message_content]
    answer_texts = [
        message_part.get("text") if isinstance(message_part, dict) else message_part for message_part in message_parts
    ]
    return "".join(answer_text for answer_text in answer_texts if isinstance(answer_text, str))


def _completion_object(completion_data: bytes) -> object:
    """Read JSON; None when it is none, or nested as nobody nests it."""
    try:
        return json.loads(completion_data.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None


def _completion_tokens(completion_usage: object) -> CompletionTokens | None:
    if not isinstance(completion_usage, dict):
        return None
    prompt_tokens, completion_tokens = completion_usage.get("prompt_tokens"), completion_usage.get("completion_tokens")
    return CompletionTokens(_token_count(prompt_tokens), _token_count(completion_tokens))


def _token_count(counted_tokens: object) -> int:
    """A number of tokens, also where it is written as a string."""
    if isinstance(counted_tokens, str) and re.fullmatch("[0-9]{1,8}", counted_tokens):
        counted_tokens = int(counted_tokens)
    if not isinstance(counted_tokens, int | float) or isinstance(counted_tokens, bool):
        return 0
    return int(counted_tokens) if 0 <= counted_tokens <= MOST_COUNTED_TOKENS else 0
