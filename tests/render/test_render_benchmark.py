"""The benchmark of rendering compares with feedgen's own whole document: that must go on being the same bytes."""

import pytest

from benchmarks import render


@pytest.mark.parametrize("summarized", [False, True], ids=["abstracts", "summaries"])
def test_kept_entries_join_to_what_feedgen_writes_as_a_whole(monkeypatch, capsys, summarized):
    """Ten entries, rendered apart and joined, are feedgen's own document; a line is printed for each format."""
    monkeypatch.setattr(render, "ROUNDS", 1)
    render.report([render.entry(number, summarized=summarized) for number in range(10)])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["rss", "atom", "json"]
