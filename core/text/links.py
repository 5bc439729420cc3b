"""Addresses in arXiv's texts: found, cleaned, and told apart by where they lead: code, project page, data, model."""

import re
from collections.abc import Iterator
from typing import Final, Literal, NamedTuple, get_args

TextLinkKind = Literal["code", "project", "data", "model"]
TEXT_LINK_KINDS: Final[tuple[TextLinkKind, ...]] = get_args(TextLinkKind)
"""What a link of a paper may lead to."""


class TextLink(NamedTuple):
    """An address that a paper names; without trailing punctuation and line breaks."""

    kind: TextLinkKind
    url: str


_HOSTS_IN_TEXT: Final = r"(?:github\.com|gitlab\.com|huggingface\.co|zenodo\.org|osf\.io|[\w-]+\.github\.io)"
_URL_IN_TEXT: Final = re.compile(
    rf"(?:https?://|www\.(?=[\w-]+\.\w)|(?<![\w./@-]){_HOSTS_IN_TEXT}/(?=\w))[^\s<>\"“”|\\^`{{}}\U000f0000-\U000fffff]+"
)
_WHOLE_URL_IN_TEXT: Final = re.compile(r"https?://[\w.-]+\.[a-zA-Z]{2,}(?::\d+)?(?:[/?#].*)?")
_BROKEN_URL: Final = re.compile(
    r"(https?://(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co)/(?:(?:datasets|spaces)/)?(?:[\w.-]+/)?)\s+"
    r"(?=[\w.-]*[\w-](?:/[\w.-]+)?)(?!(?:and|or|with|for|The|the|Our|our|We|we|is|are|at|under|to)\b)"
)
_URL_SIGNS: Final = ("://", "www.", ".com/", ".co/", ".org/", ".io/")
"""One of these stands in every address; most texts hold none, and are not searched."""
_SIGNS_AFTER_URL: Final = ".,;:!?'’\"*_~"
_CODE_URL_IN_TEXT: Final = re.compile(
    r"(?:www\.)?(?:(?:github|gitlab|bitbucket)\.(?:com|org)|gist\.github\.com|codeberg\.org|gitee\.com|git\.sr\.ht|pypi\.org"
    r"|sourceforge\.net|anonymous\.4open\.science|code\.[\w.-]+|git(?:lab|hub)?\.[\w.-]+|cran\.r-project\.org)(?:/.+)"
)
_PROJECT_URL_IN_TEXT: Final = re.compile(
    r"[\w-]+\.(?:git(?:hub|lab)\.io|netlify\.app|vercel\.app|pages\.dev|web\.app|readthedocs\.io|streamlit\.app|hf\.space)"
    r"(?:/.*)?|sites\.google\.com/.+|(?:www\.)?(?:huggingface\.co|hf\.co)/spaces/.+"
)
_DATA_URL_IN_TEXT: Final = re.compile(
    r"(?:www\.)?(?:(?:huggingface\.co|hf\.co)/datasets/.+|kaggle\.com/.+|zenodo\.org/.+|osf\.io/.+|[\w.-]*figshare\.com/.+"
    r"|[\w.-]*dataverse[\w.-]*/.+|data\.[\w.-]+/.+|openneuro\.org/.+|physionet\.org/.+|ieee-dataport\.org/.+"
    r"|datadryad\.org/.+|(?:dx\.)?doi\.org/10\.(?:5281|17605|6084|7910|17632|5061)/.+)"
)
_MODEL_URL_IN_TEXT: Final = re.compile(
    r"(?:www\.)?(?:huggingface\.co|hf\.co|modelscope\.cn(?:/models)?)/"
    r"(?!(?:datasets|spaces|papers|docs|blog|collections|learn|tasks|chat)(?:/|$))[\w.-]+(?:/.*)?"
)
_TEXT_URLS_BY_KIND: Final[tuple[tuple[TextLinkKind, re.Pattern[str]], ...]] = (
    ("data", _DATA_URL_IN_TEXT),
    ("project", _PROJECT_URL_IN_TEXT),
    ("code", _CODE_URL_IN_TEXT),
    ("model", _MODEL_URL_IN_TEXT),
)


def mend_text_urls(text: str) -> str:
    """Join the addresses of forges that a line break tore apart: ``https://github.com/ ada/pot``."""
    return _BROKEN_URL.sub(r"\1", text) if "://" in text else text


def split_text_urls(text: str) -> Iterator[tuple[str, str]]:
    """Give the text in pieces, each with the address that it is; "" for what lies between."""
    text_at = 0
    for url_match in _URL_IN_TEXT.finditer(text) if any(map(text.__contains__, _URL_SIGNS)) else ():
        written_url = _without_sentence_end(url_match[0])
        text_url = written_url if written_url.startswith("http") else f"https://{written_url}"
        if not _WHOLE_URL_IN_TEXT.fullmatch(text_url):
            continue
        yield text[text_at : url_match.start()], ""
        yield written_url, text_url
        text_at = url_match.start() + len(written_url)
    yield text[text_at:], ""


def _without_sentence_end(written_url: str) -> str:
    """Cut off what ends the sentence: full stops, quotes, brackets that were not opened within."""
    open_brackets = {
        ")": written_url.count("(") - written_url.count(")"),
        "]": written_url.count("[") - written_url.count("]"),
    }
    text_end = len(written_url)
    while text_end and (
        written_url[text_end - 1] in _SIGNS_AFTER_URL or open_brackets.get(written_url[text_end - 1], 0) < 0
    ):
        if written_url[text_end - 1] in open_brackets:
            open_brackets[written_url[text_end - 1]] += 1
        text_end -= 1
    return written_url[:text_end]


def find_text_links(*plain_texts: str) -> tuple[TextLink, ...]:
    """
    Find the links of readable texts (as ``plain`` gives them) that lead to code, a project page, data or a model.

    Each once, in the order of ``TEXT_LINK_KINDS``, then of the text.
    """
    text_links_by_url: dict[str, TextLink] = {}
    for plain_text in plain_texts:
        for _, text_url in split_text_urls(mend_text_urls(plain_text)):
            if text_url and (text_link_kind := kind_of_text_link(text_url)):
                text_links_by_url.setdefault(_text_url_key(text_url), TextLink(text_link_kind, text_url))
    return tuple(sorted(text_links_by_url.values(), key=lambda text_link: TEXT_LINK_KINDS.index(text_link.kind)))


def _text_url_key(text_url: str) -> str:
    return text_url.split("://", 1)[-1].removeprefix("www.").removesuffix("/").removesuffix(".git").lower()


def kind_of_text_link(text_url: str) -> TextLinkKind | None:
    """What an address leads to, by its host and path; None for any other page."""
    host_and_path = text_url.split("://", 1)[-1]
    for text_link_kind, url_pattern in _TEXT_URLS_BY_KIND:
        if url_pattern.fullmatch(host_and_path):
            return text_link_kind
    return None
