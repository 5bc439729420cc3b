"""The HTTP interface described: for programs as OpenAPI 3.1, for people as /docs, both from the parser's own table."""

from datetime import date
from typing import Final, get_args, get_type_hints

import msgspec
from msgspec import Struct

from api.pages.asked import HOW_FOLLOWED
from core.config.environment import VERSION
from core.config.settings import MAX_LIMIT, Settings
from core.query.feed_query import FeedQuery
from core.query.parameters import PARAMETERS, Parameter, QueryReading
from core.query.values import MOST_ALSO_PAPERS
from core.render.formats import FEED_FORMATS, FeedFormat

FEED: Final = "feed"


class Described(Struct, frozen=True):
    """One address of the interface."""

    path: str
    what: str
    media_type: str
    takes: str = ""  # FEED: a feed's parameters; "" none
    method: str = "get"
    secret: bool = False


class DescribedParameter(Struct, frozen=True):
    """One parameter of a feed."""

    name: str
    what: str
    allowed: tuple[str, ...]
    default: str


def media_type(form: FeedFormat) -> str:
    """Without its parameters."""
    return form.media_type.split(";")[0]


_JSON: Final = "application/json"
_PATHS: Final = (
    Described("/", "the feed builder: a feed as a page", "text/html", FEED),
    *(
        Described(f"/{form.name}", f"a feed as {form.title}", form.media_type.split(";")[0], FEED)
        for form in FEED_FORMATS.values()
    ),
    *(
        Described(f"/{form.name}/{{categories}}", f"{form.title}, the categories in the path", media_type(form), FEED)
        for form in FEED_FORMATS.values()
    ),
    Described("/opml", "an OPML file of this feed, or of those that feed= names, once for each", "text/x-opml", FEED),
    Described("/report", "the report of a day or a week of any feed", "text/html", FEED),
    Described("/report.md", "the same as Markdown", "text/markdown", FEED),
    Described("/papers/{id}", "one paper, its summary, its links, papers like it", "text/html"),
    Described("/papers/{id}.bib", "its BibTeX", "application/x-bibtex"),
    Described("/days/{day}", "one announcement day by category", "text/html"),
    Described("/days", "the newest announcement day", "text/html"),
    Described("/me", "feeds and papers kept in the browser alone", "text/html"),
    Described("/docs", "this description for people", "text/html"),
    Described("/follow", "fetch these categories from the next refresh on", "text/html", FEED, "post"),
    Described("/health", "200 while readers get what arXiv last announced, else 503", "application/json"),
    Described("/status", "what is held, day by day", "text/html"),
    Described("/status.json", "the same for programs", "application/json"),
    Described("/config", "what this deployment follows and the defaults of its feeds", "application/json"),
    Described("/config.json", "the same, also for browsers", "application/json"),
    *(
        Described("/api/refresh", "refresh from arXiv; wants the CRON_SECRET", _JSON, method=method, secret=True)
        for method in ("get", "post")
    ),
    Described("/profiles", "the form for a saved feed, filled with this one", "text/html", FEED),
    Described("/profiles", "make a profile: 201 with its secret address in Location", _JSON, method="post"),
    Described("/profiles/preview", "what would be made of it, and the first papers", _JSON, method="post"),
    Described("/u/{token}", "a profile: a page, or JSON for who accepts only that", _JSON),
    Described("/u/{token}", "replace its feeds", _JSON, method="put"),
    Described("/u/{token}", "delete it, for good: 410 from then on", _JSON, method="delete"),
    *(
        Described(f"/u/{{token}}/{part}{form.name}", f"{what} as {form.title}", media_type(form))
        for form in FEED_FORMATS.values()
        for part, what in (("", "one of its feeds"), ("all/", "all its feeds in one"))
    ),
    Described("/u/{token}/opml", "its feeds as a subscription list", "text/x-opml"),
    Described("/u/{token}/votes", 'vote: {"id": …, "vote": "more", "less" or "none"}', _JSON, method="post"),
    Described("/u/{token}/vote", "the form to vote on one paper", "text/html"),
    *(
        Described(f"/u/{{token}}/{name}", what, "text/html", method="post")
        for name, what in (
            ("feeds", "add, change or remove a feed"),
            ("seeds", "learn from papers and texts"),
            ("zotero", "read a Zotero library at each refresh"),
            ("rotate", "change the secret address"),
            ("delete", "delete the profile"),
            ("import", "put an exported profile in its place"),
        )
    ),
    Described("/u/{token}/export", "all of it, without any secret", _JSON),
    Described("/openapi.json", "this description for programs", "application/json"),
)


def documented_paths() -> tuple[Described, ...]:
    return _PATHS


