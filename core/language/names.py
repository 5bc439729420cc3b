"""People's names: ``Y. LeCun``, ``LeCun, Yann`` and ``Yann LeCun`` are one person."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from core.errors import ParseError
from core.language.words import cut, fold
from core.text.plain import plain

MOST_NAMES: Final = 60
MOST_CHARACTERS: Final = 4096
_SUFFIXES: Final = frozenset(("jr", "sr", "ii", "iii", "iv"))
_PARTICLES: Final = frozenset(
    "al bin da de del della den der di do dos du el la las le los ten ter van von zu zur".split()  # noqa: SIM905
)
_GROUPS: Final = frozenset(("collaboration", "consortium", "group", "team"))
_BEFORE_GROUPS: Final = frozenset(("on", "behalf", "of", "for", "the"))
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_DIGRAPH: Final = re.compile(r"(?<![aeiouq])([aou])e(?=[bcdfghj-np-tv-xz])(?!l\b)")
"""Not before the last letter of Michael, Samuel and Noel."""
_INITIALS: Final = re.compile(r"(?<=[A-Za-z])\.(?=[A-Za-z])")
_HYPHENED: Final = re.compile(r"[^\W\d_]{2,}[-‐‑][^\W\d_]{2,}\s")
_QUOTED: Final = re.compile(r'"([^"]*)"')


class Name(Struct, frozen=True):
    """Somebody to follow; the parts are folded. Without given names it is everybody of that surname."""

    text: str  # "Yann LeCun": as people write it, given names first
    given: tuple[str, ...]
    surname: tuple[str, ...]
    also: tuple[tuple[str, ...], ...] = ()  # the surname as others write it: mueller for müller
    given_also: tuple[tuple[str, ...], ...] = ()  # the given names, likewise: juergen for jürgen
    is_hyphened: bool = False  # the first given name: Jean-Pierre is no Jean

    def __str__(self) -> str:
        return self.text

    def fits(self, author: Sequence[str]) -> bool:
        """Whether an author's folded words may be this person: initials fit names, left-out middle names fit all."""
        author = _without_article(_without_suffix(author))
        size = len(self.surname)
        if tuple(author[-size:]) not in (self.surname, *self.also):
            return False
        given = tuple(author[:-size])
        if not self.given or not given:
            return not self.given
        return any(self._fits_given(own, given) for own in (self.given, *self.given_also))

    def _fits_given(self, own: Sequence[str], given: Sequence[str]) -> bool:
        if "".join(own) == "".join(given):  # Xiao-Ming is Xiaoming
            return True
        if self.is_hyphened and len(given) == 1 and len(given[0]) > 1:
            return False
        return _fits(own[0], given[0]) and _one_in_other(own[1:], given[1:])


def _fits(one: str, other: str) -> bool:
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])


def _one_in_other(first: Sequence[str], second: Sequence[str]) -> bool:
    """Whether the shorter list of middle names is in the longer one, in order."""
    shorter, longer = sorted((first, second), key=len)
    rest = iter(longer)
    return all(any(_fits(name, other) for other in rest) for name in shorter)


def fold_name(name: str) -> str:
    r"""``Dro\.zd\.z, J.-P.`` as ``drozdz j p``."""
    return " ".join(fold(word.replace("'", "").replace("’", "")) for _, word in cut(_INITIALS.sub(". ", name)))


def _without_suffix(words: Sequence[str]) -> Sequence[str]:
    return words[:-1] if len(words) > 1 and words[-1] in _SUFFIXES else words


def _without_article(words: Sequence[str]) -> Sequence[str]:
    """``on behalf of the ATLAS Collaboration`` as ``ATLAS Collaboration``."""
    if words and words[-1] in _GROUPS:
        while len(words) > 2 and words[0] in _BEFORE_GROUPS:
            words = words[1:]
    return words


def parse_name(text: str) -> Name:
    """Read one name, given names first or after a comma. Raises ParseError when there is no letter in it."""
    text = plain(text)
    surname, comma, given = text.partition(",")
    if comma and fold_name(given):
        text = f"{given.strip()} {surname.strip()}"
        last = surname
    else:
        text = surname.strip()
        last = text.split()[-1] if text else ""
    words = _without_article(_without_suffix(fold_name(text).split()))
    size = len(fold_name(last).split()) if fold_name(last) not in _SUFFIXES else 1
    if not words:
        raise ParseError('has no name in it; an example is "Y. LeCun"')
    if _is_surname(text, words[:-size]):
        size = len(words)
    given_names, surnames = tuple(words[:-size]), tuple(words[-size:])
    apart = _without_article(_without_suffix(fold_name(text.casefold().translate(_UMLAUTS)).split()))
    return Name(
        text,
        given_names,
        surnames,
        # a surname alone stays as it is typed: Baer would be everybody called Bar
        _written_otherwise(surnames, tuple(apart[-size:]), joins=bool(given_names)),
        _written_otherwise(given_names, tuple(apart[:-size]), joins=True),
        is_hyphened=bool(_HYPHENED.match(text)),
    )


def _is_surname(text: str, before: Sequence[str]) -> bool:
    """Whether the words before the last belong to it: ``van den Berg``, ``de Oliveira Lopes``."""
    first = text.split(maxsplit=1)[0]
    return all(word in _PARTICLES for word in before) or (first.islower() and before[0] in _PARTICLES)


def _written_otherwise(words: tuple[str, ...], apart: tuple[str, ...], *, joins: bool) -> tuple[tuple[str, ...], ...]:
    """``Müller`` is also Mueller (``apart``) and, if ``joins``, ``Mueller`` also Müller, which is indexed as muller."""
    joined = tuple(_DIGRAPH.sub(r"\1", word) for word in words) if joins else words
    return tuple(each for each in (apart, joined) if each != words)


def parse_names(text: str) -> tuple[Name, ...]:
    """
    Read names separated by semicolons, or by commas when none of them is ``Surname, Given``.

    ``LeCun, Yann; Y. Bengio`` and ``Yann LeCun, Y. Bengio`` are two people each, ``LeCun, Yann`` and ``"LeCun, Yann"``
    one. Raises ParseError when there are too many.
    """
    if len(text) > MOST_CHARACTERS:
        raise ParseError(f"is longer than {MOST_CHARACTERS} characters")
    names = {name.text: name for name in map(parse_name, _split(text))}
    if len(names) > MOST_NAMES:
        raise ParseError(f"has {len(names)} names; at most {MOST_NAMES} are allowed")
    return tuple(names.values())


def _split(text: str) -> list[str]:
    if ";" in text:
        return [part.replace('"', "") for part in text.split(";") if part.strip()]
    quoted = _QUOTED.findall(text)
    parts = [part.strip() for part in _QUOTED.sub("", text).replace('"', "").split(",") if part.strip()]
    if len(parts) == 2 and all(len(part.split()) == 1 for part in parts):
        return [*quoted, ", ".join(parts)]
    return [*quoted, *_with_initials(parts)]


def _with_initials(parts: Sequence[str]) -> list[str]:
    """Join ``Hinton`` and ``G. E.``: initials alone are no name."""
    people: list[str] = []
    for part in parts:
        alone = all(len(word) == 1 for word in fold_name(part).split())
        if alone and people and "," not in people[-1]:
            people[-1] += ", " + part
        else:
            people.append(part)
    return people
