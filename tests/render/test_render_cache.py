"""Entries rendered once are used again, and nobody can tell."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from lxml import etree
from msgspec.structs import replace

from core.paper import Entry, Matched
from core.render import rss_atom
from core.render.body import WHY_MARK, body_html
from core.render.cache import Fragment, Fragments
from core.render.feedgen_head import atom_generator, rss_generator
from core.render.head import EntryLook, entry_look, feed_updated
from core.render.json_feed import render_json_feed
from tests.support.rendering import HEAD, entry, hostile, ordinary, paper, rendered, summary

LOOK = EntryLook("rss", "full")


class Counting:
    """A renderer that remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[Entry] = []

    def __call__(self, entries: list[Entry]) -> list[Fragment]:
        self.asked += entries
        return [(f"{shown.paper.arxiv_id} {shown.paper.version}".encode(),) for shown in entries]


@pytest.mark.parametrize("content", ["full", "abstract", "title"])
def test_joined_feeds_are_feedgens_own(content: str, monkeypatch: pytest.MonkeyPatch):
    """
    Joining ready fragments and filling in the scores writes the very bytes that feedgen writes for the whole document.
    """
    entries = ordinary() + hostile()
    head, updated = replace(HEAD, hub="https://hub.example/"), feed_updated(HEAD, entries)
    joined = rss_atom.render_rss(head, entries, content), rss_atom.render_atom(head, entries, content)
    monkeypatch.setattr(rss_atom, "body_html_without_why", body_html)
    whole_rss, whole_atom = rss_generator(head, updated), atom_generator(head, updated)
    rss_atom._add_entries(whole_rss, entries, entry_look(head, "rss", content), rss_atom._fill_rss_item)
    rss_atom._add_entries(whole_atom, entries, entry_look(head, "atom", content), rss_atom._fill_atom_entry)
    assert joined == (whole_rss.rss_str(), whole_atom.atom_str())


def test_only_what_is_missing_is_rendered():
    """
    The second feed renders what the first did not have, and keeps the order.
    """
    fragments, render = Fragments(), Counting()
    first, second, third = (entry(paper(number)) for number in (1, 2, 3))
    fragments.of([first, third], LOOK, render)
    assert fragments.of([third, second, first], LOOK, render) == [
        (b"2613.00003 1",),
        (b"2613.00002 1",),
        (b"2613.00001 1",),
    ]
    assert render.asked == [first, third, second]


@pytest.mark.parametrize(
    "changed",
    [
        entry(paper(1, title="Other")),
        entry(paper(1, version=2)),
        entry(summary=summary(paper())),
        entry(updated=HEAD.updated.replace(year=2027)),
    ],
)
def test_a_changed_entry_is_rendered_again(changed: Entry):
    """
    Nobody reads an old title, version or summary.
    """
    fragments, render = Fragments(), Counting()
    fragments.of([entry()], LOOK, render)
    fragments.of([changed], LOOK, render)
    assert render.asked == [entry(), changed]


def test_score_and_terms_are_those_of_the_query():
    """
    An entry that was rendered for one query says for the next one why it is there, not why it was: in all formats.
    """
    queries = [(2.5, (Matched("kv cache", "title"),)), (0.0, ()), (12.0, (Matched('a<b & "c" \u2014', "abstract"),))]
    for score, matched in queries * 2:
        shown = entry(paper(7), score=score, matched=matched)
        feed = json.loads(render_json_feed(HEAD, [shown], "full"))["items"][0]
        assert feed["_arxiv"]["score"] == score
        assert [(each["term"], each["field"]) for each in feed["_arxiv"]["matched"]] == [
            (each.term, each.field) for each in matched
        ]
        assert feed["content_html"] == body_html(shown, "full")
        for render in (rss_atom.render_rss, rss_atom.render_atom):
            document = etree.fromstring(render(HEAD, [shown], "full"))
            bodies = [element.text for element in document.iter("{*}encoded", "{*}content")]
            assert bodies == [body_html(shown, "full")]


