"""
What matching costs: ``python benchmarks/matching.py``, about two minutes. Compare the ratios, not the milliseconds.

The rows of a table take turns and the best of their rounds counts, so that a busy moment of this machine falls on
nobody. The terms are plain words, and every row must find the same papers for each of them.
"""

import argparse
import gc
import random
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import mean, median
from time import perf_counter, thread_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _corpus, _interests
from core.config.settings import Settings
from core.index.bitset import rows_of
from core.index.memo import MEMO_ANSWERS
from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.language.term_parser import parse_term
from core.language.terms import Term
from core.language.words import FUNCTION_WORDS, word_key
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.search.batch import LoadedBatch, link_batches
from core.search.match import term_hits
from core.search.rankers import choose_ranker
from core.search.select import Selection, select
from core.store.codec import StoredPapers, encode_papers

ROUNDS = 7
PER_DAY = 830
"""Papers on one announcement day of four busy categories, replacements included."""
Hits = dict[str, set[int]]


@dataclass(frozen=True)
class Corpus:
    """The same papers as texts, as blobs and as a snapshot in memory."""

    texts: list[tuple[str, str]]  # lower-cased title and abstract, newest day first
    blobs: list[bytes]
    batches: list[LoadedBatch]
    built: float  # seconds


def corpus(papers: int) -> Corpus:
    days = _corpus.batches(papers, -(-papers // PER_DAY))
    start = perf_counter()
    blobs = [build_index(day.papers) for day in days]
    built = perf_counter() - start
    texts = [(paper.title.lower(), paper.abstract.lower()) for day in days for paper in day.papers]
    stored = [StoredPapers(encode_papers(day.papers)) for day in days]
    batches = [
        LoadedBatch(day.day, rows, BatchIndex(blob), {}) for day, rows, blob in zip(days, stored, blobs, strict=True)
    ]
    return Corpus(texts, blobs, batches, built)


def best(rows: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the shortest time of each row, in milliseconds."""
    times: defaultdict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        for name, run in rows.items():
            gc.collect()
            start = perf_counter()
            run()
            times[name].append(1000 * (perf_counter() - start))
    return {name: min(each) for name, each in times.items()}


def table(title: str, times: dict[str, float], one: str) -> None:
    print(f"\n{title}")
    for name, time in times.items():
        ratio = times[one] / time
        print(
            f"  {name:<58}{time:>10.2f} ms   {f'{ratio:,.1f} x faster' if ratio >= 1 else f'{1 / ratio:,.1f} x slower'}"
        )


# -- the others


def forms_of(texts: Sequence[tuple[str, str]], terms: Sequence[Term]) -> dict[str, str]:
    """Every word of the texts that is one of the terms or its plural, and the term."""
    wanted = {word_key(term.text): term.text for term in terms}
    words = {word for text in texts for part in text for word in re.findall(r"[a-z]+", part)}
    return {word: wanted[word_key(word)] for word in words if word_key(word) in wanted}


def by_alternation(texts: Sequence[tuple[str, str]], forms: dict[str, str]) -> Hits:
    """One compiled alternation of all forms, over lower-cased text."""
    pattern = re.compile(rf"\b(?:{'|'.join(sorted(forms, key=len, reverse=True))})\b")
    found: Hits = defaultdict(set)
    for row, (title, abstract) in enumerate(texts):
        for word in set(pattern.findall(title + " " + abstract)):
            found[forms[word]].add(row)
    return found


def by_substring(texts: Sequence[tuple[str, str]], terms: Sequence[str]) -> int:
    """The old bot's loop; other hits, of course."""
    score = 0.0
    for title, abstract in texts:
        text = title + " " + abstract
        score += sum((term in text) + 0.5 * (term in title) for term in terms)
    return round(score)


# -- ours


def by_index(batches: Sequence[LoadedBatch], terms: Sequence[Term], *, forget: bool) -> list[list[int]]:
    """The set of rows of every term and batch; ``forget`` what was asked before."""
    if forget:
        MEMO_ANSWERS.clear()
    return [[term_hits(batch.index, term).rows for batch in batches] for term in terms]


def as_sets(batches: Sequence[LoadedBatch], terms: Sequence[Term]) -> Hits:
    found: Hits = {}
    for term, rows in zip(terms, by_index(batches, terms, forget=True), strict=True):
        found[term.text] = set()
        start = 0
        for batch, bits in zip(batches, rows, strict=True):
            found[term.text].update(start + row for row in rows_of(bits))
            start += batch.index.count
    return found


def opened(blobs: Sequence[bytes], *, places: bool = False) -> list[BatchIndex]:
    """Open indexes and read what a first query needs."""
    indexes = [BatchIndex(blob) for blob in blobs]
    for index in indexes:
        index.row_sets, index.ids  # noqa: B018 - reading is the point
        for word in ("model", "harp"):
            number = max(index.words.find(word), 0)
            index.postings.hits(number)
            if places:
                index.postings.places(number, index.all_rows)
    return indexes


def ask(terms: Sequence[str], **more: str) -> FeedQuery:
    settings = Settings(categories=_corpus.FOLLOWED, retention_days=90, days_back=90)
    values = {"keywords": ",".join(terms), "types": "new,cross,replace", "days": "90"} | more
    return parse_query(values.items(), settings)


def plain_terms(held: Corpus, count: int) -> list[str]:
    """
    Words of titles, of many degrees of rarity, that a regular expression can find too.

    Where TeX, a joined spelling or a possessive lets the index find more, the word is passed over, and counted.
    """
    words: Counter[str] = Counter()
    for title, _ in held.texts:
        words.update(set(re.findall(r"\b[a-z]{5,}\b", title)) - FUNCTION_WORDS)
    common = sorted(words, key=lambda word: (-words[word], word))[:1200]  # the same ones in every run
    some = list(dict.fromkeys(word_key(word) for word in common))
    chosen = [next(word for word in common if word_key(word) == each) for each in some][
        :: max(len(some) // (3 * count), 1)
    ]
    terms = [parse_term(word) for word in chosen]
    ours, theirs = as_sets(held.batches, terms), by_alternation(held.texts, forms_of(held.texts, terms))
    equal = [word for word in chosen if ours[word] == theirs[word]]
    more = sum(ours[word] > theirs[word] for word in chosen)
    fewer = len(chosen) - len(equal) - more
    print(f"{len(chosen)} words tried: {len(equal)} with the same papers by regular expression, {more} with more by the"
          f" index (joined spellings, TeX), {fewer} with others.")  # fmt: skip
    return equal[:: max(len(equal) // count, 1)][:count]


def compare(held: Corpus, words: Sequence[str]) -> None:
    terms = [parse_term(word) for word in words]
    forms = forms_of(held.texts, terms)
    assert as_sets(held.batches, terms) == by_alternation(held.texts, forms)
    small = [word.lower() for word in words]
    query, bm25 = ask(words), ask(words, rank="bm25")

    def scored(*, forget: bool) -> int:
        if forget:
            MEMO_ANSWERS.clear()
        return sum(1 for _ in Selection(held.batches, query).placed())

    alternation = "one compiled alternation over lower-cased text"
    rows: dict[str, Callable[[], object]] = {
        alternation: lambda: by_alternation(held.texts, forms),
        "the old bot's substrings (other hits)": lambda: by_substring(held.texts, small),
        "index, terms never asked before": lambda: by_index(held.batches, terms, forget=True),
        "index, asked before": lambda: by_index(held.batches, terms, forget=False),
        "score, filter, order, cut: never asked before": lambda: scored(forget=True),
        "score, filter, order, cut: asked before": lambda: scored(forget=False),
        "the same, and 100 entries decoded and explained": lambda: select(held.batches, query),
        "rank=bm25, 100 entries": lambda: select(held.batches, bm25),
    }
    held_count = sum(batch.index.count for batch in held.batches)
    table(f"{held_count:,} papers × {len(words)} terms ({', '.join(words[:8])} …)", best(rows), alternation)


def phrases(held: Corpus) -> None:
    """Other kinds of terms, each for the first time and all batches."""
    kinds = ["language model", "chain of thought", "fine-tuning", "finetuning", "quantiz*", "ti:attention", "kv cache",
             "reinforcement learning AND NOT robot", "RAG", "au:wang", "cat:cs.CV"]  # fmt: skip
    by_index(held.batches, [parse_term("warm up")], forget=True)
    rows: dict[str, Callable[[], object]] = {
        kind: partial(by_index, held.batches, [parse_term(kind)], forget=True) for kind in kinds
    }
    print(f"\nOne term for the first time, {sum(batch.index.count for batch in held.batches):,} papers")
    for name, time in best(rows, 3).items():
        print(f"  {name:<58}{time:>10.2f} ms")


def cpu(run: Callable[[], object]) -> float:
    """Return the milliseconds that a thread computes, with nothing to tidy up in between."""
    gc.collect()
    gc.disable()
    start = thread_time()
    run()
    spent = 1000 * (thread_time() - start)
    gc.enable()
    return spent


def first_of_a_kind(held: Corpus) -> None:
    """Feeds that nobody asked for before, of real terms: all forgotten, and while others are in use."""
    terms = [text.split(", ") for text in _interests.INTERESTS.values()]
    papers = [held.batches[number % len(held.batches)].papers[7 * number] for number in range(28)]
    kinds: dict[str, Sequence[dict[str, str]]] = {
        "4 keywords": [{"keywords": ",".join(half)} for each in terms for half in (each[:4], each[4:])],
        "like=, an id": [{"keywords": "", "like": paper.arxiv_id} for paper in papers],
        "like=text:, a title": [{"keywords": "", "like": f"text:{paper.title}"} for paper in papers],
    }
    print("\nFirst feeds of their kind, the usual 30 a day: cpu ms, mean and worst of 28; entries not rendered")
    for name, asked in kinds.items():
        queries = [ask((), days="14", limit="100", per_day="30", types="new,cross", **each) for each in asked]
        for state, before in (("all forgotten", ()), ("others in use", (ask(["model"], per_day="3"), *queries[:1]))):
            times = []
            for query in queries[1:]:
                MEMO_ANSWERS.clear()
                for each in before:
                    select(held.batches, each)
                times.append(cpu(partial(select, held.batches, query)))
            print(f"  {name + ', ' + state:<58}{mean(times):>10.1f}{max(times):>10.1f}")


def ties(held: Corpus, words: Sequence[str]) -> None:
    """What it costs to settle ties: other keywords in use each time, beside the same feeds with ties by id."""
    batches, chance = held.batches, random.Random(3)
    queries = [ask(chance.sample(list(words), 8), per_day="8", limit="100") for _ in range(40)]
    links = link_batches(tuple(batch.index for batch in batches))

    def by_id(query: FeedQuery) -> None:
        selection = Selection(batches, query, choose_ranker(query, batches, links))
        for placed in islice(selection.placed(), query.limit):
            selection.entry(placed)

    times: dict[str, list[float]] = {"settled": [], "by id": []}
    for query in (*queries, *queries):  # the second time, all words are in use
        times["settled"].append(cpu(lambda: select(batches, query)))  # noqa: B023
        times["by id"].append(cpu(lambda: by_id(query)))  # noqa: B023
    settled, plain = (median(each[len(queries) :]) for each in times.values())
    print(f"\n100 entries of {len(batches)} days, 8 of {len(words)} words in use: cpu {settled:.2f} ms, with ties by id"
          f" {plain:.2f}: {settled / plain:.2f} x")  # fmt: skip


def sizes(held: Corpus) -> None:
    count = sum(batch.index.count for batch in held.batches)
    rows: dict[str, Callable[[], object]] = {
        "first": lambda: opened(held.blobs),
        "phrases": lambda: opened(held.blobs, places=True),
        "links": lambda: (link_batches.cache_clear(), link_batches(tuple(batch.index for batch in held.batches))),
    }
    times = best(rows)
    parts: Counter[str] = Counter()
    for batch in held.batches:
        parts.update(batch.index.index_parts.sizes())
    largest = ", ".join(f"{name} {size / count:.0f}" for name, size in parts.most_common(7))
    print(f"\nThe index of {count:,} papers in {len(held.blobs)} batches")
    print(f"  stored                      {sum(map(len, held.blobs)) / count:8.0f} bytes a paper ({largest})")
    print(f"  built at refresh            {held.built / count * 1e4:8.1f} s for 10,000 papers")
    print(f"  opened for words            {times['first'] / count * 1000:8.2f} ms for 1,000 papers")
    print(f"  … and for phrases           {times['phrases'] / count * 1000:8.2f} ms for 1,000 papers")
    print(f"  linked over the batches     {times['links'] / count * 1000:8.2f} ms for 1,000 papers, once a snapshot")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--papers", type=int, default=10_000)
    options.add_argument("--many", type=int, default=50_000, help="the larger corpus; 0 leaves it out")
    given = options.parse_args()
    print(f"Matching over {_corpus.source()}.")
    held = corpus(given.papers)
    words = plain_terms(held, 40)
    for count in (8, 40):
        compare(held, words[:: len(words) // count][:count])
    phrases(held)
    ties(held, words)
    first_of_a_kind(held)
    sizes(held)
    if given.many:
        query = ask(words[:: len(words) // 8][:8])
        many = corpus(given.many)
        times = best({
            "few": lambda: list(Selection(held.batches, query).placed()),
            "many": lambda: list(Selection(many.batches, query).placed()),
        })  # fmt: skip
        print(f"\n{given.many:,} papers cost {times['many'] / times['few']:.1f} x what {given.papers:,} cost, 8 terms"
              f" ({times['many']:.2f} ms and {times['few']:.2f} ms), every day scored.")  # fmt: skip


if __name__ == "__main__":
    main()
