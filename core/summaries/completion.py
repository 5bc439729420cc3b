"""A completion as it comes in, line by line: streamed events, or one whole answer of a service that does not stream."""

import json
from typing import Final

from msgspec import Struct

MOST_CHARACTERS: Final = 80_000
"""Of an answer; a model that writes more is running away."""

MOST_PLAIN_BYTES: Final = 2_000_000
"""Of an answer that is no stream of events."""

MOST_TOKENS: Final = 1_000_000
"""A count of tokens above it is no count."""

_SAID_CHARACTERS: Final = 200
_IGNORED: Final = (b":", b"event:", b"id:", b"retry:")
_THOUGHTS: Final = ("reasoning_content", "reasoning", "thinking")


class Usage(Struct, frozen=True):
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
        self.usage = Usage()
        self.error: object = None
        self.events = 0
        self.unreadable = 0
        self._parts: list[str] = []
        self._length = 0
        self._plain = bytearray()

    @property
    def text(self) -> str:
        """The answer; halves of a character that came in two events are one."""
        return "".join(self._parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    @property
    def overflows(self) -> bool:
        return self._length > MOST_CHARACTERS

    @property
    def said(self) -> str:
        """The beginning of what came in place of a completion."""
        return " ".join(self._plain[: 4 * _SAID_CHARACTERS].decode("utf-8", "replace").split())[:_SAID_CHARACTERS]

    def take_line(self, line: bytes) -> bool:
        """Take one line; True when it says that no more will come."""
        stripped = line.strip()
        if not stripped.startswith(b"data:"):
            if not self.events and not stripped.startswith(_IGNORED):
                self._plain += (line + b"\n")[: max(0, MOST_PLAIN_BYTES - len(self._plain))]
            return False
        event = stripped[5:].strip()
        if event == b"[DONE]":
            return True
        self.events += 1
        self._take(_object(event))
        return False

    def close(self) -> None:
        """Nothing more comes: what was no stream may be a whole completion."""
        if not self.events and self._plain.strip():
            self._take(_object(bytes(self._plain)))

    def _take(self, event: object) -> None:
        if isinstance(event, list) and event:
            event = event[0]  # Gemini wraps an error so
        if not isinstance(event, dict):
            self.unreadable += event is None
            return
        self.error = self.error or event.get("error") or (event if event.get("object") == "error" else None)
        self.usage = _usage(event.get("usage")) or self.usage
        choices = event.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], dict):
            self._take_choice(choices[0])

    def _take_choice(self, choice: dict[str, object]) -> None:
        delta, message = choice.get("delta"), choice.get("message")
        if isinstance(delta, dict):
            self._note(delta)
            self._append(text_of(delta.get("content")))
        elif isinstance(message, dict):
            self._note(message)
            self._append(text_of(message.get("content")), whole=True)
        else:
            self._append(text_of(choice.get("text")))
        finish = choice.get("finish_reason")
        self.finish = finish if isinstance(finish, str) and finish else self.finish

    def _append(self, text: str, *, whole: bool = False) -> None:
        if whole and self._length and len(text) >= self._length and text.startswith("".join(self._parts)):
            self._parts, self._length = [], 0  # each event repeats what was said before
        if text:
            self._parts.append(text)
            self._length += len(text)

    def _note(self, message: dict[str, object]) -> None:
        self.thought += max(len(text_of(message.get(name))) for name in _THOUGHTS)


def text_of(content: object) -> str:
    """The text of a content: a string, a part of it, or a list of parts."""
    parts = content if isinstance(content, list) else [content]
    found = [part.get("text") if isinstance(part, dict) else part for part in parts]
    return "".join(part for part in found if isinstance(part, str))


def _object(text: bytes) -> object:
    """Read JSON; None when it is none, or nested as nobody nests it."""
    try:
        return json.loads(text.decode("utf-8", "replace"), strict=False)
    except (ValueError, RecursionError):
        return None


def _usage(found: object) -> Usage | None:
    if not isinstance(found, dict):
        return None
    return Usage(_count(found.get("prompt_tokens")), _count(found.get("completion_tokens")))


def _count(value: object) -> int:
    """A number of tokens, also where it is written as a string."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9:
        value = int(value)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= MOST_TOKENS:
        return 0
    return int(value)
