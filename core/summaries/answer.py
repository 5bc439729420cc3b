"""What a model answered, judged: a checked draft, or the reason why not."""

import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from core.errors import PaperfeedError
from core.summaries.answer_forms import from_json, from_markdown, looks_like_json, names_of, without_thoughts
from core.summaries.language_check import CJK, foreign
from core.summaries.markdown import to_html, to_line
from core.summaries.prompts import PARTS, Prompt, language_name

LONGEST: Final = 40_000
"""Characters of an answer that is worth reading; a model that writes more is running away."""

_LONGEST_SECTION: Final = 12_000
_LONGEST_TLDR: Final = 700
_SHORTEST_PART: Final = 15


class InvalidAnswer(PaperfeedError):
    """The model's answer is no summary; the text says why, for the model and for people."""


class Draft(Struct, frozen=True):
    """A summary that passed the checks: a plain sentence, and safe HTML under the headings of its language."""

    tldr: str
    sections: tuple[tuple[str, str], ...]


def read_answer(text: str, prompt: Prompt, fence: str) -> Draft:
    """Read an answer in whatever form it came, in time that grows with its length. Raises InvalidAnswer."""
    text = without_thoughts(text)
    if not text:
        raise InvalidAnswer("it is empty")
    if len(text) > LONGEST:
        raise InvalidAnswer(f"it is longer than {LONGEST} characters")
    found = _parts(text, prompt)
    _check_echo("\n".join((text, *found.values())), prompt, fence)
    _check_parts(found)
    tldr = to_line(found["tldr"][: 4 * _LONGEST_TLDR])
    if not tldr or len(tldr) > _LONGEST_TLDR:
        raise InvalidAnswer("its tldr is not one sentence")
    _check_language(found, prompt)
    sections = tuple((heading, to_html(found[name])) for heading, name in zip(prompt.headings, PARTS, strict=True))
    empty = [heading for heading, html in sections if not re.sub(r"<[^<>]*>|\s", "", html)]
    if empty:
        raise InvalidAnswer(f"nothing readable is left of its section {empty[0]}")
    return Draft(tldr, sections)


def _parts(text: str, prompt: Prompt) -> Mapping[str, str]:
    names = names_of(prompt)
    if not looks_like_json(text):
        return from_markdown(text, names)
    found = from_json(text, names)
    if found is None:
        raise InvalidAnswer("it is JSON that breaks off, or not valid JSON")
    return found


def _check_parts(found: Mapping[str, str]) -> None:
    shortest = {"tldr": 1} | dict.fromkeys(PARTS, _SHORTEST_PART)
    missing = [name for name, least in shortest.items() if len(found.get(name, "")) < least]
    if missing:
        raise InvalidAnswer(f"it has no {' and no '.join(missing)}")
    long = [name for name in PARTS if len(found[name]) > _LONGEST_SECTION]
    if long:
        raise InvalidAnswer(f"its {long[0]} is longer than {_LONGEST_SECTION:,} characters")


def _check_echo(text: str, prompt: Prompt, fence: str) -> None:
    """A model that repeats what it was told has not summarized."""
    told = prompt.system(fence, "json").splitlines()
    if fence in text or any(line in text for line in told if len(line) > 60 or (len(line) > 20 and CJK.search(line))):
        raise InvalidAnswer("it repeats the instructions")


def _check_language(found: Mapping[str, str], prompt: Prompt) -> None:
    wrong = [name for name in ("tldr", *PARTS) if foreign(found[name], prompt.language)]
    if wrong:
        asked = language_name(prompt.language)
        raise InvalidAnswer(f"its {' and its '.join(wrong)} is not written in the language asked for ({asked})")
