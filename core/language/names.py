"""People's names: ``Y. LeCun``, ``LeCun, Yann`` and ``Yann LeCun`` are one person."""

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from core.errors import ParseError
from core.language.words import cut_words, fold_word
from core.text.plain import plain

MOST_AUTHOR_NAMES: Final = 60
MOST_AUTHOR_NAMES_CHARACTERS: Final = 4096
_SURNAME_SUFFIXES: Final = frozenset(("jr", "sr", "ii", "iii", "iv"))
_NAME_PARTICLES: Final = frozenset(
    "al bin da de del della den der di do dos du el la las le los ten ter van von zu zur".split()  # noqa: SIM905
)
_AUTHOR_GROUP_WORDS: Final = frozenset(("collaboration", "consortium", "group", "team"))
_GROUP_ARTICLE_WORDS: Final = frozenset(("on", "behalf", "of", "for", "the"))
_UMLAUT_LETTERS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_UMLAUT_DIGRAPH: Final = re.compile(r"(?<![aeiouq])([aou])e(?=[bcdfghj-np-tv-xz])(?!l\b)")
"""Not before the last letter of Michael, Samuel and Noel."""
_JOINED_INITIALS: Final = re.compile(r"(?<=[A-Za-z])\.(?=[A-Za-z])")
_HYPHENED_NAME: Final = re.compile(r"[^\W\d_]{2,}[-‐‑][^\W\d_]{2,}\s")
_QUOTED_NAME: Final = re.compile(r'"([^"]*)"')


NameWords = tuple[str, ...]


class AuthorName(Struct, frozen=True):
    """Somebody to follow; the parts are folded. Without given names it is everybody of that surname."""

    text: str  # "Yann LeCun": as people write it, given names first
    given_names: NameWords
    surname: NameWords
    other_surnames: tuple[NameWords, ...] = ()  # the surname as others write it: mueller for müller
    other_given_names: tuple[NameWords, ...] = ()  # the given names, likewise: juergen for jürgen
    is_hyphened: bool = False  # the first given name: Jean-Pierre is no Jean

    def __str__(self) -> str:
        return self.text

    def fits(self, author_words: Sequence[str]) -> bool:
        """Whether an author's folded words may be this person: initials fit names, left-out middle names fit all."""
        author_words = _without_group_article(_without_name_suffix(author_words))
        surname_length = len(self.surname)
        if tuple(author_words[-surname_length:]) not in (self.surname, *self.other_surnames):
            return False
        author_names = tuple(author_words[:-surname_length])
        if not self.given_names or not author_names:
            return not self.given_names
        return any(self._fits_given(names, author_names) for names in (self.given_names, *self.other_given_names))

    def _fits_given(self, given_names: Sequence[str], author_names: Sequence[str]) -> bool:
        if "".join(given_names) == "".join(author_names):  # Xiao-Ming is Xiaoming
            return True
        if self.is_hyphened and len(author_names) == 1 and len(author_names[0]) > 1:
            return False
        return _names_fit(given_names[0], author_names[0]) and _middle_names_fit(given_names[1:], author_names[1:])


def _names_fit(given_name: str, author_name: str) -> bool:
    has_initial = min(len(given_name), len(author_name)) == 1
    return given_name == author_name or (has_initial and given_name[0] == author_name[0])


def _middle_names_fit(given_names: Sequence[str], author_names: Sequence[str]) -> bool:
    """Whether the shorter list of middle names is in the longer one, in order."""
    fewer_names, more_names = sorted((given_names, author_names), key=len)
    names_ahead = iter(more_names)
    return all(any(_names_fit(given_name, author_name) for author_name in names_ahead) for given_name in fewer_names)


def fold_name(name: str) -> str:
    r"""``Dro\.zd\.z, J.-P.`` as ``drozdz j p``."""
    name_words = cut_words(_JOINED_INITIALS.sub(". ", name))
    return " ".join(fold_word(name_word.replace("'", "").replace("’", "")) for _, name_word in name_words)


def _without_name_suffix(name_words: Sequence[str]) -> Sequence[str]:
    return name_words[:-1] if len(name_words) > 1 and name_words[-1] in _SURNAME_SUFFIXES else name_words


def _without_group_article(name_words: Sequence[str]) -> Sequence[str]:
    """``on behalf of the ATLAS Collaboration`` as ``ATLAS Collaboration``."""
    if name_words and name_words[-1] in _AUTHOR_GROUP_WORDS:
        while len(name_words) > 2 and name_words[0] in _GROUP_ARTICLE_WORDS:
            name_words = name_words[1:]
    return name_words


