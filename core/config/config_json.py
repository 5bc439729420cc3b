"""
``config.json`` as people write it: what they mean is read, and what the keys of the bot before it have become is told.

A byte-order mark, trailing commas and full-width punctuation are read as they are meant.
"""

import codecs
import re
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from core.errors import UNREADABLE, ConfigError

_CONFIG_JSON_SIGNS: Final = re.compile(
    r'(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|[“”„‟＂](?P<quoted>[^“”„‟＂\"\\\n]*)[“”„‟＂]"
    r"|(?P<comma>[，、])|(?P<colon>：)"
    r"|,(?P<trailing>\s*[\]}])"
)
_CONFIG_UTF_16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_RETIRED_DEDUPLICATION: Final = "a paper is always one item"
_RETIRED_EXCLUSION: Final = "exclude_keywords, with au: and cat: terms"
RETIRED_KEYS: Final = {
    "enable_deduplication": _RETIRED_DEDUPLICATION,
    "deduplication_methods": _RETIRED_DEDUPLICATION,
    "fetch_ratings": "nothing: conference ratings are not fetched",
    "display_limit": "the parameter limit",
    "advanced_filtering": "AND, AND NOT, ti:, abs:, au: in keywords; authors; exclude_keywords",
    "keyword_rules": "AND and weights such as LLM^2 in keywords; exclude_keywords",
    "author_rules": "authors and scoring.author; au: terms in exclude_keywords",
    "institution_rules": _RETIRED_EXCLUSION,
    "content_rules": _RETIRED_EXCLUSION,
    "quality_rules": "min_score",
    "scoring.title_match_weight": "scoring.title",
    "scoring.abstract_match_weight": "scoring.abstract",
    "scoring.keyword_density_weight": "the parameter rank=bm25",
    "scoring.recency_weight": "scoring.recency",
    "scoring.author_reputation_weight": "scoring.author with authors",
    "scoring.institution_weight": "nothing: feeds name no institutions that could be counted on",
}
"""The keys of the keyword bot that came before, custom rules included, and what does their work now."""
_EDITOR_KEYS: Final = ("$schema",)


def read_config_json(config_bytes: bytes, config_name: str) -> object:
    """Read a JSON document. Raises ConfigError that names the file, the line and the column."""
    config_text = _decode_config(config_bytes, config_name)
    try:
        return msgspec.json.decode(config_text)
    except UNREADABLE:
        corrected_config = _correct_config(_correct_config(config_text))  # twice: ``，]`` is a trailing comma then
        try:
            return msgspec.json.decode(corrected_config)
        except UNREADABLE as strict_config_error:
            config_error = _config_json_error(corrected_config) or strict_config_error
            raise ConfigError(f"{config_name}: not valid JSON: {config_error}") from strict_config_error


def _decode_config(config_bytes: bytes, config_name: str) -> str:
    config_encoding = "utf-16" if config_bytes.startswith(_CONFIG_UTF_16_MARKS) else "utf-8-sig"
    try:
        return config_bytes.decode(config_encoding)
    except UnicodeDecodeError as config_utf_8_error:
        not_utf_8_config = f"byte {config_utf_8_error.start} is not UTF-8; save the file as UTF-8"
        raise ConfigError(f"{config_name}: not valid JSON: {not_utf_8_config}") from config_utf_8_error


def _correct_config(config_text: str) -> str:
    """Leave strings as they are; outside them, give each sign its ASCII form."""
    return _CONFIG_JSON_SIGNS.sub(_ascii_config_sign, config_text)


def _ascii_config_sign(config_sign: re.Match[str]) -> str:
    if config_sign["string"] is not None:
        return config_sign["string"]
    if config_sign["quoted"] is not None:
        return f'"{config_sign["quoted"]}"'
    if config_sign["trailing"] is not None:
        return config_sign["trailing"]
    return "," if config_sign["comma"] else ":"


def _config_json_error(config_text: str) -> str:
    """Where a strict reader stumbled, in words; lines are counted as the person's editor does."""
    import json  # noqa: PLC0415 - msgspec tells a byte, and no line

    try:
        json.loads(config_text)
    except json.JSONDecodeError as config_error:
        # as json counts lines: the end of the file may be one line more than splitlines gives
        config_line = config_text.split("\n")[config_error.lineno - 1].strip()
        near_config_line = f', near "{config_line[:60]}"' if config_line else ""
        config_problem = f"{config_error.msg[0].lower()}{config_error.msg[1:]}"
        return f"line {config_error.lineno}, column {config_error.colno}: {config_problem}{near_config_line}"
    except RecursionError:
        return "nested too deeply"
    return ""


def without_retired_keys(config_document: object) -> tuple[object, list[str]]:
    """Return the document without what means nothing any more, and the retired keys that stood in it."""
    if not isinstance(config_document, dict):
        return config_document, []
    retired_keys = [config_path for config_path in RETIRED_KEYS if _has_config_key(config_document, config_path)]
    dropped_keys = (*retired_keys, *_EDITOR_KEYS)
    kept_settings = {key: config_setting for key, config_setting in config_document.items() if key not in dropped_keys}
    return {key: _without_inner_keys(key, kept_settings[key], retired_keys) for key in kept_settings}, retired_keys


def _has_config_key(config_document: Mapping[str, object], config_path: str) -> bool:
    outer_key, _, inner_key = config_path.partition(".")
    if not inner_key:
        return outer_key in config_document
    outer_config_setting = config_document.get(outer_key)
    return isinstance(outer_config_setting, dict) and inner_key in outer_config_setting


def _without_inner_keys(outer_key: str, config_setting: object, retired_keys: Iterable[str]) -> object:
    if not isinstance(config_setting, dict):
        return config_setting
    return {key: inner for key, inner in config_setting.items() if f"{outer_key}.{key}" not in retired_keys}


def warn_of_retired_keys(config_name: str, retired_keys: Iterable[str]) -> str:
    """One sentence about all of them, with what does their work now."""
    retired_now = "; ".join(f"{config_path} ({RETIRED_KEYS[config_path]})" for config_path in retired_keys)
    return f"{config_name}: these keys do nothing any more; in brackets, what does their work now: {retired_now}"
