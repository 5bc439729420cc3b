"""
What votes are worth, and what a saved feed costs: ``python benchmarks/profiles.py [learning] [cost]``.

Learning, on the recorded days: a simulated reader likes some papers of one category of the first two days, and would
like to see those of the last two. The category is nothing that ranking looks at. Told are NDCG of the first 50 and
recall of the first 20 of each day, with one standard error, after so many votes: for a random order, for ``like=`` as
1.0 had it (fifty words, a threshold), for ``like=`` now, and for a profile, without dislikes and with as many: of the
papers that are not of the category those nearest to the liked ones.

Cost, over 10,000 papers: a profile's feed beside the same feed without a profile, in one run; times are ratios.
"""

import asyncio
import math
import random
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import _corpus, _recorded
from core.config.settings import Settings
from core.feeds.library import Snapshot
from core.paper import ArxivId
from core.profiles.change import new_profile, with_likes, with_vote
from core.profiles.records import SavedFeed
from core.profiles.taste import dislike_closeness, dislike_penalty, like_points, taste_of
from core.query.parse import parse_query
from core.search.batch import link_batches
from core.search.similarity import SimilarityRanker
from core.search.text_vectors import Collection, collection_of, standard_deviation
from core.store.open import open_store
from core.store.records import Manifest
from tests.support.web import open_web

FOLLOWED = ("cs.AI", "cs.CL", "cs.CV", "cs.LG")
VOTES_FIELD = (1, 3, 5, 10, 20)
READERS = 3  # simulated, of each category
LEAST = 4  # papers of a category on a day, or there is nothing to find
NOW = datetime(2026, 1, 16, 6, tzinfo=UTC)
Order = Callable[["Reader", int], Sequence[int]]


@dataclass(frozen=True)
class Reader:
    """Who likes some papers of one category; ``disliked`` are the nearest others."""

    category: str
    liked: list[ArxivId]
    disliked: list[ArxivId]


class Days:
    """The recorded days, the newest first; of each the papers that were new on it."""

    def __init__(self) -> None:
        self.batches = _recorded.batches(FOLLOWED)
        self.collection = collection_of(self.batches)
        self.links = link_batches(tuple(batch.index for batch in self.batches))
        self.snapshot = Snapshot(Manifest("recorded"), tuple(self.batches))
        self.rows = [
            [row for row, paper in enumerate(batch.papers) if paper.announced == batch.day and paper.version == 1]
            for batch in self.batches
        ]

    def of_category(self, category: str, day: int) -> list[int]:
        return [row for row in self.rows[day] if category in self.batches[day].papers[row].categories]

    def categories(self) -> list[str]:
        """Those that the newest two days have enough of, and that no paper is followed for."""
        held = {name for batch in self.batches for paper in batch.papers for name in paper.categories} - set(FOLLOWED)
        return sorted(name for name in held if min(len(self.of_category(name, day)) for day in (0, 1)) >= LEAST)

    def reader(self, category: str, votes: int, chance: random.Random) -> Reader | None:
        known = [(day, row) for day in (2, 3) for row in self.of_category(category, day)]
        if len(known) < votes + 2:
            return None
        liked = [self._id(each) for each in chance.sample(known, votes)]
        centroid = taste(self, liked, []).taste_centroid
        scores = [self.collection.scores(self.batches[day].index, centroid) for day in (2, 3)]
        others = [(day, row) for day in (2, 3) for row in self.rows[day] if (day, row) not in set(known)]
        nearest = sorted(others, key=lambda each: -scores[each[0] - 2][each[1]])[:votes]
        return Reader(category, liked, [self._id(each) for each in nearest])

    def _id(self, where: tuple[int, int]) -> ArxivId:
        return self.batches[where[0]].papers[where[1]].arxiv_id


def taste(days: Days, liked: Sequence[ArxivId], disliked: Sequence[ArxivId]):
    """What a profile knows after these votes."""
    state = with_likes(new_profile([SavedFeed("main")], now=NOW), liked, days.snapshot, now=NOW)
    for arxiv_id in disliked:
        state = with_vote(state, arxiv_id, "less", days.snapshot, now=NOW)
    return taste_of(state.profile, state.memory, state.profile.feeds[0], days.collection, days.batches)


