"""What ``doctor`` looks at: each check says what it found and, when that is not good, what to do."""

import json
import re
import sys
import uuid
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Final, Literal

from msgspec import Struct

from core.arxiv.client import ArxivClient
from core.clock import Clock
from core.config.environment import DEFAULT_ARXIV_RSS_URL, Environment
from core.config.followed import categories_to_follow
from core.config.read import Config
from core.config.setup import setup_warnings
from core.errors import PaperfeedError, Throttled, Unwritable, WrongStorePath
from core.feeds.health import check_health
from core.log import hide_credentials
from core.notify.daily import notify_urls
from core.notify.send import check_notify_url, notify_target_name
from core.store.base import Store

DoctorState = Literal["ok", "warning", "failed"]

_DOCTOR_COMMAS: Final = re.compile(r"[,，、;；]")
SUPPORTED_PYTHONS: Final = ((3, 11), (3, 13))
DOCTOR_CLOCK_TOLERANCE: Final = timedelta(minutes=2)
"""arXiv's day begins at a minute; leases and pauses in the store count seconds."""
DOCTOR_ANSWER_TIMEOUT: Final = timedelta(seconds=60)
_DOCTOR_REDIS_ADVICE: Final = (
    "check REDIS_URL: host, port, password (percent-encoded), rediss:// for TLS; is the database awake?"
)


class DoctorCheck(Struct, frozen=True):
    """One thing that was looked at. ``advice`` is what to do; "" when there is nothing to be done."""

    name: str
    state: DoctorState
    found: str
    advice: str = ""


def check_python() -> DoctorCheck:
    oldest_python, newest_python = SUPPORTED_PYTHONS
    running_python = ".".join(map(str, sys.version_info[:3]))
    if oldest_python <= sys.version_info[:2] <= newest_python:
        return DoctorCheck("python", "ok", running_python)
    doctor_advice = "use Python 3.11, 3.12 or 3.13: make clean, then make run PYTHON=python3.12"
    return DoctorCheck("python", "failed", running_python, doctor_advice)


def check_environment(config: Config) -> Iterator[DoctorCheck]:
    """Look at what the variables say, and what is missing."""
    environment = config.environment
    doctor_store = "Redis" if environment.store_url else "no Redis: a SQLite file"
    doctor_address = hide_credentials(environment.base_url or "from each request")
    doctor_found = f"{doctor_store}; own address {doctor_address}; arXiv sees {environment.contact}"
    yield DoctorCheck("environment", "ok", doctor_found)
    for doctor_note in setup_warnings(config, durable_store=bool(environment.store_url) or not environment.on_vercel):
        doctor_found, _, doctor_advice = doctor_note.partition(". ")
        yield DoctorCheck("set-up", "warning", doctor_found, doctor_advice)


def check_terms(config: Config) -> Iterator[DoctorCheck]:
    """Ask about a term with a comma in it: in an address that would be two, in config.json it is one phrase."""
    doctor_keys = {"keywords": config.settings.keywords, "exclude_keywords": config.settings.exclude_keywords}
    for doctor_key, doctor_phrases in doctor_keys.items():
        for doctor_phrase in doctor_phrases:
            doctor_terms = list(filter(None, map(str.strip, _DOCTOR_COMMAS.split(doctor_phrase))))
            if len(doctor_terms) > 1 and '"' not in doctor_phrase:
                doctor_found = f"{doctor_key}: {json.dumps(doctor_phrase, ensure_ascii=False)} is one phrase"
                doctor_found += f", not {len(doctor_terms)} terms"
                advised_terms = ", ".join(json.dumps(doctor_term, ensure_ascii=False) for doctor_term in doctor_terms)
                doctor_advice = f"write {advised_terms} if you mean {len(doctor_terms)} terms"
                yield DoctorCheck("terms", "warning", doctor_found, doctor_advice)


async def check_store(checked_store: Store) -> DoctorCheck:
    """Read and write a little: a store that only answers may be full, or not ours to write to."""
    doctor_claim = f"doctor:{uuid.uuid4().hex}"
    try:
        await checked_store.load_manifest()
        await checked_store.claim_notice(doctor_claim, ttl=timedelta(minutes=1))
        await checked_store.release_notice(doctor_claim)
    except PaperfeedError as doctor_error:
        # these have the advice in them
        sqlite_advice = (
            "" if isinstance(doctor_error, (Unwritable, WrongStorePath)) else "is .data writable, the disk full?"
        )
        doctor_advice = _DOCTOR_REDIS_ADVICE if checked_store.backend == "redis" else sqlite_advice
        return DoctorCheck("store", "failed", str(doctor_error), doctor_advice)
    return DoctorCheck("store", "ok", f"{checked_store.backend} can be read and written")


