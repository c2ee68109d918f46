# SPDX-License-Identifier: Apache-2.0
"""The ledger's SQLite file: its tables, the settings they are opened with, and what its errors mean here.

Settings (EVIDENCE E1): write-ahead log, ``synchronous=FULL`` so that a commit is on the disk before it is
acknowledged, strict tables, no trust in the schema, checks of cell sizes, one writer.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from truceline.errors import FileMismatch, StateError, UnavailableError
from truceline.ledger.verify import Row

DATABASE = "truceline.db"
"""The file's name in its folder."""

PRIVATE = 0o600
"""Mode of the file: it holds exact records. SQLite gives its journal and shared memory the mode of the file."""

APPLICATION_ID = 0x54524C31
"""``TRL1``: says in the file's header whose it is."""

FORMAT = 1
"""Version of the tables (``user_version``)."""

# No index on ids: they are hashes, so each commit would touch as many pages of it as it has records, and cost three
# times what the records do. The one writer keeps them in memory instead (some 200 bytes a record).
_TABLES = """
CREATE TABLE record (
  idx INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE TABLE salt (idx INTEGER PRIMARY KEY REFERENCES record (idx), salts BLOB NOT NULL) STRICT;
CREATE TABLE leaf (idx INTEGER PRIMARY KEY REFERENCES record (idx), leaf BLOB NOT NULL) STRICT;
CREATE TABLE checkpoint (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
"""
# The triggers guard against mistakes, not against an enemy with the file in hand: that is what the audit is for.
_APPEND_ONLY = """
CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""
# REPLACE would get past them. Not for salts and leaves: a trigger on each insert costs what the insert does.
_NO_REPLACE = """
CREATE TRIGGER {table}_insert BEFORE INSERT ON {table} WHEN NEW.{key} <= (SELECT max({key}) FROM {table})
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""
SCHEMA = (
    _TABLES
    + "".join(_APPEND_ONLY.format(table=table) for table in ("record", "salt", "leaf", "checkpoint"))
    + "".join(_NO_REPLACE.format(table=table, key=key) for table, key in (("record", "idx"), ("checkpoint", "size")))
)

_READ = ("PRAGMA trusted_schema=OFF", "PRAGMA cell_size_check=ON", "PRAGMA busy_timeout=5000")
_WRITE = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", *_READ)


@contextmanager
def explained(*, readable: bool = False) -> Iterator[None]:
    """Turn SQLite's errors inside into ours: damage is a question of trust, the rest of the machine.

    ``readable`` says that the file itself could be read just before, so that what cannot be read *in* it is damage.

    Raises:
        StateError: somebody else holds the database.
        UnavailableError: the disk is full, or the file cannot be read or written.
        FileMismatch: anything else; the file is damaged or was altered.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise StateError(f"another process holds the database: {error}", file=DATABASE) from error
        if not readable and code in (
            sqlite3.SQLITE_FULL,
            sqlite3.SQLITE_IOERR,
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_PERM,
            sqlite3.SQLITE_CANTOPEN,
        ):
            raise UnavailableError(f"the database cannot be read or written: {error}", file=DATABASE) from error
        raise FileMismatch(f"the database is damaged or was altered: {error}", file=DATABASE) from error
    except (UnicodeDecodeError, MemoryError, OverflowError) as error:
        # A damaged page can claim a value of any length, or a message that is not text.
        raise FileMismatch(f"the database is damaged or was altered: {error!r:.100}", file=DATABASE) from error


def connect(path: Path, *, mode: str) -> sqlite3.Connection:
    """Return a connection in which TEXT comes as bytes.

    ``mode`` is ``write`` (the one writer), ``read`` (beside a living writer) or ``still`` (nobody writes; nothing is
    touched, not even a lock file is made).
    """
    query = {"write": "mode=rwc", "read": "mode=ro", "still": "mode=ro&immutable=1"}[mode]
    # A server answers on many threads; who opens a connection lets one of them use it at a time.
    connection = sqlite3.connect(
        f"{path.resolve().as_uri()}?{query}", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.text_factory = bytes
    try:
        for pragma in _WRITE if mode == "write" else _READ:
            connection.execute(pragma).fetchall()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def create(path: Path, note: str) -> None:
    """Make a database with its tables and a first checkpoint, complete and synced, under ``path``; private."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    connection = connect(path, mode="write")
    try:
        connection.executescript(
            f"BEGIN; PRAGMA application_id={APPLICATION_ID}; PRAGMA user_version={FORMAT}; {SCHEMA} COMMIT;"
        )
        connection.execute("INSERT INTO checkpoint VALUES (0, ?)", (note,))
    finally:
        connection.close()


