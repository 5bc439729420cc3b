"""What the buttons of the builder do to an address: each is one word of the parameter ``do``."""

from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from api.pages.asked import CHIPS, TERMS, Asked, split_value
from core.errors import ParseError
from core.language.term_parser import parse_term
from core.language.terms import Term, join_clauses, without_field

REPLACED: Final = ("keywords", "categories")
"""Lists in which a reader's first own value takes the place of what the site has set; elsewhere it is added."""
OTHER: Final = {"keywords": "exclude", "exclude": "keywords"}


def apply_edits(asked: Asked, defaults: dict[str, Sequence[str]], *, typing: bool) -> tuple[Asked, Asked]:
    """
    Return what is asked for after the button that was pressed, then the same with what is being typed.

    While somebody types, the text counts for the result but is no chip yet; otherwise it becomes one.
    """
    if "keywords" in asked.pieces:  # what else the site has set goes with its own keywords
        defaults = defaults | {"exclude": (), "authors": ()}
    edited = _pressed(_copy(asked), defaults)
    with_typed = _copy(edited)
    for name, text in asked.typed.items():
        if name in CHIPS and text:
            _add(with_typed, name, split_value(name, text), defaults)
    return (edited, with_typed) if typing else (with_typed, with_typed)


def _copy(asked: Asked) -> Asked:
    pieces = {name: list(each) for name, each in asked.pieces.items()}
    return msgspec.structs.replace(asked, pieces=pieces, values=dict(asked.values))


def _add(asked: Asked, name: str, new: Sequence[str], defaults: dict[str, Sequence[str]]) -> None:
    if name not in asked.pieces:
        asked.pieces[name] = [] if name in REPLACED else list(defaults[name])
    asked.pieces[name] += [piece for piece in new if piece not in asked.pieces[name]]


def _pressed(asked: Asked, defaults: dict[str, Sequence[str]]) -> Asked:
    """Carry out ``keywords.3.drop``; what no button of ours says changes nothing."""
    name, _, rest = asked.do.partition(".")
    if name not in CHIPS:
        return asked
    pieces = asked.pieces.setdefault(name, list(defaults[name]))
    if rest == "none":
        pieces.clear()
        return asked
    number, _, action = rest.partition(".")
    if number == "add" and action:
        _add(asked, name, split_value(name, action), defaults)
    if number.isdecimal() and int(number) < len(pieces):
        _change(asked, name, int(number), action, defaults)
    return asked


def _change(asked: Asked, name: str, number: int, action: str, defaults: dict[str, Sequence[str]]) -> None:
    pieces = asked.pieces[name]
    if action == "drop":
        del pieces[number]
        if not pieces and name == "categories":
            del asked.pieces[name]
    elif action == "move" and name in TERMS:
        _add(asked, OTHER[name], [pieces.pop(number)], defaults)
    elif action == "move" and name == "categories":
        pieces[number] = pieces[number][1:] if pieces[number].startswith("-") else "-" + pieces[number]
    elif name in TERMS and action in _CHANGES:
        pieces[number] = _changed(pieces[number], _CHANGES[action])


def _changed(piece: str, change: Callable[[Term], Term]) -> str:
    try:
        return str(change(parse_term(piece)))
    except ParseError:
        return piece


def _in_field(prefix: str) -> Callable[[Term], Term]:
    """Look for a term in another field; one of several clauses, or of authors, stays where it is."""

    def change(term: Term) -> Term:
        (clause, *others) = term.clauses
        if others or clause.field not in ("", "ti", "abs"):
            return term
        anywhere = join_clauses([without_field(clause)], term.weight)
        return parse_term(f"{prefix}{anywhere}")

    return change


def _weighing(weight: float) -> Callable[[Term], Term]:
    return lambda term: msgspec.structs.replace(term, weight=weight)


WEIGHTS: Final = {"half": 0.5, "one": 1.0, "two": 2.0, "three": 3.0}
FIELDS: Final = {"any": "", "ti": "ti:", "abs": "abs:"}
_CHANGES: Final = {
    **{name: _weighing(weight) for name, weight in WEIGHTS.items()},
    **{name: _in_field(prefix) for name, prefix in FIELDS.items()},
}
