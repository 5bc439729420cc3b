"""
What the documents say that the program knows: written into them by this file, compared by tests.

``python tests/support/documents.py`` writes the table of keys, the deploy button and config.schema.json anew.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from core.config.config_json import RETIRED_KEYS
from core.config.environment import PROJECT_URL
from core.config.read import ROOT
from core.config.schema import config_schema
from core.config.settings import Settings

_KEYS = re.compile(r"(<!-- keys:[^>]*-->\n).*?(<!-- end -->)", re.DOTALL)
_BUTTON = re.compile(r"\[!\[Deploy with Vercel\].*?\]\([^)]*\)\]?(\([^)]*\))?")
STORES = [{"type": "integration", "integrationSlug": "upstash", "productSlug": "upstash-kv", "protocol": "storage"}]


def button() -> str:
    """The deploy button of this repository, or of a fork of it."""
    parameters = {
        "repository-url": PROJECT_URL,
        "project-name": "paperfeed",
        "repository-name": "paperfeed",
        "env": "CRON_SECRET",
        "envDescription": "A long random word that lets the daily refresh in. Make one with: openssl rand -hex 32",
        "envLink": f"{PROJECT_URL}/blob/main/docs/deploy-vercel.md",
        "stores": json.dumps(STORES, separators=(",", ":")),
    }
    address = f"https://vercel.com/new/clone?{urlencode(parameters, quote_via=quote, safe='')}"
    return f"[![Deploy with Vercel](https://vercel.com/button)]({address})"


def keys_table() -> str:
    """Every key of config.json: what it means, what is allowed, its default."""
    definitions = json.loads(config_schema(Settings))["$defs"]
    rows = ["| key | meaning | allowed | default |", "|---|---|---|---|"]
    rows += _rows(definitions, "Settings", "")
    return "\n".join(rows) + "\n"


def _rows(definitions: dict[str, Any], name: str, prefix: str) -> Iterator[str]:
    for key, value in definitions[name]["properties"].items():
        if key == "$schema" or f"{prefix}{key}" in RETIRED_KEYS:
            continue
        if reference := value.get("$ref"):
            yield from _rows(definitions, reference.rpartition("/")[2], f"{prefix}{key}.")
            continue
        default = json.dumps(value["default"], ensure_ascii=False)
        yield f"| `{prefix}{key}` | {value['description']} | {_allowed(value)} | `{default}` |"


def _allowed(value: dict[str, Any]) -> str:
    if "minimum" in value:
        return f"{value['minimum']:,} to {value['maximum']:,}"
    words = _words(value)
    return ", ".join(f"`{word}`" for word in words) if words else ""


def _words(value: dict[str, Any]) -> list[str]:
    found = [str(word) for word in value.get("enum", [])]
    inner = [value["items"]] if "items" in value else []
    for each in (*inner, *value.get("anyOf", ())):
        found += ["true", "false"] if each.get("type") == "boolean" else []
        found += _words(each) if "anyOf" not in each else []
    return found


def documents() -> dict[str, str]:
    """Every file that holds something written here, as it should be."""
    configuration, readme = ROOT / "docs" / "configuration.md", ROOT / "README.md"
    return {
        "config.schema.json": config_schema(Settings).decode(),
        "docs/configuration.md": _KEYS.sub(lambda m: f"{m[1]}{keys_table()}{m[2]}", configuration.read_text("utf-8")),
        "README.md": _BUTTON.sub(lambda _: button(), readme.read_text("utf-8"), count=1),
    }


if __name__ == "__main__":
    for name, text in documents().items():
        (ROOT / name).write_text(text, encoding="utf-8")
