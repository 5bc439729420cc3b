"""What strangers send on purpose or by mistake: never a traceback, never a wrong answer kept in a cache."""

from collections.abc import AsyncIterator

import pytest

from core.config.environment import Environment
from core.config.settings import Settings
from core.paper import Batch
from core.store.base import Store
from tests.support.web import TODAY, Web, make_paper, open_web, publish

PAPERS = tuple(make_paper(number) for number in range(1, 20))


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    await publish(store, [Batch(TODAY, PAPERS)])
    opened = open_web(store, settings=Settings(categories=("cs.LG",)), environment=Environment(cron_secret="wörd"))
    yield opened
    await opened.client.aclose()


async def test_each_encoding_has_its_own_etag(web: Web):
    """gzip and plain are different bytes; each comes back as 304 to who has it, and a HEAD tells the same."""
    plain = await web.get("/rss", Accept_Encoding="identity")
    small = await web.get("/rss", Accept_Encoding="gzip")
    assert small.headers["content-encoding"] == "gzip"
    assert small.content == plain.content
    assert plain.headers["etag"] != small.headers["etag"]
    for first, encoding in ((plain, "identity"), (small, "gzip")):
        again = await web.get("/rss", Accept_Encoding=encoding, If_None_Match=first.headers["etag"])
        head = await web.client.head("/rss", headers={"Accept-Encoding": encoding})
        for answer in (first, again, head):
            assert answer.headers["etag"] == first.headers["etag"]
            assert answer.headers["vary"] == "Accept-Encoding"
        assert again.status_code == 304
        assert head.headers["content-length"] == first.headers["content-length"]


async def test_gzip_that_is_refused_is_not_sent(web: Web):
    """``gzip;q=0`` means: anything but gzip."""
    assert "content-encoding" not in (await web.get("/rss", Accept_Encoding="gzip;q=0, identity")).headers


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 2026 00:00:00 +99999999999999999999", "Mon, 01 Jan 99999 00:00:00 GMT", "0"]
)
async def test_impossible_dates_are_ignored(web: Web, date: str):
    """A date beyond all calendars is no date."""
    assert (await web.get("/rss", If_Modified_Since=date)).status_code == 200


async def test_only_a_bare_star_matches_everything(web: Web):
    """A star inside a tag is part of that tag, and a tag without quotes is none."""
    etag = (await web.get("/rss")).headers["etag"]
    for offered in ('"*"', '"a,*,b"', etag.strip('"')):
        assert (await web.get("/rss", If_None_Match=offered)).status_code == 200


@pytest.mark.parametrize("address", ["/rss/", "/rss/cs.LG/", "/atom/", "/json/"])
async def test_a_slash_at_the_end_does_not_matter(web: Web, address: str):
    """The feed is the same, and names its address without it."""
    answer = await web.get(address)
    assert answer.status_code == 200
    assert answer.headers["etag"] == (await web.get(address.rstrip("/"))).headers["etag"]


@pytest.mark.parametrize(
    ("method", "address", "status", "allowed"),
    [
        ("POST", "/rss", 405, {"GET", "HEAD"}),
        ("DELETE", "/papers/2600.00001", 405, {"GET", "HEAD"}),
        ("POST", "/style.css", 405, {"GET", "HEAD"}),
        ("HEAD", "/api/refresh", 405, {"GET", "POST"}),
        ("PUT", "/api/refresh", 405, {"GET", "POST"}),
        ("POST", "/no/such/thing", 404, set()),
    ],
)
async def test_a_wrong_method_is_405_and_says_which_are_right(
    web: Web, method: str, address: str, status: int, allowed: set[str]
):
    """405 with Allow where there is something, 404 where there is nothing; a HEAD never starts a refresh."""
    answer = await web.client.request(method, address)
    assert answer.status_code == status
    assert set(answer.headers.get("allow", "").replace(",", " ").split()) == allowed


@pytest.mark.parametrize("address", ["/rss?%0d%0aX=1", "/rss?limit=%0d%0aSet-Cookie:a", "/rss/%00%1b", "/papers/%0a"])
async def test_errors_are_one_line_without_control_characters(web: Web, address: str):
    """What is quoted of a bad parameter cannot break a line, a terminal or a header."""
    answer = await web.get(address)
    assert answer.status_code in (400, 404)
    assert answer.text.removesuffix("\n").isprintable()
    assert "set-cookie" not in answer.headers


async def test_a_paper_has_one_parameter(web: Web):
    """An unknown parameter is refused on a paper's page too: the edge keeps a copy for each address."""
    answer = await web.get("/papers/2600.00001?nosuch=x")
    assert answer.status_code == 400
    assert "nosuch" in answer.text


async def test_the_forwarded_host_is_believed_on_vercel_alone(store: Store):
    """Anywhere else anybody could send it; and one that is no host name is not believed at all."""
    await publish(store, [Batch(TODAY, PAPERS)])
    there, here = open_web(store, environment=Environment(on_vercel=True)), open_web(store)
    assert 'href="https://feeds.example/rss"' in (await there.get("/rss", X_Forwarded_Host="feeds.example")).text
    for web, host in ((here, "evil.example"), (there, 'evil.example"><script>'), (there, "evil.example/x?y")):
        body = (await web.get("/rss", X_Forwarded_Host=host)).text
        assert "evil.example" not in body
        assert "paperfeed.example/rss" in body
    fixed = open_web(store, environment=Environment(on_vercel=True, base_url="https://mine.example"))
    assert "evil.example" not in (await fixed.get("/rss", X_Forwarded_Host="evil.example", Host="evil.example")).text


async def test_two_hosts_never_share_a_copy(web: Web):
    """The address is part of the ETag, so a feed made for one host is not taken for another's."""
    one, other = await web.get("/rss", Host="one.example"), await web.get("/rss", Host="other.example")
    assert one.headers["etag"] != other.headers["etag"]
    assert "one.example" not in other.text


async def test_files_are_kept_for_a_day(web: Web):
    """Style and icons come with a lifetime and a validator."""
    answer = await web.get("/style.css")
    assert "max-age=86400" in answer.headers["cache-control"]
    assert (await web.get("/style.css", If_None_Match=answer.headers["etag"])).status_code == 304


async def test_an_error_of_ours_has_the_headers_of_every_answer(web: Web, monkeypatch: pytest.MonkeyPatch):
    """A 500 is not guessed at by browsers, not kept by caches, and shown to pages of other origins."""
    monkeypatch.setattr("api.feeds.parse_query", None)
    answer = await web.get("/rss")
    assert answer.status_code == 500
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_secret_is_compared_byte_for_byte(web: Web):
    """Any secret works, and none that merely begins like it."""
    for offered in ("Bearer w", "Bearer wörd ", "Bearer", "", "wörd"):
        answer = await web.client.get("/api/refresh", headers={"Authorization": offered.encode()})
        assert answer.status_code == 401
        assert "wörd" not in answer.text