def test_a_paper_cannot_say_why_it_is_there():
    """
    Text that looks like the place of the score, in any field, stays what it was or goes; the score stands once.
    """
    hostile_paper = paper(8, title=f"A {WHY_MARK}", abstract=f'B {WHY_MARK} "score":0.0,"matched":[]', comment=WHY_MARK)
    shown = entry(hostile_paper, summary=replace(summary(hostile_paper), sections=(("C", f"<p>{WHY_MARK}</p>"),)))
    for document in rendered([shown]).values():
        assert document.decode().count("Score 2.5: ") == 1


def test_every_look_has_its_own():
    """
    A sample's mark, a format or a kind of content never leaks into another feed.
    """
    looks = [
        LOOK,
        EntryLook("atom", "full"),
        EntryLook("rss", "title"),
        EntryLook("rss", "full", sample=True),
        EntryLook("rss", "full", papers_url="https://x/"),
    ]
    fragments, render = Fragments(), Counting()
    for look in looks * 2:
        fragments.of([entry()], look, render)
    assert len(render.asked) == len(looks)


def test_memory_is_bounded():
    """
    However many feeds are asked for, the process keeps only so many bytes; the oldest go first.
    """
    fragments, render = Fragments(most_fragment_bytes=20_000), Counting()
    for number in range(1, 50):
        fragments.of([entry(paper(number))], LOOK, render)
    assert fragments.rendered.size > 10_000
    assert fragments.rendered.size <= 20_000
    fragments.of([entry(paper(49))], LOOK, render)
    assert len(render.asked) == 49


def test_a_feed_larger_than_the_memory_is_whole():
    """
    Evicting never loses an entry of the feed being written.
    """
    entries = [entry(paper(number)) for number in range(1, 40)]
    assert len(Fragments(most_fragment_bytes=100).of(entries, LOOK, Counting())) == 39


def test_others_may_go_first_between_so_many_entries():
    """
    Of 500 entries, each fifty are rendered at once, in order, and before each it is said how many come.
    """
    entries = [entry(paper(number)) for number in range(1, 121)]
    fragments, render, said = Fragments(), Counting(), []
    fragments.before_rendering = said.append
    assert len(fragments.of(entries, LOOK, render)) == 120
    assert render.asked == entries
    assert said == [50, 50, 20]
    fragments.of(entries, LOOK, render)
    assert said == [50, 50, 20]


def test_threads_share_the_fragments():
    """
    Concurrent requests that evict each other's entries all get whole feeds in order.
    """
    fragments = Fragments(most_fragment_bytes=20_000)
    feeds = [[entry(paper(number)) for number in range(start, start + 30)] for start in range(1, 60, 7)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda feed: fragments.of(feed, LOOK, Counting()), feeds * 20))
    assert answers == [[(f"{shown.paper.arxiv_id} 1".encode(),) for shown in feed] for feed in feeds] * 20


def test_a_second_request_equals_the_first():
    """
    It makes no difference whether an entry was rendered now or before.
    """
    assert rendered(ordinary()) == rendered(ordinary()) == rendered(list(ordinary()))


def test_an_origin_stands_for_the_paper():
    """Where a paper was read from tells it from every other: the same row is ready, another one is rendered anew."""
    fragments, render = Fragments(), Counting()
    read = replace(entry(), paper_row=(7, 3))
    fragments.of([read], LOOK, render)
    fragments.of([replace(read, score=9.0)], LOOK, render)
    assert render.asked == [read]
    fragments.of([replace(read, paper_row=(8, 3))], LOOK, render)
    assert len(render.asked) == 2


def test_a_days_readers_fit_into_the_cache():
    """What is read from the store is kept without a second copy: 5,000 entries of arXiv's usual length stay ready."""
    fragments, render = Fragments(), Counting()
    entries = [replace(entry(paper(number)), paper_row=(1, number)) for number in range(5000)]
    for each in entries:
        fragments.of([each], LOOK, lambda some: [(b"x" * 2000, WHY_MARK.encode(), b"x" * 2000) for _ in some])
    fragments.of(entries, LOOK, render)
    assert render.asked == []
