"""A model's Markdown as HTML that is safe anywhere: a small allow-list, no images, links to the web only."""

import html
import re
from typing import Final

import nh3
from markdown_it import MarkdownIt

from core.text.plain import xml_safe

_TEXT: Final = ("p", "br", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "h3", "h4", "h5", "a")
_TABLES: Final = ("table", "thead", "tbody", "tr", "th", "td")
_MATHS: Final = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\\\[(?P<bracket>.+?)\\\]|\\\((?P<paren>.+?)\\\)|(?<![\\$\w])\$(?P<inline>[^\s$](?:[^$\n]*?[^\s$\\])?)\$(?![\d$])",
    re.DOTALL,
)
_PLACE: Final = re.compile("\ue000(\\d+)\ue001")
_PRIVATE: Final = re.compile("[\ue000\ue001]")

_markdown: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def to_html(markdown: str) -> str:
    """
    Render Markdown and sanitize the result; formulas pass through untouched, as ``$…$``.

    Raw HTML in the Markdown shows as text. Never raises.
    """
    formulas: list[str] = []

    def lay_aside(found: re.Match[str]) -> str:
        formulas.append(_with_dollars(found))
        return f"\ue000{len(formulas) - 1}\ue001"

    text = _MATHS.sub(lay_aside, _PRIVATE.sub("", xml_safe(markdown)))
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


def _with_dollars(found: re.Match[str]) -> str:
    display = found["display"] or found["bracket"]
    if display:
        return f"$${display.strip()}$$"
    return f"${(found['paren'] or found['inline']).strip()}$"
