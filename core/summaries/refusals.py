"""
What a service's refusal means: its words first, then its status, because services agree on neither.

Words come before the status since the same fault has many: a wrong key is 400 at Gemini, 401 at OpenAI; a model that
does not exist is 400 at DeepSeek, 404 at Ollama; an empty account is 400 at DashScope, 402 at DeepSeek, 429 at OpenAI.
"""

import json
import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from core.errors import Throttled, UpstreamError
from core.summaries.request import ModelAbilities, ModelStopped, OverTokenRate, PaperRefused, PaperTooLong

_QUOTED_CHARACTERS: Final = 240
_LONGEST_PAUSE_SECONDS: Final = 3600.0

_MODERATION_WORDS: Final = re.compile(
    r"inspection|inappropriate|moderat|flagged|content.?(filter|policy|management|exists risk)|high risk|safety|"
    r"responsible.?ai",
    re.IGNORECASE,
)
_ACCOUNT_WORDS: Final = re.compile(
    r"api.?key|credential|unauthori[sz]ed|authenticat|(invalid|expired) (access |auth\w* )?token\b|arrearage|"
    r"good standing|credit balance|insufficient.{0,20}(balance|credit|fund|quota)|"
    r"balance.{0,20}(low|not enough|insufficient)|"
    r"exceeded.{0,10}current.{0,10}quota|billing|overdue|suspended|deactivated|purchase|余额|欠费|充值",
    re.IGNORECASE,
)
_MODEL_WORDS: Final = re.compile(
    r"model.{0,80}(not exist|n.t exist|not found|no longer|unavailable|decommission|deprecat|"
    r"not.{0,12}supported|no access|not a valid)|"
    r"(no such|unknown|invalid|not a valid|incorrect) model|access to( the)? model|"
    r"models? loaded|"
    r"deployment.{0,40}not|deploymentnotfound|no endpoints found|pulling it first|unexpected endpoint",
    re.IGNORECASE,
)
_CONTEXT_WORDS: Final = re.compile(
    r"context.{0,20}(length|window|size)|maximum.{0,20}(context|input|prompt)|too many (input )?tokens|too large for|"
    r"prompt is too long|range of input length|input.{0,30}too (long|large)|exceeds? the (model|limit|max|available)|"
    r"maximum.{0,20}tokens|reduce the length",
    re.IGNORECASE,
)
_RATE_LIMIT_WORDS: Final = re.compile(
    r"tokens.per.(minute|day)|\bTPM\b|\bTPD\b|rate.?limit|too many requests|请求过于频繁", re.I
)
_FILE_PARSING_WORDS: Final = re.compile(r"pars(ing|ed).{0,20}(progress|not|wait)|file.{0,30}not ready", re.IGNORECASE)
_UNSUPPORTED_WORDS: Final = re.compile(
    r"(not|n't|un|in).?(support|know|recogni|implement|valid|available|expected|allow)|must be|only", re.IGNORECASE
)
_RETRY_IN_WORDS: Final = re.compile(
    r"(?:try again|retry|wait)\D{0,20}?(?:(\d{1,3})m)?(\d{1,5}(?:\.\d{1,6})?) ?(ms|s\b|sec)", re.IGNORECASE
)
_RETRY_DELAY_DETAIL: Final = re.compile(r'"retryDelay": "(\d{1,5}(?:\.\d{1,9})?)s"')
_FILE_PARSING_SECONDS: Final = 3.0
_API_KEYS: Final = re.compile(r"\b(sk|key|gsk|AIza)[-_\w*]{6,}")


class ModelRefusal(Struct, frozen=True):
    """An answer that is no completion. ``status`` is 0 for an error that came with status 200."""

    status: int
    code: str  # the service's own, and the type of error
    message: str
    retry_after: float  # seconds; 0 when it does not say
    address: str  # that was asked

    @classmethod
    def of(cls, status: int, body: bytes, headers: Mapping[str, str], address: str) -> "ModelRefusal":
        """Read an error in any of the forms that services give it."""
        error_body = cls.object_in(body)
        error_content = error_body if error_body is not None else body.decode("utf-8", "replace")
        refusal = cls.of_object(error_content, address)
        retry_after = _header_seconds(headers.get("retry-after", "")) or refusal.retry_after
        return cls(status, refusal.code, refusal.message or "no reason given", retry_after, address)

    @classmethod
    def of_object(cls, error_content: object, address: str) -> "ModelRefusal":
        """Read an error that stands in a 200."""
        error_object = _error_object(error_content)
        message = " ".join(_message_text(part) for part in _error_messages(error_object))
        code = " ".join(
            _message_text(error_object.get(name)) for name in ("code", "type", "status") if error_object.get(name)
        )
        error_number = error_object.get("code") or error_object.get("status_code")
        status = (
            int(error_number)
            if isinstance(error_number, int | str) and re.fullmatch(r"[45]\d\d", str(error_number))
            else 0
        )
        retry_delay = _RETRY_DELAY_DETAIL.search(_message_text(error_object.get("details")))
        return cls(status, code, message, float(retry_delay[1]) if retry_delay else _retry_seconds(message), address)

    @staticmethod
    def object_in(body: bytes) -> object:
        """The JSON in a body; None when there is none."""
        try:
            return json.loads(body.decode("utf-8", "replace"), strict=False)
        except (ValueError, RecursionError):
            return None

    @property
    def said(self) -> str:
        """One line: the status and the service's words, without anything that looks like a key."""
        quoted_message = re.sub(r"<[^<>]{0,200}>", " ", self.message[: 8 * _QUOTED_CHARACTERS])
        quoted_message = _API_KEYS.sub(r"\1-…", " ".join(quoted_message.split())[:_QUOTED_CHARACTERS])
        return f"{self.status or ''} {quoted_message or self.code}".strip()


