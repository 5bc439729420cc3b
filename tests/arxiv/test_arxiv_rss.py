"""Reading arXiv's RSS: whole items, odd items, broken documents."""

from datetime import UTC, date, datetime

import pytest

from core.arxiv.rss import parse_rss
from core.errors import ParseError
from core.paper import Announcement, AnnounceType, Author
from core.sample.batches import sample_batches
from tests.support.rss_items import feed, item


def test_an_item_is_read_whole() -> None:
    """Every field of an item arrives in the paper, announced on the feed's day in New York."""
    more = "<arxiv:DOI>10.0000/x</arxiv:DOI><arxiv:journal_reference>J. Inv. 1</arxiv:journal_reference>"
    document = parse_rss(feed(item("2600.00001v3", kind="replace", more=more)), "cs.LG")
    paper = document.papers[0]
    assert (document.source, document.day) == ("rss", date(2026, 1, 14))
    assert document.built == datetime(2026, 1, 14, 5, 0, 12, tzinfo=UTC)
    assert (paper.arxiv_id, paper.version, paper.announce_type) == ("2600.00001", 3, AnnounceType.REPLACE)
    assert paper.announced == date(2026, 1, 14)
    assert paper.announcements == (Announcement("cs.LG", AnnounceType.REPLACE),)
    assert paper.authors == (Author("Ada Example"), Author("Bo Sample"))
    assert (paper.doi, paper.journal_ref) == ("10.0000/x", "J. Inv. 1")
    assert paper.license == "http://creativecommons.org/licenses/by/4.0/"


def test_an_abstract_keeps_its_line_breaks_and_what_looks_like_tags() -> None:
    """All that follows "Abstract:" is the abstract, a second "Abstract:" and ``<think>`` included."""
    abstract = "It writes <think> and </think>.\n  Abstract: a second paragraph, where a &lt; b."
    assert parse_rss(feed(item(abstract=abstract)), "cs.LG").papers[0].abstract == abstract


@pytest.mark.parametrize("identifier", ["hep-th/9901001v2", "math.GT/0309136v1", "2600.00001v12"])
def test_identifiers_of_every_style(identifier: str) -> None:
    """Old identifiers keep their archive; the version comes from the guid."""
    name, _, version = identifier.partition("v")
    paper = parse_rss(feed(item(identifier)), "cs.LG").papers[0]
    assert (paper.arxiv_id, paper.version) == (name, int(version))


def test_categories_fold_their_aliases_and_keep_their_order() -> None:
    """The primary category stays first, and a category under two names is there once."""
    document = parse_rss(feed(item(categories=("math.IT", "cs.LG", "cs.IT", "stat.TH"))), "cs.LG")
    assert document.papers[0].categories == ("cs.IT", "cs.LG", "math.ST")


def test_a_paper_without_title_abstract_or_authors_is_a_paper() -> None:
    """Nothing is invented: the identifier stands for the title, the rest is empty."""
    paper = parse_rss(feed(item(title="", abstract="", creator="", categories=())), "cs.LG").papers[0]
    assert (paper.title, paper.abstract, paper.authors) == ("2600.00001", "", ())
    assert paper.categories == ("cs.LG",)


def test_one_bad_item_is_skipped_and_named() -> None:
    """The others are read; the skipped one says what it is and what is wrong."""
    bad = item("2600.00002v1", kind="sideways")
    document = parse_rss(feed(item(), bad, item("2600.00003v1")), "cs.LG")
    assert [paper.arxiv_id for paper in document.papers] == ["2600.00001", "2600.00003"]
    assert [(s.name, s.reason) for s in document.skipped] == [
        ("oai:arXiv.org:2600.00002v1", "unknown announce type 'sideways'")
    ]


def test_no_readable_item_at_all_is_an_error() -> None:
    """A feed in which everything is bad must not pass for a day without papers."""
    with pytest.raises(ParseError, match="any of the 2 items"):
        parse_rss(feed(item("x"), item("y")), "cs.LG")


