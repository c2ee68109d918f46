# SPDX-License-Identifier: Apache-2.0
"""GeoJSON from outside: strict JSON, WGS 84 longitude/latitude, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from truceline.base.canonical import parse_json
from truceline.errors import InputError, LimitExceeded, Malformed, Truncated

MAX_BYTES = 50_000_000
"""Largest file read, bytes (some two million vertices)."""

_WGS84 = ("CRS84", "4326", "WGS84", "WGS 84")


def load(data: bytes, *, file: str) -> dict[str, Any]:
    """Return the GeoJSON object of a file.

    Raises:
        Truncated: empty.
        LimitExceeded: too large, or nested too deeply.
        Malformed: not JSON, not an object, or in another coordinate system than WGS 84.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"{len(data):,} bytes; at most {MAX_BYTES:,} are read", file=file)
    if not data.strip():
        raise Truncated("the file is empty", file=file)
    try:
        value = parse_json(data, file=file)
    except InputError as error:
        error.file = error.file or file
        raise
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise Malformed("not GeoJSON: expected an object with a type", file=file)
    named = str(value.get("crs", ""))
    if value.get("crs") is not None and not any(word in named for word in _WGS84):
        raise Malformed(f"coordinates are not WGS 84 longitude/latitude: {named[:120]}", file=file)
    return value


def features(value: dict[str, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Return (geometry, properties) of every feature; a bare geometry has no properties.

    Raises:
        Malformed: a collection without a list, or something that is no feature.
    """
    if value.get("type") == "FeatureCollection":
        found = value.get("features")
        if not isinstance(found, list):
            raise Malformed("not GeoJSON: FeatureCollection without a list 'features'")
        for feature in found:
            if not isinstance(feature, dict):
                raise Malformed("not GeoJSON: a feature that is no object")
            yield from features(feature) if feature.get("type") == "Feature" else ()
    elif value.get("type") == "Feature":
        properties = value.get("properties")
        yield value.get("geometry"), dict(properties) if isinstance(properties, dict) else {}
    else:
        yield value, {}
