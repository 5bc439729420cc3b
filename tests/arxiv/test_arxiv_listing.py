"""Reading arXiv's listing and catch-up pages."""

from datetime import date
from html import escape

import pytest

from core.arxiv.catchup import parse_catchup
from core.arxiv.listing import join_pages, parse_listing
from core.errors import ParseError
from core.paper import AnnounceType, Author

DAY = date(2026, 1, 14)
NEW, CROSS, REPLACE = "New submissions", "Cross submissions", "Replacement submissions"


def entry(
    number: int,
    *,
    title: str = "A Title",
    authors: str = '<a href="/search">Ada Example</a>',
    subjects: str = "Machine Learning (cs.LG)",
    abstract: str = "An abstract.",
    html_version: int = 0,
    more: str = "",
    identifier: str = "",
) -> str:
    """One entry in arXiv's form; ``html_version`` 0 means that there is no HTML of the paper."""
    name = identifier or f"2600.{number:05}"
    html = (
        f', <a href="https://arxiv.org/html/{name}v{html_version}" title="View HTML">html</a>' if html_version else ""
    )
    first, _, others = subjects.partition("; ")
    return f"""
    <dt><a name='item{number}'>[{number}]</a>
      <a href ="/abs/{name}" title="Abstract" id="{name}"> arXiv:{name} </a>
      [<a href="/pdf/{name}" title="Download PDF">pdf</a>{html}]</dt>
    <dd><div class='meta'>
        <div class='list-title mathjax'><span class='descriptor'>Title:</span>
          {escape(title)}
        </div>
        <div class='list-authors'>{authors}</div>
        {more}
        <div class='list-subjects'><span class='descriptor'>Subjects:</span>
          <span class="primary-subject">{first}</span>{"; " + others if others else ""}
        </div>
        <p class='mathjax'>
          {abstract}
        </p>
    </div></dd>"""


def section(title: str, *entries: str, total: int = 0, words: str = "showing") -> str:
    heading = f"<h3>{title} ({words} {len(entries)} of {total or len(entries)} entries)</h3>"
    return f"<dl id='articles'>{heading}{''.join(entries)}</dl>"


def page(
    *sections: str, subject: str = "Machine Learning", day: str = "Wednesday, 14 January 2026", of: int = 0
) -> bytes:
    total = f"<div class='paging'>Total of {of} entries </div>" if of else ""
    return f"""<!DOCTYPE html><html><head><title>{subject}</title></head><body><div id='dlpage'>
<h1>{subject}</h1><h3>Showing new listings for {day}</h3>{total}{"".join(sections)}</div></body></html>""".encode()


def catchup_page(*sections: str, day: str = "Wed, 14 Jan 2026", of: int = 0) -> bytes:
    return f"""<html><body><div id='dlpage'><h1>Catchup results for Machine Learning on {day}</h1>
<div>Total of {of} entries for {day}</div>{"".join(sections)}</div></body></html>""".encode()


def test_every_section_gives_the_type_that_the_feed_would() -> None:
    """New is new at home, cross elsewhere; a replacement of another category's paper is a replace-cross."""
    found = parse_listing(
        page(
            section(NEW, entry(1)),
            section(CROSS, entry(2, subjects="Artificial Intelligence (cs.AI); Machine Learning (cs.LG)")),
            section(REPLACE, entry(3), entry(4, subjects="Optics (physics.optics); Machine Learning (cs.LG)")),
        ),
        "cs.LG",
    )
    assert (found.day, found.totals, found.listed_total_entries) == (DAY, (("new", 1), ("cross", 1), ("replace", 2)), 4)
    assert [paper.announce_type for paper in found.papers] == list(AnnounceType)
    assert found.papers[3].categories == ("physics.optics", "cs.LG")


def test_an_entry_is_read_whole() -> None:
    """Affiliations, comments, journal reference, paragraphs, and addresses behind "this https URL"."""
    link = '<a href="https://example.org/a?b=1&amp;c=2" class="link-external link-https">this https URL</a>'
    more = f"""<div class='list-comments mathjax'><span class='descriptor'>Comments:</span> 9 pages, {link}</div>
        <div class='list-journal-ref'><span class='descriptor'>Journal-ref:</span> J. Inv. 1 (2026)</div>"""
    authors = '<a href="#">Ada Example</a> (Univ. A, Dept. (B)), <a href="#">Bo Sample</a>, <a href="#">Cy Ng</a> (C)'
    found = entry(
        1, title="On <b> & $x<y$", authors=authors, abstract=f"First, {link}.\n<br>Second &lt;think&gt;.", more=more
    )
    paper = parse_listing(page(section(NEW, found)), "cs.LG").papers[0]
    assert paper.title == "On <b> & $x<y$"
    assert paper.abstract == "First, https://example.org/a?b=1&c=2.\n  Second <think>."
    assert paper.authors == (Author("Ada Example", "Univ. A, Dept. (B)"), Author("Bo Sample"), Author("Cy Ng", "C"))
    assert paper.comment == "9 pages, https://example.org/a?b=1&c=2"
    assert paper.journal_ref == "J. Inv. 1 (2026)"


