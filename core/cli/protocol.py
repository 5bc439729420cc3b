"""HTTP/1.1 for a server without a proxy before it: who sends half a request, or a broken one, is shown out."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

REQUEST_TIME: Final = timedelta(seconds=20)
"""How long a request may take to arrive, headers and body; uvicorn itself would wait for ever."""

_ARRIVED: Final = (h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR)


class BoundedH11Protocol(H11Protocol):
    """uvicorn's protocol, with a time for each request and no traceback for a broken one."""

    _arriving: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_request()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state in _ARRIVED:
            self._request_is_here()
        else:
            self._await_request()

    def connection_lost(self, exc: Exception | None) -> None:
        self._request_is_here()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer a broken request; what is still at work on it has nobody to answer any more."""
        super().send_400_response(msg)
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _await_request(self) -> None:
        if self._arriving is None:
            self._arriving = self.loop.call_later(REQUEST_TIME.total_seconds(), self._give_up)

    def _request_is_here(self) -> None:
        if self._arriving is not None:
            self._arriving.cancel()
            self._arriving = None

    def _give_up(self) -> None:
        self._arriving = None
        transport: Any = self.transport
        if transport is not None and not transport.is_closing():
            transport.close()
