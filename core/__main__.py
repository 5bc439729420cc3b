"""``python -m core``, which ``./paperfeed`` starts."""

import sys


def main() -> None:
    """Run the command line; an interruption at any moment, while it loads too, is exit code 130 and no traceback."""
    try:
        # Importing them gives the command line its commands.
        from core.cli import commands, doctor, import_feeds, notify, profiles, reading  # noqa: F401, PLC0415
        from core.cli.app import cli  # noqa: PLC0415

        cli(prog_name="paperfeed")
    except KeyboardInterrupt:
        sys.exit(130)


main()
