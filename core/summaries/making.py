"""Make one summary: fence the paper, ask, judge the answer, ask once more when it is no good."""

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from core.arxiv.fulltext import FullText
from core.arxiv.sections import fit
from core.paper import Paper, Summary
from core.summaries.answer import Draft, InvalidAnswer, read_answer
from core.summaries.asking import Question, Reply, Unanswered
from core.summaries.choice import Wanted
from core.summaries.prompts import repair
from core.summaries.safety import hidden_text, screen, warning

Ask = Callable[[Question], Awaitable[Reply]]

_LAST_WORD: Final = "Summarize the paper between the two marks, as you were asked before them."


@dataclass(frozen=True, slots=True)
class Reading:
    """A paper made ready for models: screened, with what was found in it that is not meant for readers."""

    paper: Paper
    text: FullText
    found: tuple[str, ...] = ()
    file: str = ""  # of an upload, which the model reads instead of the text

    @classmethod
    def of(cls, paper: Paper, text: FullText) -> "Reading":
        """Screen a paper. What the page hides from people was left out already; it is only named."""
        screened = [(section, screen(section.text)) for section in text.sections]
        clean = tuple(replace(section, text=each.text) for section, each in screened)
        found = [quote for _, each in screened for quote in each.found]
        found += [*screen(paper.title).found, *screen(paper.abstract).found, *hidden_text(text.hidden)]
        return cls(paper, replace(text, sections=clean), tuple(dict.fromkeys(found)))

    def question(self, wanted: Wanted, most_tokens: int) -> Question:
        """Put the paper between two marks that its authors could not foresee."""
        parts = [f"Title: {screen(self.paper.title).text}", f"Abstract: {screen(self.paper.abstract).text}"]
        if not self.file:
            parts += [f"## {s.heading}\n{s.text}" for s in fit(self.text.sections, most_tokens)]
        body = "\n\n".join(parts)
        fence = f"=====PAPER-{hashlib.blake2b(body.encode(), digest_size=6).hexdigest()}====="
        return Question(wanted.prompt, fence, f"{fence}\n{body}\n{fence}\n\n{_LAST_WORD}", self.file)


async def make(reading: Reading, wanted: Wanted, ask: Ask, *, most_tokens: int, now: Callable[[], datetime]) -> Summary:
    """Ask for one summary. Raises InvalidAnswer when the second answer is no good either, and what ``ask`` raises."""
    question = reading.question(wanted, most_tokens)
    draft = await _draft(question, ask)
    return Summary(
        arxiv_id=reading.paper.arxiv_id,
        version=reading.paper.version,
        language=wanted.language,
        model=wanted.key.model,
        prompt=wanted.key.prompt,
        created=now(),
        tldr=draft.tldr,
        sections=draft.sections,
        source=reading.text.source,
        warning=warning(reading.found),
    )


async def _draft(question: Question, ask: Ask) -> Draft:
    reply = await ask(question)
    try:
        return read_answer(reply.text, question.prompt, question.fence)
    except InvalidAnswer as error:
        if not reply.finish:
            raise Unanswered("the answer was cut off") from error
        long = "it was cut off at the longest answer allowed, be shorter" if reply.finish == "length" else str(error)
        again = replace(question, answered=reply.text, complaint=repair(long))
    reply = await ask(again)
    return read_answer(reply.text, question.prompt, question.fence)
