"""The keys of ``config.json``: which are known, which have retired and what does their work now."""

from collections.abc import Iterable, Mapping
from typing import Final

_ONE_PAPER: Final = "a paper is always one item"
_EXCLUDE: Final = "exclude_keywords, with au: and cat: terms"
RETIRED: Final = {
    "enable_deduplication": _ONE_PAPER,
    "deduplication_methods": _ONE_PAPER,
    "fetch_ratings": "nothing: conference ratings are not fetched",
    "display_limit": "the parameter limit",
    "advanced_filtering": "AND, AND NOT, ti:, abs:, au: in keywords; authors; exclude_keywords",
    "keyword_rules": "AND and weights such as LLM^2 in keywords; exclude_keywords",
    "author_rules": "authors and scoring.author; au: terms in exclude_keywords",
    "institution_rules": _EXCLUDE,
    "content_rules": _EXCLUDE,
    "quality_rules": "min_score",
    "scoring.title_match_weight": "scoring.title",
    "scoring.abstract_match_weight": "scoring.abstract",
    "scoring.keyword_density_weight": "the parameter rank=bm25",
    "scoring.recency_weight": "scoring.recency",
    "scoring.author_reputation_weight": "scoring.author with authors",
    "scoring.institution_weight": "nothing: feeds name no institutions that could be counted on",
}
"""The keys of the keyword bot that came before, custom rules included, and what does their work now."""
_FOR_EDITORS: Final = ("$schema",)


def without_retired(raw: object) -> tuple[object, list[str]]:
    """Return the document without what means nothing any more, and the retired keys that stood in it."""
    if not isinstance(raw, dict):
        return raw, []
    retired = [path for path in RETIRED if _holds(raw, path)]
    kept = {key: _cleaned(key, value, retired) for key, value in raw.items()}
    return {key: value for key, value in kept.items() if key not in (*retired, *_FOR_EDITORS)}, retired


def _holds(raw: Mapping[str, object], path: str) -> bool:
    outer, _, inner = path.partition(".")
    if not inner:
        return outer in raw
    within = raw.get(outer)
    return isinstance(within, dict) and inner in within


def _cleaned(key: str, value: object, retired: Iterable[str]) -> object:
    if not isinstance(value, dict):
        return value
    return {inner: each for inner, each in value.items() if f"{key}.{inner}" not in retired}


def retired_warning(name: str, retired: Iterable[str]) -> str:
    """One sentence about all of them, with what does their work now."""
    work = "; ".join(f"{path} ({RETIRED[path]})" for path in retired)
    return f"{name}: these keys do nothing any more; in brackets, what does their work now: {work}"
