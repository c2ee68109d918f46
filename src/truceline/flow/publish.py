# SPDX-License-Identifier: Apache-2.0
"""The files a run leaves: made from the run alone, hashed into the ledger, written whole or not at all."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truceline.base.canonical import digest, parse_json
from truceline.errors import FileMismatch, InputError
from truceline.model.watching import Run
from truceline.reports.events_csv import events_csv
from truceline.reports.geojson import events_geojson
from truceline.reports.html import html
from truceline.reports.page import page
from truceline.reports.pdf import pdf
from truceline.reports.summary import summary


SUMMARY = "summary.json"


def files(run: Run) -> dict[str, bytes]:
    """Return every published file but ``summary.json``, which names the ledger they are hashed into."""
    return {
        "report.html": html(run).encode(),
        "report.pdf": pdf(run, run.period.end),
        "events.geojson": events_geojson(run).encode(),
        "events.csv": events_csv(run).encode(),
        "page.json": json.dumps(page(run), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(),
    }


def hashes(run: Run, made: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, hex; of ``summary.json`` that of its canonical form without ``ledger``."""
    found = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    return {**found, SUMMARY: _digest(summary(run))}


def _digest(told: Mapping[str, Any]) -> str:
    return digest({key: value for key, value in told.items() if key != "ledger"})


def write(out: Path, run: Run, made: Mapping[str, bytes], ledger: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write the files and ``summary.json``; each appears whole under its name or not at all."""
    told = summary(run, ledger)
    text = json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    for name, data in (*made.items(), (SUMMARY, text.encode())):
        temporary = out / f".{name}.part"
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(out / name)
    return told


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
    return _digest(told)
