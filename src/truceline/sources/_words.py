# SPDX-License-Identifier: Apache-2.0
"""Words that several sources share: satellites and days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

VIIRS = {"VIIRS/Suomi-NPP", "VIIRS/NOAA-20", "VIIRS/NOAA-21"}
"""Sensors of 375 m pixels."""

MODIS = {"MODIS/Aqua", "MODIS/Terra"}
"""Sensors of 1 km pixels."""

_NAMES = {
    "VIIRS/Suomi-NPP": "n npp snpp suominpp suomi viirs/suominpp",
    "VIIRS/NOAA-20": "1 1.0 n20 j1 j01 jpss1 noaa20 viirs/noaa20",
    "VIIRS/NOAA-21": "n21 j2 j02 jpss2 noaa21 viirs/noaa21",
    "MODIS/Aqua": "a aqua modis/aqua",
    "MODIS/Terra": "t terra modis/terra",
}
_SENSORS = {word: sensor for sensor, words in _NAMES.items() for word in words.split()}


def sensor_of(satellite: str) -> str | None:
    """Return the sensor a satellite's name means (``N20``, ``1``, ``J1``, ``NOAA-20`` → ``VIIRS/NOAA-20``), or None.

    NASA calls NOAA-20 ``1`` in older answers of the area interface and ``N20`` in newer ones.
    """
    return _SENSORS.get(re.sub(r"[\s_-]", "", satellite.lower()))


_DAY = re.compile(
    r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|(\d{2})(\d{2}))"
    r"(?:[ T]00:00(?::00(?:\.0+)?)?)?Z?"
)


def day_of(text: str) -> date | str:
    """Return a day written year first (``2026-04-01``, ``2026/4/1``, ``20260401``), or why it cannot be read."""
    match = _DAY.fullmatch(text.strip())
    if not match:
        if re.fullmatch(r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}", text.strip()):
            return f"{text!r} may mean two days; write the year first, as 2026-04-01"
        return f"{text[:40]!r} is not a day such as 2026-04-01"
    year, month, day = (int(part) for part in match.groups() if part is not None)
    try:
        return date(year, month, day)
    except ValueError:
        return f"{text!r} is not a day of the calendar"


def midnight(day: date) -> datetime:
    """Return the moment at which a UTC day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")


def number_of(text: str) -> float | None:
    """Return the number a text is, finite or not; None where it is none. Python's ``1_000`` is none."""
    if _NUMBER.fullmatch(text):
        return float(text)
    word = text.lower().lstrip("+-")
    if word in {"inf", "infinity"}:
        return float("-inf") if text.startswith("-") else float("inf")
    return None
