"""Which papers a report has, and what it counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from core.config.settings import Settings
from core.errors import BadQuery, NotFound
from core.paper import Announcement, AnnounceType, Batch, Paper, Summary
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.report.build import Report, build_report
from core.report.facts import rising_keywords, score_line
from core.report.markdown import markdown_report
from core.report.period import Period, day_period, held_period, parse_report_query, week_period
from core.report.statistics import standard_errors
from core.search.batch import LoadedBatch
from core.search.select import select
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


def ids(found: Report) -> list[str]:
    return [entry.paper.arxiv_id[-2:] for entry in found.papers]


def test_a_days_report_is_the_days_part_of_the_feed():
    """The same papers in the same order with the same scores, as many as max_papers says."""
    found = report(day_period(day(1)), TUESDAY, MONDAYS)
    feed = [entry for entry in select(loaded(TUESDAY, MONDAYS), asked()) if entry.day == day(1)]
    assert list(found.papers) == feed
    assert ids(found) == ["01", "02"]


def test_its_statistics():
    """Announced by type, matched before the cut, per category and per keyword."""
    found = report(day_period(day(1)), TUESDAY, MONDAYS)
    assert (found.announced.new, found.announced.cross, found.announced.replace) == (4, 1, 0)
    assert found.matched == 3
    counted = {each.category: (each.announced, each.new, each.cross, each.matched) for each in found.category_counts}
    assert counted == {"cs.CL": (2, 1, 1, 2), "cs.LG": (4, 4, 0, 2)}
    assert {each.term: (each.papers, each.share) for each in found.keyword_counts} == {
        "cache": (3, 60.0),
        "agents": (2, 40.0),
    }


def test_sort_and_limit_are_a_feeds_business():
    """A report ranks by score and is as long as per_day says."""
    found = report(day_period(day(1)), TUESDAY, query="sort=date&limit=1&per_day=3")
    assert ids(found) == ["01", "02", "05"]


def summary(of: Paper, created: datetime) -> Summary:
    return Summary(of.arxiv_id, 1, "en", "m", "p", created, "Short.", ())


def with_summary(batch: LoadedBatch, made: Summary) -> LoadedBatch:
    return replace(batch, summaries={(made.arxiv_id, "en"): made})


def test_what_comes_later_changes_nothing():
    """A report's Markdown is the same once the next day is held, with its new versions and late summaries."""
    first = TUESDAY.papers[0]
    in_time = summary(first, datetime(2026, 1, 13, 9, tzinfo=UTC))
    late = summary(TUESDAY.papers[1], datetime(2026, 1, 14, 9, tzinfo=UTC))
    tuesday, monday = loaded(TUESDAY, MONDAYS)
    then = build_report([with_summary(tuesday, in_time), monday], asked(), day_period(day(1)))
    replaced = replace(first, version=2, title="Now about agents and a cache in teapots")
    kept = replace(tuesday, summaries={(each.arxiv_id, "en"): each for each in (in_time, late)})
    wednesday = loaded(a_day(day(2), replaced, make_paper(40, "Another cache", day=day(2))))[0]
    now = build_report([wednesday, kept, monday], asked(), day_period(day(1)))
    assert markdown_report(now, SETTINGS) == markdown_report(then, SETTINGS)
    assert then.summarized_count == 1
    assert then.report_updated == in_time.created


def test_a_rating_stands_with_the_score():
    """``8/10: …`` against the configured interest; one that came late is left out, as a late summary is."""
    found = report(day_period(day(1)), TUESDAY).papers[0]
    rated = replace(
        summary(TUESDAY.papers[0], datetime(2026, 1, 13, 9, tzinfo=UTC)), tldr="8/10: on the subject", grade=8
    )
    assert score_line(replace(found, rating=rated)) == "3: cache, agents (title) · 8/10: on the subject"


def test_old_days_that_expire_change_nothing():
    """A paper told of more than a week before is told again; whether that day is still held makes no difference."""
    old = a_day(day(-20), make_paper(1, "A cache for agents", day=day(-20)))
    assert report(day_period(day(1)), TUESDAY, old) == report(day_period(day(1)), TUESDAY)
    recent = a_day(MONDAY, make_paper(1, "A cache for agents", day=MONDAY))
    assert ids(report(day_period(day(1)), TUESDAY, recent)) == ["02", "05"]


def test_a_weeks_report_is_the_best_of_its_days():
    """Each paper once, under its day; as many in all as max_papers says."""
    again = a_day(
        day(2), make_paper(1, "A cache for agents", day=day(1)), make_paper(41, "cache agents cache", day=day(2))
    )
    found = report(week_period(day(2)), again, TUESDAY, MONDAYS)
    assert ids(found) == ["01", "41"]
    assert found.matched == 5
    assert [entry.day for entry in found.papers] == [day(1), day(2)]


