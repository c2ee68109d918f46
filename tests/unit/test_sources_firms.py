# SPDX-License-Identifier: Apache-2.0
"""FIRMS: every dialect says the same, and each pixel knows how well it knows its place."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

import numpy as np
import pytest

from truceline.base.clock import Interval
from truceline.base.geo import metres_per_degree
from truceline.model.detection import Detections
from truceline.sources import Batch, firms
from truceline.sources._csv import open_table
from truceline.sources.firms import pixel, reader, words
from truceline.sources.firms.columns import BLOCKS, REQUIRED, _blocks, _join, _slow, read_columns

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HEADER = "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,instrument,confidence,version,bright_ti5,frp,daynight"
ROW = "48.50001,37.25002,330.1,0.4,0.5,2026-04-11,113,N20,VIIRS,n,2.0NRT,290.2,4.25,N"


def read(*rows: str, header: str = HEADER, **more) -> Batch:
    return firms.read("\n".join([header, *rows, ""]).encode(), file="f.csv", now=NOW, **more)


def with_(**changes: str) -> str:
    fields = dict(zip(HEADER.split(","), ROW.split(","), strict=True)) | changes
    return ",".join(fields.values())


def test_shared_viirs_file_loses_nothing(shared_data):
    data = (shared_data / "firms_viirs_ukraine_20260401_20260422.csv").read_bytes()
    batch = firms.read(data, file="viirs", now=NOW, theatre=(22, 44, 41, 53))
    assert (batch.rows_read, len(batch.detections), batch.rejected) == (2021, 2021, ())
    assert batch.sha256 == hashlib.sha256(data).hexdigest()
    truce = Interval(datetime(2026, 4, 11, 13, tzinfo=UTC), datetime(2026, 4, 12, 21, tzinfo=UTC))
    assert truce.holds(batch.detections.time).sum() == 72
    found = batch.detections
    assert {name: int((found.sensor == name).sum()) for name in set(found.sensor)} == {
        "VIIRS/NOAA-21": 702,
        "VIIRS/NOAA-20": 660,
        "VIIRS/Suomi-NPP": 659,
    }
    assert found.attributes["daylight"].sum() == 918
    assert found.attributes["line"].tolist() == list(range(2, 2023))


def test_shared_modis_file_loses_nothing(shared_data):
    data = (shared_data / "firms_modis_ukraine_202504.csv").read_bytes()
    batch = firms.read(data, file="modis", now=NOW)
    assert (batch.rows_read, len(batch.detections), batch.rejected) == (1589, 1589, ())
    assert set(batch.detections.sensor) == {"MODIS/Aqua", "MODIS/Terra"}


def test_the_sun_agrees_with_what_nasa_calls_day(shared_data):
    data = (shared_data / "firms_viirs_ukraine_20260401_20260422.csv").read_bytes()
    found = firms.read(data, file="viirs", now=NOW).detections
    computed = pixel.is_day(found.lon, found.lat, found.time)
    assert (computed == found.attributes["daylight"]).all()


@pytest.mark.parametrize(
    "clock", ["113", "0113", "01:13", "1:13", "01:13:00", "01:13:00.000", "113.0", "0113Z", "01:13 UTC", " 113 "]
)
def test_clock_dialects(clock: str):
    assert read(with_(acq_time=clock)).detections.time[0] == np.datetime64("2026-04-11T01:13:00")


@pytest.mark.parametrize(("clock", "minute"), [("1", "00:01"), ("1.0", "00:01"), ("0", "00:00"), ("2359", "23:59")])
def test_small_clock_numbers_are_minutes(clock: str, minute: str):
    assert read(with_(acq_time=clock)).detections.time[0] == np.datetime64(f"2026-04-11T{minute}")


@pytest.mark.parametrize("clock", ["2400", "1260", "-5", "", "12h", "01:13+03:00", "01133", "0.5", "1e2", "24:00:00"])
def test_bad_clocks_are_rejected_by_name(clock: str):
    (row,) = read(with_(acq_time=clock)).rejected
    assert row.reason.startswith("acq_time")


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("l", "low"),
        ("n", "nominal"),
        ("h", "high"),
        ("Low", "low"),
        ("NOMINAL", "nominal"),
        ("high", "high"),
        ("0", "low"),
        ("29", "low"),
        ("30", "nominal"),
        ("79", "nominal"),
        ("80", "high"),
        ("100%", "high"),
        ("62.0", "nominal"),
    ],
)
def test_confidence_dialects(word: str, level: str):
    assert read(with_(confidence=word)).detections.attributes["confidence"].tolist() == [level]


@pytest.mark.parametrize("word", ["101", "-1", "sure", "nan", "inf"])
def test_bad_confidence_is_rejected_by_name(word: str):
    (row,) = read(with_(confidence=word)).rejected
    assert row.reason.startswith(f"confidence {word!r}")


@pytest.mark.parametrize(
    ("satellite", "sensor"),
    [
        ("N", "VIIRS/Suomi-NPP"),
        ("Suomi-NPP", "VIIRS/Suomi-NPP"),
        ("SNPP", "VIIRS/Suomi-NPP"),
        ("N20", "VIIRS/NOAA-20"),
        ("1", "VIIRS/NOAA-20"),
        ("J1", "VIIRS/NOAA-20"),
        ("noaa-20", "VIIRS/NOAA-20"),
        ("N21", "VIIRS/NOAA-21"),
        ("J2", "VIIRS/NOAA-21"),
        ("NOAA 21", "VIIRS/NOAA-21"),
    ],
)
def test_satellite_dialects(satellite: str, sensor: str):
    assert read(with_(satellite=satellite)).detections.sensor.tolist() == [sensor]


@pytest.mark.parametrize(("satellite", "sensor"), [("A", "Aqua"), ("Aqua", "Aqua"), ("T", "Terra"), ("terra", "Terra")])
def test_modis_satellites(satellite: str, sensor: str):
    assert read(with_(satellite=satellite, instrument="MODIS")).detections.sensor.tolist() == [f"MODIS/{sensor}"]


def test_unknown_satellite_and_wrong_instrument_are_rejected():
    batch = read(with_(satellite="Sentinel-3"), with_(satellite="A"), with_(instrument="OLCI"), ROW)
    assert [row.reason.split(";")[0] for row in batch.rejected] == [
        "satellite 'Sentinel-3' is not one that carries VIIRS or MODIS",
        "instrument VIIRS is not aboard the satellite of MODIS/Aqua",
        "instrument 'OLCI' is neither VIIRS nor MODIS",
    ]
    assert len(batch.detections) == 1


def test_mixed_satellites_keep_their_own_geometry():
    rows = [with_(satellite=s, instrument="", acq_time=str(n)) for n, s in enumerate(["N", "A", "T", "N21", "A"])]
    mixed = read(*rows).detections
    for n, row in enumerate(rows):
        alone = read(row).detections
        for name in ("sigma_major_m", "sigma_minor_m", "bearing_deg"):
            assert getattr(mixed, name)[n] == getattr(alone, name)[0]


def test_columns_in_any_order_case_and_number():
    here = read(ROW).detections
    names, values = HEADER.split(","), ROW.split(",")
    turned = read(",".join([*values[::-1], "x"]), header=",".join([*names[::-1], "scrape"]).upper()).detections
    assert turned.records()[0].body == here.records()[0].body
    few = read("48.5,37.25,2026-04-11,113,N", header="latitude,longitude,acq_date,acq_time,satellite").detections
    assert few.attributes["confidence"].tolist() == [None]
    assert np.isnan(few.attributes["frp_mw"][0])
    assert few.p_act["not_incident"][0] == pytest.approx(0.10)


def test_pandas_index_column_and_archive_type_are_understood():
    batch = read("0," + ROW + ",2", header="," + HEADER + ",type")
    assert batch.detections.attributes["fire_type"].tolist() == ["static source"]
    assert read("0," + ROW + ",7", header="," + HEADER + ",type").rejected[0].reason.startswith("type '7'")


def test_quoted_fields():
    quoted = ",".join(f'"{value}"' for value in ROW.split(","))
    here = read(ROW).detections.records()[0].body
    assert read(quoted, header=",".join(f'"{n}"' for n in HEADER.split(","))).detections.records()[0].body == here


def test_missing_measures_are_missing_and_the_pixel_is_the_widest():
    found = read(with_(scan="", track="", frp="", bright_ti4="NA")).detections
    assert np.isnan(found.attributes["frp_mw"][0])
    assert np.isnan(found.attributes["brightness_k"][0])
    wide = np.sqrt(800**2 / 12 + 70**2)
    assert found.sigma_major_m[0] == pytest.approx(wide)
    assert found.sigma_minor_m[0] == pytest.approx(wide)


def test_position_error_is_a_uniform_pixel_and_geolocation():
    found = read(ROW).detections  # scan 0.4, track 0.5 km
    assert found.sigma_major_m[0] == pytest.approx(np.sqrt(500**2 / 12 + 70**2))
    assert found.sigma_minor_m[0] == pytest.approx(np.sqrt(400**2 / 12 + 70**2))
    modis = read(with_(satellite="A", instrument="MODIS", scan="2.0", track="1.0")).detections
    assert modis.sigma_major_m[0] == pytest.approx(np.sqrt(2000**2 / 12 + 50**2))
    assert found.sigma_s[0] == pytest.approx(103.9, abs=0.1)


def flown(inclination: float, period: float, lat: float, north: bool) -> float:
    """Ground track's bearing at a latitude, by flying a circular orbit over a turning Earth in small steps."""
    t = np.linspace(-0.3 * period, 1.2 * period, 300_001)
    u = 2 * np.pi * t / period
    i = np.radians(inclination)
    phi = np.arcsin(np.sin(i) * np.sin(u))
    lon = np.unwrap(np.arctan2(np.cos(i) * np.sin(u), np.cos(u))) - pixel.EARTH_RATE * t
    rising = np.gradient(phi) > 0
    k = np.flatnonzero(rising == north)
    k = k[np.argmin(np.abs(np.degrees(phi[k]) - lat))]
    return float(np.degrees(np.arctan2((lon[k + 1] - lon[k - 1]) * np.cos(phi[k]), phi[k + 1] - phi[k - 1])))


