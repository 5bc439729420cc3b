"""Text as people read it: what XML allows, and TeX accents and simple commands as Unicode. Cheap to import."""

import re
from functools import lru_cache
from typing import Final
from unicodedata import normalize

from core.text.tex import resolve

_NOT_XML: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 forbids, and DEL, which shows as a box."""
_INVISIBLE: Final = re.compile("[\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Soft hyphens, zero-width characters and the controls that turn the direction of writing."""

_SHORT: Final = 100


def xml_safe(text: str) -> str:
    """Leave out the characters that no XML document may hold: control characters, lone surrogates, U+FFFE/FFFF."""
    return _NOT_XML.sub("", text)


def plain(text: str) -> str:
    r"""
    Turn arXiv's text into what a person reads: ``Dro\.zd\.z`` is Drożdż, ``\emph{new}`` is new.

    Maths between dollars stays as it is, white space is collapsed, invisible controls are dropped. Never raises,
    takes linear time, and leaves its own output alone.
    """
    return _plain_short(text) if len(text) <= _SHORT else _plain(text)


def _plain(text: str) -> str:
    text = " ".join(text.split())
    if not (text.isascii() and text.isprintable()):
        text = " ".join(normalize("NFC", _INVISIBLE.sub("", xml_safe(text))).split())
    return resolve(text)


_plain_short: Final = lru_cache(maxsize=4096)(_plain)
"""Names stand in a feed several times, and in the next one again."""
