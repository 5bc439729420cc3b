"""What goes with a page's papers, and takes too long to look for, is left out: the page is there."""

import re

import pytest

from core.errors import TooDear
from core.index.memo import MEMO_ANSWERS
from core.search import work
from tests.support.web import Web
from tests.support.web_pages import web

__all__ = ["web"]

ADDRESS = "/?keywords=kv+cache,graph+networks"


async def test_a_page_without_time_for_extras_has_its_papers(web: Web, monkeypatch: pytest.MonkeyPatch):
    """What was asked for is shown, and nothing says that something was too much."""
    whole = await web.get(ADDRESS)
    MEMO_ANSWERS.clear()
    left_out: list[str] = []

    class Noted(TooDear):
        def __init__(self, parameter: str, message: str) -> None:
            left_out.append(parameter)
            super().__init__(parameter, message)

    monkeypatch.setattr(work, "TooDear", Noted)
    monkeypatch.setattr(work, "EXTRAS_WORK", 0)
    bare = await web.get(f"{ADDRESS}&days=8")
    assert left_out
    assert whole.status_code == bare.status_code == 200
    assert "too long" not in bare.text
    held = re.compile(r"/papers/2600\.\d{5}")
    assert held.findall(whole.text) == held.findall(bare.text) != []
