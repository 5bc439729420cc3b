"""The languages of the pages: English stands in the templates, every other one is a file in ``api/catalogues``."""

import json
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from core.errors import ParseError

CATALOGUES: Final = Path(__file__).with_name("catalogues")
ENGLISH: Final = "en"
_WISH: Final = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]+)?\s*(?:;\s*q=([01](?:\.\d{0,3})?))?\s*")
_WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Ui(Struct, frozen=True):
    """One language of the pages. ``sentences`` are keyed by the English ones; what is missing stays English."""

    lang: str
    name: str = "English"
    sentences: Mapping[str, str] = {}
    given: bool = False  # the address asks for this language, whatever the browser prefers

    def t(self, text: str, /, **values: object) -> str:
        """Say a sentence in this language, ``{names}`` in it replaced."""
        said = self.sentences.get(text, text)
        return said.format(**values) if values else said

    def n(self, number: int, one: str, many: str, /, **values: object) -> str:
        """Say a sentence about ``{n}`` things."""
        return self.t(one if number == 1 else many, n=f"{number:,}", **values)

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
        found[path.stem] = Ui(path.stem, sentences.pop("English"), sentences)
    return found


def choose_ui(asked: str, accepted: str) -> Ui:
    """Choose by the address's ``ui``, else by Accept-Language, else English. Raises ParseError for another ``ui``."""
    known = known_uis()
    if asked:
        if asked not in known:
            raise ParseError(f"must be one of {', '.join(known)}, got {asked[:20]!r}")
        found = known[asked]
        return Ui(found.lang, found.name, found.sentences, given=True)
    return known[next((name for name in _wishes(accepted) if name in known), ENGLISH)]


def _wishes(accepted: str) -> list[str]:
    """The languages of Accept-Language, those wanted most first."""
    found = [wish for part in accepted[:200].split(",") if (wish := _WISH.fullmatch(part))]
    wanted = [(float(wish[2] or 1), wish[1].lower()) for wish in found]
    return [name for weight, name in sorted(wanted, key=lambda each: -each[0]) if weight]
