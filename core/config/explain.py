"""What is wrong with a ``config.json``, asked of its definitions: what is allowed, what was found, what was meant."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

Known = Mapping[str, "Known"]
"""The keys that are known, by name, each with those that stand in it."""


def explain(message: str, raw: object, kind: type[msgspec.Struct]) -> str:
    """Turn ``Expected `int` >= 1 - at `$.max_papers``` into ``max_papers: must be between 1 and 500, got 0``."""
    what, _, where = message.partition(" - at `$")
    key = where.strip("`.")
    limits, value = _limits(_hint(key, kind)), _value(raw, key)
    if limits and isinstance(value, int | float) and not isinstance(value, bool) and (">=" in what or "<=" in what):
        return f"{key}: must be between {limits.ge} and {limits.le}, got {value}"
    if "Invalid enum value" in what and (allowed := _words_allowed(_hint(key, kind))):
        return f"{key}: must be one of {', '.join(allowed)}, got {what.partition(' value ')[2]}"
    plain = what.replace("`", "")
    return f"{key}: {plain[0].lower()}{plain[1:]}" if key else f"{plain[0].lower()}{plain[1:]}"


def _value(raw: object, key: str) -> object:
    for part in key.split("."):
        raw = raw.get(part) if isinstance(raw, dict) else None
    return raw


def _hint(key: str, kind: type[msgspec.Struct]) -> object:
    """Return how a key is defined, what it may be included."""
    found: object = kind
    for part in key.partition("[")[0].split("."):
        inner = struct_of(found)
        found = get_type_hints(inner, include_extras=True).get(part) if inner else None
    return found


def struct_of(hint: object) -> type[msgspec.Struct] | None:
    """Return the struct that a definition is of, if it is of one."""
    inner = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    return inner if isinstance(inner, type) and issubclass(inner, msgspec.Struct) else None


def _limits(hint: object) -> Meta | None:
    """Return what a number must lie between."""
    metas = getattr(hint, "__metadata__", ())
    return next((meta for meta in metas if meta.ge is not None), None)


def _words_allowed(hint: object) -> tuple[str, ...]:
    """Return the words of a Literal, wherever in the definition it stands."""
    inner = get_args(hint)
    if get_origin(hint) is Literal:
        return inner
    return next((found for each in inner if (found := _words_allowed(each))), ())


def known_keys(kind: type[msgspec.Struct]) -> Known:
    """Return the keys of a struct by name, each with those that stand in it."""
    hints = get_type_hints(kind, include_extras=True)
    structs = {name: struct_of(hint) for name, hint in hints.items()}
    return {name: known_keys(inner) if inner else {} for name, inner in structs.items()}


def unknown_keys(raw: object, known: Known, prefix: str = "") -> Iterator[str]:
    """Say of every unknown key, however deep, what was probably meant, or which are known there."""
    if not isinstance(raw, dict):
        return
    for key, value in raw.items():
        if key not in known:
            yield f"{prefix}{key}: unknown key; {_meant(key, known, prefix)}"
        elif known[key]:
            yield from unknown_keys(value, known[key], f"{prefix}{key}.")


def _meant(key: str, known: Known, prefix: str) -> str:
    near = get_close_matches(key, known, 1, 0.7)
    return f"did you mean {prefix}{near[0]}?" if near else f"the known ones are {', '.join(known)}"


def without_unknown(raw: object, known: Known) -> object:
    if not isinstance(raw, dict):
        return raw
    return {key: without_unknown(value, known[key]) for key, value in raw.items() if key in known}
