"""Which summaries should exist, which are due, and what they will cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from msgspec import Struct

from core.config.read import ROOT, Config
from core.config.settings import AiSummary
from core.paper import Paper, Summary
from core.store.base import Store
from core.store.records import SummaryFailure, SummaryKey
from core.summaries.budget import TYPICAL_ANSWER, tokens_spent_on, typical_tokens
from core.summaries.prompts import SummaryPrompt, load_prompt

MOST_SUMMARY_TRIES: Final = 3
"""After so many failures, over as many refreshes, a paper is left alone."""


class WantedSummary(Struct, frozen=True):
    """A summary that should exist, and the prompt that it is to be made with."""

    paper: Paper
    prompt: SummaryPrompt
    key: SummaryKey

    @property
    def language(self) -> str:
        return self.prompt.language


def wanted_summaries(papers: Sequence[Paper], config: Config) -> tuple[WantedSummary, ...]:
    """
    What should exist of these papers, in their order; languages of one paper side by side.

    Raises ConfigError when the prompt file could not be read.
    """
    settings = config.settings.ai_summary
    prompts = [load_prompt(language, settings.input, _prompt_file(settings)) for language in settings.languages]
    model = config.environment.llm_model
    return tuple(
        WantedSummary(
            paper, prompt, SummaryKey(paper.arxiv_id, paper.version, prompt.language, model, prompt.prompt_hash)
        )
        for paper in papers
        for prompt in prompts
    )


def summary_key(summary: Summary) -> SummaryKey:
    """The key that a summary was made under."""
    return SummaryKey(summary.arxiv_id, summary.version, summary.language, summary.model, summary.prompt)


def _prompt_file(settings: AiSummary) -> Path | None:
    return ROOT / settings.prompt_file if settings.prompt_file else None


class SummaryStanding(Struct, frozen=True):
    """Where the wanted summaries stand: there, to be made now, to be tried later, given up."""

    ready: tuple[WantedSummary, ...]
    due: tuple[WantedSummary, ...]
    later: tuple[WantedSummary, ...]
    given_up: tuple[WantedSummary, ...]
    failures: Mapping[SummaryKey, SummaryFailure]


async def summary_standing(store: Store, config: Config, ranked: Sequence[Paper], *, now: datetime) -> SummaryStanding:
    """Look up the best ``max_papers_to_summarize``: two store commands."""
    most = config.settings.ai_summary.max_papers_to_summarize
    all_wanted = wanted_summaries(ranked[:most], config)
    keys = [each.key for each in all_wanted]
    existing = await store.summaries(keys) if keys else {}
    failures = await store.failures([key for key in keys if key not in existing]) if len(existing) < len(keys) else {}

    def place(each: WantedSummary) -> str:
        if each.key in existing:
            return "ready"
        failure = failures.get(each.key)
        if failure is None:
            return "due"
        if failure.attempts >= MOST_SUMMARY_TRIES:
            return "given_up"
        return "later" if failure.retry_at > now else "due"

    places = [(place(each), each) for each in all_wanted]

    def at(name: str) -> tuple[WantedSummary, ...]:
        return tuple(each for where, each in places if where == name)

    return SummaryStanding(at("ready"), at("due"), at("later"), at("given_up"), failures)


class SummaryPlan(Struct, frozen=True):
    """What a run would do now, and about what it would cost: for ``summarize --dry-run``."""

    model: str
    items: tuple[WantedSummary, ...]  # to be summarized, in this order
    ready: int
    later: int
    given_up: int
    prompt_tokens: int  # estimates for all items
    completion_tokens: int
    cost: float | None  # in the configured currency; None when no price is configured
    affordable: int  # how many of the items the rest of the day's budget pays for
    budget_left: int
    off: str  # why nothing would be summarized at all; "" when it would


async def plan_summaries(store: Store, config: Config, ranked: Sequence[Paper], *, now: datetime) -> SummaryPlan:
    """Say what ``summarize`` would do; asks neither arXiv nor the model."""
    settings = config.settings.ai_summary
    found = await summary_standing(store, config, ranked, now=now)
    each = typical_tokens(settings)
    left = max(0, settings.daily_token_budget - await tokens_spent_on(store, now.date()))
    sent, answered = each * len(found.due), TYPICAL_ANSWER * len(found.due)
    return SummaryPlan(
        model=config.environment.llm_model,
        items=found.due,
        ready=len(found.ready),
        later=len(found.later),
        given_up=len(found.given_up),
        prompt_tokens=sent,
        completion_tokens=answered,
        cost=settings.cost(sent, answered),
        affordable=min(len(found.due), left // (each + TYPICAL_ANSWER)),
        budget_left=left,
        off=why_summaries_off(config),
    )


def why_summaries_off(config: Config) -> str:
    """Why no summaries are made, in one sentence; "" when they are."""
    settings = config.settings.ai_summary
    if settings.enabled is False:
        return "summaries are switched off: ai_summary.enabled is false"
    if not config.environment.llm_key:
        names = " or ".join(dict.fromkeys(("OPENAI_API_KEY", settings.api_key_env)))
        return f"no summaries without a key: set {names}"
    return "ai_summary.max_papers_to_summarize is 0" if not settings.max_papers_to_summarize else ""
