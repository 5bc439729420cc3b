"""Profiles over HTTP: made, read, changed, voted in, moved and deleted; by form and by JSON, on both stores."""

import json
import logging
import re
from datetime import timedelta

import pytest
from lxml import etree

from core.config.environment import Environment
from core.config.settings import Settings
from core.paper import Batch
from core.profiles.library import MOST_UNKNOWN_PROFILES
from core.profiles.token import new_profile_token, profile_name_of
from tests.support.profiles import SETTINGS, ids_about, subject_papers
from tests.support.web import NOW, TODAY, open_web, publish

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


@pytest.mark.parametrize(
    ("document", "named"),
    [
        ({"feeds": [{"query": "keywords=kv AND"}]}, "keywords"),
        ({"feeds": [{"query": {"nonsense": "1"}}]}, "nonsense"),
        ({"feeds": [{"name": "rss"}]}, "name"),
        ({"feeds": [{"name": "a/b"}]}, "name"),
        ({"feeds": [{"name": f"f{number}"} for number in range(11)]}, "feeds"),
        ({"feeds": [{"interest": "x" * 4001}]}, "interest"),
        ({"feeds": [{"query": "digest=daily"}]}, "digest"),
        ({"seed": "x" * 300_001}, "seed"),
        ({"seed": "ab"}, "seed"),
        ({"zotero": "me"}, "zotero"),
        ({"unknown": 1}, "profile"),
        ({"paperfeed_profile": 2}, "paperfeed_profile"),
        ({"votes": [{"id": "nonsense", "vote": "more"}]}, "votes"),
        ({"vectors": {"a": {"b": "c"}}}, "profile"),
        ({"vectors": {"a": {"b": 1e308}}}, "profile"),
    ],
)
async def test_a_wrong_profile_is_refused_by_name(web, document, named):
    """
    400, one sentence, naming what is wrong; nothing is kept.
    """
    answer = await web.client.post("/profiles", json=document)
    assert answer.status_code == 400
    assert named in answer.text
    assert await web.services.store.profiles.load_names(now=NOW) == ()


async def test_a_wrong_form_is_shown_again(web):
    """
    With what was typed, and what is wrong with it.
    """
    answer = await web.client.post("/profiles", data={"name": "main", "keywords": "kv AND", "interest": "robots"})
    assert answer.status_code == 400
    assert "&#34;kv AND&#34; ends after AND</span>" in answer.text
    assert 'value="kv AND"' in answer.text
    assert 'value="robots"' in answer.text


async def test_before_saving_it_shows_what_it_understood(web):
    """
    What was pasted, in a sentence, and the first ten papers; nothing is kept.
    """
    seed = f"https://arxiv.org/abs/{CACHES[0]}v2 and arXiv:{CACHES[1]}, 1001.00001"
    page = await web.client.post("/profiles/preview", data={"name": "main", "keywords": "", "seed": seed})
    assert page.status_code == 200
    assert "2 papers held here: liked." in page.text
    assert "1 paper not held here" in page.text
    assert CACHES[0] in page.text
    found = (await web.client.post("/profiles/preview", json={"feeds": [{"query": "per_day=20"}], "seed": seed})).json()
    assert len(found["papers"]) == 10
    assert {each["id"] for each in found["papers"][:4]} <= set(CACHES)
    assert await web.services.store.profiles.load_names(now=NOW) == ()


@pytest.mark.parametrize("query", ["like=text:caches%20for%20robots", "keywords=robot&exclude="])
async def test_saving_a_feed_saves_the_feed_one_looked_at(web, query):
    """What the deployment's own feed leaves out is not put into a feed that never had it; words are an interest."""
    page = (await web.get(f"/profiles?{query}")).text
    fields = dict(re.findall(r'<input name="(keywords|exclude|interest)" value="([^"]*)"', page))
    wanted = (
        {"keywords": "", "interest": "caches for robots"} if "like" in query else {"keywords": "robot", "interest": ""}
    )
    assert fields == {**wanted, "exclude": ""}
    assert "text:" not in page


async def test_the_form_is_filled_with_the_feed_at_hand(web):
    """
    "Save as my feed" brings along the parameters, and what the deployment would have put in.
    """
    page = (await web.get("/profiles?keywords=robot,speech&types=new&like=2600.00001")).text
    assert 'value="robot,speech"' in page
    assert 'value="types=new"' in page
    assert ">2600.00001</textarea>" in page
    both = (await web.get("/profiles?like=2600.00001,text:caches%20for%20robots")).text
    assert ">2600.00001\ncaches for robots</textarea>" in both
    assert (await web.get("/profiles?nonsense=1")).status_code == 400


