# SPDX-License-Identifier: Apache-2.0
"""The argument that a ledger holds what was signed. It reads nothing itself: rows, notes and files are handed in.

In this order, each step resting on those before:

1. Rows run from 0 without a gap; a row's id is the hash of its body, its body canonical, and the leaf that kind, id,
   body and salts give is the leaf stored (:func:`verify_rows`). So every *record* is what its *leaf* says.
2. Every checkpoint kept is signed by the one key, and its root is the tree's over that many leaves
   (:func:`verify_checkpoints`). So every *leaf* is what was *signed*, and each head extends the one before.
3. The newest checkpoint covers the last row. So *nothing* stands outside.
4. The published checkpoint is signed and is a prefix (:func:`verify_published`), and each published file is, byte
   for byte, what the leaves give (:func:`tile_content`). So what strangers hold is this ledger.

What that does not show is said in docs/explanation/ledger.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from truceline.errors import BodyMismatch, InputError, LeafMismatch, RootMismatch, TrustError, Uncovered
from truceline.ledger.body import is_canonical
from truceline.ledger.checkpoint import Checkpoint, open_checkpoint
from truceline.ledger.leaf import SALTS_BYTES, explain_mismatch, id_of, make_leaf
from truceline.ledger.merkle import Tree, leaf_hash, verify_inclusion
from truceline.ledger.note import Verifier
from truceline.ledger.tiles import ENTRIES, Tile, join_entries

Row = tuple[int, bytes, bytes, bytes, bytes | None, bytes | None]
"""idx, kind, id, body, salts, leaf; salts and leaf None where there are none. A damaged file may give other types."""

_BATCH = 4096


def verify_rows(rows: Iterable[Row], *, canonical_form: bool = True) -> tuple[Tree, Counter[str]]:
    """Return the tree over the rows' leaves and how many records of each kind there are.

    ``canonical_form=False`` spares parsing each body; the writer does so at start, an audit never.

    Raises:
        LeafMismatch: a row is missing, or its leaf is unreadable.
        BodyMismatch: a row's kind, id, body or salts are not what its leaf commits to, or its id is not its hash.
    """
    tree, kinds = Tree(), Counter[str]()
    hashes: list[bytes] = []
    for expected, row in enumerate(rows):
        hashes.append(_verify_row(expected, row, canonical_form))
        kinds[row[1].decode()] += 1
        if len(hashes) == _BATCH:
            tree.extend(hashes)
            hashes.clear()
    tree.extend(hashes)
    return tree, kinds


def _verify_row(expected: int, row: Row, canonical_form: bool) -> bytes:
    """Return the hash of a row's leaf."""
    index, kind, id_, body, salts, leaf = row
    if index != expected:
        raise LeafMismatch("is missing", record=str(expected))
    if salts is None or leaf is None:
        raise LeafMismatch(f"has no {'leaf' if leaf is None else 'salts'}", record=str(index))
    # One flipped bit in a database can turn a text into a number or nothing.
    if not all(isinstance(value, bytes) for value in row[1:]):
        raise BodyMismatch("holds a value that is neither text nor bytes", record=str(index))
    kind_text, id_text = _names(index, kind, id_)
    name = f"{index}/{kind_text}"
    if len(salts) != SALTS_BYTES or make_leaf(kind_text, id_text, body, salts) != leaf:
        fault = explain_mismatch(leaf, kind_text, id_text, body, salts)
        fault.record = name
        raise fault
    if id_of(kind_text, body) != id_text:
        raise BodyMismatch("its id is not the hash of its body", record=name)
    if canonical_form and not is_canonical(body):
        raise BodyMismatch("its body is not canonical JSON", record=name)
    return leaf_hash(leaf)


def _names(index: int, kind: bytes, id_: bytes) -> tuple[str, str]:
    """Return kind and id as text."""
    try:
        return kind.decode(), id_.decode()
    except UnicodeDecodeError as error:
        raise BodyMismatch("its kind or id is not text", record=str(index)) from error


