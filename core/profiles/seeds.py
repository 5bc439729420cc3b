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
from core.profiles.records import FeedRules
from core.taxonomy import ARCHIVES, is_category

MOST_SEED_CHARACTERS: Final = 300_000
MOST_SEED_REFERENCES: Final = 1000
_MOST_BIBTEX_SIGNS: Final = 5000
"""A file with more ``@`` is no list of references, and takes a parser seconds."""

_PASTED_NEW_ID: Final = r"\d{4}\.\d{4,5}"
_PASTED_OLD_ID: Final = r"[a-z-]{2,20}(?:\.[A-Z]{2})?/\d{7}"
_PASTED_ID: Final = rf"(?<![\w.])(?:arXiv[:.])?({_PASTED_NEW_ID}|{_PASTED_OLD_ID})(?:v\d{{1,3}})?(?![\d/]|\.\d)"
_PASTED_ARXIV_ID: Final = re.compile(_PASTED_ID, re.IGNORECASE | re.ASCII)
_PASTED_LINK: Final = re.compile(r"https?://\S+|\barxiv\.org/\S+", re.IGNORECASE)
_BIBTEX_BRACES: Final = re.compile(r"[{}]")
_RIS_ENTRY: Final = re.compile(r"^TY  ?- ?", re.MULTILINE)
_BIBTEX_ENTRY: Final = re.compile(r"^\s*@\w+\s*[{(]", re.MULTILINE)
_PASTED_FEED_PATH: Final = re.compile(r"/(?:rss|atom|json)(?:/(.*))?")
_PASTED_CATEGORY: Final = re.compile(r"cat:([a-z-]+(?:\.[A-Za-z-]+)?)")
_FEWEST_PASTED_WORDS: Final = 3
"""Beside ids and links, fewer words than this are no interest."""

SeedKind = Literal["nothing", "ids", "BibTeX", "RIS", "OPML", "text"]


class SeedReference(Struct, frozen=True):
    """One thing to learn from: its arXiv id if it says one, and its title and abstract if it has them."""

    arxiv_id: ArxivId | None = None
    text: str = ""


class UnderstoodSeed(Struct, frozen=True):
    """What a pasted text was taken for, and what is in it."""

    kind: SeedKind
    references: tuple[SeedReference, ...] = ()
    pasted_categories: tuple[str, ...] = ()
    paperfeed_rules: tuple[FeedRules, ...] = ()  # of a Paperfeed's own addresses
    skipped_references: int = 0  # entries that could not be read

    @property
    def ids(self) -> tuple[ArxivId, ...]:
        return tuple(dict.fromkeys(reference.arxiv_id for reference in self.references if reference.arxiv_id))


def understand(seed: str) -> UnderstoodSeed:
    """Read a pasted text. Raises BadQuery that says what is wrong with it, and what is taken."""
    seed = seed.lstrip("\ufeff").strip()
    if len(seed) > MOST_SEED_CHARACTERS:
        raise BadQuery("seed", f"is too long: at most {MOST_SEED_CHARACTERS:,} characters, got {len(seed):,}")
    if not seed:
        return UnderstoodSeed("nothing")
    try:
        understood = _read_seed(seed)
    except ParseError as seed_error:
        raise BadQuery("seed", str(seed_error)) from seed_error
    if len(understood.references) > MOST_SEED_REFERENCES:
        raise BadQuery(
            "seed", f"has {len(understood.references):,} entries; at most {MOST_SEED_REFERENCES:,} are taken"
        )
    return understood


def _read_seed(seed: str) -> UnderstoodSeed:
    if seed.startswith("<"):
        return read_opml(seed)
    if _BIBTEX_ENTRY.search(seed):
        return read_bibtex(seed)
    if _RIS_ENTRY.search(seed):
        return read_ris(seed)
    return read_plain(seed)


