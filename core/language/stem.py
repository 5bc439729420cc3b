"""One form for a word and its plural, so that ``cache`` and ``caches`` meet, and ``news`` and ``new`` do not."""

from typing import Final

_SINGULAR_WORDS_IN_S: Final = """
alias always atlas bias canvas christmas does goes gas has its kansas lens mars news pandas perhaps texas was whereas
yes besides sometimes towards across chaos pathos ethos cosmos macos kudos
"""
_LISTED_SINGULARS: Final = frozenset(_SINGULAR_WORDS_IN_S.split())
"""Words that end in s and are no plural, as far as the endings below do not say so already."""
_PLURAL_WORDS: Final = """
gpus cpus tpus npus dpus lpus ipus xpus menus relus gelus elus grus ious apis guis uis ais rois pois wikis taxis
metrics topics heuristics characteristics rubrics critics logics clinics fabrics mosaics statistics tactics republics
epidemics pandemics comics demographics infographics diagnostics antibiotics
"""
_LISTED_PLURALS: Final = frozenset(_PLURAL_WORDS.split())
"""Plurals among the words in -us, -is and -ics. Dynamics, physics and logistics are words of their own."""
_IRREGULAR_PLURALS: Final = {
    "analyses": "analysis", "hypotheses": "hypothesis", "syntheses": "synthesis", "matrices": "matrix",
    "indices": "index", "vertices": "vertex", "vortices": "vortex", "axes": "axis", "theses": "thesis",
    "parentheses": "parenthesis", "crises": "crisis", "diagnoses": "diagnosis", "appendices": "appendix",
}  # fmt: skip
_SIBILANT_ENDINGS: Final = ("s", "x", "z", "ch", "sh", "o")
_SINGULAR_ENDINGS: Final = ("ss", "us", "is", "ics")


def singular(folded_word: str) -> str:
    """
    Fold -s and -es away; ``folded_word`` is in small letters.

    What comes out is a key, not always a word: ``case`` and ``cases`` are both ``cas``.
    """
    if len(folded_word) < 4:
        return folded_word
    if folded_word in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[folded_word]
    if _is_plural(folded_word):
        return _without_plural_s(folded_word)
    return _without_final_e(folded_word)


def _is_plural(folded_word: str) -> bool:
    if folded_word[-1] != "s" or folded_word in _LISTED_SINGULARS:
        return False
    return folded_word in _LISTED_PLURALS or not folded_word.endswith(_SINGULAR_ENDINGS)


def _without_plural_s(folded_word: str) -> str:
    if folded_word.endswith("ies") and len(folded_word) > 4:
        return folded_word[:-3] + "y"
    return _without_final_e(folded_word[:-1])


def _without_final_e(folded_word: str) -> str:
    """``cache`` as ``cach``, ``movie`` as ``movy``: what is left of the plurals ``caches`` and ``movies`` too."""
    if len(folded_word) > 3 and folded_word[-1] == "e":
        if folded_word.endswith("ie"):
            return folded_word[:-2] + "y"
        if folded_word[:-1].endswith(_SIBILANT_ENDINGS):
            return folded_word[:-1]
    return folded_word
