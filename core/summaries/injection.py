"""A paper is data, never an instruction: text addressed to language models is found, named and taken out."""

import re
from typing import Final

from msgspec import Struct

from core.text.plain import xml_safe

REMOVED: Final = "[removed: a sentence addressed to language models]"
"""Stands in the text that the model reads, where such a sentence stood."""

_INVISIBLE: Final = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_TAGS: Final = re.compile("[\U000e0000-\U000e007f]+")
"""Unicode's tag characters: ASCII that nobody sees and some models read."""

_MODEL: Final = r"(?:ai|llm|chatbot|(?:large )?language model|ai assistant|(?:ai|llm|automated) reviewer)s?"
_PRAISE: Final = r"(?:positive|favou?rable|glowing|flattering)"
_VERDICT: Final = r"(?:review|summary|assessment|evaluation|rating|feedback|recommendation)s?"
_ORDERS: Final = r"(?:instruction|prompt|direction|command|guideline|rule)s?"
_IGNORE: Final = r"(?:ignore|disregard|forget|override|bypass)"
_FAULTS: Final = r"(?:negative|weakness|limitation|criticism|shortcoming)"
_SPOKEN_TO: Final = r"(?:as|if you are|you are|note to|attention|dear|to all|instructions? (?:to|for))"
_TOLD: Final = r"(?:must|should|shall|please|recommend|rate|accept|ignore|output|write|respond|reply|say)"
_HIGH: Final = r"(?:accept\w*|highest|highly|maximum|10|ten|five stars)"
_PATTERNS: Final = (
    rf"\b{_IGNORE}(?: \w+){{0,4}} (?:previous|prior|above|earlier|preceding|your)(?: \w+)? {_ORDERS}\b",
    rf"\b(?:ignore|disregard|forget) (?:all|any) (?:of )?(?:the |these )?{_ORDERS}\b",
    rf"\b(?:give|write|provide|produce|output|generate|return)\b(?: \w+){{0,6}} {_PRAISE} {_VERDICT}\b",
    rf"\b(?:do not|don't|never) (?:highlight|mention|include|discuss|state|reveal) (?:any )?{_FAULTS}\w*",
    rf"\b{_SPOKEN_TO}[,:]? (?:an? |the |all |any )?{_MODEL}\b[^.]{{0,60}}\b{_TOLD}\b",
    rf"\b(?:recommend|rate|score|grade) (?:this|the) (?:paper|submission|work|manuscript)\b[^.]{{0,30}}\b{_HIGH}\b",
    r"<\|(?:im_start|im_end|system|endoftext|user|assistant)\|>|\[/?INST\]|<</?SYS>>",
    r"(?:^|[.!?] )\s*(?:system|new instructions?|assistant)\s*:\s*(?:you|ignore|from now on|please)\b",
    r"(?:忽略|无视|忘记)[^。]{0,12}(?:之前|以上|先前|前面|所有)[^。]{0,12}(?:指令|指示|提示|要求|规则)",
    r"(?:给出|写出|只写|输出)[^。]{0,8}(?:正面|积极|好评)[^。]{0,6}(?:评价|评审|评论|总结|摘要)",
)
_ADDRESSED: Final = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _PATTERNS)
_SENTENCE: Final = re.compile(r"[^.!?。！？\n]*(?:[.!?](?!\s|$)[^.!?。！？\n]*)*[.!?。！？]?")
_QUOTE: Final = 80


class Screened(Struct, frozen=True):
    """Text that a model may read, and the sentences that were taken out of it (shortened, for people)."""

    text: str
    found: tuple[str, ...] = ()


def screen(text: str) -> Screened:
    """Take out what no reader sees and every sentence that tells a language model what to do."""
    shown, hidden = _TAGS.sub("", text), [_from_tags(tags) for tags in _TAGS.findall(text)]
    shown = _INVISIBLE.sub("", xml_safe(shown))
    found = [quote for quote in hidden if quote]

    def judge(sentence: re.Match[str]) -> str:
        words = sentence[0]
        if not words.strip() or not any(pattern.search(words) for pattern in _ADDRESSED):
            return words
        found.append(_short(words))
        return f" {REMOVED} "

    lines = [_SENTENCE.sub(judge, line) if _suspicious(line) else line for line in shown.split("\n")]
    return Screened("\n".join(lines), tuple(dict.fromkeys(found)))


def _suspicious(line: str) -> bool:
    """Whether to look closer: most lines are decided by one search each, over the line as a whole."""
    return any(pattern.search(line) for pattern in _ADDRESSED)


def warning(found: tuple[str, ...]) -> str:
    """What readers are told; "" when nothing was found. A paper about such attacks quotes them in good faith."""
    if not found:
        return ""
    more = f" and {len(found) - 1} more" if len(found) > 1 else ""
    return (
        f"The paper holds text addressed to language models (“{found[0]}”{more}). It was left out before summarizing."
    )


def hidden_text(text: str) -> tuple[str, ...]:
    """Quote text that the page hides from its readers, when it is more than a word or two."""
    words = " ".join(text.split())
    return (_short(words),) if len(words.split()) > 4 else ()


def _from_tags(tags: str) -> str:
    return _short("".join(chr(ord(c) - 0xE0000) for c in tags if 0x20 <= ord(c) - 0xE0000 < 0x7F))


def _short(words: str) -> str:
    flat = " ".join(words.split())
    return flat if len(flat) <= _QUOTE else f"{flat[:_QUOTE].rstrip()}…"
