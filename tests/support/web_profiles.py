"""A deployment on which feeds are saved, over HTTP."""

import pytest

from core.paper import Batch
from tests.support.profiles import SETTINGS, ids_about, subject_papers
from tests.support.web import TODAY, open_web, publish

PAPERS = subject_papers(10)
CACHES, ROBOTS = ids_about("caches", PAPERS), ids_about("robots", PAPERS)
JSON = {"accept": "application/json"}
FORMATS = ("rss", "atom", "json")


@pytest.fixture
async def web(store):
    await publish(store, [Batch(TODAY, tuple(PAPERS))])
    return open_web(store, settings=SETTINGS)


async def made(web, document=None, **fields):
    """Make a profile and return the path of its page."""
    if fields:
        answer = await web.client.post("/profiles", data=fields)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]
    answer = await web.client.post("/profiles", json=document or {})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].removeprefix("http://paperfeed.example")


async def items(web, path, feed=""):
    answer = await web.get(f"{path}/json{'?feed=' + feed if feed else ''}")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def voted(web, path, arxiv_id, vote="more"):
    answer = await web.client.post(f"{path}/votes", json={"id": arxiv_id, "vote": vote})
    assert answer.status_code == 200, answer.text
    return answer.json()
