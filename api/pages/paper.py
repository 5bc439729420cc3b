"""One paper: what its page shows, its BibTeX, the papers that are like it."""

from datetime import date
from typing import Final

from msgspec import Struct

from api.pages.asked import with_query
from api.pages.bibtex import bibtex
from api.pages.entries import abstract_html, linked, named_categories, sections_html, why_in_words
from api.pages.site import Site
from api.ui import Ui
from core.config.settings import Settings
from core.feeds.library import Snapshot
from core.paper import ArxivId, Entry, Paper
from core.query.feed_query import FeedQuery
from core.query.parse import parse_query
from core.render.body import rendered_score
from core.render.facts import LINK_TITLES
from core.render.head import short_text
from core.render.links import (
    abstract_url,
    arxiv_doi,
    doi_url,
    html_url,
    license_name,
    paper_links,
    pdf_url,
    publisher_dois,
)
from core.search.batch import link_batches
from core.search.order import PlacedPaper
from core.search.select import Selection, select
from core.text.plain import plain

SIMILAR: Final = 6


class AuthorLink(Struct, frozen=True):
    """An author, and the feed of their papers."""

    name: str
    affiliation: str
    address: str


class SimilarPaper(Struct, frozen=True):
    """A paper that reads like this one, and the words they share."""

    id: str
    title: str
    words: str


class PaperView(Struct, frozen=True):
    """Everything that the page shows."""

    id: str
    title: str
    description: str
    authors: list[AuthorLink]
    categories: tuple[tuple[str, str], ...]
    dates: list[tuple[str, str]]
    facts: list[tuple[str, list[tuple[str, str]]]]
    abstract: list[str]  # paragraphs, safe HTML
    tldr: str
    sections: tuple[tuple[str, str], ...]
    warning: str
    made: str
    why: str
    score: str
    links: list[tuple[str, str]]
    bibtex: str
    bibtex_address: str
    similar: list[SimilarPaper]
    more_like_this: str
    languages: list[tuple[str, str]]
    lang: str  # of the summary
    canonical: str
    address: str  # of this page
    meta: list[tuple[str, str]]
    arxiv_address: str


def find_paper(snapshot: Snapshot, arxiv_id: ArxivId, query: FeedQuery) -> Entry | None:
    """
    Find one paper in its newest version held, with the score and the reasons that it has in this query.

    A paper that the query does not let in is found all the same, without a score.
    """
    rows = link_batches(tuple(batch.index for batch in snapshot.batches)).paper_rows(arxiv_id)
    if not rows:
        return None
    selection = Selection(snapshot.batches, query)
    if not query.given_parameters:
        return selection.entry(PlacedPaper(arxiv_id, 0, rows[0], rows[-1]))
    return selection.held(arxiv_id, rows[0], rows[-1])


def paper_view(snapshot: Snapshot, entry: Entry, query: FeedQuery, site: Site) -> PaperView:
    """Say everything about a paper that is known here."""
    paper, summary, settings, ui = entry.paper, entry.summary, site.settings, site.ui
    address = f"{site.base}/papers/{paper.arxiv_id}"
    return PaperView(
        id=paper.arxiv_id,
        title=plain(paper.title),
        description=short_text(entry, "full"),
        authors=[_author(plain(author.name), plain(author.affiliation), site) for author in paper.authors],
        categories=named_categories(paper.categories),
        dates=_dates(snapshot, entry, ui),
        facts=_facts(paper),
        abstract=abstract_html(paper, query.math),
        tldr=plain(summary.tldr) if summary else "",
        sections=sections_html(summary, query.math),
        warning=summary.warning if summary else "",
        made=f"{summary.model}, {summary.created:%Y-%m-%d}" if summary else "",
        why=why_in_words(entry.matched, ui),
        score=rendered_score(entry.score) if entry.score else "",
        links=_links(paper),
        bibtex=bibtex(paper),
        bibtex_address=f"/papers/{paper.arxiv_id}.bib",
        similar=_similar(snapshot, paper.arxiv_id, settings),
        more_like_this=with_query("/", [("like", paper.arxiv_id), *site.ui_pair]),
        languages=_languages(query, settings, ui) if summary else [],
        lang=summary.language if summary else "",
        canonical=abstract_url(paper.arxiv_id),
        address=address,
        meta=_citation(paper),
        arxiv_address=abstract_url(paper.arxiv_id),
    )


