"""Sending: through Apprise, which knows a hundred services. Its owner; loaded only when there is somebody to tell."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from core.errors import NotConfigured, UpstreamError
from core.notify.message import Notice

if TYPE_CHECKING:
    from apprise import Apprise

APPRISE_NOT_INSTALLED = (
    "notices need Apprise, which is not installed: pip install -r requirements-notify.txt, "
    "or on Vercel add its line to requirements.txt"
)

_APPRISE_LOGGERS: Final = ("apprise", "urllib3")
"""Loggers that write down whole addresses, secrets included: silenced."""


def notify_target_name(notify_url: str, target_number: int) -> str:
    """Name an address without what it holds: ``target 2 (mailtos)``."""
    notify_service, scheme_end, _ = notify_url.partition("://")
    is_service_known = bool(scheme_end) and notify_service.isalnum()
    return f"target {target_number} ({notify_service})" if is_service_known else f"target {target_number}"


async def send_notice(notify_url: str, notice: Notice) -> None:
    """Send one notice. Raises NotConfigured or UpstreamError; their text does not hold the address."""
    await asyncio.to_thread(_send_through_apprise, notify_url, notice)  # Apprise waits for its services


def check_notify_url(notify_url: str) -> None:
    """Read an address without sending anything. Raises NotConfigured as ``send_notice`` does."""
    _apprise_target(notify_url)


def _apprise_target(notify_url: str) -> "Apprise":
    try:
        from apprise import Apprise  # noqa: PLC0415 - who tells nobody need not have it
    except ImportError as no_apprise:
        raise NotConfigured(APPRISE_NOT_INSTALLED) from no_apprise
    for apprise_logger in _APPRISE_LOGGERS:
        logging.getLogger(apprise_logger).setLevel(logging.CRITICAL + 1)
    apprise_target = Apprise()
    if not apprise_target.add(notify_url):
        raise NotConfigured("it is no address that Apprise knows; https://appriseit.com/services/ lists them")
    return apprise_target


def _send_through_apprise(notify_url: str, notice: Notice) -> None:
    apprise_target = _apprise_target(notify_url)
    if not apprise_target.notify(body=notice.notice_html, title=notice.notice_title, body_format="html"):
        raise UpstreamError("it did not take the message")
