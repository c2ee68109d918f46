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

SUMMARY = "summary.json"
"""The one file that names the checkpoint it is hashed into; its hash leaves that part out."""


def summary_digest(told: Mapping[str, Any]) -> str:
    """Return the SHA-256, hex, of a summary's canonical form without ``ledger``."""
    return digest({key: value for key, value in told.items() if key != "ledger"})


def check(out: Path, report: Mapping[str, Any], checkpoint: str) -> int:
    """Compare the published files with the hashes the newest report record holds; returns how many were checked.

    Raises:
        FileMismatch: one is missing or differs; it is named.
    """
    for name, expected in report["files"].items():
        path = out / name
        if not path.is_file():
            raise FileMismatch("is missing, though the ledger holds its hash", file=name)
        data = path.read_bytes()
        found = _summary_digest(data, checkpoint) if name == SUMMARY else hashlib.sha256(data).hexdigest()
        if found != expected:
            raise FileMismatch("is not the file whose hash the ledger holds", file=name)
    return len(report["files"])


def _summary_digest(data: bytes, checkpoint: str) -> str:
    try:
        told = parse_json(data, file=SUMMARY)
    except InputError as error:
        raise FileMismatch(f"cannot be read: {error.reason}", file=SUMMARY) from error
    if not isinstance(told, dict) or not isinstance(told.get("ledger"), dict):
        raise FileMismatch("is no summary", file=SUMMARY)
    size, root = checkpoint.split("\n")[1:3]
    if (str(told["ledger"].get("size")), told["ledger"].get("root"), told["ledger"].get("checkpoint")) != (
        size,
        base64.b64decode(root).hex(),
        checkpoint,
    ):
        raise FileMismatch("names another checkpoint than the ledger's", file=SUMMARY)
    return summary_digest(told)
