# SPDX-License-Identifier: Apache-2.0
"""The JSON that the page shows, made from one run (docs/reference/page-json.md describes every field).

All sentences are made here and in ``words``, so that report and page agree; the browser only lays them out.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from truceline.base.clock import iso
from truceline.model.agreement import Provision, Reading
from truceline.model.taxonomy import ACTS
from truceline.model.watching import Run
from truceline.reports import words
from truceline.reports.facts import order_of_parties
from truceline.reports.formats import NBSP, number, probability_range, sentence, stretch
from truceline.reports.page_events import detection_columns, event_columns, event_details
from truceline.reports.page_lines import line_view
from truceline.reports.page_passes import (
    cloud_rows,
    denial_rows,
    gap_rows,
    group_rows,
    looks_column,
    satellite_days,
)

FORMAT = "truceline-page/1"
_MARGIN_DEG = 2.5
_MOST_TOWNS = 900


def page(run: Run) -> dict[str, Any]:
    """Return everything the page shows, as a JSON value without NaN, under 2 MB for three weeks of a theatre."""
    window = run.agreement.window
    return {
        "format": FORMAT,
        "watch": {"id": run.watch, "title": run.title, "start": iso(run.period.start), "end": iso(run.period.end)},
        "truce": {
            "id": run.agreement.id,
            "title": run.agreement.title,
            "start": iso(window.start),
            "end": iso(window.end),
            "text": stretch(window),
            "offset_hours": run.agreement.local_offset_hours,
            "local": _offset(run.agreement.local_offset_hours),
        },
        "sentences": _sentences(run),
        "parties": [{"id": p.id, "name": p.name, "forces": p.forces} for p in order_of_parties(run)],
        "readings": [_reading(run, reading) for reading in run.agreement.readings],
        "towns": _towns(run),
        "extent": [[[round(x, 3), round(y, 3)] for x, y in ring] for ring in run.extent],
        "lines": [line_view(run, view) for view in run.lines],
        "looks": looks_column(run),
        "gaps": gap_rows(run),
        "groups": group_rows(run),
        "denials": denial_rows(run),
        "cloud": cloud_rows(run),
        "satellite_days": satellite_days(run),
        "detections": detection_columns(run),
        "events": event_columns(run),
        "details": event_details(run),
        "sources": [dict(source) for source in run.sources],
        "one_sided": [dict(one) for one in run.one_sided],
        "thermal": _plain(run.thermal),
        "versions": dict(run.versions),
        "ledger": _plain(run.ledger),
    }


def _sentences(run: Run) -> dict[str, str]:
    """Sentences shown in several places, by name."""
    return {
        "order": words.order_sentence(run),
        "gap": words.gap_sentence(run),
        "cloud": words.cloud_sentence(run),
        "denial": words.denial_sentence(run),
        "line": words.line_sentence(run),
        "grain": words.grain_sentence(run),
        "records": words.records_sentence(run),
        "seen": words.seen_sentence(run, run.view),
        "extent": "The fire files end at this border. Beyond it nothing was observed."
        if run.extent
        else "Where the fire files end is not stated.",
        "claims": _claims_sentence(run),
    }


def _claims_sentence(run: Run) -> str:
    verdicts = {check.verdict.value for check in run.view.claims}
    if not verdicts:
        return "No claim is known for this truce."
    start = "None of these figures can be judged. " if verdicts == {"cannot be judged"} else ""
    return f"{start}Satellites saw heat, not violations. Heat never confirms a count."


def _reading(run: Run, reading: Reading) -> dict[str, Any]:
    names = {party.id: party.name for party in run.agreement.parties}
    windows = [p.window for p in reading.provisions]
    return {
        "id": reading.id,
        "name": reading.name,
        "summary": reading.summary,
        "held_by": [names.get(one, one) for one in reading.held_by],
        "source": ", ".join(part for part in (reading.source.outlet, reading.source.date) if part),
        "url": reading.source.url,
        "start": iso(min(w.start for w in windows)),
        "end": iso(max(w.end for w in windows)),
        "provisions": [_provision(run, provision) for provision in reading.provisions],
    }


def _provision(run: Run, provision: Provision) -> dict[str, Any]:
    names = {party.id: party.name for party in run.agreement.parties}
    zones = {zone.id: zone for zone in run.agreement.zones}
    zone = zones.get(provision.zone)
    where = {"everywhere": "everywhere", "polygon": "an area with coordinates", "unknown": "place not stated"}
    near_line = f"within {zone.within_km:g}{NBSP}km of the line" if zone and zone.within_km else "near the line"
    return {
        "id": provision.id,
        "text": provision.text,
        "acts": [
            ("every act of war" if act == "act_of_war" else ACTS[act].text) if act in ACTS else act
            for act in provision.acts
        ],
        "actors": [names.get(one, one) for one in provision.actors],
        "zone": where.get(zone.kind, near_line) if zone else provision.zone,
        "hours": stretch(provision.window),
        "exceptions": [
            {
                "text": one.text,
                "excused": probability_range(one.excused_low, one.excused_high),
                "why": sentence(one.why),
            }
            for one in provision.exceptions
        ],
    }


def _towns(run: Run) -> dict[str, list[Any]]:
    """The larger towns about the theatre, largest first, for labels, naming and search."""
    boxes = np.array([view.line.bounds for view in run.lines])
    west, south = boxes[:, :2].min(axis=0) - _MARGIN_DEG
    east, north = boxes[:, 2:].max(axis=0) + _MARGIN_DEG
    towns = run.place_names
    lon, lat = np.asarray(towns["lon"], float), np.asarray(towns["lat"], float)
    population = np.asarray(towns["population"], float)
    held = np.flatnonzero((lon > west) & (lon < east) & (lat > south) & (lat < north))
    held = held[np.argsort(-population[held], kind="stable")][:_MOST_TOWNS]
    return {
        "name": [str(towns["name"][i]) for i in held],
        "lon": [round(float(lon[i]), 3) for i in held],
        "lat": [round(float(lat[i]), 3) for i in held],
        "population": [int(population[i]) for i in held],
    }


def _offset(hours: float) -> str:
    minutes = round(abs(hours) * 60)
    tail = f":{minutes % 60:02d}" if minutes % 60 else ""
    return "UTC" if minutes == 0 else f"UTC{'−' if hours < 0 else '+'}{number(minutes // 60)}{tail}"


def _plain(value: Any) -> Any:
    """The value with NaN and NumPy numbers made plain."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return None if np.isnan(value) else value
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | np.ndarray):
        return [_plain(v) for v in value]
    return value if isinstance(value, str | int | bool) or value is None else dict(value)
