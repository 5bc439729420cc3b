"""
Whether the loop that keeps a local server up to date is alive, as this process knows it.

The loop and /health live in one process and in rooms that do not know each other; a deployment without a loop (its
crons call it) has nothing to tell here.
"""

from datetime import datetime, timedelta
from typing import Final

from msgspec import Struct

LONGEST_SILENCE: Final = timedelta(minutes=45)
"""A refresh takes half an hour at most, and between two of them the loop looks around every half minute."""


class RefreshLoop(Struct):
    """When the loop was last seen, and why it ended; without a beat, there is no loop in this process."""

    beat: datetime | None = None
    ended: str = ""
    failure: str = ""  # of the last round; "" when it went well

    def note(self, now: datetime, failure: str = "") -> None:
        """The loop has come round again."""
        self.beat, self.failure, self.ended = now, failure, ""

    def end(self, reason: str) -> None:
        """The loop will not come round again."""
        self.ended = reason

    def complaint(self, now: datetime) -> str:
        """Why nothing is refreshed any more; "" while it is, and where no loop is to do it."""
        if self.beat is None:
            return ""
        if self.ended:
            return f"nothing is refreshed since {self.beat:%Y-%m-%d %H:%M} UTC: {self.ended}; start the server again"
        if now - self.beat > LONGEST_SILENCE:
            return f"nothing is refreshed since {self.beat:%Y-%m-%d %H:%M} UTC: the loop hangs; start the server again"
        return ""


REFRESH_LOOP: Final = RefreshLoop()
"""This process's own."""
