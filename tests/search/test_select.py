"""Which papers make a feed, under which day, in which order, and why: on batches of a few fictional papers."""

from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import announcement_time
from core.config.settings import AiSummary, Scoring, Settings
from core.errors import BadQuery
from core.index.bitset import bits_of, rows_of
from core.paper import AnnounceType, Entry, Matched, Summary
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.near_misses import near_misses
from core.search.scores import ListedScores, SummedScores
from core.search.select import select
from tests.support.matching import MONDAY, batch, paper

TUESDAY = MONDAY + timedelta(days=1)
WEDNESDAY = MONDAY + timedelta(days=2)
SETTINGS = Settings(categories=("cs.LG",), keywords=(), days_back=7)


def ask(text: str = "", **changes: object) -> FeedQuery:
    return parse_query(parse_qsl(text, keep_blank_values=True), Settings(**({"categories": ("cs.LG",)} | changes)))


def numbers(entries: list[Entry]) -> list[int]:
    return [int(entry.paper.arxiv_id.partition(".")[2]) for entry in entries]


def found(batches: list[LoadedBatch], text: str = "", **changes: object) -> list[int]:
    return numbers(select(batches, ask(text, **changes)))


# -- the score


def test_the_score_is_the_old_arithmetic():
    """Each matched term counts 1, and 0.5 more in the title, times its weight."""
    day = batch(MONDAY, paper(1, "Harp Harp", "A harp and a piano and a drum."))
    (entry,) = select([day], ask("keywords=harp,piano^2,drum^0.5,tuba"))
    assert entry.score == 1.5 + 2 + 0.5
    assert entry.matched == (Matched("harp", "title"), Matched("piano", "abstract"), Matched("drum", "abstract"))


def test_min_score_keeps_what_reaches_it():
    """A score equal to min_score is enough, one below is not."""
    day = batch(MONDAY, paper(1, "Harp"), paper(2, "X", "harp"), paper(3, "Harp", "piano"))
    assert found([day], "keywords=harp,piano&min_score=1.5") == [3, 1]
    assert found([day], "keywords=harp,piano&min_score=2.51") == []
    assert found([day], keywords=("harp", "piano"), min_score=2.0) == [3]


def test_weights_can_be_configured():
    """``scoring`` of config.json sets what title, abstract, primary category and recency are worth."""
    day = batch(
        TUESDAY,
        paper(1, "Harp", announced=TUESDAY),
        paper(2, "X", "harp", categories=("cs.CL", "cs.LG"), announced=TUESDAY),
        paper(3, "X", "harp", announced=MONDAY),
    )
    query = ask("keywords=harp&days=4", scoring=Scoring(title=5, abstract=2.5, primary=0.25, recency=1))
    scores = {numbers([entry])[0]: entry.score for entry in select([day], query)}
    assert scores == {1: 5 + 0.25 + 1, 2: 2.5 + 1, 3: 2.5 + 0.25 + 0.75}
    lower = ask("keywords=harp", scoring=Scoring(title=0.5, abstract=2))
    assert [entry.score for entry in select([day], lower)] == [2, 2, 0.5]


def test_no_keywords_let_everything_in():
    """Without keywords, every paper of the categories is in, with score 0 and in the order of ids."""
    entries = select([batch(MONDAY, paper(2), paper(1), paper(3, categories=("cs.CL",)))], ask())
    assert numbers(entries) == [1, 2]
    assert {entry.score for entry in entries} == {0}
    assert entries[0].matched == ()


def test_exclude_keeps_out():
    """A paper that matches an excluded term is out, whatever else it matches."""
    day = batch(MONDAY, paper(1, "Harp"), paper(2, "Harp", "a survey of harps"), paper(3, "Harp", "surveyors"))
    assert sorted(found([day], "keywords=harp&exclude=survey,tuba")) == [1, 3]
    assert sorted(found([day], "keywords=harp&exclude=survey AND NOT harp")) == [1, 2, 3]


