"""The forms in which models answer: JSON amid chatter, Markdown under headings; each read once, line by line."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Final

from core.summaries.prompts import SUMMARY_PARTS, SummaryPrompt
from core.summaries.tex_escapes import double_tex_backslashes, unfold_line_breaks

_ANSWER_OBJECTS_TRIED: Final = 10
"""Places where an object may begin; chatter before the answer has a few."""

_DEEPEST_ANSWER_DEPTH: Final = 4
"""Levels of lists and objects within a section that become points; what is deeper is left out."""

_ANSWER_OBJECT_BEGINS: Final = re.compile(r"\{\s*[\"“}]")
_NO_ANSWER_HEADING_LETTERS: Final = re.compile(r"[\W\d_]+")
_THOUGHT_BEGINS: Final = re.compile(r"\s*<think(?:ing)?>", re.IGNORECASE)
_THOUGHT_ENDS: Final = re.compile("</think(?:ing)?>", re.IGNORECASE)
_LONGEST_HEADING: Final = 80
_SUMMARY_PART_SYNONYMS: Final = {
    "tldrsummary": "tldr", "contribution": "contributions", "keycontributions": "contributions",
    "maincontributions": "contributions", "methods": "method", "methodology": "method", "methodandsetup": "method",
    "methodsandsetup": "method", "result": "results", "keyresults": "results", "mainresults": "results",
    "conclusion": "conclusions",
}  # fmt: skip
_answer_decoder: Final = json.JSONDecoder(strict=False)


def without_thoughts(answer: str) -> str:
    """The answer without the thoughts that some models write before it; "" when those never came to an end."""
    thoughts_end = 0
    while _THOUGHT_BEGINS.match(answer, thoughts_end):
        thought_end = _THOUGHT_ENDS.search(answer, thoughts_end)
        if not thought_end:
            return ""
        thoughts_end = thought_end.end()
    answer = answer[thoughts_end:].strip()
    unbegun_thought = None if answer.startswith(("{", "#", "`")) else _THOUGHT_ENDS.search(answer)
    return answer[unbegun_thought.end() :].strip() if unbegun_thought else answer


def prompt_part_names(prompt: SummaryPrompt) -> dict[str, str]:
    """What a heading or a key may be called, by its letters alone, and the part that it names."""
    summary_headings = map(_heading_letters, prompt.summary_headings)
    own_part_names = {summary_part: summary_part for summary_part in ("tldr", *SUMMARY_PARTS)}
    return _SUMMARY_PART_SYNONYMS | own_part_names | dict(zip(summary_headings, SUMMARY_PARTS, strict=True))


def _heading_letters(answer_heading: str) -> str:
    """The letters of a name: ``1. TL;DR`` and ``📝 tldr`` are the same."""
    return _NO_ANSWER_HEADING_LETTERS.sub("", answer_heading[:_LONGEST_HEADING].casefold())


def is_json_answer(answer: str) -> bool:
    return answer.startswith("{") or '"tldr"' in answer.lower()


def json_answer_parts(answer: str, summary_part_names: Mapping[str, str]) -> dict[str, str] | None:
    """Read the object that has the most parts of a summary; None when no object is whole."""
    best_answer_parts: dict[str, str] | None = None
    for answer_object in _answer_objects(answer):
        answer_parts = {
            summary_part: _answer_markdown(answer_value)
            for answer_key, answer_value in answer_object.items()
            if (summary_part := summary_part_names.get(_heading_letters(str(answer_key))))
        }
        if best_answer_parts is None or len(answer_parts) > len(best_answer_parts):
            best_answer_parts = answer_parts
        if len(best_answer_parts) > len(SUMMARY_PARTS):
            break
    return best_answer_parts


def first_answer_object(answer: str) -> dict[str, object] | None:
    """The first whole object of a text; None when there is none."""
    return next(_answer_objects(answer), None)


def _answer_objects(answer: str) -> Iterator[dict[str, object]]:
    """Every whole object, an outer one before those inside it."""
    for object_begins in [*_ANSWER_OBJECT_BEGINS.finditer(answer)][:_ANSWER_OBJECTS_TRIED]:
        try:
            answer_object, _ = _answer_decoder.raw_decode(double_tex_backslashes(answer[object_begins.start() :]))
        except (ValueError, RecursionError):
            continue
        if isinstance(answer_object, dict):
            yield answer_object


def _answer_markdown(answer_value: object, answer_depth: int = 0) -> str:
    """Take text as it is; make a list of what a model put into an array or an object instead."""
    if isinstance(answer_value, str):
        answer_text = answer_value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return unfold_line_breaks(answer_text).strip()
    if answer_depth >= _DEEPEST_ANSWER_DEPTH or answer_value is None:
        return ""
    if isinstance(answer_value, list):
        return "\n".join(f"- {_answer_markdown(inner_answer, answer_depth + 1)}" for inner_answer in answer_value)
    if isinstance(answer_value, dict):
        return "\n".join(
            f"- **{answer_key}**: {_answer_markdown(inner_answer, answer_depth + 1)}"
            for answer_key, inner_answer in answer_value.items()
        )
    return str(answer_value)


def markdown_answer_parts(answer: str, summary_part_names: Mapping[str, str]) -> dict[str, str]:
    """Read what stands under the headings; the first of a name counts, a second one is text."""
    lines_by_summary_part: dict[str, list[str]] = {}
    summary_part_lines: list[str] = []
    for answer_line in answer.splitlines():
        summary_part, after_heading = _part_heading(answer_line, summary_part_names)
        if summary_part and summary_part not in lines_by_summary_part:
            summary_part_lines = lines_by_summary_part[summary_part] = [after_heading]
        else:
            summary_part_lines.append(answer_line)
    return {
        summary_part: unfold_line_breaks("\n".join(summary_part_lines)).strip()
        for summary_part, summary_part_lines in lines_by_summary_part.items()
    }


def _part_heading(answer_line: str, summary_part_names: Mapping[str, str]) -> tuple[str, str]:
    """The part that a line names, and the text after it: ``## 1. Results``, ``**TL;DR:** text``, ``TL;DR: text``."""
    answer_line = answer_line.strip()
    if answer_line.startswith("#"):
        return summary_part_names.get(_heading_letters(answer_line), ""), ""
    if answer_line.startswith("**"):
        bold_heading, bold_closed, after_heading = answer_line[2:].partition("**")
        is_heading = bold_closed and len(bold_heading) < _LONGEST_HEADING
        summary_part = summary_part_names.get(_heading_letters(bold_heading), "") if is_heading else ""
        return summary_part, after_heading.strip(" :：") if summary_part else ""
    tldr_label, colon, after_heading = answer_line.replace("：", ":", 1).partition(":")
    is_tldr_label = colon and _heading_letters(tldr_label) == "tldr"
    return ("tldr", after_heading.strip(" *")) if is_tldr_label else ("", "")
