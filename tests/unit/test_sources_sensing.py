# SPDX-License-Identifier: Apache-2.0
"""Tracks, stations and cloud grids at the edges: bad rows are said, good ones kept. Where a denial holds."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from truceline.errors import InputError, LimitExceeded, Malformed, NoPlace
from truceline.sources import cloud_grid, denials, stations, tracks

GOLDEN = Path(__file__).parents[1] / "contract" / "golden"


def reasons(rejected):
    return [(row.line, row.reason) for row in rejected]


def test_tracks():
    head = "sortie,time,longitude,latitude,radius_km,p\n"
    good = "a,2026-04-11T09:01:00Z,37.1,48.1,5,0.7\na,2026-04-11T09:00:00Z,37.0,48.0,5,0.7\n"
    found, bad = tracks.read((head + good).encode(), file="t")
    assert not bad
    assert (found[0].sensor, found[0].family, found[0].sky) == ("a", "optical", 0.0)
    assert found[0].lat.tolist() == [48.0, 48.1]
    more = (
        "a,2026-04-11T09:00:00Z,37.5,48.5,5,0.7\nb,2026-04-11T09:00:00Z,37,48,5,0.7\n,2026-04-11T09:00:00Z,37,48,5,1\n"
        "c,yesterday,37,48,5,0.7\nc,2026-04-11T09:00:00Z,370,48,5,0.7\nc,2026-04-11T09:00:00Z,37,48,5,7\n"
        "c,2026-04-11T09:00:00Z,37,48,0,0.7\n"
    )
    found, bad = tracks.read((head + good + more).encode(), file="t")
    assert len(found) == 1
    told = reasons(bad)
    assert told[0] == (4, "a second corner for the sortie and time of line 3")
    assert told[1] == (5, "a sortie of one corner")
    assert told[2] == (6, "sortie is empty")
    assert told[3][1].startswith("time 'yesterday'")
    assert [line for line, _ in told] == [4, 5, 6, 7, 8, 9, 10]


def test_stations():
    golden = (GOLDEN / "stations.csv").read_bytes()
    found, bad = stations.read(golden, file="s")
    assert not bad
    assert (found[-1].towards_deg, found[-1].arc_deg) == (90.0, 120.0)
    rows = golden.decode().splitlines()
    wrong = [
        rows[1].replace("37.0", "237"),
        rows[1].replace("0 5 10", "0 5"),
        rows[1].replace("0 5 10", "10 5 0"),
        rows[1].replace("0.9 0.8 0.1", "0.9 0.8 1.1"),
        rows[1].replace("0 5 10", "near far"),
        rows[1].replace("2026-04-12", "2026-04-10"),
        rows[1].replace("mic 0", ""),
    ]
    found, bad = stations.read("\n".join([rows[0], *wrong, rows[1], ""]).encode(), file="s")
    assert len(found) == 1
    assert [line for line, _ in reasons(bad)] == list(range(2, 9))


@pytest.mark.parametrize(
    ("values", "wanted", "bad"),
    [([10, 80, 100, 0], 0.8, 0), ([0.1, 0.8, 1.2, 0.4], 0.8, 1), ([1, 1, 90, 0], 1, 1), ([80, 70, 0.6, 0], 0.7, 1)],
)
def test_cloud_grids_in_shares_or_per_cent(values, wanted, bad):
    rows = [f"37,48,2026-04-11T{3 * n:02d}:00:00Z,{value}" for n, value in enumerate(values)]
    grid, rejected = cloud_grid.read("\n".join(["lon,lat,time,cloud", *rows, ""]).encode(), file="c")
    assert len(rejected) == bad
    assert grid.share[1] == pytest.approx(wanted)
    assert (grid.sigma == 0.2).all()
    for stated, meant in ((b"10", 0.1), (b"0.1", 0.1)):  # per cent, or a share beside cloud in per cent
        text = b"lon,lat,time,cloud,sigma\n37,48,2026-04-11T03:00:00Z,70," + stated + b"\n"
        assert cloud_grid.read(text, file="c")[0].sigma.tolist() == [meant]
    _, rejected = cloud_grid.read(b"lon,lat,time,cloud,sigma\n37,48,2026-04-11T03:00:00Z,0.4,20\n", file="c")
    assert reasons(rejected) == [(2, "sigma 20 is above 1 in a column of shares")]


def test_cloud_grids_as_parquet():
    def made(**columns):
        out = io.BytesIO()
        pq.write_table(pa.table(columns), out)
        return out.getvalue()

    time = np.array(["2026-04-11T00:00", "2026-04-11T06:00"], dtype="datetime64[us]")
    good = {"Lon": [37.0, 217.0], "lat": [48.0, 48.0], "time": time, "cloud": [0.5, 0.6], "sigma": [0.1, 0.05]}
    grid, bad = cloud_grid.read(made(**good), file="c")
    assert not bad
    assert grid.lon.tolist() == [37.0, -143.0]
    assert grid.seconds[1] - grid.seconds[0] == 6 * 3600
    _, bad = cloud_grid.read(made(**(good | {"cloud": [None, 0.5]})), file="c")
    assert [row.line for row in bad] == [1]
    with pytest.raises(Malformed):
        cloud_grid.read(made(lon=[1.0], lat=[1.0]), file="c")
    for cut in (4, 50, 300):
        with pytest.raises(InputError):
            cloud_grid.read(made(**good)[:cut], file="c")


DENIAL = {
    "sensor": "mic 3",
    "start": "2026-04-11T09:00:00Z",
    "end": "2026-04-12T00:00:00Z",
    "reason": "jammed",
    "source": "operator",
}
RING = [[37.0, 48.0], [37.2, 48.0], [37.2, 48.2]]


def test_a_denial_says_where_by_rings_or_by_sectors_and_is_written_as_it_was_read():
    listed = [DENIAL, {**DENIAL, "area": [RING, RING[::-1]]}, {**DENIAL, "sectors": [7, 3, 7]}]
    whole, ringed, sectored = found = denials.read(json.dumps(listed).encode(), file="d")
    assert [each.local for each in found] == [False, True, True]
    assert whole.area == ringed.sectors == sectored.area == ()
    assert ringed.area[0] == ((37.0, 48.0), (37.2, 48.0), (37.2, 48.2))
    assert sectored.sectors == (3, 7)
    again = json.dumps([denials.plain(each) for each in found]).encode()
    assert denials.read(again, file="d") == found
    assert not {"area", "sectors"} & set(whole.record().body) | {"area", "sectors"} & set(ringed.record().body)


@pytest.mark.parametrize(
    ("where", "error"),
    [
        ({"area": []}, Malformed),  # would mean everywhere
        ({"area": [[]]}, Malformed),
        ({"area": [RING[:2]]}, Malformed),
        ({"area": [[RING[0]] * 4]}, Malformed),
        ({"area": RING}, Malformed),
        ({"area": "POLYGON ((37 48, 38 48, 38 49, 37 48))"}, Malformed),
        ({"area": [[*RING, [37.1]]]}, Malformed),
        ({"area": [[*RING, ["37", "48"]]]}, Malformed),
        ({"area": [[*RING, [True, False]]]}, Malformed),
        ({"area": [[*RING, [48.0, 137.0]]]}, NoPlace),
        ({"area": [[*RING, [10**400, 48]]]}, NoPlace),
        ({"area": [RING * 4000]}, LimitExceeded),
        ({"sectors": []}, Malformed),
        ({"sectors": [0]}, Malformed),
        ({"sectors": [1.5]}, Malformed),
        ({"sectors": "3-5"}, Malformed),
        ({"sectors": [2**40]}, Malformed),
        ({"sectors": list(range(1, 2000))}, Malformed),
        ({"area": [RING], "sectors": [1]}, Malformed),
        ({"area": None}, Malformed),
    ],
)
def test_a_place_that_is_none_is_refused_and_the_denial_named(where, error):
    with pytest.raises(error) as raised:
        denials.read(json.dumps([DENIAL, {**DENIAL, **where}]).encode(), file="d")
    assert (raised.value.file, raised.value.record) == ("d", "2")


HEAD = "sortie,time,longitude,latitude,radius_km,p\n"


def flown(*corners):
    """Corners of one sortie: (hour, longitude)."""
    rows = [f"heron,2026-04-11T{int(h):02}:{round(h % 1 * 60):02}:00Z,{lon},48.0,5,0.7\n" for h, lon in corners]
    found, bad = tracks.read((HEAD + "".join(rows)).encode(), file="t")
    return [(track.id, (track.seconds % 86_400 / 3600).tolist()) for track in found], reasons(bad)


def test_a_sortie_that_was_silent_for_hours_is_not_taken_to_have_looked_all_the_way():
    assert flown((1, 36.0), (2, 36.5), (5, 37.0)) == ([("track heron", [1, 2, 5])], [])
    cut = [("track heron", [1, 2]), ("track heron, part 2", [6, 7])]
    assert flown((1, 36.0), (2, 36.5), (6, 37.0), (7, 37.1)) == (cut, [])
    found, bad = flown((1, 36.0), (2, 36.5), (6, 37.0))
    assert found == cut[:1]
    assert bad == [(4, "no other corner of its sortie within 3 h")]
    assert flown((1, 36.0), (9, 36.5))[0] == []


def test_a_corner_that_no_craft_reaches_is_rejected():
    found, bad = flown((1, 36.0), (1.5, 63.0), (2, 36.5))
    assert found == [("track heron", [1, 2])]
    assert [line for line, _ in bad] == [3]
    assert "km from the corner of line 2, 0.5 h before" in bad[0][1]


def test_a_second_cloud_of_one_place_and_time_is_rejected():
    rows = "37,48,2026-04-11T00:00Z,0.1\n37,48,2026-04-11T03:00+03:00,0.9\n37,48,2026-04-11T03:00Z,0.9\n"
    grid, bad = cloud_grid.read(("lon,lat,time,cloud\n" + rows).encode(), file="c")
    assert grid.share.tolist() == [0.1, 0.9]
    assert reasons(bad) == [(3, "a second entry for the place and time of line 2")]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("NOAA-20", "VIIRS/NOAA-20"),
        ("viirs/noaa 20", "VIIRS/NOAA-20"),
        ("MODIS/terra", "MODIS/Terra"),
        ("1", "1"),
        ("A", "A"),
    ],
)
def test_a_denial_of_a_fire_satellite_holds_however_it_is_spelt(written, meant):
    span = {"start": "2026-04-11T00:00:00Z", "end": "2026-04-12T00:00:00Z", "reason": "r", "source": "operator"}
    assert [each.sensor for each in denials.read(json.dumps([span | {"sensor": written}]).encode(), file="d")] == [
        meant
    ]
