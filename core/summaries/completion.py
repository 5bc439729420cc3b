"""A completion as it comes in, line by line: streamed events, or one whole answer of a service that does not stream."""

import json
from typing import Final

from msgspec import Struct

MOST_ANSWER_CHARACTERS: Final = 80_000
"""Of an answer; a model that writes more is running away."""

MOST_COMPLETION_BYTES: Final = 2_000_000
"""Of an answer that is no stream of events."""

MOST_COUNTED_TOKENS: Final = 1_000_000
"""A count of tokens above it is no count."""

_QUOTED_CHARACTERS: Final = 200
_IGNORED_EVENT_FIELDS: Final = (b":", b"event:", b"id:", b"retry:")
_REASONING_FIELDS: Final = ("reasoning_content", "reasoning", "thinking")


class TokenUsage(Struct, frozen=True):
    """Tokens as the service counts them; 0 where it does not say."""

    prompt: int = 0
    completion: int = 0


class Completion:
    """
    What a service has answered so far. Takes any bytes: what is no event is kept as text, what has no use is skipped.

    ``finish`` is "" until the model has come to an end; ``thought`` counts the characters of reasoning that was sent
    apart from the answer; ``error`` is the object in which a service complains with status 200.
    """

    def __init__(self) -> None:
        self.finish = ""
        self.thought = 0
        self.usage = TokenUsage()
        self.error: object = None
        self.events = 0
        self.unreadable = 0
        self._answer_pieces: list[str] = []
        self._answer_length = 0
        self._unstreamed = bytearray()

    @property
    def text(self) -> str:
        """The answer; halves of a character that came in two events are one."""
        return "".join(self._answer_pieces).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    @property
    def overflows(self) -> bool:
        return self._answer_length > MOST_ANSWER_CHARACTERS

    @property
    def said(self) -> str:
        """The beginning of what came in place of a completion."""
        return " ".join(self._unstreamed[: 4 * _QUOTED_CHARACTERS].decode("utf-8", "replace").split())[
            :_QUOTED_CHARACTERS
        ]

    def take_line(self, event_line: bytes) -> bool:
        """Take one line; True when it says that no more will come."""
        stripped_line = event_line.strip()
        if not stripped_line.startswith(b"data:"):
            if not self.events and not stripped_line.startswith(_IGNORED_EVENT_FIELDS):
                self._unstreamed += (event_line + b"\n")[: max(0, MOST_COMPLETION_BYTES - len(self._unstreamed))]
            return False
        event = stripped_line[5:].strip()
        if event == b"[DONE]":
            return True
        self.events += 1
        self._take_event(_event_object(event))
        return False

    def close(self) -> None:
        """Nothing more comes: what was no stream may be a whole completion."""
        if not self.events and self._unstreamed.strip():
            self._take_event(_event_object(bytes(self._unstreamed)))

    def _take_event(self, event: object) -> None:
        if isinstance(event, list) and event:
            event = event[0]  # Gemini wraps an error so
        if not isinstance(event, dict):
            self.unreadable += event is None
            return
        self.error = self.error or event.get("error") or (event if event.get("object") == "error" else None)
        self.usage = _token_usage(event.get("usage")) or self.usage
        choices = event.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._take_choice(choices[0])

    def _take_choice(self, completion_choice: dict[str, object]) -> None:
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
        self.finish = finish_reason if isinstance(finish_reason, str) and finish_reason else self.finish

    def _append_answer(self, answer_text: str, *, whole_answer: bool = False) -> None:
        if (
            whole_answer
            and self._answer_length
            and len(answer_text) >= self._answer_length
            and answer_text.startswith("".join(self._answer_pieces))
        ):
            self._answer_pieces, self._answer_length = [], 0  # each event repeats what was said before
        if answer_text:
            self._answer_pieces.append(answer_text)
            self._answer_length += len(answer_text)

    def _count_thoughts(self, message: dict[str, object]) -> None:
        self.thought += max(len(content_text(message.get(name))) for name in _REASONING_FIELDS)


def content_text(message_content: object) -> str:
    """The text of a content: a string, a part of it, or a list of parts."""
    content_parts = message_content if isinstance(message_content, list) else [message_content]
    content_texts = [
        content_part.get("text") if isinstance(content_part, dict) else content_part for content_part in content_parts
    ]
    return "".join(content_part for content_part in content_texts if isinstance(content_part, str))


def _event_object(event_text: bytes) -> object:
    """Read JSON; None when it is none, or nested as nobody nests it."""
    try:
        return json.loads(event_text.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None


def _token_usage(usage_object: object) -> TokenUsage | None:
    if not isinstance(usage_object, dict):
        return None
    return TokenUsage(
        _token_count(usage_object.get("prompt_tokens")), _token_count(usage_object.get("completion_tokens"))
    )


def _token_count(counted_tokens: object) -> int:
    """A number of tokens, also where it is written as a string."""
    if (
        isinstance(counted_tokens, str)
        and counted_tokens.isascii()
        and counted_tokens.isdigit()
        and len(counted_tokens) < 9
    ):
        counted_tokens = int(counted_tokens)
    if (
        not isinstance(counted_tokens, int | float)
        or isinstance(counted_tokens, bool)
        or not 0 <= counted_tokens <= MOST_COUNTED_TOKENS
    ):
        return 0
    return int(counted_tokens)
