"""More papers than a day has, and queries of them."""

import random
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest

from core.config.settings import Settings
from core.index.memo import MEMO_ANSWERS, WORK_METER
from core.query.parse import parse_query
from core.search.select import select
from core.search.work import limited
from tests.support.matching import batch, paper

SETTINGS = Settings(categories=("cs.LG",), retention_days=90)
WORDS = "the of and a in to we for is on with that this by model data".split()


@pytest.fixture(scope="module")
def batches():
    chance = random.Random(5)
    days = []
    for back in range(3):
        day = date(2026, 1, 14) - timedelta(days=back)
        papers = [
            paper(back * 200 + row, " ".join(chance.choices(WORDS, k=8)), " ".join(chance.choices(WORDS, k=150)))
            for row in range(1, 200)
        ]
        days.append(batch(day, *papers))
    return days


def ask(batches, parameters: dict[str, str]) -> int:
    query = parse_query(parse_qsl(urlencode(parameters), keep_blank_values=True), SETTINGS)
    with limited():
        return len(select(batches, query))


def work_of(batches, parameters: dict[str, str], most: float = 10**9, *, kept: bool = False) -> float:
    """How much of what it may read a query uses, in microseconds as estimated; with what is ``kept`` or not."""
    if not kept:
        MEMO_ANSWERS.clear()
    query = parse_query(parse_qsl(urlencode(parameters), keep_blank_values=True), SETTINGS)
    with limited(most):
        select(batches, query)
        allowance = WORK_METER.get()
    assert allowance is not None
    return allowance.noted_work
