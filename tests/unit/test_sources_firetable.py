# SPDX-License-Identifier: Apache-2.0
"""Tables of fires, strikes and weather: every form, every fault."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from truceline.errors import Malformed
from truceline.sources.firetable import (
    alike,
    read_baseline,
    read_fires,
    read_land_use,
    read_population,
    read_strikes,
    read_weather,
)


def parquet(**columns):
    sink = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue().to_pybytes()


def test_parquet_and_csv_of_every_date_type_are_the_same():
    day, moment = np.datetime64("2023-08-05"), datetime(2023, 8, 5, 13, tzinfo=UTC)
    places = {"latitude": [48.12345, 47.1], "longitude": [33.12345, 34.2]}
    forms = [
        parquet(**places, acq_date=["2023-08-05", "2023-08-05"]),
        parquet(**places, acq_date=pa.array([day.item()] * 2, pa.date32())),
        parquet(**places, acq_date=pa.array([moment] * 2, pa.timestamp("us"))),
        parquet(**places, acq_date=pa.array([moment] * 2, pa.timestamp("ns", tz="UTC"))),
        b"latitude,longitude,acq_date\n48.12345,33.12345,2023-08-05\n47.1,34.2,2023-08-05\n",
        b"\xef\xbb\xbfLATITUDE,LONGITUDE,ACQ_DATE,x\n48.12345,33.12345,2023-08-05 10:00:00,1\n47.1,34.2,2023/08/05,2\n",
    ]
    for form in forms:
        found = read_fires(form, file="f")
        assert found.rejected == 0
        assert found.fires.lat.tolist() == [48.12345, 47.1]
        assert set(found.fires.day.tolist()) == {day.astype(np.int64)}


def test_bad_rows_go_the_rest_stays():
    found = read_fires(b"lat,lon,date\n48,30,2023-01-01\nx,30,2023-01-01\n48,190,2023-01-01\n48,30,\n", file="f")
    assert len(found.fires) == 1
    assert found.rejected == 3
    assert len(found.reasons) == 2


def test_modis_and_viirs_are_not_counted_together():
    data = parquet(
        latitude=[48.123456, 47.1, 47.2],
        longitude=[33.123456, 34.2, 34.3],
        acq_date=["2020-08-05"] * 3,
        src_guess=["MODIS", "VIIRS-SNPP", "VIIRS-SNPP"],
    )
    fires, counted, left = alike(read_fires(data, file="f"))
    assert (len(fires), len(counted), left) == (2, 2, {"modis": 1})
    baseline, _ = read_baseline(data, file="f", instrument="modis")
    assert len(baseline[2020]) == 1
    coarse = read_fires(b"latitude,longitude,acq_date\n48.123,33.1234,2023-08-05\n", file="f")
    assert coarse.words.tolist() == ["modis"]


def test_of_several_satellites_one_is_counted_and_all_are_judged():
    data = parquet(
        latitude=[48.123456, 47.123456], longitude=[33.1, 34.2], acq_date=["2020-08-05"] * 2, satellite=["N", "N20"]
    )
    fires, counted, _ = alike(read_fires(data, file="f"))
    assert (len(fires), len(counted)) == (2, 1)


def test_strikes_leave_out_reports_of_other_things():
    text = b"datetime,lon,lat,place_name,event_type\n2023-07-01 00:00:00,32.8,46.8,A,artillery|loc\n"
    text += b"2023-07-01 00:00:00,32.8,46.8,A,loc\n2023-07-01 00:00:00,32.8,46.8,A,\n"
    assert len(read_strikes(text, file="v")) == 1
    assert len(read_strikes(b"date,longitude,latitude\n2026-04-01,30,50\n", file="v")) == 1


def test_weather_with_gaps_is_closed_and_without_regions_refused():
    grid = b"LATITUDE,LONGITUDE,OBLAST_ID\n48,30,A\n49,31,B\n50,32,C\n"
    head = b"oblast_id,acq_date,temperature_2m_max_c,rain_sum_mm,snowfall_sum_cm,cloud_cover_pct\n"
    rows = b"A,2023-01-01,1,2,0,50\nA,2023-01-03,3,,0,50\nB,2023-01-02,5,1,0,50\nZ,2023-01-02,5,1,0,50\n"
    found = read_weather(head + rows, grid, file="w", places_file="g")
    assert found.rain_mm.shape == (3, 2)
    assert found.rain_mm[:, 0].tolist() == [2.0, 2.0, 2.0]
    assert np.isfinite(found.highest_c).all()
    with pytest.raises(Malformed, match="no region"):
        read_weather(head + b"Z,2023-01-02,5,1,0,50\n", grid, file="w", places_file="g")
    with pytest.raises(Malformed, match="no region has a place"):
        read_weather(head + rows, b"LATITUDE,LONGITUDE,OBLAST_ID\n148,30,A\n", file="w", places_file="g")


def test_a_week_of_silence_is_closed_and_a_longer_one_is_not_known():
    grid = b"LATITUDE,LONGITUDE,OBLAST_ID\n48,30,A\n49,31,B\n"
    head = b"oblast_id,acq_date,temperature_2m_max_c,rain_sum_mm,snowfall_sum_cm,cloud_cover_pct\n"
    rows = b"A,2023-01-01,1,2,0,50\nA,2023-01-12,3,1,0,50\nB,2023-01-02,5,1,0,50\n"
    told = read_weather(head + rows, grid, file="w", places_file="g").told
    assert told[:, 0].tolist() == [True] * 8 + [False] * 3 + [True]
    assert told[:, 1].tolist() == [False] + [True] * 8 + [False] * 3, "before its first day nothing is known"


def test_land_and_people_are_read_as_shares_or_percentages_and_bad_rows_left_out():
    titles = (
        b"LONGITUDE,LATITUDE,LAND_USE_CLASS_0,LAND_USE_CLASS_1,LAND_USE_CLASS_2,LAND_USE_CLASS_3,LAND_USE_CLASS_4\n"
    )
    shares = read_land_use(titles + b"30,48,0,.2,.05,.7,.05\n31,48,0,,0,1,0\n300,48,0,0,0,1,0\n", file="l")
    assert shares.values.tolist() == [[0.7, 0.2, 0.05]]
    assert read_land_use(titles + b"30,48,0,20,5,70,5\n", file="l").values[0] == pytest.approx(shares.values[0])
    stray = read_land_use(titles + b"30,48,0,.2,.05,.7,.05\n31,48,0,70,0,.1,.2\n", file="l")
    assert stray.values.tolist() == shares.values.tolist()
    people = read_population(b"lat,lon,POP_DENSITY\n48,30,0\n48,31,-3\n48,32,nan\n48,33,99\n", file="p")
    assert people.values[:, 0].tolist() == pytest.approx([0.0, np.log(100.0)])
    for reader in (read_land_use, read_population):
        for data in (b"lat,lon\n48,30\n", titles + b"x,y,,,,,\n", b"\xff\xfe", b"lat,lon,POP_DENSITY\n48,30,lots\n"):
            with pytest.raises(Malformed) as caught:
                reader(data, file="odd.csv")
            assert caught.value.file == "odd.csv"


@pytest.mark.parametrize("data", [b"", b"PAR1", b"\xff\xfe\x00", b"a,b\n1,2\n", b"lat,lon,date\n1,2,3\n"])
def test_what_is_no_table_is_refused_with_its_name(data):
    with pytest.raises(Malformed) as caught:
        read_fires(data, file="odd.csv")
    assert caught.value.file == "odd.csv"
