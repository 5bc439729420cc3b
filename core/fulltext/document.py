"""What was read of a paper, and the reading of a document that may be HTML or PDF: pure."""

from typing import Final, Literal

from msgspec import Struct

from core.fulltext.html import parse_article
from core.fulltext.pdf import parse_pdf
from core.fulltext.section import PaperSection
from core.text.plain import xml_safe


class FullText(Struct, frozen=True):
    """What was read of a paper, and where: ``html``, ``pdf`` or ``abstract``. ``hidden_text`` nobody would see."""

    source: Literal["html", "pdf", "abstract"]
    sections: tuple[PaperSection, ...]
    hidden_text: str = ""


ABSTRACT_ONLY: Final = FullText("abstract", ())
"""What there is without asking arXiv at all; the abstract itself stands in the announcement."""


def parse_document(pdf_or_html: bytes) -> FullText:
    """
    Read HTML or PDF, whatever it says it is. Raises ParseError when there is no paper in it.

    A document from outside may take any time and memory: ``core.fulltext.isolated`` reads it within limits.
    """
    if b"%PDF-" in pdf_or_html[:1024]:
        return FullText("pdf", parse_pdf(pdf_or_html))
    article = parse_article(pdf_or_html)
    sections = tuple(PaperSection(xml_safe(section.heading), xml_safe(section.text)) for section in article.sections)
    return FullText("html", sections, xml_safe(article.hidden_text))
