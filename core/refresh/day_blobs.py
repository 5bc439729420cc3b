"""A day's papers as the blobs that are stored: with their formulas converted, and their index."""

from msgspec.structs import replace

from core.index.reader import is_index_readable
from core.index.writer import build_index
from core.paper import Paper
from core.store.codec import encode_papers
from core.store.records import BatchBlobs
from core.text.mathml import mathml_of


def encode_day(merged: tuple[Paper, ...], published: tuple[Paper, ...], published_blobs: BatchBlobs) -> BatchBlobs:
    """Write a day's papers; building the index is most of the work, so the one before stays if it says the same."""
    merged = tuple(map(_with_mathml, merged))
    is_index_current = is_index_readable(published_blobs.index_blob) and _same_in_index(merged, published)
    day_index = published_blobs.index_blob if is_index_current else build_index(merged)
    return BatchBlobs(encode_papers(merged), day_index, published_blobs.summaries_blob)


def _with_mathml(merged: Paper) -> Paper:
    """Convert the formulas now, so that no request has to."""
    tex_fields = (merged.abstract, merged.comment, merged.journal_ref)
    has_formulas = any("$" in tex_field or "\\" in tex_field for tex_field in tex_fields)
    return replace(merged, mathml=mathml_of(tex_fields)) if has_formulas else merged


def _same_in_index(merged: tuple[Paper, ...], published: tuple[Paper, ...]) -> bool:
    return list(map(_indexed_fields, merged)) == list(map(_indexed_fields, published))


def _indexed_fields(held: Paper) -> Paper:
    """The paper without what no query asks for; its comment and journal reference tell of venues and code."""
    return replace(held, license="", doi="", submitted=None, revised=None, mathml=())
