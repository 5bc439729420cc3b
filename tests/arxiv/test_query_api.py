"""The query API's answers: read entry by entry, errors said in arXiv's own words."""

from datetime import UTC, datetime

import pytest

from core.arxiv.query_api import MOST_ARXIV_QUERY_IDS, arxiv_query_path, parse_metadata
from core.errors import ParseError
from core.paper import ArxivId

HEAD = '<feed xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns="http://www.w3.org/2005/Atom">'


def entry(name: str = "2613.00001v2", extra: str = "", updated: str = "2026-01-13T18:00:00Z") -> str:
    return (
        f"<entry><id>http://arxiv.org/abs/{name}</id><title>Tea</title><updated>{updated}</updated>"
        f"<published>2026-01-12T18:00:00Z</published>{extra}</entry>"
    )


def document(*entries: str) -> bytes:
    return f"{HEAD}{''.join(entries)}</feed>".encode()


def test_an_entry_is_read():
    """Version, both dates, comment, journal, DOI, and the affiliations in the authors' order, several as one text."""
    extra = (
        "<arxiv:comment>12 pages,\n 3 pots</arxiv:comment><arxiv:journal_ref>J. Tea</arxiv:journal_ref>"
        "<arxiv:doi>10.5555/1</arxiv:doi><author><name>A</name></author><author><name>B</name>"
        "<arxiv:affiliation>Pot</arxiv:affiliation><arxiv:affiliation>Kettle</arxiv:affiliation></author>"
    )
    (found,) = parse_metadata(document(entry(extra=extra)))
    assert (found.arxiv_id, found.version, found.comment) == ("2613.00001", 2, "12 pages, 3 pots")
    assert (found.submitted, found.revised) == (
        datetime(2026, 1, 12, 18, tzinfo=UTC),
        datetime(2026, 1, 13, 18, tzinfo=UTC),
    )
    assert (found.journal_ref, found.doi, found.affiliations) == ("J. Tea", "10.5555/1", ("", "Pot; Kettle"))


def test_one_odd_entry_costs_only_itself():
    """A wrong date or id leaves the others."""
    data = document(entry("nonsense"), entry(updated="soon"), entry("hep-th/9901001v1"))
    assert [each.arxiv_id for each in parse_metadata(data)] == ["hep-th/9901001"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"<html><body>Sign in</body></html>", "no Atom feed"),
        (b"<feed", "could not read"),
        (b"", "could not read"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><feed/>', "declares entities"),
        (document("<entry><title>Error</title><summary>incorrect id format for x</summary></entry>"), "incorrect id"),
    ],
)
def test_what_is_no_answer_is_an_error(data: bytes, reason: str):
    """A portal's page, a cut document, entities, arXiv's own error: named, never taken for an empty answer."""
    with pytest.raises(ParseError, match=reason):
        parse_metadata(data)


def test_one_request_is_bounded():
    """Three hundred versions at most, in an address that every server takes."""
    path = arxiv_query_path((ArxivId(f"2613.{number:05}"), 1) for number in range(1000))
    assert path.count("2613.") == MOST_ARXIV_QUERY_IDS
    assert f"max_results={MOST_ARXIV_QUERY_IDS}" in path
    assert len(path) < 4096
