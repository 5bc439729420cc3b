"""Pages from templates: loaded when the first page is asked for, so that feeds start without Jinja."""

import hashlib
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from core.config.read import ROOT

if TYPE_CHECKING:
    from jinja2 import Environment

HTML: Final = "text/html; charset=utf-8"

_TEMPLATES: Final = Path(__file__).with_name("templates")
_PUBLIC: Final = ROOT / "public"
_CATALOGUES: Final = _TEMPLATES.with_name("catalogues")

PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Vary": "Accept-Encoding, Accept-Language",
}
"""Papers and summaries are strangers' text: whatever slips through, no page runs a script but our own files."""


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    from api.ui import ENGLISH_UI, known_uis  # noqa: PLC0415

    loader = FileSystemLoader(_TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["moment"] = _moment
    made.globals |= {"ui": ENGLISH_UI, "uis": known_uis(), "asset": _asset, "here": ""}
    return made


@cache
def templates_version() -> str:
    """A hash of all that pages are made of: one that looks otherwise since the last deployment has another ETag."""
    digest = hashlib.blake2b(digest_size=8)
    for folder in (_TEMPLATES, _CATALOGUES, _PUBLIC):
        for path in sorted(folder.glob("*.*")):
            digest.update(path.read_bytes())
    return digest.hexdigest()


@cache
def _asset(name: str) -> str:
    """The address of a file in ``public/``, another one when the file changes: browsers keep it for a day."""
    path = _PUBLIC / name
    if not path.is_file():  # a platform may serve the files without giving them to the function
        return f"/{name}"
    return f"/{name}?v={hashlib.blake2b(path.read_bytes(), digest_size=4).hexdigest()}"


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def page(template: str, **values: object) -> bytes:
    """Render one of ``api/templates`` to UTF-8; in English unless ``ui`` says otherwise."""
    return _environment().get_template(template).render(**values).encode()
