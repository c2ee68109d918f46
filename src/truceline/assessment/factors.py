# SPDX-License-Identifier: Apache-2.0
"""The factors of P(breach | event, provision, reading): act, actor, window, exceptions; each a range, in columns."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from truceline.base.clock import Interval, Times, to_column
from truceline.base.geo import Floats
from truceline.model.agreement import Party, RuleException
from truceline.model.clauses import Attribution
from truceline.model.event import Events
from truceline.model.taxonomy import Layer, Status
from truceline.model.vocabulary import Vocabulary

HEAT = "thermal"
"""How the name of an error family begins that sees heat and nothing else."""

WEAPON = "p_weapon."
"""How the attributes begin that hold an event's belief about weapons."""

OPEN_SHARE = 0.5
"""So much of a factor left open by the belief, and the factor cannot be told."""


@dataclass(frozen=True, eq=False)
class Range:
    """What a factor may be (n,)."""

    low: Floats
    """Least."""

    high: Floats
    """Greatest."""

    point: Floats = field(default_factory=lambda: np.empty(0))
    """What the belief itself says: the least unless given; NaN, *cannot tell*, where too much is left open."""

    def __post_init__(self) -> None:
        if len(self.point) != len(self.low):
            object.__setattr__(self, "point", self.low)


def told(low: Floats, high: Floats, point: Floats | None = None, most: float = OPEN_SHARE) -> Range:
    """Return a range whose point is the least, or what is given; NaN where ``most`` or more is left open."""
    return Range(low, high, np.where(high - low >= most, np.nan, low if point is None else point))


def act(events: Events, wanted: frozenset[str], vocabulary: Vocabulary) -> Range:
    """Return P(the act is one of ``wanted``).

    An undivided ``act_of_war`` counts whole where every act of war is prohibited; where only some kinds are, it may
    be of those kinds or not: from nothing to all of it. So may a mere signature, and a word nobody knows. Where the
    thermal model states a 90 % band of ``act_of_war``, the band is the range. An event without any belief may be
    anything: 0 to 1.
    """
    low, high, known = np.zeros(len(events)), np.zeros(len(events)), np.zeros(len(events), dtype=bool)
    point, left_open = np.zeros(len(events)), np.zeros(len(events))
    for name, column in events.p_act.items():
        values = _numbers(column)
        known |= ~np.isnan(values)
        share = np.nan_to_num(values)
        least, most = _band(events, name, share)
        word = vocabulary.acts.get(name)
        if name in wanted:
            low, high, point = low + least, high + most, point + share
        elif name == "act_of_war" or word is None or word.layer is Layer.SIGNATURE:
            high, left_open = high + most, left_open + share
    point = np.where(known & (left_open < OPEN_SHARE), _share(point), np.nan)
    return Range(np.where(known, _share(low), 0.0), np.where(known, _share(high), 1.0), point)


def _band(events: Events, name: str, share: Floats) -> tuple[Floats, Floats]:
    """Least and greatest P(act) of one act: the thermal model's band for ``act_of_war``, else the value itself."""
    if name != "act_of_war" or not {"band_low", "band_high"} <= set(events.attributes):
        return share, share
    least, most = (_numbers(events.attributes[key]) for key in ("band_low", "band_high"))
    return np.fmin(share, least), np.fmax(share, most)


def weapon(events: Events, wanted: frozenset[str], vocabulary: Vocabulary) -> Range:
    """Return P(the weapon is one of ``wanted``); 1 where none is named.

    A belief about a whole class may be of the weapons named or not. An event that says nothing of weapons may have
    been done with any: 0 to 1.
    """
    if not wanted:
        return Range(np.ones(len(events)), np.ones(len(events)))
    low, high, known = np.zeros(len(events)), np.zeros(len(events)), np.zeros(len(events), dtype=bool)
    classes = {w.of for w in vocabulary.weapons.values() if w.id in wanted}
    for name, column in events.attributes.items():
        if name.startswith(WEAPON):
            values = _numbers(column)
            known |= ~np.isnan(values)
            word = name.removeprefix(WEAPON)
            share = np.nan_to_num(values)
            low = low + (share if word in wanted else 0.0)
            vague = word in classes or (word not in vocabulary.weapons and word not in vocabulary.classes)
            high = high + (share if word in wanted or vague else 0.0)
    return told(np.where(known, _share(low), 0.0), np.where(known, _share(high), 1.0))


