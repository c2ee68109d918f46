# SPDX-License-Identifier: Apache-2.0
"""Looks: hide each day of real rows, fit the orbits to the others, and see how well the hidden times come back.

    python bench/looks.py [--fires CSV] [--line GEOJSON] [--repeat 5]

Then the time to fit, to predict three weeks of passes, and to compute the coverage of one line. Prints one JSON object,
last: distances in minutes between a hidden row and the middle of the nearest look of its satellite, and seconds.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from truceline.base.clock import Interval, utc
from truceline.coverage import fields, orbit, passes
from truceline.model.detection import Detections
from truceline.model.watching import ReferenceAct
from truceline.sources import cloud, firms, line

DATA = Path(__file__).resolve().parent.parent / "examples" / "easter-truce-2026" / "data"


def hidden_days(fires: Detections, region: tuple[float, float, float, float]) -> np.ndarray:
    """Return the distance of every row, its day hidden from the fit, to the nearest look, minutes."""
    whole = fires.time.astype("datetime64[D]")
    found = []
    for day in np.unique(whole):
        start = utc(f"{day}T00:00Z")
        orbits = orbit.fit(fires.take(whole != day))
        looks = passes.predict(orbits, region, Interval(start - timedelta(hours=1), start + timedelta(hours=25)))
        rows = fires.take(whole == day)
        seconds = rows.time.astype("datetime64[us]").astype(np.int64) / 1e6
        for sensor in sorted(set(rows.sensor.tolist())):
            middles = passes.columns([look for look in looks if look.sensor == sensor])
            own = seconds[rows.sensor == sensor]
            nearest = np.abs(own[:, None] - middles).min(axis=1) if middles.size else np.full(len(own), np.inf)
            found.append(nearest / 60)
    return np.concatenate(found)


def fastest(work: Callable[[], object], repeat: int) -> float:
    """Return the least time of some runs, seconds."""
    times = []
    for _ in range(repeat):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fires", type=Path, default=DATA / "fires.csv")
    parser.add_argument("--line", type=Path, default=DATA / "line.geojson")
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    fires = firms.read(arguments.fires.read_bytes(), file="fires", now=datetime.now(UTC)).detections
    whole = fires.time.astype("datetime64[D]")
    period = Interval(utc(f"{whole.min()}T00:00Z"), utc(f"{whole.max() + 1}T00:00Z"))
    region = (float(fires.lon.min()), float(fires.lat.min()), float(fires.lon.max()), float(fires.lat.max()))
    away = hidden_days(fires, region)
    orbits = orbit.fit(fires)
    looks = passes.predict(orbits, region, period)
    contact, _ = line.read(arguments.line.read_bytes(), file="line")
    days, _ = cloud.read((DATA / "cloud.csv").read_bytes(), file="cloud")
    act = ReferenceAct()
    report = {
        "bench": "looks",
        "rows": len(fires),
        "hidden_median_min": round(float(np.median(away)), 2),
        "hidden_p99_min": round(float(np.quantile(away, 0.99)), 2),
        "hidden_max_min": round(float(away.max()), 2),
        "sigma_s": {o.sensor: o.sigma_s for o in orbits},
        "looks": len(looks),
        "fit_s": round(fastest(lambda: orbit.fit(fires), arguments.repeat), 4),
        "predict_s": round(fastest(lambda: passes.predict(orbits, region, period), arguments.repeat), 4),
        "coverage_s": round(
            fastest(
                lambda: fields.coverage("bench", contact, None, looks, days, act, period, period, ()), arguments.repeat
            ),
            4,
        ),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
