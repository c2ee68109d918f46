# SPDX-License-Identifier: Apache-2.0
"""How a thermal model is judged: near against far, peace years left out, a truce imagined, and the rule beside it.

Labels are made here from the line, after the model has spoken, and only here and in training.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import gammainc

from truceline.base.geo import Floats, Line
from truceline.thermal._kernel import globe
from truceline.thermal.blindtraining import Mask, shift
from truceline.thermal.extras import Extras
from truceline.thermal.firetable import (
    Baseline,
    Fires,
    Ints,
    a_year_with_its_eve,
    day_of_year,
    without,
    year_of,
)
from truceline.thermal.placeblind import Scores, score, stripe_number

NEAR_M, FAR_M = 20_000.0, 100_000.0
"""Below: near. Above: far. Between: not judged."""

STRIKE_M, STRIKE_DAYS = 10_000.0, 1
"""A far fire so near a reported strike, in metres and days, is no example of peace; it is scored apart."""

PEACE = (2020, 2021)
"""Years kept out of training, on which flags are counted."""

LEVEL_DIGITS = 1
"""Digits of the log odds by which fires are counted together when a level is set."""

LEVEL_SD = 2.0
"""Standard deviation of the shift and the slope believed before any label is seen, each block counted as one look:
blocks, not fires, are independent. Two log odds are what months of 2023 differed by."""

STEP = 7919
"""A prime: steps of it through a file's fires come to all parts of it before they repeat."""


@dataclass(frozen=True, eq=False)
class Labels:
    """What n fires count as."""

    near: Mask
    """Within 20 km of the line."""

    far: Mask
    """More than 100 km off, and by no reported strike."""

    deep: Mask
    """More than 100 km off, by a reported strike."""


def labels(fires: Fires, line: Line, strikes: Fires) -> Labels:
    """Return near, far and deep fires; ``strikes`` are places and days of reported acts of war."""
    if len(fires) == 0:
        none = np.zeros(0, dtype=bool)
        return Labels(none, none, none)
    distance = line.nearest(fires.lon, fires.lat).distance_m
    beyond = distance > FAR_M
    deep = np.zeros(len(fires), dtype=bool)
    places, reported = globe(fires.lon, fires.lat), globe(strikes.lon, strikes.lat)
    for day in np.unique(fires.day[beyond]):
        own = np.flatnonzero(beyond & (fires.day == day))
        then = np.abs(strikes.day - day) <= STRIKE_DAYS
        if then.any():
            deep[own] = cKDTree(reported[then]).query(places[own])[0] <= STRIKE_M
    return Labels(distance < NEAR_M, beyond & ~deep, deep)


def sampled(rows: Ints, most: int) -> Ints:
    """Return at most so many of the rows, spread evenly over them."""
    if len(rows) <= most:
        return rows
    return rows[np.linspace(0, len(rows) - 1, most).astype(np.int64)]


def peace_year(
    baseline: Baseline, year: int, mode: str, extras: Extras | None, *, history: Ints, most: int = 8_000
) -> tuple[Scores, Fires] | None:
    """Judge one peace year's fires, its own year left out of the baseline; None where the baseline lacks the year.

    Each looks back no longer than one of the judged file's fires did (``history``, dealt out in turn): a threshold
    that was set with a memory of days says nothing of answers that rest on months.
    """
    rest = without(baseline, year)
    if year not in baseline or not rest:
        return None
    fires = a_year_with_its_eve(baseline, year)
    rows = sampled(np.flatnonzero(year_of(fires.day) == year), most)
    memory = history[np.arange(len(rows)) * STEP % len(history)] if len(history) else None
    return score(fires, rows, rest, mode=mode, extras=extras, held_out=False, memory=memory), fires.take(rows)


