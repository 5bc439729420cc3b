"""Values of environment variables in one spelling; a wrong one is named with what to write, and never repeated."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from core.errors import ConfigError

REDIS_SCHEMES: Final = ("redis://", "rediss://", "unix://")
_REST_URL_VARIABLES: Final = ("KV_REST_API_URL", "UPSTASH_REDIS_REST_URL")
"""What Upstash gives beside the address of Redis itself."""
_ENV_QUOTES: Final = {'"': '"', "'": "'", "“": "”", "‘": "’", "＂": "＂"}
_UNENCODED_PASSWORD_SIGN: Final = re.compile(r"[#/?@]")
_BETWEEN_ENV_URLS: Final = re.compile(r"[\s]+|,\s*(?=[A-Za-z0-9+.-]+://)")
_HOW_TO_ENCODE: Final = "# as %23, / as %2F, ? as %3F, @ as %40"
_MODEL_URL_VARIABLE: Final = "OPENAI_BASE_URL"
_ENV_MODEL_ENDPOINT: Final = re.compile(r"(?:/chat/completions|/completions|/responses|/models)?/{0,3}$")
_ENV_LOCAL_MODEL_HOST: Final = re.compile(
    r"(localhost|host\.docker\.internal|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[::1\])"
)
_ENV_MODEL_URL: Final = re.compile(r"https?://([^/?#@\s]+@)?[A-Za-z0-9.\-_\[\]:]+(/[^\s?#\"'<>]*)?", re.IGNORECASE)


def env_variable(environ: Mapping[str, str], variable: str) -> str:
    """Return the variable without blanks around it, and without the quotes that an env file's line may have."""
    env_text = environ.get(variable, "").strip()
    if len(env_text) > 1 and _ENV_QUOTES.get(env_text[0]) == env_text[-1]:
        env_text = env_text[1:-1].strip()
    return env_text


def env_url(environ: Mapping[str, str], variable: str, default: str = "") -> str:
    """Return an address without a slash at its end; a bare host means https."""
    env_address = env_variable(environ, variable).rstrip("/") or default
    return f"https://{env_address}" if env_address and "://" not in env_address else env_address


def env_urls(environ: Mapping[str, str], variable: str) -> tuple[str, ...]:
    """Return several addresses, separated by blanks, lines, or commas before the next one."""
    env_addresses = _BETWEEN_ENV_URLS.split(env_variable(environ, variable))
    return tuple(dict.fromkeys(env_address for env_address in env_addresses if env_address))


def env_contact(environ: Mapping[str, str], default: str) -> str:
    """``ARXIV_CONTACT``, else the repository that Vercel deploys, else ``default``; fit for an HTTP header."""
    vercel_owner = env_variable(environ, "VERCEL_GIT_REPO_OWNER")
    vercel_repository = env_variable(environ, "VERCEL_GIT_REPO_SLUG")
    if vercel_owner and vercel_repository:
        default = f"https://github.com/{vercel_owner}/{vercel_repository}"
    env_contact_text = "".join(sign for sign in env_variable(environ, "ARXIV_CONTACT") if " " <= sign <= "~")
    return env_contact_text.strip(" ()") or default


def env_redis_url(environ: Mapping[str, str]) -> str:
    """
    The Redis address under any name that a marketplace integration gives it, ``REDIS_URL`` first; "" for SQLite.

    Raises ConfigError when ``REDIS_URL`` is no such address, or when on Vercel there is only a REST address: papers
    would be kept where nobody looks for them.
    """
    redis_variable = env_variable(environ, "REDIS_URL")
    if redis_variable and not redis_variable.startswith(REDIS_SCHEMES):
        env_rest_hint = "; this is a REST address, Upstash shows the rediss:// one beside it"
        redis_schemes = ", ".join(REDIS_SCHEMES) + (env_rest_hint if redis_variable.startswith("http") else "")
        raise ConfigError(f"REDIS_URL: must begin with one of {redis_schemes}")
    for variable, redis_url in _redis_urls(environ):
        _check_redis_password(variable, redis_url)
        return redis_url
    _refuse_rest_url_alone(environ)
    return ""


def _redis_urls(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    redis_variables = ["REDIS_URL", "KV_URL"]
    redis_variables += sorted(variable for variable in environ if variable.endswith(("_REDIS_URL", "_KV_URL")))
    for variable in redis_variables:
        redis_url = env_variable(environ, variable)
        if redis_url.startswith(REDIS_SCHEMES):
            yield variable, redis_url


def _check_redis_password(variable: str, redis_url: str) -> None:
    env_redis_credentials, at, _ = redis_url.partition("://")[2].rpartition("@")
    if at and not redis_url.startswith("unix://") and _UNENCODED_PASSWORD_SIGN.search(env_redis_credentials):
        raise ConfigError(f"{variable}: the password holds a sign that must be percent-encoded: {_HOW_TO_ENCODE}")


def _refuse_rest_url_alone(environ: Mapping[str, str]) -> None:
    rest_variable = next((variable for variable in _REST_URL_VARIABLES if env_variable(environ, variable)), "")
    if rest_variable and environ.get("VERCEL"):
        raise ConfigError(
            f"REDIS_URL: is not set, and {rest_variable} alone is not enough: set REDIS_URL to the address of the same "
            "database that begins with rediss:// (Upstash shows it under Connect, TCP)"
        )


def env_model_url(environ: Mapping[str, str], configured_url: str) -> str:
    """
    ``OPENAI_BASE_URL``, else ``ai_summary.base_url``; "" for OpenAI's own.

    Blanks and quotes around it go, and so does the endpoint that a documentation shows after it; without a scheme it is
    https, on this machine and its network http. Raises ConfigError when it is no address all the same.
    """
    given_url, env_source = env_variable(environ, _MODEL_URL_VARIABLE), _MODEL_URL_VARIABLE
    if not given_url:
        given_url = env_variable({"base_url": configured_url}, "base_url")
        env_source = "config.json: ai_summary.base_url"
    model_url = given_url if given_url.endswith("://") else _ENV_MODEL_ENDPOINT.sub("", given_url)
    if model_url and "://" not in model_url:
        model_url = f"{'http' if _ENV_LOCAL_MODEL_HOST.match(model_url) else 'https'}://{model_url}"
    if model_url and not _ENV_MODEL_URL.fullmatch(model_url):
        raise ConfigError(
            f"{env_source}: must be an address such as https://api.openai.com/v1, http or https, without blanks, "
            f"quotes, ? and #; got {_hide_password(given_url)}"
        )
    return model_url


def _hide_password(given_url: str) -> str:
    """What was found, without a password before an @."""
    return re.sub(r"//[^/@]*@", "//…@", given_url[:80])
