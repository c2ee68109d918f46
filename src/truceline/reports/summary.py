# SPDX-License-Identifier: Apache-2.0
"""``summary.json``: what a run came to, in keys that stay (docs/reference/summary-json.md names each of them)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from truceline.base.clock import Interval, iso
from truceline.model.agreement import Reading
from truceline.model.claim import ClaimCheck
from truceline.model.watching import Comparison, Coverage, Estimate, LineView, Run
from truceline.reports.facts import blind_hours, near, unwatched

_ATTRIBUTED = ("attributed", "admitted")


def summary(run: Run, ledger: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the summary as a JSON value: no NaN, times as ISO 8601 UTC, shares from 0 to 1, distances in km.

    ``ledger`` holds ``size``, ``root`` and ``checkpoint`` once the last checkpoint is signed; without it they are
    those of the moment the reports were made.
    """
    view = run.view
    return {
        "watch": {"id": run.watch, "title": run.title, **_span(run.period)},
        "truce": _truce(run),
        "records": {"read": run.rows_read, "detections": len(run.detections), "rejected": len(run.rejected)},
        "denials": len(run.denials),
        "looks": run.looks_logged,
        "events": len(run.events),
        "near": _near(run, view),
        "assessments": {reading.id: _assessments(run, reading) for reading in run.agreement.readings},
        "coverage": {
            **_coverage(view.coverage),
            "hours_outside_watch": _round(sum(span.hours for span in unwatched(run))),
        },
        "comparison": _comparison(view.comparison),
        "estimate": _estimate(view.estimate),
        "claims": [_claim(check) for check in view.claims],
        "lines": [_line(run, each) for each in run.lines],
        "one_sided": [dict(each) for each in run.one_sided],
        "sources": [dict(each) for each in run.sources],
        "ledger": _ledger(run, ledger),
        "versions": dict(run.versions),
    }


def _ledger(run: Run, ledger: Mapping[str, Any] | None) -> dict[str, Any]:
    known = run.ledger if ledger is None else ledger
    return {key: known.get(key) for key in ("size", "root", "checkpoint")}


def _truce(run: Run) -> dict[str, Any]:
    agreement = run.agreement
    return {
        "id": agreement.id,
        "title": agreement.title,
        "version": agreement.version,
        **_span(agreement.window),
        "hours": _round(agreement.window.hours),
        "parties": [{"id": party.id, "name": party.name} for party in agreement.parties],
        "readings": [{"id": r.id, "name": r.name, "held_by": list(r.held_by)} for r in agreement.readings],
    }


def _near(run: Run, view: LineView) -> dict[str, int]:
    held = run.agreement.window.holds(run.detections.time)
    distance = view.detection_distance_m
    return {
        "detections_in_truce": int(held.sum()),
        "within_20_km": int((held & (distance <= 20_000)).sum()),
        "within_10_km": int((held & (distance <= 10_000)).sum()),
    }


def _assessments(run: Run, reading: Reading) -> dict[str, Any]:
    """Counts under one reading; an event under several of its provisions counts once, by its greatest values."""
    mine = [a for a in run.assessments if a.reading == reading.id]
    low: dict[int, float] = {}
    high: dict[int, float] = {}
    for a in mine:
        if a.low is not None and a.high is not None:
            low[a.event] = max(low.get(a.event, 0.0), a.low)
            high[a.event] = max(high.get(a.event, 0.0), a.high)
    return {
        "name": reading.name,
        "assessed": len(mine),
        "by_status": dict(sorted(Counter(a.status.value for a in mine).items())),
        "attributed": sum(1 for a in mine if a.attribution in _ATTRIBUTED),
        "cannot_tell": sum(1 for a in mine if a.low is None or a.high is None),
        "expected_breaches": {"low": _round(sum(low.values()), 2), "high": _round(sum(high.values()), 2)},
    }


