"""What a run of summaries did, for people and for machines: frozen structs that msgspec writes as JSON."""

from msgspec import Struct


class FailedSummary(Struct, frozen=True):
    """A summary that did not come. ``final``: it will not be tried again."""

    arxiv_id: str
    language: str
    reason: str
    final: bool


class SummaryReport(Struct, frozen=True):
    """One run. ``ready`` summaries existed before it, ``left`` are for the next one."""

    model: str = ""
    ready: int = 0
    made: int = 0
    failed: tuple[FailedSummary, ...] = ()
    left: int = 0
    given_up: int = 0
    problem: str = ""  # what somebody has to do something about, in one line: a bad key, a missing prompt file
    paused: str = ""  # why the run ended before its work did: time, the day's budget, a pause that was asked for
    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None  # in the configured currency; None when no price is configured
    seconds: float = 0.0

    @property
    def outcome(self) -> str:
        """One sentence for a log or a status page."""
        if self.problem:
            return f"no summaries: {self.problem}" if not self.made else f"{self.made} summaries, then {self.problem}"
        parts = [f"{self.made} summarized", f"{self.ready} ready before"]
        parts += [f"{len(self.failed)} failed"] if self.failed else []
        parts += [f"{self.left} left for the next refresh"] if self.left else []
        return ", ".join(parts) + (f" ({self.paused})" if self.paused else "")
