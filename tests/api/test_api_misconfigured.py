"""A deployment whose configuration is wrong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from api.index import create_app, misconfigured_app
from core.config.environment import Environment
from core.config.read import ROOT, Config
from core.config.settings import Settings
from core.config.setup import setup_warnings
from core.feeds.health import check_health
from core.store.base import Store
from tests.support.web import NOW, open_web


@pytest.mark.parametrize("path", ["/", "/rss", "/health", "/api/refresh", "/papers/2601.00001", "/nosuch"])
async def test_every_address_answers_with_the_sentence(path: str):
    """503, in text or JSON as the address has it, and never kept."""
    app = misconfigured_app("config.json: keyword: unknown key; did you mean keywords?")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://paperfeed.example") as client:
        answer = await client.get(path)
    assert answer.status_code == 503
    assert "this deployment is not set up yet: config.json: keyword: unknown key; did you mean keywords?" in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("config", "variables", "words"),
    [
        ('{"keyword": []}', {}, "config.json: keyword: unknown key"),
        ("{}", {"KV_REST_API_URL": "https://secret.example"}, "KV_REST_API_URL alone is not enough: set REDIS_URL"),
        ("{}", {"REDIS_URL": "https://secret.example"}, "Upstash shows the rediss:// one beside it"),
        ("{}", {"REDIS_URL": "rediss://:secr#et@host:6379"}, "REDIS_URL: the password holds a sign"),
        ("{}", {"REDIS_URL": "redis://:secret@host:port"}, "the Redis address is not valid"),
    ],
)
def test_it_starts_all_the_same(tmp_path: Path, config: str, variables: dict[str, str], words: str):
    """Importing the app on Vercel never fails, and what is wrong stands in the log too; no secret does."""
    for name in ("api", "core"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "config.json").write_text(config)
    code = (
        "import asyncio, httpx; from api.index import app\n"
        "async def ask():\n"
        "    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url='http://x') as client:\n"
        "        return (await client.get('/rss')).text\n"
        "print(asyncio.run(ask()))"
    )
    environment = {"PATH": os.environ["PATH"], "VERCEL": "1", **variables}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert words in done.stdout
    assert json.loads(done.stderr)["event"] == "config.wrong"
    assert "secr" not in (done.stdout + done.stderr).replace("CRON_SECRET", "")


def test_what_is_missing_is_said_in_words():
    """The secret and Redis where they are needed, the model's key anywhere, retired keys as they come."""
    bare = Config(Settings(), Environment(on_vercel=True), ("config.json: old keys",))
    said = setup_warnings(bare, durable_store=False)
    assert [each.partition(" ")[0] for each in said] == ["CRON_SECRET", "No", "OPENAI_API_KEY", "config.json:"]
    whole = Config(Settings(), Environment(on_vercel=True, cron_secret="s", llm_key="k"))
    assert setup_warnings(whole, durable_store=True) == ()
    assert len(setup_warnings(Config(Settings(), Environment()), durable_store=True)) == 1  # at home only the key


async def test_health_and_status_say_it(store: Store):
    """An operator need not guess why there are no summaries."""
    config = Config(Settings(), Environment(on_vercel=True))
    found = await check_health(config, store, now=NOW)
    assert any("CRON_SECRET is not set" in each for each in found.warnings)
    web = open_web(store, environment=Environment(on_vercel=True))
    page = await web.get("/status")
    assert "<h2>Set-up</h2>" in page.text
    assert "CRON_SECRET is not set" in page.text
    assert create_app(config, store).title == "Paperfeed"
    await web.client.aclose()
