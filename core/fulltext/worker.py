"""
The process that reads one document: ``python -m core.fulltext.worker``, started by ``core.fulltext.isolated``.

Enters: the document on standard input. Leaves: a ``ReadingOutcome`` as JSON on standard output. It gives itself limits
before it reads a byte, and has neither the environment nor the secrets of the process that started it.
"""

import contextlib
import sys
from datetime import timedelta
from typing import Final

import msgspec
from msgspec import Struct

from core.errors import ParseError
from core.fulltext.document import FullText, parse_document

READING_CPU_TIME: Final = timedelta(seconds=15)
"""A paper takes 30 ms, a thesis of 80 pages a second."""

MOST_READING_MEMORY_BYTES: Final = 768 * 2**20
"""Address space; a paper of 25 MB takes 150 MB."""

MOST_READING_OUTCOME_BYTES: Final = 16 * 2**20
"""The most that it may write."""


class ReadingOutcome(Struct, frozen=True):
    """What was read, or why nothing was."""

    text: FullText | None = None
    error: str = ""


def limit_resources() -> None:
    """Lower this process's own limits, where the system has them; they cannot be raised again."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    reading_cpu_seconds = int(READING_CPU_TIME.total_seconds())
    reading_limits = (
        (resource.RLIMIT_CPU, reading_cpu_seconds),
        (resource.RLIMIT_AS, MOST_READING_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, MOST_READING_OUTCOME_BYTES),
        (resource.RLIMIT_CORE, 0),
    )
    for limited_resource, reading_limit in reading_limits:
        with contextlib.suppress(ValueError, OSError):  # lower already, or not to be had (macOS and memory)
            resource.setrlimit(limited_resource, (reading_limit, reading_limit))


def read_document(pdf_or_html: bytes) -> ReadingOutcome:
    try:
        return ReadingOutcome(parse_document(pdf_or_html))
    except ParseError as reading_error:
        return ReadingOutcome(error=str(reading_error))
    except (MemoryError, RecursionError) as reading_error:
        return ReadingOutcome(error=f"could not read the document: {type(reading_error).__name__}")


def main() -> None:
    limit_resources()
    reading_outcome = read_document(sys.stdin.buffer.read())
    sys.stdout.buffer.write(msgspec.json.encode(reading_outcome))


if __name__ == "__main__":
    main()
