"""Recorded documents, spoiled: a fault is named or costs no paper."""

from datetime import date

import pytest

from core.arxiv.client import ArxivClient
from core.arxiv.document import CategoryDocument
from core.arxiv.limits import ArxivRequestLimits
from core.errors import Missing, PaperfeedError, ParseError, Throttled, UpstreamError
from core.store.base import Store
from tests.support.replay import Replay, needs_replay
from tests.support.replayed_arxiv import client, replay, server, store

__all__ = ["replay", "server", "store"]

pytestmark = needs_replay


FAULTS: list[tuple[dict[str, object], type[PaperfeedError] | None]] = [
    ({"kind": "status", "status": 403}, Throttled),
    ({"kind": "status", "status": 406}, Throttled),
    ({"kind": "status", "status": 429, "retry_after": 120}, Throttled),
    ({"kind": "status", "status": 503}, Throttled),
    ({"kind": "status", "status": 500}, UpstreamError),
    ({"kind": "status", "status": 404}, Missing),
    ({"kind": "reset"}, UpstreamError),
    ({"kind": "drop"}, UpstreamError),
    ({"kind": "short"}, UpstreamError),
    ({"kind": "latency", "seconds": 0.4}, UpstreamError),
    ({"kind": "slow", "seconds": 1}, UpstreamError),
    ({"kind": "huge", "megabytes": 26}, UpstreamError),
    ({"kind": "truncate"}, ParseError),
    ({"kind": "html"}, ParseError),
    ({"kind": "content_type", "value": "text/html; charset=utf-8"}, None),
    ({"kind": "garble", "how": "control"}, None),
    ({"kind": "garble", "how": "ampersand"}, None),
    ({"kind": "garble", "how": "utf8"}, None),
]


def fault_name(value: object) -> str:
    return "-".join(str(each) for each in value.values()) if isinstance(value, dict) else ""


@pytest.mark.parametrize("source", ["rss", "listing"])
@pytest.mark.parametrize(("fault", "outcome"), FAULTS, ids=fault_name)
async def test_a_fault_is_named_or_costs_no_paper(
    replay: Replay, store: Store, source: str, fault: dict[str, object], outcome: type[PaperfeedError] | None
) -> None:
    """Whatever goes wrong on the way ends in an error of ours, or in the whole day."""
    replay.spoil(fault)
    limits = ArxivRequestLimits(request_seconds=0.2) if fault["kind"] in ("latency", "slow") else None
    async with client(replay, store, limits=limits) as arxiv:
        if outcome:
            with pytest.raises(outcome):
                await get(arxiv, source)
        else:
            document = await get(arxiv, source)
            assert document.skipped == ()
            assert len(document.papers) == 149


async def get(arxiv: ArxivClient, source: str) -> CategoryDocument:
    return await (arxiv.fetch_rss("cs.CL") if source == "rss" else arxiv.fetch_listing("cs.CL"))


async def test_a_passing_reset_is_tried_once_more(replay: Replay, store: Store) -> None:
    """One broken connection costs a second request, not the day; a second one in a row is for the caller."""
    replay.spoil({"kind": "reset", "times": 1})
    async with client(replay, store) as arxiv:
        assert len((await arxiv.fetch_rss("cs.CL")).papers) == 149
    assert replay.stats()["total"] == 2


async def test_an_empty_or_stale_feed_is_read_as_it_is(replay: Replay, store: Store) -> None:
    """Whether a feed is believable is decided elsewhere: here it is what it says, on the day that it says."""
    replay.spoil({"kind": "stale", "match": "cs.AI"}, {"kind": "empty", "match": "cs.CL"})
    async with client(replay, store) as arxiv:
        stale, empty = await arxiv.fetch_rss("cs.AI"), await arxiv.fetch_rss("cs.CL")
    assert (stale.day, len(stale.papers)) == (date(2026, 1, 14), 522)
    assert (empty.day, empty.papers) == (date(2026, 1, 14), ())
