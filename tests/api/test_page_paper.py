"""The page of one paper."""

from html import unescape

import bibtexparser
import pytest

from core.paper import Batch
from core.store.base import Store
from core.text.mathml import mathml_of
from tests.support.web import TODAY, Web, make_paper, publish
from tests.support.web_pages import Page, web

__all__ = ["web"]


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
