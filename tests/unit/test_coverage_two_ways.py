# SPDX-License-Identifier: Apache-2.0
"""The field over cells against the field along the line: two reckonings that share no loop; and the benchmark runs."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import coverage_cases as cases
import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.coverage import cells, field, fields, monitor
from truceline.coverage.cloud import assumptions
from truceline.coverage.sights import of_look
from truceline.coverage.skies import of_table
from truceline.model.look import Denial
from truceline.model.watching import ReferenceAct

LINE = cases.made_line()
WHERE = cells.along_line(LINE, 20)
START = cases.TRUCE.start
DAY = Interval(START, START + timedelta(hours=24))


def looks(minutes):
    return [
        cases.look_over(LINE, START + timedelta(minutes=minute), sensor=f"VIIRS/{n}", by_day=n % 2 == 0, aside_deg=n)
        for n, minute in enumerate(minutes)
    ]


@pytest.mark.parametrize("hours", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_both_fields_agree(hours, share):
    act = ReferenceAct(duration_hours=hours)
    passes = looks([10, 55, 100, 700, 745, 1300])  # none of a group on two half-days, whose skies the line parts
    sky = cases.cloudy(share)
    along = fields.coverage("given", LINE, None, passes, sky, act, DAY, DAY, ())
    made = field.build(
        WHERE, DAY, hours, [of_look(look, act.power_mw) for look in passes],
        sky=of_table(assumptions(sky)[0], WHERE, DAY.start.timestamp(), 24),
    )  # fmt: skip
    sectors, hourly = monitor.by_sector(WHERE, made.together)
    assert [sector.number for sector in along.sectors] == sectors.tolist()
    # Cells and points lie elsewhere; a slot takes looks as independent; a pass crosses the line in some minutes.
    assert np.nanmax(np.abs(hourly - along.hourly)) < 0.08
    assert np.nanmean(np.abs(hourly - along.hourly)) < 0.005
    assert made.together.mean() == pytest.approx(along.share, abs=0.01)


def test_both_fields_subtract_the_same_denial():
    act = ReferenceAct()
    passes = looks([100, 700])
    denied = [Denial("VIIRS/1", Interval(START + timedelta(hours=11), START + timedelta(hours=14)), "missing", "list")]
    made = field.build(WHERE, DAY, 1.0, [of_look(look, act.power_mw) for look in passes], denied)
    only = field.build(WHERE, DAY, 1.0, [of_look(passes[0], act.power_mw)])
    np.testing.assert_array_equal(made.together, only.together)


def test_the_benchmark_runs_and_prints_what_it_must(repository):
    done = subprocess.run(
        [sys.executable, "bench/coverage.py", "--quick"], cwd=repository, capture_output=True, text=True, check=True
    )
    told = json.loads(done.stdout.strip().splitlines()[-1])
    assert {"cell_hours_per_s", "per_footprint_h3_ratio", "cell_agreement"} <= set(told)
    assert told["cell_agreement"] > 0.98
    assert told["cell_hours_per_s"] > 0


def test_the_benchmark_is_not_the_package_coverage(repository):
    """Numba looks for a package of that name; beside the benchmarks it must not find this one."""
    words = "import sys; sys.path.insert(0, 'bench'); import truceline.coverage.field; print('coverage' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
