"""Which papers a report has, and what it counts."""

from datetime import UTC, datetime

from msgspec.structs import replace

from core.paper import Paper, Summary
from core.report.build import Report, build_report
from core.report.facts import score_line
from core.report.markdown import markdown_report
from core.report.period import day_period, week_period
from core.search.batch import LoadedBatch
from core.search.select import select
from tests.support.reported import MONDAY, MONDAYS, SETTINGS, TUESDAY, a_day, asked, day, loaded, report
from tests.support.web import make_paper


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
    counted = {
        each.category: (each.announced, each.new, each.cross, each.matched) for each in found.reported_categories
    }
    assert counted == {"cs.CL": (2, 1, 1, 2), "cs.LG": (4, 4, 0, 2)}
    assert {each.term: (each.papers, each.share) for each in found.reported_keywords} == {
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