async def test_a_form_that_no_feed_was_brought_to_has_no_keywords(store):
    """Who opens it directly says what to read alone; from the deployment's own feed its keywords come along."""
    web = open_web(store, settings=Settings(categories=("cs.LG",), keywords=("robot", "kv cache")))
    for address, keywords in (("/profiles", ""), ("/profiles?ui=zh", ""), ("/profiles?types=new", "robot,kv cache")):
        assert f'<input name="keywords" value="{keywords}"' in (await web.get(address)).text
    link = re.search(r'href="(/profiles[^"]*)"', (await web.get("/")).text)[1]
    assert '<input name="keywords" value="robot,kv cache"' in (await web.get(link)).text
    await web.client.aclose()


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


# -- guarding


async def test_nothing_on_the_way_keeps_or_shows_a_profile(web):
    """
    Private to its reader, not indexed, no referrer, no Open Graph: on pages, feeds, errors alike.
    """
    path = await made(web)
    for address in (path, f"{path}/rss", f"{path}/opml", f"{path}/vote?id={CACHES[0]}", f"{path}/export"):
        answer = await web.get(address)
        assert answer.status_code == 200
        assert answer.headers["cache-control"].startswith(("private", "no-store"))
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert "Accept-Encoding" in answer.headers["vary"]
        assert "og:" not in answer.text
    assert "Cookie" in (await web.get(f"{path}/rss")).headers["vary"]


async def test_no_secret_is_logged_or_told(web, caplog, monkeypatch):
    """
    Whatever goes wrong behind a token, no log line and no error text has it.
    """
    path = await made(web)
    token = path.removeprefix("/u/")
    logging.getLogger("paperfeed").propagate = True
    with caplog.at_level(logging.DEBUG, logger="paperfeed"):

        async def broken(*_, **__):
            raise RuntimeError("the store fell over")

        monkeypatch.setattr(web.services.profiles, "load", broken)
        answer = await web.get(f"{path}/rss")
        assert answer.status_code == 500
    assert "request.crashed" in caplog.text
    for text in (caplog.text, answer.text):
        assert token not in text


async def test_guessing_finds_nothing_and_costs_next_to_nothing(web, caplog):
    """
    Of 10,000 guessed tokens none is found and none logged; the store is asked for a few of them.
    """
    path = await made(web)
    assert (await web.get(f"{path}/rss")).status_code == 200
    asked = []
    load = web.services.store.profiles.load_head

    async def counted(name):
        asked.append(name)
        return await load(name)

    web.services.store.profiles.load_head = counted
    logging.getLogger("paperfeed").propagate = True
    statuses = set()
    with caplog.at_level(logging.DEBUG, logger="paperfeed"):
        for number in range(10_000):
            token = new_profile_token() if number % 2 else f"{number:032}"
            statuses.add((await web.get(f"/u/{token}/rss")).status_code)
    assert statuses == {404, 429}
    assert len(asked) <= MOST_UNKNOWN_PROFILES
    assert caplog.text == ""
    assert (await web.get(f"{path}/rss")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://elsewhere.example"}],
)
async def test_another_sites_form_is_refused(web, headers):
    """
    403 for a form that a page of another site sends; the profile is as it was.
    """
    path = await made(web)
    for address in ("/profiles", f"{path}/votes", f"{path}/delete", f"{path}/rotate", f"{path}/feeds"):
        answer = await web.client.post(address, data={"id": CACHES[0], "vote": "more"}, headers=headers)
        assert answer.status_code == 403
    assert (await web.client.get(path, headers=JSON)).json()["profile"].get("votes") is None


async def test_bodies_and_rates_are_bounded(web):
    """
    413 for more than a megabyte; 429 for more new profiles, and more votes, than one person makes.
    """
    path = await made(web)
    assert (await web.client.post("/profiles", content=b"x" * 1_000_001)).status_code == 413
    statuses = [(await web.client.post("/profiles", json={})).status_code for _ in range(25)]
    assert statuses.count(201) < 20
    assert statuses[-1] == 429
    votes = [await web.client.post(f"{path}/votes", json={"id": CACHES[0], "vote": "more"}) for _ in range(61)]
    assert votes[-1].status_code == 429
    assert votes[-1].headers["retry-after"]


async def test_where_profiles_are_off_none_is_made(store):
    """
    404 for making one.
    """
    web = open_web(store, settings=Settings(profiles="off"))
    assert (await web.get("/profiles")).status_code == 404
    assert (await web.client.post("/profiles", json={})).status_code == 404


async def test_where_profiles_need_a_key_it_is_asked_for(store):
    """
    Without the key 401 (a form as it was filled), with it made, by form field or header; where none is set, 503 that
    names the variable.
    """
    await publish(store, [Batch(TODAY, tuple(PAPERS))])
    settings = Settings(profiles="key")
    web = open_web(store, settings=settings, environment=Environment(profiles_key="open sesame"))
    assert 'name="profiles_key"' in (await web.get("/profiles")).text
    assert (await web.client.post("/profiles", json={})).status_code == 401
    refused = await web.client.post("/profiles", data={"name": "a", "interest": "robots", "profiles_key": "no"})
    assert (refused.status_code, 'value="robots"' in refused.text) == (401, True)
    assert (await web.client.post("/profiles", data={"name": "a", "profiles_key": "open sesame"})).status_code == 303
    bearer = {"authorization": "Bearer open sesame"}
    assert (await web.client.post("/profiles", json={}, headers=bearer)).status_code == 201
    closed = await open_web(store, settings=settings).client.post("/profiles", json={})
    assert (closed.status_code, "PROFILES_KEY" in closed.text) == (503, True)


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


