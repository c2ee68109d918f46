# SPDX-License-Identifier: Apache-2.0
"""Train the place-blind thermal model (called by ``train_thermal.py``): files in, numbers out."""

from __future__ import annotations

import hashlib
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from truceline.sources import line as line_source
from truceline.sources.firetable import alike, read_baseline, read_fires, read_strikes, read_weather
from truceline.thermal import blindtraining as training
from truceline.thermal import judging
from truceline.thermal._kernel import globe
from truceline.thermal.context import TRUCE, WAR, WEATHER, Context, context
from truceline.thermal.firetable import Baseline, Fires, a_year_with_its_eve, day_of_year, without, year_of
from truceline.thermal.placeblind import stripe
from truceline.thermal.season import Weather, WeatherTable, anomalies

FIRES = "ukr_fires_2023_01_09.parquet"
BASELINE = "ukr_fires_baseline_2013_2021.parquet"
LINE = "line_2023.geojson"
STRIKES = ("viina_incidents_202307.csv", "viina_incidents_202308.csv", "viina_incidents_202309.csv")
WEATHER_FILE, GRID = "ukr_oblast_weather_2015_2023.parquet", "ukr_oblast_grid_10km.csv"

TIME_EDGES = ("2023-03-01", "2023-06-01", "2023-08-01", "2023-09-01", "2023-10-01")
"""Blocks of months. January and February have too little history in the file to teach anything."""

YEARS = (2016, 2018, 2019)
"""Peace years in training. 2020 and 2021 are kept out, 2013 has no weather."""

RIDGE = {"war": 0.1, "truce": 0.03}
WEATHER_RIDGE = 10.0
"""How much harder weather is held down: a few dry springs teach little."""

PEACE = {"war": (0.0, 0.75), "truce": (1.0, 0.3)}
"""Weight of peace years' fires near the training line, and of all the others (for war: of all together), when the
period's far fires weigh 1 and the near ones as much as all others together. Peace fires near the line are what keeps
truce mode from learning that it burns more in the steppe."""

SAMPLE = 12_000
DAYS = 10


@dataclass(frozen=True, eq=False)
class Peace:
    """One peace year's sample."""

    fires: Fires
    near: npt.NDArray[np.bool_]
    columns: dict[str, Context]


def weather_weights(table: WeatherTable, baseline: Baseline, years: tuple[int, ...]) -> npt.NDArray[np.float64]:
    """Regress, over regions and tens of days, the logarithm of fires over the other years' mean on the anomalies."""
    drivers = anomalies(table)
    regions = int(table.region_of.max()) + 1
    tree = cKDTree(table.places)
    count = {}
    for year in years:
        fires = baseline[year]
        where = table.region_of[tree.query(globe(fires.lon, fires.lat))[1]]
        count[year] = np.zeros((366, regions))
        np.add.at(count[year], (day_of_year(fires.day), where), 1.0)
    rows, target, weight = [], [], []
    for year in years:
        begin = int(np.datetime64(f"{year}-01-01").astype(np.int64)) - table.first
        for start in range(0, 360, DAYS):
            span = np.arange(start, start + DAYS)
            wide = np.arange(start - DAYS, start + 2 * DAYS) % 366
            usual = np.mean([count[y][wide].sum(axis=0) / 3.0 for y in years if y != year], axis=0)
            target.append(np.log((count[year][span].sum(axis=0) + 1.0) / (usual + 1.0)))
            rows.append(np.stack([d[begin + span].mean(axis=0) for d in drivers], axis=1))
            weight.append(np.log1p(usual))
    x, y, w = np.concatenate(rows), np.concatenate(target), np.concatenate(weight)
    x = np.c_[np.ones(len(x)), x]
    gram = x.T @ (x * w[:, None]) + np.diag(np.r_[0.0, 0.02 * w.sum() * x[:, 1:].var(axis=0)])
    return np.asarray(np.linalg.solve(gram, x.T @ (w * y))[1:])


