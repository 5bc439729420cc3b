"""Links and venues in abstracts and comments: found, cleaned, told apart; and what only looks like one is not."""

import pytest

from core.text.attributes import paper_attributes
from core.text.links import TextLink, find_text_links, mend_text_urls, split_text_urls
from core.text.plain import plain
from core.text.venues import find_venue, says_withdrawn


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Code: https://github.com/ada/pot.", [TextLink("code", "https://github.com/ada/pot")]),
        ("(see https://github.com/ada/pot_(old))", [TextLink("code", "https://github.com/ada/pot_(old)")]),
        ("at github.com/ada/pot, soon", [TextLink("code", "https://github.com/ada/pot")]),
        ("torn: https://github.com/ ada/pot here", [TextLink("code", "https://github.com/ada/pot")]),
        ("torn: https://github.com/ada/ pot", [TextLink("code", "https://github.com/ada/pot")]),
        ("on https://github.com/ada/ and elsewhere", [TextLink("code", "https://github.com/ada/")]),
        ("\\url{https://gitlab.com/ada/p\\_t}", [TextLink("code", "https://gitlab.com/ada/p_t")]),
        ("\\href{https://github.com/ada/pot}{Code}", [TextLink("code", "https://github.com/ada/pot")]),
        ("https://ada.github.io/pot/ \u201ctea\u201d", [TextLink("project", "https://ada.github.io/pot/")]),
        ("https://huggingface.co/datasets/ada/tea", [TextLink("data", "https://huggingface.co/datasets/ada/tea")]),
        ("https://huggingface.co/ada/tea-7b", [TextLink("model", "https://huggingface.co/ada/tea-7b")]),
        ("https://huggingface.co/spaces/ada/tea", [TextLink("project", "https://huggingface.co/spaces/ada/tea")]),
        ("https://huggingface.co/papers/2601.00001", []),
        ("https://doi.org/10.5281/zenodo.123!", [TextLink("data", "https://doi.org/10.5281/zenodo.123")]),
        ("https://osf.io/ab12c/", [TextLink("data", "https://osf.io/ab12c/")]),
        ("https://doi.org/10.1000/xyz, https://tea.example", []),
        ("https://github.com/ada/pot and github.com/ada/pot.git", [TextLink("code", "https://github.com/ada/pot")]),
        ("https://github.com", []),
        ("javascript://github.com/x and ada@github.com/x", []),
    ],
)  # fmt: skip
def test_links_are_found_and_told_apart(text, links):
    """Forges, project pages, archives and models, cleaned of what ends the sentence and of line breaks, once each."""
    assert [*find_text_links(plain(text))] == links


def test_attributes_are_what_a_filter_asks_for():
    """``has:code``, ``venue:icml``, ``is:withdrawn``: computed from arXiv's own texts, TeX and all."""
    assert paper_attributes("At \\url{https://github.com/ada/pot}.", "Accepted at ICML 2026") == (
        "has:code",
        "has:venue",
        "venue:icml",
    )
    assert paper_attributes("", "This paper has been withdrawn", "J. Tea 1") == ("is:withdrawn",)
    assert paper_attributes("Tea.") == ()


def test_other_addresses_are_links_as_well():
    """Every piece of the text comes back, and each address is told with its scheme."""
    text = "See https://tea.example/a?b=1&c=2, or www.pots.example/x."
    pieces = [*split_text_urls(mend_text_urls(text))]
    assert "".join(shown for shown, _ in pieces) == text
    assert [url for _, url in pieces if url] == ["https://tea.example/a?b=1&c=2", "https://www.pots.example/x"]


@pytest.mark.parametrize(
    ("comment", "venue"),
    [
        ("Accepted at ICML 2026", "ICML 2026"),
        ("12 pages, NeurIPS 2025 Spotlight", "NeurIPS 2025 spotlight"),
        ("to appear in AAAI-26", "AAAI 2026"),
        ("WSDM'26", "WSDM 2026"),
        ("Accepted by Usenix Security 2026", "USENIX Security 2026"),
        ("Computer Vision and Pattern Recognition (CVPR) 2025", "CVPR 2025"),
        ("ICLR 2026 Workshop on Tea", "ICLR 2026 workshop"),
        ("the Tea workshop at NeurIPS 2025", "NeurIPS 2025 workshop"),
        ("EACL 2026 (Findings)", "EACL 2026 findings"),
        ("accepted for publication in ApJ, 12 pages", "ApJ"),
        ("Accepted at TeaSys 2026", "TeaSys 2026"),
        ("Submitted to ICML 2026", ""),
        ("Under review at ICLR 2026", ""),
        ("submitted to MNRAS", ""),
        ("Submitted to ICLR 2026, now accepted at ICML 2026", "ICML 2026"),
        ("log of 12 pages, date 2026, in micro and PETs", ""),
        ("Updated 2026", ""),
        ("", ""),
    ],
)
def test_venues_are_read_from_comments(comment, venue):
    """What took the paper, with year and track; a submission is no venue."""
    assert str(find_venue(comment) or "") == venue


def test_a_journal_reference_is_a_venue():
    """Where the comment says nothing, the journal reference does."""
    assert str(find_venue("6 pages", "Proc. ICME 2026, 1-6")) == "ICME 2026"
    assert str(find_venue("", "MNRAS 500 (2026) 1")) == "MNRAS"


@pytest.mark.parametrize(
    ("comment", "abstract", "withdrawn"),
    [
        ("This paper has been withdrawn by the author due to an error in Lemma 2", "", True),
        ("Withdrawn: wrong figures", "", True),
        ("We are withdrawing this paper", "", True),
        ("", "This submission has been withdrawn.", True),
        ("12 pages", "Money is withdrawn from the bank.", False),
        ("patients withdrew", "We study " + "tea " * 200 + "the paper money was withdrawn.", False),
    ],
)
def test_a_withdrawn_paper_is_known(comment, abstract, withdrawn):
    """arXiv lists it still; its comment, or the little that is left of its abstract, says so."""
    assert says_withdrawn(comment, abstract) is withdrawn


@pytest.mark.parametrize(
    "piece", [")", "(", "https://", "www.", "https://a.b/", "a-", "github.com/", "ICML 2026 ", "Aa"]
)
def test_hostile_text_takes_no_longer_than_its_length(piece):
    """Fifty thousand characters of anything are searched for links and venues, and soon."""
    text = "https://tea.example/" + piece * (50_000 // len(piece))
    assert "".join(shown for shown, _ in split_text_urls(mend_text_urls(text))) == mend_text_urls(text)
    paper_attributes(text, text, text)
