"""A PDF's sections, from its text: headings are found by their numbers and by well-known words."""

import re
import threading
from collections.abc import Iterable, Iterator
from typing import Final

from core.errors import ParseError
from core.fulltext.section import Section
from core.text.plain import xml_safe

MOST_PDF_PAGES: Final = 80
"""Pages read of a PDF: proofs and tables behind them add cost, not sense."""

_pdfium_lock = threading.Lock()
"""PDFium is not thread-safe."""

_LINE_END_HYPHEN: Final = re.compile(r"(?:[\x02\ufffe\xad]|(?<=[a-z])-)[ \t]*\r?\n(?=[a-z])|[\x02\xad]\r?\n?")
_NUMBERED_HEADING: Final = re.compile(r"(?P<number>\d{1,2}|[IVX]{1,5})\.?[ \t]+(?P<heading>[A-Z][^.;|=]{2,70})")
_NAMED_HEADING: Final = re.compile(
    r"(?=[A-Z])(?i:abstract|introduction|related works?|background|methods?|methodology|results?|experiments?|"
    r"discussion|conclusions?|limitations|acknowledge?ments?|references|bibliography|appendix|"
    r"supplementary material)[ .:]*"
)
_REFERENCES_HEADING: Final = re.compile(r"(?:\d+\.?\s+)?(?:references|bibliography)\b", re.IGNORECASE)
_LONG_LINE_CHARACTERS: Final = 30
"""Characters; shorter lines are headings, cells and captions."""
_ROMAN: Final = ("0", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def parse_pdf(document: bytes) -> tuple[Section, ...]:
    """Read the sections of a PDF without its references. Raises ParseError when it holds no text."""
    pdf_text = _pdf_text(document)
    pdf_text = _LINE_END_HYPHEN.sub("", pdf_text).replace("\r\n", "\n").replace("\r", "\n")
    sections = tuple(_split_sections(xml_safe(pdf_text)))
    if not sections:
        raise ParseError("the PDF holds no text")
    return sections


def _pdf_text(document: bytes) -> str:
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415 - 9 MB that only the refresh needs

    with _pdfium_lock:
        try:
            pdf = PdfDocument(document)
            try:
                return "\n".join(
                    pdf[page_number].get_textpage().get_text_range()
                    for page_number in range(min(len(pdf), MOST_PDF_PAGES))
                )
            finally:
                pdf.close()
        except PdfiumError as error:
            raise ParseError(f"could not read the PDF: {error}") from error


def _split_sections(pdf_text: str) -> Iterator[Section]:
    """Split at top-level headings: numbered ones must count up by one, the others be well-known words."""
    heading, section_lines, section_number = "", list[str](), 0
    for pdf_line in pdf_text.split("\n"):
        next_heading = _numbered_heading(pdf_line, section_number)
        if not next_heading and not _NAMED_HEADING.fullmatch(pdf_line.strip()):
            section_lines.append(pdf_line.strip())
            continue
        yield from _pdf_section(heading, section_lines)
        section_number += 1 if next_heading else 0
        heading, section_lines = next_heading or pdf_line.strip(" .:"), []
    yield from _pdf_section(heading, section_lines)


def _numbered_heading(pdf_line: str, section_number: int) -> str:
    """The heading, when the line is that of the section after ``section_number``."""
    numbered_heading = _NUMBERED_HEADING.fullmatch(pdf_line.strip())
    roman_number = _ROMAN[section_number + 1] if section_number + 1 < len(_ROMAN) else ""
    return (
        numbered_heading["heading"]
        if numbered_heading and numbered_heading["number"] in (str(section_number + 1), roman_number)
        else ""
    )


def _pdf_section(heading: str, section_lines: list[str]) -> Iterator[Section]:
    section_text = _join_paragraphs(pdf_line for pdf_line in section_lines if pdf_line)
    if section_text and not _REFERENCES_HEADING.match(heading) and heading.lower() != "abstract":
        yield Section(heading, section_text)


def _join_paragraphs(section_lines: Iterable[str]) -> str:
    """Make paragraphs of a page's lines: a long line that ends no sentence goes on in the next."""
    paragraph_parts: list[str] = []
    for pdf_line in section_lines:
        paragraph_parts += [
            pdf_line,
            "\n" if len(pdf_line) < _LONG_LINE_CHARACTERS or pdf_line.endswith((".", ":", "!", "?")) else " ",
        ]
    return "".join(paragraph_parts).strip()
