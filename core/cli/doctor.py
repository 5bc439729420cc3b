"""``doctor``: looks at everything that a deployment needs, and says what is wrong and what to do."""

from typing import Annotated, Final

import msgspec
import typer
from rich.text import Text

from core.cli.app import DATA_FOLDER, JsonOption, cli
from core.cli.checks import (
    DoctorCheck,
    check_arxiv,
    check_environment,
    check_model,
    check_notices,
    check_papers,
    check_python,
    check_store,
    check_terms,
)
from core.cli.console import output_console, print_bytes, run_command
from core.clock import SystemClock
from core.config.read import load_config
from core.errors import PaperfeedError
from core.store.open import open_store

_STATE_COLOURS: Final = {"ok": "green", "warning": "yellow", "failed": "red"}


@cli.command()
def doctor(
    *,
    live: Annotated[bool, typer.Option("--live", help="Ask the language model for one word as well.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check configuration, environment, store, papers, arXiv, clock, model and notices; exit code 1 when one fails."""
    checks = run_command(_run_checks(live=live))
    if as_json:
        print_bytes(msgspec.json.encode(checks) + b"\n")
    else:
        for check in checks:
            _print_check(check)
    raise typer.Exit(1 if any(check.state == "failed" for check in checks) else 0)


async def _run_checks(*, live: bool) -> list[DoctorCheck]:
    """Run the checks in the order in which one needs the other; what cannot be looked at then is left out."""
    checks = [check_python()]
    try:
        config = load_config()
    except PaperfeedError as error:
        return [
            *checks,
            DoctorCheck("configuration", "failed", str(error), "correct it; docs/configuration.md has every key"),
        ]
    checks.append(DoctorCheck("configuration", "ok", f"follows {', '.join(config.settings.categories)}"))
    checks += check_terms(config)
    checks += check_environment(config)
    environment, clock = config.environment, SystemClock()
    try:
        store = open_store(environment.store_url, data_dir=DATA_FOLDER, on_vercel=environment.on_vercel)
    except PaperfeedError as error:
        return [*checks, DoctorCheck("store", "failed", str(error), "correct REDIS_URL")]
    try:
        checks.append(await check_store(store))
        if checks[-1].state == "ok":  # the pauses between requests are kept there
            checks.append(await check_papers(config, store, clock))
            checks += [check async for check in check_arxiv(config, store, clock)]
    finally:
        await store.close()
    return [*checks, await check_model(config, live=live), *check_notices(config)]


def _print_check(check: DoctorCheck) -> None:
    state_mark = Text(f"{check.state:<8}", style=_STATE_COLOURS[check.state])
    output_console.print(Text.assemble(state_mark, f"{check.name}: {check.found}"), soft_wrap=True)
    if check.advice:
        output_console.print(Text(f"        → {check.advice}"), soft_wrap=True)
