"""One cold start of ``benchmarks/cold.py``: the app's lifespan and one request, in this process, then it ends."""

import asyncio
import os
import sys

KIND, *ARGUMENTS = sys.argv[1:]
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 (pathlib costs)


def app():
    if KIND == "bare":
        from fastapi import FastAPI, Response

        made = FastAPI(openapi_url=None)

        @made.get("/ok")
        async def ok() -> Response:
            return Response(b"ok")

        return made
    folder, url, _ = ARGUMENTS
    os.environ |= {"REDIS_URL": url, "VERCEL": "1", "BASE_URL": "http://feeds.example"}
    from api import index

    if not url:  # on Vercel the file would stand under /tmp
        from pathlib import Path

        from core.store import open_store

        index.open_store = lambda *_, **__: open_store("", data_dir=Path(folder), on_vercel=False)
    return index.app


async def first(app) -> None:
    """Ask once, and check that it was a whole answer."""
    path, _, query = (ARGUMENTS[2] if ARGUMENTS else "/ok").partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"feeds.example")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80), "state": {},
    }  # fmt: skip
    sent: list[dict] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict) -> None:
        sent.append(message)

    async with app.router.lifespan_context(app):
        await app(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    if sent[0]["status"] != 200 or ("keywords" in query and body.count(b"arxiv.org/pdf/") < 90):
        raise SystemExit(f"answered {sent[0]['status']}: {body[:300]!r}")


if KIND != "nothing":
    asyncio.run(first(app()))
