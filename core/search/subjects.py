"""The subjects of a short text: what stands between its function words, as terms, and what each says of the whole."""

from collections.abc import Callable, Container, Sequence
from functools import cache
from itertools import pairwise
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.memo import MemoKind
from core.index.vectors import has_weight
from core.language.terms import Term, TermWord, join_clauses, phrase_clause
from core.language.wider_terms import ASKING_KEYS
from core.language.words import FUNCTION_WORDS, WORD_GAP, cut_with_signs, fold_word, word_key
from core.query.feed_query import FeedQuery
from core.query.values import LikedText
from core.search.acronyms import known_acronyms, with_acronyms
from core.search.batch import BatchLinks, LoadedBatch, newest_batches
from core.search.centroid import Rarities
from core.search.match import plain_hits
from core.search.scores import millionths
from core.taxonomy import ARCHIVES, CATEGORIES, archive_members

MEASURED_PAPERS: Final = 3500
"""How common a text is, is told by so many of the newest papers, a week of a busy deployment: more cost more."""
_NEIGHBOURS_PART: Final = 0.5
"""What two words say by standing together, as a part of what they say alone."""


class Subject(Struct, frozen=True):
    """Words that stand together: as terms, their neighbourhoods, what each says of the whole text, and categories."""

    subject_words: tuple[Term, ...]
    pairs: tuple[tuple[Term, int], ...]  # with the place of the first of the two words
    shares: tuple[int, ...]  # of the words, then of the pairs, in millionths of the text; never 0 together
    long_forms: tuple[tuple[Term, range], ...]  # and the words that they are made of
    categories: frozenset[str]

    @property
    def whole(self) -> int:
        return sum(self.shares)


_SUBJECTS: Final = MemoKind[tuple[Subject, ...]]("subjects", lambda subjects: 3000 * len(subjects))


def telling(liked_text: str) -> list[list[str]]:
    """The words that say what a text is about, each once, cut where a function word or a comma stands."""
    return _cut_into_subjects(liked_text, ASKING_KEYS) or _cut_into_subjects(liked_text, frozenset())


def _cut_into_subjects(liked_text: str, asking_keys: frozenset[str]) -> list[list[str]]:
    subjects: list[list[str]] = [[]]
    subject_keys: set[str] = set()
    for sign, subject_word in zip(*cut_with_signs(liked_text), strict=True):
        subject_word_key = word_key(subject_word)
        tells_nothing = (
            fold_word(subject_word) in FUNCTION_WORDS
            or not has_weight(subject_word_key)
            or subject_word_key in asking_keys
        )
        if tells_nothing or sign == WORD_GAP:
            subjects.append([])
        if not tells_nothing and subject_word_key not in subject_keys:
            subjects[-1].append(subject_word)
            subject_keys.add(subject_word_key)
    return [subject for subject in subjects if subject]


@cache
def _categories_by_subject() -> dict[tuple[str, ...], frozenset[str]]:
    """The categories, by the keys of the words of their names and of their archives' names."""
    categories_by_subject: dict[tuple[str, ...], frozenset[str]] = {}
    subject_names = [(category_name, archive_members(archive)) for archive, category_name in ARCHIVES.items()]
    subject_names += [(category_name, frozenset((category,))) for category, category_name in CATEGORIES.items()]
    for subject_name, subject_categories in subject_names:
        subject_keys = tuple(word_key(subject_word) for subject in telling(subject_name) for subject_word in subject)
        categories_by_subject[subject_keys] = subject_categories | categories_by_subject.get(subject_keys, frozenset())
    return categories_by_subject


def texts_of(query: FeedQuery) -> list[str]:
    """The texts among what a query likes."""
    return [liked.text for liked in query.like if isinstance(liked, LikedText)]