def verify_checkpoints(notes: Iterable[tuple[int, bytes]], tree: Tree, verifier: Verifier) -> tuple[Checkpoint, int]:
    """Return the newest of the kept checkpoints (size as stored, note), given oldest first, and how many there are.

    Raises:
        BadSignature, UnknownKey: one is not signed by the key.
        RootMismatch: one is not the head of a prefix of the tree; the records it added are named.
        LeafMismatch: records that one covers are gone.
        Uncovered: records stand beyond the newest, or there is none at all.
    """
    newest: Checkpoint | None = None
    count = 0
    for size, note in notes:
        if not isinstance(size, int):
            raise TrustError("a checkpoint is kept for no number of records")
        checkpoint = _open(note, verifier, f"the checkpoint kept for {size:,} records")
        before = newest.size if newest else -1
        if checkpoint.size != size or size <= before:
            raise RootMismatch(f"the checkpoint kept for {size:,} records speaks of {checkpoint.size:,}")
        if size > tree.size:
            raise LeafMismatch(f"is missing: {size:,} records are signed", record=str(tree.size))
        if tree.root(size) != checkpoint.root:
            raise RootMismatch(
                f"the root over {size:,} records is not the signed one", record=f"{max(before, 0)} to {size - 1}"
            )
        newest, count = checkpoint, count + 1
    if newest is None:
        raise Uncovered("the ledger keeps no signed checkpoint")
    if newest.size < tree.size:
        raise Uncovered(f"the newest signed checkpoint covers {newest.size:,} records", record=str(newest.size))
    return newest, count


def verify_published(note: bytes, tree: Tree, verifier: Verifier) -> Checkpoint:
    """Return the published checkpoint.

    Raises:
        BadSignature, UnknownKey, TrustError: it is unreadable or not signed by the key.
        LeafMismatch: it covers more records than there are.
        RootMismatch: it is not the head of a prefix of the tree.
    """
    checkpoint = _open(note, verifier, "the published checkpoint")
    if checkpoint.size > tree.size:
        raise LeafMismatch(
            f"is missing: the published checkpoint covers {checkpoint.size:,} records", record=str(tree.size)
        )
    if tree.root(checkpoint.size) != checkpoint.root:
        raise RootMismatch(f"the published checkpoint of {checkpoint.size:,} records is not of this tree")
    return checkpoint


def _open(note: bytes, verifier: Verifier, what: str) -> Checkpoint:
    """Open a note that we ourselves must have written: that it cannot be read is a question of trust, not of input."""
    if not isinstance(note, bytes):
        raise TrustError(f"{what} is not text")
    try:
        checkpoint = open_checkpoint(note, verifier)
        whole = note.decode()
    except TrustError as error:
        error.reason = f"{what}: {error.reason}"
        raise
    except (InputError, UnicodeDecodeError) as error:
        raise TrustError(f"{what} is unreadable: {error}") from error
    if whole.count("\n— ") != 1:
        raise TrustError(f"{what} carries signatures that nobody here can check")
    return checkpoint


def tile_content(tile: Tile, tree: Tree, leaves: Callable[[int, int], Sequence[bytes]]) -> bytes | None:
    """Return what a published file must hold, or None if the tree is too small to have it.

    ``leaves(start, end)`` answers with the bytes of those leaves.
    """
    end = tile.start + tile.width
    if end > tree.size >> tile.tree_level:
        return None
    if tile.level == ENTRIES:
        return join_entries(leaves(tile.start, end))
    return tree.nodes(tile.tree_level, tile.start, end)


def verify_record(
    row: Row, proof: Sequence[bytes], note: bytes | str, verifier: Verifier, *, canonical_form: bool = True
) -> Checkpoint:
    """Return the checkpoint under which one record, shown with its salts and a proof of inclusion, stands.

    This is all a stranger needs who is shown a single record: no database, no other record. ``row``'s leaf may be
    None, it is made anew.

    Raises:
        BodyMismatch, LeafMismatch: the record is not what the leaf says.
        RootMismatch: the proof does not lead to the signed root.
        BadSignature, UnknownKey: the checkpoint is not signed by the key.
    """
    index, kind, id_, body, salts, leaf = row
    checkpoint = open_checkpoint(note, verifier)
    if leaf is None and salts is not None and len(salts) == SALTS_BYTES:
        leaf = make_leaf(*_names(index, kind, id_), body, salts)
    hashed = _verify_row(index, (index, kind, id_, body, salts, leaf), canonical_form)
    verify_inclusion(hashed, index, checkpoint.size, proof, checkpoint.root)
    return checkpoint
