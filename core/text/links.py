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


_LINK_HOSTS: Final = r"(?:github\.com|gitlab\.com|huggingface\.co|zenodo\.org|osf\.io|[\w-]+\.github\.io)"
_URL_IN_TEXT: Final = re.compile(
    rf"(?:https?://|www\.(?=[\w-]+\.\w)|(?<![\w./@-]){_LINK_HOSTS}/(?=\w))[^\s<>\"“”|\\^`{{}}\U000f0000-\U000fffff]+"
)
_WHOLE_URL_IN_TEXT: Final = re.compile(r"https?://[\w.-]+\.[a-zA-Z]{2,}(?::\d+)?(?:[/?#].*)?")
_BROKEN_URL: Final = re.compile(
    r"(https?://(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co)/(?:(?:datasets|spaces)/)?(?:[\w.-]+/)?)\s+"
    r"(?=[\w.-]*[\w-](?:/[\w.-]+)?)(?!(?:and|or|with|for|The|the|Our|our|We|we|is|are|at|under|to)\b)"
)
_URL_SIGNS: Final = ("://", "www.", ".com/", ".co/", ".org/", ".io/")
"""One of these stands in every address; most texts hold none, and are not searched."""
_SIGNS_AFTER_URL: Final = ".,;:!?'’\"*_~"
_CODE_LINK_URL: Final = re.compile(
    r"(?:www\.)?(?:(?:github|gitlab|bitbucket)\.(?:com|org)|gist\.github\.com|codeberg\.org|gitee\.com|git\.sr\.ht|pypi\.org"
    r"|sourceforge\.net|anonymous\.4open\.science|code\.[\w.-]+|git(?:lab|hub)?\.[\w.-]+|cran\.r-project\.org)(?:/.+)"
)
_PROJECT_LINK_URL: Final = re.compile(
    r"[\w-]+\.(?:git(?:hub|lab)\.io|netlify\.app|vercel\.app|pages\.dev|web\.app|readthedocs\.io|streamlit\.app|hf\.space)"
    r"(?:/.*)?|sites\.google\.com/.+|(?:www\.)?(?:huggingface\.co|hf\.co)/spaces/.+"
)
_DATA_LINK_URL: Final = re.compile(
    r"(?:www\.)?(?:(?:huggingface\.co|hf\.co)/datasets/.+|kaggle\.com/.+|zenodo\.org/.+|osf\.io/.+|[\w.-]*figshare\.com/.+"
    r"|[\w.-]*dataverse[\w.-]*/.+|data\.[\w.-]+/.+|openneuro\.org/.+|physionet\.org/.+|ieee-dataport\.org/.+"
    r"|datadryad\.org/.+|(?:dx\.)?doi\.org/10\.(?:5281|17605|6084|7910|17632|5061)/.+)"
)
_MODEL_LINK_URL: Final = re.compile(
    r"(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn(?:/models)?)/"
    r"(?!(?:datasets|spaces|papers|docs|blog|collections|learn|tasks|chat)(?:/|$))[\w.-]+(?:/.*)?"
)
_LINK_URLS_BY_KIND: Final[tuple[tuple[LinkKind, re.Pattern[str]], ...]] = (
    ("data", _DATA_LINK_URL),
    ("project", _PROJECT_LINK_URL),
    ("code", _CODE_LINK_URL),
    ("model", _MODEL_LINK_URL),
)


def mend_urls(text: str) -> str:
    """Join the addresses of forges that a line break tore apart: ``https://github.com/ ada/pot``."""
    return _BROKEN_URL.sub(r"\1", text) if "://" in text else text


def split_urls(text: str) -> Iterator[tuple[str, str]]:
    """Give the text in pieces, each with the address that it is; "" for what lies between."""
    text_at = 0
    for url_match in _URL_IN_TEXT.finditer(text) if any(map(text.__contains__, _URL_SIGNS)) else ():
        url_text = _without_sentence_end(url_match[0])
        link_url = url_text if url_text.startswith("http") else f"https://{url_text}"
        if not _WHOLE_URL_IN_TEXT.fullmatch(link_url):
            continue
        yield text[text_at : url_match.start()], ""
        yield url_text, link_url
        text_at = url_match.start() + len(url_text)
    yield text[text_at:], ""


def _without_sentence_end(url_text: str) -> str:
    """Cut off what ends the sentence: full stops, quotes, brackets that were not opened within."""
    open_brackets = {")": url_text.count("(") - url_text.count(")"), "]": url_text.count("[") - url_text.count("]")}
    text_end = len(url_text)
    while text_end and (url_text[text_end - 1] in _SIGNS_AFTER_URL or open_brackets.get(url_text[text_end - 1], 0) < 0):
        if url_text[text_end - 1] in open_brackets:
            open_brackets[url_text[text_end - 1]] += 1
        text_end -= 1
    return url_text[:text_end]


def find_links(*plain_texts: str) -> tuple[Link, ...]:
    """
    Find the links of readable texts (as ``plain`` gives them) that lead to code, a project page, data or a model.

    Each once, in the order of ``LINK_KINDS``, then of the text.
    """
    links_by_key: dict[str, Link] = {}
    for plain_text in plain_texts:
        for _, link_url in split_urls(mend_urls(plain_text)):
            if link_url and (url_kind := link_kind(link_url)):
                links_by_key.setdefault(_link_key(link_url), Link(url_kind, link_url))
    return tuple(sorted(links_by_key.values(), key=lambda link: LINK_KINDS.index(link.kind)))


def _link_key(link_url: str) -> str:
    return link_url.split("://", 1)[-1].removeprefix("www.").removesuffix("/").removesuffix(".git").lower()


def link_kind(link_url: str) -> LinkKind | None:
    """What an address leads to, by its host and path; None for any other page."""
    host_and_path = link_url.split("://", 1)[-1]
    for kind, url_pattern in _LINK_URLS_BY_KIND:
        if url_pattern.fullmatch(host_and_path):
            return kind
    return None
