"""What a feed is asked for: validated, frozen, and in one spelling."""

from datetime import date
from typing import Final, Literal
from urllib.parse import quote

from msgspec import Struct

from core.config.settings import Scoring
from core.language.names import AuthorName
from core.language.terms import Term
from core.paper import AnnounceType, ArxivId, Content, Math
from core.query.values import LikedText
from core.taxonomy import CategoryFilter

Sort = Literal["score", "date", "interest"]
Match = Literal["word", "substring"]
Rank = Literal["keywords", "best", "bm25"]
Expand = Literal["yes", "no"]
Digest = Literal["none", "daily", "weekly"]

_READABLE_IN_QUERY: Final = "*:.,;/-_"
_DEFAULT_SCORING: Final = Scoring()


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
    sort: Sort = "score"
    match: Match = "word"
    also: int = 0  # papers that no term matches, from one announcement day
    expand: Expand = "yes"  # acronyms find their long forms, and the reverse
    content: Content = "full"
    math: Math = "mathml"
    rank: Rank = "keywords"
    digest: Digest = "none"  # one item a day or a week instead of one a paper
    lang: str = "en"
    interest: str = ""  # the tag of the configured interest; "" when nothing is rated
    authors: tuple[AuthorName, ...] = ()  # whose papers are in whatever the keywords say
    primary: CategoryFilter | None = None
    like: tuple[ArxivId | LikedText, ...] = ()
    scoring: Scoring = _DEFAULT_SCORING
    given: tuple[tuple[str, str], ...] = ()  # what differs from the defaults, in canonical spelling and order

    def canonical(self, *, without_categories: bool = False) -> str:
        """Return the query string, without ``?``: only what differs from the defaults, in one order and spelling."""
        given_parameters = (
            given_parameter
            for given_parameter in self.given
            if not (without_categories and given_parameter[0] == "categories")
        )
        return "&".join(f"{name}={quote(value, safe=_READABLE_IN_QUERY)}" for name, value in given_parameters)
