"""The forms in which models answer: JSON amid chatter, Markdown under headings; each read once, line by line."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from core.summaries.prompts import PARTS, Prompt
from core.summaries.tex_escapes import mend_json, unfold_breaks

_OBJECTS_TRIED: Final = 10
"""Places where an object may begin; chatter before the answer has a few."""

_DEEPEST: Final = 4
"""Levels of lists and objects within a section that become points; what is deeper is left out."""

_OBJECT: Final = re.compile(r"\{\s*[\"“}]")
_NOT_LETTERS: Final = re.compile(r"[\W\d_]+")
_THOUGHT_BEGINS: Final = re.compile("<think(?:ing)?>", re.IGNORECASE)
_THOUGHT_ENDS: Final = re.compile("</think(?:ing)?>", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s*")
_LONGEST_HEADING: Final = 80
_SYNONYMS: Final = {
    "tldr": "tldr",
    "tldrsummary": "tldr",
    "contribution": "contributions",
    "keycontributions": "contributions",
    "maincontributions": "contributions",
    "methods": "method",
    "methodology": "method",
    "methodandsetup": "method",
    "methodsandsetup": "method",
    "result": "results",
    "keyresults": "results",
    "mainresults": "results",
    "conclusion": "conclusions",
}
_decoder: Final = json.JSONDecoder(strict=False)


def without_thoughts(text: str) -> str:
    """The answer without the thoughts that some models write before it; "" when those never came to an end."""
    at = _past_blanks(text, 0)
    while _THOUGHT_BEGINS.match(text, at):
        end = _THOUGHT_ENDS.search(text, at)
        if not end:
            return ""
        at = _past_blanks(text, end.end())
    end = None if text[at : at + 1] in ("{", "#", "`") else _THOUGHT_ENDS.search(text, at)
    return text[end.end() if end else at :].strip()


def _past_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def names_of(prompt: Prompt) -> dict[str, str]:
    """What a heading or a key may be called, by its letters alone, and the part that it names."""
    names = _SYNONYMS | {name: name for name in PARTS}
    return names | {_letters(heading): name for heading, name in zip(prompt.headings, PARTS, strict=True)}


def _letters(name: str) -> str:
    """The letters of a name: ``1. TL;DR`` and ``📝 tldr`` are the same."""
    return _NOT_LETTERS.sub("", name[:_LONGEST_HEADING].casefold())


def looks_like_json(text: str) -> bool:
    return text.startswith("{") or '"tldr"' in text.lower()


def from_json(text: str, names: Mapping[str, str]) -> dict[str, str] | None:
    """Read the object that has the most parts of a summary; None when no object is whole."""
    best: dict[str, str] | None = None
    for found in _objects(text):
        named = {names.get(_letters(str(key))): value for key, value in found.items()}
        parts = {name: _as_markdown(value) for name, value in named.items() if name}
        best = parts if best is None or len(parts) > len(best) else best
        if len(best) > len(PARTS):
            break
    return best


def first_object(text: str) -> dict[str, object] | None:
    """The first whole object of a text; None when there is none."""
    return next(_objects(text), None)


def _objects(text: str) -> Iterator[dict[str, object]]:
    """Every whole object, an outer one before those inside it."""
    for begin in [found.start() for found in _OBJECT.finditer(text)][:_OBJECTS_TRIED]:
        try:
            found, _ = _decoder.raw_decode(mend_json(text[begin:]))
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict):
            yield found


def _as_markdown(value: object, depth: int = 0) -> str:
    """Take text as it is; make a list of what a model put into an array or an object instead."""
    if isinstance(value, str):
        whole = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return unfold_breaks(whole).strip()
    if depth >= _DEEPEST or value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(f"- {_as_markdown(each, depth + 1)}" for each in value)
    if isinstance(value, dict):
        return "\n".join(f"- **{name}**: {_as_markdown(each, depth + 1)}" for name, each in value.items())
    return str(value)


def from_markdown(text: str, names: Mapping[str, str]) -> dict[str, str]:
    """Read what stands under the headings; the first of a name counts, a second one is text."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        name, rest = _heading(line, names)
        if name and name not in found:
            current = found[name] = [rest]
        else:
            current.append(line)
    return {name: unfold_breaks("\n".join(lines)).strip() for name, lines in found.items()}


def _heading(line: str, names: Mapping[str, str]) -> tuple[str, str]:
    """The part that a line names, and the text after it: ``## 1. Results``, ``**TL;DR:** text``, ``TL;DR: text``."""
    bare = line.strip()
    if bare.startswith("#"):
        return names.get(_letters(bare), ""), ""
    if bare.startswith("**"):
        inside, closed, after = bare[2:].partition("**")
        name = names.get(_letters(inside), "") if closed and len(inside) < _LONGEST_HEADING else ""
        return name, after.strip(" :：") if name else ""
    label, colon, after = bare.replace("：", ":", 1).partition(":")
    is_label = colon and _letters(label) == "tldr"
    return ("tldr", after.strip(" *")) if is_label else ("", "")
