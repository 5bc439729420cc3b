"""One form for a word and its plural, so that ``cache`` and ``caches`` meet, and ``news`` and ``new`` do not."""

from typing import Final

_SINGULAR_WORDS: Final = """
alias always atlas bias canvas christmas does goes gas has its kansas lens mars news pandas perhaps texas was whereas
yes besides sometimes towards across chaos pathos ethos cosmos macos kudos
"""
_SINGULARS_IN_S: Final = frozenset(_SINGULAR_WORDS.split())
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


def singular(word: str) -> str:
    """
    Fold -s and -es away; ``word`` is in small letters.

    What comes out is a key, not always a word: ``case`` and ``cases`` are both ``cas``.
    """
    if len(word) < 4:
        return word
    if word in _IRREGULAR_PLURALS:
        return _IRREGULAR_PLURALS[word]
    if _is_plural(word):
        return _without_plural_s(word)
    return _without_final_e(word)


def _is_plural(word: str) -> bool:
    if word[-1] != "s" or word in _SINGULARS_IN_S:
        return False
    return word in _LISTED_PLURALS or not word.endswith(_SINGULAR_ENDINGS)


def _without_plural_s(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return _without_final_e(word[:-1])


def _without_final_e(word: str) -> str:
    """``cache`` as ``cach``, ``movie`` as ``movy``: what is left of the plurals ``caches`` and ``movies`` too."""
    if len(word) > 3 and word[-1] == "e":
        if word.endswith("ie"):
            return word[:-2] + "y"
        if word[:-1].endswith(_SIBILANT_ENDINGS):
            return word[:-1]
    return word
