"""
Triage: a cheap model rates the best papers of a day against one sentence, ten titles and abstracts at a time.

A rating is kept and published like a summary, in a private language that names the interest: for (interest, id,
version, model, prompt) it is paid for once. A paper whose title or abstract speaks to language models is not rated
at all.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from msgspec import Struct

from core.clock import Clock
from core.config.read import Config
from core.errors import PaperfeedError
from core.log import event
from core.paper import ArxivId, Paper, Summary
from core.query.interest import interest_tag, rated_interest
from core.store.base import Store
from core.store.records import SummaryKey
from core.summaries.answer_forms import first_answer_object, without_thoughts
from core.summaries.budget import TokenBudget
from core.summaries.calls import ModelCalls
from core.summaries.harmless import EMPTY_SUMMARY_ALLOWLIST, harmless_text
from core.summaries.injection import screen_injections
from core.summaries.markdown import answer_line
from core.summaries.model import ChatModel
from core.summaries.prompts import AnswerForm, SummaryPrompt
from core.summaries.request import ModelQuestion, chat_message

TRIAGED_A_DAY: Final = 50
TRIAGED_AT_ONCE: Final = 10
_TRIAGED_ABSTRACT_CHARACTERS: Final = 1_800
_RATING_REASON_CHARACTERS: Final = 160
_HIGHEST_GRADE: Final = 10

_TRIAGE_PROMPT: Final = (Path(__file__).parent / "prompts" / "triage.md").read_text("utf-8")


class TriageQuestion(ModelQuestion, frozen=True):
    """Several papers for one reader; the answer is a list of ratings by mark."""

    def chat_messages(self, answer_form: AnswerForm) -> list[dict[str, str]]:
        """The conversation in the words of the chat API, the same in every form."""
        del answer_form
        return [chat_message("system", self.prompt.summary_task), chat_message("user", self.fenced_paper)]


class TriageRating(Struct, frozen=True):
    """A grade from 1 to 10, and half a sentence why."""

    triage_grade: int
    triage_reason: str


def triage_key(paper: Paper, config: Config) -> SummaryKey:
    """What a rating is kept under."""
    triage_interest, triage_model = config.settings.interest, config.settings.ai_summary.triage
    prompt_hash = hashlib.blake2b(f"{_TRIAGE_PROMPT}\0{triage_interest}".encode(), digest_size=6).hexdigest()
    return SummaryKey(paper.arxiv_id, paper.version, interest_tag(triage_interest), triage_model, prompt_hash)


class PaperTriage(Struct, frozen=True):
    """Rates papers against a configuration's interest until ``triage_deadline``; ``on_rating`` gets each one."""

    store: Store
    config: Config
    clock: Clock
    triage_deadline: datetime
    on_rating: Callable[[Summary], None]

    async def rate_papers(self, triage_candidates: Sequence[Paper]) -> None:
        """
        Rate the first ``TRIAGED_A_DAY`` papers that have no rating yet, within the day's tokens.

        Each rating is saved the moment it exists. The first call that fails ends it: the next refresh goes on. Raises
        StoreError only.
        """
        if not rated_interest(self.config.settings) or not self.config.environment.llm_key:
            return
        triaged_papers = [paper for paper in triage_candidates[:TRIAGED_A_DAY] if not _speaks_to_models(paper)]
        triage_keys = [triage_key(paper, self.config) for paper in triaged_papers]
        known_triage_ratings = await self.store.load_summaries(triage_keys) if triage_keys else {}
        for known_triage_rating in known_triage_ratings.values():
            self.on_rating(known_triage_rating)
        keyed_papers = zip(triage_keys, triaged_papers, strict=True)
        if unrated_papers := [paper for rating_key, paper in keyed_papers if rating_key not in known_triage_ratings]:
            await self._rate_unrated(unrated_papers)

    async def _rate_unrated(self, unrated_papers: Sequence[Paper]) -> None:
        ai_summary, triage_day = self.config.settings.ai_summary, self.clock.now().date()
        budget = await TokenBudget.open(self.store, ai_summary.triage, triage_day, ai_summary.daily_token_budget)
        async with ChatModel(self.config, model_name=ai_summary.triage, answer_structure="json_object") as chat_model:
            triage_calls = ModelCalls(chat_model, budget, ai_summary, self.clock, self.triage_deadline)
            try:
                for triaged in range(0, len(unrated_papers), TRIAGED_AT_ONCE):
                    await self._rate_together(triage_calls, unrated_papers[triaged : triaged + TRIAGED_AT_ONCE])
            except PaperfeedError as triage_error:
                event("triage.stopped", error=str(triage_error))

    async def _rate_together(self, triage_calls: ModelCalls, triaged_papers: Sequence[Paper]) -> None:
        question, triage_marks = triage_question(triaged_papers, self.config.settings.interest)
        reply = await triage_calls.ask(question)
        triage_ratings = read_triage_ratings(reply.answer, triage_marks)
        rating_ttl = timedelta(days=self.config.settings.retention_days)
        for triaged_paper in triaged_papers:
            if triage_rating := triage_ratings.get(triaged_paper.arxiv_id):
                rating_key = triage_key(triaged_paper, self.config)
                rating = _rating_summary(triage_rating, rating_key, self.clock.now())
                await self.store.save_summary(rating_key, rating, ttl=rating_ttl)
                self.on_rating(rating)
        triage_tokens = reply.prompt_tokens + reply.completion_tokens
        event("triage.rated", papers=len(triaged_papers), rated=len(triage_ratings), tokens=triage_tokens)


