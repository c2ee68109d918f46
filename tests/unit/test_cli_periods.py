# SPDX-License-Identifier: Apache-2.0
"""Periods as options say them, and the ground of a run read back from its folder alone."""

from __future__ import annotations

from datetime import UTC, datetime

import flow_factory as made
import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.cli.estimate import moment_of, period_of
from truceline.errors import InputError, NoTime, TrustError
from truceline.flow.again import ground_of
from truceline.flow.estimates import answer
from truceline.flow.ground import Ground, area_of
from truceline.flow.watchfile import read_watch
from truceline.watch import watch

USUAL = Interval(datetime(2026, 4, 11, 13, tzinfo=UTC), datetime(2026, 4, 12, 21, tzinfo=UTC))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (None, None, 32.0),
        ("2026-04-11", "2026-04-11", 24.0),
        ("2026-04-11", "2026-04-12", 48.0),
        ("2026-04-11T12:00Z", None, 33.0),
        (None, "2026-04-11T17:00+03:00", 1.0),
        (" 2026-04-11T13:00Z ", "2026-04-11T13:30Z", 0.5),
    ],
)
def test_a_period_is_what_is_said_and_else_the_usual_one(start, end, hours):
    assert period_of(start, end, USUAL).hours == hours


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2026-04-12", "2026-04-11"),
        ("2026-04-13", None),
        ("noon", None),
        ("2026-04-31", None),
        ("2026-04-11T13:00", None),
        ("11/04/2026", None),
        ("", None),
    ],
)
def test_a_period_that_is_none(start, end):
    with pytest.raises(NoTime):
        period_of(start, end, USUAL)


def test_a_day_as_an_end_includes_it():
    assert moment_of("2026-04-11", last=True) == moment_of("2026-04-12", last=False)
    with pytest.raises(NoTime):
        moment_of("9999-12-31", last=True)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    base = tmp_path_factory.mktemp("again")
    made.write(base / "watch")
    run, _ = watch(read_watch(base / "watch"), base / "out", keys=base / "keys", now=made.NOW)
    return Ground.of(run), base / "out"


def test_the_ground_read_back_gives_the_same_answers(finished):
    live, folder = finished
    again = ground_of(folder)
    for name in ("line", "sector:1", "36.4, 48.3, 30"):
        one, other = (answer(each, area_of(each, name), each.agreement.window).plain() for each in (live, again))
        assert one == other
    assert np.array_equal(live.events.index, again.events.index)
    assert again.looks == live.looks
    assert again.ledger["origin"] == "truceline/small"


def test_a_folder_without_a_run_or_with_a_forged_one_has_no_ground(finished, tmp_path):
    _, folder = finished
    with pytest.raises(InputError):
        ground_of(tmp_path)
    note = folder / "ledger" / "checkpoint"
    kept = note.read_bytes()
    note.write_bytes(kept.replace(b"truceline/small", b"truceline/other"))
    try:
        with pytest.raises((TrustError, InputError)):
            ground_of(folder)
    finally:
        note.write_bytes(kept)
