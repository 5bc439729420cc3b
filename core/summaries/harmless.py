"""
A summary that can do its reader no harm, whatever its model was made to write.

By construction, not by looking for the order behind it: marks that nobody sees are left out, then addresses, then
appeals to the reader; what the paper itself shows in title, abstract or comment may stay.
"""

import html
import re
from collections.abc import Iterable
from typing import Final

from msgspec import Struct

from core.paper import Paper
from core.summaries.addresses import own_addresses, without_addresses, without_foreign_links
from core.summaries.appeals import without_appeals
from core.summaries.injection import INVISIBLE, TAGS

_TAG: Final = re.compile(r"<[^<>]*>")
_BLOCK: Final = re.compile(r"(</?(?:p|br|ul|ol|li|pre|blockquote|h[3-5]|table|thead|tbody|tr|th|td)(?: [^<>]*)?/?>)")


class Own(Struct, frozen=True):
    """What a paper shows to everybody anyway."""

    addresses: frozenset[str] = frozenset()
    shown: str = ""

    @classmethod
    def of(cls, paper: Paper) -> "Own":
        return cls(own_addresses(paper), " ".join((paper.title, paper.abstract, paper.comment)))


NOTHING: Final = Own()


def harmless_text(text: str, own: Own) -> str:
    """Plain text without what does not stand in ``own``."""
    return without_appeals(without_addresses(_visible(text), own.addresses), own.shown)


def harmless_markup(markup: str, own: Own) -> str:
    """Sanitized HTML without it: a block that changes loses the markup inside it, for an address may run over that."""
    pieces = _BLOCK.split(without_foreign_links(_visible(markup), own.addresses))
    return "".join(piece if _BLOCK.fullmatch(piece) else _inside(piece, own) for piece in pieces)


def _inside(piece: str, own: Own) -> str:
    words = html.unescape(_TAG.sub("", piece))
    kept = harmless_text(words, own)
    return piece if kept == words else html.escape(kept, quote=False)


def harmless_sections(sections: Iterable[tuple[str, str]], own: Own) -> tuple[tuple[str, str], ...]:
    """The sections of a summary, heading by heading."""
    return tuple((heading, harmless_markup(markup, own)) for heading, markup in sections)


def _visible(text: str) -> str:
    return INVISIBLE.sub("", TAGS.sub("", text))
