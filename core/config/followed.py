"""Which categories a deployment follows: the configured ones, and those that readers asked for. Pure."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from core.config.settings import Settings
from core.errors import ConfigError
from core.taxonomy import is_category, parse_categories

MOST_CONFIGURED_CATEGORIES: Final = 60
"""A feed takes 3 s and a listing page 15 s each: more categories than this are no day's work for a free deployment."""

FOLLOWED_FOR: Final = timedelta(days=30)
"""A category that no feed asks for any more is left alone after this."""

MOST_FOLLOWED: Final = 20
"""How many categories strangers may add to a deployment: each costs every refresh some 20 seconds of arXiv's time."""


def categories_to_follow(settings: Settings, followed: Iterable[str]) -> tuple[str, ...]:
    """
    List the configured categories, archives spelled out, then those that readers asked for.

    Raises ConfigError when the configuration alone means more than ``MOST_CONFIGURED_CATEGORIES``.
    """
    config_set = parse_categories(",".join(settings.categories))
    config_terms = [parse_categories(term) for term in config_set.terms if not term.startswith("-")]
    config_included = dict.fromkeys(name for term in config_terms or [config_set] for name in sorted(term.included))
    configured = [category for category in config_included if category not in config_set.excluded]
    if len(configured) > MOST_CONFIGURED_CATEGORIES:
        most_configured = f"at most {MOST_CONFIGURED_CATEGORIES} categories"
        raise ConfigError(f"config.json: categories: must mean {most_configured}, got {len(configured)}")
    followed_categories = dict.fromkeys([*configured, *(category for category in followed if is_category(category))])
    return tuple(followed_categories)[:MOST_CONFIGURED_CATEGORIES]
