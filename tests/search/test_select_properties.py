"""What holds for any papers: sums, one entry each, no dependence on the date."""

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from core.index.bitset import bits_of, rows_of
from core.search.scores import ListedScores, RankedScores, SummedScores
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper
from tests.support.selected import ask, numbers

# -- adding up


@given(
    weights=st.lists(st.tuples(st.sets(st.integers(0, 40)), st.integers(0, 3000)), max_size=12),
    wanted=st.sets(st.integers(0, 40)),
)
@settings(max_examples=60, deadline=None)
def test_sums_are_sums(weights, wanted):
    """Adding sets of rows at once gives every row what adding one by one gives, and the levels are in order."""
    plain = {row: sum(units for rows, units in weights if row in rows) for row in range(41)}
    for scores in (SummedScores(), ListedScores({}), RankedScores([0.0] * 41, range(41), round)):
        for rows, units in weights:
            scores.add(bits_of(rows, 41), units)
        assert {row: scores.of(row) for row in range(41)} == plain
        levels = [(units, row) for units, rows in scores.levels(bits_of(wanted, 41)) for row in rows_of(rows)]
        assert levels == sorted(((plain[row], row) for row in wanted), key=lambda each: (-each[0], each[1]))


@given(
    row_scores=st.lists(st.integers(-20, 20).map(lambda tenths: tenths / 10), max_size=41),
    wanted=st.sets(st.integers(0, 40)),
)
@settings(max_examples=60, deadline=None)
def test_ranked_scores_are_listed_scores_that_were_ranked_before(row_scores, wanted):
    """The same levels, equal units in one, whether the units were made of all rows or of those asked for."""
    ranked_rows = sorted(range(len(row_scores)), key=row_scores.__getitem__, reverse=True)
    listed = ListedScores(dict(enumerate(map(round, row_scores))))
    rows = bits_of(wanted & set(ranked_rows), 41)
    assert [*RankedScores(row_scores, ranked_rows, round).levels(rows)] == [*listed.levels(rows)]


days_of_papers = st.lists(
    st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["new", "cross", "replace"]), st.booleans()), max_size=4),
    min_size=1, max_size=4,
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    days=days_of_papers, text=st.sampled_from(["", "types=replace", "keywords=harp", "per_day=1", "limit=2&sort=date"])
)
def test_every_paper_is_one_entry(days, text):
    """However often papers come back: no id twice, newest day first, within the window and the limits."""
    held = []
    for number, rows in enumerate(days):
        papers = {each: paper(each, "Harp" if harp else "X", kind=kind) for each, kind, harp in rows}
        held.insert(0, batch(MONDAY + timedelta(days=number), *papers.values()))
    query = ask(text)
    entries = select(held, query)
    assert len(set(numbers(entries))) == len(entries) <= query.limit
    days_shown = [entry.day for entry in entries]
    assert days_shown == sorted(days_shown, reverse=True)
    assert all(days_shown.count(day) <= query.per_day for day in days_shown)
    assert all(entry.published <= entry.updated for entry in entries)


def test_the_date_is_no_part_of_it():
    """The same batches and query give the same entries, whatever the calendar says: nothing reads the clock."""
    old = date(2019, 7, 1)
    entries = select([batch(old, paper(1, announced=old))], ask())
    assert [entry.day for entry in entries] == [old]
