"""What operators are told of summaries: what was paid for, what waits and why, in one sentence that repeats nothing."""

import pytest

from core.config.read import ROOT, load_config
from core.errors import ConfigError
from core.store.refresh_reports import FailedSummary, SummaryReport

FAILED = (FailedSummary("2601.00001", "en", "the answer was cut off", False),)


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            SummaryReport("m", problem="no summaries without a key: set OPENAI_API_KEY"),
            "no summaries without a key: set OPENAI_API_KEY",
        ),
        (
            SummaryReport(
                "m", made=2, calls=3, problem="401 no such key", prompt_tokens=20_000, completion_tokens=1_400
            ),
            "2 summarized, then: 401 no such key; paid for: 21,400 tokens in 3 calls",
        ),
        (
            SummaryReport(
                "m", ready=1, made=2, failed=FAILED, left=3, paused="the time of this run is up", calls=3, cost=0.5
            ),
            (
                "2 summarized, 1 ready before, 1 failed (the answer was cut off), 3 left for the next refresh "
                "(the time of this run is up); paid for: 0 tokens in 3 calls, about 0.5"
            ),
        ),
        (SummaryReport("m", ready=14, given_up=1), "0 summarized, 14 ready before, 1 given up after several tries"),
    ],
)
def test_a_run_is_told_in_one_sentence(report, said):
    """
    What was made and paid for, what failed and why, what waits and until when.
    """
    assert report.outcome == said


def test_a_missing_prompt_file_stops_the_start(tmp_path):
    """
    It is said when the configuration is read, with the key and the file, not in each refresh.
    """
    file = tmp_path / "config.json"
    file.write_text('{"ai_summary": {"prompt_file": "none.md"}}')
    with pytest.raises(ConfigError, match=r"ai_summary\.prompt_file: .*none\.md"):
        load_config(file, {})
    (tmp_path / "none.md").write_text("Explain it in {language}.")
    assert load_config(file, {}).settings.ai_summary.prompt_file == "none.md"
    assert ROOT.joinpath("config.json").is_file()
