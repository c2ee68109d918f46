# SPDX-License-Identifier: Apache-2.0
"""The one door into the ledger: what was appended is synced, indexed and signed before the call returns.

One transaction holds a batch's records, salts and leaves and the signed checkpoint that covers them, so a process
killed at any instant leaves either all of it or nothing. The tables are the truth; the published files under
``ledger/`` follow, and what is not published yet is simply the leaves beyond the published checkpoint.
"""

from __future__ import annotations

import json
import os
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from truceline.base.bounded import read_bytes
from truceline.base.canonical import canonical
from truceline.errors import BodyMismatch, Malformed, Rollback, StateError, TrustError, UnavailableError
from truceline.ledger.checkpoint import Checkpoint
from truceline.ledger.leaf import SALTS_BYTES, id_of, make_leaf
from truceline.ledger.merkle import Tree, leaf_hash
from truceline.ledger.note import MAX_NOTE_BYTES, Signer, check_name
from truceline.ledger.verify import verify_checkpoints, verify_published, verify_rows
from truceline.model.record import KINDS, Record
from truceline.store import sqlite
from truceline.store.begin import signer_of
from truceline.store.keys import check_apart
from truceline.store.lock import lock_for_writing
from truceline.store.publish import (
    CHECKPOINT,
    LEDGER,
    clear_waiting,
    remove_partial,
    write_file,
    write_tiles,
)

_KINDS = frozenset(KINDS)


