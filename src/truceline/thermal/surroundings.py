# SPDX-License-Identifier: Apache-2.0
"""What surrounds a watch's fires against the seasons of peace years: the place-blind model's word, for a watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from truceline.base.geo import Floats
from truceline.model.detection import Detections, Ints
from truceline.thermal import blind_coefficients
from truceline.thermal.firetable import Baseline, Fires, year_of
from truceline.thermal.placeblind import log_odds, score

DIGITS = 4
"""Digits of the log odds, as the ledger holds them."""

LIKE_THE_BASELINE = "VIIRS/Suomi-NPP"
"""The one satellite that archives of peace years hold. Only one satellite's fires are counted round others: this one,
or the one with the most fires where it is missing, since a season of one satellite is no measure for three."""


MODEL = {"truce": "truce", "war": "short"}
"""The model asked, by mode: a watch remembers three weeks at most, as those trained on a short history do."""

SETTLED_DAYS = 5
"""Days that a watch's settled answer waits: fires of so many days after a fire's own count as those before it do."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """For each of n detections, how like the war's its surroundings are; NaN where that is not known."""

    truce: Floats
    """Log odds from the day alone and the seasons of peace years: no feature of earlier activity."""

    war: Floats
    """Log odds from up to 90 days of earlier fires against the same seasons."""

    history: Ints
    """Days of earlier fires that ``war`` had, the day itself among them."""

    settled: Floats
    """As ``war``, after waiting `SETTLED_DAYS`; unknown while fewer days have passed."""

    years: tuple[int, ...] = ()
    """Peace years whose seasons were compared with; empty: no archive was given."""

    @classmethod
    def unknown(cls, count: int) -> Surroundings:
        """Return what is known without an archive of peace years: nothing."""
        none = [np.full(count, np.nan) for _ in range(3)]
        return cls(none[0], none[1], np.zeros(count, dtype=np.int64), none[2])

    def body(self) -> dict[str, Any]:
        """Return what the ledger keeps, one entry a detection, in the ledger's order of detections."""
        names = ("truce", "war", "settled")
        listed = {name: [None if np.isnan(v) else float(v) for v in getattr(self, name)] for name in names}
        return {**listed, "history": self.history.tolist(), "years": list(self.years)}

    @classmethod
    def from_body(cls, body: Mapping[str, Any]) -> Surroundings:
        """Return what a body holds."""
        truce, war = (np.array(body[name], dtype=np.float64) for name in ("truce", "war"))
        settled = np.array(body.get("settled", [None] * len(war)), dtype=np.float64)
        return cls(truce, war, np.array(body["history"], dtype=np.int64), settled, tuple(body["years"]))


def surroundings(detections: Detections, baseline: Baseline) -> Surroundings:
    """Return the log odds of every VIIRS detection, same-day and settled, of the model as trained on 2023.

    Years of the watch itself are left out of the baseline. A detection is unknown where no peace year has a fire
    within 200 km: then every excess would be over nothing.
    """
    days = detections.time.astype("datetime64[D]").astype(np.int64)
    rest = {year: fires for year, fires in baseline.items() if year not in np.unique(year_of(days)) and len(fires)}
    sensor = detections.sensor.astype(str)
    rows = np.flatnonzero(np.char.startswith(sensor, "VIIRS/"))
    found = Surroundings.unknown(len(detections))
    if not rest or len(rows) == 0:
        return found
    fires = Fires(detections.lon[rows], detections.lat[rows], days[rows])
    names, count = np.unique(sensor[rows], return_counts=True)
    one = LIKE_THE_BASELINE if LIKE_THE_BASELINE in names else str(names[np.argmax(count)])
    counted = fires.take(sensor[rows] == one)
    last = int(counted.day.max())
    ripe = fires.day + SETTLED_DAYS <= last
    for into, mode, ahead, rows_of in (
        (found.truce, "truce", 0, np.arange(len(fires))),
        (found.war, "war", 0, np.arange(len(fires))),
        (found.settled, "war", SETTLED_DAYS, np.flatnonzero(ripe)),
    ):
        said = score(fires, rows_of, rest, mode=mode, held_out=False, counted=counted, settled=ahead)
        odds = log_odds(blind_coefficients.MODELS[MODEL[mode]]["whole"], said.table)
        into[rows[rows_of]] = np.round(odds, DIGITS)
        if mode == "truce":
            nothing = said.table[:, said.used.index("season_200")] <= 0.0
        elif ahead == 0:
            found.history[rows] = said.history
    for values in (found.truce, found.war, found.settled):
        values[rows[nothing]] = np.nan
    return replace(found, years=tuple(sorted(rest)))
