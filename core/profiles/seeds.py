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

MOST_SEED_CHARACTERS: Final = 300_000
MOST_REFERENCES: Final = 1000
_MOST_BIBTEX_SIGNS: Final = 5000
"""A file with more ``@`` is no list of references, and takes a parser seconds."""

_ARXIV_ID: Final = re.compile(
    r"(?<![\w.])(?:arXiv[:.])?((?:\d{4}\.\d{4,5}|[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7}))(?:v\d{1,3})?(?![\d/]|\.\d)",
    re.IGNORECASE | re.ASCII,
)
_LINK: Final = re.compile(r"https?://\S+|\barxiv\.org/\S+", re.IGNORECASE)
_BIBTEX_BRACES: Final = re.compile(r"[{}]")
_RIS_ENTRY: Final = re.compile(r"^TY  ?- ?", re.MULTILINE)
_BIBTEX_ENTRY: Final = re.compile(r"^\s*@\w+\s*[{(]", re.MULTILINE)
_OPML_FEED_PATH: Final = re.compile(r"/(?:rss|atom|json)(?:/(.*))?")
_CATEGORY_TERM: Final = re.compile(r"cat:([a-z-]+(?:\.[A-Za-z-]+)?)")
_FEWEST_SENTENCE_WORDS: Final = 3
"""Beside ids and links, fewer words than this are no sentence."""

SeedKind = Literal["nothing", "ids", "BibTeX", "RIS", "OPML", "text"]


class Reference(Struct, frozen=True):
    """One thing to learn from: its arXiv id if it says one, and its title and abstract if it has them."""

    arxiv_id: ArxivId | None = None
    text: str = ""


class Understood(Struct, frozen=True):
    """What a pasted text was taken for, and what is in it."""

    kind: SeedKind
    references: tuple[Reference, ...] = ()
    categories: tuple[str, ...] = ()
    feeds: tuple[Rules, ...] = ()  # of a Paperfeed's own addresses
    skipped: int = 0  # entries that could not be read

    @property
    def ids(self) -> tuple[ArxivId, ...]:
        return tuple(dict.fromkeys(each.arxiv_id for each in self.references if each.arxiv_id))


def understand(seed: str) -> Understood:
    """Read a pasted text. Raises BadQuery that says what is wrong with it, and what is taken."""
    seed = seed.lstrip("\ufeff").strip()
    if len(seed) > MOST_SEED_CHARACTERS:
        raise BadQuery("seed", f"is too long: at most {MOST_SEED_CHARACTERS:,} characters, got {len(seed):,}")
    if not seed:
        return Understood("nothing")
    try:
        understood = _read_seed(seed)
    except ParseError as error:
        raise BadQuery("seed", str(error)) from error
    if len(understood.references) > MOST_REFERENCES:
        raise BadQuery("seed", f"has {len(understood.references):,} entries; at most {MOST_REFERENCES:,} are taken")
    return understood


def _read_seed(seed: str) -> Understood:
    if seed.startswith("<"):
        return read_opml(seed)
    if _BIBTEX_ENTRY.search(seed):
        return read_bibtex(seed)
    if _RIS_ENTRY.search(seed):
        return read_ris(seed)
    return read_plain(seed)


def read_plain(seed: str) -> Understood:
    """Ids and links; what else is written there is a sentence, or an abstract, of what somebody is interested in."""
    references = [Reference(arxiv_id) for arxiv_id in arxiv_ids(seed)]
    sentence = " ".join(_ARXIV_ID.sub(" ", _LINK.sub(" ", seed)).split())
    if len(re.findall(r"[^\W\d]{2,}", sentence)) >= _FEWEST_SENTENCE_WORDS:
        return Understood("text", (*references, Reference(None, sentence)))
    if not references:
        raise ParseError(
            "could not be understood: paste arXiv ids or links, BibTeX, RIS, an OPML of arXiv feeds, "
            f"or at least {_FEWEST_SENTENCE_WORDS} words on what you are interested in"
        )
    return Understood("ids", tuple(references))


def arxiv_ids(text: str) -> tuple[ArxivId, ...]:
    """Every arXiv id in a text, in any of the ways in which they are written: each once, without its version."""
    written_ids = (ArxivId(arxiv_id[1]) for arxiv_id in _ARXIV_ID.finditer(unquote(text)))
    one_spelling = (ArxivId(each.lower() if each[0].isupper() else each) for each in written_ids)
    return tuple(dict.fromkeys(one_spelling))


def read_bibtex(bibtex: str) -> Understood:
    """Read the entries that can be read; raises ParseError when there is none."""
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415 - few requests need it

    if bibtex.count("@") > _MOST_BIBTEX_SIGNS:
        raise ParseError(f"could not be read as BibTeX: it has more than {_MOST_BIBTEX_SIGNS:,} @ signs")
    bibtex_library = parse_string(bibtex)
    bibtex_entries = [
        {field.key.lower(): str(field.value) for field in bibtex_entry.fields}
        for bibtex_entry in bibtex_library.entries
    ]
    return _reference_list("BibTeX", bibtex_entries, len(bibtex_library.failed_blocks))


