"""Values of environment variables in one spelling; a wrong one is named with what to write, and never repeated."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from core.errors import ConfigError

REDIS_SCHEMES: Final = ("redis://", "rediss://", "unix://")
_REST: Final = ("KV_REST_API_URL", "UPSTASH_REDIS_REST_URL")
"""What Upstash gives beside the address of Redis itself."""
_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "＂": "＂"}
_UNENCODED: Final = re.compile(r"[#/?@]")
_BETWEEN: Final = re.compile(r"[\s]+|,\s*(?=[A-Za-z0-9+.-]+://)")
_ENCODED: Final = "# as %23, / as %2F, ? as %3F, @ as %40"
_MODEL_VARIABLE: Final = "OPENAI_BASE_URL"
_MODEL_ENDPOINT: Final = re.compile(r"(?:/chat/completions|/completions|/responses|/models)?/{0,3}$")
_LOCAL_HOST: Final = re.compile(
    r"(localhost|host\.docker\.internal|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])"
)
_MODEL_ADDRESS: Final = re.compile(r"https?://([^/?#@\s]+@)?[A-Za-z0-9.\-_\[\]:]+(/[^\s?#\"'<>]*)?", re.IGNORECASE)


def value_of(environ: Mapping[str, str], name: str) -> str:
    """Return the variable without blanks around it, and without the quotes that an env file's line may have."""
    text = environ.get(name, "").strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        text = text[1:-1].strip()
    return text


def address_of(environ: Mapping[str, str], name: str, default: str = "") -> str:
    """Return an address without a slash at its end; a bare host means https."""
    address = value_of(environ, name).rstrip("/") or default
    return f"https://{address}" if address and "://" not in address else address


def shown(address: str) -> str:
    """An address as it may be shown: without what stands before an @."""
    scheme, separator, rest = address.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def addresses_of(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Return several addresses, separated by blanks, lines, or commas before the next one."""
    parts = _BETWEEN.split(value_of(environ, name))
    return tuple(dict.fromkeys(part for part in parts if part))


def find_contact(environ: Mapping[str, str], default: str) -> str:
    """``ARXIV_CONTACT``, else the repository that Vercel deploys, else ``default``; fit for an HTTP header."""
    owner, name = value_of(environ, "VERCEL_GIT_REPO_OWNER"), value_of(environ, "VERCEL_GIT_REPO_SLUG")
    deployed = f"https://github.com/{owner}/{name}" if owner and name else default
    given = "".join(character for character in value_of(environ, "ARXIV_CONTACT") if " " <= character <= "~")
    return given.strip(" ()") or deployed


def find_store_url(environ: Mapping[str, str]) -> str:
    """
    The Redis address under any name that a marketplace integration gives it, ``REDIS_URL`` first; "" for SQLite.

    Raises ConfigError when ``REDIS_URL`` is no such address, or when on Vercel there is only a REST address: papers
    would be kept where nobody looks for them.
    """
    given = value_of(environ, "REDIS_URL")
    if given and not given.startswith(REDIS_SCHEMES):
        rest = "; this is a REST address, Upstash shows the rediss:// one beside it" if given.startswith("http") else ""
        raise ConfigError(f"REDIS_URL: must begin with one of {', '.join(REDIS_SCHEMES)}{rest}")
    for name, url in _redis_addresses(environ):
        _check_password(name, url)
        return url
    _refuse_rest_alone(environ)
    return ""


def _redis_addresses(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    names = ["REDIS_URL", "KV_URL"]
    names += sorted(name for name in environ if name.endswith(("_REDIS_URL", "_KV_URL")))
    for name in names:
        url = value_of(environ, name)
        if url.startswith(REDIS_SCHEMES):
            yield name, url


def _check_password(name: str, url: str) -> None:
    credentials, at, _ = url.partition("://")[2].rpartition("@")
    if at and not url.startswith("unix://") and _UNENCODED.search(credentials):
        raise ConfigError(f"{name}: the password holds a sign that must be percent-encoded: {_ENCODED}")


def _refuse_rest_alone(environ: Mapping[str, str]) -> None:
    rest = next((name for name in _REST if value_of(environ, name)), "")
    if rest and environ.get("VERCEL"):
        raise ConfigError(
            f"REDIS_URL: is not set, and {rest} alone is not enough: set REDIS_URL to the address of the same database "
            "that begins with rediss:// (Upstash shows it under Connect, TCP)"
        )


def model_address(environ: Mapping[str, str], configured: str) -> str:
    """
    ``OPENAI_BASE_URL``, else ``ai_summary.base_url``; "" for OpenAI's own.

    Blanks and quotes around it go, and so does the endpoint that a documentation shows after it; without a scheme it is
    https, on this machine and its network http. Raises ConfigError when it is no address all the same.
    """
    given, name = value_of(environ, _MODEL_VARIABLE), _MODEL_VARIABLE
    if not given:
        given, name = value_of({"base_url": configured}, "base_url"), "config.json: ai_summary.base_url"
    address = given if given.endswith("://") else _MODEL_ENDPOINT.sub("", given)
    if address and "://" not in address:
        address = f"{'http' if _LOCAL_HOST.match(address) else 'https'}://{address}"
    if address and not _MODEL_ADDRESS.fullmatch(address):
        raise ConfigError(
            f"{name}: must be an address such as https://api.openai.com/v1, http or https, without blanks, quotes, "
            f"? and #; got {_without_password(given)}"
        )
    return address


def _without_password(given: str) -> str:
    """What was found, without a password before an @."""
    return re.sub(r"//[^/@]*@", "//…@", given[:80])
