# SPDX-License-Identifier: Apache-2.0
"""Every source keeps the contract."""

from __future__ import annotations

import importlib
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest

from truceline.base.bounded import MAX_BYTES
from truceline.model.detection import Detections
from truceline.sources import (
    _geojson,
    claims,
    cloud,
    cloud_grid,
    denials,
    extent,
    firms,
    get,
    kinds,
    line,
    satellite_days,
    stations,
    tracks,
)
from truceline.sources.testing import FILE, Outcome, SourceContract

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 23, tzinfo=UTC)
THEATRE = (22.0, 44.0, 41.0, 53.0)


def golden(name: str) -> bytes:
    return (GOLDEN / name).read_bytes()


def told(detections: Detections) -> str:
    """All columns but the line, as text (the contract compares files that differ in nothing else)."""
    return "\n".join(str(record.body) for record in detections.records())


def exchanged(data: bytes, one: str, other: str) -> bytes:
    """A table with the headings of two columns exchanged."""
    head, rest = data.split(b"\n", 1)
    names = head.decode().split(",")
    names = [{one: other, other: one}.get(name, name) for name in names]
    return ",".join(names).encode() + b"\n" + rest


class FirmsContract(SourceContract):
    name = "firms"
    limit = MAX_BYTES

    def read(self, data: bytes) -> Outcome:
        batch = firms.read(data, file=FILE, now=NOW, theatre=THEATRE)
        return Outcome(len(batch.detections), batch.rejected, told(batch.detections), batch.rows_read)


class TestFirmsViirs(FirmsContract):
    golden = golden("firms_viirs.csv")
    swapped = exchanged(golden, "latitude", "longitude")
    zoned: ClassVar = {
        "four digits": golden.replace(b"09:28:00", b"0928").replace(b"11:08:00", b"1108"),
        "no leading nought": golden.replace(b"09:28:00", b"928"),
        "no seconds": golden.replace(b"09:28:00", b"09:28"),
        "Z": golden.replace(b"09:28:00", b"09:28:00Z"),
        "floating point": golden.replace(b"09:28:00", b"928.0"),
        "slashes": golden.replace(b"2026-04-01", b"2026/04/01"),
    }
    unzoned: ClassVar = {
        "an offset": golden.replace(b"09:28:00", b"09:28:00+03:00"),
        "two days in one": golden.replace(b"2026-04-01", b"01/04/2026"),
        "half past": golden.replace(b"09:28:00", b"9h28"),
        "next year": golden.replace(b"2026-04-01", b"2027-04-01"),
    }


class TestFirmsModis(FirmsContract):
    golden = golden("firms_modis.csv")
    swapped = exchanged(golden, "latitude", "longitude")


class TestSatelliteDays(SourceContract):
    name = "satellite_days"
    limit = satellite_days.MAX_BYTES
    golden = golden("satellite_days.csv")
    zoned: ClassVar = {"Z": golden.replace(b"2026-04-01,", b"2026-04-01T00:00:00Z,")}
    unzoned: ClassVar = {"an offset": golden.replace(b"2026-04-01,", b"2026-04-01T00:00:00+03:00,")}

    def read(self, data: bytes) -> Outcome:
        days, rejected = satellite_days.read(data, file=FILE)
        return Outcome(len(days), rejected, repr(days))


class TestCloud(SourceContract):
    name = "cloud"
    limit = cloud.MAX_BYTES
    golden = golden("cloud.csv")
    zoned: ClassVar = {"Z": golden.replace(b"2026-03-01,", b"2026-03-01T00:00:00Z,")}
    unzoned: ClassVar = {"an hour": golden.replace(b"2026-03-01,", b"2026-03-01T03:00:00,")}

    def read(self, data: bytes) -> Outcome:
        days, rejected = cloud.read(data, file=FILE)
        return Outcome(len(days), rejected, repr(days))


class TestDenials(SourceContract):
    name = "denials"
    limit = denials.MAX_BYTES
    golden = golden("denials.json")
    zoned: ClassVar = {"an offset": golden.replace(b"2026-04-11T09:00:00Z", b"2026-04-11T12:00:00+03:00")}
    unzoned: ClassVar = {
        "no zone": golden.replace(b"2026-04-11T09:00:00Z", b"2026-04-11T09:00:00"),
        "ends before it starts": golden.replace(b"2026-04-12T00:00:00Z", b"2026-04-10T00:00:00Z"),
    }

    def read(self, data: bytes) -> Outcome:
        found = denials.read(data, file=FILE)
        return Outcome(len(found), (), repr(found))


