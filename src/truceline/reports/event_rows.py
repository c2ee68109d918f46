# SPDX-License-Identifier: Apache-2.0
"""One flat row an event: what ``events.csv`` and ``events.geojson`` both hold (docs/reference/events-files.md)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from truceline.base.clock import from_column, iso
from truceline.model.assessment import Assessment
from truceline.model.taxonomy import FIRE_CAUSES, Status
from truceline.model.watching import LineView, Run
from truceline.reports.belief import belief
from truceline.reports.calibrated import why_not
from truceline.reports.facts import in_truce, places
from truceline.reports.formats import NBSP

Row = dict[str, Any]
"""Column → value; None where nothing is known. All rows of a run have the same columns in the same order."""

_ORDER = tuple(Status)
_PLAIN = (
    *("index", "place", "lon", "lat", "sigma_major_m", "sigma_minor_m", "bearing_deg", "first", "last", "in_truce"),
    *("detections", "passes", "families", "frp_mw", "daylight"),
)


def event_rows(run: Run) -> list[Row]:
    """Return a row for every event, in the run's order. Degrees WGS 84, times UTC, distances km."""
    events = run.events
    names = places(run, events.lon, events.lat)
    inside = in_truce(run)
    assessed = _by_event(run.assessments)
    rows = []
    for i in range(len(events)):
        index = -1 if events.index is None else int(events.index[i])
        row: Row = {
            "index": index if index >= 0 else None,
            "place": names[i].replace(NBSP, " "),
            "lon": round(float(events.lon[i]), 6),
            "lat": round(float(events.lat[i]), 6),
            "sigma_major_m": _number(events.sigma_major_m[i], 1),
            "sigma_minor_m": _number(events.sigma_minor_m[i], 1),
            "bearing_deg": _number(events.bearing_deg[i], 1),
            "first": iso(from_column(events.first[i])),
            "last": iso(from_column(events.last[i])),
            "in_truce": bool(inside[i]),
            "detections": len(events.members[i]),
            "passes": int(events.passes[i]),
            "families": "; ".join(events.families[i]),
            "frp_mw": _number(events.frp_mw[i], 2),
            "daylight": str(events.daylight[i]),
            **_belief(run, i),
        }
        for view in run.lines:
            row |= _beside(view, i)
        for reading in run.agreement.readings:
            row |= _under(reading.id, assessed.get((index, reading.id), []))
        rows.append(row)
    return rows


def event_columns(run: Run) -> list[str]:
    """Return the columns of a run's rows, also of one without events."""
    found = [
        *_PLAIN,
        *(f"p_{cause}" for cause in FIRE_CAUSES),
        "word",
        "not_calibrated",
        "band_low",
        "band_high",
        "masked",
    ]
    for view in run.lines:
        found += [f"{name}_{view.name}" for name in ("distance_km", "side", "sector")]
    for reading in run.agreement.readings:
        found += [f"{name}_{reading.id}" for name in ("low", "high", "status", "attribution")]
    return found


def _belief(run: Run, i: int) -> Row:
    """What may have lit it, and the 90 % band of the probability that it was an act of war."""
    events = run.events
    war = events.p_act.get("act_of_war")
    row: Row = {
        f"p_{cause}": _number(events.p_act[cause][i]) if cause in events.p_act else None for cause in FIRE_CAUSES
    }
    row["word"] = None if war is None else belief(events, i).word
    row["not_calibrated"] = why_not(events, i) or None
    for name in ("band_low", "band_high"):
        column = events.attributes.get(name)
        row[name] = None if column is None or column[i] is None else _number(column[i])
    masked = events.attributes.get("masked")
    row["masked"] = None if masked is None or masked[i] is None else bool(masked[i])
    return row


def _beside(view: LineView, i: int) -> Row:
    """Where it lies of one line."""
    sectors = view.coverage.sectors
    sector = int(np.searchsorted([each.start_m for each in sectors], view.along_m[i], side="right"))
    sides = (view.sides.first, view.sides.second) if view.sides else ("left", "right")
    return {
        f"distance_km_{view.name}": _number(view.distance_m[i] / 1000, 3),
        f"side_{view.name}": sides[0] if view.on_first_side[i] else sides[1],
        f"sector_{view.name}": sectors[max(sector, 1) - 1].number if sectors else None,
    }


def _under(reading: str, found: list[Assessment]) -> Row:
    """What it is under one reading: of several provisions the greatest probability; empty where not assessed."""
    told = [a for a in found if a.low is not None and a.high is not None]
    top = max(found, key=lambda a: _ORDER.index(a.status), default=None)
    return {
        f"low_{reading}": max((a.low for a in told if a.low is not None), default=None),
        f"high_{reading}": max((a.high for a in told if a.high is not None), default=None),
        f"status_{reading}": top.status.value if top else None,
        f"attribution_{reading}": top.attribution if top else None,
    }


def _by_event(assessments: tuple[Assessment, ...]) -> Mapping[tuple[int, str], list[Assessment]]:
    found: dict[tuple[int, str], list[Assessment]] = {}
    for each in assessments:
        found.setdefault((each.event, each.reading), []).append(each)
    return found


def _number(value: Any, digits: int = 4) -> float | None:
    return round(float(value), digits) if np.isfinite(value) else None
