"""``config.json`` and the environment: read here alone, parsed, checked and frozen."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import Meta

from core.errors import ConfigError, ParseError
from core.language.names import parse_name
from core.language.term_list import unite_terms
from core.language.term_parser import parse_term
from core.settings.keys import retired_warning, without_retired
from core.settings.model_address import model_address
from core.settings.text import read_json
from core.settings.variables import address_of, addresses_of, find_contact, find_store_url, value_of
from core.taxonomy import parse_categories

ARXIV_RSS: Final = "https://rss.arxiv.org"
ROOT: Final = Path(__file__).resolve().parent.parent

MAX_LIMIT: Final = 500
"""The most entries a feed may have."""

VERSION: Final = "1.0.0"
"""Paperfeed's own version, as arXiv sees it in the User-Agent."""

PROJECT_URL: Final = "https://github.com/paperfeed/paperfeed"

LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,20}(-[A-Za-z0-9]{2,8}){0,3}")
"""A language as BCP 47 writes it: en, zh, pt-BR."""

_MOST_LANGUAGES: Final = 5

Entry = TypeVar("Entry")
Weight = Annotated[float, Meta(ge=0, le=100)]
Price = Annotated[float, Meta(ge=0, le=100_000, description="In any currency; 0 for both: no cost is stated.")]


