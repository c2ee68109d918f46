# SPDX-License-Identifier: Apache-2.0
"""Files made to cost time, memory or the process: refused, and soon."""

from __future__ import annotations

import time

import pytest

from truceline.errors import InputError
from truceline.sources import claims, cloud, extent, line, satellite_days

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 9)}]\n" for n in range(8)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "{" * 5_000,
        "- " * 5_000 + "x",
        "claims: [" + "a," * 200_000 + "]",
        "claims: '" + "x" * 400_000,
        '"' + "\\" * 100_001,
        "%YAML 1.1.1\n---\na: 1\n",
        "%TAG ! tag:x\n---\na: !y 1\n",
        "a: \x07\n",
        "claims: !!binary aGk=\n",
        "? " * 2_000,
        "a: |\n" + " " * 100_000 + "\n\tx",
        "claims:\n  - {ceasefire: t, claimant: A, accused: B, value: 99999999999999999999}\n",
        "claims:\n  - {ceasefire: t, claimant: A, accused: B, period: {start_utc: 99999-01-01}}\n",
    ],
    ids=range(14),
)
def test_hostile_yaml(text: str):
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        claims.read(text.encode(), file="c.yaml")
    assert caught.value.file == "c.yaml"
    assert time.process_time() - start < 10


def test_a_claims_file_of_comments_ends_in_time():
    start = time.process_time()
    with pytest.raises(InputError):
        claims.read(b"# nothing here\n" * 60_000, file="c.yaml")
    assert time.process_time() - start < 15


@pytest.mark.parametrize("reader", [satellite_days.read, cloud.read])
@pytest.mark.parametrize(
    "data",
    [
        b"," * 9_000 + b"\n",
        b"date" * 5_000 + b"\n1\n",
        b'"acq_date,satellite,status\n' * 2_000,
        b"acq_date,satellite,status,date,cloud_cover_in_x\0\n",
        b"acq_date,satellite,status,date,cloud_cover_in_\xff\n",
    ],
    ids=range(5),
)
def test_hostile_tables(reader, data: bytes):
    with pytest.raises(InputError) as caught:
        reader(data, file="t.csv")
    assert caught.value.file == "t.csv"
    assert caught.value.line is not None


def test_a_spreadsheet_formula_stays_text():
    data = b"acq_date,satellite,status\n2026-04-01,N,=cmd|' /C calc'!A0\n"
    (day,), _ = satellite_days.read(data, file="t.csv")
    assert day.status == "=cmd|' /C calc'!A0"


@pytest.mark.parametrize("reader", [line.read, extent.read])
@pytest.mark.parametrize(
    "data",
    [
        b'{"type": "FeatureCollection", "features": [' + b'{"type": "Feature"},' * 1000 + b"]}",
        b'{"type": "GeometryCollection", "geometries": [' * 50 + b"]}" * 50,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b'{"type": "LineString", "coordinates": [[1, 2], null]}',
        b'{"type": "Polygon", "coordinates": [[[1, 2], {}]]}',
        b'{"type": ["LineString"], "coordinates": []}',
        b'{"type": "Feature", "properties": 5, "geometry": {"type": "Polygon", "coordinates": {}}}',
        b"\xff\xfe{\0}\0",
        b'{"type": "LineString", "coordinates": [[1, 2], [3, 4]]} {}',
    ],
    ids=range(9),
)
def test_hostile_geojson(reader, data: bytes):
    with pytest.raises(InputError) as caught:
        reader(data, file="g.json")
    assert caught.value.file == "g.json"