@pytest.mark.parametrize("sensor", ["VIIRS/NOAA-20", "MODIS/Aqua", "MODIS/Terra"])
@pytest.mark.parametrize("lat", [-33.0, 0.0, 48.5, 66.0])
@pytest.mark.parametrize("day", [True, False])
def test_scan_axis_lies_across_a_flown_ground_track(sensor: str, lat: float, day: bool):
    optics = pixel.OPTICS[sensor]
    track = flown(optics.inclination_deg, optics.period_s, lat, north=day == optics.rises_by_day)
    got = pixel.scan_bearing(sensor, np.array([lat]), np.array([day]))[0]
    apart = (got - (track + 90) + 90) % 180 - 90
    assert abs(apart) < 0.05


def test_day_and_night_mirror_each_other():
    lat = np.array([48.0])
    day, night = (pixel.scan_bearing("VIIRS/NOAA-21", lat, np.array([d]))[0] for d in (True, False))
    assert (day + night) % 180 == pytest.approx(0, abs=1e-9)
    assert pixel.scan_bearing("MODIS/Terra", lat, np.array([True]))[0] == pytest.approx(
        pixel.scan_bearing("MODIS/Aqua", lat, np.array([False]))[0]
    )


def test_neighbouring_pixels_of_one_scan_lie_along_the_bearing(shared_data):
    """Two fires side by side in a scan are one scan size apart: their bearing is the file's own word on the axis."""
    data = (shared_data / "firms_viirs_ukraine_20260401_20260422.csv").read_bytes()
    found = firms.read(data, file="viirs", now=NOW).detections
    scan = found.attributes["scan_km"] * 1000
    across = np.where(found.attributes["scan_km"] >= found.attributes["track_km"], 0, 90)
    axis = (found.bearing_deg + across) % 180
    off = []
    for row in range(len(found) - 1):
        after = row + 1
        if found.time[row] != found.time[after] or found.sensor[row] != found.sensor[after]:
            continue
        east, north = metres_per_degree(found.lat[row])
        dx, dy = (found.lon[after] - found.lon[row]) * east, (found.lat[after] - found.lat[row]) * north
        bearing = np.degrees(np.arctan2(dx, dy)) % 180
        turned = abs((bearing - axis[row] + 90) % 180 - 90)
        if turned < 45 and 0.8 * scan[row] < np.hypot(dx, dy) < 1.2 * scan[row]:
            off.append((bearing - axis[row] + 90) % 180 - 90)
    assert len(off) > 30
    assert abs(np.median(off)) < 8
    assert np.percentile(np.abs(off), 75) < 20


