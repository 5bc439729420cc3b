"""What the environment says: secrets, addresses and where Paperfeed runs."""

from collections.abc import Mapping
from typing import Final

import msgspec

from core.config.settings import AiSummary
from core.config.variables import env_contact, env_model_url, env_redis_url, env_url, env_urls, env_variable

DEFAULT_ARXIV_RSS_URL: Final = "https://rss.arxiv.org"

VERSION: Final = "1.0.0"
"""Paperfeed's own version, as arXiv sees it in the User-Agent."""

PROJECT_URL: Final = "https://github.com/paperfeed/paperfeed"


class Environment(msgspec.Struct, frozen=True):
    """What the environment says. The secrets never leave this object but to be compared or sent to their owner."""

    cron_secret: str = ""
    access_key: str = ""  # locks the whole deployment
    profiles_key: str = ""  # lets people save feeds where ``profiles`` is ``key``
    zotero_base_url: str = "https://api.zotero.org"
    store_url: str = ""  # of Redis; empty: SQLite
    base_url: str = ""  # of this deployment, without a slash at the end; empty: from the request
    rss_base_url: str = DEFAULT_ARXIV_RSS_URL
    site_base_url: str = "https://arxiv.org"
    api_base_url: str = "https://export.arxiv.org"
    contact: str = PROJECT_URL  # where arXiv finds who asks: an address or a page
    on_vercel: bool = False
    port: int = 8000  # where ``serve`` listens on this machine, and so where links lead without BASE_URL
    llm_key: str = ""
    llm_base_url: str = ""
    llm_model: str = ""
    notify_urls: tuple[str, ...] = ()  # Apprise addresses; most hold a secret

    def __repr__(self) -> str:
        """Name no secret, so that no log or traceback can."""
        return f"Environment(on_vercel={self.on_vercel}, redis={bool(self.store_url)})"

    __str__ = __repr__


def read_environment(environ: Mapping[str, str], ai_summary: AiSummary) -> Environment:
    """Read the variables that Paperfeed knows; ``ai_summary`` names the one that holds the model's key."""
    return Environment(
        cron_secret=env_variable(environ, "CRON_SECRET"),
        access_key=env_variable(environ, "ACCESS_KEY"),
        profiles_key=env_variable(environ, "PROFILES_KEY") or env_variable(environ, "ACCESS_KEY"),
        zotero_base_url=env_url(environ, "ZOTERO_API_BASE_URL", "https://api.zotero.org"),
        store_url=env_redis_url(environ),
        base_url=env_url(environ, "BASE_URL"),
        rss_base_url=env_url(environ, "ARXIV_RSS_BASE_URL", DEFAULT_ARXIV_RSS_URL),
        site_base_url=env_url(environ, "ARXIV_BASE_URL", "https://arxiv.org"),
        api_base_url=env_url(environ, "ARXIV_API_BASE_URL", "https://export.arxiv.org"),
        contact=env_contact(environ, PROJECT_URL),
        on_vercel=bool(environ.get("VERCEL")),
        port=int(port) if (port := env_variable(environ, "PORT")).isdecimal() else 8000,
        llm_key=env_variable(environ, "OPENAI_API_KEY") or env_variable(environ, ai_summary.api_key_env),
        llm_base_url=env_model_url(environ, ai_summary.base_url),
        llm_model=env_variable(environ, "SUMMARY_MODEL") or ai_summary.model,
        notify_urls=env_urls(environ, "NOTIFY_URLS"),
    )
