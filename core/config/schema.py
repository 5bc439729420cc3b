"""The JSON schema of ``config.json``, made of the definitions that check it: editors complete keys and explain them."""

from typing import Any, Final

import msgspec

from core.config.config_json import RETIRED_KEYS
from core.taxonomy import ARCHIVES, CATEGORIES

_JSON_SCHEMA_URL: Final = "https://json-schema.org/draft/2020-12/schema"


def config_schema(settings_type: type[msgspec.Struct]) -> bytes:
    """Write the schema of these settings, indented; retired keys are in it, marked as such."""
    json_schema = msgspec.json.schema(settings_type)
    definitions: dict[str, Any] = json_schema["$defs"]
    settings_schema = definitions[settings_type.__name__]["properties"]
    settings_schema["$schema"] = {"type": "string", "description": "Where this schema is; for editors."}
    config_categories = [*CATEGORIES, *(archive for archive in ARCHIVES if archive not in CATEGORIES)]
    settings_schema["categories"]["items"] = {"anyOf": [{"enum": config_categories}, {"type": "string"}]}
    for retired_key, replacement in RETIRED_KEYS.items():
        outer_key, _, inner_key = retired_key.rpartition(".")
        keys_schema = _inner_schema(definitions, settings_schema[outer_key]) if outer_key else settings_schema
        retired_key_now = f"Does nothing any more. Now: {replacement}."
        keys_schema[inner_key] = {"deprecated": True, "description": retired_key_now}
    schema_document = {"$schema": _JSON_SCHEMA_URL, "title": "Paperfeed's config.json", **json_schema}
    return msgspec.json.format(msgspec.json.encode(schema_document), indent=2) + b"\n"


def _inner_schema(definitions: dict[str, Any], key_schema: dict[str, Any]) -> dict[str, Any]:
    """Return the keys that stand in the definition that a key refers to."""
    definition_reference: str = key_schema["$ref"]
    inner_schema: dict[str, Any] = definitions[definition_reference.rpartition("/")[2]]["properties"]
    return inner_schema
