"""Which store a deployment has: Redis when its address is known, else a SQLite file."""

from pathlib import Path
from typing import Final

from core.store.base import Store

SQLITE_FILE_NAME: Final = "paperfeed.sqlite3"
_VERCEL_SQLITE_FOLDER: Final = Path("/tmp/paperfeed")  # noqa: S108 (the one place that Vercel lets a function write to)


def open_store(redis_url: str, *, data_dir: Path, on_vercel: bool) -> Store:
    """
    Open the store: Redis at ``url``, or when that is empty ``paperfeed.sqlite3`` in ``data_dir``.

    On Vercel the file stands under ``/tmp`` and is lost with the instance. Nothing connects yet. Raises StoreError
    when the address is not valid.
    """
    # Each library is imported only by those who use it: a cold start pays for one.
    if redis_url:
        from core.store.redis import RedisStore  # noqa: PLC0415

        return RedisStore(redis_url)
    from core.store.sqlite import SqliteStore  # noqa: PLC0415

    return SqliteStore((_VERCEL_SQLITE_FOLDER if on_vercel else data_dir) / SQLITE_FILE_NAME, durable=not on_vercel)
