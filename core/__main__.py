"""``python -m core``."""

from core.cli.commands import cli

cli(prog_name="python -m core")
