"""
Triage: a cheap model rates the best papers of a day against one sentence, ten titles and abstracts at a time.

A rating is kept and published like a summary, in a private language that names the interest: for (interest, id,
version, model, prompt) it is paid for once. A paper whose title or abstract speaks to language models is not rated
at all.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from core.summaries.calls import Calls
from core.summaries.harmless import OWNS_NOTHING, harmless_text
from core.summaries.injection import screen_injections
from core.summaries.markdown import answer_line
from core.summaries.model import ChatModel
from core.summaries.prompts import AnswerForm, SummaryPrompt
from core.summaries.request import ModelQuestion

TRIAGED_A_DAY: Final = 50
TRIAGE_BATCH_PAPERS: Final = 10
_ABSTRACT_CHARACTERS: Final = 1_800
_REASON_CHARACTERS: Final = 160
_HIGHEST: Final = 10

_TASK: Final = (Path(__file__).parent / "prompts" / "triage.md").read_text("utf-8")


class TriageQuestion(ModelQuestion, frozen=True):
    """Several papers for one reader; the answer is a list of ratings by mark."""

    def messages(self, form: AnswerForm) -> list[dict[str, str]]:
        """The conversation in the words of the chat API, the same in every form."""
        del form
        return [{"role": "system", "content": self.prompt.summary_task}, {"role": "user", "content": self.text}]


class PaperRating(Struct, frozen=True):
    """A grade from 1 to 10, and half a sentence why."""

    grade: int
    why: str


def triage_key(paper: Paper, config: Config) -> SummaryKey:
    """What a rating is kept under."""
    interest = config.settings.interest
    name = hashlib.blake2b(f"{_TASK}\0{interest}".encode(), digest_size=6).hexdigest()
    return SummaryKey(paper.arxiv_id, paper.version, interest_tag(interest), config.settings.ai_summary.triage, name)


async def rate_papers(
    store: Store,
    config: Config,
    papers: Sequence[Paper],
    *,
    clock: Clock,
    deadline: datetime,
    on_rated: Callable[[Summary], None],
) -> None:
    """
    Rate the first ``TRIAGED_A_DAY`` papers that have no rating yet, within the day's tokens, until ``deadline``.

    Each rating is saved the moment it exists. The first call that fails ends it: the next refresh goes on. Raises
    StoreError only.
    """
    if not rated_interest(config.settings) or not config.environment.llm_key:
        return
    keys = {triage_key(paper, config): paper for paper in papers[:TRIAGED_A_DAY] if not _speaks_to_models(paper)}
    known = await store.summaries(list(keys)) if keys else {}
    for summary in known.values():
        on_rated(summary)
    due = [paper for key, paper in keys.items() if key not in known]
    if not due:
        return
    settings = config.settings.ai_summary
    budget = await TokenBudget.open(store, settings.triage, clock.now().date(), settings.daily_token_budget)
    async with ChatModel(settings, config.environment, model=settings.triage, structure="json_object") as writer:
        calls = Calls(writer, budget, settings, clock, deadline)
        try:
            for batch in _batches(due):
                await _rate_batch(store, config, calls, batch, on_rated)
        except PaperfeedError as error:
            event("triage.stopped", error=str(error))


def _batches(papers: Sequence[Paper]) -> Iterator[Sequence[Paper]]:
    for begin in range(0, len(papers), TRIAGE_BATCH_PAPERS):
        yield papers[begin : begin + TRIAGE_BATCH_PAPERS]


async def _rate_batch(
    store: Store, config: Config, calls: Calls, papers: Sequence[Paper], on_rated: Callable[[Summary], None]
) -> None:
    question, marks = triage_question(papers, config.settings.interest)
    reply = await calls.ask(question)
    ratings = read_triage_ratings(reply.text, marks)
    keep = timedelta(days=config.settings.retention_days)
    for paper in papers:
        if rated := ratings.get(paper.arxiv_id):
            key = triage_key(paper, config)
            rating = Summary(
                paper.arxiv_id,
                paper.version,
                key.language,
                key.model,
                key.prompt,
                calls.clock.now(),
                f"{rated.grade}/{_HIGHEST}: {rated.why}",
                (),
                grade=rated.grade,
            )
            await store.save_summary(key, rating, ttl=keep)
            on_rated(rating)
    event("triage.rated", papers=len(papers), rated=len(ratings), tokens=reply.prompt_tokens + reply.completion_tokens)


def triage_question(papers: Sequence[Paper], interest: str) -> tuple[TriageQuestion, Mapping[str, ArxivId]]:
    """Write the question, and the marks that its papers go by: no paper can foresee its own or another's."""
    texts = [
        f"Title: {_one_line(paper.title)}\nAbstract: {_one_line(paper.abstract)[:_ABSTRACT_CHARACTERS]}"
        for paper in papers
    ]
    seed = hashlib.blake2b("\0".join((interest, *texts)).encode(), digest_size=20).hexdigest()
    marks = {f"P{number}{seed[3 * number : 3 * number + 3]}": paper.arxiv_id for number, paper in enumerate(papers)}
    fence = f"=====PAPERS-{seed[-10:]}====="
    body = "\n\n".join(f"[{mark}]\n{text}" for mark, text in zip(marks, texts, strict=True))
    task = _TASK.replace("{fence}", fence).replace("{interest}", _one_line(interest))
    text = f"{fence}\n{body}\n{fence}\n\nRate each of the {len(papers)} papers between the two marks."
    return TriageQuestion(SummaryPrompt("en", task, (), ""), fence, text), marks


def read_triage_ratings(text: str, marks: Mapping[str, ArxivId]) -> dict[ArxivId, PaperRating]:
    """Take every rating whose mark is known and whose grade is one; a paper that is rated twice is not rated."""
    answer = first_answer_object(without_thoughts(text)) or {}
    listed = answer.get("ratings")
    found: dict[ArxivId, PaperRating] = {}
    twice: set[ArxivId] = set()
    for each in listed if isinstance(listed, list) else ():
        arxiv_id = marks.get(str(each.get("mark", "")).strip("[] ")) if isinstance(each, dict) else None
        grade = each.get("grade") if isinstance(each, dict) else None
        if arxiv_id is None or isinstance(grade, bool) or not isinstance(grade, int) or not 1 <= grade <= _HIGHEST:
            continue
        twice |= {arxiv_id} & found.keys()
        found[arxiv_id] = PaperRating(
            grade, harmless_text(answer_line(str(each.get("why", ""))), OWNS_NOTHING)[:_REASON_CHARACTERS]
        )
    return {arxiv_id: rated for arxiv_id, rated in found.items() if arxiv_id not in twice}


def _speaks_to_models(paper: Paper) -> bool:
    return bool(screen_injections(paper.title).injections or screen_injections(paper.abstract).injections)


def _one_line(text: str) -> str:
    return " ".join(screen_injections(text).text.split())
