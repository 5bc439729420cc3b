"""Writing the match index of a batch, at refresh; ``core.index`` says what is in it."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from core.index.acronyms import write_acronyms
from core.index.bitset import bits_of
from core.index.container import write_container
from core.index.dictionary import write_words
from core.index.packing import HIGHEST_IN_TWO_PLANES, split_planes
from core.index.posting_rows import bitmap_width
from core.index.postings_writer import WordPostings, write_postings
from core.index.reader import (
    AUTHOR_WORD_SIGN,
    COMMENT_WORD_SIGN,
    INDEX_EPOCH,
    INDEX_KIND,
    INDEX_PARTS,
    INSTITUTION_WORD_SIGN,
)
from core.index.vectors import GENERIC_STEPS, LENGTH_STEPS, column_numbers, lengths_and_generic
from core.language.names import fold_name
from core.language.words import (
    ACRONYM_ASIDE,
    FUNCTION_WORDS,
    WORD_GAP,
    WORD_HYPHEN,
    WORD_SPACE,
    cut_with_signs,
    cut_words,
    fold_word,
    joined_forms,
    joined_key,
    word_key,
)
from core.paper import Paper
from core.taxonomy import canonical_category
from core.text.attributes import paper_attributes

MOST_INDEXED_PAPERS: Final = 32_767
MOST_INDEXED_PLACES: Final = 60_000
"""Where the index of one paper ends; arXiv's longest abstracts have some 400 words."""
_INDEXED_FIELD_SIGNS: Final = frozenset((AUTHOR_WORD_SIGN, COMMENT_WORD_SIGN, INSTITUTION_WORD_SIGN))
"""Before words that are in no text."""
_INDEXED_PLACE_STEPS: Final = {WORD_SPACE: 1, WORD_HYPHEN: 1, WORD_GAP: 2, ACRONYM_ASIDE: 0}
"""How far a word is from the one before."""


def build_index(indexed_papers: Sequence[Paper]) -> bytes:
    """Index a batch. Raises ValueError for more than 32,767 papers, which no day has."""
    if len(indexed_papers) > MOST_INDEXED_PAPERS:
        raise ValueError(f"a batch has at most {MOST_INDEXED_PAPERS} papers, got {len(indexed_papers)}")
    postings: defaultdict[str, WordPostings] = defaultdict(WordPostings)
    spans_and_lengths = [_add_paper(postings, row, indexed_paper) for row, indexed_paper in enumerate(indexed_papers)]
    joined_words = sorted(indexed_word for indexed_word in postings if WORD_HYPHEN in indexed_word)
    dictionary_words = sorted(postings.keys() - joined_words)
    vector_lengths, generic = lengths_and_generic(_text_postings(postings), len(indexed_papers))
    index_parts = {
        "ids": "\n".join(indexed_paper.arxiv_id for indexed_paper in indexed_papers).encode(),
        "versions": split_planes(min(indexed_paper.version, HIGHEST_IN_TWO_PLANES) for indexed_paper in indexed_papers),
        "announced": split_planes(
            indexed_paper.announced.toordinal() - INDEX_EPOCH for indexed_paper in indexed_papers
        ),
        "spans": split_planes(abstract_start for abstract_start, _ in spans_and_lengths),
        "lengths": split_planes(indexed_length for _, indexed_length in spans_and_lengths),
        "vector_lengths": split_planes(column_numbers(vector_lengths, LENGTH_STEPS)),
        "generic": split_planes(column_numbers(generic, GENERIC_STEPS)),
        "sets": _write_row_sets(indexed_papers),
        "authors": "\n".join(map(_author_column_line, indexed_papers)).encode(),
        "acronyms": write_acronyms(
            indexed_papers,
            lambda indexed_word: len(postings[indexed_word].posting_rows) if indexed_word in postings else 0,
        ),
        **write_words(joined_words, dictionary_words),
        **write_postings(
            [postings[indexed_word] for indexed_word in (*joined_words, *dictionary_words)], len(indexed_papers)
        ),
    }
    return write_container(INDEX_KIND, len(indexed_papers), index_parts, INDEX_PARTS)


def _text_postings(postings: Mapping[str, WordPostings]) -> dict[str, WordPostings]:
    return {
        indexed_word: word_postings
        for indexed_word, word_postings in postings.items()
        if indexed_word[0] not in _INDEXED_FIELD_SIGNS
    }