def test_followed_authors_are_in_whatever_the_keywords_say():
    """Their papers come first, marked why, and neither keywords nor min_score nor exclude hold them back."""
    day = batch(
        MONDAY,
        paper(1, "Harp harp"),
        paper(2, "A Survey", authors=["Ada Example", "L\\'ea Stra\\ss{}e"]),
        paper(3, "Harp", authors=["Lea Other"]),
    )
    entries = select([day], ask("keywords=harp&exclude=survey&min_score=1&authors=Straße, L."))
    assert numbers(entries)[0] == 2
    assert entries[0].matched == (Matched("L. Straße", "author"),)
    assert entries[0].score == 10


def test_fields_are_named():
    """What matched in a name or a category says so."""
    day = batch(MONDAY, paper(1, "Harp", authors=["Yann Example"]))
    (entry,) = select([day], ask("keywords=au:yann,cat:cs.LG,ti:harp,abs:invent,au:yann AND harp"))
    assert [(each.term, each.field) for each in entry.matched] == [
        ("au:yann", "author"), ("cat:cs.LG", "category"), ("ti:harp", "title"), ("abs:invent", "abstract"),
        ("au:yann AND harp", "abstract"),
    ]  # fmt: skip


# -- order and limits


def test_the_newest_day_is_first_then_the_best_then_the_id():
    """A better paper of yesterday stands below today's; equal scores stand in the order of ids."""
    days = [
        batch(TUESDAY, paper(5, "X", "harp"), paper(4, "Harp"), paper(3, "X", "harp")),
        batch(MONDAY, paper(1, "Harp harp", "harp piano")),
    ]
    assert found(days, "keywords=harp,piano") == [4, 3, 5, 1]
    assert found(days, "keywords=harp,piano&sort=date") == [5, 4, 3, 1]


def test_each_day_is_cut_and_then_the_whole():
    """per_day keeps each day's best, limit the first of all."""
    days = [
        batch(day, *(paper(number + 10 * place, "Harp" if number == 3 else "X", "harp") for number in range(5)))
        for place, day in enumerate((WEDNESDAY, TUESDAY, MONDAY))
    ]
    assert found(days, "keywords=harp&per_day=2") == [3, 0, 13, 10, 23, 20]
    assert found(days, "keywords=harp&per_day=2&limit=3") == [3, 0, 13]
    assert found(days, "keywords=harp&per_day=2&sort=date") == [3, 0, 13, 10, 23, 20]


def test_the_window_counts_back_from_the_newest_batch():
    """days=1 is the newest batch alone, however old it is; weekends count as days."""
    days = [batch(WEDNESDAY, paper(3)), batch(TUESDAY, paper(2)), batch(MONDAY, paper(1))]
    assert found(days, "days=1") == [3]
    assert found(days, "days=2") == [3, 2]
    assert found([days[0], days[2]], "days=2") == [3]


def test_nothing_held_is_an_empty_feed():
    """No batch, or one without papers, is no error."""
    assert select([], ask()) == []
    assert select([batch(MONDAY)], ask("keywords=harp")) == []
    assert select([batch(MONDAY)], ask("like=2600.00001")) == []


# -- categories and types


def test_a_paper_counts_for_its_own_categories_whichever_feed_named_it():
    """A cs.LG paper met in the feed of cs.AI is a cs.LG paper; excluded categories keep out; aliases fold."""
    day = batch(
        MONDAY,
        paper(1, categories=("cs.LG", "cs.AI"), stood_in={"cs.AI": "cross"}, kind="cross"),
        paper(2, categories=("cs.LG", "cs.CY")),
        paper(3, categories=("math.IT", "cs.AI"), stood_in={"cs.AI": "cross"}, kind="cross"),
    )
    assert found([day], "categories=cs.LG") == [1, 2]
    assert found([day], "categories=cs.LG,-cs.CY") == [1]
    assert found([day], "categories=cs.IT") == [3]
    assert found([day], "categories=cs") == [1, 2, 3]
    assert found([day], "categories=math") == [3]


