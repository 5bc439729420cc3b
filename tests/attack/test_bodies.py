"""What is posted: odd bytes, deep JSON, impossible dates, and forms of other sites' pages."""

import contextlib
from collections.abc import AsyncIterator

import httpx
import pytest

from core.arxiv.limits import arxiv_retry_after
from core.config.config_json import read_config_json
from core.config.environment import Environment
from core.config.settings import Settings
from core.errors import ConfigError, ParseError, UpstreamError
from core.feeds.subscriptions import read_subscriptions
from core.paper import Batch
from core.profiles.backup import read_backup
from core.profiles.records import Zotero
from core.profiles.zotero import read_zotero_library
from core.store.base import Store
from tests.support.web import NOW, TODAY, Web, make_paper, open_web, publish

BAD_DATES = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59Z")
VOTE = '{"votes": [{"id": "2600.00001", "vote": "more", "at": "%s"}]}'
BODIES = (
    b"\xff",
    b"{",
    b"null",
    b"[" * 100_000,
    b'{"feeds": ' * 50_000,
    b'{"feeds": "\xff"}',
    b'{"\xff": 1}',
    b'{"id": "\xff", "vote": "more"}',
    b'{"id": {"a": 1}, "vote": "more"}',
    b'{"seed": "' + b"(" * 200_000 + b'"}',
    b'{"feeds": [{"name": "\\ud800"}]}',
    b'{"feeds": [{"name": "a", "query": {"keywords": "\\ud800"}}]}',
    b'{"vectors": {"a": {"b": 1e400}}}',
    b'{"paperfeed_profile": 99999999999999999999999}',
    *((VOTE % date).encode() for date in BAD_DATES),
)
TYPES = ("application/json", "application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "")
FOREIGN = (
    {"origin": "https://evil.example"},
    {"origin": "file://"},
    {"origin": "null", "sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
)


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    await publish(store, [Batch(TODAY, tuple(make_paper(number) for number in range(1, 9)))])
    opened = open_web(store, settings=Settings(categories=("cs.LG",)), environment=Environment())
    yield opened
    await opened.client.aclose()


async def profile(web: Web) -> str:
    made = await web.client.post("/profiles", json={"feeds": [{"name": "a"}]}, headers={"Accept": "application/json"})
    return "/u/" + made.json()["url"].rsplit("/", 1)[1]


@pytest.mark.parametrize("number", range(len(BODIES)))
async def test_no_body_is_a_fault_of_ours(web: Web, number: int):
    """Whatever is sent as a profile, a vote, a form, in whatever type: a 400 and a sentence, or it is taken."""
    body, path = BODIES[number], await profile(web)
    addresses = [("POST", "/profiles/preview"), ("PUT", path)]
    addresses += [("POST", f"{path}/{name}") for name in ("votes", "feeds", "seeds", "zotero", "import")]
    for method, address in addresses:
        for content_type in TYPES:
            answer = await web.client.request(method, address, content=body, headers={"Content-Type": content_type})
            assert answer.status_code < 500, (method, address, content_type)
    for field in ("seed", "profile", "name", "interest", "zotero"):
        for name in ("feeds", "seeds", "import", "zotero"):
            answer = await web.client.post(f"{path}/{name}", data={field: body[:50_000].decode("latin-1")})
            assert answer.status_code < 500, (field, name)
    assert (await web.get(f"{path}/rss")).status_code == 200


async def test_nobody_voted_tomorrow(web: Web):
    """A vote's moment that lies ahead is now: it would be counted as new for ever."""
    path = await profile(web)
    await web.client.put(path, content=VOTE % "9000-01-01T00:00:00Z", headers={"Content-Type": "application/json"})
    (vote,) = (await web.get(f"{path}/export")).json()["votes"]
    assert vote["at"] == NOW.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("number", range(len(FOREIGN)))
async def test_another_site_s_page_changes_nothing(web: Web, number: int):
    """Every address that changes anything refuses what a browser sends for another site, file:// among them."""
    path, headers = await profile(web), FOREIGN[number]
    posts = ("votes", "feeds", "seeds", "zotero", "rotate", "delete", "import")
    changes = [("POST", f"{path}/{name}") for name in posts] + [("PUT", path), ("DELETE", path)]
    changes += [("POST", "/profiles"), ("POST", "/profiles/preview"), ("POST", "/follow?categories=math.AG")]
    before = (await web.get(f"{path}/export")).content
    for method, address in changes:
        answer = await web.client.request(method, address, content=b"seed=x", headers=headers)
        assert answer.status_code == 403, (method, address)
    assert (await web.get(f"{path}/export")).content == before
    assert await web.services.store.load_followed(now=NOW) == ()


async def test_a_page_elsewhere_is_not_the_owner_at_the_machine(web: Web):
    """A link or an image of another site, opened on the machine that serves, adds no category at once."""
    local = httpx.ASGITransport(web.app, client=("127.0.0.1", 50_000))
    async with httpx.AsyncClient(transport=local, base_url="http://paperfeed.example") as client:
        await client.get("/rss?categories=math.AG", headers={"Sec-Fetch-Site": "cross-site"})
        assert await web.services.store.load_followed(now=NOW) == ()
        await client.get("/rss?categories=math.AT", headers={"Sec-Fetch-Site": "none"})
        assert await web.services.store.load_followed(now=NOW) == ("math.AT",)


@pytest.mark.parametrize(
    "text", [b"[" * 100_000, b'{"categories": ' * 5_000, b'"\xff"', b'{"categories": ["\\ud800"]}']
)
def test_a_hostile_configuration_is_named(text: bytes):
    """A file to import, or config.json itself: one sentence, whatever is in it."""
    with pytest.raises(ConfigError, match=r"hostile\.json"):
        read_config_json(text, "hostile.json")
    with pytest.raises(ConfigError, match=r"hostile\.json"):
        read_subscriptions(text, "hostile.json", Settings(), "http://paperfeed.example")


@pytest.mark.parametrize("inside", ["&a;", "&b;"])
def test_a_hostile_opml_is_named(inside: str):
    """Entities that multiply, and those that read a file, bring nothing in."""
    many = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 10))
    opml = (
        f'<!DOCTYPE opml [<!ENTITY a0 "aaaaaaaaaa">{many}<!ENTITY a "&a9;"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
        f'<opml><body><outline title="x" xmlUrl="https://rss.arxiv.org/rss/cs.LG"/>{inside}</body></opml>'
    )
    with pytest.raises(ParseError, match="is no OPML"):
        read_subscriptions(opml.encode(), "subscriptions.opml", Settings(), "http://paperfeed.example")


