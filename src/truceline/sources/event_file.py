# SPDX-License-Identifier: Apache-2.0
"""Events from a file with DESIGN's columns: Parquet or GeoJSON (docs/reference/assessment-json.md).

A row that cannot be used is returned with its reason; good ones are kept. Columns that are not there: no ``sigma_*``,
the place or time is taken as certain; no ``p_act`` or ``p_actor``, nothing is believed of act or author.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from truceline.base.bounded import read_bytes
from truceline.base.clock import Times, to_column, utc
from truceline.base.geo import Floats
from truceline.errors import LimitExceeded, Malformed, NoTime, UnknownFormat
from truceline.model.event import Events
from truceline.sources import _geojson

MOST_ROWS = 20_000_000
"""Most rows of a Parquet file."""

MOST_BYTES = 1 << 33
"""Largest Parquet file once unpacked, bytes."""

MOST_SIGMA_M = 1_000_000.0
"""Largest error of a place, metres; more is no place."""

BELIEFS = ("p_act", "p_actor", "p_weapon")
"""Columns that hold a belief: ``p_act.shelling`` or, in GeoJSON, an object ``p_act``."""

Objects = npt.NDArray[Any]


@dataclass(frozen=True)
class Refused:
    """A row that cannot be used."""

    record: str
    """Its id, or its number in the file from 1."""

    row: int
    """Its number in the file, from 1."""

    reason: str
    """Why, naming the column."""


@dataclass(frozen=True, eq=False)
class EventFile:
    """The usable rows of a file, in its order."""

    ids: list[str]
    """Their ids."""

    columns: Mapping[str, Floats]
    """``lon lat sigma_major_m sigma_minor_m bearing_deg sigma_s``."""

    first: Times
    """First moment, UTC."""

    last: Times
    """Last moment, UTC: the first where the file has only ``time``."""

    families: list[tuple[str, ...]]
    """Error families that saw each."""

    beliefs: Mapping[str, Mapping[str, Floats]]
    """``p_act p_actor p_weapon``: name → share, NaN where nothing is said."""

    refused: tuple[Refused, ...]
    """Rows that cannot be used."""

    notes: tuple[str, ...] = ()
    """What was taken for granted."""

    def __len__(self) -> int:
        return len(self.ids)

    def some(self, rows: npt.NDArray[np.intp]) -> EventFile:
        """Return the usable rows at these positions, in this order."""
        return replace(
            self,
            ids=[self.ids[row] for row in rows],
            columns={name: column[rows] for name, column in self.columns.items()},
            first=self.first[rows],
            last=self.last[rows],
            families=[self.families[row] for row in rows],
            beliefs={name: {k: v[rows] for k, v in columns.items()} for name, columns in self.beliefs.items()},
        )

    def events(self, start: int, end: int) -> Events:
        """Return some of them as events; their index is their position in the file's usable rows."""
        rows = slice(start, end)
        count = len(self.ids[rows])
        places = {name: self.columns[name][rows] for name in self.columns if name != "sigma_s"}
        weapons = {f"p_weapon.{name}": column[rows] for name, column in self.beliefs["p_weapon"].items()}
        return Events(
            **places,
            first=self.first[rows],
            last=self.last[rows],
            members=(np.zeros(1, np.int64),) * count,
            families=tuple(self.families[rows]),
            passes=np.zeros(count, np.int64),
            frp_mw=np.full(count, np.nan),
            daylight=np.full(count, "", dtype=object),
            p_act={name: column[rows] for name, column in self.beliefs["p_act"].items()},
            p_actor={name: column[rows] for name, column in self.beliefs["p_actor"].items()},
            attributes={"sigma_s": self.columns["sigma_s"][rows], **weapons},
            index=np.arange(start, start + count),
        )


