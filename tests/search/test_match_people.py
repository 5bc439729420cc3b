"""People are found by any form of their name, and nobody else."""

import pytest

from core.index.bitset import rows_of
from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.language.names import parse_name
from core.language.term_parser import parse_term
from core.search.authors import name_rows
from core.search.match import term_hits
from tests.support.matching import paper

AUTHORS = [
    "Yann LeCun",
    "Y. LeCun",
    "Yoshua Bengio",
    "Jean-Pierre Serre",
    "L\\'eon Bottou",
    "Ma{\\l}gorzata Dro\\.zd\\.z",
]
AUTHORS += [
    'J\\"urgen F\\"orster Mustermann',
    "Joerg Beispiel",
    "Michal Novak",
    "Jean Serre",
    "Wei-Feng Chen",
    "Wei Chen",
]
AUTHORS += ["Felipe Nathan de Oliveira Lopes", "Martin van Sint Annaland"]
AUTHORS += ["Laurens van der Maaten", "Wei Wang", "Wang Wei", "Sammy Davis Jr.", "Conan O'Brien", "Anna M. Smith-Jones"]


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("Yann LeCun", ["Yann LeCun", "Y. LeCun"]),
        ("Y. LeCun", ["Yann LeCun", "Y. LeCun"]),
        ("LeCun, Yann", ["Yann LeCun", "Y. LeCun"]),
        ("LeCun", ["Yann LeCun", "Y. LeCun"]),
        ("Yoshua LeCun", ["Y. LeCun"]),
        ("YANN LECUN", ["Yann LeCun", "Y. LeCun"]),
        ("Bengio", ["Yoshua Bengio"]),
        ("Y. Bengio", ["Yoshua Bengio"]),
        ("J.-P. Serre", ["Jean-Pierre Serre", "Jean Serre"]),
        ("Serre, J. P.", ["Jean-Pierre Serre", "Jean Serre"]),
        ("J. Serre", ["Jean-Pierre Serre", "Jean Serre"]),
        ("P. Serre", []),
        ("Léon Bottou", ["L\\'eon Bottou"]),
        ("Leon Bottou", ["L\\'eon Bottou"]),
        ("Malgorzata Drozdz", ["Ma{\\l}gorzata Dro\\.zd\\.z"]),
        ("Drożdż", ["Ma{\\l}gorzata Dro\\.zd\\.z"]),
        ("van der Maaten, L.", ["Laurens van der Maaten"]),
        ("Laurens van der Maaten", ["Laurens van der Maaten"]),
        ("L. J. P. van der Maaten", ["Laurens van der Maaten"]),
        ("Wei Wang", ["Wei Wang"]),
        ("Wang", ["Wei Wang"]),
        ("Sammy Davis", ["Sammy Davis Jr."]),
        ("Davis, Sammy Jr.", ["Sammy Davis Jr."]),
        ("O'Brien", ["Conan O'Brien"]),
        ("Anna Smith-Jones", ["Anna M. Smith-Jones"]),
        ("A. M. Smith-Jones", ["Anna M. Smith-Jones"]),
        ("A. B. Smith-Jones", []),
        ("Cun", []),
        ("Le", []),
        ("Juergen Mustermann", ['J\\"urgen F\\"orster Mustermann']),
        ("Jürgen Foerster Mustermann", ['J\\"urgen F\\"orster Mustermann']),
        ("Jörg Beispiel", ["Joerg Beispiel"]),
        ("Michael Novak", []),
        ("Jean-Pierre Serre", ["Jean-Pierre Serre"]),
        ("Wei-Feng Chen", ["Wei-Feng Chen"]),
        ("Weifeng Chen", ["Wei-Feng Chen"]),
        ("W. Chen", ["Wei-Feng Chen", "Wei Chen"]),
        ("de Oliveira Lopes", ["Felipe Nathan de Oliveira Lopes"]),
        ("van Sint Annaland", ["Martin van Sint Annaland"]),
    ],
)
def test_people_are_found_by_any_form_of_their_name(name, found):
    """Initials fit names, accents fold, the surname may come first; another person's initials do not fit."""
    index = BatchIndex(
        build_index([paper(number, authors=["Zoe Zed", author]) for number, author in enumerate(AUTHORS)])
    )
    assert [AUTHORS[row] for row in rows_of(name_rows(index, parse_name(name)))] == found


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("van den Example", "Jan van den Example"),
        ("de Example", "Maria de Example"),
        ("Example, Jan van den", "Jan van den Example"),
        ("Example", "Jan van den Example"),
        ("Xiaoming Example", "Xiao-Ming Example"),
        ("Xiao-Ming Example", "Xiaoming Example"),
        ("Xiao Ming Example", "Xiaoming Example"),
        ("The TIDE Collaboration", "TIDE Collaboration"),
        ("TIDE Collaboration", "The TIDE Collaboration"),
        ("TIDE Collaboration", "on behalf of the TIDE Collaboration"),
        ("J.R. Example", "John R. Example"),
        ("Eva Mühler", "Eva Muehler"),
        ("Eva Muehler", "Eva Mühler"),
        ("Muehler, E.", "Eva Mühler"),
        ("Mühler", "Eva Muehler"),
        ("Lars Sørby", "Lars Soerby"),
        ("Lars Soerby", "Lars Sørby"),
        ("Eva von Mühler", "Eva von Muehler"),
    ],
)
def test_particles_hyphens_and_articles_part_nobody(name, author):
    """One person, or one group, whichever way it is written."""
    index = BatchIndex(build_index([paper(1, authors=["Zoe Zed"]), paper(2, authors=[author, "Bo Sample"])]))
    assert rows_of(name_rows(index, parse_name(name))) == [1]


@pytest.mark.parametrize(
    ("name", "author"),
    [
        ("van den Example", "Jan Example"),
        ("Xiaoming Example", "Xiaohong Example"),
        ("TIDE Collaboration", "LAMP Collaboration"),
        ("Baehr", "Lea Bahr"),  # a surname alone is what it says
        ("Lea Bauer", "Lea Baur"),
    ],
)
def test_other_people_stay_others(name, author):
    """A particle that was asked for must be there, and another name is another person."""
    assert not name_rows(BatchIndex(build_index([paper(1, authors=[author])])), parse_name(name))


def test_au_finds_any_word_of_a_name():
    """``au:`` looks at the names of authors alone: any of their words, or a whole name."""
    index = BatchIndex(build_index([paper(number, authors=[author]) for number, author in enumerate(AUTHORS)]))

    def found(term: str) -> list[str]:
        return [AUTHORS[row] for row in rows_of(term_hits(index, parse_term(term)).rows)]

    assert found("au:yann") == ["Yann LeCun"]
    assert found("au:maaten") == ["Laurens van der Maaten"]
    assert found('au:"Y. Bengio"') == ["Yoshua Bengio"]
    assert found("au:Dro*") == ["Ma{\\l}gorzata Dro\\.zd\\.z"]
    assert found("au:yann AND NOT au:lecun") == []
