"""The address of a model's service as people paste it: mended where it is clear what is meant, else refused by name."""

import re
from collections.abc import Mapping
from typing import Final

from core.errors import ConfigError
from core.settings.variables import value_of

_VARIABLE: Final = "OPENAI_BASE_URL"
_ENDING: Final = re.compile(r"(?:/chat/completions|/completions|/responses|/models)?/{0,3}$")
_LOCAL: Final = re.compile(
    r"(localhost|host\.docker\.internal|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])"
)
_ADDRESS: Final = re.compile(r"https?://([^/?#@\s]+@)?[A-Za-z0-9.\-_\[\]:]+(/[^\s?#\"'<>]*)?", re.IGNORECASE)


def model_address(environ: Mapping[str, str], configured: str) -> str:
    """
    ``OPENAI_BASE_URL``, else ``ai_summary.base_url``; "" for OpenAI's own.

    Blanks and quotes around it go, and so does the endpoint that a documentation shows after it; without a scheme it is
    https, on this machine and its network http. Raises ConfigError when it is no address all the same.
    """
    given, name = value_of(environ, _VARIABLE), _VARIABLE
    if not given:
        given, name = value_of({"base_url": configured}, "base_url"), "config.json: ai_summary.base_url"
    address = given if given.endswith("://") else _ENDING.sub("", given)
    if address and "://" not in address:
        address = f"{'http' if _LOCAL.match(address) else 'https'}://{address}"
    if address and not _ADDRESS.fullmatch(address):
        raise ConfigError(
            f"{name}: must be an address such as https://api.openai.com/v1, http or https, without blanks, quotes, "
            f"? and #; got {_shown(given)}"
        )
    return address


def _shown(given: str) -> str:
    """What was found, without a password before an @."""
    return re.sub(r"//[^/@]*@", "//…@", given[:80])