def read_events(path: Path) -> EventFile:
    """Return the events of a Parquet or GeoJSON file.

    Raises:
        InputError: with the file and why: not there, too large, no such format, a column missing that all rows need.
    """
    data = read_bytes(path)
    name = str(path)
    if data[:4] == b"PAR1":
        return _checked(_parquet(data, name), name)
    if data.lstrip()[:1] in (b"{", b"["):
        return _checked(_features(data, name), name)
    raise UnknownFormat("neither Parquet nor GeoJSON", file=name)


@dataclass
class _Raw:
    """Columns as they stand."""

    count: int
    columns: dict[str, Objects]
    faults: dict[int, str] = field(default_factory=dict)
    """Why a row, counted from 0, cannot be used: the first fault found."""

    notes: list[str] = field(default_factory=list)

    def fault(self, rows: Iterable[int], reason: str) -> None:
        """Note a fault of rows that have none yet."""
        for row in rows:
            self.faults.setdefault(int(row), reason)


def _parquet(data: bytes, file: str) -> _Raw:
    """Columns of a Parquet file; sizes are looked up before anything is unpacked."""
    try:
        source = pq.ParquetFile(io.BytesIO(data))
        meta = source.metadata
        size = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
        if meta.num_rows > MOST_ROWS or size > MOST_BYTES:
            raise LimitExceeded(f"{meta.num_rows:,} rows, {size:,} bytes unpacked; too many", file=file)
        table = source.read().flatten()
    except (pa.ArrowException, OSError, ValueError, OverflowError) as error:
        raise Malformed(f"not a readable Parquet file: {str(error)[:200]}", file=file) from error
    if len(set(table.column_names)) != len(table.column_names):
        raise Malformed("a column stands twice", file=file)
    columns: dict[str, Objects] = {}
    notes = []
    for name in table.column_names:
        kind = table.schema.field(name).type
        if pa.types.is_timestamp(kind):
            columns[name] = table[name].to_numpy().astype("datetime64[us]")
            if kind.tz is None:
                notes.append(f"the column {name} names no time zone; it is taken as UTC")
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            exact = name == "id" and not table[name].null_count
            columns[name] = table[name].to_numpy() if exact else _floats(table[name])
        else:
            columns[name] = np.array(table[name].to_pylist(), dtype=object)
    return _Raw(table.num_rows, columns, {}, notes)


def _floats(column: pa.ChunkedArray) -> Floats:
    return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)


def _features(data: bytes, file: str) -> _Raw:
    """Columns of a GeoJSON file: properties, the point as lon and lat, objects of beliefs unfolded."""
    value = _geojson.load(data, file=file)
    found = value.get("features") if value.get("type") == "FeatureCollection" else [value]
    if not isinstance(found, list) or value.get("type") not in ("FeatureCollection", "Feature"):
        raise Malformed("not GeoJSON: expected a FeatureCollection with a list 'features'", file=file)
    raw = _Raw(len(found), {})
    rows: list[dict[str, Any]] = []
    for number, feature in enumerate(found):
        row: dict[str, Any] = {}
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raw.fault([number], "not a GeoJSON feature")
        else:
            row = _properties(feature.get("properties"), feature.get("id"))
            geometry = feature.get("geometry")
            kind = geometry.get("type") if isinstance(geometry, dict) else None
            at = geometry.get("coordinates") if isinstance(geometry, dict) else None
            if kind != "Point" or not isinstance(at, list) or len(at) < 2:
                raw.fault([number], f"geometry: expected a Point with lon and lat, found {kind or 'none'!s:.40}")
            else:
                row["lon"], row["lat"] = at[0], at[1]
        rows.append(row)
    for name in sorted({key for row in rows for key in row}):
        column = np.empty(len(rows), dtype=object)
        column[:] = [row.get(name) for row in rows]
        raw.columns[name] = column
    return raw


