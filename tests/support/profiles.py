"""Papers of a few subjects on a few days, and profiles on them, in memory."""

from collections.abc import Sequence
from datetime import date, timedelta

from core.config.settings import Settings
from core.feeds.library import Snapshot
from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.paper import Paper
from core.profiles.change import ProfileState, new_profile
from core.profiles.records import SavedFeed
from core.search.batch import LoadedBatch
from core.store.codec import content_name
from core.store.records import BatchRef, Manifest
from tests.support.web import NOW, TODAY, make_paper

SUBJECTS = {
    "caches": "cache eviction attention long context keys values memory serving transformer inference",
    "robots": "robot gripper manipulation sand legged locomotion torque planning contact terrain",
    "proteins": "protein folding molecule binding residue docking sequence structure enzyme ligand",
    "speech": "speech recognition phoneme audio speaker prosody transcription acoustic microphone noise",
}
SETTINGS = Settings(categories=("cs.LG",), max_papers=8)


def subject_papers(per_subject: int, *, day: date = TODAY, first: int = 1) -> list[Paper]:
    """So many papers of each subject, in turn; each says three words of its subject more than the others."""
    papers = []
    for number in range(per_subject * len(SUBJECTS)):
        name = list(SUBJECTS)[number % len(SUBJECTS)]
        words = SUBJECTS[name].split()
        some = [words[(number * 3 + step) % len(words)] for step in range(6)]
        title = f"{name.capitalize()} {some[0]} study"
        abstract = f"We study {' and '.join(some)}. The result number{number} is told with care and it holds."
        papers.append(make_paper(first + number, title, day=day, abstract=abstract))
    return papers


def ids_about(subject: str, papers: Sequence[Paper]) -> list[str]:
    return [paper.arxiv_id for paper in papers if paper.title.startswith(subject.capitalize())]


def snapshot_of(*days: tuple[date, Sequence[Paper]]) -> Snapshot:
    """Days, the newest first, as an instance has them in memory."""
    batches, refs = [], []
    for day, papers in days:
        index = build_index(papers)
        batches.append(LoadedBatch(day, papers, BatchIndex(index), {}))
        refs.append(BatchRef(day, content_name(repr(papers).encode()), content_name(index), paper_count=len(papers)))
    return Snapshot(Manifest("".join(ref.papers_blob_name for ref in refs), tuple(refs), changed=NOW), tuple(batches))


def state_of(*rules: tuple[str, str], interest: str = "", name: str = "main") -> ProfileState:
    return new_profile([SavedFeed(name, rules, interest)], now=NOW - timedelta(days=1))
