"""``python -m core``, which ``./paperfeed`` starts."""

import os
import sys


def main() -> None:
    """
    Run the command line; an interruption at any moment, while it loads too, is exit code 130 and no traceback.

    What the system says of a file and no command told with its path is a sentence and exit code 1: a full disk, mostly,
    below standard output.
    """
    try:
        # Importing them gives the command line its commands.
        from core.cli import commands, doctor, import_feeds, notify, profiles, reading  # noqa: F401, PLC0415
        from core.cli.app import cli  # noqa: PLC0415

        cli(prog_name="paperfeed")
    except OSError as file_error:
        file_name = file_error.filename or "standard output"
        sys.stderr.write(f"error: could not read or write {file_name}: {file_error.strerror or file_error}\n")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # what is left of it has no place to go
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


main()