def actor(events: Events, actors: tuple[str, ...], parties: tuple[Party, ...]) -> Range:
    """Return P(a bound party did it | such an act was done).

    Where nothing but heat was seen, no belief about the author is taken: if every party is bound it does not matter
    which of them did it (1; that neither did, or a proxy, is left out), else 0 to 1. Where another sensor says who,
    the bound parties' share is the least, and what is unknown or a proxy's may be theirs too. A proxy whose acts are
    imputed to a bound party counts as that party; so does an unnamed one if only bound parties have such proxies.
    """
    everyone = set(actors) >= {party.id for party in parties}
    low, high = np.full(len(events), 1.0 if everyone else 0.0), np.ones(len(events))
    point = np.full(len(events), 1.0 if everyone else np.nan)
    rows, belief = _authors(events)
    if not len(rows):
        return Range(low, high, point)
    total = _sum_sorted(list(belief.values()), len(rows))
    imputed = [proxy.id for party in parties if party.id in actors for proxy in party.proxies]
    have = {party.id for party in parties if party.proxies}
    # Sums in the order of their shares, not of names: they then come out the same when parties swap.
    bound = _sum_sorted([belief[name] for name in (*actors, *imputed) if name in belief], len(rows))
    unknown = belief.get("unknown", np.zeros(len(rows))) + np.maximum(0.0, 1.0 - total)
    proxy = belief.get("proxy", np.zeros(len(rows)))
    if have and have <= set(actors):
        bound, proxy = bound + proxy, np.zeros(len(rows))
    low[rows] = _share(bound + unknown if everyone else bound)
    high[rows] = _share(bound + unknown + proxy)
    point[rows] = np.where(high[rows] - low[rows] >= OPEN_SHARE, np.nan, low[rows])
    return Range(low, high, point)


def part(both: Range | None, whole: Range) -> Range:
    """Return how much of ``whole`` is also ``both``, which names some of it; None: nothing."""
    if both is None:
        return Range(np.zeros(len(whole.low)), np.zeros(len(whole.low)))
    return Range(ratio(both.low, whole.high), np.maximum(ratio(both.high, whole.low), ratio(both.high, whole.high)))


def ratio(one: Floats, whole: Floats) -> Floats:
    """Return ``one / whole``, at most 1; 0 where the whole is nothing."""
    return np.clip(np.divide(one, whole, out=np.zeros(len(whole)), where=whole > 0), 0.0, 1.0)


def window(events: Events, when: Interval, lit_within_hours: float) -> Floats:
    """Return P(the act fell inside the window).

    Events that state the error of their time (attribute ``sigma_s``): any moment from ``first`` to ``last`` alike, and
    about it a Gaussian error. Others are fires: one first seen at t was lit in the last ``lit_within_hours`` before t,
    any moment of them alike: the probability is the share of that stretch that lies inside. Seen again later than
    that, it was fed again within the same stretch before its last sighting; the greater of the two shares counts.
    """
    if "sigma_s" in events.attributes:
        return _timed(events, when)
    first = _inside(events.first, when, lit_within_hours)
    last = _inside(events.last, when, lit_within_hours)
    return np.where(fed_again(events, lit_within_hours), np.maximum(first, last), first)


def _timed(events: Events, when: Interval) -> Floats:
    """P(inside the window) of a moment spread evenly from ``first`` to ``last``, then by a Gaussian error."""
    start, end = (to_column(moment) for moment in (when.start, when.end))
    sigma = np.nan_to_num(_numbers(events.attributes["sigma_s"]))
    length = (events.last - events.first).astype(np.int64) / 1e6
    at = [(edge - events.first).astype(np.int64) / 1e6 for edge in (start, end)]
    to = [(edge - events.last).astype(np.int64) / 1e6 for edge in (start, end)]
    held = when.holds(events.first).astype(np.float64)
    spread = np.maximum(sigma, 1e-9)
    moment = ndtr(at[1] / spread) - ndtr(at[0] / spread)
    long = np.maximum(length, 1e-6)
    even = (_sloped(at[1], spread) - _sloped(to[1], spread) - _sloped(at[0], spread) + _sloped(to[0], spread)) / long
    found = np.where(length > 0, even, np.where(sigma > 0, moment, held))
    return _share(np.asarray(np.round(found, 9), np.float64))


