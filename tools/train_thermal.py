# SPDX-License-Identifier: Apache-2.0
"""Train the thermal model and write ``coefficients.py`` and ``blind_coefficients.py`` in ``src/truceline/thermal``.

    python tools/train_thermal.py DATA            print the figures, with the place-blind model as it stands
    python tools/train_thermal.py DATA --write    train the place-blind model, what a watch makes of it, and write both

``DATA`` is the shared data folder. Only numbers that describe the whole leave it; no row does.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow.parquet as pq

from truceline.base.geo import Line, geodesic_m
from truceline.fusion import fuse
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.sources.firetable import read_baseline
from truceline.sources.firms import read
from truceline.thermal import blind_coefficients, training
from truceline.thermal._features import NAMES, VARIANTS, Features, features
from truceline.thermal._mask import solar_day
from truceline.thermal.surroundings import surroundings

FIRES = "firms_viirs_ukraine_20260401_20260422.csv"
LINE = "line_of_contact_20260411.geojson"
STRIKES = "viina_events_20260401_20260422.csv"
GRID = "ukr_oblast_grid_10km.csv"
BASELINE = "ukr_fires_baseline_2013_2021.parquet"
TRUCE = (np.datetime64("2026-04-11T13:00"), np.datetime64("2026-04-12T21:00"))
NEAR_M, FAR_M, STRIKE_M = 20_000.0, 100_000.0, 10_000.0
BLOCK_DEG, BLOCK_DAYS = 1.5, 2
CELL_KM = 11.12
"""Side of the grid's cells, 0.1° of latitude."""
SEED, DRAWS = 20260411, 64
ALMOST = 3
"""Hot on so many days, but not enough to be masked: counted as industry when far from the line."""


def gather(data: Path) -> tuple[Detections, Events, Features]:
    """Return the theatre's detections, events and their features."""
    batch = read((data / FIRES).read_bytes(), file=FIRES, now=datetime(2026, 5, 1, tzinfo=UTC))
    detections = batch.detections.with_index(np.arange(len(batch.detections)))
    events = fuse(detections, np.full(len(detections), -1))
    baseline, _ = read_baseline((data / BASELINE).read_bytes(), file=BASELINE)
    return detections, events, features(events, detections, surroundings(detections, baseline))


def zones(data: Path, events: Events) -> tuple[npt.NDArray[np.int64], tuple[float, float, float]]:
    """Return each event's zone and the three zones' areas (10 km cells, weighted by the cosine of latitude)."""
    line = Line.from_geojson(json.loads((data / LINE).read_text()))
    distance = line.nearest(events.lon, events.lat).distance_m
    zone = np.where(distance < NEAR_M, 0, np.where(distance <= FAR_M, 1, 2)).astype(np.int64)
    zone[(zone == 2) & by_a_strike(data, events)] = 3
    grid = pd.read_csv(data / GRID)
    lon, lat = grid["LONGITUDE"].to_numpy(float), grid["LATITUDE"].to_numpy(float)
    weight, away = np.cos(np.radians(lat)), line.nearest(lon, lat).distance_m
    cut = (away < NEAR_M, (away >= NEAR_M) & (away <= FAR_M), away > FAR_M)
    return zone, (float(weight[cut[0]].sum()), float(weight[cut[1]].sum()), float(weight[cut[2]].sum()))


def by_a_strike(data: Path, events: Events) -> npt.NDArray[np.bool_]:
    """Return which events lie within 10 km and a day of a reported act of war."""
    strikes = pd.read_csv(data / STRIKES)
    strikes = strikes[strikes["type"] != "other"]
    day = pd.to_datetime(strikes["date"]).to_numpy().astype("datetime64[D]").astype(np.int64)
    lon, lat = strikes["longitude"].to_numpy(float), strikes["latitude"].to_numpy(float)
    own = events.first.astype("datetime64[D]").astype(np.int64)
    found = np.zeros(len(events), dtype=bool)
    for row in range(len(events)):
        close = np.flatnonzero(np.abs(day - own[row]) <= 1)
        here = np.full(len(close), events.lon[row]), np.full(len(close), events.lat[row])
        found[row] = bool((geodesic_m(*here, lon[close], lat[close]) <= STRIKE_M).any())
    return found