@dataclass(frozen=True, eq=False)
class Sample:
    """Everything that training sees of one period."""

    fires: Fires
    labels: judging.Labels
    columns: dict[str, Context]
    block: npt.NDArray[np.int64]
    peace: dict[int, Peace]


def gather(data: Path) -> tuple[Sample, npt.NDArray[np.float64]]:
    """Read, describe and label the period and the peace years."""
    fires, _, _ = alike(read_fires((data / FIRES).read_bytes(), file=FIRES))
    baseline, _ = read_baseline((data / BASELINE).read_bytes(), file=BASELINE)
    contact, _ = line_source.read((data / LINE).read_bytes(), file=LINE)
    strikes = Fires.none()
    for name in STRIKES:
        strikes = strikes.and_(read_strikes((data / name).read_bytes(), file=name))
    table = read_weather(
        (data / WEATHER_FILE).read_bytes(), (data / GRID).read_bytes(), file=WEATHER_FILE, places_file=GRID
    )
    weights = weather_weights(table, baseline, YEARS)
    weather = Weather(table, weights)
    edges = np.array([np.datetime64(edge, "D").astype(np.int64) for edge in TIME_EDGES])
    rows = np.flatnonzero((fires.day >= edges[0]) & (fires.day < edges[-1]))
    asked = fires.take(rows)
    peace = {}
    for year in YEARS:
        whole = a_year_with_its_eve(baseline, year)
        some = judging.sampled(np.flatnonzero(year_of(whole.day) == year), SAMPLE)
        theirs = whole.take(some)
        near = contact.nearest(theirs.lon, theirs.lat).distance_m < judging.NEAR_M
        described = {
            mode: context(whole, some, without(baseline, year), mode=mode, weather=weather) for mode in ("war", "truce")
        }
        peace[year] = Peace(theirs, near, described)
    described = {mode: context(fires, rows, baseline, mode=mode, weather=weather) for mode in ("war", "truce")}
    block = 2 * (np.searchsorted(edges, asked.day, side="right") - 1) + stripe(asked, fires)
    return Sample(asked, judging.labels(asked, contact, strikes), described, block, peace), weights


