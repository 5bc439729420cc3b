"""How many commands a profile's feed costs: as many as any feed."""

from datetime import timedelta
from pathlib import Path

import pytest
from redis.asyncio import Redis

from core.paper import Batch
from core.store.open import open_store
from tests.support.profiles import SETTINGS, ids_about, subject_papers
from tests.support.web import NOW, TODAY, open_web, publish

PAPERS = tuple(subject_papers(10))


@pytest.fixture
async def learned(empty_redis_url):
    """A profile that has learnt something, on a server of our own: its path."""
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    await publish(store, [Batch(TODAY, PAPERS)])
    web = open_web(store, settings=SETTINGS)
    made = await web.client.post("/profiles", json={})
    path = made.headers["location"].removeprefix("http://paperfeed.example")
    await web.client.post(f"{path}/votes", json={"id": ids_about("caches", PAPERS)[0], "vote": "more"})
    await store.close()
    return path


async def test_a_profiles_feed_costs_no_more_commands_than_any(empty_redis_url, learned):
    """
    Cold two (one for manifest and profile, one for the papers); warm none within the memo, then one, 304 or not.
    """
    store = open_store(empty_redis_url, data_dir=Path(), on_vercel=False)
    web = open_web(store, settings=SETTINGS)
    async with Redis.from_url(empty_redis_url) as client:

        async def commands(address, minutes=0, **headers):
            web.services.now = lambda: NOW + timedelta(minutes=minutes)
            await client.config_resetstat()
            answer = await web.get(address, **headers)
            stats = await client.info("commandstats")
            names = {name.removeprefix("cmdstat_"): found["calls"] for name, found in stats.items()}
            return answer, {name: calls for name, calls in names.items() if name not in ("info", "config|resetstat")}

        first, cold = await commands(f"{learned}/rss")
        assert (first.status_code, cold) == (200, {"mget": 2})
        assert (await commands(f"{learned}/rss"))[1] == {}
        assert (await commands(f"{learned}/all/json"))[1] == {}
        assert (await commands(f"{learned}/atom", minutes=1))[1] == {"mget": 1}
        again, asked = await commands(f"{learned}/rss", minutes=2, If_None_Match=first.headers["etag"])
        assert (again.status_code, asked) == (304, {"mget": 1})
        web.services.now = lambda: NOW + timedelta(minutes=4)
        await web.get("/rss")  # now the papers are fresh, and the profile is not
        assert (await commands(f"{learned}/rss", minutes=4))[1] == {"get": 1}
    await store.close()
