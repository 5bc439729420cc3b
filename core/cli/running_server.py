"""
Whether the server that runs on this machine follows config.json as it is now.

It reads the file at its start, and tells what it read at ``/config.json``, the addresses of notices left out: there is
no need of a mark in ``/health``, and what differs can be named.
"""

import asyncio
import http.client
import json
from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec.structs import replace

from core.cli.checks import DoctorCheck
from core.config.read import Config
from core.errors import UNREADABLE
from core.render.links import url_with_key

_SERVER_ANSWER_SECONDS: Final = 3.0
_MOST_SERVER_SETTINGS_BYTES: Final = 1_000_000
_SERVER_SETTINGS_MARKS: Final = ("categories", "keywords", "days_back")
"""What stands at other programs' addresses has not all of these."""


async def check_running_server(config: Config) -> list[DoctorCheck]:
    """Compare what the server on this machine's port was started with; nothing where none answers there."""
    running_settings = await asyncio.to_thread(_read_running_settings, config)
    if running_settings is None:
        return []
    # as /config.json gives them out
    settings_now = json.loads(msgspec.json.encode(replace(config.settings, notify=())))
    changed_keys = [
        key
        for key in dict.fromkeys([*settings_now, *running_settings])
        if settings_now.get(key) != running_settings.get(key)
    ]
    running_server = f"the one on port {config.environment.port}"
    if not changed_keys:
        return [DoctorCheck("server", "ok", f"{running_server} has config.json as it is now")]
    doctor_found = f"{running_server} was started with another config.json: {', '.join(changed_keys)} changed since"
    # a warning: what answers may be the server of another folder
    return [DoctorCheck("server", "warning", doctor_found, "restart it: config.json is read at the start")]


def _read_running_settings(config: Config) -> Mapping[str, object] | None:
    """What /config.json of the server here says; None where none of ours answers."""
    connection = http.client.HTTPConnection("127.0.0.1", config.environment.port, timeout=_SERVER_ANSWER_SECONDS)
    try:
        connection.request("GET", url_with_key("/config.json", config.environment.access_key))
        answer = connection.getresponse()
        answered = json.loads(answer.read(_MOST_SERVER_SETTINGS_BYTES)) if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException, *UNREADABLE):  # none runs, or something else has the port
        return None
    finally:
        connection.close()
    is_ours = isinstance(answered, dict) and all(mark in answered for mark in _SERVER_SETTINGS_MARKS)
    return answered if is_ours else None
