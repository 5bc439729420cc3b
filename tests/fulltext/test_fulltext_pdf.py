"""Full texts from PDF."""

import pytest

from core.errors import ParseError
from core.fulltext.document import parse_document
from core.fulltext.pdf import parse_pdf
from tests.support.fulltexts import PDF_LINES
from tests.support.small_pdf import make_pdf
from tests.support.summarizing import ARTICLE


def test_words_cut_at_a_line_end_are_joined():
    """
    A hyphen at a line's end disappears with the line break, and lines of a paragraph become one.
    """
    introduction = parse_pdf(make_pdf([PDF_LINES]))[1]
    assert "the one that follows, as lines do." in introduction.text


def test_numbers_at_a_line_start_are_no_headings():
    """
    A line that begins with a number is a heading only when it is the next section's number.
    """
    sections = parse_pdf(make_pdf([PDF_LINES]))
    assert [s.heading for s in sections] == ["", "Introduction", "Method", "Experiments", "Conclusion"]
    assert "3 models were tried" in sections[2].text


def test_references_are_left_out_of_a_pdf():
    """
    The bibliography of a PDF is nobody's reading.
    """
    assert "earlier study" not in repr(parse_pdf(make_pdf([PDF_LINES])))


def test_no_control_characters():
    """
    Whatever extractors leave, nothing that XML or a model chokes on goes on.
    """
    dirty = ARTICLE.replace(b"The invented", b"The \x02inv\x0bented\xef\xbf\xbf", 3)
    text = parse_document(dirty).sections[0].text
    assert not [c for c in text if ord(c) < 32 and c != "\n"]


def test_a_pdf_without_text_is_an_error():
    """
    Scanned pages hold nothing to summarize.
    """
    with pytest.raises(ParseError):
        parse_pdf(make_pdf([[]]))
