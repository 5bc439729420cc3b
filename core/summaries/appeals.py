"""
What a summary says to its reader's hands: visit, click, call, pay, log in; and the numbers and names to do it with.

A summary tells what a paper says. A sentence that bids its reader do something, a telephone number, a name at a service
and an account come from whoever made the model write them, unless the paper's own title, abstract or comment has them.
"""

import re
from typing import Final

from core.summaries.addresses import ADDRESS_REMOVED
from core.summaries.pattern_files import summary_patterns

_APPEAL_VERB: Final = "|".join(summary_patterns("appeal_verbs.txt"))
_APPEAL_OPENING: Final = (
    r"^\W*(?:to [^.,]{3,60}, )?(?:(?:please|now|then|first|just|simply|also|(?:dear )?readers?[,:]|note[,:]) )*"
)
_APPEAL_TO_READER: Final = (
    r"\b(?:please|(?:you|readers?) (?:must|should|can|may|need to|have to|(?:are|is) (?:asked|urged|invited) to)) "
)
_APPEAL_FOR_SECRETS: Final = (
    r"\byour (?:passwords?|accounts?|credit card|bank|wallet|api keys?|credentials|private key|seed phrase)\b"
)
_APPEALS: Final = tuple(
    re.compile(appeal_pattern, re.IGNORECASE)
    for appeal_pattern in (
        rf"{_APPEAL_OPENING}(?:{_APPEAL_VERB})\b",
        rf"{_APPEAL_TO_READER}(?:\w+ )?(?:{_APPEAL_VERB})\b",
        _APPEAL_FOR_SECRETS,
        *summary_patterns("appeals.txt"),
    )
)
_SUMMARY_SENTENCE_END: Final = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？\n])")

_SPELLED_DOMAIN: Final = (
    r"(?:com|org|net|edu|io|ai|info|biz|xyz|app|dev|co|ly|gg|me|site|online|top|shop|link|click|cn|ru|de|eu|uk)"
)
_SPELLED_DOT: Final = (
    r"(?:\s?[\[({<]\s?(?:dot|punkt|punto|point|точка|点|\.)\s?[\])}>]\s?|\s(?:dot|punkt|punto|точка)\s|\s\.\s?|点)"
)
_SPELLED_AT: Final = r"(?:\s?[\[({<]\s?(?:at|arroba|ат|@)\s?[\])}>]\s?|\sat\s|\s@\s)"
_SPELLED_PATH: Final = r"(?:\s?/\s?\S+|\s(?:slash|schrägstrich|barra)\s\S+)*"
_SPELLED_SITE: Final = (
    rf"\b[\w-]+(?:{_SPELLED_AT}[\w-]+)?(?:{_SPELLED_DOT}[\w-]+){{0,3}}{_SPELLED_DOT}{_SPELLED_DOMAIN}\b"
)
_SPELLED_ADDRESS: Final = (
    rf"{_SPELLED_SITE}{_SPELLED_PATH}"
    rf"|\b[\w.-]+{_SPELLED_AT}[\w-]+(?:\.|{_SPELLED_DOT}){_SPELLED_DOMAIN}\b"
    r"|\b[\w-]+\.\s(?:com|org|net)\b(?:/\S*)?"
)
_APPEAL_CONTACT: Final = re.compile("|".join((*summary_patterns("contacts.txt"), _SPELLED_ADDRESS)), re.IGNORECASE)
_BETWEEN_DIGITS_OR_WORDS: Final = re.compile(r"[\s().-]+")


def without_appeals(summary_text: str, paper_text: str) -> str:
    """
    Take out of plain text what bids the reader do something, and numbers and names to do it with; ``[…]`` stands there.

    What stands in ``paper_text``, the paper's own title, abstract and comment, stays.
    """
    paper_letters = _letters(paper_text)

    def judge_contact(contact: re.Match[str]) -> str:
        return contact[0] if _letters(contact[0]) in paper_letters else ADDRESS_REMOVED

    def judge_sentence(summary_sentence: str) -> str:
        if not _is_appeal(summary_sentence) or _letters(summary_sentence) in paper_letters:
            return summary_sentence
        return summary_sentence[: len(summary_sentence) - len(summary_sentence.lstrip())] + ADDRESS_REMOVED

    summary_sentences = _SUMMARY_SENTENCE_END.split(_APPEAL_CONTACT.sub(judge_contact, summary_text))
    return "".join(map(judge_sentence, summary_sentences))


def _is_appeal(summary_sentence: str) -> bool:
    return any(appeal.search(summary_sentence) for appeal in _APPEALS)


def _letters(text: str) -> str:
    """A text without blanks, brackets, full stops and hyphens: ``+1 (555) 010`` and ``+1555010`` are the same."""
    return _BETWEEN_DIGITS_OR_WORDS.sub("", text).lower()
