"""A deployment whose summaries are made and published."""

from datetime import date, datetime, timedelta

import msgspec

from core.clock import SystemClock
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import AiSummary, Settings
from core.paper import Paper
from core.store.lock import RefreshLock
from core.summaries.summarizer import Summarizer
from tests.support.scripted_llm import ScriptedLLM
from tests.support.summarizing import KEY, Shelf
from tests.support.web import NOW, TODAY, make_paper


class Standing:
    """A clock that stands."""

    def __init__(self, moment: datetime = NOW) -> None:
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        await SystemClock().sleep(seconds)


def configure(llm: ScriptedLLM, *, keywords: tuple[str, ...] = (), **changes: object) -> Config:
    ai_summary = msgspec.structs.replace(AiSummary(), **({"timeout_seconds": 5.0} | changes))
    settings = Settings(categories=("cs.LG",), keywords=keywords, ai_summary=ai_summary)
    return Config(settings, Environment(llm_key=KEY, llm_base_url=llm.base_url, llm_model="scripted"))


async def work(store, config, *, clock=None, shelf=None, queries=()):
    """What a refresh does after it has published."""
    clock = clock or Standing()
    manifest = await store.load_manifest()
    summarizer = Summarizer(store, config, clock, queries=queries)
    return await summarizer(
        manifest, shelf or Shelf(), clock.now() + timedelta(minutes=4), RefreshLock(store, clock, "tests")
    )


def papers(count: int, day: date = TODAY, first: int = 1, **changes: object) -> list[Paper]:
    return [make_paper(number, day=day, **changes) for number in range(first, first + count)]