def test_belief_follows_confidence():
    found = read(with_(confidence="l"), with_(confidence="n", frp="1"), with_(confidence="h", frp="2")).detections
    assert found.p_act["not_incident"].tolist() == [0.10, 0.012, 0.012]
    assert (found.p_act["thermal_anomaly"] + found.p_act["not_incident"]).tolist() == [1.0, 1.0, 1.0]
    assert set(found.kind) == {"thermal_anomaly"}
    assert set(found.family) == {"thermal-infrared"}


def test_a_missing_daynight_is_told_by_the_sun():
    header = HEADER.removesuffix(",daynight")
    rows = [with_(acq_time=t).removesuffix(",N") for t in ("1030", "2330")]
    assert read(*rows, header=header).detections.attributes["daylight"].tolist() == [True, False]
    assert read(with_(daynight="", acq_time="1030")).detections.attributes["daylight"].tolist() == [True]
    assert read(with_(daynight="X")).rejected[0].reason == "daynight 'X' is neither D nor N"


def test_sun_at_equinox_noon_and_midnight():
    time = np.array(["2026-03-20T12:07:00", "2026-03-20T00:07:00"], dtype="datetime64[us]")
    assert pixel.is_day(np.zeros(2), np.zeros(2), time).tolist() == [True, False]


