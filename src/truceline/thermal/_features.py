# SPDX-License-Identifier: Apache-2.0
"""What the model looks at: few things, all in the file itself, none of them a place."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from truceline.base.geo import Floats
from truceline.errors import StateError
from truceline.model.detection import Detections, Ints
from truceline.model.event import Events
from truceline.thermal._mask import Persistence, persistence
from truceline.thermal.daylight import daylight
from truceline.thermal.surroundings import Surroundings

NAMES = ("night", "night_log_power", "high_confidence", "surroundings", "surroundings_90_days", "settled")
"""Columns of the feature table, in order."""

VARIANTS = {"marks": [0, 1, 2], "truce": [0, 1, 2, 3], "war": [3, 4], "settled": [3, 5]}
"""Which of the columns each variant of the model takes: the fire's own marks; these and what surrounds it that day;
what surrounds it that day and did so before. With its marks as well the last was not calibrated (error .050). The last
waits some days: what surrounds it that day, and before and after it."""

_CENTRE = 0.5
"""Natural logarithm of the power (megawatts per pixel) at which ``night_log_power`` is zero."""


@dataclass(frozen=True, eq=False)
class Features:
    """Features of m events. Neither line, coordinates, province nor what happened before is among them."""

    table: Floats
    """(m, 6): share of pixels seen by night; that share times log mean power per pixel, centred; whether any pixel has
    high confidence; mean log odds of its surroundings on the day; the same with the 90 days before; and with some days
    after it too. NaN: not known."""

    history: Ints
    """Most days of earlier fires that any of its detections could be compared with, its own day among them."""

    power_mw: Floats
    """Geometric mean power per pixel, megawatts; NaN where not measured."""

    masked: npt.NDArray[np.bool_]
    """Whether at least half of its detections lie on a persistent heat source."""

    hot_days: Ints
    """Most days any of its detections' neighbourhoods was hot."""

    of_days: int
    """Days with any detection."""

    known: npt.NDArray[np.bool_]
    """Whether every feature is there to be read."""

    viirs: npt.NDArray[np.bool_]
    """Whether all its detections are VIIRS's."""

    month: Ints
    """Month of the year it was first seen in, 1 to 12."""


def features(events: Events, detections: Detections, around: Surroundings | None = None) -> Features:
    """Return the features of events fused from ``detections``; ``around`` is in the detections' order.

    Raises:
        StateError: an event has a member that is not among the detections.
    """
    rows, event_of = member_rows(events, detections)
    count = len(events)
    size = np.bincount(event_of, minlength=count)

    def share(values: npt.NDArray[np.generic]) -> Floats:
        found: Floats = np.bincount(event_of, weights=values.astype(np.float64), minlength=count) / size
        return found

    power = np.asarray(detections.attributes.get("frp_mw", np.full(len(detections), np.nan)), dtype=np.float64)
    measured = share(np.isfinite(power[rows])) == 1.0
    log_power = share(np.log(np.maximum(np.nan_to_num(power[rows]), 0.1)))
    night = share(~daylight(detections)[rows])
    word = detections.attributes.get("confidence")
    words = np.full(len(rows), None) if word is None else word[rows]
    told = share(np.array([isinstance(value, str) for value in words], dtype=bool)) == 1.0
    stood: Persistence = persistence(detections)
    hot_days, history = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    np.maximum.at(hot_days, event_of, stood.days[rows])
    beside = Surroundings.unknown(len(detections)) if around is None else around
    np.maximum.at(history, event_of, beside.history[rows])
    marks = (night, night * (log_power - _CENTRE), (share(words == "high") > 0).astype(np.float64))
    sensor = detections.sensor.astype(str)
    return Features(
        table=np.stack([*marks, *(share(odds[rows]) for odds in (beside.truce, beside.war, beside.settled))], axis=1),
        history=history,
        power_mw=np.where(measured, np.exp(log_power), np.nan),
        masked=share(stood.masked[rows]) >= 0.5,
        hot_days=hot_days,
        of_days=stood.of_days,
        known=measured & told,
        viirs=share(np.char.startswith(sensor, "VIIRS/")[rows]) == 1.0,
        month=events.first.astype("datetime64[M]").astype(np.int64) % 12 + 1,
    )


def member_rows(events: Events, detections: Detections) -> tuple[Ints, Ints]:
    """Return, for every member of every event, its row among the detections and its event's number."""
    members = np.concatenate([np.asarray(part, dtype=np.int64) for part in events.members])
    event_of = np.repeat(np.arange(len(events)), [len(part) for part in events.members])
    index = detections.index if detections.index is not None else np.zeros(0, dtype=np.int64)
    order = np.argsort(index, kind="stable")
    place = np.searchsorted(index[order], members)
    found = place < len(order)
    if not found.all() or (index[order[place]] != members).any():
        raise StateError("an event has a member that is not among the detections")
    return order[place], event_of
