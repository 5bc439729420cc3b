"""Words as matching sees them: cut, folded, and told whether a hyphen or a full stop stands before them."""

import re
from functools import cache, lru_cache
from typing import Final
from unicodedata import combining, normalize

from core.language.spelling import american
from core.language.stem import singular
from core.text.plain import prose
from core.text.split import split_maths
from core.text.symbols import GREEK_LETTERS

GAP: Final = "|"
HYPHEN: Final = "-"
SPACE: Final = " "
ASIDE: Final = "("
"""Before a short form in brackets, as in ``key-value (KV) cache``: it takes no place of its own."""

_CJK: Final = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_LETTERS: Final = rf"[^\W_{_CJK}]"
_WORD_ENDS: Final = r"\+\+|\#(?!\w)|∞|(?<=(?<![A-Za-z0-9])[A-Z])\*(?![\w*])"  # C++, C#, H∞, A*
_WORD_BEGINS: Final = r"(?:(?<![\w#])\#(?=[A-Z]))?"  # \#P


def _word_pattern(letter: str) -> str:
    """A word, and what may hold it together inside: ``don't``, ``Qwen2.5``."""
    return rf"{_WORD_BEGINS}{letter}++(?:{_WORD_ENDS}|(?:['’]{letter}++|(?<=\d)\.(?=\d){letter}++)*+)"


_ASCII_WORD: Final = re.compile(f"({_word_pattern('[A-Za-z0-9]')})")
_HYPHENS: Final = frozenset(("-", "‐", "‑", "–", "−", "_", "--"))
_FULL_STOP: Final = re.compile(r"[.,;:!?…—|]|\n\s*\n")
_BRACKET_OPENS: Final = re.compile(r"\s\(")
_SHORT_FORM: Final = re.compile(r"(?=\w*[A-Z])(?=\w*(?:[A-Z]\w*[A-Z]|\d))\w{2,10}")
_DOTTED_ABBREVIATION: Final = re.compile(r"\b(?:[A-Za-z]\.){2,}(?:[A-Za-z]\b)?|\bPh\.\s?D\b\.?")
_DOTTED_WORDS: Final = frozenset(("eg", "ie", "aka", "wrt", "st", "am", "pm", "cf", "ca"))
_FRENCH_ELISION: Final = re.compile(r"(?:[cdjlmnst]|qu)'(?=\w{2})", re.IGNORECASE)
"""French: ``l'apprentissage``, ``d'Alembert``."""
_MATHS_PIECE: Final = re.compile(r"\\([A-Za-z]+)\s*|\^\{?(?=\*)|[_^]\{?(?=\d|\\infty|∞)|\\(.)|[{}$]|[_^~]")
_LETTER_INDEX: Final = re.compile(r"\$_\{?([a-z])\}?\$")
_MATHS_OPERATORS: Final = frozenset(
    (
        "arg",
        "argmax",
        "argmin",
        "cos",
        "det",
        "dim",
        "exp",
        "gcd",
        "lim",
        "ln",
        "log",
        "max",
        "min",
        "mod",
        "sin",
        "tanh",
    )
)
_MATHS_STYLES: Final = re.compile(r"math[a-z]+|text[a-z]*|bm|boldsymbol|operatorname|rm|bf|it|cal|left|right|hat|tilde")
_GREEK_LETTERS: Final = {ord(letter): name.removeprefix("var").lower() for name, letter in GREEK_LETTERS.items()}
_OTHER_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ŋ": "ng", "ς": "sigma"}
    | {chr(code): name for code, name in _GREEK_LETTERS.items()}
)
_ATTACHED_INDEXES: Final = ("*", "∞", "\\infty", *"0123456789")
"""What an index or exponent may begin with that is part of the word before: CO₂, H∞, A*."""
_ACRONYM_LETTERS: Final = 5
"""Up to this many letters a word with capitals inside is an acronym, and not the word of small letters."""

_LITTLE_WORDS: Final = """
a about above across after again against all along also although always am among an and another any are as at away back
be because been before behind being below between both but by can could did do does down due during each else ever every
few for from further get had has have he hence her here him his how however i if in into is it its itself just may me
might more most much must my near never no nor not now of off on once one only or other our out over own per same she
should since so some such than that the their them then there these they this those through thus to together too toward
under until up upon us via very was we well were what when where which while who whom whose why will with within without
would yet you your
"""
FUNCTION_WORDS: Final = frozenset(_LITTLE_WORDS.split())
"""Little words that stand beside any other: ``of ten`` is not ``often``, and ``over all`` not ``overall``."""


@cache
def _any_word() -> re.Pattern[str]:
    """Characters that are written without spaces are words of their own, and several are a phrase."""
    return re.compile(f"([{_CJK}]|{_word_pattern(_LETTERS)})")  # takes 3 ms, and a query in ASCII does without


def cut_words(text: str) -> list[tuple[str, str]]:
    """
    Cut arXiv's text into words, each after the sign that joins it to the one before.

    ``a fine-tuned LLM, fast`` gives ``[(" ", "a"), (" ", "fine"), ("-", "tuned"), (" ", "LLM"), ("|", "fast")]``.
    """
    return [*zip(*cut_with_signs(text), strict=True)]


