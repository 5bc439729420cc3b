"""``make run``: a server that answers at once, and beside it what fetches the papers and keeps them up to date."""

import asyncio
import contextlib
import logging
import socket
import sys
from typing import Final

import uvicorn

from core.cli.opening import ProgressPrinter, SayConsoleLine, fetch_and_open
from core.cli.protocol import ServerH11Protocol
from core.cli.server_loop import run_server_loop, served_manifest
from core.cli.terminal import TerminalEvents, progress_line
from core.config.read import Config
from core.errors import ConfigError
from core.feeds.loop_health import LOOP_HEALTH as SERVER_LOOP_HEALTH
from core.log import log_to_stderr
from core.store.base import Store

LOCAL_SERVER_HOSTS: Final = ("127.0.0.1", "0.0.0.0", "::1", "::")  # noqa: S104 - names of this machine, not what is listened on


class LocalServer(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_listening.set()


async def serve_locally(config: Config, server_store: Store, *, host: str, port: int, say: SayConsoleLine) -> None:
    """
    Listen at once, fetch what arXiv announced meanwhile, serve until interrupted, refresh whenever something is due.

    Raises ConfigError when the port is not to be had, StoreError when nothing is held and nothing can be kept.
    """
    if sys.stderr.isatty():  # a person looks on: events are for logs, and failures still show
        log_to_stderr(logging.WARNING, TerminalEvents())
    server_socket = reserve_port(host, port)
    await served_manifest(server_store)  # a store that does not answer is told before anything else is
    uvicorn_server = LocalServer(uvicorn.Config("api.index:app", log_level="warning", http=ServerH11Protocol))
    server_url = config.environment.base_url or _local_url(host, server_socket.getsockname()[1])
    SERVER_LOOP_HEALTH.is_refreshing = True  # before the first visit, which would start a refresh of its own
    papers_kept_up = asyncio.create_task(_keep_papers_up(config, server_store, server_url, uvicorn_server, say))
    try:
        await uvicorn_server.serve(sockets=[server_socket])
    finally:
        papers_kept_up.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await papers_kept_up
        await server_store.close()


async def _keep_papers_up(
    config: Config, server_store: Store, server_url: str, uvicorn_server: LocalServer, say: SayConsoleLine
) -> None:
    """Fetch what is lacking as soon as the server answers, then whenever something is due."""
    await uvicorn_server.is_listening.wait()
    terminal_say = progress_line if sys.stderr.isatty() else None
    try:
        await fetch_and_open(
            config, server_store, ProgressPrinter(say, terminal_say, logs_refresh=terminal_say is None), server_url
        )
    except Exception:
        uvicorn_server.should_exit = True  # what is wrong is the start's one error
        raise
    await run_server_loop(config, server_store, terminal_say)


def _local_url(host: str, port: int) -> str:
    return f"http://{'localhost' if host in LOCAL_SERVER_HOSTS else host}:{port}"


def reserve_port(host: str, port: int) -> socket.socket:
    """Take the port before anything is fetched, without listening yet. Raises ConfigError when it is not to be had."""
    server_socket = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server_socket.bind((host, port))
    except OSError as bind_error:
        server_socket.close()
        raise ConfigError(
            f"cannot listen on {host} port {port} ({bind_error.strerror}); PORT and HOST choose others"
        ) from bind_error
    return server_socket
