"""What a person sees."""

import ast
import re
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urlencode

import bibtexparser
import pytest
from msgspec.structs import replace
from openapi_spec_validator import validate as validate_openapi
from starlette.routing import BaseRoute, Route

from api.pages import entries, errors, examples, offers
from api.pages.openapi import documented_paths
from api.ui import known_uis
from core.calendar import announcement_time
from core.config.environment import Environment
from core.config.read import ROOT
from core.config.settings import AiSummary, Settings
from core.feeds.health import HEALTH_STATES
from core.paper import ArxivId, Author, Batch, Summary
from core.query.parameters import PARAMETER_NAMES, PARAMETERS
from core.query.parse import parse_query
from core.store.base import Store
from core.store.records import DayRecord, Usage
from core.text.mathml import mathml_of
from tests.support.web import NOW, TODAY, YESTERDAY, Web, make_paper, open_web, publish

KINDS = ("cross", "replace", "rss", "catchup", "archive")  # which keys of a table in a template are, and no words
HOSTILE = make_paper(
    7,
    "<script>alert(1)</script> & other titles",
    abstract="If x<y then <img src=x onerror=alert(1)> follows.",
    authors=(Author("<b>Mallory</b>"),),
)
SUMMARY = Summary(
    arxiv_id=ArxivId("2600.00001"),
    version=1,
    language="en",
    model="tiny-model",
    prompt="p1",
    created=datetime(2026, 1, 14, 9, tzinfo=UTC),
    tldr="Caches can be halved.",
    sections=(("Contributions", "<p>Less memory.</p>"),),
    source="html",
)
BATCHES = (
    Batch(TODAY, (make_paper(1, "Compressing the KV Cache"), HOSTILE)),
    Batch(YESTERDAY, (make_paper(4, "Yesterday's KV Cache", day=YESTERDAY),)),
)
SETTINGS = Settings(categories=("cs.LG",), ai_summary=AiSummary(language=("en", "zh"), price_per_million_input=2.0))


@pytest.fixture
async def web(store: Store) -> AsyncIterator[Web]:
    await publish(store, BATCHES, summaries=[SUMMARY])
    opened = open_web(store, settings=SETTINGS)
    yield opened
    await opened.client.aclose()