def levelled(p: Floats, near: Mask, fires: Fires, whole: Fires, share: float) -> Floats:
    """Return P with its level set by labels from elsewhere and another time: by other stripes in other weeks.

    The order is trained on other months, and a month has a level of its own. For the fires of each week and stripe a
    shift and a slope are fitted to the labels of all fires of neither that week nor that stripe, held the closer to
    the shipped level the fewer blocks (weeks of a stripe) there are. No label of a fire's own block, week or stripe
    enters, and P is all that is known of the others.

    Args:
        p: (n,) as shipped.
        near: (n,) labels.
        fires: the n fires.
        whole: all fires of the file, whose middle the stripes are counted from.
        share: to which near fires are re-weighted.
    """
    odds, found = np.log(p / (1.0 - p)), p.copy()
    value, of = np.unique(np.round(odds, LEVEL_DIGITS).astype(np.float64), return_inverse=True)
    weeks, week = np.unique(fires.day // 7, return_inverse=True)
    places, where = np.unique(stripe_number(fires, whole), return_inverse=True)
    count = np.zeros((len(weeks), len(places), 2, len(value)))
    np.add.at(count, (week.reshape(-1), where.reshape(-1), near.astype(np.int64), of.reshape(-1)), 1.0)
    for then, there in np.argwhere(count.sum(axis=(2, 3)) > 0).tolist():
        others = np.delete(np.delete(count, then, axis=0), there, axis=1)
        blocks = int((others.sum(axis=(2, 3)) > 0).sum())
        if blocks:
            of_kind: Floats = others.sum(axis=(0, 1))
            add, times = shift(value, of_kind[1], of_kind[0], share, 1.0 / (LEVEL_SD**2 * blocks))
            own = (week == then) & (where == there)
            found[own] = 1.0 / (1.0 + np.exp(-(add + times * odds[own])))
    return found


def replaced(
    fires: Fires,
    first: int,
    baseline: Baseline,
    year: int,
    line: Line,
    extras: Extras | None,
) -> tuple[Scores, Fires] | None:
    """Imagine that a truce holds from ``first`` on: fires near the line give way to those of a peace year.

    Those fires, moved to the same calendar days, are judged in truce mode among the period's fires farther off, with
    their own year left out of the baseline. None where there are none.
    """
    rest = without(baseline, year)
    after = fires.take(fires.day >= first)
    if year not in baseline or not rest or len(after) == 0:
        return None
    calendar = np.unique(after.day)
    when = {int(season): int(day) for day, season in zip(calendar[::-1], day_of_year(calendar)[::-1], strict=True)}
    theirs = baseline[year]
    theirs = theirs.take(np.isin(day_of_year(theirs.day), list(when)))
    if len(theirs) == 0:
        return None
    theirs = theirs.take(line.nearest(theirs.lon, theirs.lat).distance_m < NEAR_M)
    if len(theirs) == 0:
        return None
    moved = Fires(theirs.lon, theirs.lat, np.array([when[int(s)] for s in day_of_year(theirs.day)], dtype=np.int64))
    others = after.take(line.nearest(after.lon, after.lat).distance_m >= NEAR_M)
    scene = others.and_(moved)
    rows = np.arange(len(others), len(scene))
    return score(scene, rows, rest, mode="truce", extras=extras, held_out=False), moved


RULE_DEG, RULE_P, RULE_APART, RULE_LASTS = 0.1, 0.05, 7, 10
"""The Economist's rule: 0.1° cells, counts of under 5 % chance, twice at least 7 days apart, then for 10 days."""


def economist(fires: Fires, baseline: Baseline) -> Mask:
    """Return which fires The Economist's published rule would call war's, emulated.

    A cell-day is abnormal if, at the mean rate of that cell within fifteen days of the date in the baseline's years
    (Poisson), so many fires have less than 5 % chance. A second abnormal day, at least seven days after a first, opens
    ten days in which every fire of the cell is war's. (github.com/TheEconomist/the-economist-war-fire-model, in words.)
    """
    found = np.zeros(len(fires), dtype=bool)
    if len(fires) == 0:
        return found
    seasons = _cell_days(baseline)
    cells, of = np.unique(_cells(fires), axis=0, return_inverse=True)
    of = of.reshape(-1)
    order = np.lexsort((fires.day, of))
    begins = np.searchsorted(of[order], np.arange(len(cells) + 1))
    for number, cell in enumerate(cells.tolist()):
        rows = order[begins[number] : begins[number + 1]]
        days, of_day, count = np.unique(fires.day[rows], return_inverse=True, return_counts=True)
        usual = seasons.get(tuple(cell), np.zeros(0, dtype=np.int64))
        away = np.abs(day_of_year(days)[:, None] - usual[None, :])
        rate = (np.minimum(away, 366 - away) <= 15).sum(axis=1) / (31.0 * max(len(baseline), 1))
        odd = days[_tail(count, rate) < RULE_P]
        opened = odd[odd - odd[0] >= RULE_APART] if len(odd) else odd
        since = days[:, None] - opened[None, :]
        within = np.asarray(((since >= 0) & (since <= RULE_LASTS)).any(axis=1), dtype=np.bool_)
        found[rows] = within[of_day.reshape(-1)]
    return found


def _cells(fires: Fires) -> Ints:
    """The rule's own cells: of degrees, as published."""
    return np.floor(np.stack([fires.lon, fires.lat], axis=1) / RULE_DEG + 1e-9).astype(np.int64)


def _cell_days(baseline: Baseline) -> dict[tuple[int, ...], Ints]:
    """Days of the year of each cell's fires, all years together."""
    whole = Fires.none()
    for fires in baseline.values():
        whole = whole.and_(fires)
    if len(whole) == 0:
        return {}
    cells, of = np.unique(_cells(whole), axis=0, return_inverse=True)
    order = np.argsort(of.reshape(-1), kind="stable")
    begins = np.searchsorted(of.reshape(-1)[order], np.arange(len(cells) + 1))
    season = day_of_year(whole.day)[order]
    return {tuple(cell): season[begins[k] : begins[k + 1]] for k, cell in enumerate(cells.tolist())}


def _tail(count: Ints, rate: Floats) -> Floats:
    """P(at least so many) at a Poisson rate."""
    return np.where(rate > 0, gammainc(count, np.maximum(rate, 1e-12)), 0.0)
