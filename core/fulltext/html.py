"""arXiv's HTML articles (LaTeXML's output) as sections of plain text: a pure parser."""

import re
from typing import Final

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode

from core.arxiv.nesting import check_depth
from core.errors import ParseError
from core.fulltext.section import PaperSection

_ARTICLE_NOISE_SELECTORS: Final = (
    "script, style, noscript, template, nav, footer, header, button, svg, img, object, .ltx_bibliography, "
    ".ltx_authors, .ltx_abstract, .ltx_TOC, .ltx_page_navbar, .ltx_pagination, .ltx_ERROR, .ltx_dates, "
    ".ltx_keywords, .ltx_index, .package-alerts, #watermark-tr"
)
_SECTION_SELECTORS: Final = "section.ltx_section, section.ltx_appendix, section.ltx_chapter"
_ARTICLE_BLOCK_TAGS: Final = re.compile(r"p|div|section|h[1-6]|li|tr|figcaption|figure|blockquote|table|pre|dt|dd|br")
_HIDDEN_TEXT_STYLE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|opacity\s*:\s*0\s*(;|$)"
)
_WHITE_TEXT_STYLE: Final = re.compile(
    r"(?<![a-z-])(?:--ltx-fg-)?color\s*:\s*(#fff(?:fff)?\b|white\b|rgb\(255,\s*255,\s*255\))"
)
_SECTION_HEADING_NUMBER: Final = re.compile(
    r"^(?:(?:appendix|section)\s+)?(?:\d+|[IVX]+|[A-Z])(?:\.\d+)*[.:]?\s+", re.IGNORECASE
)
_SHORTEST_ARTICLE_CHARACTERS: Final = 500
"""An article with less text than this (in characters) is an error page, or one that did not convert."""


class Article(Struct, frozen=True):
    """What a person would read of an article; ``hidden_text`` is text that only a machine would have."""

    sections: tuple[PaperSection, ...]
    hidden_text: str = ""


def parse_article(html_document: bytes) -> Article:
    """
    Read the sections of an arXiv HTML page; maths from its alttext, without bibliography, navigation and abstract.

    Raises ParseError when there is hardly any text in it, or when it is nested beyond reason.
    """
    check_depth(html_document.decode("utf-8", "replace"))
    article_root = LexborHTMLParser(html_document).css_first("article, body")
    if article_root is None:
        raise ParseError("the HTML article has no body")
    for article_noise in article_root.css(_ARTICLE_NOISE_SELECTORS):
        article_noise.decompose()
    hidden_text = _take_hidden_text(article_root)
    for article_math in article_root.css("math"):
        article_math.replace_with(_math_alttext(article_math))
    section_nodes = filter(_is_outermost_section, article_root.css(_SECTION_SELECTORS))
    article_sections = tuple(section for section in map(_html_section, section_nodes) if section.text)
    article_sections = article_sections or (PaperSection("", _article_text(article_root)),)
    if sum(len(article_section.text) for article_section in article_sections) < _SHORTEST_ARTICLE_CHARACTERS:
        raise ParseError("the HTML article holds hardly any text")
    return Article(article_sections, hidden_text)


def _math_alttext(article_math: LexborNode) -> str:
    latexml_alttext = article_math.attributes.get("alttext")
    return f"${latexml_alttext}$" if latexml_alttext else article_math.text()


def _is_outermost_section(section_node: LexborNode) -> bool:
    outer_node = section_node.parent
    while outer_node is not None:
        if outer_node.tag == "section" and outer_node.css_matches(_SECTION_SELECTORS):
            return False
        outer_node = outer_node.parent
    return True


def _html_section(section_node: LexborNode) -> PaperSection:
    section_title = section_node.css_first("h1, h2, h3, h4, h5, h6")
    if section_title is None:
        return PaperSection("", _article_text(section_node))
    section_heading = _SECTION_HEADING_NUMBER.sub("", " ".join(section_title.text().split()))
    section_title.decompose()
    return PaperSection(section_heading, _article_text(section_node))


def _article_text(article_node: LexborNode) -> str:
    """The text below a node: a line for each block, cells of a table between bars."""
    article_pieces: list[str] = []
    for article_child in article_node.traverse(include_text=True):
        if article_child.is_text_node:
            article_pieces.append(re.sub(r"\s+", " ", article_child.text_content or ""))
        elif _ARTICLE_BLOCK_TAGS.fullmatch(article_child.tag or ""):
            article_pieces.append("\n")
        elif article_child.tag in ("td", "th"):
            article_pieces.append(" | ")
    article_lines = (" ".join(article_line.split()) for article_line in "".join(article_pieces).split("\n"))
    return "\n".join(article_line for article_line in article_lines if article_line.strip(" |"))


def _take_hidden_text(article_root: LexborNode) -> str:
    """Remove what no reader of the page sees, and return it."""
    hidden_texts: list[str] = []
    for styled_node in article_root.css("[style], [hidden]"):
        text_style = (styled_node.attributes.get("style") or "").lower()
        is_hidden_text = (
            "hidden" in styled_node.attributes
            or _HIDDEN_TEXT_STYLE.search(text_style)
            or (_WHITE_TEXT_STYLE.search(text_style) and not _on_coloured_background(styled_node))
        )
        if is_hidden_text and styled_node.parent is not None:
            hidden_texts.append(" ".join(styled_node.text().split()))
            styled_node.decompose()
    return "\n".join(hidden_text for hidden_text in hidden_texts if hidden_text)


def _on_coloured_background(styled_node: LexborNode) -> bool:
    """Whether a background is set on the node or close above it: white on blue is how tables head their columns."""
    styled_ancestor: LexborNode | None = styled_node
    for _ in range(6):
        if styled_ancestor is None:
            return False
        if "background" in (styled_ancestor.attributes.get("style") or ""):
            return True
        styled_ancestor = styled_ancestor.parent
    return False
