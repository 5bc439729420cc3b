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
from core.language.compounds import joined_forms, joined_key
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
    word_key,
)
from core.paper import Paper
from core.taxonomy import canonical_category
from core.text.attributes import paper_attributes

MOST_INDEXED_PAPERS: Final = 32_767
MOST_WORD_PLACES: Final = 60_000
"""Where the index of one paper ends; arXiv's longest abstracts have some 400 words."""
_WORD_SIGNS: Final = frozenset((AUTHOR_WORD_SIGN, COMMENT_WORD_SIGN, INSTITUTION_WORD_SIGN))
"""Before words that are in no text."""
_PLACE_STEPS: Final = {WORD_SPACE: 1, WORD_HYPHEN: 1, WORD_GAP: 2, ACRONYM_ASIDE: 0}
"""How far a word is from the one before."""


def build_index(papers: Sequence[Paper]) -> bytes:
    """Index a batch. Raises ValueError for more than 32,767 papers, which no day has."""
    if len(papers) > MOST_INDEXED_PAPERS:
        raise ValueError(f"a batch has at most {MOST_INDEXED_PAPERS} papers, got {len(papers)}")
    postings: defaultdict[str, WordPostings] = defaultdict(WordPostings)
    spans_and_lengths = [_add_paper(postings, row, paper) for row, paper in enumerate(papers)]
    joined_words = sorted(word for word in postings if WORD_HYPHEN in word)
    dictionary_words = sorted(postings.keys() - joined_words)
    vector_lengths, generic = lengths_and_generic(_text_postings(postings), len(papers))
    index_parts = {
        "ids": "\n".join(paper.arxiv_id for paper in papers).encode(),
        "versions": split_planes(min(paper.version, HIGHEST_IN_TWO_PLANES) for paper in papers),
        "announced": split_planes(paper.announced.toordinal() - INDEX_EPOCH for paper in papers),
        "spans": split_planes(span for span, _ in spans_and_lengths),
        "lengths": split_planes(length for _, length in spans_and_lengths),
        "vector_lengths": split_planes(column_numbers(vector_lengths, LENGTH_STEPS)),
        "generic": split_planes(column_numbers(generic, GENERIC_STEPS)),
        "sets": _write_row_sets(papers),
        "authors": "\n".join(map(_author_column_line, papers)).encode(),
        "acronyms": write_acronyms(papers, lambda word: len(postings[word].posting_rows) if word in postings else 0),
        **write_words(joined_words, dictionary_words),
        **write_postings([postings[word] for word in (*joined_words, *dictionary_words)], len(papers)),
    }
    return write_container(INDEX_KIND, len(papers), index_parts, INDEX_PARTS)


def _text_postings(postings: Mapping[str, WordPostings]) -> dict[str, WordPostings]:
    return {word: posting for word, posting in postings.items() if word[0] not in _WORD_SIGNS}


def _add_paper(postings: defaultdict[str, WordPostings], row: int, indexed_paper: Paper) -> tuple[int, int]:
    """Add one paper's words; return where its abstract begins and how many words it has."""
    paper_places: defaultdict[str, list[int]] = defaultdict(list)
    title_words, span = _add_words(paper_places, indexed_paper.title, 0)
    abstract_words, _ = _add_words(paper_places, indexed_paper.abstract, span)
    for word, word_places in paper_places.items():
        postings[word].add(row, word_places, span)
    for indexed_word in sorted({word for author in indexed_paper.authors for word in fold_name(author.name).split()}):
        postings[AUTHOR_WORD_SIGN + indexed_word].add(row, (0,), 0)
    institutions = " ".join({author.affiliation: None for author in indexed_paper.authors})
    for word_sign, indexed_text in ((COMMENT_WORD_SIGN, indexed_paper.comment), (INSTITUTION_WORD_SIGN, institutions)):
        indexed_words = {fold_word(word) for _, word in cut_words(indexed_text or "")} - FUNCTION_WORDS
        for indexed_word in sorted(indexed_words):
            postings[word_sign + indexed_word].add(row, (0,), 0)
    return span, title_words + abstract_words


def _add_words(paper_places: defaultdict[str, list[int]], indexed_text: str, first_place: int) -> tuple[int, int]:
    """Note the places of one field's words; return how many they are, and the place where the next field begins."""
    joining_signs, indexed_words = cut_with_signs(indexed_text)
    if not indexed_words:
        return 0, first_place
    place_steps = map(_PLACE_STEPS.__getitem__, joining_signs[1:])
    word_places = [place for place in accumulate(place_steps, initial=first_place) if place < MOST_WORD_PLACES]
    for word, place in zip(map(word_key, indexed_words), word_places, strict=False):
        paper_places[word].append(place)
    if WORD_HYPHEN in joining_signs:
        for hyphened_places in _hyphened_places(joining_signs, indexed_words, word_places):
            _add_joined_words(paper_places, hyphened_places)
    return len(word_places), min(word_places[-1] + 3, MOST_WORD_PLACES) if word_places else first_place


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
    for joined_word, place, joined_width in joined_forms(hyphened_places):
        insort(paper_places[joined_key(joined_word, joined_width)], place)


def _author_column_line(indexed_paper: Paper) -> str:
    """``|yann lecun|jean pierre y|``: names as words, each between bars."""
    return "".join(["|", *(fold_name(author.name) + "|" for author in indexed_paper.authors)])


def _write_row_sets(indexed_papers: Sequence[Paper]) -> bytes:
    """Name every set of papers that a filter may ask for: has a category, is announced in one as new, …"""
    row_sets: defaultdict[str, list[int]] = defaultdict(list)
    for row, indexed_paper in enumerate(indexed_papers):
        for category in {canonical_category(category) for category in indexed_paper.categories}:
            row_sets["c:" + category].append(row)
        row_sets["p:" + canonical_category(indexed_paper.primary_category)].append(row)
        for attribute_set in paper_attributes(indexed_paper.abstract, indexed_paper.comment, indexed_paper.journal_ref):
            row_sets[attribute_set].append(row)
        row_sets["t:" + indexed_paper.announce_type].append(row)
        for announcement in indexed_paper.announcements:
            row_sets[f"a:{canonical_category(announcement.category)} {announcement.announce_type}"].append(row)
    set_names = sorted(row_sets)
    row_count, bitmap_bytes = len(indexed_papers), bitmap_width(len(indexed_papers))
    set_bitmaps = b"".join(bits_of(row_sets[name], row_count).to_bytes(bitmap_bytes, "little") for name in set_names)
    return "\n".join(set_names).encode() + b"\0" + set_bitmaps