def parse_name(name_text: str) -> AuthorName:
    """Read one name, given names first or after a comma. Raises ParseError when there is no letter in it."""
    surname, comma, given_name = plain(name_text).partition(",")
    if comma and fold_name(given_name):
        full_name, last_name = f"{given_name.strip()} {surname.strip()}", surname
    else:
        full_name = surname.strip()
        last_name = full_name.split()[-1] if full_name else ""
    name_words = _without_group_article(_without_name_suffix(fold_name(full_name).split()))
    surname_length = len(fold_name(last_name).split()) if fold_name(last_name) not in _SURNAME_SUFFIXES else 1
    if not name_words:
        raise ParseError('has no name in it; an example is "Y. LeCun"')
    if _is_surname(full_name, name_words[:-surname_length]):
        surname_length = len(name_words)
    given_names, surnames = tuple(name_words[:-surname_length]), tuple(name_words[-surname_length:])
    umlaut_name = fold_name(full_name.casefold().translate(_UMLAUT_LETTERS))
    umlaut_words = tuple(_without_group_article(_without_name_suffix(umlaut_name.split())))
    return AuthorName(
        full_name,
        given_names,
        surnames,
        # a surname alone stays as it is typed: Baer would be everybody called Bar
        _other_name_spellings(surnames, umlaut_words[-surname_length:], joins=bool(given_names)),
        _other_name_spellings(given_names, umlaut_words[:-surname_length], joins=True),
        is_hyphened=bool(_HYPHENED_NAME.match(full_name)),
    )


def _is_surname(full_name: str, words_before: Sequence[str]) -> bool:
    """Whether the words before the last belong to it: ``van den Berg``, ``de Oliveira Lopes``."""
    begins_small = full_name.split(maxsplit=1)[0].islower()
    return all(name_word in _NAME_PARTICLES for name_word in words_before) or (
        begins_small and words_before[0] in _NAME_PARTICLES
    )


def _other_name_spellings(name_words: NameWords, umlaut_words: NameWords, *, joins: bool) -> tuple[NameWords, ...]:
    """``Müller`` is also Mueller (``umlaut_words``) and, if it ``joins``, ``Mueller`` also Müller, keyed as muller."""
    joined_words = tuple(_UMLAUT_DIGRAPH.sub(r"\1", name_word) for name_word in name_words) if joins else name_words
    return tuple(name_spelling for name_spelling in (umlaut_words, joined_words) if name_spelling != name_words)


def parse_names(names_text: str) -> tuple[AuthorName, ...]:
    """
    Read names separated by semicolons, or by commas when none of them is ``Surname, Given``.

    ``LeCun, Yann; Y. Bengio`` and ``Yann LeCun, Y. Bengio`` are two people each, ``LeCun, Yann`` and ``"LeCun, Yann"``
    one. Raises ParseError when there are too many.
    """
    if len(names_text) > MOST_AUTHOR_NAMES_CHARACTERS:
        raise ParseError(f"is longer than {MOST_AUTHOR_NAMES_CHARACTERS} characters")
    parsed_names = {parsed_name.text: parsed_name for parsed_name in map(parse_name, _split_names(names_text))}
    if len(parsed_names) > MOST_AUTHOR_NAMES:
        raise ParseError(f"has {len(parsed_names)} names; at most {MOST_AUTHOR_NAMES} are allowed")
    return tuple(parsed_names.values())


def _split_names(names_text: str) -> list[str]:
    if ";" in names_text:
        return [name_text.replace('"', "") for name_text in names_text.split(";") if name_text.strip()]
    quoted_names = _QUOTED_NAME.findall(names_text)
    unquoted_names = _QUOTED_NAME.sub("", names_text).replace('"', "")
    comma_names = [comma_name.strip() for comma_name in unquoted_names.split(",") if comma_name.strip()]
    if len(comma_names) == 2 and all(len(comma_name.split()) == 1 for comma_name in comma_names):
        return [*quoted_names, ", ".join(comma_names)]
    return [*quoted_names, *_with_initials(comma_names)]


def _with_initials(comma_names: Sequence[str]) -> list[str]:
    """Join ``Hinton`` and ``G. E.``: initials alone are no name."""
    names_with_initials: list[str] = []
    for comma_name in comma_names:
        only_initials = all(len(name_word) == 1 for name_word in fold_name(comma_name).split())
        if only_initials and names_with_initials and "," not in names_with_initials[-1]:
            names_with_initials[-1] += ", " + comma_name
        else:
            names_with_initials.append(comma_name)
    return names_with_initials