def test_the_type_is_the_best_of_the_feeds_asked_for():
    """New in cs.LG and cross in cs.AI: new for those who ask for both, cross for those who ask for cs.AI alone."""
    both = paper(1, categories=("cs.LG", "cs.AI"), stood_in={"cs.LG": "new", "cs.AI": "cross"})
    unseen = paper(2, categories=("cs.CL", "cs.RO"), stood_in={"cs.CL": "new"})
    again = paper(3, categories=("cs.CL", "cs.RO"), stood_in={"cs.CL": "replace"}, kind="replace", version=2)
    days = [batch(MONDAY, both, unseen, again)]

    def types(text: str) -> dict[int, str]:
        return {numbers([entry])[0]: entry.announce_type for entry in select(days, ask(text))}

    everything = "&types=new,cross,replace"
    assert types("categories=cs.LG,cs.AI" + everything) == {1: "new"}
    assert types("categories=cs.AI" + everything) == {1: "cross"}
    assert types("categories=cs.RO" + everything) == {2: "cross", 3: "replace-cross"}
    assert types("categories=cs.RO&types=new") == {}
    assert types("categories=cs.CL&types=replace") == {3: "replace"}


def test_primary_asks_for_primaries_only():
    """primary=cs.CL leaves out what is only cross-listed there."""
    day = batch(MONDAY, paper(1, categories=("cs.CL", "cs.LG")), paper(2, categories=("cs.LG", "cs.CL")))
    assert found([day], "categories=cs.CL&primary=cs.CL") == [1]
    assert found([day], "categories=cs&primary=cs,-cs.CL") == [2]


# -- one paper, several days


def test_a_paper_is_one_item_with_its_newest_text():
    """It stays under the day of its first announcement; text, score and version are those of its newest row."""
    old = paper(1, "Harp", categories=("cs.LG",))
    new = paper(1, "Piano", kind="replace", version=2, categories=("cs.LG", "cs.CY"))
    days = [batch(WEDNESDAY, new, paper(9, "Piano", announced=WEDNESDAY)), batch(MONDAY, old)]
    entries = select(days, ask("keywords=piano"))
    assert [(numbers([entry])[0], entry.day) for entry in entries] == [(9, WEDNESDAY), (1, MONDAY)]
    assert (entries[1].paper.version, entries[1].announce_type) == (2, AnnounceType.NEW)
    assert entries[1].published == announcement_time(MONDAY)
    assert entries[1].updated == announcement_time(WEDNESDAY)
    assert found(days, "keywords=harp") == []
    assert found(days, "categories=cs.LG,-cs.CY") == [9]


def test_replacements_when_asked_for_are_the_same_item():
    """With types=replace it stands under the day of its replacement, still published when it first was."""
    old, new = paper(1, "Harp"), paper(1, "Harp", kind="replace", version=2)
    days = [batch(WEDNESDAY, new), batch(MONDAY, old)]
    (entry,) = select(days, ask("types=replace"))
    assert (entry.day, entry.published, entry.updated) == (
        WEDNESDAY, announcement_time(MONDAY), announcement_time(WEDNESDAY),
    )  # fmt: skip
    (entry,) = select(days, ask("types=new,replace"))
    assert entry.day == MONDAY


def test_a_late_cross_list_is_not_an_update():
    """Coming back in the same version moves nothing; for those who ask for the new category, it is there since."""
    first = paper(1, categories=("cs.AI",))
    later = paper(1, categories=("cs.AI", "cs.LG"), stood_in={"cs.LG": "cross"}, kind="cross")
    days = [batch(WEDNESDAY, later), batch(MONDAY, first)]
    (entry,) = select(days, ask("categories=cs.AI"))
    assert (entry.day, entry.updated) == (MONDAY, announcement_time(MONDAY))
    assert entry.paper.categories == ("cs.AI", "cs.LG")
    (entry,) = select(days, ask("categories=cs.LG"))
    assert (entry.day, entry.announce_type) == (WEDNESDAY, AnnounceType.CROSS)
    assert entry.published == announcement_time(MONDAY)


