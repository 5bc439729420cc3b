"""What is stored of a profile, damaged in turn: truncated, of another type or version, far too large, bit by bit."""

import random
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from backports import zstd

from core.config.environment import Environment
from core.config.read import Config
from core.feeds.library import Library
from core.paper import Batch
from core.profiles.backup import exported_profiles, read_backup
from core.profiles.change import ProfileState, with_seed_texts, with_vote
from core.profiles.records import decode_memory, decode_profile
from core.profiles.token import profile_name_of
from core.profiles.update import update_profiles
from core.profiles.writer import ProfileWriter
from core.store.base import Store
from core.store.open import open_store
from core.store.profiles import ProfileBlobs
from tests.support.profiles import SETTINGS, ids_about, state_of, subject_papers
from tests.support.synthetic_world import VirtualClock
from tests.support.web import NOW, TODAY, Web, open_web, publish

CONFIG = Config(SETTINGS, Environment())
DEADLINE = NOW + timedelta(minutes=5)
PAPERS = subject_papers(5)
SMALL_BOMB = zstd.compress(bytes(100_000_000))
DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "truncated": lambda data: data[: len(data) // 2],
    "nothing but its kind": lambda data: data[:4],
    "another type": lambda data: data[:4] + zstd.compress(msgspec.msgpack.encode([1, "two"])),
    "another version": lambda data: b"PFx9" + data[4:],
    "no profile at all": lambda data: b"\xff" * len(data),
    "a hundred megabytes": lambda data: data[:4] + SMALL_BOMB,
    "nested without end": lambda data: data[:4] + zstd.compress(b"\x91" * 100_000),
}


async def kept_profile(store: Store) -> tuple[str, ProfileBlobs]:
    """The token of a profile with two votes and a seed, and what is stored of it."""
    await publish(store, [Batch(TODAY, tuple(PAPERS))])
    snapshot = await Library(store).snapshot(NOW)
    state = state_of(("categories", "cs.LG"))
    for each in ids_about("robots", PAPERS)[:2]:
        state = with_vote(state, each, "more", snapshot, now=NOW)
    state = with_seed_texts(state, "a text", ["protein folding molecule"], snapshot, now=NOW)
    token = await ProfileWriter(store.profiles, SETTINGS).create(
        ProfileState(state.profile, state.memory), snapshot, now=NOW
    )
    blobs = await store.profiles.load_blobs(profile_name_of(token))
    assert blobs
    return token, blobs


async def put(store: Store, token: str, blobs: ProfileBlobs) -> Web:
    """Store these in place of the profile's, and open the service anew: nothing of it is in memory."""
    await store.profiles.put_blobs(profile_name_of(token), blobs, now=NOW, ttl=timedelta(days=90))
    return open_web(store, settings=SETTINGS)


async def vote(web: Web, token: str, paper: str) -> int:
    return (await web.client.post(f"/u/{token}/votes", json={"id": paper, "vote": "more"})).status_code


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_memory_heals(store: Store, damage: str):
    """It is forgotten and learnt anew: the votes stay, the feed and the page are served, a vote is taken."""
    token, blobs = await kept_profile(store)
    web = await put(store, token, ProfileBlobs(blobs.head, DAMAGES[damage](blobs.memory)))
    for address in ("rss", "", "export"):
        assert (await web.get(f"/u/{token}/{address}".rstrip("/"))).status_code == 200, address
    backup = [line async for line in exported_profiles(store.profiles, now=NOW)]
    assert [len(line.profile.votes) for line in read_backup(b"".join(backup)) if line.profile] == [2]
    await update_profiles(store, CONFIG, clock=VirtualClock(NOW), profiles_deadline=DEADLINE)
    healed = await store.profiles.load_blobs(profile_name_of(token))
    assert healed
    profile = decode_profile(healed.head)
    assert set(decode_memory(healed.memory).vectors) == {each.arxiv_id for each in profile.votes}
    assert [seed.seed_description for seed in profile.seeds] == ["a text (its words were lost: bring it again)"]
    await put(store, token, ProfileBlobs(blobs.head, DAMAGES[damage](blobs.memory)))
    assert await vote(web, token, ids_about("caches", PAPERS)[0]) == 200
    healed = await store.profiles.load_blobs(profile_name_of(token))
    assert healed
    assert len(decode_profile(healed.head).votes) == 3
    assert decode_memory(healed.memory).vectors


@pytest.mark.parametrize("damage", DAMAGES)
async def test_a_damaged_head_is_a_sentence(store: Store, damage: str):
    """Without its head there is no profile: a 503 that says so, until a backup is put in its place; never a crash."""
    token, blobs = await kept_profile(store)
    web = await put(store, token, ProfileBlobs(DAMAGES[damage](blobs.head), blobs.memory))
    for address in ("rss", "", "export"):
        assert (await web.get(f"/u/{token}/{address}".rstrip("/"))).status_code == 503, address
    assert await vote(web, token, "2600.00009") == 503
    web = await put(store, token, blobs)
    assert await vote(web, token, "2600.00009") == 200


async def test_flipped_bits_never_crash(tmp_path):
    """Each byte in turn, and what a compressed body says with other numbers in it: served, or one sentence."""
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    token, blobs = await kept_profile(store)
    chance = random.Random(11)
    plain = {kind: zstd.decompress(data[4:]) for kind, data in msgspec.structs.asdict(blobs).items()}
    for number in range(150):
        kind = chance.choice(("head", "memory"))
        spoilt = bytearray(plain[kind])
        for _ in range(chance.randint(1, 3)):
            spoilt[chance.randrange(len(spoilt))] = chance.choice(
                (0, 0x7F, 0x80, 0xC0, 0xCB, 0xFF, chance.randrange(256))
            )
        packed = getattr(blobs, kind)[:4] + zstd.compress(bytes(spoilt))
        web = await put(store, token, msgspec.structs.replace(blobs, **{kind: packed}))
        for address in ("rss", "", "export"):
            answer = await web.get(f"/u/{token}/{address}".rstrip("/"))
            assert answer.status_code in (200, 503), (number, kind, address, bytes(spoilt))
        await update_profiles(store, CONFIG, clock=VirtualClock(NOW), profiles_deadline=DEADLINE)
        assert await vote(web, token, "2600.00009") in (200, 400, 503), (number, kind, bytes(spoilt))
    await store.close()
