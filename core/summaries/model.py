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
from core.summaries.context import tokens
from core.summaries.refusals import Refusal, adapted, meaning
from core.summaries.request import Abilities, ModelStopped, PaperRefused, Question, Reply, Structure, Unanswered
from core.summaries.service import ModelService, Refused

OPENAI: Final = "https://api.openai.com/v1"

_MOST_ADAPTATIONS: Final = 10
"""More refused options than there are mean that the service refuses whatever is asked."""

_MARKUP_BEGINS: Final = 20  # characters within which a web page shows that it is one


class Writer:
    """
    Asks one model of one service; an async context manager.

    Its errors say what to do next: ModelStopped (end the run), PaperRefused and TooLong (this paper), Throttled (slow
    down), any other UpstreamError (try again later). No text of theirs holds the key.
    """

    def __init__(
        self,
        settings: AiSummary,
        environment: Environment,
        *,
        model: str = "",
        structure: Structure = "json_schema",
    ) -> None:
        self._settings = settings
        self._key = environment.llm_key
        self._model = model or environment.llm_model
        self._abilities = Abilities(structure)
        self._service = ModelService(environment.llm_base_url or OPENAI, self._key)

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
        return self._abilities.most

    def think_less(self) -> None:
        """From now on leave more room for thoughts, and ask for fewer where the service takes it."""
        self._abilities = self._abilities.for_thinking()

    async def ask(self, question: Question, *, seconds: float) -> Reply:
        """Ask once, for at most ``seconds``; asked again only where the service refused an option of ours."""
        self._check_key()
        for _ in range(_MOST_ADAPTATIONS):
            used = self._abilities
            try:
                completion = await self._service.complete(self._body(question, used), seconds=seconds)
            except Refused as refused:
                self._adapt(self._without_key(refused.refusal), used)
            else:
                return _reply(completion, question, self._service.completions_address)
        raise ModelStopped("the service refuses every form of the question")

    async def probe(self, *, seconds: float) -> None:
        """Ask for one word, to see whether key, address and model are good. Raises as ``ask`` does."""
        self._check_key()
        messages = [{"role": "user", "content": "Answer with the word ok."}]
        try:
            completion = await self._service.complete(
                {"model": self._model, "messages": messages, "stream": True}, seconds=seconds
            )
        except Refused as refused:
            raise meaning(self._without_key(refused.refusal)) from refused
        if not completion.events and not completion.text:
            raise _no_completion(completion, self._service.completions_address)

    async def upload(self, name: str, document: bytes, *, seconds: float) -> str:
        """Hand the service a PDF to read (DashScope's file-extract); returns what ``Question.file`` wants."""
        self._check_key()
        try:
            return await self._service.upload(name, document, seconds=seconds)
        except Refused as refused:
            refusal = self._without_key(refused.refusal)
            meant = meaning(refusal)
            if refusal.status in (400, 404, 405, 422) or isinstance(meant, ModelStopped):
                where = "input: file needs a service with file-extract, such as DashScope"
                raise ModelStopped(f"{where}: {refusal.said}") from refused
            raise meant from refused

    async def forget(self, file: str) -> bool:
        """Delete an uploaded file; False when the service did not do it."""
        return await self._service.delete(file)

    def _check_key(self) -> None:
        if not re.fullmatch(r"[!-~]+", self._key):
            raise ModelStopped("the key holds characters that no key has")

    def _body(self, question: Question, used: Abilities) -> dict[str, object]:
        messages = question.messages("markdown" if used.structure == "markdown" else "json")
        return {"model": self._model, "messages": messages, "stream": True} | used.body(self._settings.temperature)

    def _adapt(self, refusal: Refusal, used: Abilities) -> None:
        """Ask for less from now on, or raise what a refusal means when it is not about an option of ours."""
        less = adapted(refusal, used)
        if less is None:
            raise meaning(refusal)
        if self._abilities is used:  # else another call has met the same refusal meanwhile
            self._abilities = less

    def _without_key(self, refusal: Refusal) -> Refusal:
        """Services repeat the key in what they say."""
        return Refusal(
            refusal.status,
            refusal.code.replace(self._key, "…"),
            refusal.message.replace(self._key, "…"),
            refusal.retry_after,
            refusal.address.replace(self._key, "…"),
        )


def _reply(completion: Completion, question: Question, address: str) -> Reply:
    """Raises PaperRefused, and Unanswered when what came is no completion, or one with holes."""
    if completion.finish == "content_filter":
        raise PaperRefused("the service's content filter cut the answer off")
    text = completion.text
    if not text and not completion.thought and not completion.finish:
        raise _no_completion(completion, address)
    if completion.unreadable:
        raise Unanswered(f"{completion.unreadable} pieces of the answer could not be read")
    return Reply(
        text,
        completion.finish,
        completion.usage.prompt or question.tokens,
        completion.usage.completion or tokens(text) + completion.thought // 4,
        completion.thought,
    )


def _no_completion(completion: Completion, address: str) -> UpstreamError:
    said = " ".join(re.sub(r"<[^<>]*>?", " ", completion.said).split())
    if "<" in completion.said[:_MARKUP_BEGINS]:
        return ModelStopped(f"{address} answers with a web page, not with a completion: {said}")
    if completion.events or completion.unreadable:
        return Unanswered("the answer was cut off, or could not be read")
    return Unanswered(f"no completion came, but {said or 'nothing'}")
