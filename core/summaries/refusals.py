"""
What a service's refusal means: its words first, then its status, because services agree on neither.

Words come before the status since the same fault has many: a wrong key is 400 at Gemini, 401 at OpenAI; a model that
does not exist is 400 at DeepSeek, 404 at Ollama; an empty account is 400 at DashScope, 402 at DeepSeek, 429 at OpenAI.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal

from msgspec import Struct

from core.errors import Throttled, UpstreamError
from core.summaries.request import ModelAbilities, ModelStopped, OverTokenRate, PaperRefused, PaperTooLong

_QUOTED_REFUSAL_CHARACTERS: Final = 240
_LONGEST_SERVICE_PAUSE_SECONDS: Final = 3600.0
_UPLOAD_PARSING_SECONDS: Final = 3.0

RefusalMeaning = Literal["MODERATED", "ACCOUNT", "NO_MODEL", "CONTEXT", "RATE_LIMIT", "FILE_NOT_READY", "UNSUPPORTED"]

_REFUSALS_FILE: Final = Path(__file__).parent / "refusals.txt"
_REFUSAL_WORDS: Final = {
    refusal_meaning: re.compile(refusal_words, re.IGNORECASE)
    for refusal_meaning, refusal_words in re.findall(r"(?m)^([A-Z_]+): (.+)$", _REFUSALS_FILE.read_text("utf-8"))
}
_REFUSAL_RETRY_IN: Final = re.compile(
    r"(?:try again|retry|wait)\D{0,20}?(?:(\d{1,3})m)?(\d{1,5}(?:\.\d{1,6})?) ?(ms|s\b|sec)", re.IGNORECASE
)
_REFUSAL_RETRY_DELAY: Final = re.compile(r'"retryDelay": "(\d{1,5}(?:\.\d{1,9})?)s"')
_QUOTED_LLM_KEY: Final = re.compile(r"\b(sk|key|gsk|AIza)[-_\w*]{6,}")
_REFUSAL_MESSAGE_FIELDS: Final = ("message", "detail", "msg", "errors", "title", "param")


class ModelRefusal(Struct, frozen=True):
    """An answer that is no completion. ``http_status`` is 0 for an error that came with status 200."""

    http_status: int
    service_code: str  # the service's own, and the type of error
    service_message: str
    retry_after: float  # seconds; 0 when the service does not say
    service_address: str  # that was asked

    @classmethod
    def of(
        cls, http_status: int, service_body: bytes, headers: Mapping[str, str], service_address: str
    ) -> "ModelRefusal":
        """Read an error in any of the forms that services give it."""
        refusal_content = cls.object_in(service_body)
        if refusal_content is None:
            refusal_content = service_body.decode("utf-8", "replace")
        refusal = cls.of_object(refusal_content, service_address)
        retry_after = _refusal_header_pause(headers.get("retry-after", "")) or refusal.retry_after
        service_message = refusal.service_message or "no reason given"
        return cls(http_status, refusal.service_code, service_message, retry_after, service_address)

    @classmethod
    def of_object(cls, refusal_content: object, service_address: str) -> "ModelRefusal":
        """Read an error that stands in a 200."""
        refusal_object = _refusal_object(refusal_content)
        service_message = " ".join(map(_refusal_text, _refusal_messages(refusal_object)))
        service_codes = [refusal_object.get(code_field) for code_field in ("code", "type", "status")]
        service_code = " ".join(_refusal_text(code) for code in service_codes if code)
        http_status = _http_status(refusal_object.get("code") or refusal_object.get("status_code"))
        retry_delay = _REFUSAL_RETRY_DELAY.search(_refusal_text(refusal_object.get("details")))
        retry_after = float(retry_delay[1]) if retry_delay else _refusal_message_pause(service_message)
        return cls(http_status, service_code, service_message, retry_after, service_address)

    @staticmethod
    def object_in(service_body: bytes) -> object:
        """The JSON in a body; None when there is none."""
        try:
            return json.loads(service_body.decode("utf-8", "replace"), strict=False)
        except (ValueError, RecursionError):
            return None

    @property
    def service_words(self) -> str:
        """One line: the status and the service's words, without anything that looks like a key."""
        quoted_refusal = re.sub(r"<[^<>]{0,200}>", " ", self.service_message[: 8 * _QUOTED_REFUSAL_CHARACTERS])
        quoted_refusal = _QUOTED_LLM_KEY.sub(r"\1-…", " ".join(quoted_refusal.split())[:_QUOTED_REFUSAL_CHARACTERS])
        return f"{self.http_status or ''} {quoted_refusal or self.service_code}".strip()

    def means(self, refusal_meaning: RefusalMeaning) -> bool:
        """Whether its words are among those of a meaning in ``refusals.txt``."""
        return bool(_REFUSAL_WORDS[refusal_meaning].search(f"{self.service_message} {self.service_code}"))


