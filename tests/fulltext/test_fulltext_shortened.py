"""Which sections a paper has, and which of them a model gets."""

import pytest

from core.fulltext.section import PaperSection
from core.fulltext.shorten import OMITTED_SECTION_TEXT
from core.summaries.context import estimate_tokens, fit_context


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Introduction", "introduction"),
        ("Related Work", "background"),
        ("Preliminaries", "background"),
        ("Our Approach", "method"),
        ("Problem Formulation", "method"),
        ("Experimental Setup", "results"),
        ("Ablation Studies", "results"),
        ("Discussion and Limitations", "conclusion"),
        ("Concluding Remarks", "conclusion"),
        ("Acknowledgments", "appendix"),
        ("Appendix A: Proofs", "appendix"),
        ("Teapots", "other"),
    ],
)
def test_sections_are_recognised(heading, kind):
    """
    A heading says what its section is about.
    """
    assert PaperSection(heading, "text").kind == kind


def test_a_short_paper_is_kept_whole():
    """
    Nothing is cut that fits.
    """
    sections = (PaperSection("Introduction", "a"), PaperSection("Appendix", "b"))
    assert fit_context(sections, 1000) == sections


def test_a_long_paper_loses_what_matters_least_first():
    """
    Appendices go before related work, and introduction, method, results and conclusion stay whole.
    """
    names = ("Introduction", "Related Work", "Method", "Results", "Conclusion", "Appendix A", "Appendix B")
    sections = tuple(PaperSection(name, "word " * 300) for name in names)
    kept = [s.heading for s in fit_context(sections, estimate_tokens("word " * 300) * 4 + 60)]
    assert kept == ["Introduction", "Method", "Results", "Conclusion"]
    assert [s.heading for s in fit_context(sections, estimate_tokens("word " * 300) * 6 + 60)] == [*names[:6]]


def test_a_very_long_section_loses_its_end():
    """
    When the essential sections are too long together, the longest of them are cut, the short ones are not.
    """
    sections = (
        PaperSection("Introduction", "intro " * 50),
        PaperSection("Method", "method words " * 5000),
        PaperSection("Conclusion", "end"),
    )
    kept = fit_context(sections, 1000)
    assert (kept[0], kept[2]) == (sections[0], sections[2])
    assert kept[1].text.endswith(OMITTED_SECTION_TEXT)
    assert 900 < sum(estimate_tokens(s.heading + s.text) for s in kept) <= 1000
