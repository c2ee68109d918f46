# SPDX-License-Identifier: Apache-2.0
"""Looks from given elements: the same passes as a made orbit has, and errors that say where."""

from __future__ import annotations

import json
from datetime import timedelta

import coverage_cases as cases
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sgp4.exporter import export_tle

from truceline.base.clock import Interval, utc
from truceline.coverage import elements, passes
from truceline.errors import ChecksumMismatch, InputError, LimitExceeded, Malformed, NoTime, Truncated, UnknownFormat
from truceline.model.look import Look

EPOCH = utc("2026-04-11T12:00Z")
DAY = Interval(utc("2026-04-11T00:00Z"), utc("2026-04-12T00:00Z"))
NUMBERS = {"VIIRS/NOAA-20": 43013, "VIIRS/NOAA-21": 54234, "MODIS/Terra": 25994}


def omm(sensor="VIIRS/NOAA-20", epoch=EPOCH, **changes) -> dict:
    """The OMM of a made circular orbit."""
    made = cases.made_orbit(sensor, node_local_hours=21.4 if sensor == "MODIS/Terra" else 13.42)
    seconds = epoch.timestamp()
    century = (seconds / 86_400 - 10_957.5) / 36_525
    sidereal = (67_310.548_41 + (876_600 * 3600 + 8_640_184.812_866) * century) / 240 % 360
    fields = {
        "OBJECT_NAME": sensor.split("/")[1],
        "OBJECT_ID": "2017-073A",
        "EPOCH": epoch.strftime("%Y-%m-%dT%H:%M:%S.%f"),
        "MEAN_MOTION": 1440 / made.period_min,
        "ECCENTRICITY": 0.0001,
        "INCLINATION": made.inclination_deg,
        "RA_OF_ASC_NODE": (15 * made.node_local_hours - seconds % 86_400 / 240 + sidereal) % 360,
        "ARG_OF_PERICENTER": 0.0,
        "MEAN_ANOMALY": 360 * ((seconds - made.node_time.timestamp()) / (60 * made.period_min) % 1),
        "NORAD_CAT_ID": NUMBERS[sensor],
        "BSTAR": 0.0,
        "MEAN_MOTION_DOT": 0.0,
        "MEAN_MOTION_DDOT": 0.0,
    }
    return fields | changes


def tle(*objects: dict, names=True) -> str:
    lines = []
    for item in elements.read(json.dumps(list(objects)), "x"):
        lines += ([item.name] if names else []) + list(export_tle(item.satellite))
    return "\n".join(lines) + "\n"


ALL = [omm(sensor) for sensor in NUMBERS]


def predict(text, *, period=DAY, sensors=None, **kwargs) -> tuple[Look, ...]:
    return elements.predict(text, "elements.txt", sensors or {}, cases.UKRAINE, period, **kwargs)


