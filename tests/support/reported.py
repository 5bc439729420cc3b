"""Days of papers for a report."""

from datetime import date, timedelta

from core.config.settings import Settings
from core.paper import Announcement, AnnounceType, Batch, Paper
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.report.build import Report, build_report
from core.report.period import Period
from core.search.batch import LoadedBatch
from tests.support.matching import batch
from tests.support.web import make_paper

MONDAY = date(2026, 1, 12)
SETTINGS = Settings(
    categories=("cs.LG", "cs.CL"), keywords=("cache", "agents"), exclude_keywords=("survey",), max_papers=2
)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def cross(number: int, title: str, of: date) -> Paper:
    announced = (Announcement("cs.CL", AnnounceType.CROSS),)
    return make_paper(
        number, title, day=of, categories=("cs.CV", "cs.CL"), announcements=announced, announce_type=AnnounceType.CROSS
    )


def a_day(of: date, *papers: Paper) -> Batch:
    return Batch(of, papers)


TUESDAY = a_day(
    day(1),
    make_paper(1, "A cache for agents", day=day(1)),
    make_paper(2, "A cache", day=day(1), categories=("cs.LG", "cs.CL")),
    make_paper(3, "A survey of caches", day=day(1)),
    make_paper(4, "Teapots", day=day(1)),
    cross(5, "Agents", day(1)),
)
MONDAYS = a_day(MONDAY, make_paper(11, "Agents on Monday", day=MONDAY), make_paper(12, "Nothing", day=MONDAY))


def loaded(*batches: Batch) -> list[LoadedBatch]:
    return [batch(each.day, *each.papers) for each in batches]


def asked(text: str = "", settings: Settings = SETTINGS) -> FeedQuery:
    pairs = [tuple(pair.split("=")) for pair in text.split("&") if pair]
    return parse_query(pairs, settings)


def report(period: Period, *batches: Batch, query: str = "", **options: object) -> Report:
    return build_report(loaded(*batches), asked(query), period, **options)


def many(of: date, first: int, holding: int, others: int) -> Batch:
    titles = ["agents"] * holding + ["teapots"] * others
    return a_day(of, *(make_paper(first + number, title, day=of) for number, title in enumerate(titles)))
