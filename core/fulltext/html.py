"""arXiv's HTML articles (LaTeXML's output) as sections of plain text: a pure parser."""

import re
from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.arxiv.nesting import check_depth
from core.errors import ParseError
from core.fulltext.section import Section

_NOISE_SELECTORS: Final = (
    "script, style, noscript, template, nav, footer, header, button, svg, img, object, .ltx_bibliography, "
    ".ltx_authors, .ltx_abstract, .ltx_TOC, .ltx_page_navbar, .ltx_pagination, .ltx_ERROR, .ltx_dates, "
    ".ltx_keywords, .ltx_index, .package-alerts, #watermark-tr"
)
_SECTION_SELECTORS: Final = "section.ltx_section, section.ltx_appendix, section.ltx_chapter"
_BLOCK_TAGS: Final = re.compile(r"p|div|section|h[1-6]|li|tr|figcaption|figure|blockquote|table|pre|dt|dd|br")
_HIDDEN_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0\s*(;|$)"
)
_WHITE_STYLE: Final = re.compile(
    r"(?<![a-z-])(?:--ltx-fg-)?color\s*:\s*(#fff(?:fff)?\b|white\b|rgb\(255,\s*255,\s*255\))"
)
_HEADING_NUMBER: Final = re.compile(
    r"^(?:(?:appendix|section)\s+)?(?:\d+|[IVX]+|[A-Z])(?:\.\d+)*[.:]?\s+", re.IGNORECASE
)
_SHORTEST_ARTICLE: Final = 500
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
    article_root = LexborHTMLParser(document).css_first("article, body")
    if article_root is None:
        raise ParseError("the HTML article has no body")
    for node in article_root.css(_NOISE_SELECTORS):
        node.decompose()
    hidden_text = _take_hidden_text(article_root)
    for node in article_root.css("math"):
        node.replace_with(_math_alttext(node))
    sections = tuple(
        section
        for node in article_root.css(_SECTION_SELECTORS)
        if _is_outermost_section(node) and (section := _html_section(node)).text
    )
    sections = sections or (Section("", _node_text(article_root)),)
    if sum(len(section.text) for section in sections) < _SHORTEST_ARTICLE:
        raise ParseError("the HTML article holds hardly any text")
    return Article(sections, hidden_text)


def _math_alttext(node: LexborNode) -> str:
    alttext = node.attributes.get("alttext")
    return f"${alttext}$" if alttext else node.text()


def _is_outermost_section(node: LexborNode) -> bool:
    parent = node.parent
    while parent is not None:
        if parent.tag == "section" and parent.css_matches(_SECTION_SELECTORS):
            return False
        parent = parent.parent
    return True


def _html_section(node: LexborNode) -> Section:
    title = node.css_first("h1, h2, h3, h4, h5, h6")
    heading = "" if title is None else _HEADING_NUMBER.sub("", " ".join(title.text().split()))
    if title is not None:
        title.decompose()
    return Section(heading, _node_text(node))


def _node_text(node: LexborNode) -> str:
    """The text below a node: a line for each block, cells of a table between bars."""
    text_parts: list[str] = []
    for html_node in node.traverse(include_text=True):
        if html_node.is_text_node:
            text_parts.append(re.sub(r"\s+", " ", html_node.text_content or ""))
        elif _BLOCK_TAGS.fullmatch(html_node.tag or ""):
            text_parts.append("\n")
        elif html_node.tag in ("td", "th"):
            text_parts.append(" | ")
    text_lines = (" ".join(text_line.split()) for text_line in "".join(text_parts).split("\n"))
    return "\n".join(text_line for text_line in text_lines if text_line.strip(" |"))


def _take_hidden_text(root: LexborNode) -> str:
    """Remove what no reader of the page sees, and return it."""
    hidden_texts: list[str] = []
    for node in root.css("[style], [hidden]"):
        node_style = (node.attributes.get("style") or "").lower()
        is_hidden = (
            "hidden" in node.attributes
            or _HIDDEN_STYLE.search(node_style)
            or (_WHITE_STYLE.search(node_style) and not _on_coloured_background(node))
        )
        if is_hidden and node.parent is not None:
            hidden_texts.append(" ".join(node.text().split()))
            node.decompose()
    return "\n".join(hidden_text for hidden_text in hidden_texts if hidden_text)


def _on_coloured_background(node: LexborNode) -> bool:
    """Whether a background is set on the node or close above it: white on blue is how tables head their columns."""
    node_above: LexborNode | None = node
    for _ in range(6):
        if node_above is None:
            return False
        if "background" in (node_above.attributes.get("style") or ""):
            return True
        node_above = node_above.parent
    return False
