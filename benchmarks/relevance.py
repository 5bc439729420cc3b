"""
What whole words change: ``python benchmarks/relevance.py``, on the recorded days, for the keywords of config.json.

For each keyword: the papers that the old bot's substrings find and those that we find; what part of the former has the
letters only inside another word (three of them shown); and what plain whole words would lose without folding.
Then how the thirty best papers change, where ``rank=bm25`` sees it otherwise, what ``like=`` and the orders find for
simulated readers, how near interests' nearest papers are, and twelve interests' first ten. Nothing is
asserted: read it.
"""

import random
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _interests, _readers, _recorded
from core.config.read import load_config
from core.config.settings import Settings
from core.index.bitset import rows_of
from core.language.term_parser import parse_term
from core.language.terms import Term
from core.paper import Entry, Paper
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.match import term_hits
from core.search.nearness import LEAST_NEARNESS, nearness
from core.search.select import select
from core.search.substrings import substring_hits

EXAMPLES = 3
_WORD_WITH = r"[\w$\\{{}}'-]*{}[\w$\\{{}}'-]*"


@dataclass(frozen=True)
class Found:
    """What one keyword finds: papers by (batch, row)."""

    substring: set[tuple[int, int]]
    ours: set[tuple[int, int]]
    plain: set[tuple[int, int]]  # the word as it is, in any case, and nothing folded


def find(batches: Sequence[LoadedBatch], term: Term) -> Found:
    plain = re.compile(rf"(?<!\w){re.escape(term.text)}(?!\w)", re.IGNORECASE)
    found = Found(set(), set(), set())
    for number, batch in enumerate(batches):
        found.substring.update((number, row) for row in rows_of(substring_hits(batch.index, batch.papers, term).rows))
        found.ours.update((number, row) for row in rows_of(term_hits(batch.index, term).rows))
        texts = enumerate(f"{paper.title} {paper.abstract}" for paper in batch.papers)
        found.plain.update((number, row) for row, text in texts if plain.search(text))
    return found


def words_with(letters: str, paper: Paper, *, whole: bool) -> list[str]:
    """The words of a paper that hold these letters, or are no more than a plural of them."""
    pattern = rf"\b{re.escape(letters)}\w{{0,2}}\b" if whole else _WORD_WITH.format(re.escape(letters))
    return re.findall(pattern, f"{paper.title} {paper.abstract}", re.IGNORECASE)


def sample(batches: Sequence[LoadedBatch], papers: set[tuple[int, int]], letters: str, *, whole: bool = False) -> str:
    """Some words through which these papers were found, always the same ones."""
    chance = random.Random(letters)
    some = chance.sample(sorted(papers), min(len(papers), 12))
    words = [words_with(letters, batches[number].papers[row], whole=whole) for number, row in some]
    return ", ".join(list(dict.fromkeys(each[0] for each in words if each))[:EXAMPLES])


def keywords_table(batches: Sequence[LoadedBatch], keywords: Sequence[str]) -> None:
    total = sum(len(batch.papers) for batch in batches)
    print(f"{total:,} papers of {len(batches)} days\n")
    print(f"{'keyword':<15}{'substring':>10}{'ours':>7}{'false':>7}   {'for example through':<58}{'whole word':>11}"
          f"{'folding':>9}   brought back")  # fmt: skip
    every, ours = set(), set()
    for keyword in keywords:
        found = find(batches, parse_term(keyword))
        every |= found.substring
        ours |= found.ours
        false, back = found.substring - found.ours, found.ours - found.plain
        share = f"{100 * len(false) / max(len(found.substring), 1):.0f} %"
        print(f"{keyword:<15}{len(found.substring):>10}{len(found.ours):>7}{share:>7}   "
              f"{sample(batches, false, keyword)[:56]:<58}{len(found.plain):>11}{f'+{len(back)}':>9}   "
              f"{sample(batches, back, keyword, whole=True)[:40]}")  # fmt: skip
    print(f"\nAt least one of them: {100 * len(every) / total:.0f} % of all papers by substring,"
          f" {100 * len(ours) / total:.0f} % by words.\n")  # fmt: skip


def best(batches: Sequence[LoadedBatch], settings: Settings, **more: str) -> list[Entry]:
    values = {"per_day": "30", "limit": "30", "days": "1", "min_score": "0"} | more
    return select(batches, parse_query(values.items(), settings))


def thirty(batches: Sequence[LoadedBatch], settings: Settings) -> None:
    """Compare the best thirty of each day."""
    for number, batch in enumerate(batches):
        held = batches[number:]
        old, new = best(held, settings, match="substring"), best(held, settings)
        known = {entry.paper.arxiv_id for entry in old}
        came = [entry for entry in new if entry.paper.arxiv_id not in known]
        stay = {entry.paper.arxiv_id for entry in new}
        went = [entry for entry in old if entry.paper.arxiv_id not in stay]
        print(f"{batch.day}: {len(new) - len(came)} of the best 30 stay; a tie at the end of the list is"
              f" {old[-1].score:g} by substring, {new[-1].score:g} by words")  # fmt: skip
        for sign, entries in (("-", went), ("+", came)):
            for entry in entries[:EXAMPLES]:
                terms = ", ".join(each.term for each in entry.matched)
                print(f"  {sign} {entry.score:>4g}  {entry.paper.title[:70]:<70}  {terms[:60]}")


