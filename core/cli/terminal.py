"""A terminal that somebody watches: one line of progress, and above it sentences that stay."""

import json
import logging
import shutil
import sys
from typing import Final

CLEAR_TERMINAL_LINE: Final = "\r\x1b[2K"
"""Back to the first column, and the line is empty."""


def progress_line(progress_text: str) -> None:
    """Show a text in place of the one before; one that ends a line stays, whole."""
    terminal_line_stays = progress_text.endswith("\n")
    terminal_width = shutil.get_terminal_size().columns
    terminal_line = progress_text if terminal_line_stays else shortened_line(progress_text, terminal_width - 1)
    sys.stderr.write(f"{CLEAR_TERMINAL_LINE}{terminal_line}")
    sys.stderr.flush()


def shortened_line(terminal_line: str, terminal_width: int) -> str:
    """Cut a text to so many letters, at the end of a word."""
    if len(terminal_line) <= terminal_width:
        return terminal_line
    cut_terminal_line = terminal_line[: max(0, terminal_width - 2)]
    return f"{cut_terminal_line.rsplit(' ', 1)[0]} …"[: max(0, terminal_width)]


class TerminalEvents(logging.Formatter):
    """Events in words, on lines of their own: ``refresh failed: the store did not answer``."""

    def format(self, record: logging.LogRecord) -> str:
        """Say an event's name and error; what is no event as it is."""
        return f"{CLEAR_TERMINAL_LINE}{_event_for_terminal(record.getMessage())}"


def _event_for_terminal(terminal_event_line: str) -> str:
    try:
        terminal_event = json.loads(terminal_event_line)
        return f"{terminal_event['event'].replace('.', ' ').replace('_', ' ')}: {terminal_event['error']}"
    except (ValueError, KeyError, TypeError):
        return terminal_event_line