def _properties(value: Any, name: Any) -> dict[str, Any]:
    """A feature's properties, with ``p_act: {shelling: 0.9}`` as ``p_act.shelling``."""
    row: dict[str, Any] = {"id": name} if name is not None else {}
    for key, each in value.items() if isinstance(value, dict) else ():
        if key in BELIEFS and isinstance(each, dict):
            row |= {f"{key}.{word}": share for word, share in each.items()}
        else:
            row[key] = each
    return row


def _checked(raw: _Raw, file: str) -> EventFile:
    """The usable rows, every value of the kind and in the range it must have."""
    for wanted, other in (("lon", "longitude"), ("lat", "latitude")):
        if wanted not in raw.columns and other in raw.columns:
            raw.columns[wanted] = raw.columns[other]
    missing = [n for n in ("lon", "lat") if n not in raw.columns]
    missing += ["time"] if not {"time", "first"} & set(raw.columns) else []
    if missing and raw.count and len(raw.faults) < raw.count:
        raise Malformed(f"no column {', '.join(missing)}; there are {', '.join(raw.columns)[:200]}", file=file)
    columns = _numbers(raw)
    first = _moments(raw, "first" if "first" in raw.columns else "time")
    last = _moments(raw, "last") if "last" in raw.columns else first.copy()
    last = np.where(np.isnat(last), first, last)
    raw.fault(np.flatnonzero(last < first), "last: before the first moment")
    beliefs = {name: _belief(raw, name) for name in BELIEFS}
    ids = _ids(raw)
    families = _families(raw)
    good = np.array([row for row in range(raw.count) if row not in raw.faults], np.int64)
    return EventFile(
        ids=[ids[row] for row in good],
        columns={name: column[good] for name, column in columns.items()},
        first=first[good],
        last=last[good],
        families=[families[row] for row in good],
        beliefs={name: {k: v[good] for k, v in columns.items()} for name, columns in beliefs.items()},
        refused=tuple(Refused(ids[row] or str(row + 1), row + 1, raw.faults[row]) for row in sorted(raw.faults)),
        notes=tuple(raw.notes),
    )


def _numbers(raw: _Raw) -> dict[str, Floats]:
    """Places and errors."""
    found = {name: _column(raw, name, np.nan) for name in ("lon", "lat")}
    for name, most in (("lon", 180.0), ("lat", 90.0)):
        raw.fault(np.flatnonzero(np.isnan(found[name])), f"{name}: missing")
        raw.fault(np.flatnonzero(np.abs(found[name]) > most), f"{name}: outside ±{most:g} (longitude comes first)")
    for name in ("sigma_major_m", "sigma_minor_m", "bearing_deg", "sigma_s"):
        found[name] = _column(raw, name, 0.0 if name in ("bearing_deg", "sigma_s") else np.nan)
        if name != "bearing_deg":
            raw.fault(np.flatnonzero(found[name] < 0), f"{name}: below 0")
            raw.fault(np.flatnonzero(found[name] > MOST_SIGMA_M), f"{name}: above {MOST_SIGMA_M:,.0f}")
        if name not in raw.columns:
            raw.notes.append(f"no column {name}; " + ("taken as 0" if name != "sigma_minor_m" else "as sigma_major_m"))
    major, minor = found["sigma_major_m"], found["sigma_minor_m"]
    found["sigma_major_m"] = np.where(np.isnan(major), np.nan_to_num(minor), major)
    found["sigma_minor_m"] = np.where(np.isnan(minor), found["sigma_major_m"], minor)
    return {name: np.asarray(np.nan_to_num(column), np.float64) for name, column in found.items()}


def _column(raw: _Raw, name: str, default: float) -> Floats:
    """A column of numbers; NaN or the default where there is none, a fault where it is no number."""
    column = raw.columns.get(name)
    if column is None:
        return np.full(raw.count, default)
    if column.dtype != object:
        values = np.asarray(column, np.float64) if column.dtype.kind in "fiu" else np.full(raw.count, np.nan)
    else:
        values = np.full(raw.count, np.nan)
        for row, value in enumerate(column.tolist()):
            if value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
                raw.fault([row], f"{name}: {str(value)!r:.40} is not a number")
            else:
                values[row] = value
    raw.fault(np.flatnonzero(np.isinf(values)), f"{name}: not finite")
    return np.where(np.isnan(values), default, values)


