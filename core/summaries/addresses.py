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

REMOVED: Final = "[…]"
"""Stands where an address stood, in any language."""

_ADDRESS_DOT: Final = "[.．｡]"
_ADDRESS_LETTER: Final = r"[^\W_]"
_ADDRESS_SCHEME: Final = r"(?:[a-z][a-z0-9+.-]{1,15}[:：][/／]{2}|mailto:|javascript:|data:|tel:)"
_ADDRESS_REST: Final = r"[^\s<>\"'`]*"
_TOP_LEVEL_DOMAINS: Final = (
    "com|org|net|edu|gov|int|mil|info|biz|io|ai|co|dev|app|xyz|me|ly|gg|gl|to|tv|cc|ws|so|sh|site|online|top|shop|club|"
    "link|click|page|web|cloud|tech|store|live|pro|vip|icu|eu|uk|de|fr|nl|ch|at|it|es|pl|ru|ua|cn|jp|kr|tw|hk|in|us|ca|au|br"
)
_ADDRESS_HOST: Final = rf"(?:{_ADDRESS_LETTER}[\w-]*{_ADDRESS_DOT})+(?:{_TOP_LEVEL_DOMAINS}|xn--[a-z0-9-]+)(?![\w-])"
_IP_ADDRESS: Final = rf"\d{{1,3}}(?:{_ADDRESS_DOT}\d{{1,3}}){{3}}(?=[:/])"
_ADDRESS: Final = re.compile(
    rf"(?:{_ADDRESS_SCHEME}|(?<!\w)www{_ADDRESS_DOT}){_ADDRESS_REST}|[\w.+-]{{1,64}}[@＠](?:{_ADDRESS_LETTER}[\w-]*{_ADDRESS_DOT})+\w{{2,}}"
    rf"|(?<![\w@.-]){_ADDRESS_HOST}(?:[:/?#]{_ADDRESS_REST})?|(?<![\w.]){_IP_ADDRESS}{_ADDRESS_REST}",
    re.IGNORECASE,
)
_MARKUP_TAG: Final = re.compile(r"(<[^<>]*>)")
_LINK_HREF: Final = re.compile(r'<a [^<>]*href="([^"]*)"')
_SENTENCE_END: Final = ".,;:!?)]}*'\"、，。；：！？）】」"


def own_addresses(paper: Paper) -> frozenset[str]:
    """The addresses that a paper shows to everybody anyway, in the form in which they are compared."""
    shown_text = " ".join((paper.title, paper.abstract, paper.comment))
    addresses = {
        address_key
        for address_match in _ADDRESS.finditer(shown_text)
        if (address_key := _address_key(address_match[0]))
    }
    for shown_id in (paper.arxiv_id, f"{paper.arxiv_id}v{paper.version}"):
        addresses |= {f"arxiv.org/{page_kind}/{shown_id}" for page_kind in ("abs", "pdf", "html")}
    addresses |= {f"doi.org/10.48550/arxiv.{paper.arxiv_id}"} | {f"doi.org/{doi}".lower() for doi in paper.doi.split()}
    return frozenset(addresses)


def without_addresses(text: str, own_addresses: frozenset[str]) -> str:
    """Plain text with ``[…]`` for every address that is not in ``own_addresses``."""

    def judge_address(address_match: re.Match[str]) -> str:
        address = address_match[0]
        bare_address = address.rstrip(_SENTENCE_END)
        return address if _address_key(address) in own_addresses else REMOVED + address[len(bare_address) :]

    return _ADDRESS.sub(judge_address, text)


def without_foreign_links(markup: str, own_addresses: frozenset[str]) -> str:
    """Sanitized HTML without links elsewhere, in attributes and in words; what such a link said stays as text."""
    kept_markup: list[str] = []
    foreign_link = False
    for markup_piece in _MARKUP_TAG.split(markup):
        if href_match := _LINK_HREF.match(markup_piece):
            foreign_link = _address_key(html.unescape(href_match[1])) not in own_addresses
            kept_markup.append("" if foreign_link else markup_piece)
        elif markup_piece == "</a>":
            kept_markup.append("" if foreign_link else markup_piece)
            foreign_link = False
        else:
            kept_markup.append(
                markup_piece if markup_piece.startswith("<") else _text_without_addresses(markup_piece, own_addresses)
            )
    return "".join(kept_markup)


def _text_without_addresses(markup_piece: str, own_addresses: frozenset[str]) -> str:
    return html.escape(without_addresses(html.unescape(markup_piece), own_addresses), quote=False)


def _address_key(address: str) -> str:
    """An address without what does not tell one from another: scheme, www, case, what ends a sentence."""
    bare_address = re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip().rstrip(_SENTENCE_END).lower())
    return bare_address.rstrip("/")
