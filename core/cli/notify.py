"""``notify``: tell people of the newest day."""

import re
from html import unescape
from typing import Annotated

import typer

from core.cli.app import cli, opened_for_command
from core.cli.console import run_command, say
from core.clock import SystemClock
from core.feeds.library import Library
from core.notify.daily import NoticeResult, newest_day_notice, notify, notify_urls, why_not_notified
from core.notify.message import Notice
from core.notify.send import notify_target_name


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
        run_command(_print_dry_run(report_url))
        return
    command_notices = run_command(_run_notify(report_url))
    say(command_notices.notice_outcome)
    raise typer.Exit(1 if command_notices.failed_targets else 0)


async def _run_notify(report_url: str) -> NoticeResult:
    async with opened_for_command() as (config, store):
        return await notify(config, store, now=SystemClock().now(), report_url=report_url)


async def _print_dry_run(report_url: str) -> None:
    async with opened_for_command() as (config, store):
        dry_run_snapshot = await Library(store).snapshot(SystemClock().now())
        dry_run_message = newest_day_notice(dry_run_snapshot, config, report_url)
        dry_run_hindrance = why_not_notified(dry_run_snapshot.manifest, config)
    dry_run_urls = enumerate(notify_urls(config), 1)
    dry_run_targets = ", ".join(notify_target_name(dry_run_url, number) for number, dry_run_url in dry_run_urls)
    typer.echo(f"To: {dry_run_targets or 'nobody'}")
    if dry_run_hindrance:
        typer.echo(f"Not yet: {dry_run_hindrance}")
    typer.echo(_notice_for_terminal(dry_run_message) if dry_run_message else "Nothing matched: nothing would be sent.")


def _notice_for_terminal(terminal_notice: Notice) -> str:
    """Show the message without its markup."""
    terminal_notice_lines = re.sub(r"<br/>", "\n   ", terminal_notice.notice_html).replace("<li>", " - ")
    return f"Subject: {terminal_notice.notice_title}\n\n{unescape(re.sub(r'<[^>]*>', '', terminal_notice_lines))}"