def _moments(raw: _Raw, name: str) -> Times:
    """A column of moments; NaT where there is none."""
    column = raw.columns.get(name)
    if column is None:
        return np.full(raw.count, np.datetime64("NaT"), "datetime64[us]")
    if column.dtype.kind == "M":
        found = column.astype("datetime64[us]")
    else:
        found = np.full(raw.count, np.datetime64("NaT"), "datetime64[us]")
        for row, value in enumerate(column.tolist()):
            if value is not None and not (isinstance(value, float) and np.isnan(value)):
                try:
                    found[row] = to_column(_moment(value))
                except NoTime as error:
                    raw.fault([row], f"{name}: {error.reason}")
    if name != "last":
        raw.fault(np.flatnonzero(np.isnat(found)), f"{name}: missing")
        raw.fault(np.flatnonzero((found < _EARLIEST) | (found > _LATEST)), f"{name}: outside the years 1900 to 2200")
    return found


_EARLIEST, _LATEST = np.datetime64("1900-01-01", "us"), np.datetime64("2200-01-01", "us")


def _moment(value: Any) -> datetime:
    if not isinstance(value, str | datetime):
        raise NoTime(f"{str(value)!r:.40} is not a time such as 2026-04-11T13:00:00Z")
    return utc(value)


def _belief(raw: _Raw, prefix: str) -> dict[str, Floats]:
    """The columns of one belief by name; a row whose shares are no probabilities is at fault."""
    found = {}
    total = np.zeros(raw.count)
    for name in raw.columns:
        if name.startswith(f"{prefix}."):
            values = _column(raw, name, np.nan)
            raw.fault(np.flatnonzero((values < 0) | (values > 1)), f"{name}: not between 0 and 1")
            total += np.nan_to_num(values)
            found[name.removeprefix(f"{prefix}.")] = values
    raw.fault(np.flatnonzero(total > 1.001), f"{prefix}: shares add up to more than 1")
    return found


def _ids(raw: _Raw) -> list[str]:
    """Each row's id, else its number; the second row of one id is at fault."""
    column = raw.columns.get("id")
    given: Sequence[Any] = [None] * raw.count if column is None else column.tolist()
    found = [str(row + 1) if value is None or value != value else str(value)[:200] for row, value in enumerate(given)]  # noqa: PLR0124  NaN
    seen: dict[str, int] = {}
    for row, name in enumerate(found):
        if name in seen:
            raw.fault([row], f"id: {name!r:.60} stands in row {seen[name] + 1} already")
        seen.setdefault(name, row)
    return found


def _families(raw: _Raw) -> list[tuple[str, ...]]:
    """Error families of each row; a thermal anomaly that names none was seen by heat."""
    column, kind = raw.columns.get("families", raw.columns.get("family")), raw.columns.get("kind")
    kinds = [None] * raw.count if kind is None else kind.tolist()
    values = [None] * raw.count if column is None else column.tolist()
    known: dict[tuple[str | tuple[str, ...], bool], tuple[str, ...]] = {}
    found = []
    for value, signature in zip(values, kinds, strict=True):
        named = tuple(map(str, value)) if isinstance(value, list) else value if isinstance(value, str) else ""
        key = named, signature == "thermal_anomaly"
        if key not in known:
            known[key] = _split(*key)
        found.append(known[key])
    return found


def _split(named: str | tuple[str, ...], heat: bool) -> tuple[str, ...]:
    """The families that one cell names."""
    parts = named.split(",") if isinstance(named, str) else named
    found = tuple(sorted({part.strip() for part in parts if part.strip()}))
    return found or (("thermal",) if heat else ("not stated",))
