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

MOST_MEMORY_BYTES: Final = 768 * 2**20
"""Address space; a paper of 25 MB takes 150 MB."""

MOST_ANSWER_BYTES: Final = 16 * 2**20
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
    cpu_seconds = int(READING_CPU_TIME.total_seconds())
    resource_limits = (
        (resource.RLIMIT_CPU, cpu_seconds),
        (resource.RLIMIT_AS, MOST_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, MOST_ANSWER_BYTES),
        (resource.RLIMIT_CORE, 0),
    )
    for resource_kind, resource_limit in resource_limits:
        with contextlib.suppress(ValueError, OSError):  # lower already, or not to be had (macOS and memory)
            resource.setrlimit(resource_kind, (resource_limit, resource_limit))


def read_document(document: bytes) -> ReadingOutcome:
    try:
        return ReadingOutcome(parse_document(document))
    except ParseError as error:
        return ReadingOutcome(error=str(error))
    except (MemoryError, RecursionError) as error:
        return ReadingOutcome(error=f"could not read the document: {type(error).__name__}")


def main() -> None:
    limit_resources()
    sys.stdout.buffer.write(msgspec.json.encode(read_document(sys.stdin.buffer.read())))


if __name__ == "__main__":
    main()
