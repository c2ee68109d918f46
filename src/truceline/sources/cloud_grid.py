# SPDX-License-Identifier: Apache-2.0
"""Cloud at places and times, as weather models give it: CSV or Parquet of lon, lat, time, cloud, sigma."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from truceline.base.clock import utc
from truceline.coverage.skies import UNKNOWN_SIGMA, CloudGrid
from truceline.errors import InputError, LimitExceeded, Malformed
from truceline.model.record import Rejected
from truceline.sources._csv import open_table, rejections, rows
from truceline.sources._words import number_of
from truceline.sources.cloud import doubtful, scale_of

MAX_BYTES = 500_000_000
"""Largest file read, bytes."""

MAX_ROWS = 20_000_000
"""Most rows of a Parquet file."""

REQUIRED = ("lon", "lat", "time", "cloud")
"""Columns every file has; ``sigma`` is read where present."""

_ABOVE = "is above 1 in a column of shares"

_Row = tuple[int, bytes, float, float, float, float, float]


def read(data: bytes, *, file: str) -> tuple[CloudGrid, tuple[Rejected, ...]]:
    """Return the grid, and the rows that are none.

    ``cloud`` holds shares from 0 to 1 or per cent, as :func:`truceline.sources.cloud.scale_of` tells, and ``sigma``
    likewise; but where no ``sigma`` is above 1 they are shares. In shares a value above 1 rejects its row.

    Raises:
        InputError: the file as a whole cannot be used.
    """
    if len(data) > MAX_BYTES:
        raise LimitExceeded(f"{len(data):,} bytes; at most {MAX_BYTES:,} are read", file=file)
    good: list[_Row] = []
    bad: list[tuple[int, str, bytes]] = []
    first: dict[tuple[float, ...], int] = {}
    for line, raw, fields in _parquet(data, file) if data.startswith(b"PAR1") else _csv(data, file):
        found = fields if isinstance(fields, str) else _row(fields)
        if not isinstance(found, str) and (before := first.setdefault(found[:3], line)) != line:
            found = f"a second entry for the place and time of line {before}"
        if isinstance(found, str):
            bad.append((line, found, raw))
        else:
            good.append((line, raw, *found))
    cloud = np.array([row[5] for row in good])
    scale = scale_of(cloud)
    odd, why = doubtful(cloud, scale)
    beyond = {row[0]: f"cloud {row[5]:g} {_ABOVE}" for row in good if row[5] > scale}
    beyond |= {good[row][0]: f"cloud {cloud[row]:g} {why}" for row in np.flatnonzero(odd).tolist()}
    stated = np.array([row[6] for row in good])
    # Beside cloud in per cent, sigmas of at most 1 are shares: no model knows its cloud to one per cent.
    sigma_scale = scale if (stated > 1).any() else 1.0
    beyond |= {row[0]: f"sigma {row[6]:g} {_ABOVE}" for row in good if row[6] > sigma_scale}
    bad += [(row[0], beyond[row[0]], row[1]) for row in good if row[0] in beyond]
    kept = np.array([row[2:] for row in good if row[0] not in beyond], dtype=np.float64).reshape(-1, 5).T
    sigma = np.where(np.isnan(kept[4]), UNKNOWN_SIGMA, kept[4] / sigma_scale)
    return CloudGrid(kept[0], kept[1], kept[2], kept[3] / scale, sigma), rejections("cloud_grid", file, sorted(bad))


def _csv(data: bytes, file: str) -> Iterator[tuple[int, bytes, Mapping[str, str] | str]]:
    table = open_table(data, file=file, required=REQUIRED, limit=MAX_BYTES)
    for record, fields in rows(table):
        yield record.line, record.raw, fields


def _parquet(data: bytes, file: str) -> Iterator[tuple[int, bytes, Mapping[str, str] | str]]:
    """Rows of a Parquet file as text, counted from 1."""
    try:
        opened = pq.ParquetFile(io.BytesIO(data))
        if opened.metadata.num_rows > MAX_ROWS:
            raise LimitExceeded(f"{opened.metadata.num_rows:,} rows; at most {MAX_ROWS:,} are read", file=file)
        names = {name.lower(): name for name in opened.schema_arrow.names}
        missing = [name for name in REQUIRED if name not in names]
        if missing:
            raise Malformed(f"without the columns {', '.join(missing)}", file=file)
        wanted = [name for name in (*REQUIRED, "sigma") if name in names]
        table = opened.read(columns=[names[name] for name in wanted])
    except (pa.ArrowException, OSError) as error:
        raise Malformed(f"not Parquet: {str(error)[:200]}", file=file) from error
    number = 0
    for batch in table.to_batches(max_chunksize=65_536):
        for row in batch.to_pylist():
            number += 1
            values = [row[names[name]] for name in wanted]
            words = ["" if v is None else v.isoformat() if hasattr(v, "isoformat") else str(v) for v in values]
            fields = dict(zip(wanted, words, strict=True))
            if "time" in fields and fields["time"] and not fields["time"].endswith("Z") and "+" not in fields["time"]:
                fields["time"] += "Z"  # a column of times without zone is UTC
            yield number, ",".join(words).encode()[:500], fields


def _row(fields: Mapping[str, str]) -> tuple[float, float, float, float, float] | str:
    """Return lon, lat, seconds, cloud, sigma (NaN where not stated), or why it is none."""
    found = []
    for name, low, high in (("lon", -180, 360), ("lat", -90, 90), ("cloud", 0, 100), ("sigma", 0, 100)):
        text = fields.get(name, "")
        if name == "sigma" and not text:
            found.append(float("nan"))
            continue
        value = number_of(text)
        if value is None or not low <= value <= high:
            return f"{name} {text[:40]!r} is not a number from {low:g} to {high:g}"
        found.append(value)
    try:
        moment = utc(fields["time"])
    except InputError as error:
        return f"time {error.reason}"
    return (found[0] + 180) % 360 - 180, found[1], moment.timestamp(), found[2], found[3]
