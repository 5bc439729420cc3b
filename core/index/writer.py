"""Writing the match index of a batch, at refresh; ``core.index`` says what is in it."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from core.index.acronyms import write_acronyms
from core.index.bitset import bits_of
from core.index.container import write_parts
from core.index.dictionary import write_words
from core.index.packing import split_planes
from core.index.postings_writer import WordPostings, write_postings
from core.index.reader import AUTHOR_SIGN, COMMENT_SIGN, EPOCH, INSTITUTION_SIGN, KIND, PARTS
from core.index.vectors import GENERIC_STEPS, LENGTH_STEPS, lengths_and_generic, written
from core.language.compounds import joined_forms, joined_key
from core.language.names import fold_name
from core.language.words import (
    ASIDE,
    FUNCTION_WORDS,
    GAP,
    HYPHEN,
    SPACE,
    cut_with_signs,
    cut_words,
    fold_word,
    word_key,
)
from core.paper import Paper
from core.taxonomy import canonical_category
from core.text.attributes import paper_attributes

MOST_ROWS: Final = 32_767
_HIGHEST: Final = 65_535
MOST_PLACES: Final = 60_000
"""Where the index of one paper ends; arXiv's longest abstracts have some 400 words."""
_SIGNS: Final = frozenset((AUTHOR_SIGN, COMMENT_SIGN, INSTITUTION_SIGN))
"""Before words that are in no text."""
_STEPS: Final = {SPACE: 1, HYPHEN: 1, GAP: 2, ASIDE: 0}
"""How far a word is from the one before."""


def build_index(papers: Sequence[Paper]) -> bytes:
    """Index a batch. Raises ValueError for more than 32,767 papers, which no day has."""
    if len(papers) > MOST_ROWS:
        raise ValueError(f"a batch has at most {MOST_ROWS} papers, got {len(papers)}")
    postings: defaultdict[str, WordPostings] = defaultdict(WordPostings)
    fields = [_add_paper(postings, row, paper) for row, paper in enumerate(papers)]
    joined = sorted(word for word in postings if HYPHEN in word)
    words = sorted(postings.keys() - joined)
    lengths, generic = lengths_and_generic(_of_texts(postings), len(papers))
    parts = {
        "ids": "\n".join(paper.arxiv_id for paper in papers).encode(),
        "versions": split_planes(min(paper.version, _HIGHEST) for paper in papers),
        "announced": split_planes(paper.announced.toordinal() - EPOCH for paper in papers),
        "spans": split_planes(span for span, _ in fields),
        "lengths": split_planes(length for _, length in fields),
        "vector_lengths": split_planes(written(lengths, LENGTH_STEPS)),
        "generic": split_planes(written(generic, GENERIC_STEPS)),
        "sets": _write_sets(papers),
        "authors": "\n".join(map(_write_authors, papers)).encode(),
        "acronyms": write_acronyms(papers, lambda word: len(postings[word].rows) if word in postings else 0),
        **write_words(joined, words),
        **write_postings([postings[word] for word in (*joined, *words)], len(papers)),
    }
    return write_parts(KIND, len(papers), parts, PARTS)


def _of_texts(postings: Mapping[str, WordPostings]) -> dict[str, WordPostings]:
    return {word: each for word, each in postings.items() if word[0] not in _SIGNS}


def _add_paper(postings: defaultdict[str, WordPostings], row: int, paper: Paper) -> tuple[int, int]:
    """Add one paper's words; return where its abstract begins and how many words it has."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    in_title, span = _add_words(found, paper.title, 0)
    in_abstract, _ = _add_words(found, paper.abstract, span)
    for word, places in found.items():
        postings[word].add(row, places, span)
    for word in sorted({word for author in paper.authors for word in fold_name(author.name).split()}):
        postings[AUTHOR_SIGN + word].add(row, (0,), 0)
    institutions = " ".join({author.affiliation: None for author in paper.authors})
    for sign, text in ((COMMENT_SIGN, paper.comment), (INSTITUTION_SIGN, institutions)):
        for word in sorted({fold_word(word) for _, word in cut_words(text)} - FUNCTION_WORDS) if text else ():
            postings[sign + word].add(row, (0,), 0)
    return span, in_title + in_abstract


def _add_words(found: defaultdict[str, list[int]], text: str, start: int) -> tuple[int, int]:
    """Note the places of one field's words; return how many they are, and the place where the next field begins."""
    signs, words = cut_with_signs(text)
    if not words:
        return 0, start
    steps = map(_STEPS.__getitem__, signs[1:])
    places = [place for place in accumulate(steps, initial=start) if place < MOST_PLACES]
    for word, place in zip(map(word_key, words), places, strict=False):
        found[word].append(place)
    if HYPHEN in signs:
        for run in _runs(signs, words, places):
            _add_joined(found, run)
    return len(places), min(places[-1] + 3, MOST_PLACES) if places else start


def _runs(signs: Sequence[str], words: Sequence[str], places: Sequence[int]) -> Iterator[list[tuple[str, int]]]:
    """Give the words that hyphens join, with their places."""
    run: list[tuple[str, int]] = []
    for number in range(1, len(places)):
        if signs[number] == HYPHEN:
            run = run or [(words[number - 1], places[number - 1])]
            run.append((words[number], places[number]))
        elif run:
            yield run
            run = []
    yield run


def _add_joined(found: defaultdict[str, list[int]], run: Sequence[tuple[str, int]]) -> None:
    for word, place, width in joined_forms(run):
        insort(found[joined_key(word, width)], place)


def _write_authors(paper: Paper) -> str:
    """``|yann lecun|jean pierre y|``: names as words, each between bars."""
    return "".join(["|", *(fold_name(author.name) + "|" for author in paper.authors)])


def _write_sets(papers: Sequence[Paper]) -> bytes:
    """Name every set of papers that a filter may ask for: has a category, is announced in one as new, …"""
    sets: defaultdict[str, list[int]] = defaultdict(list)
    for row, paper in enumerate(papers):
        for name in {canonical_category(category) for category in paper.categories}:
            sets["c:" + name].append(row)
        sets["p:" + canonical_category(paper.primary_category)].append(row)
        for name in paper_attributes(paper.abstract, paper.comment, paper.journal_ref):
            sets[name].append(row)
        sets["t:" + paper.announce_type].append(row)
        for announcement in paper.announcements:
            sets[f"a:{canonical_category(announcement.category)} {announcement.announce_type}"].append(row)
    names = sorted(sets)
    width = (len(papers) + 7) // 8
    bits = b"".join(bits_of(sets[name], len(papers)).to_bytes(width, "little") for name in names)
    return "\n".join(names).encode() + b"\0" + bits
