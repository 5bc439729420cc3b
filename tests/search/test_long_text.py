"""``like=text:…`` of many words: what is about something else stays out, however many a day takes."""

from urllib.parse import quote

from core.query.values import LikedText
from core.search.batch import LoadedBatch
from core.search.select import select
from core.search.similarity import is_cut
from tests.search.test_select import TUESDAY, ask
from tests.support.matching import MONDAY, batch
from tests.support.profiles import ids_about, subject_papers

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


def test_papers_that_are_liked_are_not_cut():
    """By the measurements a floor for likes costs a third of what they find; keywords say themselves what is in."""
    assert not is_cut(ask("like=2600.00001"))
    assert not is_cut(ask(f"like=2600.00001,text:{quote('of kettles')}"))
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
