# SPDX-License-Identifier: Apache-2.0
"""The published files of a ledger: written so that a reader never meets a half-written one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from truceline.errors import UnavailableError
from truceline.ledger.merkle import Tree
from truceline.ledger.tiles import WIDTH, Tile, tiles_of
from truceline.ledger.verify import tile_content

LEDGER = "ledger"
"""The published part of a ledger's folder."""

CHECKPOINT = "checkpoint"
VKEY = "vkey"

WAITING = ".new"
"""Folder under ``ledger/`` where files wait to be complete; what a killed process left there means nothing."""

_BATCH = 512


def write_file(path: Path, data: bytes) -> None:
    """Replace or make one file at once: written aside, synced, renamed, and the rename synced.

    Raises:
        UnavailableError: the disk is full or not to be written.
    """
    try:
        made = path.parent / WAITING / path.name
        made.parent.mkdir(exist_ok=True)
        _write_synced(made, data)
        made.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise UnavailableError(f"cannot be written: {error.strerror}", file=str(path)) from error


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def clear_waiting(ledger: Path) -> None:
    """Remove what a killed process left half-written."""
    shutil.rmtree(ledger / WAITING, ignore_errors=True)


def write_tiles(ledger: Path, tree: Tree, published: int, leaves: Callable[[int, int], Sequence[bytes]]) -> int:
    """Write every tile and bundle that a tree has and one of ``published`` leaves had not; return how many.

    A partial tile goes when its full one is there, not before: somebody may hold the checkpoint that needs it.

    Raises:
        UnavailableError: the disk is full or not to be written.
    """
    tiles = list(tiles_of(tree.size, published=published))
    try:
        for at in range(0, len(tiles), _BATCH):
            _write_batch(ledger, tiles[at : at + _BATCH], tree, leaves)
    except OSError as error:
        raise UnavailableError(f"cannot be written: {error.strerror}", file=str(ledger / "tile")) from error
    return len(tiles)


def remove_partial(ledger: Path, tree: Tree, published: int) -> None:
    """Remove partial tiles whose full one is now covered by the published checkpoint."""
    for tile in tiles_of(tree.size, published=published):
        if tile.width == WIDTH:
            shutil.rmtree(ledger / f"{tile.path}.p", ignore_errors=True)


def _write_batch(
    ledger: Path, tiles: Sequence[Tile], tree: Tree, leaves: Callable[[int, int], Sequence[bytes]]
) -> None:
    """Write a batch aside, sync it, then move it into place: syncs one after the other share their cost."""
    waiting = ledger / WAITING
    waiting.mkdir(exist_ok=True)
    handles: list[int] = []
    try:
        for number, tile in enumerate(tiles):
            content = tile_content(tile, tree, leaves)
            assert content is not None, "a tile of the tree's own size"
            handle = os.open(waiting / str(number), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
            handles.append(handle)
            _write_all(handle, content)
        for handle in handles:
            os.fsync(handle)
    finally:
        for handle in handles:
            os.close(handle)
    folders = set()
    for number, tile in enumerate(tiles):
        path = ledger / tile.path
        path.parent.mkdir(parents=True, exist_ok=True)
        (waiting / str(number)).replace(path)
        folders |= {folder for folder in path.parents if folder.is_relative_to(ledger)}
    for folder in sorted(folders):
        sync_folder(folder)


def _write_synced(path: Path, data: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        _write_all(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    """Write all of it: the system may take less than it is given."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]
