"""
Is a text written in the language asked for? By its script, and among languages of one script by their small words.

Detectors that count letter sequences (langdetect, py3langid, lingua) take a German section full of English terms for
English, and bring numpy or 100 MB; small words (articles, conjunctions, prepositions) are never borrowed.
"""

import re
from collections import Counter
from pathlib import Path
from typing import Final

CJK_LETTER: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_SCRIPT_LETTERS: Final = {
    language_script: re.compile(f"[{script_letters}]")
    for language_script, script_letters in {
        "han": "\u3400-\u9fff",
        "kana": "\u3040-\u30ff",
        "hangul": "\uac00-\ud7af\u1100-\u11ff",
        "cyrillic": "\u0400-\u04ff",
        "arabic": "\u0600-\u06ff",
        "hebrew": "\u0590-\u05ff",
        "devanagari": "\u0900-\u097f",
        "thai": "\u0e00-\u0e7f",
        "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
    }.items()
}
_LANGUAGES_OF_SCRIPTS: Final = {
    "arabic": ("ar", "fa"), "hebrew": ("he",), "devanagari": ("hi",), "kana": ("ja",), "hangul": ("ko",),
    "cyrillic": ("ru", "uk"), "thai": ("th",), "han": ("zh",),
}  # fmt: skip
_LANGUAGE_SCRIPT: Final = {
    language_code: language_script
    for language_script, script_languages in _LANGUAGES_OF_SCRIPTS.items()
    for language_code in script_languages
}
_LEAST_SCRIPT_SHARE: Final = 0.15
"""Of the letters, in a text whose terms and names are left in English."""

_LEAST_WRITTEN_LETTERS: Final = 20
"""Fewer letters are a number, a name or a formula, in any language."""

_LEAST_SMALL_WORDS: Final = 3
"""Of another language, before a text is said to be in it."""

_IN_NO_LANGUAGE: Final = re.compile(r"\$[^$\n]{0,500}\$|`[^`\n]{0,500}`|https?://\S{1,300}")
"""Formulas, code and links."""
_LETTERS_OF_A_WORD: Final = re.compile(r"[^\W\d_]+")

_SMALL_WORDS_OF_LANGUAGE: Final = {
    language_code: frozenset(small_words.split())
    for language_code, language_colon, small_words in (
        small_words_line.partition(":")
        for small_words_line in Path(__file__).with_name("small_words.txt").read_text("utf-8").splitlines()
    )
    if language_colon and not language_code.startswith("#")
}
_LANGUAGES_WITH_THE_SAME_SMALL_WORDS: Final = frozenset({"da", "no", "nb", "nn"})
"""Small words do not tell them apart for certain."""

_LETTERS_OF_ONE_LANGUAGE: Final = {"ru": "ыэъё", "uk": "іїєґ", "pl": "ąęłńśźż", "cs": "ěřůďťň"}
_NEIGHBOUR_LANGUAGE: Final = {"ru": "uk", "uk": "ru", "pl": "cs", "cs": "pl"}
"""Neighbours that share small words, and letters that only one of them has."""

_LATIN_LANGUAGES: Final = frozenset(_SMALL_WORDS_OF_LANGUAGE) - frozenset(_LANGUAGE_SCRIPT)


def in_another_language(text: str, asked_language: str) -> bool:
    """Whether a text is certainly not in a language (BCP 47); False where that cannot be told."""
    language_code = asked_language.lower().partition("-")[0]
    written_prose = _IN_NO_LANGUAGE.sub(" ", text)
    letter_counts = {
        language_script: len(script_letter.findall(written_prose))
        for language_script, script_letter in _SCRIPT_LETTERS.items()
    }
    letters_total = sum(letter_counts.values())
    if letters_total < _LEAST_WRITTEN_LETTERS:
        return False
    language_script = _LANGUAGE_SCRIPT.get(language_code, "latin" if language_code in _LATIN_LANGUAGES else "")
    if language_script and not _has_script(language_script, letter_counts, letters_total):
        return True
    if not language_script:  # a language that we do not know: the scripts of East Asia are told at least
        east_asian_letters = letter_counts["han"] + letter_counts["kana"] + letter_counts["hangul"]
        return east_asian_letters / letters_total > 2 * _LEAST_SCRIPT_SHARE
    return language_code in _SMALL_WORDS_OF_LANGUAGE and (
        _in_neighbour_language(written_prose, language_code)
        or _has_more_foreign_small_words(written_prose, language_code)
    )


def _has_script(language_script: str, letter_counts: dict[str, int], letters_total: int) -> bool:
    """Whether enough of the letters are of a script. Japanese has both kana and Han, Chinese no kana."""
    han_letters, kana_letters = letter_counts["han"], letter_counts["kana"]
    if language_script == "kana":
        return kana_letters > 0 and (kana_letters + han_letters) / letters_total >= _LEAST_SCRIPT_SHARE
    if language_script == "han":
        return han_letters / letters_total >= _LEAST_SCRIPT_SHARE and kana_letters <= han_letters / 10
    least_script_share = 1 - 2 * _LEAST_SCRIPT_SHARE if language_script == "latin" else _LEAST_SCRIPT_SHARE
    return letter_counts[language_script] / letters_total >= least_script_share


def _in_neighbour_language(written_prose: str, language_code: str) -> bool:
    """Whether a text has letters of a neighbouring language, and none of this one."""
    neighbour_language = _NEIGHBOUR_LANGUAGE.get(language_code, "")
    if not neighbour_language:
        return False
    letter_counts = Counter(written_prose.lower())
    own_letters, neighbour_letters = (
        sum(letter_counts[script_letter] for script_letter in _LETTERS_OF_ONE_LANGUAGE[each])
        for each in (language_code, neighbour_language)
    )
    return neighbour_letters >= _LEAST_SMALL_WORDS and not own_letters


def _has_more_foreign_small_words(written_prose: str, language_code: str) -> bool:
    """Whether the small words of another language outnumber those of the one asked for."""
    word_counts = Counter(_LETTERS_OF_A_WORD.findall(written_prose.lower()))
    script_languages = (
        _LATIN_LANGUAGES
        if language_code in _LATIN_LANGUAGES
        else frozenset(_SMALL_WORDS_OF_LANGUAGE) - _LATIN_LANGUAGES
    )
    same_words = _LANGUAGES_WITH_THE_SAME_SMALL_WORDS
    foreign_languages = (script_languages - (same_words if language_code in same_words else {language_code})) | {"en"}
    own_small_words = sum(word_counts[word] for word in _SMALL_WORDS_OF_LANGUAGE[language_code])
    foreign_small_words = max(
        sum(
            word_counts[word]
            for word in _SMALL_WORDS_OF_LANGUAGE[foreign_language] - _SMALL_WORDS_OF_LANGUAGE[language_code]
        )
        for foreign_language in foreign_languages
    )
    return foreign_small_words >= _LEAST_SMALL_WORDS and foreign_small_words > 2 * own_small_words
