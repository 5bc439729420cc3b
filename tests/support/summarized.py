"""A store with a day of papers, and what was summarized of it."""

import pytest

from core.config.read import Config
from core.store.base import Store
from core.store.open import open_store
from core.summaries.plan import wanted_summaries
from tests.support.llm_actions import Call, good
from tests.support.summarizing import papers


@pytest.fixture
async def store(tmp_path):
    """One store does here; what stores promise is watched elsewhere."""
    opened = open_store("", data_dir=tmp_path, on_vercel=False)
    yield opened
    await opened.close()


async def made(store: Store, config: Config, count: int = 3):
    """What the store has of the first papers."""
    return await store.load_summaries([each.key for each in wanted_summaries(papers(count), config)])


async def failures(store: Store, config: Config, count: int = 3):
    return await store.load_failures([each.key for each in wanted_summaries(papers(count), config)])


def scripted(special: dict[str, object], otherwise=good):
    """Papers whose title ends so are answered so; the rest is answered well."""

    def script(call: Call):
        for number, action in special.items():
            if call.title.endswith(f"Number {number}"):
                return action if not isinstance(action, list) else action.pop(0) if action else otherwise(call)
        return otherwise(call)

    return script
