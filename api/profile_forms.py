"""Between a profile and the fields of a form."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlencode

from msgspec import Struct

from core.config.settings import Settings
from core.profiles.exchange import FeedDocument, ProfileDocument
from core.profiles.records import FeedRules, SavedFeed
from core.query.parse import parse_query
from core.query.values import spell_terms

FIELDS: Final = ("categories", "keywords", "exclude", "authors")
"""Rules that have a field of their own; the others stand in ``more`` as in an address."""


class FeedForm(Struct, frozen=True):
    """What the fields of one feed hold."""

    name: str = ""
    categories: str = ""
    keywords: str = ""
    exclude: str = ""
    authors: str = ""
    more: str = ""
    interest: str = ""


def sent_form(sent: Mapping[str, str]) -> FeedForm:
    """The fields of a feed, as they were filled."""
    return FeedForm(**{name: sent.get(name, "") for name in FeedForm.__struct_fields__})


def rules_of_form(form: Mapping[str, str]) -> FeedRules:
    """The rules that a form's fields say; ``keywords`` and ``exclude`` are said even when they are empty."""
    rules = [(name, form.get(name, "")) for name in FIELDS]
    return (*rules, *parse_qsl(form.get("more", "").strip().removeprefix("?"), keep_blank_values=True))


def document_of_form(form: Mapping[str, str]) -> ProfileDocument:
    feed = FeedDocument(form.get("name", ""), dict(rules_of_form(form)), form.get("interest", ""))
    return ProfileDocument(
        feeds=(feed,),
        seed=form.get("seed", ""),
        zotero=form.get("zotero", ""),
        zotero_key=form.get("zotero_key", ""),
    )


def feed_form(feed: SavedFeed, settings: Settings) -> FeedForm:
    """The fields of a feed; what it leaves to the deployment is shown as what it comes to."""
    rules = dict(feed.rules)
    query = parse_query((), settings)
    defaults = {"keywords": spell_terms(query.keywords), "exclude": spell_terms(query.exclude)}
    values = {name: rules.get(name, defaults.get(name, "")) for name in FIELDS}
    more = urlencode([(name, value) for name, value in feed.rules if name not in FIELDS])
    return FeedForm(feed.name, **values, more=more, interest=feed.interest)
