# SPDX-License-Identifier: Apache-2.0
"""A look at a ledger from outside: reads, never writes, and names the first thing that is not as it was signed."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from truceline.errors import FileMismatch, InputError, TrustError, UnavailableError
from truceline.ledger.checkpoint import Checkpoint
from truceline.ledger.merkle import Tree
from truceline.ledger.note import MAX_NOTE_BYTES, Verifier
from truceline.ledger.tiles import Tile, tiles_of
from truceline.ledger.verify import tile_content, verify_checkpoints, verify_published, verify_rows
from truceline.store import sqlite
from truceline.store.lock import lock
from truceline.store.publish import CHECKPOINT, LEDGER, VKEY


@dataclass(frozen=True, eq=False)
class Audit:
    """What an audit found; that it exists means that everything held."""

    origin: str
    """Name of the ledger."""

    size: int
    """Records, all of them under a signed checkpoint."""

    root: str
    """Root over them, 64 hex digits."""

    checkpoint: str
    """The newest checkpoint, a signed note."""

    published: int
    """Records that the published files cover; behind ``size`` where a run was killed."""

    checkpoints: int
    """Checkpoints kept and verified."""

    tiles: int
    """Published tiles and bundles compared byte for byte."""

    kinds: Mapping[str, int]
    """Records of each kind."""

    snapshot: Snapshot = field(repr=False)
    """The database as it was read."""

    def records(self, kind: str | None = None) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
        """Yield (index, kind, id, body) of every record, or of one kind, in index order."""
        with sqlite.explained(readable=True), closing(self.snapshot.connect()) as connection:
            for index, name, id_, body in connection.execute(
                "SELECT idx, kind, id, body FROM record WHERE idx < ? AND (? IS NULL OR kind = ?) ORDER BY idx",
                (self.size, kind, kind),
            ):
                yield index, name.decode(), id_.decode(), json.loads(body)


@dataclass(eq=False)
class Snapshot:
    """A way to read a database without touching it.

    Where nobody writes, the file is read as it lies. A journal that a killed writer left is honoured on a copy,
    because reading it in place would write beside it. Beside a living writer SQLite's own locks keep us apart.
    """

    path: Path
    """The file to open: the ledger's, or a copy of it."""

    mode: str
    """As :func:`sqlite.connect` names it."""

    def connect(self) -> sqlite3.Connection:
        """Return a connection of its own; the caller closes it."""
        return sqlite.connect(self.path, mode=self.mode)


def audit(folder: Path, vkey: str) -> Audit:
    """Return what a folder's ledger holds, every byte of record, leaf, checkpoint and published file accounted for.

    Raises:
        InputError: there is no ledger in the folder, or ``vkey`` is no verifier key.
        TrustError: the subclass that fits, naming the record or the file.
        UnavailableError: a file cannot be read.
    """
    verifier = Verifier.parse(vkey)
    try:
        _check_there(folder)
        ledger = folder / LEDGER
        held = lock(ledger, exclusive=False, wait_s=0)
    except OSError as error:
        raise UnavailableError(f"cannot be read: {error.strerror}", file=str(folder)) from error
    try:
        # The published files are read first: whatever they cover, the database must hold by then.
        if _read(ledger / VKEY, MAX_NOTE_BYTES) != (verifier.vkey + "\n").encode():
            raise FileMismatch("is not the verifier key given", file=f"{LEDGER}/{VKEY}")
        note = _read(ledger / CHECKPOINT, MAX_NOTE_BYTES)
        snapshot = _snapshot(folder, quiet=held is not None)
        return _audit(snapshot, ledger, note, verifier)
    finally:
        if held is not None:
            os.close(held)


def _audit(snapshot: Snapshot, ledger: Path, note: bytes, verifier: Verifier) -> Audit:
    with sqlite.explained(readable=True), closing(snapshot.connect()) as connection:
        connection.execute("BEGIN")
        with _named(sqlite.DATABASE):
            tree, kinds = verify_rows(sqlite.rows(connection))
            newest, count = verify_checkpoints(sqlite.notes(connection), tree, verifier)
        # Structure comes after content: a record that fails is worth more to the reader than a missing trigger.
        sqlite.check_integrity(connection)
        sqlite.check_schema(connection)
        with _named(f"{LEDGER}/{CHECKPOINT}"):
            published = verify_published(note, tree, verifier)
        tiles = _check_tiles(ledger, published, tree, connection)
        kept = sqlite.newest_note(connection)
    assert kept is not None, "verify_checkpoints refuses a ledger without checkpoints"
    return Audit(
        origin=newest.origin,
        size=newest.size,
        root=newest.root.hex(),
        checkpoint=kept[1].decode(),
        published=published.size,
        checkpoints=count,
        tiles=tiles,
        kinds=dict(kinds),
        snapshot=snapshot,
    )


