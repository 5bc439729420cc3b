"""Saved feeds at a refresh: new papers ranked, late texts learnt, a Zotero library read politely."""

import json
from datetime import timedelta

import httpx
import pytest
from msgspec.structs import replace

from core.config.environment import Environment
from core.config.read import Config
from core.errors import BadQuery, UpstreamError
from core.feeds.library import Library
from core.paper import ArxivId, Batch
from core.profiles.change import rankings_are_current, with_likes, with_vote
from core.profiles.records import Zotero
from core.profiles.token import profile_name_of
from core.profiles.update import MOST_VOTED_LOOK_UPS, PROFILES_TIME_LIMIT, update_profiles
from core.profiles.writer import ProfileWriter
from core.profiles.zotero import parse_zotero, read_zotero_library
from tests.support.profiles import SETTINGS, SUBJECTS, ids_about, state_of, subject_papers
from tests.support.synthetic_arxiv import VirtualClock
from tests.support.web import NOW, TODAY, publish

CONFIG = Config(SETTINGS, Environment(zotero_base_url="http://zotero.example"))
PAPERS = subject_papers(10)
TOMORROW = TODAY + timedelta(days=1)
LATER = tuple(subject_papers(10, day=TOMORROW, first=300))


class ZoteroServer(httpx.AsyncBaseTransport):
    """Answers as https://api.zotero.org does: pages, versions, keys, pauses; and counts what it was asked."""

    def __init__(self, items, *, version=7, key="", **odd):
        self.items, self.version, self.key, self.odd = items, version, key, odd
        self.asked = []

    async def handle_async_request(self, request):
        self.asked.append(request)
        assert request.headers["zotero-api-version"] == "3"
        if self.key and request.headers.get("zotero-api-key") != self.key:
            return httpx.Response(403, text="Forbidden")
        if "status" in self.odd:
            return httpx.Response(self.odd["status"], headers=self.odd.get("headers", {}), text="no")
        if request.headers.get("if-modified-since-version") == str(self.version):
            return httpx.Response(304)
        start, limit = (int(request.url.params[name]) for name in ("start", "limit"))
        assert limit <= 100
        headers = {"last-modified-version": str(self.version), "total-results": str(len(self.items))}
        return httpx.Response(200, headers=headers, json=self.items[start : start + limit])


def zotero_items(count, subject="proteins"):
    words = SUBJECTS[subject].split()
    return [
        {
            "key": f"K{number}",
            "version": number,
            "data": {
                "itemType": ("journalArticle", "preprint", "attachment", "note")[number % 4],
                "title": f"{words[number % len(words)]} number{number}",
                "abstractNote": " and ".join(words[(number + step) % len(words)] for step in range(5)),
                "creators": [{"lastName": "Example"}],
            },
        }
        for number in range(count)
    ]


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


async def test_new_papers_are_ranked_and_stored(store):
    """
    After a refresh the stored ranking is of what is held: a reader's request has nothing to rank.
    """
    liked = ids_about("caches", PAPERS)[0]
    read = await saved(store, lambda snapshot: with_vote(state_of(), liked, "more", snapshot, now=NOW))
    await publish(store, [Batch(TOMORROW, LATER), Batch(TODAY, tuple(PAPERS))])
    snapshot = await Library(store).snapshot(NOW)
    assert not rankings_are_current((await read()).profile, snapshot)
    report = await refreshed(store)
    assert (report.held_profiles, report.ranked_profiles, report.unranked_profiles) == (1, 1, 0)
    profile = (await read()).profile
    assert rankings_are_current(profile, snapshot)
    assert profile.rankings[0][1].papers[0].arxiv_id in ids_about("caches", LATER)
    assert (await refreshed(store)).ranked_profiles == 0


async def test_a_late_text_is_learnt(store):
    """
    A vote on a paper that was not held ranks from the refresh on that brings the paper in.
    """
    read = await saved(store, lambda snapshot: with_vote(state_of(), LATER[1].arxiv_id, "more", snapshot, now=NOW))
    assert (await read()).memory.vectors == {}
    await publish(store, [Batch(TOMORROW, LATER), Batch(TODAY, tuple(PAPERS))])
    await refreshed(store)
    assert set((await read()).memory.vectors) == {LATER[1].arxiv_id}


async def test_arxiv_is_asked_for_old_papers_once(store):
    """
    Ids that somebody pasted and nobody announced here: one request for all, learnt from, and never asked again.
    """
    old = [ArxivId("1706.03762"), ArxivId("1001.00001")]
    read = await saved(store, lambda snapshot: with_likes(state_of(), old, snapshot, now=NOW))
    asked = []

    async def look_up(ids):
        asked.append(list(ids))
        return {"1706.03762": ("Robots on Sand", "Legged robots, torque, terrain, and planning of contact.")}

    await refreshed(store, hours=1, look_up=look_up)
    state = await read()
    assert asked == [old]
    assert [(vote.arxiv_id, vote.voted_title) for vote in state.profile.votes] == [
        (old[0], "Robots on Sand"),
        (old[1], ""),
    ]
    assert state.profile.rankings[0][1].papers[0].arxiv_id in ids_about("robots", PAPERS)
    await refreshed(store, hours=30, look_up=look_up)
    assert asked == [old]


async def test_arxiv_is_asked_for_few_profiles_a_refresh(store):
    """
    Three requests at most; the others' turn comes with the next refresh; what goes wrong is tried again.
    """
    for _ in range(4):
        await saved(store, lambda snapshot: with_likes(state_of(), [ArxivId("1706.03762")], snapshot, now=NOW))
    asked = []

    async def look_up(ids):
        asked.append(ids)
        if len(asked) == 1:
            raise UpstreamError("arXiv did not answer")
        return {}

    await refreshed(store, hours=1, look_up=look_up)
    assert len(asked) == MOST_VOTED_LOOK_UPS
    await refreshed(store, hours=2, look_up=look_up)
    assert len(asked) == 5


