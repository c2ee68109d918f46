# SPDX-License-Identifier: Apache-2.0
"""Satellite-day lists and cloud tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from truceline.errors import Malformed, Truncated, UnknownFormat
from truceline.sources import cloud, get, kinds, satellite_days

DAYS = "acq_date,satellite,status,rows,rows_basis\n"
CLOUD = "date,cloud_cover_in_country,cloud_cover_in_east_of_country\n"


def days(text: str):
    return satellite_days.read((DAYS + text).encode(), file="days.csv")


def shares(text: str, header: str = CLOUD):
    found, rejected = cloud.read((header + text).encode(), file="cloud.csv")
    return [dict(day.shares) for day in found], [(row.line, row.reason) for row in rejected]


def test_shared_satellite_days(shared_data):
    data = (shared_data / "firms_viirs_ukraine_20260401_20260422_satellite_days.csv").read_bytes()
    found, rejected = satellite_days.read(data, file="days")
    assert (len(found), rejected) == (66, ())
    assert sum(day.status == "included" for day in found) == 48
    assert sum(day.rows for day in found if day.status == "included") == 2021
    assert {day.sensor for day in found} == {"VIIRS/NOAA-20", "VIIRS/NOAA-21", "VIIRS/Suomi-NPP"}


def test_shared_cloud(shared_data):
    found, rejected = cloud.read((shared_data / "cloud_cover_ukraine_20260301_20260430.csv").read_bytes(), file="c")
    assert (len(found), rejected) == (61, ())
    by_day = {day.day: day.shares for day in found}
    assert all(0.65 <= round(by_day[datetime(2026, 4, n, tzinfo=UTC)]["country"], 2) <= 0.87 for n in range(7, 13))
    assert set(found[0].shares) == {"country", "east"}


def test_satellite_names_become_the_sensors_of_detections():
    found, _ = days("2026-04-01,J1,included,5,exact\n2026-04-01,N,missing,,\n")
    assert [(d.sensor, d.status, d.rows, d.rows_basis) for d in found] == [
        ("VIIRS/NOAA-20", "included", 5, "exact"),
        ("VIIRS/Suomi-NPP", "missing", None, ""),
    ]
    assert found[0].day == datetime(2026, 4, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-04-01,Meteor,included,5,exact", "satellite 'Meteor' is not one that carries VIIRS or MODIS"),
        (
            "01.04.2026,N,included,5,exact",
            "acq_date '01.04.2026' may mean two days; write the year first, as 2026-04-01",
        ),
        ("2026-04-01,N,,5,exact", "status is empty; it says whether the day was read (included) or not"),
        ("2026-04-01,N,included,-5,exact", "rows '-5' is not a whole number"),
        ("2026-04-01,N,included,5.5,exact", "rows '5.5' is not a whole number"),
        ("2026-04-01,N,included,٥,exact", "rows '٥' is not a whole number"),
        ("2026-04-02,NPP,size_only,5,exact", "a second entry for the satellite and day of line 2"),
        ("2026-04-01,N", "too few fields: 2, where the header names 5; the row ends before the column status"),
    ],
)
def test_bad_satellite_days_are_rejected_and_the_good_kept(row: str, reason: str):
    found, rejected = days(f"2026-04-02,N,included,1,exact\n{row}\n2026-04-03,N,included,1,exact\n")
    assert [(bad.source, bad.file, bad.line, bad.reason, bad.raw) for bad in rejected] == [
        ("satellite_days", "days.csv", 3, reason, row)
    ]
    assert len(found) == 2


def test_a_list_without_status_is_refused():
    with pytest.raises(Malformed, match="without the column status; expected acq_date, satellite, status; found"):
        satellite_days.read(b"acq_date,satellite,rows\n", file="days.csv")


def test_cloud_columns_become_regions():
    assert shares("2026-04-01,0.25,1\n") == ([{"country": 0.25, "east": 1.0}], [])
    header = "Date,x,CLOUD_COVER_IN_north_of_country,cloud_cover_in_donbas\n"
    assert shares("2026-04-01,?,0.5,0\n", header) == ([{"north": 0.5, "donbas": 0.0}], [])


def test_cloud_in_per_cent_is_read_so_for_the_whole_column():
    found, rejected = shares("2026-04-01,25,0.5\n2026-04-02,1,0.25\n2026-04-03,0,1\n2026-04-04,0.5,0\n")
    assert not rejected
    assert [day["country"] for day in found] == [0.25, 0.01, 0.0, 0.005]
    assert [day["east"] for day in found] == [0.5, 0.25, 1.0, 0.0]


def test_one_stray_value_does_not_clear_every_other_sky():
    found, rejected = shares("2026-04-01,0.7,0.5\n2026-04-02,1.2,0.25\n2026-04-03,0.8,0.9\n")
    assert [day["country"] for day in found] == [0.7, 0.8]
    assert rejected == [(3, "cloud cover in country 1.2 is above 1 in a column of shares")]
    for stray in (1.2, 90):
        overcast, _ = shares(f"2026-04-01,1,0\n2026-04-02,{stray},1\n2026-04-03,1,1\n2026-04-04,0,0\n")
        assert [day["country"] for day in overcast] == [1, 1, 0]


def column(*values):
    found, rejected = shares("".join(f"2026-04-{n:02},{value}\n" for n, value in enumerate(values, 1)), "date,cloud\n")
    return [day["region"] for day in found], rejected


@pytest.mark.parametrize(
    ("values", "kept", "lines"),
    [
        ((70, 0.7, 80, 60), [0.7, 0.8, 0.6], [3]),  # one share among per cent: as 0.7 % it would be clear sky
        ((70, 0.7, 80, 0.6, 65, 0.9, 90), [0.7, 0.8, 0.65, 0.9], [3, 5, 7]),
        ((3, 0.5, 7.5, 0.25, 1, 40), [0.03, 0.005, 0.075, 0.0025, 0.01, 0.4], []),  # a clear country
        ((8, 3, 0, 5, 7), [0.0], [2, 3, 5, 6]),  # eighths
        ((10, 3, 0, 5, 7), [0.0], [2, 3, 5, 6]),  # tenths
        ((10, 3.5, 0), [0.1, 0.035, 0.0], []),
        ((35,), [0.35], []),
        ((7,), [0.07], []),
    ],
)
def test_what_would_be_clear_sky_by_mistake_is_rejected(values, kept, lines):
    found, rejected = column(*values)
    assert found == pytest.approx(kept)
    assert [line for line, _ in rejected] == lines
    assert all("may be" in reason for _, reason in rejected)


@pytest.mark.parametrize(("mark", "word"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_columns_parted_by_another_mark_are_said_so(mark, word):
    with pytest.raises(Malformed, match=f"parted by {word}, not by commas") as caught:
        cloud.read(f"date{mark}cloud\n2026-04-01{mark}0,5\n".encode(), file="c")
    assert (caught.value.file, caught.value.line) == ("c", 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-04-02,101,0", "cloud_cover_in_country 101 is neither a share (0 to 1) nor per cent (0 to 100)"),
        ("2026-04-02,-0.1,0", "cloud_cover_in_country -0.1 is neither a share (0 to 1) nor per cent (0 to 100)"),
        ("2026-04-02,nan,0", "cloud_cover_in_country 'nan' is not a number"),
        ("2026-04-02,0.1,", "cloud_cover_in_east_of_country '' is not a number"),
        ("2026-04-02,inf,0", "cloud_cover_in_country inf is neither a share (0 to 1) nor per cent (0 to 100)"),
        ("soon,0.1,0", "date 'soon' is not a day such as 2026-04-01"),
        ("2026-04-01,0.3,0.2", "a second entry for the day of line 2"),
    ],
)
def test_bad_cloud_days_are_rejected_and_the_good_kept(row: str, reason: str):
    found, rejected = shares(f"2026-04-01,0.3,0.2\n{row}\n2026-04-04,0.3,0.2\n")
    assert len(found) == 2
    assert rejected == [(3, reason)]


def test_cloud_tables_without_regions_are_refused():
    with pytest.raises(Malformed, match="without a column cloud_cover_in_<region> or cloud_cover; found date, haze"):
        cloud.read(b"date,haze\n2026-04-01,0.5\n", file="c")
    with pytest.raises(Malformed, match="two columns name the same region"):
        cloud.read(b"date,cloud_cover_in_east,cloud_cover_in_east_of_country\n", file="c")
    with pytest.raises(Truncated):
        cloud.read(b"", file="c")


def test_sources_are_found_by_name():
    assert {"firms", "satellite_days", "cloud", "claims", "line", "extent"} <= set(kinds())
    assert get("cloud") is cloud
    with pytest.raises(UnknownFormat, match="no source is called 'os'; known are claims, cloud"):
        get("os")
    for helper in ("testing", "_csv", "places", "firms.reader"):
        with pytest.raises(UnknownFormat):
            get(helper)


def test_a_table_of_one_region_need_not_name_it():
    assert shares("2026-04-01,0.25\n2026-04-02,1\n", "date,cloud_cover\n") == ([{"region": 0.25}, {"region": 1.0}], [])
    assert shares("2026-04-01,0.25,0.5\n", "date,cloud_cover_in_north,cloud\n")[0] == [{"north": 0.25}]


def test_a_file_that_is_no_table_is_refused_without_repeating_its_first_line():
    with pytest.raises(Malformed, match=r"without the column date; expected date; found …$") as caught:
        cloud.read(b"root:x:0:0:root:/root:/bin/sh\n", file="cloud.csv")
    assert "root" not in str(caught.value)
