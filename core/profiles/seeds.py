"""
What somebody has already, read: arXiv ids and links, BibTeX, RIS, an OPML of arXiv feeds, a sentence or an abstract.

Nothing is asked of anybody here; the parsers are loaded when somebody pastes what they parse.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit
from xml.etree import ElementTree as ET

from msgspec import Struct

from core.errors import BadQuery, ParseError
from core.paper import ArxivId
from core.profiles.records import Rules
from core.taxonomy import ARCHIVES, is_category

MOST_CHARACTERS: Final = 300_000
MOST_REFERENCES: Final = 1000
_MOST_SIGNS: Final = 5000
"""A file with more ``@`` is no list of references, and takes a parser seconds."""

_ID: Final = re.compile(
    r"(?<![\w.])(?:arXiv[:.])?((?:\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7}))(?:v\d{1,3})?(?![\d/]|\.\d)",
    re.IGNORECASE | re.ASCII,
)
_ADDRESS: Final = re.compile(r"https?://\S+|\barxiv\.org/\S+", re.IGNORECASE)
_BRACES: Final = re.compile(r"[{}]")
_RIS: Final = re.compile(r"^TY  ?- ?", re.MULTILINE)
_BIBTEX: Final = re.compile(r"^\s*@\w+\s*[{(]", re.MULTILINE)
_FEED_PATH: Final = re.compile(r"/(?:rss|atom|json)(?:/(.*))?")
_TERM: Final = re.compile(r"cat:([a-z-]+(?:\.[A-Za-z-]+)?)")
_FEWEST_WORDS: Final = 3
"""Beside ids and links, fewer words than this are no sentence."""

Kind = Literal["nothing", "ids", "BibTeX", "RIS", "OPML", "text"]


class Reference(Struct, frozen=True):
    """One thing to learn from: its arXiv id if it says one, and its title and abstract if it has them."""

    arxiv_id: ArxivId | None = None
    text: str = ""


class Understood(Struct, frozen=True):
    """What a pasted text was taken for, and what is in it."""

    kind: Kind
    references: tuple[Reference, ...] = ()
    categories: tuple[str, ...] = ()
    feeds: tuple[Rules, ...] = ()  # of a Paperfeed's own addresses
    skipped: int = 0  # entries that could not be read

    @property
    def ids(self) -> tuple[ArxivId, ...]:
        return tuple(dict.fromkeys(each.arxiv_id for each in self.references if each.arxiv_id))


def understand(text: str) -> Understood:
    """Read a pasted text. Raises BadQuery that says what is wrong with it, and what is taken."""
    text = text.lstrip("\ufeff").strip()
    if len(text) > MOST_CHARACTERS:
        raise BadQuery("seed", f"is too long: at most {MOST_CHARACTERS:,} characters, got {len(text):,}")
    if not text:
        return Understood("nothing")
    try:
        found = _read(text)
    except ParseError as error:
        raise BadQuery("seed", str(error)) from error
    if len(found.references) > MOST_REFERENCES:
        raise BadQuery("seed", f"has {len(found.references):,} entries; at most {MOST_REFERENCES:,} are taken")
    return found


def _read(text: str) -> Understood:
    if text.startswith("<"):
        return read_opml(text)
    if _BIBTEX.search(text):
        return read_bibtex(text)
    if _RIS.search(text):
        return read_ris(text)
    return read_plain(text)


def read_plain(text: str) -> Understood:
    """Ids and links; what else is written there is a sentence, or an abstract, of what somebody is interested in."""
    references = [Reference(arxiv_id) for arxiv_id in arxiv_ids(text)]
    rest = " ".join(_ID.sub(" ", _ADDRESS.sub(" ", text)).split())
    if len(re.findall(r"[^\W\d]{2,}", rest)) >= _FEWEST_WORDS:
        return Understood("text", (*references, Reference(None, rest)))
    if not references:
        raise ParseError(
            "could not be understood: paste arXiv ids or links, BibTeX, RIS, an OPML of arXiv feeds, "
            f"or at least {_FEWEST_WORDS} words on what you are interested in"
        )
    return Understood("ids", tuple(references))


def arxiv_ids(text: str) -> tuple[ArxivId, ...]:
    """Every arXiv id in a text, in any of the ways in which they are written: each once, without its version."""
    found = (ArxivId(each[1]) for each in _ID.finditer(unquote(text)))
    return tuple(dict.fromkeys(ArxivId(each.lower() if each[0].isupper() else each) for each in found))


def read_bibtex(text: str) -> Understood:
    """Read the entries that can be read; raises ParseError when there is none."""
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415 - few requests need it

    if text.count("@") > _MOST_SIGNS:
        raise ParseError(f"could not be read as BibTeX: it has more than {_MOST_SIGNS:,} @ signs")
    library = parse_string(text)
    entries = [{field.key.lower(): str(field.value) for field in entry.fields} for entry in library.entries]
    return _listed("BibTeX", entries, len(library.failed_blocks))


def read_ris(text: str) -> Understood:
    """Read RIS; raises ParseError when there is no entry in it that can be read."""
    import rispy  # noqa: PLC0415

    try:
        raw = rispy.loads(text, skip_unknown_tags=True)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ParseError(f"could not be read as RIS: {error}") from error
    entries = [{key: _joined(value) for key, value in entry.items()} for entry in raw]
    return _listed("RIS", entries, 0)


def _joined(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _listed(kind: Literal["BibTeX", "RIS"], entries: Iterable[Mapping[str, str]], skipped: int) -> Understood:
    references = [reference_of(entry) for entry in entries]
    known = tuple(each for each in references if each.arxiv_id or each.text)
    if not known:
        raise ParseError(f"could not be read as {kind}: there is no entry with a title in it")
    return Understood(kind, known, skipped=skipped + len(references) - len(known))


_TITLES: Final = ("title", "primary_title", "translated_title")
_ABSTRACTS: Final = ("abstract", "notes_abstract", "abstractnote")
_MAY_NAME: Final = (
    "eprint", "arxiv", "arxivid", "url", "urls", "doi", "journal", "journal_name", "secondary_title", "note", "notes",
    "howpublished", "number", "archiveid", "extra", "archivelocation",
)  # fmt: skip
"""Where reference managers write an arXiv id."""


def reference_of(fields: Mapping[str, str]) -> Reference:
    """One entry of a reference manager, its fields by their small names."""
    named = " ".join(fields[name] for name in _MAY_NAME if fields.get(name))
    ids = arxiv_ids(named)
    parts = [next((fields[name] for name in names if fields.get(name)), "") for names in (_TITLES, _ABSTRACTS)]
    return Reference(
        ids[0] if ids else None, _BRACES.sub("", ". ".join(part.strip() for part in parts if part.strip()))
    )


def read_opml(text: str) -> Understood:
    """Read the feeds of an OPML: arXiv's own by their categories, those of a Paperfeed by their rules."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ParseError("could not be read as OPML: it declares entities, which no subscription list needs")
    try:
        root = ET.fromstring(text)  # noqa: S314 - no entity is declared, and expat bounds what it expands
    except ET.ParseError as error:
        raise ParseError(f"could not be read as OPML: {error}") from error
    addresses = [address for outline in root.iter("outline") if (address := outline.get("xmlUrl"))]
    categories = tuple(dict.fromkeys(name for address in addresses for name in _categories_of(address)))
    feeds = tuple(rules for address in addresses if (rules := _rules_of(address)))
    if not categories and not feeds:
        raise ParseError(f"could not find an arXiv feed among the {len(addresses)} feeds of this OPML")
    ours = sum(bool(_rules_of(address) or [*_categories_of(address)]) for address in addresses)
    return Understood("OPML", (), categories, feeds, len(addresses) - ours)


def _categories_of(address: str) -> Iterator[str]:
    """``rss.arxiv.org/rss/cs.AI+cs.LG``, ``export.arxiv.org/api/query?search_query=cat:cs.AI``."""
    parts = urlsplit(address)
    if not (parts.hostname or "").endswith("arxiv.org"):
        return
    path = _FEED_PATH.fullmatch(parts.path)
    names = re.split(r"[+,\s]", unquote(path[1])) if path and path[1] else []
    names += _TERM.findall(dict(parse_qsl(parts.query)).get("search_query", ""))
    yield from (name for name in names if is_category(name) or name in ARCHIVES)


def _rules_of(address: str) -> Rules:
    """The rules of a Paperfeed's address, wherever it runs; () for what is none."""
    parts = urlsplit(address)
    path = _FEED_PATH.fullmatch(parts.path)
    if path is None or (parts.hostname or "").endswith("arxiv.org"):
        return ()
    rules = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] != "key"]
    if path[1]:
        rules.insert(0, ("categories", unquote(path[1]).replace("+", ",").replace("-", ",-").replace(" ", ",")))
    return tuple(rules) if any(name in ("categories", "keywords", "authors") for name, _ in rules) else ()
