# SPDX-License-Identifier: Apache-2.0
"""The folder of a watch in which an exercise is played, so that every other command and page can read it afterwards."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from truceline.base.bounded import read_bytes
from truceline.base.clock import iso
from truceline.errors import StateError
from truceline.services.exercise import Script

_LICENCE = "# SPDX-License-Identifier: Apache-2.0\n# EXERCISE. Nothing of it is real.\n"
MARK = "EXERCISE"
"""Stands in the title of every such watch."""


def make_folder(script: Script, beside: Path, folder: Path) -> None:
    """Write ``watch.toml``, the terms, the people and the line of an exercise into a new folder.

    Args:
        script: the exercise.
        beside: the script's folder, which holds its terms and ``line.geojson``.
        folder: where to; it may exist, empty.

    Raises:
        StateError: the folder holds something.
        InputError: the terms or the line cannot be read.
    """
    terms, line = read_bytes(beside / script.terms), read_bytes(beside / "line.geojson")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise StateError("an exercise is kept in a new folder; this one holds something", file=str(folder))
    first = script.steps[0].at.replace(hour=0, minute=0, second=0)
    last = script.steps[-1].at.replace(hour=0, minute=0, second=0) + timedelta(days=1)
    title = script.title if MARK in script.title else f"{MARK}: {script.title}"
    (folder / "watch.toml").write_text(
        f"{_LICENCE}[watch]\nid = {json.dumps(script.id)}\ntitle = {json.dumps(title, ensure_ascii=False)}\n"
        f'from = {iso(first)}\nto = {iso(last)}\nterms = "agreement.yaml"\nline = "line.geojson"\n',
        encoding="utf-8",
    )
    (folder / "agreement.yaml").write_bytes(terms)
    (folder / "line.geojson").write_bytes(line)
    (folder / "people.yaml").write_text(f"{_LICENCE}people:\n{_people(script)}", encoding="utf-8")


def _people(script: Script) -> str:
    rows = []
    for actor in script.people.values():
        entry = {"user": actor.user, "role": actor.role, "of": actor.of, "seat": actor.seat}
        known = {key: value for key, value in entry.items() if value is not None}
        aligned = {"aligned": list(actor.aligned)} if actor.aligned else {}
        rows.append(f"  - {json.dumps({**known, 'clearance': actor.clearance, **aligned}, ensure_ascii=False)}\n")
    return "".join(rows)