def close_to_others(path: Path) -> None:
    """Take from everybody else what an older database, and a journal beside it, let them read; a group's is kept.

    Raises:
        OSError: the mode of a file cannot be changed.
    """
    for file in (path, *(Path(f"{path}{end}") for end in ("-wal", "-shm"))):
        if file.exists() and (mode := stat.S_IMODE(file.stat().st_mode)) & stat.S_IRWXO:
            file.chmod(mode & ~stat.S_IRWXO)


@cache
def _expected_schema() -> list[tuple[bytes | None, ...]]:
    connection = sqlite3.connect(":memory:")
    connection.text_factory = bytes
    try:
        connection.executescript(SCHEMA)
        return _schema(connection)
    finally:
        connection.close()


def _schema(connection: sqlite3.Connection) -> list[tuple[bytes | None, ...]]:
    return connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name").fetchall()


def check_schema(connection: sqlite3.Connection) -> None:
    """Return if the tables and triggers are exactly ours.

    Raises:
        FileMismatch: they are not, or the file says it is something else.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if (application, version) != (APPLICATION_ID, FORMAT):
        raise FileMismatch(f"its header is not that of a ledger of format {FORMAT}", file=DATABASE)
    if _schema(connection) != _expected_schema():
        raise FileMismatch("its tables or triggers are not those of a ledger", file=DATABASE)


def check_integrity(connection: sqlite3.Connection) -> None:
    """Return if SQLite finds its own structure whole, and no table holds rows that the others do not.

    Raises:
        FileMismatch: it does not.
    """
    found = connection.execute("PRAGMA integrity_check(3)").fetchall()
    if found != [(b"ok",)]:
        text = "; ".join(bytes(row[0]).decode(errors="replace").strip() for row in found)
        raise FileMismatch(f"the database is damaged: {text:.300}", file=DATABASE)
    counts = {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 -- a fixed name
        for table in ("record", "salt", "leaf")
    }
    if len(set(counts.values())) != 1:
        raise FileMismatch(f"records, salts and leaves are not equally many: {counts}", file=DATABASE)


def ids(connection: sqlite3.Connection) -> dict[str, int]:
    """Return the index of every id."""
    return {id_.decode(): index for id_, index in connection.execute("SELECT id, idx FROM record ORDER BY idx DESC")}


def rows(connection: sqlite3.Connection) -> Iterator[Row]:
    """Return every record with its salts and leaf, in order, as it is read."""
    return connection.execute(
        "SELECT record.idx, kind, id, body, salts, leaf FROM record "
        "LEFT JOIN salt ON salt.idx = record.idx LEFT JOIN leaf ON leaf.idx = record.idx ORDER BY record.idx"
    )


def notes(connection: sqlite3.Connection) -> Iterator[tuple[int, bytes]]:
    """Return (size, note) of every checkpoint kept, oldest first, as it is read."""
    return connection.execute("SELECT size, note FROM checkpoint ORDER BY size")


def newest_note(connection: sqlite3.Connection) -> tuple[int, bytes] | None:
    """Return (size, note) of the newest checkpoint."""
    found: tuple[int, bytes] | None = connection.execute(
        "SELECT size, note FROM checkpoint ORDER BY size DESC LIMIT 1"
    ).fetchone()
    return found


def leaves(connection: sqlite3.Connection, start: int, end: int) -> list[bytes]:
    """Return the leaves ``start`` up to ``end``."""
    return [
        leaf
        for (leaf,) in connection.execute("SELECT leaf FROM leaf WHERE idx >= ? AND idx < ? ORDER BY idx", (start, end))
    ]
