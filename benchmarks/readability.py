"""
What is left of TeX, and what of a paper is shown, over the recorded days: ``python benchmarks/readability.py``.

Counts strings that still hold a backslash, a dollar or a brace, formulas that were rendered, links, venues; and times
the work of a refresh. Dollars that are money and braces that are a set's are counted too: compare with the raw text.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import perf_counter
from typing import Any, Final

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import _recorded  # noqa: E402 - the path comes first
from core.text.links import TEXT_LINK_KINDS, find_text_links, split_text_urls  # noqa: E402
from core.text.mathml import mathml  # noqa: E402
from core.text.maths import unicode_maths  # noqa: E402
from core.text.plain import mark_formulas, plain  # noqa: E402
from core.text.split import without_formula_marks  # noqa: E402
from core.text.venues import find_venue, says_withdrawn  # noqa: E402

SIGNS: Final = re.compile(r"[\\${}]")
SHOWN: Final = 10


def strings(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "title", record["title"]
    yield "abstract", record["abstract"]
    yield from (("name", name) for name in record["creator"].split(", "))
    if comment := record.get("comment"):
        yield "comment", comment


def texts(papers: list[Mapping[str, Any]]) -> None:
    """The table of strings, and the ten whose leftovers are most."""
    counts: dict[str, Counter[str]] = {}
    left: list[tuple[int, str]] = []
    began = perf_counter()
    for kind, raw in (pair for record in papers for pair in strings(record)):
        shown = plain(raw)
        count = counts.setdefault(kind, Counter())
        count["strings"] += 1
        count["before"] += bool(SIGNS.search(raw))
        count["after"] += bool(SIGNS.search(shown))
        found = SIGNS.findall(shown)
        if found:
            at = SIGNS.search(shown)
            start = at.start() if at else 0
            left.append((len(found), f"{kind}: …{shown[max(0, start - 30) : start + 60]}…"))
    print(f"{'':10}{'strings':>9}{'with TeX signs before':>24}{'after':>9}")
    for kind, count in counts.items():
        print(f"{kind:10}{count['strings']:9,}{count['before']:24,}{count['after']:9,}")
    print(f"all of them read in {perf_counter() - began:.2f} s\n\nThe most left over:")
    print(*(line for _, line in sorted(left, reverse=True)[:SHOWN]), sep="\n")


def formulas(papers: list[Mapping[str, Any]]) -> None:
    """How many formulas are shown as what they are."""
    found = Counter(each for record in papers for _, raw in strings(record) for each in mark_formulas(raw).formulas)
    distinct = {without_formula_marks(each) for each in found}
    print(f"\n{len(distinct):,} distinct formulas, {found.total():,} in all")
    for name, convert in (("Unicode", unicode_maths), ("MathML", mathml)):
        began = perf_counter()
        done = sum(bool(convert(tex)) for tex in distinct)
        each = (perf_counter() - began) / len(distinct) * 1e6
        print(f"{name:8}{done:6,} of them ({done / len(distinct):.1%}), {each:.0f} microseconds each")


def links(papers: list[Mapping[str, Any]]) -> None:
    """What the authors link to, and who took their papers."""
    count: Counter[str] = Counter()
    for record in papers:
        abstract, comment = plain(record["abstract"]), plain(record.get("comment") or "")
        count.update({link.kind for link in find_text_links(abstract, comment)})
        count["any address"] += any(url for text in (abstract, comment) for _, url in split_text_urls(text))
        count["comment"] += bool(comment)
        count["venue"] += bool(find_venue(comment, plain(record.get("journal_ref") or "")))
        count["withdrawn"] += says_withdrawn(comment, abstract)
    print(f"\nOf {len(papers):,} papers have")
    print(
        *(f"{count[name]:6,} {name}" for name in (*TEXT_LINK_KINDS, "any address", "comment", "venue", "withdrawn")),
        sep="\n",
    )


if __name__ == "__main__":
    _recorded.needed()
    every = list(_recorded.records().values())
    texts(every)
    formulas(every)
    links(every)
