"""A disk that is full, or may only be read, under the SQLite store: readers keep what they had, and it heals."""

import contextlib
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest

from core.cli.server_loop import _public_loop_failure
from core.config.read import ROOT
from core.errors import STORE_FULL, STORE_READ_ONLY, StoreError, Unwritable
from core.store.open import SQLITE_FILE_NAME, open_store
from core.store.redis_connection import RedisConnection
from core.store.sqlite_schema import transaction
from tests.support.command_line import environment, free_port, here, run
from tests.support.deployment import deployment, sqlite_store
from tests.support.listening import BATCHES, save
from tests.support.small_disk import SmallDisk, data_disk, disk
from tests.support.synthetic_world import announcement_days
from tests.support.web import NOW, open_web

__all__ = ["data_disk", "disk", "here"]

DAYS = announcement_days(date(2026, 1, 12), date(2026, 1, 15))


async def test_a_full_disk_under_a_server(disk: SmallDisk):
    """
    Feeds stay, byte for byte; a refresh and a follow fail with one sentence; /health says so without a path; whoever
    starts now serves it too; with room again the next refresh is whole, and nothing is corrupt.
    """
    here = deployment(disk.path, start="2026-01-13T14:00:00", days=DAYS, per_day=20)
    assert (await here.refresh()).ok
    web = open_web(here.store, settings=here.settings)
    web.services.now = here.clock.now
    feed, held = await web.get("/rss?keywords="), await here.manifest()
    disk.fill()
    here.clock.tick(24 * 3600)
    for _ in range(2):
        with pytest.raises(Unwritable, match=r"could not write the store .*: its disk is full; make room on it"):
            await here.refresh()
    assert (await web.get("/rss?keywords=")).content == feed.content
    health = await web.get("/health")
    assert health.status_code == 503
    assert (health.json()["status"], health.json()["refreshing"]) == ("not refreshing", STORE_FULL)
    assert str(disk.path) not in health.text + (await web.get("/status")).text
    refused = await web.client.post("/profiles", json={"feeds": [{"name": "a"}]})
    assert (refused.status_code, refused.text) == (503, f"{STORE_FULL}\n")
    other = sqlite_store(disk.path)
    assert await other.load_manifest() == held
    await other.close()
    disk.make_room()
    here.clock.tick(3600)
    assert (await here.refresh()).ok
    assert (await web.get("/health")).json()["refreshing"] == ""
    assert (await here.manifest()).batches[0].day == date(2026, 1, 14)
    assert await here.batches()
    await here.store.close()
    for path in disk.path.glob("*.sqlite3"):
        with contextlib.closing(sqlite3.connect(path)) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)], path


@pytest.mark.parametrize("state", ["full", "read-only"])
async def test_a_server_that_starts_on_such_a_disk(disk: SmallDisk, state: str):
    """The files that SQLite makes beside its own cannot be made: what is held is read without them."""
    here = deployment(disk.path, start="2026-01-13T14:00:00", days=DAYS)
    await here.refresh()
    held = await here.manifest()
    await here.store.close()
    if state == "full":
        disk.fill()
    else:
        disk.remount("ro")
    store = sqlite_store(disk.path)
    assert await store.load_manifest() == held
    assert set(await store.load_batches(held.batches)) == {ref.day for ref in held.batches}
    with pytest.raises(Unwritable) as refused:
        await store.follow("cs.RO", now=NOW, ttl=timedelta(days=1), most_followed=5)
    assert refused.value.public_message == store.unwritable() == (STORE_FULL if state == "full" else STORE_READ_ONLY)
    if state == "full":
        disk.make_room()
    else:
        disk.remount("rw")
    assert await store.follow("cs.RO", now=NOW, ttl=timedelta(days=1), most_followed=5)
    assert await store.load_followed(now=NOW) == ("cs.RO",)
    assert store.unwritable() == ""
    await store.close()


async def test_a_damaged_file_of_a_read_only_disk(disk: SmallDisk):
    """It cannot be set aside: that is a sentence too."""
    (disk.path / SQLITE_FILE_NAME).write_bytes(b"garbage" * 10_000)
    disk.remount("ro")
    store = open_store("", data_dir=disk.path, on_vercel=False)
    with pytest.raises(StoreError, match="it is damaged, and could not be set aside: Read-only file system"):
        await store.load_manifest()


