"""``doctor``: looks at everything that a deployment needs, and says what is wrong and what to do."""

from typing import Annotated, Final

import msgspec
import typer
from rich.text import Text

from core.cli.app import DATA, AsJson, cli
from core.cli.checks import (
    Check,
    check_arxiv,
    check_environment,
    check_model,
    check_notices,
    check_papers,
    check_python,
    check_store,
)
from core.cli.console import answers, print_bytes, run
from core.clock import SystemClock
from core.config import load_config
from core.errors import PaperfeedError
from core.store.open import open_store

_COLOURS: Final = {"ok": "green", "warning": "yellow", "failed": "red"}


@cli.command()
def doctor(
    *,
    live: Annotated[bool, typer.Option("--live", help="Ask the language model for one word as well.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check configuration, environment, store, papers, arXiv, clock, model and notices; exit code 1 when one fails."""
    found = run(_examine(live=live))
    if as_json:
        print_bytes(msgspec.json.encode(found) + b"\n")
    else:
        for each in found:
            _say_check(each)
    raise typer.Exit(1 if any(each.state == "failed" for each in found) else 0)


async def _examine(*, live: bool) -> list[Check]:
    """Run the checks in the order in which one needs the other; what cannot be looked at then is left out."""
    found = [check_python()]
    try:
        config = load_config()
    except PaperfeedError as error:
        return [*found, Check("configuration", "failed", str(error), "correct it; docs/configuration.md has every key")]
    found.append(Check("configuration", "ok", f"follows {', '.join(config.settings.categories)}"))
    found += check_environment(config)
    environment, clock = config.environment, SystemClock()
    try:
        store = open_store(environment.store_url, data_dir=DATA, on_vercel=environment.on_vercel)
    except PaperfeedError as error:
        return [*found, Check("store", "failed", str(error), "correct REDIS_URL")]
    try:
        found.append(await check_store(store))
        if found[-1].state == "ok":  # the pauses between requests are kept there
            found.append(await check_papers(config, store, clock))
            found += [each async for each in check_arxiv(config, store, clock)]
    finally:
        await store.close()
    return [*found, await check_model(config, live=live), *check_notices(config)]


def _say_check(check: Check) -> None:
    mark = Text(f"{check.state:<8}", style=_COLOURS[check.state])
    answers.print(Text.assemble(mark, f"{check.name}: {check.found}"), soft_wrap=True)
    if check.advice:
        answers.print(Text(f"        → {check.advice}"), soft_wrap=True)
