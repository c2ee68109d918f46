# SPDX-License-Identifier: Apache-2.0
"""The files a run leaves: made from the run alone, hashed into the ledger, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from truceline.flow.published import SUMMARY, summary_digest
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
        "page.json": json.dumps(page(run), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(),
    }


def hashes(run: Run, made: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file, hex; of ``summary.json`` that of its canonical form without ``ledger``."""
    found = {name: hashlib.sha256(data).hexdigest() for name, data in made.items()}
    return {**found, SUMMARY: summary_digest(summary(run))}


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
