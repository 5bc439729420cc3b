"""One entry of a listing page (a ``dt`` and its ``dd``) as a Paper."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from selectolax.lexbor import LexborNode

from core.arxiv.authors import parse_author_name, parse_authors
from core.arxiv.document import announce_type_for
from core.errors import ParseError
from core.paper import Announcement, Author, Paper, parse_arxiv_id
from core.taxonomy import fold_categories
from core.text.plain import xml_safe

_LISTING_SUBJECT_CATEGORY: Final = re.compile(r"\(([a-z-]+(?:\.[A-Za-z-]+)?)\)\s*(?:;|$)")
_LISTING_URL_LINK: Final = re.compile(r"this \w+ URL")
_LISTING_VERSION: Final = re.compile(r"v(\d{1,4})$")


def parse_entry(dt: LexborNode, dd: LexborNode, *, category: str, listing_section: str, day: date) -> Paper:
    """
    Read one entry.

    The listing tells the version only where it links to the HTML of the paper. Elsewhere it is the lowest that it can
    be, 1 of a new or cross-listed paper and 2 of a replaced one: of two known versions the higher one holds.
    """
    listing_id, _ = parse_arxiv_id(_abstract_link_id(dt))
    listing_categories = fold_categories(_LISTING_SUBJECT_CATEGORY.findall(_listing_field(dd, "list-subjects")))
    if not listing_categories:
        raise ParseError("names no category")
    listing_announce_type = announce_type_for(category, listing_section, listing_categories)
    listed_abstract_node = dd.css_first("p.mathjax")
    return Paper(
        arxiv_id=listing_id,
        version=_html_link_version(dt, listing_section),
        announce_type=listing_announce_type,
        announced=day,
        title=_listing_field(dd, "list-title") or listing_id,
        abstract=_listed_abstract(listed_abstract_node) if listed_abstract_node else "",
        authors=_listed_authors(dd),
        categories=listing_categories,
        announcements=(Announcement(category, listing_announce_type),),
        journal_ref=_listing_field(dd, "list-journal-ref"),
        comment=_listing_field(dd, "list-comments"),
    )


def _abstract_link_id(dt: LexborNode) -> str:
    abstract_link = dt.css_first('a[href^="/abs/"], a[href*="arxiv.org/abs/"]')
    return (abstract_link.attributes.get("href") or "").partition("/abs/")[2] if abstract_link else ""


def _html_link_version(dt: LexborNode, listing_section: str) -> int:
    html_link = dt.css_first('a[title="View HTML"]')
    listing_version = _LISTING_VERSION.search((html_link.attributes.get("href") or "") if html_link else "")
    return max(1, int(listing_version[1])) if listing_version else 2 if listing_section == "replace" else 1


def _listing_field(dd: LexborNode, field_class: str) -> str:
    """The text of a field without its label (``Title:``), on one line."""
    listing_node = dd.css_first(f"div.{field_class}")
    if listing_node is None:
        return ""
    listing_label = listing_node.css_first("span.descriptor")
    listing_text = " ".join(_listing_text(listing_node).split())
    return listing_text.removeprefix(" ".join(listing_label.text().split())).strip() if listing_label else listing_text


def _listing_text(listing_node: LexborNode) -> str:
    return xml_safe("".join(_listing_text_pieces(listing_node)))


def _listing_text_pieces(listing_node: LexborNode) -> Iterator[str]:
    """The text as arXiv has it: line breaks kept, and addresses where the page says "this https URL"."""
    for listing_child in listing_node.iter(include_text=True):
        if listing_child.tag == "-text":
            yield listing_child.text_content or ""
        elif listing_child.tag == "br":
            yield "\n"
        elif listing_child.tag == "a" and _LISTING_URL_LINK.fullmatch(listing_child.text().strip()):
            yield listing_child.attributes.get("href") or listing_child.text()
        else:
            yield from _listing_text_pieces(listing_child)


def _listed_abstract(listed_abstract_node: LexborNode) -> str:
    """A paragraph of an abstract begins with a line break and two blanks, as in arXiv's feeds."""
    listed_paragraphs = re.split(r"\s*\n\s*", _listing_text(listed_abstract_node).strip())
    return "\n  ".join(listed_paragraphs)


def _listed_authors(dd: LexborNode) -> tuple[Author, ...]:
    """Every author is a link, the affiliation stands in brackets behind it; other text is no author."""
    authors_node = dd.css_first("div.list-authors")
    if authors_node is None:
        return ()
    listing_authors: list[Author] = []
    for author_node in authors_node.iter(include_text=True):
        author_link_text = author_node.text() if author_node.tag != "-text" else author_node.text_content or ""
        listing_author = " ".join(author_link_text.split())
        has_author_letters = any(map(str.isalnum, listing_author))  # a link may be ":"
        is_no_listing_author = listing_author.startswith("et al") or not has_author_letters
        if author_node.tag == "a" and not is_no_listing_author:
            listing_authors += parse_author_name(listing_author)
        elif author_node.tag == "-text" and listing_author.startswith("(") and listing_authors:
            listing_authors[-1] = Author(listing_authors[-1].name, parse_authors(f"- {listing_author}")[0].affiliation)
    return tuple(listing_authors)
