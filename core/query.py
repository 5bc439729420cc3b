"""A feed's query: parameters read, checked and brought into one spelling. A bad one is refused by name."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final, Literal, TypeVar, cast, get_args
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from core.config import MAX_LIMIT, Scoring, Settings
from core.errors import BadQuery, ParseError
from core.language.names import Name, parse_names
from core.language.terms import Term, parse_term, parse_terms, unite_terms
from core.paper import AnnounceType, ArxivId, parse_arxiv_id
from core.taxonomy import CategoryFilter, parse_categories

Content = Literal["full", "summary", "abstract", "title"]
Sort = Literal["score", "date"]
Match = Literal["word", "substring"]
Rank = Literal["keywords", "bm25"]

PARAMETERS: Final = (
    "categories", "primary", "keywords", "exclude", "authors", "like", "types", "min_score", "per_day", "limit", "days",
    "rank", "sort", "match", "content", "lang",
)  # fmt: skip
"""Every parameter of a feed, in the order in which they are written."""

DEFAULT_LIMIT: Final = 100
MOST_LIKED: Final = 20
_TYPES: Final = {
    "new": (AnnounceType.NEW,),
    "cross": (AnnounceType.CROSS,),
    "replace": (AnnounceType.REPLACE, AnnounceType.REPLACE_CROSS),
}
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,20}(-[A-Za-z0-9]{2,8}){0,3}")
_NUMBER: Final = re.compile(r"\d{1,4}(\.\d{1,6})?", re.ASCII)
_WHOLE: Final = re.compile(r"\d{1,6}", re.ASCII)
_READABLE: Final = "*:.,;/-_"

OLD_ARITHMETIC: Final = Scoring()

Value = TypeVar("Value")
Choice = TypeVar("Choice", bound=str)


class FeedQuery(Struct, frozen=True):
    """What a feed is asked for. Two queries that mean the same are equal in ``canonical()``."""

    categories: CategoryFilter
    keywords: tuple[Term, ...]  # () lets every paper of the categories in
    exclude: tuple[Term, ...]
    types: frozenset[AnnounceType]
    min_score: float
    limit: int
    per_day: int
    days: int  # up to the newest batch, by the calendar
    sort: Sort = "score"
    match: Match = "word"
    content: Content = "full"
    rank: Rank = "keywords"
    lang: str = "en"
    authors: tuple[Name, ...] = ()  # whose papers are in whatever the keywords say
    primary: CategoryFilter | None = None
    like: tuple[ArxivId, ...] = ()
    scoring: Scoring = OLD_ARITHMETIC
    given: tuple[tuple[str, str], ...] = ()  # what differs from the defaults, in canonical spelling and order

    def canonical(self, *, without_categories: bool = False) -> str:
        """Return the query string, without ``?``: only what differs from the defaults, in one order and spelling."""
        pairs = (pair for pair in self.given if not (without_categories and pair[0] == "categories"))
        return "&".join(f"{name}={quote(value, safe=_READABLE)}" for name, value in pairs)


def parse_query(params: Iterable[tuple[str, str]], settings: Settings, *, path_categories: str = "") -> FeedQuery:
    """
    Read the parameters of a feed's address; what is absent or empty comes from the settings.

    Only ``keywords=`` and ``exclude=`` mean something when empty: no filter. Raises BadQuery that names the parameter
    and what is allowed, for anything unknown, repeated or out of range.
    """
    given = _collect(params)
    if path_categories:
        if given.get("categories", path_categories) != path_categories:
            raise BadQuery("categories", "stands in the path and as a parameter; leave one of the two out")
        given["categories"] = path_categories
    return _Reader(given).query(settings)


def _collect(params: Iterable[tuple[str, str]]) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in params:
        if name not in PARAMETERS:
            raise BadQuery(name[:40], f"is no parameter of a feed; they are {', '.join(PARAMETERS)}")
        if name in given:
            raise BadQuery(name, "is given twice; write its values in one, separated by commas")
        given[name] = value
    return given


@lru_cache(maxsize=16)
def configured_terms(entries: tuple[str, ...]) -> tuple[Term, ...]:
    """Read ``config.json``'s list of terms, each entry one term. Raises ParseError."""
    return unite_terms(parse_term(entry) for entry in entries)


@lru_cache(maxsize=16)
def configured_categories(entries: tuple[str, ...]) -> CategoryFilter:
    """Read ``config.json``'s categories. Raises ParseError."""
    return parse_categories(",".join(entries))