def cut_with_signs(text: str) -> tuple[list[str], list[str]]:
    """Cut as ``cut_words`` does; return the signs and the words."""
    text = searchable(text)
    parts = (_ASCII_WORD if text.isascii() else _any_word()).split(text)
    signs, words = [*map(_joining_sign, parts[0:-1:2])], parts[1::2]
    if "(" in text:
        for number in range(1, len(words)):
            before, after = parts[2 * number], parts[2 * number + 2]
            if after[:1] == ")" and _BRACKET_OPENS.fullmatch(before) and _SHORT_FORM.fullmatch(words[number]):
                signs[number] = ASIDE
    return signs, words


def bare_words(text: str) -> list[str]:
    """Cut as ``cut_words`` does, and tell the words alone: in two thirds of the time."""
    text = searchable(text)
    return (_ASCII_WORD if text.isascii() else _any_word()).findall(text)


@lru_cache(maxsize=1024)
def _joining_sign(text_between: str) -> str:
    """What stands between two words, as a sign."""
    if text_between in _HYPHENS:
        return HYPHEN
    return GAP if _FULL_STOP.search(text_between) else SPACE


def searchable(text: str) -> str:
    r"""Resolve TeX for matching, maths included: ``$\epsilon$-greedy``, ``$k$-means`` and ``CO$_2$`` are words."""
    text = prose(text)
    if "." in text:
        text = _DOTTED_ABBREVIATION.sub(_undotted_abbreviation, text)
    if "$" not in text and "\\" not in text:
        return text
    return "".join(_read_maths(part) if is_maths else part for part, is_maths in split_maths(text))


def _undotted_abbreviation(abbreviation: re.Match[str]) -> str:
    """``U.S.`` as ``US`` and ``i.i.d.`` as ``IID``; not ``e.g.``, which is no name of anything."""
    letters = "".join(filter(str.isalpha, abbreviation[0]))
    return abbreviation[0] if letters.lower() in _DOTTED_WORDS else "PhD" if letters == "PhD" else letters.upper()


def _read_maths(formula: str) -> str:
    index = _LETTER_INDEX.fullmatch(formula)
    return index[1] if index else _MATHS_PIECE.sub(_maths_word, formula)  # NO$_x$ is NOx, and $R_L$ is not RL


def _maths_word(piece: re.Match[str]) -> str:
    command = piece[1]
    if command:
        if command == "infty":
            return "∞"
        if command in _MATHS_OPERATORS:
            return f" {command} "
        return GREEK_LETTERS.get(command) or (
            "ℓ" if command == "ell" else "" if _MATHS_STYLES.fullmatch(command) else " "
        )
    if piece[0] in ("{", "}", "$"):
        return ""
    following = piece.string[piece.end() : piece.end() + 6]
    return "" if piece[0][0] in "_^" and following.startswith(_ATTACHED_INDEXES) else " "


def fold_word(word: str) -> str:
    """Fold case and accents: ``Éva`` is ``eva``, ``β`` is ``beta``, ``Łukasz`` is ``lukasz``."""
    if word.isascii():
        return word.lower()
    decomposed = normalize("NFKD", word).casefold().translate(_OTHER_LETTERS)
    return normalize("NFC", "".join(letter for letter in decomposed if not combining(letter)))


@lru_cache(maxsize=32768)
def word_key(word: str) -> str:
    """
    The one form under which a word of a text is indexed.

    ``Caches`` is ``cach`` as ``cache`` is; ``LLMs`` is ``LLM``: acronyms keep their capitals, so that ``RAG`` is not
    the ordinary word ``rag``. The signs of ``C++`` and ``C#`` stay.
    """
    word = _without_possessive(word)
    acronym = as_acronym(word)
    return acronym or singular(american(fold_word(word)))


def _without_possessive(word: str) -> str:
    if "'" not in word and "’" not in word:
        return word
    word = _FRENCH_ELISION.sub("", word.replace("’", "'"), count=1)
    return word.removesuffix("'s").removesuffix("'S").replace("'", "")


def as_acronym(word: str) -> str:
    """``LLMs`` as ``LLM``, ``MoE`` as ``MOE``; "" for a word without capitals inside, or one that is too long."""
    if len(word) > _ACRONYM_LETTERS + 1 or not word.isalpha() or word[1:].islower():
        return ""
    if word[-1] == "s" and len(word) > 2 and word[-2].isupper():
        word = word[:-1]
    if len(word) < 2 or len(word) > _ACRONYM_LETTERS or word[1:] == word[1:].lower():
        return ""
    folded_word = fold_word(word)
    return folded_word.upper() if len(folded_word) <= _ACRONYM_LETTERS else ""  # ΛCDM is lambdacdm


@lru_cache(maxsize=4096)
def asked_keys(word: str, *, exact: bool = False) -> tuple[str, ...]:
    """
    The keys under which a word that somebody asks for may be indexed.

    A word finds its acronym too (``rag`` finds ``RAG``); with ``exact`` an acronym finds nothing else.
    """
    word = _without_possessive(word)
    acronym = as_acronym(word)
    if exact and acronym:
        return (acronym,)
    folded_word = fold_word(word)
    word_keys = {singular(american(folded_word)): None}
    for form in (acronym, folded_word.upper(), folded_word[:-1].upper() if folded_word.endswith("s") else ""):
        if 2 <= len(form) <= _ACRONYM_LETTERS and form.isalpha():
            word_keys[form] = None
    return tuple(word_keys)
