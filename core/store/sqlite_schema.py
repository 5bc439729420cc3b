"""The tables of a SQLite file of ours: made when the file is new, refused when they are somebody else's."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from core.errors import StoreError


class SqliteSchema(NamedTuple):
    """The tables of a file, ``kept`` with a column ``expires`` among them; the file's header says whose it is."""

    application_id: int
    user_version: int
    tables: str
    replaceable: bool = False  # all of it can be fetched anew


PAPERS_SCHEMA: Final = SqliteSchema(
    application_id=0x50464431,  # "PFD1"
    user_version=1,
    replaceable=True,
    tables="""
CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL NOT NULL);
CREATE INDEX kept_expires ON kept (expires);
CREATE TABLE published (key TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE claims (name TEXT PRIMARY KEY, holder TEXT NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE followed (category TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE reports (number INTEGER PRIMARY KEY, report BLOB NOT NULL, expires REAL NOT NULL);
CREATE TABLE usage (day TEXT, model TEXT, calls INTEGER NOT NULL, failures INTEGER NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, PRIMARY KEY (day, model)) WITHOUT ROWID;
""",
)


def create_tables(connection: sqlite3.Connection, sqlite_path: Path, sql_schema: SqliteSchema) -> None:
    """Make the tables of a new file; refuse one that is not ours. A file that is ours is not written to."""
    if not _has_our_tables(connection, sqlite_path, sql_schema):
        with transaction(connection):
            if not _has_our_tables(connection, sqlite_path, sql_schema):  # nobody was quicker
                for create_statement in sql_schema.tables.split(";"):
                    connection.execute(create_statement)
                connection.execute(f"PRAGMA application_id = {sql_schema.application_id}")
                connection.execute(f"PRAGMA user_version = {sql_schema.user_version}")
        connection.execute("PRAGMA journal_mode = WAL")


def _has_our_tables(connection: sqlite3.Connection, sqlite_path: Path, sql_schema: SqliteSchema) -> bool:
    """Whether the tables are there; False for an empty file. Raises StoreError for any other."""
    pragmas = ("application_id", "user_version")
    application_id, user_version = (connection.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in pragmas)
    if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        return False
    if application_id != sql_schema.application_id:
        raise StoreError(f"could not use the store {sqlite_path}: it is another program's SQLite file")
    if user_version != sql_schema.user_version:
        raise StoreError(f"could not use the store {sqlite_path}: written by another version; remove it to start over")
    return True


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, or nothing of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")  # on a full disk it may fail and leave the transaction open
    except BaseException:
        if connection.in_transaction:  # some errors have ended it already
            connection.execute("ROLLBACK")
        raise
