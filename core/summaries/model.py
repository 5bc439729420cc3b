"""
The language model: any service that speaks OpenAI's chat completions. The one module that imports ``openai``.

What a service cannot do (a JSON schema, a temperature, usage in streams) it says with a 400 that names it: it is left
out and not sent again in this run.
"""

import asyncio
import json
import re
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self, cast

from core.config import AiSummary, Environment
from core.errors import Throttled, UpstreamError
from core.summaries.answer import LONGEST
from core.summaries.context import tokens
from core.summaries.request import Abilities, ModelStopped, PaperRefused, Question, Reply, TooLong, Unanswered

if TYPE_CHECKING:
    import openai
    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionMessageParam

OPENAI: Final = "https://api.openai.com/v1"

_CONTEXT: Final = re.compile(
    r"context.{0,20}(length|window|size)|maximum.{0,20}(context|tokens)|too many tokens|prompt is too long|"
    r"range of input length|input.{0,20}too long|exceeds? the (model|limit|max)",
    re.IGNORECASE,
)
_MODERATION: Final = re.compile(
    r"inspection|inappropriate|moderat|flagged|content.?(filter|policy|management|exists risk)|high risk|safety",
    re.IGNORECASE,
)
_PARSING: Final = re.compile(r"pars(ing|ed).{0,20}(progress|not|wait)|file.{0,30}not ready", re.IGNORECASE)


