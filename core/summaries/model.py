"""
The language model: any service that speaks OpenAI's chat completions.

What a service cannot do (a JSON schema, a temperature, usage in streams) it says with an error that names it: it is
left out and not sent again in this run.
"""

import re
from typing import Final, Self

from msgspec.structs import replace

from core.config.read import Config
from core.errors import UpstreamError
from core.summaries.completion import Completion
from core.summaries.context import estimate_tokens
from core.summaries.refusals import ModelRefusal, adapt_abilities, refusal_error
from core.summaries.request import (
    AnswerStructure,
    ModelAbilities,
    ModelQuestion,
    ModelReply,
    ModelStopped,
    ModelUnanswered,
    PaperRefused,
)
from core.summaries.service import ModelRefused, ModelService

OPENAI_API_URL: Final = "https://api.openai.com/v1"

_MOST_ABILITIES_LEFT_OUT: Final = 10
"""More refused options than there are mean that the service refuses whatever is asked."""

_MODEL_KEY: Final = re.compile(r"[!-~]+")
_WEB_PAGE_CHARACTERS: Final = 20  # characters within which a web page shows that it is one


class ChatModel:
    """
    Asks one model of one service; an async context manager.

    Its errors say what to do next: ModelStopped (end the run), PaperRefused and PaperTooLong (this paper), Throttled
    (slow down), any other UpstreamError (try again later). No text of theirs holds the key.
    """

    def __init__(
        self, config: Config, *, model_name: str = "", answer_structure: AnswerStructure = "json_schema"
    ) -> None:
        self._temperature = config.settings.ai_summary.temperature
        self._model_key, self._model_name = config.environment.llm_key, model_name or config.environment.llm_model
        self._model_abilities = ModelAbilities(answer_structure)
        self._model_service = ModelService(config.environment.llm_base_url or OPENAI_API_URL, self._model_key)

    async def __aenter__(self) -> Self:
        if _MODEL_KEY.fullmatch(self._model_key):  # else it is said when something is asked
            await self._model_service.__aenter__()
        return self

    async def __aexit__(self, *exception: object) -> None:
        await self._model_service.__aexit__(*exception)

    def think_less(self) -> None:
        """From now on leave more room for thoughts, and ask for fewer where the service takes it."""
        self._model_abilities = self._model_abilities.for_thinking()

    async def ask(self, question: ModelQuestion, *, seconds: float) -> ModelReply:
        """Ask once, for at most ``seconds``; asked again only where the service refused an option of ours."""
        self._check_model_key()
        for _ in range(_MOST_ABILITIES_LEFT_OUT):
            abilities = self._model_abilities
            try:
                completion = await self._model_service.complete(
                    self._completion_request(question, abilities), seconds=seconds
                )
            except ModelRefused as refused:
                self._adapt_abilities(self._without_model_key(refused.refusal), abilities)
            else:
                return _model_reply(completion, question, self._model_service.completions_address)
        raise ModelStopped("the service refuses every form of the question")

    async def probe_model(self, *, seconds: float) -> None:
        """Ask for one word, to see whether key, address and model are good. Raises as ``ask`` does."""
        self._check_model_key()
        chat_messages = [{"role": "user", "content": "Answer with the word ok."}]
        completion_request = {"model": self._model_name, "messages": chat_messages, "stream": True}
        try:
            completion = await self._model_service.complete(completion_request, seconds=seconds)
        except ModelRefused as refused:
            raise refusal_error(self._without_model_key(refused.refusal)) from refused
        if not completion.completion_events and not completion.answer:
            raise _no_completion(completion, self._model_service.completions_address)

    async def upload_pdf(self, pdf_name: str, pdf_document: bytes, *, seconds: float) -> str:
        """Hand the service a PDF to read (DashScope's file-extract); returns a question's ``uploaded_file``."""
        self._check_model_key()
        try:
            return await self._model_service.upload_pdf(pdf_name, pdf_document, seconds=seconds)
        except ModelRefused as refused:
            refusal = self._without_model_key(refused.refusal)
            model_error = refusal_error(refusal)
            if refusal.http_status in (400, 404, 405, 422) or isinstance(model_error, ModelStopped):
                service_needed = "input: file needs a service with file-extract, such as DashScope"
                raise ModelStopped(f"{service_needed}: {refusal.service_words}") from refused
            raise model_error from refused

    async def forget_upload(self, uploaded_file: str) -> bool:
        """Delete an uploaded file; False when the service did not do it."""
        return await self._model_service.delete_upload(uploaded_file)

    def _check_model_key(self) -> None:
        if not _MODEL_KEY.fullmatch(self._model_key):
            raise ModelStopped("the key holds characters that no key has")

    def _completion_request(self, question: ModelQuestion, abilities: ModelAbilities) -> dict[str, object]:
        chat_messages = question.chat_messages("markdown" if abilities.answer_structure == "markdown" else "json")
        completion_request: dict[str, object] = {"model": self._model_name, "messages": chat_messages, "stream": True}
        return completion_request | abilities.completion_options(self._temperature)

    def _adapt_abilities(self, refusal: ModelRefusal, abilities: ModelAbilities) -> None:
        """Ask for less from now on, or raise what a refusal means when it is not about an option of ours."""
        fewer_abilities = adapt_abilities(refusal, abilities)
        if fewer_abilities is None:
            raise refusal_error(refusal)
        if self._model_abilities is abilities:  # else another call has met the same refusal meanwhile
            self._model_abilities = fewer_abilities

    def _without_model_key(self, refusal: ModelRefusal) -> ModelRefusal:
        """Services repeat the key in what they say."""
        return replace(
            refusal,
            service_code=refusal.service_code.replace(self._model_key, "…"),
            service_message=refusal.service_message.replace(self._model_key, "…"),
            service_address=refusal.service_address.replace(self._model_key, "…"),
        )


def _model_reply(completion: Completion, question: ModelQuestion, completions_address: str) -> ModelReply:
    """Raises PaperRefused, and ModelUnanswered when what came is no completion, or one with holes."""
    if completion.finish_reason == "content_filter":
        raise PaperRefused("the service's content filter cut the answer off")
    answer = completion.answer
    if not answer and not completion.thought_characters and not completion.finish_reason:
        raise _no_completion(completion, completions_address)
    if completion.unreadable_events:
        raise ModelUnanswered(f"{completion.unreadable_events} pieces of the answer could not be read")
    return ModelReply(
        answer,
        completion.finish_reason,
        completion.tokens.prompt or question.estimated_tokens,
        completion.tokens.completion or estimate_tokens(answer) + completion.thought_characters // 4,
        completion.thought_characters,
    )


def _no_completion(completion: Completion, completions_address: str) -> UpstreamError:
    service_words = " ".join(re.sub(r"<[^<>]*>?", " ", completion.service_said).split())
    if "<" in completion.service_said[:_WEB_PAGE_CHARACTERS]:
        return ModelStopped(f"{completions_address} answers with a web page, not with a completion: {service_words}")
    if completion.completion_events or completion.unreadable_events:
        return ModelUnanswered("the answer was cut off, or could not be read")
    return ModelUnanswered(f"no completion came, but {service_words or 'nothing'}")
