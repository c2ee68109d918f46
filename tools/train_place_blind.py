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
from truceline.sources.firetable import (
    alike,
    read_baseline,
    read_fires,
    read_land_use,
    read_population,
    read_strikes,
    read_weather,
)
from truceline.thermal import blindtraining as training
from truceline.thermal import judging
from truceline.thermal._kernel import globe
from truceline.thermal.context import MAX_AHEAD, Context, context
from truceline.thermal.extras import INPUTS, Extras
from truceline.thermal.firetable import (
    DAYS_A_YEAR,
    Baseline,
    Fires,
    a_year_with_its_eve,
    day_of_year,
    without,
    year_of,
)
from truceline.thermal.placeblind import CAUTION, SHORT_INPUTS, TRUCE_SAYS, names_of, said, stripe, usual_odds
from truceline.thermal.season import Weather, WeatherTable, anomalies

FIRES = "ukr_fires_2023_01_09.parquet"
BASELINE = "ukr_fires_baseline_2013_2021.parquet"
LINE = "line_2023.geojson"
STRIKES = ("viina_incidents_202307.csv", "viina_incidents_202308.csv", "viina_incidents_202309.csv")
WEATHER_FILE, GRID = "ukr_oblast_weather_2015_2023.parquet", "ukr_oblast_grid_10km.csv"
LAND_USE, POPULATION = "ukr_land_use_2022_10km.csv", "ukr_pop_density_2020_10km.csv"

TIME_EDGES = ("2023-03-01", "2023-06-01", "2023-08-01", "2023-09-01", "2023-10-01")
"""Blocks of months. January and February have too little history in the file to teach anything."""

YEARS = (2016, 2018, 2019)
"""Peace years in training. 2020 and 2021 are kept out, 2013 has no weather."""

RIDGE = {"war": 0.3, "short": 0.1, "truce": 0.03}
BESIDE_RIDGE = {
    "war": {"weather": 5.0, "land_use": 30.0, "population": 10.0},
    "truce": {"weather": 10.0, "land_use": 100.0, "population": 100.0},
}
"""How much harder weather, land use and population are held down: a few dry springs teach little, and a map of the
ground could be learnt by heart. In truce mode land and people made the calling of peace years' fires worse."""

SEASON_QUANTILE, SEASON_PARTS, SEASON_DAYS = 0.9, 12, 15
"""War mode takes off what the top tenth of peace years' fires score at that time of the year (within so many days), in
twelve parts of it: all of it from P, `placeblind.CAUTION` of it from the rank."""

PEACE = {"war": (0.0, 1.5), "truce": (1.0, 0.3)}
"""Weight of peace years' fires near the training line, and of all the others (for war: of all together), when the
period's far fires weigh 1 and the near ones as much as all others together. Peace fires near the line are what keeps
truce mode from learning that it burns more in the steppe."""

SAMPLE = 12_000
SAME_DAY = ("war", "short", "truce")
"""Ways to look at a fire on its day. ``short`` is war mode that remembers no more than its own month: a file of one
month, told by what is in it, needs weights that do not count on ninety days."""

MODE = {"war": "war", "short": "war", "settled": "war", "truce": "truce"}
"""The mode of each."""

DAYS = 10
SEASON_FEW = 20
"""Fewer fires than these say nothing of a part of the year, and its neighbours stand in."""


@dataclass(frozen=True, eq=False)
class Peace:
    """One peace year's sample."""

    fires: Fires
    near: npt.NDArray[np.bool_]
    columns: dict[str, Context]
    known: npt.NDArray[np.bool_]
    """Whether all inputs besides fires are known."""


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
    known: npt.NDArray[np.bool_]
    block: npt.NDArray[np.int64]
    peace: dict[int, Peace]


def described(
    fires: Fires, rows: npt.NDArray[np.int64], baseline: Baseline, extras: Extras, ways: tuple[str, ...]
) -> tuple[dict[str, Context], npt.NDArray[np.bool_]]:
    """Return the features by way to look, and for which fires every input is known."""
    asked = fires.take(rows)
    ground = extras.columns(asked)
    date = asked.day.astype("datetime64[D]")
    of_month = (date - date.astype("datetime64[M]")).astype(np.int64) + 1
    found = {}
    for name in ways:
        around = context(
            fires,
            rows,
            baseline,
            mode=MODE[name],
            weather=extras.weather,
            ahead=MAX_AHEAD if name == "settled" else 0,
            memory=of_month if name == "short" else None,
        )
        found[name] = Context({**around.columns, **ground}, around.history)
    return found, np.all([extras.known(asked)[name] for name in INPUTS], axis=0)


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
    extras = Extras(
        Weather(table, weights),
        read_land_use((data / LAND_USE).read_bytes(), file=LAND_USE),
        read_population((data / POPULATION).read_bytes(), file=POPULATION),
    )
    edges = np.array([np.datetime64(edge, "D").astype(np.int64) for edge in TIME_EDGES])
    rows = np.flatnonzero((fires.day >= edges[0]) & (fires.day < edges[-1]))
    asked = fires.take(rows)
    peace = {}
    for year in YEARS:
        whole = a_year_with_its_eve(baseline, year)
        some = judging.sampled(np.flatnonzero(year_of(whole.day) == year), SAMPLE)
        theirs = whole.take(some)
        near = contact.nearest(theirs.lon, theirs.lat).distance_m < judging.NEAR_M
        peace[year] = Peace(theirs, near, *described(whole, some, without(baseline, year), extras, SAME_DAY))
    columns, known = described(fires, rows, baseline, extras, (*SAME_DAY, "settled"))
    block = 2 * (np.searchsorted(edges, asked.day, side="right") - 1) + stripe(asked, fires)
    return Sample(asked, judging.labels(asked, contact, strikes), columns, known, block, peace), weights


