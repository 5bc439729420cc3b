"""/health for machines, /status for people, /config for the curious."""

import msgspec
from fastapi import APIRouter, Request, Response

from api.caching import CONFIG, NEVER, Validators, respond
from api.services import WithServices
from core.health import check_health

router = APIRouter()


def pretty_json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2) + b"\n"


@router.api_route("/health", methods=["GET", "HEAD"])
async def health(services: WithServices) -> Response:
    """200 while readers get what arXiv last announced, 503 when they do not."""
    found = await check_health(services.config, services.store, now=services.now())
    headers = {"Cache-Control": NEVER.header}
    return Response(pretty_json(found), 200 if found.ok else 503, headers, "application/json")


@router.api_route("/config", methods=["GET", "HEAD"])
async def configuration(request: Request, services: WithServices) -> Response:
    """What this deployment follows and the defaults of its feeds; there is no secret in config.json."""
    validators = Validators.of(services.started, services.fingerprint)
    return respond(request, validators, CONFIG, "application/json", lambda: pretty_json(services.config.settings))
