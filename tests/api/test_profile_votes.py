"""Votes on a saved feed, and what else it learns from."""

import pytest

from core.paper import Batch
from core.profiles.token import profile_name_of
from tests.support.profiles import SETTINGS
from tests.support.web import TODAY, open_web, publish
from tests.support.web_profiles import CACHES, JSON, PAPERS, ROBOTS, items, made, voted, web

__all__ = ["web"]


async def test_a_vote_changes_the_order_and_says_why(web):
    """
    GET shows a page and votes nothing; POST votes: the liked subject comes first, each entry with its reason.
    """
    path = await made(web)
    before = await items(web, path)
    page = await web.get(f"{path}/vote?id={CACHES[0]}&vote=more")
    assert page.status_code == 200
    assert '<button name="vote" value="more">' in page.text
    assert await items(web, path) == before
    answer = await web.client.post(f"{path}/votes", data={"id": CACHES[0], "vote": "more"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}/vote?id={CACHES[0]}")
    after = await items(web, path)
    assert {item["_arxiv"]["id"] for item in after[:4]} <= set(CACHES)
    assert f"like {CACHES[0]}" in after[0]["content_html"]
    known = {item["id"]: (item["date_published"], item["date_modified"]) for item in after}
    assert all(known[item["id"]] == (item["date_published"], item["date_modified"]) for item in before)
    assert "Noted" in (await web.get(f"{path}/vote?id={CACHES[0]}")).text


async def test_votes_are_listed_and_undone(web):
    """
    The page lists each vote with a button that takes it back.
    """
    path = await made(web)
    await voted(web, path, CACHES[0])
    await voted(web, path, ROBOTS[0], "less")
    page = (await web.get(path)).text
    assert page.count(">Undo<") == 2
    assert (await voted(web, path, CACHES[0], "none"))["votes"] == 1
    document = (await web.client.get(path, headers=JSON)).json()["profile"]
    assert [(each["id"], each["vote"]) for each in document["votes"]] == [(ROBOTS[0], "less")]


@pytest.mark.parametrize(
    "body", ['{"id": "2600.00001"}', '{"id": "2600.00001", "vote": "up"}', "[]", "{", '{"id": "x", "vote": "more"}']
)
async def test_what_is_no_vote_is_refused(web, body):
    """
    400 that says what a vote is.
    """
    path = await made(web)
    answer = await web.client.post(f"{path}/votes", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert "arXiv id" in answer.text or "arxiv identifier" in answer.text.lower()


async def test_like_in_the_rules_is_a_like(web):
    """
    However the rules come, ``like`` is taken out of them: papers are votes, a text alone is the feed's interest.
    """
    query = f"like={CACHES[0]}"
    made_so = await made(web, {"feeds": [{"query": query}]})
    put_so, saved_so = await made(web), await made(web)
    await web.client.put(put_so, json={"feeds": [{"query": query}]})
    await web.client.post(f"{saved_so}/feeds", data={"was": "main", "name": "main", "more": query})
    for path in (made_so, put_so, saved_so):
        document = (await web.client.get(path, headers=JSON)).json()["profile"]
        assert "like" not in document["feeds"][0]["query"]
        assert [each["id"] for each in document["votes"]] == [CACHES[0]]
    text = await made(web, {"feeds": [{"query": "like=text:legged robots walk on sand"}]})
    assert (await items(web, text))[0]["_arxiv"]["id"] in ROBOTS
    document = (await web.client.get(text, headers=JSON)).json()["profile"]
    assert (document["feeds"][0]["interest"], document.get("seeds")) == ("legged robots walk on sand", None)
    both = await made(web, {"feeds": [{"query": f"{query},text:legged robots walk on sand"}]})
    document = (await web.client.get(both, headers=JSON)).json()["profile"]
    assert (document["feeds"][0]["interest"], len(document["seeds"]), len(document["votes"])) == ("", 1, 1)


async def test_put_learns_from_what_is_new(web):
    """
    A document put in place may bring a text and a library along; a library's key is kept, and never told.
    """
    path = await made(web, {"zotero": "groups/1", "zotero_key": "s3cret"})
    put = await web.client.put(path, json={"feeds": [{}], "seed": "legged robots walk on sand", "zotero": "groups/1"})
    assert put.status_code == 200
    assert put.json()["profile"]["zotero"] == "groups/1"
    assert (await items(web, path))[0]["_arxiv"]["id"] in ROBOTS
    state, _ = await web.services.profile_writer.read(profile_name_of(path.removeprefix("/u/")))
    assert state.profile.zotero.key == "s3cret"
    for address in (path, f"{path}/export", f"{path}/json"):
        assert "s3cret" not in (await web.get(address)).text
    assert "s3cret" not in (await web.client.get(path, headers=JSON)).text


async def test_samples_are_in_no_feed(store):
    """
    Fictional papers are for the page: a saved feed is empty until there are real ones.
    """
    await publish(store, [Batch(TODAY, tuple(PAPERS))], sample=True)
    web = open_web(store, settings=SETTINGS)
    path = await made(web, {"feeds": [{"interest": "robots on sand"}]})
    assert await items(web, path) == []


@pytest.mark.parametrize(
    "arxiv_id", ["２６０１.０００１０", "hep-th/9901001", "", "../x", "2600.00001v3", "2600.99999", "<b>"]
)
async def test_the_voting_page_takes_any_id(web, arxiv_id):
    """
    A paper that is not held is shown by its id; what is none is a 400.
    """
    path = await made(web)
    answer = await web.client.get(f"{path}/vote", params={"id": arxiv_id, "vote": "<b>"})
    cast = await web.client.post(f"{path}/votes", data={"id": arxiv_id, "vote": "more"})
    assert (answer.status_code, cast.status_code) in ((200, 303), (400, 400))
    assert "<b>" not in answer.text or answer.headers["content-type"].startswith("text/plain")