def read_plain(seed: str) -> UnderstoodSeed:
    """Ids and links; what else is written there is a sentence, or an abstract, of what somebody is interested in."""
    seed_references = [SeedReference(arxiv_id) for arxiv_id in pasted_ids(seed)]
    seed_interest = " ".join(_PASTED_ARXIV_ID.sub(" ", _PASTED_LINK.sub(" ", seed)).split())
    if len(re.findall(r"[^\W\d]{2,}", seed_interest)) >= _FEWEST_PASTED_WORDS:
        return UnderstoodSeed("text", (*seed_references, SeedReference(None, seed_interest)))
    if not seed_references:
        raise ParseError(
            "could not be understood: paste arXiv ids or links, BibTeX, RIS, an OPML of arXiv feeds, "
            f"or at least {_FEWEST_PASTED_WORDS} words on what you are interested in"
        )
    return UnderstoodSeed("ids", tuple(seed_references))


def pasted_ids(pasted_text: str) -> tuple[ArxivId, ...]:
    """Every arXiv id in a text, in any of the ways in which they are written: each once, without its version."""
    pasted_id_forms = (ArxivId(pasted_id[1]) for pasted_id in _PASTED_ARXIV_ID.finditer(unquote(pasted_text)))
    seed_ids = (ArxivId(pasted.lower() if pasted[0].isupper() else pasted) for pasted in pasted_id_forms)
    return tuple(dict.fromkeys(seed_ids))


def read_bibtex(bibtex: str) -> UnderstoodSeed:
    """Read the entries that can be read; raises ParseError when there is none."""
    from bibtexparser.entrypoint import parse_string  # noqa: PLC0415 - few requests need it

    if bibtex.count("@") > _MOST_BIBTEX_SIGNS:
        raise ParseError(f"could not be read as BibTeX: it has more than {_MOST_BIBTEX_SIGNS:,} @ signs")
    bibtex_library = parse_string(bibtex)
    bibtex_entries = [
        {bibtex_field.key.lower(): str(bibtex_field.value) for bibtex_field in bibtex_entry.fields}
        for bibtex_entry in bibtex_library.entries
    ]
    return _reference_list("BibTeX", bibtex_entries, len(bibtex_library.failed_blocks))


def read_ris(ris: str) -> UnderstoodSeed:
    """Read RIS; raises ParseError when there is no entry in it that can be read."""
    import rispy  # noqa: PLC0415

    try:
        rispy_entries = rispy.loads(ris, skip_unknown_tags=True)
    except (OSError, ValueError, LookupError, TypeError) as ris_error:
        raise ParseError(f"could not be read as RIS: {ris_error}") from ris_error
    ris_entries = [
        {ris_field: _ris_text(ris_lines) for ris_field, ris_lines in ris_entry.items()} for ris_entry in rispy_entries
    ]
    return _reference_list("RIS", ris_entries, 0)


def _ris_text(ris_lines: object) -> str:
    return " ".join(map(str, ris_lines)) if isinstance(ris_lines, list) else str(ris_lines)


def _reference_list(
    reference_format: Literal["BibTeX", "RIS"], reference_entries: Iterable[Mapping[str, str]], unreadable_seeds: int
) -> UnderstoodSeed:
    seed_references = [reference_of(reference_entry) for reference_entry in reference_entries]
    learnable_references = tuple(reference for reference in seed_references if reference.arxiv_id or reference.text)
    if not learnable_references:
        raise ParseError(f"could not be read as {reference_format}: there is no entry with a title in it")
    skipped_references = unreadable_seeds + len(seed_references) - len(learnable_references)
    return UnderstoodSeed(reference_format, learnable_references, skipped_references=skipped_references)


_REFERENCE_TITLE_FIELDS: Final = ("title", "primary_title", "translated_title")
_REFERENCE_ABSTRACT_FIELDS: Final = ("abstract", "notes_abstract", "abstractnote")
_REFERENCE_ID_FIELDS: Final = (
    "eprint", "arxiv", "arxivid", "url", "urls", "doi", "journal", "journal_name", "secondary_title", "note", "notes",
    "howpublished", "number", "archiveid", "extra", "archivelocation",
)  # fmt: skip
"""Where reference managers write an arXiv id."""


