"""The index against the simple matcher, on texts that hypothesis makes up; its size, its lazy opening, its memory."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import _corpus
from core.errors import StoreError
from core.index.bitset import bits_of, rows_of
from core.index.container import ContainerParts, write_container
from core.index.dictionary import PARTS, Dictionary, dictionary_probe, write_words
from core.index.packing import differences, join_planes, split_planes
from core.index.reader import BatchIndex
from core.index.writer import MOST_INDEXED_PLACES, build_index
from core.language.term_parser import MOST_TERM_WORDS, parse_term
from core.language.words import cut_words
from core.search.counts import counts_of
from core.search.match import term_hits
from tests.support.matching import matches, paper

WORDS = [
    "fine",
    "tuning",
    "finetuning",
    "Fine-tuned",
    "in",
    "context",
    "incontext",
    "RAG",
    "rag",
    "RAGs",
    "GPT",
    "4",
    "GPT4",
]
WORDS += [
    "cache",
    "caches",
    "kv",
    "KVcache",
    "of",
    "ten",
    "often",
    "U",
    "Net",
    "UNet",
    "end",
    "to",
    "endtoend",
    "C++",
    "x",
]
words = st.sampled_from(WORDS)
signs = st.sampled_from([" ", " ", " ", "-", "-", ", ", ". ", "/", "--"])
texts = st.lists(st.tuples(words, signs), max_size=12).map(lambda pairs: "".join(word + sign for word, sign in pairs))
phrases = st.lists(st.tuples(words, st.sampled_from([" ", "-"])), min_size=1, max_size=4).map(
    lambda pairs: "".join(word + sign for word, sign in pairs)[:-1]
)
clauses = st.builds(
    lambda field, phrase, star: field + phrase + ("*" if star and len(phrase) > 2 and phrase[-2:].isalnum() else ""),
    st.sampled_from(["", "", "", "ti:", "abs:"]),
    phrases,
    st.booleans(),
)
terms = st.lists(clauses, min_size=1, max_size=2).flatmap(
    lambda parts: st.sampled_from([" AND ", " AND NOT "]).map(lambda join: join.join(parts))
)
terms = terms.filter(lambda term: len(cut_words(term)) <= MOST_TERM_WORDS)


@settings(max_examples=150, deadline=None)
@given(papers=st.lists(st.tuples(texts, texts), min_size=1, max_size=5), term=terms)
def test_the_index_finds_what_reading_finds(papers, term):
    """For any texts and any term, the index has the same hits, in title and abstract, as reading every text."""
    parsed = parse_term(term)
    index = BatchIndex(build_index([paper(number, title, abstract) for number, (title, abstract) in enumerate(papers)]))
    read = [matches(parsed, title, abstract) for title, abstract in papers]
    hits = term_hits(index, parsed)
    assert rows_of(hits.rows) == [row for row, (found, _) in enumerate(read) if found]
    assert rows_of(hits.title) == [row for row, (_, in_title) in enumerate(read) if in_title]


@settings(max_examples=50, deadline=None)
@given(papers=st.lists(st.tuples(texts, texts), min_size=1, max_size=5), word=words)
def test_words_are_counted(papers, word):
    """How often a paper holds a word of its own is how often it stands there."""
    index = BatchIndex(build_index([paper(number, *each) for number, each in enumerate(papers)]))
    counts = counts_of(index, parse_term(word))
    assert counts.keys() == set(rows_of(term_hits(index, parse_term(word)).rows))
    assert all(count >= 1 for count in counts.values())


def test_an_empty_batch_has_an_index():
    """A day without papers can be indexed and asked."""
    index = BatchIndex(build_index([]))
    assert index.count == 0
    assert index.ids == []
    assert term_hits(index, parse_term("harp* AND NOT LLM")).rows == 0
    assert term_hits(index, parse_term("au:example")).rows == 0


def test_the_same_papers_make_the_same_bytes():
    """An index can be named by the hash of its content."""
    papers = [
        paper(number, f"Harp {number}", "a kv-cache of strings", categories=("cs.LG", "math.IT"))
        for number in range(50)
    ]
    assert build_index(papers) == build_index(papers)


def test_a_foreign_or_old_index_is_refused():
    """Bytes of another version are a store error that says what happens next, not a crash in the middle of a query."""
    data = build_index([paper(1, "A Harp", "of strings")])
    for foreign in (b"PFX0 something else", b"", data[:4], data[:-1], data + b"1", b"PFX1" + data[4:]):
        with pytest.raises(StoreError, match="the next refresh"):
            BatchIndex(foreign)


def test_opening_an_index_reads_nothing():
    """Only what a query needs is inflated: a broken section of places hurts phrases alone."""
    data = build_index([paper(1, "A Harp", "of strings")])
    index = BatchIndex(data[:-4] + b"\0\0\0\0")
    assert index.ids == ["2600.00001"]
    assert term_hits(index, parse_term("harp")).rows == 1


def test_a_large_batch_keeps_its_rows():
    """Frequent and rare words agree with counting, in a batch with more than 256 and with more than 2,048 papers."""
    papers = [paper(number, f"Study {number}", "even" if number % 2 == 0 else "odd") for number in range(3000)]
    index = BatchIndex(build_index(papers))
    assert rows_of(term_hits(index, parse_term("even")).rows) == list(range(0, 3000, 2))
    assert rows_of(term_hits(index, parse_term("2999")).title) == [2999]
    assert rows_of(term_hits(index, parse_term("study AND odd")).rows) == list(range(1, 3000, 2))


def test_a_hostile_abstract_ends_somewhere():
    """A text of a hundred thousand words is indexed up to a limit, and does not spoil the others."""
    index = BatchIndex(build_index([paper(1, "Harp", "harp string " * 50_000), paper(2, "Harp", "string")]))
    assert rows_of(term_hits(index, parse_term("harp string")).rows) == [0]
    assert counts_of(index, parse_term("harp"))[0] <= MOST_INDEXED_PLACES
    assert rows_of(term_hits(index, parse_term("string")).rows) == [0, 1]


def test_categories_and_days_are_columns():
    """What a selection needs stands in the index: ids, versions, days, categories with aliases folded."""
    day = date(2026, 2, 27)
    index = BatchIndex(build_index([paper(7, categories=("math.IT", "cs.LG"), version=3, announced=day)]))
    assert (index.ids, [*index.versions], index.announced_days) == (["2600.00007"], [3], [day])
    assert index.row_sets["c:cs.IT"] == index.row_sets["p:cs.IT"] == index.row_sets["a:cs.IT new"] == 1
    assert term_hits(index, parse_term("cat:math.IT")).rows == 1
    assert term_hits(index, parse_term("cat:cs.*")).rows == 1
    assert term_hits(index, parse_term("cat:stat")).rows == 0


@given(numbers=st.lists(st.integers(0, 65_535)))
def test_numbers_survive_their_planes(numbers):
    """What is written in planes of bytes is read again."""
    assert [*join_planes(split_planes(numbers))] == numbers
    large = [number * 60_000 for number in numbers]
    assert [*join_planes(split_planes(large, "I"), "I")] == large


@given(rows=st.sets(st.integers(0, 300)))
def test_sets_survive_their_bits(rows):
    """A set of rows is the integer of its bits, and comes out in order."""
    in_order = sorted(rows)
    assert rows_of(bits_of(rows, 301)) == in_order
    assert sum(differences(in_order)) == (in_order[-1] if in_order else 0)


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(st.text("abcdé1+#", min_size=1, max_size=45), min_size=1, max_size=60, unique=True).map(sorted),
    asked=st.text("abcdé1+#", min_size=1, max_size=4),
)
def test_every_word_is_found_by_its_number_and_by_its_beginning(words, asked):
    """A word's number is its place, however many blocks there are; a prefix finds just what begins so."""
    joined = sorted({f"{word}-2" for word in words[::3]})
    found = Dictionary(ContainerParts(write_container(b"test", 0, write_words(joined, words), PARTS), b"test", PARTS))
    assert [found.find(word) for word in words] == [*range(len(joined), len(joined) + len(words))]
    assert (found.find(asked) >= 0) == (asked in words)
    assert found.find_all([(dictionary_probe(asked), 7)]) == ([7] if asked in words else [])
    assert found.has_beginning(asked) == any(word.startswith(asked) for word in words)
    assert found.beginning(asked) == [len(joined) + at for at, word in enumerate(words) if word.startswith(asked)]
    assert [*found.joined(asked)] == [at for at, word in enumerate(joined) if word.startswith(asked)]


