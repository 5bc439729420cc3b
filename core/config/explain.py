"""What is wrong with a ``config.json``, asked of its definitions: what is allowed, what was found, what was meant."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

KnownKeys = Mapping[str, "KnownKeys"]
"""The keys that are known, by name, each with those that stand in it."""


def explain_invalid(msgspec_message: str, config_document: object, settings_type: type[msgspec.Struct]) -> str:
    """Turn ``Expected `int` >= 1 - at `$.max_papers``` into ``max_papers: must be between 1 and 500, got 0``."""
    json_expected, _, config_path = msgspec_message.partition(" - at `$")
    config_key = config_path.strip("`.")
    setting_hint, setting = _setting_hint(config_key, settings_type), _setting_at(config_key, config_document)
    setting_limits, is_number_setting = _setting_limits(setting_hint), type(setting) in (int, float)
    if setting_limits and is_number_setting and (">=" in json_expected or "<=" in json_expected):
        return f"{config_key}: must be between {setting_limits.ge} and {setting_limits.le}, got {setting}"
    if "Invalid enum value" in json_expected and (settings_allowed := _settings_allowed(setting_hint)):
        return (
            f"{config_key}: must be one of {', '.join(settings_allowed)}, got {json_expected.partition(' value ')[2]}"
        )
    json_expected = json_expected.replace("`", "")
    return f"{config_key}: {json_expected[0].lower()}{json_expected[1:]}".removeprefix(": ")


def _setting_at(config_key: str, config_document: object) -> object:
    for key_part in config_key.split("."):
        config_document = config_document.get(key_part) if isinstance(config_document, dict) else None
    return config_document


def _setting_hint(config_key: str, settings_type: type[msgspec.Struct]) -> object:
    """Return how a key is defined, what it may be included."""
    setting_hint: object = settings_type
    for key_part in config_key.partition("[")[0].split("."):
        settings_struct = settings_struct_of(setting_hint)
        setting_hint = get_type_hints(settings_struct, include_extras=True).get(key_part) if settings_struct else None
    return setting_hint


def settings_struct_of(setting_hint: object) -> type[msgspec.Struct] | None:
    """Return the struct that a definition is of, if it is of one."""
    setting_type = get_args(setting_hint)[0] if hasattr(setting_hint, "__metadata__") else setting_hint
    return setting_type if isinstance(setting_type, type) and issubclass(setting_type, msgspec.Struct) else None


def _setting_limits(setting_hint: object) -> Meta | None:
    """Return what a number must lie between."""
    setting_metas = getattr(setting_hint, "__metadata__", ())
    return next((setting_meta for setting_meta in setting_metas if setting_meta.ge is not None), None)


def _settings_allowed(setting_hint: object) -> tuple[str, ...]:
    """Return the words of a Literal, wherever in the definition it stands."""
    inner_setting_hints = get_args(setting_hint)
    if get_origin(setting_hint) is Literal:
        return inner_setting_hints
    return next((settings_allowed for hint in inner_setting_hints if (settings_allowed := _settings_allowed(hint))), ())


def known_keys(settings_type: type[msgspec.Struct]) -> KnownKeys:
    """Return the keys of a struct by name, each with those that stand in it."""
    setting_hints = get_type_hints(settings_type, include_extras=True)
    settings_structs = {config_key: settings_struct_of(hint) for config_key, hint in setting_hints.items()}
    return {config_key: known_keys(struct) if struct else {} for config_key, struct in settings_structs.items()}


def unknown_keys(config_document: object, known: KnownKeys, key_prefix: str = "") -> Iterator[str]:
    """Say of every unknown key, however deep, what was probably meant, or which are known there."""
    if not isinstance(config_document, dict):
        return
    for config_key, setting in config_document.items():
        if config_key not in known:
            yield f"{key_prefix}{config_key}: unknown key; {_key_meant(config_key, known, key_prefix)}"
        elif known[config_key]:
            yield from unknown_keys(setting, known[config_key], f"{key_prefix}{config_key}.")


def _key_meant(unknown_key: str, known: KnownKeys, key_prefix: str) -> str:
    near_keys = get_close_matches(unknown_key, known, 1, 0.7)
    return f"did you mean {key_prefix}{near_keys[0]}?" if near_keys else f"the known ones are {', '.join(known)}"


def without_unknown_keys(config_document: object, known: KnownKeys) -> object:
    if not isinstance(config_document, dict):
        return config_document
    known_settings = ((key, setting) for key, setting in config_document.items() if key in known)
    return {config_key: without_unknown_keys(setting, known[config_key]) for config_key, setting in known_settings}
