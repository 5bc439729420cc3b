"""Make one summary: ask, judge the answer, ask once more when it is no good."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from msgspec.structs import replace

from core.paper import Summary
from core.summaries.answer import Draft, InvalidAnswer, read_answer
from core.summaries.injection import warning
from core.summaries.plan import Wanted
from core.summaries.prompts import repair
from core.summaries.reading import Reading
from core.summaries.request import Question, Reply, Unanswered

Ask = Callable[[Question], Awaitable[Reply]]


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