class Page(HTMLParser):
    """The tags of a page, for looking at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


PAGES = (
    *("/", "/?keywords=kv", "/live?keywords=kv", "/papers/2600.00001", "/papers/2600.00007", "/status", "/me", "/docs"),
    *("/days/2026-01-14", "/days/2026-01-13?category=cs.LG"),
)


@pytest.mark.parametrize("address", [address for address in PAGES if not address.startswith("/live")])
async def test_pages_are_whole_and_can_run_no_script(web: Web, address: str):
    """Every page names its language and viewport and runs only files of ours, whatever the papers say."""
    answer = await web.get(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    page = Page(answer.text)
    assert page.all("html") == [{"lang": "en"}]
    assert any(each.get("name") == "viewport" for each in page.all("meta"))
    assert all((script.get("src") or "").startswith("/") for script in page.all("script"))
    assert not [tag for tag, attributes in page.tags if "style" in attributes]
    assert not page.all("style")
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert not [each for each in page.all("img") if each.get("src") == "x"]


async def test_the_page_announces_its_feeds(web: Web):
    """A reader that is given the page's address finds the feed in each format, with the page's own parameters."""
    page = Page((await web.get("/?keywords=kv+cache")).text)
    found = {each["type"]: each["href"] for each in page.all("link") if each.get("rel") == "alternate"}
    assert found == {
        "application/rss+xml": "http://paperfeed.example/rss?keywords=kv%20cache",
        "application/atom+xml": "http://paperfeed.example/atom?keywords=kv%20cache",
        "application/feed+json": "http://paperfeed.example/json?keywords=kv%20cache",
    }
    for address in found.values():
        assert (await web.get(address or "")).status_code == 200


async def test_the_page_shows_what_the_feed_holds_and_why(web: Web):
    """The same papers, with what let them in."""
    text = (await web.get("/?keywords=kv+cache")).text
    assert text.count('class="entry"') == 2
    assert "kv cache in the title" in text
    assert re.search(r"<meter [^>]*>1.5</meter>", text)
    assert "other titles" not in text
    assert "Caches can be halved." in text


async def test_the_page_marks_the_words_that_matched(web: Web):
    """What let a paper in is highlighted where it stands in the title, and only there."""
    text = (await web.get("/?keywords=kv+cache,compress*,script")).text
    assert "<mark>Compressing</mark> the <mark>KV</mark> <mark>Cache</mark>" in text
    assert "&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt; &amp; other titles" in text


async def test_the_page_shows_what_was_left_out_by_a_hair(web: Web):
    """Where a term is a little too narrow, the page names papers it would have found otherwise, and how."""
    text = (await web.get("/?keywords=abs:caches")).text
    assert "No paper matches" in text
    assert "Left out by a hair" in text
    assert re.search(r'href="/\?keywords=abs:caches,cach[^"]*">add cach', text)


async def test_a_submitted_form_leads_to_a_short_address(web: Web):
    """A form sends all its fields; the address that stays has only what differs from what the site has set."""
    sent = (
        "/?do=show&categories=&keywords=&add.keywords=kv&add.exclude=&types=new&types=cross&min_score=0&days=7&limit="
    )
    answer = await web.get(sent)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?keywords=kv")
    assert (await web.get("/?do=show&add.keywords=")).headers["location"] == "/"


async def test_the_form_keeps_every_parameter_of_the_address(web: Web):
    """Whatever a feed can be asked for has a control that holds what the address said, and is sent again."""
    given = {
        "categories": "cs.LG", "primary": "cs.LG", "keywords": "kv", "exclude": "toy", "authors": "Ada Example",
        "like": "2600.00001", "types": "replace", "min_score": "0.5", "per_day": "9", "limit": "40", "days": "3",
        "sort": "date", "match": "substring", "content": "title", "lang": "zh", "digest": "daily",
    }  # fmt: skip
    for name, value in given.items():
        fields = form_fields((await web.get(f"/?{urlencode({name: value})}")).text)
        again = await web.get("/?do=show&" + urlencode(fields))
        query = parse_query([(name, value)], SETTINGS)
        assert again.headers["location"] == ("/?" + query.canonical()).rstrip("?"), name


def form_fields(text: str) -> list[tuple[str, str]]:
    """What a browser would send of the builder, no button pressed."""
    page, fields, select = Page(text), [], ""
    for tag, attributes in page.tags:
        name, value = attributes.get("name"), attributes.get("value") or ""
        is_box = attributes.get("type") == "checkbox"
        if tag == "input" and name and (not is_box or "checked" in attributes):
            fields.append((name, value))
        select = name or "" if tag == "select" else select
        if tag == "option" and "selected" in attributes:
            fields.append((select, re.search(rf'name="{select}">.*?<option selected>([^<]*)', text, re.S)[1]))
    return fields


@pytest.mark.parametrize(
    ("address", "sentence", "kept"),
    [
        ("/?keywords=kv+AND,rag", "&#34;kv AND&#34; ends after AND", 'value="rag"'),
        ("/?categories=cs.XX&keywords=rag", "unknown category &#34;cs.XX&#34;", 'value="rag"'),
        ("/?days=x&keywords=rag", "must be a whole number between 1 and 35", 'value="x"'),
        ("/?nosuch=1&keywords=rag", "is no parameter of a feed", 'value="rag"'),
        ("/?sort=score&sort=date&keywords=rag", "is given twice; give it once", 'value="rag"'),
    ],
)
async def test_what_cannot_be_read_is_marked_where_it_stands(web: Web, address: str, sentence: str, kept: str):
    """People get the sentence that programs get, the form as they filled it, and the feed of the rest."""
    answer = await web.get(address)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert kept in answer.text
    assert 'class="desk"' in answer.text


@pytest.mark.parametrize("address", ["/nosuch", "/papers/2600.99999", "/rss?keywords=kv+AND", "/days/2026-01-01"])
async def test_errors_are_pages_for_browsers_and_sentences_for_programs(web: Web, address: str):
    """The status and the sentence are the same; the page leads to the builder, with the feed's parameters in it."""
    page = await web.get(address, Accept="text/html,application/xhtml+xml")
    plain = await web.get(address, Accept="*/*")
    assert page.status_code == plain.status_code >= 400
    assert page.headers["content-type"].startswith("text/html")
    assert plain.headers["content-type"].startswith("text/plain")
    assert unescape(page.text).count(plain.text.strip()) == 1
    assert "Accept" in page.headers["vary"]
    if address.startswith("/rss"):
        assert 'href="/?keywords=kv+AND"' in page.text


