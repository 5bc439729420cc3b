"""Characters that no reader sees, and some language models read; letters that are printed as one."""

import re
from collections.abc import Iterator
from typing import Final

_INVISIBLE_CHARACTERS: Final = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_TAG_CHARACTERS: Final = re.compile("[\U000e0000-\U000e007f]+")
"""Unicode's tag characters: ASCII that nobody sees."""

_ASCII_TAG_OFFSET: Final = 0xE0000
_LIGATURES: Final = str.maketrans({"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"})


def visible_text(text: str) -> str:
    """Leave out the characters that show as nothing."""
    return _INVISIBLE_CHARACTERS.sub("", _TAG_CHARACTERS.sub("", text))


def split_ligatures(text: str) -> str:
    """Write ``ﬁ`` as f and i, as a PDF's text has it."""
    return text.translate(_LIGATURES)


def texts_in_tag_characters(text: str) -> Iterator[str]:
    """Read what is written in tag characters, each run of them apart; "" where none of a run is printable."""
    for tag_characters in _TAG_CHARACTERS.findall(text):
        ascii_codes = [ord(character) - _ASCII_TAG_OFFSET for character in tag_characters]
        yield "".join(chr(ascii_code) for ascii_code in ascii_codes if 0x20 <= ascii_code < 0x7F)
