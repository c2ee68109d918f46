# SPDX-License-Identifier: Apache-2.0
"""The edges of base: paths that name nothing, times at the ends of the calendar, text that is no Unicode."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest

from truceline.base.bounded import read_bytes
from truceline.base.canonical import canonical, digest, parse_json
from truceline.base.clock import Interval, from_column, iso, to_column, utc
from truceline.base.ids import content_id
from truceline.errors import InputError, LimitExceeded, Malformed, NoTime, Truncated

START = datetime(2026, 4, 11, 13, tzinfo=UTC)


@pytest.mark.parametrize("path", ["a\0b", "\0", "x" * 5000, "", ".", "none/none"])
def test_a_path_that_names_no_file_is_an_input_error(path):
    with pytest.raises(InputError) as caught:
        read_bytes(Path(path))
    assert "\0" not in str(caught.value)


def test_the_limit_is_the_last_size_read(tmp_path):
    path = tmp_path / "f"
    path.write_bytes(b"x" * 10)
    assert read_bytes(path, limit=10) == b"x" * 10
    with pytest.raises(LimitExceeded, match="at most 9"):
        read_bytes(path, limit=9)
    path.write_bytes(b"")
    with pytest.raises(Truncated):
        read_bytes(path)


def test_a_link_to_nowhere_or_to_itself_is_an_input_error(tmp_path):
    (tmp_path / "nowhere").symlink_to(tmp_path / "none")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("nowhere", "loop"):
        with pytest.raises(InputError, match=name):
            read_bytes(tmp_path / name)


@pytest.mark.parametrize("value", ["\ud800", {"\ud800": 1}, ["a", "\udfff"], {"a": {"b": "\udc00"}}, {"\ud800": 1e300}])
def test_half_a_character_has_no_canonical_form(value):
    with pytest.raises(Malformed, match="canonical JSON"):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53), float("nan"), float("inf"), {1: 2}, {"a": {3}}, b"x", START])
def test_what_json_cannot_hold_has_no_canonical_form(value):
    if isinstance(value, int):
        value += 1 if value > 0 else -1
    with pytest.raises(Malformed):
        canonical(value)


def test_an_id_is_the_kind_and_half_the_digest():
    body = {"b": 1, "a": [1.0, 2.5]}
    assert content_id("event", body) == f"event:{digest(body)[:32]}"
    assert content_id("event", body) == content_id("event", {"a": [1, 2.5], "b": 1.0})
    assert content_id("event", body) != content_id("look", body)


@pytest.mark.parametrize("data", [b"\xff", b"{", b"", b'{"a":1,"a":2}', b"[1e400]", b"[-Infinity]", b"9" * 5000])
def test_bad_json_names_its_file(data):
    with pytest.raises(InputError) as caught:
        parse_json(data, file="some.json")
    assert caught.value.file == "some.json"


@pytest.mark.parametrize(
    "text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "0001-01-01T13:59:59+14:00"]
)
def test_a_moment_beyond_the_calendar_is_refused(text):
    with pytest.raises(NoTime, match="years 1 to 9999"):
        utc(text)
    with pytest.raises(NoTime, match="years 1 to 9999"):
        utc(datetime.fromisoformat(text))


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"])
def test_the_ends_of_the_calendar_survive_a_column(text):
    moment = utc(text)
    assert iso(moment) == text
    assert from_column(to_column(moment)) == moment


@pytest.mark.parametrize("hours", [-12, -3.5, 0, 5.75, 14])
def test_any_zone_means_the_same_moment(hours):
    local = START.astimezone(timezone(timedelta(hours=hours)))
    assert utc(local) == START
    assert utc(local.isoformat()) == START
    assert iso(local) == "2026-04-11T13:00:00Z"
    assert to_column(local) == to_column(START)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns", "h"])
def test_a_column_of_any_unit_is_read(unit):
    assert from_column(np.datetime64("2026-04-11T13", unit)) == START


def test_an_interval_holds_its_start_and_not_its_end():
    interval = Interval(START, START + timedelta(hours=2))
    edges = [START + timedelta(microseconds=n) for n in (-1, 0)]
    edges += [interval.end + timedelta(microseconds=n) for n in (-1, 0)]
    assert interval.holds(np.array([to_column(m) for m in edges])).tolist() == [False, True, True, False]
    assert interval.hours == 2


def test_an_interval_without_length_holds_nothing_and_overlaps_nothing():
    empty = Interval(START, START)
    assert not empty.holds(np.array([to_column(START)])).any()
    assert empty.overlap(Interval(START - timedelta(1), START + timedelta(1))) is None
    assert Interval(START - timedelta(1), START).overlap(Interval(START, START + timedelta(1))) is None
