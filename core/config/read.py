"""``config.json`` and the environment: read here alone, parsed, checked and frozen."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from core.config.config_json import read_config_json, warn_of_retired_keys, without_retired_keys
from core.config.environment import Environment, read_environment
from core.config.settings import Settings
from core.errors import ConfigError, ParseError
from core.language.names import parse_name
from core.language.term_list import unite_terms
from core.language.term_parser import parse_term
from core.taxonomy import parse_categories

ROOT: Final = Path(__file__).resolve().parent.parent.parent
"""The folder of the project, where ``config.json`` is."""

_CONFIG_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,20}(-[A-Za-z0-9]{2,8}){0,3}")
"""A language as BCP 47 writes it: en, zh, pt-BR."""

_MOST_CONFIG_LANGUAGES: Final = 5

SettingEntry = TypeVar("SettingEntry")


class Config(msgspec.Struct, frozen=True):
    """Everything that is set before the program starts."""

    settings: Settings
    environment: Environment
    config_warnings: tuple[str, ...] = ()  # sentences about what works, but not as its author may think


def load_config(config_path: Path = ROOT / "config.json", environ: Mapping[str, str] | None = None) -> Config:
    """Read and check both. Raises ConfigError that names the file, the keys, what is allowed and what was found."""
    try:
        config_bytes = config_path.read_bytes()
    except OSError as config_error:
        raise ConfigError(f"could not read {config_path.name}: {_why_unreadable(config_path, config_error)}") from None
    settings, config_warnings = read_settings(config_bytes, config_path.name, config_folder=config_path.parent)
    environment = read_environment(os.environ if environ is None else environ, settings.ai_summary)
    return Config(settings, environment, config_warnings)


def _why_unreadable(config_path: Path, config_error: OSError) -> str:
    """What is wrong with the file, and what to do; where a link leads is nothing for strangers, who may be told."""
    if config_path.is_dir():
        return "it is a folder; move it away and put the file in its place"
    if config_path.is_symlink() and not config_path.exists():
        return "it is a link to what is not there; remove the link and put the file in its place"
    if isinstance(config_error, FileNotFoundError):
        return "there is no such file; put one there, with {} in it for the defaults"
    if isinstance(config_error, PermissionError):
        return "it may not be read; make it readable for this user"
    return config_error.strerror or str(config_error)


def parse_settings(config_bytes: bytes, config_name: str = "config.json") -> Settings:
    """Parse the settings; unknown keys are refused. Raises ConfigError as ``load_config`` does."""
    return read_settings(config_bytes, config_name)[0]


def read_settings(
    config_bytes: bytes, config_name: str, *, config_folder: Path | None = None
) -> tuple[Settings, tuple[str, ...]]:
    """Parse the settings, warn of retired keys, say at once what is wrong. ``config_folder`` has the prompt file."""
    config_document, retired_keys = without_retired_keys(read_config_json(config_bytes, config_name))
    settings = Settings()
    try:
        settings = msgspec.convert(config_document, Settings)
        config_problems = list(_check_settings(settings, config_folder))
    except msgspec.ValidationError:
        config_problems = list(_explain_invalid_config(config_document, config_folder))
    if config_problems:
        raise ConfigError(f"{config_name}: {'; '.join(config_problems)}")
    return settings, (warn_of_retired_keys(config_name, retired_keys),) if retired_keys else ()


def _explain_invalid_config(config_document: object, config_folder: Path | None) -> Iterator[str]:
    """Say all that is wrong with a document that is no configuration: unknown keys, and what the known ones hold."""
    from core.config import explain  # noqa: PLC0415 - rarely used

    known_config_keys = explain.known_keys(Settings)
    yield from explain.unknown_keys(config_document, known_config_keys)
    known_settings = explain.without_unknown_keys(config_document, known_config_keys)
    try:
        yield from _check_settings(msgspec.convert(known_settings, Settings), config_folder)
    except msgspec.ValidationError as invalid_setting:
        yield explain.explain_invalid(str(invalid_setting), config_document, Settings)


def _check_settings(settings: Settings, config_folder: Path | None) -> Iterator[str]:
    """Say what is wrong with values that are of the right type."""
    if settings.days_back > settings.retention_days:
        yield f"days_back: must be at most retention_days ({settings.retention_days}), got {settings.days_back}"
    if not settings.categories:
        yield "categories: must name at least one category, for example cs.AI"
    yield from _check_setting("categories", settings.categories, parse_categories)
    yield from _check_setting("authors", settings.authors, parse_name)
    for config_key, config_terms in (("keywords", settings.keywords), ("exclude_keywords", settings.exclude_keywords)):
        yield from _check_setting(config_key, (config_terms,), _parse_config_terms)
    config_languages = settings.ai_summary.languages
    are_config_languages = all(map(_CONFIG_LANGUAGE.fullmatch, config_languages))
    if not are_config_languages or not 1 <= len(config_languages) <= _MOST_CONFIG_LANGUAGES:
        yield (
            f"ai_summary.language: must be a language such as en or zh, or a list of at most {_MOST_CONFIG_LANGUAGES}, "
            f"got {', '.join(config_languages) or 'none'}"
        )
    config_prompt = settings.ai_summary.prompt_file
    if config_folder and config_prompt and not (config_folder / config_prompt).is_file():
        yield f"ai_summary.prompt_file: there is no file {config_prompt} beside config.json"


def _parse_config_terms(config_terms: Iterable[str]) -> object:
    return unite_terms(map(parse_term, config_terms))


def _check_setting(
    config_key: str, config_entries: Iterable[SettingEntry], parse: Callable[[SettingEntry], object]
) -> Iterator[str]:
    for setting_entry in config_entries:
        try:
            parse(setting_entry)
        except ParseError as setting_error:
            yield f"{config_key}: {setting_error}"
