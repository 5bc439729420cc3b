"""Terms that would widen a query: pairs of words its papers share and others lack; acronyms and what they stand for."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise
from typing import Final

from core.errors import ParseError
from core.language.term_parser import parse_term
from core.language.words import FUNCTION_WORDS, GAP, cut_words, fold_word
from core.paper import Entry, Paper
from core.query.feed_query import FeedQuery
from core.search.overview import Coverage

MOST: Final = 6
_FEWEST: Final = 3
"""Papers of the feed that must share a pair of words before it says anything."""
_LEAST_LIFT: Final = 8.0
"""How many times as frequent it must be in the feed as in all papers of the feed's categories and days."""
_TRIED: Final = 10
_SEEN: Final = 160
_SHORTEST: Final = 3
_EXPANDED: Final = re.compile(r"((?:[A-Za-z][A-Za-z-]*[ \n]){1,6}?)\(([A-Z][A-Za-z]{1,6}?)s?\)")
"""``… key-value (KV)``: the words before a bracket, and a short form in it."""


def suggest(entries: Sequence[Entry], query: FeedQuery, coverage: Coverage, most: int = MOST) -> list[str]:
    """
    Return up to ``most`` terms that often stand in a feed's papers and are rare elsewhere, and that bring new papers.

    Expansions of the query's acronyms, and acronyms of its phrases, come first; they are what the papers themselves
    define. ``entries`` are the feed's first: what is asked of the index is asked for a few pairs of words.
    """
    if not query.keywords or not entries:
        return []
    asked = {fold_word(term.text) for term in query.keywords}
    simple = {fold_word(term.text) for term in query.keywords if len(term.clauses) == 1 and not term.clauses[0].field}
    papers = [entry.paper for entry in entries]
    meant = list(_expansions(papers, simple))
    found = [*meant, *_companions(papers, asked | {_spelling(term) for term in meant}, coverage)]
    spelled = {_spelling(term): term for term in reversed(found)}  # of several spellings the first
    known = set(map(_spelling, asked))
    return [term for term in found if spelled.pop(_spelling(term), "") and _spelling(term) not in known][:most]


def _spelling(term: str) -> str:
    """The term without what matching folds anyway: case, hyphens, a plural."""
    return fold_word(term).replace("-", " ").removesuffix("s")


def _expansions(papers: Iterable[Paper], asked: set[str]) -> Iterator[str]:
    """Give the query's terms with a short form written out, or the other way round."""
    for paper in papers:
        for written, short in _EXPANDED.findall(paper.abstract):
            if long := _standing_for(written.split(), short):
                yield from (f"{before}{long}{after}" for before, after in _around(fold_word(short), asked))
                yield from (f"{before}{short}{after}" for before, after in _around(fold_word(long), asked))


def _around(name: str, asked: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Give what stands before and after a name in the terms that hold it as whole words."""
    for term in asked:
        before, found, after = f" {term} ".partition(f" {name} ")
        if found:
            yield f"{before} ".lstrip(), f" {after}".rstrip()


def _standing_for(words: Sequence[str], short: str) -> str:
    """Return those last words whose parts begin with the short form's letters, little words aside; "" when none do."""
    parts = [(number, part.lower()) for number, word in enumerate(words) for part in word.split("-") if part]
    at = len(parts)
    for letter in reversed(short.lower()):
        at -= 1
        while at > 0 and parts[at][1][0] != letter and parts[at][1] in FUNCTION_WORDS:
            at -= 1
        if at < 0 or parts[at][1][0] != letter:
            return ""
    first = parts[at][0]
    return " ".join(words[first:]) if not at or parts[at - 1][0] != first else ""


def _companions(papers: Sequence[Paper], asked: set[str], coverage: Coverage) -> list[str]:
    """Rank the pairs of words by how many of these papers share them, and by how much more often than others do."""
    titled = {pair for paper in papers for pair in _pairs(paper.title)}  # or "experiments show" would be one
    counts = Counter(pair for paper in papers for pair in _pairs(paper.title) | _pairs(paper.abstract) & titled)
    words_asked = {word for term in asked for word in term.split()}
    often = ((pair, count) for pair, count in counts.most_common(_SEEN) if count >= _FEWEST)
    fresh = islice((each for each in often if not words_asked.issuperset(each[0].split())), _TRIED)
    ranked: list[tuple[float, str]] = []
    for pair, count in fresh:
        everywhere = _holding(coverage, pair)
        lift = count / len(papers) * coverage.papers / max(everywhere, 1)
        if everywhere > count and lift >= _LEAST_LIFT:  # else it brings nothing new, or anything
            ranked.append((-count * math.log(lift), pair))
    return _apart(pair for _, pair in sorted(ranked))


def _holding(coverage: Coverage, pair: str) -> int:
    try:
        return coverage.of_term(parse_term(pair))
    except ParseError:
        return 0


def _apart(pairs: Iterable[str]) -> list[str]:
    """Leave out pairs that share a word with a better one."""
    seen: set[str] = set()
    kept = []
    for pair in pairs:
        words = set(pair.split())
        if not words & seen:
            kept.append(pair)
            seen |= words
    return kept


def _pairs(text: str) -> set[str]:
    """The pairs of words that stand next to each other."""
    return {
        f"{one.lower()} {other.lower()}"
        for (_, one), (glue, other) in pairwise(cut_words(text))
        if glue != GAP and _tells(one) and _tells(other)
    }


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and word.lower() not in FUNCTION_WORDS
