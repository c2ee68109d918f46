# SPDX-License-Identifier: Apache-2.0
"""One line of contact as the page shows it: its sectors, what could have been seen there, and what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.assessment.factors import statuses
from truceline.model.claim import ClaimCheck
from truceline.model.taxonomy import Status
from truceline.model.watching import Coverage, LineView, Run
from truceline.reports import words
from truceline.reports.facts import claims_in_order, near
from truceline.reports.formats import NBSP, number, percent_range, plural, rounded, sentence
from truceline.reports.page_shapes import sector_polygons

_TICKS = 7


def line_view(run: Run, view: LineView) -> dict[str, Any]:
    """Return everything the page shows that depends on whose line it is."""
    comparison, estimate = view.comparison, view.estimate
    return {
        "name": view.name,
        "title": view.title,
        "source": view.source,
        "index": view.index,
        "records": dict(view.index_by_kind),
        "length_km": round(view.line.length_m / 1000, 1),
        "text": _line_text(view),
        "status": _status(run, view),
        "coordinates": [[[round(x, 4), round(y, 4)] for x, y in part] for part in view.line.parts],
        "coverage": _coverage(run, view),
        "ticks": line_ticks(run, view),
        "events": _event_columns(view),
        "panel": _panel(run, view),
        "comparison": {
            "text": words.comparison_sentence(view),
            "short": _short_change(view),
            "ratio": comparison.ratio,
            "low": comparison.low,
            "high": comparison.high,
            "assumptions": [dict(one) for one in comparison.assumptions],
        },
        "estimate": {
            "text": words.estimate_sentence(view),
            "short": words.estimate_range(view),
            "unit": estimate.unit,
            "low": estimate.low,
            "mid": estimate.mid,
            "high": estimate.high,
            "seen": estimate.seen,
            "seen_weighted": None if np.isnan(estimate.seen_weighted) else round(estimate.seen_weighted, 1),
            "seen_text": f"{plural(estimate.seen, 'event')} near the line, act of war or not",
            "assumptions": list(estimate.assumptions),
        },
        "claims": [_claim(run, check) for check in claims_in_order(run, view)],
    }


def _line_text(view: LineView) -> str:
    sure = f"uncertain by about {view.uncertainty_km:g}{NBSP}km" if view.uncertainty_km else "its uncertainty unstated"
    return f"{view.title}: {number(view.line.length_m / 1000)}{NBSP}km long, {sure}. {sentence(view.source)}"


def _status(run: Run, view: LineView) -> dict[str, Any]:
    """The strip above the map: the headline, the sentence after it and six facts, as if this line were the first."""
    first = replace(run, lines=(view, *(one for one in run.lines if one is not view)))
    return {"sentence": words.headline(first), "lead": words.lead(first), "facts": _facts(first)}


def _facts(run: Run) -> list[dict[str, str]]:
    """The six facts, what was not seen before what was counted."""
    view = run.view
    readings = run.agreement.readings
    comparison = _short_change(view)
    named = [one for one in run.assessments if one.attribution not in ("none", "sector")]
    reading = {1: readings[0].name, 2: "both"}.get(len(readings), f"all {len(readings)}")
    return [
        {"label": "Reading", "value": reading, "note": ""},
        {"label": "Clear breaches", "value": "0", "note": _at_coverage(view)},
        {"label": "Seen near the line", "value": plural(int(near(run, view).sum()), "event"), "note": _by_status(run)},
        {
            "label": "Party named",
            "value": plural(len(named), "assessment") if named else "none",
            "note": "" if named else ": heat does not show who",
        },
        {"label": "Change against the days around it", "value": comparison, "note": ""},
        {"label": "Next decision due", "value": "none", "note": ""},
    ]


def _short_change(view: LineView) -> str:
    told = words.ratio_range(view)
    return told if told == "withheld" or not view.comparison.cannot_tell else words.CANNOT_TELL


def _at_coverage(view: LineView) -> str:
    """What stands beside the count of breaches."""
    coverage = view.coverage
    if words.withheld(coverage) and np.isnan(coverage.share):
        return f"coverage {words.withheld(coverage)}"
    return f"at {words.share_text(coverage, coverage.share)} coverage"


def _by_status(run: Run) -> str:
    """How many of the truce's events near the line reached which status: one detection alone records nothing."""
    reached = statuses(run.events)
    found = [reached[i] for i in np.flatnonzero(near(run, run.view)).tolist()]
    told = [f"{number(found.count(status))} {status.value}" for status in Status if status in found]
    return f": {', '.join(told)}" if told else ""


