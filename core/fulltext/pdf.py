"""A PDF's sections, from its text: headings are found by their numbers and by well-known words."""

import re
import threading
from collections.abc import Iterable, Iterator
from typing import Final

from core.errors import ParseError
from core.fulltext.section import Section
from core.text.plain import xml_safe

MOST_PAGES: Final = 80
"""Pages read of a PDF: proofs and tables behind them add cost, not sense."""

_pdfium = threading.Lock()
"""PDFium is not thread-safe."""

_LINE_END_HYPHEN: Final = re.compile(r"(?:[\x02\ufffe\xad]|(?<=[a-z])-)[ \t]*\r?\n(?=[a-z])|[\x02\xad]\r?\n?")
_NUMBERED: Final = re.compile(r"(?P<number>\d{1,2}|[IVX]{1,5})\.?[ \t]+(?P<heading>[A-Z][^.;|=]{2,70})")
_NAMED: Final = re.compile(
    r"(?=[A-Z])(?i:abstract|introduction|related works?|background|methods?|methodology|results?|experiments?|"
    r"discussion|conclusions?|limitations|acknowledge?ments?|references|bibliography|appendix|"
    r"supplementary material)[ .:]*"
)
_REFERENCES: Final = re.compile(r"(?:\d+\.?\s+)?(?:references|bibliography)\b", re.IGNORECASE)
_LONG_LINE: Final = 30
"""Characters; shorter lines are headings, cells and captions."""
_ROMAN: Final = ("0", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def parse_pdf(document: bytes) -> tuple[Section, ...]:
    """Read the sections of a PDF without its references. Raises ParseError when it holds no text."""
    text = _pdf_text(document)
    text = _LINE_END_HYPHEN.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    sections = tuple(_split(xml_safe(text)))
    if not sections:
        raise ParseError("the PDF holds no text")
    return sections


def _pdf_text(document: bytes) -> str:
    from pypdfium2 import PdfDocument, PdfiumError  # noqa: PLC0415 - 9 MB that only the refresh needs

    with _pdfium:
        try:
            pdf = PdfDocument(document)
            try:
                return "\n".join(pdf[page].get_textpage().get_text_range() for page in range(min(len(pdf), MOST_PAGES)))
            finally:
                pdf.close()
        except PdfiumError as error:
            raise ParseError(f"could not read the PDF: {error}") from error


def _split(text: str) -> Iterator[Section]:
    """Split at top-level headings: numbered ones must count up by one, the others be well-known words."""
    heading, lines, number = "", list[str](), 0
    for line in text.split("\n"):
        following = _numbered(line, number)
        if not following and not _NAMED.fullmatch(line.strip()):
            lines.append(line.strip())
            continue
        yield from _section(heading, lines)
        number += 1 if following else 0
        heading, lines = following or line.strip(" .:"), []
    yield from _section(heading, lines)


def _numbered(line: str, number: int) -> str:
    """The heading, when the line is that of the section after ``number``."""
    found = _NUMBERED.fullmatch(line.strip())
    roman = _ROMAN[number + 1] if number + 1 < len(_ROMAN) else ""
    return found["heading"] if found and found["number"] in (str(number + 1), roman) else ""


def _section(heading: str, lines: list[str]) -> Iterator[Section]:
    text = _join(line for line in lines if line)
    if text and not _REFERENCES.match(heading) and heading.lower() != "abstract":
        yield Section(heading, text)


def _join(lines: Iterable[str]) -> str:
    """Make paragraphs of a page's lines: a long line that ends no sentence goes on in the next."""
    parts: list[str] = []
    for line in lines:
        parts += [line, "\n" if len(line) < _LONG_LINE or line.endswith((".", ":", "!", "?")) else " "]
    return "".join(parts).strip()
