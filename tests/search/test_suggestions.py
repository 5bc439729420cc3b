"""Terms that would widen a query, from what the held papers say."""

from core.search.overview import Coverage
from core.search.select import select
from core.search.suggestions import suggest
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import ask


def suggested(papers: list, text: str) -> list[str]:
    held, query = [batch(MONDAY, *papers)], ask(text)
    return suggest(select(held, query), query, Coverage(held, query))


OTHERS = [paper(number, f"Bread {number}", "We bake bread.") for number in range(100, 200)]


def test_what_stands_beside_and_is_rare_elsewhere_is_suggested():
    """A pair of words that the feed's papers share and that more papers have; never one that brings nothing new."""
    inside = [paper(n, f"Cache {n}", "Of memory pressure in a copper kettle. We bake bread.") for n in range(1, 5)]
    inside.append(paper(5, "Memory Pressure of a Cache"))
    outside = [paper(n, f"Memory Pressure {n}") for n in range(10, 14)]
    assert suggested([*inside, *outside, *OTHERS], "keywords=cache") == ["memory pressure"]
    assert suggested([*inside, *OTHERS], "keywords=cache") == []
    assert suggested([*inside, *outside, *OTHERS], "keywords=cache,memory-pressure") == []


def test_an_acronym_and_what_it_stands_for_suggest_each_other():
    """The papers themselves define them: the words before the bracket begin with its letters, hyphens counted."""
    papers = [
        paper(1, "KV", "We keep the key-value (KV) pairs."),
        paper(2, "RLHF", "By reinforcement learning from human feedback (RLHF), and a model (LLM)."),
        paper(3, "Retrieval", "With retrieval augmented generation (RAG) we read."),
    ]
    assert suggested(papers, "keywords=KV") == ["key-value"]
    assert suggested(papers, "keywords=RLHF") == ["reinforcement learning from human feedback"]
    assert suggested(papers, "keywords=retrieval augmented generation") == ["RAG"]
    assert suggested(papers, "keywords=LLM") == []
    assert suggested(papers, "keywords=KV AND pairs") == []
    cache = [paper(1, "KV Cache", "The Key-Value (KV) cache."), paper(2, "Key-Value Cache")]
    assert suggested(cache, "keywords=kv cache") == ["Key-Value cache"]


def test_nothing_is_suggested_without_words_or_papers():
    """A feed of everything, and an empty one, say nothing about what belongs together."""
    assert suggested(OTHERS, "keywords=") == []
    assert suggested(OTHERS, "keywords=zzz") == []