def test_an_empty_feed_is_a_day_without_papers() -> None:
    """Weekends and holidays are whole documents without items."""
    document = parse_rss(feed(), "cs.LG")
    assert (document.papers, document.skipped, document.day) == ((), (), date(2026, 1, 14))


def test_the_first_of_two_items_of_one_paper_counts() -> None:
    """ArXiv's order is new, cross, replacements; a paper is there once, as the best of them."""
    document = parse_rss(feed(item(kind="cross"), item("2600.00001v2", kind="replace-cross")), "cs.LG")
    assert [(p.version, p.announce_type) for p in document.papers] == [(1, AnnounceType.CROSS)]


@pytest.mark.parametrize("garbage", ["\x0b\x00\x1b", " R&D <b ", " a<b & c ", " &nbsp; &unknown; "])
def test_garbage_in_one_abstract_costs_no_paper(garbage: str) -> None:
    """Control characters go, a stray & or < is text, and the rest of the document is as it was."""
    data = feed(item(abstract="GARBAGE An abstract."), item("2600.00002v1"))
    document = parse_rss(data.replace(b"GARBAGE", garbage.encode()), "cs.LG")
    assert [paper.arxiv_id for paper in document.papers] == ["2600.00001", "2600.00002"]
    assert document.skipped == ()
    assert document.papers[0].abstract.endswith("An abstract.")
    assert "\x00" not in document.papers[0].abstract
    assert document.papers[1].abstract == "An abstract."


def test_bytes_that_are_no_utf8_spoil_only_themselves() -> None:
    """The accents of all other papers stay what they were."""
    data = feed(item(abstract="GARBAGE An abstract."), item("2600.00002v1", title="Żółw"))
    document = parse_rss(data.replace(b"GARBAGE", b"\xff\xc3("), "cs.LG")
    assert [paper.title for paper in document.papers] == ["A Title", "Żółw"]


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9, 0.99])
def test_half_a_document_is_never_a_whole_day(share: float) -> None:
    """A document that breaks off is an error, however many items it still holds."""
    data = feed(*(item(f"2600.{n:05}v1") for n in range(1, 40)))
    with pytest.raises(ParseError, match="breaks off"):
        parse_rss(data[: int(len(data) * share)], "cs.LG")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "nothing at all"),
        (b"<!DOCTYPE html><html><head><title>Sign in</title></head></html>", 'a web page titled "Sign in"'),
        (b'{"error": "no"}', "something else"),
        (feed(category="cs.CV"), 'not that of cs.LG but "cs.CV"'),
        (feed().replace(b"cs.LG updates on arXiv.org", b"Feed error for query: cs.LG"), "knows no feed of cs.LG"),
        (feed().replace(b"pubDate", b"unknown"), "does not say of which day"),
    ],
)
def test_another_document_is_called_what_it_is(data: bytes, message: str) -> None:
    """A portal's page, an error feed, another category's feed: the reason names it."""
    with pytest.raises(ParseError, match=message):
        parse_rss(data, "cs.LG")


def test_a_union_of_categories_is_a_category_too() -> None:
    """Its order does not matter, nor under which name an alias stands."""
    data = feed(item(), category="cs.LG+cs.NA")
    assert parse_rss(data, "math.NA+cs.LG").papers


def test_the_sample_is_three_days_that_cannot_be_arxivs() -> None:
    """Days end before today, newest first; identifiers cannot exist; a new version keeps its paper's day."""
    batches = sample_batches(date(2026, 1, 12))
    assert [batch.day for batch in batches] == [date(2026, 1, 9), date(2026, 1, 8), date(2026, 1, 7)]
    papers = [paper for batch in batches for paper in batch.papers]
    assert len({paper.arxiv_id for paper in papers}) == 24
    assert all(paper.arxiv_id.startswith("2600.") for paper in papers)
    assert [p.announced for p in papers if p.version == 2] == [date(2026, 1, 7)]
    assert {kind for paper in papers for kind in paper.announcements} >= {
        Announcement("cs.LG", AnnounceType.REPLACE),
        Announcement("cs.CL", AnnounceType.REPLACE_CROSS),
        Announcement("cs.DC", AnnounceType.CROSS),
    }
