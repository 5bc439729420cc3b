"""A model's Markdown as HTML that is safe anywhere: a small allow-list, no images, links to the web only."""

import re
from typing import Final

import nh3
from markdown_it import MarkdownIt

from core.text.markdown_formulas import put_formulas_back, set_formulas_aside
from core.text.plain import xml_safe

_SUMMARY_INLINE_TAGS: Final = {"br", "strong", "em", "code", "a"}
_SUMMARY_BLOCK_TAGS: Final = {"p", "ul", "ol", "li", "pre", "blockquote", "h3", "h4", "h5"}
_SUMMARY_TABLE_TAGS: Final = {"table", "thead", "tbody", "tr", "th", "td"}
_SUMMARY_LINK_ATTRIBUTES: Final = {"a": {"href"}}
_SUMMARY_LINK_SCHEMES: Final = {"http", "https"}
_model_markdown: Final = MarkdownIt("commonmark", {"html": False}).enable("table")


def answer_html(answer_markdown: str) -> str:
    """
    Render Markdown and sanitize the result; formulas pass through untouched, as ``$…$``.

    Raw HTML in the Markdown shows as text. Never raises.
    """
    answer_markdown, answer_formulas = set_formulas_aside(xml_safe(answer_markdown))
    markdown_tokens = _model_markdown.parse(answer_markdown)
    for markdown_token in markdown_tokens:
        if markdown_token.type in ("heading_open", "heading_close"):
            markdown_token.tag = "h4" if markdown_token.tag in ("h1", "h2", "h3", "h4") else "h5"
    model_html = _model_markdown.renderer.render(markdown_tokens, _model_markdown.options, {})
    return _sanitize_model_html(put_formulas_back(model_html, answer_formulas)).strip()


def _sanitize_model_html(model_html: str) -> str:
    """Keep the allow-list only: no images, scripts, styles, classes; links only to http and https."""
    return nh3.clean(
        model_html,
        tags=_SUMMARY_INLINE_TAGS | _SUMMARY_BLOCK_TAGS | _SUMMARY_TABLE_TAGS,
        attributes=_SUMMARY_LINK_ATTRIBUTES,
        url_schemes=_SUMMARY_LINK_SCHEMES,
        url_relative="deny",
        link_rel="nofollow noopener",
    )


def answer_line(answer_markdown: str) -> str:
    """One line of plain text: Markdown's emphasis and headings taken off, formulas left alone."""
    answer_markdown = re.sub(r"(\*\*|__|`)(.+?)\1", r"\2", " ".join(xml_safe(answer_markdown).split()))
    return re.sub(r"^(?:#+\s+|>\s+|[-*]\s+)", "", answer_markdown).strip()
