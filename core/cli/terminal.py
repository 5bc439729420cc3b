"""A terminal that somebody watches: one line of progress, and above it sentences that stay."""

import json
import logging
import shutil
import sys
from typing import Final

CLEAR_LINE: Final = "\r\x1b[2K"
"""Back to the first column, and the line is empty."""


def progress_line(text: str) -> None:
    """Show a text in place of the one before; one that ends a line stays, whole."""
    line_stays = text.endswith("\n")
    shown_line = text if line_stays else shortened_line(text, shutil.get_terminal_size().columns - 1)
    sys.stderr.write(f"{CLEAR_LINE}{shown_line}")
    sys.stderr.flush()


def shortened_line(text: str, width: int) -> str:
    """Cut a text to so many letters, at the end of a word."""
    if len(text) <= width:
        return text
    cut_line = text[: max(0, width - 2)]
    return f"{cut_line.rsplit(' ', 1)[0]} …"[: max(0, width)]


class PlainEvents(logging.Formatter):
    """Events in words, on lines of their own: ``refresh failed: the store did not answer``."""

    def format(self, record: logging.LogRecord) -> str:
        """Say an event's name and error; what is no event as it is."""
        event_line = record.getMessage()
        try:
            logged_event = json.loads(event_line)
            event_line = f"{logged_event['event'].replace('.', ' ').replace('_', ' ')}: {logged_event['error']}"
        except (ValueError, KeyError, TypeError):
            pass
        return f"{CLEAR_LINE}{event_line}"
