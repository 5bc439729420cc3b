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
_LEET_LETTERS: Final = str.maketrans("01345789@$!", "oieastbgasi")
_LEET_WORD: Final = re.compile(r"\b(?=[\w@$!]*[a-z])(?=[\w@$!]*[01345789@$!])[a-z01345789@$!]{4,}\b", re.IGNORECASE)
_SPACED_LETTERS: Final = re.compile(r"(?<![^\W\d_])(?:[^\W\d_][\s.\-_*\u00b7\u2022|/,+~]{1,3}){7,}[^\W\d_](?![^\W\d_])")
"""Eight letters or more that stand alone, one after the other."""
_BASE64_CODE: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,4000}={0,2}(?![A-Za-z0-9+/=])")
_HEX_CODE: Final = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[\s:,]?){16,2000}(?![0-9A-Fa-f])")
_PERCENT_CODE: Final = re.compile(r"(?:%[0-9A-Fa-f]{2}|[A-Za-z]){16,4000}")
_READABLE_SENTENCE: Final = re.compile(r"(?:[A-Za-z][a-z']*[\s,.:;!?-]+){3,}[A-Za-z][\w\s,.:;!?'/-]*")


class DisguiseView(Struct, frozen=True):
    """A text, and for each of its characters the place in the text that it is a view of."""

    text: str
    at: Sequence[int]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The same stretch of what it is a view of."""
        places = self.at[begin], self.at[end - 1]
        return min(places), max(places) + 1


def fold_look_alikes(text: str) -> DisguiseView:
    """Read look-alike letters as Latin ones, without marks above and below; join words that a line's end divides."""
    if text.isascii() and "-\n" not in text:
        return DisguiseView(text, range(len(text)))
    folded_letters: list[str] = []
    letter_places: list[int] = []
    for place, character in enumerate(text):
        if character in "-\n" and text[place - (character == "\n") : place + 1 + (character == "-")] == "-\n":
            continue
        for folded_letter in character if character.isascii() else _folded_character(character):
            folded_letters.append(folded_letter)
            letter_places.append(place)
    return DisguiseView("".join(folded_letters), letter_places)


@lru_cache(2048)
def _folded_character(character: str) -> str:
    look_alike = _LOOK_ALIKES.get(character) or unicodedata.normalize("NFKD", character)
    return "".join(_LOOK_ALIKES.get(letter, letter) for letter in look_alike if not unicodedata.combining(letter))


def without_leet(view: DisguiseView) -> DisguiseView | None:
    """The same with ``1gn0re`` as ignore; None when no word mixes letters and digits."""
    if not _LEET_WORD.search(view.text):
        return None
    return DisguiseView(_LEET_WORD.sub(lambda leet_word: leet_word[0].translate(_LEET_LETTERS), view.text), view.at)


def undo_rot13(view: DisguiseView) -> DisguiseView:
    """Every letter thirteen further (rot13)."""
    return DisguiseView(codecs.encode(view.text, "rot13"), view.at)


def turn_round(view: DisguiseView) -> DisguiseView:
    """From right to left."""
    return DisguiseView(view.text[::-1], view.at[::-1])


def join_spaced_letters(view: DisguiseView) -> Iterator[tuple[str, int, int]]:
    """Runs of letters that stand alone, put together; and where each began and ended."""
    for spaced_letters in _SPACED_LETTERS.finditer(view.text):
        yield "".join(filter(str.isalpha, spaced_letters[0])), *view.span(*spaced_letters.span())


def decode_hidden(text: str) -> Iterator[tuple[str, int, int]]:
    """What reads as a sentence once base64, hexadecimal or percent signs are undone; and where it stood."""
    for code_pattern, decode in ((_BASE64_CODE, _from_base64), (_HEX_CODE, _from_hex), (_PERCENT_CODE, _from_percent)):
        for hidden_code in code_pattern.finditer(text):
            decoded_text = decode(hidden_code[0])
            if _READABLE_SENTENCE.search(decoded_text):
                yield decoded_text, *hidden_code.span()


def _from_base64(base64_code: str) -> str:
    try:
        unpadded_code = base64_code.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        return base64.b64decode(unpadded_code + "=" * (-len(unpadded_code) % 4)).decode("ascii", "strict")
    except (binascii.Error, ValueError):
        return ""


def _from_hex(hex_code: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:,]", "", hex_code)).decode("ascii", "strict")
    except ValueError:
        return ""


def _from_percent(percent_code: str) -> str:
    if percent_code.count("%") < len(percent_code) // 12:
        return ""
    return re.sub("%([0-9A-Fa-f]{2})", lambda percent_sign: chr(int(percent_sign[1], 16)), percent_code)
