# SPDX-License-Identifier: Apache-2.0
"""What surrounds a fire, against the same season of years without the war: features that know no place.

Every feature is a count of fires round the fire, in metres and days, or a ratio of such counts. Neither coordinates,
nor a province, nor a cell enter, nor the line. docs/explanation/thermal.md says what each one means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from truceline.base.geo import Floats
from truceline.thermal._kernel import Block, Small, blocks, globe, wide
from truceline.thermal.firetable import DAYS_A_YEAR, Baseline, Fires, Ints, day_of_year
from truceline.thermal.season import Weather

SCALES_KM = (1, 3, 10, 30, 60, 200)
"""Radii, kilometres."""

HISTORY = 90
"""Days remembered in war mode, the day itself among them."""

MAX_AHEAD = 10
"""Most days a settled answer may wait."""

SMOOTH = 10
"""Days before and after over which the season of each year is smoothed."""

ACTIVE = 0.35
"""Daily statistic above which a neighbourhood counts as active: a fire well within the radius."""

OWN = float(np.log(3.0))
"""The daily statistic of a lone fire, taken off what it sees round itself."""

SOME_HISTORY = 5.0
"""Days of quiet added to a share of active days, so that a short history says little."""

REGION_KM = 100
"""Radius within which other fires make a day a busy one. Farmers burn when everybody burns; a front burns also when
nobody else does, in rain and under cloud that leaves all satellites few fires: a day's exposure, told by fires."""

BUSY_BEYOND_KM = 10
"""Fires so near are its own, and not part of what burns in the region on its day."""

WEEK = 7

MONTH = DAYS_A_YEAR / 12

WAR = tuple(f"active_{r}" for r in (30, 200)) + tuple(f"weeks_{r}" for r in (30, 60))
WAR += tuple(f"excess_{r}" for r in (60, 200)) + tuple(f"alone_{r}" for r in (3, 10, 30, 60))
WAR += (*(f"active_over_most_{r}" for r in (10, 30, 60, 200)), "busy_today", "hot_months")
"""War mode: days active, weeks active, excess over the mean season, active on quiet days, days active against the
peace year that had most of them there in that season, how much burns in the region today, industry."""

TRUCE = tuple(f"today_{r}" for r in SCALES_KM) + tuple(f"season_{r}" for r in SCALES_KM) + ("hot_months",)
"""Truce mode: excess of the day alone, the season of peace years, industry. Nothing before the day."""

FEW_ACTIVE = 0.05
"""Added to both shares of active days before their ratio is taken."""

WEATHER = {"war": ("weather_90",), "truce": ("weather_1",)}
"""What weather adds to each mode."""


@dataclass(frozen=True, eq=False)
class Context:
    """Features of q fires, by name."""

    columns: Mapping[str, Floats]
    history: Ints
    """Days of history each had, the day itself among them, at most 90."""

    def table(self, names: tuple[str, ...]) -> Floats:
        """Return (q, k) the named features, held within the range they may have."""
        return np.stack([np.clip(self.columns[name], -8.0, 20.0) for name in names], axis=1)


def context(
    fires: Fires,
    rows: Ints,
    baseline: Baseline,
    *,
    mode: str,
    weather: Weather | None = None,
    ahead: int = 0,
    counted: Fires | None = None,
    memory: Ints | None = None,
) -> Context:
    """Return what surrounds some of the fires.

    Args:
        fires: all fires known, in any order.
        rows: which of them to describe.
        baseline: fires of years without the war. The caller leaves out the year that is judged.
        mode: ``war`` (fires of the 90 days before count) or ``truce`` (only the day's own do).
        weather: how favourable to burning each region and day was; None if not known.
        ahead: days after the fire's own that count too, 0 to 10: same-day, or settled(n).
        counted: the fires that are counted round others, where not all are (one satellite's, like the baseline's).
        memory: days that each of the rows may look back, its own among them; None: all that are there, at most 90.
    """
    around = fires if counted is None else counted
    asked = fires.take(rows)
    if mode == "truce":
        around = around.take(np.isin(around.day, np.unique(asked.day)))
    span = _span(around, asked, mode)
    parts: dict[str, Floats] = {"history": np.zeros(len(asked))}
    for km in SCALES_KM:
        _scale(km, asked, around, baseline, span, mode, ahead, weather if km == 30 else None, memory, parts)
    history = parts.pop("history").astype(np.int64)
    return Context(parts, history)


