"""arXiv's HTML articles (LaTeXML's output) as sections of plain text: a pure parser."""

import re
from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.arxiv.nesting import check_depth
from core.errors import ParseError
from core.fulltext.section import Section

_NOISE: Final = (
    "script, style, noscript, template, nav, footer, header, button, svg, img, object, .ltx_bibliography, "
    ".ltx_authors, .ltx_abstract, .ltx_TOC, .ltx_page_navbar, .ltx_pagination, .ltx_ERROR, .ltx_dates, "
    ".ltx_keywords, .ltx_index, .package-alerts, #watermark-tr"
)
_SECTIONS: Final = "section.ltx_section, section.ltx_appendix, section.ltx_chapter"
_BLOCKS: Final = re.compile(r"p|div|section|h[1-6]|li|tr|figcaption|figure|blockquote|table|pre|dt|dd|br")
_HIDDEN: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0\s*(;|$)"
)
_WHITE: Final = re.compile(r"(?<![a-z-])(?:--ltx-fg-)?color\s*:\s*(#fff(?:fff)?\b|white\b|rgb\(255,\s*255,\s*255\))")
_NUMBER: Final = re.compile(r"^(?:(?:appendix|section)\s+)?(?:\d+|[IVX]+|[A-Z])(?:\.\d+)*[.:]?\s+", re.IGNORECASE)
_SHORTEST: Final = 500
"""An article with less text than this (in characters) is an error page, or one that did not convert."""


class Article(Struct, frozen=True):
    """What a person would read of an article; ``hidden`` is text that only a machine would have."""

    sections: tuple[Section, ...]
    hidden: str = ""


def parse_article(document: bytes) -> Article:
    """
    Read the sections of an arXiv HTML page; maths from its alttext, without bibliography, navigation and abstract.

    Raises ParseError when there is hardly any text in it, or when it is nested beyond reason.
    """
    check_depth(document.decode("utf-8", "replace"))
    root = LexborHTMLParser(document).css_first("article, body")
    if root is None:
        raise ParseError("the HTML article has no body")
    for node in root.css(_NOISE):
        node.decompose()
    hidden = _take_hidden(root)
    for node in root.css("math"):
        node.replace_with(_formula(node))
    sections = tuple(s for node in root.css(_SECTIONS) if _outermost(node) and (s := _section(node)).text)
    sections = sections or (Section("", _text(root)),)
    if sum(len(section.text) for section in sections) < _SHORTEST:
        raise ParseError("the HTML article holds hardly any text")
    return Article(sections, hidden)


def _formula(node: LexborNode) -> str:
    alttext = node.attributes.get("alttext")
    return f"${alttext}$" if alttext else node.text()


def _outermost(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "section" and parent.css_matches(_SECTIONS):
            return False
        parent = parent.parent
    return True


def _section(node: LexborNode) -> Section:
    title = node.css_first("h1, h2, h3, h4, h5, h6")
    heading = "" if title is None else _NUMBER.sub("", " ".join(title.text().split()))
    if title is not None:
        title.decompose()
    return Section(heading, _text(node))


def _text(node: LexborNode) -> str:
    """The text below a node: a line for each block, cells of a table between bars."""
    parts: list[str] = []
    for part in node.traverse(include_text=True):
        if part.is_text_node:
            parts.append(re.sub(r"\s+", " ", part.text_content or ""))
        elif _BLOCKS.fullmatch(part.tag or ""):
            parts.append("\n")
        elif part.tag in ("td", "th"):
            parts.append(" | ")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line.strip(" |"))


def _take_hidden(root: LexborNode) -> str:
    """Remove what no reader of the page sees, and return it."""
    found: list[str] = []
    for node in root.css("[style], [hidden]"):
        style = (node.attributes.get("style") or "").lower()
        unseen = "hidden" in node.attributes or _HIDDEN.search(style) or (_WHITE.search(style) and not _on_colour(node))
        if unseen and node.parent is not None:
            found.append(" ".join(node.text().split()))
            node.decompose()
    return "\n".join(text for text in found if text)


def _on_colour(node: LexborNode) -> bool:
    """Whether a background is set on the node or close above it: white on blue is how tables head their columns."""
    above: LexborNode | None = node
    for _ in range(6):
        if above is None:
            return False
        if "background" in (above.attributes.get("style") or ""):
            return True
        above = above.parent
    return False
