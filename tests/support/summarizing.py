"""What the tests of summaries share: an arXiv of full texts, a configuration, a run."""

import asyncio
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from core.arxiv.limits import Role
from core.clock import Clock, SystemClock
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import AiSummary, Settings
from core.errors import Missing
from core.paper import Paper
from core.store.base import Store
from core.store.refresh_reports import SummaryReport
from core.summaries.run import summarize
from tests.support.rendering import paper
from tests.support.scripted_llm import ScriptedLLM

KEY = "sk-very-secret-key"


def article(*sections: tuple[str, str], extra: str = "") -> bytes:
    """An article as LaTeXML writes it."""
    body = "".join(
        f'<section class="ltx_section"><h2 class="ltx_title"><span class="ltx_tag">{n} </span>{heading}</h2>'
        f'<div class="ltx_para"><p class="ltx_p">{text}</p></div></section>'
        for n, (heading, text) in enumerate(sections, 1)
    )
    return f'<html><body><article class="ltx_document">{body}{extra}</article></body></html>'.encode()


WORDS = "The invented cache keeps invented keys in four bits and loses nothing that was measured. " * 10
ARTICLE = article(("Introduction", WORDS), ("Method", WORDS), ("Experiments", WORDS), ("Conclusion", WORDS))


@dataclass
class Shelf:
    """Stands for the arXiv client: documents by path, every other paper has the same article."""

    documents: dict[str, bytes | Exception] = field(default_factory=dict)
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)

    async def fetch(self, role: Role, path: str) -> bytes:
        assert role == "api"
        self.asked.append(path)
        await asyncio.sleep(self.delay)
        found = self.documents.get(path, ARTICLE if path.startswith("/html/") else Missing("404"))
        if isinstance(found, Exception):
            raise found
        return found


def _until_noon() -> timedelta:
    now = SystemClock().now()
    return now.replace(hour=12, minute=0, second=0, microsecond=0) - now


_UNTIL_NOON = _until_noon()


class Later:
    """The real clock, moved to noon of the day on which the tests began, and so much later: no day ends meanwhile."""

    def __init__(self, **span: float) -> None:
        self._span = _UNTIL_NOON + timedelta(**span)

    def now(self) -> datetime:
        return SystemClock().now() + self._span

    async def sleep(self, seconds: float) -> None:
        await SystemClock().sleep(seconds)


AT_NOON = Later()


def papers(count: int) -> list[Paper]:
    return [paper(number, title=f"An Invented Study, Number {number}") for number in range(1, count + 1)]


def configure(llm: ScriptedLLM | str, **changes: object) -> Config:
    """A configuration whose model is the scripted one, with short timeouts."""
    values = {"timeout_seconds": 5.0, "language": ("en",)} | changes
    base_url = llm if isinstance(llm, str) else llm.base_url
    environment = Environment(llm_key=KEY, llm_base_url=base_url, llm_model="scripted")
    return Config(Settings(ai_summary=msgspec.structs.replace(AiSummary(), **values)), environment)


async def run(
    store: Store,
    llm: ScriptedLLM,
    ranked: list[Paper],
    shelf: Shelf | None = None,
    *,
    holder: str = "",
    clock: Clock | None = None,
    seconds: float = 60.0,
    **changes: object,
) -> SummaryReport:
    clock = clock or AT_NOON
    deadline = clock.now() + timedelta(seconds=seconds)
    config, holder = configure(llm, **changes), holder or os.urandom(4).hex()
    return await summarize(
        store, config, shelf or Shelf(), ranked, clock=clock, holder=holder, summaries_deadline=deadline
    )