def test_an_update_is_dated_by_the_first_day_of_the_newest_version():
    """Version 2 on Tuesday, cross-listed on Wednesday: updated on Tuesday."""
    days = [
        batch(WEDNESDAY, paper(1, kind="cross", version=2)),
        batch(TUESDAY, paper(1, kind="replace", version=2)),
        batch(MONDAY, paper(1)),
    ]
    (entry,) = select(days, ask())
    assert entry.updated == announcement_time(TUESDAY)


def test_a_day_out_of_the_window_keeps_its_papers_out():
    """A paper whose first day is too old does not come back because it was replaced."""
    days = [batch(WEDNESDAY, paper(1, kind="replace", version=2)), batch(MONDAY, paper(1))]
    assert found(days, "days=2&types=new,replace") == []
    assert found(days, "days=2&types=replace") == [1]


def test_old_items_do_not_move():
    """A new day adds its papers on top; what was there stays in its order, with its dates."""
    monday = batch(MONDAY, *(paper(number, "Harp" if number % 2 else "X", "harp") for number in range(6)))
    tuesday = batch(TUESDAY, *(paper(number, "Harp", announced=TUESDAY) for number in range(10, 14)))
    before = select([monday], ask("keywords=harp"))
    after = select([tuesday, monday], ask("keywords=harp"))
    assert after[-len(before) :] == before


def test_a_summary_moves_updated_and_comes_from_any_day():
    """The summary in the language asked for is attached and dates the entry, unless no summary is wanted."""
    written = datetime(2026, 3, 4, 9, tzinfo=UTC)
    summary = Summary(paper(1).arxiv_id, 1, "zh", "m", "p", written, "一句话", ())
    days = [batch(TUESDAY, paper(1, kind="cross")), batch(MONDAY, paper(1), summaries=[summary])]
    both = AiSummary(language=("en", "zh"))
    (entry,) = select(days, ask("lang=zh", ai_summary=both))
    assert (entry.summary, entry.updated) == (summary, written)
    for text in ("", "lang=en", "lang=zh&content=abstract", "lang=zh&content=title"):
        (entry,) = select(days, ask(text, ai_summary=both))
        assert (entry.summary, entry.updated) == (None, announcement_time(MONDAY))


def test_days_and_dates_together_let_in_what_both_let_in():
    """``days`` counts back from the newest day, ``from`` and ``to`` cut that; alone, dates reach all that is held."""
    days = [batch(TUESDAY, paper(2, announced=TUESDAY)), batch(MONDAY, paper(1))]
    assert found(days, f"from={MONDAY}") == [2, 1]
    assert found(days, f"from={MONDAY}&days=1") == [2]
    assert found(days, f"to={MONDAY}") == [1]
    assert found(days, f"to={MONDAY}&days=1") == []


# -- the old bot's way, BM25, likeness


def test_substring_is_the_old_bots_way():
    """Characters anywhere, in arXiv's own text, with the same arithmetic; excluded words likewise."""
    day = batch(
        MONDAY,
        paper(1, "A World of Girls", "curl"),
        paper(2, "RLHF", "a preview"),
        paper(3, 'Na\\"ive', "and\nlines"),
    )
    entries = select([day], ask("keywords=RL&match=substring"))
    assert [(numbers([entry])[0], entry.score) for entry in entries] == [(1, 1.5), (2, 1.5)]
    assert found([day], "keywords=RL&match=substring&exclude=review") == [1]
    assert found([day], "keywords=naive&match=substring") == []
    assert found([day], "keywords=RL AND NOT curl,cat:cs.CL&match=substring") == [2]
    assert found([day], "keywords=ti:lines&match=substring") == []
    assert found([day], "keywords=abs:lines&match=substring") == [3]


def test_bm25_lets_rare_words_count_more():
    """Of two papers with one term each, the rarer term wins; the arithmetic of the bot sees no difference."""
    papers = [paper(number, f"Study {number}", "of harps") for number in range(8)]
    day = batch(MONDAY, *papers, paper(90, "Study", "of a theremin"))
    assert found([day], "keywords=harp,theremin&limit=2&match=substring") == [0, 1]
    assert found([day], "keywords=harp,theremin&limit=2&rank=bm25") == [90, 0]
    first = select([day], ask("keywords=harp^99,theremin&rank=bm25"))[0]
    assert first.matched == (Matched("harp", "abstract"),)
    assert first.score > 0