def test_words_share_one_object():
    found = read(*[with_(acq_time=str(n)) for n in range(60)]).detections
    for column in (found.sensor, found.family, found.kind, found.attributes["confidence"]):
        assert len({id(word) for word in column}) == 1


def test_reading_twice_gives_the_same_records():
    assert read(ROW).detections.records()[0].id == read(ROW).detections.records()[0].id


@pytest.mark.parametrize("seed", range(4))
def test_the_fast_way_and_the_slow_way_agree(seed: int):
    draw = np.random.default_rng(seed)
    numbers = ["48.5", " 47.25", "44", "4.5e1", ".5", "5.", "-0.0"]
    optional = [*numbers, "", "NaN", "NA", "null"]
    rows = [
        with_(
            latitude=str(draw.choice(numbers)),
            frp=str(draw.choice(optional)),
            scan=str(draw.choice(optional)),
            satellite=str(draw.choice(["N", "N20", " 1", "bogus"])),
            acq_time=str(draw.choice(["113", "01:13", "9999"])),
        )
        for _ in range(200)
    ]
    table = open_table("\n".join([HEADER, *rows, ""]).encode(), file="f", required=REQUIRED, limit=10**9)
    slow = _slow(table, list(table.records()))
    for fast in (read_columns(table), _join(list(_blocks(table, list(table.records()), (64, 7))), table)):
        assert fast.line.tolist() == slow.line.tolist()
        assert not fast.bad
        for name, values in slow.numbers.items():
            np.testing.assert_array_equal(fast.numbers[name], values)
        for name, (codes, vocabulary) in slow.words.items():
            other_codes, other = fast.words[name]
            assert [vocabulary[c] for c in codes] == [other[c] for c in other_codes]


