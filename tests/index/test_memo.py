"""What a batch remembers: no question answered with another's answer, and no more bytes than it may hold."""

from datetime import date
from urllib.parse import parse_qsl

from core.config.settings import Settings
from core.index.memo import Memo, MemoKind
from core.lru import ByteBoundedCache
from core.query.parse import parse_query
from core.search.select import select
from tests.support.matching import batch, paper

DAY = date(2026, 1, 14)
SETTINGS = Settings(categories=("cs.LG",), keywords=())


def found(batches, query):
    return [entry.paper.arxiv_id for entry in select(batches, parse_query(parse_qsl(query), SETTINGS))]


def test_one_query_never_gets_the_answer_of_another():
    """Words, substrings and followed authors are kept apart, even when their texts are spelled like each other's."""
    papers = [
        paper(1, "A made-up model of imaginary rivers", "", authors=("Yara Nkemelu",)),
        paper(2, "The author Yara Nkemelu of fictional tales, and a substring model", "", authors=("Bo Quist",)),
    ]
    asked = ["keywords=author+yara+nkemelu", "keywords=substring+model", "keywords=counts+model"]
    fresh = [found([batch(DAY, *papers)], query) for query in asked]
    batches = [batch(DAY, *papers)]
    others = ["authors=Yara+Nkemelu", "keywords=model&match=substring", "keywords=model&rank=bm25", "keywords=model"]
    for query in others:
        assert found(batches, query)
    assert [found(batches, query) for query in asked] == fresh


def test_kinds_with_the_same_key_are_kept_apart():
    """The same key under two kinds has two answers."""
    memo, one, two = Memo(), MemoKind[int]("one", lambda _: 8), MemoKind[int]("two", lambda _: 8)
    assert memo.remembered(one, "key", lambda: 1) == 1
    assert memo.remembered(two, "key", lambda: 2) == 2
    assert memo.remembered(one, "key", lambda: 3) == 1


def test_memos_of_all_batches_share_their_bytes():
    """Answers longest not asked for make room, whichever batch they are of; a vast one is given, and not kept."""
    answers, kind = ByteBoundedCache(10_000), MemoKind[bytes]("bytes", len)
    one, other = Memo(answers), Memo(answers)
    for number in range(100):
        one.remembered(kind, str(number), lambda: b"x" * 700)
        other.remembered(kind, "0", lambda: b"other")
        assert answers.size <= 10_000
    assert other.remembered(kind, "0", lambda: b"again") == b"other"
    assert one.remembered(kind, "0", lambda: b"again") == b"again"
    assert one.remembered(kind, "vast", lambda: b"y" * 9000) == b"y" * 9000
    assert answers.size <= 10_000
    assert one.remembered(kind, "vast", lambda: b"new") == b"new"
