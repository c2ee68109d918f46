# SPDX-License-Identifier: Apache-2.0
"""The flow, told once: bytes, ledger, events, assessments, what was not seen, reports.

Two invariants hold: *log before use* (a stage takes only records that have an index, as the ledger holds them) and
*nothing vanishes* (rows read = detections + rejected).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from truceline import __version__
from truceline.errors import ReplayMismatch, StateError
from truceline.flow import bodies, publish
from truceline.flow.gather import Gathered, gather
from truceline.flow.log import Held, log, logged
from truceline.flow.stages import Logged, Results, stages
from truceline.flow.watchfile import Watch
from truceline.model.record import Record
from truceline.model.watching import Run
from truceline.reports.one_sided import one_sided
from truceline.reports.public import public
from truceline.reports.shown import shown
from truceline.reports.summary import summary
from truceline.sources import places
from truceline.store import Audit, Store
from truceline.thermal import card
from truceline.thermal.calibration import usable

INPUTS = (
    *("run", "terms", "announcement", "line", "extent", "cloud", "claim", "denial", "rejected", "look", "detection"),
    "surroundings",
)
"""Kinds a run takes in, in the order it logs them."""


@dataclass
class _Kept:
    """Appends through ``door`` and remembers the indices by kind, in order."""

    door: Callable[[Sequence[Record]], list[int]]
    indices: dict[str, list[int]] = field(default_factory=dict)

    def __call__(self, records: Sequence[Record]) -> list[int]:
        found = self.door(records)
        for record, index in zip(records, found, strict=True):
            self.indices.setdefault(record.kind, []).append(index)
        return found


def versions() -> Mapping[str, str]:
    """Return what decides the results beside the data: the code and the thermal model."""
    return {"truceline": __version__, "thermal": str(card()["version"])}


def watch(
    what: Watch,
    out: Path,
    *,
    keys: Path,
    now: datetime,
    line: Path | None = None,
    monitors: Path | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> tuple[Run, Mapping[str, Any]]:
    """Run a watch from its files to its reports in ``out``; returns the run and its summary.

    ``monitors`` is a folder for the page as monitors may see it, exact; None: it is not written.
    A run that was cut short is taken up by running it again: records already in the ledger keep their index.

    Raises:
        InputError: a file as a whole cannot be used.
        TrustError: the ledger in ``out`` is signed by a key that is not in ``keys``, or was tampered with.
    """
    gathered = gather(what, line, now, tell)
    with Store.open(out, keys=keys, origin=f"truceline/{what.id}") as store:
        tell(f"logging {gathered.rows_read:,} rows")
        taken, made = _Kept(store.append), _Kept(store.append)
        held = log(what, gathered, versions(), taken)
        inside = logged(held)
        results = stages(inside, made, tell)
        tell("writing the report")
        run = _run(what, gathered, inside, results, _ledger(store, _end(held, made.indices)))
        open_, run = shown(public(run, now)), shown(run)
        files = publish.files(open_)
        publish.prepare(out, files, summary(open_))
        _seal(store, _report(held, made.indices, publish.hashes(open_, files)))
        store.publish()
        told = summary(open_, {**_ledger(store, store.size), "checkpoint": store.checkpoint})
        publish.show(out, files, told)
        if monitors is not None:
            publish.keep(monitors, run)
    return run, told


def _end(held: Held, made: Mapping[str, Sequence[int]]) -> int:
    """Size of the ledger just after the run's last record: the same however often the run is repeated."""
    taken = (index for pairs in held.values() for index, _ in pairs)
    return 1 + max((*taken, *(index for indices in made.values() for index in indices)))


def _ledger(store: Store, size: int) -> dict[str, Any]:
    return {"size": size, "root": store.root_at(size).hex(), "origin": store.origin, "vkey": store.vkey}


