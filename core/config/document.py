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

_PIECES: Final = re.compile(
    r'(?P<string>"(?:[^"\\\n]|\\.)*")'
    r"|[“”„‟＂](?P<quoted>[^“”„‟＂\"\\\n]*)[“”„‟＂]"
    r"|(?P<comma>[，、])|(?P<colon>：)"
    r"|,(?P<trailing>\s*[\]}])"
)
_UTF_16: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ONE_PAPER: Final = "a paper is always one item"
_EXCLUDE: Final = "exclude_keywords, with au: and cat: terms"
RETIRED: Final = {
    "enable_deduplication": _ONE_PAPER,
    "deduplication_methods": _ONE_PAPER,
    "fetch_ratings": "nothing: conference ratings are not fetched",
    "display_limit": "the parameter limit",
    "advanced_filtering": "AND, AND NOT, ti:, abs:, au: in keywords; authors; exclude_keywords",
    "keyword_rules": "AND and weights such as LLM^2 in keywords; exclude_keywords",
    "author_rules": "authors and scoring.author; au: terms in exclude_keywords",
    "institution_rules": _EXCLUDE,
    "content_rules": _EXCLUDE,
    "quality_rules": "min_score",
    "scoring.title_match_weight": "scoring.title",
    "scoring.abstract_match_weight": "scoring.abstract",
    "scoring.keyword_density_weight": "the parameter rank=bm25",
    "scoring.recency_weight": "scoring.recency",
    "scoring.author_reputation_weight": "scoring.author with authors",
    "scoring.institution_weight": "nothing: feeds name no institutions that could be counted on",
}
"""The keys of the keyword bot that came before, custom rules included, and what does their work now."""
_FOR_EDITORS: Final = ("$schema",)


def read_json(written: bytes, name: str) -> object:
    """Read a JSON document. Raises ConfigError that names the file, the line and the column."""
    text = _decoded(written, name)
    try:
        return msgspec.json.decode(text)
    except UNREADABLE:
        corrected = _PIECES.sub(_corrected, _PIECES.sub(_corrected, text))  # twice: ``，]`` is a trailing comma then
        try:
            return msgspec.json.decode(corrected)
        except UNREADABLE as error:
            raise ConfigError(f"{name}: not valid JSON: {_place(corrected) or error}") from error


def _decoded(written: bytes, name: str) -> str:
    encoding = "utf-16" if written.startswith(_UTF_16) else "utf-8-sig"
    try:
        return written.decode(encoding)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{name}: not valid JSON: byte {error.start} is not UTF-8; save the file as UTF-8") from error


def _corrected(found: re.Match[str]) -> str:
    """Leave strings as they are; outside them, give each sign its ASCII form."""
    if found["string"] is not None:
        return found["string"]
    if found["quoted"] is not None:
        return f'"{found["quoted"]}"'
    if found["trailing"] is not None:
        return found["trailing"]
    return "," if found["comma"] else ":"


def _place(text: str) -> str:
    """Where a strict reader stumbled, in words; lines are counted as the person's editor does."""
    import json  # noqa: PLC0415 - msgspec tells a byte, and no line

    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1].strip() if text.strip() else ""
        near = f', near "{line[:60]}"' if line else ""
        return f"line {error.lineno}, column {error.colno}: {error.msg[0].lower()}{error.msg[1:]}{near}"
    except RecursionError:
        return "nested too deeply"
    return ""


def without_retired(raw: object) -> tuple[object, list[str]]:
    """Return the document without what means nothing any more, and the retired keys that stood in it."""
    if not isinstance(raw, dict):
        return raw, []
    retired = [path for path in RETIRED if _holds(raw, path)]
    kept = {key: _cleaned(key, value, retired) for key, value in raw.items()}
    return {key: value for key, value in kept.items() if key not in (*retired, *_FOR_EDITORS)}, retired


def _holds(raw: Mapping[str, object], path: str) -> bool:
    outer, _, inner = path.partition(".")
    if not inner:
        return outer in raw
    within = raw.get(outer)
    return isinstance(within, dict) and inner in within


def _cleaned(key: str, value: object, retired: Iterable[str]) -> object:
    if not isinstance(value, dict):
        return value
    return {inner: each for inner, each in value.items() if f"{key}.{inner}" not in retired}


def retired_warning(name: str, retired: Iterable[str]) -> str:
    """One sentence about all of them, with what does their work now."""
    work = "; ".join(f"{path} ({RETIRED[path]})" for path in retired)
    return f"{name}: these keys do nothing any more; in brackets, what does their work now: {work}"
