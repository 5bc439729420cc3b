"""What an invented arXiv answers with: its listing pages, its feeds' items, its API's entries."""

from html import escape

import httpx

from core.taxonomy import ARCHIVES, CATEGORIES
from tests.support.synthetic_world import Fiction


def subject_line(name: str) -> str:
    return CATEGORIES.get(name) or ARCHIVES[name]


def html_page(text: str) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"Content-Type": "text/html"})


def site_page(content: str) -> str:
    head = "<!DOCTYPE html>\n<html><head><title>arXiv</title></head>"
    return f"{head}<body><div id='dlpage'>{content}</div></body></html>\n"


def feed_item(paper: Fiction, kind: str, midnight: str) -> str:
    name = f"{paper.arxiv_id}v{paper.version}"
    return (
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.arxiv_id}</link>"
        f"<description>arXiv:{name} Announce Type: {kind} \nAbstract: {escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{name}</guid>'
        + "".join(f"<category>{category}</category>" for category in paper.categories)
        + f"<pubDate>{midnight}</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
        "<dc:rights>http://creativecommons.org/licenses/by/4.0/</dc:rights>"
        f"<dc:creator>{escape(', '.join(paper.authors))}</dc:creator></item>\n"
    )


def api_entry(name: str, paper: Fiction) -> str:
    authors = "".join(
        f"<author><name>{escape(author)}</name><arxiv:affiliation>Pot {len(author)}</arxiv:affiliation></author>"
        for author in paper.authors
    )
    return (
        f"<entry><id>http://arxiv.org/abs/{name}</id><title>{escape(paper.title)}</title>"
        f"<updated>2026-01-0{paper.version}T18:00:00Z</updated><published>2026-01-01T18:00:00Z</published>"
        f"<arxiv:comment>Accepted at ICML 2026</arxiv:comment><arxiv:doi>10.5555/{paper.arxiv_id}</arxiv:doi>"
        f"<arxiv:journal_ref>MNRAS 1 (2026) 1</arxiv:journal_ref>{authors}</entry>"
    )


def listing_entry(paper: Fiction) -> str:
    subjects = "; ".join(f"{escape(CATEGORIES[name])} ({name})" for name in paper.categories)
    authors = ", ".join(f"<a href='/a'>{escape(author)}</a>" for author in paper.authors)
    return (
        f'<dt><a name=\'item1\'>[1]</a> <a href="/abs/{paper.arxiv_id}" title="Abstract">arXiv:{paper.arxiv_id}</a> '
        f"[<a href='https://arxiv.org/html/{paper.arxiv_id}v{paper.version}' title='View HTML'>html</a>]</dt>"
        "<dd><div class='meta'><div class='list-title mathjax'><span class='descriptor'>Title:</span>"
        f" {escape(paper.title)}</div><div class='list-authors'>{authors}</div>"
        "<div class='list-comments mathjax'><span class='descriptor'>Comments:</span> 12 pages</div>"
        f"<div class='list-subjects'><span class='descriptor'>Subjects:</span> {subjects}</div>"
        f"<p class='mathjax'>{escape(paper.abstract)}</p></div></dd>"
    )
