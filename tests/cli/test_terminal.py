"""What a person sees while ``make run`` works: one line that moves, sentences that stay, and no JSON."""

import json
import logging
from datetime import date

import pytest

from core.cli.server_loop import ServerRound, console_status
from core.cli.terminal import CLEAR_TERMINAL_LINE, TerminalEvents, progress_line, shortened_line
from tests.support.deployment import deployment
from tests.support.synthetic_arxiv import Fault
from tests.support.synthetic_world import announcement_days

DAYS = announcement_days(date(2026, 1, 1), date(2026, 1, 20))


@pytest.mark.parametrize("width", [0, 1, 10, 24, 40, 80])
def test_a_line_of_progress_ends_with_a_word(width: int):
    """It fits the terminal, and what is cut is cut between two words."""
    text = "cs.LG 2026-01-13, catchup: a new list of 412 papers"
    cut = shortened_line(text, width)
    assert len(cut) <= max(width, 0)
    if 10 < width < len(text):
        assert cut.endswith(" …")
        assert text.startswith(cut.removesuffix(" …") + " ")


def test_what_stays_is_whole(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch):
    """A text that ends a line takes the place of the progress, and is not cut."""
    monkeypatch.setenv("COLUMNS", "30")
    progress_line("one " * 20)
    progress_line("two " * 20 + "\n")
    moving, staying = capsys.readouterr().err.split(CLEAR_TERMINAL_LINE)[1:]
    assert len(moving) < 30
    assert staying == "two " * 20 + "\n"


def test_an_event_is_words_on_a_line_of_its_own():
    """What fails meanwhile is neither JSON nor glued to the progress."""
    text = json.dumps({"event": "refresh.failed", "error": "the store did not answer", "tries": 3})
    record = logging.LogRecord("paperfeed", logging.WARNING, "", 0, text, (), None)
    assert TerminalEvents().format(record) == f"{CLEAR_TERMINAL_LINE}refresh failed: the store did not answer"
    record.msg = "100% of it"
    assert TerminalEvents().format(record) == f"{CLEAR_TERMINAL_LINE}100% of it"


async def test_at_the_end_it_says_what_is_held(tmp_path):
    """After a refresh: how many papers of which days, and what comes next; while days are missing, that they are."""
    here = deployment(tmp_path, start="2026-01-14T14:00:00", days=DAYS)
    first = await here.refresh(newest_only=True)
    said = console_status(await here.manifest(), first)
    assert said.startswith("So far: ")
    assert "papers of 1 days are held, 2026-01-14. Next: " in said
    await here.refresh()
    last = await here.refresh()
    held = sum(map(len, (await here.batches()).values()))
    said = console_status(await here.manifest(), last)
    assert said.startswith(f"Whole: {held} papers of 5 days are held, 2026-01-08 to 2026-01-14. Next: the next")


async def test_a_machine_that_is_offline_gives_up_at_once_and_looks_again_in_a_minute(tmp_path):
    """No host can be connected to: two requests, four seconds, and the next try a minute later; then all is there."""
    for number, moment in enumerate(("2026-01-14T14:00:00", "2026-01-17T14:00:00")):
        here = deployment(tmp_path / str(number), start=moment, days=DAYS)
        here.arxiv.faults = [Fault("offline", times=100)]
        began = here.clock.now()
        found = await here.refresh(newest_only=True)
        assert (found.ok, found.reached) == (False, False)
        assert (here.clock.now() - began).total_seconds() < 5
        assert len(here.arxiv.asked) <= 2
        again = ServerRound.after(found, here.clock.now())
        assert (again.round_due_at - here.clock.now()).total_seconds() <= 60
        assert again.is_due(await here.store.load_manifest(), (), here.config, now=again.round_due_at)
        here.arxiv.faults = []
        assert (await here.refresh(newest_only=True)).reached


async def test_when_only_the_feeds_cannot_be_reached_the_pages_are_read(tmp_path):
    """One host down is not offline: its documents are asked for once, and the other host's bring the day."""
    here = deployment(tmp_path, start="2026-01-14T14:00:00", days=DAYS, categories=("cs.AI", "cs.CL", "cs.DC"))
    here.arxiv.faults = [Fault("offline", "/rss/")]
    found = await here.refresh(newest_only=True)
    assert (found.ok, found.reached) == (True, True)
    assert [each.path.split("/")[1] for each in here.arxiv.asked] == ["rss", "list", "list", "list"]
