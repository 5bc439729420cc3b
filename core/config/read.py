"""``config.json`` and the environment: read here alone, parsed, checked and frozen."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from core.config.document import read_json, retired_warning, without_retired
from core.config.environment import Environment, read_environment
from core.config.settings import Settings
from core.errors import ConfigError, ParseError
from core.language.names import parse_name
from core.language.term_list import unite_terms
from core.language.term_parser import parse_term
from core.taxonomy import parse_categories

ROOT: Final = Path(__file__).resolve().parent.parent.parent
"""The folder of the project, where ``config.json`` is."""

_LANGUAGE_TAG: Final = re.compile(r"[A-Za-z]{2,20}(-[A-Za-z0-9]{2,8}){0,3}")
"""A language as BCP 47 writes it: en, zh, pt-BR."""

_MOST_LANGUAGES: Final = 5

Entry = TypeVar("Entry")


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
    from core.config.explain import explain, known_keys, unknown_keys, without_unknown  # noqa: PLC0415 - rarely used

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
    if not 1 <= len(languages) <= _MOST_LANGUAGES or not all(_LANGUAGE_TAG.fullmatch(each) for each in languages):
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
