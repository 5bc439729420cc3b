"""What is written comes back as it was, and damage is noticed."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from core.errors import StoreError
from core.paper import Announcement, AnnounceType, ArxivId, Author, Paper, Summary
from core.store import codec
from core.store.records import BatchRef, CategoryState, DayRecord, LastRefresh, Manifest

DAY = date(2031, 3, 4)
NOW = datetime(2031, 3, 4, 5, 6, 7, 89, tzinfo=UTC)

PAPER = Paper(
    arxiv_id=ArxivId("3103.00001"),
    version=2,
    announce_type=AnnounceType.REPLACE_CROSS,
    announced=DAY,
    title="On the Keeping of $k$ Caches",
    abstract="One line.\n  Another with \\'accents and a \u2028 separator.",
    authors=(Author("Ada Fictional", "Institute of Nowhere, Room 5"), Author('J. M\\"uster')),
    categories=("cs.LG", "math-ph"),
    announcements=(Announcement("cs.LG", AnnounceType.REPLACE_CROSS),),
    license="http://creativecommons.org/licenses/by/4.0/",
    comment="12 pages",
)
SUMMARY = Summary(ArxivId("hep-th/9901001"), 1, "zh", "m", "p", NOW, "一句话。", (("Results", "<p>7</p>"),), "pdf")


def numbered(count: int) -> list[Paper]:
    return [replace(PAPER, arxiv_id=ArxivId(f"3103.{number:05}"), version=number + 1) for number in range(count)]


@pytest.mark.parametrize("count", [0, 1, 63, 64, 300])
def test_papers_come_back_equal(count):
    """
    Whatever their number, papers come back equal, in order, one by one or all together.
    """
    papers = numbered(count)
    rows = codec.StoredPapers(codec.encode_papers(papers))
    assert len(rows) == count
    assert list(rows) == papers
    assert [rows[at] for at in reversed(range(count))] == papers[::-1]


def test_titles_and_abstracts_are_read_alone():
    """Whoever looks through all texts reads them without decoding papers, and keeps none of them."""
    papers = numbered(70)
    rows, kept = codec.StoredPapers(codec.encode_papers(papers)), codec.DECODED_PAPERS.size
    assert [(texts.title, texts.abstract) for texts in rows.texts()] == [(each.title, each.abstract) for each in papers]
    assert codec.DECODED_PAPERS.size == kept


def test_rows_are_a_sequence():
    """
    Negative indexes, slices and an index out of range do what they do in a tuple; a row is decoded once.
    """
    papers = tuple(numbered(40))
    rows = codec.StoredPapers(codec.encode_papers(papers))
    assert rows[-1] == papers[-1]
    assert rows[5:38:7] == papers[5:38:7]
    assert rows[7] is rows[7]
    assert papers[3] in rows
    with pytest.raises(IndexError):
        rows[40]


@pytest.mark.parametrize("count", [3, 300])
def test_each_paper_is_read_alone(count):
    """
    Damage to one paper is no hindrance to reading the others, and is noticed.
    """
    data = bytearray(codec.encode_papers(numbered(count)))
    data[-10] ^= 0xFF
    rows = codec.StoredPapers(bytes(data))
    assert [paper.version for paper in rows[:-1]] == [*range(1, count)]
    with pytest.raises(StoreError, match="papers"):
        rows[-1]


def test_papers_are_written_alike_each_time():
    """
    A blob can be named by its content: the same papers make the same bytes, what they have in common included.
    """
    assert codec.encode_papers(numbered(200)) == codec.encode_papers(numbered(200))


@given(st.binary(max_size=80), st.integers(0, 400), st.integers(0, 255))
def test_damaged_papers_never_pass(junk, at, value):
    """
    Bytes that were cut, replaced or made up give a StoreError or the right papers, and nothing else.
    """
    papers = numbered(3)
    data = codec.encode_papers(papers)
    changed = bytearray(data)
    changed[at % len(data)] = value
    for broken in (junk, data[:at], data + junk, bytes(changed)):
        try:
            read = list(codec.StoredPapers(broken))
        except StoreError:
            continue
        assert broken == data or read == papers


def test_types_are_checked():
    """
    A row that is no paper is refused, not passed on.
    """
    data = codec.encode_papers([replace(PAPER, version="two")])  # type: ignore[arg-type]  # on purpose
    with pytest.raises(StoreError, match="damaged"):
        codec.StoredPapers(data)[0]


def test_summaries_come_back_equal():
    """
    Summaries come back equal, their moment included; cut bytes are refused.
    """
    data = codec.encode_summaries([SUMMARY, replace(SUMMARY, language="en")])
    assert codec.decode_summaries(data) == (SUMMARY, replace(SUMMARY, language="en"))
    with pytest.raises(StoreError, match="summaries"):
        codec.decode_summaries(data[:-3])


def test_manifest_comes_back_equal():
    """
    A whole manifest comes back equal and takes a few kilobytes for a month of three categories.
    """
    refs = tuple(BatchRef(DAY, f"{n:016x}", f"{n + 99:016x}", "", 700, 400_000) for n in range(35))
    ledger = tuple(
        DayRecord(category, DAY, (("new", 62), ("cross", 127)), (("new", 62), ("cross", 127)), "rss", complete=True)
        for category in ("cs.AI", "cs.CL", "cs.LG")
        for _ in range(35)
    )
    states = (CategoryState("cs.AI", DAY, "fresh", "62 new", None, NOW),)
    last = LastRefresh(NOW, NOW, ok=True, outcome="3 categories")
    manifest = Manifest("c", refs, states, ledger, last, NOW, sample=True)
    data = codec.encode_manifest(manifest)
    assert codec.decode_manifest(data) == manifest
    assert len(data) < 4000


def test_another_version_is_named():
    """
    A manifest of another version says so; one that is damaged says that.
    """
    data = codec.encode_manifest(Manifest("c"))
    with pytest.raises(StoreError, match="another version"):
        codec.decode_manifest(data[:3] + b"1" + data[4:])
    with pytest.raises(StoreError, match="damaged"):
        codec.decode_manifest(data[:-2])
    with pytest.raises(StoreError, match="damaged"):
        codec.decode_manifest(b"")


def test_content_version_follows_content_alone():
    """
    The content's version moves with a day, its papers, index or summaries, and with nothing else.
    """
    ref = BatchRef(DAY, "p", "i", "s", 5, 100)
    version = codec.content_version([ref])
    assert codec.content_version([replace(ref, paper_count=6, blobs_bytes=7)]) == version
    for other in (
        replace(ref, papers_blob_name="q"),
        replace(ref, index_blob_name="j"),
        replace(ref, summaries_blob_name=""),
    ):
        assert codec.content_version([other]) != version
    assert codec.content_version([]) != version


def test_names_are_short_and_stable():
    """
    The name of a blob is the same on every machine.
    """
    assert codec.content_name(b"paperfeed") == codec.content_name(b"paperfeed")
    assert len(codec.content_name(b"")) == 16
    assert codec.content_name(b"a") != codec.content_name(b"b")