def test_one_bad_row_among_many_costs_only_itself():
    rows = [with_(acq_time=f"{n // 60 % 24:02d}:{n % 60:02d}", frp=str(1 + n // 1440)) for n in range(3 * BLOCKS[1])]
    rows[2000] = "48.5,what"
    batch = read(*rows)
    assert [(row.line, row.raw) for row in batch.rejected] == [(2002, "48.5,what")]
    assert len(batch.detections) == len(rows) - 1
    assert batch.detections.attributes["line"].tolist() == [n for n in range(2, len(rows) + 2) if n != 2002]


def test_repeats_finds_what_a_dictionary_finds():
    draw = np.random.default_rng(5)
    keys = [draw.integers(0, 6, 400), draw.integers(0, 4, 400) / 2.0, draw.choice([0.0, -0.0, np.nan, 1.5], 400)]
    seen: dict = {}
    expected = []
    for n, key in enumerate(zip(*[k.tolist() for k in keys], strict=True)):
        plain = tuple("nan" if np.isnan(v) else v for v in key)
        if seen.setdefault(plain, n) != n:
            expected.append((n, seen[plain]))
    assert reader.repeats([np.asarray(k) for k in keys]) == expected


def test_messages_show_moments_in_utc():
    assert words.moment(datetime(2026, 4, 11, 13, tzinfo=UTC)) == "2026-04-11 13:00 UTC"


def test_detections_go_through_every_door_of_the_model():
    found = read(ROW, with_(satellite="A", instrument="MODIS"), with_(frp="")).detections
    table = found.to_arrow()
    assert table.num_rows == 3
    assert table.column("family").to_pylist() == ["thermal-infrared"] * 3
    joined = Detections.concatenate([found, found.take(np.array([1])), read().detections])
    assert len(joined) == 4
    again = Detections.from_bodies([record.body for record in found.records()], [0, 1, 2])
    assert [record.id for record in again.records()] == [record.id for record in found.records()]


UKRAINE = (22.0, 44.0, 41.0, 53.0)
LINE_THEATRE = (29.5, 43.5, 41.0, 53.0)


def placed(*where):
    head = "latitude,longitude,acq_date,acq_time,satellite\n"
    return (head + "".join(f"{a},{b},2026-04-{n % 20 + 1:02},0113,N\n" for n, (a, b) in enumerate(where))).encode()


def test_a_swapped_row_of_the_theatre_s_far_west_is_rejected_as_swapped():
    rows = [(48.0, 36.0 + k / 100) for k in range(10)]
    found = firms.read(placed(*rows, (22.751, 48.222), (48.222, 22.751)), file="f", now=NOW, theatre=LINE_THEATRE)
    assert [(r.line, "look swapped" in r.reason) for r in found.rejected] == [(12, True)]


def test_rows_outside_what_the_file_covers_are_rejected_with_their_place():
    rows = [(48.0, 36.0), (-33.0, 36.0), (53.9, 30.0), (54.2, 30.0)]
    found = firms.read(placed(*rows), file="f", now=NOW, theatre=LINE_THEATRE, covered=UKRAINE)
    assert [r.line for r in found.rejected] == [3, 5]
    assert "latitude -33, longitude 36 lies more than 1 degree outside the extent" in found.rejected[0].reason
    assert len(firms.read(placed(*rows), file="f", now=NOW, theatre=LINE_THEATRE).detections) == 4


def test_a_file_of_the_whole_world_keeps_its_far_rows():
    draw = np.random.default_rng(4)
    rows = list(zip(draw.uniform(-60, 70, 400).round(3), draw.uniform(-180, 180, 400).round(3), strict=True))
    found = firms.read(placed(*rows, (22.751, 48.222)), file="f", now=NOW, theatre=LINE_THEATRE)
    assert 402 not in {r.line for r in found.rejected}


@pytest.mark.parametrize("order", [("2.0NRT", "2"), ("2", "2.0NRT"), ("2.0NRT", "2.0NRT", "2", "2.0NRT", "2")])
def test_of_the_same_fire_in_both_processings_the_standard_row_stays(order):
    """Were the earlier row kept, it would be superseded with its day, and the fire be gone."""
    batch = read(*(with_(version=version) for version in order))
    assert batch.level.tolist() == ["standard"]
    stays = order.index("2") + 2
    assert batch.detections.attributes["line"].tolist() == [stays]
    wanted = [line for line in range(2, len(order) + 2) if line != stays]
    assert [row.line for row in batch.rejected] == wanted
    assert {row.reason for row in batch.rejected} <= {f"duplicate of line {line}" for line in (2, stays)}


def test_days_of_which_rows_came_and_none_could_be_used_are_told():
    rows = [
        with_(acq_time="99:99"),
        with_(acq_date="2026-04-12", latitude="NaN"),
        with_(acq_date="2026-04-12"),
        with_(satellite="N21", frp="-1"),
        with_(satellite="J2", acq_date="20260412", frp="-1"),
        with_(satellite="GOES"),
        with_(acq_date="soon"),
        "1,2",
    ]
    assert read(*rows).spoilt == {
        ("VIIRS/NOAA-20", date(2026, 4, 11)),
        ("VIIRS/NOAA-21", date(2026, 4, 11)),
        ("VIIRS/NOAA-21", date(2026, 4, 12)),
    }
    assert read(with_()).spoilt == read().spoilt == frozenset()
