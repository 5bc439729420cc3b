"""``notify``: tell people of the newest day."""

import re
from html import unescape
from typing import Annotated

import typer

from core.cli.app import cli, opened_store
from core.cli.console import run, say
from core.clock import SystemClock
from core.feeds.library import Library
from core.notify.daily import Told, notify, notify_urls, todays_message, why_not_yet
from core.notify.message import Message
from core.notify.send import target_name


@cli.command("notify")
def notify_command(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the message and whom it would go to.")] = False,
    report_url: Annotated[
        str, typer.Option(metavar="URL", help="Where the whole report is; else at BASE_URL, if that is set.")
    ] = "",
) -> None:
    """Send the newest day's best to the addresses of notify and NOTIFY_URLS, once; every refresh does this too."""
    if dry_run:
        run(_show(report_url))
        return
    told = run(_notify(report_url))
    say(told.outcome)
    raise typer.Exit(1 if told.failed else 0)


async def _notify(report_url: str) -> Told:
    async with opened_store() as (config, store):
        return await notify(config, store, now=SystemClock().now(), report_url=report_url)


async def _show(report_url: str) -> None:
    async with opened_store() as (config, store):
        snapshot = await Library(store).snapshot(SystemClock().now())
        message = todays_message(snapshot, config, report_url)
        waiting = why_not_yet(snapshot.manifest, config)
        urls = notify_urls(config)
    names = ", ".join(target_name(url, number) for number, url in enumerate(urls, 1)) or "nobody"
    typer.echo(f"To: {names}")
    if waiting:
        typer.echo(f"Not yet: {waiting}")
    typer.echo(_as_text(message) if message else "Nothing matched: nothing would be sent.")


def _as_text(message: Message) -> str:
    """Show the message without its markup."""
    lines = re.sub(r"<br/>", "\n   ", message.html).replace("<li>", " - ")
    return f"Subject: {message.title}\n\n{unescape(re.sub(r'<[^>]*>', '', lines))}"
