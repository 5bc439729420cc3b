"""A text as people see it through disguises: look-alike or spaced letters, other codes; and each letter's place."""

import base64
import binascii
import codecs
import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from msgspec import Struct

_LOOK_ALIKES: Final = dict(
    zip(
        "аеорсухіјѕԁһӏԛԝвкмнтгАВЕКМНОРСТУХІЈЅЗԌαεικνορτυχγηωΑΒΕΖΗΙΚΜΝΟΡΤΥΧƖıɡɑʟɴʀℓ∣ǀօսոԏց",
        "aeopcyxijsdhlqwbkmhtrABEKMHOPCTYXIJS3GaeiknoptuxynwABEZHIKMNOPTYXIigalnrlllounlg",
        strict=True,
    )
)
_LEET: Final = str.maketrans("01345789@$!", "oieastbgasi")
_MIXED: Final = re.compile(r"\b(?=[\w@$!]*[a-z])(?=[\w@$!]*[01345789@$!])[a-z01345789@$!]{4,}\b", re.IGNORECASE)
_ALONE: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_][\s.\-_*\u00b7\u2022|/,+~]{1,3}){7,}[^\W\d_](?![^\W\d_])")
"""Eight letters or more that stand alone, one after the other."""
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,4000}={0,2}(?![A-Za-z0-9+/=])")
_HEX: Final = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[\s:,]?){16,2000}(?![0-9A-Fa-f])")
_PERCENT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2}|[A-Za-z]){16,4000}")
_READABLE: Final = re.compile(r"(?:[A-Za-z][a-z']*[\s,.:;!?-]+){3,}[A-Za-z][\w\s,.:;!?'/-]*")


class View(Struct, frozen=True):
    """A text, and for each of its characters the place in the text that it is a view of."""

    text: str
    at: Sequence[int]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The same stretch of what it is a view of."""
        places = self.at[begin], self.at[end - 1]
        return min(places), max(places) + 1


def folded(text: str) -> View:
    """Read look-alike letters as Latin ones, without marks above and below; join words that a line's end divides."""
    if text.isascii() and "-\n" not in text:
        return View(text, range(len(text)))
    letters: list[str] = []
    at: list[int] = []
    for place, character in enumerate(text):
        if character in "-\n" and text[place - (character == "\n") : place + 1 + (character == "-")] == "-\n":
            continue
        for letter in character if character.isascii() else _folded(character):
            letters.append(letter)
            at.append(place)
    return View("".join(letters), at)


@lru_cache(2048)
def _folded(character: str) -> str:
    plain = _LOOK_ALIKES.get(character) or unicodedata.normalize("NFKD", character)
    return "".join(_LOOK_ALIKES.get(each, each) for each in plain if not unicodedata.combining(each))


def spelled_out(view: View) -> View | None:
    """The same with ``1gn0re`` as ignore; None when no word mixes letters and digits."""
    if not _MIXED.search(view.text):
        return None
    return View(_MIXED.sub(lambda word: word[0].translate(_LEET), view.text), view.at)


def shifted(view: View) -> View:
    """Every letter thirteen further (rot13)."""
    return View(codecs.encode(view.text, "rot13"), view.at)


def turned(view: View) -> View:
    """From right to left."""
    return View(view.text[::-1], view.at[::-1])


def joined_letters(view: View) -> Iterator[tuple[str, int, int]]:
    """Runs of letters that stand alone, put together; and where each began and ended."""
    for found in _ALONE.finditer(view.text):
        yield "".join(filter(str.isalpha, found[0])), *view.span(*found.span())


def decoded(text: str) -> Iterator[tuple[str, int, int]]:
    """What reads as a sentence once base64, hexadecimal or percent signs are undone; and where it stood."""
    for pattern, decode in ((_BASE64, _from_base64), (_HEX, _from_hex), (_PERCENT, _from_percent)):
        for found in pattern.finditer(text):
            inside = decode(found[0])
            if _READABLE.search(inside):
                yield inside, *found.span()


def _from_base64(text: str) -> str:
    try:
        bare = text.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        return base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("ascii", "strict")
    except (binascii.Error, ValueError):
        return ""


def _from_hex(text: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:,]", "", text)).decode("ascii", "strict")
    except ValueError:
        return ""


def _from_percent(text: str) -> str:
    if text.count("%") < len(text) // 12:
        return ""
    return re.sub("%([0-9A-Fa-f]{2})", lambda code: chr(int(code[1], 16)), text)
