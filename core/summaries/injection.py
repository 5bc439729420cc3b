"""A paper is data, never an instruction: text addressed to language models is found, named and taken out."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from msgspec import Struct

from core.summaries.instructions import (
    CODED_INSTRUCTIONS,
    ENGLISH_INSTRUCTIONS,
    PLAIN_INSTRUCTIONS,
    SQUEEZED_INSTRUCTION,
    instruction_spans,
)
from core.text import disguises
from core.text.invisible import split_ligatures, texts_in_tag_characters, visible_text
from core.text.plain import xml_safe

INJECTION_REMOVED: Final = "[removed: a sentence addressed to language models]"
"""Stands in the text that the model reads, where such a sentence stood."""

_INJECTION_ENDS: Final = re.compile(r"[.!?](?=\s|$)|[。！？।]|\n")
_INJECTION_QUOTE_CHARACTERS: Final = 80
_LONGEST_INJECTION: Final = 1000
"""Characters of a sentence before and after the instruction in it; a longer one is a table."""
_FEWEST_INJECTION_WORDS: Final = 5


class ScreenedText(Struct, frozen=True):
    """Text that a model may read, and the sentences that were taken out of it (shortened, for people)."""

    text: str
    injections: tuple[str, ...] = ()


def screen_injections(paper_text: str) -> ScreenedText:
    """Take out what no reader sees and every sentence that tells a language model what to do."""
    injections = [injection for hidden in texts_in_tag_characters(paper_text) if (injection := _quoted(hidden))]
    paper_text = split_ligatures(visible_text(xml_safe(paper_text)))
    model_text: list[str] = []
    last_injection_end = 0
    for injection_begin, injection_end, injection in _without_overlaps(_injections(paper_text)):
        injections.append(injection)
        model_text.append(f"{paper_text[last_injection_end:injection_begin]} {INJECTION_REMOVED} ")
        last_injection_end = injection_end
    model_text.append(paper_text[last_injection_end:])
    return ScreenedText("".join(model_text), tuple(dict.fromkeys(injections)))


def _injections(paper_text: str) -> Iterator[tuple[int, int, str]]:
    """The sentences to take out: from, to, and what people are shown of it."""
    for instruction_begin, instruction_end in _disguised_instruction_spans(paper_text):
        injection_begin, injection_end = _injected_sentence(paper_text, instruction_begin, instruction_end)
        yield injection_begin, injection_end, _quoted(paper_text[injection_begin:injection_end])
    for injection, injection_begin, injection_end in disguises.decode_sentences(paper_text):
        yield injection_begin, injection_end, _quoted(injection)


def _disguised_instruction_spans(paper_text: str) -> Iterator[tuple[int, int]]:
    yield from instruction_spans(paper_text, PLAIN_INSTRUCTIONS)
    folded_text = disguises.fold_look_alikes(paper_text)
    disguised_texts = [
        (disguises.undo_reversal(folded_text), CODED_INSTRUCTIONS),
        (disguises.undo_rot13(folded_text), CODED_INSTRUCTIONS),
    ]
    disguised_texts += [(folded_text, ENGLISH_INSTRUCTIONS)] if folded_text.text != paper_text else []
    disguised_texts += [(leet_text, ENGLISH_INSTRUCTIONS)] if (leet_text := disguises.undo_leet(folded_text)) else []
    for disguised_text, instruction_patterns in disguised_texts:
        yield from (
            disguised_text.span(*instruction_span)
            for instruction_span in instruction_spans(disguised_text.text, instruction_patterns)
        )
    yield from (
        (instruction_begin, instruction_end)
        for squeezed_instruction, instruction_begin, instruction_end in disguises.join_spaced_letters(folded_text)
        if SQUEEZED_INSTRUCTION.search(squeezed_instruction)
    )


def _injected_sentence(paper_text: str, instruction_begin: int, instruction_end: int) -> tuple[int, int]:
    """Widen an instruction to its sentence, on the lines that it stands on."""
    line_begin = max(paper_text.rfind("\n", 0, instruction_begin) + 1, instruction_begin - _LONGEST_INJECTION)
    sentences_before = _INJECTION_ENDS.finditer(paper_text, line_begin, instruction_begin)
    injection_begin = max((sentence_end.end() for sentence_end in sentences_before), default=line_begin)
    injection_limit = min(instruction_end + _LONGEST_INJECTION, len(paper_text))
    stop = _INJECTION_ENDS.search(paper_text, max(injection_begin, instruction_end - 1), injection_limit)
    injection_end = stop.end() - (stop[0] == "\n") if stop else injection_limit
    return injection_begin, max(injection_end, instruction_end)


def _without_overlaps(injections: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    last_injection_end = 0
    for injection_begin, injection_end, injection in sorted(injections):
        if injection_end > last_injection_end:
            yield max(injection_begin, last_injection_end), injection_end, injection
            last_injection_end = injection_end


def injection_warning(injections: tuple[str, ...]) -> str:
    """What readers are told; "" when there are none. A paper about such attacks quotes them in good faith."""
    if not injections:
        return ""
    other_injections = f" and {len(injections) - 1} more" if injections[1:] else ""
    injections_told = f"“{injections[0]}”{other_injections}"
    return f"The paper holds text addressed to language models ({injections_told}). It was left out before summarizing."


def hidden_injection(hidden_text: str) -> tuple[str, ...]:
    """Quote text that the page hides from its readers, when it is more than a word or two."""
    return (_quoted(hidden_text),) if len(hidden_text.split()) >= _FEWEST_INJECTION_WORDS else ()


def _quoted(injection: str) -> str:
    injection = " ".join(injection.split())
    most_characters = _INJECTION_QUOTE_CHARACTERS
    return injection if len(injection) <= most_characters else f"{injection[:most_characters].rstrip()}…"
