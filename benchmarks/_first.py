"""One cold start of ``benchmarks/cold.py``: ``python benchmarks/_first.py DESCRIPTOR KIND [ARGUMENT…]``."""

import os
import sys

LISTENING, KIND, *ARGUMENTS = sys.argv[1:]
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120 (pathlib costs)


def app():
    """The app of this kind: ``bare`` FastAPI that says ok, or ``paperfeed FOLDER URL``, as on Vercel."""
    if KIND == "bare":
        from fastapi import FastAPI, Response

        made = FastAPI(openapi_url=None)

        @made.get("/ok")
        async def ok() -> Response:
            return Response(b"ok")

        return made
    folder, url = ARGUMENTS
    os.environ |= {"REDIS_URL": url, "VERCEL": "1", "BASE_URL": "http://feeds.example"}
    from api import index

    if not url:  # on Vercel the file would stand under /tmp
        from pathlib import Path

        from core.store.open import open_store

        index.open_store = lambda *_, **__: open_store("", data_dir=Path(folder), on_vercel=False)
    return index.app


def main() -> None:
    """Serve on a socket that listens already: the first request is waiting there."""
    import asyncio
    import socket

    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app(), log_level="critical", access_log=False))
    asyncio.run(server.serve(sockets=[socket.socket(fileno=int(LISTENING))]))


main()
