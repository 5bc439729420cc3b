"""``serve``, ``refresh``, ``summarize``, ``status``, ``schema``."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Final

import msgspec
import typer
from msgspec.structs import replace
from rich.progress import Progress

from core.cli.app import JsonOption, cli, configured_store, open_configured
from core.cli.console import CONSOLE_PROGRESS_COLUMNS, console, print_bytes, run_command, say
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
        config, store = open_configured()
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
    from core.cli.keeper import refresh_locally  # noqa: PLC0415

    async def command() -> RefreshReport:
        async with configured_store() as (config, store):
            if categories.strip():
                await follow_categories(store, categories, now=SystemClock().now())
            columns, hidden = CONSOLE_PROGRESS_COLUMNS, not console.is_terminal
            with Progress(*columns, console=console, transient=True, disable=hidden) as progress_bar:
                progress_bar.add_task("asking arXiv, politely", total=None)
                return await refresh_locally(without_summaries(config) if no_summaries else config, store, say)

    refresh_report = run_command(command())
    if as_json:
        print_bytes(msgspec.json.encode(refresh_report) + b"\n")
    say(f"{refresh_report.outcome}. Next: {refresh_report.next_step}.")
    raise typer.Exit(0 if refresh_report.ok else 1)


async def follow_categories(store: Store, categories: str, *, now: datetime) -> None:
    """Note that these are to be fetched, as a reader's feed does. Raises BadQuery, StoreError."""
    try:
        categories_option = parse_categories(categories)
    except ParseError as error:
        raise BadQuery("--categories", str(error)) from error
    for category in (category for category in categories_option.terms if is_category(category)):
        await store.follow(category, now=now, ttl=FOLLOWED_FOR, most_followed=MOST_FOLLOWED)


def without_summaries(config: Config) -> Config:
    settings = config.settings
    return replace(config, settings=replace(settings, ai_summary=replace(settings.ai_summary, enabled=False)))


@cli.command()
def summarize(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be summarized and what it costs.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Summarize the best papers held, within the budget; every refresh does this too."""
    if dry_run:
        print_summary_plan(run_command(_plan_for_command()))
        return
    summary_report = run_command(_summarize_for_command())
    if as_json:
        print_bytes(msgspec.json.encode(summary_report) + b"\n")
    say(summary_report.outcome)
    raise typer.Exit(1 if summary_report.problem else 0)


async def _plan_for_command() -> SummaryPlan:
    from core.summaries.summarizer import Summarizer  # noqa: PLC0415

    async with configured_store() as (config, store):
        manifest = await store.load_manifest()
        if manifest is None or not manifest.batches:
            raise NoPapersYet("no papers yet: refresh first")
        return await Summarizer(store, config, SystemClock()).plan_summaries(manifest)


async def _summarize_for_command() -> SummaryReport:
    from core.summaries.summarizer import summarize_within  # noqa: PLC0415

    async with configured_store() as (config, store):
        return await summarize_within(config, store, SUMMARIZE_COMMAND_TIME, clock=SystemClock(), on_progress=say)


def print_summary_plan(plan: SummaryPlan) -> None:
    """Print what a run would do, a paper a line."""
    for planned in plan.due_summaries:
        typer.echo(f"{planned.paper.arxiv_id}v{planned.paper.version} {planned.language}: {plain(planned.paper.title)}")
    cost = f", about {plan.summary_cost:g} at the configured price" if plan.summary_cost is not None else ""
    typer.echo(
        f"{len(plan.due_summaries)} to summarize with {plan.llm_model} ({plan.ready} ready, {plan.later} to be tried "
        f"later, {plan.given_up} given up): about {plan.prompt_tokens:,} tokens in and {plan.completion_tokens:,} "
        f"out{cost}. Today's budget has {plan.budget_tokens_left:,} tokens left, enough for {plan.affordable}."
    )
    if plan.summaries_off:
        typer.echo(f"Nothing will be summarized: {plan.summaries_off}.")


@cli.command()
def status(*, as_json: JsonOption = False) -> None:
    """Say what is held of each category, and whether that is the last announcement; exit code 1 when it is not."""

    async def command() -> Health:
        async with configured_store() as (config, store):
            return await check_health(config, store, now=SystemClock().now())

    health = run_command(command())
    if as_json:
        print_bytes(msgspec.json.encode(health) + b"\n")
    else:
        typer.echo(f"{health.status}: {health.message}")
        for status_line in filter(None, _status_lines(health)):
            typer.echo(f"  {status_line}")
    raise typer.Exit(0 if health.ok else 1)


def _status_lines(health: Health) -> Iterator[str]:
    for listed in health.categories:
        status_until = f"up to {listed.last_announcement}" if listed.last_announcement else "nothing yet"
        status_reason = f" ({listed.reason})" if listed.reason else ""
        yield f"{listed.category}: {status_until}, {HEALTH_STATES[listed.state]}{status_reason}"
    yield health.refreshing
    yield f"summaries: {health.summaries}" if health.summaries else ""
    yield from health.warnings


@cli.command()
def schema() -> None:
    """Print the JSON schema of config.json; editors read it from config.schema.json."""
    from core.config.schema import config_schema  # noqa: PLC0415

    print_bytes(config_schema(Settings))
