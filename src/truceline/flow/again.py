# SPDX-License-Identifier: Apache-2.0
"""The ground of a finished run from its folder alone: the ledger is checked and its stages are run again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from truceline.errors import StateError
from truceline.flow.bodies import expand
from truceline.flow.ground import Ground
from truceline.flow.log import logged
from truceline.flow.stages import stages
from truceline.model.record import Record
from truceline.sources import places
from truceline.store import Audit, audit, read_vkey

AROUND_DEG = (12.0, 8.0)
"""How far around the line towns are known, degrees of longitude and latitude."""


def ground_of(folder: Path, tell: Callable[[str], None] = lambda _: None) -> Ground:
    """Return the ground of the newest run in a folder of results, under the verifier key that lies in it.

    Raises:
        StateError: no run was finished there.
        TrustError: the ledger is not what was signed.
        InputError: there is no ledger.
    """
    found = audit(folder, read_vkey(folder / "ledger" / "vkey"))
    inside = logged(_inputs(found))
    numbers: dict[str, int] = {name: index for index, _, name, _ in found.records()}

    def known(records: list[Record]) -> list[int]:
        return [numbers.get(record.id, -1) for record in records]

    made = stages(inside, lambda records: known(list(records)), tell)
    west, south, east, north = made.lines[0].line.bounds
    lon, lat = AROUND_DEG
    names = places.load((west - lon, south - lat, east + lon, north + lat))
    origin = (folder / "ledger" / "checkpoint").read_text(encoding="utf-8").split("\n", 1)[0]
    return Ground.again(inside, made, names, {"size": found.size, "root": found.root, "origin": origin})


def _inputs(found: Audit) -> dict[str, list[tuple[int, Mapping[str, Any]]]]:
    """Per kind, the records that the newest report says its run took in."""
    bodies: dict[int, tuple[str, Mapping[str, Any]]] = {}
    newest: Mapping[str, Any] | None = None
    for index, kind, _, body in found.records():
        bodies[index] = kind, body
        newest = body if kind == "report" else newest
    if newest is None:
        raise StateError("no run was finished in this folder")
    return {
        kind: [(index, bodies[index][1]) for index in expand(pairs) if index in bodies]
        for kind, pairs in newest["inputs"].items()
    }
