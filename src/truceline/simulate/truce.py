# SPDX-License-Identifier: Apache-2.0
"""The simulated truces that Truceline is held to, and the two rates that say whether it is honest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from truceline.base.clock import Interval
from truceline.coverage.comparison import compare
from truceline.simulate.files import files
from truceline.simulate.table import make_world, pass_table
from truceline.simulate.world import Scenario

_TRUCE = Interval(datetime(2025, 4, 11, 13, tzinfo=UTC), datetime(2025, 4, 12, 21, tzinfo=UTC))

SCENARIOS: Mapping[str, Scenario] = {
    scenario.name: scenario
    for scenario in (
        Scenario(
            "nothing_changes_clouds_come",
            "Acts go on as before; the mean cloud rises from 0.2 to 0.8 on the days of the truce.",
            _TRUCE,
            cloud_truce=0.8,
        ),
        Scenario(
            "acts_fall_70",
            "Acts fall by 70 % in the truce; the mean cloud is 0.25 before, in and after it.",
            _TRUCE,
            factor=0.3,
            cloud_outside=0.25,
            cloud_truce=0.25,
        ),
        Scenario(
            "nothing_changes",
            "Acts go on as before under a mean cloud of 0.2 throughout.",
            _TRUCE,
        ),
    )
}
"""By name. All last 32 hours in three weeks, as the truce of Easter 2026 did."""


@dataclass(frozen=True)
class Rates:
    """What the comparison reported over many simulated truces, as shares of the runs."""

    runs: int
    fall: float
    rise: float
    cannot_tell: float


def truce(seed: int, scenario: str) -> dict[str, bytes]:
    """Return a simulated truce as files (name → bytes) for ``truceline init``.

    ``fires.csv`` (VIIRS near-real-time dialect), ``satellite_days.csv``, ``cloud.csv``, ``line.geojson``,
    ``claims.yaml`` (which also declares the truce). Same seed and scenario, same bytes.

    Raises:
        KeyError: no scenario of that name.
    """
    return files(seed, make_world(seed, SCENARIOS[scenario]))


def rates(scenario: Scenario, runs: int, *, first_seed: int = 0) -> Rates:
    """Return how often a fall, a rise or neither is reported over ``runs`` worlds of seeds counted from the first."""
    fall = rise = 0
    for seed in range(first_seed, first_seed + runs):
        found = compare(*pass_table(make_world(seed, scenario)))
        fall += found.high is not None and found.high < 1
        rise += found.low is not None and found.low > 1
    return Rates(runs, fall / runs, rise / runs, 1 - (fall + rise) / runs)
