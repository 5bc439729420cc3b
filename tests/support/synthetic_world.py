"""An invented arXiv's announcements, and a clock that only moves when somebody waits."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

from core.calendar import is_announcement_day
from core.taxonomy import ARCHIVES, CATEGORIES, archive_members

FIRST_ID = 100
LONG_AGO, NEVER = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
WORDS = [
    *("lantern", "orchard", "granite", "velvet", "compass", "meadow", "harbour", "signal", "thimble", "cascade"),
    *("ember", "lattice", "pebble", "drift", "saddle", "quiver", "marble", "canopy", "tundra", "whisper"),
    *("anchor", "bramble", "cobalt", "dapple", "fathom", "gossamer", "hollow", "inlet", "juniper", "kestrel"),
]


def announcement_days(first: date, last: date) -> list[date]:
    """All announcement days from ``first`` to ``last``, both included."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in days if is_announcement_day(day)]


class VirtualClock:
    """Time that passes only when somebody sleeps, or when the world takes a moment to answer."""

    def __init__(self, start: datetime) -> None:
        self._now = start
        self.on_tick: Callable[[datetime], None] | None = None

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        self.tick(seconds)

    def tick(self, seconds: float) -> None:
        self.set(self._now + timedelta(seconds=max(0.0, seconds)))

    def set(self, moment: datetime) -> None:
        """Move forward to this moment; never back."""
        self._now = max(self._now, moment)
        if self.on_tick:
            self.on_tick(self._now)


@dataclass(frozen=True)
class Fiction:
    """A paper nobody wrote, in one version, and what happened to it on one day in which categories."""

    arxiv_id: str
    version: int
    title: str
    abstract: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    updates: tuple[tuple[str, frozenset[str]], ...]  # (("new", {"cs.CL"}), ("cross", {"cs.AI"}))

    def kind_in(self, category: str) -> str | None:
        """As what the category's feed announces it."""
        for action, where in self.updates:
            if category in where:
                at_home = self.categories[0] == category
                return action if action != "replace" or at_home else "replace-cross"
        return None

    def listed_in(self, subject: str) -> str | None:
        """As what a listing page has it; that of an archive leaves out what was cross-listed later within it."""
        if subject not in ARCHIVES or subject in CATEGORIES:
            return self.kind_in(subject)
        at_home = self.categories[0] in archive_members(subject)
        actions = [action for action, where in self.updates if where & archive_members(subject)]
        action = actions[0] if actions else None
        return None if action == "cross" and at_home else action


@dataclass
class World:
    """Who announced what on which day; made up from a seed, the same every time."""

    days: dict[date, list[Fiction]] = field(default_factory=dict)

    @classmethod
    def of(cls, days: Iterable[date], categories: Iterable[str], *, per_day: int = 8, seed: int = 7) -> "World":
        """Make up ``per_day`` new papers in each category and day, with cross-lists, late ones, and replacements."""
        chance = random.Random(seed)
        names = list(categories)
        world = cls()
        known: list[Fiction] = []
        number = FIRST_ID
        for day in days:
            today = [_late(chance, paper, names) for paper in chance.sample(known, min(len(known), 2 * len(names)))]
            for category in names:
                for _ in range(per_day + chance.randrange(4)):
                    number += 1
                    today.append(_new(chance, number, category, names))
            known = list({paper.arxiv_id: paper for paper in [*known, *today]}.values())
            world.days[day] = today
        return world

    def postpone(self, day: date) -> None:
        """An outage: nothing is announced that day, its papers come with the next list."""
        late = self.days.pop(day)
        following = min(each for each in self.days if each > day)
        ids = {paper.arxiv_id for paper in late}
        self.days[following] = late + [paper for paper in self.days[following] if paper.arxiv_id not in ids]

    def announced(self, category: str, day: date) -> dict[str, str]:
        """Id and announce type of all that the category announced that day: the truth."""
        papers = self.days.get(day, [])
        return {paper.arxiv_id: kind for paper in papers if (kind := paper.kind_in(category))}


def _new(chance: random.Random, number: int, category: str, names: list[str]) -> Fiction:
    others = tuple(name for name in names if name != category and chance.random() < 0.4)
    updates = (("new", frozenset([category])), ("cross", frozenset(others)))
    return Fiction(
        f"2613.{number:05}",
        1,
        f"On the {chance.choice(WORDS)} of a {chance.choice(WORDS)}: {' '.join(chance.sample(WORDS, 3))}",
        " ".join(chance.choices(WORDS, k=40)) + ".\n  " + " ".join(chance.choices(WORDS, k=20)) + ".",
        tuple(f"{chance.choice(WORDS).title()} {chance.choice(WORDS).title()}" for _ in range(chance.randrange(1, 5))),
        (category, *others),
        updates,
    )


def _late(chance: random.Random, paper: Fiction, names: list[str]) -> Fiction:
    """Days later: a cross-list to one category more, or else a new version."""
    others = [name for name in names if name not in paper.categories]
    if others and chance.random() < 0.5:
        return late_cross(paper, chance.choice(others))
    return replace(paper, version=paper.version + 1, updates=(("replace", frozenset(paper.categories)),))


def late_cross(paper: Fiction, category: str) -> Fiction:
    """The paper on the day on which it is cross-listed to one category more."""
    return replace(paper, categories=(*paper.categories, category), updates=(("cross", frozenset([category])),))
