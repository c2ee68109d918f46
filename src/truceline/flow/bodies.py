# SPDX-License-Identifier: Apache-2.0
"""Ledger bodies of what has no record of its own in the model: lines, tables, coverage, estimates, the run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from truceline.base.clock import from_column, iso, utc
from truceline.base.geo import Floats
from truceline.model.claim import ClaimCheck
from truceline.model.record import Record
from truceline.model.watching import CloudDay, Comparison, Coverage, Estimate


def cloud_record(file: str, days: Sequence[CloudDay]) -> Record:
    """Return the cloud table as the ledger holds it."""
    rows = [{"day": iso(day.day), "shares": dict(day.shares)} for day in days]
    return Record("cloud", {"file": file, "days": rows})


def cloud_days(body: Mapping[str, Any]) -> tuple[CloudDay, ...]:
    """Return the cloud table a body holds."""
    return tuple(CloudDay(utc(row["day"]), row["shares"]) for row in body["days"])


def coverage_record(coverage: Coverage) -> Record:
    """Return coverage as the ledger holds it; the hourly field by its hash, since a replay makes it again."""
    hourly = np.round(np.nan_to_num(coverage.hourly, nan=-1.0) * 10_000).astype("<i4")
    return Record(
        "coverage",
        {
            "line": coverage.line,
            "act": coverage.act.text(),
            "share": round(coverage.share, 6),
            "low": round(coverage.low, 6),
            "high": round(coverage.high, 6),
            "sides": list(coverage.sides),
            "by_side": {side: _rounded(value) for side, value in coverage.by_side.items()},
            "by_sector": _grid(coverage.by_sector),
            "observed_share": _grid(coverage.observed_share),
            "gaps": [[iso(gap.start), iso(gap.end)] for gap in coverage.gaps],
            "from": iso(from_column(coverage.hours[0])) if len(coverage.hours) else None,
            "by_hour": _by_hour(coverage),
            "hourly_sha256": hashlib.sha256(hourly.tobytes()).hexdigest(),
        },
    )


def _by_hour(coverage: Coverage) -> list[float]:
    """Coverage of the whole line, both sides, hour by hour: what of a place is not observed counts as not covered."""
    lengths = np.array([sector.length_m for sector in coverage.sectors])
    weight = (np.nan_to_num(coverage.observed_share) * lengths[:, None])[:, :, None]
    found = (np.nan_to_num(coverage.hourly) * weight).sum(axis=(0, 1)) / (2 * max(float(lengths.sum()), 1e-9))
    return [round(float(value), 5) for value in found]


def _grid(values: Floats) -> list[list[float | None]]:
    return [[_rounded(float(value)) for value in row] for row in values]


def _rounded(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(value, 6)


def comparison_record(line: str, comparison: Comparison) -> Record:
    """Return a comparison as the ledger holds it."""
    body: dict[str, Any] = {k: _rounded(getattr(comparison, k)) for k in ("ratio", "low", "high")}
    body |= {"line": line, "cannot_tell": comparison.cannot_tell, "reason": comparison.reason}
    body["assumptions"] = [_plain(assumption) for assumption in comparison.assumptions]
    return Record("comparison", body)


def _plain(value: Mapping[str, Any]) -> dict[str, Any]:
    return {k: _rounded(v) if isinstance(v, float) else v for k, v in value.items()}


def estimate_record(line: str, estimate: Estimate) -> Record:
    """Return an estimate as the ledger holds it."""
    body: dict[str, Any] = {k: _rounded(getattr(estimate, k)) for k in ("low", "mid", "high", "seen_weighted")}
    body |= {k: getattr(estimate, k) for k in ("cannot_tell", "reason", "unit", "seen")}
    return Record("estimate", body | {"line": line, "assumptions": list(estimate.assumptions)})


def claim_check_record(line: str, check: ClaimCheck) -> Record:
    """Return a claim's check as the ledger holds it."""
    numbers = {k: _rounded(getattr(check, k)) for k in ("hours", "pass_hours", "coverage")}
    body = {
        "line": line,
        "claim": check.claim.index,
        "verdict": check.verdict.value,
        "reasons": [list(reason) for reason in check.reasons],
        "passes": check.passes,
        "detections_near": check.detections_near,
    }
    return Record("claim_check", {**body, **numbers})


def ranges(indices: Sequence[int]) -> list[list[int]]:
    """Return indices as inclusive ranges in the order given: ``[[0, 2020], [2030, 2030]]``; repeats once."""
    found: list[list[int]] = []
    for index in dict.fromkeys(indices):
        if found and index == found[-1][1] + 1:
            found[-1][1] = index
        else:
            found.append([index, index])
    return found


def expand(pairs: Sequence[Sequence[int]]) -> list[int]:
    """Return the indices that inclusive ranges name."""
    return [index for low, high in pairs for index in range(low, high + 1)]
