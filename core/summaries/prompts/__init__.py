"""What the model is told: the prompts beside this file, in the language that the reader wants."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from core.errors import ConfigError

AnswerForm = Literal["json", "markdown"]

SUMMARY_PARTS: Final = ("contributions", "method", "results", "conclusions")
"""The four sections, by the names that the model's answer has for them."""

_PROMPTS_FOLDER: Final = Path(__file__).parent
_PROMPT_LANGUAGES: Final = json.loads((_PROMPTS_FOLDER / "languages.json").read_text("utf-8"))
"""By language tag: ``names`` as the model knows them, and ``headings`` of the four sections for readers."""


class SummaryPrompt(Struct, frozen=True):
    """What is asked of the model in one language. ``prompt_hash`` changes with the wording: a summary's ``prompt``."""

    language: str  # BCP 47, as configured
    summary_task: str  # the task, without the rules and the form that every prompt ends with
    summary_headings: tuple[str, ...]  # of the four sections, for readers
    prompt_hash: str  # 12 hex digits

    def system_prompt(self, fence: str, answer_form: AnswerForm) -> str:
        """The system message: the task, how to treat the paper between the fences, the form of the answer."""
        prompt_rules = _read_prompt("rules").replace("{fence}", fence)
        return "\n".join((self.summary_task, prompt_rules, _read_prompt(answer_form)))


@cache
def load_prompt(prompt_language: str, summary_input: str, prompt_file: Path | None = None) -> SummaryPrompt:
    """
    Load the prompt for a language: ``zh`` has its own, every other one is named in the English one.

    ``summary_input`` (``full_text``, ``abstract`` or ``file``) is part of the hash, as what is read makes the summary.
    Raises ConfigError when ``prompt_file`` could not be read.
    """
    prompt_base_language = prompt_language.lower().partition("-")[0]
    prompt_name = "zh" if prompt_base_language == "zh" else "en"
    task_template = _read_prompt_file(prompt_file) if prompt_file else _read_prompt(prompt_name)
    summary_task = task_template.replace("{language}", language_name(prompt_language))
    hashed_parts = (summary_task, _read_prompt("rules"), _read_prompt("json"), summary_input, prompt_language)
    prompt_hash = hashlib.blake2b("\0".join(hashed_parts).encode(), digest_size=6).hexdigest()
    summary_headings = _PROMPT_LANGUAGES["headings"].get(prompt_base_language, _PROMPT_LANGUAGES["headings"]["en"])
    return SummaryPrompt(prompt_language, summary_task, tuple(summary_headings), prompt_hash)


def language_name(prompt_language: str) -> str:
    """Name a language as the model knows it; one that is not in the table goes by its own word: ``Latin``, ``tlh``."""
    language_names: dict[str, str] = _PROMPT_LANGUAGES["names"]
    language_tag = prompt_language.lower()
    return language_names.get(language_tag) or language_names.get(language_tag.partition("-")[0]) or prompt_language


def repair_prompt(answer_fault: str) -> str:
    """What the model is told when its answer could not be used."""
    return _read_prompt("repair").replace("{reason}", answer_fault)


@cache
def _read_prompt(prompt_name: str) -> str:
    return (_PROMPTS_FOLDER / f"{prompt_name}.md").read_text("utf-8")


def _read_prompt_file(prompt_file: Path) -> str:
    try:
        summary_task = prompt_file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"config.json: ai_summary.prompt_file: could not read {prompt_file.name}: {error}") from error
    if not summary_task:
        raise ConfigError(f"config.json: ai_summary.prompt_file: {prompt_file.name} is empty")
    return summary_task
