"""What somebody brings along becomes part of a profile, and is told back to them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from core.feeds.library import Snapshot
from core.profiles.change import ProfileState, held_paper, with_likes, with_texts
from core.profiles.seeds import Understood


class BroughtProfile(Struct, frozen=True):
    """A profile with what was brought in it, and a sentence on each thing that was understood."""

    state: ProfileState
    told: tuple[str, ...]


def bring(state: ProfileState, understood: Understood, snapshot: Snapshot, *, now: datetime) -> BroughtProfile:
    """
    Like the papers that are held; learn from the others' titles and abstracts; keep ids without text for later.

    Categories and feeds of an OPML are not part of it: they are rules. Raises TooMany.
    """
    held_ids = {
        each.arxiv_id for each in understood.references if each.arxiv_id and held_paper(snapshot, each.arxiv_id)
    }
    new_references = [each for each in understood.references if each.arxiv_id not in held_ids]
    seed_texts = [each.text for each in new_references if each.text]
    waiting_ids = [each.arxiv_id for each in new_references if each.arxiv_id and not each.text]
    state = with_likes(
        state, [each for each in understood.ids if each in held_ids or each in waiting_ids], snapshot, now=now
    )
    if seed_texts:
        state = with_texts(state, _seed_description(understood, seed_texts), seed_texts, snapshot, now=now)
    return BroughtProfile(state, tuple(_understood_sentences(understood, len(held_ids), seed_texts, waiting_ids)))


def _seed_description(understood: Understood, seed_texts: Sequence[str]) -> str:
    if understood.kind == "text":
        seed_words = " ".join(seed_texts).split()
        return f"“{' '.join(seed_words[:8])}{' …' if len(seed_words) > 8 else ''}”"
    return f"your {understood.kind} of {len(seed_texts)} {'reference' if len(seed_texts) == 1 else 'references'}"


def _understood_sentences(
    understood: Understood, held: int, seed_texts: Sequence[str], waiting_ids: Sequence[object]
) -> list[str]:
    sentences = []
    if understood.kind in ("BibTeX", "RIS"):
        sentences.append(f"{understood.kind}: {_counted(len(understood.references), 'reference')}.")
    if held:
        sentences.append(f"{_counted(held, 'paper')} held here: liked.")
    if seed_texts:
        learnt_texts = (
            "Your sentence"
            if understood.kind == "text"
            else f"{_counted(len(seed_texts), 'title and abstract', 'titles and abstracts')}"
        )
        sentences.append(f"{learnt_texts}: learnt from.")
    if waiting_ids:
        sentences.append(
            f"{_counted(len(waiting_ids), 'paper')} not held here: kept, and learnt from once the text is known."
        )
    if understood.categories:
        sentences.append(f"Categories: {', '.join(understood.categories)}.")
    if understood.feeds:
        sentences.append(f"{_counted(len(understood.feeds), 'feed')} of a Paperfeed.")
    if understood.skipped:
        sentences.append(f"{_counted(understood.skipped, 'entry', 'entries')} could not be used.")
    return sentences


def _counted(number: int, one: str, several: str = "") -> str:
    return f"{number:,} {one if number == 1 else several or one + 's'}"
