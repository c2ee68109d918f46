# SPDX-License-Identifier: Apache-2.0
"""The place-blind model: P(a fire is of the war's kind), from what surrounds it and nothing that names a place."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from truceline.base.geo import Floats
from truceline.errors import StateError
from truceline.thermal import blind_coefficients
from truceline.thermal._kernel import globe
from truceline.thermal.blindtraining import Mask, on_curve
from truceline.thermal.context import MAX_AHEAD, TRUCE, WAR, WEATHER, Context, context
from truceline.thermal.extras import COLUMNS, INPUTS, Extras
from truceline.thermal.firetable import DAYS_A_YEAR, Baseline, Fires, Ints, day_of_year
from truceline.thermal.season import Weather, WeatherTable

MODES = ("war", "truce")

TRUCE_SAYS = 0.92
"""Rank from which truce mode says *war*. Set high, on imagined truces (see the docs); below, it cannot tell."""

SHORT_DAYS = 45
"""War mode with fewer days of history than these takes the models trained on the days since the first of a month."""

SHORT_INPUTS = ("weather",)
"""Inputs besides fires that these know."""

CAUTION = 0.4
"""Share of the season (what the top tenth of peace years' fires score then) that war mode's rank takes off where
weather is known. P takes off all of it: better calibrated month by month, and it would take a dry spring for war."""

STRIPE_M = 110_000.0
"""Width of the stripes that part the training places in two."""


CALIBRATED_WAITS = (0, MAX_AHEAD)
"""Days waited for which there is a curve of calibration."""


@dataclass(frozen=True, eq=False)
class Scores:
    """What the model says of q fires."""

    p: Floats
    """P that a fire with such surroundings lies near the line, at the training share of near fires. Some 18 % of near
    fires would burn anyway, so an act of war is at most 0.82 of it. A probability only where `calibrated`. In truce
    mode it takes two values: *war*, and one for all of which it cannot tell."""

    rank: Floats
    """0 to 1, what decisions are taken on: the order of fires, in war mode more wary of a dry season than ``p``."""

    model: Ints
    """Which model judged each fire: -1 the whole one, else the fold that never saw its months and stripe."""

    history: Ints
    """Days of history each had, 1 to 90."""

    mode: str
    settled_days: int
    """Days waited after the fire's own; 0 is same-day."""

    used: tuple[str, ...]
    """Features used."""

    table: Floats
    """(q, k) the features themselves; 0 where one is not known."""

    known: dict[str, float] = field(default_factory=dict)
    """By input besides fires: for which share of the fires it is known."""

    @property
    def absent(self) -> tuple[str, ...]:
        """Inputs that are known for no fire; where one is known for some, the others are judged without it."""
        return tuple(name for name in INPUTS if not self.known.get(name))

    @property
    def calibrated(self) -> bool:
        """Whether ``p`` may be shown as a probability: a wait that no curve was fitted for only puts fires in order."""
        return self.settled_days in CALIBRATED_WAITS


def weather_of(table: WeatherTable) -> Weather:
    """Return the table as the model's factor on burning."""
    return Weather(table, blind_coefficients.WEATHER)


def score(
    fires: Fires,
    rows: Ints,
    baseline: Baseline,
    *,
    mode: str,
    extras: Extras | None = None,
    settled: int = 0,
    held_out: bool = True,
    counted: Fires | None = None,
    memory: Ints | None = None,
) -> Scores:
    """Judge some of the fires by what surrounds them.

    Args:
        fires: all fires known.
        rows: which of them to judge.
        baseline: years without the war; the caller leaves out the year that is judged.
        mode: ``war``: fires of the 90 days before count. ``truce``: nothing before the fire's own day does.
        extras: weather, land use, population. Each fire is judged by the model that was trained with just the inputs
            that are known for it.
        settled: days waited, 0 to 10; in truce mode it changes nothing.
        held_out: judge fires of the training period by the model that did not see their months.
        counted: fires that are counted round others, if not all are.
        memory: days that each row may look back; None: all that are there, at most 90.

    Raises:
        StateError: an unknown mode, or a wait that is not 0 to 10 days.
    """
    if mode not in MODES:
        raise StateError(f"thermal mode {mode!r} is none of {', '.join(MODES)}")
    if not 0 <= settled <= MAX_AHEAD:
        raise StateError(f"a settled answer waits 0 to {MAX_AHEAD} days, not {settled}")
    asked, beside = fires.take(rows), extras or Extras()
    settled = settled if mode == "war" else 0
    around = context(
        fires, rows, baseline, mode=mode, weather=beside.weather, ahead=settled, counted=counted, memory=memory
    )
    around = replace(around, columns={**around.columns, **beside.columns(asked)})
    known = beside.known(asked)
    model = fold_of(asked, fires) if held_out else np.full(len(asked), -1)
    rank, p = _judged(around, known, mode, settled, model, asked.day)
    names, _ = names_of(mode, tuple(name for name in INPUTS if known[name].any()))
    table = around.table(names) if len(rows) else np.zeros((0, len(names)))
    shares = {name: float(mask.mean()) if len(mask) else 0.0 for name, mask in known.items()}
    return Scores(p, rank, model, around.history, mode, settled, names, table, shares)


def _judged(
    around: Context, known: dict[str, Mask], mode: str, settled: int, model: Ints, day: Ints
) -> tuple[Floats, Floats]:
    """Rank and P of every fire, by the model of the inputs known for it, of its memory and of its fold."""
    short = np.asarray((around.history < SHORT_DAYS) & (mode == "war") & (settled == 0), dtype=np.bool_)
    which = short.astype(np.int64)
    for number, name in enumerate(INPUTS):
        there = known[name] & ~short if name not in SHORT_INPUTS else known[name]
        which += there.astype(np.int64) << (number + 1)
    rank, p = np.zeros(len(model)), np.zeros(len(model))
    for each in np.unique(which).tolist():
        rows = np.flatnonzero(which == each)
        given = tuple(name for number, name in enumerate(INPUTS) if each >> (number + 1) & 1)
        names, kind = names_of("short" if each & 1 else mode, given)
        trained: dict[str, Any] = blind_coefficients.MODELS[kind]
        table, odds = around.table(names)[rows], np.zeros(len(rows))
        for fold in np.unique(model[rows]).tolist():
            own = model[rows] == fold
            odds[own] = log_odds(trained["folds"][fold] if fold >= 0 else trained["whole"], table[own])
        rank[rows], p[rows] = said(trained, odds, day[rows], given, settled=settled > 0)
    return rank, p


def said(
    trained: dict[str, Any], odds: Floats, day: Ints, given: tuple[str, ...], *, settled: bool = False
) -> tuple[Floats, Floats]:
    """Return rank and P of one model's log odds, by what stands beside its weights."""
    after = "_settled" if settled else ""
    usual = usual_odds(trained.get("season"), day)
    wary = CAUTION if "weather" in given else 0.0
    rank = on_curve(odds - wary * usual, trained[f"curve{after}"])
    if "says" in trained:
        unsure, war = trained["says"]
        return rank, np.where(rank >= TRUCE_SAYS, war, unsure)
    return rank, on_curve(odds - usual, trained[f"level{after}"])


def usual_odds(season: tuple[float, ...] | None, day: Ints) -> Floats:
    """Return what the season is worth in log odds on each date: linear between the middles of parts of the year."""
    if season is None:
        return np.zeros(len(day))
    middles = (np.arange(len(season)) + 0.5) * DAYS_A_YEAR / len(season)
    return np.asarray(np.interp(day_of_year(day), middles, season, period=DAYS_A_YEAR))


def names_of(mode: str, given: tuple[str, ...] = ()) -> tuple[tuple[str, ...], str]:
    """Return the features of a mode with some inputs besides fires, and the name of the model that takes them.

    ``short`` is war mode with a short history.
    """
    names = TRUCE if mode == "truce" else WAR
    for name in given:
        names += WEATHER["truce" if mode == "truce" else "war"] if name == "weather" else COLUMNS[name]
    return names, "+".join((mode, *given))


def log_odds(weights: tuple[float, ...], table: Floats) -> Floats:
    """Return the logit's log odds, not yet calibrated: intercept first, then one weight a feature."""
    given = np.asarray(weights)
    # Row by row: a matrix product's last bit depends on how many rows are asked about together.
    return np.asarray(given[0] + (table * given[1:]).sum(axis=1))


def fold_of(fires: Fires, whole: Fires) -> Ints:
    """Return the fold that never saw a fire's months nor its stripe; -1 for dates outside the training period.

    Folds know places only as odd and even stripes, 110 km wide, counted from the middle of the file itself.
    """
    edges = np.array([np.datetime64(date, "D").astype(np.int64) for date in blind_coefficients.TIME_EDGES])
    when = np.searchsorted(edges, fires.day, side="right") - 1
    inside = (when >= 0) & (when < len(edges) - 1)
    return np.where(inside, 2 * when + stripe(fires, whole), -1)


def stripe(fires: Fires, whole: Fires) -> Ints:
    """Return 0 or 1: the stripe is even or odd."""
    return stripe_number(fires, whole) % 2


def stripe_number(fires: Fires, whole: Fires) -> Ints:
    """Return the stripe of each fire: across the way east, counted in metres from the middle of all fires."""
    if len(fires) == 0:
        return np.zeros(0, dtype=np.int64)
    middle = globe(whole.lon, whole.lat).mean(axis=0)
    middle /= max(float(np.linalg.norm(middle)), 1e-9)
    east = np.array([-middle[1], middle[0], 0.0])
    east /= max(float(np.linalg.norm(east)), 1e-9)
    along: Floats = globe(fires.lon, fires.lat) @ east
    return np.asarray(np.floor(along / STRIPE_M).astype(np.int64))
