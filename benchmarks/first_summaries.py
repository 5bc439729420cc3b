"""
How soon readers of a new deployment have summaries, by the real clock.

An invented arXiv is spaced as the real one, and the model answers in one second. Run from the project's folder:
``python benchmarks/first_summaries.py [--categories 3] [--answer-seconds 1]``. Told in seconds after the first feed:
the first summary, all of them; then how long the whole refresh took.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from msgspec.structs import replace  # noqa: E402

from core.summaries.publish import load_summary_days  # noqa: E402
from tests.refresh.test_concurrent_summaries import TODAY, refreshed, world  # noqa: E402
from tests.support.llm_actions import Say, good  # noqa: E402
from tests.support.scripted_llm import ScriptedLLM  # noqa: E402
from tests.support.synthetic_world import World, announcement_days  # noqa: E402

POPULAR = ("cs.LG", "cs.AI", "cs.CV", "cs.CL", "stat.ML", "cs.RO", "cs.CR", "cs.SE", "cs.IR", "cs.HC")


async def measure(categories: int, answer_seconds: float) -> None:
    """Refresh a new deployment once, as the platform's first call does."""
    async with ScriptedLLM(lambda call: Say(good(call).text, delay=answer_seconds)) as llm:
        here = world(Path(tempfile.mkdtemp()), llm, speed=1.0)
        followed = POPULAR[:categories]
        here.arxiv.world = World.of(announcement_days(TODAY.replace(day=5), TODAY), followed, per_day=10)
        here.settings = replace(here.settings, categories=followed)
        moments: list[tuple[float, int]] = []
        publish, begun = here.store.publish, time.monotonic()

        async def watched(manifest) -> None:
            await publish(manifest)
            count = len(list((await load_summary_days(here.store, manifest, days=30)).published_summaries()))
            if manifest.batches:
                moments.append((time.monotonic() - begun, count))

        here.store.publish = watched
        report = await refreshed(here)
    feed = moments[0][0]
    first = next((moment - feed for moment, count in moments if count), None)
    every = next((moment - feed for moment, count in moments if count == report.summaries.made), None)
    print(
        f"{categories} categories: first feed after {feed:.0f} s; first summary {first or 0:.0f} s after it, ", end=""
    )
    print(f"all {report.summaries.made} {every or 0:.0f} s after it; refresh {report.seconds:.0f} s, {report.outcome}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--categories", type=int, default=3)
    parser.add_argument("--answer-seconds", type=float, default=1.0)
    given = parser.parse_args()
    asyncio.run(measure(given.categories, given.answer_seconds))