async def test_what_the_site_has_set_is_said_and_can_be_removed(store: Store):
    """Its keywords and excluded words are chips: one can be dropped, all can be, and an own word replaces them."""
    await publish(store, BATCHES)
    settings = Settings(categories=("cs.LG",), keywords=("kv cache", "study"), exclude_keywords=("survey",))
    web = open_web(store, settings=settings)
    text = (await web.get("/")).text
    assert "set by this site" in text
    assert text.count('id="chip-') == 4  # one category, two keywords, one word left out

    async def press(button: str) -> str:
        return (await web.get(f"/?do={button}")).headers["location"]

    assert await press("keywords.0.drop") == "/?keywords=study"
    assert await press("keywords.none") == "/?keywords="
    assert await press("exclude.0.drop") == "/?exclude="
    assert await press("keywords.1.two") == "/?keywords=kv%20cache,study%5E2"
    assert await press("keywords.1.ti") == "/?keywords=kv%20cache,ti:study"
    assert await press("keywords.1.move") == "/?keywords=kv%20cache&exclude=survey,study"
    assert await press("show&add.keywords=mine") == "/?keywords=mine"
    assert await press("show&add.exclude=mine") == "/?exclude=survey,mine"
    assert await press("show&keywords=mine&add.exclude=toy") == "/?keywords=mine&exclude=toy"
    assert await press("keywords.99.drop") == "/"
    assert await press("nosuch.1.drop") == "/"


async def test_a_paper_has_a_page_with_its_summary(web: Web):
    """/papers/{id} shows the whole summary and links to arXiv; the version may be left out or named."""
    for name in ("2600.00001", "2600.00001v1"):
        text = (await web.get(f"/papers/{name}")).text
        assert "Caches can be halved." in text
        assert "<p>Less memory.</p>" in text
        assert "tiny-model" in text
        assert 'href="https://arxiv.org/abs/2600.00001"' in text


async def test_a_paper_names_no_fact_that_arxiv_did_not_give(web: Web):
    """A comment or a journal that is not known has no label standing alone."""
    assert "<dt>Comment</dt>" not in (await web.get("/papers/2600.00007")).text
    assert "<dt>Journal</dt>" not in (await web.get("/papers/2600.00007")).text


async def test_the_original_abstract_is_always_there(web: Web):
    """A summary never replaces the authors' own words; what looks like a tag in them is text."""
    assert "We invent a study" in (await web.get("/papers/2600.00001")).text
    assert "If x&lt;y then &lt;img" in (await web.get("/papers/2600.00007")).text


async def test_languages_are_offered_and_chosen(web: Web):
    """Where summaries come in several languages, the page links to the others."""
    assert 'href="?lang=zh"' in (await web.get("/papers/2600.00001")).text
    other = await web.get("/papers/2600.00001?lang=zh")
    assert other.status_code == 200
    assert "Caches can be halved." not in other.text


@pytest.mark.parametrize("name", ["2600.99999", "nonsense", "..%2Fetc%2Fpasswd", "hep-th/9901001", "2600.00001v0"])
async def test_unknown_papers_are_404(web: Web, name: str):
    """No page for what is not held; never a 200, never a traceback."""
    assert (await web.get(f"/papers/{name}")).status_code == 404


async def test_pages_are_304_when_unchanged(web: Web):
    """Browsers and CDNs need not fetch a page twice."""
    for address in ("/", "/papers/2600.00001"):
        first = await web.get(address)
        again = await web.get(address, If_None_Match=first.headers["etag"])
        assert (again.status_code, again.content) == (304, b"")


async def test_status_tells_what_is_held_and_what_summaries_cost(web: Web, store: Store):
    """The operator sees categories, days and money, on the page and as JSON."""
    await store.add_usage(Usage(NOW.date(), "tiny-model", 3, 1, 30_000, 2_000))
    text = (await web.get("/status")).text
    assert re.search(r"cs\.LG</th><td>the newest list, not compared yet</td><td>2026-01-14", text)
    assert "tiny-model" in text
    found = (await web.get("/status.json")).json()
    assert found["health"]["status"] == "ok"
    assert found["usage"][0]["cost"] == pytest.approx(0.06)
    await store.add_usage(Usage(NOW.date(), "refusing-model", 1, 1, 0, 0))
    text = (await web.get("/status")).text
    assert "no price set" not in text  # a price is set, and nothing was spent


