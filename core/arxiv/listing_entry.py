"""One entry of a listing page (a ``dt`` and its ``dd``) as a Paper."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from selectolax.lexbor import LexborNode

from core.arxiv.authors import parse_authors, parse_name
from core.arxiv.document import announce_type_for, fold_categories
from core.errors import ParseError
from core.paper import Announcement, Author, Paper, parse_arxiv_id
from core.text.plain import xml_safe

_SUBJECT_CATEGORY: Final = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)\s*(?:;|$)")
_LINKED_ADDRESS: Final = re.compile(r"this \w+ URL")
_VERSION_SUFFIX: Final = re.compile(r"v(\d{1,4})$")


def parse_entry(dt: LexborNode, dd: LexborNode, *, category: str, section: str, day: date) -> Paper:
    """
    Read one entry.

    The listing tells the version only where it links to the HTML of the paper. Elsewhere it is the lowest that it can
    be, 1 of a new or cross-listed paper and 2 of a replaced one: of two known versions the higher one holds.
    """
    arxiv_id, _ = parse_arxiv_id(_abstract_link_id(dt))
    categories = fold_categories(_SUBJECT_CATEGORY.findall(_entry_field(dd, "list-subjects")))
    if not categories:
        raise ParseError("names no category")
    announce_type = announce_type_for(category, section, categories)
    abstract_node = dd.css_first("p.mathjax")
    return Paper(
        arxiv_id=arxiv_id,
        version=_html_link_version(dt, section),
        announce_type=announce_type,
        announced=day,
        title=_entry_field(dd, "list-title") or arxiv_id,
        abstract=_abstract_paragraphs(abstract_node) if abstract_node else "",
        authors=_listed_authors(dd),
        categories=categories,
        announcements=(Announcement(category, announce_type),),
        journal_ref=_entry_field(dd, "list-journal-ref"),
        comment=_entry_field(dd, "list-comments"),
    )


def _abstract_link_id(dt: LexborNode) -> str:
    abstract_link = dt.css_first('a[href^="/abs/"], a[href*="arxiv.org/abs/"]')
    return (abstract_link.attributes.get("href") or "").partition("/abs/")[2] if abstract_link else ""


def _html_link_version(dt: LexborNode, section: str) -> int:
    html_link = dt.css_first('a[title="View HTML"]')
    version_suffix = _VERSION_SUFFIX.search((html_link.attributes.get("href") or "") if html_link else "")
    return max(1, int(version_suffix[1])) if version_suffix else 2 if section == "replace" else 1


def _entry_field(dd: LexborNode, field_class: str) -> str:
    """The text of a field without its label (``Title:``), on one line."""
    field_node = dd.css_first(f"div.{field_class}")
    if field_node is None:
        return ""
    field_label = field_node.css_first("span.descriptor")
    field_text = " ".join(_node_text(field_node).split())
    return field_text.removeprefix(" ".join(field_label.text().split())).strip() if field_label else field_text


def _node_text(node: LexborNode) -> str:
    return xml_safe("".join(_node_text_pieces(node)))


def _node_text_pieces(node: LexborNode) -> Iterator[str]:
    """The text as arXiv has it: line breaks kept, and addresses where the page says "this https URL"."""
    for child in node.iter(include_text=True):
        if child.tag == "-text":
            yield child.text_content or ""
        elif child.tag == "br":
            yield "\n"
        elif child.tag == "a" and _LINKED_ADDRESS.fullmatch(child.text().strip()):
            yield child.attributes.get("href") or child.text()
        else:
            yield from _node_text_pieces(child)


def _abstract_paragraphs(abstract_node: LexborNode) -> str:
    """A paragraph of an abstract begins with a line break and two blanks, as in arXiv's feeds."""
    abstract_lines = re.split(r"\s*\n\s*", _node_text(abstract_node).strip())
    return "\n  ".join(abstract_lines)


def _listed_authors(dd: LexborNode) -> tuple[Author, ...]:
    """Every author is a link, the affiliation stands in brackets behind it; other text is no author."""
    authors_node = dd.css_first("div.list-authors")
    if authors_node is None:
        return ()
    authors: list[Author] = []
    for author_node in authors_node.iter(include_text=True):
        node_text = author_node.text() if author_node.tag != "-text" else author_node.text_content or ""
        author_text = " ".join(node_text.split())
        is_author_name = any(map(str.isalnum, author_text)) and not author_text.startswith("et al")  # a link may be ":"
        if author_node.tag == "a" and is_author_name:
            authors += parse_name(author_text)
        elif author_node.tag == "-text" and author_text.startswith("(") and authors:
            authors[-1] = Author(authors[-1].name, parse_authors(f"- {author_text}")[0].affiliation)
    return tuple(authors)
