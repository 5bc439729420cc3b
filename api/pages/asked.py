"""What a page's address asks for: a feed's parameters as a form sends them, and what only pages know."""

from collections.abc import Iterable, Mapping
from typing import Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from core.config.settings import Settings
from core.errors import BadQuery, ParseError
from core.language.term_list import split_terms
from core.language.term_parser import parse_term
from core.query.feed_query import FeedQuery
from core.query.parameters import PARAMETER_NAMES
from core.query.parse import GIVEN_TWICE, parse_query, unknown_parameter

HOW_FOLLOWED: Final[Mapping[str, str]] = {
    **dict.fromkeys(("categories", "primary", "keywords", "exclude", "types"), ","),
    "authors": ";",
}
"""Parameters that a form sends once for each value, and what stands between the values in a feed's address."""

TERMS: Final = ("keywords", "exclude")
CHIPS: Final = ("categories", "keywords", "exclude", "authors")
ADD: Final = "add."
"""Begins the names of the fields in which something is being typed: ``add.keywords``."""
PAGE_ONLY: Final = ("ui", "show", "do", "followed")
_READABLE: Final = "*:.,;/-_"


class Asked(Struct):
    """What an address says, as pieces; what is wrong with it stands beside, by parameter or by piece."""

    pieces: dict[str, list[str]]  # of the parameters in JOINS that are given; [] is given and empty
    values: dict[str, str]  # of the others
    typed: dict[str, str]  # what stands in the fields
    ui: str = ""
    show: str = ""
    do: str = ""
    followed: str = ""  # categories that were just asked for by the button
    strange: tuple[str, ...] = ()
    repeated: tuple[str, ...] = ()  # of ``values``: given more than once, so none of them counts

    def pairs(self) -> list[tuple[str, str]]:
        """The parameters as a feed's address has them."""
        joined = [(name, HOW_FOLLOWED[name].join(pieces)) for name, pieces in self.pieces.items()]
        return [*joined, *self.values.items()]

    def address(self, path: str = "/", **more: str) -> str:
        """An address that asks for the same, percent-encoded."""
        page_only = {"ui": self.ui} | more
        pairs = [*self.pairs(), *((name, value) for name, value in page_only.items() if value)]
        return with_query(path, pairs)


def with_query(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """An address with these parameters, percent-encoded."""
    text = "&".join(f"{quote(name, safe='')}={quote(value, safe=_READABLE)}" for name, value in pairs)
    return f"{path}?{text}" if text else path


def read_asked(pairs: Iterable[tuple[str, str]]) -> Asked:
    """
    Sort an address's parameters. Nothing is refused here, so that a page can show what was wrong where it stood.

    A list may be given once or a value at a time. Other fields count when they are not empty, as a form sends all.
    """
    asked = Asked({}, {}, {})
    strange: dict[str, None] = {}
    repeated: dict[str, None] = {}
    for name, value in pairs:
        if name.startswith(ADD) and name.removeprefix(ADD) in CHIPS:
            _add_typed(asked, name.removeprefix(ADD), value.strip())
        elif name in PAGE_ONLY:
            setattr(asked, name, value[:80])
        elif name in HOW_FOLLOWED:
            _add_pieces(asked, name, value)
        elif name not in PARAMETER_NAMES:
            strange[name] = None
        elif value.strip() and name in asked.values:
            repeated[name] = None
        elif value.strip():
            asked.values[name] = value
    values = {name: value for name, value in asked.values.items() if name not in repeated}
    return msgspec.structs.replace(asked, values=values, strange=tuple(strange), repeated=tuple(repeated))


def _add_typed(asked: Asked, name: str, value: str) -> None:
    """A field may come several times: each box ticked in a list is one."""
    before = asked.typed.get(name, "")
    asked.typed[name] = f"{before}{HOW_FOLLOWED[name]}{value}" if before and value else before or value


def _add_pieces(asked: Asked, name: str, value: str) -> None:
    if not value.strip() and name not in ("keywords", "exclude", "authors"):
        return  # only these mean something when they are empty
    pieces = asked.pieces.setdefault(name, [])
    pieces += [piece for piece in split_value(name, value) if piece not in pieces]


def split_value(name: str, value: str) -> list[str]:
    """Cut a list's value into its pieces."""
    if name in TERMS:
        return split_terms(value)
    if name == "authors":
        return [piece.strip() for piece in value.split(";") if piece.strip()]
    return [piece for piece in value.replace("+", ",").replace(" ", ",").split(",") if piece]


class Understood(Struct, frozen=True):
    """The query that is left when what could not be read is set aside, and why that was."""

    query: FeedQuery
    errors: tuple[tuple[str, str], ...] = ()  # parameter and sentence
    wrong: tuple[tuple[str, str, str], ...] = ()  # parameter, piece and sentence

    @property
    def message(self) -> str:
        """Everything that was wrong, a sentence each."""
        return "; ".join(
            [f"{name}: {why}" for name, _, why in self.wrong] + [f"{name}: {why}" for name, why in self.errors]
        )


def understand(asked: Asked, settings: Settings) -> Understood:
    """Read the parameters one after the other and set aside those that cannot be read, with the parser's sentence."""
    kept = msgspec.structs.replace(asked, pieces=dict(asked.pieces), values=dict(asked.values))
    wrong = [each for name in TERMS for each in _wrong_terms(kept, name)]
    errors = [(name[:40], unknown_parameter(name)) for name in asked.strange]
    errors += [(name, GIVEN_TWICE) for name in asked.repeated]
    while True:
        try:
            return Understood(parse_query(kept.pairs(), settings), tuple(errors), tuple(wrong))
        except BadQuery as error:
            name = error.parameter
            errors.append((name, str(error).removeprefix(f"{name}: ")))
            if kept.pieces.pop(name, None) is None and kept.values.pop(name, None) is None:
                return Understood(parse_query((), settings), tuple(errors), tuple(wrong))


def _wrong_terms(asked: Asked, name: str) -> Iterable[tuple[str, str, str]]:
    """Take the terms that cannot be read out of the pieces; a list of which nothing is left counts as not given."""
    pieces = asked.pieces.get(name, [])
    why = {piece: sentence for piece in pieces if (sentence := term_error(piece))}
    if why:
        rest = [piece for piece in pieces if piece not in why]
        asked.pieces.pop(name)
        if rest:
            asked.pieces[name] = rest
    return [(name, piece, sentence) for piece, sentence in why.items()]


def term_error(text: str) -> str:
    """Say what is wrong with a term, in the filter language's own sentence; "" when nothing is."""
    try:
        parse_term(text)
    except ParseError as error:
        return str(error)
    return ""