def test_the_version_is_the_links_or_the_lowest_possible() -> None:
    """Without HTML, a new paper is in version 1 and a replaced one at least in version 2."""
    found = parse_listing(
        page(section(NEW, entry(1), entry(2, html_version=2)), section(REPLACE, entry(3), entry(4, html_version=5))),
        "cs.LG",
    )
    assert [paper.version for paper in found.papers] == [1, 2, 2, 5]


def test_old_identifiers_and_long_author_lists() -> None:
    """The archive is part of an old identifier; "et al." is nobody, and an unavailable list is empty."""
    many = '<a href="#">Ada Example</a>, <a href="/abs/x">et al. (20 additional authors not shown)</a>'
    found = parse_listing(
        page(section(NEW, entry(1, identifier="hep-th/9901001", authors=many), entry(2, authors="(none)"))), "cs.LG"
    )
    assert found.papers[0].arxiv_id == "hep-th/9901001"
    assert [paper.authors for paper in found.papers] == [(Author("Ada Example"),), ()]


def test_one_bad_entry_is_skipped_and_named() -> None:
    """The others are read, and the page still counts it."""
    found = parse_listing(page(section(NEW, entry(1), entry(2, identifier="nonsense"))), "cs.LG")
    assert (len(found.papers), found.listed_entry_count) == (1, 2)
    assert "nonsense" in found.skipped[0].name
    assert "not an arXiv identifier" in found.skipped[0].reason


def test_pages_are_joined_to_one_day() -> None:
    """A section that goes on over two pages is one section; a paper in two sections is one paper."""
    first = page(section(NEW, entry(1), entry(2), total=3, words="showing first"), of=5)
    second = page(
        section(NEW, entry(3), total=3, words="continued, showing last"), section(REPLACE, entry(4), entry(1)), of=5
    )
    document = join_pages([parse_listing(first, "cs.LG"), parse_listing(second, "cs.LG")], "cs.LG", "listing")
    assert [paper.arxiv_id[-1] for paper in document.papers] == ["1", "2", "3", "4"]
    assert document.papers[0].announce_type is AnnounceType.NEW
    assert document.totals == (("new", 3), ("cross", 0), ("replace", 2))


def test_pages_that_do_not_fit_are_no_day() -> None:
    """A missing page, or a list that changed between two pages, must not pass for a whole day."""
    first = parse_listing(page(section(NEW, entry(1), total=2, words="showing first"), of=2), "cs.LG")
    other = parse_listing(page(section(NEW, entry(2)), day="Thursday, 15 January 2026"), "cs.LG")
    with pytest.raises(ParseError, match="1 of its 2 entries"):
        join_pages([first], "cs.LG", "listing")
    with pytest.raises(ParseError, match="changed while"):
        join_pages([first, other], "cs.LG", "listing")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            b"<html><head><title>Sign in</title></head></html>",
            'not a listing of new papers but a page titled "Sign in"',
        ),
        (b"", "something else"),
        (page(section(NEW, entry(1)), subject="Artificial Intelligence"), 'not that of cs.LG but of "Artificial Int'),
        (page(section(NEW, entry(1))).removesuffix(b"</html>"), "breaks off"),
        (page(section(NEW, entry(1)).replace("showing 1 of 1", "showing 2 of 2")), "1 of the 2 entries"),
        (page(section(NEW, entry(1, identifier="x"))), "any of the 1 entries"),
        (page(day="Wednesday, 14 Januember 2026").replace(b"Januember", b"Foo"), "no date"),
    ],
)
def test_another_page_is_called_what_it_is(data: bytes, message: str) -> None:
    """A portal, another category, half a page: an error that says so."""
    with pytest.raises(ParseError, match=message):
        parse_listing(data, "cs.LG")


def test_a_catch_up_page_is_the_listing_of_its_day() -> None:
    """It is read as the listing is; a day without announcements is empty; another day's page is refused."""
    found = parse_catchup(catchup_page(section(NEW, entry(1)), of=1), "cs.LG", DAY)
    assert found.papers == parse_listing(page(section(NEW, entry(1))), "cs.LG").papers
    nothing = catchup_page("<p>No updates for Sat, 10 Jan 2026.</p>", day="Sat, 10 Jan 2026")
    assert join_pages([parse_catchup(nothing, "cs.LG", date(2026, 1, 10))], "cs.LG", "catchup").papers == ()
    with pytest.raises(ParseError, match="not of 2026-01-13 but of 2026-01-14"):
        parse_catchup(catchup_page(of=0), "cs.LG", date(2026, 1, 13))
    with pytest.raises(ParseError, match="not a catch-up page"):
        parse_catchup(page(), "cs.LG", DAY)


def test_an_archive_is_at_home_in_all_its_categories() -> None:
    """The listing of ``cs`` calls a cs.AI paper new."""
    paper = entry(1, subjects="Artificial Intelligence (cs.AI)")
    found = parse_listing(page(section(NEW, paper), subject="Computer Science"), "cs")
    assert found.papers[0].announce_type is AnnounceType.NEW
