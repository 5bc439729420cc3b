"""What is known of a paper beside its text, a line of its body each: who, where, in which categories, what to read."""

from html import escape
from typing import Final

from core.paper import AnnounceType, Entry, Paper
from core.render.head import category_names, is_withdrawn_paper, rendered_time
from core.render.links import (
    abstract_url,
    arxiv_doi,
    doi_url,
    html_url,
    license_name,
    paper_links,
    paper_page_url,
    pdf_url,
    publisher_dois,
)
from core.render.prose import Prose
from core.taxonomy import CATEGORIES
from core.text.plain import plain, xml_safe
from core.text.venues import Venue, find_venue

_MOST_AUTHORS_RENDERED: Final = 40  # shown in the text; the formats' own author fields name more
_MOST_AFFILIATIONS_RENDERED: Final = 8
_COLLABORATION_NAMES_END: Final = ("collaboration", "consortium", "team", "working group", "project")
_ANNOUNCE_TYPE_HTML: Final = {
    AnnounceType.NEW: "new",
    AnnounceType.CROSS: "cross-listed",
    AnnounceType.REPLACE: "replaced",
    AnnounceType.REPLACE_CROSS: "replaced (cross-list)",
}
LINK_TITLES: Final = {"code": "Code", "project": "Project page", "data": "Data", "model": "Model"}
"""What a link of a paper is called."""


def authors_html(paper: Paper, prose: Prose) -> str:
    """Collaborations first, then the people; a long list ends with how many more there are."""
    rendered_authors = [author_html for author in paper.authors if (author_html := prose.escaped_text(author.name))]
    rendered_authors.sort(key=lambda author_html: not author_html.lower().endswith(_COLLABORATION_NAMES_END))
    if (unnamed_authors := len(rendered_authors) - _MOST_AUTHORS_RENDERED) > 0:
        rendered_authors = [*rendered_authors[:_MOST_AUTHORS_RENDERED], f"and {unnamed_authors:,} more"]
    return f"<p>{', '.join(rendered_authors)}</p>" if rendered_authors else ""


def affiliations_html(paper: Paper, prose: Prose) -> str:
    """Each once, in the authors' order."""
    affiliations = [*dict.fromkeys(filter(None, (prose.escaped_text(author.affiliation) for author in paper.authors)))]
    unnamed_affiliations = len(affiliations) - _MOST_AFFILIATIONS_RENDERED
    rest_html = f" and {unnamed_affiliations} more" if unnamed_affiliations > 0 else ""
    shown_html = "; ".join(affiliations[:_MOST_AFFILIATIONS_RENDERED])
    return f"<p><small>{shown_html}{rest_html}</small></p>" if shown_html else ""


def paper_venue(paper: Paper) -> Venue | None:
    """Which conference or journal took the paper, as its comment or journal reference says."""
    return find_venue(plain(paper.comment), plain(paper.journal_ref))


def item_tags(paper: Paper) -> tuple[str, ...]:
    """The categories, primary first, then the venue, and that a paper was withdrawn."""
    venue_tags = (xml_safe(str(venue)),) if (venue := paper_venue(paper)) else ()
    return (*category_names(paper), *venue_tags, *(("withdrawn",) if is_withdrawn_paper(paper) else ()))


def comment_html(paper: Paper, prose: Prose) -> str:
    rendered_venue = paper_venue(paper)
    comment_facts = [
        f"<strong>{escape(str(rendered_venue), quote=False)}</strong>" if rendered_venue else "",
        f"Comment: {prose.html(paper.comment)}" if paper.comment else "",
        f"Journal: {prose.html(paper.journal_ref)}" if paper.journal_ref else "",
    ]
    shown_html = " · ".join(filter(None, comment_facts))
    return f"<p><small>{shown_html}</small></p>" if shown_html else ""


def categories_html(paper: Paper) -> str:
    """By name, with the short name that a filter takes: ``Machine Learning (cs.LG)``."""
    rendered_names = (f"{CATEGORIES[tag]} ({tag})" if tag in CATEGORIES else tag for tag in category_names(paper))
    return escape(", ".join(rendered_names), quote=False)


def announced_html(entry: Entry) -> str:
    paper = entry.paper
    version_html = f", version {paper.version}" if paper.version > 1 else ""
    first_announced_html = f"first announced {paper.announced}" if paper.announced != entry.day else ""
    submitted_html = f"submitted {rendered_time(paper.submitted).date()}" if paper.submitted else ""
    dates_html = ", ".join(filter(None, (first_announced_html, submitted_html)))
    announce_type_html = f"{_ANNOUNCE_TYPE_HTML[entry.announce_type]} {entry.day}{version_html}"
    return f"{announce_type_html} ({dates_html})" if dates_html else announce_type_html


def links_html(paper: Paper) -> str:
    """Code, project page, data, models: what the authors link to."""
    shown_html = "<br>".join(
        f'{LINK_TITLES[link.kind]}: <a href="{escape(link.url)}">{_link_text_html(link.url)}</a>'
        for link in paper_links(paper)
    )
    return f"<p>{shown_html}</p>" if shown_html else ""


def _link_text_html(link_url: str) -> str:
    return escape(link_url.split("://", 1)[-1].removeprefix("www.").removesuffix("/"), quote=False)


def read_on_html(paper: Paper, papers_url: str) -> str:
    hrefs = [("Paper page", paper_page_url(papers_url, paper.arxiv_id))] if papers_url else []
    hrefs += [("arXiv", abstract_url(paper.arxiv_id)), ("PDF", pdf_url(paper)), ("HTML", html_url(paper))]
    hrefs += [("DOI", doi_url(doi)) for doi in publisher_dois(paper)]
    hrefs.append(("arXiv DOI", doi_url(arxiv_doi(paper.arxiv_id))))
    if license_title := license_name(paper):
        hrefs.append((license_title, paper.license))
    return " · ".join(
        f'<a href="{escape(href)}">{escape(read_on_title, quote=False)}</a>' for read_on_title, href in hrefs
    )
