# SPDX-License-Identifier: Apache-2.0
"""What the words of NASA's fire files mean, in all their dialects. Each word is looked at once, not once per row."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import numpy as np

from truceline.sources._words import day_of, number_of, sensor_of

HIGHEST_LOW, LOWEST_HIGH = 30.0, 80.0
"""Per cent from which MODIS confidence counts as nominal, and as high (Giglio 2015, MODIS Collection 6
Active Fire Product User's Guide)."""

_LEVELS = {"l": "low", "n": "nominal", "h": "high", "low": "low", "nominal": "nominal", "high": "high"}
_DAYLIGHT = {"d": True, "day": True, "n": False, "night": False}
_TYPES = {"0": "vegetation", "1": "volcano", "2": "static source", "3": "offshore"}
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:Z| ?UTC)?")
_DIGITS = re.compile(r"(\d{1,4})(?:\.0*)?(?:Z| ?UTC)?")


class Unreadable(str):
    """A reason in words, in place of a value."""

    __slots__ = ()


def day(word: str) -> np.datetime64 | Unreadable:
    """Return ``acq_date`` as a day."""
    found = day_of(word)
    return Unreadable(f"acq_date {found}") if isinstance(found, str) else np.datetime64(found, "D")


def minute(word: str) -> int | Unreadable:
    """Return ``acq_time`` as seconds of the UTC day: ``113``, ``0113``, ``01:13``, ``01:13:00`` and ``113.0`` agree."""
    text = word.strip()
    if clock := _CLOCK.fullmatch(text):
        hour, minutes, seconds = (int(part or 0) for part in clock.groups())
    elif digits := _DIGITS.fullmatch(text):
        hour, minutes, seconds = *divmod(int(digits[1]), 100), 0
    elif re.search(r"[+-]\d{1,2}:?\d{2}$", text):
        return Unreadable(f"acq_time {text[:40]!r} names a time zone; the column is UTC without one")
    else:
        return Unreadable(f"acq_time {text[:40]!r} is not a time such as 0113 or 01:13")
    if hour > 23 or minutes > 59 or seconds > 59:
        return Unreadable(f"acq_time {text!r} is no time of day")
    return hour * 3600 + minutes * 60 + seconds


def sensor(word: str) -> str | Unreadable:
    """Return the sensor that a satellite's name means."""
    return sensor_of(word) or Unreadable(f"satellite {word[:40]!r} is not one that carries VIIRS or MODIS")


def instrument(word: str) -> str | Unreadable:
    """Return ``VIIRS``, ``MODIS`` or, where the field is empty, nothing."""
    text = word.strip().upper()
    if text in {"VIIRS", "MODIS", ""}:
        return text
    return Unreadable(f"instrument {word[:40]!r} is neither VIIRS nor MODIS")


def confidence(word: str) -> str | Unreadable | None:
    """Return low, nominal or high from a letter, a word or per cent; None where the field is empty."""
    text = word.strip().lower()
    if not text:
        return None
    if text in _LEVELS:
        return _LEVELS[text]
    value = per_cent(word)
    if not 0 <= value <= 100:
        return Unreadable(f"confidence {word[:40]!r} is neither low, nominal, high nor 0 to 100 per cent")
    return "low" if value < HIGHEST_LOW else "nominal" if value < LOWEST_HIGH else "high"


def per_cent(word: str) -> float:
    """Return a confidence given in per cent, NaN where it is not given so."""
    value = number_of(word.strip().removesuffix("%"))
    return float("nan") if value is None else value


def daylight(word: str) -> bool | Unreadable | None:
    """Return whether ``daynight`` says day; None where the field is empty."""
    text = word.strip().lower()
    if not text:
        return None
    return _DAYLIGHT.get(text, Unreadable(f"daynight {word[:40]!r} is neither D nor N"))


def fire_type(word: str) -> str | Unreadable | None:
    """Return what the archive's ``type`` says (FIRMS: 0 presumed vegetation, 1 volcano, 2 other static, 3 offshore)."""
    text = word.strip()
    if not text:
        return None
    return _TYPES.get(text.removesuffix(".0"), Unreadable(f"type {word[:40]!r} is not 0, 1, 2 or 3"))


def level(word: str) -> str:
    """Return ``early`` for a version of near or ultra real time (``2.0NRT``), ``standard`` for a bare number."""
    text = word.strip().upper()
    if text.endswith("RT"):
        return "early"
    return "standard" if number_of(text) is not None else ""


def moment(value: datetime) -> str:
    """Return a moment as messages show it."""
    return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