def test_bm25_counts_repetitions_in_short_texts():
    """A short text that repeats a term is more about it than a long one that names it once."""
    day = batch(
        MONDAY,
        paper(1, "X", "a harp among " + "many words " * 50),
        paper(2, "Y", "harp, harp and a kv harp"),
        *(paper(number) for number in range(3, 9)),
    )
    assert found([day], "keywords=harp&rank=bm25") == [2, 1]
    assert found([day], "keywords=&rank=bm25&limit=2") == [1, 2]


def concerts(day: date, first: int) -> LoadedBatch:
    """Three papers that name harps alike, of which two are about music; the one of the lowest id is not."""
    return batch(
        day,
        paper(first, "Logistics", "A harp was shipped by sea freight in containers."),
        paper(first + 1, "Strings", "A harp concert with orchestra and strings for the audience."),
        paper(first + 2, "Orchestras", "A harp in concert: the orchestra, its strings and an audience."),
    )


def test_equal_scores_stand_by_what_most_matches_are_about():
    """What the best matches have in common breaks ties, not the id; the scores shown are the old arithmetic."""
    entries = select([concerts(MONDAY, 1)], ask("keywords=harp"))
    assert [entry.score for entry in entries] == [1, 1, 1]
    assert sorted(numbers(entries)[:2]) == [2, 3]
    assert found([concerts(MONDAY, 1)], "keywords=harp&match=substring") == [1, 2, 3]


def test_best_sets_the_score_aside():
    """With rank=best what a match is worth decides, and followed authors come first; each score is still shown."""
    day = batch(
        MONDAY,
        paper(1, "A Harp by Sea", "Freight in containers.", authors=("Kim Cargo",)),
        *(
            paper(number, "Strings", "A harp concert with orchestra, strings and an audience.")
            for number in range(2, 9)
        ),
        paper(9, "Nothing of the Kind", "Freight.", authors=("Ada Lovelace",)),
        *(paper(number, f"Bread {number}", "Butter, jam and freight.") for number in range(20, 80)),
    )
    entries = select([day], ask("keywords=harp&rank=best"))
    assert numbers(entries)[-1] == 1
    assert {entry.score for entry in entries} == {1, 1.5}
    assert found([day], "keywords=harp&rank=best&authors=Ada Lovelace")[0] == 9


def test_no_later_day_moves_an_earlier_one():
    """The order within a day depends on that day and the ones before it."""
    monday, tuesday = concerts(MONDAY, 1), batch(TUESDAY, *(paper(n, "Harp", "Freight by sea.") for n in range(20, 80)))
    for rank in ("keywords", "best"):
        before = found([monday], f"keywords=harp&rank={rank}&per_day=2")
        assert found([tuesday, monday], f"keywords=harp&rank={rank}&per_day=2")[2:] == before


def test_like_finds_what_is_about_the_same():
    """Papers that share telling words with the given ones come first; these and strangers are left out."""
    days = [
        batch(
            TUESDAY,
            paper(4, "Tuning Harps with Lasers", "Lasers measure the strings of concert harps."),
            paper(5, "A Poll of Bakers", "Bakers answer questions about bread and butter."),
        ),
        batch(
            MONDAY,
            paper(1, "Laser Tuning of Concert Harps", "We measure strings of harps with lasers."),
            paper(2, "Harps in Museums", "Concert harps of the past, and their strings."),
            paper(3, "Bread Without Butter", "What bakers bake on Sundays."),
        ),
    ]
    entries = select(days, ask("like=2600.00001"))
    assert numbers(entries) == [4, 2]
    assert entries[0].score > entries[1].score > 0
    assert {"harps", "laser"} & {each.term for each in entries[0].matched}
    assert found(days, "like=2600.00001&keywords=museum") == [2]
    assert found(days, "like=2600.00001,2600.00003") == [4, 5, 2]
    assert found(days, "like=text:concert harps and their strings") == [4, 2, 1]
    assert found(days, "like=2600.00001&min_score=1.001") == []
    assert found(days, "like=2600.99999") == []


