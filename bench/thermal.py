# SPDX-License-Identifier: Apache-2.0
"""Is this fire war? The shipped place-blind model on the given files, and The Economist's rule beside it.

    python bench/thermal.py --fires F.parquet --baseline B.parquet --line L.geojson [--incidents V.csv ...]
        [--land-use U.csv] [--population P.csv] [--weather W.parquet --oblasts G.csv] [--from DATE]
        [--settled N] [--reliability OUT.svg] --json

Near is under 20 km of the line, far over 100 km and by no reported strike (10 km, one day). Rows before DATE are
history only. Fires dated in the training months are judged by models that saw neither those months nor their stripe of
places, others by the whole model; ``judged_by`` says how many of each.

The last line holds what was asked for, the line before it ``details``. Two figures use labels of the given files.
``shuffled_auc``: models are fitted to shuffled labels and judged on the shuffled labels of other folds. War mode's
``ece``: the level of P is set for each week and stripe of places by the labels of other weeks and other stripes;
``ece_as_shipped`` in the details is that of P with nothing fitted. Truce mode's ``ece`` is as shipped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from truceline.base.geo import Line
from truceline.errors import InputError, NoPlace, TrucelineError
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
from truceline.thermal import blind_coefficients as trained
from truceline.thermal import blindtraining as training
from truceline.thermal import judging
from truceline.thermal.extras import INPUTS, Extras
from truceline.thermal.firetable import Baseline, Fires, without, year_of
from truceline.thermal.placeblind import TRUCE_SAYS, Scores, score, stripe, weather_of

SEED, RECALL, SHUFFLES = 4, 0.8, 5

ASKED: dict[str, Any] = {
    "n_near": None,
    "n_far": None,
    "war": dict.fromkeys(("auc", "auc_ci", "far_fpr_at_recall_80", "ece", "flag_share")),
    "truce": dict.fromkeys(("auc", "auc_ci", "ece", "flag_share", "replaced_flag_share")),
    "shuffled_auc": None,
    "economist": dict.fromkeys(("balanced_accuracy", "far_fpr", "flag_share")),
}
"""Keys of the last line; None: all that is under it."""


@dataclass(frozen=True, eq=False)
class Given:
    """What the command was given."""

    fires: Fires
    counted: Fires
    baseline: Baseline
    line: Line
    strikes: Fires
    extras: Extras
    rows: np.ndarray
    notes: list[str]


def read(a: argparse.Namespace) -> Given:
    notes: list[str] = []
    first = int(np.datetime64(a.since, "D").astype(np.int64)) if a.since else -(1 << 40)
    found = read_fires(a.fires.read_bytes(), file=a.fires.name)
    notes += [f"{a.fires.name}: {reason}" for reason in found.reasons]
    fires, counted, left = alike(found)
    notes += [f"{a.fires.name}: {count} rows of {kind} left out" for kind, count in left.items()]
    kind = next((str(k) for k in np.unique(found.words) if str(k) not in left), "viirs")
    baseline, table = read_baseline(a.baseline.read_bytes(), file=a.baseline.name, instrument=kind)
    notes += [f"{a.baseline.name}: {reason}" for reason in table.reasons]
    if not baseline:
        notes.append(f"{a.baseline.name}: no fires of {kind}: every excess is over nothing")
    for year in judging.PEACE:
        if year not in baseline:
            notes.append(f"{a.baseline.name}: {year} is missing; its flags cannot be counted")
    line, turned = read_line(a.line)
    strikes = Fires.none()
    for path in a.incidents:
        strikes = strikes.and_(read_strikes(path.read_bytes(), file=path.name))
    if turned:
        fires, counted, strikes = turn(fires), turn(counted), turn(strikes)
        baseline = {year: turn(theirs) for year, theirs in baseline.items()}
        notes.append("the line crosses the antimeridian: all places are judged half a turn away")
    extras = read_extras(a, turned, notes)
    rows = np.flatnonzero(fires.day >= first)
    for name, known in extras.known(fires.take(rows)).items():
        if getattr(extras, name) is not None and len(rows) and not known.all():
            notes.append(f"{name} is known for {known.mean():.1%} of the fires; the others are judged without it")
    if not _overlaps(fires, baseline):
        notes.append("the baseline has no fire within 500 km of the middle of the fires: another country's?")
    return Given(fires, counted, baseline, line, strikes, extras, rows, notes)


def read_extras(a: argparse.Namespace, turned: bool, notes: list[str]) -> Extras:
    """Read what is given besides fires; what cannot be read is left out, with a note, and the rest kept."""
    turn_places = np.array([-1.0, -1.0, 1.0]) if turned else np.ones(3)
    found: dict[str, Any] = {}
    if bool(a.weather) != bool(a.oblasts):
        notes.append("weather left out: it takes both --weather and --oblasts")
    readers: dict[str, tuple[tuple[Path | None, ...], Any]] = {
        "weather": (
            (a.weather, a.oblasts),
            lambda w, o: read_weather(w.read_bytes(), o.read_bytes(), file=w.name, places_file=o.name),
        ),
        "land_use": ((a.land_use,), lambda path: read_land_use(path.read_bytes(), file=path.name)),
        "population": ((a.population,), lambda path: read_population(path.read_bytes(), file=path.name)),
    }
    for name, (paths, reader) in readers.items():
        if not all(paths):
            continue
        try:
            held = reader(*paths)
        except InputError as error:
            notes.append(f"{name} left out: {error}")
            continue
        held = replace(held, places=held.places * turn_places)
        found[name] = weather_of(held) if name == "weather" else held
    return Extras(**found)


def read_line(path: Path) -> tuple[Line, bool]:
    """Return the line, and whether it was turned by half a turn since it crosses the antimeridian."""
    data = path.read_bytes()
    try:
        return line_source.read(data, file=path.name)[0], False
    except NoPlace:
        # The model is blind to places, so all may turn together. A vertex that is none stays so, and is refused again.
        turned = json.dumps(_turned(json.loads(data))).encode()
        return line_source.read(turned, file=path.name)[0], True


def _turned(value: Any) -> Any:
    """GeoJSON with the longitude of every position half a turn away."""
    if isinstance(value, dict):
        return {key: _turned(inner) if key != "properties" else inner for key, inner in value.items()}
    if not isinstance(value, list):
        return value
    if len(value) > 1 and all(isinstance(each, int | float) for each in value):
        return [half_turned(value[0]), *value[1:]] if abs(value[0]) <= 180 else value
    return [_turned(each) for each in value]


def half_turned(lon: Any) -> Any:
    """Longitudes on the other side of the Earth, degrees."""
    return lon % 360.0 - 180.0


def turn(fires: Fires) -> Fires:
    """Return the fires half a turn away."""
    return Fires(half_turned(fires.lon), fires.lat, fires.day)


def _overlaps(fires: Fires, baseline: Baseline) -> bool:
    if len(fires) == 0 or not baseline:
        return True
    lon, lat = float(np.median(fires.lon)), float(np.median(fires.lat))
    return any(
        bool(((np.abs(each.lat - lat) < 5) & (np.abs((each.lon - lon + 180) % 360 - 180) < 10)).any())
        for each in baseline.values()
    )


def judged(rank: np.ndarray, p: np.ndarray, near: np.ndarray, week: np.ndarray) -> dict[str, Any]:
    rows = training.reliability(p, near, trained.SHARE)
    return {
        "auc": training.auc(rank, near),
        "auc_ci": training.auc_interval(rank, near, week, np.random.default_rng(SEED)),
        "ece": training.calibration_error(rows),
        "reliability": [[round(r.predicted, 4), round(r.observed, 4), r.count] for r in rows],
    }


def peace(given: Given, mode: str, threshold: float, history: np.ndarray) -> dict[str, float | None]:
    shares: dict[str, float | None] = {}
    for year in judging.PEACE:
        found = judging.peace_year(given.baseline, year, mode, given.extras, history=history)
        shares[str(year)] = (
            None if found is None or len(found[0].rank) == 0 else float((found[0].rank >= threshold).mean())
        )
    return shares


def pooled(shares: dict[str, float | None]) -> float | None:
    known = [share for share in shares.values() if share is not None]
    return float(np.mean(known)) if known else None


def war(given: Given, labels: judging.Labels, settled: int) -> tuple[dict[str, Any], Scores]:
    said = score(
        given.fires,
        given.rows,
        given.baseline,
        mode="war",
        extras=given.extras,
        settled=settled,
        counted=given.counted,
    )
    used = labels.near | labels.far
    near, asked = labels.near[used], given.fires.take(given.rows[used])
    as_shipped = training.reliability(said.p[used], near, trained.SHARE)
    p = judging.levelled(said.p[used], near, asked, given.fires, trained.SHARE)
    report = judged(said.rank[used], p, near, asked.day // 7)
    report |= {"far_fpr_at_recall_80": None, "flag_share": {str(year): None for year in judging.PEACE}}
    report["ece_as_shipped"] = training.calibration_error(as_shipped)
    if labels.near.any():
        threshold = float(np.quantile(said.rank[labels.near], 1 - RECALL))
        report["threshold"] = threshold
        if labels.far.any():
            report["far_fpr_at_recall_80"] = float((said.rank[labels.far] >= threshold).mean())
        if labels.deep.any():
            report["deep_strikes"] = {
                "n": int(labels.deep.sum()),
                "flagged": float((said.rank[labels.deep] >= threshold).mean()),
            }
        if settled == 0:
            report["flag_share"] = peace(given, "war", threshold, said.history)
    return report, said


def truce(given: Given, labels: judging.Labels) -> dict[str, Any]:
    said = score(given.fires, given.rows, given.baseline, mode="truce", extras=given.extras, counted=given.counted)
    used = labels.near | labels.far
    week = given.fires.day[given.rows][used] // 7
    report = judged(said.rank[used], said.p[used], labels.near[used], week)
    threshold = TRUCE_SAYS
    by_year = peace(given, "truce", threshold, np.zeros(0, dtype=np.int64))
    report |= {"flag_share": pooled(by_year), "flag_share_by_year": by_year, "threshold": threshold}
    report["recall"] = float((said.rank[labels.near] >= threshold).mean()) if labels.near.any() else None
    report["far_fpr"] = float((said.rank[labels.far] >= threshold).mean()) if labels.far.any() else None
    report["cannot_tell_share"] = float((said.rank < threshold).mean()) if len(said.rank) else None
    report |= replaced(given, threshold, said, labels)
    return report


def replaced(given: Given, threshold: float, said: Scores, labels: judging.Labels) -> dict[str, Any]:
    if len(given.rows) == 0:
        return {"replaced_flag_share": None}
    first = int(np.median(given.fires.day[given.rows]))
    flags, beside = [], []
    for year in judging.PEACE:
        found = judging.replaced(given.fires.take(given.rows), first, given.baseline, year, given.line, given.extras)
        if found is not None:
            flags.append(found[0].rank >= threshold)
            beside.append(found[0].rank)
    if not flags:
        return {"replaced_flag_share": None}
    both = np.concatenate([said.rank[labels.near], *beside])
    war_like = np.r_[np.ones(int(labels.near.sum()), bool), np.zeros(len(both) - int(labels.near.sum()), bool)]
    return {
        "replaced_flag_share": float(np.concatenate(flags).mean()),
        "replaced_by_year": {str(y): float(f.mean()) for y, f in zip(judging.PEACE, flags, strict=False)},
        "replaced_n": int(sum(len(f) for f in flags)),
        "entry": str(np.datetime64(first, "D")),
        "auc_same_ground": training.auc(both, war_like),
    }


def shuffled(given: Given, labels: judging.Labels, said: Scores) -> float | None:
    """Fit to shuffled labels on some folds of months and stripes, judge on the shuffled labels of the others."""
    used = np.flatnonzero(labels.near | labels.far)
    used = judging.sampled(used, 20_000)
    if len(used) < 100:
        return None
    asked = given.fires.take(given.rows[used])
    table = said.table[used]
    edges = np.quantile(asked.day, [0.25, 0.5, 0.75])
    when, side = np.searchsorted(edges, asked.day, side="right"), stripe(asked, given.fires)
    rng = np.random.default_rng(SEED)
    found = []
    for _ in range(SHUFFLES):
        label = rng.permutation(labels.near[used])
        for time_, where in sorted(set(zip(when.tolist(), side.tolist(), strict=True))):
            test, fit = (when == time_) & (side == where), (when != time_) & (side != where)
            if 0 < label[fit].sum() < fit.sum() and 0 < label[test].sum() < test.sum():
                beta = training.fit(table[fit], label[fit], np.ones(int(fit.sum())), np.full(table.shape[1], 0.03))
                value = training.auc(beta[0] + table[test] @ beta[1:], label[test])
                found.append((value or 0.5, int(test.sum())))
    return float(np.average([v for v, _ in found], weights=[n for _, n in found])) if found else None


def economist(given: Given, labels: judging.Labels) -> dict[str, Any]:
    said = judging.economist(given.fires, given.baseline)[given.rows]
    far = float(said[labels.far].mean()) if labels.far.any() else None
    recall = float(said[labels.near].mean()) if labels.near.any() else None
    shares: dict[str, float | None] = {}
    for year in judging.PEACE:
        rest = without(given.baseline, year)
        if year in given.baseline and rest:
            theirs = judging.a_year_with_its_eve(given.baseline, year)
            shares[str(year)] = float(judging.economist(theirs, rest)[year_of(theirs.day) == year].mean())
        else:
            shares[str(year)] = None
    balanced = None if far is None or recall is None else 0.5 * (recall + 1 - far)
    return {
        "balanced_accuracy": balanced,
        "far_fpr": far,
        "flag_share": pooled(shares),
        "flag_share_by_year": shares,
        "recall": recall,
    }


def picture(path: Path, modes: dict[str, list[list[float]]]) -> None:
    """Write the reliability diagram."""
    colour = {"war": "#b3402a", "truce": "#2a5db3"}
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 420 400" font-family="sans-serif" font-size="12">',
        "<title>Reliability: predicted against observed share of near fires</title>",
        '<rect width="420" height="400" fill="white"/>',
        '<path d="M50 350H390M50 350V10M50 350L390 10" stroke="#888" fill="none"/>',
        '<text x="220" y="385" text-anchor="middle">predicted</text>',
        '<text x="18" y="180" text-anchor="middle" transform="rotate(-90 18 180)">observed share of near fires</text>',
    ]
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<text x="{50 + 340 * tick:g}" y="366" text-anchor="middle">{tick:g}</text>')
        parts.append(f'<text x="44" y="{354 - 340 * tick:g}" text-anchor="end">{tick:g}</text>')
    for number, (name, rows) in enumerate(modes.items()):
        points = " ".join(f"{50 + 340 * r[0]:.1f},{350 - 340 * r[1]:.1f}" for r in rows)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour[name]}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{50 + 340 * r[0]:.1f}" cy="{350 - 340 * r[1]:.1f}" r="3.5" fill="{colour[name]}"/>'
            for r in rows
        ]
        parts.append(f'<text x="70" y="{30 + 18 * number}" fill="{colour[name]}">{name} mode</text>')
    path.write_text("\n".join([*parts, "</svg>", ""]), encoding="utf-8")


def only(found: Any, asked: dict[str, Any] | None) -> Any:
    """The part of what was found that was asked for."""
    return {key: only(found[key], inner) for key, inner in asked.items()} if asked else found


def rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return [rounded(inner) for inner in value] if isinstance(value, list) else value


def run(a: argparse.Namespace) -> dict[str, Any]:
    begun = time.perf_counter()
    given = read(a)
    labels = judging.labels(given.fires.take(given.rows), given.line, given.strikes)
    report, said = war(given, labels, 0)
    quiet = truce(given, labels)
    result: dict[str, Any] = {
        "n_near": int(labels.near.sum()),
        "n_far": int(labels.far.sum()),
        "war": report,
        "truce": quiet,
        "shuffled_auc": shuffled(given, labels, said),
        "economist": economist(given, labels),
    }
    if a.settled:
        later, then = war(given, labels, a.settled)
        shown = ("auc", "auc_ci", "far_fpr_at_recall_80", *(("ece",) if then.calibrated else ()))
        result["settled"] = {"n": a.settled, "calibrated": then.calibrated, **{k: later[k] for k in shown}}
    if a.reliability:
        picture(a.reliability, {"war": report["reliability"], "truce": quiet["reliability"]})
    folds, count = np.unique(said.model >= 0, return_counts=True)
    result["judged_by"] = {
        ("held_out_folds" if held else "whole_model"): int(n) for held, n in zip(folds, count, strict=True)
    }
    result["features"] = {
        "used": list(said.used),
        "absent": list(said.absent),
        "known_for": {name: said.known.get(name, 0.0) for name in INPUTS},
    }
    result["history_days_median"] = int(np.median(said.history)) if len(said.history) else 0
    result |= {"notes": given.notes, "version": trained.VERSION, "seconds": round(time.perf_counter() - begun, 1)}
    return rounded(result)


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fires", type=Path, required=True)
    parser.add_argument("--baseline", type=Path, required=True)
    parser.add_argument("--line", type=Path, required=True)
    parser.add_argument("--incidents", type=Path, nargs="+", action="extend", default=[])
    parser.add_argument("--land-use", type=Path)
    parser.add_argument("--population", type=Path)
    parser.add_argument("--weather", type=Path)
    parser.add_argument("--oblasts", type=Path)
    parser.add_argument("--from", dest="since", help="first date judged; rows before are history only")
    parser.add_argument("--settled", type=int, default=0, help="also the order after waiting so many days, 1 to 10")
    parser.add_argument("--reliability", type=Path, help="write the reliability diagram (SVG)")
    parser.add_argument("--json", action="store_true", help="one JSON object on the last line, as always")
    try:
        found = run(parser.parse_args(words))
        print(json.dumps({"details": found}))
        print(json.dumps(only(found, ASKED)))
    except TrucelineError as error:
        print(f"thermal: {error}", file=sys.stderr)
        return error.exit_code
    except (OSError, ValueError) as error:
        print(f"thermal: {error}", file=sys.stderr)
        return InputError.exit_code
    return 0


if __name__ == "__main__":
    done = main()
    sys.stdout.flush()
    sys.stderr.flush()
    # Arrow's threads may not outlive a process that ends within milliseconds of reading: it would be aborted.
    os._exit(done)
