# SPDX-License-Identifier: Apache-2.0
"""Where satellites are, against Skyfield; look geometry; elements in every form, old ones, broken ones among good ones."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import field_cases as cases
import numpy as np
import pyproj
import pytest
from sgp4.api import Satrec
from sgp4.conveniences import sat_epoch_datetime
from sgp4.exporter import export_omm, export_tle
from skyfield.api import EarthSatellite, load, wgs84

from truceline.base.clock import Interval, utc
from truceline.base.geo import geodesic_m
from truceline.coverage import catalogue, cells, earth, elements, ephemeris, looks
from truceline.coverage._compile import seen
from truceline.coverage.orbit import lonlat, unit
from truceline.errors import ChecksumMismatch, Malformed, NoTime, Truncated, UnknownFormat
from truceline.model.watching import ReferenceAct

TIMES = load.timescale(builtin=True)
SENSORS = {sensor.name: sensor for sensor in catalogue.known()}
NUMBERS = {"VIIRS/NOAA-20": 43013, "SAR/Sentinel-1A": 39634, "MSI/Sentinel-2A": 40697, "OLI/Landsat-9": 49260}


def moments(seconds):
    return TIMES.from_datetimes([datetime.fromtimestamp(s, tz=UTC) for s in seconds.tolist()])


def named(number, **more):
    """Elements of a made satellite under a catalogue number, of the day of the cases."""
    made = cases.satellite(1, 1.0 + number % 5, number % 5, **more)
    fresh = Satrec()
    fresh.sgp4init(
        1, "i", number, made.jdsatepoch + made.jdsatepochF - 2_433_281.5, 1e-5, 0.0, 0.0, made.ecco, made.argpo,
        made.inclo, made.mo, made.no_kozai, made.nodeo,
    )  # fmt: skip
    fresh.intldesg = "14016A"
    return fresh


def omm_of(satellite, name="OBJECT"):
    fields = export_omm(satellite, name)
    return {key: (value.isoformat() if isinstance(value, datetime) else value) for key, value in fields.items()}


def text_of(*numbers):
    return json.dumps([omm_of(named(number)) for number in numbers])


def found(text, *, period=cases.PERIOD, sensors=None, where=cases.WHERE, act=cases.ACT):
    middle, radius = where.middle
    return looks.from_elements([(text, "e")], sensors or catalogue.known(), middle, radius, period, act)


@pytest.mark.parametrize(
    "made",
    [
        cases.satellite(1, 1.0, 2.0),
        cases.satellite(2, 4.0, 1.0, days=20_500.0),
        cases.satellite(3, 0.3, 5.0, tilt=51.6, motion=15.5, days=24_000.3),
        cases.satellite(4, 2.0, 0.1, tilt=63.4, motion=2.0, days=26_500.7),
        cases.satellite(5, 2.0, 0.1, tilt=0.05, motion=1.0027, days=27_800.0),
    ],
)
def test_positions_equal_skyfields_to_a_hundred_metres(made):
    start = sat_epoch_datetime(made)
    period = Interval(start, start + timedelta(days=3))
    orbit = ephemeris.propagate([made], ["x"], period)[0]
    seconds = start.timestamp() + np.arange(0, 3 * 86_400, 1_234.5)
    lon, lat, height = earth.geodetic(orbit.fixed(seconds))
    theirs = EarthSatellite.from_satrec(made, TIMES).at(moments(seconds))
    below = wgs84.subpoint_of(theirs)
    assert geodesic_m(lon, lat, below.longitude.degrees, below.latitude.degrees).max() < 20
    assert np.abs(height - wgs84.height_of(theirs).km).max() < 0.01
    x, y = lonlat(earth.subpoint(orbit.fixed(seconds)))
    assert geodesic_m(lon, lat, x, y).max() < 2


def test_look_angles_and_sun_equal_skyfields():
    made = cases.satellite(1, 1.0, 2.0)
    seconds = cases.START.timestamp() + np.arange(0, 86_400, 97.0)
    place = wgs84.latlon(48.0, 37.0)
    theirs = (EarthSatellite.from_satrec(made, TIMES) - place).at(moments(seconds))
    altitude, _, distance = theirs.altaz()
    up = altitude.degrees > 5
    period = Interval(cases.START, cases.START + timedelta(days=1))
    fixed = ephemeris.propagate([made], ["x"], period)[0].fixed(seconds[up])
    off, incidence, length = earth.look_angles(fixed, np.full(up.sum(), 37.0), np.full(up.sum(), 48.0))
    assert np.abs(90 - incidence - altitude.degrees[up]).max() < 0.01
    assert np.abs(length - distance.km[up]).max() < 0.1
    sine = 6371.0 / (6371.0 + 790) * np.sin(np.radians(incidence))
    assert np.abs(np.degrees(np.arcsin(sine)) - off).max() < 0.6  # on a sphere of about that height


def test_the_sun_stands_where_the_almanac_has_it():
    """Vallado 2013, example 5-1: 2 April 2006, 0 h: right ascension 0h 45m, declination +4.8°: over 168.7 E nearly."""
    seconds = np.array([utc("2006-04-02T00:00Z").timestamp()])
    x, y, z = earth.sun_direction(seconds)[0]
    assert np.degrees(np.arcsin(z)) == pytest.approx(4.788, abs=0.02)
    assert np.degrees(np.arctan2(y, x)) % 360 == pytest.approx(180.9, abs=0.3)
    noon = np.array([utc("2026-06-21T09:32Z").timestamp()])
    assert earth.sun_elevation(np.array([37.0]), np.array([48.0]), noon)[0] == pytest.approx(65.4, abs=0.3)


def test_off_nadir_becomes_ground_distance():
    assert earth.ground_of_off_nadir(0.0, 800.0) == 0
    assert earth.ground_of_off_nadir(56.0, 824.0) == pytest.approx(1530, abs=40)
    assert earth.ground_of_off_nadir(80.0, 800.0) == pytest.approx(3060, abs=50)


def test_passes_of_every_kind_of_satellite():
    made = found(text_of(*NUMBERS.values()), period=Interval(cases.START, cases.START + timedelta(days=6)))
    assert {satellite.sensor.name for satellite in made.satellites} == set(NUMBERS)
    assert not made.refused
    for satellite in made.satellites:
        own = [sight for sight in made.passes if sight.sensor == satellite.sensor.name]
        assert own
        for sight in own:
            at = looks.geometry(satellite, sight, *cases.MIDDLE, cases.ACT)
            assert abs(at.moment - (sight.first + sight.last) / 2) < 5
            assert at.range_km >= satellite.altitude_km - 40
            assert at.incidence_deg >= at.off_nadir_deg
            within = satellite.sensor.near_km <= abs(at.across_km) <= satellite.sensor.far_km
            if satellite.sensor.side == -1:
                within &= at.across_km < 0
            if satellite.sensor.lit == "day":
                within &= at.sun_elevation_deg > 5
            assert at.in_swath == within
            assert (at.p > 0) == (within and satellite.sensor.curve != "")


def test_a_radars_incidence_is_that_of_its_mode():
    made = found(text_of(39634), period=Interval(cases.START, cases.START + timedelta(days=14)))
    satellite = made.satellites[0]
    places = [(lon, cases.MIDDLE[1]) for lon in np.arange(30, 44, 1.0)]
    angles = [
        at.incidence_deg
        for sight in made.passes
        for place in places
        if (at := looks.geometry(satellite, sight, *place, cases.ACT)).in_swath
    ]
    assert len(angles) > 5
    assert min(angles) > 23  # the made orbit is higher than the satellite's own
    assert max(angles) < 48


def test_elements_in_every_form_are_the_same():
    made = named(43013)
    fields = omm_of(made, "NOAA 20")
    kvn = "CCSDS_OMM_VERS = 2.0\nCOMMENT made\n" + "".join(f"{key} = {value}\n" for key, value in fields.items())
    kvn = kvn.replace(f"INCLINATION = {fields['INCLINATION']}", f"INCLINATION = {fields['INCLINATION']} [deg]")
    leaves = "".join(f"<{key}>{value}</{key}>" for key, value in fields.items())
    xml = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ndm><omm><body><segment><metadata>'
        f"{leaves}</metadata></segment></body></omm></ndm>"
    )
    csv = ",".join(fields) + "\n" + ",".join(str(value) for value in fields.values()) + "\n"
    forms = [json.dumps([fields]), json.dumps(fields), xml, kvn, csv, kvn + kvn]
    for text in forms:
        for item in elements.read(text, "e"):
            assert (item.number, item.name) == ("43013", "NOAA 20")
            assert abs(item.epoch - sat_epoch_datetime(made)) < timedelta(milliseconds=1)
            assert item.satellite.mo == pytest.approx(made.mo)
    assert len(elements.read(kvn + kvn, "e")) == 2
    tle = "\n".join(["NOAA 20", *export_tle(made)])
    assert elements.read(tle, "e")[0].satellite.nodeo == pytest.approx(made.nodeo, abs=1e-5)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("<ndm><omm>", Truncated),
        ("<ndm>&x;</ndm>", Malformed),
        ('<!DOCTYPE x [<!ENTITY a "b">]><omm/>', Malformed),
        ("<html/>", UnknownFormat),
        ("<omm/>", Malformed),
        ("CCSDS_OMM_VERS = 2.0\nnonsense", Malformed),
        ("CCSDS_OMM_VERS = 2.0\nEPOCH = x\nEPOCH = y", Malformed),
        ("CCSDS_OMM_VERS = 2.0\nTIME_SYSTEM = GPS", NoTime),
    ],
)
def test_broken_messages_say_so(text, error):
    with pytest.raises(error):
        elements.read(text, "e")


def test_a_bad_object_among_good_ones_costs_only_itself():
    good = [omm_of(named(number)) for number in (43013, 40697)]
    bad = good[0] | {"MEAN_MOTION": "fast"}
    made = found(json.dumps([good[0], bad, good[1]]))
    assert len(made.satellites) == 2
    assert [str(error) for error in made.refused] == ["e: record 2: MEAN_MOTION is not a number, or missing"]
    lines = [line for number in (43013, 40697) for line in ("NAME", *export_tle(named(number)))]
    lines[1] = lines[1][:-1] + str((int(lines[1][-1]) + 1) % 10)
    objects, refused = elements.read_kept("\n".join(lines), "e")
    assert [item.number for item in objects] == ["40697"]
    assert isinstance(refused[0], ChecksumMismatch)
    assert refused[0].line == 2


def test_elements_years_old_are_refused_and_the_rest_kept():
    old = omm_of(named(43013)) | {"EPOCH": "2021-04-10T00:00:00"}
    made = found(json.dumps([old, omm_of(named(40697))]))
    assert [satellite.sensor.name for satellite in made.satellites] == ["MSI/Sentinel-2A"]
    assert isinstance(made.refused[0], NoTime)
    assert "1827 days" in str(made.refused[0])
    only = found(json.dumps([old]))
    assert only.passes == ()
    with pytest.raises(UnknownFormat):
        found(json.dumps([omm_of(named(12345))]))


def test_age_brings_error_and_the_look_carries_it():
    fresh, older = looks.age_error(0.1, 830), looks.age_error(20, 830)
    assert fresh.along_km < 1 < older.along_km
    assert older.seconds == pytest.approx(older.along_km / looks.GROUND_KM_S, abs=0.01)
    assert older.cross_km < older.along_km
    assert looks.age_error(5, 500).along_km > looks.age_error(5, 800).along_km
    assert looks.age_error(-5, 800) == looks.age_error(5, 800)
    made = found(text_of(43013))
    for sight in made.passes:
        assert made.errors[sight.id].age_days < 2
    assert looks.age_of(made.satellites[0], cases.START + timedelta(days=30)).along_km > 100


def test_a_users_own_satellite_from_the_watch():
    own = {"name": "EYE/One", "object": "My Eye", "far_km": 40.0, "curve": "MSI", "side": "left", "lit": "any"}
    known = catalogue.catalogue([own])
    item = omm_of(named(99_001), "MY EYE")
    made = found(json.dumps([item]), sensors=known, period=Interval(cases.START, cases.START + timedelta(days=9)))
    assert [satellite.sensor.name for satellite in made.satellites] == ["EYE/One"]
    assert made.passes
    assert all(sight.side == 1 for sight in made.passes)
    replaced = catalogue.catalogue([{"name": "VIIRS/NOAA-20", "catalogue": 43013, "far_km": 1000.0}])
    assert {s.name: s.far_km for s in replaced}["VIIRS/NOAA-20"] == 1000.0
    assert len(replaced) == len(catalogue.known())


@pytest.mark.parametrize(
    "table",
    [
        {},
        {"name": "x"},
        {"name": "x", "far_km": -1},
        {"name": "x", "far_km": float("nan")},
        {"name": "x", "far_km": 10, "near_km": 20},
        {"name": "x", "far_km": 10, "side": "up"},
        {"name": "x", "far_km": 10, "lit": "dusk"},
        {"name": "x", "far_km": 10, "sky": 2},
        {"name": "x", "far_km": 10, "acts": {"damage": 3}},
        {"name": "x", "far_km": 10, "curve": "NONE"},
        {"name": "x", "far_km": 10, "colour": "red"},
        {"name": "x", "far_km": 10, "catalogue": 1.5},
        {"name": "x", "far_km": True},
    ],
)
def test_sensors_that_cannot_be(table):
    with pytest.raises(Malformed):
        catalogue.catalogue([table])


def test_two_entries_of_a_name():
    with pytest.raises(Malformed):
        catalogue.catalogue([{"name": "x", "far_km": 10}] * 2)


def test_what_a_sensor_detects():
    viirs, radar, msi = SENSORS["VIIRS/NOAA-20"], SENSORS["SAR/Sentinel-1A"], SENSORS["MSI/Sentinel-2A"]
    fire, damage = ReferenceAct(), ReferenceAct(name="damage")
    assert viirs.chances(fire, 830, by_day=False)[0] > viirs.chances(fire, 830, by_day=True)[0] > 0
    assert not any(viirs.chances(damage, 830, by_day=True))
    assert not any(radar.chances(fire, 700, by_day=True))
    assert radar.chances(damage, 700, by_day=False)[0] == 0.25
    assert not any(msi.chances(fire, 786, by_day=False))
    assert msi.chance_at(fire, 100.0, 786, by_day=True) > 0.9
    assert msi.chance_at(fire, 200.0, 786, by_day=True) == 0
    assert msi.chance_at(damage, 10.0, 786, by_day=True) == 0.5


GEOD = pyproj.Geod(ellps="WGS84")


def edges(satellite, sight):
    """Both edges of a swath at its middle: geodesics square to Skyfield's ground track, as long as the sensor sees."""
    middle = (sight.first + sight.last) / 2
    flown = EarthSatellite.from_satrec(satellite.elements.satellite, TIMES).at(moments(middle + np.array([-1.0, 0, 1])))
    below = wgs84.subpoint_of(flown)
    lon, lat = below.longitude.degrees, below.latitude.degrees
    ahead = GEOD.inv(lon[1], lat[1], lon[2], lat[2])[0]
    sides = {0: (-90, 90), 1: (-90,), -1: (90,)}[sight.side]
    return [GEOD.fwd(lon[1], lat[1], ahead + side, sight.far_km * 1000)[:2] for side in sides]


