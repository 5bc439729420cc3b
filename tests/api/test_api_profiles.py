"""Profiles over HTTP: made, read, changed, voted in, moved and deleted; by form and by JSON, on both stores."""

import re

from lxml import etree

from tests.support.profiles import SETTINGS, ids_about
from tests.support.web_profiles import CACHES, FORMATS, PAPERS, items, made, voted, web

__all__ = ["web"]


async def test_a_profile_is_made_by_a_form_and_by_json(web):
    """
    JSON is answered by 201 with the secret address in Location; a form is led there by 303, so that a reload saves
    nothing twice, and the page says once that it was saved.
    """
    by_form = await web.client.post("/profiles", data={"name": "main", "keywords": "robot"})
    by_json = await web.client.post("/profiles", json={"feeds": [{"name": "main", "query": {"keywords": "robot"}}]})
    assert (by_form.status_code, by_json.status_code) == (303, 201)
    assert re.fullmatch(r"/u/[A-Za-z0-9_-]{32}", by_form.headers["location"])
    assert re.fullmatch(r"http://paperfeed\.example/u/[A-Za-z0-9_-]{32}", by_json.headers["location"])
    shown = [(await web.get(by_form.headers["location"])).text for _ in range(2)]
    assert all("<h1>Your saved feeds</h1>" in page for page in shown)
    assert ["<strong>Saved.</strong>" in page for page in shown] == [True, False]
    assert (
        shown[0].count('data-copy="http://paperfeed.example/u/') == 7
    )  # the page, three formats of the feed and of all
    assert by_json.json()["profile"]["feeds"] == [{"name": "main", "query": {"keywords": "robot"}, "interest": ""}]
    assert len({by_form.headers["location"], by_json.headers["location"]}) == 2


async def test_its_feeds_come_in_three_formats(web):
    """
    Each is the feed of the rules, under the address that was asked for, with two links to vote in every entry.
    """
    path = await made(web, {"feeds": [{"name": "robots", "query": "keywords=robot"}, {"name": "all of it"}]})
    for form in FORMATS:
        answer = await web.get(f"{path}/{form}")
        assert answer.status_code == 200
        assert answer.text.count("more like this") == answer.text.count("less like this") > 0
        assert f"http://paperfeed.example{path}/{form}" in answer.text
    plain = (await web.get("/json?keywords=robot")).json()["items"]
    assert [item["id"] for item in await items(web, path)] == [item["id"] for item in plain]
    assert len(await items(web, path, "all%20of%20it")) == SETTINGS.max_papers
    assert (await web.get(f"{path}/rss?feed=none")).status_code == 404
    assert (await web.get(f"{path}/rss?days=3")).status_code == 400


async def test_all_feeds_are_one_and_a_subscription_list(web):
    """
    /all/ has each paper once; the OPML names every feed.
    """
    path = await made(
        web, {"feeds": [{"name": "sand", "query": "keywords=sand"}, {"name": "grip", "query": "keywords=gripper"}]}
    )
    for form in FORMATS:
        assert (await web.get(f"{path}/all/{form}")).status_code == 200
    found = (await web.get(f"{path}/all/json")).json()["items"]
    assert len({item["id"] for item in found}) == len(found)
    outlines = etree.fromstring((await web.get(f"{path}/opml")).content).findall(".//outline")
    assert [outline.get("text") for outline in outlines] == ["sand", "grip"]
    for outline in outlines:
        assert (await web.get(outline.get("xmlUrl").removeprefix("http://paperfeed.example"))).status_code == 200


async def test_rules_change_behind_the_same_address(web):
    """
    PUT and the form change what is in the feed; addresses, ids, votes and dates stay.
    """
    path = await made(web, {"feeds": [{"name": "main", "query": "keywords=robot"}]})
    await voted(web, path, CACHES[0])
    before = {item["id"]: item["date_published"] for item in await items(web, path)}
    put = await web.client.put(path, json={"feeds": [{"name": "main", "query": "keywords=robot,speech"}]})
    assert put.status_code == 200
    assert len(put.json()["profile"]["votes"]) == 1
    after = {item["id"]: item["date_published"] for item in await items(web, path)}
    assert before.items() & after.items()
    form = {"was": "main", "name": "main", "keywords": "protein", "more": "types=new&per_day=2"}
    assert (await web.client.post(f"{path}/feeds", data=form)).status_code == 303
    last = await items(web, path)
    assert len(last) == 2
    assert {item["_arxiv"]["id"] for item in last} <= set(ids_about("proteins", PAPERS))


async def test_feeds_are_added_and_taken_away(web):
    """
    A feed more, and one less; the last one stays, and two never have one name.
    """
    path = await made(web)
    assert (await web.client.post(f"{path}/feeds", data={"name": "second"})).status_code == 303
    assert (await web.client.post(f"{path}/feeds", data={"name": "Second"})).status_code == 400
    remove = {"was": "second", "action": "remove"}
    assert (await web.client.post(f"{path}/feeds", data=remove)).status_code == 303
    assert (await web.client.post(f"{path}/feeds", data=remove | {"was": "main"})).status_code == 400
    assert (await web.client.post(f"{path}/feeds", data={"was": "gone", "name": "x"})).status_code == 400


async def described(web, path):
    """The description that all three formats have."""
    rss, atom = [etree.fromstring((await web.get(f"{path}/{form}")).content) for form in ("rss", "atom")]
    told = (await web.get(f"{path}/json")).json()["description"]
    assert rss.findtext("channel/description") == atom.findtext("{*}subtitle") == told
    return told


async def test_a_feed_names_what_leads_it_as_any_other_feed_does(web):
    """
    Its keywords and filters, and its interest whether it selects or orders; nothing of its secret address.
    """
    interest, keywords = "legged robots on sand", "gripper"
    path = await made(web, {"feeds": [{"name": "main", "query": "exclude=speech", "interest": interest}]})
    plain = (await web.get("/json?exclude=speech&like=text:legged%20robots%20on%20sand")).json()["description"]
    assert f"like “{interest}”, without speech" in plain
    assert await described(web, path) == plain
    rules = {"name": "main", "query": f"keywords={keywords}"}
    path = await made(web, {"feeds": [rules]})
    assert f" about {keywords}, newest" in await described(web, path)
    path = await made(web, {"feeds": [rules | {"interest": interest}]})
    assert f" about {keywords}, like “{interest}”, newest" in await described(web, path)
    assert path.removeprefix("/u/") not in await described(web, path)


async def test_an_interest_that_leads_nothing_is_not_named(web):
    """
    Of words that say nothing: the feed is what its rules say.
    """
    told = await described(web, await made(web, {"feeds": [{"name": "main", "interest": "of the"}]}))
    assert "like" not in told
    assert await described(web, await made(web, {"feeds": [{"name": "main"}]})) == told


async def test_all_feeds_as_one_say_what_each_is_of(web):
    """
    By their names: they are of different papers.
    """
    feeds = [{"name": "grip", "query": "keywords=gripper"}, {"name": "sand", "interest": "legged robots on sand"}]
    path = await made(web, {"feeds": feeds})
    single = [(await web.get(f"{path}/json?feed={feed['name']}")).json()["description"] for feed in feeds]
    assert await described(web, f"{path}/all") == f"grip: {single[0]} sand: {single[1]}"
