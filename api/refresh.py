"""/api/refresh: the only address that starts work, and only for who knows the secret."""

import hmac
from datetime import timedelta
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask, BackgroundTasks

from api.caching import NEVER
from api.services import Services, WithServices
from core.config.environment import Environment
from core.errors import Damaged, Forbidden, NotConfigured, PaperfeedError, RefreshRunning
from core.feeds.loop_health import LOOP_HEALTH
from core.log import event
from core.store.records import Manifest

FILL_AGAIN_AFTER: Final = timedelta(minutes=5)
"""How long visits to an empty deployment leave arXiv alone after a refresh that brought nothing."""

GO_ON_AFTER: Final = timedelta(minutes=1)
"""The same after one that went well and ran out of time, on a deployment whose first days are not all there."""

router = APIRouter()


def authorize(request: Request, environment: Environment) -> None:
    """
    Let pass who sends ``Authorization: Bearer $CRON_SECRET``.

    Raises NotConfigured when the deployment has no secret (then nobody may), Forbidden when it is not the one sent.
    """
    secret = environment.cron_secret
    if not secret:
        then = "deploy again" if environment.on_vercel else "start again; a server of your own refreshes itself anyway"
        raise NotConfigured(f"this deployment has no CRON_SECRET; set one (openssl rand -hex 32) and {then}")
    scheme, _, offered = request.headers.get("authorization", "").partition(" ")
    same = hmac.compare_digest(offered.encode("latin-1"), secret.encode())  # the bytes as they came
    if scheme.lower() != "bearer" or not same:
        raise Forbidden("send the header Authorization: Bearer <CRON_SECRET>")


@router.api_route("/api/refresh", methods=["GET", "POST"])
@router.api_route("/update-cache", methods=["GET"])
async def refresh_now(request: Request, services: WithServices) -> Response:
    """Refresh from arXiv and answer with the report; 200 only when it worked."""
    authorize(request, services.config.environment)
    report = await services.refresh(services.config, services.store)
    services.health.forget()
    services.status.forget()
    return Response(
        msgspec.json.encode(report),
        status_code=200 if report.ok else 502,
        headers={"Cache-Control": NEVER.header},
        media_type="application/json",
    )


def fill_empty_store(services: Services) -> BackgroundTask:
    """After the answer, fill a deployment that has never held a batch: its crons may be hours away."""
    return BackgroundTask(_fill, services)


def go_on_filling(services: Services, manifest: Manifest, also: BackgroundTask | None) -> BackgroundTask | None:
    """
    The same for one whose first days are still being fetched: that takes many categories more than one call.

    An instance looks at most once a minute; ``also`` is what is to be done after the answer anyway.
    """
    now = services.now()
    looked = services.looked_at_filling
    if LOOP_HEALTH.is_refreshing or not _is_to_fill(services, manifest) or (looked and now - looked < GO_ON_AFTER):
        return also
    services.looked_at_filling = now
    return BackgroundTasks([*([also] if also else []), fill_empty_store(services)])


def _is_to_fill(services: Services, manifest: Manifest | None) -> bool:
    """Whether the first days are not all there, and the refresh before this one is over for a while."""
    if manifest is None:
        return True
    if manifest.batches and not manifest.filling:
        return False
    last = manifest.last_refresh
    pause = GO_ON_AFTER if manifest.batches and last and last.ok else FILL_AGAIN_AFTER
    return last is None or services.now() - last.finished >= pause


async def _readable_manifest(services: Services) -> Manifest | None:
    try:
        return await services.store.load_manifest()
    except Damaged:  # a refresh writes it anew
        return None


async def _fill(services: Services) -> None:
    if LOOP_HEALTH.is_refreshing:  # this process is at it already
        return
    try:
        if not _is_to_fill(services, await _readable_manifest(services)):
            return
        await services.refresh(services.config, services.store)
    except RefreshRunning:
        return
    except PaperfeedError as error:
        event("fill.failed", error=str(error))