@pytest.mark.parametrize("where", [(37.0, 48.0), (179.95, 66.0), (10.0, 89.9), (-60.0, -3.0)])
def test_a_swaths_edge_equals_skyfields_to_a_hundred_metres(where):
    place = unit(np.array([where[0]]), np.array([where[1]]))[0]
    period = Interval(cases.START, cases.START + timedelta(days=2))
    made = looks.from_elements([(text_of(*NUMBERS.values()), "e")], catalogue.known(), place, 0.2, period, cases.ACT)
    by = {satellite.sensor.name: satellite for satellite in made.satellites}
    assert len(made.passes) > 4
    for sight in made.passes:
        for lon, lat in edges(by[sight.sensor], sight):
            found = looks.geometry(by[sight.sensor], sight, lon, lat, cases.ACT)
            assert abs(abs(found.across_km) - sight.far_km) < 0.1
            # the field's own test of cells puts its edge there too
            beside = [GEOD.fwd(lon, lat, azimuth, 150.0)[:2] for azimuth in range(0, 360, 15)]
            x, y = np.array(beside).T
            same = np.zeros(len(x), dtype=np.int64)
            ring = cells.Cells(np.arange(len(x), dtype=np.uint64), x, y, same, same, np.zeros(len(x)))
            assert 6 <= seen(sight, ring).sum() <= 18


@pytest.mark.parametrize("lat", [89.9, -60.0])
def test_passes_over_the_pole_and_the_antimeridian(lat):
    where = cells.of_ids(cells.along_line(cases.LINE, 5).ids[:50])
    shifted = type(where)(where.ids, np.full(50, 179.99), np.full(50, lat), where.sector, where.side, where.distance_km)
    made = found(text_of(43013), where=shifted)
    satellite = made.satellites[0]
    assert len(made.passes) >= 2
    for sight in made.passes:
        at = looks.geometry(satellite, sight, 179.99, lat, cases.ACT)
        other = looks.geometry(satellite, sight, -180.01, lat, cases.ACT)
        assert abs(at.across_km) < 2500
        assert at == other


def test_lit_and_track():
    made = found(text_of(43013))
    satellite = made.satellites[0]
    seconds = cases.START.timestamp() + np.arange(0, 6000, 60.0)
    lon, lat, height = looks.track_of(satellite, seconds)
    assert np.abs(lat).max() < 82
    assert np.abs(lon).max() <= 180
    assert 760 < height.mean() < 860
    assert 0.2 < looks.lit(satellite, seconds).mean() < 0.8
