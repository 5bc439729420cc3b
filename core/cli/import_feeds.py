"""``import``: subscriptions of arXiv's own feeds, or the old bot's config.json, as feed addresses."""

from pathlib import Path
from typing import Annotated

import typer

from core.cli.app import BaseOption, base_url_of, cli, open_for_command
from core.cli.console import print_bytes, run_command, say, say_error, told_file_errors
from core.config.read import Config
from core.feeds.subscriptions import SubscribedFeeds, read_subscriptions


@cli.command("import")
def import_feeds(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An OPML file, or the old bot's config.json.")],
    *,
    as_opml: Annotated[bool, typer.Option("--opml", help="Print OPML, which readers import.")] = False,
    base: BaseOption = "",
) -> None:
    """Turn subscriptions of rss.arxiv.org and export.arxiv.org, or an old bot's config.json, into feed addresses."""

    async def command() -> tuple[Config, SubscribedFeeds]:
        config, command_store = open_for_command()
        await command_store.close()
        with told_file_errors("read", file):
            subscriptions = file.read_bytes()
        return config, read_subscriptions(subscriptions, file.name, config.settings, base_url_of(base, config))

    _, command_feeds = run_command(command())
    if not command_feeds.feeds and not command_feeds.subscription_problems:
        say_error(f"{file} names no feed")
    for subscription_problem in command_feeds.subscription_problems:
        say(f"left out: {subscription_problem}")
    if as_opml:
        from core.render.opml import render_opml  # noqa: PLC0415

        print_bytes(render_opml("Paperfeed", command_feeds.feeds))
    else:
        for printed_feed in command_feeds.feeds:
            typer.echo(printed_feed.feed_url)
    raise typer.Exit(0 if command_feeds.feeds else 1)
