"""The languages of the pages."""

import ast
import re

import pytest

from api.pages import entries, errors, examples, offers
from api.pages.openapi import documented_paths
from api.ui import known_uis
from core.config.read import ROOT
from core.feeds.health import HEALTH_STATES
from core.query.parameters import PARAMETERS
from tests.support.web import Web
from tests.support.web_pages import web

__all__ = ["web"]


KINDS = ("cross", "replace", "rss", "catchup", "archive")  # which keys of a table in a template are, and no words


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