class Writer:
    """
    Asks one model of one service; an async context manager.

    Its errors say what to do next: ModelStopped (end the run), PaperRefused and TooLong (this paper), Throttled (slow
    down), any other UpstreamError (try again later). No text of theirs holds the key.
    """

    def __init__(self, settings: AiSummary, environment: Environment) -> None:
        self._settings = settings
        self._key = environment.llm_key
        self._base_url = environment.llm_base_url or OPENAI
        self._model = environment.llm_model
        self._abilities = Abilities()
        self._client: AsyncOpenAI | None = None

    async def __aenter__(self) -> Self:
        self._client = await asyncio.to_thread(self._connect)  # feeds go on being served meanwhile
        return self

    def _connect(self) -> "AsyncOpenAI":
        from openai import AsyncOpenAI  # noqa: PLC0415 - a second or two to import, and only who writes needs it

        return AsyncOpenAI(api_key=self._key, base_url=self._base_url, max_retries=0)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._client:
            await self._client.close()

    async def ask(self, question: Question, *, seconds: float) -> Reply:
        """Ask once, for at most ``seconds``; asked again only where the service refused an option of ours."""
        import openai  # noqa: PLC0415

        if not re.fullmatch(r"[!-~]+", self._key):
            raise ModelStopped("the key holds characters that no key has")
        while True:
            used = self._abilities
            try:
                async with asyncio.timeout(seconds):
                    return await self._stream(question, used, seconds)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                self._give_up_or_adapt(error, used)
            except openai.APIError as error:
                raise self._translate(error) from error
            except (TimeoutError, json.JSONDecodeError) as error:
                raise Unanswered(_trouble(error, seconds)) from error

    async def probe(self, *, seconds: float) -> None:
        """Ask for one word, to see whether key, address and model are good. Raises as ``ask`` does."""
        import openai  # noqa: PLC0415

        if not re.fullmatch(r"[!-~]+", self._key):
            raise ModelStopped("the key holds characters that no key has")
        messages = cast("list[ChatCompletionMessageParam]", [{"role": "user", "content": "Answer with the word ok."}])
        try:
            async with asyncio.timeout(seconds):
                stream = await self._open().chat.completions.create(
                    model=self._model, messages=messages, stream=True, timeout=seconds
                )
                async with stream:
                    async for _ in stream:
                        return
        except openai.APIError as error:
            raise self._translate(error) from error
        except (TimeoutError, json.JSONDecodeError) as error:
            raise Unanswered(_trouble(error, seconds)) from error

    async def upload(self, name: str, document: bytes, *, seconds: float) -> str:
        """Hand the service a PDF to read (DashScope's file-extract); returns what ``Question.file`` wants."""
        import openai  # noqa: PLC0415

        purpose = cast("Any", "file-extract")  # the client's own list of purposes has OpenAI's only
        try:
            file = await self._open().files.create(
                file=(name, document, "application/pdf"), purpose=purpose, timeout=seconds
            )
        except (openai.NotFoundError, openai.BadRequestError) as error:
            where = "input: file needs a service with file-extract, such as DashScope"
            raise ModelStopped(f"{where}: {self._reason(error)}") from error
        except openai.APIError as error:
            raise self._translate(error) from error
        return file.id

    async def forget(self, file: str) -> bool:
        """Delete an uploaded file; False when the service did not do it."""
        import openai  # noqa: PLC0415

        try:
            await self._open().files.delete(file, timeout=20)
        except openai.APIError:
            return False
        return True

    def _open(self) -> "AsyncOpenAI":
        assert self._client is not None, "the writer is entered first"
        return self._client

    async def _stream(self, question: Question, used: Abilities, seconds: float) -> Reply:
        messages = question.messages("markdown" if used.structure == "markdown" else "json")
        stream = await self._open().chat.completions.create(
            model=self._model,
            messages=cast("list[ChatCompletionMessageParam]", messages),
            stream=True,
            timeout=seconds,
            extra_body=used.body(self._settings.temperature),
        )
        parts: list[str] = []
        finish, asked, answered = "", 0, 0
        async with stream:
            async for chunk in stream:
                if chunk.usage:
                    asked, answered = chunk.usage.prompt_tokens or 0, chunk.usage.completion_tokens or 0
                for choice in (chunk.choices or ())[:1]:
                    parts.append(choice.delta.content or "")
                    finish = choice.finish_reason or finish
                if sum(map(len, parts)) > 2 * LONGEST:
                    break
        if finish == "content_filter":
            raise PaperRefused("the service's content filter cut the answer off")
        text = "".join(parts)
        return Reply(text, finish, asked or question.tokens, answered or tokens(text))

    def _give_up_or_adapt(self, error: "openai.APIStatusError", used: Abilities) -> None:
        """Ask for less from now on, or raise what a 400 means when it is not about an option of ours."""
        body = _body(error)
        code = f"{body.get('code') or ''} {body.get('type') or ''}"
        message = f"{body.get('message') or error.message} {body.get('param') or ''}"
        if _MODERATION.search(code) or _MODERATION.search(message):
            raise PaperRefused(self._reason(error)) from error
        if _PARSING.search(message):
            raise Throttled(self._reason(error), 3) from error
        if _CONTEXT.search(message) or "context" in code:
            raise TooLong(self._reason(error)) from error
        if self._abilities is not used:
            return  # another call has met the same refusal meanwhile
        less = used.without(message)
        if less is None:  # not said why: the paper's fault or ours, the next tries will tell
            raise UpstreamError(self._reason(error)) from error
        self._abilities = less

    def _translate(self, error: "openai.APIError") -> UpstreamError:
        """Say what an error of the client means for the run."""
        import openai  # noqa: PLC0415

        if isinstance(error, openai.APITimeoutError):
            return Unanswered(self._reason(error))
        status = error.status_code if isinstance(error, openai.APIStatusError) else 0
        reason, code = self._reason(error), str(_body(error).get("code") or "")
        if status in (401, 402, 404) or "quota" in code or "balance" in code:
            return ModelStopped(reason)
        if status in (0, 403):
            moderated = _MODERATION.search(f"{code} {error.message}")
            stop = ModelStopped(reason) if status else UpstreamError(reason)
            return PaperRefused(reason) if moderated else stop
        if isinstance(error, openai.APIStatusError) and status == 429:
            return Throttled(reason, _retry_after(error.response.headers.get("retry-after", "")))
        return PaperRefused(reason) if status == 413 else UpstreamError(reason)

    def _reason(self, error: "openai.APIError") -> str:
        """One line without the key, which some services repeat in their messages."""
        status = getattr(error, "status_code", "")
        said = " ".join(str(_body(error).get("message") or error.message).split())[:240]
        if error.__cause__ and not status:
            said = f"{said} {error.__cause__}"[:240].strip()
        said = said.replace(self._key, "…") if self._key else said
        said = re.sub(r"\b(sk|key)-[\w*-]{6,}", r"\1-…", said)
        return f"{status} {said}".strip() or type(error).__name__


def _body(error: "openai.APIError") -> dict[str, object]:
    """The error as the service described it."""
    body = error.body
    inner = body.get("error", body) if isinstance(body, dict) else {}
    return inner if isinstance(inner, dict) else {"message": inner}


def _retry_after(header: str) -> float:
    """Seconds to wait; 0 when the service does not say in how many."""
    return float(header) if re.fullmatch(r"\d+(\.\d+)?", header.strip()) else 0.0


def _trouble(error: Exception, seconds: float) -> str:
    return f"no answer within {seconds:.0f} s" if isinstance(error, TimeoutError) else "the answer was cut off"
