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
from core.fulltext.worker import ANSWER_BYTES, Outcome

WALL_TIME: Final = timedelta(seconds=30)
"""After this the process is killed: twice its CPU time, for a machine that has other things to do."""

_ROOT: Final = Path(__file__).resolve().parent.parent.parent
_COMMAND: Final = (sys.executable, "-m", "core.fulltext.worker")


async def parse_isolated(document: bytes) -> FullText:
    """Read HTML or PDF. Raises ParseError when there is no paper in it, and when reading it goes beyond the limits."""
    return await asyncio.to_thread(_parse, document)


def _parse(document: bytes) -> FullText:
    with tempfile.TemporaryFile() as answer:  # a pipe would have no bound
        _run(document, answer)
        answer.seek(0)
        outcome = _read(answer)
    if outcome.text is None:
        raise ParseError(outcome.error)
    return outcome.text


def _run(document: bytes, answer: BinaryIO) -> None:
    # its path is all that the process gets of our environment: no secret is where a document is read
    environment = {"PYTHONPATH": os.pathsep.join((str(_ROOT), *filter(None, sys.path)))}
    try:
        subprocess.run(  # noqa: S603 - our own module, by the interpreter that runs us
            _COMMAND,
            input=document,
            stdout=answer,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=WALL_TIME.total_seconds(),
            check=True,
        )
    except subprocess.TimeoutExpired as error:
        raise ParseError(f"could not read the document within {WALL_TIME.seconds} s") from error
    except subprocess.CalledProcessError as error:
        raise ParseError(f"could not read the document within its limits (exit {error.returncode})") from error
    except OSError as error:
        raise ParseError(f"could not start a process to read the document: {error.strerror}") from error


def _read(answer: BinaryIO) -> Outcome:
    try:
        return msgspec.json.decode(answer.read(ANSWER_BYTES), type=Outcome)
    except UNREADABLE as error:
        raise ParseError("could not read the document: the process that did so left no answer") from error
