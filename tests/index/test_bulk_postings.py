"""Many words read at once say what each of them says alone."""

import random

import pytest

from core.index.bitset import bits_of, rows_not_zero
from core.index.reader import BatchIndex
from core.index.writer import build_index
from tests.support.matching import paper

CHANCE = random.Random(7)
WORDS = [f"{first}{second}o" for first in ("bar", "kel", "mun", "vit", "sor") for second in ("bat", "dex", "lim")]


def told_often(words):
    """Each word up to twenty times: more than the index counts."""
    return " ".join(word for word in words for _ in range(CHANCE.choice((1, 1, 1, 2, 5, 20))))


@pytest.fixture(scope="module")
def index():
    """Words that one paper in five has, and words that one in a hundred has."""
    papers = [
        paper(
            number,
            " ".join(["Of", *CHANCE.sample(WORDS, 1)]),
            told_often([*CHANCE.sample(WORDS, 4), *([f"rare{number % 40}x"] if number % 3 else [])]),
        )
        for number in range(1, 301)
    ]
    return BatchIndex(build_index(papers))


@pytest.fixture(scope="module")
def words():
    return [*WORDS, *(f"rare{number}x" for number in range(40)), "nowhere"]


def test_numbers_are_those_of_single_words(index, words):
    singly = [index.words.find(word) for word in words]
    assert index.words.find_each(words) == index.dictionary_words.numbers(words) == singly
    assert index.dictionary_words.numbers(words) == singly  # kept by now
    assert singly[-1] == -1
    assert len(set(singly)) == len(words)


def test_rows_and_frequencies_are_those_of_single_words(index, words):
    numbers = index.dictionary_words.numbers(words)
    rows = [index.postings.rows(number) if number >= 0 else 0 for number in numbers]
    assert index.postings.rows_of_each(numbers) == rows
    assert index.postings.frequencies(numbers) == [word_rows.bit_count() for word_rows in rows]
    frequencies = [frequency for frequency in index.postings.frequencies(numbers) if frequency]
    assert min(frequencies) <= index.count // 32 < max(frequencies)  # listed ones and frequent ones


def test_a_title_has_the_words_that_its_hits_say(index, words):
    for number in index.dictionary_words.numbers(words[:-1]):
        title_rows = bits_of(
            (row for row in range(index.count) if index.postings.is_in_title(number, row)), index.count
        )
        assert title_rows == index.postings.hits(number).title
    assert any(index.postings.hits(index.words.find(word)).title for word in words)


def test_sums_are_those_of_single_postings(index, words):
    addends = [[100.0 * at + count for count in range(16)] for at in range(len(words))]
    numbers = index.dictionary_words.numbers(words)
    sums, expected, added = [0.0] * index.count, [0.0] * index.count, 0
    for number, by_count in zip(numbers, addends, strict=True):
        for row, count in index.postings.counts(number) if number >= 0 else ():
            expected[row] += by_count[count]
            added += 1
    numbered = [(number, by_count) for number, by_count in zip(numbers, addends, strict=True) if number >= 0]
    frequent = {number: index.postings.rows_and_counts(number) for number, _ in numbered}
    assert index.postings.add_by_counts(sums, numbered, frequent) == added
    assert sums == expected
    assert {count for _, counts in frequent.values() for count in counts} >= {1, 2, 5, 15}


@pytest.mark.parametrize("zeros", [0, 1, 5, 60, 100])
def test_rows_whose_number_is_not_zero(zeros):
    numbers = [0.0] * zeros + [-0.5, 2.0] * ((100 - zeros) // 2)
    CHANCE.shuffle(numbers)
    assert rows_not_zero(numbers) == bits_of((row for row, number in enumerate(numbers) if number), len(numbers))


def test_no_rows_have_no_number():
    assert rows_not_zero([]) == 0
