"""
Whether the loop that keeps a local server up to date is alive, as this process knows it.

The loop and /health live in one process and in rooms that do not know each other; a deployment without a loop (its
crons call it) has nothing to tell here.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

HEALTHY_LOOP_SILENCE: Final = timedelta(minutes=45)
"""A refresh takes half an hour at most, and between two of them the loop looks around every half minute."""


class LoopHealth(Struct):
    """When the loop was last seen, what it does, and why it ended; without a beat, there is none in this process."""

    loop_beat: datetime | None = None
    loop_end: str = ""
    loop_failure: str = ""  # of the last round; "" when it went well
    is_refreshing: bool = False  # a refresh is under way in this process: no visit need start another
    is_check_wanted: bool = False  # somebody asked for what is not held: the loop looks at once what is due

    def note_loop_beat(self, loop_beat: datetime, loop_failure: str = "") -> None:
        """The loop has come round again."""
        self.loop_beat, self.loop_failure, self.loop_end = loop_beat, loop_failure, ""

    def note_loop_end(self, loop_end: str) -> None:
        """The loop will not come round again."""
        self.loop_end = loop_end

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """While a refresh of the loop is under way."""
        self.is_refreshing = True
        try:
            yield
        finally:
            self.is_refreshing = False

    def loop_complaint(self, now: datetime) -> str:
        """Why nothing is refreshed any more; "" while it is, and where no loop is to do it."""
        if self.loop_beat is None:
            return ""
        loop_trouble = self.loop_end or ("the loop hangs" if now - self.loop_beat > HEALTHY_LOOP_SILENCE else "")
        unhealthy_since = f"nothing is refreshed since {self.loop_beat:%Y-%m-%d %H:%M} UTC"
        return f"{unhealthy_since}: {loop_trouble}; start the server again" if loop_trouble else ""


LOOP_HEALTH: Final = LoopHealth()
"""This process's own."""