REFUSED = [
    ("feeds", {"was": "a", "name": "b", "keywords": "kv AND"}, "keywords", "kv AND"),
    ("feeds", {"was": "a", "name": "rss", "keywords": "kettle"}, "name", "rss"),
    ("feeds", {"was": "a", "name": "b", "more": "limit=many&per_day=3"}, "more", "limit=many&amp;per_day=3"),
    ("feeds", {"name": "new one", "categories": "cs.XX"}, "categories", "cs.XX"),
    ("feeds", {"name": "A", "keywords": "kettle"}, "name", "kettle"),
    ("zotero", {"zotero": "my library"}, "zotero", "my library"),
    ("seeds", {"seed": "@article{broken, title = {" + "x" * 300_000}, "seed", "x" * 1000),
    ("import", {"profile": '{"feeds": 3}'}, "profile", "{&#34;feeds&#34;: 3}"),
]


@pytest.mark.parametrize(("part", "sent", "field", "kept"), REFUSED, ids=lambda each: str(each)[:20])
async def test_a_refused_form_is_shown_again_as_it_was_filled(web, part, sent, field, kept):
    """
    400; what was typed stands in its field, the sentence beside the field that is wrong, and nothing has changed.
    """
    path = await made(web, {"feeds": [{"name": "a", "query": "keywords=robot"}]})
    answer = await web.client.post(f"{path}/{part}", data=sent)
    page = etree.HTML(answer.text)
    assert answer.status_code == 400
    assert kept in answer.text
    (wrong,) = page.xpath("//*[@aria-invalid]")
    assert wrong.get("name") == field
    assert len(wrong.xpath("following-sibling::*[@class='why-wrong']")) == 1
    assert wrong.xpath("ancestor::details/@open")
    assert (await web.client.get(path, headers=JSON)).json()["profile"]["feeds"] == [
        {"name": "a", "query": {"keywords": "robot"}, "interest": ""}
    ]
    by_program = await web.client.post(f"{path}/{part}", data=sent, headers=JSON)
    assert (by_program.status_code, by_program.headers["content-type"]) == (400, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"keywords": "weather,forecasting^2,ti:storm"}, "weather, forecasting, storm"),
        ({"interest": "Graph neural networks for weather and climate models"}, "Graph neural networks for weather and"),
        ({"authors": "Yann LeCun", "keywords": ""}, "Yann LeCun"),
        ({"categories": "cs.LG", "keywords": ""}, "cs.LG"),
        ({"keywords": "\u6c14\u8c61"}, "\u6c14\u8c61"),
        ({"keywords": "rss"}, "main"),
        ({"name": "mine", "keywords": "robot"}, "mine"),
    ],
)
async def test_a_feed_without_a_name_is_called_after_what_it_is_about(web, fields, name):
    """
    Its interest, else its keywords, authors or categories: readers list it among others.
    """
    path = await made(web, **fields)
    feeds = (await web.client.get(path, headers=JSON)).json()["profile"]["feeds"]
    assert [feed["name"] for feed in feeds] == [name]


async def test_a_cookie_of_strangers_says_nothing(web):
    """
    What is no sentence of ours in the cookie that says what was saved is left out.
    """
    path = await made(web, keywords="robot")
    for value in ("x", "e30", "W10=", "\u00e9".encode().hex(), "=" * 5000):
        answer = await web.client.get(path, headers={"cookie": f"paperfeed_saved={value}"})
        assert answer.status_code == 200


async def test_an_order_that_saved_feeds_do_not_have_is_refused(store):
    """``sort=interest`` goes by the deployment's own interest; a saved feed has a sentence of its own that leads."""
    await publish(store, [Batch(TODAY, tuple(PAPERS))])
    web = open_web(store, settings=SETTINGS)
    answer = await web.client.post("/profiles", json={"feeds": [{"query": "sort=interest"}]})
    assert (answer.status_code, "does not go with a profile" in answer.text) == (400, True)


async def test_who_asks_for_a_saved_feed_that_is_gone_is_led_to_a_new_one(web):
    """404 for one that was never there or expired, 410 for a deleted one: each with a sentence and the way on."""
    path = await made(web, keywords="robot")
    await web.client.delete(path)
    for address, status in ((path, 410), (f"/u/{new_profile_token()}", 404)):
        answer = await web.client.get(address, headers={"accept": "text/html"})
        assert answer.status_code == status
        assert 'href="/profiles"' in answer.text