def documented_parameters(settings: Settings) -> list[DescribedParameter]:
    """Every parameter of a feed with what it defaults to here."""
    reading = QueryReading(settings, {}, {})
    return [
        DescribedParameter(each.name, each.explanation, each.allowed_values, _default_of(each, reading))
        for each in PARAMETERS
    ]


def _default_of(parameter: Parameter, reading: QueryReading) -> str:
    value = parameter.default(reading)
    return "" if value is None else parameter.spell(value)


_ABOUT: Final = (
    "arXiv's daily announcements as your own feed. Only /api/refresh changes what is held, and /profiles what is saved."
)


def openapi_document(base: str, settings: Settings) -> bytes:
    """OPENAPI 3.1, as bytes of JSON."""
    paths: dict[str, dict[str, object]] = {}
    for each in _PATHS:
        paths.setdefault(each.path, {})[each.method] = _operation(each, settings)
    document = {
        "openapi": "3.1.0",
        "info": {
            "title": "Paperfeed",
            "version": VERSION,
            "description": _ABOUT,
        },
        "servers": [{"url": base}],
        "paths": paths,
        "components": {
            "securitySchemes": {"cron": {"type": "http", "scheme": "bearer", "description": "the CRON_SECRET"}},
            "responses": {
                "BadQuery": _error("a parameter is wrong: one sentence names it and says what is allowed"),
                "NotFound": _error("there is no such thing here"),
                "Unavailable": _error("nothing is held yet, or the store does not answer: come back after Retry-After"),
            },
        },
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _error(what: str) -> dict[str, object]:
    return {"description": what, "content": {"text/plain": {"schema": {"type": "string"}}}}


def _operation(described: Described, settings: Settings) -> dict[str, object]:
    parameters = [
        _path_parameter(name) for name in ("categories", "id", "day", "token") if f"{{{name}}}" in described.path
    ]
    if described.takes == FEED:
        in_path = {each["name"] for each in parameters}
        parameters += [each for each in _query_parameters(settings) if each["name"] not in in_path]
    if described.path == "/opml":
        feeds = {"type": "array", "items": {"type": "string"}, "maxItems": 50}
        parameters.append({"name": "feed", "in": "query", "description": "a feed of this deployment", "schema": feeds})
    if described.path.endswith("/vote"):
        parameters.append(_path_parameter("id") | {"in": "query"})
    answers: dict[str, object] = {
        "200": {"description": described.what, "content": {described.media_type: {"schema": {"type": "string"}}}}
    }
    if parameters:
        answers |= {"400": {"$ref": "#/components/responses/BadQuery"}}
    if "{" in described.path:
        answers |= {"404": {"$ref": "#/components/responses/NotFound"}}
    answers |= {"503": {"$ref": "#/components/responses/Unavailable"}}
    secured: dict[str, object] = {"security": [{"cron": []}]} if described.secret else {}
    body = {"requestBody": _BODY} if described.method in ("post", "put") else {}
    return {"summary": described.what, "parameters": parameters, "responses": answers, **secured, **body}


_BODY: Final = {"required": True, "content": {_JSON: {"schema": {"type": "object"}}}}


_EXAMPLES: Final = {"categories": "cs.AI+cs.LG-cs.CY", "id": "2601.00001", "day": "2026-01-14", "token": "x" * 32}


def _path_parameter(name: str) -> dict[str, object]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": _EXAMPLES[name]}


def _query_parameters(settings: Settings) -> list[dict[str, object]]:
    defaults = {each.name: each.default for each in documented_parameters(settings)}
    return [
        {
            "name": each.name,
            "in": "query",
            "description": each.explanation,
            "schema": _schema(each, defaults[each.name], settings),
        }
        for each in PARAMETERS
    ]


def _schema(parameter: Parameter, default: str, settings: Settings) -> dict[str, object]:
    """The type of a value: from the field of FeedQuery that it becomes."""
    hint = get_type_hints(FeedQuery).get(parameter.query_field or parameter.name, str)
    if hint is int:
        most = {"days": settings.retention_days, "also": MOST_ALSO_PAPERS}.get(parameter.name, MAX_LIMIT)
        return {"type": "integer", "minimum": min(int(default), 1), "maximum": most, "default": int(default)}
    if hint is float:
        return {"type": "number", "minimum": 0, "maximum": 1000, "default": float(default)}
    if date in get_args(hint):
        return {"type": "string", "format": "date"}
    if parameter.allowed_values and parameter.name not in HOW_FOLLOWED:
        return {"type": "string", "enum": list(get_args(hint) or parameter.allowed_values), "default": default}
    return {"type": "string", **({"default": default} if default else {})}
