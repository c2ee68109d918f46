# SPDX-License-Identifier: Apache-2.0
"""Detections: one sensor's claim of a signature at a place and time, in columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from truceline.base.clock import Times, from_column, iso, utc
from truceline.base.geo import Floats
from truceline.model.record import Record

Words = npt.NDArray[np.object_]
"""A column of text (NumPy objects: repeated words share one object)."""

Ints = npt.NDArray[np.int64]

_WORDS = ("sensor", "family", "kind")
_FLOATS = ("lon", "lat", "sigma_major_m", "sigma_minor_m", "bearing_deg", "sigma_s")
_DIGITS = {"lon": 6, "lat": 6, "sigma_major_m": 1, "sigma_minor_m": 1, "bearing_deg": 1, "sigma_s": 1}


@dataclass(frozen=True, eq=False)
class Detections:
    """Columns of n detections (DESIGN section 2: fixed for every source, file and benchmark)."""

    sensor: Words
    """Which instrument, e.g. ``VIIRS/NOAA-20``."""

    family: Words
    """Error family: two detections of one family count once as proof."""

    kind: Words
    """Signature claimed, a layer A act, e.g. ``thermal_anomaly``."""

    lon: Floats
    """Longitude, degrees, WGS 84."""

    lat: Floats
    """Latitude, degrees, WGS 84."""

    time: Times
    """Moment of detection, UTC."""

    sigma_major_m: Floats
    """One standard deviation of place along the major axis, metres."""

    sigma_minor_m: Floats
    """One standard deviation of place along the minor axis, metres."""

    bearing_deg: Floats
    """Bearing of the major axis from north, degrees."""

    sigma_s: Floats
    """One standard deviation of time, seconds."""

    p_act: Mapping[str, Floats] = field(default_factory=dict)
    """Belief over acts, where the source says one: act → probability (n,)."""

    p_actor: Mapping[str, Floats] = field(default_factory=dict)
    """Belief over actors (party id, ``neither``, ``proxy``, ``unknown``), where the source says one."""

    attributes: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    """What else the source measures, named with its unit: ``frp_mw``, ``scan_km``, ``track_km``, ``daylight``
    (bool), ``confidence`` (text), ``line`` (row in the file)."""

    index: Ints | None = None
    """Ledger index of each; None before the ledger has them."""

    def __len__(self) -> int:
        return len(self.lon)

    def take(self, rows: npt.NDArray[Any]) -> Detections:
        """Return the rows named by a mask or by positions."""
        columns = {name: getattr(self, name)[rows] for name in (*_WORDS, *_FLOATS, "time")}
        return replace(
            self,
            **columns,
            p_act={k: v[rows] for k, v in self.p_act.items()},
            p_actor={k: v[rows] for k, v in self.p_actor.items()},
            attributes={k: v[rows] for k, v in self.attributes.items()},
            index=None if self.index is None else self.index[rows],
        )

    def with_index(self, index: Sequence[int] | Ints) -> Detections:
        """Return the same detections as the ledger knows them."""
        return replace(self, index=np.asarray(index, dtype=np.int64))

    @classmethod
    def empty(cls) -> Detections:
        """Return no detections."""
        words, numbers = np.empty(0, object), np.empty(0)
        times = np.empty(0, "datetime64[us]")
        index = np.empty(0, dtype=np.int64)
        return cls(words, words, words, numbers, numbers, times, numbers, numbers, numbers, numbers, index=index)

    @classmethod
    def concatenate(cls, many: Iterable[Detections]) -> Detections:
        """Return all rows of all, in order. A column one of them lacks is NaN (numbers), None or False there."""
        parts = [part for part in many if len(part)]
        if not parts:
            return cls.empty()
        columns = {n: np.concatenate([getattr(p, n) for p in parts]) for n in (*_WORDS, *_FLOATS, "time")}
        indexed = all(part.index is not None for part in parts)
        return cls(
            **columns,
            p_act=_join([(len(p), p.p_act) for p in parts]),
            p_actor=_join([(len(p), p.p_actor) for p in parts]),
            attributes=_join([(len(p), p.attributes) for p in parts]),
            index=np.concatenate([p.index for p in parts if p.index is not None]) if indexed else None,
        )

    def records(self) -> list[Record]:
        """Return each as the ledger holds it."""
        columns: dict[str, list[Any]] = {name: getattr(self, name).tolist() for name in _WORDS}
        for name in _FLOATS:
            columns[name] = np.round(getattr(self, name), _DIGITS[name]).tolist()
        columns["time"] = [iso(from_column(value)) for value in self.time]
        nested = {
            "p_act": {k: np.round(v, 6).tolist() for k, v in self.p_act.items()},
            "p_actor": {k: np.round(v, 6).tolist() for k, v in self.p_actor.items()},
            "attributes": {k: _plain(v) for k, v in self.attributes.items()},
        }
        found = []
        for row in range(len(self)):
            body: dict[str, Any] = {name: values[row] for name, values in columns.items()}
            for name, inner in nested.items():
                body[name] = {k: v[row] for k, v in inner.items() if v[row] is not None and v[row] == v[row]}
            found.append(Record("detection", body))
        return found

    @classmethod
    def from_bodies(cls, bodies: Sequence[Mapping[str, Any]], index: Sequence[int]) -> Detections:
        """Return the columns of bodies read back from the ledger, in the order given."""
        if not bodies:
            return cls.empty()
        columns: dict[str, Any] = {n: np.array([b[n] for b in bodies], dtype=object) for n in _WORDS}
        columns |= {n: np.array([b[n] for b in bodies], dtype=np.float64) for n in _FLOATS}
        columns["time"] = np.array([utc(b["time"]).replace(tzinfo=None) for b in bodies], dtype="datetime64[us]")
        nested: dict[str, Any] = {
            name: {
                key: _column([b[name].get(key) for b in bodies]) for key in sorted({k for b in bodies for k in b[name]})
            }
            for name in ("p_act", "p_actor", "attributes")
        }
        return cls(**columns, **nested, index=np.asarray(index, dtype=np.int64))

    def to_arrow(self, ids: Sequence[str] | None = None) -> pa.Table:
        """Return DESIGN's columns as an Arrow table (``p_act.<act>``, ``p_actor.<actor>``, attributes by name)."""
        found: dict[str, Any] = {"id": list(ids) if ids is not None else [r.id for r in self.records()]}
        found |= {name: self.__dict__[name] for name in (*_WORDS, "lon", "lat")}
        found["time"] = pa.array(self.time, pa.timestamp("us", tz="UTC"))
        found |= {name: self.__dict__[name] for name in _FLOATS[2:]}
        found |= {f"p_act.{k}": v for k, v in self.p_act.items()}
        found |= {f"p_actor.{k}": v for k, v in self.p_actor.items()}
        return pa.table({**found, **self.attributes})


def _plain(values: npt.NDArray[Any]) -> list[Any]:
    """Python values of a column, floats rounded to what an instrument prints."""
    if np.issubdtype(values.dtype, np.floating):
        return [None if np.isnan(v) else v for v in np.round(values, 4).tolist()]
    return list(values.tolist())


def _column(values: list[Any]) -> npt.NDArray[Any]:
    """A column from Python values: numbers where all are (NaN for none), truth where all are, else objects."""
    if all(isinstance(v, bool) for v in values):
        return np.array(values, dtype=bool)
    if all(v is None or (isinstance(v, int | float) and not isinstance(v, bool)) for v in values):
        if all(isinstance(v, int) for v in values):
            return np.array(values, dtype=np.int64)
        return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
    return np.array(values, dtype=object)


def _join(parts: list[tuple[int, Mapping[str, npt.NDArray[Any]]]]) -> dict[str, npt.NDArray[Any]]:
    """Columns of all parts under each other."""
    found: dict[str, npt.NDArray[Any]] = {}
    for key in dict.fromkeys(key for _, part in parts for key in part):
        pieces: list[Any] = []
        for length, part in parts:
            pieces += list(part[key].tolist()) if key in part else [None] * length
        found[key] = _column(pieces)
    return found
