# SPDX-License-Identifier: Apache-2.0
from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from truceline.base.clock import Interval, from_column, iso, to_column, utc
from truceline.errors import NoTime

MOMENTS = st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1), timezones=st.just(UTC))


def test_an_offset_is_taken_to_utc():
    assert utc("2026-04-11T16:00:00+03:00") == datetime(2026, 4, 11, 13, tzinfo=UTC)
    assert utc(datetime(2026, 4, 11, 16, tzinfo=timezone(timedelta(hours=3)))) == utc("2026-04-11T13:00:00Z")


@pytest.mark.parametrize("text", ["2026-04-11T16:00:00", "2026-04-11", "yesterday", "", "2026-13-01T00:00:00Z"])
def test_a_time_without_zone_or_sense_is_refused(text):
    with pytest.raises(NoTime):
        utc(text)


def test_a_naive_datetime_is_refused():
    with pytest.raises(NoTime, match="no time zone"):
        utc(datetime(2026, 4, 11))


@given(MOMENTS)
def test_text_and_columns_return_the_same_moment(moment):
    assert utc(iso(moment)) == moment
    assert from_column(to_column(moment)) == moment


@given(MOMENTS, MOMENTS, MOMENTS)
def test_an_interval_is_half_open(a, b, c):
    start, end = min(a, b), max(a, b)
    inside = Interval(start, end).holds(np.array([to_column(c)]))[0]
    assert inside == (start <= c < end)


def test_an_interval_that_ends_first_is_refused():
    with pytest.raises(NoTime, match="before it starts"):
        Interval(utc("2026-04-12T00:00:00Z"), utc("2026-04-11T00:00:00Z"))


@given(MOMENTS, MOMENTS, MOMENTS, MOMENTS)
def test_overlap_is_the_same_both_ways(a, b, c, d):
    one, two = Interval(min(a, b), max(a, b)), Interval(min(c, d), max(c, d))
    common = one.overlap(two)
    assert common == two.overlap(one)
    if common:
        assert common.hours <= min(one.hours, two.hours)
        assert common.start >= max(one.start, two.start)
