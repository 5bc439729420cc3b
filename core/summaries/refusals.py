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
from core.summaries.request import Abilities, ModelStopped, OverRate, PaperRefused, TooLong

_SAID_CHARACTERS: Final = 240
_LONGEST_PAUSE_SECONDS: Final = 3600.0

_MODERATED: Final = re.compile(
    r"inspection|inappropriate|moderat|flagged|content.?(filter|policy|management|exists risk)|high risk|safety|"
    r"responsible.?ai",
    re.IGNORECASE,
)
_ACCOUNT: Final = re.compile(
    r"api.?key|credential|unauthori[sz]ed|authenticat|(invalid|expired) (access |auth\w* )?token\b|arrearage|"
    r"good standing|credit balance|insufficient.{0,20}(balance|credit|fund|quota)|"
    r"balance.{0,20}(low|not enough|insufficient)|"
    r"exceeded.{0,10}current.{0,10}quota|billing|overdue|suspended|deactivated|purchase|余额|欠费|充值",
    re.IGNORECASE,
)
_MODEL: Final = re.compile(
    r"model.{0,80}(not exist|n.t exist|not found|no longer|unavailable|decommission|deprecat|"
    r"not.{0,12}supported|no access|not a valid)|"
    r"(no such|unknown|invalid|not a valid|incorrect) model|access to( the)? model|"
    r"models? loaded|"
    r"deployment.{0,40}not|deploymentnotfound|no endpoints found|pulling it first|unexpected endpoint",
    re.IGNORECASE,
)
_CONTEXT: Final = re.compile(
    r"context.{0,20}(length|window|size)|maximum.{0,20}(context|input|prompt)|too many (input )?tokens|too large for|"
    r"prompt is too long|range of input length|input.{0,30}too (long|large)|exceeds? the (model|limit|max|available)|"
    r"maximum.{0,20}tokens|reduce the length",
    re.IGNORECASE,
)
_RATE: Final = re.compile(r"tokens.per.(minute|day)|\bTPM\b|\bTPD\b|rate.?limit|too many requests|请求过于频繁", re.I)
_PARSING: Final = re.compile(r"pars(ing|ed).{0,20}(progress|not|wait)|file.{0,30}not ready", re.IGNORECASE)
_UNSUPPORTED: Final = re.compile(
    r"(not|n't|un|in).?(support|know|recogni|implement|valid|available|expected|allow)|must be|only", re.IGNORECASE
)
_AGAIN_IN: Final = re.compile(
    r"(?:try again|retry|wait)\D{0,20}?(?:(\d{1,3})m)?(\d{1,5}(?:\.\d{1,6})?) ?(ms|s\b|sec)", re.IGNORECASE
)
_RETRY_DELAY: Final = re.compile(r'"retryDelay": "(\d{1,5}(?:\.\d{1,9})?)s"')
_PARSING_SECONDS: Final = 3.0
_KEYS: Final = re.compile(r"\b(sk|key|gsk|AIza)[-_\w*]{6,}")


class Refusal(Struct, frozen=True):
    """An answer that is no completion. ``status`` is 0 for an error that came with status 200."""

    status: int
    code: str  # the service's own, and the type of error
    message: str
    retry_after: float  # seconds; 0 when it does not say
    address: str  # that was asked

    @classmethod
    def of(cls, status: int, body: bytes, headers: Mapping[str, str], address: str) -> "Refusal":
        """Read an error in any of the forms that services give it."""
        found = cls.object_in(body)
        inner = found if found is not None else body.decode("utf-8", "replace")
        refusal = cls.of_object(inner, address)
        pause = _seconds(headers.get("retry-after", "")) or refusal.retry_after
        return cls(status, refusal.code, refusal.message or "no reason given", pause, address)

    @classmethod
    def of_object(cls, found: object, address: str) -> "Refusal":
        """Read an error that stands in a 200."""
        described = _described(found)
        text = " ".join(_text(part) for part in _messages(described))
        code = " ".join(_text(described.get(name)) for name in ("code", "type", "status") if described.get(name))
        number = described.get("code") or described.get("status_code")
        status = int(number) if isinstance(number, int | str) and re.fullmatch(r"[45]\d\d", str(number)) else 0
        pause = _RETRY_DELAY.search(_text(described.get("details")))
        return cls(status, code, text, float(pause[1]) if pause else _again_in(text), address)

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
        text = re.sub(r"<[^<>]{0,200}>", " ", self.message[: 8 * _SAID_CHARACTERS])
        text = _KEYS.sub(r"\1-…", " ".join(text.split())[:_SAID_CHARACTERS])
        return f"{self.status or ''} {text or self.code}".strip()


