# SPDX-License-Identifier: Apache-2.0
"""One record with all a browser needs to check by itself that it is in the ledger."""

from __future__ import annotations

from contextlib import closing
from functools import lru_cache
from pathlib import Path
from typing import Any

from truceline.base.bounded import read_bytes
from truceline.errors import InputError, Malformed, RootMismatch
from truceline.ledger.checkpoint import Checkpoint
from truceline.ledger.leaf import SALT_BYTES, SALTS_BYTES
from truceline.ledger.merkle import Tree
from truceline.ledger.note import Verifier, open_note
from truceline.ledger.tiles import Tile, split_hashes, tiles_of
from truceline.model.record import MADE
from truceline.store import sqlite
from truceline.store.publish import CHECKPOINT, LEDGER, VKEY

PROOF = ("index", "leaf", "path", "size", "root", "checkpoint")
"""What everybody may have of each record: that it is there, and its way to the signed root."""

_MAX_NOTE = 1 << 16


def record(folder: Path, index: int) -> dict[str, Any] | None:
    """Return a record's body, leaf and salts, its path to the published root, and the checkpoint that signs it.

    None if the published checkpoint does not cover the index, or the record is of people's acts: those are shown
    through the access table only. Who may have more of it than ``PROOF``, the caller asks the table.

    Raises:
        InputError: there is no ledger, or a file cannot be read.
        TrustError: the tiles do not lead to the signed root.
    """
    ledger = folder / LEDGER
    note = read_bytes(ledger / CHECKPOINT, limit=_MAX_NOTE)
    tree, checkpoint = _tree(ledger, note)
    if not 0 <= index < checkpoint.size:
        return None
    kind, id_, body, salts, leaf = _row(folder, index)
    if kind.decode() not in MADE:
        return None
    return {
        "index": index,
        "kind": kind.decode(),
        "id": id_.decode(),
        "body": body.decode(),
        "leaf": leaf.decode(),
        "salts": {name: salts[at * SALT_BYTES :][:SALT_BYTES].hex() for at, name in enumerate(("kind", "id", "body"))},
        "path": [node.hex() for node in tree.inclusion(index, checkpoint.size)],
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "checkpoint": note.decode(),
    }


def _row(folder: Path, index: int) -> tuple[bytes, bytes, bytes, bytes, bytes]:
    path = folder / sqlite.DATABASE
    if not path.is_file():
        raise InputError("there is no database of records here", file=sqlite.DATABASE)
    journal = folder / f"{sqlite.DATABASE}-wal"
    # Without a journal nobody is writing: then not even a lock file is made.
    mode = "read" if journal.exists() and journal.stat().st_size else "still"
    with sqlite.explained(), closing(sqlite.connect(path, mode=mode)) as connection:
        found: tuple[bytes, bytes, bytes, bytes, bytes] | None = connection.execute(
            "SELECT kind, id, body, salts, leaf FROM record "
            "JOIN salt ON salt.idx = record.idx JOIN leaf ON leaf.idx = record.idx WHERE record.idx = ?",
            (index,),
        ).fetchone()
    if found is None or len(found[3]) != SALTS_BYTES:
        raise Malformed("the database does not hold it whole", record=str(index))
    return found


@lru_cache(maxsize=2)
def _tree(ledger: Path, note: bytes) -> tuple[Tree, Checkpoint]:
    """The tree under a checkpoint, from its tiles; checked against the signed root once, then kept."""
    verifier = Verifier.parse(read_bytes(ledger / VKEY, limit=_MAX_NOTE).decode("utf-8", "replace").strip())
    text, _ = open_note(note, (verifier,))
    checkpoint = Checkpoint.parse(text)
    tree = Tree()
    for tile in tiles_of(checkpoint.size):
        if tile.level == 0:
            tree.extend(split_hashes(read_bytes(_path(ledger, tile), limit=_MAX_NOTE)))
    if tree.root() != checkpoint.root:
        raise RootMismatch("the published tiles do not lead to the signed root", file=f"{LEDGER}/{CHECKPOINT}")
    return tree, checkpoint


def _path(ledger: Path, tile: Tile) -> Path:
    return ledger / tile.path
