"""A paper is data, never an instruction: text addressed to language models is found, named and taken out."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from core.summaries.disguises import (
    decode_hidden,
    fold_look_alikes,
    join_spaced_letters,
    turn_round,
    undo_rot13,
    without_leet,
)
from core.summaries.orders import CODED, ENGLISH, PLAIN, SQUEEZED, spans
from core.text.plain import xml_safe

REMOVED: Final = "[removed: a sentence addressed to language models]"
"""Stands in the text that the model reads, where such a sentence stood."""

INVISIBLE: Final = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
TAGS: Final = re.compile("[\U000e0000-\U000e007f]+")
"""Unicode's tag characters: ASCII that nobody sees and some models read."""

_ENDS: Final = re.compile(r"[.!?](?=\s|$)|[。！？।]|\n")
_QUOTE: Final = 80
_LONGEST: Final = 1000
"""Characters of a sentence before and after what was found in it; a longer one is a table."""
_LIGATURES: Final = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


class Screened(Struct, frozen=True):
    """Text that a model may read, and the sentences that were taken out of it (shortened, for people)."""

    text: str
    found: tuple[str, ...] = ()


def screen(text: str) -> Screened:
    """Take out what no reader sees and every sentence that tells a language model what to do."""
    shown, hidden = TAGS.sub("", text), [_from_tags(tags) for tags in TAGS.findall(text)]
    shown = INVISIBLE.sub("", xml_safe(shown)).translate(_LIGATURES)
    found = [quote for quote in hidden if quote]

    parts, end = [], 0
    for begin, until, quote in _without_overlaps(_sentences(shown)):
        found.append(quote)
        parts += [shown[end:begin], f" {REMOVED} "]
        end = until
    return Screened("".join((*parts, shown[end:])), tuple(dict.fromkeys(found)))


def _sentences(text: str) -> Iterator[tuple[int, int, str]]:
    """The sentences to take out: from, to, and what people are shown of it."""
    for order in _orders(text):
        begin, end = _sentence(text, *order)
        yield begin, end, _short(text[begin:end])
    for inside, begin, end in decode_hidden(text):
        yield begin, end, _short(inside)


def _orders(text: str) -> Iterator[tuple[int, int]]:
    yield from spans(text, PLAIN)
    view = fold_look_alikes(text)
    views = [(turn_round(view), CODED), (undo_rot13(view), CODED)]
    views += [(view, ENGLISH)] if view.text != text else []
    views += [(plain, ENGLISH)] if (plain := without_leet(view)) else []
    for each, patterns in views:
        yield from (each.span(*span) for span in spans(each.text, patterns))
    yield from ((begin, end) for word, begin, end in join_spaced_letters(view) if SQUEEZED.search(word))


def _sentence(text: str, begin: int, end: int) -> tuple[int, int]:
    """Widen a place to its sentence, on the lines that it stands on."""
    line = max(text.rfind("\n", 0, begin) + 1, begin - _LONGEST)
    begin = max((each.end() for each in _ENDS.finditer(text, line, begin)), default=line)
    after = _ENDS.search(text, max(begin, end - 1), end + _LONGEST)
    last = min(end + _LONGEST, len(text)) if after is None else after.end() - (after[0] == "\n")
    return begin, max(last, end)


def _without_overlaps(sentences: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    last = 0
    for begin, end, quote in sorted(sentences):
        if end > last:
            yield max(begin, last), end, quote
            last = end


def warning(found: tuple[str, ...]) -> str:
    """What readers are told; "" when nothing was found. A paper about such attacks quotes them in good faith."""
    if not found:
        return ""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return (
        f"The paper holds text addressed to language models (“{found[0]}”{more}). It was left out before summarizing."
    )


def hidden_text(text: str) -> tuple[str, ...]:
    """Quote text that the page hides from its readers, when it is more than a word or two."""
    words = " ".join(text.split())
    return (_short(words),) if len(words.split()) > 4 else ()


def _from_tags(tags: str) -> str:
    return _short("".join(chr(ord(c) - 0xE0000) for c in tags if 0x20 <= ord(c) - 0xE0000 < 0x7F))


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _QUOTE else f"{flat[:_QUOTE].rstrip()}…"
