"""
What a summary says to its reader's hands: visit, click, call, pay, log in; and the numbers and names to do it with.

A summary tells what a paper says. A sentence that bids its reader do something, a telephone number, a name at a service
and an account come from whoever made the model write them, unless the paper's own title, abstract or comment has them.
"""

import re
from typing import Final

from core.summaries.addresses import ADDRESS_REMOVED
from core.summaries.harmful_patterns import harmful_patterns

_APPEALS: Final = tuple(re.compile(appeal, re.IGNORECASE) for appeal in harmful_patterns("appeals.txt"))
_APPEAL_CONTACT: Final = re.compile("|".join(harmful_patterns("contacts.txt")), re.IGNORECASE)
_SUMMARY_SENTENCE_END: Final = re.compile(r"(?<=[.!?])(?=\s)|(?<=[。！？\n])")
_APPEAL_SEPARATORS: Final = re.compile(r"[\s().-]+")


def without_appeals(summary_text: str, paper_text: str) -> str:
    """
    Take out of plain text what bids the reader do something, and numbers and names to do it with; ``[…]`` stands there.

    What stands in ``paper_text``, the paper's own title, abstract and comment, stays.
    """
    letters_of_paper = _appeal_letters(paper_text)

    def judge_appeal_contact(appeal_contact: re.Match[str]) -> str:
        return appeal_contact[0] if _appeal_letters(appeal_contact[0]) in letters_of_paper else ADDRESS_REMOVED

    def judge_sentence(summary_sentence: str) -> str:
        if not _is_appeal(summary_sentence) or _appeal_letters(summary_sentence) in letters_of_paper:
            return summary_sentence
        return summary_sentence[: len(summary_sentence) - len(summary_sentence.lstrip())] + ADDRESS_REMOVED

    summary_sentences = _SUMMARY_SENTENCE_END.split(_APPEAL_CONTACT.sub(judge_appeal_contact, summary_text))
    return "".join(map(judge_sentence, summary_sentences))


def _is_appeal(summary_sentence: str) -> bool:
    return any(appeal.search(summary_sentence) for appeal in _APPEALS)


def _appeal_letters(summary_text: str) -> str:
    """A text without blanks, brackets, full stops and hyphens: ``+1 (555) 010`` and ``+1555010`` are the same."""
    return _APPEAL_SEPARATORS.sub("", summary_text).lower()
