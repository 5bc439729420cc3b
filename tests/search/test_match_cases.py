"""What matches and what does not, case by case. Each case is checked on the index and on the simple matcher."""

import pytest

from core.errors import ParseError
from core.index.bitset import rows_of
from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.language.term_parser import parse_term
from core.search.match import term_hits
from tests.support.match_cases import YES
from tests.support.matching import matches, paper

NO = [
    # other words
    ("RL is not in RLHF", "RL", "RLHF for Parrots"),
    ("RL is not in world", "RL", "A World of Girls"),
    ("RAG is no rag doll", "RAG", "Sewing a rag doll"),
    ("not with a hyphen either", "RAG", "a rag-doll"),
    ("RAG is not in fragment", "RAG", "Storage of Fragments"),
    ("GAN is not in organ", "GAN", "Organs and Organisms"),
    ("LoRA is not in exploration", "LoRA", "Exploration of Flora"),
    ("Fast is not in breakfast", "Fast", "Breakfast and Fasting"),
    ("efficient is not inefficient", "efficient", "Inefficient but Kind"),
    ("review is not preview", "review", "A Preview of Spring"),
    ("decode is not decoding", "decode", "Decoding Whale Song"),
    ("new is not news", "new", "News from the Harbour"),
    ("news is not new", "news", "A New Harbour"),
    ("dynamics are not dynamic", "dynamics", "Dynamic Routing of Trams"),
    ("logistics are not logistic", "logistic regression", "Logistics Regression Tests"),
    ("a lens has no len", "len", "The Lens of a Camera"),
    ("a boss is no bos", "bos", "The Boss Function"),
    ("TTS is no plural of TT", "TT", "TTS for Sailors"),
    ("two letters are no plural", "ga", "Gas in Pipes"),
    ("GPT-4 is not GPT-4o", "GPT-4", "GPT-4o Plays Chess"),
    ("GPT4* does not begin GPT-5", "GPT4*", "GPT-5 Plays Chess"),
    ("GPT-3 is not GPT-3.5", "GPT-3", "GPT-3.5 Plays Chess"),
    ("Qwen2 is not Qwen2.5", "Qwen2", "Qwen2.5 Reads Menus"),
    ("C is not C++", "C", "Templates in C++"),
    ("C++ is not C", "C++", "Pointers in C"),
    ("C# is not C", "C#", "Pointers in C"),
    ("3D is not 3", "3D", "Three Views, 3 Rooms"),
    ("H∞ is not H", "H", "Robust H∞ Control"),
    ("a version is not another word", "Qwen", "Qwenology"),
    ("two letters have no versions", "CO", "Less CO2 in Cellars"),
    ("GPT-4 has no further versions", "GPT-4", "GPT-4o and GPT-41"),
    ("a starred name is not the plain one", '"A*"', "A search for moss"),
    ("noise is not noiz", "noiz*", "Denoising and Noise"),
    ("analysis is not to analyse", "analysis", "We analyse fog"),
    ("supervision keeps its s", "superviz*", "Supervised Gulls"),
    ("words in brackets keep their places", "key cache", "Key (and value) Cache"),
    # joined and parted
    ("often is not of ten", "often", "Groups of Ten Swimmers"),
    ("overall is not over all", "overall", "Averages over All Tides"),
    ("of ten is not often", "of ten", "Often in Groups"),
    ("without is not with out", "without", "Pairs of in with out"),
    ("a part is not apart", "a part", "Worlds Apart"),
    ("a comma parts words", "finetuning", "fine, tuning"),
    ("RL is not R and L", "RL", "matrices $R L$"),
    ("maths indices are no acronym", "RL", "the factor $R_L$"),
    # phrases
    ("a phrase has its order", "language model", "A Model Language"),
    ("a phrase has nothing between", "kv cache", "KV and Value Cache"),
    ("a phrase ends with the sentence", "fast cache", "It is fast. Cache it."),
    ("a comma ends a phrase", "precision recall", "precision, recall and fog"),
    ("a phrase does not reach from title to abstract", "harp string", "A Harp||String theory"),
    ("a quoted comma does not reach either", '"harp, string"', "A Harp||String theory"),
    ("a little word is a word", "mixture of experts", "A Mixture with Experts"),
    # prefixes
    ("a prefix begins a word", "quant*", "Requantized Harps"),
    ("a prefix at the end of a phrase wants the first", "fine-tun*", "Tuning Forks"),
    # fields
    ("ti: does not look at the abstract", "ti:harp", "Strings||We tune a harp."),
    ("abs: does not look at the title", "abs:harp", "A Harp||Nothing else."),
    # AND, AND NOT
    ("AND wants both there", "harp AND piano", "A Harp||and a drum"),
    ("AND NOT with the second", "harp AND NOT piano", "A Harp||and a piano"),
    ("AND NOT without the first", "harp AND NOT piano", "A Drum"),
    ("clauses keep to their own fields", "ti:harp AND abs:piano", "A Harp and a Piano||Nothing."),
    ("small and is a word", "cats and dogs", "Cats, Dogs"),
    # TeX
    ("commands are no words", "emph", "The \\emph{harp}"),
    ("maths commands are no words", "mathcal", "The $\\mathcal{H}$arp"),
]


def hits(term: str, text: str) -> tuple[bool, bool]:
    title, _, abstract = text.partition("||")
    index = BatchIndex(build_index([paper(1, "Other Things", "altogether"), paper(2, title, abstract)]))
    rows, in_title = term_hits(index, parse_term(term))
    return bool(rows & 2), bool(in_title & 2)


@pytest.mark.parametrize(("promise", "term", "text"), YES, ids=[case[0] for case in YES])
def test_it_matches(promise, term, text):
    """A term matches what a person would say it matches."""
    assert hits(term, text)[0], promise
    assert matches(term, *text.split("||"))[0], promise


@pytest.mark.parametrize(("promise", "term", "text"), NO, ids=[case[0] for case in NO])
def test_it_does_not_match(promise, term, text):
    """A term matches nothing else."""
    assert not hits(term, text)[0], promise
    assert not matches(term, *text.split("||"))[0], promise


def test_a_phrase_that_the_first_paper_begins_in_its_midst_is_no_match():
    """The first paper begins with the phrase's second word: its first would stand before the first place of all."""
    texts = ["beta gamma alpha", "alpha beta gamma", *["gamma alpha delta beta"] * 6, *["alpha"] * 20]
    index = BatchIndex(build_index([paper(row, title) for row, title in enumerate(texts)]))
    assert rows_of(term_hits(index, parse_term('"alpha beta gamma"')).rows) == [1]


def test_there_are_enough_cases():
    """The table has more than eighty cases, each with its own sentence."""
    promises = [case[0] for case in YES + NO]
    assert len(promises) == len(set(promises)) >= 80
    with pytest.raises(ParseError):
        parse_term("")