def _span(around: Fires, asked: Fires, mode: str) -> tuple[int, int]:
    """First day and number of days of the observed columns."""
    both = np.concatenate([around.day, asked.day]) if mode == "war" else asked.day
    if len(asked) == 0 or len(both) == 0:
        return 0, 1
    first = max(int(both.min()), int(asked.day.min()) - HISTORY)
    last = min(int(both.max()), int(asked.day.max()) + MAX_AHEAD)
    return first, last - first + 1


def _scale(
    km: int,
    asked: Fires,
    around: Fires,
    baseline: Baseline,
    span: tuple[int, int],
    mode: str,
    ahead: int,
    weather: Weather | None,
    memory: Ints | None,
    parts: dict[str, Floats],
) -> None:
    """Add one radius's features."""
    first, days = span
    seen = around.take((around.day >= first) & (around.day < first + days))
    years = sorted(baseline)
    points = np.concatenate([globe(seen.lon, seen.lat), *(globe(baseline[y].lon, baseline[y].lat) for y in years)])
    column = np.concatenate(
        [seen.day - first, *(days + DAYS_A_YEAR * k + day_of_year(baseline[y].day) for k, y in enumerate(years))]
    )
    queries = globe(asked.lon, asked.lat)
    region = None
    if f"alone_{km}" in WAR and mode == "war":
        region = wide(globe(seen.lon, seen.lat), seen.day - first, days, 1000.0 * REGION_KM)
    width = days + DAYS_A_YEAR * len(years)
    favour = None if weather is None else (weather.region(queries), weather.factor(first, days))
    for block in blocks(queries, points, column, width, 1000.0 * km):
        own = asked.day[block.rows]
        part = _Part(block, own - first, day_of_year(own), days, len(years), first)
        if memory is not None:
            part.memory = np.minimum(memory[block.rows], HISTORY)
        found = part.war(km, ahead) if mode == "war" else part.truce(km)
        if region is not None:
            found |= part.alone(km, ahead, region(block.places))
        if favour is not None:
            found |= part.weather(favour[0][block.rows], favour[1])
        for name, values in found.items():
            parts.setdefault(name, np.zeros(len(asked)))[block.rows] = values


