"""
The languages of the pages: English stands in the templates, every other one is a file in ``api/catalogues``.

What other rooms put into words (errors, states, reasons kept in the store) is defined there alone, in English; a
catalogue has such sentences under ``said``, with ``{names}`` where they have values.
"""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from string import Formatter
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.errors import ParseError

CATALOGUES: Final = Path(__file__).with_name("catalogues")
ENGLISH: Final = "en"
_WISH: Final = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")
_LONGEST_SAID: Final = 1000  # characters: no sentence of ours is longer
_JOINTS: Final = {"; ": "; ", ". ": ". "}
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Pattern(Struct, frozen=True):
    """A sentence with values in it: the pieces of the English one around them, their names, and how it is said."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    said: str

    @classmethod
    def of(cls, english: str, said: str) -> "Pattern":
        parsed = list(Formatter().parse(english))
        names = tuple(name for _, name, _, _ in parsed if name is not None)
        literals = [literal for literal, _, _, _ in parsed]
        return cls(tuple(literals if len(literals) > len(names) else [*literals, ""]), names, said)

    def values(self, text: str) -> dict[str, str] | None:
        """What stands between the pieces, found in one pass: hostile text costs no more than any other."""
        first, *middle, last = self.pieces
        at, end, found = len(first), len(text) - len(last), []
        if not text.startswith(first) or not text.endswith(last) or end < at:
            return None
        for piece in middle:
            start, at = at, text.find(piece, at, end) + len(piece)
            if at < start + len(piece):
                return None
            found.append(text[start : at - len(piece)])
        return dict(zip(self.names, [*found, text[at:end]], strict=True))


class Ui(Struct, frozen=True):
    """One language of the pages. ``sentences`` are keyed by the English ones; what is missing stays English."""

    lang: str
    name: str = "English"
    sentences: Mapping[str, str] = {}
    said: Mapping[str, str] = {}  # other rooms' sentences without values
    patterns: tuple[Pattern, ...] = ()  # and with; those that say most first
    given: bool = False  # the address asks for this language, whatever the browser prefers

    def t(self, text: str, /, **values: object) -> str:
        """Say a sentence in this language, ``{names}`` in it replaced."""
        said = self.sentences.get(text, text)
        return said.format(**values) if values else said

    def n(self, number: int, one: str, many: str, /, **values: object) -> str:
        """Say a sentence about ``{n}`` things."""
        return self.t(one if number == 1 else many, n=f"{number:,}", **values)

    def say(self, text: str) -> str:
        """Say what another room put into words, such as an error, and the words in it."""
        return _say(self.lang, text[:_LONGEST_SAID]) if self.said else text

    def day(self, day: date) -> str:
        """Write a date out: ``Thursday 15 January 2026``."""
        weekday, month = self.t(_WEEKDAYS[day.weekday()]), self.t(_MONTHS[day.month - 1])
        return self.t("{weekday} {day} {month} {year}", weekday=weekday, day=day.day, month=month, year=day.year)

    @property
    def link(self) -> str:
        """What the pages' own links carry on, so that a chosen language stays."""
        return f"ui={self.lang}" if self.given else ""


ENGLISH_UI: Final = Ui(ENGLISH)


@cache
def known_uis() -> dict[str, Ui]:
    """Read every catalogue, once."""
    found = {ENGLISH: ENGLISH_UI}
    for path in sorted(CATALOGUES.glob("*.json")):
        sentences = json.loads(path.read_text(encoding="utf-8"))
        said = sentences.pop("said", {})
        patterns = [Pattern.of(english, other) for english, other in said.items() if "{" in english]
        patterns.sort(key=lambda pattern: -sum(map(len, pattern.pieces)))
        found[path.stem] = Ui(path.stem, sentences.pop("English"), sentences, said, tuple(patterns))
    return found


@lru_cache(maxsize=512)  # the sentences of a status page, and of the errors in fashion
def _say(lang: str, text: str) -> str:
    ui = known_uis()[lang]
    if known := ui.said.get(text) or ui.sentences.get(text):
        return known
    for pattern in ui.patterns:
        values = pattern.values(text)
        if values is not None:
            return pattern.said.format(**{name: _value(lang, value) for name, value in values.items()})
    for mark, other in _JOINTS.items():
        if mark in text:
            return ui.t(other).join(_value(lang, part) for part in text.split(mark))
    return text


def _value(lang: str, value: str) -> str:
    """A value is a sentence in its turn, or a name; what was typed stands in quotation marks and is neither."""
    return value if value.startswith(('"', "'")) and value.endswith(('"', "'")) else _say(lang, value)


def choose_ui(asked: str, accepted: str) -> Ui:
    """Choose by the address's ``ui``, else by Accept-Language, else English. Raises ParseError for another ``ui``."""
    known = known_uis()
    if asked:
        if asked not in known:
            raise ParseError(f"must be one of {', '.join(known)}, got {asked[:20]!r}")
        found = known[asked]
        return replace(found, given=True)
    return known[next((name for name in _wishes(accepted) if name in known), ENGLISH)]


def _wishes(accepted: str) -> list[str]:
    """The languages of Accept-Language, those wanted most first."""
    found = [wish for part in accepted[:200].split(",") if (wish := _WISH.fullmatch(part))]
    wanted = [(float(wish[2] or 1), wish[1].lower()) for wish in found]
    return [name for weight, name in sorted(wanted, key=lambda each: -each[0]) if weight]
