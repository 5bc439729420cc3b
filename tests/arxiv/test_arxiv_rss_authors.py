"""Lists of authors in arXiv's feeds."""

from core.arxiv.authors import parse_authors
from core.arxiv.rss import parse_rss
from core.paper import Author
from tests.support.rss_items import feed, item


def test_authors_with_affiliations_suffixes_and_loose_brackets() -> None:
    """Commas in brackets do not split, nor does one before Jr.; an open bracket swallows nobody."""
    text = "Ann O'Neil (Univ. of A, Dept. B (C, D)), Bj{\\o}rn {\\AA}s, Al Fa, Jr., Bea (lost, Cy Don (X), "
    assert parse_authors(text) == (
        Author("Ann O'Neil", "Univ. of A, Dept. B (C, D)"),
        Author("Bj{\\o}rn {\\AA}s"),
        Author("Al Fa, Jr."),
        Author("Bea (lost"),
        Author("Cy Don", "X"),
    )


def test_three_thousand_authors_are_read() -> None:
    """A collaboration's list is as long as it is, every name with its affiliation."""
    creator = ", ".join(f"Author{n} Name{n} (Lab {n}, Town)" for n in range(3000))
    authors = parse_rss(feed(item(creator=creator)), "cs.LG").papers[0].authors
    assert len(authors) == 3000
    assert authors[-1] == Author("Author2999 Name2999", "Lab 2999, Town")


def test_brackets_without_end_take_no_time() -> None:
    """Nothing about an author list is worse than linear."""
    assert len(parse_authors("(" * 50_000 + ", " + ")" * 20_000 + ", x" * 20_000)) >= 1


def test_a_list_of_a_collaboration_is_read_name_by_name():
    """A colon is nobody, "and" before the last name is no part of it, and a collaboration's members are others."""
    for text in ("TIDE Collaboration: Ada Example, Bo Sample", "TIDE Collaboration, :, Ada Example, and Bo Sample"):
        assert [each.name for each in parse_authors(text)] == ["TIDE Collaboration", "Ada Example", "Bo Sample"]
    assert [each.name for each in parse_authors("Ada Example, And Sample")] == ["Ada Example", "And Sample"]