# -- days


def test_from_and_to_choose_the_days():
    """Both days are in; one alone will do; ``days`` counts only where neither is named, or when it is asked for."""
    days = [batch(MONDAY + timedelta(days=back), paper(back + 1, "Harp")) for back in (9, 3, 2, 1, 0)]
    assert found(days, "keywords=harp") == [10, 4]
    assert found(days, "keywords=harp&from=2026-03-03&to=2026-03-04") == [3, 2]
    assert found(days, "keywords=harp&from=2026-03-04") == [10, 4, 3]
    assert found(days, "keywords=harp&to=2026-03-03") == [2, 1]
    assert found(days, "keywords=harp&to=2026-03-04&days=8") == [3]
    assert found(days, "keywords=harp&from=2026-04-01") == []


def test_a_paper_replaced_after_the_last_day_stands_where_it_stood():
    """What is announced again later does not vanish from the days before, and does not stand in them twice."""
    days = [
        batch(TUESDAY, paper(1, "Harp and Drum", version=2, kind="replace", announced=MONDAY)),
        batch(MONDAY, paper(1, "Harp"), paper(2, "Harps")),
    ]
    assert sorted(found(days, f"keywords=harp&to={MONDAY}")) == [1, 2]
    assert found(days, f"keywords=drum&to={MONDAY}") == [1]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("from=12.1.2026", 'from: must be a day such as 2026-01-12, got "12.1.2026"'),
        ("to=2026-02-30", 'to: must be a day of the calendar such as 2026-01-12, got "2026-02-30"'),
        ("from=2026-01-09&to=2026-01-08", "from: must not be after to: 2026-01-09 is later than 2026-01-08"),
    ],
)
def test_bad_days_are_refused_by_name(text: str, said: str):
    """The sentence names the parameter and how a day is written."""
    with pytest.raises(BadQuery) as error:
        ask(text)
    assert str(error.value) == said


# -- near misses


def test_near_misses_say_what_would_let_them_in():
    """Each near miss names the parameter and the change; what is in the feed is no near miss."""
    day = batch(
        MONDAY,
        paper(1, "Quantization of Harps"),
        paper(2, "Quantized Harps", "of cache and kv"),
        paper(3, "Quantization: A Survey"),
        paper(4, "KV Cache", kind="replace"),
        paper(5, "Bread"),
    )
    misses = near_misses([day], ask("keywords=quantization,kv cache&exclude=survey"), 10)
    assert [(numbers([miss.entry])[0], miss.changed_parameter, miss.query_change) for miss in misses] == [
        (3, "exclude", "survey"),
        (2, "keywords", "quantiz*"),
        (4, "types", "new,cross,replace"),
    ]
    assert near_misses([day], ask("keywords=quantization,kv cache&exclude=survey"), 1) == misses[:1]
    assert near_misses([], ask(), 5) == []
    score = near_misses([day], ask("keywords=bread&min_score=2"), 5)
    assert [(numbers([miss.entry])[0], miss.changed_parameter) for miss in score] == [(5, "min_score")]


# -- adding up


@given(
    weights=st.lists(st.tuples(st.sets(st.integers(0, 40)), st.integers(0, 3000)), max_size=12),
    wanted=st.sets(st.integers(0, 40)),
)
@settings(max_examples=60, deadline=None)
def test_sums_are_sums(weights, wanted):
    """Adding sets of rows at once gives every row what adding one by one gives, and the levels are in order."""
    plain = {row: sum(units for rows, units in weights if row in rows) for row in range(41)}
    for scores in (SummedScores(), ListedScores({})):
        for rows, units in weights:
            scores.add(bits_of(rows, 41), units)
        assert {row: scores.of(row) for row in range(41)} == plain
        levels = [(units, row) for units, rows in scores.levels(bits_of(wanted, 41)) for row in rows_of(rows)]
        assert levels == sorted(((plain[row], row) for row in wanted), key=lambda each: (-each[0], each[1]))


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
