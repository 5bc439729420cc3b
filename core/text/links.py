"""Addresses in arXiv's texts: found, cleaned, and told apart by where they lead: code, project page, data, model."""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, get_args

LinkKind = Literal["code", "project", "data", "model"]
LINK_KINDS: Final[tuple[LinkKind, ...]] = get_args(LinkKind)
"""What a link of a paper may lead to."""


class Link(NamedTuple):
    """An address that a paper names; without trailing punctuation and line breaks."""

    kind: LinkKind
    url: str


_HOSTS: Final = r"(?:github\.com|gitlab\.com|huggingface\.co|zenodo\.org|osf\.io|[\w-]+\.github\.io)"
_TEXT_URL: Final = re.compile(
    rf"(?:https?://|www\.(?=[\w-]+\.\w)|(?<![\w./@-]){_HOSTS}/(?=\w))[^\s<>\"“”|\\^`{{}}\U000f0000-\U000fffff]+"
)
_LINK_URL: Final = re.compile(r"https?://[\w.-]+\.[a-zA-Z]{2,}(?::\d+)?(?:[/?#].*)?")
_BROKEN: Final = re.compile(
    r"(https?://(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co)/(?:(?:datasets|spaces)/)?(?:[\w.-]+/)?)\s+"
    r"(?=[\w.-]*[\w-](?:/[\w.-]+)?)(?!(?:and|or|with|for|The|the|Our|our|We|we|is|are|at|under|to)\b)"
)
_SIGNS: Final = ("://", "www.", ".com/", ".co/", ".org/", ".io/")
"""One of these stands in every address; most texts hold none, and are not searched."""
_AFTER_URL: Final = ".,;:!?'’\"*_~"
_CODE_URL: Final = re.compile(
    r"(?:www\.)?(?:(?:github|gitlab|bitbucket)\.(?:com|org)|gist\.github\.com|codeberg\.org|gitee\.com|git\.sr\.ht|pypi\.org"
    r"|sourceforge\.net|anonymous\.4open\.science|code\.[\w.-]+|git(?:lab|hub)?\.[\w.-]+|cran\.r-project\.org)(?:/.+)"
)
_PROJECT_URL: Final = re.compile(
    r"[\w-]+\.(?:git(?:hub|lab)\.io|netlify\.app|vercel\.app|pages\.dev|web\.app|readthedocs\.io|streamlit\.app|hf\.space)"
    r"(?:/.*)?|sites\.google\.com/.+|(?:www\.)?(?:huggingface\.co|hf\.co)/spaces/.+"
)
_DATA_URL: Final = re.compile(
    r"(?:www\.)?(?:(?:huggingface\.co|hf\.co)/datasets/.+|kaggle\.com/.+|zenodo\.org/.+|osf\.io/.+|[\w.-]*figshare\.com/.+"
    r"|[\w.-]*dataverse[\w.-]*/.+|data\.[\w.-]+/.+|openneuro\.org/.+|physionet\.org/.+|ieee-dataport\.org/.+"
    r"|datadryad\.org/.+|(?:dx\.)?doi\.org/10\.(?:5281|17605|6084|7910|17632|5061)/.+)"
)
_MODEL_URL: Final = re.compile(
    r"(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn(?:/models)?)/"
    r"(?!(?:datasets|spaces|papers|docs|blog|collections|learn|tasks|chat)(?:/|$))[\w.-]+(?:/.*)?"
)
_URLS_BY_KIND: Final[tuple[tuple[LinkKind, re.Pattern[str]], ...]] = (
    ("data", _DATA_URL),
    ("project", _PROJECT_URL),
    ("code", _CODE_URL),
    ("model", _MODEL_URL),
)


def mend_urls(text: str) -> str:
    """Join the addresses of forges that a line break tore apart: ``https://github.com/ ada/pot``."""
    return _BROKEN.sub(r"\1", text) if "://" in text else text


def split_urls(text: str) -> Iterator[tuple[str, str]]:
    """Give the text in pieces, each with the address that it is; "" for what lies between."""
    at = 0
    for found in _TEXT_URL.finditer(text) if any(map(text.__contains__, _SIGNS)) else ():
        shown = _clean_url(found[0])
        url = shown if shown.startswith("http") else f"https://{shown}"
        if not _LINK_URL.fullmatch(url):
            continue
        yield text[at : found.start()], ""
        yield shown, url
        at = found.start() + len(shown)
    yield text[at:], ""


def _clean_url(url: str) -> str:
    """Cut off what ends the sentence: full stops, quotes, brackets that were not opened within."""
    open_brackets = {")": url.count("(") - url.count(")"), "]": url.count("[") - url.count("]")}
    end = len(url)
    while end and (url[end - 1] in _AFTER_URL or open_brackets.get(url[end - 1], 0) < 0):
        if url[end - 1] in open_brackets:
            open_brackets[url[end - 1]] += 1
        end -= 1
    return url[:end]


def find_links(*texts: str) -> tuple[Link, ...]:
    """
    Find the links of readable texts (as ``plain`` gives them) that lead to code, a project page, data or a model.

    Each once, in the order of ``LINK_KINDS``, then of the text.
    """
    urls = (url for text in texts for _, url in split_urls(mend_urls(text)) if url)
    found: dict[str, Link] = {}
    for url in urls:
        if kind := link_kind(url):
            found.setdefault(_key(url), Link(kind, url))
    return tuple(sorted(found.values(), key=lambda link: LINK_KINDS.index(link.kind)))


def _key(url: str) -> str:
    return url.split("://", 1)[-1].removeprefix("www.").removesuffix("/").removesuffix(".git").lower()


def link_kind(url: str) -> LinkKind | None:
    """What an address leads to, by its host and path; None for any other page."""
    place = url.split("://", 1)[-1]
    for kind, pattern in _URLS_BY_KIND:
        if pattern.fullmatch(place):
            return kind
    return None
