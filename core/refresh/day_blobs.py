"""A day's papers as the blobs that are stored: with their formulas converted, and their index."""

from msgspec.structs import replace

from core.index.reader import is_index_readable
from core.index.writer import build_index
from core.paper import Paper
from core.store.codec import encode_papers
from core.store.records import BatchBlobs
from core.text.mathml import mathml_of


def encode_merged_day(
    merged_papers: tuple[Paper, ...], published_papers: tuple[Paper, ...], published_blobs: BatchBlobs
) -> BatchBlobs:
    """Write a day's papers; building the index is most of the work, so the one before stays if it says the same."""
    merged_papers = tuple(map(_with_mathml, merged_papers))
    is_index_current = is_index_readable(published_blobs.index_blob) and _same_in_index(merged_papers, published_papers)
    day_index = published_blobs.index_blob if is_index_current else build_index(merged_papers)
    return BatchBlobs(encode_papers(merged_papers), day_index, published_blobs.summaries_blob)


def _with_mathml(merged_paper: Paper) -> Paper:
    """Convert the formulas now, so that no request has to."""
    merged_texts = (merged_paper.abstract, merged_paper.comment, merged_paper.journal_ref)
    has_formulas = any("$" in merged_text or "\\" in merged_text for merged_text in merged_texts)
    return replace(merged_paper, mathml=mathml_of(merged_texts)) if has_formulas else merged_paper


def _same_in_index(merged_papers: tuple[Paper, ...], published_papers: tuple[Paper, ...]) -> bool:
    return list(map(_indexed_fields, merged_papers)) == list(map(_indexed_fields, published_papers))


def _indexed_fields(merged_paper: Paper) -> Paper:
    """The paper without what no query asks for; its comment and journal reference tell of venues and code."""
    return replace(merged_paper, license="", doi="", submitted=None, revised=None, mathml=())
