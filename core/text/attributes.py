"""What a filter may ask of a paper beside its words: whether it links to code, which venue took it."""

from core.text.links import find_text_links
from core.text.plain import plain
from core.text.venues import find_venue, says_withdrawn


def paper_attributes(abstract: str, comment: str = "", journal_ref: str = "") -> tuple[str, ...]:
    """
    Name what is true of a paper, from arXiv's own texts (TeX included), sorted.

    ``has:code``, ``has:data``, ``has:model``, ``has:project``, ``has:venue``, ``is:withdrawn``, and the venue's name in
    small letters without blanks: ``venue:neurips``, ``venue:usenix-security``.
    """
    plain_abstract, plain_comment = plain(abstract), plain(comment)
    text_attributes = {f"has:{text_link.kind}" for text_link in find_text_links(plain_abstract, plain_comment)}
    if text_venue := find_venue(plain_comment, plain(journal_ref)):
        text_attributes |= {"has:venue", f"venue:{text_venue.name.lower().replace(' ', '-')}"}
    if says_withdrawn(plain_comment, plain_abstract):
        text_attributes.add("is:withdrawn")
    return tuple(sorted(text_attributes))
