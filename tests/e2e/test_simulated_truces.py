# SPDX-License-Identifier: Apache-2.0
"""Honesty through the whole flow, on simulated truces whose truth is known.

Five runs of each kind here, two hundred in the whole proof: where nothing changes while clouds come, a fall is
reported in at most 5 % of runs; where acts fall by 70 % under little cloud, in at least 80 %.
"""

from datetime import UTC, datetime
from itertools import count

import pytest

from truceline.flow.gather import gather
from truceline.flow.log import log, logged
from truceline.flow.making import Given, make_watch
from truceline.flow.stages import stages
from truceline.simulate import truce
from truceline.watch import versions

NOW = datetime(2030, 1, 1, tzinfo=UTC)
RUNS = 200
FIRST_SEED = 1000


def fall(base, seed, scenario):
    """Run one simulated truce through the flow; return whether a fall was reported."""
    files = base / f"{scenario}-{seed}"
    files.mkdir()
    for name, data in truce(seed, scenario).items():
        (files / name).write_bytes(data)
    given = Given(
        fires=files / "fires.csv",
        line=files / "line.geojson",
        satellite_days=files / "satellite_days.csv",
        cloud=files / "cloud.csv",
        claims=files / "claims.yaml",
    )
    what = make_watch(files / "watch", given, now=NOW)
    numbers = count()
    held = log(what, gather(what, None, NOW, print), versions(), lambda records: [next(numbers) for _ in records])
    told = stages(logged(held), lambda records: [next(numbers) for _ in records], print).lines[0].comparison
    return not told.cannot_tell and told.high is not None and told.high < 1


@pytest.mark.parametrize(
    ("scenario", "least", "most"), [("nothing_changes_clouds_come", 0.0, 0.05), ("acts_fall_70", 0.80, 1.0)]
)
def test_a_fall_is_reported_where_there_is_one_and_only_there(tmp_path, proof_scale, figures, scenario, least, most):
    runs = max(5, round(RUNS * proof_scale))
    falls = sum(fall(tmp_path, seed, scenario) for seed in range(FIRST_SEED, FIRST_SEED + runs))
    figures(f"falls reported, {scenario}", {"runs": runs, "falls": falls})
    slack = 0 if runs == RUNS else 2  # five runs decide little: two may go astray
    assert least * runs - slack <= falls <= most * runs + slack
