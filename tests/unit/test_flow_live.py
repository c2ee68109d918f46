# SPDX-License-Identifier: Apache-2.0
"""The folder that fetch fills: files whole or not at all, ``watch.toml`` only ever added to."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta

import flow_factory as made
import pytest

from truceline.base.clock import Interval
from truceline.errors import ConfigError, InputError
from truceline.flow import live
from truceline.flow.live import DayFile
from truceline.model.look import Denial

NOW = datetime(2026, 4, 12, tzinfo=UTC)
BLOCK = {"kind": "firms", "path": "data/live/viirs.csv", "credit": 'NASA "FIRMS"', "licence": "open"}


def denial(hour, source="FIRMS feed", sensor="VIIRS/NOAA-20"):
    start = NOW + timedelta(hours=hour)
    return Denial(sensor, Interval(start, start + timedelta(hours=1)), "late", source)


def sources(folder):
    return tomllib.loads((folder / "watch.toml").read_text(encoding="utf-8"))["source"]


def test_a_file_is_replaced_whole_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "deep" / "a.csv"
    live.write(path, b"one")
    live.write(path, b"two")
    assert path.read_bytes() == b"two"
    assert [each.name for each in path.parent.iterdir()] == ["a.csv"]


def test_what_cannot_be_written_is_said(tmp_path):
    (tmp_path / "data").write_text("a file where a folder should be")
    with pytest.raises(ConfigError, match="cannot be written"):
        live.write(tmp_path / "data" / "a.csv", b"x")


def test_state_comes_back_as_it_was_and_only_of_files_that_are_there(tmp_path):
    day, gone = date(2026, 4, 10), date(2026, 4, 11)
    held = DayFile(NOW, 3, "1,2,3,4")
    live.write_day(tmp_path, "MODIS_NRT", day, ("a", "b"), [b"1,2"])
    live.write_state(tmp_path, {"MODIS_NRT": {day: held, gone: held}})
    assert live.read_state(tmp_path) == {"MODIS_NRT": {day: held}}
    assert live.read_state(tmp_path / "nowhere") == {}


def test_a_day_comes_back_as_rows(tmp_path):
    day = date(2026, 4, 10)
    live.write_day(tmp_path, "MODIS_NRT", day, ("a", "b"), [b"1,2", b"3,"])
    assert live.read_day(tmp_path, "MODIS_NRT", day) == [{"a": "1", "b": "2"}, {"a": "3", "b": ""}]
    live.write_day(tmp_path, "MODIS_NRT", day, ("a", "b"), [])
    assert live.read_day(tmp_path, "MODIS_NRT", day) == []


def test_a_fire_file_has_every_column_of_every_row():
    text = live.fire_file([{"a": "1"}, {"b": "2", "type": "0"}], ("a", "b")).decode()
    assert text.splitlines() == ["a,b,type", "1,,", ",2,0"]
    assert live.fire_file([], ("a", "b")) == b"a,b\n"


def test_each_feed_replaces_its_own_denials_only(tmp_path):
    live.write_denials(tmp_path, "FIRMS feed", [denial(3), denial(1)])
    both = live.write_denials(tmp_path, "elements feed", [denial(2, "elements feed", "elements of x")])
    assert [each.interval.start.hour for each in both] == [1, 2, 3]
    left = live.write_denials(tmp_path, "FIRMS feed", [])
    assert [each.source for each in left] == ["elements feed"]


def test_a_damaged_list_of_denials_is_not_overwritten(tmp_path):
    live.write(tmp_path / live.DENIALS, b'[{"sensor": "x"}]')
    with pytest.raises(InputError):
        live.write_denials(tmp_path, "FIRMS feed", [denial(1)])
    assert (tmp_path / live.DENIALS).read_bytes() == b'[{"sensor": "x"}]'


def test_a_source_is_named_once_and_the_rest_stays_byte_for_byte(tmp_path):
    text = "# by hand\r\n" + made.WATCH.replace('id = "small"', "id = 'small'  # mine")
    folder = made.write(tmp_path, watch_toml=text)
    before = (folder / "watch.toml").read_text(encoding="utf-8")
    assert live.name_in_watch(folder, BLOCK)
    assert not live.name_in_watch(folder, BLOCK)
    after = (folder / "watch.toml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    assert sources(folder)[-1] == BLOCK


def test_a_watch_that_adding_would_break_is_left_alone(tmp_path):
    text = made.WATCH.split("[[source]]", maxsplit=1)[0] + '\nsource = [{kind = "firms", path = "fires.csv"}]\n'
    text = text.replace("[watch]", 'source = [{kind = "firms", path = "fires.csv"}]\n[watch]', 1)
    text = text.rsplit("\nsource", maxsplit=1)[0] + "\n"
    folder = made.write(tmp_path, watch_toml=text)
    with pytest.raises(ConfigError, match="by hand"):
        live.name_in_watch(folder, BLOCK)
    assert (folder / "watch.toml").read_text(encoding="utf-8") == text


@pytest.mark.parametrize("line", ['kind = "firms"', "kind='firms'", 'kind   =   "firms"  # fires'])
def test_an_option_is_given_to_the_first_fire_source(tmp_path, line):
    folder = made.write(tmp_path, watch_toml=made.WATCH.replace('kind = "firms"', line))
    assert live.add_option(folder, "elements", live.ELEMENTS)
    assert not live.add_option(folder, "elements", live.ELEMENTS)
    assert sources(folder)[0]["elements"] == live.ELEMENTS
    assert sources(folder)[0]["satellite_days"] == "days.csv"


def test_an_option_that_is_there_stays(tmp_path):
    own = made.WATCH.replace('satellite_days = "days.csv"', 'elements = "mine.txt"')
    folder = made.write(tmp_path, watch_toml=own)
    assert not live.add_option(folder, "elements", live.ELEMENTS)
    assert sources(folder)[0]["elements"] == "mine.txt"
