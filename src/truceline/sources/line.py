# SPDX-License-Identifier: Apache-2.0
"""A line of contact as GeoJSON, with what its maker says about it."""

from __future__ import annotations

from typing import Any

from truceline.base.geo import Line
from truceline.errors import InputError, Malformed
from truceline.sources._geojson import features, load


def read(data: bytes, *, file: str) -> tuple[Line, dict[str, Any]]:
    """Return the line and the properties of the first feature that has any (title, source, ``uncertainty_km``…).

    Raises:
        InputError: not GeoJSON, no line in it, a vertex that is no place on Earth, or an ``uncertainty_km`` that is no
            number; with the file's name.
    """
    value = load(data, file=file)
    try:
        properties = next((found for _, found in features(value) if found), {})
        _check_uncertainty(properties.get("uncertainty_km"))
        return Line.from_geojson(value), properties
    except InputError as error:
        error.file = error.file or file
        raise


def _check_uncertainty(value: Any) -> None:
    """Refuse an uncertainty that is no number of kilometres, before someone computes with it."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1000):
        raise Malformed(f"uncertainty_km {value!r:.40} is not a number of kilometres (0 to 1000)")
