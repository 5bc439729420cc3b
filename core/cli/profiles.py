"""``profiles export``, ``profiles import``: saved feeds, taken along from one store to another."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import cli, opened_for_command
from core.cli.console import print_bytes, run_command, say, say_error, told_file_errors
from core.clock import SystemClock
from core.errors import ParseError
from core.profiles.backup import ProfileBackup, RestoredProfiles, exported_profiles, read_backup, restore_profiles

profiles_commands = typer.Typer(help="Saved feeds and their votes: back them up, put them back.", no_args_is_help=True)
cli.add_typer(profiles_commands, name="profiles")


@profiles_commands.command("export")
def export_profiles() -> None:
    """Print every profile as a line of JSON. Keep it as a secret: it has what people like, and their Zotero keys."""

    async def command() -> list[bytes]:
        async with opened_for_command() as (_, store):
            return [backup_line async for backup_line in exported_profiles(store.profiles, now=SystemClock().now())]

    backup_lines = run_command(command())
    print_bytes(b"".join(backup_lines))
    say(f"{len(backup_lines)} lines")


@profiles_commands.command("import")
def import_profiles(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What profiles export printed; - reads standard input.")],
) -> None:
    """Put back what was exported, under the same secret addresses, over what is there."""
    with told_file_errors("read", file):
        backup_bytes = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    try:
        backup_lines = list(read_backup(backup_bytes))  # all of it is read before anything is written
    except ParseError as backup_error:
        say_error(f"could not read {file}: {backup_error}")
        raise typer.Exit(1) from None
    restored = run_command(_restore_profiles(backup_lines))
    console_line = f"{restored.restored_profiles} profiles, {restored.deleted_profiles} marks of deleted ones"
    say(f"{console_line}; {restored.expired_profiles} had expired: left out")


async def _restore_profiles(backup_lines: list[ProfileBackup]) -> RestoredProfiles:
    async with opened_for_command() as (config, store):
        return await restore_profiles(store.profiles, backup_lines, config.settings, now=SystemClock().now())
