"""What a model answered, judged: a checked draft, or the reason why not."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from core.errors import PaperfeedError
from core.language.written_language import CJK_LETTER, in_another_language
from core.summaries.answer_forms import from_json, from_markdown, looks_like_json, prompt_part_names, without_thoughts
from core.summaries.markdown import answer_html, answer_line
from core.summaries.prompts import SUMMARY_PARTS, SummaryPrompt, language_name

LONGEST_ANSWER: Final = 40_000
"""Characters of an answer that is worth reading; a model that writes more is running away."""

_LONGEST_SECTION: Final = 12_000
_LONGEST_TLDR: Final = 700
_SHORTEST_ANSWER_PART: Final = 15


class InvalidAnswer(PaperfeedError):
    """The model's answer is no summary; the text says why, for the model and for people."""


class Draft(Struct, frozen=True):
    """A summary that passed the checks: a plain sentence, and safe HTML under the headings of its language."""

    tldr: str
    sections: tuple[tuple[str, str], ...]


def read_answer(answer: str, prompt: SummaryPrompt, fence: str) -> Draft:
    """Read an answer in whatever form it came, in time that grows with its length. Raises InvalidAnswer."""
    answer = without_thoughts(answer)
    if not answer:
        raise InvalidAnswer("it is empty")
    if len(answer) > LONGEST_ANSWER:
        raise InvalidAnswer(f"it is longer than {LONGEST_ANSWER} characters")
    answer_parts = _answer_parts(answer, prompt)
    _check_echo("\n".join((answer, *answer_parts.values())), prompt, fence)
    _check_parts(answer_parts)
    tldr = answer_line(answer_parts["tldr"][: 4 * _LONGEST_TLDR])
    if not tldr or len(tldr) > _LONGEST_TLDR:
        raise InvalidAnswer("its tldr is not one sentence")
    _check_language(answer_parts, prompt)
    sections = tuple(
        (heading, answer_html(answer_parts[part_name]))
        for heading, part_name in zip(prompt.summary_headings, SUMMARY_PARTS, strict=True)
    )
    empty_headings = [heading for heading, section_html in sections if not re.sub(r"<[^<>]*>|\s", "", section_html)]
    if empty_headings:
        raise InvalidAnswer(f"nothing readable is left of its section {empty_headings[0]}")
    return Draft(tldr, sections)


def _answer_parts(answer: str, prompt: SummaryPrompt) -> Mapping[str, str]:
    part_names = prompt_part_names(prompt)
    if not looks_like_json(answer):
        return from_markdown(answer, part_names)
    answer_parts = from_json(answer, part_names)
    if answer_parts is None:
        raise InvalidAnswer("it is JSON that breaks off, or not valid JSON")
    return answer_parts


def _check_parts(answer_parts: Mapping[str, str]) -> None:
    shortest_parts = {"tldr": 1} | dict.fromkeys(SUMMARY_PARTS, _SHORTEST_ANSWER_PART)
    missing_parts = [
        part_name
        for part_name, least_characters in shortest_parts.items()
        if len(answer_parts.get(part_name, "")) < least_characters
    ]
    if missing_parts:
        raise InvalidAnswer(f"it has no {' and no '.join(missing_parts)}")
    long_parts = [part_name for part_name in SUMMARY_PARTS if len(answer_parts[part_name]) > _LONGEST_SECTION]
    if long_parts:
        raise InvalidAnswer(f"its {long_parts[0]} is longer than {_LONGEST_SECTION:,} characters")


def _check_echo(answer: str, prompt: SummaryPrompt, fence: str) -> None:
    """A model that repeats what it was told has not summarized."""
    prompt_lines = prompt.system_prompt(fence, "json").splitlines()
    if fence in answer or any(
        prompt_line in answer
        for prompt_line in prompt_lines
        if len(prompt_line) > 60 or (len(prompt_line) > 20 and CJK_LETTER.search(prompt_line))
    ):
        raise InvalidAnswer("it repeats the instructions")


def _check_language(answer_parts: Mapping[str, str], prompt: SummaryPrompt) -> None:
    foreign_parts = [
        part_name
        for part_name in ("tldr", *SUMMARY_PARTS)
        if in_another_language(answer_parts[part_name], prompt.language)
    ]
    if foreign_parts:
        asked_language = language_name(prompt.language)
        raise InvalidAnswer(
            f"its {' and its '.join(foreign_parts)} is not written in the language asked for ({asked_language})"
        )
