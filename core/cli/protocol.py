"""HTTP/1.1 for a server without a proxy before it: who sends half a request, or a broken one, is shown out."""

import asyncio
from datetime import timedelta
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SERVER_REQUEST_TIME: Final = timedelta(seconds=20)
"""How long a request may take to arrive, headers and body; uvicorn itself would wait for ever."""

_SERVER_REQUEST_ARRIVED: Final = (h11.DONE, h11.MUST_CLOSE, h11.CLOSED, h11.ERROR)


class ServerH11Protocol(H11Protocol):
    """uvicorn's protocol, with a time for each request and no traceback for a broken one."""

    _request_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._start_request_timer()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state in _SERVER_REQUEST_ARRIVED:
            self._stop_request_timer()
        else:
            self._start_request_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_request_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer a broken request; what is still at work on it has nobody to answer any more."""
        super().send_400_response(msg)
        if self.cycle is not None:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def _start_request_timer(self) -> None:
        if self._request_timer is None:
            self._request_timer = self.loop.call_later(SERVER_REQUEST_TIME.total_seconds(), self._close_slow_request)

    def _stop_request_timer(self) -> None:
        if self._request_timer is not None:
            self._request_timer.cancel()
            self._request_timer = None

    def _close_slow_request(self) -> None:
        self._request_timer = None
        server_transport: Any = self.transport
        if server_transport is not None and not server_transport.is_closing():
            server_transport.close()