def _rating_summary(triage_rating: TriageRating, rating_key: SummaryKey, triaged_at: datetime) -> Summary:
    return Summary(
        rating_key.arxiv_id,
        rating_key.version,
        rating_key.language,
        rating_key.model,
        rating_key.prompt,
        created=triaged_at,
        tldr=f"{triage_rating.triage_grade}/{_HIGHEST_GRADE}: {triage_rating.triage_reason}",
        sections=(),
        grade=triage_rating.triage_grade,
    )


def triage_question(triaged_papers: Sequence[Paper], interest: str) -> tuple[TriageQuestion, Mapping[str, ArxivId]]:
    """Write the question, and the marks that its papers go by: no paper can foresee its own or another's."""
    triage_texts = [_triage_text(paper) for paper in triaged_papers]
    triage_hash = hashlib.blake2b("\0".join((interest, *triage_texts)).encode(), digest_size=20).hexdigest()
    triage_marks = [f"P{number}{triage_hash[3 * number : 3 * number + 3]}" for number in range(len(triaged_papers))]
    fence = f"=====PAPERS-{triage_hash[-10:]}====="
    triage_papers = "\n\n".join(f"[{mark}]\n{text}" for mark, text in zip(triage_marks, triage_texts, strict=True))
    triage_task = _TRIAGE_PROMPT.replace("{fence}", fence).replace("{interest}", _screened_line(interest))
    closing_request = f"Rate each of the {len(triaged_papers)} papers between the two marks."
    fenced_papers = f"{fence}\n{triage_papers}\n{fence}\n\n{closing_request}"
    question = TriageQuestion(SummaryPrompt("en", triage_task, (), ""), fence, fenced_papers)
    return question, dict(zip(triage_marks, (paper.arxiv_id for paper in triaged_papers), strict=True))


def _triage_text(paper: Paper) -> str:
    screened_abstract = _screened_line(paper.abstract)[:_TRIAGED_ABSTRACT_CHARACTERS]
    return f"Title: {_screened_line(paper.title)}\nAbstract: {screened_abstract}"


def read_triage_ratings(answer: str, triage_marks: Mapping[str, ArxivId]) -> dict[ArxivId, TriageRating]:
    """Take every rating whose mark is known and whose grade is one; a paper that is rated twice is not rated."""
    answer_object = first_answer_object(without_thoughts(answer)) or {}
    answered_ratings = answer_object.get("ratings")
    triage_ratings: dict[ArxivId, TriageRating] = {}
    triaged_twice: set[ArxivId] = set()
    for answered_rating in answered_ratings if isinstance(answered_ratings, list) else ():
        if not isinstance(answered_rating, dict):
            continue
        rated_id = triage_marks.get(str(answered_rating.get("mark", "")).strip("[] "))
        triage_rating = _triage_rating(answered_rating)
        if rated_id is not None and triage_rating:
            triaged_twice |= {rated_id} & triage_ratings.keys()
            triage_ratings[rated_id] = triage_rating
    return {rated_id: rating for rated_id, rating in triage_ratings.items() if rated_id not in triaged_twice}


def _triage_rating(answered_rating: dict[str, object]) -> TriageRating | None:
    triage_grade = answered_rating.get("grade")
    if isinstance(triage_grade, bool) or not isinstance(triage_grade, int) or not 1 <= triage_grade <= _HIGHEST_GRADE:
        return None
    triage_reason = harmless_text(answer_line(str(answered_rating.get("why", ""))), EMPTY_SUMMARY_ALLOWLIST)
    return TriageRating(triage_grade, triage_reason[:_RATING_REASON_CHARACTERS])


def _speaks_to_models(paper: Paper) -> bool:
    return bool(screen_injections(paper.title).injections or screen_injections(paper.abstract).injections)


def _screened_line(paper_text: str) -> str:
    return " ".join(screen_injections(paper_text).text.split())
