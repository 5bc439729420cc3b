"""The sections of a paper's full text: what each is about, and which to keep when a model cannot take them all."""

import re
from typing import Final, Literal

from msgspec import Struct

SectionKind = Literal["introduction", "method", "results", "conclusion", "background", "other", "appendix"]

_HEADING_WORDS: Final[tuple[tuple[SectionKind, re.Pattern[str]], ...]] = (
    (
        "appendix",
        re.compile(
            r"appendi|supplement|acknowledg|ethic|impact|reproducib|contributions?$|checklist|funding|proofs?\b",
            re.I,
        ),
    ),
    ("conclusion", re.compile(r"conclu|limitation|future|summary|outlook|closing", re.I)),
    ("introduction", re.compile(r"introduct|motivation", re.I)),
    ("background", re.compile(r"related|background|preliminar|prior work|literature|notation", re.I)),
    (
        "results",
        re.compile(
            r"experiment|result|evaluat|ablation|benchmark|empiric|finding|comparison|analys|discussion|case stud", re.I
        ),
    ),
    (
        "method",
        re.compile(
            r"method|approach|model|architect|framework|algorithm|propos|system|design|setup|set-up|formulat|theor|data|"
            r"train|implement",
            re.I,
        ),
    ),
)


class Section(Struct, frozen=True):
    """One top-level section: its heading without number, and its text with maths as ``$TeX$``, a line a paragraph."""

    heading: str
    text: str

    @property
    def kind(self) -> SectionKind:
        """What the heading says the section is about."""
        return next((kind for kind, heading_words in _HEADING_WORDS if heading_words.search(self.heading)), "other")

    @property
    def size(self) -> int:
        return len(self.heading) + len(self.text) + 6