def by_chance(days: Days) -> Order:
    chance = random.Random(7)
    return lambda _, day: chance.sample(days.rows[day], len(days.rows[day]))


def by_like(days: Days) -> Order:
    """``like=`` as it is: what it leaves out comes last."""

    def order(reader: Reader, day: int) -> Sequence[int]:
        query = parse_query([("like", ",".join(reader.liked))], Settings())
        rows, scores = SimilarityRanker(query, days.batches, days.links).scores(days.batches[day])
        return sorted(days.rows[day], key=lambda row: (-(scores.of(row) if rows >> row & 1 else -1), row))

    return order


def by_like_before(days: Days) -> Order:
    """``like=`` as it was: fifty words, lengths guessed from the number of words, nothing below a cosine of 0.06."""

    def order(reader: Reader, day: int) -> Sequence[int]:
        papers = [
            days.batches[row.batch].papers[row.row]
            for liked in reader.liked
            for row in days.links.paper_rows(liked)[:1]
        ]
        vectors = [days.collection.paper_vector(paper) for paper in papers]
        total: dict[str, float] = {}
        for vector in vectors:
            for word, weight in vector.items():
                total[word] = total.get(word, 0.0) + weight
        size = math.sqrt(sum(weight * weight for weight in total.values())) or 1.0
        best = dict(sorted(total.items(), key=lambda pair: (-pair[1], pair[0]))[:50])
        density = statistics.mean(_density(paper.title + ". " + paper.abstract, days.collection) for paper in papers)
        index, found = days.batches[day].index, [0.0] * len(days.batches[day].papers)
        for word, weight in best.items():
            number = index.words.find(word)
            if number >= 0:
                for row, count in index.postings.counts(number):
                    found[row] += weight / size * (1 + math.log(count)) * days.collection.rarity(word)
        near = [score / math.sqrt(density * index.lengths[row]) for row, score in enumerate(found)]
        return sorted(days.rows[day], key=lambda row: (-(near[row] if near[row] >= 0.06 else 0), row))

    return order


def _density(text: str, collection: Collection) -> float:
    words = [word for word in text.split() if word]
    counts = collection.word_weights(text)
    return sum(weight * weight for weight in counts.values()) / max(len(words), 1)


def by_profile(days: Days, *, dislikes: bool) -> Order:
    """A profile's own ranking, dislikes sinking what is close to them."""

    def order(reader: Reader, day: int) -> Sequence[int]:
        known = taste(days, reader.liked, reader.disliked if dislikes else [])
        raw = [days.collection.scores(batch.index, known.taste_centroid) for batch in days.batches]
        spread = standard_deviation(score for scores in raw for score in scores)
        scores = {row: raw[day][row] / spread for row in days.rows[day]}
        if dislikes:
            scores = _sunk(days, day, scores, known.disliked)
        return sorted(days.rows[day], key=lambda row: (-like_points(scores[row]), row))

    return order


def _sunk(days: Days, day: int, scores: dict[int, float], disliked) -> dict[int, float]:
    papers = days.batches[day].papers
    close = {row: dislike_closeness(days.collection.paper_vector(papers[row]), disliked) for row in scores}
    spread = standard_deviation(close.values())
    return {row: score - dislike_penalty(close[row], spread) for row, score in scores.items()}


def ndcg(order: Sequence[int], truth: set[int], most: int = 50) -> float:
    gained = sum(1 / math.log2(place + 2) for place, row in enumerate(order[:most]) if row in truth)
    return gained / sum(1 / math.log2(place + 2) for place in range(min(most, len(truth))))


def recall(order: Sequence[int], truth: set[int], most: int = 20) -> float:
    return len(set(order[:most]) & truth) / min(most, len(truth))


def readers(days: Days, votes: int) -> Iterator[Reader]:
    for category in days.categories():
        chance = random.Random(f"{category} {votes}")
        for _ in range(READERS):
            if reader := days.reader(category, votes, chance):
                yield reader


