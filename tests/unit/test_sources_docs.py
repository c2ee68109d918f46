# SPDX-License-Identifier: Apache-2.0
"""The pages on sources: their examples run, and they name every kind, limit and figure the code holds."""

from __future__ import annotations

import re

import numpy as np
import pytest

from truceline.base.bounded import MAX_BYTES
from truceline.sources import (
    _csv,
    _geojson,
    _words,
    claims,
    cloud,
    cloud_grid,
    kinds,
    satellite_days,
    stations,
    tracks,
)
from truceline.sources.firms import columns, pixel, words


@pytest.fixture(scope="module")
def page(repository):
    return (repository / "docs/reference/sources.md").read_text("utf-8")


@pytest.mark.parametrize("name", ["reference/sources.md", "how-to/add-a-source.md"])
def test_examples_run(repository, name):
    text = (repository / "docs" / name).read_text("utf-8")
    blocks = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        exec(compile(block, name, "exec"), {})


def test_every_kind_has_its_heading(page):
    headings = " ".join(re.findall(r"^## (.*)$", page, re.MULTILINE))
    assert not [kind for kind in kinds() if f"`{kind}`" not in headings]


def test_every_column_and_satellite_is_named(page):
    for name in (*columns.NUMBERS, *columns.WORDS, *columns.REQUIRED, *_words.VIIRS, *_words.MODIS):
        assert f"`{name}`" in page, name


def test_figures_are_those_of_the_code(page):
    assert f"{pixel.SIGMA_S:.0f} s" in page
    assert f"VIIRS {pixel.OPTICS['VIIRS/NOAA-20'].geolocation_m:.0f} m" in page
    assert f"MODIS {pixel.OPTICS['MODIS/Aqua'].geolocation_m:.0f} m" in page
    for sensor in ("VIIRS/NOAA-20", "MODIS/Aqua"):
        scan, track = pixel.OPTICS[sensor].widest_km
        assert f"{scan:g} × {track:g} km" in page
        assert f"{pixel.OPTICS[sensor].inclination_deg}°" in page
    assert f"false alarm, nominal | {100 * pixel.false_alarm('nominal'):.1f} %" in page
    assert f"false alarm, high | {100 * pixel.false_alarm('high'):.1f} %" in page
    assert f"low or unstated | {100 * pixel.false_alarm(None):.0f} %" in page
    assert pixel.false_alarm("low") == pixel.false_alarm(None)
    assert f"below {words.HIGHEST_LOW:.0f} low, from {words.LOWEST_HIGH:.0f} high" in page
    assert f"day from {pixel.DAY_ELEVATION:.0f}° up" in page
    assert np.isclose(pixel.SIGMA_S * np.sqrt(3), 180)


def test_limits_are_those_of_the_code(page):
    table = dict(re.findall(r"^\| `(\w+)` \| ([\d.]+ [GM]i?B) \|", page, re.MULTILINE))
    assert MAX_BYTES == 1 << 30
    assert (table.pop("firms"), table.pop("baseline")) == ("1 GiB", "1 GiB")
    limits = {"satellite_days": satellite_days.MAX_BYTES, "cloud": cloud.MAX_BYTES, "claims": claims.MAX_BYTES}
    limits |= {"line": _geojson.MAX_BYTES, "extent": _geojson.MAX_BYTES}
    limits |= {"cloud_grid": cloud_grid.MAX_BYTES, "tracks": tracks.MAX_BYTES, "stations": stations.MAX_BYTES}
    assert table == {kind: f"{limit // 1_000_000} MB" for kind, limit in limits.items()}
    for number in (_csv.MAX_REJECTED, _csv.MAX_RECORD, claims.MAX_NODES, claims.MAX_DEPTH, *columns.BLOCKS):
        assert f"{number:,}" in page
