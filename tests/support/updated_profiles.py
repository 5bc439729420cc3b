"""Saved profiles, refreshed."""

from datetime import timedelta

from core.config.environment import Environment
from core.config.read import Config
from core.feeds.library import Library
from core.paper import Batch
from core.profiles.token import profile_name_of
from core.profiles.update import PROFILES_TIME_LIMIT, update_profiles
from core.profiles.writer import ProfileWriter
from tests.support.profiles import SETTINGS, subject_papers
from tests.support.synthetic_world import VirtualClock
from tests.support.web import NOW, TODAY, publish

CONFIG = Config(SETTINGS, Environment(zotero_base_url="http://zotero.example"))
PAPERS = subject_papers(10)


async def saved(store, state, papers=tuple(PAPERS)):
    """Publish a day and keep a profile; return how to read it."""
    await publish(store, [Batch(TODAY, papers)])
    writer = ProfileWriter(store.profiles, SETTINGS)
    snapshot = await Library(store).snapshot(NOW)
    name = profile_name_of(await writer.create(state(snapshot), snapshot, now=NOW))

    async def read():
        return (await writer.read(name))[0]

    return read


async def refreshed(store, transport=None, hours=0, look_up=None):
    clock = VirtualClock(NOW + timedelta(hours=hours))
    deadline = clock.now() + PROFILES_TIME_LIMIT
    return await update_profiles(
        store, CONFIG, clock=clock, profiles_deadline=deadline, look_up_voted=look_up, zotero_transport=transport
    )
