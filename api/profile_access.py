"""Who may make and change a profile here, and how often."""

import hmac
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from fastapi import Request
from msgspec.structs import replace
from starlette.background import BackgroundTask

from api.profile_feeds import load_profile
from api.services import Services
from core.errors import Forbidden, NotConfigured, NotFound, PaperfeedError
from core.log import event
from core.profiles.change import ProfileState
from core.profiles.records import Profile
from core.profiles.token import profile_name_of

USED_AGAIN_AFTER: Final = timedelta(days=1)
"""That somebody looked at a profile is noted no more often."""
KEY_FIELD: Final = "profiles_key"


def check_enabled(services: Services) -> None:
    """Raises NotFound where ``profiles`` is ``off``."""
    if services.config.settings.profiles == "off":
        raise NotFound("this deployment takes no new profiles")


def needs_key(services: Services) -> bool:
    """Whether making a profile asks for a key that getting in here did not ask for."""
    environment = services.config.environment
    proven = bool(environment.access_key) and environment.access_key == environment.profiles_key
    return services.config.settings.profiles == "key" and not proven


def check_may_create(request: Request, services: Services, offered: str) -> None:
    """Raises NotFound, NotConfigured, Forbidden, TooMany."""
    check_enabled(services)
    services.limits.creations.check("", services.now())
    if not needs_key(services):
        return
    secret = services.config.environment.profiles_key
    if not secret:
        raise NotConfigured("profiles need a key here, and there is none: set PROFILES_KEY")
    offered = offered or request.headers.get("authorization", "").removeprefix("Bearer ")
    if not hmac.compare_digest(offered.encode(), secret.encode()):
        raise Forbidden("making a profile here needs the key that the deployment's owner gives out")


def offered_key(form: Mapping[str, str]) -> str:
    return form.get(KEY_FIELD, "")


async def changed(request: Request, services: Services, change: Callable[[ProfileState], ProfileState]) -> ProfileState:
    """Change the profile of this address. Raises NotFound, Gone, TooMany, StoreError, and what ``change`` raises."""
    now, name = services.now(), profile_name_of(request.path_params["token"])
    snapshot = (await load_profile(request, services)).snapshot
    services.limits.changes.check(name, now)
    try:
        return await services.profile_writer.change_profile(name, change, snapshot, now=now)
    finally:
        services.profiles.forget(name)


def note_use(request: Request, services: Services, profile: Profile) -> BackgroundTask | None:
    """After the answer, once a day: somebody looked at it, so it lives on."""
    now = services.now()
    if now - profile.profile_used < USED_AGAIN_AFTER:
        return None

    async def note() -> None:
        try:
            await changed(
                request, services, lambda state: ProfileState(replace(state.profile, profile_used=now), state.memory)
            )
        except PaperfeedError as error:
            event("profile.use_not_noted", error=str(error))

    return BackgroundTask(note)
