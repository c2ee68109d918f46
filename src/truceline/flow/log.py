# SPDX-License-Identifier: Apache-2.0
"""Log before use: what was gathered goes into the ledger, and comes back as the ledger holds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truceline.base.clock import Interval, iso, utc
from truceline.base.geo import Line
from truceline.errors import ReplayMismatch
from truceline.flow import bodies
from truceline.flow.gather import Gathered
from truceline.flow.stages import SEED, Append, GivenLine, Logged
from truceline.flow.terms_files import read_notices
from truceline.flow.watchfile import Watch
from truceline.model.agreement import Agreement
from truceline.model.claim import Claim
from truceline.model.detection import Detections
from truceline.model.look import Denial, Look
from truceline.model.record import Record
from truceline.terms import from_ceasefire, load
from truceline.thermal import Surroundings

Held = Mapping[str, Sequence[tuple[int, Mapping[str, Any]]]]
"""Per kind, the (index, body) pairs that one run took in, in the order it took them."""


def log(watch: Watch, gathered: Gathered, versions: Mapping[str, str], append: Append) -> Held:
    """Append everything that came from outside, the run's own record first."""
    run = {
        "watch": watch.id,
        "title": watch.title,
        "from": iso(watch.period.start),
        "to": iso(watch.period.end),
        "seed": SEED,
        "rows_read": gathered.rows_read,
        "files": [dict(file) for file in gathered.files],
        "versions": dict(versions),
    }
    records = {
        "run": [Record("run", run)],
        "terms": [Record("terms", gathered.terms)],
        "announcement": [Record("announcement", {"file": name, "text": text}) for name, text in gathered.notices],
        "line": [_line_record(line) for line in gathered.lines],
        "extent": [Record("extent", {"rings": [[list(v) for v in ring] for ring in gathered.extent]})],
        "cloud": [bodies.cloud_record("cloud", gathered.cloud)],
        "claim": [claim.record() for claim in gathered.claims],
        "denial": [denial.record() for denial in gathered.denials],
        "rejected": [rejected.record() for rejected in gathered.rejected],
        "look": [look.record() for look in gathered.elements],
        "detection": gathered.detections.records(),
        "surroundings": [] if gathered.around is None else [Record("surroundings", gathered.around.body())],
    }
    flat = [record for many in records.values() for record in many]
    indices = iter(append(flat))
    return {kind: [(next(indices), record.body) for record in many] for kind, many in records.items()}


def _line_record(line: Any) -> Record:
    body = {"name": line.name, "title": line.title, "uncertainty_km": line.uncertainty_km, "source": line.source}
    return Record("line", {**body, "geometry": line.line.to_geojson()})


def logged(held: Held) -> Logged:
    """Return what the stages may use, from what the ledger holds.

    Raises:
        ReplayMismatch: the run's record is missing.
    """
    if not held.get("run"):
        raise ReplayMismatch("the ledger holds no record of the run")
    _, run = held["run"][0]
    claims = tuple(Claim.from_body(body, index) for index, body in held["claim"])
    agreement = _agreement(held["terms"][0][1], claims)
    return Logged(
        agreement=agreement,
        notices=read_notices([(body["file"], body["text"]) for _, body in held["announcement"]], agreement),
        lines=tuple(_given_line(index, body) for index, body in held["line"]),
        extent=tuple(tuple((lon, lat) for lon, lat in ring) for ring in held["extent"][0][1]["rings"]),
        cloud=bodies.cloud_days(held["cloud"][0][1]),
        claims=claims,
        detections=Detections.from_bodies([b for _, b in held["detection"]], [i for i, _ in held["detection"]]),
        denials=tuple(Denial.from_body(body, index) for index, body in held["denial"]),
        elements=tuple(Look.from_body(body, index) for index, body in held["look"]),
        around=next((Surroundings.from_body(body) for _, body in held["surroundings"]), None),
        period=Interval(utc(run["from"]), utc(run["to"])),
    )


def _agreement(body: Mapping[str, Any], claims: Sequence[Claim]) -> Agreement:
    if body["form"] == "terms":
        return load(body["text"], file=body["file"], attachments=body.get("attachments"))
    return from_ceasefire(body["text"], claims, file=body["file"])


def _given_line(index: int, body: Mapping[str, Any]) -> GivenLine:
    line = Line.from_geojson(body["geometry"])
    return GivenLine(body["name"], body["title"], line, body["uncertainty_km"], body["source"], index)
