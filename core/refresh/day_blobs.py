"""A day's papers as the blobs that are stored: with their formulas converted, and their index."""

from msgspec.structs import replace

from core.errors import Damaged
from core.index.reader import BatchIndex
from core.index.writer import build_index
from core.paper import Paper
from core.store.codec import encode_papers
from core.store.records import BatchBlobs
from core.text.mathml import mathml_of


def encode_day(papers: tuple[Paper, ...], before: tuple[Paper, ...], blobs: BatchBlobs) -> BatchBlobs:
    """Write a day's papers; building the index is most of the work, so the one before stays if it says the same."""
    papers = tuple(map(_with_mathml, papers))
    same = readable(blobs.index) and list(map(_indexed, papers)) == list(map(_indexed, before))
    return BatchBlobs(encode_papers(papers), blobs.index if same else build_index(papers), blobs.summaries)


def _with_mathml(paper: Paper) -> Paper:
    """Convert the formulas now, so that no request has to."""
    texts = (paper.abstract, paper.comment, paper.journal_ref)
    return replace(paper, mathml=mathml_of(texts)) if any("$" in text or "\\" in text for text in texts) else paper


def readable(index: bytes) -> bool:
    """Whether an index is of this version of Paperfeed; after an upgrade, those of the days before are not."""
    try:
        BatchIndex(index)
    except Damaged:
        return False
    return True


def _indexed(paper: Paper) -> Paper:
    """The paper without what no query asks for; its comment and journal reference tell of venues and code."""
    return replace(paper, license="", doi="", submitted=None, revised=None, mathml=())