def _side_names(run: Run, view: LineView) -> list[str]:
    """Names of the sides that the middle axis of coverage means."""
    names = {party.id: f"{party.name} holds" for party in run.agreement.parties}
    return [names.get(side, f"{side} of the line") for side in view.coverage.sides]


def _coverage(run: Run, view: LineView) -> dict[str, Any]:
    coverage = view.coverage
    shapes = sector_polygons(view.line, coverage.sectors, coverage.act.within_km * 1000)
    return {
        "text": words.coverage_sentence(view),
        "act": coverage.act.text(),
        "within_km": coverage.act.within_km,
        "share": _share(coverage.share),
        "short": words.share_text(coverage, coverage.share),
        "range": words.range_text(coverage) if np.isnan(coverage.share) else percent_range(coverage.low, coverage.high),
        "withheld": words.withheld(coverage),
        "told_until": None if coverage.told_until is None else int(coverage.told_until.timestamp()),
        "sides": _side_names(run, view),
        "by_side": [_share(coverage.by_side.get(side)) for side in coverage.sides],
        "by_side_text": [words.share_text(coverage, coverage.by_side.get(side)) for side in coverage.sides],
        "sectors": [
            {
                "number": sector.number,
                "area": coverage.areas[i] if coverage.areas else "",
                "start_km": round(sector.start_m / 1000, 1),
                "end_km": round(sector.end_m / 1000, 1),
                "share": [_share(value) for value in coverage.by_sector[i]],
                "observed": [_share(value) for value in coverage.observed_share[i]],
                "shapes": [shapes[i][side] for side in _left_right(view, sector.start_m, sector.end_m)],
            }
            for i, sector in enumerate(coverage.sectors)
        ],
        "hours": {
            "start": _begin(coverage),
            "step": 24 if coverage.areas else 1,
            "per_mille": [[_steps(coverage, s, side) for side in (0, 1)] for s in range(len(shapes))],
        },
    }


def _left_right(view: LineView, start_m: float, end_m: float) -> tuple[int, int]:
    """Which polygons (0 left, 1 right) belong to coverage's first and second side in a sector."""
    if view.sides is None:
        return 0, 1
    begins = np.concatenate([[0.0], np.cumsum(view.line.part_lengths_m)])
    part = int(np.clip(np.searchsorted(begins, (start_m + end_m) / 2, side="right") - 1, 0, len(begins) - 2))
    first_is_left = bool(view.sides.left_is_first[part]) == (view.coverage.sides[0] == view.sides.first)
    return (0, 1) if first_is_left else (1, 0)


def _share(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), 4)


def _steps(coverage: Coverage, sector: int, side: int) -> list[int] | None:
    """Whole per mille of each hour (of each day, where areas are told) as (step, value, step, value…).

    Steps of nothing are left out, those not told (yet) hold −1; None where the side is not observed.
    """
    values = coverage.hourly[sector, side]
    if not coverage.areas:
        if np.isnan(values).all():
            return None
    elif not coverage.observed_share[sector, side] > 0:
        return None
    else:
        first = int(coverage.hours[0].astype(np.int64)) % 24 if len(coverage.hours) else 0
        values = np.concatenate([np.full(first, np.nan), values])[::24]
    found = np.where(np.isnan(values), -1, np.round(np.nan_to_num(values) * 1000)).astype(int)
    steps = np.flatnonzero(found)
    return [int(v) for pair in zip(steps, found[steps], strict=True) for v in pair]


def _begin(coverage: Coverage) -> int:
    """Where the steps of :func:`_steps` begin, seconds since 1970: an hour, or the midnight before it."""
    if not len(coverage.hours):
        return 0
    first = int(coverage.hours[0].astype("datetime64[s]").astype(np.int64))
    return first - first % 86_400 if coverage.areas else first