def learning() -> None:
    _recorded.needed()
    days = Days()
    count = sum(map(len, days.rows))
    print(f"{count:,} new papers of {len(days.batches)} days; readers of {len(days.categories())} categories\n")
    print(f"{'votes':>5} {'readers':>7}  {'order':<24}{'NDCG@50':>16}{'recall@20':>16}")
    for votes in VOTES_FIELD:
        found = list(readers(days, votes))
        orders = {
            "random": by_chance(days),
            "like= before": by_like_before(days),
            "like= now": by_like(days),
            "profile": by_profile(days, dislikes=False),
            "profile, and dislikes": by_profile(days, dislikes=True),
        }
        for name, order in orders.items():
            pairs = [
                (order(reader, day), set(days.of_category(reader.category, day))) for reader in found for day in (0, 1)
            ]
            figures = [[measure(*pair) for pair in pairs] for measure in (ndcg, recall)]
            told = "".join(f"{statistics.mean(each):>9.3f} ±{_error(each):.3f}" for each in figures)
            print(f"{votes:>5} {len(found):>7}  {name:<24}{told}")


def _error(values: Sequence[float]) -> float:
    return statistics.pstdev(values) / math.sqrt(len(values))


PAPERS, DAYS, TIMES = 10_000, 7, 40
SETTINGS = Settings(categories=FOLLOWED, retention_days=35)


async def cost(folder: Path) -> None:
    """Time requests in this process: the plain feed and the profile's in turn."""
    print(f"\n{PAPERS:,} papers, {_corpus.source()}; times × the same feed without a profile")
    rules = "categories=cs&keywords=attention,diffusion"
    await _profile_cost(folder, "a filter, nothing learnt", rules, votes=0)
    await _profile_cost(folder, "a filter and ten likes", rules, votes=10)
    await _profile_cost(folder, "ten likes alone", "categories=cs&keywords=", votes=10)


async def _profile_cost(folder: Path, name: str, query: str, *, votes: int) -> None:
    store = open_store("", data_dir=folder, on_vercel=False)
    web = open_web(store, settings=SETTINGS)
    made = await web.client.post("/profiles", json={"feeds": [{"query": query}]})
    path = made.headers["location"].removeprefix("http://paperfeed.example")
    papers = (await web.services.library.snapshot(NOW)).batches[1].papers[:votes]
    voting = [
        await _timed(web.client.post(f"{path}/votes", json={"id": each.arxiv_id, "vote": "more"})) for each in papers
    ]
    kinds = ("cold", "rendered anew", "kept")
    ratios = [f"{kind} {await _ratio(folder, kind, f'/rss?{query}', f'{path}/rss'):.2f}" for kind in kinds]
    later = f"; the first vote {voting[0]:.0f} ms, a later one {statistics.median(voting[1:]):.0f} ms" if voting else ""
    print(f"  {name:<28}{', '.join(ratios)}{later}")
    await web.client.delete(path)
    await store.close()


async def _timed(request: Awaitable[object]) -> float:
    start = time.perf_counter()
    await request
    return 1000 * (time.perf_counter() - start)


async def _ratio(folder: Path, kind: str, plain: str, profile: str) -> float:
    times: dict[str, list[float]] = {plain: [], profile: []}
    store = open_store("", data_dir=folder, on_vercel=False)
    web = open_web(store, settings=SETTINGS)
    for number in range(TIMES if kind != "cold" else 6):
        for address in (plain, profile) if number % 2 else (profile, plain):
            if kind == "cold":
                web = open_web(store, settings=SETTINGS)
            elif kind == "rendered anew":
                web.services.responses.clear()
            start = time.perf_counter()
            answer = await web.get(address)
            times[address].append(time.perf_counter() - start)
            assert answer.status_code == 200, answer.text
    await store.close()
    return statistics.median(times[profile]) / statistics.median(times[plain])


def main() -> None:
    wanted = sys.argv[1:] or ["learning", "cost"]
    if "learning" in wanted:
        learning()
    if "cost" in wanted:
        asyncio.run(cost(_corpus.prepare(PAPERS, DAYS)))


if __name__ == "__main__":
    main()