def many(of: date, first: int, holding: int, others: int) -> Batch:
    titles = ["agents"] * holding + ["teapots"] * others
    return a_day(of, *(make_paper(first + number, title, day=of) for number, title in enumerate(titles)))


@pytest.mark.parametrize(
    ("holding", "others", "said"),
    [
        (30, 70, "agents (10 % → 30 %)"),
        (12, 88, "no keyword rose surely above its share of the weeks before"),  # chance does that
        (4, 2, "no keyword rose surely above its share of the weeks before"),  # too few to tell
    ],
)
def test_keywords_that_rose(holding: int, others: int, said: str):
    """A keyword rose when its share lies two standard errors above that of the two weeks before."""
    before = [many(day(-7 * number), 1000 * number, 10, 90) for number in (1, 2)]
    long_before = many(day(-21), 3000, 90, 10)  # of which nothing is known any more
    found = report(week_period(MONDAY), many(MONDAY, 1, holding, others), *before, long_before)
    assert rising_keywords(found) == said
    assert found.compared_days == 2


def test_without_weeks_before_nothing_is_compared():
    found = report(week_period(MONDAY), TUESDAY, MONDAYS)
    assert rising_keywords(found) == "no earlier week is held to compare the keywords with"
    assert rising_keywords(report(day_period(day(1)), TUESDAY, MONDAYS)) == ""


@pytest.mark.parametrize(("counts", "errors"), [((30, 100, 30, 300), 4.85), ((0, 0, 1, 2), 0.0), ((2, 2, 3, 3), 0.0)])
def test_standard_errors(counts: tuple[int, int, int, int], errors: float):
    """The textbook's pooled z score; nothing counted, and everything counted, are no evidence."""
    assert standard_errors(*counts) == pytest.approx(errors, abs=0.01)


@pytest.mark.parametrize(
    ("text", "name", "first", "last"),
    [
        ("day=2026-01-14", "2026-01-14", date(2026, 1, 14), date(2026, 1, 14)),
        ("week=2026-W03", "2026-W03", MONDAY, date(2026, 1, 16)),
        ("week=2026w3", "2026-W03", MONDAY, date(2026, 1, 16)),
        ("week=2026-W01", "2026-W01", date(2025, 12, 29), date(2026, 1, 2)),
    ],
)
def test_periods(text: str, name: str, first: date, last: date):
    found = parse_report_query([tuple(text.split("="))], SETTINGS).period
    assert found == Period(first, last)
    assert found.period_name == name


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("day=14.1.2026", 'day: must be a day such as 2026-01-14, got "14.1.2026"'),
        ("day=2026-02-30", 'day: must be a day such as 2026-01-14, got "2026-02-30"'),
        ("week=2026", 'week: must be a week such as 2026-W03, got "2026"'),
        ("week=2026-W54", 'week: must be a week such as 2026-W03, got "2026-W54"'),
        ("day=2026-01-14&week=2026-W03", "week: a report is of one day or one week; give one of the two, once"),
        ("day=2026-01-14&day=2026-01-13", "day: a report is of one day or one week; give one of the two, once"),
        ("when=now", "when: is no parameter of a feed"),
    ],
)
def test_wrong_periods_are_named(text: str, sentence: str):
    with pytest.raises(BadQuery) as caught:
        parse_report_query([tuple(pair.split("=")) for pair in text.split("&")], SETTINGS)
    assert str(caught.value).startswith(sentence)


def test_a_day_that_is_not_held_is_not_found():
    """The sentence says what is held; without a day it is the newest one."""
    held = [day(2), day(1), MONDAY]
    assert held_period(None, held) == day_period(day(2))
    with pytest.raises(
        NotFound, match="nothing announced on 2026-01-17 is held here; held is 2026-01-12 to 2026-01-14"
    ):
        held_period(day_period(day(5)), held)
    with pytest.raises(NotFound, match="nothing announced in 2026-W05 is held here"):
        held_period(week_period(MONDAY + timedelta(days=14)), held)


@pytest.mark.parametrize(
    ("period", "newest", "complete"),
    [
        (day_period(day(1)), day(1), False),
        (day_period(day(1)), day(2), True),
        (week_period(MONDAY), day(3), False),
        (week_period(MONDAY), day(4), True),
        (week_period(date(2026, 11, 23)), date(2026, 11, 26), True),  # the day after Thanksgiving has no announcement
    ],
)
def test_when_a_period_is_complete(period: Period, newest: date, complete: bool):
    """A day when the next one is held, a week when its last announcement day is."""
    assert period.is_complete(newest) is complete
