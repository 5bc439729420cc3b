"""Events, not sentences: one JSON line with a stable name for each unit of work; and addresses fit to be shown."""

import json
import logging
from datetime import date, datetime
from enum import Enum

_EVENT_LOGGER = logging.getLogger("paperfeed")
logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes down whole addresses, passwords included


def event(event_name: str, **event_fields: object) -> None:
    """Log ``{"event": name, …}`` as one line. Callers pass no secret; an ``error`` field makes it a warning."""
    log_level = logging.WARNING if "error" in event_fields else logging.INFO
    if _EVENT_LOGGER.isEnabledFor(log_level):
        event_line = json.dumps({"event": event_name, **event_fields}, ensure_ascii=False, default=_plain_field)
        _EVENT_LOGGER.log(log_level, event_line)


def _plain_field(logged_value: object) -> str:
    if isinstance(logged_value, date | datetime):
        return logged_value.isoformat()
    return str(logged_value.value if isinstance(logged_value, Enum) else logged_value)


def hide_credentials(shown_url: str) -> str:
    """An address as it may be logged or shown: without what stands before an @."""
    url_scheme, url_separator, after_scheme = shown_url.rpartition("://")
    return f"{url_scheme}{url_separator}{after_scheme.rpartition('@')[2]}"


def log_to_stderr(log_level: int = logging.INFO, event_formatter: logging.Formatter | None = None) -> None:
    """Send the events to standard error, a line each, as a deployment's log wants them; the first call decides."""
    if _EVENT_LOGGER.handlers:
        return
    stderr_handler = logging.StreamHandler()
    stderr_handler.setFormatter(event_formatter or logging.Formatter("%(message)s"))
    _EVENT_LOGGER.addHandler(stderr_handler)
    _EVENT_LOGGER.setLevel(log_level)
    _EVENT_LOGGER.propagate = False
