# SPDX-License-Identifier: Apache-2.0
"""The listed cloud assumptions."""

from __future__ import annotations

import coverage_cases as cases
import numpy as np
import pytest

from truceline.base.clock import utc
from truceline.coverage.cloud import assumptions
from truceline.model.watching import CloudDay

DAYS = np.array(["2026-04-11", "2026-04-12", "2026-06-01"], dtype="datetime64[D]")


@pytest.fixture(scope="module")
def listed(repository):
    return {a.name: a for a in assumptions(cases.read_cloud(repository / cases.DATA / "cloud.csv"))}


def test_the_list_and_its_order(listed):
    assert list(listed) == ["table", "column country", "column east", "thin cloud", "understated", "overstated"]
    assert all(a.text.endswith("fully hidden.") for a in listed.values())


def test_columns_are_taken_as_they_are(listed):
    assert listed["column country"].hidden(DAYS)[:2] == pytest.approx([0.7411174, 0.6478674])
    assert listed["column east"].hidden(DAYS)[:2] == pytest.approx([0.7617143, 0.6973155])
    assert listed["table"].hidden(DAYS)[0] == pytest.approx((0.7411174 + 0.7617143) / 2)


def test_changes_are_what_the_text_says(listed):
    base = listed["table"].hidden(DAYS)[:2]
    assert listed["thin cloud"].hidden(DAYS)[:2] == pytest.approx(base / 2)
    assert listed["understated"].hidden(DAYS)[:2] == pytest.approx(base + 0.1)
    assert listed["overstated"].hidden(DAYS)[:2] == pytest.approx(base - 0.1)


def test_a_missing_day_is_hidden_under_each(listed):
    assert {float(a.hidden(DAYS)[2]) for a in listed.values()} == {1.0}


def test_shares_stay_shares():
    table = [CloudDay(utc("2026-04-11T00:00Z"), {"a": 0.97}), CloudDay(utc("2026-04-12T00:00Z"), {"a": 0.02})]
    for assumption in assumptions(table):
        found = assumption.hidden(DAYS)
        assert ((found >= 0) & (found <= 1)).all()


def test_one_column_needs_no_column_entries():
    names = [a.name for a in assumptions(cases.cloudy(0.5))]
    assert names == ["table", "thin cloud", "understated", "overstated"]


def test_a_day_that_lacks_a_column_is_hidden_where_the_column_is_used():
    table = [CloudDay(utc("2026-04-11T00:00Z"), {"a": 0.2, "b": 0.4}), CloudDay(utc("2026-04-12T00:00Z"), {"a": 0.2})]
    found = {a.name: a.hidden(DAYS)[:2].tolist() for a in assumptions(table)}
    assert found["table"] == pytest.approx([0.3, 1.0])
    assert found["column a"] == pytest.approx([0.2, 0.2])
    assert found["column b"] == pytest.approx([0.4, 1.0])


def test_without_a_table_the_sky_may_be_anything():
    middle, hidden, clear = assumptions(())
    assert middle.hidden(DAYS).tolist() == [0.5, 0.5, 0.5]
    assert hidden.hidden(DAYS).tolist() == [1, 1, 1]
    assert clear.hidden(DAYS).tolist() == [0, 0, 0]


def test_nan_is_no_share():
    first = assumptions([CloudDay(utc("2026-04-11T00:00Z"), {"a": float("nan")})])[0]
    assert first.hidden(DAYS)[0] == 1.0


def test_moments_are_read_by_their_day(listed):
    moments = np.array(["2026-04-11T23:59:59", "2026-04-12T00:00:00"], dtype="datetime64[s]")
    assert listed["column east"].hidden(moments) == pytest.approx([0.7617143, 0.6973155])
