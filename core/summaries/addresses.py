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

_DOT: Final = "[.．｡]"
_LETTER: Final = r"[^\W_]"
_SCHEME: Final = r"(?:[a-z][a-z0-9+.-]{1,15}[:：][/／]{2}|mailto:|javascript:|data:|tel:)"
_REST: Final = r"[^\s<>\"'`]*"
_ENDINGS: Final = (
    "com|org|net|edu|gov|int|mil|info|biz|io|ai|co|dev|app|xyz|me|ly|gg|gl|to|tv|cc|ws|so|sh|site|online|top|shop|club|"
    "link|click|page|web|cloud|tech|store|live|pro|vip|icu|eu|uk|de|fr|nl|ch|at|it|es|pl|ru|ua|cn|jp|kr|tw|hk|in|us|ca|au|br"
)
_HOST: Final = rf"(?:{_LETTER}[\w-]*{_DOT})+(?:{_ENDINGS}|xn--[a-z0-9-]+)(?![\w-])"
_NUMBERS: Final = rf"\d{{1,3}}(?:{_DOT}\d{{1,3}}){{3}}(?=[:/])"
_ADDRESS: Final = re.compile(
    rf"(?:{_SCHEME}|(?<!\w)www{_DOT}){_REST}|[\w.+-]{{1,64}}[@＠](?:{_LETTER}[\w-]*{_DOT})+\w{{2,}}"
    rf"|(?<![\w@.-]){_HOST}(?:[:/?#]{_REST})?|(?<![\w.]){_NUMBERS}{_REST}",
    re.IGNORECASE,
)
_TAG: Final = re.compile(r"(<[^<>]*>)")
_HREF: Final = re.compile(r'<a [^<>]*href="([^"]*)"')
_END: Final = ".,;:!?)]}*'\"、，。；：！？）】」"


def own_addresses(paper: Paper) -> frozenset[str]:
    """The addresses that a paper shows to everybody anyway, in the form in which they are compared."""
    shown = " ".join((paper.title, paper.abstract, paper.comment))
    own = {key for found in _ADDRESS.finditer(shown) if (key := _key(found[0]))}
    for name in (paper.arxiv_id, f"{paper.arxiv_id}v{paper.version}"):
        own |= {f"arxiv.org/{kind}/{name}" for kind in ("abs", "pdf", "html")}
    own |= {f"doi.org/10.48550/arxiv.{paper.arxiv_id}"} | {f"doi.org/{doi}".lower() for doi in paper.doi.split()}
    return frozenset(own)


def without_addresses(text: str, own: frozenset[str]) -> str:
    """Plain text with ``[…]`` for every address that is not in ``own``."""

    def judge(found: re.Match[str]) -> str:
        address = found[0]
        kept = address.rstrip(_END)
        return address if _key(address) in own else REMOVED + address[len(kept) :]

    return _ADDRESS.sub(judge, text)


def without_foreign_links(markup: str, own: frozenset[str]) -> str:
    """Sanitized HTML without links elsewhere, in attributes and in words; what such a link said stays as text."""
    parts: list[str] = []
    dropped = False
    for part in _TAG.split(markup):
        if link := _HREF.match(part):
            dropped = _key(html.unescape(link[1])) not in own
            parts.append("" if dropped else part)
        elif part == "</a>":
            parts.append("" if dropped else part)
            dropped = False
        else:
            parts.append(part if part.startswith("<") else _in_text(part, own))
    return "".join(parts)


def _in_text(part: str, own: frozenset[str]) -> str:
    return html.escape(without_addresses(html.unescape(part), own), quote=False)


def _key(address: str) -> str:
    """An address without what does not tell one from another: scheme, www, case, what ends a sentence."""
    plain = re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip().rstrip(_END).lower())
    return plain.rstrip("/")
