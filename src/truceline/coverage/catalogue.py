# SPDX-License-Identifier: Apache-2.0
"""The sensor catalogue: what each satellite's instrument sees, one entry a sensor, and what a watch adds to it."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

from truceline.coverage.detect import CURVES, p_detect
from truceline.coverage.sights import fire_curve
from truceline.errors import Malformed
from truceline.model.watching import ReferenceAct

FAMILY = "thermal-infrared"
"""Error family of an entry that names none: that of the fire products."""

_KEYS = {"name", "catalogue", "object", "family", "near_km", "far_km", "side", "lit", "sky", "taken", "acts", "curve"}
_SIDES = {"both": 0, "left": 1, "right": -1}
_LIT = ("any", "day", "night")
_STEPS = 64


@dataclass(frozen=True)
class Sensor:
    """One instrument on one satellite."""

    name: str
    """As detections and denials name it: instrument, stroke, satellite."""

    catalogue: str
    """Catalogue number of the satellite, as text; empty where it is known by ``object`` only."""

    object: str
    """The satellite's name in element files; empty where it is known by number only."""

    family: str
    """Error family."""

    near_km: float
    """Nearest ground distance from the track that it sees; 0 straight below."""

    far_km: float
    """Greatest."""

    side: int
    """1 left of the track only, -1 right only, 0 both."""

    lit: str
    """``day`` or ``night`` where it looks only then (sun above or below 5 degrees), else ``any``."""

    sky: float
    """Share of the cloud that blinds it: 1 for optics, 0 for radar."""

    taken: float
    """Share of its passes that are taken at all."""

    curve: str
    """Instrument whose fire detection curve it has; empty: it detects no fire."""

    acts: Mapping[str, float] = field(default_factory=dict)
    """P(detect | the act's traces are there as it passes, clear sky) for acts that are no fire."""

    source: str = "watch.toml"
    """Where the figures come from."""

    def chances(self, act: ReferenceAct, altitude_km: float, *, by_day: bool) -> tuple[float, ...]:
        """Return P(detect the act | clear sky) at equal steps of ground distance from 0 to ``far_km``."""
        if self.lit != "any" and by_day != (self.lit == "day"):
            return (0.0,) * 2
        if act.name != "fire":
            return (self.acts.get(act.name, 0.0) * self.taken,) * 2
        if not self.curve:
            return (0.0,) * 2
        found = fire_curve(self.curve, act.power_mw, self.far_km, altitude_km, by_day=by_day)
        return tuple(p * self.taken for p in found)

    def chance_at(self, act: ReferenceAct, across_km: float, altitude_km: float, *, by_day: bool) -> float:
        """Return P(detect the act | clear sky) at one ground distance from the track; 0 outside the swath."""
        if not self.near_km <= across_km <= self.far_km:
            return 0.0
        if act.name == "fire" and self.curve and (self.lit == "any" or by_day == (self.lit == "day")):
            found = p_detect(
                act.power_mw, np.array([across_km]), sensor=self.curve, altitude_km=altitude_km, by_day=by_day
            )
            return float(found[0]) * self.taken
        return self.chances(act, altitude_km, by_day=by_day)[0]


@cache
def known() -> tuple[Sensor, ...]:
    """Return the sensors that ship with Truceline."""
    text = files("truceline.coverage").joinpath("sensors.toml").read_text(encoding="utf-8")
    return read(tomllib.loads(text)["sensor"], file="sensors.toml")


def catalogue(own: Sequence[Mapping[str, Any]] = (), *, file: str = "watch.toml") -> tuple[Sensor, ...]:
    """Return the sensors that ship, and a watch's own; an own entry of a name that ships takes its place.

    Raises:
        Malformed: an own entry is none.
    """
    mine = read(own, file=file)
    names = {sensor.name for sensor in mine}
    return (*(sensor for sensor in known() if sensor.name not in names), *mine)


def keys(sensors: Sequence[Sensor]) -> frozenset[str]:
    """Return the catalogue numbers and object names by which elements tell these satellites, lower case."""
    return frozenset(key.casefold() for sensor in sensors for key in (sensor.catalogue, sensor.object) if key)


def read(tables: Sequence[Mapping[str, Any]], *, file: str) -> tuple[Sensor, ...]:
    """Return sensors from ``[[sensor]]`` tables.

    Raises:
        Malformed: a key is unknown or missing, a value is none of its kind, or two entries share a name.
    """
    found = [_sensor(table, file) for table in tables]
    names = [sensor.name for sensor in found]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Malformed("two entries share this name", file=file, record=min(twice))
    return tuple(found)


def _sensor(table: Mapping[str, Any], file: str) -> Sensor:
    name = table.get("name")
    if not isinstance(name, str) or not name or len(name) > 100:
        raise Malformed("a [[sensor]] needs a name", file=file)

    def wrong(reason: str) -> Malformed:
        return Malformed(f"[[sensor]]: {reason}", file=file, record=name)

    def number(key: str, default: float | None, low: float, high: float) -> float:
        value = table.get(key, default)
        good = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if not good or not low <= float(value or 0) <= high:
            raise wrong(f"{key} is a number from {low:g} to {high:g}")
        return float(value or 0)

    def word(key: str, default: str) -> str:
        value = table.get(key, default)
        if not isinstance(value, str):
            raise wrong(f"{key} is text")
        return value

    unknown = set(table) - _KEYS - {"source"}
    if unknown:
        raise wrong(f"unknown key {min(unknown)!r} (known: {', '.join(sorted(_KEYS | {'source'}))})")
    near, far = number("near_km", 0.0, 0, 3000), number("far_km", None, 0.1, 3000)
    side, lit = word("side", "both"), word("lit", "any")
    if near >= far:
        raise wrong("near_km is not below far_km")
    if side not in _SIDES or lit not in _LIT:
        raise wrong(f"side is one of {', '.join(_SIDES)}; lit one of {', '.join(_LIT)}")
    curve = word("curve", name.split("/", maxsplit=1)[0])
    if "curve" in table and curve and curve not in CURVES:
        raise wrong(f"curve is one of {', '.join(sorted(CURVES))}, or empty")
    acts = table.get("acts", {})
    if not isinstance(acts, Mapping) or not all(isinstance(p, int | float) and 0 <= p <= 1 for p in acts.values()):
        raise wrong("acts gives a probability per act")
    number_text = table.get("catalogue", "")
    if isinstance(number_text, bool) or not isinstance(number_text, int | str):
        raise wrong("catalogue is a catalogue number")
    return Sensor(
        name=name,
        catalogue=str(number_text),
        object=word("object", ""),
        family=word("family", FAMILY),
        near_km=near,
        far_km=far,
        side=_SIDES[side],
        lit=lit,
        sky=number("sky", 1.0, 0, 1),
        taken=number("taken", 1.0, 0, 1),
        curve=curve if curve in CURVES else "",
        acts={str(act): float(p) for act, p in acts.items()},
        source=word("source", file),
    )
