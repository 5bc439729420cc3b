"""A paper as BibTeX."""

import re
from typing import Final

from core.paper import Paper
from core.render.links import abstract_url, arxiv_doi, publisher_dois
from core.text.plain import plain

_BIBTEX_SIGNS: Final = {**dict.fromkeys("{}", ""), **{sign: "\\" + sign for sign in "&%#$_"}, "\\": "", "~": " "}
_MATHS: Final = re.compile(r"(\$[^$]*\$)")


def bibtex(paper: Paper) -> str:
    """The paper as BibTeX, as arXiv's own export has it; the key is made of surname, year and first word."""
    names = [plain(author.name) for author in paper.authors if plain(author.name)]
    year = _year(paper)
    fields = {
        "title": "{" + _tex(plain(paper.title)) + "}",
        "author": " and ".join(map(_tex, names)),
        "year": str(year),
        "eprint": paper.arxiv_id,
        "archivePrefix": "arXiv",
        "primaryClass": paper.primary_category,
        "doi": (publisher_dois(paper) or [arxiv_doi(paper.arxiv_id)])[0],
        "url": abstract_url(paper.arxiv_id),
    }
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    return f"@misc{{{_key(names, year, paper.title)},\n" + ",\n".join(lines) + "\n}\n"


def _year(paper: Paper) -> int:
    """The year in the id, which is the submission's; ids of before 2007 say it too."""
    digits = paper.arxiv_id.rpartition("/")[2][:2]
    return (1900 if int(digits) > 90 else 2000) + int(digits)


def _key(names: list[str], year: int, title: str) -> str:
    surname = re.sub(r"[^A-Za-z]", "", names[0].split()[-1]) if names else ""
    word = next((word for word in re.findall(r"[A-Za-z]{4,}", plain(title))), "")
    return f"{surname or 'arxiv'}{year}{word}".lower()


def _tex(text: str) -> str:
    """Escape what BibTeX reads as its own, maths left alone."""
    parts = _MATHS.split(text)
    return "".join(
        part if part.startswith("$") and len(part) > 1 else "".join(_BIBTEX_SIGNS.get(sign, sign) for sign in part)
        for part in parts
    )
