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
from core.fulltext.worker import MOST_READING_OUTCOME_BYTES, ReadingOutcome

READING_WALL_TIME: Final = timedelta(seconds=30)
"""After this the process is killed: twice its CPU time, for a machine that has other things to do."""

_READING_FOLDER: Final = Path(__file__).resolve().parent.parent.parent
_READING_WORKER_COMMAND: Final = (sys.executable, "-m", "core.fulltext.worker")


async def parse_isolated(pdf_or_html: bytes) -> FullText:
    """Read HTML or PDF. Raises ParseError when there is no paper in it, and when reading it goes beyond the limits."""
    return await asyncio.to_thread(_parse_in_reading_process, pdf_or_html)


def _parse_in_reading_process(pdf_or_html: bytes) -> FullText:
    with tempfile.TemporaryFile() as reading_answer:  # a pipe would have no bound
        _run_reading_process(pdf_or_html, reading_answer)
        reading_answer.seek(0)
        reading_outcome = _decode_reading_outcome(reading_answer)
    if reading_outcome.text is None:
        raise ParseError(reading_outcome.error)
    return reading_outcome.text


def _run_reading_process(pdf_or_html: bytes, reading_answer: BinaryIO) -> None:
    # its path is all that the process gets of our environment: no secret is where a document is read
    reading_environment = {"PYTHONPATH": os.pathsep.join((str(_READING_FOLDER), *filter(None, sys.path)))}
    try:
        subprocess.run(  # noqa: S603 - our own module, by the interpreter that runs us
            _READING_WORKER_COMMAND,
            input=pdf_or_html,
            stdout=reading_answer,
            stderr=subprocess.DEVNULL,
            env=reading_environment,
            timeout=READING_WALL_TIME.total_seconds(),
            check=True,
        )
    except subprocess.TimeoutExpired as reading_error:
        raise ParseError(f"could not read the document within {READING_WALL_TIME.seconds} s") from reading_error
    except subprocess.CalledProcessError as reading_error:
        beyond_limits = f"could not read the document within its limits (exit {reading_error.returncode})"
        raise ParseError(beyond_limits) from reading_error
    except OSError as reading_error:
        raise ParseError(f"could not start a process to read the document: {reading_error.strerror}") from reading_error


def _decode_reading_outcome(reading_answer: BinaryIO) -> ReadingOutcome:
    try:
        return msgspec.json.decode(reading_answer.read(MOST_READING_OUTCOME_BYTES), type=ReadingOutcome)
    except UNREADABLE as outcome_error:
        raise ParseError("could not read the document: the process that did so left no answer") from outcome_error
