# SPDX-License-Identifier: Apache-2.0
"""The file of accounts, beside the ledger and never in it: people's data can be changed and erased here.

It is small, local, read by its owner only (mode 0600), and opened anew when it was exchanged. Whatever is wrong with
it, nobody gets in.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from truceline.errors import UnavailableError

ACCOUNTS = "accounts.db"
"""Name of the file in a watch's folder."""

APPLICATION_ID = 0x54524C41
"""``TRLA``: says in the file's header whose it is."""

_SCHEMA = """
CREATE TABLE account (
  user TEXT PRIMARY KEY, role TEXT NOT NULL, of TEXT, seat TEXT, clearance TEXT NOT NULL, aligned TEXT NOT NULL,
  disabled INTEGER NOT NULL DEFAULT 0, subject TEXT UNIQUE, password TEXT, totp BLOB, pending BLOB,
  step INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE recovery (code BLOB PRIMARY KEY, user TEXT NOT NULL REFERENCES account) STRICT, WITHOUT ROWID;
CREATE TABLE device (hash BLOB PRIMARY KEY, user TEXT NOT NULL REFERENCES account, made REAL NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE session (
  hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL REFERENCES account, made REAL NOT NULL,
  seen REAL NOT NULL, second INTEGER NOT NULL, how TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE token (
  hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL REFERENCES account, name TEXT NOT NULL,
  scope TEXT NOT NULL, made REAL NOT NULL, expires REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE change (n INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL) STRICT;
CREATE TABLE latest (one INTEGER PRIMARY KEY CHECK (one = 1), at REAL NOT NULL) STRICT;
INSERT INTO latest VALUES (1, 0);
"""
_PRAGMAS = (
    *("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA trusted_schema=OFF"),
    *("PRAGMA cell_size_check=ON", "PRAGMA busy_timeout=5000", "PRAGMA secure_delete=ON"),
)

Row = tuple[Any, ...]


class AccountFile:
    """The file, opened when first asked; one thread at a time uses it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = RLock()
        self._held: tuple[int, sqlite3.Connection] | None = None

    @property
    def exists(self) -> bool:
        """Whether there is one."""
        return self.path.exists()

    def create(self) -> None:
        """Make it, empty, if there is none.

        Raises:
            UnavailableError: it cannot be made.
        """
        made = self.path.with_name(f".{self.path.name}.{os.getpid()}.new")
        with self._explained():
            if self.exists:
                return
            os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            try:
                connection = sqlite3.connect(made)
                connection.executescript(f"PRAGMA application_id={APPLICATION_ID}; {_SCHEMA}")
                connection.close()
                made.rename(self.path)
            finally:
                made.unlink(missing_ok=True)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Return what a query finds.

        Raises:
            UnavailableError: the file is missing, damaged, unreadable, or readable by others.
        """
        with self._lock, self._explained():
            found: list[Row] = self._connection().execute(sql, values).fetchall()
            return found

    @contextmanager
    def changing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of what is done inside, synced, or nothing.

        Raises:
            UnavailableError: the file is missing, damaged, or cannot be written.
        """
        with self._lock, self._explained():
            connection = self._connection()
            connection.execute("BEGIN IMMEDIATE")
            done = False
            try:
                yield connection
                connection.execute("COMMIT")
                done = True
            finally:
                if not done and connection.in_transaction:
                    connection.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of it."""
        with self._lock:
            if self._held is not None:
                self._held[1].close()
                self._held = None

    def _connection(self) -> sqlite3.Connection:
        """The open file; opened and checked anew if another lies there now."""
        status = self.path.stat()
        if self._held is not None and self._held[0] == status.st_ino:
            return self._held[1]
        self.close()
        if not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077:
            raise UnavailableError(f"others can read it; run: chmod 600 {self.path.name}", file=self.path.name)
        uri = f"{self.path.resolve().as_uri()}?mode=rw"
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        try:
            for pragma in _PRAGMAS:
                connection.execute(pragma).fetchall()
            _check(connection)
        except sqlite3.Error:
            connection.close()
            raise
        self._held = (status.st_ino, connection)
        return connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Whatever is wrong with the file, it is not available: nothing is guessed from half of it."""
        try:
            yield
        except FileNotFoundError as error:
            raise UnavailableError(
                "there are no accounts here; begin with: truceline account import", file=self.path.name
            ) from error
        except (OSError, sqlite3.Error) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise UnavailableError(f"the file of accounts cannot be used: {reason}", file=self.path.name) from error


def _check(connection: sqlite3.Connection) -> None:
    expected = sqlite3.connect(":memory:")
    expected.executescript(_SCHEMA)
    asked = "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"
    same = _all(connection, asked) == _all(expected, asked)
    expected.close()
    if _all(connection, "PRAGMA application_id") != [(APPLICATION_ID,)] or not same:
        raise sqlite3.DatabaseError("it is no file of accounts, or its tables were altered")
    found = _all(connection, "PRAGMA quick_check(3)")
    if found != [("ok",)]:
        raise sqlite3.DatabaseError(f"it is damaged: {found!r:.200}")


def _all(connection: sqlite3.Connection, sql: str, values: Sequence[Any] = ()) -> list[Row]:
    return connection.execute(sql, values).fetchall()
