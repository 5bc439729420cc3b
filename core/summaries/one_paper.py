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
from core.fulltext.read import PaperFetcher, read_paper
from core.paper import Paper, Summary
from core.summaries.answer import InvalidModelAnswer, SummaryDraft, read_answer
from core.summaries.context import fit_context
from core.summaries.harmless import SummaryAllowlist, harmless_sections, harmless_text
from core.summaries.injection import hidden_injection, injection_warning, screen_injections
from core.summaries.model import ChatModel
from core.summaries.plan import WantedSummary
from core.summaries.prompts import SummaryPrompt, repair_prompt
from core.summaries.request import ModelQuestion, ModelReply, ModelUnanswered

AskModel = Callable[[ModelQuestion], Awaitable[ModelReply]]

_CLOSING_REQUEST: Final = "Summarize the paper between the two marks, as you were asked before them."
_ANSWER_TOO_LONG: Final = "it was cut off at the longest answer allowed, be shorter"


class ScreenedPaper(Struct, frozen=True):
    """A paper made ready for models: screened, with what was found in it that is not meant for readers."""

    paper: Paper
    model_text: FullText
    injections: tuple[str, ...] = ()
    uploaded_file: str = ""  # which the model reads instead of the text

    @classmethod
    def of(cls, paper: Paper, full_text: FullText) -> "ScreenedPaper":
        """Screen a paper. What the page hides from people was left out already; it is only named."""
        screened_sections = [screen_injections(section.text) for section in full_text.sections]
        screened = (*screened_sections, screen_injections(paper.title), screen_injections(paper.abstract))
        injections = [injection for screened_text in screened for injection in screened_text.injections]
        injections += hidden_injection(full_text.hidden_text)
        clean_sections = tuple(
            replace(section, text=screened_section.text)
            for section, screened_section in zip(full_text.sections, screened_sections, strict=True)
        )
        return cls(paper, replace(full_text, sections=clean_sections), tuple(dict.fromkeys(injections)))

    def model_question(self, prompt: SummaryPrompt, most_paper_tokens: int) -> ModelQuestion:
        """Put the paper between two marks that its authors could not foresee."""
        title, abstract = screen_injections(self.paper.title).text, screen_injections(self.paper.abstract).text
        prompt_parts = [f"Title: {title}", f"Abstract: {abstract}"]
        if not self.uploaded_file:
            prompt_sections = fit_context(self.model_text.sections, most_paper_tokens)
            prompt_parts += [f"## {section.heading}\n{section.text}" for section in prompt_sections]
        prompt_text = "\n\n".join(prompt_parts)
        fence = f"=====PAPER-{hashlib.blake2b(prompt_text.encode(), digest_size=6).hexdigest()}====="
        fenced_paper = f"{fence}\n{prompt_text}\n{fence}\n\n{_CLOSING_REQUEST}"
        return ModelQuestion(prompt, fence, fenced_paper, self.uploaded_file)


async def read_for_model(paper_fetcher: PaperFetcher | None, paper: Paper, *, settle: bool) -> ScreenedPaper:
    """Read a paper's text, or with no fetcher its abstract. Raises as ``read_paper`` does."""
    full_text = await read_paper(paper_fetcher, paper, settle=settle) if paper_fetcher else ABSTRACT_ONLY
    return await asyncio.to_thread(ScreenedPaper.of, paper, full_text)


async def upload_paper(
    paper_fetcher: PaperFetcher, chat_model: ChatModel, paper: Paper, *, upload_seconds: float
) -> ScreenedPaper:
    """
    Upload the PDF for the model to read; it is screened here all the same. Without a PDF, the abstract does.

    Raises UpstreamError when arXiv or the model's service fails.
    """
    try:
        pdf_to_upload = await paper_fetcher.fetch("api", f"/pdf/{paper.arxiv_id}v{paper.version}")
        uploaded_text = await parse_isolated(pdf_to_upload)
        if uploaded_text.source != "pdf":
            raise ParseError("what came in place of the PDF is a page")
    except (Missing, ParseError):
        return ScreenedPaper.of(paper, ABSTRACT_ONLY)
    uploaded_pdf_name = f"{paper.arxiv_id}v{paper.version}.pdf".replace("/", "-")
    uploaded_file = await chat_model.upload_pdf(uploaded_pdf_name, pdf_to_upload, seconds=upload_seconds)
    return replace(await asyncio.to_thread(ScreenedPaper.of, paper, uploaded_text), uploaded_file=uploaded_file)


async def make_summary(
    screened_paper: ScreenedPaper,
    wanted_summary: WantedSummary,
    ask_model: AskModel,
    *,
    most_paper_tokens: int,
    summary_created_at: Callable[[], datetime],
) -> Summary:
    """Ask for one summary. Raises InvalidModelAnswer when the second answer is no good, and what ``ask_model`` does."""
    summary_draft = await _ask_draft(screened_paper.model_question(wanted_summary.prompt, most_paper_tokens), ask_model)
    summary_allowlist, summary_key = SummaryAllowlist.of(screened_paper.paper), wanted_summary.key
    return Summary(
        summary_key.arxiv_id,
        summary_key.version,
        summary_key.language,
        summary_key.model,
        summary_key.prompt,
        created=summary_created_at(),
        tldr=harmless_text(summary_draft.tldr, summary_allowlist),
        sections=harmless_sections(summary_draft.sections, summary_allowlist),
        source=screened_paper.model_text.source,
        warning=injection_warning(
            tuple(harmless_text(injection, summary_allowlist) for injection in screened_paper.injections)
        ),
    )


async def _ask_draft(question: ModelQuestion, ask_model: AskModel) -> SummaryDraft:
    reply = await ask_model(question)
    try:
        return await asyncio.to_thread(read_answer, reply.answer, question.prompt, question.fence)
    except InvalidModelAnswer as invalid_answer:
        if not reply.finish_reason:
            raise ModelUnanswered("the answer was cut off") from invalid_answer
        answer_fault = _ANSWER_TOO_LONG if reply.finish_reason == "length" else str(invalid_answer)
        repair_request = repair_prompt(answer_fault)
    repair_question = replace(question, unusable_answer=reply.answer, repair_request=repair_request)
    repaired_reply = await ask_model(repair_question)
    return await asyncio.to_thread(read_answer, repaired_reply.answer, question.prompt, question.fence)
