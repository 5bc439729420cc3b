"""Words as matching sees them: cut, folded, and told whether a hyphen or a full stop stands before them."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from typing import Final, Literal
from unicodedata import combining, normalize

from core.language.spelling import american_spelling
from core.language.stem import singular
from core.text.searchable import searchable
from core.text.symbols import GREEK_LETTERS

WORD_GAP: Final = "|"
WORD_HYPHEN: Final = "-"
WORD_SPACE: Final = " "
ACRONYM_ASIDE: Final = "("
"""Before a short form in brackets, as in ``key-value (KV) cache``: it takes no place of its own."""

MOST_HYPHENED_WORDS: Final = 5
"""The most words that hyphens join into one."""

_CJK_LETTERS: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD_LETTER: Final = rf"[^\W_{_CJK_LETTERS}]"
_WORD_END_SIGNS: Final = r"\+\+|\#(?!\w)|∞|(?<=(?<![A-Za-z0-9])[A-Z])\*(?![\w*])"  # C++, C#, H∞, A*
_WORD_BEGIN_SIGNS: Final = r"(?:(?<![\w#])\#(?=[A-Z]))?"  # \#P


def _word_pattern(word_letter: str) -> str:
    """A word, and what may hold it together inside: ``don't``, ``Qwen2.5``."""
    word_inside = rf"(?:['’]{word_letter}++|(?<=\d)\.(?=\d){word_letter}++)*+"
    return rf"{_WORD_BEGIN_SIGNS}{word_letter}++(?:{_WORD_END_SIGNS}|{word_inside})"


_ASCII_WORD: Final = re.compile(f"({_word_pattern('[A-Za-z0-9]')})")
_HYPHEN_SIGNS: Final = frozenset(("-", "‐", "‑", "–", "−", "_", "--"))
_GAP_SIGNS: Final = re.compile(r"[.,;:!?…—|]|\n\s*\n")
_WORD_BRACKET: Final = re.compile(r"\s\(")
_BRACKETED_ACRONYM: Final = re.compile(r"(?=\w*[A-Z])(?=\w*(?:[A-Z]\w*[A-Z]|\d))\w{2,10}")
_FRENCH_ELISION: Final = re.compile(r"(?:[cdjlmnst]|qu)'(?=\w{2})", re.IGNORECASE)
"""French: ``l'apprentissage``, ``d'Alembert``."""
_GREEK_LETTER_NAMES: Final = {
    ord(word_letter): greek_name.removeprefix("var").lower() for greek_name, word_letter in GREEK_LETTERS.items()
}
_FOLDED_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ŋ": "ng", "ς": "sigma"}
    | {chr(greek_letter): greek_name for greek_letter, greek_name in _GREEK_LETTER_NAMES.items()}
)
_MOST_ACRONYM_LETTERS: Final = 5
"""Up to this many letters a word with capitals inside is an acronym, and not the word of small letters."""

_ENGLISH_FUNCTION_WORDS: Final = """
a about above across after again against all along also although always am among an and another any are as at away back
be because been before behind being below between both but by can could did do does down due during each else ever every
few for from further get had has have he hence her here him his how however i if in into is it its itself just may me
might more most much must my near never no nor not now of off on once one only or other our out over own per same she
should since so some such than that the their them then there these they this those through thus to together too toward
under until up upon us via very was we well were what when where which while who whom whose why will with within without
would yet you your
"""
FUNCTION_WORDS: Final = frozenset(_ENGLISH_FUNCTION_WORDS.split())
"""Little words that stand beside any other: ``of ten`` is not ``often``, and ``over all`` not ``overall``."""


@cache
def _any_word() -> re.Pattern[str]:
    """Characters that are written without spaces are words of their own, and several are a phrase."""
    # takes 3 ms, and a query in ASCII does without
    return re.compile(f"([{_CJK_LETTERS}]|{_word_pattern(_WORD_LETTER)})")


def cut_words(text: str) -> list[tuple[str, str]]:
    """
    Cut arXiv's text into words, each after the sign that joins it to the one before.

    ``a fine-tuned LLM, fast`` gives ``[(" ", "a"), (" ", "fine"), ("-", "tuned"), (" ", "LLM"), ("|", "fast")]``.
    """
    return [*zip(*cut_with_signs(text), strict=True)]


def cut_with_signs(text: str) -> tuple[list[str], list[str]]:
    """Cut as ``cut_words`` does; return the signs and the words."""
    searched_text = searchable(text)
    word_parts = (_ASCII_WORD if searched_text.isascii() else _any_word()).split(searched_text)
    joining_signs, words = [*map(_joining_sign, word_parts[0:-1:2])], word_parts[1::2]
    if "(" in searched_text:
        words_in_brackets = zip(word_parts[2::2], words[1:], word_parts[4::2], strict=False)
        for word_at, (before_word, word, after_word) in enumerate(words_in_brackets, 1):
            if after_word[:1] == ")" and _WORD_BRACKET.fullmatch(before_word) and _BRACKETED_ACRONYM.fullmatch(word):
                joining_signs[word_at] = ACRONYM_ASIDE
    return joining_signs, words