def fitted(sample: Sample, mode: str, names: tuple[str, ...], rows: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Fit one logit on some of the labelled rows and the peace years."""
    near = sample.labels.near[rows]
    month = sample.fires.day[rows].astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    many = np.bincount(month - month.min())[month - month.min()]
    own = 1.0 / np.sqrt(many)
    beside, others = PEACE[MODE[mode]]
    own = own * np.where(near, (1.0 + beside + others) / own[near].sum(), 1.0 / own[~near].sum())
    tables, weights = [sample.columns[mode].table(names)[rows]], [own]
    for each in sample.peace.values():
        tables.append(each.columns[mode].table(names)[each.known])
        at = each.near[each.known]
        if beside:
            share = np.where(at, beside / max(at.sum(), 1), others / max((~at).sum(), 1))
        else:
            share = np.full(len(at), others / max(len(at), 1))
        weights.append(share / len(sample.peace))
    label = np.concatenate([near, np.zeros(sum(len(t) for t in tables[1:]), dtype=bool)])
    harder = {name: BESIDE_RIDGE[MODE[mode]][given] for given in INPUTS for name in names_of(mode, (given,))[0]}
    harder |= dict.fromkeys(names_of(mode)[0], 1.0)
    ridge = RIDGE[mode] * np.array([harder[name] for name in names])
    return training.fit(np.concatenate(tables), label, np.concatenate(weights), ridge)


def raw(weights: npt.NDArray[np.float64], table: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Log odds."""
    return weights[0] + table @ weights[1:]


def one_model(sample: Sample, mode: str, given: tuple[str, ...]) -> dict[str, Any]:
    """Fit the whole model and one a fold, calibrate on held-out log odds."""
    names, _ = names_of(mode, given)
    used = (sample.labels.near | sample.labels.far) & sample.known
    folds, held = [], {name: np.zeros(len(used)) for name in (("war", "settled") if mode == "war" else (mode,))}
    for number in range(2 * (len(TIME_EDGES) - 1)):
        time, side = number // 2, number % 2
        weights = fitted(sample, mode, names, used & (sample.block // 2 != time) & (sample.block % 2 != side))
        folds.append(weights)
        inside = sample.block == number
        for name, odds in held.items():
            odds[inside] = raw(weights, sample.columns[name].table(names)[inside])
    whole = fitted(sample, mode, names, used)
    found: dict[str, Any] = {"whole": whole.tolist(), "folds": [weights.tolist() for weights in folds]}
    if mode != "truce":
        found["season"] = list(peace_season(sample, mode, whole, names))
    for name, odds in held.items():
        after = "_settled" if name == "settled" else ""
        found |= {f"{key}{after}": value for key, value in curves(sample, found, odds, given, used).items()}
    return found


def curves(
    sample: Sample,
    found: dict[str, Any],
    odds: npt.NDArray[np.float64],
    given: tuple[str, ...],
    used: npt.NDArray[np.bool_],
) -> dict[str, Any]:
    """Return the curve of the rank, what P is made by, and held-out figures."""
    near, day = sample.labels.near[used], sample.fires.day[used]
    share = float(near.mean())
    season = found.get("season")
    usual = usual_odds(season, day)
    wary = odds[used] - (CAUTION if "weather" in given else 0.0) * usual
    made: dict[str, Any] = {"curve": [*training.calibrate(wary, near, share)]}
    if season is None:
        made["says"] = two_answers(training.on_curve(wary, made["curve"]), near, day, share)
    else:
        made["level"] = [*training.calibrate(odds[used] - usual, near, share)]
    rank, p = said(made if season is None else {**made, "season": season}, odds[used], day, given)
    made["held_out"] = judged(rank, p, None if season is None else odds[used] - usual, near, day, share)
    return made


def two_answers(
    rank: npt.NDArray[np.float64], near: npt.NDArray[np.bool_], day: npt.NDArray[np.int64], share: float
) -> list[float]:
    """Return truce mode's two probabilities: where it cannot tell, and where it says *war*.

    The first is the mean over months, each re-weighted to the share: it is the next month that is asked about.
    """
    says, month = rank >= TRUCE_SAYS, month_of(day)
    unsure = []
    for each in np.unique(month):
        own = month == each
        weight = training.share_weights(near[own], share)
        unsure.append(float(np.average(near[own][~says[own]], weights=weight[~says[own]])))
    weight = training.share_weights(near, share)
    return [float(np.mean(unsure)), float(np.average(near[says], weights=weight[says]))]


def month_of(day: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    """Year and month of each date."""
    return np.asarray(day.astype("datetime64[D]").astype("datetime64[M]").astype(str))


def peace_season(
    sample: Sample, mode: str, weights: npt.NDArray[np.float64], names: tuple[str, ...]
) -> tuple[float, ...]:
    """Return what the top tenth of peace years' fires score, by part of the year; mean of the years."""
    middles = (np.arange(SEASON_PARTS) + 0.5) * DAYS_A_YEAR / SEASON_PARTS
    years = []
    for each in sample.peace.values():
        odds = raw(weights, each.columns[mode].table(names))[each.known]
        away = np.abs(day_of_year(each.fires.day[each.known])[:, None] - middles)
        within = np.minimum(away, DAYS_A_YEAR - away) <= SEASON_DAYS
        part = [np.quantile(odds[at], SEASON_QUANTILE) if at.sum() >= SEASON_FEW else np.nan for at in within.T]
        there = np.isfinite(part)
        years.append(np.interp(middles, middles[there], np.array(part)[there], period=DAYS_A_YEAR))
    return tuple(np.mean(years, axis=0).tolist())


def judged(
    rank: npt.NDArray[np.float64],
    p: npt.NDArray[np.float64],
    level: npt.NDArray[np.float64] | None,
    near: npt.NDArray[np.bool_],
    day: npt.NDArray[np.int64],
    share: float,
) -> dict[str, Any]:
    """Return the held-out figures, month by month too: in war mode with the curve that the other months give."""
    month = month_of(day)
    by_month, unseen = {}, p.copy()
    for each in np.unique(month).tolist():
        own = month == each
        if level is not None:
            unseen[own] = training.on_curve(level[own], training.calibrate(level[~own], near[~own], share))
        by_month[each] = [training.auc(rank[own], near[own]), error(unseen[own], near[own], share)]
    return {
        "auc": training.auc(rank, near),
        "ece": error(p, near, share),
        "ece_other_months": error(unseen, near, share),
        "by_month": by_month,
    }


def error(p: npt.NDArray[np.float64], near: npt.NDArray[np.bool_], share: float) -> float | None:
    """Return the expected calibration error."""
    return training.calibration_error(training.reliability(p, near, share))


def subsets() -> list[tuple[str, ...]]:
    """Return every set of inputs besides fires, in their order."""
    return [tuple(name for k, name in enumerate(INPUTS) if number >> k & 1) for number in range(1 << len(INPUTS))]


def train(data: Path) -> dict[str, Any]:
    """Return what ``blind_coefficients.py`` holds."""
    sample, weights = gather(data)
    models = {
        names_of(mode, given)[1]: one_model(sample, mode, given)
        for mode in SAME_DAY
        for given in subsets()
        if mode != "short" or set(given) <= set(SHORT_INPUTS)
    }
    used = (sample.labels.near | sample.labels.far) & sample.known
    files = (FIRES, BASELINE, LINE, *STRIKES, WEATHER_FILE, GRID, LAND_USE, POPULATION)
    counts = {name: int((getattr(sample.labels, name) & sample.known).sum()) for name in ("near", "far", "deep")}
    return {
        "WEATHER": weights.tolist(),
        "TIME_EDGES": list(TIME_EDGES),
        "SHARE": float(sample.labels.near[used].mean()),
        "MODELS": models,
        "COUNTS": counts,
        "SOURCES": {name: hashlib.sha256((data / name).read_bytes()).hexdigest() for name in files},
    }


TEXTS = {
    "WEATHER": "What each weather driver (season.PARTS) does to the logarithm of the number of fires.",
    "TIME_EDGES": "Dates that part the training months; before the first and from the last on the whole model judges.",
    "SHARE": "Share of near fires among near and far in training, to which P is calibrated.",
    "MODELS": "By mode (short: war mode with a short history) and inputs besides fires: the whole model, one a fold\n"
    "(intercept, then one weight a feature); the curve of the rank; what P is made by: in truce mode two answers,\n"
    "else a curve of what is left when the season is taken off; the same of settled(10); held-out figures, by month:\n"
    "AUC, and the calibration error, in war mode with the curve of the other months.",
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
    target.write_text(text(found), encoding="utf-8")
    return found


def text(found: dict[str, Any]) -> str:
    """Return the module that holds what training found."""
    return module_text("Trained numbers of the place-blind model.", rounded(found), TEXTS, version="4.0.0")
