"""Terms that would widen a query: pairs of words its papers share and others lack; acronyms and what they stand for."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Final

from core.errors import ParseError
from core.language.term_parser import parse_term
from core.language.words import FUNCTION_WORDS, WORD_GAP, cut_words, fold_word
from core.paper import Entry, Paper
from core.query.feed_query import FeedQuery
from core.search.overview import Coverage

MOST_SUGGESTIONS: Final = 6
_FEWEST_MATCHES: Final = 3
"""Papers of the feed that must share a pair of words before it says anything."""
_LEAST_LIFT: Final = 8.0
"""How many times as frequent it must be in the feed as in all papers of the feed's categories and days."""
_MOST_PAIRS_MATCHED: Final = 10
_MOST_PAIRS_SEEN: Final = 160
_SHORTEST_PAIR_WORD: Final = 3
_ACRONYM_EXPANSION: Final = re.compile(r"((?:[A-Za-z][A-Za-z-]*[ \n]){1,6}?)\(([A-Z][A-Za-z]{1,6}?)s?\)")
"""``… key-value (KV)``: the words before a bracket, and a short form in it."""


def suggest(
    entries: Sequence[Entry], query: FeedQuery, coverage: Coverage, most_suggestions: int = MOST_SUGGESTIONS
) -> list[str]:
    """
    Return up to so many terms that often stand in a feed's papers and are rare elsewhere, and that bring new papers.

    Expansions of the query's acronyms, and acronyms of its phrases, come first; they are what the papers themselves
    define. ``entries`` are the feed's first: what is asked of the index is asked for a few pairs of words.
    """
    if not query.keywords or not entries:
        return []
    plain_terms = [term for term in query.keywords if len(term.clauses) == 1 and not term.clauses[0].field]
    matching_papers = [entry.paper for entry in entries]
    query_terms = {fold_word(term.text) for term in query.keywords}
    expansions = list(_expansions(matching_papers, {fold_word(term.text) for term in plain_terms}))
    known_terms = query_terms | set(map(_folded_spelling, expansions))
    suggestions = [*expansions, *_companion_pairs(matching_papers, known_terms, coverage)]
    suggested_spellings = {_folded_spelling(suggestion): suggestion for suggestion in reversed(suggestions)}
    for query_spelling in map(_folded_spelling, query_terms):
        suggested_spellings.pop(query_spelling, None)
    first_spellings = (each for each in suggestions if suggested_spellings.pop(_folded_spelling(each), ""))
    return list(islice(first_spellings, most_suggestions))


def _folded_spelling(query_term: str) -> str:
    """The term without what matching folds anyway: case, hyphens, a plural."""
    return fold_word(query_term).replace("-", " ").removesuffix("s")


def _expansions(matching_papers: Iterable[Paper], query_terms: set[str]) -> Iterator[str]:
    """Give the query's terms with a short form written out, or the other way round."""
    for paper in matching_papers:
        for words_before_acronym, acronym in _ACRONYM_EXPANSION.findall(paper.abstract):
            if suggested_long_form := _long_form_of(words_before_acronym.split(), acronym):
                acronym_terms = _terms_around(fold_word(acronym), query_terms)
                yield from (
                    f"{term_before}{suggested_long_form}{term_after}" for term_before, term_after in acronym_terms
                )
                long_form_terms = _terms_around(fold_word(suggested_long_form), query_terms)
                yield from (f"{term_before}{acronym}{term_after}" for term_before, term_after in long_form_terms)


