# SPDX-License-Identifier: Apache-2.0
"""How a folder gets its ledger, and how a ledger that is there gets its key."""

from __future__ import annotations

from pathlib import Path

from truceline.base.bounded import read_bytes
from truceline.errors import StateError, TrustError, UnavailableError, UnknownKey
from truceline.ledger.checkpoint import Checkpoint
from truceline.ledger.merkle import EMPTY_ROOT
from truceline.ledger.note import MAX_NOTE_BYTES, Signer
from truceline.store import sqlite
from truceline.store.keys import key_path, load_key, make_key
from truceline.store.publish import CHECKPOINT, LEDGER, VKEY, sync_folder, write_file


def signer_of(folder: Path, keys: Path, origin: str) -> Signer:
    """Return the key of a folder's ledger; begin the ledger if the folder has none.

    Raises:
        StateError: the ledger is another origin's, or its key is not in ``keys``.
        UnknownKey: the key in ``keys`` is another than the one that signed it.
        TrustError: published files speak of records, but the database is gone.
    """
    database = folder / sqlite.DATABASE
    checkpoint = folder / LEDGER / CHECKPOINT
    if not database.exists():
        _check_nothing_lost(folder)
        signer = make_key(keys, origin)
        _begin(folder, signer)
        return signer
    held = _held_origin(checkpoint)
    if held not in (None, origin):
        raise StateError(f"the folder holds the ledger {held}, not {origin}", file=str(folder))
    found = load_key(keys, origin)
    if found is None:
        raise StateError(
            f"the ledger in this folder is signed by a key that is not in {keys} ({key_path(keys, origin).name}); "
            "a ledger goes on with its own key only: give the folder of keys that has it, or begin in a new folder",
            file=str(folder),
        )
    vkey = folder / LEDGER / VKEY
    if not vkey.is_file() or read_bytes(vkey, limit=MAX_NOTE_BYTES).decode(errors="replace").strip() != (
        found.verifier.vkey
    ):
        raise UnknownKey(f"the ledger was begun with another key than the one in {keys}", file=str(vkey))
    return found


def _held_origin(checkpoint: Path) -> str | None:
    if not checkpoint.is_file():
        return None
    return read_bytes(checkpoint, limit=MAX_NOTE_BYTES).decode(errors="replace").split("\n", 1)[0]


def _check_nothing_lost(folder: Path) -> None:
    """Return if a folder without a database never had a record."""
    path = folder / LEDGER / CHECKPOINT
    journal = folder / f"{sqlite.DATABASE}-wal"
    if journal.exists():
        raise TrustError("the database is gone, but its journal is here", file=str(journal))
    if path.is_file() and read_bytes(path, limit=MAX_NOTE_BYTES).split(b"\n")[1:2] != [b"0"]:
        raise TrustError("the database is gone, but its published checkpoint is here", file=str(path))


def _begin(folder: Path, signer: Signer) -> None:
    """Make an empty ledger; the database comes last and whole, so there is never one that does not verify."""
    note = Checkpoint(signer.name, 0, EMPTY_ROOT).sign(signer)
    made = folder / f"{sqlite.DATABASE}.new"
    try:
        for end in ("", "-wal", "-shm"):
            Path(f"{made}{end}").unlink(missing_ok=True)
        write_file(folder / LEDGER / VKEY, (signer.verifier.vkey + "\n").encode())
        write_file(folder / LEDGER / CHECKPOINT, note.encode())
        with sqlite.explained():
            sqlite.create(made, note)
        made.replace(folder / sqlite.DATABASE)
        sync_folder(folder)
    except OSError as error:
        raise UnavailableError(f"cannot be written: {error.strerror}", file=str(folder)) from error
