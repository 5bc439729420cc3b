"""``config.json`` and the environment: read here alone, parsed, checked and frozen."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

import msgspec

from core.errors import ConfigError, ParseError
from core.language.terms import parse_term, unite_terms
from core.taxonomy import parse_categories

ROOT: Final = Path(__file__).resolve().parent.parent

MAX_LIMIT: Final = 500
"""The most entries a feed may have."""

VERSION: Final = "1.0.0"
"""Paperfeed's own version, as arXiv sees it in the User-Agent."""

PROJECT_URL: Final = "https://github.com/paperfeed/paperfeed"

LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,20}(-[A-Za-z0-9]{2,8}){0,3}")
"""A language as BCP 47 writes it: en, zh, pt-BR."""

_MOST_LANGUAGES: Final = 5
_REDIS_SCHEMES: Final = ("redis://", "rediss://", "unix://")

_RANGES: Final[dict[str, tuple[float, float]]] = {
    "max_papers": (1, MAX_LIMIT),
    "min_score": (0, 1000),
    "days_back": (1, 90),
    "retention_days": (1, 90),
    "scoring.title": (0, 100),
    "scoring.abstract": (0, 100),
    "scoring.author": (0, 100),
    "scoring.primary": (0, 100),
    "scoring.recency": (0, 100),
    "ai_summary.max_papers_to_summarize": (0, 200),
    "ai_summary.max_workers": (1, 32),
    "ai_summary.daily_token_budget": (0, 1_000_000_000),
    "ai_summary.temperature": (0, 2),
    "ai_summary.timeout_seconds": (1, 280),
    "ai_summary.max_input_tokens": (500, 2_000_000),
    "ai_summary.price_per_million_input": (0, 100_000),
    "ai_summary.price_per_million_output": (0, 100_000),
}


class AiSummary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The language model's part of ``config.json``."""

    enabled: bool | Literal["auto"] = "auto"  # "auto": when a key is present
    api_key_env: str = "OPENAI_API_KEY"
    base_url: str = ""
    model: str = "gpt-4o-mini"
    prompt_file: str = ""
    max_papers_to_summarize: int = 15
    max_workers: int = 8
    language: str | tuple[str, ...] = "en"
    input: Literal["full_text", "abstract", "file"] = "full_text"
    daily_token_budget: int = 500_000
    temperature: float = 0.2
    timeout_seconds: float = 120.0
    max_input_tokens: int = 24_000  # a longer paper is cut, by sections
    price_per_million_input: float = 0.0  # in any currency; 0 for both: unknown, and no cost is stated
    price_per_million_output: float = 0.0

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages to summarize in, the default one of feeds first."""
        several = (self.language,) if isinstance(self.language, str) else self.language
        return tuple(dict.fromkeys(several))

    def cost(self, prompt_tokens: int, completion_tokens: int) -> float | None:
        """The price of so many tokens in the configured currency; None when no price is configured."""
        if not self.price_per_million_input and not self.price_per_million_output:
            return None
        total = prompt_tokens * self.price_per_million_input + completion_tokens * self.price_per_million_output
        return round(total / 1_000_000, 4)


class Scoring(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """
    What makes a paper's score. The defaults are the old bot's arithmetic: 1 per term, 0.5 more in the title.

    A term counts ``title`` when it stands in the title, else ``abstract``, times its own weight. The other weights are
    added once: ``author`` for each followed author, ``primary`` when the primary category is among those asked for,
    ``recency`` times the part of the feed's days that lies between the paper's first announcement and its end.
    """

    title: float = 1.5
    abstract: float = 1.0
    author: float = 10.0
    primary: float = 0.0
    recency: float = 0.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``config.json``: what a deployment follows and the defaults of its feeds."""

    categories: tuple[str, ...] = ("cs.AI", "cs.CL", "cs.LG")
    keywords: tuple[str, ...] = ()
    exclude_keywords: tuple[str, ...] = ()
    max_papers: int = 30
    min_score: float = 0.0
    days_back: int = 7
    retention_days: int = 35
    scoring: Scoring = Scoring()
    ai_summary: AiSummary = AiSummary()


class Environment(msgspec.Struct, frozen=True):
    """What the environment says. The secrets never leave this object but to be compared or sent to their owner."""

    cron_secret: str = ""
    store_url: str = ""  # of Redis; empty: SQLite
    base_url: str = ""  # of this deployment, without a slash at the end; empty: from the request
    rss_base_url: str = "https://rss.arxiv.org"
    site_base_url: str = "https://arxiv.org"
    api_base_url: str = "https://export.arxiv.org"
    contact: str = PROJECT_URL  # where arXiv finds who asks: an address or a page
    on_vercel: bool = False
    llm_key: str = ""
    llm_base_url: str = ""
    llm_model: str = ""

    def __repr__(self) -> str:
        """Name no secret, so that no log or traceback can."""
        return f"Environment(on_vercel={self.on_vercel}, redis={bool(self.store_url)})"

    __str__ = __repr__


class Config(msgspec.Struct, frozen=True):
    """Everything that is set before the program starts."""

    settings: Settings
    environment: Environment


