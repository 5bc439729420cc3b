"""Other people's subscriptions as feeds of ours."""

import json

import pytest

from core.config.settings import Settings
from core.errors import ParseError
from core.feeds.subscriptions import read_subscriptions, subscription_parameters
from core.query.parse import parse_query

SETTINGS = Settings(categories=("cs.LG",), keywords=("LLM",), exclude_keywords=("survey",))
BASE = "https://feeds.example"
WHOLE_FEED = "keywords=&per_day=500&limit=500"


def opml(*addresses: str) -> bytes:
    lines = "".join(
        f'<outline text="f{n}" type="rss" xmlUrl="{a.replace("&", "&amp;").replace(chr(34), "&quot;")}"/>'
        for n, a in enumerate(addresses)
    )
    return f'<?xml version="1.0"?><opml version="2.0"><body><outline text="a">{lines}</outline></body></opml>'.encode()


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ("https://rss.arxiv.org/rss/cs.CL", f"categories=cs.CL&{WHOLE_FEED}"),
        ("http://export.arxiv.org/rss/cs.CL?version=2.0", f"categories=cs.CL&{WHOLE_FEED}"),
        ("https://rss.arxiv.org/atom/cs.AI+q-bio.NC", f"categories=cs.AI,q-bio.NC&{WHOLE_FEED}"),
        ("http://arxiv.org/rss/math.AG/", f"categories=math.AG&{WHOLE_FEED}"),
        ("https://rss.arxiv.org/rss/cs", f"categories=cs&{WHOLE_FEED}"),
        (
            'http://export.arxiv.org/api/query?search_query=cat:cs.CL+AND+all:"kv cache"+ANDNOT+ti:survey',
            "categories=cs.CL&keywords=kv%20cache%20AND%20NOT%20ti:survey&per_day=500&limit=500",
        ),
    ],
)
def test_a_subscription_of_arxivs_is_an_address_of_ours(theirs: str, ours: str):
    """Everything of its categories, as arXiv's own feed has it, whatever the defaults here are."""
    found = read_subscriptions(opml(theirs), "feeds.opml", SETTINGS, BASE)
    assert [each.feed_url for each in found.feeds] == [f"{BASE}/rss?{ours}"]
    assert found.subscription_problems == ()
    assert found.feeds[0].feed_title == "f0"


def test_what_is_no_feed_of_arxivs_is_named():
    """The others come through; the same feed twice is one."""
    strange = ["https://blog.example/rss", "https://rss.arxiv.org/rss/cs.XX", "https://arxiv.org/list/cs.CL/new"]
    known = ["https://rss.arxiv.org/rss/cs.CL", "https://export.arxiv.org/rss/cs.CL"]
    found = read_subscriptions(opml(*strange, *known), "feeds.opml", SETTINGS, BASE)
    assert len(found.feeds) == 1
    assert [problem.split(": ")[0] for problem in found.subscription_problems] == strange


@pytest.mark.parametrize("search", ["", "all:a OR all:b", "(all:a)", "ANDNOT ti:a", "all:a AND"])
def test_a_search_that_has_no_one_address_is_left_to_the_person(search: str):
    with pytest.raises(ParseError):
        subscription_parameters(f"http://export.arxiv.org/api/query?search_query={search}")


def test_the_old_bots_configuration_is_one_feed():
    """The same papers as it had: its words, its way of matching, its limits."""
    old = {
        "categories": ["cs.AI"],
        "keywords": ["kv cache", "RL"],
        "min_score": 2.5,
        "max_papers": 20,
        "fetch_ratings": True,
    }
    found = read_subscriptions(json.dumps(old | {"fetch_ratings": True}).encode(), "config.json", SETTINGS, BASE)
    (feed,) = found.feeds
    assert feed.feed_url == (
        f"{BASE}/rss?categories=cs.AI&keywords=kv%20cache,RL&min_score=2.5&per_day=20&match=substring"
    )
    pairs = [tuple(pair.split("=")) for pair in feed.feed_url.partition("?")[2].replace("%20", " ").split("&")]
    assert parse_query(pairs, SETTINGS).min_score == 2.5


def test_a_file_of_another_kind_is_refused():
    with pytest.raises(ParseError, match="is no OPML"):
        read_subscriptions(b"<opml>", "feeds.opml", SETTINGS, BASE)
