"""What somebody brings along becomes part of a profile, and is told back to them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from core.feeds.library import Snapshot
from core.profiles.change import State, held_paper, with_likes, with_texts
from core.profiles.seeds import Understood


class Brought(Struct, frozen=True):
    """A profile with what was brought in it, and a sentence on each thing that was understood."""

    state: State
    told: tuple[str, ...]


def bring(state: State, found: Understood, snapshot: Snapshot, *, now: datetime) -> Brought:
    """
    Like the papers that are held; learn from the others' titles and abstracts; keep ids without text for later.

    Categories and feeds of an OPML are not part of it: they are rules. Raises TooMany.
    """
    held = {each.arxiv_id for each in found.references if each.arxiv_id and held_paper(snapshot, each.arxiv_id)}
    others = [each for each in found.references if each.arxiv_id not in held]
    texts = [each.text for each in others if each.text]
    waiting = [each.arxiv_id for each in others if each.arxiv_id and not each.text]
    state = with_likes(state, [each for each in found.ids if each in held or each in waiting], snapshot, now=now)
    if texts:
        state = with_texts(state, _what(found, texts), texts, snapshot, now=now)
    return Brought(state, tuple(_told(found, len(held), texts, waiting)))


def _what(found: Understood, texts: Sequence[str]) -> str:
    if found.kind == "text":
        words = " ".join(texts).split()
        return f"“{' '.join(words[:8])}{' …' if len(words) > 8 else ''}”"
    return f"your {found.kind} of {len(texts)} {'reference' if len(texts) == 1 else 'references'}"


def _told(found: Understood, held: int, texts: Sequence[str], waiting: Sequence[object]) -> list[str]:
    told = []
    if found.kind in ("BibTeX", "RIS"):
        told.append(f"{found.kind}: {_count(len(found.references), 'reference')}.")
    if held:
        told.append(f"{_count(held, 'paper')} held here: liked.")
    if texts:
        what = (
            "Your sentence"
            if found.kind == "text"
            else f"{_count(len(texts), 'title and abstract', 'titles and abstracts')}"
        )
        told.append(f"{what}: learnt from.")
    if waiting:
        told.append(f"{_count(len(waiting), 'paper')} not held here: kept, and learnt from once the text is known.")
    if found.categories:
        told.append(f"Categories: {', '.join(found.categories)}.")
    if found.feeds:
        told.append(f"{_count(len(found.feeds), 'feed')} of a Paperfeed.")
    if found.skipped:
        told.append(f"{_count(found.skipped, 'entry', 'entries')} could not be used.")
    return told


def _count(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