def read_ris(ris: str) -> Understood:
    """Read RIS; raises ParseError when there is no entry in it that can be read."""
    import rispy  # noqa: PLC0415

    try:
        raw_entries = rispy.loads(ris, skip_unknown_tags=True)
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ParseError(f"could not be read as RIS: {error}") from error
    ris_entries = [{key: _joined_ris_lines(value) for key, value in ris_entry.items()} for ris_entry in raw_entries]
    return _reference_list("RIS", ris_entries, 0)


def _joined_ris_lines(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _reference_list(
    kind: Literal["BibTeX", "RIS"], reference_entries: Iterable[Mapping[str, str]], skipped: int
) -> Understood:
    references = [reference_of(reference_entry) for reference_entry in reference_entries]
    usable_references = tuple(reference for reference in references if reference.arxiv_id or reference.text)
    if not usable_references:
        raise ParseError(f"could not be read as {kind}: there is no entry with a title in it")
    return Understood(kind, usable_references, skipped=skipped + len(references) - len(usable_references))


_TITLE_FIELDS: Final = ("title", "primary_title", "translated_title")
_ABSTRACT_FIELDS: Final = ("abstract", "notes_abstract", "abstractnote")
_ARXIV_ID_FIELDS: Final = (
    "eprint", "arxiv", "arxivid", "url", "urls", "doi", "journal", "journal_name", "secondary_title", "note", "notes",
    "howpublished", "number", "archiveid", "extra", "archivelocation",
)  # fmt: skip
"""Where reference managers write an arXiv id."""


def reference_of(fields: Mapping[str, str]) -> Reference:
    """One entry of a reference manager, its fields by their small names."""
    reference_ids = arxiv_ids(" ".join(fields[name] for name in _ARXIV_ID_FIELDS if fields.get(name)))
    field_groups = (_TITLE_FIELDS, _ABSTRACT_FIELDS)
    texts = [next((fields[name] for name in names if fields.get(name)), "").strip() for names in field_groups]
    reference_text = _BIBTEX_BRACES.sub("", ". ".join(filter(None, texts)))
    return Reference(reference_ids[0] if reference_ids else None, reference_text)


def read_opml(opml: str) -> Understood:
    """Read the feeds of an OPML: arXiv's own by their categories, those of a Paperfeed by their rules."""
    if "<!DOCTYPE" in opml or "<!ENTITY" in opml:
        raise ParseError("could not be read as OPML: it declares entities, which no subscription list needs")
    try:
        opml_root = ET.fromstring(opml)  # noqa: S314 - no entity is declared, and expat bounds what it expands
    except ET.ParseError as error:
        raise ParseError(f"could not be read as OPML: {error}") from error
    opml_addresses = [opml_address for outline in opml_root.iter("outline") if (opml_address := outline.get("xmlUrl"))]
    categories = tuple(
        dict.fromkeys(name for opml_address in opml_addresses for name in _opml_categories(opml_address))
    )
    feeds = tuple(rules for opml_address in opml_addresses if (rules := _paperfeed_rules(opml_address)))
    if not categories and not feeds:
        raise ParseError(f"could not find an arXiv feed among the {len(opml_addresses)} feeds of this OPML")
    ours = sum(
        bool(_paperfeed_rules(opml_address) or [*_opml_categories(opml_address)]) for opml_address in opml_addresses
    )
    return Understood("OPML", (), categories, feeds, len(opml_addresses) - ours)


def _opml_categories(opml_address: str) -> Iterator[str]:
    """``rss.arxiv.org/rss/cs.AI+cs.LG``, ``export.arxiv.org/api/query?search_query=cat:cs.AI``."""
    split_address = urlsplit(opml_address)
    if not (split_address.hostname or "").endswith("arxiv.org"):
        return
    opml_path = _OPML_FEED_PATH.fullmatch(split_address.path)
    category_names = re.split(r"[+,\s]", unquote(opml_path[1])) if opml_path and opml_path[1] else []
    category_names += _CATEGORY_TERM.findall(dict(parse_qsl(split_address.query)).get("search_query", ""))
    yield from (
        category_name for category_name in category_names if is_category(category_name) or category_name in ARCHIVES
    )


def _paperfeed_rules(opml_address: str) -> Rules:
    """The rules of a Paperfeed's address, wherever it runs; () for what is none."""
    split_address = urlsplit(opml_address)
    opml_path = _OPML_FEED_PATH.fullmatch(split_address.path)
    if opml_path is None or (split_address.hostname or "").endswith("arxiv.org"):
        return ()
    feed_rules = [
        feed_rule for feed_rule in parse_qsl(split_address.query, keep_blank_values=True) if feed_rule[0] != "key"
    ]
    if opml_path[1]:
        feed_rules.insert(
            0, ("categories", unquote(opml_path[1]).replace("+", ",").replace("-", ",-").replace(" ", ","))
        )
    return tuple(feed_rules) if any(name in ("categories", "keywords", "authors") for name, _ in feed_rules) else ()
