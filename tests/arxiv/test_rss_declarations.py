"""What a feed's XML declaration says of its encoding: it was decoded before it is parsed."""

import pytest

from core.arxiv.rss import parse_rss
from tests.support.rss_items import feed, item

DECLARED = ("gb2312", "shift_jis", "big5", "UTF-7", "utf-32", "utf-16", "iso-8859-1", "windows-1252", "no-such-name")


@pytest.mark.parametrize("declared", DECLARED)
def test_an_odd_encoding_in_the_declaration_costs_nothing(declared: str) -> None:
    """Multi-byte and unknown names are errors for expat: the feed is read all the same, accents included."""
    document = feed(item(), item("2600.00002v1", title="Über Nguyễn's Σ"))
    body = document[document.index(b"?>") + 2 :] if document.startswith(b"<?xml") else document
    declaration = f'<?xml version="1.0" encoding="{declared}"?>'.encode()
    papers = parse_rss(declaration + body, "cs.LG").papers
    assert [paper.arxiv_id for paper in papers] == ["2600.00001", "2600.00002"]