def _report(held: Held, made: Mapping[str, Sequence[int]], hashes: Mapping[str, str]) -> dict[str, Any]:
    """What closes a run: what it took in, what it made, and the files it published."""
    return {
        "inputs": {kind: bodies.ranges([index for index, _ in held[kind]]) for kind in INPUTS},
        "outputs": {kind: bodies.ranges(indices) for kind, indices in made.items()},
        "files": dict(hashes),
    }


def _seal(store: Store, report: Mapping[str, Any]) -> None:
    """Make the report the newest of the ledger, naming the one it supersedes; a run repeated is not logged again."""
    known = store.read("report")
    index, newest = known[-1] if known else (None, {})
    if {**newest, "supersedes": None} != {**report, "supersedes": None}:
        store.append([Record("report", {**report, "supersedes": index})])


def _run(what: Watch, gathered: Gathered, inside: Logged, results: Results, ledger: Mapping[str, Any]) -> Run:
    """Everything reports and pages are made of."""
    west, south, east, north = results.lines[0].line.bounds
    return Run(
        watch=what.id,
        title=what.title,
        period=what.period,
        agreement=inside.agreement,
        detections=inside.detections,
        rejected=gathered.rejected,
        rows_read=gathered.rows_read,
        looks=results.over,
        looks_logged=len(results.looks),
        passes=results.looks,
        denials=inside.denials,
        cloud=inside.cloud,
        events=results.events,
        assessments=results.assessments,
        lines=results.lines,
        thermal=card("marks" if usable(inside.around) is None else "truce"),
        sources=gathered.files,
        one_sided=one_sided(inside.agreement, results.lines),
        place_names=places.load((west - 12, south - 8, east + 12, north + 8)),
        extent=inside.extent,
        versions={**versions(), "terms": inside.agreement.version},
        ledger=ledger,
    )


def replay(audit: Audit, tell: Callable[[str], None] = lambda _: None) -> int:
    """Run the stages again from the ledger's own records; returns how many outputs came out the same.

    Raises:
        StateError: no run was finished, so there is nothing to compare.
        ReplayMismatch: a record is not what the stages make of the inputs; it is named.
    """
    by_kind: dict[str, dict[int, Any]] = {}
    index_of: dict[str, int] = {}
    for index, kind, name, body in audit.records():
        by_kind.setdefault(kind, {})[index] = body
        index_of[name] = index
    if not by_kind.get("report"):
        raise StateError("no run was finished in this folder; there is nothing to run again")
    newest = max(by_kind["report"])
    report = by_kind["report"][newest]
    held = {kind: _named(report, "inputs", kind, by_kind, newest) for kind in INPUTS}
    kept = _Kept(lambda records: [_same(record, index_of) for record in records])
    stages(logged(held), kept, tell)
    for kind in sorted({*report["outputs"], *kept.indices}):
        named = {index for index, _ in _named(report, "outputs", kind, by_kind, newest)}
        made = set(kept.indices.get(kind, []))
        if named - made:
            raise ReplayMismatch(f"run again, no stage makes this {kind}", record=f"{min(named - made)}")
        if made - named:
            raise ReplayMismatch(
                f"run again, a stage makes this {kind}, which the run does not name as its own",
                record=f"{min(made - named)}",
            )
    return sum(len(indices) for indices in kept.indices.values())


def _named(
    report: Mapping[str, Any], part: str, kind: str, by_kind: Mapping[str, Mapping[int, Any]], newest: int
) -> list[tuple[int, Any]]:
    """Return the (index, body) pairs of one kind that a report names.

    Raises:
        ReplayMismatch: it names a record of that kind that the ledger does not hold.
    """
    there = by_kind.get(kind, {})
    found = []
    for low, high in report[part].get(kind, []):
        for index in range(low, high + 1):
            if index not in there:
                raise ReplayMismatch(
                    f"names record {index} as {kind}, which the ledger does not hold", record=f"{newest}"
                )
            found.append((index, there[index]))
    return found


def _same(record: Record, index_of: Mapping[str, int]) -> int:
    found = index_of.get(record.id)
    if found is None:
        raise ReplayMismatch(f"run again, a stage makes {record.id}, which the ledger does not hold")
    return found
