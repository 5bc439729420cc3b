"""A language model's service, as it is set up in tests."""

import json

import pytest

from core.store.open import open_store
from tests.support.llm_actions import Raw


@pytest.fixture
async def store(tmp_path):
    """One store does here; what stores promise is watched elsewhere."""
    opened = open_store("", data_dir=tmp_path, on_vercel=False)
    yield opened
    await opened.close()


def body(status: int, found: object) -> Raw:
    return Raw(json.dumps(found).encode(), "application/json", status)
