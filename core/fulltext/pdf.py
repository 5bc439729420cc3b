"""A PDF's sections, from its text: headings are found by their numbers and by well-known words."""

import re
import threading
from collections.abc import Iterable, Iterator
from typing import Final

from core.errors import ParseError
from core.fulltext.section import PaperSection
from core.text.plain import xml_safe

MOST_PDF_PAGES: Final = 80
"""Pages read of a PDF: proofs and tables behind them add cost, not sense."""

_PDF_READING_LOCK = threading.Lock()
"""PDFium is not thread-safe."""

_PDF_LINE_END_HYPHEN: Final = re.compile(r"(?:[\x02\ufffe\xad]|(?<=[a-z])-)[ \t]*\r?\n(?=[a-z])|[\x02\xad]\r?\n?")
_NUMBERED_SECTION_HEADING: Final = re.compile(r"(?P<number>\d{1,2}|[IVX]{1,5})\.?[ \t]+(?P<heading>[A-Z][^.;|=]{2,70})")
_NAMED_SECTION_HEADING: Final = re.compile(
    r"(?=[A-Z])(?i:abstract|introduction|related works?|background|methods?|methodology|results?|experiments?|"
    r"discussion|conclusions?|limitations|acknowledge?ments?|references|bibliography|appendix|"
    r"supplementary material)[ .:]*"
)
_REFERENCES_HEADING: Final = re.compile(r"(?:\d+\.?\s+)?(?:references|bibliography)\b", re.IGNORECASE)
_LONG_PDF_LINE_CHARACTERS: Final = 30
"""Characters; shorter lines are headings, cells and captions."""
_ROMAN_SECTIONS: Final = (
    "0",
    *["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV"],
)


def parse_pdf(pdf_document: bytes) -> tuple[PaperSection, ...]:
    """Read the sections of a PDF without its references. Raises ParseError when it holds no text."""
    pdf_text = _pdf_text(pdf_document)
    pdf_text = _PDF_LINE_END_HYPHEN.sub("", pdf_text).replace("\r\n", "\n").replace("\r", "\n")
    pdf_sections = tuple(_split_pdf_sections(xml_safe(pdf_text)))
    if not pdf_sections:
        raise ParseError("the PDF holds no text")
    return pdf_sections


def _pdf_text(pdf_document: bytes) -> str:
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415 - 9 MB that only the refresh needs

    with _PDF_READING_LOCK:
        try:
            pdf = PdfDocument(pdf_document)
            try:
                pdf_pages = (pdf[pdf_page].get_textpage() for pdf_page in range(min(len(pdf), MOST_PDF_PAGES)))
                return "\n".join(pdf_page.get_text_range() for pdf_page in pdf_pages)
            finally:
                pdf.close()
        except PdfiumError as pdf_error:
            raise ParseError(f"could not read the PDF: {pdf_error}") from pdf_error


def _split_pdf_sections(pdf_text: str) -> Iterator[PaperSection]:
    """Split at top-level headings: numbered ones must count up by one, the others be well-known words."""
    section_heading, section_lines, section_number = "", list[str](), 0
    for pdf_line in pdf_text.split("\n"):
        next_section_heading = _numbered_section_heading(pdf_line, section_number)
        if not next_section_heading and not _NAMED_SECTION_HEADING.fullmatch(pdf_line.strip()):
            section_lines.append(pdf_line.strip())
            continue
        yield from _pdf_section(section_heading, section_lines)
        section_number += 1 if next_section_heading else 0
        section_heading, section_lines = next_section_heading or pdf_line.strip(" .:"), []
    yield from _pdf_section(section_heading, section_lines)


def _numbered_section_heading(pdf_line: str, section_number: int) -> str:
    """The heading, when the line is that of the section after ``section_number``."""
    numbered_heading = _NUMBERED_SECTION_HEADING.fullmatch(pdf_line.strip())
    next_section = section_number + 1
    section_numbers = (str(next_section), *_ROMAN_SECTIONS[next_section : next_section + 1])
    is_next_section = numbered_heading is not None and numbered_heading["number"] in section_numbers
    return numbered_heading["heading"] if numbered_heading and is_next_section else ""


def _pdf_section(section_heading: str, section_lines: list[str]) -> Iterator[PaperSection]:
    section_text = _join_paragraphs(pdf_line for pdf_line in section_lines if pdf_line)
    if section_text and not _REFERENCES_HEADING.match(section_heading) and section_heading.lower() != "abstract":
        yield PaperSection(section_heading, section_text)


def _join_paragraphs(section_lines: Iterable[str]) -> str:
    """Make paragraphs of a page's lines: a long line that ends no sentence goes on in the next."""
    pdf_paragraphs: list[str] = []
    for pdf_line in section_lines:
        pdf_paragraphs += [
            pdf_line,
            "\n" if len(pdf_line) < _LONG_PDF_LINE_CHARACTERS or pdf_line.endswith((".", ":", "!", "?")) else " ",
        ]
    return "".join(pdf_paragraphs).strip()