def adapt_abilities(refusal: ModelRefusal, abilities: ModelAbilities) -> ModelAbilities | None:
    """What to ask for instead, where the refusal is about an option of ours; None when it is about something else."""
    refusal_words = f"{refusal.message} {refusal.code}"
    if _MODERATION_WORDS.search(refusal_words) or refusal.status in (401, 402, 403, 429) or refusal.status > 501:
        return None
    if refusal.status in (0, 404, 413, 500, 501) and not _UNSUPPORTED_WORDS.search(refusal_words):
        return None
    return abilities.without(refusal_words)


def refusal_error(refusal: ModelRefusal) -> UpstreamError:
    """Say what to do next: end the run, leave this paper, cut it, slow down, or try again later."""
    refusal_words, said = f"{refusal.message} {refusal.code}", refusal.said
    if refusal.status not in (401, 402, 429) and refusal.status < 500 and _MODERATION_WORDS.search(refusal_words):
        return PaperRefused(said)
    if _is_too_large(refusal, refusal_words):
        return OverTokenRate(said) if _RATE_LIMIT_WORDS.search(refusal_words) else PaperTooLong(said)
    if _is_account(refusal, refusal_words):
        return ModelStopped(said)
    if _is_pause(refusal, refusal_words):
        retry_after = _FILE_PARSING_SECONDS if _FILE_PARSING_WORDS.search(refusal_words) else refusal.retry_after
        return Throttled(said, min(retry_after, _LONGEST_PAUSE_SECONDS))
    if refusal.status in (403, 404, 405) or 300 <= refusal.status < 400 or _MODEL_WORDS.search(refusal_words):
        return ModelStopped(f"{said} (asked {refusal.address})")
    return UpstreamError(said)


def _is_too_large(refusal: ModelRefusal, refusal_words: str) -> bool:
    if refusal.status == 413 or (_RATE_LIMIT_WORDS.search(refusal_words) and "too large" in refusal_words):
        return True
    return refusal.status in (0, 400, 422) and bool(_CONTEXT_WORDS.search(refusal_words) or "context" in refusal.code)


def _is_pause(refusal: ModelRefusal, refusal_words: str) -> bool:
    """Whether the same question may be asked again soon."""
    return refusal.status == 429 or bool(
        _FILE_PARSING_WORDS.search(refusal_words)
        or (refusal.status in (0, 400) and _RATE_LIMIT_WORDS.search(refusal_words))
    )


def _is_account(refusal: ModelRefusal, refusal_words: str) -> bool:
    """Whether the key or the account is at fault; a quota that ends in seconds is a pause."""
    if refusal.status in (401, 402) or "insufficient_quota" in refusal.code:
        return True
    return bool(_ACCOUNT_WORDS.search(refusal_words)) and not (refusal.status == 429 and refusal.retry_after)


def _error_object(error_content: object) -> dict[str, object]:
    """The object that describes an error: in a list, under ``error``, or the body itself."""
    if isinstance(error_content, list):
        error_content = error_content[0] if error_content else {}
    if not isinstance(error_content, dict):
        return {"message": error_content}
    inner_error = error_content.get("error")
    if isinstance(inner_error, str | list):
        return {**error_content, "message": inner_error}
    return inner_error if isinstance(inner_error, dict) else error_content


def _error_messages(error_object: Mapping[str, object]) -> list[object]:
    """Where services put their words: OpenAI's message, FastAPI's detail, what OpenRouter heard from a provider."""
    metadata = error_object.get("metadata")
    provider_message = metadata.get("raw") if isinstance(metadata, dict) else None
    error_messages = [
        error_object.get(message_field) for message_field in ("message", "detail", "msg", "errors", "title", "param")
    ]
    return [message for message in (*error_messages, provider_message) if message]


def _message_text(part: object) -> str:
    """The part as text; "" for one that is nested as nobody nests it."""
    try:
        return part if isinstance(part, str) else json.dumps(part)[:10_000]
    except RecursionError:
        return ""


def _retry_seconds(message: str) -> float:
    retry_in = _RETRY_IN_WORDS.search(message[: 8 * _QUOTED_CHARACTERS])
    if not retry_in:
        return 0.0
    retry_seconds = float(retry_in[2]) / (1000 if retry_in[3].lower() == "ms" else 1)
    return 60 * int(retry_in[1] or 0) + retry_seconds


def _header_seconds(retry_after_header: str) -> float:
    """Seconds to wait; 0 when the header does not say in how many."""
    return float(retry_after_header) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", retry_after_header.strip()) else 0.0
