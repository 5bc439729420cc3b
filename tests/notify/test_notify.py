"""Notices, received by a real mail server and a real webhook."""

import asyncio
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

import pytest
from aiosmtpd.controller import Controller

from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.notify.daily import notify, notify_after_refresh
from core.paper import Batch
from core.store.base import Store
from core.store.open import open_store
from tests.support.command_line import environment, free_port, here, run
from tests.support.notified import SETTINGS
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, publish

__all__ = ["here"]

# Apprise looks for a module that Python 3.13 has no more.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


BATCHES = (
    Batch(TODAY, (make_paper(1, "Caches & <b>Kettles</b>"), make_paper(2, "A cache of caches"), make_paper(3, "Tea"))),
    Batch(YESTERDAY, (make_paper(4, "Yesterday's cache", day=YESTERDAY),)),
)


class Mailbox:
    """Keeps what an SMTP server is given."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 taken"


@pytest.fixture
def mailbox() -> Iterator[tuple[Mailbox, str]]:
    """A mail server on a port of this machine, and the Apprise address of somebody there."""
    box = Mailbox()
    port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port, ready_timeout=10)
    controller.start()
    yield box, f"mailto://127.0.0.1:{port}?from=feeds@paperfeed.example&to=ada@lab.example&mode=insecure"
    controller.stop()


@contextmanager
def webhook(answer: Callable[[], int] = lambda: 200) -> Iterator[tuple[list[dict[str, str]], str]]:
    """A receiver of JSON posts, and its Apprise address with a secret in it."""
    received: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(answer())
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield received, f"json://127.0.0.1:{server.server_address[1]}/s3cret"
        server.shutdown()


def config(*urls: str, **changes: object) -> Config:
    return Config(SETTINGS, Environment(notify_urls=urls, base_url="https://feeds.example", **changes))


async def test_a_mail_is_received(store: Store, mailbox: tuple[Mailbox, str]):
    """The day's best with their links, scores and where the whole report is; a paper's text is text."""
    await publish(store, BATCHES)
    box, address = mailbox
    told = await notify(config(address), store, now=NOW)
    assert told.notice_outcome == "told target 1 (mailto)"
    (mail,) = box.mails
    assert mail["Subject"] == "arXiv on Wednesday 14 January 2026"
    assert mail["To"] == "ada@lab.example"
    html = mail.get_body(("html",)).get_content()
    assert '<a href="https://arxiv.org/abs/2600.00001">Caches &amp; &lt;b&gt;Kettles&lt;/b&gt;</a>' in html
    assert 'href="https://feeds.example/report?day=2026-01-14"' in html
    assert "Tea</a>" not in html


async def test_the_report_may_be_elsewhere(store: Store):
    """On a static site it has another address than at a deployment."""
    await publish(store, BATCHES)
    with webhook() as (received, hook):
        await notify(config(hook), store, now=NOW, report_url="https://somebody.github.io/paperfeed/")
    assert "https://somebody.github.io/paperfeed/" in received[0]["message"]
    assert "feeds.example" not in received[0]["message"]


async def test_once_a_day_and_address(store: Store, mailbox: tuple[Mailbox, str]):
    """Refreshes repeat; a new address is told alone; the next day everybody is told again."""
    await publish(store, BATCHES)
    box, address = mailbox
    with webhook() as (received, hook):
        assert (await notify(config(address), store, now=NOW)).notified_targets == ("target 1 (mailto)",)
        assert (await notify(config(address), store, now=NOW)).notice_outcome == "everybody was told already"
        assert (await notify(config(address, hook), store, now=NOW)).notified_targets == ("target 2 (json)",)
        assert (len(box.mails), len(received)) == (1, 1)
        tomorrow = TODAY + timedelta(days=1)
        await publish(store, [Batch(tomorrow, (make_paper(9, "A cache", day=tomorrow),)), *BATCHES])
        await notify(config(address, hook), store, now=NOW + timedelta(days=1))
        assert (len(box.mails), len(received)) == (2, 2)
        assert received[1]["title"] == "arXiv on Thursday 15 January 2026"


async def test_a_failing_address_costs_a_line_in_the_log(store: Store, caplog: pytest.LogCaptureFixture):
    """The others are told, the refresh goes well, the next one tries again; no log line holds an address."""
    await publish(store, BATCHES)
    statuses = [500, 200]
    with webhook(lambda: statuses.pop(0)) as (failing, bad), webhook() as (working, good):
        with caplog.at_level(logging.DEBUG):
            told = await notify_after_refresh(config(bad, "nonsense://s3cret", good), store, now=NOW)
        assert told.notified_targets == ("target 3 (json)",)
        assert told.failed_targets[0] == "target 1 (json): it did not take the message"
        assert told.failed_targets[1].startswith("target 2 (nonsense): it is no address that Apprise knows")
        events = [json.loads(each.message) for each in caplog.records if each.name == "paperfeed"]
        assert [each["event"] for each in events] == ["notify.failed", "notify.failed", "notify.sent"]
        assert "s3cret" not in caplog.text
        again = await notify(config(bad, good), store, now=NOW)
        assert again.notified_targets == ("target 1 (json)",)
        assert (len(failing), len(working)) == (2, 1)


async def test_nobody_is_told_too_early(store: Store):
    """Not of nothing, not of samples, not while a category is late."""
    with webhook() as (received, hook):
        await publish(store, BATCHES, sample=True)
        assert (await notify(config(hook), store, now=NOW)).notice_outcome.startswith("these are sample papers")
        await publish(store, BATCHES)
        late = Config(Settings(categories=("cs.LG", "cs.CL")), config(hook).environment)
        assert (await notify(late, store, now=NOW)).notice_outcome.startswith("2026-01-14 is not held yet of cs.CL")
        silent = Config(Settings(categories=("cs.LG",), keywords=("kettledrum",)), config(hook).environment)
        assert (await notify(silent, store, now=NOW)).notice_outcome == "nothing matched: nobody is told of nothing"
        assert received == []
    assert await notify_after_refresh(Config(SETTINGS, Environment()), store, now=NOW) is None


async def test_a_kill_in_the_middle_tells_nobody_twice(here: Path):
    """The right to send is noted down first: the refresh that follows a kill sends nothing again."""
    store = open_store("", data_dir=here / ".data", on_vercel=False)
    await publish(store, BATCHES)
    await store.close()
    (here / "config.json").write_text('{"categories": ["cs.LG"], "keywords": ["cache"]}')
    arrived, go_on = Event(), Event()

    def wait() -> int:
        arrived.set()
        go_on.wait(20)
        return 200

    with webhook(wait) as (received, hook):
        command = [sys.executable, "-m", "core", "notify"]
        with subprocess.Popen(command, cwd=here, env=environment(NOTIFY_URLS=hook)) as process:
            assert await asyncio.to_thread(arrived.wait, 30)
            process.send_signal(signal.SIGKILL)
        go_on.set()
        done = run(here, "notify", NOTIFY_URLS=hook)
        assert (done.returncode, done.stderr) == (0, "everybody was told already\n")
        assert len(received) == 1


async def test_a_dry_run_shows_it_and_sends_nothing(here: Path):
    """Whom it would go to, without what an address holds, and the message as text."""
    store = open_store("", data_dir=here / ".data", on_vercel=False)
    await publish(store, BATCHES)
    await store.close()
    (here / "config.json").write_text('{"categories": ["cs.LG"], "keywords": ["cache"], "notify": ["json://h/s3cret"]}')
    done = run(here, "notify", "--dry-run", NOTIFY_URLS="mailto://u:s3cret@h, tgram://s3cret/1")
    assert done.stdout.startswith("To: target 1 (json), target 2 (mailto), target 3 (tgram)\n")
    assert "Subject: arXiv on Wednesday 14 January 2026" in done.stdout
    assert "Caches & <b>Kettles</b>" in done.stdout
    assert "s3cret" not in done.stdout + done.stderr
