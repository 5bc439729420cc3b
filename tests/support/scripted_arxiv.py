"""An arXiv that answers as it is told, and the client that asks it."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from core.arxiv.client import ArxivClient
from core.config.environment import Environment
from core.store.base import Store
from tests.support.replay import FakeClock

START = datetime(2026, 1, 14, 12, tzinfo=UTC)
Answer = httpx.Response | Exception


class Arxiv(httpx.AsyncBaseTransport):
    """Answers in this process, and notes what was asked when; every answer takes a second."""

    def __init__(self, clock: FakeClock, *answers: Answer, otherwise: Callable[[], Answer] | None = None) -> None:
        self.clock = clock
        self.answers = list(answers)
        self.otherwise = otherwise or (lambda: httpx.Response(200, text="ok"))
        self.asked: list[tuple[float, str]] = []
        self.requests: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        self.asked.append(
            ((self.clock.now() - START).total_seconds(), f"{request.url.host}{request.url.raw_path.decode()}")
        )
        await self.clock.sleep(1)
        answer = self.answers.pop(0) if self.answers else self.otherwise()
        if isinstance(answer, Exception):
            raise answer
        return answer


def connect(store: Store, arxiv: Arxiv, *, holder: str = "one", **options: object) -> ArxivClient:
    environment = options.pop("environment", Environment())
    return ArxivClient(store, environment, clock=arxiv.clock, holder=holder, transport=arxiv, **options)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(START)
