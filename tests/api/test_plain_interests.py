"""What the page makes of an interest in plain words."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from urllib.parse import quote, unquote

import pytest

from core.paper import Batch
from core.store.base import Store
from tests.support.plain_words import TITLES, batch_of, web_of
from tests.support.web import TODAY, Web, make_paper, open_web, publish

BATCH = batch_of(TITLES)


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    async with web_of(store, BATCH) as opened:
        yield opened


def entries(text: str) -> Sequence[str]:
    return re.findall(r'class="entry" id="p-([^"]+)"', text)


@pytest.mark.parametrize("page", ["/", "/live"])
async def test_an_interest_in_plain_words_shows_its_papers(web: Web, page: str):
    """Where no paper has the words as they stand, the page shows those about them, says so, and gives their feed."""
    text = (await web.get(f"{page}?keywords={quote('neural graph networks for the weather')}")).text
    assert "No paper has these words as they stand. Shown, and in the feed: the papers about them." in text
    assert set(entries(text)) == {"2600.00001", "2600.00002"}
    assert ">neural graph networks for the weather<" in re.sub(r"\s*([<>])\s*", r"\1", text)  # the chip stays
    address = re.search(r'id="feed-3" readonly value="http://paperfeed.example([^"]+)"', text)[1]
    assert unquote(address) == "/json?like=text:neural graph networks for the weather"
    feed = json.loads((await web.get(address)).text)
    assert [item["_arxiv"]["id"] for item in feed["items"]] == list(entries(text))
    assert "like “neural graph networks for the weather”" in feed["title"]


async def test_what_the_words_are_as_keywords_is_offered(web: Web):
    """Each offer is the same words in the filter language, without little words, with how many papers it finds."""
    text = (await web.get(f"/?keywords={quote('graphs with weather')}")).text
    offers = re.findall(r'<a class="offer" href="([^"]+)">([^<]+)</a> <span class="count">(\d+)', text)
    assert offers == [
        ("/?keywords=graphs%20AND%20weather", "graphs AND weather", "2"),
        ("/?keywords=graphs,weather", "graphs, weather", "3"),
    ]
    for address, _, count in offers:
        assert len(entries((await web.get(address)).text)) == int(count)
    assert "≈ 2</span>" in text  # the chip says how many are about it


async def test_the_same_keywords_are_offered_once(web: Web):
    """Without the words of asking one phrase is left, which is both the whole and its only part."""
    text = (await web.get(f"/?keywords={quote('i want papers on neural networks')}")).text.partition("elsewhere")[0]
    assert re.findall(r'<a class="offer" href="[^"]+">([^<]+)</a>', text) == ["neural networks", "neural AND networks"]


@pytest.mark.parametrize(
    "keywords",
    ["weather AND bread", "ti:weather graphs", "weather*", "weather", "graph networks"],
)
async def test_who_writes_the_filter_language_gets_what_it_says(web: Web, keywords: str):
    """Fields, AND, a single word, and a phrase that papers have mean what they say."""
    text = (await web.get(f"/?keywords={quote(keywords)}")).text
    assert "as they stand" not in text
    assert f"/rss?keywords={quote(keywords, safe='*:')}" in text


@pytest.mark.parametrize(
    ("keywords", "count"),
    [
        ("neural graph networks for the weather,trams of neural bread", 2),
        ("graph of trams,forecasts of weather for graphs", 1),
    ],
)
async def test_an_interest_beside_others_is_offered_as_one_of_its_own(web: Web, keywords: str, count: int):
    """Of several keywords, each in plain words that finds nothing has a link to the papers about it."""
    text = (await web.get(f"/?keywords={quote(keywords)}&exclude=&days=5")).text
    offered = re.findall(
        r'As an interest of its own: <a class="offer" href="([^"]+)">([^<]+)</a> <span[^>]+>(\d+)', text
    )
    assert [phrase for _, phrase, _ in offered] == keywords.split(",")[-count:]
    for address, phrase, found in offered:
        wanted = re.escape(f"/?like=text:{phrase}")
        assert re.match(wanted, unquote(address).replace("exclude=&amp;", ""))
        assert len(entries((await web.get(address.replace("&amp;", "&"))).text)) == int(found) > 0


async def test_a_phrase_that_finds_nothing_beside_others_is_named(web: Web):
    """Among several keywords, a phrase that no paper has is said otherwise; the others stay."""
    text = (await web.get("/?keywords=trams,forecasts%20of%20weather%20for%20graphs")).text
    assert len(entries(text)) == 13
    assert "No paper has “forecasts of weather for graphs” word for word." in text
    assert 'href="/?keywords=trams,forecasts%20AND%20weather%20AND%20graphs"' in text


async def test_a_phrase_that_few_papers_have_is_offered_as_an_interest(store: Store):
    """What is about it without saying it word for word is a click away, with how many there are."""
    titles = ("Tidal Lamps of Lighthouses", "Lighthouses whose Lamps are Tidal", *("Bread",) * 12)
    inside = make_paper(90, "Nothing of it in the title", abstract="The tidal lamps in a lighthouse.")
    papers = (*(make_paper(at, title) for at, title in enumerate(titles, 1)), inside)
    await publish(store, [Batch(TODAY, papers)])
    web = open_web(store)
    text = (await web.get(f"/?keywords={quote('tidal lamps of lighthouses')}")).text
    assert entries(text) == ["2600.00001"]
    address, count = re.search(r'<a class="offer" href="([^"]+)">show (\d+) papers', text).groups()
    assert (unquote(address), count) == ("/?like=text:tidal lamps of lighthouses", "3")
    wider = (await web.get(address)).text
    assert len(entries(wider)) == 3
    assert "<mark>Lighthouses</mark> whose <mark>Lamps</mark>" in wider
    await web.client.aclose()


async def test_categories_that_are_not_chosen_are_offered_where_the_subject_stands(store: Store):
    """Papers of the subject that other categories have, or that are cross-listed there, are counted by category."""
    papers = (
        make_paper(1, "Tidal Lamps", categories=("cs.LG", "q-bio.BM")),
        make_paper(2, "Tidal Lamps", categories=("econ.GN",)),
        make_paper(3, "Trams", categories=("cs.RO",)),
    )
    await publish(store, [Batch(TODAY, papers)])
    web = open_web(store)
    text = (await web.get("/?keywords=tidal%20lamps&categories=cs.LG,cs.RO")).text
    found = re.findall(r'<a class="offer" href="/\?categories=([^&]+)&amp;keywords=tidal%20lamps">\+ (\S+)', text)
    assert found == [("cs.LG,cs.RO,q-bio.BM", "q-bio.BM"), ("cs.LG,cs.RO,econ.GN", "econ.GN")]
    assert "Also in categories" not in (await web.get("/?keywords=trams&categories=cs.LG,cs.RO")).text
    await web.client.aclose()


async def test_an_interest_that_nothing_is_about_says_so(web: Web):
    """Nothing is shown in its place, and what each part of it would find is offered."""
    text = (await web.get(f"/?keywords={quote('zeppelins of weather')}")).text
    assert entries(text) == ["2600.00002", "2600.00001"] or entries(text) == ["2600.00001", "2600.00002"]
    text = (await web.get(f"/?keywords={quote('zeppelins for quokkas')}")).text
    assert "No paper of these days is about “zeppelins for quokkas”." in text
    assert "The feed waits for papers about it." in text


@pytest.mark.parametrize(
    ("keywords", "feed"),
    [("zeppelins for quokkas", "like=text:zeppelins for quokkas"), ("quokka zeppelins", "keywords=quokka zeppelins")],
)
async def test_the_feed_of_three_words_that_nothing_is_about_waits_for_what_will_be(web: Web, keywords: str, feed: str):
    """Tomorrow's papers hardly have three words in a row; one word or two may be a name, which stays a keyword."""
    text = (await web.get(f"/?keywords={quote(keywords)}")).text
    address = re.search(r'id="feed-3" readonly value="http://paperfeed.example([^"]+)"', text)[1]
    assert unquote(address) == f"/json?{feed}"
    assert f"/profiles?{quote(feed, safe='=:')}" in text
    assert ("The feed waits for papers about it." in text) == feed.startswith("like")
    assert not json.loads((await web.get(address.replace("&amp;", "&"))).text)["items"]


