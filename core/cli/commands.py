"""``serve``, ``refresh``, ``summarize``, ``status``, ``schema``."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
import typer
from msgspec.structs import replace
from rich.progress import Progress

from core.cli.app import JsonOption, cli, open_for_command, opened_for_command
from core.cli.console import PROGRESS_COLUMNS, console, print_bytes, run_command, say
from core.clock import SystemClock
from core.config.followed import FOLLOWED_FOR, MOST_FOLLOWED
from core.config.read import Config
from core.config.settings import Settings
from core.errors import BadQuery, NoPapersYet, ParseError
from core.feeds.health import HEALTH_STATES, Health, check_health
from core.refresh.report import RefreshReport
from core.store.base import Store
from core.store.refresh_reports import SummaryReport
from core.summaries.plan import SummaryPlan
from core.taxonomy import is_category, parse_categories
from core.text.plain import plain

SUMMARIZE_COMMAND_TIME: Final = timedelta(hours=2)


@cli.command()
def serve(
    port: Annotated[int, typer.Option(envvar="PORT", help="The port to listen on.", min=0, max=65535)] = 8000,
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Start the service with papers in it: refresh first when what is held is not arXiv's last announcement."""
    from core.cli.serve import serve_locally  # noqa: PLC0415 - the other commands do without a server

    async def command() -> None:
        config, store = open_for_command()
        await serve_locally(config, store, host=host, port=port, say=say)

    run_command(command())


@cli.command()
def refresh(
    *,
    categories: Annotated[
        str, typer.Option(metavar="CATEGORIES", help="Fetch these as well, for a month: cs.RO,math.CO.")
    ] = "",
    no_summaries: Annotated[bool, typer.Option("--no-summaries", help="Pay for no summary this time.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Fetch what arXiv announced since the last time; safe to interrupt and to run again."""
    from core.cli.server_loop import refresh_locally  # noqa: PLC0415

    async def command() -> RefreshReport:
        async with opened_for_command() as (config, store):
            if categories.strip():
                await follow_categories_option(store, categories, now=SystemClock().now())
            no_terminal = not console.is_terminal
            with Progress(*PROGRESS_COLUMNS, console=console, transient=True, disable=no_terminal) as progress_bar:
                progress_bar.add_task("asking arXiv, politely", total=None)
                return await refresh_locally(with_no_summaries_option(config) if no_summaries else config, store, say)

    refresh_report = run_command(command())
    if as_json:
        print_bytes(msgspec.json.encode(refresh_report) + b"\n")
    say(f"{refresh_report.outcome}. Next: {refresh_report.next_step}.")
    raise typer.Exit(0 if refresh_report.ok else 1)


async def follow_categories_option(command_store: Store, categories_option: str, *, now: datetime) -> None:
    """Note that these are to be fetched, as a reader's feed does. Raises BadQuery, StoreError."""
    try:
        option_terms = parse_categories(categories_option).terms
    except ParseError as option_error:
        raise BadQuery("--categories", str(option_error)) from option_error
    for option_category in filter(is_category, option_terms):
        await command_store.follow(option_category, now=now, ttl=FOLLOWED_FOR, most_followed=MOST_FOLLOWED)


def with_no_summaries_option(command_config: Config) -> Config:
    no_summaries = replace(command_config.settings.ai_summary, enabled=False)
    return replace(command_config, settings=replace(command_config.settings, ai_summary=no_summaries))


@cli.command()
def summarize(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be summarized and what it costs.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Summarize the best papers held, within the budget; every refresh does this too."""
    if dry_run:
        print_dry_run(run_command(_plan_for_command()))
        return
    summary_report = run_command(_summarize_for_command())
    if as_json:
        print_bytes(msgspec.json.encode(summary_report) + b"\n")
    say(summary_report.outcome)
    raise typer.Exit(1 if summary_report.problem else 0)


async def _plan_for_command() -> SummaryPlan:
    from core.summaries.summarizer import Summarizer  # noqa: PLC0415

    async with opened_for_command() as (command_config, command_store):
        command_manifest = await command_store.load_manifest()
        if command_manifest is None or not command_manifest.batches:
            raise NoPapersYet("no papers yet: refresh first")
        return await Summarizer(command_store, command_config, SystemClock()).plan_summaries(command_manifest)


async def _summarize_for_command() -> SummaryReport:
    from core.summaries.standalone import summarize_within  # noqa: PLC0415

    async with opened_for_command() as (config, store):
        return await summarize_within(
            config, store, SUMMARIZE_COMMAND_TIME, clock=SystemClock(), on_summary_progress=say
        )


def print_dry_run(dry_run: SummaryPlan) -> None:
    """Print what a run would do, a paper a line."""
    for due in dry_run.due_summaries:
        typer.echo(f"{due.paper.arxiv_id}v{due.paper.version} {due.language}: {plain(due.paper.title)}")
    no_dry_run_cost = dry_run.summary_cost is None
    dry_run_cost = "" if no_dry_run_cost else f", about {dry_run.summary_cost:g} at the configured price"
    typer.echo(
        f"{len(dry_run.due_summaries)} to summarize with {dry_run.llm_model} ({dry_run.ready} ready, {dry_run.later} "
        f"to be tried later, {dry_run.given_up} given up): about {dry_run.prompt_tokens:,} tokens in and "
        f"{dry_run.completion_tokens:,} out{dry_run_cost}. Today's budget has {dry_run.budget_tokens_left:,} tokens "
        f"left, enough for {dry_run.affordable}."
    )
    if dry_run.summaries_off:
        typer.echo(f"Nothing will be summarized: {dry_run.summaries_off}.")


@cli.command()
def status(*, as_json: JsonOption = False) -> None:
    """Say what is held of each category, and whether that is the last announcement; exit code 1 when it is not."""

    async def command() -> Health:
        async with opened_for_command() as (config, store):
            return await check_health(config, store, now=SystemClock().now())

    status_health = run_command(command())
    if as_json:
        print_bytes(msgspec.json.encode(status_health) + b"\n")
    else:
        typer.echo(f"{status_health.status}: {status_health.message}")
        for status_line in filter(None, _status_lines(status_health)):
            typer.echo(f"  {status_line}")
    raise typer.Exit(0 if status_health.ok else 1)


def _status_lines(status_health: Health) -> Iterator[str]:
    for printed_category in status_health.categories:
        printed_until_day = printed_category.last_announcement
        status_until = f"up to {printed_until_day}" if printed_until_day else "nothing yet"
        status_reason = f" ({printed_category.reason})" if printed_category.reason else ""
        yield f"{printed_category.category}: {status_until}, {HEALTH_STATES[printed_category.state]}{status_reason}"
    printed_summaries = f"summaries: {status_health.summaries}" if status_health.summaries else ""
    yield from (status_health.refreshing, printed_summaries, *status_health.warnings)


@cli.command()
def schema() -> None:
    """Print the JSON schema of config.json; editors read it from config.schema.json."""
    from core.config.schema import config_schema  # noqa: PLC0415

    print_bytes(config_schema(Settings))
