"""``feed``, ``report``, ``site``: what is held, as files; nothing is fetched."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from core.cli.app import BaseOption, QueryArgument, base_url_of, cli, opened_for_command, query_parameters
from core.cli.console import print_bytes, run_command, say, told_file_errors, usage_error
from core.clock import SystemClock
from core.config.read import ROOT, Config
from core.config.settings import Settings
from core.feeds.build import FeedUrls, build_feed
from core.feeds.describe import describe_unheld
from core.feeds.followed import awaited, unfollowed
from core.feeds.library import Library, Snapshot
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.render.formats import FEED_FORMATS

REPORT_FORMAT_OPTIONS: Final = ("md", "html")
ParsedArgument = TypeVar("ParsedArgument")


async def _read_for_command(parse: Callable[[Settings], ParsedArgument]) -> tuple[Config, ParsedArgument, Snapshot]:
    """Read what was asked for, then what is held: a wrong parameter is told first."""
    async with opened_for_command() as (config, store):
        parsed_argument = parse(config.settings)
        return config, parsed_argument, await Library(store).snapshot(SystemClock().now())


def _say_unfetched(printed_snapshot: Snapshot, query_argument: FeedQuery) -> None:
    """Beside the document, on standard error: nothing of a category that was never fetched is no news of it."""
    manifest = printed_snapshot.manifest
    if unfetched_categories := (*unfollowed(manifest, query_argument), *awaited(manifest, query_argument)):
        say(f"nothing was fetched of {', '.join(unfetched_categories)} yet: ./paperfeed refresh brings it")


@cli.command()
def feed(
    query: QueryArgument = "",
    format_option: Annotated[str, typer.Option("--format", metavar="FORMAT", help="rss, atom or json.")] = "rss",
    base: BaseOption = "",
) -> None:
    """Print a feed to standard output, from what is held."""
    if format_option not in FEED_FORMATS:
        raise usage_error(f"--format: must be one of {', '.join(FEED_FORMATS)}, got {format_option}")

    async def command() -> bytes:
        config, printed_query, printed_snapshot = await _read_for_command(partial(parse_query, query_parameters(query)))
        _say_unfetched(printed_snapshot, printed_query)
        return _feed_bytes(config, printed_snapshot, printed_query, format_option, base_url_of(base, config))

    print_bytes(run_command(command()))


def _feed_bytes(config: Config, snapshot: Snapshot, printed_query: FeedQuery, format_option: str, base: str) -> bytes:
    feed_urls = FeedUrls.of(base, format_option, printed_query, key=config.environment.access_key)
    if printed_query.digest == "none":
        return build_feed(snapshot, printed_query, FEED_FORMATS[format_option], feed_urls)
    from core.report.digest import render_digest  # noqa: PLC0415

    return render_digest(snapshot, printed_query, FEED_FORMATS[format_option], feed_urls, config.settings)


@cli.command()
def report(
    query: QueryArgument = "",
    *,
    day: Annotated[str, typer.Option(metavar="DAY", help="2026-01-14; else the newest day held.")] = "",
    week: Annotated[str, typer.Option(metavar="WEEK", help="2026-W03: the week's best, and what rose.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write; else standard output.")] = None,
    format_option: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="md or html; else by the file's name.")
    ] = "",
    base: BaseOption = "",
) -> None:
    """Write the report of a day or a week: statistics, the best papers with their summaries, the configuration."""
    format_option = format_option or ("html" if out and out.suffix in (".html", ".htm") else "md")
    if format_option not in REPORT_FORMAT_OPTIONS:
        raise usage_error(f"--format: must be one of {', '.join(REPORT_FORMAT_OPTIONS)}, got {format_option}")
    period_options = [option for option in (("day", day), ("week", week)) if option[1]]
    report_bytes = run_command(_report_file([*query_parameters(query), *period_options], format_option, base))
    if out is None:
        print_bytes(report_bytes)
    else:
        with told_file_errors("write", out):
            out.write_bytes(report_bytes)
        say(f"wrote {out}")


async def _report_file(report_arguments: list[tuple[str, str]], format_option: str, base_option: str) -> bytes:
    from core.report.build import build_report  # noqa: PLC0415
    from core.report.html import html_document  # noqa: PLC0415
    from core.report.markdown import markdown_report  # noqa: PLC0415
    from core.report.period import held_period, parse_report_query  # noqa: PLC0415

    config, report_command, printed_snapshot = await _read_for_command(partial(parse_report_query, report_arguments))
    _say_unfetched(printed_snapshot, report_command.report_query)
    printed_query, printed_batches = report_command.report_query, printed_snapshot.batches
    printed_period = held_period(report_command.period, [printed_batch.day for printed_batch in printed_batches])
    printed_updated = printed_snapshot.last_modified if printed_batches[0].day in printed_period else None
    is_sample = printed_snapshot.manifest.sample
    printed_report = build_report(
        printed_batches,
        printed_query,
        printed_period,
        report_updated=printed_updated,
        is_sample_report=is_sample,
        unheld_sentences=describe_unheld(printed_snapshot, printed_query),
    )
    base_url, access_key = base_url_of(base_option, config), config.environment.access_key
    printed_feed_url = FeedUrls.of(base_url, "rss", printed_query, key=access_key).feed_url
    render_printed = html_document if format_option == "html" else markdown_report
    return render_printed(printed_report, config.settings, feed_url=printed_feed_url).encode()


@cli.command()
def site(
    query: QueryArgument = "",
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("site"),
    base: BaseOption = "",
) -> None:
    """Write a site that any static host serves: reports, the feeds as files, a page for each paper in them."""
    from core.report.site import Site  # noqa: PLC0415

    async def command() -> int:
        config, site_argument, printed_snapshot = await _read_for_command(partial(parse_query, query_parameters(query)))
        _say_unfetched(printed_snapshot, site_argument)
        base_url, public_folder = base_url_of(base, config), ROOT / "public"
        printed_site = Site(printed_snapshot, site_argument, config.settings, base_url, public_folder=public_folder)
        return await asyncio.to_thread(_write_output_files, printed_site.site_files(), out)

    written_output_files = run_command(command())
    say(f"wrote {written_output_files} files to {out}")


def _write_output_files(output_files: Iterable[tuple[str, bytes]], output_folder: Path) -> int:
    written_output_files = 0
    for output_name, output_bytes in output_files:
        output_file = output_folder / output_name
        with told_file_errors("write", output_file):
            output_file.parent.mkdir(parents=True, exist_ok=True)
            output_file.write_bytes(output_bytes)
        written_output_files += 1
    return written_output_files