async def test_a_field_that_is_called_so_is_offered(web: Web):
    """Where nothing here is about an interest, categories not chosen whose names say it are one click away."""
    text = (await web.get(f"/?keywords={quote('robots with quokkas in theory')}")).text
    assert (
        '<a class="offer" href="/?keywords=robots%20with%20quokkas%20in%20theory&amp;categories=cs.LG,cs.RO">'
        in text.replace("categories=cs.LG%2Ccs.RO", "categories=cs.LG,cs.RO")
        or "+ cs.RO · Robotics" in text
    )


async def test_what_a_feed_is_like_is_a_chip(web: Web):
    """Who comes back to an interest's address sees it, and no keywords that do not count; × takes it away."""
    text = (await web.get(f"/?like={quote('text:weather of graphs')}&keywords=graphs")).text
    chip = re.search(r'≈</span> ([^<]+)</span> <a class="drop" href="([^"]+)"', text)
    assert chip.groups() == ("weather of graphs", "/?keywords=graphs")
    text = (await web.get(f"/?like={quote('text:weather of graphs')}")).text
    assert "set by this site</p>" not in text.partition('id="group-keywords"')[2].partition('id="group-exclude"')[0]


async def test_an_interest_of_another_field_is_told_where_was_looked(web: Web):
    """Nothing found may mean that nobody fetches the field: the categories looked at are named."""
    text = (await web.get(f"/?keywords={quote('zeppelins for quokkas')}")).text
    assert "Looked at: cs.LG. Is your field another one? Choose its categories." in text


