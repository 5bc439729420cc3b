"""Profiles taken along from one store to another, by the command line too."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.errors import ParseError
from core.feeds.library import Library
from core.paper import Batch
from core.profiles.backup import exported_profiles, read_backup, restore_profiles
from core.profiles.change import new_profile, with_vote
from core.profiles.records import SavedFeed
from core.profiles.token import new_profile_token, profile_name_of
from core.profiles.writer import ProfileWriter
from core.store.open import open_store
from core.store.profiles import GONE_PROFILE
from tests.support.command_line import environment, here
from tests.support.profiles import SETTINGS, state_of, subject_papers
from tests.support.web import NOW, TODAY, publish

__all__ = ["here"]


async def filled(store):
    """One profile with a vote, and the mark of another."""
    await publish(store, [Batch(TODAY, tuple(subject_papers(5)))])
    snapshot = await Library(store).snapshot(NOW)
    writer = ProfileWriter(store.profiles, SETTINGS)
    state = with_vote(state_of(), "2600.00001", "more", snapshot, now=NOW)
    kept = profile_name_of(await writer.create(state, snapshot, now=NOW))
    gone = profile_name_of(await writer.create(state_of(), snapshot, now=NOW))
    await writer.delete(gone, now=NOW)
    return kept, gone


async def test_another_store_has_what_the_first_had(store, tmp_path):
    """
    Byte by byte, under the same names, from either store to a file and back; what is deleted stays deleted.
    """
    kept, gone = await filled(store)
    text = b"".join([line async for line in exported_profiles(store.profiles, now=NOW)])
    other = open_store("", data_dir=tmp_path / "other", on_vercel=False)
    found = await restore_profiles(other.profiles, read_backup(text), SETTINGS, now=NOW)
    assert (found.restored_profiles, found.deleted_profiles, found.expired_profiles) == (1, 1, 0)
    assert await other.profiles.load_blobs(kept) == await store.profiles.load_blobs(kept)
    assert await other.profiles.load_head(gone) == GONE_PROFILE
    assert b"".join([line async for line in exported_profiles(other.profiles, now=NOW)]) == text
    await other.close()


async def test_what_has_expired_stays_away(store):
    """
    An old backup brings nothing back that nobody looked at for so long.
    """
    await filled(store)
    text = b"".join([line async for line in exported_profiles(store.profiles, now=NOW)])
    found = await restore_profiles(store.profiles, read_backup(text), SETTINGS, now=NOW + timedelta(days=200))
    assert (found.restored_profiles, found.expired_profiles) == (0, 1)


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"{}",
        b'{"name": "../x", "kind": "deleted", "format": 1}',
        b'{"name": "' + b"a" * 40 + b'", "kind": "profile", "format": 1}',
        b'{"name": "' + b"a" * 40 + b'", "kind": "deleted", "format": 2}',
    ],
)
def test_a_line_that_is_none_is_named(line):
    """
    The number of the line stands in the error; nothing before it is written, since all is read first.
    """
    good = b'{"name": "' + b"b" * 40 + b'", "kind": "deleted", "format": 1}\n'
    with pytest.raises(ParseError, match="line 3"):
        list(read_backup(good + b"\n" + line))


async def test_on_the_command_line(here: Path):
    """
    ``profiles export > file``, a lost store, ``profiles import file``: the address answers again.
    """
    store = open_store("", data_dir=here / ".data", on_vercel=False)
    now = datetime.now(UTC)
    await publish(store, [Batch(TODAY, tuple(subject_papers(2)))])
    name = profile_name_of(token := new_profile_token())
    snapshot = await Library(store).snapshot(now)
    writer = ProfileWriter(store.profiles, SETTINGS)
    made = profile_name_of(await writer.create(new_profile([SavedFeed("main")], now=now), snapshot, now=now))
    blobs = await store.profiles.load_blobs(made)
    await store.profiles.put_blobs(name, blobs, now=now, ttl=timedelta(days=9))
    await store.close()

    def core(*arguments):
        command = [sys.executable, "-m", "core", "profiles", *arguments]
        return subprocess.run(command, check=False, cwd=here, env=environment(), capture_output=True, timeout=60)

    exporting = core("export")
    assert exporting.returncode == 0
    assert token.encode() not in exporting.stdout
    (here / "backup.jsonl").write_bytes(exporting.stdout)
    (here / ".data" / "profiles.sqlite3").unlink()
    assert core("import", "backup.jsonl").returncode == 0
    store = open_store("", data_dir=here / ".data", on_vercel=False)
    assert await store.profiles.load_head(name) == blobs.head
    await store.close()
    (here / "backup.jsonl").write_text("nonsense")
    failing = core("import", "backup.jsonl")
    assert failing.returncode == 1
    assert b"line 1" in failing.stderr
