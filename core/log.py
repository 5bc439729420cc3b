"""Events, not sentences: one JSON line with a stable name for each unit of work."""

import json
import logging
from datetime import date, datetime
from enum import Enum

_LOGGER = logging.getLogger("paperfeed")
logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it writes down whole addresses, passwords included


def event(name: str, **fields: object) -> None:
    """Log ``{"event": name, …}`` as one line. Callers pass no secret; an ``error`` field makes it a warning."""
    level = logging.WARNING if "error" in fields else logging.INFO
    if _LOGGER.isEnabledFor(level):
        _LOGGER.log(level, json.dumps({"event": name, **fields}, ensure_ascii=False, default=_plain))


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value.value if isinstance(value, Enum) else value)


def log_to_stderr(level: int = logging.INFO, formatter: logging.Formatter | None = None) -> None:
    """Send the events to standard error, a line each, as a deployment's log wants them; the first call decides."""
    if _LOGGER.handlers:
        return
    handler = logging.StreamHandler()
    handler.setFormatter(formatter or logging.Formatter("%(message)s"))
    _LOGGER.addHandler(handler)
    _LOGGER.setLevel(level)
    _LOGGER.propagate = False
