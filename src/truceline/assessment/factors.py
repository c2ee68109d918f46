# SPDX-License-Identifier: Apache-2.0
"""The factors of P(breach | event, provision, reading): act, actor, window, exceptions; each a range, in columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Interval, Times, to_column
from truceline.base.geo import Floats
from truceline.model.agreement import RuleException
from truceline.model.event import Events
from truceline.model.taxonomy import Status, expand

HEAT = "thermal"
"""How the name of an error family begins that sees heat and nothing else."""

LIKELY, ATTRIBUTED = 0.55, 0.80
"""Thresholds of the attribution axis (MISSION section 4), as shares."""


@dataclass(frozen=True, eq=False)
class Range:
    """Least and greatest probability (n,)."""

    low: Floats
    """Least."""

    high: Floats
    """Greatest."""


def act(events: Events, acts: tuple[str, ...]) -> Range:
    """Return P(the act is one of those prohibited).

    An undivided ``act_of_war`` counts whole where every act of war is prohibited; where only some kinds are, it may
    be of those kinds or not: from nothing to all of it. Where the thermal model states a 90 % band of
    ``act_of_war``, the band is the range. An event without any belief may be anything: 0 to 1.
    """
    wanted = expand(acts)
    low, high, known = np.zeros(len(events)), np.zeros(len(events)), np.zeros(len(events), dtype=bool)
    for name, column in events.p_act.items():
        values = _numbers(column)
        known |= ~np.isnan(values)
        least, most = _band(events, name, np.nan_to_num(values))
        if name in wanted:
            low, high = low + least, high + most
        elif name == "act_of_war":
            high = high + most
    return Range(np.where(known, _share(low), 0.0), np.where(known, _share(high), 1.0))


def _band(events: Events, name: str, share: Floats) -> tuple[Floats, Floats]:
    """Least and greatest P(act) of one act: the thermal model's band for ``act_of_war``, else the value itself."""
    if name != "act_of_war" or not {"band_low", "band_high"} <= set(events.attributes):
        return share, share
    least, most = (_numbers(events.attributes[key]) for key in ("band_low", "band_high"))
    return np.fmin(share, least), np.fmax(share, most)


def actor(events: Events, actors: tuple[str, ...], parties: tuple[str, ...]) -> Range:
    """Return P(a bound party did it | such an act was done).

    Where nothing but heat was seen, no belief about the author is taken: if every party is bound it does not matter
    which of them did it (1; that neither did, or a proxy, is left out), else 0 to 1. Where another sensor says who,
    the bound parties' share is the least, and what is unknown or a proxy's may be theirs too.
    """
    everyone = set(actors) >= set(parties)
    low, high = np.full(len(events), 1.0 if everyone else 0.0), np.ones(len(events))
    rows, belief = _authors(events)
    if not len(rows):
        return Range(low, high)
    total = sum(belief.values(), np.zeros(len(rows)))
    # Parties in the order of their shares, not of their names: sums then come out the same when parties swap.
    bound = _sum_sorted([belief[name] for name in actors if name in belief], len(rows))
    unknown = belief.get("unknown", np.zeros(len(rows))) + np.maximum(0.0, 1.0 - total)
    proxy = belief.get("proxy", np.zeros(len(rows)))
    low[rows] = _share(bound + unknown if everyone else bound)
    high[rows] = _share(bound + unknown + proxy)
    return Range(low, high)


def window(events: Events, when: Interval, lit_within_hours: float) -> Floats:
    """Return P(the act fell inside the window).

    A fire first seen at t was lit in the last ``lit_within_hours`` before t, any moment of them alike: the
    probability is the share of that stretch that lies inside. Seen again later than that, it was fed again within
    the same stretch before its last sighting; the greater of the two shares counts.
    """
    first = _inside(events.first, when, lit_within_hours)
    last = _inside(events.last, when, lit_within_hours)
    return np.where(fed_again(events, lit_within_hours), np.maximum(first, last), first)


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
    return np.array([all(f.startswith(HEAT) for f in families) for families in events.families], dtype=bool)


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


def attributions(events: Events, parties: tuple[str, ...]) -> list[str]:
    """Return the attribution axis of each event: ``none``, ``likely`` or ``attributed``; no party is named."""
    found = ["none"] * len(events)
    rows, belief = _authors(events)
    for position, row in enumerate(rows.tolist()):
        top = max((float(belief[name][position]) for name in parties if name in belief), default=0.0)
        found[row] = "attributed" if top >= ATTRIBUTED else "likely" if top >= LIKELY else "none"
    return found


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
