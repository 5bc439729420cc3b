"""Reads one document in a process of its own: whatever a PDF or a page does to its reader, nobody else is hurt."""

import asyncio
import os
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from core.errors import UNREADABLE, ParseError
from core.fulltext.document import FullText
from core.fulltext.worker import MOST_ANSWER_BYTES, ReadingOutcome

READING_WALL_TIME: Final = timedelta(seconds=30)
"""After this the process is killed: twice its CPU time, for a machine that has other things to do."""

_PROJECT_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_WORKER_COMMAND: Final = (sys.executable, "-m", "core.fulltext.worker")


async def parse_isolated(document: bytes) -> FullText:
    """Read HTML or PDF. Raises ParseError when there is no paper in it, and when reading it goes beyond the limits."""
    return await asyncio.to_thread(_parse_in_worker, document)


def _parse_in_worker(document: bytes) -> FullText:
    with tempfile.TemporaryFile() as worker_answer:  # a pipe would have no bound
        _run_worker(document, worker_answer)
        worker_answer.seek(0)
        outcome = _read_outcome(worker_answer)
    if outcome.text is None:
        raise ParseError(outcome.error)
    return outcome.text


def _run_worker(document: bytes, worker_answer: BinaryIO) -> None:
    # its path is all that the process gets of our environment: no secret is where a document is read
    worker_environment = {"PYTHONPATH": os.pathsep.join((str(_PROJECT_ROOT), *filter(None, sys.path)))}
    try:
        subprocess.run(  # noqa: S603 - our own module, by the interpreter that runs us
            _WORKER_COMMAND,
            input=document,
            stdout=worker_answer,
            stderr=subprocess.DEVNULL,
            env=worker_environment,
            timeout=READING_WALL_TIME.total_seconds(),
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ParseError(f"could not read the document within {READING_WALL_TIME.seconds} s") from error
    except subprocess.CalledProcessError as error:
        raise ParseError(f"could not read the document within its limits (exit {error.returncode})") from error
    except OSError as error:
        raise ParseError(f"could not start a process to read the document: {error.strerror}") from error


def _read_outcome(worker_answer: BinaryIO) -> ReadingOutcome:
    try:
        return msgspec.json.decode(worker_answer.read(MOST_ANSWER_BYTES), type=ReadingOutcome)
    except UNREADABLE as error:
        raise ParseError("could not read the document: the process that did so left no answer") from error
