# SPDX-License-Identifier: Apache-2.0
"""The files a run leaves: made from the run alone, hashed into the ledger, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truceline.errors import UnavailableError
from truceline.flow.published import SUMMARY, summary_digest, waiting
from truceline.model.watching import Run
from truceline.reports.events_csv import events_csv
from truceline.reports.geojson import events_geojson
from truceline.reports.html import html
from truceline.reports.page import page
from truceline.reports.pdf import pdf
from truceline.reports.summary import summary


def files(run: Run) -> dict[str, bytes]:
    """Return every published file but ``summary.json``, which names the ledger they are hashed into."""
    return {
        "report.html": html(run).encode(),
        "report.pdf": pdf(run, run.period.end),
        "events.geojson": events_geojson(run).encode(),
        "events.csv": events_csv(run).encode(),
        "page.json": _page(run),
    }


def hashes(run: Run, made: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, hex; of ``summary.json`` that of its canonical form without ``ledger``."""
    found = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    return {**found, SUMMARY: summary_digest(summary(run))}


def prepare(out: Path, made: Mapping[str, bytes], told: Mapping[str, Any]) -> None:
    """Lay every file beside its name, synced, before the ledger takes their hashes.

    A run cut short between the two leaves the files waiting under these names, where a check finds them.

    Raises:
        UnavailableError: the folder cannot be written.
    """
    for name, data in (*made.items(), (SUMMARY, _text(told))):
        _write(waiting(out, name), data)


def show(out: Path, made: Mapping[str, bytes], told: Mapping[str, Any]) -> None:
    """Give every prepared file its name; ``told`` is the summary that names the checkpoint they are hashed into.

    Raises:
        UnavailableError: a file cannot be given its name.
    """
    try:
        for name in made:
            waiting(out, name).replace(out / name)
        final = out / f".{SUMMARY}.final"
        _write(final, _text(told))
        final.replace(out / SUMMARY)
        waiting(out, SUMMARY).unlink()
    except OSError as error:
        raise UnavailableError(f"cannot be written: {error.strerror}", file=_place(error, out)) from error


def keep(folder: Path, run: Run) -> None:
    """Write the page as monitors may see it, exact and whole, into a folder of theirs, readable by its owner only.

    Raises:
        UnavailableError: the folder cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        part = folder / ".page.json.part"
        part.unlink(missing_ok=True)
        part.touch(mode=0o600)
        _write(part, _page(run))
        part.replace(folder / "page.json")
    except OSError as error:
        raise UnavailableError(f"cannot be written: {error.strerror}", file=str(folder)) from error


def _page(run: Run) -> bytes:
    return json.dumps(page(run), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _text(told: Mapping[str, Any]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _write(path: Path, data: bytes) -> None:
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise UnavailableError(f"cannot be written: {error.strerror}", file=str(path)) from error


def _place(error: OSError, out: Path) -> str:
    """The file a failure names, the one it should have become first."""
    return str(error.filename2 or error.filename or out)
