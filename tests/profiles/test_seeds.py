"""What people paste: each way of writing it, and each way of writing it wrong."""

import contextlib
import time

import pytest

from core.errors import BadQuery
from core.profiles.bring import bring
from core.profiles.seeds import MOST_SEED_CHARACTERS, pasted_ids, understand
from tests.support.profiles import snapshot_of, state_of
from tests.support.web import NOW, TODAY, make_paper


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("2601.08670", ["2601.08670"]),
        ("2601.08670v3", ["2601.08670"]),
        ("arXiv:2601.08670", ["2601.08670"]),
        ("arxiv:2601.08670v1 [cs.LG]", ["2601.08670"]),
        ("https://arxiv.org/abs/2601.08670", ["2601.08670"]),
        ("http://arxiv.org/abs/2601.08670v2?context=cs", ["2601.08670"]),
        ("https://arxiv.org/pdf/2601.08670v1.pdf", ["2601.08670"]),
        ("https://arxiv.org/html/2601.08670v1", ["2601.08670"]),
        ("https://www.alphaxiv.org/abs/2601.08670", ["2601.08670"]),
        ("https://doi.org/10.48550/arXiv.2601.08670", ["2601.08670"]),
        ("10.48550/arxiv.2601.08670", ["2601.08670"]),
        ("https://huggingface.co/papers/2601.08670", ["2601.08670"]),
        ("hep-th/9901001", ["hep-th/9901001"]),
        ("https://arxiv.org/abs/math.CO/0309136v1", ["math.CO/0309136"]),
        ("2601.08670, 2601.08671\n2601.08670", ["2601.08670", "2601.08671"]),
        ("(2601.08670)", ["2601.08670"]),
        ("oai:arXiv.org:2601.08670", ["2601.08670"]),
        ("0704.0001", ["0704.0001"]),
        ("https%3A%2F%2Farxiv.org%2Fabs%2F2601.08670", ["2601.08670"]),
        ("12601.08670", []),
        ("2601.086701", []),
        ("2601.0867", ["2601.0867"]),
        ("1.2601.08670.5", []),
        ("version 12.04 of 2024.1", []),
    ],
)
def test_ids_are_found_as_people_write_them(text: str, ids: list[str]):
    """Bare, in links of any host, in DOIs, with versions, old and new style; longer numbers are none."""
    assert list(pasted_ids(text)) == ids


BIBTEX = r"""
@article{one, title={The {LLM} Way to {\'E}va}, abstract={Caches are evicted.},
  eprint={2601.00001}, archivePrefix={arXiv}}
@misc{two, title="Robots on Sand", url={https://arxiv.org/abs/2601.00002v2}}
@inproceedings{three, title = {Proteins Fold}, journal = {arXiv preprint arXiv:2601.00003}, year = 2026}
@book{four, title = {A Book Without an Id}}
@string{nips = "NeurIPS"}
@comment{nothing here}
@article{five, author = {Nobody}}
"""
RIS = """
TY  - JOUR
TI  - The Way
AB  - Caches are evicted.
UR  - https://arxiv.org/abs/2601.00001
ER  -

TY  - CONF
T1  - Robots on Sand
DO  - 10.48550/arXiv.2601.00002
ER  -
"""


def test_bibtex_is_read():
    """Titles without braces, abstracts, ids wherever managers put them; an entry without a title is counted."""
    found = understand(BIBTEX)
    assert found.kind == "BibTeX"
    assert list(found.ids) == ["2601.00001", "2601.00002", "2601.00003"]
    texts = [reference.text for reference in found.references]
    assert texts[0].startswith("The LLM Way")
    assert "Caches are evicted" in texts[0]
    assert texts[3] == "A Book Without an Id"
    assert found.skipped_references == 1


def test_ris_is_read():
    """As Mendeley, Zotero and EndNote write it; with a byte order mark, and with Windows' line ends."""
    for text in (RIS, "\ufeff" + RIS, RIS.replace("\n", "\r\n")):
        found = understand(text)
        assert found.kind == "RIS"
        assert list(found.ids) == ["2601.00001", "2601.00002"]
        assert found.references[0].text == "The Way. Caches are evicted."
        assert found.references[1].text == "Robots on Sand"


def opml(*addresses: str) -> str:
    outlines = "".join(f'<outline type="rss" text="a" xmlUrl="{address}"/>' for address in addresses)
    return f'<?xml version="1.0"?><opml version="2.0"><body><outline text="folder">{outlines}</outline></body></opml>'


