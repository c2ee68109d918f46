# SPDX-License-Identifier: Apache-2.0
"""How many acts of a kind probably happened in a place and a period, from a finished run."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from truceline.base.clock import Interval, iso, to_column
from truceline.base.geo import Floats
from truceline.coverage import chance, comparison, estimate, fields, passes
from truceline.coverage import cloud as clouds
from truceline.errors import Malformed
from truceline.flow.ground import Area, Ground
from truceline.flow.stages import SEED, any_fire
from truceline.model.detection import Ints
from truceline.model.look import Look
from truceline.model.taxonomy import ACTS, FIRE_CAUSES
from truceline.model.watching import Comparison, Estimate, ReferenceAct

ANY_FIRE = "fire"
"""Any fire, whatever lit it: what a claim of fires counts."""

KINDS = (*FIRE_CAUSES, ANY_FIRE)
"""What these sensors can tell apart and so count."""

_PLURAL = {
    "act_of_war": "acts of war",
    "farm_burning": "farm fires or wildfires",
    "industry": "industrial fires",
    ANY_FIRE: "fires",
}


@dataclass(frozen=True)
class Shares:
    """Coverage of a place and a period: P(the reference act, done there and then, is detected)."""

    act: ReferenceAct
    """The act."""

    share: float
    """Under the first cloud assumption."""

    low: float
    """Under the least favourable one."""

    high: float
    """Under the most favourable one."""


@dataclass(frozen=True, eq=False)
class Answer:
    """An estimate with what it stands on."""

    kind: str
    """Which acts."""

    area: Area
    """Where."""

    period: Interval
    """When."""

    shares: Shares
    """Coverage."""

    estimate: Estimate
    """How many."""

    looks: tuple[Look, ...]
    """Looks that could see some of the place while an act of the period burns."""

    def plain(self) -> dict[str, Any]:
        """Return it as JSON."""
        found = self.estimate
        return {
            "act": self.kind,
            "area": self.area.name,
            "area_text": self.area.understood,
            "from": iso(self.period.start),
            "to": iso(self.period.end),
            "low": found.low,
            "mid": found.mid,
            "high": found.high,
            "level": estimate.LEVEL,
            "cannot_tell": found.cannot_tell,
            "reason": found.reason,
            "unit": found.unit,
            "seen": found.seen,
            "seen_weighted": found.seen_weighted,
            "coverage": {key: round(getattr(self.shares, key), 6) for key in ("share", "low", "high")},
            "reference_act": _unit(self.area, self.shares.act),
            "looks": len(self.looks),
            "assumptions": list(found.assumptions),
        }


def answer(ground: Ground, area: Area, period: Interval, kind: str = "act_of_war") -> Answer:
    """Return how many acts of a kind are compatible with what was seen in a place and period.

    Raises:
        Malformed: the kind is no word of the taxonomy, or the period has no length.
    """
    if kind not in KINDS and kind not in ACTS:
        raise Malformed(f"no act is called {kind!r:.40}; counted are {', '.join(KINDS)}")
    if period.hours <= 0:
        raise Malformed("the period has no length")
    act = ground.view.coverage.act
    shares, half, looks = _coverage(ground, area, period, act)
    inside = area.events & period.holds(ground.events.first)
    words = estimate.Words(
        _PLURAL.get(kind, f"acts of the kind “{kind}”"), area.title, area.title, _when(period), _unit(area, act)
    )
    if kind not in KINDS:
        return Answer(kind, area, period, shares, _untold(kind, words, int(inside.sum())), looks)
    p, band = _believed(ground, kind, inside)
    seed = _seed(ground, area, period, kind)
    drawn = None
    if ground.cloud:
        drawn = chance.chances(np.random.default_rng(seed), half, ground.cloud, area.length_km, estimate.DRAWS)
    lon, lat, first = (getattr(ground.events, name)[inside] for name in ("lon", "lat", "first"))
    burst = estimate.bursts(lon, lat, first, p)
    floor = ground.agreement.coverage_floor
    found = estimate.estimate(p, shares, floor, seed=seed, band=band, chances=drawn, burst=burst, words=words)
    return Answer(kind, area, period, shares, found, looks)


def _unit(area: Area, act: ReferenceAct) -> str:
    """What one act is counted as; away from the line the reach from it means nothing."""
    return act.text() if area.beside_line else act.anywhere()


def _seed(ground: Ground, area: Area, period: Interval, kind: str) -> int:
    """The same question always has the same answer, whoever asks and by whatever names the parties go."""
    if area.name in ("line", "") and period == ground.agreement.window and kind == "act_of_war":
        return SEED
    told = f"{iso(period.start)} {iso(period.end)} {len(area.points)} {kind}"
    return SEED + int.from_bytes(hashlib.sha256(told.encode()).digest()[:4], "big")


def _when(period: Interval) -> str:
    return f"from {period.start:%d %b %Y %H:%M} to {period.end:%d %b %Y %H:%M} UTC"


def _believed(
    ground: Ground, kind: str, inside: np.ndarray[Any, np.dtype[np.bool_]]
) -> tuple[Floats, tuple[Floats, Floats] | None]:
    """P(of that kind) of each event, and its band where the thermal model states one."""
    events = ground.events
    if kind == ANY_FIRE:
        return any_fire(events)[inside], None
    p = events.p_act[kind][inside] if kind in events.p_act else np.zeros(int(inside.sum()))
    if kind != "act_of_war" or "band_low" not in events.attributes:
        return p, None
    low, high = (events.attributes[name].astype(np.float64)[inside] for name in ("band_low", "band_high"))
    return p, (low, high)


def _untold(kind: str, words: estimate.Words, seen: int) -> Estimate:
    """The answer for a kind that heat does not tell from others."""
    reason = (
        f"These sensors see heat, not what made it: “{ACTS[kind].text}” cannot be told from other acts. "
        "Ask for act_of_war, every kind together."
    )
    unit = f"{words.acts} {words.place} {words.when}, each counted as {words.unit}"
    return Estimate(None, None, None, cannot_tell=True, reason=reason, unit=unit, seen=seen, seen_weighted=0.0,
                    assumptions=())  # fmt: skip


def _coverage(
    ground: Ground, area: Area, period: Interval, act: ReferenceAct
) -> tuple[Shares, chance.HalfDays, tuple[Look, ...]]:
    """Coverage of the place and period, by half-day, and the looks that gave it."""
    reach = Interval(period.start, period.end)
    looks = [look for look in ground.readable if look.interval.end >= reach.start and _soon(look, reach, act)]
    weights = area.points.km
    if not looks or not len(area.points):
        none = chance.HalfDays(np.empty(0, "datetime64[D]"), np.empty(0), 0.0)
        return Shares(act, 0.0, 0.0, 0.0), none, ()
    clear = fields.clear_sky(looks, area.points, act)
    half = chance.half_days(passes.columns(looks), clear, weights, act.duration_hours * 3600, period, lon=area.lon)
    days = half.day.astype("datetime64[s]")
    listed = [float((half.share * (1 - each.hidden(days))).sum()) for each in clouds.assumptions(ground.cloud)]
    used = tuple(look for look, row in zip(looks, clear, strict=True) if row.any())
    return Shares(act, listed[0], min(listed), max(listed)), half, used


def compare(ground: Ground, area: Area, one: Interval, other: Interval) -> Comparison:
    """Return whether the rate of acts of war in one period differs from that of another, per unit of coverage.

    Raises:
        Malformed: the periods overlap, or one has no length.
    """
    if min(one.hours, other.hours) <= 0:
        raise Malformed("a period has no length")
    if one.overlap(other):
        raise Malformed("the two periods overlap; what lies in both cannot be compared with itself")
    looks = ground.readable
    times = np.array([to_column(look.moment) for look in looks], dtype="datetime64[us]")
    first = one.holds(times)
    kept = np.flatnonzero(first | other.holds(times))
    chosen = [looks[row] for row in kept]
    listed = clouds.assumptions(ground.cloud)
    exposure = {each.name: np.zeros(len(chosen)) for each in listed}
    if chosen and len(area.points):
        clear = fields.clear_sky(chosen, area.points, ground.view.coverage.act)
        clear = clear @ (area.points.km / area.points.km.sum())
        exposure = {each.name: clear * (1 - fields.hidden(chosen, each)) for each in listed}
    table = comparison.PassTable.of_sightings(
        times[kept],
        np.array([look.daylight for look in chosen], dtype=bool),
        first[kept],
        exposure,
        _sightings(ground, area, chosen),
    )
    found = comparison.compare(table, {each.name: each.text for each in listed})
    return replace(found, reason=_two_periods(found.reason))


_PHRASES = (
    ("inside the truce or on the days around it", "in one of the two periods"),
    ("in the truce", "in the first period"),
    ("outside the truce to compare with", "in the second period"),
    ("outside the truce", "in the second period"),
    ("near the line ", "there "),
    ("that of the days around it", "that of the second"),
    ("on the days around", "in the second period"),
)


def _two_periods(reason: str) -> str:
    """The sentence of a truce and its days around, said of two periods."""
    for truce, period in _PHRASES:
        reason = reason.replace(truce, period)
    return reason


def _sightings(ground: Ground, area: Area, looks: Sequence[Look]) -> tuple[Ints, Ints, Floats]:
    """Of each fire pixel in the area seen by one of the looks: the look's row, its event, P(act of war)."""
    found, events = ground.detections, ground.events
    places = found.index if found.index is not None else np.arange(len(found))
    row_of = {int(index): row for row, index in enumerate(places)}
    event_of = np.full(len(found), -1, dtype=np.int64)
    for number, members in enumerate(events.members):
        event_of[[row_of[int(member)] for member in members]] = number
    look_of = passes.match(looks, found) if looks else np.full(len(found), -1, dtype=np.int64)
    seen = area.pixels & (look_of >= 0) & (event_of >= 0)
    return look_of[seen], event_of[seen], events.p_act["act_of_war"][event_of[seen]]


def _soon(look: Look, period: Interval, act: ReferenceAct) -> bool:
    """Whether a look passes while an act of the period may still burn."""
    return (look.interval.start - period.end).total_seconds() < act.duration_hours * 3600


def kinds(ground: Ground, area: Area, period: Interval, wanted: Sequence[str]) -> tuple[Answer, ...]:
    """Return one answer per kind."""
    return tuple(answer(ground, area, period, kind) for kind in wanted)
