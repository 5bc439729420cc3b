"""Queries by chance over the whole grammar, with a budget: of steps, of bytes kept, of work that is counted."""

import random
import sys
from datetime import date, timedelta
from itertools import pairwise
from urllib.parse import parse_qsl, urlencode

import pytest

from benchmarks._fuzzed import COMMON, query
from core.config.settings import Settings
from core.errors import BadQuery
from core.index.memo import MEMO_ANSWERS, MEMO_BYTES
from core.query.parse import parse_query
from core.search import variants
from core.search.select import select
from core.search.work import limited
from tests.support.matching import batch, paper

SETTINGS = Settings(categories=("cs.LG",), days_back=35, retention_days=90)
TELLING = "robust sparse causal graph speech vision policy agent token kernel flow proof".split()
QUERIES = 250
MOST_CALLS = 250_000
"""Calls of functions, Python's and C's: some 60 ms."""


@pytest.fixture(scope="module")
def batches():
    chance = random.Random(8)
    days = []
    for back in range(4):
        words = [*COMMON, *TELLING]
        papers = [
            paper(
                back * 200 + row,
                " ".join(chance.choices(words, k=8)),
                " ".join(chance.choices(words, k=120)),
                authors=(f"{chance.choice('ABC')} {chance.choice(('Wang', 'Li', 'Chen'))}", "Jing Van Lee"),
            )
            for row in range(1, 150)
        ]
        days.append(batch(date(2026, 1, 14) - timedelta(days=back), *papers))
    return days


def calls_of(batches, parameters: dict[str, str]) -> int:
    """How many functions one query calls."""
    calls = 0

    def counted(_frame, event, _arg) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        asked = parse_query(parse_qsl(urlencode(parameters), keep_blank_values=True), SETTINGS)
        with limited():
            select(batches, asked)
    except BadQuery:
        pass
    finally:
        sys.setprofile(None)
    return calls


def test_no_fuzzed_query_takes_more_steps_or_bytes_than_one_may(batches):
    """Any query is answered or refused by name within its steps, and what it leaves stays within the caches' bounds."""
    chance = random.Random(31)
    for _ in range(QUERIES):
        parameters = query(chance, TELLING)
        assert calls_of(batches, parameters) <= MOST_CALLS, parameters
        assert MEMO_ANSWERS.size <= MEMO_BYTES
        assert variants.SPELLING_VARIANTS.size <= variants.VARIANTS_BYTES


KINDS = {
    "words of fifty letters": {"keywords": ",".join("qxzjkv" * 8 + f"{n:02}" for n in range(40))},
    "hyphens between nothing": {"keywords": ",".join(f"qa{n}-zb{n}-xc{n}-vd{n}-ke{n}-jf{n}" for n in range(50))},
    "long phrases of nothing": {
        "keywords": ",".join(" ".join(f"q{n}zx{m}vkjwqxz" for m in range(12)) for n in range(12))
    },
    "names of three words": {"keywords": ",".join(f"au:wang {a} {b} li" for a in "abcdefg" for b in "hijklmn")},
    "common words by bm25, none good enough": {
        "keywords": ",".join(f"{a} AND {b}" for a, b in pairwise(COMMON)),
        "rank": "bm25",
        "min_score": "999",
    },
    "phrases of ordinary words that no paper joins": {
        "keywords": ",".join(f"{a} {b} {c} graph" for a, b, c in zip(TELLING, TELLING[3:], TELLING[5:], strict=False))
    },
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_was_dear_once_stays_cheap(batches, kind):
    """Each kind of query that a fuzz run found to be dear keeps to a number of steps."""
    assert calls_of(batches, KINDS[kind]) <= MOST_CALLS // 2


def test_a_phrase_that_would_begin_before_the_first_paper_is_no_mistake():
    """The day's first paper may open with the end of a phrase, which would then begin before it: no match, no crash."""
    others = (paper(n, "A graph", "An opening that is not unique.") for n in range(2, 9))
    more = (paper(n, "Another graph", "Of nothing.") for n in range(9, 20))
    day = batch(date(2026, 1, 8), paper(1, "Unique opening of a graph", "Nothing."), *others, *more)
    assert select([day], parse_query([("keywords", "graph unique opening")], SETTINGS)) == []
