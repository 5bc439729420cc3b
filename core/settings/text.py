"""JSON as people write it: a byte-order mark, trailing commas and full-width punctuation are read as they are meant."""

import codecs
import re
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
