"""/health for machines, /status for people, /config for the curious."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from msgspec.structs import replace

from api.caching import CONFIG, NEVER, Validators, respond
from api.page_routes import ui_of
from api.services import Services, WithServices
from api.status_report import Spent, Status
from api.templating import HTML, PAGE_HEADERS, page
from core.config.settings import AiSummary
from core.errors import StoreError
from core.feeds.health import Health, check_health
from core.log import event
from core.store.records import Usage
from core.store.refresh_reports import recent_refreshes
from core.taxonomy import CATEGORIES

router = APIRouter()

USAGE_SHOWN: Final = timedelta(days=14)
REFRESHES_SHOWN: Final = 12


def pretty_json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


@router.api_route("/health", methods=["GET", "HEAD"])
async def health(services: WithServices) -> Response:
    """200 while readers get what arXiv last announced, 503 when they do not."""
    found = await services.health.get(services.now(), lambda: read_health(services))
    headers = {"Cache-Control": NEVER.header}
    return Response(pretty_json(found), 200 if found.ok else 503, headers, "application/json")


async def read_health(services: Services) -> Health:
    """What the store says, and what of it this instance could not load; why the store fails is for the log alone."""
    found = await check_health(services.config, services.store, now=services.now())
    if found.status == "store unreachable":
        event("store.unreachable", error=found.message)
        found = replace(found, message=StoreError.public_message)
    library = services.library
    return replace(found, memory=library.snapshot_trouble, unreadable_days=library.unreadable_days)


async def read_status(services: Services) -> Status:
    """Ask the store for everything that an operator wants to see."""
    now, store, settings = services.now(), services.store, services.config.settings
    found = await read_health(services)
    if found.status == "store unreachable":
        return Status(found, (), (), (), ())
    manifest = await store.load_manifest()
    usage = await store.load_usage(now.date() - USAGE_SHOWN)
    return Status(
        found,
        manifest.ledger if manifest else (),
        await store.load_followed(now=now),
        tuple(_spent(each, settings.ai_summary) for each in usage),
        await recent_refreshes(store, REFRESHES_SHOWN),
    )


def _spent(usage: Usage, settings: AiSummary) -> Spent:
    price = settings.cost(usage.prompt_tokens, usage.completion_tokens)
    return Spent(
        usage.day, usage.model, usage.calls, usage.failures, usage.prompt_tokens, usage.completion_tokens, price
    )


@router.api_route("/status.json", methods=["GET", "HEAD"])
async def status_json(services: WithServices) -> Response:
    """The status for machines."""
    found = await services.status.get(services.now(), lambda: read_status(services))
    return Response(pretty_json(found), headers={"Cache-Control": NEVER.header}, media_type="application/json")


@router.api_route("/status", methods=["GET", "HEAD"])
async def status_page(request: Request, services: WithServices) -> Response:
    """The status for people."""
    from api.pages.held_days import first_sentence, held_days, named_states  # noqa: PLC0415 - feeds do without pages

    found = await services.status.get(services.now(), lambda: read_status(services))
    ui = ui_of(request)
    verdict, categories = first_sentence(found, ui), named_states(found, ui)
    values = {"status": found, "verdict": verdict, "calendar": held_days(found.ledger, ui), "categories": categories}
    body = page("status.html", **values, ui=ui, here="/status")
    return Response(body, headers={"Cache-Control": NEVER.header, **PAGE_HEADERS}, media_type=HTML)


@router.api_route("/config", methods=["GET", "HEAD"])
async def configuration(request: Request, services: WithServices) -> Response:
    """What this deployment follows and the defaults of its feeds: a page for browsers, JSON else."""
    headers = {"Vary": "Accept, Accept-Encoding, Accept-Language"}
    if "text/html" not in request.headers.get("accept", ""):
        return await _configuration(request, services, headers)
    settings = services.config.settings
    values = {
        "settings": settings,
        "categories": [(name, CATEGORIES.get(name.lstrip("-"), "")) for name in settings.categories],
        "summaries": bool(services.config.environment.llm_key) and settings.ai_summary.enabled is not False,
    }
    body = page("config.html", **values, ui=ui_of(request))
    return Response(body, headers={**PAGE_HEADERS, **headers, "Cache-Control": CONFIG.header}, media_type=HTML)


@router.api_route("/config.json", methods=["GET", "HEAD"])
async def configuration_json(request: Request, services: WithServices) -> Response:
    """The same for programs, whatever they accept."""
    return await _configuration(request, services, {})


async def _configuration(request: Request, services: Services, headers: Mapping[str, str]) -> Response:
    """The addresses of notices are the owner's own business."""
    validators = Validators.of(services.started, services.fingerprint)
    shown = replace(services.config.settings, notify=())
    return await respond(request, validators, CONFIG, "application/json", lambda: pretty_json(shown), headers=headers)
