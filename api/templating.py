"""Pages from templates: loaded when the first page is asked for, so that feeds start without Jinja."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from jinja2 import Environment

HTML: Final = "text/html; charset=utf-8"

_TEMPLATES: Final = Path(__file__).with_name("templates")

PAGE_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
}
"""Papers and summaries are strangers' text: whatever slips through, no page of ours runs a script."""


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    loader = FileSystemLoader(_TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters |= {"moment": _moment, "counts": _counts}
    return made


@cache
def templates_version() -> str:
    """A hash of the templates: a page that looks otherwise since the last deployment has another ETag."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(_TEMPLATES.iterdir()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _counts(value: Sequence[tuple[str, int]]) -> str:
    return ", ".join(f"{number} {kind}" for kind, number in value)


def page(template: str, **values: object) -> bytes:
    """Render one of ``api/templates`` to UTF-8."""
    return _environment().get_template(template).render(**values).encode()
