"""A saved feed that moves, is taken along, deleted, or no longer used; and what its readers notice."""

import json
from datetime import timedelta

import pytest

from tests.support.profiles import SETTINGS
from tests.support.web import NOW, open_web
from tests.support.web_profiles import CACHES, FORMATS, JSON, PAPERS, items, made, voted, web

__all__ = ["web"]


async def test_a_moved_profile_answers_at_its_new_address_alone(web):
    """
    Rotated: votes and rules behind a new secret, 410 behind the old one.
    """
    path = await made(web)
    await voted(web, path, CACHES[0])
    answer = await web.client.post(f"{path}/rotate")
    new = answer.headers["location"]
    assert answer.status_code == 303
    assert new != path
    assert (await web.get(f"{path}/rss")).status_code == 410
    document = (await web.client.get(new, headers=JSON)).json()["profile"]
    assert [each["id"] for each in document["votes"]] == [CACHES[0]]


@pytest.mark.parametrize("way", ["delete", "form"])
async def test_a_deleted_profile_is_gone_for_good(web, way):
    """
    410 for every address of it, from then on.
    """
    path = await made(web)
    answer = await (web.client.delete(path) if way == "delete" else web.client.post(f"{path}/delete"))
    assert answer.status_code == (204 if way == "delete" else 200)
    for address in (path, f"{path}/rss", f"{path}/all/atom", f"{path}/opml", f"{path}/vote?id=2600.00001"):
        assert (await web.get(address)).status_code == 410
    assert (await web.client.post(f"{path}/votes", json={"id": CACHES[0], "vote": "more"})).status_code == 410
    assert (await web.client.delete(path)).status_code == 410


async def test_a_profile_is_taken_along(web):
    """
    What was exported, imported into another one, ranks as the first did; no token stands in it.
    """
    path = await made(web, {"feeds": [{"name": "main"}], "seed": "legged robots walk on sand and terrain"})
    await voted(web, path, CACHES[0])
    exported = (await web.get(f"{path}/export")).text
    assert path.removeprefix("/u/") not in exported
    other = await made(web)
    assert (await web.client.post(f"{other}/import", data={"profile": exported})).status_code == 303
    again = json.loads((await web.get(f"{other}/export")).text)
    first = json.loads(exported)
    for document in (first, again):
        for vote in document["votes"]:
            vote.pop("at")
    assert again == first
    ranks = [{item["id"]: item["_arxiv"]["score"] for item in await items(web, each)} for each in (path, other)]
    assert all(ranks[1][name] == score for name, score in ranks[0].items() if name in ranks[1])


async def test_two_instances_see_each_others_votes_within_the_memo(web):
    """
    What one instance was told, another shows 30 seconds later at the latest.
    """
    path = await made(web)
    other = open_web(web.services.store, settings=SETTINGS)
    before = await items(other, path)
    await voted(web, path, CACHES[0])
    assert await items(web, path) != before
    other.services.now = lambda: NOW + timedelta(seconds=30)
    assert await items(other, path) == await items(web, path)


async def test_unchanged_is_304_and_a_vote_is_not(web):
    """
    A reader that polls gets nothing until something changed, in any format.
    """
    path = await made(web)
    for number, form in enumerate(FORMATS):
        address = f"{path}/{form}"
        etag = (await web.get(address)).headers["etag"]
        assert (await web.get(address, If_None_Match=etag)).status_code == 304
        await voted(web, path, CACHES[number])
        changed = await web.get(address, If_None_Match=etag)
        assert (changed.status_code, changed.headers["etag"] != etag) == (200, True)


# -- expiry


async def test_an_unused_profile_says_in_its_feeds_that_it_ends(web):
    """
    A month before, an item with the day stands first in each format; opening the page takes it away.
    """
    path = await made(web)
    assert "13 July 2026" in (await web.get(path)).text
    web.services.now = lambda: NOW + timedelta(days=149)
    assert "This feed ends" not in (await web.get(f"{path}/rss")).text
    web.services.now = lambda: NOW + timedelta(days=155)
    for form in FORMATS:
        answer = await web.get(f"{path}/{form}")
        assert "This feed ends on 13 July 2026" in answer.text
        assert answer.text.index("This feed ends") < answer.text.index(PAPERS[0].title)
        assert answer.content == (await web.get(f"{path}/{form}")).content
    await web.get(path)
    web.services.now = lambda: NOW + timedelta(days=156)
    assert "This feed ends" not in (await web.get(f"{path}/rss")).text
    assert "2026" in (await web.get(path)).text