def _check_there(folder: Path) -> None:
    if (folder / sqlite.DATABASE).is_file():
        if not (folder / LEDGER).is_dir():
            raise FileMismatch("the published part of the ledger is gone", file=LEDGER)
        return
    path = folder / LEDGER / CHECKPOINT
    if path.is_file() and _read(path, MAX_NOTE_BYTES).split(b"\n")[1:2] != [b"0"]:
        raise FileMismatch("the database is gone, but its published checkpoint is here", file=sqlite.DATABASE)
    raise InputError("there is no ledger here", file=str(folder))


def _snapshot(folder: Path, *, quiet: bool) -> Snapshot:
    """Return the way to read a folder's database; ``quiet`` if nobody is writing."""
    path = folder / sqlite.DATABASE
    journal = folder / f"{sqlite.DATABASE}-wal"
    try:
        with path.open("rb"):
            pass
        if not quiet:
            return Snapshot(path, "read")
        if not journal.exists() or journal.stat().st_size == 0:
            return Snapshot(path, "still")
        copy = Path(tempfile.mkdtemp(prefix="truceline-audit-"))
        snapshot = Snapshot(copy / path.name, "write")
        weakref.finalize(snapshot, shutil.rmtree, copy, ignore_errors=True)
        for file in (path, journal):
            shutil.copyfile(file, copy / file.name)
    except OSError as error:
        raise UnavailableError(f"cannot be read: {error.strerror}", file=str(path)) from error
    return snapshot


def _read(path: Path, limit: int) -> bytes:
    """Return a published file, at most one byte more than ``limit``.

    Raises:
        FileMismatch: it is gone.
        UnavailableError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as error:
        raise FileMismatch("is missing", file=f"{LEDGER}/{path.name}") from error
    except OSError as error:
        raise UnavailableError(f"cannot be read: {error.strerror}", file=str(path)) from error


@contextmanager
def _named(file: str) -> Iterator[None]:
    """Add the file's name to what is found wrong inside."""
    try:
        yield
    except TrustError as error:
        error.file = error.file or file
        raise


def _check_tiles(ledger: Path, published: Checkpoint, tree: Tree, connection: sqlite3.Connection) -> int:
    """Compare every published tile with what the leaves give; return how many there are.

    Raises:
        FileMismatch: one differs, is missing, or does not belong there.
    """
    widest: dict[tuple[int, int], int] = {}
    count = 0
    for path in sorted(_files(ledger)):
        name = path.relative_to(ledger).as_posix()
        if name in (CHECKPOINT, VKEY):
            continue
        try:
            tile = Tile.parse(name)
        except InputError as error:
            raise FileMismatch("does not belong to the ledger", file=f"{LEDGER}/{name}") from error
        content = tile_content(tile, tree, lambda start, end: sqlite.leaves(connection, start, end))
        if content is None or _read(path, len(content)) != content:
            raise FileMismatch("is not what the ledger's leaves give", file=f"{LEDGER}/{name}")
        widest[tile.level, tile.index] = max(tile.width, widest.get((tile.level, tile.index), 0))
        count += 1
    for tile in tiles_of(published.size):
        if widest.get((tile.level, tile.index), 0) < tile.width:
            raise FileMismatch("is missing", file=f"{LEDGER}/{tile.path}")
    return count


def _files(ledger: Path) -> Iterator[Path]:
    """Yield every file of the published part; what begins with a dot at its top is a writer's waiting room."""
    for root, folders, names in os.walk(ledger):
        here = Path(root)
        if here == ledger:
            folders[:] = [name for name in folders if not name.startswith(".")]
            names = [name for name in names if not name.startswith(".")]  # noqa: PLW2901 -- the top alone
        yield from (here / name for name in names)
