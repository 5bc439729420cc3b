"""People's names: ``Y. LeCun``, ``LeCun, Yann`` and ``Yann LeCun`` are one person."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from core.errors import ParseError
from core.language.words import cut_words, fold_word
from core.text.plain import plain

MOST_AUTHOR_NAMES: Final = 60
MOST_AUTHORS_CHARACTERS: Final = 4096
_NAME_SUFFIXES: Final = frozenset(("jr", "sr", "ii", "iii", "iv"))
_NAME_PARTICLES: Final = frozenset(
    "al bin da de del della den der di do dos du el la las le los ten ter van von zu zur".split()  # noqa: SIM905
)
_GROUP_WORDS: Final = frozenset(("collaboration", "consortium", "group", "team"))
_WORDS_BEFORE_GROUP: Final = frozenset(("on", "behalf", "of", "for", "the"))
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_DIGRAPH: Final = re.compile(r"(?<![aeiouq])([aou])e(?=[bcdfghj-np-tv-xz])(?!l\b)")
"""Not before the last letter of Michael, Samuel and Noel."""
_JOINED_INITIALS: Final = re.compile(r"(?<=[A-Za-z])\.(?=[A-Za-z])")
_HYPHENED_NAME: Final = re.compile(r"[^\W\d_]{2,}[-‐‑][^\W\d_]{2,}\s")
_QUOTED_NAME: Final = re.compile(r'"([^"]*)"')


class AuthorName(Struct, frozen=True):
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
        author = _without_group_article(_without_suffix(author))
        surname_words = len(self.surname)
        if tuple(author[-surname_words:]) not in (self.surname, *self.also):
            return False
        given_names = tuple(author[:-surname_words])
        if not self.given or not given_names:
            return not self.given
        return any(self._fits_given(own_names, given_names) for own_names in (self.given, *self.given_also))

    def _fits_given(self, own_names: Sequence[str], given: Sequence[str]) -> bool:
        if "".join(own_names) == "".join(given):  # Xiao-Ming is Xiaoming
            return True
        if self.is_hyphened and len(given) == 1 and len(given[0]) > 1:
            return False
        return _names_fit(own_names[0], given[0]) and _middle_names_fit(own_names[1:], given[1:])


def _names_fit(one_name: str, other_name: str) -> bool:
    return one_name == other_name or (min(len(one_name), len(other_name)) == 1 and one_name[0] == other_name[0])


def _middle_names_fit(one_names: Sequence[str], other_names: Sequence[str]) -> bool:
    """Whether the shorter list of middle names is in the longer one, in order."""
    shorter, longer = sorted((one_names, other_names), key=len)
    names_left = iter(longer)
    return all(any(_names_fit(name, other) for other in names_left) for name in shorter)


def fold_name(name: str) -> str:
    r"""``Dro\.zd\.z, J.-P.`` as ``drozdz j p``."""
    name_words = cut_words(_JOINED_INITIALS.sub(". ", name))
    return " ".join(fold_word(word.replace("'", "").replace("’", "")) for _, word in name_words)


def _without_suffix(words: Sequence[str]) -> Sequence[str]:
    return words[:-1] if len(words) > 1 and words[-1] in _NAME_SUFFIXES else words


def _without_group_article(words: Sequence[str]) -> Sequence[str]:
    """``on behalf of the ATLAS Collaboration`` as ``ATLAS Collaboration``."""
    if words and words[-1] in _GROUP_WORDS:
        while len(words) > 2 and words[0] in _WORDS_BEFORE_GROUP:
            words = words[1:]
    return words


def parse_name(text: str) -> AuthorName:
    """Read one name, given names first or after a comma. Raises ParseError when there is no letter in it."""
    text = plain(text)
    surname, comma, given = text.partition(",")
    if comma and fold_name(given):
        text = f"{given.strip()} {surname.strip()}"
        last_name = surname
    else:
        text = surname.strip()
        last_name = text.split()[-1] if text else ""
    name_words = _without_group_article(_without_suffix(fold_name(text).split()))
    surname_words = len(fold_name(last_name).split()) if fold_name(last_name) not in _NAME_SUFFIXES else 1
    if not name_words:
        raise ParseError('has no name in it; an example is "Y. LeCun"')
    if _is_surname(text, name_words[:-surname_words]):
        surname_words = len(name_words)
    given_names, surnames = tuple(name_words[:-surname_words]), tuple(name_words[-surname_words:])
    umlauts_apart = _without_group_article(_without_suffix(fold_name(text.casefold().translate(_UMLAUTS)).split()))
    return AuthorName(
        text,
        given_names,
        surnames,
        # a surname alone stays as it is typed: Baer would be everybody called Bar
        _written_otherwise(surnames, tuple(umlauts_apart[-surname_words:]), joins=bool(given_names)),
        _written_otherwise(given_names, tuple(umlauts_apart[:-surname_words]), joins=True),
        is_hyphened=bool(_HYPHENED_NAME.match(text)),
    )


def _is_surname(text: str, words_before: Sequence[str]) -> bool:
    """Whether the words before the last belong to it: ``van den Berg``, ``de Oliveira Lopes``."""
    first_word = text.split(maxsplit=1)[0]
    return all(word in _NAME_PARTICLES for word in words_before) or (
        first_word.islower() and words_before[0] in _NAME_PARTICLES
    )


def _written_otherwise(
    name_words: tuple[str, ...], umlauts_apart: tuple[str, ...], *, joins: bool
) -> tuple[tuple[str, ...], ...]:
    """``Müller`` is also Mueller (``umlauts_apart``) and, if ``joins``, ``Mueller`` also Müller, indexed as muller."""
    umlauts_joined = tuple(_DIGRAPH.sub(r"\1", word) for word in name_words) if joins else name_words
    return tuple(spelling for spelling in (umlauts_apart, umlauts_joined) if spelling != name_words)


def parse_names(text: str) -> tuple[AuthorName, ...]:
    """
    Read names separated by semicolons, or by commas when none of them is ``Surname, Given``.

    ``LeCun, Yann; Y. Bengio`` and ``Yann LeCun, Y. Bengio`` are two people each, ``LeCun, Yann`` and ``"LeCun, Yann"``
    one. Raises ParseError when there are too many.
    """
    if len(text) > MOST_AUTHORS_CHARACTERS:
        raise ParseError(f"is longer than {MOST_AUTHORS_CHARACTERS} characters")
    names = {name.text: name for name in map(parse_name, _split_names(text))}
    if len(names) > MOST_AUTHOR_NAMES:
        raise ParseError(f"has {len(names)} names; at most {MOST_AUTHOR_NAMES} are allowed")
    return tuple(names.values())


def _split_names(text: str) -> list[str]:
    if ";" in text:
        return [part.replace('"', "") for part in text.split(";") if part.strip()]
    quoted_names = _QUOTED_NAME.findall(text)
    name_parts = [part.strip() for part in _QUOTED_NAME.sub("", text).replace('"', "").split(",") if part.strip()]
    if len(name_parts) == 2 and all(len(part.split()) == 1 for part in name_parts):
        return [*quoted_names, ", ".join(name_parts)]
    return [*quoted_names, *_with_initials(name_parts)]


def _with_initials(name_parts: Sequence[str]) -> list[str]:
    """Join ``Hinton`` and ``G. E.``: initials alone are no name."""
    author_names: list[str] = []
    for name_part in name_parts:
        only_initials = all(len(word) == 1 for word in fold_name(name_part).split())
        if only_initials and author_names and "," not in author_names[-1]:
            author_names[-1] += ", " + name_part
        else:
            author_names.append(name_part)
    return author_names