def test_elements_and_the_orbit_they_were_made_from_give_the_same_passes():
    """SGP4 and the circular orbit share no code; within a day of the epoch they agree to half a minute."""
    given_looks = predict(json.dumps(ALL))
    assert {look.sensor for look in given_looks} == set(NUMBERS)
    for sensor in NUMBERS:
        made = cases.made_orbit(sensor, node_local_hours=21.4 if sensor == "MODIS/Terra" else 13.42)
        wanted = passes.predict([made], cases.UKRAINE, DAY)
        own = [look for look in given_looks if look.sensor == sensor]
        assert len(own) == len(wanted)
        assert np.abs(passes.columns(own) - passes.columns(wanted)).max() < 45
        for one, two in zip(own, wanted, strict=True):
            assert one.daylight == two.daylight
            middle = one.track[len(one.track) // 2]
            assert min(abs(middle[1] - x) + abs(middle[2] - y) for _, x, y in two.track) < 3
        assert own[0].altitude_km == pytest.approx(made.altitude_km, abs=8)


def test_every_form_gives_the_same_looks():
    table = ",".join(ALL[0]) + "\r\n" + "\r\n".join(",".join(str(v) for v in item.values()) for item in ALL) + "\r\n"
    from_json = predict(json.dumps(ALL))
    assert predict("\ufeff" + table) == from_json
    for text in (
        tle(*ALL),
        tle(*ALL, names=False),
        tle(*ALL).replace("\n", "\r\n"),
        tle(*ALL).replace("NOAA-20", "0 NOAA-20"),
    ):
        found = predict(text)
        assert [look.sensor for look in found] == [look.sensor for look in from_json]
        for one, two in zip(found, from_json, strict=True):
            assert abs((one.interval.start - two.interval.start).total_seconds()) <= 1


def test_looks_say_how_they_are_known():
    for look in predict(json.dumps(ALL[:1]), families={"VIIRS/NOAA-20": "heat"}):
        assert look.basis == "orbital elements"
        assert look.family == "heat"
        assert look.half_swath_km == 1530
        assert Look.from_body(look.record().body, -1) == look
    from truceline.sources.firms import FAMILY

    assert predict(json.dumps(ALL[:1]))[0].family == FAMILY


def test_the_epoch_nearest_the_watch_is_used():
    old = omm(epoch=EPOCH - timedelta(days=20), MEAN_ANOMALY=123.0)
    assert predict(json.dumps([old, ALL[0]])) == predict(json.dumps([ALL[0], old])) == predict(json.dumps(ALL[:1]))
    ages = [predict(json.dumps([omm(epoch=EPOCH - timedelta(days=d))]))[0].sigma_s for d in (0, 5, 20)]
    assert ages == sorted(ages)
    assert ages[2] > 30


def test_sensors_are_named_by_number_or_name():
    item = omm(NORAD_CAT_ID=99_999, OBJECT_NAME="BLIND 1")
    assert {look.sensor for look in predict(json.dumps([item]), sensors={"blind 1": "VIIRS/BLIND"})} == {"VIIRS/BLIND"}
    assert {look.sensor for look in predict(json.dumps([item]), sensors={"99999": "MODIS/B"})} == {"MODIS/B"}
    with pytest.raises(UnknownFormat, match="no sensor we know"):
        predict(json.dumps([item]))
    with pytest.raises(UnknownFormat, match="swath"):
        predict(json.dumps([item]), sensors={"99999": "SAR/B"})


def test_elements_too_old_or_of_another_year_are_refused():
    with pytest.raises(NoTime, match="365 days"):
        predict(json.dumps([omm(epoch=EPOCH - timedelta(days=365))]))


@pytest.mark.parametrize(
    ("change", "error", "line"),
    [
        (lambda t: t[:69] + t[70:], Malformed, 2),  # a character lost
        (lambda t: t.replace("98.705", "98.706"), ChecksumMismatch, 3),
        (lambda t: "\n".join(t.splitlines()[:2]), Truncated, 2),
        (lambda t: "\n".join([t.splitlines()[1], t.splitlines()[1]]), Malformed, 2),
        (lambda t: t.splitlines()[2], Malformed, 1),
        (lambda _: "name\n", Malformed, 1),
        (lambda _: "x" * 60, Malformed, 1),
        (lambda t: t.splitlines()[1] + "\n" + tle(ALL[1]).splitlines()[2], Malformed, 2),
        (lambda _: "", Truncated, None),
        (lambda _: "<ndm></ndm>", UnknownFormat, None),
    ],
)
def test_wrong_two_line_elements_say_where(change, error, line):
    with pytest.raises(error) as caught:
        predict(change(tle(ALL[0])))
    assert caught.value.file == "elements.txt"
    assert caught.value.line == line


@pytest.mark.parametrize(
    "changes",
    [
        {"MEAN_MOTION": "nan"}, {"MEAN_MOTION": -3}, {"MEAN_MOTION": 1e300}, {"ECCENTRICITY": 1.5}, {"INCLINATION": None},
        {"NORAD_CAT_ID": 1e9}, {"NORAD_CAT_ID": 3.5}, {"BSTAR": "x"}, {"EPOCH": "yesterday"}, {"EPOCH": None},
        {"ECCENTRICITY": -0.1}, {"MEAN_MOTION_DOT": "inf"},
        {"BSTAR": 10**400}, {"EPOCH": "0001-01-01T00:00:00+05:00"}, {"EPOCH": "9999-12-31T23:59:59-05:00"},
        {"EPOCH": "2060-04-11"}, {"EPOCH": "2026-400T00:00:00"}, {"EPOCH": "2026-000"}, {"NORAD_CAT_ID": -1},
        {"INCLINATION": 200}, {"INCLINATION": -5}, {"MEAN_ELEMENT_THEORY": "SGP4-XP"}, {"EPHEMERIS_TYPE": 4},
        {"REF_FRAME": "EME2000"}, {"CENTER_NAME": "MOON"}, {"TIME_SYSTEM": "GPS"},
    ],
)  # fmt: skip
def test_wrong_omm_fields_say_which_record(changes):
    with pytest.raises(InputError) as caught:
        predict(json.dumps([ALL[1], omm(**changes)]))
    assert caught.value.record == "2"
    assert caught.value.file == "elements.txt"


def test_what_an_omm_may_state_of_itself_and_the_other_form_of_its_epoch_change_nothing():
    stated = {"MEAN_ELEMENT_THEORY": "SGP4", "REF_FRAME": "TEME", "CENTER_NAME": "EARTH", "EPHEMERIS_TYPE": 0}
    by_day = EPOCH.strftime("%Y-%jT%H:%M:%S.%f")
    assert predict(json.dumps([omm(EPOCH=by_day, **stated)])) == predict(json.dumps([omm()]))


@pytest.mark.parametrize("number", [339_999, 340_000, 799_500_766])
def test_catalogue_numbers_beyond_two_line_elements(number):
    found = elements.read(json.dumps([omm(NORAD_CAT_ID=number)]), "x")[0]
    assert found.number == str(number)
    looks = predict(json.dumps([omm(NORAD_CAT_ID=number)]), sensors={str(number): "VIIRS/New"})
    assert {look.sensor for look in looks} == {"VIIRS/New"}
    assert [look.interval for look in looks] == [look.interval for look in predict(json.dumps([omm()]))]


def test_a_catalogue_number_begins_with_no_letter_that_looks_like_a_digit():
    text = tle(omm(NORAD_CAT_ID=270_001))
    assert elements.read(text, "x")[0].number == "270001"
    for letter in "IO":
        with pytest.raises(Malformed, match="columns"):
            elements.read(text.replace("T0001", f"{letter}0001"), "x")


def test_a_message_that_breaks_costs_only_itself_in_kvn():
    one, two, three = ("CCSDS_OMM_VERS = 2.0\n" + "".join(f"{k} = {v}\n" for k, v in each.items()) for each in ALL)
    for bad in (two.replace("EPOCH = ", "EPOCH "), two + "EPOCH = 2026-04-11\n", two + "X = 1\n" * 2):
        good, refused = elements.read_kept(one + bad + three, "x")
        assert [item.number for item in good] == [str(ALL[0]["NORAD_CAT_ID"]), str(ALL[2]["NORAD_CAT_ID"])]
        assert len(refused) == 1
        assert len(ALL[0]) + 2 < refused[0].line <= len(ALL[0]) + len(ALL[1]) + 4


def test_wrong_csv_says_the_line():
    header, row = ",".join(ALL[0]), ",".join(str(v) for v in ALL[0].values())
    with pytest.raises(Truncated) as short:
        predict(f"{header}\n{row}\n{row[: row.index(',')]}\n")
    assert short.value.line == 3
    with pytest.raises(Malformed) as long:
        predict(f"{header}\n{row},1\n")
    assert long.value.line == 2


def test_too_many_objects_are_refused(monkeypatch):
    monkeypatch.setattr(elements, "MAX_OBJECTS", 2)
    with pytest.raises(LimitExceeded):
        predict(json.dumps(ALL))


@settings(max_examples=60)
@given(cut=st.integers(0, 400), place=st.integers(0, 400), letter=st.characters(codec="utf-8"))
def test_torn_text_ends_in_looks_or_a_typed_error(cut, place, letter):
    """Cut anywhere, or with one character changed, every form is read or refused by name: nothing else escapes."""
    short = Interval(DAY.start, DAY.start + timedelta(hours=1))
    for text in (tle(ALL[0]), json.dumps(ALL[:1])):
        for torn in (text[:cut], text[:place] + letter + text[place + 1 :]):
            try:
                predict(torn, period=short)
            except InputError as error:
                assert str(error)


@pytest.mark.parametrize("form", ["json", "csv", "kvn"])
def test_a_place_where_the_form_breaks_costs_only_itself(form):
    fields = ALL[0]
    kvn = "CCSDS_OMM_VERS = 2.0\n" + "\n".join(f"{key} = {value}" for key, value in fields.items())
    header, row = ",".join(fields), ",".join(str(value) for value in fields.values())
    text = {
        "json": json.dumps([7, fields, None]),
        "csv": f"{header}\n{row[:30]}\n{row}\n{row},1\n",
        "kvn": f"{kvn}\n{kvn}\nrubbish\n",
    }[form]
    refused = []
    assert predict(text, refused=refused) == predict(json.dumps([fields]))
    assert len(refused) == (1 if form == "kvn" else 2)
    assert all(error.line or error.record for error in refused)


def test_elements_too_old_or_broken_among_good_ones_cost_only_themselves():
    old = omm("MODIS/Terra", epoch=EPOCH - timedelta(days=900))
    broken = omm("VIIRS/NOAA-21") | {"MEAN_MOTION": "fast"}
    refused = []
    found = predict(json.dumps([old, broken, omm()]), refused=refused)
    assert {look.sensor for look in found} == {"VIIRS/NOAA-20"}
    assert [type(error) for error in refused] == [Malformed, NoTime]
    assert all(error.file == "elements.txt" for error in refused)
    with pytest.raises(NoTime):
        predict(json.dumps([old, omm()]))
    alone = []
    assert predict(json.dumps([old]), refused=alone) == ()
    assert len(alone) == 1
    with pytest.raises(Malformed):
        predict(json.dumps([broken]), refused=[])