def subjects_of(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> tuple[Subject, ...]:
    """Read the texts that a query likes; words that no paper held has, and that name no category, are left out."""
    return links.memo.remembered(_SUBJECTS, (query.like, query.expand), lambda: _read_subjects(query, batches, links))


class _SubjectWords(Struct, frozen=True):
    words: tuple[str, ...]
    rarities: tuple[float, ...]
    categories: frozenset[str]


def _read_subjects(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> tuple[Subject, ...]:
    def subject_terms_of(phrases: Sequence[Sequence[str]]) -> tuple[Term, ...]:
        subject_terms = tuple(
            join_clauses([phrase_clause([*map(TermWord, words_of_subject)])]) for words_of_subject in phrases
        )
        return (
            with_acronyms(replace(query, keywords=subject_terms, match="word"), batches, links).keywords
            if subject_terms
            else ()
        )

    def has_matches(term: Term, term_batches: Sequence[LoadedBatch]) -> bool:
        return any(plain_hits(batch.index, term, batch.index.all_rows).rows for batch in term_batches)

    subject_rarities = Rarities(batches)

    def is_held(subject_word: str) -> bool:
        if subject_rarities.papers_holding(word_key(subject_word)):
            return True
        return has_matches(subject_terms_of([[subject_word]])[0], batches)  # ``fewshot``, as two words

    subjects_read = []
    for subject_words in telling(", ".join(texts_of(query))):
        subject_categories = _categories_by_subject().get(tuple(map(word_key, subject_words)), frozenset())
        if held_words := tuple(
            subject_word for subject_word in subject_words if subject_categories or is_held(subject_word)
        ):
            word_rarities = tuple(subject_rarities[word_key(subject_word)] for subject_word in held_words)
            subjects_read.append(_SubjectWords(held_words, word_rarities, subject_categories))
    rarity_of_text = sum(max(subject.rarities) for subject in subjects_read) or 1.0
    known_long_forms = known_acronyms(batches, links).acronym_of if query.expand != "no" else {}
    measured_batches = newest_batches(batches, MEASURED_PAPERS)

    def is_met(pair: Term) -> bool:
        return has_matches(pair, measured_batches)

    return tuple(
        _subject(subject, rarity_of_text, known_long_forms, subject_terms_of, is_met) for subject in subjects_read
    )


def _subject(
    subject: _SubjectWords,
    rarity_of_text: float,
    known_long_forms: Container[tuple[str, ...]],
    subject_terms_of: Callable[[Sequence[Sequence[str]]], tuple[Term, ...]],
    is_met: Callable[[Term], bool],
) -> Subject:
    """A subject counts as much as its rarest word: "large language models" says no more than "weather"."""
    words_of_subject, subject_rarities = subject.words, subject.rarities
    word_runs = (
        range(word_at, word_at + run_length)
        for word_at in range(len(words_of_subject))
        for run_length in range(2, len(words_of_subject) - word_at + 1)
    )
    long_form_runs = [
        word_run
        for word_run in word_runs
        if tuple(word_key(words_of_subject[word_at]) for word_at in word_run) in known_long_forms
    ]
    pair_terms = zip(subject_terms_of(list(pairwise(words_of_subject))), pairwise(subject_rarities), strict=True)
    matching_pairs = [
        (pair_term, word_at, _NEIGHBOURS_PART * sum(pair_rarities))
        for word_at, (pair_term, pair_rarities) in enumerate(pair_terms)
        if is_met(pair_term)
    ]
    subject_weights = [*subject_rarities, *(pair_weight for _, _, pair_weight in matching_pairs)]
    share_of_weight = max(subject_rarities) / rarity_of_text / (sum(subject_weights) or 1.0)
    long_form_terms = subject_terms_of(
        [words_of_subject[word_run.start : word_run.stop] for word_run in long_form_runs]
    )
    return Subject(
        subject_terms_of([[subject_word] for subject_word in words_of_subject]),
        tuple((pair_term, word_at) for pair_term, word_at, _ in matching_pairs),
        tuple(millionths(share_of_weight * weight) for weight in subject_weights),
        tuple(zip(long_form_terms, long_form_runs, strict=True)),
        subject.categories,
    )
