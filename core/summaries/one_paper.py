"""One paper's summary: read it, screen it, fence it, ask, check the answer, ask once more when it is no good."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from core.errors import Missing, ParseError
from core.fulltext.document import ABSTRACT_ONLY, FullText
from core.fulltext.isolated import parse_isolated
from core.fulltext.read import Fetcher, read_paper
from core.paper import Paper, Summary
from core.summaries.answer import InvalidAnswer, SummaryDraft, read_answer
from core.summaries.context import fit_context
from core.summaries.harmless import PaperOwn, harmless_sections, harmless_text
from core.summaries.injection import hidden_injection, injection_warning, screen_injections
from core.summaries.model import ChatModel
from core.summaries.plan import WantedSummary
from core.summaries.prompts import repair_prompt
from core.summaries.request import ModelQuestion, ModelReply, ModelUnanswered

AskModel = Callable[[ModelQuestion], Awaitable[ModelReply]]


_CLOSING_REQUEST: Final = "Summarize the paper between the two marks, as you were asked before them."


class PaperReading(Struct, frozen=True):
    """A paper made ready for models: screened, with what was found in it that is not meant for readers."""

    paper: Paper
    text: FullText
    found: tuple[str, ...] = ()
    file: str = ""  # of an upload, which the model reads instead of the text

    @classmethod
    def of(cls, paper: Paper, text: FullText) -> "PaperReading":
        """Screen a paper. What the page hides from people was left out already; it is only named."""
        screened_sections = [(section, screen_injections(section.text)) for section in text.sections]
        clean_sections = tuple(replace(section, text=screened.text) for section, screened in screened_sections)
        screened_out = [quote for _, screened in screened_sections for quote in screened.injections]
        screened_out += [
            *screen_injections(paper.title).injections,
            *screen_injections(paper.abstract).injections,
            *hidden_injection(text.hidden),
        ]
        return cls(paper, replace(text, sections=clean_sections), tuple(dict.fromkeys(screened_out)))

    def question(self, wanted: WantedSummary, most_tokens: int) -> ModelQuestion:
        """Put the paper between two marks that its authors could not foresee."""
        prompt_parts = [
            f"Title: {screen_injections(self.paper.title).text}",
            f"Abstract: {screen_injections(self.paper.abstract).text}",
        ]
        if not self.file:
            prompt_parts += [
                f"## {section.heading}\n{section.text}" for section in fit_context(self.text.sections, most_tokens)
            ]
        fenced_text = "\n\n".join(prompt_parts)
        fence = f"=====PAPER-{hashlib.blake2b(fenced_text.encode(), digest_size=6).hexdigest()}====="
        return ModelQuestion(wanted.prompt, fence, f"{fence}\n{fenced_text}\n{fence}\n\n{_CLOSING_REQUEST}", self.file)


async def read_for_model(client: Fetcher | None, paper: Paper, *, settle: bool) -> PaperReading:
    """Read a paper's text, or with no client its abstract. Raises as ``read_paper`` does."""
    text = await read_paper(client, paper, settle=settle) if client else ABSTRACT_ONLY
    return await asyncio.to_thread(PaperReading.of, paper, text)


async def upload_paper(client: Fetcher, writer: ChatModel, paper: Paper, *, seconds: float) -> PaperReading:
    """
    Upload the PDF for the model to read; it is screened here all the same. Without a PDF, the abstract does.

    Raises UpstreamError when arXiv or the model's service fails.
    """
    pdf_name = f"{paper.arxiv_id}v{paper.version}"
    try:
        pdf_document = await client.fetch("api", f"/pdf/{pdf_name}")
        text = await parse_isolated(pdf_document)
        if text.source != "pdf":
            raise ParseError("what came in place of the PDF is a page")
    except (Missing, ParseError):
        return PaperReading.of(paper, ABSTRACT_ONLY)
    uploaded_file = await writer.upload(f"{pdf_name.replace('/', '-')}.pdf", pdf_document, seconds=seconds)
    return replace(await asyncio.to_thread(PaperReading.of, paper, text), file=uploaded_file)


async def make_summary(
    reading: PaperReading, wanted: WantedSummary, ask: AskModel, *, most_tokens: int, now: Callable[[], datetime]
) -> Summary:
    """Ask for one summary. Raises InvalidAnswer when the second answer is no good either, and what ``ask`` raises."""
    question = reading.question(wanted, most_tokens)
    summary_draft = await _ask_summary_draft(question, ask)
    paper_own = PaperOwn.of(reading.paper)
    return Summary(
        arxiv_id=reading.paper.arxiv_id,
        version=reading.paper.version,
        language=wanted.language,
        model=wanted.key.model,
        prompt=wanted.key.prompt,
        created=now(),
        tldr=harmless_text(summary_draft.tldr, paper_own),
        sections=harmless_sections(summary_draft.sections, paper_own),
        source=reading.text.source,
        warning=injection_warning(tuple(harmless_text(quote, paper_own) for quote in reading.found)),
    )


async def _ask_summary_draft(question: ModelQuestion, ask: AskModel) -> SummaryDraft:
    reply = await ask(question)
    try:
        return await asyncio.to_thread(read_answer, reply.text, question.prompt, question.fence)
    except InvalidAnswer as invalid_answer:
        if not reply.finish:
            raise ModelUnanswered("the answer was cut off") from invalid_answer
        complaint = (
            "it was cut off at the longest answer allowed, be shorter"
            if reply.finish == "length"
            else str(invalid_answer)
        )
        repair_question = replace(question, answered=reply.text, complaint=repair_prompt(complaint))
    reply = await ask(repair_question)
    return await asyncio.to_thread(read_answer, reply.text, question.prompt, question.fence)
