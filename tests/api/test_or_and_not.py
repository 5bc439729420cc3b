"""What the page makes of "or" and "not" in plain words."""

import html
import re
from collections.abc import AsyncIterator, Mapping
from urllib.parse import parse_qsl, quote, unquote

import pytest

from api.pages.or_not import Said, read_or_and_not
from core.store.base import Store
from tests.support.plain_words import TITLES, batch_of, web_of
from tests.support.web import Web

BATCH = batch_of((*TITLES[:2], "Weather for Robots from Neural Graphs", *TITLES[2:]))


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    async with web_of(store, BATCH) as opened:
        yield opened


def parameters(address: str) -> Mapping[str, str]:
    return dict(parse_qsl(html.unescape(address).partition("?")[2], keep_blank_values=True))


def entries(text: str) -> set[str]:
    return set(re.findall(r'class="entry" id="p-2600.0*([^"]+)"', text))


@pytest.mark.parametrize(
    ("asked", "offered"),
    [
        ("keywords=weather or trams", {"keywords": "weather,trams"}),
        ("like=text:weather or trams", {"keywords": "weather,trams"}),
        ("keywords=weather forecast or a graph of trams", {"keywords": "weather AND forecast,a graph of trams"}),
        ("keywords=neural networks but not bread", {"keywords": "neural networks", "exclude": "bread"}),
        ("keywords=trams or weather without bread", {"keywords": "trams,weather", "exclude": "bread"}),
        ("keywords=weather,not trams&exclude=bread", {"keywords": "weather", "exclude": "bread,trams"}),
        ("keywords=trams or weather,not bread", {"keywords": "trams,weather", "exclude": "bread"}),
        ("keywords=trams or weather,but not bread,neural", {"keywords": "trams,weather,neural", "exclude": "bread"}),
        ("keywords=weather not about robots", {"keywords": "weather", "exclude": "robots"}),
    ],
)
async def test_or_and_not_are_offered_as_the_filter_language_says_them(
    web: Web, asked: str, offered: Mapping[str, str]
):
    """They are words of a phrase, so nothing is changed unasked; one click says what a newcomer means by them."""
    text = (await web.get(f"/?{quote(asked, safe='=&:,')}")).text
    (notice,) = re.findall(r"“Leave out” says “not”:(.*?)</p>", text)
    address = html.unescape(re.search(r'href="([^"]+)"', notice)[1])
    assert parameters(address) == offered
    shown = (await web.get(address)).text
    assert len(entries(shown)) == int(re.search(r'class="count">(\d+)<', notice)[1]) > 0


@pytest.mark.parametrize("asked", ["keywords=weather", "keywords=to be or not to be", "keywords=weather AND NOT trams"])
async def test_nothing_is_offered_for_or_and_not_that_say_nothing(web: Web, asked: str):
    assert "“Leave out” says “not”" not in (await web.get(f"/?{quote(asked, safe='=')}")).text


@pytest.mark.parametrize(
    ("asked", "feed", "left_out"),
    [
        ("keywords=weather of graphs not robots", {"like": "text:weather of graphs", "exclude": "robots"}, "robots"),
        ("keywords=weather of graphs, not robots", {"like": "text:weather of graphs", "exclude": "robots"}, "robots"),
        (
            "keywords=graphs with weather but not about robots or trams&exclude=bread",
            {"like": "text:graphs with weather", "exclude": "bread,robots,trams"},
            "robots, trams",
        ),
    ],
)
async def test_an_interest_leaves_out_what_its_not_says(web: Web, asked: str, feed: Mapping[str, str], left_out: str):
    """What is not wanted is no word to look for: it is out of the text and of the papers, and the page says so."""
    text = (await web.get(f"/?{quote(asked, safe='=&:,')}")).text
    address = re.search(r'id="feed-3" readonly value="http://paperfeed.example([^"]+)"', text)[1]
    assert parameters(address) == feed
    assert entries(text) == {"1", "2"}
    assert f"Left out, as you say “not”: {left_out}." in text
    assert "robots" not in "".join(re.findall(r'class="offer" href="[^"]+">([^<−]+)', text))


async def test_without_may_belong_to_the_subject(web: Web):
    """It stays in the text; leaving its words out is offered, and no keyword that looks for them."""
    text = (await web.get("/?keywords=weather%20without%20robots")).text
    address = re.search(r'id="feed-3" readonly value="http://paperfeed.example([^"]+)"', text)[1]
    assert unquote(address) == "/json?like=text:weather without robots"
    assert "Left out" not in text
    (first, *others) = re.findall(r'class="offer" href="([^"]+)"', text.partition("elsewhere")[0])
    assert parameters(first) == {"keywords": "weather", "exclude": "robots"}
    assert not [each for each in others if "robots" in parameters(each)["keywords"]]


async def test_a_keyword_that_only_leaves_out_is_no_interest_of_its_own(web: Web):
    text = (await web.get("/?keywords=trams,not%20robots%20for%20weather")).text
    assert "As an interest of its own" not in text
    assert "As keywords" not in text


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("RL not robotics", Said(("RL",), ("robotics",), "RL")),
        (
            "papers about RL or bandits but not robots",
            Said(("RL", "bandits"), ("robots",), "papers about RL or bandits"),
        ),
        ("not bread", Said((), ("bread",), "")),
        ("attention is not all you need", None),
        ("models know what they do not know", None),
        ("not only transformers", None),
        ("learning without forgetting", None),
    ],
)
def test_which_not_leaves_something_out(phrase: str, said: Said | None):
    """One that belongs to a verb, or says "not only", does not; *without* does where it is asked for."""
    assert read_or_and_not(phrase, with_without=False) == said