@pytest.mark.parametrize(
    ("address", "categories", "rules"),
    [
        ("https://rss.arxiv.org/rss/cs.AI+cs.LG", ("cs.AI", "cs.LG"), ()),
        ("http://export.arxiv.org/rss/cs.CL", ("cs.CL",), ()),
        ("http://arxiv.org/rss/math", ("math",), ()),
        ("https://rss.arxiv.org/atom/stat.ML", ("stat.ML",), ()),
        ("http://export.arxiv.org/api/query?search_query=cat:cs.RO+OR+cat:cs.CV", ("cs.RO", "cs.CV"), ()),
        ("https://p.example/rss?primary=cs.LG&amp;keywords=a%20b", (), (("primary", "cs.LG"), ("keywords", "a b"))),
        ("https://p.example/atom/cs.AI+cs.LG-cs.CY", (), (("categories", "cs.AI,cs.LG,-cs.CY"),)),
        ("https://p.example/rss?keywords=a&amp;key=s3cret", (), (("keywords", "a"),)),
    ],
)  # fmt: skip
def test_an_opml_of_arxiv_feeds_is_read(address: str, categories: tuple[str, ...], rules: tuple[tuple[str, str], ...]):
    """ArXiv's feeds by their categories, a Paperfeed's by its rules, without its key; other feeds are counted."""
    found = understand(opml(address, "https://blog.example/feed.xml"))
    assert found.pasted_categories == categories
    assert found.paperfeed_rules == ((rules,) if rules else ())
    assert found.skipped_references == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("hello", "paste arXiv ids or links"),
        ("1234", "paste arXiv ids or links"),
        ("<html><body>no", "could not be read as OPML"),
        (opml("https://blog.example/feed.xml"), "could not find an arXiv feed among the 1 feeds"),
        ('<!DOCTYPE a [<!ENTITY b "c">]><opml>&b;</opml>', "declares entities"),
        ("@article{a, author={Nobody}}", "no entry with a title"),
        ("TY  - JOUR\nAU  - Nobody\nER  - \n", "no entry with a title"),
        ("x" * (MOST_SEED_CHARACTERS + 1), "is too long"),
        ("".join(f"@a{{b{number}, title={{c}}}}\n" for number in range(1001)), "at most 1,000"),
        ("@a{" * 9000, "more than 5,000 @ signs"),
    ],
)
def test_what_is_not_understood_is_said(text: str, sentence: str):
    """One sentence, with what would be."""
    with pytest.raises(BadQuery) as caught:
        understand(text)
    assert sentence in str(caught.value)


PIECES = (
    "@a{",
    "@a{b,\n",
    "{",
    "@string{a=",
    "TY  - JOUR\n",
    "TY  - ",
    "<a>",
    "arXiv:",
    "a.b/",
    "2601.",
    "%25",
    "cat:",
)


@pytest.mark.parametrize("piece", PIECES)
def test_hostile_text_takes_no_longer_than_any(piece: str):
    """Whatever is repeated up to the limit is read, or refused, in a moment."""
    start = time.perf_counter()
    with contextlib.suppress(BadQuery):
        understand(piece * (MOST_SEED_CHARACTERS // len(piece)))
    assert time.perf_counter() - start < 10


def test_text_and_ids_together():
    """Ids are liked, the rest is a sentence of interest."""
    found = understand("More like https://arxiv.org/abs/2601.00001 please: cache eviction for long contexts")
    assert (found.kind, list(found.ids)) == ("text", ["2601.00001"])
    assert "cache eviction" in found.references[-1].text


def test_nothing_pasted_is_nothing():
    """An empty field is no mistake."""
    assert understand(" \n ").kind == "nothing"


def test_what_was_brought_is_told():
    """What is held is liked, what has a text is learnt from, what has neither waits; each in a sentence."""
    held = make_paper(1, "Cache Eviction", abstract="About caches.")
    snapshot = snapshot_of((TODAY, [held, make_paper(2)]))
    text = (
        "@misc{a, title={Cache Eviction}, eprint={2600.00001}}\n@misc{b, title={Robots on Sand and Terrain}}\n"
        "@misc{c, author={x}, eprint={2501.00001}}"
    )
    brought = bring(state_of(), understand(text), snapshot, now=NOW)
    votes = {vote.arxiv_id: vote.voted_title for vote in brought.state.profile.votes}
    assert votes == {"2600.00001": "Cache Eviction", "2501.00001": ""}
    assert [(seed.seed_description, seed.seed_texts) for seed in brought.state.profile.seeds] == [
        ("your BibTeX of 1 reference", 1)
    ]
    assert set(brought.state.memory.vectors) == {"2600.00001", "seed 1"}
    assert brought.understood_sentences == (
        "BibTeX: 3 references.",
        "1 paper held here: liked.",
        "1 title and abstract: learnt from.",
        "1 paper not held here: kept, and learnt from once the text is known.",
    )
