"""Zotero libraries, read at refresh."""

import json

import httpx
import pytest
from msgspec.structs import replace

from core.errors import BadQuery
from core.profiles.records import Zotero
from core.profiles.zotero import parse_zotero, read_zotero_library
from tests.support.profiles import SUBJECTS, ids_about, state_of
from tests.support.updated_profiles import PAPERS, refreshed, saved


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
