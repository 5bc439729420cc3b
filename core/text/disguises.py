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

_LOOK_ALIKE_LETTERS: Final = dict(
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
_BASE64_TEXT: Final = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,4000}={0,2}(?![A-Za-z0-9+/=])")
_HEXADECIMAL_TEXT: Final = re.compile(r"(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{2}[\s:,]?){16,2000}(?![0-9A-Fa-f])")
_PERCENT_TEXT: Final = re.compile(r"(?:%[0-9A-Fa-f]{2}|[A-Za-z]){16,4000}")
_READABLE_SENTENCE: Final = re.compile(r"(?:[A-Za-z][a-z']*[\s,.:;!?-]+){3,}[A-Za-z][\w\s,.:;!?'/-]*")


class TextView(Struct, frozen=True):
    """A text, and for each of its characters the position in the text that it is a view of."""

    text: str
    character_positions: Sequence[int]

    def span(self, begin: int, end: int) -> tuple[int, int]:
        """The same stretch of what it is a view of."""
        text_position, other_text_position = sorted(
            (self.character_positions[begin], self.character_positions[end - 1])
        )
        return text_position, other_text_position + 1


def fold_look_alikes(disguised_text: str) -> TextView:
    """Read look-alike letters as Latin ones, without marks above and below; join words that a line's end divides."""
    if disguised_text.isascii() and "-\n" not in disguised_text:
        return TextView(disguised_text, range(len(disguised_text)))
    folded_letters: list[str] = []
    letter_positions: list[int] = []
    for text_position, text_character in enumerate(disguised_text):
        if (
            text_character in "-\n"
            and disguised_text[text_position - (text_character == "\n") : text_position + 1 + (text_character == "-")]
            == "-\n"
        ):
            continue
        for latin_letter in text_character if text_character.isascii() else _latin_letters(text_character):
            folded_letters.append(latin_letter)
            letter_positions.append(text_position)
    return TextView("".join(folded_letters), letter_positions)


@lru_cache(2048)
def _latin_letters(text_character: str) -> str:
    latin_letters = _LOOK_ALIKE_LETTERS.get(text_character) or unicodedata.normalize("NFKD", text_character)
    return "".join(
        _LOOK_ALIKE_LETTERS.get(latin_letter, latin_letter)
        for latin_letter in latin_letters
        if not unicodedata.combining(latin_letter)
    )


def undo_leet(text_view: TextView) -> TextView | None:
    """The same with ``1gn0re`` as ignore; None when no word mixes letters and digits."""
    if not _LEET_WORD.search(text_view.text):
        return None
    plain_text = _LEET_WORD.sub(lambda leet_word: leet_word[0].translate(_LEET_LETTERS), text_view.text)
    return TextView(plain_text, text_view.character_positions)


def undo_rot13(text_view: TextView) -> TextView:
    """Every letter thirteen further (rot13)."""
    return TextView(codecs.encode(text_view.text, "rot13"), text_view.character_positions)


def undo_reversal(text_view: TextView) -> TextView:
    """From right to left."""
    return TextView(text_view.text[::-1], text_view.character_positions[::-1])


def join_spaced_letters(text_view: TextView) -> Iterator[tuple[str, int, int]]:
    """Runs of letters that stand alone, put together; and where each began and ended."""
    for spaced_letters in _SPACED_LETTERS.finditer(text_view.text):
        yield "".join(filter(str.isalpha, spaced_letters[0])), *text_view.span(*spaced_letters.span())


def decode_sentences(disguised_text: str) -> Iterator[tuple[str, int, int]]:
    """What reads as a sentence once base64, hexadecimal or percent signs are undone; and where it stood."""
    for encoded_pattern, decode_text in _TEXT_ENCODINGS:
        for encoded_text in encoded_pattern.finditer(disguised_text):
            decoded_text = decode_text(encoded_text[0])
            if _READABLE_SENTENCE.search(decoded_text):
                yield decoded_text, *encoded_text.span()


def _from_base64(base64_text: str) -> str:
    try:
        unpadded_text = base64_text.rstrip("=").translate({ord("-"): "+", ord("_"): "/"})
        return base64.b64decode(unpadded_text + "=" * (-len(unpadded_text) % 4)).decode("ascii", "strict")
    except (binascii.Error, ValueError):
        return ""


def _from_hexadecimal(hexadecimal_text: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:,]", "", hexadecimal_text)).decode("ascii", "strict")
    except ValueError:
        return ""


def _from_percent_signs(percent_text: str) -> str:
    if percent_text.count("%") < len(percent_text) // 12:
        return ""
    return re.sub("%([0-9A-Fa-f]{2})", lambda percent_sign: chr(int(percent_sign[1], 16)), percent_text)


_TEXT_ENCODINGS: Final = (
    (_BASE64_TEXT, _from_base64),
    (_HEXADECIMAL_TEXT, _from_hexadecimal),
    (_PERCENT_TEXT, _from_percent_signs),
)