def bare_words(text: str) -> list[str]:
    """Cut as ``cut_words`` does, and tell the words alone: in two thirds of the time."""
    searched_text = searchable(text)
    return (_ASCII_WORD if searched_text.isascii() else _any_word()).findall(searched_text)


@lru_cache(maxsize=1024)
def _joining_sign(between_words: str) -> str:
    """What stands between two words, as a sign."""
    if between_words in _HYPHEN_SIGNS:
        return WORD_HYPHEN
    return WORD_GAP if _GAP_SIGNS.search(between_words) else WORD_SPACE


def fold_word(word: str) -> str:
    """Fold case and accents: ``Éva`` is ``eva``, ``β`` is ``beta``, ``Łukasz`` is ``lukasz``."""
    if word.isascii():
        return word.lower()
    decomposed_word = normalize("NFKD", word).casefold().translate(_FOLDED_LETTERS)
    return normalize("NFC", "".join(word_letter for word_letter in decomposed_word if not combining(word_letter)))


@lru_cache(maxsize=32768)
def word_key(word: str) -> str:
    """
    The one form under which a word of a text is indexed.

    ``Caches`` is ``cach`` as ``cache`` is; ``LLMs`` is ``LLM``: acronyms keep their capitals, so that ``RAG`` is not
    the ordinary word ``rag``. The signs of ``C++`` and ``C#`` stay.
    """
    bare_word = _without_possessive(word)
    return as_acronym(bare_word) or singular(american_spelling(fold_word(bare_word)))


def _without_possessive(word: str) -> str:
    if "'" not in word and "’" not in word:
        return word
    unelided_word = _FRENCH_ELISION.sub("", word.replace("’", "'"), count=1)
    return unelided_word.removesuffix("'s").removesuffix("'S").replace("'", "")


def as_acronym(word: str) -> str:
    """``LLMs`` as ``LLM``, ``MoE`` as ``MOE``; "" for a word without capitals inside, or one that is too long."""
    if len(word) > _MOST_ACRONYM_LETTERS + 1 or not word.isalpha() or word[1:].islower():
        return ""
    acronym = word[:-1] if word[-1] == "s" and len(word) > 2 and word[-2].isupper() else word
    if len(acronym) < 2 or len(acronym) > _MOST_ACRONYM_LETTERS or acronym[1:] == acronym[1:].lower():
        return ""
    folded_word = fold_word(acronym)
    return folded_word.upper() if len(folded_word) <= _MOST_ACRONYM_LETTERS else ""  # ΛCDM is lambdacdm


@lru_cache(maxsize=4096)
def asked_keys(word: str, *, exact: bool = False) -> tuple[str, ...]:
    """
    The keys under which a word that somebody asks for may be indexed.

    A word finds its acronym too (``rag`` finds ``RAG``); with ``exact`` an acronym finds nothing else.
    """
    bare_word = _without_possessive(word)
    acronym = as_acronym(bare_word)
    if exact and acronym:
        return (acronym,)
    folded_word = fold_word(bare_word)
    word_keys = {singular(american_spelling(folded_word)): None}
    for acronym_form in (acronym, folded_word.upper(), folded_word[:-1].upper() if folded_word.endswith("s") else ""):
        if 2 <= len(acronym_form) <= _MOST_ACRONYM_LETTERS and acronym_form.isalpha():
            word_keys[acronym_form] = None
    return tuple(word_keys)


def joined_forms(hyphened_run: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int, int]]:
    """Give the joined forms of ``end-to-end`` or ``in-context``; ``fine-tuning`` is found by its two words."""
    for hyphened_count in range(2, min(len(hyphened_run), MOST_HYPHENED_WORDS) + 1):
        for hyphened_start in range(len(hyphened_run) - hyphened_count + 1):
            hyphened_words = hyphened_run[hyphened_start : hyphened_start + hyphened_count]
            if hyphened_count == len(hyphened_run) > 2 or any(
                hyphened_word.lower() in FUNCTION_WORDS for hyphened_word, _ in hyphened_words
            ):
                yield (
                    "".join(hyphened_word for hyphened_word, _ in hyphened_words),
                    hyphened_words[0][1],
                    hyphened_count,
                )


def joined_key(hyphened_word: str, hyphened_count: int | Literal[""]) -> str:
    """The key of a word that stands as ``hyphened_count`` words with hyphens: ``incontext-2``."""
    return f"{word_key(hyphened_word.lower())}-{hyphened_count}"