async def test_status_says_how_long_after_arxiv_the_day_was_here(store: Store):
    """From midnight in New York to the last list of the day, once every category is compared."""
    manifest = await publish(store, BATCHES)
    here = announcement_time(TODAY) + timedelta(minutes=4)
    record = DayRecord("cs.LG", TODAY, held=(("new", 2),), complete=True, here=here)
    await store.publish(replace(manifest, ledger=(record,)))
    web = open_web(store, settings=SETTINGS)
    assert "is here, 4 minutes after arXiv." in (await web.get("/status")).text
    await web.client.aclose()


async def test_a_sample_is_marked_everywhere(store: Store):
    """Fictional papers are never taken for real ones: pages say so, and no feed has any."""
    await publish(store, BATCHES, sample=True)
    web = open_web(store, settings=SETTINGS)
    for address in ("/rss?keywords=", "/atom?keywords=", "/json?keywords=", "/rss?digest=daily"):
        feed = (await web.get(address)).text
        assert "2600.00001" not in feed
        assert "arXiv could not be reached" in feed
    for address in ("/", "/papers/2600.00001"):
        assert "Sample." in (await web.get(address)).text
    assert (await web.get("/health")).json()["status"] == "sample"


async def test_a_day_has_a_page(web: Web):
    """Its papers by category, with counts, and the ways to the days beside it."""
    text = (await web.get("/days/2026-01-14")).text
    assert "Wednesday 14 January 2026" in text
    assert 'href="/days/2026-01-13" rel="prev"' in text
    assert "Compressing the KV Cache" in text
    assert "Yesterday" not in text
    assert (await web.get("/days")).headers["location"] == "/days/2026-01-14"
    assert (await web.get("/days/2026-01-14?category=cs.CL")).status_code == 404


async def test_a_paper_can_be_cited(web: Web):
    """BibTeX on the page and alone, and the tags by which Zotero's connector knows a paper."""
    text = (await web.get("/papers/2600.00001")).text
    bibtex = (await web.get("/papers/2600.00001.bib")).text
    assert bibtex in unescape(text)
    (entry,) = bibtexparser.parse_string(bibtex).entries
    assert entry["author"] == "Ada Example and Bo Sample"
    assert entry["eprint"] == "2600.00001"
    assert entry["title"].strip("{}") == "Compressing the KV Cache"
    tags = {each["name"]: each["content"] for each in Page(text).all("meta") if each.get("name")}
    assert tags["citation_title"] == "Compressing the KV Cache"
    assert tags["citation_arxiv_id"] == "2600.00001"
    assert tags["citation_pdf_url"] == "https://arxiv.org/pdf/2600.00001v1"


async def test_a_paper_tells_why_it_was_in_the_feed_one_came_from(web: Web):
    """The page of a paper takes the feed's parameters; its own address has none."""
    assert "kv cache in the title" in (await web.get("/papers/2600.00001?keywords=kv+cache")).text
    assert "Why it is in the feed" not in (await web.get("/papers/2600.00001")).text
    assert 'href="/papers/2600.00001?keywords=kv%20cache"' in (await web.get("/?keywords=kv+cache")).text


async def test_opml_lists_one_feed_or_several(web: Web):
    """The file holds the feeds' own addresses, and nothing that is no feed of this deployment."""
    answer = await web.get("/opml?keywords=kv+cache")
    assert answer.headers["content-type"].startswith("text/x-opml")
    assert re.findall('xmlUrl="([^"]*)"', answer.text) == ["http://paperfeed.example/rss?keywords=kv%20cache"]
    several = await web.get("/opml?feed=keywords%3Dkv%26days%3D3&feed=/atom%3Fkeywords%3D%2522a%2522&feed=/rss/cs.LG")
    assert re.findall('xmlUrl="([^"]*)"', several.text) == [
        "http://paperfeed.example/rss?keywords=kv&amp;days=3",
        "http://paperfeed.example/rss?keywords=a",
        "http://paperfeed.example/rss",
    ]
    for wrong in ("feed=https://elsewhere.example/rss", "feed=nosuch%3D1", "feed=keywords%3Dkv&days=3"):
        assert (await web.get(f"/opml?{wrong}")).status_code == 400