class _Reader:
    """Reads the parameters and keeps the canonical spelling of those that say something else than the default."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._spelled: dict[str, str] = {}

    def query(self, settings: Settings) -> FeedQuery:
        nothing: tuple[ArxivId, ...] = ()
        like = self._take("like", nothing, _parse_ids, ",".join)
        wanted = () if like else configured_terms(settings.keywords)
        keywords = self._take("keywords", wanted, parse_terms, _spell_terms, may_be_empty=True)
        threshold = 0.0 if like or "keywords" in self._spelled else settings.min_score
        query = FeedQuery(
            categories=self._take("categories", configured_categories(settings.categories), _parse_sorted, str),
            keywords=keywords,
            exclude=self._take(
                "exclude", configured_terms(settings.exclude_keywords), parse_terms, _spell_terms, may_be_empty=True
            ),
            types=self._take("types", frozenset(_TYPES["new"] + _TYPES["cross"]), _parse_types, _spell_types),
            min_score=self._take("min_score", threshold, _parse_score, "{:g}".format),
            limit=self._take("limit", DEFAULT_LIMIT, _up_to(MAX_LIMIT), str),
            per_day=self._take("per_day", settings.max_papers, _up_to(MAX_LIMIT), str),
            days=self._take("days", settings.days_back, _up_to(settings.retention_days), str),
            sort=self._choose("sort", "score", get_args(Sort)),
            match=self._choose("match", "word", get_args(Match)),
            content=self._choose("content", "full", get_args(Content)),
            rank=self._choose("rank", "keywords", get_args(Rank)),
            lang=self._take("lang", settings.ai_summary.languages[0], _one_of(settings.ai_summary.languages), str),
            authors=self._take("authors", (), parse_names, _spell_names),
            primary=self._take("primary", None, _parse_sorted, str),
            like=like,
            scoring=settings.scoring,
        )
        _check_ranking(query)
        return replace(query, given=tuple((name, self._spelled[name]) for name in PARAMETERS if name in self._spelled))

    def _take(
        self,
        name: str,
        default: Value,
        parse: Callable[[str], Value],
        spell: Callable[[Value], str],
        *,
        may_be_empty: bool = False,
    ) -> Value:
        """Read one parameter. The same thing in another spelling is the same value, and the default is the default."""
        text = self._given.get(name)
        if text is None or not (text.strip() or may_be_empty):
            return default
        try:
            value = parse(text)
        except ParseError as error:
            raise BadQuery(name, str(error)) from error
        spelled = spell(value)
        if default is not None and spelled == spell(default):
            return default
        self._spelled[name] = spelled
        return value

    def _choose(self, name: str, default: Choice, allowed: Sequence[str]) -> Choice:
        def parse(text: str) -> Choice:
            chosen = text.strip().lower()
            if chosen not in allowed:
                raise ParseError(f"must be one of {', '.join(allowed)}, got {_quote(text)}")
            return cast("Choice", chosen)

        return self._take(name, default, parse, str)


def _check_ranking(query: FeedQuery) -> None:
    if query.rank == "bm25" and query.match == "substring":
        raise BadQuery("rank", "bm25 counts words and does not go with match=substring")
    if query.rank == "bm25" and query.like:
        raise BadQuery("rank", "bm25 does not go with like, which has its own ranking")


def _quote(text: str) -> str:
    return f'"{text[:40]}"'


def _parse_sorted(text: str) -> CategoryFilter:
    """Read categories into one order, so that the same set is the same query."""
    found = parse_categories(text)
    terms = sorted(found.terms, key=lambda term: (term.startswith("-"), term))
    return replace(found, terms=tuple(terms))


def _spell_terms(terms: Sequence[Term]) -> str:
    return ",".join(map(str, terms))


def _spell_names(names: Sequence[Name]) -> str:
    return ";".join(map(str, names))


def _parse_types(text: str) -> frozenset[AnnounceType]:
    names = [name for name in re.split(r"[,+\s]+", text.lower()) if name]
    for name in names:
        if name not in _TYPES:
            raise ParseError(f"must be some of {', '.join(_TYPES)}, got {_quote(name)}")
    if not names:
        raise ParseError(f"names no type; allowed are {', '.join(_TYPES)}")
    return frozenset(kind for name in names for kind in _TYPES[name])


def _spell_types(types: frozenset[AnnounceType]) -> str:
    return ",".join(name for name, members in _TYPES.items() if members[0] in types)


def _parse_score(text: str) -> float:
    if not _NUMBER.fullmatch(text.strip()) or float(text) > 1000:
        raise ParseError(f"must be a number between 0 and 1000, got {_quote(text)}")
    return float(text)


def _up_to(most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not _WHOLE.fullmatch(text.strip()) or not 1 <= int(text) <= most:
            raise ParseError(f"must be a whole number between 1 and {most}, got {_quote(text)}")
        return int(text)

    return parse


def _one_of(languages: Sequence[str]) -> Callable[[str], str]:
    """Read a language; one of the configured ones in their spelling."""

    def parse(text: str) -> str:
        if not _LANGUAGE.fullmatch(text.strip()):
            raise ParseError(f"must be a language such as en or zh, got {_quote(text)}")
        return {each.lower(): each for each in languages}.get(text.strip().lower(), text.strip().lower())

    return parse


def _parse_ids(text: str) -> tuple[ArxivId, ...]:
    ids = dict.fromkeys(parse_arxiv_id(part)[0] for part in re.split(r"[,\s]+", text) if part)
    if len(ids) > MOST_LIKED:
        raise ParseError(f"names {len(ids)} papers; at most {MOST_LIKED} are allowed")
    return tuple(ids)
