"""What a feed is asked for: validated, frozen, and in one spelling."""

from datetime import date
from typing import Final, Literal
from urllib.parse import quote

from msgspec import Struct

from core.config.settings import Scoring
from core.language.names import AuthorName
from core.language.terms import Term
from core.paper import AnnounceType, ArxivId, EntryContent, EntryMath
from core.query.values import LikedText
from core.taxonomy import CategoryFilter

SortChoice = Literal["score", "date", "interest"]
MatchChoice = Literal["word", "substring"]
RankChoice = Literal["keywords", "best", "bm25"]
ExpandChoice = Literal["yes", "no"]
DigestChoice = Literal["none", "daily", "weekly"]

_UNQUOTED_IN_PARAMETERS: Final = "*:.,;/-_"
_WORD_PARAMETERS: Final = frozenset({"keywords", "exclude", "authors", "like"})
_QUERY_SCORING: Final = Scoring()


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
    since: date | None = None  # the first announcement day that is in
    until: date | None = None  # the last
    sort: SortChoice = "score"
    match: MatchChoice = "word"
    also: int = 0  # papers that no term matches, from one announcement day
    expand: ExpandChoice = "yes"  # acronyms find their long forms, and the reverse
    content: EntryContent = "full"
    math: EntryMath = "mathml"
    rank: RankChoice = "keywords"
    digest: DigestChoice = "none"  # one item a day or a week instead of one a paper
    lang: str = "en"
    interest: str = ""  # the tag of the configured interest; "" when nothing is rated
    authors: tuple[AuthorName, ...] = ()  # whose papers are in whatever the keywords say
    primary: CategoryFilter | None = None
    like: tuple[ArxivId | LikedText, ...] = ()
    scoring: Scoring = _QUERY_SCORING
    given_parameters: tuple[tuple[str, str], ...] = ()  # unlike the defaults, in canonical spelling and order

    @property
    def has_configured_words(self) -> bool:
        """Whether all that it looks for stands in the configuration; how it is matched and ordered may differ."""
        return _WORD_PARAMETERS.isdisjoint(parameter_name for parameter_name, _ in self.given_parameters)

    def canonical(self, *, without_categories: bool = False) -> str:
        """Return the query string, without ``?``: only what differs from the defaults, in one order and spelling."""
        omitted_parameter = "categories" if without_categories else ""
        canonical_parameters = (
            f"{parameter_name}={quote(parameter_value, safe=_UNQUOTED_IN_PARAMETERS)}"
            for parameter_name, parameter_value in self.given_parameters
            if parameter_name != omitted_parameter
        )
        return "&".join(canonical_parameters)
