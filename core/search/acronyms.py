"""
Acronyms that the papers held define, nearly all alike: ``LLM`` finds "large language model" too, and the reverse.

A paper that defines the acronym otherwise is no match of it. Of an acronym with several meanings, another term of the
query may say which is meant: ``ASR, speech recognition``.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.index.bitset import bits_of, rows_of
from core.index.memo import MemoKind, bits_size
from core.index.reader import BatchIndex
from core.language.acronyms import acronym_definitions, long_forms_agree, short_form
from core.language.terms import NOT_OF_TEXT, Clause, Term, TermAlternative, TermWord
from core.language.words import WORD_GAP, word_key
from core.query.feed_query import FeedQuery
from core.search.batch import BatchLinks, LoadedBatch

_LEAST_DEFINING_PAPERS: Final = 10
_LEAST_AGREEING_SHARE: Final = 0.9
"""An acronym is known when so many of the papers held define it, and this part of them alike."""

_LEAST_PAPERS_OF_SEVERAL_MEANINGS: Final = 5
"""An acronym with several meanings is remembered when so many papers define it."""


class KnownAcronyms(Struct, frozen=True):
    """The acronyms with one meaning, by their keys and by their long forms'."""

    long_form_of: Mapping[str, tuple[str, ...]]
    acronym_of: Mapping[tuple[str, ...], str]
    several_meanings: Mapping[str, tuple[tuple[str, ...], ...]]  # of other acronyms, the most frequent first


_KNOWN_ACRONYMS: Final = MemoKind[KnownAcronyms](
    "acronyms", lambda acronyms: 500 * (len(acronyms.long_form_of) + len(acronyms.several_meanings))
)
_ROWS_DEFINED_OTHERWISE: Final = MemoKind[int]("defined otherwise", bits_size)


def known_acronyms(batches: Sequence[LoadedBatch], links: BatchLinks) -> KnownAcronyms:
    """Return what is known of the papers held; it is remembered."""
    return links.memo.remembered(_KNOWN_ACRONYMS, None, lambda: _learn_acronyms(batch.index for batch in batches))


def _learn_acronyms(batch_indexes: Iterable[BatchIndex]) -> KnownAcronyms:
    acronym_meanings: defaultdict[str, dict[tuple[str, ...], int]] = defaultdict(dict)
    papers_defining_otherwise: defaultdict[str, int] = defaultdict(int)
    for index in batch_indexes:
        for acronym_of_day in index.acronyms:
            meanings, long_form = acronym_meanings[acronym_of_day.short], acronym_of_day.long
            meanings[long_form] = meanings.get(long_form, 0) + acronym_of_day.defining_papers
            papers_defining_otherwise[acronym_of_day.short] += len(acronym_of_day.otherwise_rows)
    long_form_of, several_meanings = {}, {}
    for acronym, meanings in acronym_meanings.items():
        defining_papers = sum(meanings.values()) + papers_defining_otherwise[acronym]
        if defining_papers < _LEAST_PAPERS_OF_SEVERAL_MEANINGS:  # as of most acronyms
            continue
        main_meaning = min(meanings, key=lambda meaning: (-meanings[meaning], meaning))
        agreeing_meanings = (
            meaning for meaning in meanings if meaning == main_meaning or long_forms_agree(meaning, main_meaning)
        )
        agreeing_papers = sum(meanings[meaning] for meaning in agreeing_meanings)
        if agreeing_papers >= max(_LEAST_DEFINING_PAPERS, _LEAST_AGREEING_SHARE * defining_papers):
            long_form_of[acronym] = main_meaning
        else:
            several_meanings[acronym] = tuple(sorted(meanings, key=lambda meaning: (-meanings[meaning], meaning)))
    acronyms = sorted(long_form_of.items(), reverse=True)
    acronym_of = {tuple(map(word_key, long_form)): acronym for acronym, long_form in acronyms}
    return KnownAcronyms(long_form_of, acronym_of, several_meanings)


def with_acronyms(query: FeedQuery, batches: Sequence[LoadedBatch], links: BatchLinks) -> FeedQuery:
    """Let a query's keywords find acronyms and long forms alike, unless it says ``expand=no``."""
    if query.expand == "no" or query.match == "substring" or not query.keywords or query.keywords[0].alternatives:
        return query
    acronyms = known_acronyms(batches, links)
    acronyms = replace(acronyms, long_form_of={**acronyms.long_form_of, **_meant_long_forms(query.keywords, acronyms)})
    if not acronyms.long_form_of:
        return query
    return replace(query, keywords=tuple(_keyword_with_acronym(keyword, acronyms) for keyword in query.keywords))


