"""One spelling for what British and American English write differently, so that ``behaviour`` meets ``behavior``."""

import re
from typing import Final

_BRITISH_OUR_STEMS: Final = (
    "arm behavi clam col endeav fav flav glam harb hon hum lab neighb od parl ranc rig rum sav splend tum val vap vig"
)
_AMERICAN_ISE_STEMS: Final = """
adv anastomo ar bru chast circumc compr comprom conc cru dem desp dev disgu enterpr exc exerc expert franch gu inc m
merchand no parad po porpo pr pra prec prem prom ra repr rev r superv unsuperv sunr surm surpr televi torto treat
turquo upra w advert appra
"""
"""What stands before -ise where Americans write it, too, or where -ize is another word (prise)."""
_KEPT_ISE_STEMS: Final = frozenset(_AMERICAN_ISE_STEMS.split())
_KEPT_ISE_STEM_ENDINGS: Final = ("w", "no", "ra", "superv", "compr", "surpr", "enterpr")
_BRITISH_ISE_ENDING: Final = re.compile(r"(.+?)is(e[ds]?|ers?|ing|ations?)")
_BRITISH_DOUBLED_L: Final = re.compile(
    r"(cancel|channel|counsel|dial|equal|fuel|initial|label|level|marvel|model|panel|pedal|signal|total|travel|tunnel)"
    r"l(ed|ing|ings|ers?|ors?)"
)
_BRITISH_OUR_ENDING: Final = re.compile(rf"({'|'.join(_BRITISH_OUR_STEMS.split())})our")
_BRITISH_TO_AMERICAN: Final = (
    (re.compile(r"(anal|catal|paral|electrol|hydrol)ys(e[dr]?|ers?|ing)$"), r"\1yz\2"),  # analyses is of analysis, too
    (re.compile(r"(cent|fib|theat|calib|lust|spect|kilomet|millimet|nanomet|micromet|centimet)re(s|d)?$"), r"\1er\2"),
    (re.compile(r"^(met|lit)re(s)?$"), r"\1er\2"),
    (re.compile(r"^(def|off|lic|pret)ence(s|d)?$"), r"\1ense\2"),
    (re.compile(r"^practis(e[ds]?|ing)$"), r"practic\1"),
    (re.compile(r"^(anal|catal|dial|monol)ogue(s|d)?$"), r"\1og\2"),
    (re.compile(r"^programme(s)?$"), r"program\1"),
    (re.compile(r"^artefact"), "artifact"),
    (re.compile(r"^grey(s|scale)?$"), r"gray\1"),
    (re.compile(r"^(age)ing$"), "aging"),
    (re.compile(r"^(judg|acknowledg)ement"), r"\1ment"),
    (re.compile(r"^sceptic"), "skeptic"),
    (re.compile(r"^(focus|bias)s(ed|ing|es)$"), r"\1\2"),
    (re.compile(r"^aluminium"), "aluminum"),
    (re.compile(r"^sulph"), "sulf"),
    (re.compile(r"(an|leuk|isch|septic|hypoglyc|hyperglyc|hypox)aemi"), r"\1emi"),
    (re.compile(r"^haem"), "hem"),
    (re.compile(r"^(orthop|p)aed"), r"\1ed"),
    (re.compile(r"^(f)oet"), r"\1et"),
    (re.compile(r"^oe(dema|soph|strog)"), r"e\1"),
    (re.compile(r"^anaesth"), "anesth"),
    (re.compile(r"^gynaec"), "gynec"),
    (re.compile(r"^(arch|pal)ae?o(?=\w{4})"), r"\1eo"),
)
_BRITISH_SPELLINGS: Final = re.compile(
    r"our|is(?:e|ing|ation)|ll(?:ed|ing|er|or)|ys(?:e|ing)|re[sd]?$|ence|ogue|programme|artefact|^grey|ageing|gement|"
    r"^sceptic|ss(?:ed|ing|es)|alumin|^sulph|ae|^foet|^oe|practis"
)
_BRITISH_ISE_BEGINNING: Final = re.compile(r"is((?:a(?:t(?:i(?:on?)?)?)?|e[ds]?|ing?|in)?)$")


def american_spelling(folded_word: str) -> str:
    """Spell a word, in small letters, as Americans do: ``optimised`` as ``optimized``. ``noise`` stays."""
    if len(folded_word) < 4 or not _BRITISH_SPELLINGS.search(folded_word):
        return folded_word
    folded_word = _BRITISH_OUR_ENDING.sub(r"\1or", folded_word)
    british_ending = _BRITISH_ISE_ENDING.fullmatch(folded_word)
    if british_ending and not _keeps_ise(british_ending[1]):
        return f"{british_ending[1]}iz{british_ending[2]}"
    british_ending = _BRITISH_DOUBLED_L.fullmatch(folded_word)
    if british_ending:
        return british_ending[1] + british_ending[2]
    for british_spelling, american_ending in _BRITISH_TO_AMERICAN:
        folded_word = british_spelling.sub(american_ending, folded_word)
    return folded_word


def _keeps_ise(ise_stem: str) -> bool:
    """Whether -ise after this is no ending: ``noise``, ``pairwise``, ``supervise``."""
    return len(ise_stem) < 3 or ise_stem in _KEPT_ISE_STEMS or ise_stem.endswith(_KEPT_ISE_STEM_ENDINGS)


def american_beginnings(word_beginning: str) -> tuple[str, ...]:
    """What words begin with, spelled here as it is or as Americans do, that begin with ``word_beginning`` elsewhere."""
    ise_spelling = _BRITISH_ISE_BEGINNING.sub(r"iz\1", word_beginning)
    our_spelling = re.sub(rf"({'|'.join(_BRITISH_OUR_STEMS.split())})ou?$", r"\1o", word_beginning)
    doubled_l_spelling = re.sub(r"(model|label|travel|signal|channel|level)l(?=[ei]|$)", r"\1", word_beginning)
    spellings = (word_beginning, american_spelling(word_beginning), ise_spelling, our_spelling, doubled_l_spelling)
    return tuple(filter(None, dict.fromkeys(spellings)))