@pytest.mark.parametrize("asked", ["keywords=knitting%20patterns%20of%20trams", "like=text:knitting%20trams"])
async def test_where_no_paper_is_really_about_it_the_page_says_so(web: Web, asked: str):
    """The nearest papers are shown as the nearest, with the words that no paper has; of others nothing is said."""
    text = (await web.get(f"/?{asked}")).text
    assert "No paper of these days is really about this; these are the nearest." in text
    assert re.search(r"No paper held here has: knitting[ ,.]", text)
    assert "the papers about them" not in text
    assert entries(text)
    near = (await web.get("/?like=text:neural%20networks%20for%20trams")).text
    assert entries(near)
    assert "really about this" not in near


async def test_a_paper_without_the_rarest_word_is_not_about_it(store: Store):
    """It may hold most of the words, and the page says that it is only the nearest."""
    titles = (*("Error Correction by Codes",) * 2, "Quantum Tea", *("Bread",) * 12)
    await publish(store, [Batch(TODAY, tuple(make_paper(at, title) for at, title in enumerate(titles, 1)))])
    web = open_web(store)
    for text, is_far in (("quantum error correction codes", True), ("error correction codes", False)):
        page = (await web.get(f"/?like=text:{quote(text)}")).text
        assert set(entries(page)) == {"2600.00001", "2600.00002"}
        assert ("No paper of these days is really about this" in page) == is_far
    await web.client.aclose()


async def test_a_category_that_is_called_so_is_offered_beside_few_papers(web: Web):
    """Not only those of the papers found: nothing of it need be held here, and then no number stands beside it."""
    text = (await web.get("/?like=text:weather%20robots")).text
    assert entries(text)
    assert re.search(r'categories=cs.LG,cs.RO[^"]*">\+ cs.RO · Robotics</a></li>', text)
