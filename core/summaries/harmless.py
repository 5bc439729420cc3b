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
from core.text.invisible import visible_text

_MARKUP_TAG: Final = re.compile(r"<[^<>]*>")
_MARKUP_BLOCK: Final = re.compile(
    r"(</?(?:p|br|ul|ol|li|pre|blockquote|h[3-5]|table|thead|tbody|tr|th|td)(?: [^<>]*)?/?>)"
)


class PaperOwn(Struct, frozen=True):
    """What a paper shows to everybody anyway."""

    addresses: frozenset[str] = frozenset()
    shown: str = ""

    @classmethod
    def of(cls, paper: Paper) -> "PaperOwn":
        return cls(own_addresses(paper), " ".join((paper.title, paper.abstract, paper.comment)))


OWNS_NOTHING: Final = PaperOwn()


def harmless_text(text: str, paper_own: PaperOwn) -> str:
    """Plain text without what does not stand in ``paper_own``."""
    return without_appeals(without_addresses(visible_text(text), paper_own.addresses), paper_own.shown)


def harmless_markup(markup: str, paper_own: PaperOwn) -> str:
    """Sanitized HTML without it: a block that changes loses the markup inside it, for an address may run over that."""
    markup_blocks = _MARKUP_BLOCK.split(without_foreign_links(visible_text(markup), paper_own.addresses))
    return "".join(
        markup_block if _MARKUP_BLOCK.fullmatch(markup_block) else _harmless_block(markup_block, paper_own)
        for markup_block in markup_blocks
    )


def _harmless_block(markup_block: str, paper_own: PaperOwn) -> str:
    block_text = html.unescape(_MARKUP_TAG.sub("", markup_block))
    harmless_words = harmless_text(block_text, paper_own)
    return markup_block if harmless_words == block_text else html.escape(harmless_words, quote=False)


def harmless_sections(sections: Iterable[tuple[str, str]], paper_own: PaperOwn) -> tuple[tuple[str, str], ...]:
    """The sections of a summary, heading by heading."""
    return tuple((heading, harmless_markup(markup, paper_own)) for heading, markup in sections)
