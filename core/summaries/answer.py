"""What a model answered, judged: a checked draft, or the reason why not."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from core.errors import PaperfeedError
from core.language.written_language import CJK_LETTER, in_another_language
from core.summaries.answer_forms import (
    is_json_answer,
    json_answer_parts,
    markdown_answer_parts,
    prompt_part_names,
    without_thoughts,
)
from core.summaries.markdown import answer_html, answer_line
from core.summaries.prompts import SUMMARY_PARTS, SummaryPrompt, language_name

LONGEST_ANSWER: Final = 40_000
"""Characters of an answer that is worth reading; a model that writes more is running away."""

_LONGEST_ANSWER_PART: Final = 12_000
_LONGEST_TLDR: Final = 700
_SHORTEST_ANSWER_PART: Final = 15


class InvalidModelAnswer(PaperfeedError):
    """The model's answer is no summary; the text says why, for the model and for people."""


class SummaryDraft(Struct, frozen=True):
    """A summary that passed the checks: a plain sentence, and safe HTML under the headings of its language."""

    tldr: str
    sections: tuple[tuple[str, str], ...]


def read_answer(answer: str, prompt: SummaryPrompt, fence: str) -> SummaryDraft:
    """Read an answer in whatever form it came, in time that grows with its length. Raises InvalidModelAnswer."""
    answer = without_thoughts(answer)
    if not answer:
        raise InvalidModelAnswer("it is empty")
    if len(answer) > LONGEST_ANSWER:
        raise InvalidModelAnswer(f"it is longer than {LONGEST_ANSWER} characters")
    answer_parts = _answer_parts(answer, prompt)
    _check_echo("\n".join((answer, *answer_parts.values())), prompt, fence)
    _check_part_lengths(answer_parts)
    tldr = answer_line(answer_parts["tldr"][: 4 * _LONGEST_TLDR])
    if not tldr or len(tldr) > _LONGEST_TLDR:
        raise InvalidModelAnswer("its tldr is not one sentence")
    _check_answer_language(answer_parts, prompt)
    summary_sections = tuple(
        (summary_heading, answer_html(answer_parts[summary_part]))
        for summary_heading, summary_part in zip(prompt.summary_headings, SUMMARY_PARTS, strict=True)
    )
    for summary_heading, summary_html in summary_sections:
        if not re.sub(r"<[^<>]*>|\s", "", summary_html):
            raise InvalidModelAnswer(f"nothing readable is left of its section {summary_heading}")
    return SummaryDraft(tldr, summary_sections)


def _answer_parts(answer: str, prompt: SummaryPrompt) -> Mapping[str, str]:
    summary_part_names = prompt_part_names(prompt)
    if not is_json_answer(answer):
        return markdown_answer_parts(answer, summary_part_names)
    answer_parts = json_answer_parts(answer, summary_part_names)
    if answer_parts is None:
        raise InvalidModelAnswer("it is JSON that breaks off, or not valid JSON")
    return answer_parts


def _check_part_lengths(answer_parts: Mapping[str, str]) -> None:
    shortest_parts = {"tldr": 1} | dict.fromkeys(SUMMARY_PARTS, _SHORTEST_ANSWER_PART)
    missing_answer_parts = [
        summary_part
        for summary_part, least_characters in shortest_parts.items()
        if len(answer_parts.get(summary_part, "")) < least_characters
    ]
    if missing_answer_parts:
        raise InvalidModelAnswer(f"it has no {' and no '.join(missing_answer_parts)}")
    for summary_part in SUMMARY_PARTS:
        if len(answer_parts[summary_part]) > _LONGEST_ANSWER_PART:
            raise InvalidModelAnswer(f"its {summary_part} is longer than {_LONGEST_ANSWER_PART:,} characters")


def _check_echo(answer: str, prompt: SummaryPrompt, fence: str) -> None:
    """A model that repeats what it was told has not summarized."""
    prompt_lines = prompt.system_prompt(fence, "json").splitlines()
    if fence in answer or any(
        prompt_line in answer
        for prompt_line in prompt_lines
        if len(prompt_line) > 60 or (len(prompt_line) > 20 and CJK_LETTER.search(prompt_line))
    ):
        raise InvalidModelAnswer("it repeats the instructions")


def _check_answer_language(answer_parts: Mapping[str, str], prompt: SummaryPrompt) -> None:
    foreign_answer_parts = [
        summary_part
        for summary_part in ("tldr", *SUMMARY_PARTS)
        if in_another_language(answer_parts[summary_part], prompt.language)
    ]
    if foreign_answer_parts:
        raise InvalidModelAnswer(
            f"its {' and its '.join(foreign_answer_parts)} is not written in the language asked for "
            f"({language_name(prompt.language)})"
        )
