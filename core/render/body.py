"""One paper as safe HTML for feed readers: no scripts, styles or relative addresses, whatever the paper holds."""

import re
from functools import lru_cache
from html import escape
from typing import Final

from core.paper import AnnounceType, Author, Content, Entry, Matched, Paper, Summary
from core.render.head import category_names, local
from core.render.links import (
    abstract_url,
    arxiv_doi,
    doi_url,
    html_url,
    paper_page_url,
    pdf_url,
    publisher_dois,
    with_parameters,
)
from core.text.plain import plain, xml_safe

_PARAGRAPH: Final = re.compile(r"\n\s*\n|\n[ \t]+(?=\S)")  # arXiv indents the first line of a paragraph
WHY: Final = "\u2060why\u2060"
"""Stands for ``why_html`` where a body is rendered once for many feeds; ``plain`` leaves no such thing in a text."""
END: Final = "\u2060end\u2060"
"""Stands for what only some feeds have at the end of an entry: the links of a profile's feed to vote with."""
_MOST_AUTHORS: Final = 40  # shown in the text; the formats' own author fields name them all
_ANNOUNCED: Final = {
    AnnounceType.NEW: "new",
    AnnounceType.CROSS: "cross-listed",
    AnnounceType.REPLACE: "replaced",
    AnnounceType.REPLACE_CROSS: "replaced (cross-list)",
}


def body_html(entry: Entry, content: Content, *, papers_url: str = "") -> str:
    """
    Render the summary, the authors, the abstract, then why the paper is here and where to read on.

    ``summary`` falls back to the abstract when there is none yet; ``title`` has no body at all. ``papers_url`` is
    what an id is appended to for the paper's own page; without it no such page is linked.
    """
    return body_without_why(entry, content, papers_url=papers_url).replace(WHY, why_html(entry)).replace(END, "")


def body_without_why(entry: Entry, content: Content, *, papers_url: str = "") -> str:
    """Render the same with ``WHY`` in one place: what differs from one query to the next goes there."""
    if content == "title":
        return ""
    summary = entry.summary if content != "abstract" else None
    parts = _summary(summary, entry.paper) if summary else []
    parts.append(_authors(entry.paper.authors))
    if content != "summary" or summary is None:
        parts += _abstract(entry.paper.abstract)
    parts.append(_facts(entry, papers_url))
    return xml_safe("\n".join(part for part in parts if part))


def votes_html(entry: Entry, votes_url: str) -> str:
    """The links of a profile's feed with which a reader says what they like; nothing in other feeds."""
    if not votes_url:
        return ""
    url = escape(with_parameters(votes_url, id=entry.paper.arxiv_id))
    more, less = (f'<a href="{url}&amp;vote={vote}">{vote} like this</a>' for vote in ("more", "less"))
    return f"<br>{more} · {less}"


def why_html(entry: Entry) -> str:
    """Tell the score and what made it, to stand before the other facts."""
    return _why_html(entry.score, entry.matched)


@lru_cache(maxsize=2048)
def _why_html(score: float, matched: tuple[Matched, ...]) -> str:
    why = _why(score, matched)
    return f"{xml_safe(why)} · " if why else ""


def _text(raw: str) -> str:
    """A paper's own text on one line, escaped: ``x<y`` is still there when the reader has parsed it."""
    return escape(plain(raw), quote=False)


def _summary(summary: Summary, paper: Paper) -> list[str]:
    parts = [f"<p><strong>TL;DR</strong> {_text(summary.tldr)}</p>"] if summary.tldr else []
    if summary.warning:
        parts.append(f"<p><strong>Warning:</strong> {_text(summary.warning)}</p>")
    for heading, html in summary.sections:
        parts.append(
            f"<details><summary>{_text(heading)}</summary>\n{html.replace(WHY, '').replace(END, '')}\n</details>"
        )
    parts.append(f"<p><small>{_origin(summary, paper)}</small></p>")
    return parts


def _origin(summary: Summary, paper: Paper) -> str:
    made = f"Summary by {_text(summary.model)}, {_text(summary.language)}, {local(summary.created).date()}"
    return made if summary.version == paper.version else f"{made}, made from version {summary.version}"


def _authors(authors: tuple[Author, ...]) -> str:
    shown = [named for author in authors[:_MOST_AUTHORS] if (named := _author(author))]
    more = len(authors) - _MOST_AUTHORS
    if more > 0:
        shown.append(f"and {more:,} more")
    return f"<p>{', '.join(shown)}</p>" if shown else ""


def _author(author: Author) -> str:
    name, affiliation = _text(author.name), _text(author.affiliation)
    return f"{name} ({affiliation})" if name and affiliation else name


def _abstract(abstract: str) -> list[str]:
    paragraphs = (_text(paragraph) for paragraph in _PARAGRAPH.split(abstract))
    return [f"<p>{paragraph}</p>" for paragraph in paragraphs if paragraph]


def _facts(entry: Entry, papers_url: str) -> str:
    paper = entry.paper
    facts = [
        escape(", ".join(category_names(paper))),
        _when(entry),
        f"Comment: {_text(paper.comment)}" if paper.comment else "",
        f"Journal: {_text(paper.journal_ref)}" if paper.journal_ref else "",
        *_links(paper, papers_url),
    ]
    return f"<p><small>{WHY}{' · '.join(fact for fact in facts if fact)}{END}</small></p>"


def _why(score: float, matched: tuple[Matched, ...]) -> str:
    """Name the score and what made it: ``Score 2.5: kv cache (title, abstract), LLM (abstract)``."""
    if not matched:
        return f"Score {shown_score(score)}" if score else ""
    fields: dict[str, list[str]] = {}
    for each in matched:
        fields.setdefault(each.term, []).append(each.field)
    terms = (f"{escape(term, quote=False)} ({escape(', '.join(found))})" for term, found in fields.items())
    return f"Score {shown_score(score)}: {', '.join(terms)}"


def shown_score(score: float) -> str:
    """At most two decimals, none when they are zero: ``2.5``, ``3``, ``0.33``."""
    return f"{score:.2f}".rstrip("0").rstrip(".")


def _when(entry: Entry) -> str:
    announced, paper = _ANNOUNCED[entry.announce_type], entry.paper
    version = f", version {paper.version}" if paper.version > 1 else ""
    first = f" (first announced {paper.announced})" if paper.announced != entry.day else ""
    return f"{announced} {entry.day}{version}{first}"


def _links(paper: Paper, papers_url: str) -> list[str]:
    links = [("Paper page", paper_page_url(papers_url, paper.arxiv_id))] if papers_url else []
    links += [("arXiv", abstract_url(paper.arxiv_id)), ("PDF", pdf_url(paper)), ("HTML", html_url(paper))]
    links += [("DOI", doi_url(doi)) for doi in publisher_dois(paper)]
    links.append(("arXiv DOI", doi_url(arxiv_doi(paper.arxiv_id))))
    return [f'<a href="{escape(url)}">{label}</a>' for label, url in links]