def fitted(sample: Sample, mode: str, names: tuple[str, ...], rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Fit one logit on some of the labelled rows and the peace years."""
    near = sample.labels.near[rows]
    month = sample.fires.day[rows].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    many = np.bincount(month - month.min())[month - month.min()]
    own = 1.0 / np.sqrt(many)
    beside, others = PEACE[mode]
    own = own * np.where(near, (1.0 + beside + others) / own[near].sum(), 1.0 / own[~near].sum())
    tables, weights = [sample.columns[mode].table(names)[rows]], [own]
    for each in sample.peace.values():
        tables.append(each.columns[mode].table(names))
        if beside:
            at = each.near
            share = np.where(at, beside / max(at.sum(), 1), others / max((~at).sum(), 1))
        else:
            share = np.full(len(each.near), others / len(each.near))
        weights.append(share / len(sample.peace))
    label = np.concatenate([near, np.zeros(sum(len(t) for t in tables[1:]), dtype=bool)])
    ridge = RIDGE[mode] * np.array([WEATHER_RIDGE if name in WEATHER[mode] else 1.0 for name in names])
    return training.fit(np.concatenate(tables), label, np.concatenate(weights), ridge)


def raw(weights: npt.NDArray[np.float64], table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Log odds."""
    return weights[0] + table @ weights[1:]


def one_model(sample: Sample, mode: str, names: tuple[str, ...]) -> dict[str, Any]:
    """Fit the whole model and one a fold, calibrate on held-out log odds."""
    used = sample.labels.near | sample.labels.far
    table, near = sample.columns[mode].table(names), sample.labels.near
    blocks = range(2 * (len(TIME_EDGES) - 1))
    folds = []
    held = np.zeros(len(near))
    for number in blocks:
        time, side = number // 2, number % 2
        weights = fitted(sample, mode, names, used & (sample.block // 2 != time) & (sample.block % 2 != side))
        folds.append(weights)
        inside = sample.block == number
        held[inside] = raw(weights, table[inside])
    share = float(near[used].mean())
    curve = training.calibrate(held[used], near[used], share)
    whole = fitted(sample, mode, names, used)
    p = training.on_curve(held[used], curve)
    rows = training.reliability(p, near[used], share)
    month = sample.fires.day[used].astype("datetime64[D]").astype("datetime64[M]").astype(str)
    return {
        "whole": whole.tolist(),
        "folds": [weights.tolist() for weights in folds],
        "curve": [*curve],
        "held_out": {
            "auc": training.auc(held[used], near[used]),
            "auc_by_month": {m: training.auc(held[used][month == m], near[used][month == m]) for m in np.unique(month)},
            "ece": training.calibration_error(rows),
            "reliability": [[row.predicted, row.observed, row.weight] for row in rows],
        },
        "share": share,
    }


def train(data: Path) -> dict[str, Any]:
    """Return what ``blind_coefficients.py`` holds."""
    sample, weights = gather(data)
    models = {}
    for mode, names in (("war", WAR), ("truce", TRUCE)):
        models[mode] = one_model(sample, mode, names)
        models[f"{mode}+weather"] = one_model(sample, mode, names + WEATHER[mode])
    files = (FIRES, BASELINE, LINE, *STRIKES, WEATHER_FILE, GRID)
    counts = {name: int(getattr(sample.labels, name).sum()) for name in ("near", "far", "deep")}
    return {
        "WEATHER": weights.tolist(),
        "TIME_EDGES": list(TIME_EDGES),
        "SHARE": models["war"].pop("share"),
        "MODELS": {name: {k: v for k, v in model.items() if k != "share"} for name, model in models.items()},
        "COUNTS": counts,
        "SOURCES": {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in files},
    }


TEXTS = {
    "WEATHER": "What each weather driver (season.PARTS) does to the logarithm of the number of fires.",
    "TIME_EDGES": "Dates that part the training months; before the first and from the last on the whole model judges.",
    "SHARE": "Share of near fires among near and far in training, to which P is calibrated.",
    "MODELS": "By mode and weather: the whole model and one a fold (intercept, then one weight a feature), calibrated.",
    "COUNTS": "Training fires.",
    "SOURCES": "Training files, SHA-256.",
}


def rounded(value: Any) -> Any:
    """Four significant digits, so that another machine's sums end in the same bytes; tuples for lists."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, dict):
        return {str(key): rounded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return tuple(rounded(inner) for inner in value)
    return value


def module_text(
    title: str, found: dict[str, Any], texts: dict[str, str], head: tuple[str, ...] = (), version: str = "1.0.0"
) -> str:
    """Return a module that holds trained numbers, as the formatter leaves it.

    Args:
        title: its docstring.
        found: what it holds, by name.
        texts: what each name means, in the order of the module.
        head: lines that come before the numbers.
        version: of the numbers.
    """
    parts = [
        "# SPDX-License-Identifier: Apache-2.0",
        f'"""{title} Written by ``tools/train_thermal.py``; do not edit."""',
    ]
    parts += ["", "from __future__ import annotations", "", "from typing import Any", ""]
    parts += [f'VERSION = "{version}"', '"""Changes whenever a number below does."""', "", *head]
    for name, text in texts.items():
        value = found[name]
        kind = ": dict[str, Any]" if isinstance(value, dict) else ""
        shown = f"{name}{kind} = " + repr(value).replace("'", '"')
        shown = textwrap.fill(shown, 118, break_long_words=False, break_on_hyphens=False)
        parts += ["# fmt: off", shown, "# fmt: on", f'"""{text}"""', ""]
    return "\n".join(parts)


def write(data: Path) -> dict[str, Any]:
    """Train and write the module; return what was found."""
    found = train(data)
    target = Path(__file__).resolve().parent.parent / "src" / "truceline" / "thermal" / "blind_coefficients.py"
    text = module_text("Trained numbers of the place-blind model.", rounded(found), TEXTS, version="1.1.0")
    target.write_text(text, encoding="utf-8")
    return found
