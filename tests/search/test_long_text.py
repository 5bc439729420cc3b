"""``like=`` papers and texts of many words: what is about something else stays out, however many a day takes."""

from collections import Counter
from urllib.parse import quote

from msgspec.structs import replace

from core.paper import Announcement, AnnounceType
from core.query.values import LikedText
from core.search.batch import LoadedBatch
from core.search.select import select
from core.search.similarity import NEAREST_OF_DAY, is_cut
from tests.support.matching import MONDAY, batch
from tests.support.profiles import SUBJECTS, ids_about, subject_papers
from tests.support.selected import TUESDAY, ask

PAPERS = subject_papers(10)
CACHES = set(ids_about("caches", PAPERS))
SOME = next(paper for paper in PAPERS if paper.arxiv_id in CACHES)
OTHER = next(paper for paper in PAPERS if paper.arxiv_id not in CACHES)
TEXT = f"{8 * SOME.abstract} {OTHER.abstract}"


def days() -> list[LoadedBatch]:
    half = len(PAPERS) // 2
    return [batch(TUESDAY, *PAPERS[:half]), batch(MONDAY, *PAPERS[half:])]


def ids(text: str) -> set[str]:
    return {entry.paper.arxiv_id for entry in select(days(), ask(text, categories=("cs",)))}


def test_a_long_text_brings_what_is_like_it_and_not_as_many_as_a_day_takes():
    """Some stay out, and all that do are about something else; a lowest score of one's own decides instead."""
    found = ids(f"like=text:{quote(TEXT)}")
    left_out = ids(f"like=text:{quote(TEXT)}&min_score=0.0001") - found
    assert left_out
    assert not left_out & CACHES
    assert found >= CACHES


def test_a_liked_paper_brings_what_is_like_it_and_the_nearest_of_each_day():
    """Far fewer than have a word in common are in; a day without anything like it has its twenty nearest."""
    papers = subject_papers(30)
    near = [paper for paper in papers if paper.arxiv_id in set(ids_about("caches", papers))]
    far = [replace(each, abstract=f"{each.abstract} In passing: eviction.") for each in papers if each not in near]
    held = [batch(TUESDAY, *near, *far[:45]), batch(MONDAY, *far[45:])]
    asked = f"like={near[0].arxiv_id}&per_day=500&limit=500"
    entries = select(held, ask(asked, categories=("cs",)))
    found = Counter(entry.day for entry in entries)
    assert {entry.paper.arxiv_id for entry in entries if entry.day == TUESDAY} < {paper.arxiv_id for paper in near}
    assert found[TUESDAY] > NEAREST_OF_DAY
    assert NEAREST_OF_DAY <= found[MONDAY] < 45  # those as near as the twentieth are in, too
    in_common = select(held, ask(f"{asked}&min_score=0.0001", categories=("cs",)))
    assert sum(entry.day == TUESDAY for entry in in_common) > found[TUESDAY]


def test_what_is_wanted_elsewhere_does_not_take_the_place_of_a_days_nearest():
    """The twenty nearest of a day are of the types asked for."""
    papers = subject_papers(30)
    papers[1] = replace(papers[1], abstract=f"{papers[1].abstract} In passing: {SUBJECTS['caches'].split()[1]}.")
    replaced = (Announcement("cs.LG", AnnounceType.REPLACE),)
    day = batch(MONDAY, *papers[:2], *(replace(paper, announcements=replaced) for paper in papers[2:]))
    found = select([day], ask(f"like={papers[0].arxiv_id}&types=new", categories=("cs",)))
    assert [entry.paper.arxiv_id for entry in found] == [papers[1].arxiv_id]


def test_what_is_excluded_or_withdrawn_does_not_take_the_place_of_a_days_nearest():
    """A day has its twenty nearest of what an excluded term leaves; without that term it has others."""
    papers = subject_papers(30)
    near = [paper for paper in papers if paper.arxiv_id in set(ids_about("caches", papers))]
    far = [replace(each, abstract=f"{each.abstract} In passing: eviction.") for each in papers if each not in near]
    lost = [replace(each, abstract=f"{each.abstract} A survey.") for each in near[1:]]
    back = [replace(each, comment="This paper has been withdrawn by the authors") for each in near[1:]]
    asked = f"like={near[0].arxiv_id}&per_day=500&limit=500"
    held = [batch(MONDAY, near[0], *lost, *far)]
    everything = select(held, ask(asked, categories=("cs",)))
    assert len({entry.paper.arxiv_id for entry in everything} & {paper.arxiv_id for paper in lost}) >= NEAREST_OF_DAY
    excluded = select(held, ask(f"{asked}&exclude=survey", categories=("cs",)))
    withdrawn = select([batch(MONDAY, near[0], *back, *far)], ask(asked, categories=("cs",)))
    for left in (excluded, withdrawn):
        assert NEAREST_OF_DAY <= len(left) < len(far)
        assert not {entry.paper.arxiv_id for entry in left} & {paper.arxiv_id for paper in near}
    assert select(held, ask(asked, categories=("cs",))) == everything


def test_keywords_and_a_lowest_score_say_themselves_what_is_in():
    assert is_cut(ask("like=2600.00001"))
    assert is_cut(ask(f"like=2600.00001,text:{quote('of kettles')}"))
    assert not is_cut(ask("like=2600.00001&min_score=0.01"))
    assert not is_cut(ask(f"like=text:{quote(TEXT)}&keywords=kettle"))
    assert is_cut(ask(f"like=text:{quote(TEXT)}"))
    assert isinstance(ask(f"like=text:{quote(TEXT)}").like[0], LikedText)


def test_days_that_are_not_asked_for_do_not_say_what_is_alike_enough():
    """Of days that hold nothing nearer, the nearest is in: papers of a later day are no measure."""
    near = [paper for paper in PAPERS if paper.arxiv_id in CACHES]
    far = [paper for paper in PAPERS if paper.arxiv_id not in CACHES]
    held = [batch(TUESDAY, *near), batch(MONDAY, *far)]
    asked = ask(f"like=text:{quote(TEXT)}&to={MONDAY}", categories=("cs",))
    alone = {entry.paper.arxiv_id for entry in select(held, asked)}
    with_tuesday = ask(f"like=text:{quote(TEXT)}", categories=("cs",))
    beside = {entry.paper.arxiv_id for entry in select(held, with_tuesday) if entry.day == MONDAY}
    assert alone > beside