async def test_a_refresh_prolongs_no_profile(store):
    """
    Only a person does: ranked again, it still ends when it would have.
    """
    liked = ids_about("caches", PAPERS)[0]
    read = await saved(store, lambda snapshot: with_vote(state_of(), liked, "more", snapshot, now=NOW))
    before = (await read()).profile.profile_used
    await publish(store, [Batch(TOMORROW, LATER), Batch(TODAY, tuple(PAPERS))])
    await refreshed(store, hours=100)
    assert (await read()).profile.profile_used == before


async def test_time_is_bounded(store):
    """
    When there is no time left, what was not ranked is counted, and stays as it was.
    """
    liked = ids_about("caches", PAPERS)[0]
    await saved(store, lambda snapshot: with_vote(state_of(), liked, "more", snapshot, now=NOW))
    clock = VirtualClock(NOW)
    report = await update_profiles(store, CONFIG, clock=clock, profiles_deadline=NOW)
    assert (report.held_profiles, report.ranked_profiles, report.unranked_profiles) == (1, 0, 1)


def with_library(state, key=""):
    return replace(state, profile=replace(state.profile, zotero=Zotero("groups/12345", key)))


async def test_a_zotero_library_of_500_items_leads_a_feed(store):
    """
    Five requests bring 500 items, the next refresh asks nothing, a day later one request learns that nothing changed.
    """
    read = await saved(store, lambda _: with_library(state_of()))
    server = ZoteroServer(zotero_items(500))
    assert (await refreshed(store, server)).zotero_libraries == 1
    assert [request.url.params["start"] for request in server.asked] == ["0", "100", "200", "300", "400"]
    state = await read()
    assert state.profile.zotero.library_version == 7
    assert state.profile.zotero.zotero_note.startswith("250 titles and abstracts")
    assert [(seed.seed_description, seed.seed_texts) for seed in state.profile.seeds] == [("your Zotero library", 250)]
    ranking = state.profile.rankings[0][1]
    assert {each.arxiv_id for each in ranking.papers[:4]} <= set(ids_about("proteins", PAPERS))
    assert "like your Zotero library" in ranking.papers[0].matched[-1].term
    server.asked.clear()
    await refreshed(store, server, hours=1)
    assert server.asked == []
    await refreshed(store, server, hours=30)
    assert len(server.asked) == 1
    assert (await read()).profile.seeds == state.profile.seeds


async def test_a_changed_library_is_learnt_anew(store):
    """
    A new version replaces what the old one taught.
    """
    read = await saved(store, lambda _: with_library(state_of()))
    await refreshed(store, ZoteroServer(zotero_items(8)))
    await refreshed(store, ZoteroServer(zotero_items(12, "speech"), version=9), hours=30)
    state = await read()
    assert [(seed.seed_description, seed.seed_texts) for seed in state.profile.seeds] == [("your Zotero library", 6)]
    assert state.profile.rankings[0][1].papers[0].arxiv_id in ids_about("speech", PAPERS)


@pytest.mark.parametrize(
    ("odd", "note"),
    [
        ({"status": 404}, "no such library"),
        ({"status": 403}, "private"),
        ({"status": 429, "headers": {"retry-after": "60"}}, "left alone"),
        ({"status": 500}, "status 500"),
    ],
)
async def test_a_library_that_cannot_be_read_costs_nothing_else(store, odd, note):
    """
    Why is said on the page, without the key; the feed goes on.
    """
    read = await saved(store, lambda _: with_library(state_of(), "s3cret"))
    await refreshed(store, ZoteroServer([], **odd))
    state = await read()
    assert note in state.profile.zotero.zotero_note
    assert "s3cret" not in state.profile.zotero.zotero_note
    assert "s3cret" not in repr(state)


async def test_a_private_library_is_read_with_its_key():
    """
    The key goes to Zotero in its header, never in an address.
    """
    server = ZoteroServer(zotero_items(3), key="k1")
    answer = await read_zotero_library(Zotero("users/1", "k1"), "http://zotero.example", server)
    assert len(answer.references) == 2
    assert "k1" not in str(server.asked[0].url)


async def test_foreign_bytes_are_no_library():
    """
    HTML, or JSON of another shape, is an error of Zotero's and no crash.
    """
    for body in (b"<html>", b"{}", json.dumps([{"data": 1}]).encode()):

        class Odd(httpx.AsyncBaseTransport):
            async def handle_async_request(self, _, body=body):
                return httpx.Response(200, content=body)

        with pytest.raises(Exception, match="could not be read"):
            await read_zotero_library(Zotero("users/1"), "http://zotero.example", Odd())


@pytest.mark.parametrize(
    ("text", "library"),
    [
        ("groups/12345", "groups/12345"),
        (" users/7 ", "users/7"),
        ("https://www.zotero.org/groups/12345/reading_group/library", "groups/12345"),
    ],
)
def test_a_library_is_named_in_several_ways(text, library):
    """
    By its number, or by its page's address.
    """
    assert parse_zotero(text, "").library == library


@pytest.mark.parametrize("text", ["me", "users/../keys", "https://evil.example/groups/1", "groups/1?x=http://a"])
def test_no_other_address_is_ever_asked(text):
    """
    Only a library's number goes into the address.
    """
    with pytest.raises(BadQuery, match="zotero"):
        parse_zotero(text, "")
