"""Identities and addresses of a paper: the same whatever the version, the host or the query."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import quote

from core.paper import ArxivId, Paper
from core.text.links import TextLink, find_text_links
from core.text.plain import plain

UNQUOTED_IN_URLS: Final = "*:.,;/-_"
"""What stands in a parameter's value as it is: readers, chats and shells take an address with these whole."""


def item_id(linked_id: ArxivId) -> str:
    """The identity of a paper in every feed, whatever its version: arXiv's own scheme."""
    return f"oai:arXiv.org:{linked_id}"


def abstract_url(linked_id: ArxivId) -> str:
    return f"https://arxiv.org/abs/{linked_id}"


def pdf_url(linked_paper: Paper) -> str:
    return f"https://arxiv.org/pdf/{linked_paper.arxiv_id}v{linked_paper.version}"


def html_url(linked_paper: Paper) -> str:
    """Where arXiv has the paper as HTML; most have it, not all."""
    return f"https://arxiv.org/html/{linked_paper.arxiv_id}v{linked_paper.version}"


def arxiv_doi(linked_id: ArxivId) -> str:
    return f"10.48550/arXiv.{linked_id}"


def publisher_dois(linked_paper: Paper) -> list[str]:
    """The DOIs that authors gave: most often none or one, sometimes two with a blank between."""
    return [doi for doi in plain(linked_paper.doi).split() if doi.startswith("10.")]


def doi_url(doi: str) -> str:
    return "https://doi.org/" + quote(doi, safe="/:;().,-_")


_LICENSE_URL: Final = re.compile(
    r"https?://creativecommons\.org/(?:licenses/([a-z-]+)/(\d\.\d)|(publicdomain/zero)/(\d\.\d))/?"
)
_ARXIV_LICENSE_URL: Final = re.compile(r"https?://arxiv\.org/licenses/.+")


def license_name(linked_paper: Paper) -> str:
    """``CC BY 4.0`` for its address, "arXiv licence" for the usual one; "" where none is known."""
    if license_url := _LICENSE_URL.fullmatch(linked_paper.license):
        return f"CC {license_url[1].upper()} {license_url[2]}" if license_url[1] else f"CC0 {license_url[4]}"
    return "arXiv licence" if _ARXIV_LICENSE_URL.fullmatch(linked_paper.license) else ""


def paper_links(linked_paper: Paper) -> tuple[TextLink, ...]:
    """Where the authors keep code, project page, data and models, from abstract and comment."""
    return _rendered_links(linked_paper.abstract, linked_paper.comment)


@lru_cache(maxsize=512)
def _rendered_links(abstract: str, comment: str) -> tuple[TextLink, ...]:
    return find_text_links(plain(abstract), plain(comment))


def url_with_parameters(href: str, **parameters: str) -> str:
    """The same address with more parameters at its end; those without a value are left out."""
    url_query = "&".join(
        f"{parameter_name}={quote(parameter_value, safe=UNQUOTED_IN_URLS)}"
        for parameter_name, parameter_value in parameters.items()
        if parameter_value
    )
    return f"{href}{'&' if '?' in href else '?'}{url_query}" if url_query else href


def url_with_key(href: str, key: str) -> str:
    """The address as a locked deployment's readers need it: readers send nothing but the address. "" locks nothing."""
    return url_with_parameters(href, key=key)


def paper_page_url(papers_url: str, linked_id: ArxivId) -> str:
    """The paper's own page: its id stands before what ``papers_url`` has for parameters."""
    papers_href, question_mark, url_query = papers_url.partition("?")
    return f"{papers_href}{linked_id}{question_mark}{url_query}"
