"""What is known of a paper beside its text, a line of its body each: who, where, in which categories, what to read."""

from html import escape
from typing import Final

from core.paper import AnnounceType, Entry, Paper
from core.render.head import category_names, local, withdrawn
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

_MOST_AUTHORS: Final = 40  # shown in the text; the formats' own author fields name more
_MOST_SHOWN_AFFILIATIONS: Final = 8
_COLLABORATION_WORDS: Final = ("collaboration", "consortium", "team", "working group", "project")
_ANNOUNCED_AS: Final = {
    AnnounceType.NEW: "new",
    AnnounceType.CROSS: "cross-listed",
    AnnounceType.REPLACE: "replaced",
    AnnounceType.REPLACE_CROSS: "replaced (cross-list)",
}
RELATED: Final = {"code": "Code", "project": "Project page", "data": "Data", "model": "Model"}
"""What a link of a paper is called."""


def authors(paper: Paper, prose: Prose) -> str:
    """Collaborations first, then the people; a long list ends with how many more there are."""
    names = [name for author in paper.authors if (name := prose.text(author.name))]
    names.sort(key=lambda name: not name.lower().endswith(_COLLABORATION_WORDS))
    more = len(names) - _MOST_AUTHORS
    shown = [*names[:_MOST_AUTHORS], f"and {more:,} more"] if more > 0 else names
    return f"<p>{', '.join(shown)}</p>" if shown else ""


def affiliations(paper: Paper, prose: Prose) -> str:
    """Each once, in the authors' order."""
    found = dict.fromkeys(name for author in paper.authors if (name := prose.text(author.affiliation)))
    shown = [*found][:_MOST_SHOWN_AFFILIATIONS]
    more = f" and {len(found) - len(shown)} more" if len(found) > len(shown) else ""
    return f"<p><small>{'; '.join(shown)}{more}</small></p>" if shown else ""


def venue(paper: Paper) -> Venue | None:
    """Which conference or journal took the paper, as its comment or journal reference says."""
    return find_venue(plain(paper.comment), plain(paper.journal_ref))


def tags(paper: Paper) -> tuple[str, ...]:
    """The categories, primary first, then the venue, and that a paper was withdrawn."""
    taken = venue(paper)
    more = ([xml_safe(str(taken))] if taken else []) + (["withdrawn"] if withdrawn(paper) else [])
    return (*category_names(paper), *more)


def comment(paper: Paper, prose: Prose) -> str:
    taken = venue(paper)
    facts = [
        f"<strong>{escape(str(taken), quote=False)}</strong>" if taken else "",
        f"Comment: {prose.html(paper.comment)}" if paper.comment else "",
        f"Journal: {prose.html(paper.journal_ref)}" if paper.journal_ref else "",
    ]
    shown = " · ".join(fact for fact in facts if fact)
    return f"<p><small>{shown}</small></p>" if shown else ""


def categories(paper: Paper) -> str:
    """By name, with the short name that a filter takes: ``Machine Learning (cs.LG)``."""
    named = (f"{CATEGORIES[name]} ({name})" if name in CATEGORIES else name for name in category_names(paper))
    return escape(", ".join(named), quote=False)


def announced(entry: Entry) -> str:
    paper = entry.paper
    version = f", version {paper.version}" if paper.version > 1 else ""
    first = f"first announced {paper.announced}" if paper.announced != entry.day else ""
    submitted = f"submitted {local(paper.submitted).date()}" if paper.submitted else ""
    dates = ", ".join(date for date in (first, submitted) if date)
    return f"{_ANNOUNCED_AS[entry.announce_type]} {entry.day}{version}{f' ({dates})' if dates else ''}"


def resources(paper: Paper) -> str:
    """Code, project page, data, models: what the authors link to."""
    links = (
        f'{RELATED[link.kind]}: <a href="{escape(link.url)}">{_shown(link.url)}</a>' for link in paper_links(paper)
    )
    shown = "<br>".join(links)
    return f"<p>{shown}</p>" if shown else ""


def _shown(url: str) -> str:
    return escape(url.split("://", 1)[-1].removeprefix("www.").removesuffix("/"), quote=False)


def further_reading(paper: Paper, papers_url: str) -> str:
    links = [("Paper page", paper_page_url(papers_url, paper.arxiv_id))] if papers_url else []
    links += [("arXiv", abstract_url(paper.arxiv_id)), ("PDF", pdf_url(paper)), ("HTML", html_url(paper))]
    links += [("DOI", doi_url(doi)) for doi in publisher_dois(paper)]
    links.append(("arXiv DOI", doi_url(arxiv_doi(paper.arxiv_id))))
    if name := license_name(paper):
        links.append((name, paper.license))
    return " · ".join(f'<a href="{escape(url)}">{escape(label, quote=False)}</a>' for label, url in links)
