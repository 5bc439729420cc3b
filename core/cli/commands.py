"""The command line: ``python -m core serve | refresh | feed | summarize | status``."""

import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import parse_qsl

import typer
from rich.progress import Progress

from core.cli.console import BAR, console, run, say, say_error
from core.config import ROOT, Config, load_config
from core.errors import NoPapersYet
from core.feeds.health import Health, check_health
from core.reports import SummaryReport
from core.store.base import Store
from core.store.open import open_store
from core.summaries.plan import Plan
from core.text.plain import plain

cli = typer.Typer(help="Paperfeed: your own feed of arXiv.", no_args_is_help=True, pretty_exceptions_enable=False)
SUMMARIZE_FOR: Final = timedelta(hours=2)


def opened() -> tuple[Config, Store]:
    """Open the configuration and the store as the service would. Raises ConfigError, StoreError."""
    config = load_config()
    environment = config.environment
    return config, open_store(environment.store_url, data_dir=ROOT / ".data", on_vercel=environment.on_vercel)


@cli.command()
def serve(
    port: Annotated[int, typer.Option(envvar="PORT", help="The port to listen on.", min=0, max=65535)] = 8000,
    host: Annotated[str, typer.Option(envvar="HOST", help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Start the service with papers in it: refresh first when what is held is not arXiv's last announcement."""
    from core.cli.serve import serve_locally  # noqa: PLC0415 - the other commands do without a server

    async def work() -> None:
        config, store = opened()
        await serve_locally(config, store, host=host, port=port, say=say)

    run(work())


@cli.command()
def refresh() -> None:
    """Fetch what arXiv announced since the last time; safe to interrupt and to run again."""
    from core.cli.serve import refresh_locally  # noqa: PLC0415

    async def work() -> bool:
        config, store = opened()
        try:
            with Progress(*BAR, console=console, transient=True, disable=not console.is_terminal) as bar:
                bar.add_task("asking arXiv, politely", total=None)
                report = await refresh_locally(config, store, say)
        finally:
            await store.close()
        say(f"{report.outcome}. Next: {report.next_step}.")
        return report.ok

    raise typer.Exit(0 if run(work()) else 1)


@cli.command()
def feed(
    query: Annotated[str, typer.Argument(help="The parameters, as in an address: 'keywords=kv cache&days=3'.")] = "",
    form: Annotated[str, typer.Option("--format", help="rss, atom or json.")] = "rss",
    base: Annotated[str, typer.Option(help="The address that links in the feed begin with.")] = "http://localhost:8000",
) -> None:
    """Print a feed to standard output, from what is held."""
    from core.feeds.build import FORMATS, Addresses, render_feed  # noqa: PLC0415
    from core.feeds.library import Library  # noqa: PLC0415
    from core.query.parse import parse_query  # noqa: PLC0415

    if form not in FORMATS:
        say_error(f"--format: must be one of {', '.join(FORMATS)}, got {form}")
        raise typer.Exit(2)

    async def work() -> bytes:
        config, store = opened()
        try:
            parsed = parse_query(parse_qsl(query, keep_blank_values=True), config.settings)
            snapshot = await Library(store).snapshot(datetime.now(UTC))
        finally:
            await store.close()
        return render_feed(snapshot, parsed, FORMATS[form], Addresses.of(base.rstrip("/"), form, parsed))

    sys.stdout.buffer.write(run(work()))


@cli.command()
def summarize(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be summarized and what it costs.")] = False,
) -> None:
    """Summarize the best papers held, within the budget; every refresh does this too."""
    from core.clock import SystemClock  # noqa: PLC0415
    from core.summaries.summarizer import Summarizer, summarize_within  # noqa: PLC0415

    async def plan() -> "Plan":
        config, store = opened()
        try:
            manifest = await store.load_manifest()
            if manifest is None or not manifest.batches:
                raise NoPapersYet("no papers yet: refresh first")
            return await Summarizer(store, config, SystemClock()).plan(manifest)
        finally:
            await store.close()

    async def work() -> "SummaryReport":
        config, store = opened()
        try:
            return await summarize_within(config, store, SUMMARIZE_FOR, clock=SystemClock(), say=say)
        finally:
            await store.close()

    if dry_run:
        say_plan(run(plan()))
        return
    report = run(work())
    say(report.outcome)
    raise typer.Exit(1 if report.problem else 0)


def say_plan(plan: "Plan") -> None:
    """Print what a run would do, a paper a line."""
    for each in plan.items:
        typer.echo(f"{each.paper.arxiv_id}v{each.paper.version} {each.language}: {plain(each.paper.title)}")
    cost = f", about {plan.cost:g} at the configured price" if plan.cost is not None else ""
    typer.echo(
        f"{len(plan.items)} to summarize with {plan.model} ({plan.ready} ready, {plan.later} to be tried later, "
        f"{plan.given_up} given up): about {plan.prompt_tokens:,} tokens in and {plan.completion_tokens:,} out{cost}. "
        f"Today's budget has {plan.budget_left:,} tokens left, enough for {plan.affordable}."
    )
    if plan.off:
        typer.echo(f"Nothing will be summarized: {plan.off}.")


@cli.command()
def status() -> None:
    """Say what is held of each category, and whether that is the last announcement; exit code 1 when it is not."""

    async def work() -> Health:
        config, store = opened()
        try:
            return await check_health(config, store, now=datetime.now(UTC))
        finally:
            await store.close()

    found = run(work())
    typer.echo(f"{found.status}: {found.message}")
    for each in found.categories:
        typer.echo(f"  {each.category}: {each.state}, holds {each.last_announcement or 'nothing'}. {each.reason}")
    raise typer.Exit(0 if found.ok else 1)
