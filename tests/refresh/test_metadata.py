"""What a refresh stores of papers beside their text: the query API's facts, and formulas as MathML."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from core.arxiv.query_api import ArxivMetadata
from core.feeds.library import Library
from core.paper import Author
from core.query.parse import parse_query
from core.refresh.metadata import with_metadata
from core.search.select import select
from tests.support.deployment import deployment
from tests.support.rendering import paper
from tests.support.synthetic_arxiv import Fault
from tests.support.synthetic_world import announcement_days

TUESDAY, WEDNESDAY = date(2026, 1, 13), date(2026, 1, 14)
WEEK = announcement_days(date(2026, 1, 5), date(2026, 1, 16))


@pytest.fixture
def here(tmp_path):
    """Wednesday morning, an empty store, one category, two days back, every paper in the default feed."""
    return deployment(tmp_path, start="2026-01-14T07:10:00", days=WEEK, days_back=2, categories=("cs.CL",), keywords=())


def api_requests(here):
    return [each.path for each in here.arxiv.asked if each.path.startswith("/api/query")]


def queries(here):
    return (parse_query((), here.settings),)


async def entries(here):
    snapshot = await Library(here.store).snapshot(here.clock.now())
    return {entry.paper.arxiv_id: entry for entry in select(snapshot.batches, queries(here)[0])}


async def test_one_request_tells_what_feeds_leave_out(here):
    """
    Comment, dates, affiliations, DOI and journal of every paper shown, after one request, the last of the refresh.
    """
    await here.refresh(described_feeds=queries(here))
    assert len(api_requests(here)) == 1
    assert here.arxiv.asked[-1].path == api_requests(here)[0]
    shown = [entry.paper for entry in (await entries(here)).values()]
    assert len(shown) > 5
    assert all(each.submitted == datetime(2026, 1, 1, 18, tzinfo=UTC) for each in shown)
    assert all(each.revised.day == each.version and each.doi == f"10.5555/{each.arxiv_id}" for each in shown)
    assert all(author.affiliation == f"Pot {len(author.name)}" for each in shown for author in each.authors)
    assert all(each.comment and each.journal_ref == "MNRAS 1 (2026) 1" for each in shown)


async def test_entries_do_not_become_new_by_it(here):
    """
    The content changes, so that readers get it; no entry's dates move.
    """
    await here.refresh()
    before, refs = await entries(here), (await here.manifest()).batches
    here.clock.tick(3600)
    await here.refresh(described_feeds=queries(here))
    after, later = await entries(here), (await here.manifest()).batches
    assert [ref.papers_blob_name for ref in later] != [ref.papers_blob_name for ref in refs]
    assert {name: (each.published, each.updated) for name, each in after.items()} == {
        name: (each.published, each.updated) for name, each in before.items()
    }


async def test_what_is_known_is_not_asked_again(here):
    """
    A second refresh makes no request; a feed read again after it takes nothing away.
    """
    await here.refresh(described_feeds=queries(here))
    content = (await here.manifest()).content
    here.clock.tick(3600)
    await here.refresh(described_feeds=queries(here))
    assert len(api_requests(here)) == 1
    assert (await here.manifest()).content == content


@pytest.mark.parametrize("kind", ["429", "500", "portal", "truncate", "reset"])
async def test_nobody_waits_for_it(here, kind):
    """
    When the API fails, papers are there all the same, the refresh is well, and the next one asks again.
    """
    here.arxiv.faults.append(fault := Fault(kind, "/api/query"))
    report = await here.refresh(described_feeds=queries(here))
    assert report.ok
    found = await entries(here)
    assert found
    assert not any(each.paper.revised for each in found.values())
    here.arxiv.faults.remove(fault)
    here.clock.tick(3600)
    await here.refresh(described_feeds=queries(here))
    assert all(each.paper.revised for each in (await entries(here)).values())


async def test_formulas_are_converted_when_a_day_is_stored(here):
    """
    A request finds MathML beside the paper; the next refresh of the same day writes the same bytes.
    """
    day = here.arxiv.world.days[WEDNESDAY]
    here.arxiv.world.days[WEDNESDAY] = [replace(each, abstract="Of $x^2$ tea.") for each in day]
    await here.refresh()
    shown = [each.paper for each in (await entries(here)).values() if "$" in each.paper.abstract]
    assert shown
    assert all([tex for tex, _ in each.mathml] == ["x^2"] and "<msup>" in each.mathml[0][1] for each in shown)
    content = (await here.manifest()).content
    here.clock.tick(3600)
    await here.refresh()
    assert (await here.manifest()).content == content


def test_what_arxiv_said_first_stays():
    """
    A comment from the listing is kept; affiliations are taken only where the API counts the same authors.
    """
    moment = datetime(2026, 1, 12, tzinfo=UTC)
    known = paper(comment="12 pages", authors=(Author("Ada", "Pot"), Author("Bob")))
    told = ArxivMetadata(
        known.arxiv_id, 1, moment, moment, comment="13 pages", doi="10.5555/1", affiliations=("X", "Kettle")
    )
    after = with_metadata(known, told)
    assert (after.comment, after.doi, after.submitted) == ("12 pages", "10.5555/1", moment)
    assert [author.affiliation for author in after.authors] == ["Pot", "Kettle"]
    other = ArxivMetadata(known.arxiv_id, 1, moment, moment, affiliations=("X",))
    assert with_metadata(known, other).authors == known.authors


async def test_a_filter_finds_what_came_later(here):
    """
    A venue that the query API told is found by ``venue:`` at the next request.
    """
    query = parse_query([("keywords", "venue:mnras")], here.settings)
    await here.refresh()
    snapshot = await Library(here.store).snapshot(here.clock.now())
    before = select(snapshot.batches, query)
    await here.refresh(described_feeds=queries(here))
    snapshot = await Library(here.store).snapshot(here.clock.now())
    assert not before
    assert select(snapshot.batches, query)