class _Part:
    """One block of centres, all its days, as the daily statistic ln(1 + 2 Σ weights)."""

    def __init__(self, block: Block, day: Ints, season: Ints, days: int, years: int, first: int) -> None:
        values = np.log1p(2.0 * block.sums)
        self.centre, self.day, self.season, self.days = block.centre, day, season, days
        self.memory = np.full(len(day), HISTORY, dtype=np.int64)
        self.seen = values[:, :days]
        self.years = values[:, days:].reshape(len(values), years, DAYS_A_YEAR)
        self.calendar = day_of_year(np.arange(first, first + days))
        self.clim = _smoothed(self.years)

    def window(self, daily: Small, before: int, ahead: int) -> Floats:
        """Sum of a (centres, days) statistic over the ``before`` days up to each fire's own, and ``ahead`` more."""
        low, high = self.ends(before, ahead)
        total = np.concatenate([np.zeros((len(daily), 1)), np.cumsum(daily, axis=1, dtype=np.float64)], axis=1)
        return np.asarray(total[self.centre, high] - total[self.centre, low])

    def ends(self, before: int, ahead: int) -> tuple[Ints, Ints]:
        """First column of each fire's window, and the one after its last."""
        back = np.minimum(before, self.memory)
        return np.maximum(self.day + 1 - back, 0), np.minimum(self.day + 1 + ahead, self.days)

    def war(self, km: int, ahead: int) -> dict[str, Floats]:
        """Ninety days."""
        low, high = self.ends(HISTORY, ahead)
        length = (high - low).astype(np.float64)
        seen = np.maximum(self.window(self.seen, HISTORY, ahead) - OWN, 0.0)
        expected = self.window(self.clim[:, self.calendar], HISTORY, ahead)
        active = self.window((self.seen > ACTIVE).astype(np.float32), HISTORY, ahead) / (length + SOME_HISTORY)
        usual = self._worst((self.years > ACTIVE).astype(np.float32)) / HISTORY
        return {
            f"active_{km}": active,
            f"active_over_most_{km}": np.log((active + FEW_ACTIVE) / (usual + FEW_ACTIVE)),
            f"excess_{km}": np.log((seen + 2.0) / (expected + 2.0)),
            "history": np.minimum(length, HISTORY),
            **self._weeks(km, ahead),
            **self._industry(km),
        }

    def alone(self, km: int, ahead: int, region: Small) -> dict[str, Floats]:
        """Share of the days on which it burned there, each day weighted by how little else burned in the region."""
        others = np.maximum(region - np.expm1(self.seen) / 2.0, 0.0)
        quiet = 1.0 / (1.0 + others) ** 2
        active = self.window(np.where(self.seen > ACTIVE, quiet, 0.0), HISTORY, ahead)
        found = {f"alone_{km}": active / (self.window(quiet, HISTORY, ahead) + 1.0)}
        if km == BUSY_BEYOND_KM:
            found["busy_today"] = np.log1p(others[self.centre, self.day].astype(np.float64))
        return found

    def _weeks(self, km: int, ahead: int) -> dict[str, Floats]:
        """Share of the weeks in which it burned there: farmers burn for some weeks, a front burns in all."""
        if f"weeks_{km}" not in WAR:
            return {}
        low, high = self.ends(HISTORY, ahead)
        active = self.seen > ACTIVE
        total = np.concatenate([np.zeros((len(active), 1), dtype=np.int64), np.cumsum(active, axis=1)], axis=1)
        count = np.zeros(len(high))
        for back in range(0, HISTORY + ahead, WEEK):
            last, first = np.maximum(high - back, low), np.maximum(high - back - WEEK, low)
            count += total[self.centre, last] > total[self.centre, first]
        return {f"weeks_{km}": count / (np.ceil((high - low) / WEEK) + 1.0)}

    def truce(self, km: int) -> dict[str, Floats]:
        """The day alone, and the season."""
        seen = np.maximum(self.window(self.seen, 1, 0) - OWN, 0.0)
        today = self.clim[self.centre, self.season].astype(np.float64)
        return {
            f"today_{km}": np.log((seen + 0.3) / (today + 0.3)),
            f"season_{km}": np.log(self._season(self.clim) + 1.0),
        } | self._industry(km)

    def weather(self, region: Ints, factor: Floats) -> dict[str, Floats]:
        """How much more than usual the weather of the day, and of 90 days of the season, lets burn (logarithm)."""
        of_centre = np.zeros(len(self.seen), dtype=np.int64)
        of_centre[self.centre] = region
        low, high = self.ends(HISTORY, 0)
        daily = factor[:, of_centre].T
        usual = self.clim[:, self.calendar].astype(np.float64) + 1e-3
        total = np.concatenate([np.zeros((len(usual), 1)), np.cumsum(usual, axis=1)], axis=1)
        raised = np.concatenate([np.zeros((len(usual), 1)), np.cumsum(usual * np.exp(daily), axis=1)], axis=1)
        at = self.centre
        ratio = (raised[at, high] - raised[at, low] + 0.2) / (total[at, high] - total[at, low] + 0.2)
        return {"weather_90": np.log(ratio), "weather_1": daily[at, self.day]}

    def _season(self, year: Small) -> Floats:
        """Sum of (centres, 366) over the 90 days of the season that end with each fire's own day."""
        wrapped = np.concatenate([year[:, -HISTORY:], year], axis=1)
        total = np.concatenate([np.zeros((len(year), 1)), np.cumsum(wrapped, axis=1, dtype=np.float64)], axis=1)
        end = self.season + HISTORY + 1
        return np.asarray(total[self.centre, end] - total[self.centre, end - HISTORY])

    def _worst(self, years: Small) -> Floats:
        """Most that any one year of (centres, years, 366) had in these ninety days."""
        if years.shape[1] == 0:
            return np.zeros(len(self.centre))
        each = [self._season(years[:, k]) for k in range(years.shape[1])]
        return np.asarray(np.max(each, axis=0), dtype=np.float64)

    def _industry(self, km: int) -> dict[str, Floats]:
        """In how many months of the year the place itself was hot in years without the war."""
        if km != 1:
            return {}
        hot = (self.years > ACTIVE).any(axis=1)
        begins = np.floor(np.arange(12) * MONTH).astype(np.int64)
        months = np.maximum.reduceat(hot, begins, axis=1).sum(axis=1)
        return {"hot_months": months[self.centre].astype(np.float64)}


def _smoothed(years: Small) -> Small:
    """Mean over the years (n, years, 366), smoothed over the days of the season; zero where there is no year."""
    if years.shape[1] == 0:
        return np.zeros((len(years), DAYS_A_YEAR), dtype=np.float32)
    mean = years.mean(axis=1)
    wide = np.concatenate([mean[:, -SMOOTH:], mean, mean[:, :SMOOTH]], axis=1)
    total = np.concatenate([np.zeros((len(wide), 1)), np.cumsum(wide, axis=1, dtype=np.float64)], axis=1)
    span = 2 * SMOOTH + 1
    return np.asarray((total[:, span:] - total[:, :-span]) / span, dtype=np.float32)