def _coverage(coverage: Coverage) -> dict[str, Any]:
    act = coverage.act
    silent = coverage.withheld_until is not None and not np.isfinite(coverage.share)
    return {
        "reference_act": act.text(),
        "reference": {
            "name": act.name,
            "power_mw": act.power_mw,
            "duration_hours": act.duration_hours,
            "within_km": act.within_km,
        },
        "line_km_hours_share": _round(coverage.share),
        "low": _round(coverage.low),
        "high": _round(coverage.high),
        "by_side": {side: _round(share) for side, share in coverage.by_side.items()},
        "by_sector": [
            {
                "sector": sector.number,
                "area": coverage.areas[row] if coverage.areas else None,
                "from_km": _round(sector.start_m / 1000, 1),
                "to_km": _round(sector.end_m / 1000, 1),
                "sides": {
                    side: _round(float(coverage.by_sector[row, column])) for column, side in enumerate(coverage.sides)
                },
                "observed_share": {
                    side: _round(float(coverage.observed_share[row, column]))
                    for column, side in enumerate(coverage.sides)
                },
            }
            for row, sector in enumerate(coverage.sectors)
        ],
        "longest_gap_hours": None if silent else _round(coverage.longest_gap_hours),
        "hours_without_pass": None if silent else _round(blind_hours(coverage)),
        "told_until": _moment(coverage.told_until),
        "withheld_until": _moment(coverage.withheld_until),
        "gaps": [{**_span(gap), "hours": _round(gap.hours)} for gap in sorted(coverage.gaps)],
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    shared = {"reason": comparison.reason, "assumptions": [_plain(each) for each in comparison.assumptions]}
    if comparison.cannot_tell:
        return {"cannot_tell": True, **shared}
    return {**{key: _round(getattr(comparison, key)) for key in ("ratio", "low", "high")}, **shared}


def _estimate(estimate: Estimate) -> dict[str, Any]:
    shared = {
        "reason": estimate.reason,
        "unit": estimate.unit,
        "seen": estimate.seen,
        "seen_weighted": _round(estimate.seen_weighted, 2),
        "assumptions": list(estimate.assumptions),
    }
    if estimate.cannot_tell:
        return {"cannot_tell": True, **shared}
    return {**{key: _round(getattr(estimate, key), 2) for key in ("low", "mid", "high")}, **shared}


def _claim(check: ClaimCheck) -> dict[str, Any]:
    claim = check.claim
    return {
        "claimant": claim.claimant,
        "claimant_party": check.claimant_party,
        "accused": claim.accused,
        "accused_party": check.accused_party,
        "value": claim.value,
        "qualifier": claim.qualifier,
        "unit": claim.unit,
        "from": _moment(claim.start),
        "to": _moment(claim.end),
        "hours": _round(check.hours),
        "verdict": check.verdict.value,
        "reasons": [{"title": title, "text": text} for title, text in check.reasons],
        "passes": check.passes,
        "pass_hours": _round(check.pass_hours, 2),
        "detections_near": check.detections_near,
        "coverage": _round(check.coverage),
        "outlet": claim.outlet,
        "url": claim.url,
        "published": claim.published,
        "index": check.index,
    }


def _line(run: Run, view: LineView) -> dict[str, Any]:
    """What depends on whose line it is, under one line."""
    return {
        "name": view.name,
        "title": view.title,
        "source": view.source,
        "length_km": _round(view.line.length_m / 1000, 1),
        "uncertainty_km": _round(view.uncertainty_km, 1),
        "index": view.index,
        "near": _near(run, view),
        "events_near": int(near(run, view).sum()),
        "coverage": {
            "line_km_hours_share": _round(view.coverage.share),
            "low": _round(view.coverage.low),
            "high": _round(view.coverage.high),
            "by_side": {side: _round(share) for side, share in view.coverage.by_side.items()},
        },
        "comparison": _comparison(view.comparison),
        "estimate": _estimate(view.estimate),
        "verdicts": [check.verdict.value for check in view.claims],
    }


def _span(interval: Interval) -> dict[str, str]:
    return {"from": iso(interval.start), "to": iso(interval.end)}


def _moment(value: datetime | None) -> str | None:
    return None if value is None else iso(value)


def _round(value: float | None, digits: int = 4) -> float | None:
    """A number that JSON can hold: rounded; NaN and infinities are null."""
    return None if value is None or not np.isfinite(value) else round(float(value), digits)


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _round(value) if isinstance(value, float) else value for key, value in values.items()}
