"""The sections of a paper's full text, and what each is about."""

import re
from typing import Final, Literal

from msgspec import Struct

PaperSectionKind = Literal["introduction", "method", "results", "conclusion", "background", "other", "appendix"]

_SECTION_HEADING_WORDS: Final[dict[PaperSectionKind, str]] = {
    "appendix": r"appendi|supplement|acknowledg|ethic|impact|reproducib|contributions?$|checklist|funding|proofs?\b",
    "conclusion": r"conclu|limitation|future|summary|outlook|closing",
    "introduction": r"introduct|motivation",
    "background": r"related|background|preliminar|prior work|literature|notation",
    "results": r"experiment|result|evaluat|ablation|benchmark|empiric|finding|comparison|analys|discussion|case stud",
    "method": (
        r"method|approach|model|architect|framework|algorithm|propos|system|design|setup|set-up|formulat|theor|data|"
        r"train|implement"
    ),
}
_SECTION_HEADINGS: Final = {kind: re.compile(words, re.I) for kind, words in _SECTION_HEADING_WORDS.items()}


class PaperSection(Struct, frozen=True):
    """One top-level section: its heading without number, and its text with maths as ``$TeX$``, a line a paragraph."""

    heading: str
    text: str

    @property
    def kind(self) -> PaperSectionKind:
        """What the heading says the section is about."""
        section_kinds = (kind for kind, heading in _SECTION_HEADINGS.items() if heading.search(self.heading))
        return next(section_kinds, "other")

    @property
    def section_length(self) -> int:
        return len(self.heading) + len(self.text) + 6