def adapt_abilities(refusal: ModelRefusal, abilities: ModelAbilities) -> ModelAbilities | None:
    """What to ask for instead, where the refusal is about an option of ours; None when it is about something else."""
    if refusal.means("MODERATED") or refusal.http_status in (401, 402, 403, 429) or refusal.http_status > 501:
        return None
    if refusal.http_status in (0, 404, 413, 500, 501) and not refusal.means("UNSUPPORTED"):
        return None
    return abilities.without(f"{refusal.service_message} {refusal.service_code}")


def refusal_error(refusal: ModelRefusal) -> UpstreamError:
    """Say what to do next: end the run, leave this paper, cut it, slow down, or try again later."""
    if refusal.http_status not in (401, 402, 429) and refusal.http_status < 500 and refusal.means("MODERATED"):
        return PaperRefused(refusal.service_words)
    if _is_paper_too_large(refusal):
        return (
            OverTokenRate(refusal.service_words) if refusal.means("RATE_LIMIT") else PaperTooLong(refusal.service_words)
        )
    if _is_account_refused(refusal):
        return ModelStopped(refusal.service_words)
    if _is_pause_asked(refusal):
        retry_after = _UPLOAD_PARSING_SECONDS if refusal.means("FILE_NOT_READY") else refusal.retry_after
        return Throttled(refusal.service_words, min(retry_after, _LONGEST_SERVICE_PAUSE_SECONDS))
    if refusal.http_status in (403, 404, 405) or 300 <= refusal.http_status < 400 or refusal.means("NO_MODEL"):
        return ModelStopped(f"{refusal.service_words} (asked {refusal.service_address})")
    return UpstreamError(refusal.service_words)


def _is_paper_too_large(refusal: ModelRefusal) -> bool:
    paper_too_large = "too large" in f"{refusal.service_message} {refusal.service_code}"
    if refusal.http_status == 413 or (paper_too_large and refusal.means("RATE_LIMIT")):
        return True
    return refusal.http_status in (0, 400, 422) and (refusal.means("CONTEXT") or "context" in refusal.service_code)


def _is_pause_asked(refusal: ModelRefusal) -> bool:
    """Whether the same question may be asked again soon."""
    refused_for_rate = refusal.http_status in (0, 400) and refusal.means("RATE_LIMIT")
    return refusal.http_status == 429 or refused_for_rate or refusal.means("FILE_NOT_READY")


def _is_account_refused(refusal: ModelRefusal) -> bool:
    """Whether the key or the account is at fault; a quota that ends in seconds is a pause."""
    if refusal.http_status in (401, 402) or "insufficient_quota" in refusal.service_code:
        return True
    return refusal.means("ACCOUNT") and not (refusal.http_status == 429 and refusal.retry_after)


def _refusal_object(refusal_content: object) -> dict[str, object]:
    """The object that describes an error: in a list, under ``error``, or the body itself."""
    if isinstance(refusal_content, list):
        refusal_content = refusal_content[0] if refusal_content else {}
    if not isinstance(refusal_content, dict):
        return {"message": refusal_content}
    inner_refusal = refusal_content.get("error")
    if isinstance(inner_refusal, str | list):
        return {**refusal_content, "message": inner_refusal}
    return inner_refusal if isinstance(inner_refusal, dict) else refusal_content


def _refusal_messages(refusal_object: Mapping[str, object]) -> list[object]:
    """Where services put their words: OpenAI's message, FastAPI's detail, what OpenRouter heard from a provider."""
    refusal_messages = [refusal_object.get(refusal_field) for refusal_field in _REFUSAL_MESSAGE_FIELDS]
    openrouter_metadata = refusal_object.get("metadata")
    refusal_messages += [openrouter_metadata.get("raw")] if isinstance(openrouter_metadata, dict) else []
    return [service_message for service_message in refusal_messages if service_message]


def _refusal_text(refusal_part: object) -> str:
    """The part as text; "" for one that is nested as nobody nests it."""
    try:
        return refusal_part if isinstance(refusal_part, str) else json.dumps(refusal_part)[:10_000]
    except RecursionError:
        return ""


def _http_status(refusal_number: object) -> int:
    is_status = isinstance(refusal_number, int | str) and re.fullmatch(r"[45]\d\d", str(refusal_number))
    return int(str(refusal_number)) if is_status else 0


def _refusal_message_pause(service_message: str) -> float:
    refusal_retry_in = _REFUSAL_RETRY_IN.search(service_message[: 8 * _QUOTED_REFUSAL_CHARACTERS])
    if not refusal_retry_in:
        return 0.0
    pause_seconds = float(refusal_retry_in[2]) / (1000 if refusal_retry_in[3].lower() == "ms" else 1)
    return 60 * int(refusal_retry_in[1] or 0) + pause_seconds


def _refusal_header_pause(retry_after: str) -> float:
    """Seconds to wait; 0 when the header does not say in how many."""
    return float(retry_after) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", retry_after.strip()) else 0.0
