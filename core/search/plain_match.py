"""
Which papers of a batch a term matches as it is written: in one word or in these words one after the other.

Half of the time of ``core.search.match``, which looks for every spelling of phrases and of frequent words too; enough
to order papers by many terms.
"""

from functools import partial

from core.index.posting_rows import Hits
from core.index.postings import FREQUENT
from core.index.reader import BatchIndex
from core.language.terms import Clause, Term
from core.search.match import hits_at, in_other_words, phrases, starts
from core.search.variants import spelling_variants, word_numbers
from core.search.word_forms import plain_variant


def plain_hits(index: BatchIndex, term: Term, within: int) -> Hits:
    """
    Return where a term of one clause without a field stands, or its acronym or long form.

    Several words that follow one another are looked for in the rows of a set alone.
    """
    find = partial(_clause_hits, index, within=within)
    return in_other_words(index, term, find(term.clauses[0]), find)


def _clause_hits(index: BatchIndex, clause: Clause, within: int) -> Hits:
    matching_rows = title_rows = 0
    for variant_word in spelling_variants(clause).one_word:
        for word_number in word_numbers(index.words, variant_word):
            word_rows, word_title_rows = index.postings.hits(word_number)
            matching_rows, title_rows = matching_rows | word_rows, title_rows | word_title_rows
    if len(clause.words) == 1:
        if matching_rows.bit_count() * FREQUENT <= index.count:  # of a frequent word, that is how it is written
            split_hits = phrases(index, clause).hits
            matching_rows, title_rows = matching_rows | split_hits.rows, title_rows | split_hits.title
    else:
        phrase_hits = hits_at(index, starts(index, plain_variant(clause.words), within))
        matching_rows, title_rows = matching_rows | phrase_hits.rows, title_rows | phrase_hits.title
    return Hits(matching_rows, title_rows)
