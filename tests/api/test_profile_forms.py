"""The forms that save a feed: what they are filled with, and what they refuse."""

import re

import pytest
from lxml import etree

from core.config.settings import Settings
from core.paper import Batch
from core.profiles.token import new_profile_token
from tests.support.profiles import SETTINGS
from tests.support.web import NOW, TODAY, open_web, publish
from tests.support.web_profiles import CACHES, JSON, PAPERS, made, web

__all__ = ["web"]


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