async def check_papers(config: Config, checked_store: Store, clock: Clock) -> DoctorCheck:
    """Look at whether readers have what arXiv last announced."""
    checked_health = await check_health(config, checked_store, now=clock.now())
    doctor_found = f"{checked_health.message}; {checked_health.papers:,} papers of {checked_health.batches} days"
    if checked_health.status == "ok":
        return DoctorCheck("papers", "ok", doctor_found)
    doctor_state: DoctorState = "warning" if checked_health.status in ("empty", "sample") else "failed"
    doctor_advice = "./paperfeed refresh, when the checks of arXiv below are ok"
    return DoctorCheck("papers", doctor_state, doctor_found, doctor_advice)


async def check_arxiv(config: Config, store: Store, clock: Clock) -> AsyncIterator[DoctorCheck]:
    """Ask arXiv for one feed, in our turn, and compare the clocks."""
    doctor_category = categories_to_follow(config.settings, ())[0]
    doctor_lock_holder, doctor_deadline = uuid.uuid4().hex, clock.now() + DOCTOR_ANSWER_TIMEOUT
    doctor_client = ArxivClient(
        store, config.environment, clock=clock, holder=doctor_lock_holder, deadline=doctor_deadline
    )
    try:
        async with doctor_client:
            doctor_rss = await doctor_client.fetch_rss(doctor_category)
        doctor_found = f"{doctor_category} has {len(doctor_rss.papers)} papers of {doctor_rss.day}"
        yield DoctorCheck("arxiv", "ok", doctor_found)
    except PaperfeedError as doctor_error:
        yield DoctorCheck("arxiv", "failed", str(doctor_error), _arxiv_advice(doctor_error, config.environment))
    yield check_clock(doctor_client.arxiv_clock_offset)


def _arxiv_advice(doctor_error: PaperfeedError, environment: Environment) -> str:
    """What to do about this error, not about every one that there could be."""
    if isinstance(doctor_error, Throttled):
        return "arXiv asks to be left alone for a while: wait, and let no other program ask it from this address"
    if (doctor_url := environment.rss_base_url) != DEFAULT_ARXIV_RSS_URL:
        doctor_advice = f"ARXIV_RSS_BASE_URL is {hide_credentials(doctor_url)}: does something answer there?"
        return f"{doctor_advice} Without it arXiv is asked"
    return "is there a network, a proxy, a firewall? What is held is served meanwhile"


def check_clock(checked_offset: timedelta | None) -> DoctorCheck:
    """Judge how far this machine's clock is from arXiv's."""
    if checked_offset is None:
        return DoctorCheck("clock", "warning", "could not be compared: arXiv did not answer")
    doctor_ahead_or_behind = "ahead of" if checked_offset > timedelta(0) else "behind"
    doctor_found = f"{abs(checked_offset.total_seconds()):.0f} s {doctor_ahead_or_behind} arXiv's"
    if abs(checked_offset) <= DOCTOR_CLOCK_TOLERANCE:
        return DoctorCheck("clock", "ok", doctor_found)
    return DoctorCheck("clock", "failed", doctor_found, "set the clock, for example with: timedatectl set-ntp true")


async def check_model(checked_config: Config, *, live: bool) -> DoctorCheck:
    """Look for a key; with ``live`` ask the model for one word, which costs a few tokens."""
    if not (checked_summaries := checked_config.settings.ai_summary.enabled):
        return DoctorCheck("model", "ok", "summaries are switched off")
    if not checked_config.environment.llm_key:
        return DoctorCheck("model", "ok" if checked_summaries == "auto" else "failed", "no key: no summaries")
    doctor_llm = checked_config.environment.llm_model
    if not live:
        return DoctorCheck("model", "ok", f"there is a key for {doctor_llm}; doctor --live tries it")
    from core.summaries.model import OPENAI_API_URL, ChatModel  # noqa: PLC0415 - a second to import

    try:
        async with ChatModel(checked_config) as doctor_model:
            await doctor_model.probe_model(seconds=DOCTOR_ANSWER_TIMEOUT.total_seconds())
    except PaperfeedError as doctor_error:
        doctor_url = hide_credentials(checked_config.environment.llm_base_url or OPENAI_API_URL)
        doctor_advice = f"check the key, SUMMARY_MODEL ({doctor_llm}) and OPENAI_BASE_URL ({doctor_url})"
        return DoctorCheck("model", "failed", str(doctor_error), doctor_advice)
    return DoctorCheck("model", "ok", f"{doctor_llm} answers")


def check_notices(config: Config) -> Iterator[DoctorCheck]:
    """Read the addresses without sending anything."""
    for doctor_target_number, doctor_url in enumerate(notify_urls(config), 1):
        doctor_target = notify_target_name(doctor_url, doctor_target_number)
        try:
            check_notify_url(doctor_url)
            yield DoctorCheck("notices", "ok", doctor_target)
        except PaperfeedError as doctor_error:
            doctor_advice = "correct notify in config.json or NOTIFY_URLS"
            yield DoctorCheck("notices", "failed", f"{doctor_target}: {doctor_error}", doctor_advice)
