"""The body of an entry: its order, and what is in it."""

import msgspec
from lxml import etree

from core.paper import AnnounceType, ArxivId, Author
from core.render.body import body_html
from tests.support.rendered import ATOM, NAMESPACES, channel, text_of
from tests.support.rendering import CONTENTS, DAY, entry, paper, rendered, summary

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