def _meant_long_forms(keywords: Sequence[Term], acronyms: KnownAcronyms) -> Mapping[str, tuple[str, ...]]:
    """Which of several meanings is meant by an acronym, as another keyword says: ``ASR, speech recognition``."""
    keyword_clauses = [term.clauses[0] for term in keywords if len(term.clauses) == 1 and not term.clauses[0].field]
    keyword_phrases = [
        " ".join(word_key(query_word.text) for query_word in query_clause.words) for query_clause in keyword_clauses
    ]
    meant_long_forms: dict[str, tuple[str, ...]] = {}
    for acronym in {
        short_form(query_clause.literal) for query_clause in keyword_clauses
    } & acronyms.several_meanings.keys():
        spelled_meanings = {long: f" {' '.join(map(word_key, long))} " for long in acronyms.several_meanings[acronym]}
        for long_form, spelled_meaning in spelled_meanings.items():
            if any(f" {keyword_phrase} " in spelled_meaning for keyword_phrase in keyword_phrases):
                meant_long_forms.setdefault(acronym, long_form)
    return meant_long_forms


def _keyword_with_acronym(keyword: Term, acronyms: KnownAcronyms) -> Term:
    if len(keyword.clauses) > 1 or keyword.clauses[0].field in NOT_OF_TEXT:
        return keyword
    (keyword_clause,) = keyword.clauses
    query_words = keyword_clause.words
    alternatives = []
    for begin, query_word in enumerate(query_words):
        asked_acronym = "" if query_word.is_prefix else short_form(query_word.text)
        if long_form := acronyms.long_form_of.get(asked_acronym):
            long_clause = _expanded_clause(keyword_clause, begin, begin + 1, long_form)
            alternatives.append(TermAlternative(long_clause, asked_acronym, long_form, is_acronym=False))
        for end in range(begin + 2, len(query_words) + 1):
            query_phrase = query_words[begin:end]
            acronym = acronyms.acronym_of.get(tuple(word_key(query_word.text) for query_word in query_phrase))
            if acronym and not any(
                query_word.is_prefix or query_word.joining_sign == WORD_GAP for query_word in query_phrase
            ):
                acronym_clause = _expanded_clause(keyword_clause, begin, end, (acronym,))
                long_form = acronyms.long_form_of[acronym]
                alternatives.append(TermAlternative(acronym_clause, acronym, long_form, is_acronym=True))
    return replace(keyword, alternatives=tuple(alternatives[:1]))


def _expanded_clause(query_clause: Clause, begin: int, end: int, expansion: Sequence[str]) -> Clause:
    """Return a keyword's clause with other words in place of some: an acronym, or its long form."""
    expanded_words = (*query_clause.words[:begin], *map(TermWord, expansion), *query_clause.words[end:])
    expanded_query = " ".join(query_word.text for query_word in expanded_words)
    expanded_text = f"{query_clause.field}:{expanded_query}" if query_clause.field else expanded_query
    return replace(query_clause, words=expanded_words, literal=expanded_query, text=expanded_text)


def defined_otherwise(index: BatchIndex, alternative: TermAlternative) -> int:
    """Return the rows of papers that mean something else by the acronym of a term."""
    memo_key = (alternative.acronym, alternative.long_form)
    return index.memo.remembered(_ROWS_DEFINED_OTHERWISE, memo_key, lambda: _rows_defined_otherwise(index, alternative))


def _rows_defined_otherwise(index: BatchIndex, alternative: TermAlternative) -> int:
    rows_otherwise: tuple[int, ...] = ()
    for acronym in index.acronyms:
        if acronym.short == alternative.acronym:
            if long_forms_agree(acronym.long, alternative.long_form):
                rows_otherwise += acronym.otherwise_rows
            else:
                rows_otherwise += acronym.defining_rows or tuple(_read_rows(index, alternative))
    return bits_of((*rows_otherwise, *_only_holding_row(index, alternative)), index.count)


def _only_holding_row(index: BatchIndex, alternative: TermAlternative) -> Iterator[int]:
    """Give the one paper that holds the acronym if it defines it otherwise: the index lists no definition of it."""
    word_number = index.words.find(word_key(alternative.acronym))
    if word_number >= 0 and index.postings.rows(word_number).bit_count() == 1:
        yield from _read_rows(index, alternative)


def _read_rows(index: BatchIndex, alternative: TermAlternative) -> Iterator[int]:
    """Read which papers that hold the acronym define it otherwise."""
    acronym, meant_long_form = alternative.acronym, alternative.long_form
    word_number = index.words.find(word_key(acronym))
    for searched_row in rows_of(index.postings.rows(word_number) if word_number >= 0 and index.papers else 0):
        searched_paper = index.papers[searched_row]
        searched_definitions = acronym_definitions(f"{searched_paper.title}. {searched_paper.abstract}")
        long_forms = [
            searched_definition.long_form
            for searched_definition in searched_definitions
            if searched_definition.acronym == acronym
        ]
        if long_forms and not any(long_forms_agree(long_form, meant_long_form) for long_form in long_forms):
            yield searched_row
