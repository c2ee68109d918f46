# SPDX-License-Identifier: Apache-2.0
"""Rows a second of ``sources.firms.read`` beside ``pandas.read_csv`` on the same bytes in the same run.

Peer: pandas.read_csv, which only parses; ours also decodes every dialect, checks each row, finds duplicates, gives
each pixel its error ellipse and hashes the file. Bound: Arrow's CSV reader alone. The file has the form of the near-
real-time files of April 2026, with times and places varied so that no row repeats another.

    python bench/firms.py [--rows 1000000] [--repeat 3]
"""

from __future__ import annotations

import argparse
import io
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from truceline.sources import firms

NOW = datetime(2027, 1, 1, tzinfo=UTC)
HEADER = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,confidence,version,bright_ti5,frp,daynight,"
    "instrument"
)


def make(rows: int, seed: int = 20260411) -> bytes:
    """Return a file of ``rows`` rows in NASA's form, none like another."""
    draw = np.random.default_rng(seed)
    lat = np.round(draw.uniform(44.4, 52.4, rows), 5)
    lon = np.round(draw.uniform(22.1, 40.2, rows), 5)
    bright = np.round(draw.gamma(9, 5, rows) + 295, 2)
    scan, track = np.round(draw.uniform(0.32, 0.8, rows), 2), np.round(draw.uniform(0.36, 0.79, rows), 2)
    day = np.sort(draw.integers(0, 200, rows))
    dates = (np.datetime64("2026-04-01") + np.arange(200)).astype(str)[day].tolist()
    minute = draw.integers(0, 1440, rows)
    clock = [f"{m // 60:02d}:{m % 60:02d}:00" for m in range(1440)]
    satellite = np.array(["N", "N20", "N21"])[draw.integers(0, 3, rows)].tolist()
    level = np.array(["low", "nominal", "high"])[np.searchsorted([0.01, 0.98], draw.random(rows))].tolist()
    light = np.array(["D", "N"])[draw.integers(0, 2, rows)].tolist()
    cold, frp = np.round(draw.normal(285, 8, rows), 2).tolist(), np.round(draw.gamma(1.2, 4, rows), 2).tolist()
    columns = zip(
        lat.tolist(),
        lon.tolist(),
        bright.tolist(),
        scan.tolist(),
        track.tolist(),
        dates,
        [clock[m] for m in minute.tolist()],
        satellite,
        level,
        ["2.0NRT"] * rows,
        cold,
        frp,
        light,
        ["VIIRS"] * rows,
        strict=True,
    )
    return "\n".join([HEADER, *(",".join(map(str, row)) for row in columns), ""]).encode()


def fastest(work: Callable[[], object], repeat: int) -> float:
    """Return the shortest of several runs, seconds."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def measure(data: bytes, rows: int, repeat: int) -> dict[str, float]:
    """Return rows a second of ours, of pandas and of Arrow alone on the same bytes."""
    batch = firms.read(data, file="bench.csv", now=NOW)
    assert (len(batch.detections), len(batch.rejected)) == (rows, 0), "the benchmark's rows must all be good"
    ours = fastest(lambda: firms.read(data, file="bench.csv", now=NOW), repeat)
    pandas = fastest(lambda: pd.read_csv(io.BytesIO(data)), repeat)
    arrow = fastest(lambda: arrow_csv.read_csv(pa.BufferReader(data)), repeat)
    return {"rows_per_s": rows / ours, "pandas_rows_per_s": rows / pandas, "arrow_rows_per_s": rows / arrow}


def main() -> None:
    """Measure growing files; the last line is one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    chosen = parser.parse_args()
    growth = []
    for rows in sorted({max(1000, chosen.rows // 100), max(1000, chosen.rows // 10), chosen.rows}):
        data = make(rows)
        found = measure(data, rows, chosen.repeat)
        growth.append({"rows": rows, "rows_per_s": round(found["rows_per_s"])})
        print(
            f"{rows:>10,} rows, {len(data) / 1e6:7.1f} MB: ours {found['rows_per_s']:>11,.0f} rows/s, "
            f"pandas {found['pandas_rows_per_s']:>11,.0f}, Arrow alone {found['arrow_rows_per_s']:>11,.0f}"
        )
    # One bad row sends its block of 1,024 down the slow way; the rest stays fast.
    damaged = data.replace(b",VIIRS\n", b",VIIRS,surplus\n", 1) + b"\n"
    slow = fastest(lambda: firms.read(damaged, file="bench.csv", now=NOW), 1)
    print(f"{rows:>10,} rows with one bad row: {rows / slow:>11,.0f} rows/s")
    print(
        json.dumps(
            {
                "bench": "firms",
                "rows": rows,
                **{name: round(value) for name, value in found.items()},
                "ratio_to_pandas": round(found["rows_per_s"] / found["pandas_rows_per_s"], 2),
                "one_bad_row_rows_per_s": round(rows / slow),
                "growth": growth,
            }
        )
    )


if __name__ == "__main__":
    main()
