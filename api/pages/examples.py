"""Feeds to start from, in several fields."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from api.pages.asked import with_query
from api.pages.site import Site
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.overview import overview
from core.search.work import uncounted
from core.taxonomy import parse_categories

SHOWN: Final = 8

_EXAMPLES: Final = (
    ("Faster language models", "cs.CL,cs.LG,cs.DC", "kv cache,speculative decoding,quantization AND LLM"),
    ("Reasoning and agents", "cs.AI,cs.CL,cs.LG", "agent AND tool,chain of thought,ti:reasoning^2"),
    ("Images and video", "cs.CV", "ti:diffusion^2,video generation,gaussian splatting"),
    ("Robots that learn", "cs.RO", "imitation learning,manipulation,legged,vision language action"),
    ("Medical imaging", "cs.CV,eess.IV,cs.LG", "MRI,CT scan,segmentation AND medical,radiology"),
    ("Security and privacy", "cs.CR", "fuzzing,side channel,differential privacy,jailbreak*"),
    ("Cosmology", "astro-ph.CO", "dark energy,hubble tension,CMB,weak lensing"),
    ("Quantum computing", "quant-ph", "error correction,qubit*,variational AND quantum"),
    ("Materials", "cond-mat.mtrl-sci,cond-mat.supr-con", "superconductiv*,perovskite,density functional"),
    ("Number theory", "math.NT", "elliptic curve*,modular form*,prime*"),
    ("Biology", "q-bio", "protein,single cell,genom*"),
    ("Economics", "econ", "labor market,auction,causal inference,treatment effect*"),
    ("Fairness and society", "cs.CY,cs.HC", "fairness,bias,education,accessibility"),
)
"""Title, categories and keywords."""
_EXAMPLE_WORK: Final = 3_000
"""One of them looked for, in microseconds of CPU; what is found is kept."""


class Example(Struct, frozen=True):
    """A card: what it is about, its address, and how many papers a week it brings here."""

    title: str
    address: str
    keywords: str
    per_week: int


def examples(batches: Sequence[LoadedBatch], held: frozenset[str], site: Site) -> list[Example]:
    """Some of those that find papers, of categories that are ``held`` if any is: one a field, then a second of each."""
    of_field: Counter[str] = Counter()
    found: list[tuple[int, Example]] = []
    for title, where, words in _EXAMPLES:
        if not held or held & parse_categories(where).included:
            example = _example(title, [("categories", where), ("keywords", words)], batches, site)
            of_field[field := where.partition(".")[0]] += bool(example.per_week)
            found.append((of_field[field], example))
    found.sort(key=lambda each: each[0])
    return [example for _, example in found if example.per_week][:SHOWN]


def _example(title: str, pairs: list[tuple[str, str]], batches: Sequence[LoadedBatch], site: Site) -> Example:
    with uncounted(_EXAMPLE_WORK):  # the same for everybody, so that nobody can multiply it
        found = overview(batches, parse_query(pairs, site.settings), 0)
    address = with_query("/", [*pairs, *site.ui_pair])
    return Example(title, address, dict(pairs)["keywords"].replace(",", ", "), found.per_week)