def rankings(batches: Sequence[LoadedBatch], settings: Settings, keywords: str) -> None:
    print(f"\nkeywords={keywords}")
    for rank in ("keywords", "bm25"):
        print(f"  rank={rank}")
        for entry in best(batches, settings, keywords=keywords, exclude="", rank=rank, limit="6"):
            terms = ", ".join(each.term for each in entry.matched)
            print(f"    {entry.score:>7.3f}  {entry.paper.title[:80]:<80}  {terms[:60]}")


def likes(batches: Sequence[LoadedBatch], settings: Settings) -> None:
    """Tell what ``like=`` finds of authors' later papers, and of the later papers of a subject."""
    print("\nlike=: what part of the wanted papers stands among the first 10, 20, 50 of its day")
    for liked in (1, 2, 3):
        people = _readers.authors(batches, liked)
        subjects = _readers.classes(batches, settings.categories, liked)
        for what, readers in (("an author's later papers", people), ("a category's later papers", subjects)):
            found = (_readers.recall_of_like(batches, settings, most, readers)[0] for most in (10, 20, 50))
            shown = " ".join(f"{each:.3f}" for each in found)
            print(f"  {liked} liked, {what:<26} {shown}   ({len(readers)} readers)")


def texts(batches: Sequence[LoadedBatch], settings: Settings) -> None:
    """Tell what leaving out the less alike takes from feeds that are like a long text."""
    print(
        "\nlike=text: of a paper's first forty words, 30 a day: the wanted that are in, entries of a feed in the mean"
    )
    people = _readers.authors(batches, 1)
    subjects = _readers.classes(batches, settings.categories, 1)
    for what, readers in (("an author's later papers", people), ("a category's later papers", subjects)):
        for how, more in (("filled up", {"min_score": "0.0001"}), ("cut", {})):
            found = [_readers.found_by_text(batches, reader, settings, **more) for reader in readers]
            wanted, size = (sum(column) / len(found) for column in zip(*found, strict=True))
            print(f"  {what:<26} {how:<10} {wanted:.3f} {size:6.1f}   ({len(readers)} readers)")


def orders(batches: Sequence[LoadedBatch], settings: Settings) -> None:
    """Tell what the orders of keywords find of hidden terms."""
    print("\nWith half of an interest's terms hidden: what part of the first ten matches a hidden one")
    rankings = ({"match": "substring", "rank": "keywords"}, {"rank": "keywords"}, {"rank": "bm25"}, {"rank": "best"})
    for ranking in rankings:
        found, error, count = _interests.precision(batches, settings, **ranking)
        name = "&".join(f"{name}={value}" for name, value in ranking.items())
        print(f"  {name:<32} {found:.3f} ± {error:.3f}   ({count} days and splits)")


def interests(batches: Sequence[LoadedBatch], settings: Settings) -> None:
    """Show the first ten of twelve interests on the largest day, in two orders: to be judged by reading."""
    number = max(range(len(batches)), key=lambda number: len(batches[number].papers))
    print(f"\nFirst ten of {batches[number].day}: place with rank=keywords, place with rank=best")
    for name, terms in _interests.TYPED.items():
        found = {
            rank: best(batches[number:], settings, keywords=terms, exclude="", rank=rank, types="new,cross")
            for rank in ("keywords", "best")
        }
        print(f"\n{name}: keywords={terms}: {len(found['best'])} of the day's papers match, at most 30 counted")
        places = {rank: [entry.paper.title for entry in entries[:10]] for rank, entries in found.items()}
        for title in dict.fromkeys([*places["keywords"], *places["best"]]):
            shown = (f"{titles.index(title) + 1:>3}" if title in titles else "   " for titles in places.values())
            print(f"  {' '.join(shown)}  {title[:100]}")


def nearest(batches: Sequence[LoadedBatch], settings: Settings) -> None:
    """Tell what part of interests in a few words the nearest paper holds: whether a page says that none is about it."""
    print(f"\nlike=text: what part of it the nearest paper holds; less than {LEAST_NEARNESS:g} is said to be far")
    interests_by_field = (("these categories", _interests.OF_THESE_CATEGORIES), ("others", _interests.OF_OTHER_FIELDS))
    for field, texts_of_field in interests_by_field:
        found = []
        for text in texts_of_field:
            query = parse_query({"like": f"text:{text}"}.items(), settings)
            found.append((nearness(batches, query).part if select(batches, query) else None, text))
        for part, text in sorted(each for each in found if each[0] is not None):
            print(f"  {field:<17} {part:.2f}  {text}")
        print(f"  {field:<17} no paper: {', '.join(text for part, text in found if part is None)}")


def main() -> None:
    _recorded.needed()
    settings = load_config().settings
    batches = _recorded.batches(settings.categories)
    keywords_table(batches, settings.keywords)
    print("Excluded words")
    keywords_table(batches, settings.exclude_keywords)
    thirty(batches, settings)
    print("\nWhere rare words ought to count more")
    rankings(batches, settings, "attention, efficient, state space model, Mamba")
    rankings(batches[1:], settings, "framework, KV cache, speculative decoding")
    likes(batches, settings)
    texts(batches, settings)
    nearest(batches, settings)
    orders(batches, settings)
    interests(batches, settings)


if __name__ == "__main__":
    main()
