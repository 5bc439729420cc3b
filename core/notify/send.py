"""Sending: through Apprise, which knows a hundred services. Its owner; loaded only when there is somebody to tell."""

import asyncio
import logging
from typing import TYPE_CHECKING, Final

from core.errors import NotConfigured, UpstreamError
from core.notify.message import Message

if TYPE_CHECKING:
    from apprise import Apprise

APPRISE_NOT_INSTALLED = (
    "notices need Apprise, which is not installed: pip install -r requirements-notify.txt, "
    "or on Vercel add its line to requirements.txt"
)

_ADDRESS_LOGGERS: Final = ("apprise", "urllib3")
"""Loggers that write down whole addresses, secrets included: silenced."""


def target_name(url: str, number: int) -> str:
    """Name an address without what it holds: ``target 2 (mailtos)``."""
    scheme, separator, _ = url.partition("://")
    return f"target {number} ({scheme})" if separator and scheme.isalnum() else f"target {number}"


async def send(url: str, message: Message) -> None:
    """Send one message. Raises NotConfigured or UpstreamError; their text does not hold the address."""
    await asyncio.to_thread(_send_message, url, message)  # Apprise waits for its services


def check_address(url: str) -> None:
    """Read an address without sending anything. Raises NotConfigured as ``send`` does."""
    _apprise_target(url)


def _apprise_target(url: str) -> "Apprise":
    try:
        from apprise import Apprise  # noqa: PLC0415 - who tells nobody need not have it
    except ImportError as error:
        raise NotConfigured(APPRISE_NOT_INSTALLED) from error
    for logger_name in _ADDRESS_LOGGERS:
        logging.getLogger(logger_name).setLevel(logging.CRITICAL + 1)
    target = Apprise()
    if not target.add(url):
        raise NotConfigured("it is no address that Apprise knows; https://appriseit.com/services/ lists them")
    return target


def _send_message(url: str, message: Message) -> None:
    if not _apprise_target(url).notify(body=message.html, title=message.title, body_format="html"):
        raise UpstreamError("it did not take the message")
