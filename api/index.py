"""The one function that Vercel runs: the app, its lifespan, and the headers every answer has."""

import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.routing import BaseRoute, Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import feeds, following, page_routes, profile_routes, refresh, report, status
from api.errors import SECURITY_HEADERS, add_error_handlers, error_response
from api.hosts import HostGuard
from api.services import Services
from core.config.read import ROOT, Config, load_config
from core.errors import (
    PaperfeedError,
)
from core.feeds.library import LOCAL_SNAPSHOT_MEMO, SNAPSHOT_MEMO, Library
from core.log import event, log_to_stderr
from core.store.base import Store
from core.store.open import open_store

PREFLIGHT: Final = {
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


class SecurityHeaders:
    """Adds the headers that every answer has, and answers CORS preflights."""

    def __init__(self, app: ASGIApp, routes: Sequence[BaseRoute] = ()) -> None:
        self._app = app
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *SECURITY_HEADERS]
            await send(message)

        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            allowed = {"Allow": self._methods(scope), "Access-Control-Allow-Methods": "GET, HEAD"}
            await Response(status_code=204, headers=PREFLIGHT | allowed)(scope, receive, send_with_headers)
            return
        await self._app(scope, receive, send_with_headers)

    def _methods(self, scope: Scope) -> str:
        """What the address takes; other sites' pages may read, and no more than that."""
        found = {
            method
            for method in ("GET", "HEAD", "POST", "PUT", "DELETE")
            if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in self._routes)
        }
        return ", ".join(sorted(found)) or "GET, HEAD"


def create_app(config: Config | None = None, store: Store | None = None) -> FastAPI:
    """Build the app; what is not given is read from ``config.json`` and the environment when it starts."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if not hasattr(app.state, "services"):
            app.state.services = open_services(config, store)
        yield
        await app.state.services.store.close()

    app = FastAPI(
        title="Paperfeed", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    for module in (feeds, following, page_routes, report, profile_routes, status, refresh):
        app.include_router(module.router)
    add_error_handlers(app)
    loaded = config or load_config()
    if loaded.environment.access_key:
        _lock(app, loaded.environment.access_key)
    environment = loaded.environment
    app.add_middleware(HostGuard, confirmed=bool(environment.base_url or environment.on_vercel))
    app.add_middleware(SecurityHeaders, routes=app.router.routes)
    if not loaded.environment.on_vercel:  # there, the edge compresses and serves public/
        _add_edge_features(app)
    return app


def _lock(app: FastAPI, key: str) -> None:
    from api.access import AccessLock  # noqa: PLC0415 - most deployments are open

    app.add_middleware(AccessLock, key=key)


def _add_edge_features(app: FastAPI) -> None:
    from api.edge import Compression, files_of  # noqa: PLC0415 - a deployment does without

    app.add_middleware(Compression)
    app.include_router(files_of(ROOT / "public"))


def open_services(config: Config | None = None, store: Store | None = None) -> Services:
    """Open what an instance needs; no connection is made until the first request."""
    log_to_stderr()
    config = config or load_config()
    for warning in config.config_warnings:
        event("config.warning", error=warning)
    store = store or _open_store(config)
    memo = SNAPSHOT_MEMO if config.environment.store_url else LOCAL_SNAPSHOT_MEMO
    return Services(config, store, Library(store, memo=memo))


def _open_store(config: Config) -> Store:
    environment = config.environment
    return open_store(environment.store_url, data_dir=ROOT / ".data", on_vercel=environment.on_vercel)


def open_app() -> FastAPI:
    """Build the app of this deployment; with a wrong configuration, one that says at every address what is wrong."""
    try:
        config = load_config()
        # A wrong address is found here; no connection is made yet.
        return create_app(config, _open_store(config) if config.environment.store_url else None)
    except PaperfeedError as error:
        return misconfigured_app(str(error))


def misconfigured_app(sentence: str) -> FastAPI:
    """Answer 503 with this sentence whatever is asked for: whoever deployed it reads it at once, in any browser."""
    log_to_stderr()
    event("config.wrong", error=sentence)
    app = FastAPI(title="Paperfeed", docs_url=None, redoc_url=None, openapi_url=None)

    async def answer(request: Request) -> Response:
        return error_response(request, 503, f"this deployment is not set up yet: {sentence}")

    from api.edge import files_of  # noqa: PLC0415 - the page that says it needs its style

    if (ROOT / "public").is_dir():  # a platform that serves the files itself may not give them to the function
        app.include_router(files_of(ROOT / "public"))
    app.add_api_route("/{path:path}", answer, methods=["GET", "HEAD", "POST"], response_class=Response)
    app.add_middleware(SecurityHeaders)
    return app


app = open_app()
gc.freeze()  # all that is loaded stays, and is not looked through again
gc.enable()  # disabled in __init__.py