class TestTracks(SourceContract):
    name = "tracks"
    limit = tracks.MAX_BYTES
    golden = golden("tracks.csv")
    zoned: ClassVar = {"an offset": golden.replace(b"2026-04-11T09:00:00Z", b"2026-04-11T12:00:00+03:00")}
    unzoned: ClassVar = {"no zone": re.sub(rb"(T\d\d:\d\d:\d\d)Z", rb"\1", golden)}

    def read(self, data: bytes) -> Outcome:
        found, bad = tracks.read(data, file=FILE)
        return Outcome(sum(len(track.seconds) for track in found), bad, repr([told_track(t) for t in found]))


def told_track(track):
    return (track.id, track.sensor, track.family, track.seconds.tolist(), track.lon.tolist(), track.lat.tolist(),
            track.radius_km, track.p, track.sky)  # fmt: skip


class TestStations(SourceContract):
    name = "stations"
    limit = stations.MAX_BYTES
    golden = golden("stations.csv")
    zoned: ClassVar = {"an offset": golden.replace(b"2026-04-11T00:00:00Z", b"2026-04-11T03:00:00+03:00")}
    unzoned: ClassVar = {"no zone": golden.replace(b":00Z", b":00")}

    def read(self, data: bytes) -> Outcome:
        found, bad = stations.read(data, file=FILE)
        return Outcome(len(found), bad, repr([vars(sensor) | {"id": ""} for sensor in found]))


class TestCloudGrid(SourceContract):
    name = "cloud_grid"
    limit = cloud_grid.MAX_BYTES
    golden = golden("cloud_grid.csv")
    zoned: ClassVar = {"an offset": golden.replace(b"2026-04-11T00:00:00Z", b"2026-04-11T03:00:00+03:00")}
    unzoned: ClassVar = {"no zone": golden.replace(b":00Z", b":00")}

    def read(self, data: bytes) -> Outcome:
        grid, bad = cloud_grid.read(data, file=FILE)
        return Outcome(len(grid.lon), bad, repr([column.tolist() for column in vars(grid).values()]))


class TestClaims(SourceContract):
    name = "claims"
    limit = claims.MAX_BYTES
    golden = golden("claims.yaml")
    zoned: ClassVar = {
        "an offset": golden.replace(b"2026-04-11T13:00:00Z", b"2026-04-11T16:00:00+03:00"),
        "no zone, but _utc": golden.replace(b"2026-04-11T13:00:00Z", b"2026-04-11T13:00:00"),
        "a blank": golden.replace(b"2026-04-11T13:00:00Z", b"2026-04-11 13:00:00Z"),
        "quotes": golden.replace(b"2026-04-11T13:00:00Z", b'"2026-04-11T13:00:00Z"'),
    }
    unzoned: ClassVar = {
        "no zone and no _utc": golden.replace(b"start_utc: 2026-04-11T13:00:00Z", b"start: 2026-04-11T13:00:00"),
        "words": golden.replace(b"2026-04-11T13:00:00Z", b"Saturday"),
    }

    def read(self, data: bytes) -> Outcome:
        found, truces = claims.read(data, file=FILE)
        return Outcome(len(found) + len(truces), (), repr((found, truces)))


class TestLine(SourceContract):
    name = "line"
    limit = _geojson.MAX_BYTES
    golden = golden("line.geojson")
    swapped = golden.replace(b"37.1, 47.2", b"47.2, 137.1")

    def read(self, data: bytes) -> Outcome:
        found, properties = line.read(data, file=FILE)
        return Outcome(len(found.parts), (), repr((found, properties)))


class TestExtent(SourceContract):
    name = "extent"
    limit = _geojson.MAX_BYTES
    golden = golden("extent.geojson")
    swapped = golden.replace(b"30.0, 45.0", b"45.0, 130.0")

    def read(self, data: bytes) -> Outcome:
        rings = extent.read(data, file=FILE)
        return Outcome(len(rings), (), repr(rings))


def contracts() -> dict[str, type[SourceContract]]:
    """Contract classes of this folder by the source they name."""
    found: dict[str, type[SourceContract]] = {}
    for path in Path(__file__).parent.glob("test_sources_*.py"):
        text = path.read_text()
        for kind in kinds():
            if f'name = "{kind}"' in text and "SourceContract" in text:
                found[kind] = SourceContract
    return found


@pytest.mark.parametrize("kind", kinds())
def test_every_source_has_a_contract_test_and_a_read(kind: str):
    assert kind in contracts(), f"write a contract test for the source {kind!r}"
    assert callable(get(kind).read)
    assert get(kind) is importlib.import_module(f"truceline.sources.{kind}")
