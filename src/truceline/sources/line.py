# SPDX-License-Identifier: Apache-2.0
"""A line of contact as GeoJSON, with what its maker says about it."""

from __future__ import annotations

from typing import Any

from truceline.base.geo import Line
from truceline.errors import InputError, NoPlace
from truceline.sources._geojson import features, load


def read(data: bytes, *, file: str) -> tuple[Line, dict[str, Any]]:
    """Return the line and the properties of the first feature that has any (title, source, ``uncertainty_km``…).

    Raises:
        InputError: not GeoJSON, no line in it, or a vertex that is no place on Earth; with the file's name.
    """
    value = load(data, file=file)
    try:
        properties = next((found for _, found in features(value) if found), {})
        return Line.from_geojson(value), properties
    except OverflowError as error:
        raise NoPlace("a coordinate is too large a number", file=file) from error
    except InputError as error:
        error.file = error.file or file
        raise
