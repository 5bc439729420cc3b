"""One server of the benchmarks, in its own process: ``python benchmarks/_server.py KIND PORT ARGUMENT…``."""

import asyncio
import io
import sys
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from html import escape
from pathlib import Path
from typing import Any, Final

import uvicorn

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

App = Callable[[Any, Any, Any], Awaitable[None]]
Row = tuple[str, str, str, str, str]
SHOWN: Final = 100


def raw(file: str) -> App:
    """The floor: an ASGI function that answers with the bytes of a file."""
    body = Path(file).read_bytes()
    headers = [(b"content-type", b"application/rss+xml"), (b"content-length", str(len(body)).encode())]

    async def app(scope: Any, _: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

    return app


def constant(file: str) -> App:
    """The same bytes from FastAPI."""
    from fastapi import FastAPI, Response

    body = Path(file).read_bytes()
    app = FastAPI(openapi_url=None)

    @app.get("/rss")
    async def rss() -> Response:
        return Response(body, media_type="application/rss+xml")

    return app


def paperfeed(url: str, folder: str, memo: str, days: str) -> App:
    """Ours, as on Vercel (there the edge compresses and serves the static files)."""
    from api.index import create_app, open_services
    from core.config.environment import Environment
    from core.config.read import Config
    from core.config.settings import Settings
    from core.feeds.library import Library
    from core.store.open import open_store

    settings = Settings(categories=("cs.AI", "cs.CL", "cs.CV", "cs.LG"), days_back=int(days))
    config = Config(settings, Environment(base_url="http://feeds.example", store_url=url, on_vercel=True))
    store = open_store(url, data_dir=Path(folder), on_vercel=False)
    app = create_app(config, store)
    app.state.services = open_services(config, store)
    app.state.services.library = Library(store, memo=timedelta(seconds=float(memo)))
    return app


def bare() -> App:
    """FastAPI with one route that says ok: what ``benchmarks/cold.py`` starts ours against."""
    from fastapi import FastAPI, Response

    app = FastAPI(openapi_url=None)

    @app.get("/rss")
    async def rss() -> Response:
        return Response(b"ok", media_type="text/plain")

    return app


# -- the peer: a Flask app that prints a fixed list


def flask_feedgen() -> App:
    """The kind of service the old bot was: the list through feedgen for every request."""
    from datetime import UTC, datetime

    from feedgen.feed import FeedGenerator

    rows, moment = _rows(), datetime(2026, 1, 15, 5, tzinfo=UTC)

    def render() -> bytes:
        feed = FeedGenerator()
        feed.title("arXiv papers")
        feed.link(href="http://feeds.example/rss")
        feed.description("New papers that match the keywords")
        for name, title, abstract, authors, _ in rows:
            item = feed.add_entry(order="append")
            item.id(name)
            item.title(title)
            item.link(href=f"https://arxiv.org/abs/{name}")
            item.description(f"<p>{escape(authors)}</p><p>{escape(abstract)}</p>")
            item.published(moment)
        return bytes(feed.rss_str())

    return _flask(render)


def flask_strings() -> App:
    """The same without a library: the quickest that Python has, and no bot does it."""
    rows = _rows()

    def render() -> bytes:
        items = (
            f"<item><title>{escape(title)}</title><link>https://arxiv.org/abs/{name}</link><guid>{name}</guid>"
            f"<description>&lt;p&gt;{escape(escape(authors))}&lt;/p&gt;&lt;p&gt;{escape(escape(abstract))}&lt;/p&gt;"
            f"</description><pubDate>Thu, 15 Jan 2026 00:00:00 -0500</pubDate></item>"
            for name, title, abstract, authors, _ in rows
        )
        head = "<title>arXiv papers</title><link>http://feeds.example/rss</link><description>New</description>"
        return f'<rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'.encode()

    return _flask(render)


def _rows() -> list[Row]:
    from benchmarks._corpus import batches

    papers = batches(SHOWN, 1)[0].papers
    authors = (", ".join(author.name for author in paper.authors) for paper in papers)
    return [
        (paper.arxiv_id, paper.title, paper.abstract, names, paper.categories[0])
        for paper, names in zip(papers, authors, strict=True)
    ]


def _flask(render: Callable[[], bytes]) -> App:
    from flask import Flask, Response

    app = Flask("old_bot")

    @app.get("/rss")
    def rss() -> Response:
        return Response(render(), mimetype="application/rss+xml")

    return _bridge(app.wsgi_app)


def _bridge(wsgi: Callable[[dict[str, Any], Any], Iterable[bytes]]) -> App:
    """Answer ASGI from WSGI in the same thread: less than any WSGI server costs, for the peer's benefit."""

    async def app(scope: Any, _: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        started: list[Any] = []
        environ = {
            "REQUEST_METHOD": scope["method"],
            "PATH_INFO": scope["path"],
            "QUERY_STRING": scope["query_string"].decode(),
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        body = b"".join(wsgi(environ, lambda *given: started.extend(given)))
        headers = [(name.lower().encode(), value.encode()) for name, value in started[1]]
        await send({"type": "http.response.start", "status": int(started[0][:3]), "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


KINDS: Final[dict[str, Callable[..., App]]] = {
    "raw": raw,
    "constant": constant,
    "paperfeed": paperfeed,
    "bare": bare,
    "flask_feedgen": flask_feedgen,
    "flask_strings": flask_strings,
}


def main(kind: str, port: str, *arguments: str) -> None:
    config = uvicorn.Config(
        KINDS[kind](*arguments), host="127.0.0.1", port=int(port), log_level="warning", timeout_keep_alive=600
    )
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