def _sloped(x: Floats, sigma: Floats) -> Floats:
    """The integral of the normal distribution function up to x."""
    z = x / sigma
    return np.asarray(x * ndtr(z) + sigma * np.exp(-0.5 * np.minimum(z * z, 1e3)) / np.sqrt(2 * np.pi))


def fed_again(events: Events, lit_within_hours: float) -> npt.NDArray[np.bool_]:
    """Return which events were seen for longer than one fire of that duration burns."""
    return np.asarray((events.last - events.first) > _microseconds(lit_within_hours))


def _microseconds(hours: float) -> np.timedelta64:
    return np.timedelta64(round(hours * 3_600_000_000), "us")


def _inside(times: Times, when: Interval, hours: float) -> Floats:
    """Share of the ``hours`` before each moment that lies in the window."""
    start, end, stretch = to_column(when.start), to_column(when.end), _microseconds(hours)
    if stretch <= np.timedelta64(0, "us"):
        return when.holds(times).astype(np.float64)
    common = np.minimum(times, end) - np.maximum(times - stretch, start)
    return np.clip(common / stretch, 0.0, 1.0)


def unexcused(exceptions: tuple[RuleException, ...]) -> tuple[float, float]:
    """Return the least and greatest probability that no exception applies (Fréchet bounds: no independence)."""
    low = max(0.0, 1.0 - sum(e.excused_high for e in exceptions))
    high = 1.0 - max((e.excused_low for e in exceptions), default=0.0)
    return round(min(low, high), 12), round(high, 12)


def only_heat(events: Events) -> npt.NDArray[np.bool_]:
    """Return which events no sensor saw that sees anything but heat."""
    known = {families: all(f.startswith(HEAT) for f in families) for families in set(events.families)}
    return np.array([known[families] for families in events.families], dtype=bool)


def statuses(events: Events) -> list[Status]:
    """Return how far a machine may go: one detection, several, or several independent kinds of sensor."""
    heat = only_heat(events)
    found = []
    for row, families in enumerate(events.families):
        if len(set(families)) >= 2 and not heat[row]:
            found.append(Status.CORROBORATED)
        else:
            found.append(Status.RECORDED if len(events.members[row]) > 1 else Status.DETECTED)
    return found


def attributions(events: Events, parties: Sequence[Party], rules: Attribution, acts: Collection[str]) -> list[str]:
    """Return the attribution axis of each event: ``none``, ``likely`` or ``attributed``; no party is named.

    What a proxy did whose acts are imputed to a party counts as the party's. Thresholds are the agreement's own; of a
    clause that names several acts with different ones, the highest.
    """
    own = {act: (likely, attributed) for act, likely, attributed in rules.acts}
    least = [own.get(act, (rules.likely, rules.attributed)) for act in acts] or [(rules.likely, rules.attributed)]
    likely, attributed = (max(level) for level in zip(*least, strict=True))
    rows, belief = _authors(events)
    top = np.zeros(len(rows))
    for party in parties:
        mine = [belief[name] for name in (party.id, *(proxy.id for proxy in party.proxies)) if name in belief]
        top = np.maximum(top, _sum_sorted(mine, len(rows)))
    found = np.full(len(events), "none", dtype=object)
    found[rows] = np.where(top >= attributed, "attributed", np.where(top >= likely, "likely", "none"))
    return [str(word) for word in found]


def _authors(events: Events) -> tuple[npt.NDArray[np.int64], Mapping[str, Floats]]:
    """Rows of which a sensor other than heat says who did it, and what it says of them."""
    columns = {name: _numbers(values) for name, values in events.p_actor.items()}
    spoken = np.zeros(len(events), dtype=bool)
    for values in columns.values():
        spoken |= ~np.isnan(values)
    rows = np.flatnonzero(spoken & ~only_heat(events))
    return rows, {name: np.nan_to_num(values[rows]) for name, values in columns.items()}


def _sum_sorted(columns: list[Floats], length: int) -> Floats:
    return np.sort(np.stack(columns), axis=0).sum(axis=0) if columns else np.zeros(length)


def _numbers(column: npt.NDArray[Any]) -> Floats:
    """A column of belief as numbers; None, as it comes back from the ledger, is NaN."""
    return np.asarray(column, dtype=np.float64)


def _share(values: Floats) -> Floats:
    return np.clip(values, 0.0, 1.0)