class Store:
    """A ledger open for writing; use it in a ``with`` statement, which publishes at the end, also of a failure."""

    def __init__(
        self, folder: Path, signer: Signer, connection: sqlite3.Connection, tree: Tree, newest: Checkpoint, lock: int
    ) -> None:
        """Not for callers: see :meth:`open`."""
        self._folder = folder
        self._signer = signer
        self._connection = connection
        self._tree = tree
        self._newest = newest
        self._note = newest.sign(signer)
        self._ids = sqlite.ids(connection)
        self._lock: int | None = lock
        self._published = -1
        self._broken = False
        self._of_kind: dict[str, tuple[int, list[int]]] = {}

    @classmethod
    def open(cls, folder: Path, *, keys: Path, origin: str) -> Store:
        """Return the ledger of a folder, made if there is none, whole and checked.

        Every record, leaf and checkpoint already there is verified first (some 100,000 a second).

        Raises:
            ConfigError: the keys lie inside the folder, or the key's file is not fit.
            StateError: another process holds the ledger, it is another origin's, or its key is not in ``keys``.
            TrustError: what is there does not verify.
            UnavailableError: the folder cannot be written.
        """
        check_name(origin)
        check_apart(keys, folder)
        try:
            (folder / LEDGER).mkdir(parents=True, exist_ok=True)
            held = lock_for_writing(folder / LEDGER)
        except OSError as error:
            raise UnavailableError(f"cannot be written: {error.strerror}", file=str(folder)) from error
        opened = False
        try:
            clear_waiting(folder / LEDGER)
            signer = signer_of(folder, keys, origin)
            with suppress(OSError):  # a medium without modes, or another's file: its owner sees to it
                sqlite.close_to_others(folder / sqlite.DATABASE)
            store = cls._load(folder, signer, held)
            opened = True
        finally:
            if not opened:
                os.close(held)
        return store

    @classmethod
    def _load(cls, folder: Path, signer: Signer, held: int) -> Store:
        """Verify what the database and the published checkpoint say, and take it up from there."""
        with sqlite.explained():
            connection = sqlite.connect(folder / sqlite.DATABASE, mode="write")
        opened = False
        try:
            with sqlite.explained():
                sqlite.check_schema(connection)
                tree, _ = verify_rows(sqlite.rows(connection), canonical_form=False)
                sqlite.check_integrity(connection)
                newest, _ = verify_checkpoints(sqlite.notes(connection), tree, signer.verifier)
                store = cls(folder, signer, connection, tree, newest, held)
            store._take_up_published()
            opened = True
        finally:
            if not opened:
                connection.close()
        return store

    def _take_up_published(self) -> None:
        """Learn how far publication came; a published head that is ahead of the database means a rolled-back one."""
        path = self._folder / LEDGER / CHECKPOINT
        if not path.exists():
            raise TrustError("the published checkpoint is gone", file=str(path))
        try:
            published = verify_published(read_bytes(path, limit=MAX_NOTE_BYTES), self._tree, self._signer.verifier)
        except TrustError as error:
            if error.record is not None:
                raise Rollback(
                    f"the database ends at {self._tree.size:,} records, before what was published: {error.reason}",
                    file=str(path),
                ) from error
            error.file = str(path)
            raise
        self._published = published.size

    @property
    def size(self) -> int:
        """Number of records."""
        return self._newest.size

    @property
    def root(self) -> bytes:
        """Root over them, 32 bytes, as the newest checkpoint signs it."""
        return self._newest.root

    def root_at(self, size: int) -> bytes:
        """Return the root over the first ``size`` records, 32 bytes."""
        return self._tree.root(size)

    @property
    def origin(self) -> str:
        """Name of the ledger."""
        return self._signer.name

    @property
    def vkey(self) -> str:
        """The key that verifies it, as one string."""
        return self._signer.verifier.vkey

    @property
    def checkpoint(self) -> str:
        """The newest checkpoint, a signed note."""
        return self._note

    def append(self, records: Sequence[Record]) -> list[int]:
        """Return the index of each record; they are synced to disk and signed before it returns.

        A record that is already there, or twice in the batch, is not appended again: its index is returned. So a run
        that was killed can simply be run again.

        Raises:
            Malformed: a kind that is not in ``KINDS``, or a body that is not JSON; nothing is appended.
            TrustError: a record's id is there with another body.
            UnavailableError: the disk is full or failing; nothing is appended.
            StateError: the store is closed, or an earlier failure left its state unknown.
        """
        self._check_usable()
        prepared = [_prepare(record) for record in records]
        indices: list[int] = []
        new: list[tuple[str, str, bytes]] = []
        fresh: dict[str, int] = {}
        held: dict[int, bytes] = {}
        for kind, id_, body in prepared:
            index = self._ids.get(id_)
            if index is not None:
                held[index] = body
            else:
                index = fresh.setdefault(id_, self.size + len(new))
                if index == self.size + len(new):
                    new.append((kind, id_, body))
                elif new[index - self.size][2] != body:
                    raise BodyMismatch(f"the id {id_} is there with another body", record=f"{index}/{kind}")
            indices.append(index)
        self._check_held(held)
        if new:
            self._commit(new, fresh)
        return indices

    def _check_held(self, expected: dict[int, bytes]) -> None:
        """Return if the records whose ids are already there have the bodies expected.

        Raises:
            BodyMismatch: one has not.
        """
        if not expected:
            return
        with sqlite.explained():
            found = self._connection.execute(
                "SELECT idx, kind, body FROM json_each(?) AS wanted JOIN record ON idx = wanted.value",
                (json.dumps(list(expected)),),
            )
            for index, kind, body in found:
                if body != expected.pop(index):
                    raise BodyMismatch("its id is there with another body", record=f"{index}/{kind.decode()}")
        if expected:
            raise StateError("the database was changed behind this process", record=str(min(expected)))

    def _commit(self, new: list[tuple[str, str, bytes]], fresh: dict[str, int]) -> None:
        """Write one batch and the checkpoint that covers it, in one synced transaction."""
        first = self.size
        random = os.urandom(SALTS_BYTES * len(new))
        salts = [random[at : at + SALTS_BYTES] for at in range(0, len(random), SALTS_BYTES)]
        leaves = [make_leaf(*record, salt) for record, salt in zip(new, salts, strict=True)]
        done = False
        try:
            with sqlite.explained():
                self._connection.execute("BEGIN IMMEDIATE")
                self._check_newest()
                self._connection.executemany(
                    "INSERT INTO record VALUES (?, ?, ?, ?)",
                    [(first + n, kind, id_, body.decode()) for n, (kind, id_, body) in enumerate(new)],
                )
                self._connection.executemany("INSERT INTO salt VALUES (?, ?)", enumerate(salts, first))
                self._connection.executemany("INSERT INTO leaf VALUES (?, ?)", enumerate(leaves, first))
                self._tree.extend(map(leaf_hash, leaves))
                newest, note = self._sign()
                self._connection.execute("INSERT INTO checkpoint VALUES (?, ?)", (newest.size, note))
                self._connection.execute("COMMIT")
            self._ids |= fresh
            self._newest, self._note = newest, note
            done = True
        finally:
            if not done:
                self._undo()

    def _check_newest(self) -> None:
        """Refuse to go on if the database is no longer the one whose tree is in memory."""
        newest = sqlite.newest_note(self._connection)
        if newest is None or newest[0] != self.size or newest[1].decode() != self._note:
            raise StateError("the database was changed behind this process", file=sqlite.DATABASE)

    def _sign(self) -> tuple[Checkpoint, str]:
        """Return the head of the tree, signed, after proving that it extends the last one signed.

        Raises:
            TrustError: the tree in memory no longer extends it; nothing is signed.
        """
        old = self._newest
        if self._tree.size <= old.size or self._tree.root(old.size) != old.root:
            raise TrustError(f"the tree does not extend the signed one of {old.size:,} records; nothing is signed")
        newest = Checkpoint(self.origin, self._tree.size, self._tree.root())
        return newest, newest.sign(self._signer)

    def _undo(self) -> None:
        """After a failure: bring memory back to what the database holds, or give up on it."""
        try:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            newest = sqlite.newest_note(self._connection)
        except sqlite3.Error:
            newest = None
        if newest is not None and newest[0] == self._newest.size:
            self._tree.truncate(self._newest.size)
        else:
            # The commit may have reached the disk: only opening the ledger anew, with all its checks, can tell.
            self._broken = True

    def _check_usable(self) -> None:
        if self._lock is None:
            raise StateError("the store is closed", file=str(self._folder))
        if self._broken:
            raise StateError("an earlier write failed half-way; open the ledger again", file=str(self._folder))

    def read(self, kind: str) -> list[tuple[int, dict[str, Any]]]:
        """Return (index, body) of every record of a kind, in index order."""
        self._check_usable()
        with sqlite.explained():
            found = self._connection.execute("SELECT idx, body FROM record WHERE kind = ? ORDER BY idx", (kind,))
            return [(index, json.loads(body)) for index, body in found]

    def newest(self, kind: str, before: int | None, limit: int) -> list[tuple[int, dict[str, Any]]]:
        """Return (index, body) of at most so many records of a kind, newest first, of those before an index."""
        self._check_usable()
        # Which records are of a kind is kept, and only what came since is looked through.
        seen, found = self._of_kind.get(kind, (0, []))
        if seen < self.size:
            with sqlite.explained():
                new = self._connection.execute(
                    "SELECT idx FROM record WHERE idx >= ? AND kind = ? ORDER BY idx", (seen, kind)
                )
                found += [index for (index,) in new]
            self._of_kind[kind] = self.size, found
        end = len(found) if before is None else bisect_left(found, before)
        chosen = found[max(0, end - limit) : end][::-1]
        bodies = self.bodies(chosen)
        return [(index, bodies[index]) for index in chosen]

    def bodies(self, indices: Iterable[int]) -> dict[int, dict[str, Any]]:
        """Return the body of each index asked for.

        Raises:
            StateError: there is no such record.
        """
        self._check_usable()
        wanted = sorted(set(indices))
        with sqlite.explained():
            found = self._connection.execute(
                "SELECT idx, body FROM json_each(?) AS wanted JOIN record ON idx = wanted.value", (json.dumps(wanted),)
            )
            bodies = {index: json.loads(body) for index, body in found}
        missing = [index for index in wanted if index not in bodies]
        if missing:
            raise StateError("there is no such record", record=str(missing[0]))
        return {index: bodies[index] for index in wanted}

    def publish(self) -> Checkpoint:
        """Bring the files under ``ledger/`` up to the newest record and return the checkpoint now published.

        Tiles and bundles come first, the checkpoint last: who reads a checkpoint finds the files it needs.

        Raises:
            UnavailableError: the disk is full or not to be written; the published state stays the former one.
            StateError: the store is closed, or an earlier failure left its state unknown.
        """
        self._check_usable()
        if self._published != self.size:
            ledger = self._folder / LEDGER
            with sqlite.explained():
                write_tiles(ledger, self._tree, self._published, self._leaves)
            write_file(ledger / CHECKPOINT, self._note.encode())
            remove_partial(ledger, self._tree, self._published)
            clear_waiting(ledger)
            self._published = self.size
        return self._newest

    def _leaves(self, start: int, end: int) -> list[bytes]:
        return sqlite.leaves(self._connection, start, end)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._lock is None:
            return
        try:
            if not self._broken:
                self.publish()
        except UnavailableError as failure:
            # What was appended is safe in the database; the first error is the one to show.
            if error is None:
                raise
            error.add_note(f"and the ledger could not be published: {failure}")
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the ledger without publishing."""
        if self._lock is not None:
            self._connection.close()
            os.close(self._lock)
            self._lock = None


def _prepare(record: Record) -> tuple[str, str, bytes]:
    """Return kind, id and canonical body."""
    if record.kind not in _KINDS:
        raise Malformed(f"{record.kind!r:.40} is no kind of record")
    body = canonical(dict(record.body))
    id_ = id_of(record.kind, body)
    # ``Record.id`` is kept with the record once it was asked for; it must be the one these bytes give.
    held = record.__dict__.get("id", id_)
    if held != id_:
        raise BodyMismatch(f"the record calls itself {held}, its body is {id_}")
    return record.kind, id_, body
