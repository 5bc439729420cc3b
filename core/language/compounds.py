"""How words that hyphens join are keyed: ``end-to-end`` and ``in-context`` as one word of a known width."""

from collections.abc import Iterator, Sequence
from typing import Final, Literal

from core.language.words import FUNCTION_WORDS, word_key

MOST_HYPHENED_WORDS: Final = 5
"""The most words that hyphens join into one."""


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
