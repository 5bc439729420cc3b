"""What the commands print, and the exit codes they end with."""

import asyncio
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from core.errors import BadQuery, ConfigError, PaperfeedError, ReadOnlyPath, WrongStorePath

console = Console(stderr=True, highlight=False, emoji=False)
"""For people who watch: progress and errors."""
output_console = Console(highlight=False, emoji=False)
"""For what was asked for."""
PROGRESS_COLUMNS: Final = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
"""How many documents a refresh asks for shows only while it does: the bar moves, and lines come above it."""
CommandResult = TypeVar("CommandResult")


def run_command(command: Coroutine[Any, Any, CommandResult]) -> CommandResult:
    """
    Run it; an error of ours is one sentence and exit code 1, and not a traceback.

    What only a person can set right is exit code 2: a parameter, the configuration, where the store has its file.
    """
    try:
        return asyncio.run(command)
    except (BadQuery, ConfigError, WrongStorePath, ReadOnlyPath) as command_error:
        raise usage_error(str(command_error)) from None
    except PaperfeedError as command_error:
        say_error(str(command_error))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def say(console_line: str) -> None:
    """Print a line as it is: no wrapping, no markup in what arXiv wrote."""
    console.print(console_line, soft_wrap=True, markup=False)


def say_error(error_sentence: str) -> None:
    """Print what is wrong, as it is: it may quote what somebody typed."""
    console.print(Text.assemble(("error:", "red"), " ", error_sentence), soft_wrap=True)


def usage_error(usage_sentence: str) -> typer.Exit:
    """Say what was called wrongly; the exit to raise."""
    say_error(usage_sentence)
    return typer.Exit(2)


@contextmanager
def told_file_errors(file_verb: str, file_path: Path) -> Iterator[None]:
    """Tell what the system says of a file that could not be read or written, with its path: exit code 1."""
    try:
        yield
    except OSError as file_error:
        say_error(f"could not {file_verb} {file_path}: {file_error.strerror or file_error}")
        raise typer.Exit(1) from None


def print_bytes(output_bytes: bytes) -> None:
    """Print to standard output, for pipes and files; a reader that goes away ends the command without a sentence."""
    try:
        sys.stdout.buffer.write(output_bytes)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        sys.stderr.close()  # or the interpreter complains once more while it ends
        raise typer.Exit(1) from None