async def test_hosted_readers_are_not_offered_where_they_cannot_reach(store: Store):
    """On localhost and private networks the page says so; elsewhere it offers them."""
    await publish(store, BATCHES)
    for base, is_local in (
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", True),
        ("http://192.168.1.5", True),
        ("http://[::1]:8000", True),
        ("http://nas.local", True),
        ("https://papers.example.org", False),
    ):
        web = open_web(store, settings=SETTINGS, environment=Environment(base_url=base))
        text = (await web.get("/")).text
        assert ("hosted readers cannot reach it" in text) is is_local, base
        assert ("feedly.com" in text) is not is_local, base


async def test_each_language_says_everything(web: Web):
    """A catalogue has every sentence that the templates and the pages' modules say, with the same places to fill."""
    said = sentences_said()
    assert len(said) > 100
    for name, ui in known_uis().items():
        if name == "en":
            continue
        missing = said - set(ui.sentences)
        assert not missing, f"{name} lacks {sorted(missing)}"
        for english, other in ui.sentences.items():
            assert set(re.findall(r"\{\w+\}", other)) <= set(re.findall(r"\{\w+\}", english)), english


def sentences_said() -> set[str]:
    """Every literal that is handed to ``ui.t`` or ``ui.n``, and every sentence that a table hands to them."""
    found: set[str] = set()
    for path in (ROOT / "api").rglob("*.html"):
        for call in re.findall(r"ui\.[tn]\(((?:[^()]|\([^()]*\))*)\)", path.read_text(encoding="utf-8")):
            found |= set(re.findall(r'"([^"]+)"', call)) - {"{:,}", "%", "%A", ",", "en", *KINDS}
    for path in (ROOT / "api").rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in ("t", "n"):
                found |= {each.value for each in call.args if isinstance(each, ast.Constant) and each.value != "%"}
    tables = (errors._TITLES, offers._LOOSER, offers._CHANGES, entries._FIELDS)
    described = {each.explanation for each in PARAMETERS} | {each.what for each in documented_paths()}
    found |= described | set(HEALTH_STATES.values())
    return found | {said for table in tables for said in table.values()} | {title for title, *_ in examples._EXAMPLES}


