"""What the model is told: the prompts beside this file, in the language that the reader wants."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from core.errors import ConfigError

AnswerForm = Literal["json", "markdown"]

SUMMARY_PARTS: Final = ("contributions", "method", "results", "conclusions")
"""The four sections, by the names that the model's answer has for them."""

_HERE: Final = Path(__file__).parent

_NAMES: Final = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "vi": "Vietnamese",
    "zh": "简体中文", "zh-hant": "繁體中文", "zh-tw": "繁體中文", "zh-hk": "繁體中文",
}  # fmt: skip

_HEADINGS: Final = {
    "de": ("Beiträge", "Methode und Aufbau", "Ergebnisse", "Fazit"),
    "en": ("Contributions", "Method and setup", "Results", "Conclusions"),
    "es": ("Contribuciones", "Método y montaje", "Resultados", "Conclusiones"),
    "fr": ("Contributions", "Méthode et protocole", "Résultats", "Conclusions"),
    "it": ("Contributi", "Metodo e impostazione", "Risultati", "Conclusioni"),
    "ja": ("貢献", "手法と実験設定", "結果", "結論"),
    "ko": ("기여", "방법과 실험 설정", "결과", "결론"),
    "pt": ("Contribuições", "Método e configuração", "Resultados", "Conclusões"),
    "ru": ("Вклад", "Метод и постановка", "Результаты", "Выводы"),
    "zh": ("主要贡献", "方法与实验设置", "结果", "结论"),
}


class SummaryPrompt(Struct, frozen=True):
    """What is asked of the model in one language. ``name`` changes when the wording does: a summary's ``prompt``."""

    language: str  # BCP 47, as configured
    text: str  # the task, without the rules and the form that every prompt ends with
    headings: tuple[str, ...]  # of the four sections, for readers
    name: str  # 12 hex digits

    def system(self, fence: str, form: AnswerForm) -> str:
        """The system message: the task, how to treat the paper between the fences, the form of the answer."""
        return "\n".join((self.text, _read("rules").replace("{fence}", fence), _read(form)))


@cache
def load_prompt(language: str, reading: str, prompt_file: Path | None = None) -> SummaryPrompt:
    """
    Load the prompt for a language: ``zh`` has its own, every other one is named in the English one.

    ``reading`` (``full_text``, ``abstract`` or ``file``) is part of the name, as what is read makes the summary.
    Raises ConfigError when ``prompt_file`` could not be read.
    """
    base = language.lower().partition("-")[0]
    template = _read_file(prompt_file) if prompt_file else _read("zh" if base == "zh" else "en")
    text = template.replace("{language}", language_name(language))
    everything = "\0".join((text, _read("rules"), _read("json"), reading, language))
    name = hashlib.blake2b(everything.encode(), digest_size=6).hexdigest()
    return SummaryPrompt(language, text, _HEADINGS.get(base, _HEADINGS["en"]), name)


def language_name(language: str) -> str:
    """Name a language as the model knows it; one that is not in the table goes by its own word: ``Latin``, ``tlh``."""
    known = language.lower()
    return _NAMES.get(known) or _NAMES.get(known.partition("-")[0]) or language


def repair_prompt(reason: str) -> str:
    """What the model is told when its answer could not be used."""
    return _read("repair").replace("{reason}", reason)


@cache
def _read(name: str) -> str:
    return _HERE.joinpath(f"{name}.md").read_text("utf-8")


def _read_file(path: Path) -> str:
    try:
        text = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"config.json: ai_summary.prompt_file: could not read {path.name}: {error}") from error
    if not text:
        raise ConfigError(f"config.json: ai_summary.prompt_file: {path.name} is empty")
    return text
