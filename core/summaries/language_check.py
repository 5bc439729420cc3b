"""
Is a text written in the language asked for? By its script, and among languages of one script by their small words.

Detectors that count letter sequences (langdetect, py3langid, lingua) take a German section full of English terms for
English, and bring numpy or 100 MB; small words (articles, conjunctions, prepositions) are never borrowed.
"""

import re
from collections import Counter
from typing import Final

CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_SCRIPTS: Final = {
    "han": "\u3400-\u9fff",
    "kana": "\u3040-\u30ff",
    "hangul": "\uac00-\ud7af\u1100-\u11ff",
    "cyrillic": "\u0400-\u04ff",
    "arabic": "\u0600-\u06ff",
    "hebrew": "\u0590-\u05ff",
    "devanagari": "\u0900-\u097f",
    "thai": "\u0e00-\u0e7f",
    "latin": "A-Za-z\u00c0-\u024f\u1e00-\u1eff",
}
_LETTERS: Final = {name: re.compile(f"[{letters}]") for name, letters in _SCRIPTS.items()}
_SCRIPT_OF: Final = {
    "ar": "arabic", "fa": "arabic", "he": "hebrew", "hi": "devanagari", "ja": "kana", "ko": "hangul", "ru": "cyrillic",
    "th": "thai", "uk": "cyrillic", "zh": "han",
}  # fmt: skip
_LEAST_SHARE: Final = 0.15
"""Of the letters, in a text whose terms and names are left in English."""

_LEAST_LETTERS: Final = 20
"""Fewer letters are a number, a name or a formula, in any language."""

_LEAST_SMALL_WORDS: Final = 3
"""Of another language, before a text is said to be in it."""

_NOT_PROSE: Final = re.compile(r"\$[^$\n]{0,500}\$|`[^`\n]{0,500}`|https?://\S{1,300}")
_WORD: Final = re.compile(r"[^\W\d_]+")

_SMALL_WORDS: Final = {
    "cs": "a je se na že v do pro s z jako jsou není jeho které která který ale nebo podle při bylo byly tím což",
    "da": "og er i på at det en af for ikke til der med som den et de har kan ved eller vi mellem uden være denne "
    "blev",
    "de": "der die das und ist mit auf für den dem des ein eine einer eines nicht von zu im werden wird als auch "
    "durch bei oder sich wie nach aus zum zur sind wurde über keine",
    "en": "the of and is are with that this which for from by was were has have be been its their these than not as "
    "it to while without between on",
    "es": "el la los las de que y en un una por con para es se del no más como son su al entre sin lo sobre pero fue "
    "esta",
    "fi": "ja ei se että ovat joka mutta tai kun sekä myös kuin ole oli jotka tämä sen sitä niiden ilman voidaan on",
    "fr": "le la les des et est une un du de que qui dans pour par sur avec au aux ne pas plus sont ce cette en sans "
    "entre ou il elle mais être leur",
    "id": "yang dan di dengan untuk dari pada ini adalah dalam tidak itu oleh sebagai atau lebih dapat tanpa antara "
    "juga",
    "it": "il lo la i gli le di che e è un una per con non del della dei delle nel nella sono si da come più al alla "
    "anche",
    "nl": "de het een en van is in op met voor dat die te niet zijn aan er om door ook als bij naar wordt worden "
    "maar zonder",
    "no": "og er i på at det en av for ikke til som med den et de har kan ved eller vi mellom uten være denne ble "
    "fra",
    "pl": "i w na z się że jest do nie to jak przez dla od po oraz które który która są ale bez lub jego między tym",
    "pt": "o a os as de que e do da em um uma para com não por no na dos das mais como são ao entre sem seu sua é "
    "foi pela",
    "sv": "och är i på att det en av för inte till som med den ett de har kan vid eller vi mellan utan vara denna "
    "från",
    "tr": "ve bir bu için ile da de olarak daha çok ise gibi veya olan değil göre ancak kadar hem üzerinde en sonra",
    "vi": "và là của các được trong cho với không một những này có để trên khi từ bằng hoặc như đã về việc",
    "ru": "и в не на что с как по из для к от при это его или но был были также между без чем более",
    "uk": "і в не на що з як за із для до від при це його або але був були також між без ніж та є більш",
    "ar": "في من على إلى أن هذا هذه التي الذي ما لا مع عن كما هو هي بين أو لم قد",
    "fa": "و در به از که این را با است برای آن یک می های شده بر تا یا نیز بین",
}  # fmt: skip
_WORDS: Final = {language: frozenset(words.split()) for language, words in _SMALL_WORDS.items()}
_ALIKE: Final = ({"da", "no", "nb", "nn"},)
"""Languages that small words do not tell apart for certain."""

