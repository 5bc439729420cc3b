"""
No link and no address survives in a summary unless it is one of the paper's own.

Patterns find some of the sentences by which a paper gives orders to its summarizer; the others are the reason why what
comes of them must not matter. Own is what stands in the title, abstract or comment, where every reader of the feed sees
it, and the paper's own pages. ``core.summaries.appeals`` has those in words.
"""

import html
import re
from typing import Final

from core.paper import Paper
from core.summaries.harmful_patterns import harmful_patterns

ADDRESS_REMOVED: Final = "[…]"
"""Stands where an address stood, in any language."""

_ADDRESS: Final = re.compile("|".join(harmful_patterns("addresses.txt")), re.IGNORECASE)
_SUMMARY_TAG: Final = re.compile(r"(<[^<>]*>)")
_SUMMARY_LINK: Final = re.compile(r'<a [^<>]*href="([^"]*)"')
_AFTER_ADDRESS: Final = ".,;:!?)]}*'\"、，。；：！？）】」"


def allowlisted_addresses(paper: Paper) -> frozenset[str]:
    """The addresses that a paper shows to everybody anyway, in the form in which they are compared."""
    allowlisted_text = " ".join((paper.title, paper.abstract, paper.comment))
    allowlisted = {_allowlist_key(address[0]) for address in _ADDRESS.finditer(allowlisted_text)}
    for allowlisted_id in (paper.arxiv_id, f"{paper.arxiv_id}v{paper.version}"):
        allowlisted |= {f"arxiv.org/{page_kind}/{allowlisted_id}" for page_kind in ("abs", "pdf", "html")}
    allowlisted_dois = (f"10.48550/arxiv.{paper.arxiv_id}", *paper.doi.split())
    return frozenset(allowlisted | {f"doi.org/{own_doi}".lower() for own_doi in allowlisted_dois}) - {""}


def without_addresses(summary_text: str, allowlisted_addresses: frozenset[str]) -> str:
    """Plain text with ``[…]`` for every address that is not in ``allowlisted_addresses``."""

    def judge_address(address: re.Match[str]) -> str:
        if _allowlist_key(address[0]) in allowlisted_addresses:
            return address[0]
        return ADDRESS_REMOVED + address[0][len(address[0].rstrip(_AFTER_ADDRESS)) :]

    return _ADDRESS.sub(judge_address, summary_text)


def without_foreign_links(summary_html: str, allowlisted_addresses: frozenset[str]) -> str:
    """Sanitized HTML without links elsewhere, in attributes and in words; what such a link said stays as text."""
    harmless_html: list[str] = []
    in_foreign_link = False
    for summary_piece in _SUMMARY_TAG.split(summary_html):
        if summary_link := _SUMMARY_LINK.match(summary_piece):
            in_foreign_link = _allowlist_key(html.unescape(summary_link[1])) not in allowlisted_addresses
            harmless_html.append("" if in_foreign_link else summary_piece)
        elif summary_piece == "</a>":
            harmless_html.append("" if in_foreign_link else summary_piece)
            in_foreign_link = False
        elif summary_piece.startswith("<"):
            harmless_html.append(summary_piece)
        else:
            harmless_text = without_addresses(html.unescape(summary_piece), allowlisted_addresses)
            harmless_html.append(html.escape(harmless_text, quote=False))
    return "".join(harmless_html)


def _allowlist_key(address: str) -> str:
    """An address without what does not tell one from another: scheme, www, case, what ends a sentence."""
    return re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip().rstrip(_AFTER_ADDRESS).lower()).rstrip("/")
