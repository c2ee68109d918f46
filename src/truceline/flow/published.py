# SPDX-License-Identifier: Apache-2.0
"""Checking published files against the ledger: light enough for a stranger who only wants to verify."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truceline.base.canonical import digest, parse_json
from truceline.errors import FileMismatch, InputError

OUT = "out"
"""Folder of results in a watch's folder, unless another is named."""

MONITORS = "monitors"
"""Folder beside a watch's files, readable by its owner only, with what monitors alone may see."""

SUMMARY = "summary.json"
"""The one file that names the checkpoint it is hashed into; its hash leaves that part out."""


def summary_digest(told: Mapping[str, Any]) -> str:
    """Return the SHA-256, hex, of a summary's canonical form without ``ledger``."""
    return digest({key: value for key, value in told.items() if key != "ledger"})


def waiting(out: Path, name: str) -> Path:
    """Return where a file waits until the ledger holds its hash."""
    return out / f".{name}.part"


def check(out: Path, report: Mapping[str, Any], checkpoint: str) -> tuple[int, tuple[str, ...]]:
    """Compare the published files with the hashes the newest report record holds.

    Returns:
        How many were checked, and the names of those that still wait beside their name because the run was cut short
        just then; what lies under such a name is of an earlier run, or of nobody.

    Raises:
        FileMismatch: one is missing or differs; it is named.
    """
    late = []
    for name, expected in report["files"].items():
        try:
            _check_one(out / name, name, expected, checkpoint)
        except FileMismatch:
            if not _waits(waiting(out, name), name, expected):
                raise
            late.append(name)
    return len(report["files"]), tuple(late)


def _check_one(path: Path, name: str, expected: str, checkpoint: str) -> None:
    if not path.is_file():
        raise FileMismatch("is missing, though the ledger holds its hash", file=name)
    data = path.read_bytes()
    if name == SUMMARY:
        _check_ledger(_summary(data), checkpoint)
    if _hash(data, name) != expected:
        raise FileMismatch("is not the file whose hash the ledger holds", file=name)


def _waits(path: Path, name: str, expected: str) -> bool:
    try:
        return path.is_file() and _hash(path.read_bytes(), name) == expected
    except FileMismatch:
        return False


def _hash(data: bytes, name: str) -> str:
    if name != SUMMARY:
        return hashlib.sha256(data).hexdigest()
    try:
        return summary_digest(_summary(data))
    except InputError as error:  # what no summary of ours holds, such as an integer beyond 2^53
        raise FileMismatch(f"cannot be read: {error.reason}", file=SUMMARY) from error


def _summary(data: bytes) -> dict[str, Any]:
    try:
        told = parse_json(data, file=SUMMARY)
    except InputError as error:
        raise FileMismatch(f"cannot be read: {error.reason}", file=SUMMARY) from error
    if not isinstance(told, dict) or not isinstance(told.get("ledger"), dict):
        raise FileMismatch("is no summary", file=SUMMARY)
    return told


def _check_ledger(told: Mapping[str, Any], checkpoint: str) -> None:
    """The summary's own words on the ledger must be those of the checkpoint."""
    size, root = checkpoint.split("\n")[1:3]
    named = told["ledger"]
    said = (str(named.get("size")), named.get("root"), named.get("checkpoint"))
    if said != (size, base64.b64decode(root).hex(), checkpoint):
        raise FileMismatch("names another checkpoint than the ledger's", file=SUMMARY)