_OWN_LETTERS: Final = {"ru": "ыэъё", "uk": "іїєґ", "pl": "ąęłńśźż", "cs": "ěřůďťň"}
_TAKEN_FOR: Final = {"ru": "uk", "uk": "ru", "pl": "cs", "cs": "pl"}
"""Neighbours that share small words, and letters that only one of them has."""

_LATIN: Final = frozenset(_WORDS) - frozenset(_SCRIPT_OF)


def foreign(text: str, language: str) -> bool:
    """Whether a text is certainly not in a language (BCP 47); False where that cannot be told."""
    wanted = language.lower().partition("-")[0]
    prose = _NOT_PROSE.sub(" ", text)
    counts = {name: len(letters.findall(prose)) for name, letters in _LETTERS.items()}
    total = sum(counts.values())
    if total < _LEAST_LETTERS:
        return False
    script = _SCRIPT_OF.get(wanted, "latin" if wanted in _LATIN else "")
    if script and not _has_script(counts, script, total):
        return True
    if not script:  # a language that we do not know: the scripts of East Asia are told at least
        return (counts["han"] + counts["kana"] + counts["hangul"]) / total > 2 * _LEAST_SHARE
    return wanted in _WORDS and (_in_neighbour(prose, wanted) or _other_language(prose, wanted))


def _has_script(counts: dict[str, int], script: str, total: int) -> bool:
    """Whether enough of the letters are of a script. Japanese has both kana and Han, Chinese no kana."""
    if script == "kana":
        return counts["kana"] > 0 and (counts["kana"] + counts["han"]) / total >= _LEAST_SHARE
    if script == "han":
        return counts["han"] / total >= _LEAST_SHARE and counts["kana"] <= counts["han"] / 10
    least = 1 - 2 * _LEAST_SHARE if script == "latin" else _LEAST_SHARE
    return counts[script] / total >= least


def _in_neighbour(prose: str, wanted: str) -> bool:
    """Whether a text has letters of a neighbouring language, and none of this one."""
    other = _TAKEN_FOR.get(wanted, "")
    if not other:
        return False
    letters = Counter(prose.lower())
    own, foreign_letters = (sum(letters[each] for each in _OWN_LETTERS[name]) for name in (wanted, other))
    return foreign_letters >= _LEAST_SMALL_WORDS and not own


def _other_language(prose: str, wanted: str) -> bool:
    """Whether the small words of another language outnumber those of the one asked for."""
    words = Counter(_WORD.findall(prose.lower()))
    known = _LATIN if wanted in _LATIN else frozenset(_WORDS) - _LATIN
    alike = next((group for group in _ALIKE if wanted in group), {wanted})
    own = sum(words[word] for word in _WORDS[wanted])
    others = [sum(words[word] for word in _WORDS[other] - _WORDS[wanted]) for other in known - alike]
    foreign_words = max((*others, sum(words[word] for word in _WORDS["en"] - _WORDS[wanted])))
    return foreign_words >= _LEAST_SMALL_WORDS and foreign_words > 2 * own
