"""The catalogues of other languages: every error is in them, and said as that language writes."""

import ast
import re
from collections.abc import Iterator

import pytest

from api.ui import Pattern, known_uis
from core.config.read import ROOT
from tests.support.catalogued import told

RAISED = frozenset(("BadQuery", "ParseError", "NotFound", "Gone", "TooMany", "Refused", "NoPapersYet"))
READ_BY_PEOPLE = (
    "api",
    "core/query",
    "core/language",
    "core/search",
    "core/profiles",
    "core/report",
    "core/taxonomy.py",
)
OF_FILES = ("core/profiles/backup.py", "core/profiles/records.py")  # told on the command line alone


def raised() -> Iterator[tuple[str, str]]:
    """Where, and what, each error is that a page may have to tell; its values as the names in braces."""
    for room in READ_BY_PEOPLE:
        start = ROOT / room
        for path in [start] if start.is_file() else sorted(start.rglob("*.py")):
            place = str(path.relative_to(ROOT))
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if place not in OF_FILES else ():
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in RAISED and call.args:
                    yield f"{place}:{call.lineno}", told(call.args[-1]).replace('"7"7', '"7"; did you mean 7?')


@pytest.mark.parametrize("lang", [name for name in known_uis() if name != "en"])
def test_each_catalogue_knows_every_error(lang: str):
    """An error has one definition, in English, where it is raised; a catalogue that lacks it is named here."""
    ui = known_uis()[lang]
    every = [(where, text) for where, text in raised() if re.search(r"[a-z] [a-z]", text)]
    assert len(every) > 60
    assert not [(where, text) for where, text in every if ui.say(text) == text]
    for english, other in ui.said.items():
        assert set(re.findall(r"\{\w+\}", other)) <= set(re.findall(r"\{\w+\}", english)), english


def test_values_are_said_too_and_what_was_typed_is_not():
    """A sentence in a sentence is said in its turn; a reader's own words stay as they are, however they read."""
    ui = known_uis()["zh"]
    assert ui.say('keywords: "a OR": there is no OR; write a comma between terms, or quote the word').startswith(
        "keywords："
    )
    assert '"commas separate terms"' in ui.say('"commas separate terms" has no word in it')
    assert ui.say("no catalogue knows these words") == "no catalogue knows these words"


def test_no_blank_stands_between_chinese_words():
    """A value that is Chinese in its turn follows the words before it; a blank stands beside digits and letters."""
    ui = known_uis()["zh"]
    wrong_day = "arXiv's listing is of Friday 2026-11-27, not of Thursday 2026-11-26"
    assert ui.say(wrong_day) == "arXiv 的列表页是星期五 2026-11-27 的，不是星期四 2026-11-26 的"
    outcome = ui.say("4 of 4 categories have the list of Thursday 2026-11-26")
    assert outcome == "4 个分类中有 4 个已有星期四 2026-11-26 的列表"


def test_a_pattern_is_read_in_one_pass():
    """However often the pieces of a pattern stand in a hostile text, each is looked for once."""
    pattern = Pattern.of("{a}: {b}; {c}", "{c}{b}{a}")
    assert pattern.values("x: y; z") == {"a": "x", "b": "y", "c": "z"}
    assert pattern.values(": ; " * 3) == {"a": "", "b": "", "c": ": ; : ; "}
    assert pattern.values("x; y") is None
