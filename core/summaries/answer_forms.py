"""The forms in which models answer: JSON amid chatter, Markdown under headings; each read once, line by line."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from core.summaries.prompts import SUMMARY_PARTS, SummaryPrompt
from core.summaries.tex_escapes import double_tex_backslashes, unfold_line_breaks

_OBJECTS_TRIED: Final = 10
"""Places where an object may begin; chatter before the answer has a few."""

_DEEPEST_ANSWER_LEVEL: Final = 4
"""Levels of lists and objects within a section that become points; what is deeper is left out."""

_JSON_OBJECT_BEGINS: Final = re.compile(r"\{\s*[\"“}]")
_NOT_HEADING_LETTERS: Final = re.compile(r"[\W\d_]+")
_THOUGHT_BEGINS: Final = re.compile("<think(?:ing)?>", re.IGNORECASE)
_THOUGHT_ENDS: Final = re.compile("</think(?:ing)?>", re.IGNORECASE)
_BLANKS: Final = re.compile(r"\s*")
_LONGEST_HEADING: Final = 80
_PART_SYNONYMS: Final = {
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
_json_decoder: Final = json.JSONDecoder(strict=False)


def without_thoughts(answer: str) -> str:
    """The answer without the thoughts that some models write before it; "" when those never came to an end."""
    answer_begin = _after_blanks(answer, 0)
    while _THOUGHT_BEGINS.match(answer, answer_begin):
        thought_end = _THOUGHT_ENDS.search(answer, answer_begin)
        if not thought_end:
            return ""
        answer_begin = _after_blanks(answer, thought_end.end())
    thought_end = (
        None
        if answer[answer_begin : answer_begin + 1] in ("{", "#", "`")
        else _THOUGHT_ENDS.search(answer, answer_begin)
    )
    return answer[thought_end.end() if thought_end else answer_begin :].strip()


def _after_blanks(answer: str, begin: int) -> int:
    blanks = _BLANKS.match(answer, begin)
    return blanks.end() if blanks else begin


def prompt_part_names(prompt: SummaryPrompt) -> dict[str, str]:
    """What a heading or a key may be called, by its letters alone, and the part that it names."""
    part_names = _PART_SYNONYMS | {part_name: part_name for part_name in SUMMARY_PARTS}
    return part_names | {
        _heading_letters(heading): part_name
        for heading, part_name in zip(prompt.summary_headings, SUMMARY_PARTS, strict=True)
    }


def _heading_letters(heading: str) -> str:
    """The letters of a name: ``1. TL;DR`` and ``📝 tldr`` are the same."""
    return _NOT_HEADING_LETTERS.sub("", heading[:_LONGEST_HEADING].casefold())


def looks_like_json(answer: str) -> bool:
    return answer.startswith("{") or '"tldr"' in answer.lower()


def from_json(answer: str, part_names: Mapping[str, str]) -> dict[str, str] | None:
    """Read the object that has the most parts of a summary; None when no object is whole."""
    best_parts: dict[str, str] | None = None
    for json_object in _json_objects(answer):
        named_parts = {
            part_names.get(_heading_letters(str(answer_key))): answer_value
            for answer_key, answer_value in json_object.items()
        }
        answer_parts = {
            part_name: _answer_markdown(answer_value) for part_name, answer_value in named_parts.items() if part_name
        }
        best_parts = answer_parts if best_parts is None or len(answer_parts) > len(best_parts) else best_parts
        if len(best_parts) > len(SUMMARY_PARTS):
            break
    return best_parts


def first_object(answer: str) -> dict[str, object] | None:
    """The first whole object of a text; None when there is none."""
    return next(_json_objects(answer), None)


def _json_objects(answer: str) -> Iterator[dict[str, object]]:
    """Every whole object, an outer one before those inside it."""
    for object_begin in [json_object.start() for json_object in _JSON_OBJECT_BEGINS.finditer(answer)][:_OBJECTS_TRIED]:
        try:
            json_object, _ = _json_decoder.raw_decode(double_tex_backslashes(answer[object_begin:]))
        except (ValueError, RecursionError):
            continue
        if isinstance(json_object, dict):
            yield json_object


def _answer_markdown(answer_value: object, answer_depth: int = 0) -> str:
    """Take text as it is; make a list of what a model put into an array or an object instead."""
    if isinstance(answer_value, str):
        answer_text = answer_value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return unfold_line_breaks(answer_text).strip()
    if answer_depth >= _DEEPEST_ANSWER_LEVEL or answer_value is None:
        return ""
    if isinstance(answer_value, list):
        return "\n".join(f"- {_answer_markdown(inner_value, answer_depth + 1)}" for inner_value in answer_value)
    if isinstance(answer_value, dict):
        return "\n".join(
            f"- **{name}**: {_answer_markdown(inner_value, answer_depth + 1)}"
            for name, inner_value in answer_value.items()
        )
    return str(answer_value)


def from_markdown(answer: str, part_names: Mapping[str, str]) -> dict[str, str]:
    """Read what stands under the headings; the first of a name counts, a second one is text."""
    answer_parts: dict[str, list[str]] = {}
    part_lines: list[str] = []
    for answer_line in answer.splitlines():
        part_name, rest = _part_heading(answer_line, part_names)
        if part_name and part_name not in answer_parts:
            part_lines = answer_parts[part_name] = [rest]
        else:
            part_lines.append(answer_line)
    return {
        part_name: unfold_line_breaks("\n".join(part_lines_found)).strip()
        for part_name, part_lines_found in answer_parts.items()
    }


def _part_heading(answer_line: str, part_names: Mapping[str, str]) -> tuple[str, str]:
    """The part that a line names, and the text after it: ``## 1. Results``, ``**TL;DR:** text``, ``TL;DR: text``."""
    heading_line = answer_line.strip()
    if heading_line.startswith("#"):
        return part_names.get(_heading_letters(heading_line), ""), ""
    if heading_line.startswith("**"):
        bold_heading, bold_closed, heading_rest = heading_line[2:].partition("**")
        part_name = (
            part_names.get(_heading_letters(bold_heading), "")
            if bold_closed and len(bold_heading) < _LONGEST_HEADING
            else ""
        )
        return part_name, heading_rest.strip(" :：") if part_name else ""
    tldr_label, colon, heading_rest = heading_line.replace("：", ":", 1).partition(":")
    is_tldr_label = colon and _heading_letters(tldr_label) == "tldr"
    return ("tldr", heading_rest.strip(" *")) if is_tldr_label else ("", "")