def load_config(path: Path = ROOT / "config.json", environ: Mapping[str, str] | None = None) -> Config:
    """Read and check both. Raises ConfigError that names the file, the key, what is allowed and what was found."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"could not read {path.name}: {error.strerror}") from error
    settings = parse_settings(text, path.name)
    return Config(settings, read_environment(os.environ if environ is None else environ, settings.ai_summary))


def parse_settings(text: bytes, name: str = "config.json") -> Settings:
    """Parse the settings; unknown keys are refused. Raises ConfigError as ``load_config`` does."""
    try:
        raw = msgspec.json.decode(text)
        settings = msgspec.convert(raw, Settings)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{name}: {_explain(str(error))}") from error
    except msgspec.DecodeError as error:
        raise ConfigError(f"{name}: not valid JSON: {error}") from error
    _check_ranges(settings, name)
    _check_categories(settings, name)
    _check_terms("keywords", settings.keywords, name)
    _check_terms("exclude_keywords", settings.exclude_keywords, name)
    _check_languages(settings.ai_summary, name)
    return settings


def _explain(message: str) -> str:
    """Turn ``Expected `int`, got `str` - at `$.max_papers``` into ``max_papers: expected int, got str``."""
    what, _, where = message.partition(" - at `$")
    key = where.strip("`.")
    if "unknown field" in what:
        name = what.split("`")[1]
        known = ", ".join({"ai_summary": AiSummary, "scoring": Scoring}.get(key, Settings).__struct_fields__)
        return f"{key + '.' if key else ''}{name}: unknown key; the known ones are {known}"
    plain = what.replace("`", "")
    return f"{key}: {plain[0].lower()}{plain[1:]}" if key else plain


def _check_ranges(settings: Settings, name: str) -> None:
    for key, (low, high) in _RANGES.items():
        value: object = settings
        for part in key.split("."):
            value = getattr(value, part)
        if not isinstance(value, int | float) or not low <= value <= high:
            raise ConfigError(f"{name}: {key}: must be between {low} and {high}, got {value}")
    if settings.days_back > settings.retention_days:
        raise ConfigError(
            f"{name}: days_back: must be at most retention_days ({settings.retention_days}), got {settings.days_back}"
        )


def _check_categories(settings: Settings, name: str) -> None:
    if not settings.categories:
        raise ConfigError(f"{name}: categories: must name at least one category, for example cs.AI")
    for category in settings.categories:
        try:
            parse_categories(category)
        except ParseError as error:
            raise ConfigError(f"{name}: categories: {error}") from error


def _check_terms(key: str, entries: tuple[str, ...], name: str) -> None:
    try:
        unite_terms(parse_term(entry) for entry in entries)
    except ParseError as error:
        raise ConfigError(f"{name}: {key}: {error}") from error


def _check_languages(ai_summary: AiSummary, name: str) -> None:
    languages = ai_summary.languages
    if not 1 <= len(languages) <= _MOST_LANGUAGES or not all(LANGUAGE_TAG.fullmatch(each) for each in languages):
        raise ConfigError(
            f"{name}: ai_summary.language: must be a language such as en or zh, or a list of at most "
            f"{_MOST_LANGUAGES}, got {', '.join(languages) or 'none'}"
        )


def read_environment(environ: Mapping[str, str], ai_summary: AiSummary) -> Environment:
    """Read the variables that Paperfeed knows; ``ai_summary`` names the one that holds the model's key."""

    def base(name: str, default: str) -> str:
        return environ.get(name, "").strip().rstrip("/") or default

    return Environment(
        cron_secret=environ.get("CRON_SECRET", "").strip(),
        store_url=find_store_url(environ),
        base_url=_with_scheme(base("BASE_URL", "")),
        rss_base_url=base("ARXIV_RSS_BASE_URL", "https://rss.arxiv.org"),
        site_base_url=base("ARXIV_BASE_URL", "https://arxiv.org"),
        api_base_url=base("ARXIV_API_BASE_URL", "https://export.arxiv.org"),
        contact=find_contact(environ),
        on_vercel=bool(environ.get("VERCEL")),
        llm_key=environ.get("OPENAI_API_KEY", "").strip() or environ.get(ai_summary.api_key_env, "").strip(),
        llm_base_url=base("OPENAI_BASE_URL", ai_summary.base_url),
        llm_model=environ.get("SUMMARY_MODEL", "").strip() or ai_summary.model,
    )


def _with_scheme(address: str) -> str:
    """``feeds.example.org`` as people write it; a feed's links need the whole address."""
    return f"https://{address}" if address and "://" not in address else address


def find_contact(environ: Mapping[str, str]) -> str:
    """``ARXIV_CONTACT``, else the repository that Vercel deploys, else the project's; fit for an HTTP header."""
    owner, name = environ.get("VERCEL_GIT_REPO_OWNER", "").strip(), environ.get("VERCEL_GIT_REPO_SLUG", "").strip()
    deployed = f"https://github.com/{owner}/{name}" if owner and name else PROJECT_URL
    given = "".join(character for character in environ.get("ARXIV_CONTACT", "") if " " <= character <= "~")
    return given.strip(" ()") or deployed


def find_store_url(environ: Mapping[str, str]) -> str:
    """
    The Redis address under any name that a marketplace integration gives it, ``REDIS_URL`` first.

    Raises ConfigError when ``REDIS_URL`` is no such address: papers would be kept where nobody looks for them.
    """
    if environ.get("REDIS_URL", "").strip() and not environ["REDIS_URL"].strip().startswith(_REDIS_SCHEMES):
        raise ConfigError(f"REDIS_URL: must begin with one of {', '.join(_REDIS_SCHEMES)}")
    names = ["REDIS_URL", "KV_URL"]
    names += sorted(name for name in environ if name.endswith(("_REDIS_URL", "_KV_URL")))
    found = (environ.get(name, "").strip() for name in names)
    return next((url for url in found if url.startswith(_REDIS_SCHEMES)), "")
