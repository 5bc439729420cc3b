"""Which summaries should exist, which are due, and what they will cost."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from msgspec import Struct

from core.config.read import ROOT, Config
from core.paper import Paper, Summary
from core.store.base import Store
from core.store.records import SummaryFailure, SummaryKey
from core.summaries.budget import TYPICAL_ANSWER_TOKENS, tokens_spent_on, typical_tokens
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


def wanted_summaries(summarized_papers: Sequence[Paper], config: Config) -> tuple[WantedSummary, ...]:
    """
    What should exist of these papers, in their order; languages of one paper side by side.

    Raises ConfigError when the prompt file could not be read.
    """
    ai_summary, llm_model = config.settings.ai_summary, config.environment.llm_model
    prompt_file = ROOT / ai_summary.prompt_file if ai_summary.prompt_file else None
    prompts = [load_prompt(language, ai_summary.input, prompt_file) for language in ai_summary.languages]
    return tuple(
        WantedSummary(
            paper, prompt, SummaryKey(paper.arxiv_id, paper.version, prompt.language, llm_model, prompt.prompt_hash)
        )
        for paper in summarized_papers
        for prompt in prompts
    )


def summary_key(summary: Summary) -> SummaryKey:
    """The key that a summary was made under."""
    return SummaryKey(summary.arxiv_id, summary.version, summary.language, summary.model, summary.prompt)


class SummaryStanding(Struct, frozen=True):
    """Where the wanted summaries stand: there, to be made now, to be tried later, given up."""

    ready: tuple[WantedSummary, ...]
    due: tuple[WantedSummary, ...]
    later: tuple[WantedSummary, ...]
    given_up: tuple[WantedSummary, ...]
    summary_failures: Mapping[SummaryKey, SummaryFailure]


async def summary_standing(
    store: Store, config: Config, ranked_candidates: Sequence[Paper], *, now: datetime
) -> SummaryStanding:
    """Look up the best ``max_papers_to_summarize``: two store commands."""
    summarized_papers = ranked_candidates[: config.settings.ai_summary.max_papers_to_summarize]
    wanted = wanted_summaries(summarized_papers, config)
    made_summaries = await store.load_summaries([summary.key for summary in wanted]) if wanted else {}
    unmade_keys = [summary.key for summary in wanted if summary.key not in made_summaries]
    summary_failures = await store.load_failures(unmade_keys) if unmade_keys else {}
    standing: dict[str, list[WantedSummary]] = {"ready": [], "due": [], "later": [], "given_up": []}
    for wanted_summary in wanted:
        is_ready = wanted_summary.key in made_summaries
        summary_failure = summary_failures.get(wanted_summary.key)
        standing["ready" if is_ready else _unmade_standing(summary_failure, now)].append(wanted_summary)
    ready, due, later, given_up = (tuple(summaries) for summaries in standing.values())
    return SummaryStanding(ready, due, later, given_up, summary_failures)


def _unmade_standing(summary_failure: SummaryFailure | None, now: datetime) -> str:
    if summary_failure is None:
        return "due"
    if summary_failure.attempts >= MOST_SUMMARY_TRIES:
        return "given_up"
    return "later" if summary_failure.retry_at > now else "due"


class SummaryPlan(Struct, frozen=True):
    """What a run would do now, and about what it would cost: for ``summarize --dry-run``."""

    llm_model: str
    due_summaries: tuple[WantedSummary, ...]  # in this order
    ready: int
    later: int
    given_up: int
    prompt_tokens: int  # estimates for all that are due
    completion_tokens: int
    summary_cost: float | None  # in the configured currency; None when no price is configured
    affordable: int  # how many summaries of those that are due the rest of the day's budget pays for
    budget_tokens_left: int
    summaries_off: str  # why nothing would be summarized at all; "" when it would


async def plan_summaries(
    store: Store, config: Config, ranked_candidates: Sequence[Paper], *, now: datetime
) -> SummaryPlan:
    """Say what ``summarize`` would do; asks neither arXiv nor the model."""
    ai_summary = config.settings.ai_summary
    standing = await summary_standing(store, config, ranked_candidates, now=now)
    due_summaries, summary_tokens = len(standing.due), typical_tokens(ai_summary) + TYPICAL_ANSWER_TOKENS
    completion_tokens = TYPICAL_ANSWER_TOKENS * due_summaries
    prompt_tokens = typical_tokens(ai_summary) * due_summaries
    budget_tokens_left = max(0, ai_summary.daily_token_budget - await tokens_spent_on(store, now.date()))
    return SummaryPlan(
        config.environment.llm_model,
        standing.due,
        ready=len(standing.ready),
        later=len(standing.later),
        given_up=len(standing.given_up),
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
        summary_cost=ai_summary.cost(prompt_tokens, completion_tokens),
        affordable=min(due_summaries, budget_tokens_left // summary_tokens),
        budget_tokens_left=budget_tokens_left,
        summaries_off=why_summaries_off(config),
    )


def why_summaries_off(config: Config) -> str:
    """Why no summaries are made, in one sentence; "" when they are."""
    ai_summary = config.settings.ai_summary
    if ai_summary.enabled is False:
        return "summaries are switched off: ai_summary.enabled is false"
    if not config.environment.llm_key:
        llm_key_names = " or ".join(dict.fromkeys(("OPENAI_API_KEY", ai_summary.api_key_env)))
        return f"no summaries without a key: set {llm_key_names}"
    return "ai_summary.max_papers_to_summarize is 0" if not ai_summary.max_papers_to_summarize else ""
