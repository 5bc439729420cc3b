"""What somebody brings along becomes part of a profile, and is told back to them."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from core.feeds.library import Snapshot
from core.profiles.change import ProfileState, with_likes, with_seed_texts
from core.profiles.seeds import UnderstoodSeed
from core.search.batch import held_paper


class BroughtProfile(Struct, frozen=True):
    """A profile with what was brought in it, and a sentence on each thing that was understood."""

    state: ProfileState
    understood_sentences: tuple[str, ...]


def bring(state: ProfileState, understood: UnderstoodSeed, snapshot: Snapshot, *, now: datetime) -> BroughtProfile:
    """
    Like the papers that are held; learn from the others' titles and abstracts; keep ids without text for later.

    Categories and feeds of an OPML are not part of it: they are rules. Raises TooMany.
    """
    brought_ids = [reference.arxiv_id for reference in understood.references if reference.arxiv_id]
    held_ids = {brought_id for brought_id in brought_ids if held_paper(snapshot.batches, brought_id)}
    new_references = [reference for reference in understood.references if reference.arxiv_id not in held_ids]
    seed_texts = [reference.text for reference in new_references if reference.text]
    unlearnt_ids = [reference.arxiv_id for reference in new_references if reference.arxiv_id and not reference.text]
    liked_ids = [liked_id for liked_id in understood.ids if liked_id in held_ids or liked_id in unlearnt_ids]
    state = with_likes(state, liked_ids, snapshot, now=now)
    if seed_texts:
        state = with_seed_texts(state, _seed_description(understood, seed_texts), seed_texts, snapshot, now=now)
    seed_sentences = _understood_sentences(understood, len(held_ids), len(seed_texts), len(unlearnt_ids))
    return BroughtProfile(state, tuple(seed_sentences))


def _seed_description(understood: UnderstoodSeed, seed_texts: Sequence[str]) -> str:
    if understood.kind == "text":
        seed_words = " ".join(seed_texts).split()
        return f"“{' '.join(seed_words[:8])}{' …' if len(seed_words) > 8 else ''}”"
    return f"your {understood.kind} of {len(seed_texts)} {'reference' if len(seed_texts) == 1 else 'references'}"


def _understood_sentences(understood: UnderstoodSeed, liked: int, learnt: int, unlearnt: int) -> list[str]:
    seed_sentences = []
    if understood.kind in ("BibTeX", "RIS"):
        seed_sentences.append(f"{understood.kind}: {_counted_seeds(len(understood.references), 'reference')}.")
    if liked:
        seed_sentences.append(f"{_counted_seeds(liked, 'paper')} held here: liked.")
    if learnt:
        titles_and_abstracts = _counted_seeds(learnt, "title and abstract", "titles and abstracts")
        learnt_from = "Your sentence" if understood.kind == "text" else titles_and_abstracts
        seed_sentences.append(f"{learnt_from}: learnt from.")
    if unlearnt:
        seed_sentences.append(
            f"{_counted_seeds(unlearnt, 'paper')} not held here: kept, and learnt from once the text is known."
        )
    if understood.pasted_categories:
        seed_sentences.append(f"Categories: {', '.join(understood.pasted_categories)}.")
    if understood.paperfeed_rules:
        seed_sentences.append(f"{_counted_seeds(len(understood.paperfeed_rules), 'feed')} of a Paperfeed.")
    if understood.skipped_references:
        seed_sentences.append(f"{_counted_seeds(understood.skipped_references, 'entry', 'entries')} could not be used.")
    return seed_sentences


def _counted_seeds(seed_count: int, one_seed: str, several_seeds: str = "") -> str:
    return f"{seed_count:,} {one_seed if seed_count == 1 else several_seeds or one_seed + 's'}"