def _author(name: str, affiliation: str, site: Site) -> AuthorLink:
    pairs = [("keywords", f'au:"{name.replace(chr(34), "")}"'), *site.ui_pair]
    return AuthorLink(name, affiliation, with_query("/", pairs))


def _dates(snapshot: Snapshot, entry: Entry, ui: Ui) -> list[tuple[str, str]]:
    paper = entry.paper
    found = [(ui.t("Announced"), ui.day(paper.announced))]
    submitted = getattr(paper, "submitted", None)
    if isinstance(submitted, date):
        found.insert(0, (ui.t("Submitted"), ui.day(submitted)))
    found += [(ui.t("Version {n}", n=version), ui.day(day)) for version, day in _versions(snapshot, paper.arxiv_id)]
    return found


def _versions(snapshot: Snapshot, arxiv_id: str) -> list[tuple[int, date]]:
    """The versions held and the day each was announced; a first version alone is no news."""
    rows = link_batches(tuple(batch.index for batch in snapshot.batches)).paper_rows(arxiv_id)
    days: dict[int, date] = {}
    for where in rows:  # the newest first, so that the oldest day of a version stays
        batch = snapshot.batches[where.batch]
        days[batch.index.versions[where.row]] = batch.day
    return sorted(days.items()) if set(days) != {1} else []


def _facts(paper: Paper) -> list[tuple[str, list[tuple[str, str]]]]:
    facts = [("Comment", linked(plain(paper.comment))), ("Journal", linked(plain(paper.journal_ref)))]
    if paper.license:
        facts.append(("License", [(license_name(paper) or paper.license, paper.license)]))
    return [(name, value) for name, value in facts if any(text for text, _ in value)]


def _links(paper: Paper) -> list[tuple[str, str]]:
    name, title = paper.arxiv_id, plain(paper.title)
    return [
        ("arXiv", abstract_url(name)),
        ("PDF", pdf_url(paper)),
        ("HTML", html_url(paper)),
        *((LINK_TITLES[each.kind], each.url) for each in paper_links(paper)),
        *(("DOI", doi_url(doi)) for doi in publisher_dois(paper)),
        ("arXiv DOI", doi_url(arxiv_doi(name))),
        ("alphaXiv", f"https://www.alphaxiv.org/abs/{name}"),
        ("Semantic Scholar", f"https://www.semanticscholar.org/arxiv/{name}"),
        ("Google Scholar", with_query("https://scholar.google.com/scholar", [("q", title)])),
    ]


def _languages(query: FeedQuery, settings: Settings, ui: Ui) -> list[tuple[str, str]]:
    others = [each for each in settings.ai_summary.languages if each != query.lang]
    return [(each, f"?lang={each}" + (f"&{ui.link}" if ui.link else "")) for each in others]


def _similar(snapshot: Snapshot, arxiv_id: ArxivId, settings: Settings) -> list[SimilarPaper]:
    """The papers held that read most like this one, whatever their category or age."""
    every = ",".join(state.category for state in snapshot.manifest.categories)
    pairs = [
        ("like", arxiv_id),
        ("types", "new,cross,replace"),
        ("days", str(settings.retention_days)),
        ("exclude", ""),
    ]
    query = parse_query([*pairs, *([("categories", every)] if every else [])], settings)
    found = sorted(select(snapshot.batches, query), key=lambda entry: -entry.score)[:SIMILAR]
    return [
        SimilarPaper(each.paper.arxiv_id, plain(each.paper.title), ", ".join(word.term for word in each.matched))
        for each in found
    ]


def _citation(paper: Paper) -> list[tuple[str, str]]:
    """The tags by which Zotero and Google Scholar know a paper."""
    return [
        ("citation_title", plain(paper.title)),
        *(("citation_author", plain(author.name)) for author in paper.authors),
        ("citation_date", f"{paper.announced:%Y/%m/%d}"),
        ("citation_online_date", f"{paper.announced:%Y/%m/%d}"),
        ("citation_arxiv_id", paper.arxiv_id),
        ("citation_doi", (publisher_dois(paper) or [arxiv_doi(paper.arxiv_id)])[0]),
        ("citation_pdf_url", pdf_url(paper)),
        ("citation_abstract_html_url", abstract_url(paper.arxiv_id)),
    ]