def line_ticks(run: Run, view: LineView) -> list[dict[str, Any]]:
    """Return a few towns beside the line, well apart, largest first, to name places along it."""
    towns = run.place_names
    lon, lat = np.asarray(towns["lon"], float), np.asarray(towns["lat"], float)
    west, south, east, north = view.line.bounds
    held = np.flatnonzero((lon > west - 1) & (lon < east + 1) & (lat > south - 1) & (lat < north + 1))
    if len(held) == 0:
        return []
    found = view.line.nearest(lon[held], lat[held])
    population = np.asarray(towns["population"], float)[held]
    apart = view.line.length_m / (_TICKS + 3)
    chosen: list[dict[str, Any]] = []
    weight = population / (1 + found.distance_m / 8000) ** 2  # a large town, but one beside the line
    for i in np.argsort(-weight, kind="stable"):
        km = round(float(found.along_m[i]) / 1000, 1)
        if found.distance_m[i] > 40_000 or any(abs(km - one["km"]) * 1000 < apart for one in chosen):
            continue
        chosen.append({"km": km, "name": str(towns["name"][held[i]])})
        if len(chosen) == _TICKS:
            break
    return sorted(chosen, key=lambda one: float(one["km"]))


def _event_columns(view: LineView) -> dict[str, Any]:
    """Per event: distance to this line and position along it, km; its side; coverage of its sector and side."""
    side = np.where(view.on_first_side, 0, 1)
    if view.sides is not None and view.coverage.sides[0] != view.sides.first:
        side = 1 - side
    starts = np.array([sector.start_m for sector in view.coverage.sectors])
    sector = np.clip(np.searchsorted(starts, view.along_m, side="right") - 1, 0, len(starts) - 1)
    return {
        "km": _tenths(view.distance_m),
        "along_km": _tenths(view.along_m),
        "side": [int(v) for v in side],
        "sector": [int(v) for v in sector],
    }


def _tenths(metres: npt.NDArray[np.float64]) -> list[float]:
    return [float(v) for v in np.round(metres / 1000, 1)]


def _panel(run: Run, view: LineView) -> dict[str, str]:
    """The heading over the list of events."""
    held = run.agreement.window.holds(run.detections.time)
    pixels = int((held & (view.detection_distance_m <= view.coverage.act.within_km * 1000)).sum())
    events = int(near(run, view).sum())
    share = view.coverage.share
    missed = "an unknown number" if np.isnan(share) else f"about {rounded(share * 100)}"
    worth = f"Coverage {words.share_text(view.coverage, share)}"
    if not (words.withheld(view.coverage) and np.isnan(share)):
        worth += f": of 100 reference fires along the line {missed} would have been seen"
    return {
        "count": plural(events, "event"),
        "from": f"from {plural(pixels, 'fire pixel')} within {view.coverage.act.within_km:g}{NBSP}km",
        "coverage": f"{worth}. Few events is not quiet.",
        "empty": f"No events. {worth}.",
    }


def _claim(run: Run, check: ClaimCheck) -> dict[str, Any]:
    claim = check.claim
    kinds = claim.breakdown.get("mentioned_types") if isinstance(claim.breakdown, dict) else None
    counts = {k: v for k, v in claim.breakdown.items() if isinstance(v, int)}
    by_kind = "; ".join(f"{k.replace('_', ' ')} {number(v)}" for k, v in counts.items())
    return {
        "index": claim.index,
        "check": check.index,
        "figure": words.claim_figure(check),
        "value": claim.value,
        "unit": claim.unit,
        "claimant": words.claimant_name(run, check),
        "said_by": claim.claimant,
        "accused": words.accused_name(run, check),
        "covers": words.claim_period(check),
        "start": int(claim.start.timestamp()) if claim.start else None,
        "end": int(claim.end.timestamp()) if claim.end else None,
        "by_kind": by_kind or (f"mentions {', '.join(kinds)}; no counts" if kinds else "no breakdown found"),
        "source": ", ".join(part for part in (claim.outlet, claim.published) if part) or "not stated",
        "confidence": claim.confidence,
        "url": claim.url,
        "party": check.claimant_party,
        "verdict": check.verdict.value,
        "verdict_text": sentence(words.verdict_text(check.verdict)).rstrip("."),
        "passes": f"{plural(check.passes, 'pass', 'passes')} inside" if check.passes else "no pass inside",
        "reasons": [list(pair) for pair in check.reasons],
        "text": words.claim_sentence(run, check),
    }
