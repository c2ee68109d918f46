# SPDX-License-Identifier: Apache-2.0
"""Lines, extents and places."""

from __future__ import annotations

import json
import time

import numpy as np
import pytest

from truceline.errors import InputError, LimitExceeded, Malformed, NoPlace, Truncated
from truceline.sources import extent, line, places

RING = [[30.0, 45.0], [38.5, 45.0], [38.5, 50.0], [30.0, 50.0], [30.0, 45.0]]


def polygon(*rings: object) -> bytes:
    return json.dumps({"type": "Polygon", "coordinates": list(rings)}).encode()


def run(*vertices: object, **more: object) -> bytes:
    geometry = {"type": "LineString", "coordinates": list(vertices)}
    return json.dumps({"type": "Feature", "properties": {"uncertainty_km": 4}, "geometry": geometry, **more}).encode()


def test_shared_line(shared_data):
    found, properties = line.read((shared_data / "line_of_contact_20260411.geojson").read_bytes(), file="l")
    assert found.length_m / 1000 == pytest.approx(1253.8, abs=0.05)
    assert properties["date"] == "2026-04-11"
    assert len(found.parts) == 12


def test_line_and_its_properties():
    found, properties = line.read(run([37, 47], [38, 48]), file="l")
    assert found.parts == (((37.0, 47.0), (38.0, 48.0)),)
    assert properties == {"uncertainty_km": 4}
    bare, nothing = line.read(b'{"type": "LineString", "coordinates": [[37, 47], [38, 48]]}', file="l")
    assert bare == found
    assert nothing == {}


@pytest.mark.parametrize(
    ("data", "kind", "reason"),
    [
        (b"", Truncated, "empty"),
        (b"[1]", Malformed, "not GeoJSON"),
        (run([37, 47], [38, 48]).replace(b": 4", b': "some"'), Malformed, "uncertainty_km 'some' is not a number"),
        (run([37, 47], [38, 48]).replace(b": 4", b": -4"), Malformed, "uncertainty_km -4 is not a number"),
        (b'{"type": "Point", "coordinates": [1, 2]}', Malformed, "holds no LineString"),
        (run([37, 47], [38, 148]), NoPlace, "outside longitude"),
        (run([37, 47], ["38", 48]), Malformed, "not a lon/lat pair of numbers"),
        (run([37, 47], [True, 48]), Malformed, "not a lon/lat pair of numbers"),
        (run([37, 47]), Malformed, "fewer than two vertices"),
        (run([37, 47], [37, 47]), Malformed, "has no length"),
        (run([179, 47], [-179, 48]), NoPlace, "antimeridian"),
        (run([37, 47], [10**400, 48]), NoPlace, "outside longitude"),
        (run([37, 47], [38, 48]).replace(b"38", b"9" * 5000), Malformed, "cannot be read"),
        (run([37, 47], [38, 48]).replace(b"38", b"NaN"), Malformed, "NaN is not JSON"),
        (run([37, 47], [38, 48]).replace(b"38", b"1e999"), Malformed, "too large a number"),
        (b'{"type": "x", "type": "y"}', Malformed, "appears twice"),
        (b"[" * 100_000, LimitExceeded, "nest too deeply"),
        (run([37, 47], [38, 48], crs={"name": "EPSG:3857"}), Malformed, "not WGS 84"),
        (b'{"type": "FeatureCollection", "features": 5}', Malformed, "without a list"),
        (b'{"type": "FeatureCollection", "features": [5]}', Malformed, "no object"),
        (b'{"type": "Feature", "geometry": {"type": "LineString"}}', Malformed, "without a list"),
    ],
)
def test_lines_that_are_refused(data: bytes, kind: type[InputError], reason: str):
    with pytest.raises(kind, match=reason) as caught:
        line.read(data, file="l.geojson")
    assert caught.value.file == "l.geojson"


def test_extent_rings():
    two = json.dumps({"type": "MultiPolygon", "coordinates": [[RING], [[[1, 1], [2, 1], [2, 2], [1, 1]]]]}).encode()
    assert [len(ring) for ring in extent.read(two, file="e")] == [5, 4]
    assert extent.read(polygon(RING), file="e") == (tuple(map(tuple, RING)),)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (polygon(RING, [[31, 46], [32, 46], [32, 47], [31, 46]]), "with holes is not accepted"),
        (polygon(RING[:-1]), "the last one being the first again"),
        (polygon([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]), "crosses or touches itself"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "crosses or touches itself"),
        (polygon([[179, 0], [-179, 0], [-179, 2], [179, 0]]), "antimeridian"),
        (polygon([[45, 130], [46, 130], [46, 131], [45, 130]]), "outside longitude"),
        (polygon([[10**400, 0], [1, 1], [2, 2], [0, 0]]), "too large a number|outside"),
        (polygon(5), "without rings"),
        (polygon(), "without rings"),
        (polygon([5, 6]), "not a lon/lat pair"),
        (b'{"type": "Polygon"}', "without rings"),
        (b'{"type": "MultiPolygon", "coordinates": 7}', "without a list"),
        (b'{"type": "Feature", "geometry": 7}', "no object"),
        (run([37, 47], [38, 48]), "holds no Polygon"),
    ],
)
def test_extents_that_are_refused(data: bytes, reason: str):
    with pytest.raises(InputError, match=reason) as caught:
        extent.read(data, file="e.geojson")
    assert caught.value.file == "e.geojson"


def test_places_of_the_theatre():
    start = time.process_time()
    found = places.load((22.0, 44.0, 41.0, 53.0))
    took = time.process_time() - start
    assert took < 3, "half a second on an idle machine"
    assert found["name"][0] == "Kyiv"
    assert found["population"].min() >= places.LEAST
    assert (np.diff(found["population"]) <= 0).all()
    assert ((found["lon"] >= 22) & (found["lon"] <= 41) & (found["lat"] >= 44) & (found["lat"] <= 53)).all()
    assert len({len(column) for column in found.values()}) == 1
    assert "Pokrovsk" in set(found["name"])


def test_places_agree_with_a_plain_reading():
    blob = {
        "1": {"geonameid": 1, "name": 'A "b" }', "latitude": 48.5, "longitude": 37.5, "population": 900},
        "2": {"geonameid": 2, "name": "Šč", "latitude": -48.5, "longitude": 37.5, "population": 901},
        "3": {"geonameid": 3, "name": "C", "latitude": 48, "longitude": -37.5, "population": 902},
        "4": {"geonameid": 4, "name": "D", "latitude": 48.1, "longitude": 37, "population": 499},
        "5": {"geonameid": 5, "name": "Є", "latitude": 48.1, "longitude": 37, "population": 5000},
    }
    data = json.dumps(blob).encode()
    assert places.search(data, (37, 48, 38, 49))["name"].tolist() == ["Є", 'A "b" }']
    assert places.search(data, (-38, 47, 38, 49))["name"].tolist() == ["Є", "C", 'A "b" }']
    assert places.search(data, (37, -49, 38, -48))["name"].tolist() == ["Šč"]
    assert len(places.search(data, (0, 0, 1, 1))["lon"]) == 0
    with pytest.raises(Malformed, match="no box"):
        places.load((41, 44, 22, 53))
