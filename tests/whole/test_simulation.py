"""
Two weeks of arXiv's weather, hour by hour: nothing is missed, nothing is invented, nothing moves, nobody is bothered.

Once with fictional papers in memory, and once with recorded days from the replay server where it is at hand. The
fortnights have holidays, an outage, stale and empty feeds, storms of 429, resets, half documents, a login page, a
refresh killed in the middle, two at once, and a deployment whose store is lost on the fifth day.
"""

import itertools
import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from core.config.settings import Settings
from tests.support.deployment import Deployment, sqlite_store
from tests.support.fortnight import Fortnight
from tests.support.fortnight_faults import CATEGORIES, JANUARY, SETTINGS, Span, at, weather
from tests.support.replay import needs_replay
from tests.support.replayed_fortnight import redated, replayed
from tests.support.synthetic_arxiv import Fault, SyntheticArxiv
from tests.support.synthetic_world import VirtualClock, World

THANKSGIVING = Span(date(2025, 11, 17), outage=date(2025, 11, 25))
DECEMBER = Span(date(2025, 12, 22), outage=date(2025, 12, 30))  # Christmas, and New Year's Day

FEED_FAULTS = ("stale", "empty", "foreign")


def fiction(
    folder: Path,
    faults: list[Fault],
    *,
    seed: int,
    loses_store: bool = True,
    span: Span = JANUARY,
    settings: Settings = SETTINGS,
    per_day: int = 6,
) -> Fortnight:
    clock = VirtualClock(span.moment(0))
    world = World.of(span.planned, settings.categories, per_day=per_day, seed=seed)
    world.postpone(span.outage)
    arxiv = SyntheticArxiv(world, clock)
    arxiv.faults = faults
    here = Deployment(sqlite_store(folder / "none"), clock, arxiv, settings)
    return Fortnight(here, folder, span, random.Random(seed), loses_store)


async def test_a_fortnight_of_fiction(tmp_path, capsys):
    """
    Two weeks of fictional papers: everything announced is held exactly once, proven, dated once, politely fetched.
    """
    fortnight = fiction(tmp_path, weather(), seed=7)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name="fiction")
    fortnight.check_reports()


async def test_a_fortnight_of_many_categories(tmp_path, capsys):
    """
    Ten categories of one archive, whose window comes from the archive's pages when the store is new, and again when it
    is lost: the same promises.
    """
    many = Settings(categories=(*CATEGORIES, "cs.CR", "cs.CV", "cs.HC", "cs.IR", "cs.NE", "cs.RO"))
    fortnight = fiction(tmp_path, weather(), seed=7, settings=many)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name="many categories")
    assert any("/catchup/cs/" in each.path for each in fortnight.here.arxiv.asked)


@pytest.mark.parametrize("span", [JANUARY, THANKSGIVING, DECEMBER], ids=["January", "Thanksgiving", "December"])
async def test_a_fortnight_of_any_weather(tmp_path, capsys, span):
    """
    Faults of all kinds, drawn by lot, on any host and for any time, at three times of the year: the same promises.
    """
    faults = drawn_weather(random.Random(11), span)
    fortnight = fiction(tmp_path, faults, seed=11, loses_store=span is not JANUARY, span=span)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name=f"any weather, {span.first:%B}")


SCIENCE = (*CATEGORIES, "cs.CR", "cs.CV", "cs.HC", "cs.IR", "cs.IT", "cs.NE", "cs.RO", "cs.SD", "cs.SE", "cs.SI",
           "eess.IV", "math.OC", "math.ST", "q-bio.QM", "quant-ph", "stat.ML")  # fmt: skip


async def test_a_fortnight_of_twenty_categories(tmp_path, capsys):
    """
    Twenty categories of six archives over Thanksgiving, faults drawn by lot, an unforeseen empty day, a kill and a lost
    store: the same promises.
    """
    settings = Settings(categories=SCIENCE)
    faults = drawn_weather(random.Random(5), THANKSGIVING)
    fortnight = fiction(tmp_path, faults, seed=5, span=THANKSGIVING, settings=settings, per_day=3)
    await fortnight.run()
    await fortnight.check(capsys=capsys, name="twenty categories")
    assert any("/list/cs/new" in each.path for each in fortnight.here.arxiv.asked)


def drawn_weather(chance: random.Random, span: Span) -> list[Fault]:
    """Up to three faults a day until the last announcement; the weekend after it is calm."""
    faults = []
    for day, _ in itertools.product(range(11), range(3)):
        kind = chance.choice(
            ["stale", "empty", "foreign", "portal", "truncate", "reset", "429", "503", "403", "500", ""]
        )
        feed = "/rss/" + chance.choice(CATEGORIES)
        where = (
            feed if kind in ("stale", "empty", "foreign") else chance.choice([feed, "/rss", "/list", "/catchup", ""])
        )
        start = span.moment(day, chance.randint(4, 12))
        end = start + timedelta(hours=chance.randint(1, 20))
        if kind:
            times, pause = chance.choice([1, 3, 10, 1000]), chance.choice([0, 30, 300])
            faults.append(Fault(kind, where, start, end, times, pause))
    return faults


@needs_replay
async def test_a_fortnight_of_recorded_days(tmp_path, capsys):
    """
    The same weather over recorded days, through a real server: the same promises.
    """
    clock = VirtualClock(at("12T00:00"))
    async with replayed(redated(tmp_path / "data", JANUARY.planned, postponed=JANUARY.outage), clock) as arxiv:
        arxiv.faults = weather()
        here = Deployment(sqlite_store(tmp_path / "none"), clock, arxiv, SETTINGS, arxiv.environment)
        fortnight = Fortnight(here, tmp_path)
        await fortnight.run()
        await fortnight.check(capsys=capsys, name="recorded days")
        fortnight.check_reports()