@pytest.mark.parametrize(
    ("asked", "accepted", "lang"),
    [
        ("", "zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("", "de,en;q=0.5,zh;q=0.4", "en"),
        ("", "", "en"),
        ("zh", "en", "zh"),
        ("en", "zh", "en"),
    ],
)
async def test_the_language_is_the_readers(web: Web, asked: str, accepted: str, lang: str):
    """The address's ``ui`` wins over the browser's wish, and stays in the links; caches keep the languages apart."""
    answer = await web.get("/?ui=" + asked if asked else "/", Accept_Language=accepted)
    assert f'<html lang="{lang}">' in answer.text
    assert ("你想读什么" in answer.text) is (lang == "zh")
    assert "Accept-Language" in answer.headers["vary"]
    assert (f'href="/days?ui={lang}"' in answer.text) is bool(asked)
    assert (await web.get("/?ui=xx")).status_code == 400


async def test_the_interface_is_described_by_the_parsers_own_table(web: Web):
    """/openapi.json is valid, has every parameter of a feed with its default here, and every route that there is."""
    document = (await web.get("/openapi.json")).json()
    validate_openapi(document)
    names = [each["name"] for each in document["paths"]["/rss"]["get"]["parameters"]]
    assert tuple(names) == PARAMETER_NAMES
    text = (await web.get("/docs")).text
    for name in PARAMETER_NAMES:
        assert f'id="{name}"' in text
    made = (await web.client.post("/profiles", json={})).headers["location"]
    for path in [path for path, methods in document["paths"].items() if "get" in methods]:
        address = path.format(categories="cs.LG", id="2600.00001", day="2026-01-14", token=made.rpartition("/")[2])
        address += "?id=2600.00001" if path.endswith("/vote") else ""
        assert (await web.get(address)).status_code in (200, 302, 401, 503), path
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert described == served(web.app.routes) - {("/live", "get"), ("/update-cache", "get")}


def served(routes: Sequence[BaseRoute]) -> set[tuple[str, str]]:
    """Every address that the app answers, files aside, as OpenAPI writes it; HEAD goes with GET."""
    found: set[tuple[str, str]] = set()
    for route in routes:
        if isinstance(route, Route):
            path = route.path.replace(":path}", "}").replace("{arxiv_id}", "{id}")
            found |= {(path, method.lower()) for method in (route.methods or ()) if method != "HEAD"}
        else:
            found |= served(route.original_router.routes)
    found = {each for each in found if not re.search(r"\.(js|css|svg|png|ico|txt)$", each[0])}
    return found | ({("/papers/{id}.bib", "get")} if ("/papers/{id}", "get") in found else set())


async def test_crawlers_find_what_they_ask_for(web: Web):
    """No page costs a 404 for its icon, and every one says in a sentence what it is."""
    assert (await web.get("/robots.txt")).text.startswith("User-agent: *")
    assert (await web.get("/favicon.ico")).content[:4] == b"\x00\x00\x01\x00"
    for address in ("/", "/papers/2600.00001", "/status", "/docs", "/me", "/days/2026-01-14"):
        tags = Page((await web.get(address)).text).all("meta")
        assert any(each.get("name") == "description" and each.get("content") for each in tags), address


async def test_formulas_and_links_of_an_abstract_are_shown(web: Web, store: Store):
    """
    On the front page and on the paper's own: MathML as it was stored, addresses as links that count for nothing.
    """
    abstract = "Of $x^2$ tea & <b>: https://github.com/ada/pot."
    shown = make_paper(9, "Tea", abstract=abstract, mathml=mathml_of((abstract,)))
    await publish(store, [Batch(TODAY, (shown,))])
    for path in (f"/papers/{shown.arxiv_id}", "/?keywords="):
        text = (await web.get(path)).text
        assert 'Of <math alttext="x^2"><msup>' in text
        assert "tea &amp; &lt;b&gt;: <a" in text
        assert '<a href="https://github.com/ada/pot" rel="nofollow noopener">https://github.com/ada/pot</a>.' in text
    assert "Of x² tea" in (await web.get(f"/papers/{shown.arxiv_id}?math=unicode")).text


async def test_a_feed_that_takes_the_best_of_a_day_says_how_many_match(store: Store):
    """A full number a week is a limit, not luck: the page says so, and how many there would be."""
    batch = Batch(TODAY, tuple(make_paper(number, f"Kettle {number}") for number in range(1, 41)))
    await publish(store, [batch])
    web = open_web(store)
    line = "on the newest day<span"
    assert f'30 {line} class="quiet">: at most 30 a day, of 40 that match' in (await web.get("/?keywords=kettle")).text
    assert line not in (await web.get("/?keywords=kettle&per_day=40")).text


async def test_an_archive_that_is_not_followed_offers_its_categories(web: Web):
    """Whoever asks for all of an archive learns that nothing of it is held, and gets its categories to choose."""
    page = (await web.get("/?categories=q-bio,cs.LG&keywords=kettle")).text
    assert "Nothing of q-bio is followed here" in page
    assert 'href="/?categories=cs.LG,q-bio.BM&amp;keywords=kettle" title="Biomolecules"' in page
    part = (await web.get("/?categories=cs&keywords=kettle")).text
    assert "Of cs, this site holds cs.LG. Others are followed by their names." in part
    feed = (await web.get("/rss/q-bio?keywords=kettle")).text
    assert "ask for its categories by their names (q-bio.BM, q-bio.CB, q-bio.GN, q-bio.MN and 6 more)" in feed


async def test_examples_are_of_several_fields(store: Store):
    """A site that holds several fields offers one example of each before a second of any."""
    papers = (
        make_paper(1, "KV Cache"),
        make_paper(2, "Imitation learning, manipulation", categories=("cs.RO",)),
        make_paper(3, "Diffusion for video generation", categories=("cs.CV",)),
        make_paper(4, "A qubit", categories=("quant-ph",)),
        make_paper(5, "An auction", categories=("econ.TH",)),
    )
    await publish(store, [Batch(TODAY, papers)])
    page = (await open_web(store).get("/")).text
    shown = re.findall(r'<li><a href="/\?categories=([a-z-]+)', page)
    assert shown == ["cs", "quant-ph", "econ", "cs", "cs"]


async def test_the_settings_are_a_page_for_browsers_and_json_for_programs(web):
    """/config shows a browser what is followed, by name; programs get JSON there, and at /config.json whoever asks."""
    page = await web.client.get("/config", headers={"accept": "text/html"})
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "Accept" in page.headers["vary"]
    assert 'href="/config.json"' in page.text
    for address, accept in (("/config", "*/*"), ("/config", "application/json"), ("/config.json", "text/html")):
        answer = await web.client.get(address, headers={"accept": accept})
        assert answer.headers["content-type"] == "application/json"
        shown = answer.json()
    assert all(f"<code>{name}</code>" in page.text for name in shown["categories"])
