"""The JSON schema of ``config.json``, made of the definitions that check it: editors complete keys and explain them."""

from typing import Any, Final

import msgspec

from core.config.document import RETIRED
from core.taxonomy import ARCHIVES, CATEGORIES

_ADDRESS: Final = "https://json-schema.org/draft/2020-12/schema"


def schema_of(settings: type[msgspec.Struct]) -> bytes:
    """Write the schema of these settings, indented; retired keys are in it, marked as such."""
    schema = msgspec.json.schema(settings)
    definitions: dict[str, Any] = schema["$defs"]
    outer = definitions[settings.__name__]
    outer["properties"]["$schema"] = {"type": "string", "description": "Where this schema is; for editors."}
    outer["properties"]["categories"]["items"] = {"anyOf": [{"enum": _categories()}, {"type": "string"}]}
    for path, work in RETIRED.items():
        group, _, name = path.rpartition(".")
        where = _inside(definitions, outer, group) if group else outer
        where["properties"][name] = {"deprecated": True, "description": f"Does nothing any more. Now: {work}."}
    document = {"$schema": _ADDRESS, "title": "Paperfeed's config.json", **schema}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _inside(definitions: dict[str, Any], outer: dict[str, Any], key: str) -> dict[str, Any]:
    """Return the definition that a key refers to."""
    reference: str = outer["properties"][key]["$ref"]
    inner: dict[str, Any] = definitions[reference.rpartition("/")[2]]
    return inner


def _categories() -> list[str]:
    return [*CATEGORIES, *(name for name in ARCHIVES if name not in CATEGORIES)]