def sample_of(data: Path) -> tuple[training.Sample, dict[str, Any]]:
    """Return what training sees, and what the card says besides: industry, leak, counts."""
    detections, events, seen = gather(data)
    zone, area = zones(data, events)
    in_truce = (events.last >= TRUCE[0]) & (events.first < TRUCE[1])
    day = solar_day(events.first, events.lon)
    cell = np.stack([events.lon // BLOCK_DEG, events.lat // BLOCK_DEG, day // BLOCK_DAYS], axis=1)
    block = np.unique(cell, axis=0, return_inverse=True)[1].reshape(-1)
    keep = ~seen.masked & ~in_truce
    sample = training.Sample(seen.table[keep], zone[keep], block[keep], area)
    far = keep & (zone == 2)
    industry = training.industry_shares(seen.table[far], seen.hot_days[far] >= ALMOST)
    besides = {
        "industry": industry,
        "mask_leak": leak(events, seen, zone, keep, area),
        "counts": {
            "rows": len(detections),
            "events": len(events),
            "masked": int(seen.masked.sum()),
            "truce_left_out": int((in_truce & ~seen.masked).sum()),
            "near": int((sample.zone == 0).sum()),
            "between": int((sample.zone == 1).sum()),
            "far": int((sample.zone == 2).sum()),
            "far_by_strike": int((sample.zone == 3).sum()),
            "history_days": int(seen.history[keep].max()),
        },
    }
    return sample, besides


def leak(
    events: Events,
    seen: Features,
    zone: npt.NDArray[np.int64],
    keep: npt.NDArray[np.bool_],
    area: tuple[float, float, float],
) -> float:
    """Return the share of masked events that would be no industry, were fires there as dense as near the line.

    Masked ground is one kilometre round each masked event's place, places within two kilometres counted once.
    """
    cells = np.unique(np.rint(np.stack([events.lon * 0.67, events.lat], axis=1)[seen.masked] * 55.6), axis=0)
    ground_km2 = len(cells) * np.pi
    density = (keep & (zone == 0)).sum() / (area[0] * CELL_KM**2)
    return float(ground_km2 * density / max(int(seen.masked.sum()), 1))


def baseline_check(data: Path) -> dict[str, float]:
    """Return why the number of simultaneous fires is no feature: how often peaceful Aprils look like war by it.

    Per fire: other fires (0.01° cells, so that one fire counts once) within 100 km on its date. One satellite's file
    of 2019 and 2020 against the same file's form of 2023 near the line.
    """
    fires = pq.read_table(data / "ukr_fires_baseline_2013_2021.parquet").to_pandas()
    fires = fires[fires["src_guess"].str.startswith("VIIRS")]
    war = pq.read_table(data / "ukr_fires_2023_01_09.parquet").to_pandas()
    line = Line.from_geojson(json.loads((data / "line_2023.geojson").read_text()))
    counts, lon, lat = company(april(war, 2023))
    threshold = float(np.median(counts[line.nearest(lon, lat).distance_m < NEAR_M]))
    found = {"median_near_2023": threshold}
    for year in (2019, 2020):
        counts, _, _ = company(april(fires[fires["year"] == year], year))
        found[f"share_above_{year}"] = float((counts >= threshold).mean())
    return found


def april(fires: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the fires of one April, one a cell and date."""
    date = pd.to_datetime(fires["acq_date"])
    part = fires[(date.dt.year == year) & (date.dt.month == 4)].assign(day=date)
    part = part.assign(x=(part["longitude"] / 0.015).round(), y=(part["latitude"] / 0.01).round())
    return part.drop_duplicates(["x", "y", "day"])


def company(fires: pd.DataFrame) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return, per fire, how many others lie within 100 km on its date; and longitudes, latitudes."""
    counts, lon, lat = [], [], []
    for _, today in fires.groupby("day"):
        x, y = today["longitude"].to_numpy(float), today["latitude"].to_numpy(float)
        away = np.hypot((x[:, None] - x) * 74.0, (y[:, None] - y) * 111.2)
        counts.append((away < 100.0).sum(axis=1) - 1.0)
        lon.append(x)
        lat.append(y)
    return np.concatenate(counts), np.concatenate(lon), np.concatenate(lat)


def train(data: Path) -> dict[str, Any]:
    """Return everything the coefficients module holds."""
    return numbers(data, *sample_of(data))


def numbers(data: Path, sample: training.Sample, besides: dict[str, Any]) -> dict[str, Any]:
    """Return the same of a sample that was made already."""
    given = training.shares(sample)
    return {
        "CONTAMINATION": given.contamination,
        "PRIOR": given.prior,
        "INDUSTRY": dict(besides["industry"]),
        "MASK_LEAK": besides["mask_leak"],
        "COUNTS": besides["counts"],
        "VARIANTS": {name: variant(sample, columns) for name, columns in VARIANTS.items()},
        "SOURCES": {
            name: hashlib.sha256((data / name).read_bytes()).hexdigest()
            for name in (FIRES, LINE, STRIKES, GRID, BASELINE)
        },
    }


def variant(whole: training.Sample, columns: list[int]) -> dict[str, Any]:
    """Fit and judge the variant that takes these columns, on the events for which they are known."""
    there = np.isfinite(whole.table[:, columns]).all(axis=1)
    sample = training.Sample(whole.table[there][:, columns], whole.zone[there], whole.block[there], whole.area)
    rng = np.random.default_rng(SEED)
    used = (sample.zone == 0) | (sample.zone == 2)
    weights = training.fit(sample.table[used], sample.zone[used] == 0)
    judged = training.judge(sample, rng)
    between = sample.zone <= 1
    score = training.log_ratio(weights, sample.table[between])
    judged["auc_between"] = training.auc(score, sample.zone[between] == 0)
    return {
        "weights": weights.tolist(),
        "calibration": judged,
        "draws": training.draws(sample, DRAWS, rng).tolist(),
    }


TEXTS = {
    "CONTAMINATION": "Share c of near fires that are natural.",
    "PRIOR": "Share ρ of war fires among all unmasked fires of the training theatre.",
    "INDUSTRY": "Share of industry among unmasked fires that are not war's.",
    "MASK_LEAK": "Share of masked events that are no industry, were fires there as dense as near the line.",
    "COUNTS": "What the training files held.",
    "VARIANTS": "By variant: weights of the log of near over far density, intercept first; figures with blocks of\n"
    "place and days held out; draws for the bands: weights, then c, then ρ.",
    "SOURCES": "Training files, SHA-256.",
}


def rounded(value: Any) -> Any:
    """Return the value with its floats at four digits."""
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(rounded(inner) for inner in value)
    return value


HEAD = (
    f"FEATURES = {NAMES!r}".replace("'", '"'),
    '"""Names of the features, in order; a variant takes some."""',
    "",
    f"SEED = {SEED}",
    '"""Seed of the draws."""',
    "",
)


def main() -> None:
    """Train, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="the shared data folder")
    parser.add_argument("--write", action="store_true", help="train both and write their modules")
    parser.add_argument("--peace", action="store_true", help="also count how simultaneous fires mislead in peace")
    arguments = parser.parse_args()
    # Beside this file, and found there however this one was started.
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    place_blind = importlib.import_module("train_place_blind")
    if arguments.write:
        place_blind.write(arguments.data)
        importlib.reload(blind_coefficients)
    found = train(arguments.data)
    if arguments.write:
        target = Path(__file__).resolve().parent.parent / "src" / "truceline" / "thermal" / "coefficients.py"
        title = "Trained numbers of the model as a watch uses it."
        text = place_blind.module_text(title, rounded(found), TEXTS, HEAD, version="3.0.0")
        target.write_text(text, encoding="utf-8")
    shown = {name: rounded(value) for name, value in found.items() if name != "VARIANTS"}
    shown |= {name: rounded(value["calibration"]) for name, value in found["VARIANTS"].items()}
    if arguments.peace:
        shown["PEACE"] = rounded(baseline_check(arguments.data))
    print(json.dumps(shown, ensure_ascii=False))


if __name__ == "__main__":
    main()
