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
from core.summaries.addresses import allowlisted_addresses, without_addresses, without_foreign_links
from core.summaries.appeals import without_appeals
from core.text.invisible import visible_text

_SUMMARY_TAG: Final = re.compile(r"<[^<>]*>")
_SUMMARY_BLOCK_TAG: Final = re.compile(
    r"(</?(?:p|br|ul|ol|li|pre|blockquote|h[3-5]|table|thead|tbody|tr|th|td)(?: [^<>]*)?/?>)"
)


class SummaryAllowlist(Struct, frozen=True):
    """What a paper shows to everybody anyway."""

    allowlisted_addresses: frozenset[str] = frozenset()
    allowlisted_text: str = ""

    @classmethod
    def of(cls, paper: Paper) -> "SummaryAllowlist":
        return cls(allowlisted_addresses(paper), " ".join((paper.title, paper.abstract, paper.comment)))


EMPTY_SUMMARY_ALLOWLIST: Final = SummaryAllowlist()


def harmless_text(summary_text: str, summary_allowlist: SummaryAllowlist) -> str:
    """Plain text without what does not stand in ``summary_allowlist``."""
    addresses_removed = without_addresses(visible_text(summary_text), summary_allowlist.allowlisted_addresses)
    return without_appeals(addresses_removed, summary_allowlist.allowlisted_text)


def harmless_html(summary_html: str, summary_allowlist: SummaryAllowlist) -> str:
    """Sanitized HTML without it: a block that changes loses the markup inside it, for an address may run over that."""
    own_links_html = without_foreign_links(visible_text(summary_html), summary_allowlist.allowlisted_addresses)
    return "".join(
        summary_block
        if _SUMMARY_BLOCK_TAG.fullmatch(summary_block)
        else _harmless_block(summary_block, summary_allowlist)
        for summary_block in _SUMMARY_BLOCK_TAG.split(own_links_html)
    )


def _harmless_block(summary_block: str, summary_allowlist: SummaryAllowlist) -> str:
    summary_text = html.unescape(_SUMMARY_TAG.sub("", summary_block))
    harmless_words = harmless_text(summary_text, summary_allowlist)
    return summary_block if harmless_words == summary_text else html.escape(harmless_words, quote=False)


def harmless_sections(
    summary_sections: Iterable[tuple[str, str]], summary_allowlist: SummaryAllowlist
) -> tuple[tuple[str, str], ...]:
    """The sections of a summary, heading by heading."""
    return tuple(
        (heading, harmless_html(section_html, summary_allowlist)) for heading, section_html in summary_sections
    )
