"""
Whether the server that runs on this machine follows config.json as it is now.

It reads the file at its start, and tells what it read at ``/config.json``, the addresses of notices left out: there is
no need of a mark in ``/health``, and what differs can be named.
"""

import asyncio
import json
from collections.abc import Mapping
from typing import Final

import httpx
import msgspec
from msgspec.structs import replace

from core.cli.checks import DoctorCheck
from core.config.read import Config
from core.config.settings import Settings
from core.errors import UNREADABLE
from core.render.links import url_with_key

_SERVER_ANSWER_SECONDS: Final = 3.0
"""For the whole answer, however slowly it comes."""
_MOST_SERVER_SETTINGS_BYTES: Final = 1_000_000
_SERVER_SETTINGS_MARKS: Final = ("categories", "keywords", "days_back")
"""What stands at other programs' addresses has not all of these."""


async def check_running_server(config: Config) -> list[DoctorCheck]:
    """Compare what the server on this machine's port was started with; nothing where none answers there."""
    running_settings = await _read_running_settings(config)
    if running_settings is None:
        return []
    # as /config.json gives them out
    settings_now = json.loads(msgspec.json.encode(replace(config.settings, notify=())))
    # names of another version's settings, or of what else answers, are not printed
    changed_keys = [key for key in Settings.__struct_fields__ if settings_now.get(key) != running_settings.get(key)]
    running_server = f"the one on port {config.environment.port}"
    if not changed_keys:
        return [DoctorCheck("server", "ok", f"{running_server} has config.json as it is now")]
    doctor_found = f"{running_server} was started with another config.json: {', '.join(changed_keys)} changed since"
    # a warning: what answers may be the server of another folder
    return [DoctorCheck("server", "warning", doctor_found, "restart it: config.json is read at the start")]


async def _read_running_settings(config: Config) -> Mapping[str, object] | None:
    """What /config.json of the server here says; None where none of ours answers in time."""
    local_server = f"http://127.0.0.1:{config.environment.port}"
    try:
        async with asyncio.timeout(_SERVER_ANSWER_SECONDS), httpx.AsyncClient(trust_env=False) as server_http:
            status, answer, headers = await _read_answer(server_http, f"{local_server}/config.json")
            if config.environment.access_key and _asks_for_key(status, headers):
                config_url = url_with_key("/config.json", config.environment.access_key)
                status, answer, _ = await _read_answer(server_http, local_server + config_url)
        answered = json.loads(answer) if status == httpx.codes.OK else None
    except (OSError, TimeoutError, httpx.HTTPError, *UNREADABLE):  # none runs, or something else has the port
        return None
    is_ours = isinstance(answered, dict) and all(mark in answered for mark in _SERVER_SETTINGS_MARKS)
    return answered if is_ours else None


def _asks_for_key(status: int, headers: httpx.Headers) -> bool:
    """Whether it refuses as a private server of ours does (``api/access.py``): no other program is told the key."""
    refused_by_ours = headers.get("www-authenticate") == "Bearer" and headers.get("x-robots-tag") == "noindex, nofollow"
    return status == httpx.codes.UNAUTHORIZED and refused_by_ours


async def _read_answer(server_http: httpx.AsyncClient, address: str) -> tuple[int, bytes, httpx.Headers]:
    """The status, as much of the body as settings may take, and the headers."""
    async with server_http.stream("GET", address) as answer:
        body = b""
        async for piece in answer.aiter_bytes():
            body += piece
            if len(body) > _MOST_SERVER_SETTINGS_BYTES:
                break
        return answer.status_code, body, answer.headers