def adapted(refusal: Refusal, used: Abilities) -> Abilities | None:
    """What to ask for instead, where the refusal is about an option of ours; None when it is about something else."""
    words = f"{refusal.message} {refusal.code}"
    if _MODERATED.search(words) or refusal.status in (401, 402, 403, 429) or refusal.status > 501:
        return None
    if refusal.status in (0, 404, 413, 500, 501) and not _UNSUPPORTED.search(words):
        return None
    return used.without(words)


def meaning(refusal: Refusal) -> UpstreamError:
    """Say what to do next: end the run, leave this paper, cut it, slow down, or try again later."""
    words, said = f"{refusal.message} {refusal.code}", refusal.said
    if refusal.status not in (401, 402, 429) and refusal.status < 500 and _MODERATED.search(words):
        return PaperRefused(said)
    if _is_too_large(refusal, words):
        return OverRate(said) if _RATE.search(words) else TooLong(said)
    if _is_account(refusal, words):
        return ModelStopped(said)
    if _is_pause(refusal, words):
        pause = _PARSING_SECONDS if _PARSING.search(words) else refusal.retry_after
        return Throttled(said, min(pause, _LONGEST_PAUSE_SECONDS))
    if refusal.status in (403, 404, 405) or 300 <= refusal.status < 400 or _MODEL.search(words):
        return ModelStopped(f"{said} (asked {refusal.address})")
    return UpstreamError(said)


def _is_too_large(refusal: Refusal, words: str) -> bool:
    if refusal.status == 413 or (_RATE.search(words) and "too large" in words):
        return True
    return refusal.status in (0, 400, 422) and bool(_CONTEXT.search(words) or "context" in refusal.code)


def _is_pause(refusal: Refusal, words: str) -> bool:
    """Whether the same question may be asked again soon."""
    return refusal.status == 429 or bool(_PARSING.search(words) or (refusal.status in (0, 400) and _RATE.search(words)))


def _is_account(refusal: Refusal, words: str) -> bool:
    """Whether the key or the account is at fault; a quota that ends in seconds is a pause."""
    if refusal.status in (401, 402) or "insufficient_quota" in refusal.code:
        return True
    return bool(_ACCOUNT.search(words)) and not (refusal.status == 429 and refusal.retry_after)


def _described(found: object) -> dict[str, object]:
    """The object that describes an error: in a list, under ``error``, or the body itself."""
    if isinstance(found, list):
        found = found[0] if found else {}
    if not isinstance(found, dict):
        return {"message": found}
    inner = found.get("error")
    if isinstance(inner, str | list):
        return {**found, "message": inner}
    return inner if isinstance(inner, dict) else found


def _messages(described: Mapping[str, object]) -> list[object]:
    """Where services put their words: OpenAI's message, FastAPI's detail, what OpenRouter heard from a provider."""
    metadata = described.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    found = [described.get(name) for name in ("message", "detail", "msg", "errors", "title", "param")]
    return [part for part in (*found, raw) if part]


def _text(part: object) -> str:
    """The part as text; "" for one that is nested as nobody nests it."""
    try:
        return part if isinstance(part, str) else json.dumps(part)[:10_000]
    except RecursionError:
        return ""


def _again_in(text: str) -> float:
    found = _AGAIN_IN.search(text[: 8 * _SAID_CHARACTERS])
    if not found:
        return 0.0
    seconds = float(found[2]) / (1000 if found[3].lower() == "ms" else 1)
    return 60 * int(found[1] or 0) + seconds


def _seconds(header: str) -> float:
    """Seconds to wait; 0 when the header does not say in how many."""
    return float(header) if re.fullmatch(r"\d{1,6}(\.\d{1,6})?", header.strip()) else 0.0
