"""What readers get: the three formats and one paper's HTML."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path

import feedparser
import msgspec
import pytest
from lxml import etree
from msgspec.structs import replace

from core.calendar import announcement_time
from core.paper import AnnounceType, ArxivId, Author, Matched
from core.render.body import body_html
from core.render.head import feed_updated, short_text
from core.text.mathml import mathml_of
from tests.support.rendering import CONTENTS, DAY, HEAD, entry, ordinary, paper, rendered, summary

MATHML = (
    'about <math alttext="n^2"><msup><semantics><mi>n</mi><annotation>^</annotation></semantics>'
    "<mn>2</mn></msup></math> pots"
)
ATOM = "{http://www.w3.org/2005/Atom}"
NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
}


def text_of(html: str) -> str:
    """What a person reads of it."""
    found: list[str] = []
    reader = HTMLParser()
    reader.handle_data = found.append
    reader.feed(html)
    reader.close()
    return "".join(found)


def channel(data: bytes) -> etree._Element:
    return etree.fromstring(data)[0]


# -- one paper


def test_the_abstract_is_text():
    """
    `x<y` and a formula survive, paragraphs stay apart, broken lines are joined.
    """
    html = body_html(entry(), "full")
    assert "<p>We store keys in teapots. The tea stays warm when x&lt;y holds &amp; a &lt; b.</p>" in html
    assert "<p>A second part pours.</p>" in html
    assert "when x<y holds & a < b." in text_of(html)


def test_a_body_has_one_order():
    """
    TL;DR, why it is here, authors, affiliations, comment, categories by name, abstract, summary, links.
    """
    shown = paper(comment="Accepted at ICML 2026. Code: https://github.com/ada/pot")
    text = body_html(entry(shown, summary=summary(shown)), "full")
    order = [
        "TL;DR",
        "Score 2.5",
        "new 2026-01-14",
        "<p>Ada Example, Bob Sample</p>",
        "Institute of Tea, Dept. of Pots",
        "<strong>ICML 2026</strong> · Comment: Accepted",
        "Machine Learning (cs.LG), Artificial Intelligence (cs.AI)",
        "We store",
        "<details><summary><strong>Contributions</strong></summary>",
        "Summary by teapot-1-mini, en, 2026-01-14",
        'Code: <a href="https://github.com/ada/pot">github.com/ada/pot</a>',
        ">arXiv</a>",
    ]
    assert [text.index(part) for part in order] == sorted(text.index(part) for part in order)


def test_a_summary_of_an_older_version_says_so():
    """
    Nobody takes what was written about version 1 for version 2.
    """
    newer = paper(version=2)
    assert "made from version 1" in body_html(entry(newer, summary=summary(newer, version=1)), "full")
    assert "made from version" not in body_html(entry(newer, summary=summary(newer)), "full")


def test_a_warning_is_shown():
    """
    What was found in the paper while summarizing is said, escaped.
    """
    html = body_html(entry(summary=summary(paper(), warning="hidden <text>")), "full")
    assert "<strong>Warning:</strong> hidden &lt;text&gt;" in html


def test_content_decides_what_is_in():
    """
    full: summary and abstract; summary: no abstract if there is one; abstract: no summary; title: nothing.
    """
    shown = entry(summary=summary(paper()))
    has = {content: body_html(shown, content) for content in CONTENTS}
    assert ["TL;DR" in has[content] for content in CONTENTS] == [True, True, False, False]
    assert ["We store" in has[content] for content in CONTENTS] == [True, False, True, False]
    assert has["title"] == ""
    assert "We store" in body_html(entry(), "summary")


def test_every_entry_says_why():
    """
    One line: the score, each matched term once with its fields, and when it was announced as what.
    """
    text = text_of(body_html(entry(), "full"))
    assert "Score 2.5: kv cache (title, abstract), R&D (abstract) · new 2026-01-14\n" in text


def test_an_entry_without_keywords_has_no_score():
    """
    A feed of whole categories does not boast of zeros.
    """
    assert "Score" not in body_html(entry(score=0, matched=()), "full")


def test_a_replacement_names_its_version_and_first_day():
    """
    Replaced papers are recognizable as such.
    """
    replaced = paper(version=2, announce_type=AnnounceType.REPLACE)
    later = entry(replaced, day=DAY.replace(day=15))
    assert "replaced 2026-01-15, version 2 (first announced 2026-01-14)" in body_html(later, "full")


def test_links_lead_to_every_form_of_the_paper():
    """
    Abstract page without version, PDF and HTML of this version, the publisher's DOIs, arXiv's DOI, our own page.
    """
    shown = paper(arxiv_id=ArxivId("tea-th/9913001"), version=2, doi="10.5555/a<b>(1) 10.5555/c none")
    html = body_html(entry(shown), "full", papers_url="https://feeds.example/papers/")
    for url in (
        "https://arxiv.org/abs/tea-th/9913001",
        "https://arxiv.org/pdf/tea-th/9913001v2",
        "https://arxiv.org/html/tea-th/9913001v2",
        "https://doi.org/10.5555/a%3Cb%3E(1)",
        "https://doi.org/10.5555/c",
        "https://doi.org/10.48550/arXiv.tea-th/9913001",
        "https://feeds.example/papers/tea-th/9913001",
    ):
        assert f'<a href="{url}">' in html
    assert "none" not in html


def test_a_collaboration_does_not_fill_the_screen():
    """
    Of four hundred authors the text shows some, collaborations first, and counts the others; the fields name them all.
    """
    people = (*(Author(f"Person {number}") for number in range(400)), Author("Teapot Collaboration"))
    crowd = entry(paper(authors=people))
    assert "<p>Teapot Collaboration, Person 0," in body_html(crowd, "full")
    assert "Person 38, and 361 more</p>" in body_html(crowd, "full")
    feeds = rendered([crowd])
    assert len(etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}author")) == 401
    assert channel(feeds["rss"]).findtext("item/dc:creator", namespaces=NAMESPACES).endswith("Teapot Collaboration")
    assert len(msgspec.json.decode(feeds["json"])["items"][0]["authors"]) == 401


def test_three_thousand_authors_make_no_large_item():
    """
    Of more than five hundred the fields name two hundred and count the others; JSON tells how many there are.
    """
    feeds = rendered([entry(paper(authors=tuple(Author(f"Person {number}") for number in range(3000))))])
    assert all(len(data) < 25_000 for data in feeds.values())
    names = etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}author/{ATOM}name")
    assert [name.text for name in names[-2:]] == ["Person 199", "and 2,800 more"]
    assert msgspec.json.decode(feeds["json"])["items"][0]["_arxiv"]["author_count"] == 3000


def test_affiliations_stand_once():
    """
    Not behind each of a dozen names; of many some are shown, and the others counted.
    """
    people = tuple(Author(f"Person {number}", f"Pot {number % 11}") for number in range(30))
    html = body_html(entry(paper(authors=people)), "full")
    assert "<p><small>Pot 0; Pot 1; Pot 2; Pot 3; Pot 4; Pot 5; Pot 6; Pot 7 and 3 more</small></p>" in html


@pytest.mark.parametrize(
    ("math", "shown"),
    [("mathml", MATHML), ("unicode", "about n² pots"), ("tex", "about $n^2$ pots")],
)
def test_formulas_are_shown_in_the_way_asked_for(math: str, shown: str):
    """
    As MathML from what was stored, as Unicode, or as TeX; what is not stored as Unicode, what is malformed as it is.
    """
    text = "about $n^2$ pots, $\\frac{1$ and $m^2$"
    html = body_html(entry(paper(abstract=text, mathml=mathml_of((text.partition(",")[0],)))), "full", math=math)
    assert shown in html
    assert "$\\frac{1$" in html
    assert ("m²" in html) is (math != "tex")
    assert "n^2" not in text_of(html) or math == "tex" or html.count("n^2") == 1


def test_formulas_of_a_summary_are_readable():
    """
    What a model writes between dollars is Unicode, all but in code, and money; tables and lists stay.
    """
    html = "<p>From $x^2 &lt; 3$ at $5 or $10.</p><table><tr><td>$\\alpha$</td></tr></table><code>$x^2$ $y$</code>"
    shown = paper()
    made = entry(shown, summary=summary(shown, sections=(("Results", html),)))
    expected = "<p>From x² &lt; 3 at $5 or $10.</p><table><tr><td>α</td></tr></table><code>$x^2$ $y$</code>"
    assert expected in body_html(made, "full")
    assert html in body_html(made, "full", math="tex")


def test_formulas_stay_legible_where_mathml_is_unknown():
    """
    A reader that drops the tags shows each formula once, on one line, with its signs.
    """
    shown = paper(abstract="$10^{-3}$, $\\frac{a+b}{2}$, $\\sqrt{x_1}$", mathml=())
    shown = replace(shown, mathml=mathml_of((shown.abstract,)))
    assert "10^(−3), (a+b)/2, √(x_1)" in text_of(body_html(entry(shown), "full"))


def test_addresses_become_links():
    """
    In abstract and comment, without what ends the sentence, and torn ones whole; nothing else becomes one.
    """
    shown = paper(
        abstract="See https://github.com/ ada/pot. Or <https://tea.example/a?b&c>.", comment="at www.tea.example/x,"
    )
    html = body_html(entry(shown), "full")
    assert 'See <a href="https://github.com/ada/pot">https://github.com/ada/pot</a>. Or' in html
    assert '<a href="https://tea.example/a?b&amp;c">https://tea.example/a?b&amp;c</a>&gt;.' in html
    assert '<a href="https://www.tea.example/x">www.tea.example/x</a>,' in html


def test_code_and_data_are_related_links_in_every_format():
    """
    A reader or program finds them without reading the text.
    """
    feeds = rendered([entry(paper(abstract="https://github.com/ada/pot https://zenodo.org/records/1"))])
    expected = [("Code", "https://github.com/ada/pot"), ("Data", "https://zenodo.org/records/1")]
    item = channel(feeds["rss"]).find("item")
    assert [(link.get("title"), link.get("href")) for link in item.findall("atom:link", NAMESPACES)] == expected
    related = etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}link[@rel='related']")
    assert [(link.get("title"), link.get("href")) for link in related][2:] == expected
    assert msgspec.json.decode(feeds["json"])["items"][0]["_arxiv"]["links"] == [
        {"kind": "code", "url": "https://github.com/ada/pot"},
        {"kind": "data", "url": "https://zenodo.org/records/1"},
    ]


def test_a_venue_is_a_tag():
    """
    Beside the categories, in every format.
    """
    feeds = rendered([entry(paper(comment="NeurIPS 2025 (spotlight)"))])
    tags = ["cs.LG", "cs.AI", "NeurIPS 2025 spotlight"]
    assert [category.text for category in channel(feeds["rss"]).findall("item/category")] == tags
    found = etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}category")
    assert [category.get("term") for category in found] == tags
    assert msgspec.json.decode(feeds["json"])["items"][0]["tags"] == tags


def test_a_withdrawn_paper_is_marked():
    """
    In its title, its body and its tags, so that nobody reads on in vain.
    """
    feeds = rendered([gone := entry(paper(comment="This paper has been withdrawn by the authors."))])
    assert channel(feeds["rss"]).findtext("item/title").startswith("[Withdrawn] ")
    assert body_html(gone, "full").startswith("<p><strong>Withdrawn</strong>")
    assert msgspec.json.decode(feeds["json"])["items"][0]["_arxiv"]["withdrawn"] is True


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("http://creativecommons.org/licenses/by-nc-sa/4.0/", "CC BY-NC-SA 4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "arXiv licence"),
    ],
)
def test_the_licence_is_named(address: str, name: str):
    """
    A reader sees what may be done with the paper; an address that is no licence's is not shown.
    """
    assert f'<a href="{address}">{name}</a>' in body_html(entry(paper(license=address)), "full")
    assert "evil" not in body_html(entry(paper(license="javascript:evil()//arxiv.org/licenses/x")), "full")


def test_dates_of_the_query_api_are_shown():
    """
    When a paper was submitted, beside when it was announced.
    """
    shown = paper(submitted=datetime(2026, 1, 12, 18, 0, tzinfo=UTC), revised=datetime(2026, 1, 13, tzinfo=UTC))
    assert "new 2026-01-14 (submitted 2026-01-12)" in body_html(entry(shown), "full")
    found = msgspec.json.decode(rendered([entry(shown)])["json"])["items"][0]["_arxiv"]
    assert (found["submitted"], found["revised"]) == ("2026-01-12T13:00:00-05:00", "2026-01-12T19:00:00-05:00")


def test_plain_fields_hold_the_whole():
    """
    Readers that show RSS's description or Atom's and JSON's summary show the TL;DR and all paragraphs of the abstract.
    """
    long = paper(abstract="Brew. " * 200 + "\n\n  Pour $x^2$.")
    feeds = rendered([entry(long, summary=summary(long))])
    whole = f"Warm teapots keep keys & values < 2 ms away.\n\n{('Brew. ' * 200).strip()}\n\nPour x²."
    assert channel(feeds["rss"]).findtext("item/description") == whole
    assert etree.fromstring(feeds["atom"]).findtext(f"{ATOM}entry/{ATOM}summary") == whole
    assert msgspec.json.decode(feeds["json"])["items"][0]["summary"] == whole
    assert channel(rendered([entry(long)], "title")["rss"]).findtext("item/description") == "Ada Example, Bob Sample"


def test_short_text_is_never_empty():
    """
    TL;DR, else the abstract's beginning cut at a word, else the authors, else the categories.
    """
    assert short_text(entry(summary=summary(paper())), "full") == "Warm teapots keep keys & values < 2 ms away."
    long = short_text(entry(paper(abstract="brew tea " * 200)), "full")
    assert long.endswith(("brew …", "tea …"))
    assert len(long) <= 302
    assert short_text(entry(), "title") == "Ada Example, Bob Sample"
    assert short_text(entry(paper(abstract="", authors=())), "full") == "cs.LG, cs.AI"


# -- all formats


@pytest.mark.parametrize("content", CONTENTS)
def test_identities_agree(content: str):
    """
    A paper has one id in RSS, Atom and JSON Feed, without version, in the order of the entries.
    """
    feeds = rendered(ordinary(), content)
    ids = [f"oai:arXiv.org:{shown.paper.arxiv_id}" for shown in ordinary()]
    assert [guid.text for guid in channel(feeds["rss"]).findall("item/guid")] == ids
    assert [found.text for found in etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}id")] == ids
    assert [item["id"] for item in msgspec.json.decode(feeds["json"])["items"]] == ids


def test_titles_are_plain_text():
    """
    TeX accents and maths are resolved, a missing title is the paper's id, and nothing is escaped twice.
    """
    feeds = rendered([*ordinary(), entry(paper(9, title="Tea & <b>x</b> &amp; y"))])
    titles = [element.text for element in channel(feeds["rss"]).findall("item/title")]
    assert titles[3:] == ["On Étale Teapots: α-Kettles", "arXiv:2613.00005", "Tea & <b>x</b> &amp; y"]
    assert [item["title"] for item in msgspec.json.decode(feeds["json"])["items"]] == titles
    for element in etree.fromstring(feeds["atom"]).findall(f"{ATOM}entry/{ATOM}title"):
        assert element.get("type", "text") == "text"


def test_a_sample_cannot_be_taken_for_real():
    """
    Every title is marked, and the feed says that its papers are fictional.
    """
    feeds = rendered(ordinary(), head=replace(HEAD, sample=True))
    found = msgspec.json.decode(feeds["json"])
    marked = [found["title"], *(item["title"] for item in found["items"])]
    marked += [element.text for element in channel(feeds["rss"]).iterfind(".//title")]
    marked += [element.text for element in etree.fromstring(feeds["atom"]).iter(f"{ATOM}title")]
    assert all(title.startswith("[Sample] ") for title in marked)
    assert "fictional" in found["description"]
    assert "fictional" in channel(feeds["rss"]).findtext("description")
    assert "fictional" in etree.fromstring(feeds["atom"]).findtext(f"{ATOM}subtitle")


def test_a_feed_is_as_old_as_its_newest_entry():
    """
    Dates come from the papers, never from the clock; an empty feed takes its head's.
    """
    newest = max(shown.updated for shown in ordinary())
    feeds = rendered(ordinary())
    assert parsedate_to_datetime(channel(feeds["rss"]).findtext("lastBuildDate")) == newest
    assert datetime.fromisoformat(etree.fromstring(feeds["atom"]).findtext(f"{ATOM}updated")) == newest
    assert feed_updated(HEAD, []) == HEAD.updated
    assert feed_updated(replace(HEAD, updated=None), []) == datetime(1970, 1, 1, tzinfo=UTC)


def test_equal_moments_are_written_alike():
    """
    The same moment in another zone, or a microsecond later, gives the same bytes.
    """
    moment = announcement_time(DAY)
    again = moment.astimezone(UTC).replace(microsecond=5)
    assert rendered([entry(published=moment, updated=moment)]) == rendered([entry(published=again, updated=again)])


def test_an_empty_feed_is_valid_and_says_why():
    """
    Readers accept it; a person finds the reason in the description.
    """
    feeds = rendered([], head=replace(HEAD, description="Nothing matched in 7 days.", updated=None))
    assert channel(feeds["rss"]).findtext("description") == "Nothing matched in 7 days."
    assert etree.fromstring(feeds["atom"]).findtext(f"{ATOM}subtitle") == "Nothing matched in 7 days."
    assert msgspec.json.decode(feeds["json"])["items"] == []
    for form in ("rss", "atom"):
        assert not feedparser.parse(feeds[form]).bozo


def test_a_head_of_odd_text_is_safe():
    """
    A query that a person typed, controls and all, stands in the title without breaking the feed.
    """
    odd = replace(HEAD, title="a\x00<b>&]]>", description="")
    assert channel(rendered([], head=odd)["rss"]).findtext("title") == "a<b>&]]>"
    assert channel(rendered([], head=odd)["rss"]).findtext("description") == "a<b>&]]>"


def test_the_icon_is_there():
    """
    The address in every feed is that of a file that is served, no larger than RSS allows.
    """
    data = (Path(__file__).parent.parent.parent / "public" / "icon.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20]) == int.from_bytes(data[20:24]) == 144


# -- RSS


def test_rss_head():
    """
    Self link, page, language, generator, documentation, image, ttl; and the build date is no present.
    """
    head = channel(rendered(ordinary())["rss"])
    links = head.findall("atom:link", NAMESPACES)
    assert [(link.get("rel"), link.get("href")) for link in links] == [("self", HEAD.self_url)]
    assert head.findtext("link") == head.findtext("image/link") == HEAD.page_url
    assert head.findtext("image/url") == "https://feeds.example/icon.png"
    assert head.findtext("image/title") == head.findtext("title") == HEAD.title
    assert (head.findtext("language"), head.findtext("generator"), head.findtext("ttl")) == ("en", "Paperfeed", "15")
    assert head.findtext("docs")
    assert head.find("skipDays") is None


def test_rss_item():
    """
    Description before content, one joined dc:creator, a category each, a guid that is no link, RFC 822 dates.
    """
    item = channel(rendered(ordinary())["rss"]).find("item")
    order = [etree.QName(child).localname for child in item]
    assert order.index("description") < order.index("encoded")
    assert item.findtext("description").startswith("Warm teapots keep keys & values < 2 ms away.\n\nWe store")
    assert item.findtext("content:encoded", namespaces=NAMESPACES).startswith("<p><strong>TL;DR</strong>")
    assert [creator.text for creator in item.findall("dc:creator", NAMESPACES)] == ["Ada Example, Bob Sample"]
    assert [category.text for category in item.findall("category")] == ["cs.LG", "cs.AI"]
    assert item.find("guid").get("isPermaLink") == "false"
    assert item.findtext("pubDate") == "Wed, 14 Jan 2026 00:00:00 -0500"
    assert item.findtext("link") == "https://arxiv.org/abs/2613.00001"


def test_namespaces_stand_at_the_top():
    """
    Joined fragments use the document's prefixes; no entry declares its own.
    """
    feeds = rendered(ordinary())
    assert feeds["rss"].count(b"xmlns") == 3
    assert feeds["atom"].count(b"xmlns") == 1


def test_the_hub_is_named_when_there_is_one():
    """
    WebSub readers find the hub in every format; without one nothing is promised.
    """
    feeds = rendered([], head=replace(HEAD, hub="https://hub.example/"))
    assert b'<atom:link href="https://hub.example/" rel="hub"/>' in feeds["rss"]
    assert b'<link href="https://hub.example/" rel="hub"/>' in feeds["atom"]
    assert msgspec.json.decode(feeds["json"])["hubs"] == [{"type": "WebSub", "url": "https://hub.example/"}]
    assert not any(b"hub" in data for data in rendered([]).values())


# -- Atom


@pytest.mark.parametrize("content", CONTENTS)
def test_atom_keeps_rfc_4287(content: str):
    """
    One id, title and updated each, an author everywhere, one alternate link, RFC 3339 dates, known children only.
    """
    feed = etree.fromstring(rendered(ordinary(), content)["atom"])
    assert [etree.QName(child).localname for child in feed].count("author") == 1
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(ATOM + name)) == 1
        alternates = [link for link in element.findall(f"{ATOM}link") if link.get("rel") == "alternate"]
        assert len(alternates) == 1
        for name in ("updated", "published"):
            for moment in element.findall(ATOM + name):
                assert datetime.fromisoformat(moment.text).tzinfo
    known = {"author", "category", "content", "id", "link", "published", "summary", "title", "updated"}
    assert {child.tag.removeprefix(ATOM) for child in feed.iterfind(f"{ATOM}entry/*")} <= known


def test_atom_entry():
    """
    One author element each, HTML content, PDF and HTML as related links, categories without labels,
    which FreshRSS splits at commas and Miniflux shows instead of the term.
    """
    shown = etree.fromstring(rendered(ordinary())["atom"]).find(f"{ATOM}entry")
    assert [name.text for name in shown.findall(f"{ATOM}author/{ATOM}name")] == ["Ada Example", "Bob Sample"]
    assert shown.find(f"{ATOM}content").get("type") == "html"
    assert {(link.get("rel"), link.get("type"), link.get("href")) for link in shown.findall(f"{ATOM}link")} == {
        ("alternate", "text/html", "https://arxiv.org/abs/2613.00001"),
        ("related", "application/pdf", "https://arxiv.org/pdf/2613.00001v1"),
        ("related", "text/html", "https://arxiv.org/html/2613.00001v1"),
    }
    first = shown.find(f"{ATOM}category")
    assert (first.get("term"), first.get("label")) == ("cs.LG", None)
    assert shown.findtext(f"{ATOM}published") == "2026-01-14T00:00:00-05:00"
    assert shown.findtext(f"{ATOM}updated") == "2026-01-14T06:30:15-05:00"


# -- JSON Feed


def test_json_feed_keeps_version_1_1():
    """
    The fields the format requires, with their types; authors in the old and the new way.
    """
    feed = msgspec.json.decode(rendered(ordinary())["json"])
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["feed_url"], feed["home_page_url"]) == (HEAD.self_url, HEAD.page_url)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert ("content_html" in item) or ("content_text" in item)
        assert datetime.fromisoformat(item["date_published"]).tzinfo
        assert datetime.fromisoformat(item["date_modified"]).tzinfo
        assert item["tags"][: len(item["_arxiv"]["categories"])] == item["_arxiv"]["categories"]
    first = feed["items"][0]
    assert first["summary"].startswith("Warm teapots keep keys & values < 2 ms away.\n\nWe store")
    assert first["authors"] == [{"name": "Ada Example"}, {"name": "Bob Sample"}]
    assert first["author"] == {"name": "Ada Example, Bob Sample"}


def test_json_feed_tells_arxivs_facts():
    """
    Programs find the score, the matched terms and the announcement without reading HTML.
    """
    shown = paper(doi="10.5555/tea", journal_ref="J. Tea 1")
    item = msgspec.json.decode(rendered([entry(shown, matched=(Matched("a$b", "title"),))])["json"])["items"][0]
    assert item["_arxiv"] == {
        "id": "2613.00001",
        "version": 1,
        "announce_type": "new",
        "primary_category": "cs.LG",
        "categories": ["cs.LG", "cs.AI"],
        "announced": "2026-01-14",
        "score": 2.5,
        "matched": [{"term": "a$b", "field": "title"}],
        "pdf": "https://arxiv.org/pdf/2613.00001v1",
        "html": "https://arxiv.org/html/2613.00001v1",
        "doi": "10.5555/tea",
        "journal_ref": "J. Tea 1",
        "author_count": 2,
        "affiliations": ["Institute of Tea, Dept. of Pots"],
    }


def test_json_titles_have_text():
    """
    An item of a titles-only feed still has content, as the format requires.
    """
    item = msgspec.json.decode(rendered([entry()], "title")["json"])["items"][0]
    assert item["content_text"] == "Ada Example, Bob Sample"
    assert "content_html" not in item


def test_no_description_holds_a_tag():
    """
    RSS's description is HTML to most readers: an image that an abstract writes out is fetched by none of them.
    """
    hostile = (
        "We show a<b and <img src=https://evil.example/p.png>, </p><script>alert(1)</script>, <!-- and keys < 2 ms."
    )
    feeds = rendered([entry(paper(abstract=hostile))])
    told = channel(feeds["rss"]).findtext("item/description")
    assert not re.search("<[A-Za-z/!?]", told)
    assert "keys < 2 ms" in told
    assert "&lt;img src=" in told
