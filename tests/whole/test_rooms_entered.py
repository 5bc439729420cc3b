"""Through how many rooms a request and a refresh walk: a package of core or api, or a module that lies flat in core."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import FrameType

from core.config.settings import Settings
from core.paper import Batch
from core.store.open import open_store
from tests.support.deployment import deployment
from tests.support.synthetic_world import announcement_days
from tests.support.web import TODAY, YESTERDAY, make_paper, open_web, publish

ROOT = Path(__file__).resolve().parent.parent.parent


def room_of(file: str) -> str:
    """The room that a file of ours belongs to; "" for anything else."""
    path = Path(file)
    if not path.is_relative_to(ROOT) or path.relative_to(ROOT).parts[0] not in ("api", "core"):
        return ""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return "api" if parts[0] == "api" else parts[1]


@contextmanager
def rooms_entered() -> Iterator[dict[str, str]]:
    """Collects which rooms' functions are called meanwhile, in any thread, with the first place entered of each."""
    entered: dict[str, str] = {}

    def called(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            room = room_of(frame.f_code.co_filename)
            if room and room not in entered:
                entered[room] = f"{Path(frame.f_code.co_filename).name}:{frame.f_code.co_qualname}"

    threading.setprofile_all_threads(called)
    sys.setprofile(called)
    try:
        yield entered
    finally:
        sys.setprofile(None)
        threading.setprofile_all_threads(None)


DAYS = announcement_days(date(2026, 1, 5), date(2026, 1, 16))
KEYWORDS = "/rss?categories=cs.LG&keywords=kv%20cache,LLM%5E2"
OTHERS = "/rss?categories=cs.LG&keywords=number,cache%5E2"


async def test_a_request_walks_through_few_rooms(tmp_path):
    """
    A newcomer who follows one feed's request meets at most 14 rooms, of a server just started; 14 for another query
    and 10 for one already answered.
    """
    store = open_store("", data_dir=tmp_path, on_vercel=False)
    today, before = (
        [make_paper(number, f"A kv cache for LLM number {number}", day=day) for number in range(first, first + 20)]
        for day, first in ((TODAY, 1), (YESTERDAY, 101))
    )
    await publish(store, [Batch(TODAY, tuple(today)), Batch(YESTERDAY, tuple(before))])
    web = open_web(store, settings=Settings(categories=("cs.LG",)))
    for address, most in ((KEYWORDS, 14), (OTHERS, 14), (OTHERS, 10)):
        with rooms_entered() as entered:
            answer = await web.get(address)
        assert answer.status_code == 200
        assert "search" in entered or most < 14
        assert len(entered) <= most, entered
    await store.close()


async def test_a_refresh_walks_through_few_rooms(tmp_path):
    """
    A refresh of one category into an empty store, without summaries, enters at most 12 rooms.
    """
    here = deployment(tmp_path, start="2026-01-14T07:10:00", days=DAYS, categories=("cs.CL",), days_back=3)
    with rooms_entered() as entered:
        report = await here.refresh()
    assert report.ok
    assert {"refresh", "arxiv", "store", "index"} <= entered.keys()
    assert len(entered) <= 12, entered
