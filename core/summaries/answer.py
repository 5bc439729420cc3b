"""What a model answered, read and judged: JSON or Markdown in, a checked draft out, or the reason why not."""

import json
import re
from typing import Final

from msgspec import Struct

from core.errors import PaperfeedError
from core.summaries.markdown import to_html, to_line
from core.summaries.prompts import PARTS, Prompt

LONGEST: Final = 40_000
"""Characters of an answer that is worth reading; a model that writes more is running away."""

_LONGEST_TLDR: Final = 700
_SHORTEST_PART: Final = 15
_THOUGHT: Final = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>|^.*?</think(?:ing)?>", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\(\\|\"|/|u[0-9a-fA-F]{4}|[a-zA-Z]+|.|$)", re.DOTALL)
_TEX: Final = re.compile(
    r"b(?:eta|ar|f|ig[lrg]?|igg[lr]?|m|oldsymbol|inom|egin|ot|ullet|ackslash|oxed|reve|ecause|igcup|igoplus)|"
    r"f(?:rac|orall|lat|rown)|n(?:abla|eq|eg|ot|otin|u|parallel|earrow)|"
    r"r(?:ho|ight\w*|angle|m|oot|ceil|floor|brace|brack|Vert|vert)|"
    r"t(?:au|heta|ext\w*|ilde|imes|o|op|riangle\w*|an|anh|frac|herefore|ag|hickapprox)"
)
"""TeX commands whose backslash, written once, JSON takes for a control character."""
_CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HEADING: Final = re.compile(
    r"^\s{0,3}(?:#{1,6}\s*|\*\*)(?P<name>[^#*\n]+?)\s*[:：]?\s*(?:\*\*)?\s*[:：]?\s*#*\s*$", re.MULTILINE
)


class InvalidAnswer(PaperfeedError):
    """The model's answer is no summary; the text says why, for the model and for people."""


class Draft(Struct, frozen=True):
    """A summary that passed the checks: a plain sentence, and safe HTML under the headings of its language."""

    tldr: str
    sections: tuple[tuple[str, str], ...]


def read_answer(text: str, prompt: Prompt, fence: str) -> Draft:
    """Read an answer in whatever form it came. Raises InvalidAnswer."""
    text = _THOUGHT.sub("", text).strip()
    if not text:
        raise InvalidAnswer("it is empty")
    if len(text) > LONGEST:
        raise InvalidAnswer(f"it is longer than {LONGEST} characters")
    found = _from_json(text) if text.startswith("{") or '"tldr"' in text else _from_markdown(text, prompt)
    _check_echo("\n".join((text, *found.values())), prompt, fence)
    missing = [
        name for name in ("tldr", *PARTS) if len(found.get(name, "")) < (1 if name == "tldr" else _SHORTEST_PART)
    ]
    if missing:
        raise InvalidAnswer(f"it has no {' and no '.join(missing)}")
    tldr = to_line(found["tldr"])
    if not tldr or len(tldr) > _LONGEST_TLDR:
        raise InvalidAnswer("its tldr is not one sentence")
    _check_language(" ".join(found.values()), prompt.language)
    sections = tuple((heading, to_html(found[name])) for heading, name in zip(prompt.headings, PARTS, strict=True))
    empty = [heading for heading, html in sections if not re.sub(r"<[^>]*>|\s", "", html)]
    if empty:
        raise InvalidAnswer(f"nothing readable is left of its section {empty[0]}")
    return Draft(tldr, sections)


def _check_echo(text: str, prompt: Prompt, fence: str) -> None:
    """A model that repeats what it was told has not summarized."""
    told = prompt.system(fence, "json").splitlines()
    if fence in text or any(line in text for line in told if len(line) > 60 or (len(line) > 20 and _CJK.search(line))):
        raise InvalidAnswer("it repeats the instructions")


def _check_language(text: str, language: str) -> None:
    """Only what can be told apart for certain: scripts of East Asia from all others."""
    letters = sum(1 for c in text if c.isalpha()) or 1
    share = len(_CJK.findall(text)) / letters
    wanted = language.lower().partition("-")[0] in ("zh", "ja", "ko")
    if (wanted and share < 0.15) or (not wanted and share > 0.3):
        raise InvalidAnswer(f"it is not written in the language asked for ({language})")


def _from_json(text: str) -> dict[str, str]:
    body = text[max(0, text.find("{")) : text.rfind("}") + 1]
    if not body:
        raise InvalidAnswer("it is JSON that breaks off")
    try:
        found = json.loads(_ESCAPE.sub(_escape, body), strict=False)
    except (ValueError, RecursionError) as error:
        raise InvalidAnswer(f"it is not valid JSON ({error})") from error
    if not isinstance(found, dict):
        raise InvalidAnswer("it is no JSON object")
    return {str(name): _as_markdown(value) for name, value in found.items()}


def _escape(found: re.Match[str]) -> str:
    """Double a backslash that JSON does not know, or would take for a line break where TeX was meant."""
    after = found[1]
    if after in ("\\", '"', "/") or (after[:1] == "u" and len(after) == 5 and after[1:].isalnum()):
        return found[0]
    if after[:1] in tuple("bfnrt") and not _TEX.fullmatch(after):
        return found[0]
    return "\\\\" + after


def _as_markdown(value: object) -> str:
    """Take text as it is; make a list of what a model put into an array or an object instead."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, list):
        return "\n".join(f"- {_as_markdown(each)}" for each in value)
    if isinstance(value, dict):
        return "\n".join(f"- **{name}**: {_as_markdown(each)}" for name, each in value.items())
    return "" if value is None else str(value)


def _from_markdown(text: str, prompt: Prompt) -> dict[str, str]:
    names = {"tldr": "tldr", "tl;dr": "tldr", "method and setup": "method"} | {name: name for name in PARTS}
    names |= {heading.lower(): name for heading, name in zip(prompt.headings, PARTS, strict=True)}
    found: dict[str, str] = {}
    marks = [mark for mark in _HEADING.finditer(text) if mark["name"].strip().lower() in names]
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    for mark, end in zip(marks, ends if marks else (), strict=True):
        body = text[mark.end() : end]
        found.setdefault(names[mark["name"].strip().lower()], body.strip())
    return found