def reference_of(reference_fields: Mapping[str, str]) -> SeedReference:
    """One entry of a reference manager, its fields by their small names."""
    reference_id_fields = filter(None, map(reference_fields.get, _REFERENCE_ID_FIELDS))
    reference_ids = pasted_ids(" ".join(reference_id_fields))
    reference_texts = (
        next(filter(None, map(reference_fields.get, title_or_abstract_fields)), "").strip()
        for title_or_abstract_fields in (_REFERENCE_TITLE_FIELDS, _REFERENCE_ABSTRACT_FIELDS)
    )
    reference_text = _BIBTEX_BRACES.sub("", ". ".join(filter(None, reference_texts)))
    return SeedReference(reference_ids[0] if reference_ids else None, reference_text)


def read_opml(opml: str) -> UnderstoodSeed:
    """Read the feeds of an OPML: arXiv's own by their categories, those of a Paperfeed by their rules."""
    if "<!DOCTYPE" in opml or "<!ENTITY" in opml:
        raise ParseError("could not be read as OPML: it declares entities, which no subscription list needs")
    try:
        pasted_outlines = ET.fromstring(opml)  # noqa: S314 - no entity is declared, and expat bounds what it expands
    except ET.ParseError as opml_error:
        raise ParseError(f"could not be read as OPML: {opml_error}") from opml_error
    pasted_urls = [pasted_outline.get("xmlUrl") for pasted_outline in pasted_outlines.iter("outline")]
    pasted_feeds = [pasted_feed for pasted_feed in pasted_urls if pasted_feed]
    pasted_categories = tuple(
        dict.fromkeys(category for pasted_feed in pasted_feeds for category in _pasted_categories(pasted_feed))
    )
    paperfeed_rules = tuple(rules for pasted_feed in pasted_feeds if (rules := _paperfeed_rules(pasted_feed)))
    if not pasted_categories and not paperfeed_rules:
        raise ParseError(f"could not find an arXiv feed among the {len(pasted_feeds)} feeds of this OPML")
    skipped_feeds = sum(
        not (_paperfeed_rules(pasted_feed) or [*_pasted_categories(pasted_feed)]) for pasted_feed in pasted_feeds
    )
    return UnderstoodSeed("OPML", (), pasted_categories, paperfeed_rules, skipped_feeds)


def _pasted_categories(pasted_feed: str) -> Iterator[str]:
    """``rss.arxiv.org/rss/cs.AI+cs.LG``, ``export.arxiv.org/api/query?search_query=cat:cs.AI``."""
    pasted_url = urlsplit(pasted_feed)
    if not (pasted_url.hostname or "").endswith("arxiv.org"):
        return
    pasted_path = _PASTED_FEED_PATH.fullmatch(pasted_url.path)
    pasted_categories = re.split(r"[+,\s]", unquote(pasted_path[1])) if pasted_path and pasted_path[1] else []
    pasted_categories += _PASTED_CATEGORY.findall(dict(parse_qsl(pasted_url.query)).get("search_query", ""))
    yield from (category for category in pasted_categories if is_category(category) or category in ARCHIVES)


def _paperfeed_rules(pasted_feed: str) -> FeedRules:
    """The rules of a Paperfeed's address, wherever it runs; () for what is none."""
    pasted_url = urlsplit(pasted_feed)
    pasted_path = _PASTED_FEED_PATH.fullmatch(pasted_url.path)
    if pasted_path is None or (pasted_url.hostname or "").endswith("arxiv.org"):
        return ()
    pasted_rules = [rule for rule in parse_qsl(pasted_url.query, keep_blank_values=True) if rule[0] != "key"]
    if pasted_path[1]:
        categories_rule = unquote(pasted_path[1]).replace("+", ",").replace("-", ",-").replace(" ", ",")
        pasted_rules.insert(0, ("categories", categories_rule))
    pasted_rule_keys = {rule_key for rule_key, _ in pasted_rules}
    return () if pasted_rule_keys.isdisjoint(("categories", "keywords", "authors")) else tuple(pasted_rules)