def test_an_opml_of_other_hosts_brings_nothing():
    """Only arXiv's own feeds become ours, however deep they stand; names are escaped where they are printed."""
    address = "https://rss.arxiv.org/rss/cs.LG"
    others = ("http://127.0.0.1/rss/cs.LG", "file:///etc/passwd", "https://rss.arxiv.org@evil.example/rss/cs.LG")
    others += ("http://[", "http://[::1/rss/cs.LG", "https://rss.arxiv.org/rss/..%2f..%2fetc")
    outlines = "".join(f'<outline title="&lt;script&gt;" xmlUrl="{each}"/>' for each in (address, *others))
    nested = "<outline>" * 500 + outlines + "</outline>" * 500
    found = read_subscriptions(
        f"<opml><body>{nested}</body></opml>".encode(), "x.opml", Settings(), "http://paperfeed.example"
    )
    assert [each.feed_url for each in found.feeds] == [
        "http://paperfeed.example/rss?categories=cs.LG&per_day=500&limit=500"
    ]
    assert len(found.subscription_problems) == len(others)


def test_a_hostile_backup_is_named():
    """A line that is no UTF-8, or nested without end, is an error with the line's number."""
    for line in (b'{"name": "\xff"}', b"[" * 100_000):
        with pytest.raises(ParseError, match="line 1"):
            list(read_backup(line))


@pytest.mark.parametrize(
    "text", ["9" * 5000, "²", "inf", "nan", "-5", "Mon, 01 Jan 2026 00:00:00 +99999999999999999999", "\x00"]
)
def test_a_pause_that_is_asked_for_has_an_end(text: str):
    """Whatever arXiv's machines answer: between half a minute and a quarter of an hour."""
    assert 30 <= arxiv_retry_after(text, now=NOW) <= 900


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Total-Results": "many", "Last-Modified-Version": "²"}, b"[]"),
        ({"Total-Results": "9" * 5000}, b'["\xff"]'),
        ({}, b"[" * 100_000),
        ({"Content-Encoding": "gzip, gzip"}, b"\x1f\x8b"),
        ({"Backoff": "²", "Total-Results": "500"}, b"[]"),
    ],
)
async def test_whatever_zotero_answers(headers, body):
    """A library that answers with nonsense costs its profile a note, and no refresh its end."""
    answered = [(name, value.encode("latin-1")) for name, value in headers.items()]
    transport = httpx.MockTransport(lambda _: httpx.Response(200, headers=answered, stream=httpx.ByteStream(body)))
    with contextlib.suppress(UpstreamError):
        answer = await read_zotero_library(Zotero("users/1"), "https://zotero.example", transport)
        assert (answer.library_version, answer.references) == (0, ())
