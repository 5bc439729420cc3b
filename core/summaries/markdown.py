"""A model's Markdown as HTML that is safe anywhere: a small allow-list, no images, links to the web only."""

import html
import re
from typing import Final

import nh3
from markdown_it import MarkdownIt

from core.text.plain import xml_safe

_TEXT: Final = ("p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "h3", "h4", "h5", "a")
_TABLES: Final = ("table", "thead", "tbody", "tr", "th", "td")
_OPENING: Final = re.compile(r"\$\$|\\\[|\\\(|(?<![\\$\w])\$(?=[^\s$])")
_CLOSING: Final = {
    "$$": re.compile(r"\$\$"),
    "\\[": re.compile(r"\\\]"),
    "\\(": re.compile(r"\\\)"),
    "$": re.compile(r"[$\n]"),
}
"""What ends a formula; one between single dollars neither holds a dollar nor runs over its line."""

_PLACE: Final = re.compile("\ue000(\\d+)\ue001")
_PRIVATE: Final = re.compile("[\ue000\ue001]")

_markdown: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(markdown: str) -> str:
    """
    Render Markdown and sanitize the result; formulas pass through untouched, as ``$…$``.

    Raw HTML in the Markdown shows as text. Never raises.
    """
    text, formulas = _lay_aside(_PRIVATE.sub("", xml_safe(markdown)))
    tokens = _markdown.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "h4" if token.tag in ("h1", "h2", "h3", "h4") else "h5"
    rendered: str = _markdown.renderer.render(tokens, _markdown.options, {})
    restored = _PLACE.sub(lambda found: html.escape(formulas[int(found[1])], quote=False), rendered)
    return sanitize(restored).strip()


def sanitize(untrusted: str) -> str:
    """Keep the allow-list only: no images, scripts, styles, classes; links only to http and https."""
    return nh3.clean(
        untrusted,
        tags={*_TEXT, *_TABLES},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
        url_relative="deny",
        link_rel="nofollow noopener",
    )


def to_line(text: str) -> str:
    """One line of plain text: Markdown's emphasis and headings taken off, formulas left alone."""
    text = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", " ".join(xml_safe(text).split()))
    return re.sub(r"^(?:#+\s+|>\s+|[-*]\s+)", "", text).strip()


def _lay_aside(text: str) -> tuple[str, list[str]]:
    """Put a mark in the place of every formula, in one pass: a kind that is not closed is not sought again."""
    pieces: list[str] = []
    formulas: list[str] = []
    unclosed: set[str] = set()
    at = 0
    while opening := _OPENING.search(text, at):
        mark, begin = opening[0], opening.end()
        closing = None if mark in unclosed else _CLOSING[mark].search(text, begin)
        if closing is None:
            unclosed.add(mark)
        formula = text[begin : closing.start()].strip() if closing and closing[0] != "\n" else ""
        closed = bool(formula and closing and (mark != "$" or _closes(text, closing)))
        pieces.append(text[at : opening.start()] if closed else text[at:begin])
        at = begin
        if closed and closing:
            pieces.append(f"\ue000{len(formulas)}\ue001")
            formulas.append(f"$${formula}$$" if mark in ("$$", "\\[") else f"${formula}$")
            at = closing.end()
    return "".join((*pieces, text[at:])), formulas


def _closes(text: str, closing: re.Match[str]) -> bool:
    """Whether a single dollar ends a formula: not after a blank or a backslash, nor before a digit or a dollar."""
    before, after = text[closing.start() - 1], text[closing.end() : closing.end() + 1]
    return closing[0] == "$" and not before.isspace() and before not in "$\\" and after not in tuple("$0123456789")
