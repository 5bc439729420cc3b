"""Fourteen interests as lists of terms, and what an order finds of half of them that it was not shown."""

import random
from collections.abc import Iterator, Sequence
from statistics import mean, stdev

from core.config.settings import MAX_LIMIT, Settings
from core.index.bitset import rows_of
from core.language.term_parser import parse_term
from core.query.parse import parse_query
from core.search.batch import LoadedBatch
from core.search.match import term_hits
from core.search.select import select

INTERESTS = {
    "KV cache and long context": (
        "KV cache, long context, sparse attention, context compression, speculative decoding, prefill, "
        "attention sink, context window"
    ),
    "retrieval-augmented generation": (
        "RAG, retrieval-augmented generation, dense retrieval, reranking, multi-hop question answering, "
        "knowledge graph, retriever, document retrieval"
    ),
    "hallucination and uncertainty": (
        "hallucination, uncertainty quantification, calibration, factuality, confidence estimation, "
        "faithfulness, abstention, conformal prediction"
    ),
    "RL for reasoning": (
        "RLVR, GRPO, verifiable reward, policy optimization, reasoning model, reward model, PPO, chain- of-thought"
    ),
    "coding agents": (
        "code generation, SWE-bench, coding agent, program repair, software engineering, unit test, code "
        "review, repository"
    ),
    "3D Gaussian splatting": (
        "Gaussian splatting, 3DGS, novel view synthesis, NeRF, radiance field, 3D reconstruction, avatar, point cloud"
    ),
    "medical imaging": "medical image, CT, MRI, segmentation, radiology, X-ray, pathology, ultrasound",
    "LLM safety": (
        "jailbreak, red teaming, prompt injection, safety alignment, harmful, guardrail, adversarial attack, backdoor"
    ),
    "interpretability": (
        "interpretability, sparse autoencoder, mechanistic, probing, circuit, steering vector, "
        "activation patching, feature attribution"
    ),
    "video generation": (
        "video generation, diffusion transformer, text-to-video, video editing, image-to-video, camera "
        "control, video diffusion, world model"
    ),
    "time series": (
        "time series, forecasting, anomaly detection, temporal pattern, multivariate, long-term "
        "forecasting, seasonality, foundation model"
    ),
    "low-resource languages": (
        "low-resource language, machine translation, multilingual, cross-lingual, African, Indic, "
        "dialect, transliteration"
    ),
    "federated learning and privacy": (
        "federated learning, differential privacy, non-IID, client, aggregation, membership inference, "
        "privacy-preserving, unlearning"
    ),
    "speech": "speech recognition, ASR, text-to-speech, speaker, audio, speech enhancement, voice, spoken",
}

TYPED = {
    "KV cache and long context": "KV cache, long context, sparse attention, context compression",
    "Retrieval-augmented generation": "RAG, dense retrieval, reranking, multi-hop",
    "Hallucination and uncertainty": "hallucination, uncertainty quantification, calibration, factuality",
    "RL for reasoning": "RLVR, GRPO, verifiable reward, reasoning model",
    "Coding agents": "code generation, SWE-bench, coding agent, program repair",
    "3D Gaussian splatting": "Gaussian splatting, novel view synthesis, NeRF, 3D reconstruction",
    "Medical imaging": "medical image, CT, MRI, radiology",
    "LLM safety": "jailbreak, red teaming, prompt injection, safety alignment",
    "Interpretability": "interpretability, sparse autoencoder, mechanistic, circuit, probing",
    "Time series": "time series, forecasting, anomaly detection",
    "Low-resource languages": "low-resource, machine translation, multilingual, dialect",
    "Federated learning and privacy": "federated learning, differential privacy, membership inference, unlearning",
}
"""Twelve interests as a reader might type them, to be judged by hand."""

SPLITS = 6
FIRST = 10
LEAST_MATCHED, LEAST_WANTED = 16, 5
"""Days on which fewer papers match say nothing about an order."""

Case = tuple[int, Sequence[str], Sequence[str]]  # the batch, the terms shown, the terms hidden


def cases(batches: Sequence[LoadedBatch]) -> Iterator[Case]:
    """Hide half of each interest's terms, several times, on every day that has a day before it."""
    chance = random.Random(1)
    for terms in INTERESTS.values():
        mixed = [term.strip() for term in terms.split(",")]
        for _ in range(SPLITS):
            chance.shuffle(mixed)
            for number in range(len(batches) - 1):
                yield number, tuple(mixed[: len(mixed) // 2]), tuple(mixed[len(mixed) // 2 :])


def precision(batches: Sequence[LoadedBatch], settings: Settings, **ranking: str) -> tuple[float, float, int]:
    """Mean part of the first ten that match a hidden term, its standard error, and over how many days and splits."""
    found = []
    for number, shown, hidden in cases(batches):
        held = batches[number:]
        asked = {"keywords": ",".join(shown), "days": "1", "types": "new,cross,replace", "expand": "no"}
        limits = {"per_day": str(MAX_LIMIT), "limit": str(MAX_LIMIT)}
        ids = [
            entry.paper.arxiv_id for entry in select(held, parse_query((asked | limits | ranking).items(), settings))
        ]
        wanted = _holding(held[0], hidden)
        if len(ids) >= LEAST_MATCHED and len(wanted) >= LEAST_WANTED:
            found.append(sum(each in wanted for each in ids[:FIRST]) / FIRST)
    return mean(found), stdev(found) / len(found) ** 0.5, len(found)


def _holding(batch: LoadedBatch, terms: Sequence[str]) -> set[str]:
    rows = 0
    for term in terms:
        rows |= term_hits(batch.index, parse_term(term)).rows
    return {batch.index.ids[row] for row in rows_of(rows)}


OF_THESE_CATEGORIES = (
    "graph neural networks for weather",
    "RL for LLM reasoning",
    "adversarial robustness of vision models",
    "kv cache compression",
    "machine translation of low-resource languages",
    "medical image segmentation",
    "privacy in federated learning",
    "sparse autoencoders for interpretability",
    "video generation with diffusion models",
    "code generation agents",
    "speech recognition noise",
    "time series forecasting",
    "robot grasping",
    "hallucination in language models",
    "music generation",
    "protein design",
    "economics of AI",
    "fairness in hiring",
    "autonomous driving planning",
    "question answering over tables",
)
OF_OTHER_FIELDS = (
    "gravitational waves from black holes",
    "bird migration tracking",
    "quantum error correction codes",
    "knitting patterns",
    "ancient Roman pottery",
    "wine tasting notes",
    "coral reef restoration",
    "dark matter halos",
    "medieval manuscripts",
    "beekeeping in cities",
    "volcano eruption forecasting",
    "cooking recipes for vegans",
    "chess endgame",
    "horse racing odds",
    "tax law reform",
    "sourdough bread",
    "bicycle lanes safety",
    "whale songs",
    "football injuries",
    "opera singing technique",
    "tea ceremony",
    "stock options pricing",
    "superconductivity at high temperature",
    "number theory primes",
    "elliptic curves",
)
