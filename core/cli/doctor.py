"""``doctor``: looks at everything that a deployment needs, and says what is wrong and what to do."""

from typing import Annotated, Final

import msgspec
import typer
from rich.text import Text

from core.cli.app import CLI_DATA_FOLDER, JsonOption, cli
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
from core.cli.running_server import check_running_server
from core.clock import SystemClock
from core.config.read import load_config
from core.errors import PaperfeedError
from core.store.open import open_store

_DOCTOR_STATE_COLOURS: Final = {"ok": "green", "warning": "yellow", "failed": "red"}


@cli.command()
def doctor(
    *,
    live: Annotated[bool, typer.Option("--live", help="Ask the language model for one word as well.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Check configuration, server, store, papers, arXiv, clock, model and notices; exit code 1 when one fails."""
    doctor_checks = run_command(_run_doctor_checks(live=live))
    if as_json:
        print_bytes(msgspec.json.encode(doctor_checks) + b"\n")
    else:
        for doctor_check in doctor_checks:
            _print_doctor_check(doctor_check)
    raise typer.Exit(1 if any(doctor_check.state == "failed" for doctor_check in doctor_checks) else 0)


async def _run_doctor_checks(*, live: bool) -> list[DoctorCheck]:
    """Run the checks in the order in which one needs the other; what cannot be looked at then is left out."""
    doctor_checks = [check_python()]
    try:
        checked_config = load_config()
    except PaperfeedError as doctor_error:
        doctor_advice = "correct it; docs/configuration.md has every key"
        return [*doctor_checks, DoctorCheck("configuration", "failed", str(doctor_error), doctor_advice)]
    doctor_checks.append(DoctorCheck("configuration", "ok", f"follows {', '.join(checked_config.settings.categories)}"))
    doctor_checks += check_terms(checked_config)
    doctor_checks += check_environment(checked_config)
    doctor_checks += await check_running_server(checked_config)
    environment, clock = checked_config.environment, SystemClock()
    try:
        checked_store = open_store(environment.store_url, data_dir=CLI_DATA_FOLDER, on_vercel=environment.on_vercel)
    except PaperfeedError as doctor_error:
        return [*doctor_checks, DoctorCheck("store", "failed", str(doctor_error), "correct REDIS_URL")]
    try:
        doctor_checks.append(await check_store(checked_store))
        if doctor_checks[-1].state == "ok":  # the pauses between requests are kept there
            doctor_checks.append(await check_papers(checked_config, checked_store, clock))
            doctor_checks += [doctor_check async for doctor_check in check_arxiv(checked_config, checked_store, clock)]
    finally:
        await checked_store.close()
    return [*doctor_checks, await check_model(checked_config, live=live), *check_notices(checked_config)]


def _print_doctor_check(doctor_check: DoctorCheck) -> None:
    state_mark = Text(f"{doctor_check.state:<8}", style=_DOCTOR_STATE_COLOURS[doctor_check.state])
    output_console.print(Text.assemble(state_mark, f"{doctor_check.name}: {doctor_check.found}"), soft_wrap=True)
    if doctor_check.advice:
        output_console.print(Text(f"        → {doctor_check.advice}"), soft_wrap=True)