def test_a_block_is_read_only_for_a_word_that_may_stand_in_it():
    """That a word is in no paper shows in what is written of a block's words: none is put together for it."""
    words = sorted(
        f"{first}{middle}{last}" for first in "abcdefgh" for middle in "aeiou" for last in ("st", "ng", "rm")
    )
    found = Dictionary(ContainerParts(write_container(b"test", 0, write_words([], words), PARTS), b"test", PARTS))
    for absent in ("caxq", "faxk", "hazzz", "baqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq"):
        assert found.find(absent) == -1
        assert found.find_all([(dictionary_probe(absent), 1)]) == []
    assert not any(found._blocks)
    assert found.find("cong") == words.index("cong")


@given(often=st.integers(12, 20), papers=st.integers(1, 40), data=st.data())
@settings(max_examples=40, deadline=None)
def test_a_word_that_stands_often_hides_no_phrase(often, papers, data):
    """A phrase is found at a word's every place, be it the twentieth, and in the papers after."""
    held = data.draw(st.integers(0, papers - 1))
    texts = ["harp. " * often + ("harp string" if row == held else "string") for row in range(papers)]
    index = BatchIndex(build_index([paper(row, f"Study {row}", text) for row, text in enumerate(texts)]))
    assert rows_of(term_hits(index, parse_term("harp string")).rows) == [held]
    assert rows_of(term_hits(index, parse_term('"study 0"')).title) == [0]


def test_an_index_takes_430_bytes_a_paper():
    """Of the recorded days: words, places for exact phrases, authors and categories, in so many bytes a paper."""
    if not _corpus.RECORDED.exists():
        pytest.skip(f"the recorded arXiv days are not here ({_corpus.RECORDED})")
    (day,) = _corpus.batches(800, 1)
    assert len(build_index(day.papers)) / 800 <= 430