def _terms_around(acronym_or_long_form: str, query_terms: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give what stands before and after it in the query's terms that hold it as whole words."""
    for query_term in query_terms:
        term_before, held_form, term_after = f" {query_term} ".partition(f" {acronym_or_long_form} ")
        if held_form:
            yield f"{term_before} ".lstrip(), f" {term_after}".rstrip()


def _long_form_of(words_before_acronym: Sequence[str], acronym: str) -> str:
    """Return those last words whose parts begin with the acronym's letters, little words aside; "" when none do."""
    suggested_parts = [
        (word_at, suggested_part.lower())
        for word_at, expanded_word in enumerate(words_before_acronym)
        for suggested_part in expanded_word.split("-")
        if suggested_part
    ]
    suggested_part_at = len(suggested_parts)
    for acronym_letter in reversed(acronym.lower()):
        suggested_part_at -= 1
        while (
            suggested_part_at > 0
            and (suggested_part := suggested_parts[suggested_part_at][1])[0] != acronym_letter
            and suggested_part in FUNCTION_WORDS
        ):
            suggested_part_at -= 1
        if suggested_part_at < 0 or suggested_parts[suggested_part_at][1][0] != acronym_letter:
            return ""
    suggested_start = suggested_parts[suggested_part_at][0]
    begins_inside_word = suggested_part_at > 0 and suggested_parts[suggested_part_at - 1][0] == suggested_start
    return "" if begins_inside_word else " ".join(words_before_acronym[suggested_start:])


def _companion_pairs(matching_papers: Sequence[Paper], known_terms: set[str], coverage: Coverage) -> list[str]:
    """Rank the pairs of words by how many of these papers share them, and by how much more often than others do."""
    title_pairs = {suggested_pair for paper in matching_papers for suggested_pair in _word_pairs(paper.title)}
    # Only pairs of some title, or "experiments show" would be one.
    matches_of_pairs = Counter(
        suggested_pair
        for paper in matching_papers
        for suggested_pair in _word_pairs(paper.title) | _word_pairs(paper.abstract) & title_pairs
    )
    suggested_already = {expanded_word for term in known_terms for expanded_word in term.split()}
    frequent_pairs = (
        (suggested_pair, matches)
        for suggested_pair, matches in matches_of_pairs.most_common(_MOST_PAIRS_SEEN)
        if matches >= _FEWEST_MATCHES and not suggested_already.issuperset(suggested_pair.split())
    )
    ranked_pairs: list[tuple[float, str]] = []
    for suggested_pair, matches in islice(frequent_pairs, _MOST_PAIRS_MATCHED):
        matches_everywhere = _matches_everywhere(coverage, suggested_pair)
        pair_lift = matches / len(matching_papers) * coverage.papers / max(matches_everywhere, 1)
        if matches_everywhere > matches and pair_lift >= _LEAST_LIFT:  # else it brings nothing new, or anything
            ranked_pairs.append((-matches * math.log(pair_lift), suggested_pair))
    return _pairs_apart(suggested_pair for _, suggested_pair in sorted(ranked_pairs))


def _matches_everywhere(coverage: Coverage, suggested_pair: str) -> int:
    try:
        return coverage.of_term(parse_term(suggested_pair))
    except ParseError:
        return 0


def _pairs_apart(ranked_pairs: Iterable[str]) -> list[str]:
    """Leave out pairs that share a word with a better one."""
    suggested_words: set[str] = set()
    suggested_pairs = []
    for suggested_pair in ranked_pairs:
        if suggested_words.isdisjoint(suggested_pair.split()):
            suggested_pairs.append(suggested_pair)
            suggested_words.update(suggested_pair.split())
    return suggested_pairs


def _word_pairs(field_text: str) -> set[str]:
    """The pairs of words that stand next to each other."""
    return {
        f"{pair_word.lower()} {next_word.lower()}"
        for (_, pair_word), (joining_sign, next_word) in pairwise(cut_words(field_text))
        if joining_sign != WORD_GAP and _may_be_suggested(pair_word) and _may_be_suggested(next_word)
    }


def _may_be_suggested(pair_word: str) -> bool:
    return len(pair_word) >= _SHORTEST_PAIR_WORD and pair_word.isalpha() and pair_word.lower() not in FUNCTION_WORDS