class AiSummary(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The language model's part of ``config.json``."""

    enabled: Annotated[bool | Literal["auto"], Meta(description="Summarize; auto: when there is a key.")] = "auto"
    api_key_env: Annotated[str, Meta(description="The variable that holds the key.")] = "OPENAI_API_KEY"
    base_url: Annotated[str, Meta(description="The address of another OpenAI-compatible API.")] = ""
    model: Annotated[str, Meta(description="The model's name, as its provider spells it.")] = "gpt-4o-mini"
    prompt_file: Annotated[str, Meta(description="A prompt of your own, beside config.json.")] = ""
    max_papers_to_summarize: Annotated[int, Meta(ge=0, le=200, description="The most papers of a day.")] = 15
    max_workers: Annotated[int, Meta(ge=1, le=32, description="How many papers are summarized at once.")] = 8
    language: Annotated[str | tuple[str, ...], Meta(description="Such as en; a list: the first is the default.")] = "en"
    input: Annotated[Literal["full_text", "abstract", "file"], Meta(description="What the model reads.")] = "full_text"
    daily_token_budget: Annotated[
        int, Meta(ge=0, le=1_000_000_000, description="The most tokens a day, question and answer together.")
    ] = 500_000
    temperature: Annotated[float, Meta(ge=0, le=2, description="How freely the model writes.")] = 0.2
    timeout_seconds: Annotated[float, Meta(ge=1, le=280, description="How long one answer may take.")] = 120.0
    max_input_tokens: Annotated[int, Meta(ge=500, le=2_000_000, description="A longer paper is cut, by sections.")] = (
        24_000
    )
    triage: Annotated[str, Meta(description="A cheap model that rates papers against interest; empty: none.")] = ""
    price_per_million_input: Price = 0.0
    price_per_million_output: Price = 0.0

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

    title: Annotated[Weight, Meta(description="For a term in the title.")] = 1.5
    abstract: Annotated[Weight, Meta(description="For a term in the abstract alone.")] = 1.0
    author: Annotated[Weight, Meta(description="For each followed author.")] = 10.0
    primary: Annotated[Weight, Meta(description="When the primary category is among those asked for.")] = 0.0
    recency: Annotated[Weight, Meta(description="For the newest day, less for older ones.")] = 0.0


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``config.json``: what a deployment follows and the defaults of its feeds."""

    categories: Annotated[tuple[str, ...], Meta(description="Fetched each day, and the default of feeds.")] = (
        "cs.AI",
        "cs.CL",
        "cs.LG",
    )
    keywords: Annotated[tuple[str, ...], Meta(description="Terms; a paper is in when one matches.")] = ()
    exclude_keywords: Annotated[tuple[str, ...], Meta(description="Terms; a paper is out when one matches.")] = ()
    authors: Annotated[tuple[str, ...], Meta(description="Names; their papers are in whatever the keywords say.")] = ()
    types: Annotated[
        tuple[Literal["new", "cross", "replace"], ...], Meta(min_length=1, description="Which announcements are in.")
    ] = ("new", "cross")
    interest: Annotated[
        str, Meta(max_length=500, description="What you look for, in a sentence: ai_summary.triage rates against it.")
    ] = ""
    max_papers: Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="The most entries of a day.")] = 30
    min_score: Annotated[float, Meta(ge=0, le=1000, description="The lowest score that is in.")] = 0.0
    days_back: Annotated[int, Meta(ge=1, le=90, description="How many days a feed goes back.")] = 7
    retention_days: Annotated[int, Meta(ge=1, le=90, description="How many days papers are kept.")] = 35
    profiles: Annotated[
        Literal["open", "key", "off"], Meta(description="Who may save a feed: anybody, who has PROFILES_KEY, nobody.")
    ] = "open"
    profiles_expire_days: Annotated[
        int, Meta(ge=40, le=3650, description="A profile that nobody looked at for so long is deleted.")
    ] = 180
    profiles_most: Annotated[int, Meta(ge=1, le=100_000, description="The most profiles kept at once.")] = 1000
    scoring: Annotated[Scoring, Meta(description="What makes a paper's score.")] = Scoring()
    ai_summary: Annotated[AiSummary, Meta(description="The language model.")] = AiSummary()
    notify: Annotated[tuple[str, ...], Meta(description="Apprise addresses that the day's best are sent to.")] = ()


class Environment(msgspec.Struct, frozen=True):
    """What the environment says. The secrets never leave this object but to be compared or sent to their owner."""

    cron_secret: str = ""
    access_key: str = ""  # locks the whole deployment
    profiles_key: str = ""  # lets people save feeds where ``profiles`` is ``key``
    zotero_base_url: str = "https://api.zotero.org"
    store_url: str = ""  # of Redis; empty: SQLite
    base_url: str = ""  # of this deployment, without a slash at the end; empty: from the request
    rss_base_url: str = ARXIV_RSS
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


class Config(msgspec.Struct, frozen=True):
    """Everything that is set before the program starts."""

    settings: Settings
    environment: Environment
    warnings: tuple[str, ...] = ()  # sentences about what works, but not as its author may think


def load_config(path: Path = ROOT / "config.json", environ: Mapping[str, str] | None = None) -> Config:
    """Read and check both. Raises ConfigError that names the file, the keys, what is allowed and what was found."""
    try:
        text = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"could not read {path.name}: {error.strerror}") from error
    settings, warnings = read_settings(text, path.name, folder=path.parent)
    return Config(settings, read_environment(os.environ if environ is None else environ, settings.ai_summary), warnings)


def parse_settings(text: bytes, name: str = "config.json") -> Settings:
    """Parse the settings; unknown keys are refused. Raises ConfigError as ``load_config`` does."""
    return read_settings(text, name)[0]


def read_settings(text: bytes, name: str, *, folder: Path | None = None) -> tuple[Settings, tuple[str, ...]]:
    """Parse the settings and warn of retired keys; what is wrong is said at once. ``folder`` has the prompt file."""
    raw, retired = without_retired(read_json(text, name))
    settings = Settings()
    try:
        settings = msgspec.convert(raw, Settings)
        problems = list(_check(settings, folder))
    except msgspec.ValidationError:
        problems = list(_explain(raw, folder))
    if problems:
        raise ConfigError(f"{name}: {'; '.join(problems)}")
    return settings, (retired_warning(name, retired),) if retired else ()


def _explain(raw: object, folder: Path | None) -> Iterator[str]:
    """Say all that is wrong with a document that is no configuration: unknown keys, and what the known ones hold."""
    from core.settings.explain import explain, known_keys, unknown_keys, without_unknown  # noqa: PLC0415 - rarely used

    known = known_keys(Settings)
    yield from unknown_keys(raw, known)
    try:
        yield from _check(msgspec.convert(without_unknown(raw, known), Settings), folder)
    except msgspec.ValidationError as error:
        yield explain(str(error), raw, Settings)


def _check(settings: Settings, folder: Path | None) -> Iterator[str]:
    """Say what is wrong with values that are of the right type."""
    if settings.days_back > settings.retention_days:
        yield f"days_back: must be at most retention_days ({settings.retention_days}), got {settings.days_back}"
    if not settings.categories:
        yield "categories: must name at least one category, for example cs.AI"
    yield from _unreadable("categories", settings.categories, parse_categories)
    yield from _unreadable("authors", settings.authors, parse_name)
    for key, entries in (("keywords", settings.keywords), ("exclude_keywords", settings.exclude_keywords)):
        yield from _unreadable(key, (entries,), lambda several: unite_terms(map(parse_term, several)))
    languages = settings.ai_summary.languages
    if not 1 <= len(languages) <= _MOST_LANGUAGES or not all(LANGUAGE_TAG.fullmatch(each) for each in languages):
        yield (
            f"ai_summary.language: must be a language such as en or zh, or a list of at most {_MOST_LANGUAGES}, "
            f"got {', '.join(languages) or 'none'}"
        )
    if folder and settings.ai_summary.prompt_file and not (folder / settings.ai_summary.prompt_file).is_file():
        yield f"ai_summary.prompt_file: there is no file {settings.ai_summary.prompt_file} beside config.json"


def _unreadable(key: str, entries: Iterable[Entry], parse: Callable[[Entry], object]) -> Iterator[str]:
    for entry in entries:
        try:
            parse(entry)
        except ParseError as error:
            yield f"{key}: {error}"


def read_environment(environ: Mapping[str, str], ai_summary: AiSummary) -> Environment:
    """Read the variables that Paperfeed knows; ``ai_summary`` names the one that holds the model's key."""
    return Environment(
        cron_secret=value_of(environ, "CRON_SECRET"),
        access_key=value_of(environ, "ACCESS_KEY"),
        profiles_key=value_of(environ, "PROFILES_KEY") or value_of(environ, "ACCESS_KEY"),
        zotero_base_url=address_of(environ, "ZOTERO_API_BASE_URL", "https://api.zotero.org"),
        store_url=find_store_url(environ),
        base_url=address_of(environ, "BASE_URL"),
        rss_base_url=address_of(environ, "ARXIV_RSS_BASE_URL", ARXIV_RSS),
        site_base_url=address_of(environ, "ARXIV_BASE_URL", "https://arxiv.org"),
        api_base_url=address_of(environ, "ARXIV_API_BASE_URL", "https://export.arxiv.org"),
        contact=find_contact(environ, PROJECT_URL),
        on_vercel=bool(environ.get("VERCEL")),
        port=int(port) if (port := value_of(environ, "PORT")).isdecimal() else 8000,
        llm_key=value_of(environ, "OPENAI_API_KEY") or value_of(environ, ai_summary.api_key_env),
        llm_base_url=model_address(environ, ai_summary.base_url),
        llm_model=value_of(environ, "SUMMARY_MODEL") or ai_summary.model,
        notify_urls=addresses_of(environ, "NOTIFY_URLS"),
    )