def _add_paper(postings: defaultdict[str, WordPostings], row: int, indexed_paper: Paper) -> tuple[int, int]:
    """Add one paper's words; return where its abstract begins and how many words it has."""
    paper_places: defaultdict[str, list[int]] = defaultdict(list)
    title_words, abstract_start = _add_words(paper_places, indexed_paper.title, 0)
    abstract_words, _ = _add_words(paper_places, indexed_paper.abstract, abstract_start)
    for indexed_word, word_places in paper_places.items():
        postings[indexed_word].add(row, word_places, abstract_start)
    for indexed_word in sorted(
        {
            indexed_word
            for indexed_author in indexed_paper.authors
            for indexed_word in fold_name(indexed_author.name).split()
        }
    ):
        postings[AUTHOR_WORD_SIGN + indexed_word].add(row, (0,), 0)
    institutions = " ".join({indexed_author.affiliation: None for indexed_author in indexed_paper.authors})
    for word_sign, indexed_text in ((COMMENT_WORD_SIGN, indexed_paper.comment), (INSTITUTION_WORD_SIGN, institutions)):
        indexed_words = {fold_word(indexed_word) for _, indexed_word in cut_words(indexed_text or "")} - FUNCTION_WORDS
        for indexed_word in sorted(indexed_words):
            postings[word_sign + indexed_word].add(row, (0,), 0)
    return abstract_start, title_words + abstract_words


def _add_words(paper_places: defaultdict[str, list[int]], indexed_text: str, first_place: int) -> tuple[int, int]:
    """Note the places of one field's words; return how many they are, and the place where the next field begins."""
    joining_signs, indexed_words = cut_with_signs(indexed_text)
    if not indexed_words:
        return 0, first_place
    place_steps = map(_INDEXED_PLACE_STEPS.__getitem__, joining_signs[1:])
    word_places = [
        word_place for word_place in accumulate(place_steps, initial=first_place) if word_place < MOST_INDEXED_PLACES
    ]
    for indexed_word, word_place in zip(map(word_key, indexed_words), word_places, strict=False):
        paper_places[indexed_word].append(word_place)
    if WORD_HYPHEN in joining_signs:
        for hyphened_places in _hyphened_places(joining_signs, indexed_words, word_places):
            _add_joined_words(paper_places, hyphened_places)
    return len(word_places), min(word_places[-1] + 3, MOST_INDEXED_PLACES) if word_places else first_place


def _hyphened_places(
    joining_signs: Sequence[str], indexed_words: Sequence[str], word_places: Sequence[int]
) -> Iterator[list[tuple[str, int]]]:
    """Give the words that hyphens join, with their places."""
    hyphened_places: list[tuple[str, int]] = []
    for number in range(1, len(word_places)):
        if joining_signs[number] == WORD_HYPHEN:
            hyphened_places = hyphened_places or [(indexed_words[number - 1], word_places[number - 1])]
            hyphened_places.append((indexed_words[number], word_places[number]))
        elif hyphened_places:
            yield hyphened_places
            hyphened_places = []
    yield hyphened_places


def _add_joined_words(paper_places: defaultdict[str, list[int]], hyphened_places: Sequence[tuple[str, int]]) -> None:
    for joined_word, word_place, joined_width in joined_forms(hyphened_places):
        insort(paper_places[joined_key(joined_word, joined_width)], word_place)


def _author_column_line(indexed_paper: Paper) -> str:
    """``|yann lecun|jean pierre y|``: names as words, each between bars."""
    return "".join(["|", *(fold_name(indexed_author.name) + "|" for indexed_author in indexed_paper.authors)])


def _write_row_sets(indexed_papers: Sequence[Paper]) -> bytes:
    """Name every set of papers that a filter may ask for: has a category, is announced in one as new, …"""
    row_sets: defaultdict[str, list[int]] = defaultdict(list)
    for row, indexed_paper in enumerate(indexed_papers):
        for indexed_category in {canonical_category(indexed_category) for indexed_category in indexed_paper.categories}:
            row_sets["c:" + indexed_category].append(row)
        row_sets["p:" + canonical_category(indexed_paper.primary_category)].append(row)
        for attribute_set in paper_attributes(indexed_paper.abstract, indexed_paper.comment, indexed_paper.journal_ref):
            row_sets[attribute_set].append(row)
        row_sets["t:" + indexed_paper.announce_type].append(row)
        for indexed_announcement in indexed_paper.announcements:
            row_sets[
                f"a:{canonical_category(indexed_announcement.category)} {indexed_announcement.announce_type}"
            ].append(row)
    set_names = sorted(row_sets)
    row_count, bitmap_bytes = len(indexed_papers), bitmap_width(len(indexed_papers))
    set_bitmaps = b"".join(
        bits_of(row_sets[set_name], row_count).to_bytes(bitmap_bytes, "little") for set_name in set_names
    )
    return "\n".join(set_names).encode() + b"\0" + set_bitmaps
