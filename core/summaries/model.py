"""
The language model: any service that speaks OpenAI's chat completions.

What a service cannot do (a JSON schema, a temperature, usage in streams) it says with an error that names it: it is
left out and not sent again in this run.
"""

import re
from types import TracebackType
from typing import Final, Self

from core.config.environment import Environment
from core.config.settings import AiSummary
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

_MOST_ADAPTATIONS: Final = 10
"""More refused options than there are mean that the service refuses whatever is asked."""

_MARKUP_BEGINS: Final = 20  # characters within which a web page shows that it is one


class ChatModel:
    """
    Asks one model of one service; an async context manager.

    Its errors say what to do next: ModelStopped (end the run), PaperRefused and PaperTooLong (this paper), Throttled
    (slow down), any other UpstreamError (try again later). No text of theirs holds the key.
    """

    def __init__(
        self,
        settings: AiSummary,
        environment: Environment,
        *,
        model: str = "",
        structure: AnswerStructure = "json_schema",
    ) -> None:
        self._settings = settings
        self._key = environment.llm_key
        self._model = model or environment.llm_model
        self._model_abilities = ModelAbilities(structure)
        self._service = ModelService(environment.llm_base_url or OPENAI_API_URL, self._key)

    async def __aenter__(self) -> Self:
        if not re.fullmatch(r"[!-~]+", self._key):
            return self  # said when something is asked
        await self._service.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._service.__aexit__(kind, error, trace)

    @property
    def most_tokens(self) -> int:
        """The longest answer that is asked for now."""
        return self._model_abilities.most_answer_tokens

    def think_less(self) -> None:
        """From now on leave more room for thoughts, and ask for fewer where the service takes it."""
        self._model_abilities = self._model_abilities.for_thinking()

    async def ask(self, question: ModelQuestion, *, seconds: float) -> ModelReply:
        """Ask once, for at most ``seconds``; asked again only where the service refused an option of ours."""
        self._check_key()
        for _ in range(_MOST_ADAPTATIONS):
            abilities = self._model_abilities
            try:
                completion = await self._service.complete(self._request_body(question, abilities), seconds=seconds)
            except ModelRefused as refused:
                self._adapt_abilities(self._without_key(refused.refusal), abilities)
            else:
                return _model_reply(completion, question, self._service.completions_address)
        raise ModelStopped("the service refuses every form of the question")

    async def probe(self, *, seconds: float) -> None:
        """Ask for one word, to see whether key, address and model are good. Raises as ``ask`` does."""
        self._check_key()
        messages = [{"role": "user", "content": "Answer with the word ok."}]
        try:
            completion = await self._service.complete(
                {"model": self._model, "messages": messages, "stream": True}, seconds=seconds
            )
        except ModelRefused as refused:
            raise refusal_error(self._without_key(refused.refusal)) from refused
        if not completion.events and not completion.text:
            raise _no_completion(completion, self._service.completions_address)

    async def upload(self, name: str, document: bytes, *, seconds: float) -> str:
        """Hand the service a PDF to read (DashScope's file-extract); returns what ``Question.file`` wants."""
        self._check_key()
        try:
            return await self._service.upload(name, document, seconds=seconds)
        except ModelRefused as refused:
            refusal = self._without_key(refused.refusal)
            upstream_error = refusal_error(refusal)
            if refusal.status in (400, 404, 405, 422) or isinstance(upstream_error, ModelStopped):
                file_input_needs = "input: file needs a service with file-extract, such as DashScope"
                raise ModelStopped(f"{file_input_needs}: {refusal.said}") from refused
            raise upstream_error from refused

    async def forget(self, uploaded_file: str) -> bool:
        """Delete an uploaded file; False when the service did not do it."""
        return await self._service.delete(uploaded_file)

    def _check_key(self) -> None:
        if not re.fullmatch(r"[!-~]+", self._key):
            raise ModelStopped("the key holds characters that no key has")

    def _request_body(self, question: ModelQuestion, abilities: ModelAbilities) -> dict[str, object]:
        messages = question.messages("markdown" if abilities.structure == "markdown" else "json")
        return {"model": self._model, "messages": messages, "stream": True} | abilities.request_options(
            self._settings.temperature
        )

    def _adapt_abilities(self, refusal: ModelRefusal, abilities: ModelAbilities) -> None:
        """Ask for less from now on, or raise what a refusal means when it is not about an option of ours."""
        fewer_abilities = adapt_abilities(refusal, abilities)
        if fewer_abilities is None:
            raise refusal_error(refusal)
        if self._model_abilities is abilities:  # else another call has met the same refusal meanwhile
            self._model_abilities = fewer_abilities

    def _without_key(self, refusal: ModelRefusal) -> ModelRefusal:
        """Services repeat the key in what they say."""
        return ModelRefusal(
            refusal.status,
            refusal.code.replace(self._key, "…"),
            refusal.message.replace(self._key, "…"),
            refusal.retry_after,
            refusal.address.replace(self._key, "…"),
        )


def _model_reply(completion: Completion, question: ModelQuestion, completions_address: str) -> ModelReply:
    """Raises PaperRefused, and ModelUnanswered when what came is no completion, or one with holes."""
    if completion.finish == "content_filter":
        raise PaperRefused("the service's content filter cut the answer off")
    answer = completion.text
    if not answer and not completion.thought and not completion.finish:
        raise _no_completion(completion, completions_address)
    if completion.unreadable:
        raise ModelUnanswered(f"{completion.unreadable} pieces of the answer could not be read")
    return ModelReply(
        answer,
        completion.finish,
        completion.usage.prompt or question.estimated_tokens,
        completion.usage.completion or estimate_tokens(answer) + completion.thought // 4,
        completion.thought,
    )


def _no_completion(completion: Completion, completions_address: str) -> UpstreamError:
    service_words = " ".join(re.sub(r"<[^<>]*>?", " ", completion.said).split())
    if "<" in completion.said[:_MARKUP_BEGINS]:
        return ModelStopped(f"{completions_address} answers with a web page, not with a completion: {service_words}")
    if completion.events or completion.unreadable:
        return ModelUnanswered("the answer was cut off, or could not be read")
    return ModelUnanswered(f"no completion came, but {service_words or 'nothing'}")
