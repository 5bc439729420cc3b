"""What a stranger's query may cost: bytes that stay, work that is done, and nothing for the others to wait for."""

import gc
import random
import string
from datetime import date

import pytest

from api.services import RESPONSE_BYTES
from benchmarks.hostile import families
from core.config.read import ROOT
from core.errors import BadQuery
from core.index.memo import MEMO_ANSWERS, MEMO_BYTES
from core.profiles.library import PROFILE_CACHE_BYTES
from core.query.parse import parse_query
from core.render.cache import MOST_FRAGMENT_BYTES as RENDERED_BYTES
from core.search import variants
from core.search.select import select
from core.search.work import MOST_SEARCH_WORK, limited, spend
from core.store.codec import DECODED_PAPERS
from tests.support.many_papers import SETTINGS, WORDS, ask, batches
from tests.support.matching import batch, paper

__all__ = ["batches"]


def test_a_word_of_more_than_fifty_letters_is_refused():
    """Every place where a word might be cut is looked at, so that a word of 2,040 letters would take 5 MB."""
    for parameter in ("keywords", "exclude"):
        with pytest.raises(BadQuery, match=rf"{parameter}: .*has 2040 letters; a word may have 50"):
            parse_query([(parameter, "x" * 2040)], SETTINGS)
    assert parse_query([("keywords", "x" * 50)], SETTINGS).keywords


def test_distinct_queries_leave_no_more_bytes_than_the_caches_may_hold(batches):
    """Whatever is asked for, what is remembered stays below its bounds, and the oldest goes."""
    chance = random.Random(3)
    for _ in range(12):
        for parameters in families(chance).values():
            try:
                ask(batches, parameters)
            except BadQuery:
                continue
            assert MEMO_ANSWERS.size <= MEMO_BYTES
            assert variants.SPELLING_VARIANTS.size <= variants.VARIANTS_BYTES
            assert DECODED_PAPERS.size <= 20 * 2**20
    gc.collect()


def test_phrases_of_common_words_stop_at_the_limit(batches):
    """Sixty phrases of words that stand everywhere are refused by name, in place of seconds of work."""
    phrases = ",".join(" ".join(random.Random(n).choices(WORDS, k=5)) for n in range(60))
    with pytest.raises(BadQuery, match="keywords: these take too long to look for"), limited(2_000):
        select(batches, parse_query([("keywords", phrases)], SETTINGS))


def test_ordinary_interests_are_far_from_the_limit(batches):
    """Thirty phrases that people follow spend a small part of what a query may."""
    with limited(MOST_SEARCH_WORK // 4):
        select(batches, parse_query([("keywords", ",".join(f"{a} {b}" for a in "abcde" for b in "fghijk"))], SETTINGS))


def test_without_a_limit_nothing_is_refused():
    """A refresh, which chooses what is summarized, may read as much as it needs."""
    spend(10**9)


def test_a_name_costs_the_papers_of_that_name_alone(batches):
    """``au:`` and ``authors=`` look at the rows that hold the name's words, and at no others."""
    looked_at = []
    day = batch(
        date(2026, 1, 13),
        *(paper(n, "Title", "Text", authors=(f"Given{n} Other{n}", "Wei Wang")) for n in range(1, 50)),
        paper(99, "Title", "Text", authors=("Rare Surname",)),
    )

    class Watched(str):
        __slots__ = ()

        def find(self, *where):
            looked_at.append(where)
            return super().find(*where)

    day.index.__dict__["author_lines"] = Watched(day.index.author_lines)
    assert ask([day], {"keywords": "au:rare surname"}) == 1
    assert ask([day], {"authors": "R. Surname", "keywords": "nothing"}) == 1
    assert len(looked_at) <= 4


def test_random_letters_never_break_a_query(batches):
    """Any text is either a query or a refusal that names the parameter."""
    chance = random.Random(9)
    alphabet = string.printable + 'ßéλ，、；*^":-|()[]{}'
    for _ in range(400):
        text = "".join(chance.choices(alphabet, k=chance.randint(1, 80)))
        parameter = chance.choice(("keywords", "exclude", "authors", "like", "categories"))
        try:
            ask(batches, {parameter: text})
        except BadQuery as error:
            refused = error
            assert refused.parameter == parameter


def test_all_caches_together_keep_to_the_bound():
    """Every cache that requests fill is bounded in bytes, and their bounds add up to no more than 128 MiB."""
    bounds = {
        "api/services.py": RESPONSE_BYTES,
        "core/index/memo.py": MEMO_BYTES,
        "core/profiles/library.py": 2 * PROFILE_CACHE_BYTES,
        "core/render/cache.py": RENDERED_BYTES,
        "core/search/substrings.py": (8 + 13) * 2**20,
        "core/search/variants.py": variants.VARIANTS_BYTES,
        "core/store/codec.py": 20 * 2**20,
    }
    modules = [*(ROOT / "core").rglob("*.py"), *(ROOT / "api").rglob("*.py")]
    used = {str(path.relative_to(ROOT)) for path in modules if "ByteBoundedCache" in path.read_text(encoding="utf-8")}
    assert used - {"core/lru.py", "api/caching.py"} == set(bounds)
    assert sum(bounds.values()) <= 128 * 2**20


def test_names_that_everybody_has_stop_at_the_limit(batches):
    """Sixty pairs of common surnames are refused by name once they have looked through too many lines of authors."""
    many = [paper(n, "Title", "Text", authors=("Wei Wang", "Jing Li")) for n in range(1, 400)]
    day = batch(date(2026, 1, 12), *many)
    with pytest.raises(BadQuery, match="these take too long"), limited(2_000):
        select([day], parse_query([("keywords", "au:wang li,au:jing li")], SETTINGS))