def test_a_transaction_whose_commit_fails_is_over(tmp_path: Path):
    """A commit that finds no room leaves no transaction open, in which every later change would fail."""
    connection = sqlite3.connect(tmp_path / SQLITE_FILE_NAME, isolation_level=None)
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("CREATE TABLE one (id INTEGER PRIMARY KEY)")
    connection.execute("CREATE TABLE two (id INTEGER REFERENCES one DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(sqlite3.IntegrityError), transaction(connection):
        connection.execute("INSERT INTO two VALUES (1)")  # only the commit looks
    with transaction(connection):
        connection.execute("INSERT INTO one VALUES (1)")
    with pytest.raises(KeyError, match="the first error"), transaction(connection):
        _end_with(connection, KeyError("the first error"))
    connection.close()


def _end_with(connection: sqlite3.Connection, error: Exception) -> None:
    """End a transaction and fail, as SQLite does of itself on some errors."""
    connection.execute("ROLLBACK")
    raise error


def test_a_start_that_may_not_write_says_what_to_do(here: Path, data_disk: SmallDisk):
    """``make run`` on a folder that may only be read, with nothing held: one sentence, exit code 2, no traceback."""
    data_disk.remount("ro")
    ended = run(here, "serve", "--port", str(free_port()))
    assert ended.returncode == 2
    assert f"make {here / '.data'} and what is in it writable for this user" in ended.stderr
    assert "Traceback" not in ended.stderr
    doctor = run(here, "doctor")
    assert "writable for this user" in doctor.stdout + doctor.stderr


async def test_a_start_that_may_not_write_serves_what_is_held(here: Path, data_disk: SmallDisk):
    """With papers in it, the server starts, says so in a sentence, and /health goes on saying it."""
    await save(here / ".data", BATCHES)
    data_disk.remount("ro")
    port = free_port()
    with serving(here, port) as base:
        with urlopen(f"{base}/rss?keywords=&categories=cs.LG") as answer:
            assert b"Kettles" in answer.read()
        with pytest.raises(HTTPError) as refused:
            urlopen(f"{base}/health")
        found = json.loads(refused.value.read())
        refused.value.close()
        assert found["refreshing"] == STORE_READ_ONLY


@contextlib.contextmanager
def serving(here: Path, port: int) -> Iterator[str]:
    """The real server in a process of its own, once it answers."""
    command = [sys.executable, "-m", "core", "serve", "--port", str(port)]
    server = subprocess.Popen(command, cwd=here, env=environment(), stderr=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 40
        while not _answers(f"http://127.0.0.1:{port}/robots.txt"):
            assert server.poll() is None, server.stderr.read()
            assert time.monotonic() < until
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.kill()
        said = server.communicate()[1]
    assert "What is held is served meanwhile." in said


def _answers(address: str) -> bool:
    try:
        urlopen(address, timeout=5).close()
    except HTTPError as error:
        error.close()
        return True
    except OSError:
        return False
    return True


def test_make_run_in_a_folder_of_somebody_else(tmp_path: Path, disk: SmallDisk):
    """Make cannot put ``.venv`` there: it says so, and how to go on, before Python's own words."""
    (disk.path / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    (disk.path / "requirements.txt").touch()
    disk.remount("ro")
    made = subprocess.run(["make", "run"], cwd=disk.path, capture_output=True, text=True, check=False)
    assert made.returncode
    assert "may not be written to: make it writable for" in made.stderr


def test_a_redis_that_is_full_or_a_replica_is_told_apart():
    """The words of Redis become the same two sentences for strangers; its own stay in the log."""
    connection = RedisConnection("redis://:a-password@127.0.0.1:1/0")
    full = connection._refused_command("OOM command not allowed when used memory > 'maxmemory'. a-password")
    assert isinstance(full, Unwritable)
    assert full.public_message == STORE_FULL
    assert "a-password" not in str(full)
    replica = connection._refused_command("READONLY You can't write against a read only replica.")
    assert replica.public_message == STORE_READ_ONLY
    assert connection._refused_command("ERR syntax error").public_message == StoreError.public_message


def test_what_the_loop_tells_strangers_names_no_path():
    """/health repeats why the last round failed, in words that are for everybody."""
    assert _public_loop_failure(StoreError("could not use the store /home/me/.data/x")) == StoreError.public_message
    assert _public_loop_failure(Unwritable("/home/me", STORE_FULL)) == STORE_FULL
    assert "/home/me" not in _public_loop_failure(OSError("/home/me"))
