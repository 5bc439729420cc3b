"""A day's papers as the blobs that are stored: with their formulas converted, and their index."""

from msgspec.structs import replace

from core.index.reader import is_index_readable
from core.index.writer import build_index
from core.paper import Paper
from core.store.codec import encode_papers
from core.store.records import BatchBlobs
from core.text.mathml import mathml_of


def encode_day(changed: tuple[Paper, ...], published: tuple[Paper, ...], published_blobs: BatchBlobs) -> BatchBlobs:
    """Write a day's papers; building the index is most of the work, so the one before stays if it says the same."""
    changed = tuple(map(_with_mathml, changed))
    is_index_current = is_index_readable(published_blobs.index) and _same_in_index(changed, published)
    day_index = published_blobs.index if is_index_current else build_index(changed)
    return BatchBlobs(encode_papers(changed), day_index, published_blobs.summaries)


def _with_mathml(changed: Paper) -> Paper:
    """Convert the formulas now, so that no request has to."""
    tex_fields = (changed.abstract, changed.comment, changed.journal_ref)
    has_formulas = any("$" in tex_field or "\\" in tex_field for tex_field in tex_fields)
    return replace(changed, mathml=mathml_of(tex_fields)) if has_formulas else changed


def _same_in_index(changed: tuple[Paper, ...], published: tuple[Paper, ...]) -> bool:
    return list(map(_indexed_fields, changed)) == list(map(_indexed_fields, published))


def _indexed_fields(held: Paper) -> Paper:
    """The paper without what no query asks for; its comment and journal reference tell of venues and code."""
    return replace(held, license="", doi="", submitted=None, revised=None, mathml=())
