"""The service on a real port, for programs of others that read it."""

import asyncio
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import uvicorn

from api.index import create_app
from core.config.environment import Environment
from core.config.read import Config
from core.config.settings import Settings
from core.paper import Batch
from core.store.open import open_store
from tests.support.web import NOW, TODAY, YESTERDAY, make_paper, publish

ABSTRACT = "We show that a<b and c>d & that $x<y$.\n  A second paragraph follows, with <script>alert(1)</script> in it."
BATCHES = (
    Batch(TODAY, (make_paper(1, "Caches & <b>Kettles</b> in $O(n^2)$", abstract=ABSTRACT), make_paper(2))),
    Batch(YESTERDAY, (make_paper(3, "Yesterday's Paper", day=YESTERDAY),)),
)


async def save(folder: Path, batches: Sequence[Batch], *, later: int = 0) -> None:
    """Publish these days as a refresh in another process would, ``later`` hours after the first."""
    store = open_store("", data_dir=folder, on_vercel=False)
    await publish(store, batches, changed=NOW + timedelta(hours=later))
    await store.close()


@contextmanager
def listening(folder: Path, *, port: int = 0) -> Iterator[str]:
    """The app on the store in ``folder``, on a free port of this machine unless told; its address."""
    config = Config(Settings(categories=("cs.LG",)), Environment())
    app = create_app(config, open_store("", data_dir=folder, on_vercel=False))
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    running = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    running.start()
    while not server.started:
        running.join(0.02)
        assert running.is_alive(), "the server did not start"
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        running.join()
