"""The command line itself: what all commands share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final
from urllib.parse import parse_qsl

import typer

from core.cli.console import say
from core.config.environment import VERSION
from core.config.read import ROOT, Config, load_config
from core.store.base import Store
from core.store.open import open_store

CLI_DATA_FOLDER: Final = ROOT / ".data"
HELP_FLAGS: Final = {"help_option_names": ["-h", "--help"]}
COMMAND_HELP: Final = """
Paperfeed: your own feed of arXiv.

QUERY is what stands in a feed's address after the question mark, for example 'keywords=kv cache&days=3'. \
Without it config.json says what you follow.

Exit codes: 0 done; 1 it could not be done, or a check failed, and a sentence says why; 2 it was called wrongly, or \
config.json, a variable or the folder .data cannot be used; 130 interrupted.
"""

cli = typer.Typer(help=COMMAND_HELP, no_args_is_help=True, pretty_exceptions_enable=False, context_settings=HELP_FLAGS)

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON to standard output, for machines.")]
QueryArgument = Annotated[str, typer.Argument(metavar="QUERY", help="The parameters of a feed, as in its address.")]
BaseOption = Annotated[
    str, typer.Option("--base", metavar="URL", help="The address that links begin with; else BASE_URL, else localhost.")
]


def _print_version(version_option: bool) -> None:
    if version_option:
        typer.echo(f"Paperfeed {VERSION}")
        raise typer.Exit


@cli.callback()
def paperfeed(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Take the options that stand before a command; typer has the help text."""


paperfeed.__doc__ = None  # or typer would show it in place of HELP


def open_for_command() -> tuple[Config, Store]:
    """Open the configuration and the store as the service would. Raises ConfigError, StoreError."""
    command_config = load_config()
    for command_note in command_config.config_warnings:
        say(f"note: {command_note}")
    environment = command_config.environment
    return command_config, open_store(environment.store_url, data_dir=CLI_DATA_FOLDER, on_vercel=environment.on_vercel)


@asynccontextmanager
async def opened_for_command() -> AsyncIterator[tuple[Config, Store]]:
    """Open both, and close the store again whatever happens."""
    command_config, command_store = open_for_command()
    try:
        yield command_config, command_store
    finally:
        await command_store.close()


def query_parameters(query_argument: str) -> list[tuple[str, str]]:
    """Split what stands after an address's question mark; the mark itself may be there."""
    return parse_qsl(query_argument.removeprefix("?"), keep_blank_values=True)


def base_url_of(base_option: str, config: Config) -> str:
    """The address that links begin with, without a slash at the end."""
    return (base_option or config.environment.base_url or f"http://localhost:{config.environment.port}").rstrip("/")
