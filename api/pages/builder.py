"""The feed builder: chips, the category picker and the other controls, as a template shows them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from api.pages.asked import CHIPS, TERMS, Asked, Understood, term_error
from core.config.settings import Settings
from core.errors import ParseError
from core.language.names import parse_name
from core.language.term_parser import parse_term
from core.language.terms import Term
from core.query.feed_query import FeedQuery
from core.query.parameters import PARAMETERS, Parameter
from core.search.overview import Coverage
from core.search.work import search_extra
from core.taxonomy import ARCHIVES, CATEGORIES, archive_members

WEIGHT_SIGNS: Final = {0.5: "half", 1.0: "one", 2.0: "two", 3.0: "three"}
CONTROLS_OF_THEIR_OWN: Final = ("categories", "keywords", "exclude", "authors", "min_score", "types", "primary")
"""What the generic controls leave out."""


class Chip(Struct, frozen=True):
    """One value of a list, with what its menu needs."""

    number: int
    value: str
    label: str
    weight: str = ""  # half, one, two, three; "" is another one
    weight_text: str = ""
    field: str = ""  # any, ti, abs; "" cannot be changed
    count: int | None = None  # papers of the shown days that it finds
    error: str = ""
    excluded: bool = False
    about: int = 0  # papers about it, where none has it word for word


class ChipList(Struct, frozen=True):
    """The chips of one parameter."""

    name: str
    chips: tuple[Chip, ...]
    by_site: bool  # not given: the site's own values count
    error: str = ""


class Choice(Struct, frozen=True):
    """One category of the picker."""

    id: str
    name: str
    count: int  # papers on the newest day
    held: bool
    chosen: bool
    excluded: bool


class Archive(Struct, frozen=True):
    """A group of the picker."""

    id: str
    name: str
    choices: tuple[Choice, ...]
    whole: Choice
    open: bool


class Control(Struct, frozen=True):
    """A control for a parameter that has none of its own."""

    name: str
    what: str
    value: str
    options: tuple[str, ...]
    placeholder: str
    error: str = ""


def site_lists(settings: Settings) -> dict[str, Sequence[str]]:
    """What counts where an address says nothing."""
    return {
        "categories": settings.categories,
        "keywords": [_spelled(entry) for entry in settings.keywords],
        "exclude": [_spelled(entry) for entry in settings.exclude_keywords],
        "authors": settings.authors,
    }


def _spelled(entry: str) -> str:
    return str(parse_term(entry))


def chip_lists(
    asked: Asked, understood: Understood, settings: Settings, coverage: Coverage | None, *, about: int = 0
) -> dict[str, ChipList]:
    """Make the chips of every list; ``coverage`` counts, when there are papers; ``about`` those about the keyword."""
    defaults, errors = site_lists(settings), dict(understood.errors)
    found = {}
    for name in CHIPS:
        by_site = name not in asked.pieces
        pieces = defaults[name] if by_site else asked.pieces[name]
        # What is configured of these goes with the configured keywords, and those are for who likes nothing else.
        pieces = () if name != "categories" and by_site and not getattr(understood.query, name) else pieces
        make = _MAKERS[name]
        chips = tuple(make(number, piece, coverage) for number, piece in enumerate(pieces))
        if about and name == "keywords":
            chips = tuple(replace(chip, about=about) for chip in chips)
        found[name] = ChipList(name, chips, by_site and bool(chips), errors.get(name, ""))
    return found


def _term_chip(number: int, piece: str, coverage: Coverage | None) -> Chip:
    if error := term_error(piece):
        return Chip(number, piece, piece, error=error)
    term = parse_term(piece)
    return Chip(
        number,
        str(term),
        term.text,
        weight=WEIGHT_SIGNS.get(term.weight, ""),
        weight_text="" if term.weight == 1 else "½" if term.weight == 0.5 else f"{term.weight:g}",
        field=_field_of(term),
        count=search_extra(partial(coverage.of_term, term)) if coverage else None,
    )


def _field_of(term: Term) -> str:
    (clause, *others) = term.clauses
    return "" if others or clause.field not in ("", "ti", "abs") else clause.field or "any"


def _name_chip(number: int, piece: str, coverage: Coverage | None) -> Chip:
    try:
        name = parse_name(piece)
    except ParseError as error:
        return Chip(number, piece, piece, error=str(error))
    return Chip(number, piece, name.text, count=search_extra(partial(coverage.of_name, name)) if coverage else None)


def _category_chip(number: int, piece: str, _: Coverage | None) -> Chip:
    name = piece.removeprefix("-")
    return Chip(number, piece, name, excluded=piece.startswith("-"))


_MAKERS: Final[Mapping[str, Callable[[int, str, Coverage | None], Chip]]] = {
    **dict.fromkeys(TERMS, _term_chip),
    "authors": _name_chip,
    "categories": _category_chip,
}


def category_name(name: str) -> str:
    """A category's or an archive's name for people."""
    return CATEGORIES.get(name) or ARCHIVES.get(name, "")


def archives(asked: Asked, held: frozenset[str], counts: Mapping[str, int]) -> list[Archive]:
    """The picker: arXiv's archives, those of which something is held first, with their categories."""
    chosen = frozenset(asked.pieces.get("categories", ()))

    def choice(name: str) -> Choice:
        some = archive_members(name) if name in ARCHIVES and name not in CATEGORIES else (name,)
        count = sum(counts.get(each, 0) for each in some) if name in CATEGORIES else 0
        return Choice(name, category_name(name), count, bool(held & set(some)), name in chosen, f"-{name}" in chosen)

    made = []
    for name, categories in _grouped().items():
        choices = tuple(choice(each) for each in categories)
        is_open = any(each.held or each.chosen or each.excluded for each in choices)
        made.append(Archive(name, category_name(name), choices, choice(name), is_open))
    return sorted(made, key=lambda archive: (not archive.open, archive.id))


@cache
def _grouped() -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name in CATEGORIES:
        grouped.setdefault(name.partition(".")[0], []).append(name)
    return grouped


def controls(asked: Asked, understood: Understood, settings: Settings) -> list[Control]:
    """A control for every other parameter that a feed has, whichever there are."""
    errors = dict(understood.errors)
    rest = [parameter for parameter in PARAMETERS if parameter.name not in CONTROLS_OF_THEIR_OWN]
    return [_control(each, asked, understood.query, settings, errors) for each in rest]


def _control(
    parameter: Parameter, asked: Asked, query: FeedQuery, settings: Settings, errors: Mapping[str, str]
) -> Control:
    name = parameter.name
    given = ",".join(asked.pieces[name]) if name in asked.pieces else asked.values.get(name, "")
    options = parameter.allowed_values or (settings.ai_summary.languages if name == "lang" else ())
    value = getattr(query, name, None)
    default = parameter.spell(value) if value is not None else ""
    shown = given if given or not options else default
    return Control(name, parameter.explanation, shown, tuple(options), "" if given else default, errors.get(name, ""))
