"""One entry of a listing page (a ``dt`` and its ``dd``) as a Paper."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from selectolax.lexbor import LexborNode

from core.arxiv.authors import parse_authors, parse_name
from core.arxiv.document import fold_categories, type_for
from core.errors import ParseError
from core.paper import Announcement, Author, Paper, parse_arxiv_id
from core.text.plain import xml_safe

_SUBJECT: Final = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)\s*(?:;|$)")
_LINKED: Final = re.compile(r"this \w+ URL")
_VERSION: Final = re.compile(r"v(\d{1,4})$")


def parse_entry(dt: LexborNode, dd: LexborNode, *, category: str, section: str, day: date) -> Paper:
    """
    Read one entry.

    The listing tells the version only where it links to the HTML of the paper. Elsewhere it is the lowest that it can
    be, 1 of a new or cross-listed paper and 2 of a replaced one: of two known versions the higher one holds.
    """
    arxiv_id, _ = parse_arxiv_id(_identifier(dt))
    categories = fold_categories(_SUBJECT.findall(_field(dd, "list-subjects")))
    if not categories:
        raise ParseError("names no category")
    announce_type = type_for(category, section, categories)
    abstract = dd.css_first("p.mathjax")
    return Paper(
        arxiv_id=arxiv_id,
        version=_version(dt, section),
        announce_type=announce_type,
        announced=day,
        title=_field(dd, "list-title") or arxiv_id,
        abstract=_paragraphs(abstract) if abstract else "",
        authors=_authors(dd),
        categories=categories,
        announcements=(Announcement(category, announce_type),),
        journal_ref=_field(dd, "list-journal-ref"),
        comment=_field(dd, "list-comments"),
    )


def _identifier(dt: LexborNode) -> str:
    link = dt.css_first('a[href^="/abs/"], a[href*="arxiv.org/abs/"]')
    return (link.attributes.get("href") or "").partition("/abs/")[2] if link else ""


def _version(dt: LexborNode, section: str) -> int:
    link = dt.css_first('a[title="View HTML"]')
    found = _VERSION.search((link.attributes.get("href") or "") if link else "")
    return max(1, int(found[1])) if found else 2 if section == "replace" else 1


def _field(dd: LexborNode, name: str) -> str:
    """The text of a field without its label (``Title:``), on one line."""
    node = dd.css_first(f"div.{name}")
    if node is None:
        return ""
    label = node.css_first("span.descriptor")
    text = " ".join(_whole(node).split())
    return text.removeprefix(" ".join(label.text().split())).strip() if label else text


def _whole(node: LexborNode) -> str:
    return xml_safe("".join(_pieces(node)))


def _pieces(node: LexborNode) -> Iterator[str]:
    """The text as arXiv has it: line breaks kept, and addresses where the page says "this https URL"."""
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag == "br":
            yield "\n"
        elif child.tag == "a" and _LINKED.fullmatch(child.text().strip()):
            yield child.attributes.get("href") or child.text()
        else:
            yield from _pieces(child)


def _paragraphs(node: LexborNode) -> str:
    """A paragraph of an abstract begins with a line break and two blanks, as in arXiv's feeds."""
    lines = re.split(r"\s*\n\s*", _whole(node).strip())
    return "\n  ".join(lines)


def _authors(dd: LexborNode) -> tuple[Author, ...]:
    """Every author is a link, the affiliation stands in brackets behind it; other text is no author."""
    node = dd.css_first("div.list-authors")
    if node is None:
        return ()
    authors: list[Author] = []
    for child in node.iter(include_text=True):
        text = " ".join(child.text().split()) if child.tag != "-text" else " ".join((child.text_content or "").split())
        is_name = any(map(str.isalnum, text)) and not text.startswith("et al")  # a colon may have a link of its own
        if child.tag == "a" and is_name:
            authors += parse_name(text)
        elif child.tag == "-text" and text.startswith("(") and authors:
            authors[-1] = Author(authors[-1].name, parse_authors(f"- {text}")[0].affiliation)
    return tuple(authors)
