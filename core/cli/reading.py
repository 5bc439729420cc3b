"""``feed``, ``report``, ``site``: what is held, as files; nothing is fetched."""

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Annotated, Final, TypeVar

import typer

from core.cli.app import Base, Query, base_of, cli, opened_store, parameters
from core.cli.console import print_bytes, run, say, usage_error
from core.clock import SystemClock
from core.config import ROOT, Config, Settings
from core.feeds.build import FORMATS, Addresses, render_feed
from core.feeds.followed import unfollowed
from core.feeds.library import Library, Snapshot
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query

FORMS: Final = ("md", "html")
Asked = TypeVar("Asked")


async def _read(parse: Callable[[Settings], Asked]) -> tuple[Config, Asked, Snapshot]:
    """Read what was asked for, then what is held: a wrong parameter is told first."""
    async with opened_store() as (config, store):
        asked = parse(config.settings)
        return config, asked, await Library(store).snapshot(SystemClock().now())


def _warn_of_unfetched(snapshot: Snapshot, query: FeedQuery) -> None:
    """Beside the document, on standard error: nothing of a category that was never fetched is no news of it."""
    if waiting := unfollowed(snapshot.manifest, query):
        say(f"nothing was fetched of {', '.join(waiting)} yet: ./paperfeed refresh brings it")


@cli.command()
def feed(
    query: Query = "",
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="rss, atom or json.")] = "rss",
    base: Base = "",
) -> None:
    """Print a feed to standard output, from what is held."""
    if form not in FORMATS:
        raise usage_error(f"--format: must be one of {', '.join(FORMATS)}, got {form}")

    async def work() -> bytes:
        config, asked, snapshot = await _read(lambda settings: parse_query(parameters(query), settings))
        _warn_of_unfetched(snapshot, asked)
        addresses = Addresses.of(base_of(base, config), form, asked, key=config.environment.access_key)
        return _feed(config, snapshot, asked, form, addresses)

    print_bytes(run(work()))


def _feed(config: Config, snapshot: Snapshot, asked: FeedQuery, form: str, addresses: Addresses) -> bytes:
    if asked.digest == "none":
        return render_feed(snapshot, asked, FORMATS[form], addresses)
    from core.report.digest import render_digest  # noqa: PLC0415

    return render_digest(snapshot, asked, FORMATS[form], addresses, config.settings)


@cli.command()
def report(
    query: Query = "",
    *,
    day: Annotated[str, typer.Option(metavar="DAY", help="2026-01-14; else the newest day held.")] = "",
    week: Annotated[str, typer.Option(metavar="WEEK", help="2026-W03: the week's best, and what rose.")] = "",
    out: Annotated[Path | None, typer.Option(help="The file to write; else standard output.")] = None,
    form: Annotated[str, typer.Option("--format", metavar="FORMAT", help="md or html; else by the file's name.")] = "",
    base: Base = "",
) -> None:
    """Write the report of a day or a week: statistics, the best papers with their summaries, the configuration."""
    form = form or ("html" if out and out.suffix in (".html", ".htm") else "md")
    if form not in FORMS:
        raise usage_error(f"--format: must be one of {', '.join(FORMS)}, got {form}")
    given = [("day", day), ("week", week)]
    text = run(_report([*parameters(query), *(pair for pair in given if pair[1])], form, base))
    if out is None:
        print_bytes(text)
    else:
        out.write_bytes(text)
        say(f"wrote {out}")


async def _report(pairs: list[tuple[str, str]], form: str, base: str) -> bytes:
    from core.report.build import build_report  # noqa: PLC0415
    from core.report.html import html_document  # noqa: PLC0415
    from core.report.markdown import markdown_report  # noqa: PLC0415
    from core.report.period import held_period, parse_report_query  # noqa: PLC0415

    config, asked, snapshot = await _read(lambda settings: parse_report_query(pairs, settings))
    _warn_of_unfetched(snapshot, asked.query)
    period = held_period(asked.period, [batch.day for batch in snapshot.batches])
    changed = snapshot.changed if snapshot.batches[0].day in period else None
    made = build_report(snapshot.batches, asked.query, period, changed=changed, sample=snapshot.manifest.sample)
    key = config.environment.access_key
    feed_url = Addresses.of(base_of(base, config), "rss", asked.query, key=key).feed
    if form == "html":
        return html_document(made, config.settings, feed_url=feed_url).encode()
    return markdown_report(made, config.settings, feed_url=feed_url).encode()


@cli.command()
def site(
    query: Query = "",
    out: Annotated[Path, typer.Option(help="The folder to write.")] = Path("site"),
    base: Base = "",
) -> None:
    """Write a site that any static host serves: reports, the feeds as files, a page for each paper in them."""
    from core.report.site import Site  # noqa: PLC0415

    async def work() -> int:
        config, asked, snapshot = await _read(lambda settings: parse_query(parameters(query), settings))
        _warn_of_unfetched(snapshot, asked)
        made = Site(snapshot, asked, config.settings, base_of(base, config), public_folder=ROOT / "public")
        return await asyncio.to_thread(_write, made.files(), out)

    count = run(work())
    say(f"wrote {count} files to {out}")


def _write(files: Iterable[tuple[str, bytes]], folder: Path) -> int:
    count = 0
    for name, content in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        count += 1
    return count
