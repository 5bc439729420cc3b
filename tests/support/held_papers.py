"""The program with papers in its store, for commands that read them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.sample.publish import publish_sample
from core.store.open import open_store
from tests.support.command_line import here

__all__ = ["here"]


@pytest.fixture
async def filled(here: Path) -> Path:
    """The same with the sample's papers."""
    store = open_store("", data_dir=here / ".data", on_vercel=False)
    await publish_sample(store, now=datetime.now(UTC))
    await store.close()
    return here
