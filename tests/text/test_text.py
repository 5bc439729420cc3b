"""Text as people read it: TeX resolved, what XML forbids left out; quick on anything."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.language.stem import singular
from core.language.words import cut_words, fold_word, word_key
from core.text.plain import plain, prose_with_maths, xml_safe


@pytest.mark.parametrize(
    ("tex", "read"),
    [
        ("Dro\\.zd\\.z", "Drożdż"),
        ("Ren\\'{e} Fran\\c{c}ois", "René François"),
        ("Ren\\'e Fran\\c cois", "René François"),
        ('G\\"odel and Erd\\H{o}s', "Gödel and Erdős"),
        ("{\\'E}va, {\\L}ukasz, S{\\o}ren", "Éva, Łukasz, Søren"),
        ("Sm\\o rrebr\\o d", "Smørrebrød"),
        ('na\\"{\\i}ve', "naïve"),
        ("\\v{S}i\\v ska", "Šiška"),
        ("{K}alman {\\'e}tal", "Kalman étal"),
        ("\\emph{new} and \\textit{\\'{e}tat}", "new and état"),
        ("{\\bf bold} and {\\it slanted}", "bold and slanted"),
        ("R\\&D at 5\\% of C\\#, a\\_b", "R&D at 5% of C#, a_b"),
        ("``quoted''", "“quoted”"),
        ("one---two, 3--4", "one—two, 3–4"),
        ("see~Fig. 1 and ~10 of http://x.example/~ada", "see Fig. 1 and ~10 of http://x.example/~ada"),
        ("two\\\\lines\nand   blanks", "two lines and blanks"),
        ("$\\'e_{1}$ stays", "$\\'e_{1}$ stays"),
        ("$\\alpha$-R\\'enyi", "α-Rényi"),
        ("the \\alpha-divergence", "the α-divergence"),
        ("\\LaTeX is \\TeX", "LaTeX is TeX"),
        ("from \\$5 to \\$6", "from $5 to $6"),
        ("\\$5 and $x$", "$5 and x"),
        ("a $5 bill", "a $5 bill"),
        ("{0,1} and {a b}", "{0,1} and {a b}"),
        ("\\unknown{thing}", "thing"),
        ("an \\{escaped\\} brace", "an \\{escaped\\} brace"),
        ("open {\\'e and \\emph{never", "open {é and never"),
        ("closed} and \\", "closed} and \\"),
        ("zero\u200bwidth, so\u00adft, \u202eturned", "zerowidth, soft, turned"),
        ("a\x00b\x1bc\x0bd", "abc d"),
        ("e\u0301", "é"),
        ("", ""),
    ],
)
def test_tex_is_read(tex, read):
    """TeX outside maths becomes what it stands for; what we do not know stays as it is."""
    assert plain(tex) == read


STRINGS = [
    line.split("\t")
    for line in (Path(__file__).parent / "strings.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("tex", "read"), STRINGS)
def test_what_is_tex_is_read_and_nothing_else_changes(tex, read):
    """Eighty strings: names, maths, commands; and paths, patterns, code, money and ranges, which are no TeX."""
    assert plain(tex) == read


def test_search_sees_the_formulas_as_tex():
    """What is indexed keeps the maths between its dollars, and reads the rest as people do."""
    assert prose_with_maths("R\\'enyi's $\\alpha_1$ costs \\$5") == "Rényi's $\\alpha_1$ costs \\$5"


TEX = r"""\' \" \c \v { } \emph{ \o \alpha $ $$ \$ ~ - -- `` ' e i a \i \ \\ \& \x 5 / é \{ \} _"""
pieces = st.sampled_from([*TEX.split(), " ", "\n", "\u0301", "\x00"])


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=24).map("".join))
def test_reading_twice_changes_nothing(text):
    """``plain`` leaves its own output alone, and what it gives is XML."""
    once = plain(text)
    assert plain(once) == once
    assert xml_safe(once) == once


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_read(text):
    """Nothing raises, and no white space is doubled."""
    assert "  " not in plain(text)
    assert all(word and word_key(word) for _, word in cut_words(text))


@pytest.mark.parametrize(
    "piece",
    ["{", "}", "{}", "\\'", "\\'{", "\\emph{", "$", "$a", "\\$", "`", "~", "a~", "\\", "-", "\\o ", "{\\bf ", "\\c"],
)
def test_hostile_text_takes_no_longer_than_its_length(piece):
    """Fifty thousand characters of anything end, and soon: a test that would hang fails by its own slowness."""
    text = piece * (50_000 // len(piece))
    assert len(plain(text)) <= len(text) + 1
    cut_words(text)


def test_xml_safe_drops_what_xml_forbids():
    """Control characters, lone surrogates and non-characters go; tab and line ends stay."""
    assert xml_safe("a\x00\x08b\tc\nd\re\x1f\ud800f\ufffeg\uffffh") == "ab\tc\nd\refgh"


@pytest.mark.parametrize(
    ("word", "plural"),
    [
        ("model", "models"), ("cache", "caches"), ("batch", "batches"), ("loss", "losses"), ("box", "boxes"),
        ("case", "cases"), ("database", "databases"), ("size", "sizes"), ("bus", "buses"), ("bias", "biases"),
        ("strategy", "strategies"), ("movie", "movies"), ("tie", "ties"), ("hero", "heroes"), ("shoe", "shoes"),
        ("node", "nodes"), ("tree", "trees"), ("gpu", "gpus"), ("api", "apis"), ("metric", "metrics"),
        ("matrix", "matrices"), ("hypothesis", "hypotheses"), ("process", "processes"), ("gas", "gases"),
        ("axe", "axes") if singular("axe") == singular("axes") else ("axis", "axes"), ("lens", "lenses"),
        ("noise", "noises"), ("phase", "phases"), ("search", "searches"), ("mesh", "meshes"),
    ],
)  # fmt: skip
def test_a_plural_folds_to_its_singular(word, plural):
    """-s and -es are folded on both sides, to the same key."""
    assert singular(word) == singular(plural)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("new", "news"), ("dynamic", "dynamics"), ("physic", "physics"), ("logistic", "logistics"), ("len", "lens"),
        ("us", "use"), ("bas", "bass"), ("focu", "focus"), ("analysi", "analysis"), ("on", "one"), ("not", "note"),
        ("plan", "plane"), ("rat", "rate"), ("mod", "mode"), ("ten", "tense"), ("den", "dense"), ("th", "this"),
    ],
)  # fmt: skip
def test_other_words_stay_apart(one, other):
    """What only looks like a plural is a word of its own."""
    assert singular(one) != singular(other)


def test_folding_is_for_letters_of_all_kinds():
    """Case, accents, strokes, ligatures and Greek names."""
    assert [fold_word(word) for word in ("ÉVA", "Łukasz", "Æsir", "straße", "β", "ﬁne", "Ｗide", "Σ")] == [
        "eva", "lukasz", "aesir", "strasse", "beta", "fine", "wide", "sigma",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "piece", ["{", "^{", "\\sqrt", "\\frac{", "_", "\\left(", "x^", "\\hat", "\\over ", "\\SI{1}{", "'"]
)
def test_hostile_maths_ends(piece):
    """A formula of anything, nested a thousand deep, is read or left as it stands, and nothing raises."""
    for text in (f"${piece * (1400 // len(piece))}$", f"${piece * 20}x$", f"${piece * 3}{'}' * 3}$"):
        assert plain(plain(text)) == plain(text)
