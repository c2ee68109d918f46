# SPDX-License-Identifier: Apache-2.0
"""Tables of fires, strikes, land and weather, as parquet or CSV: the bulky context of the thermal model.

Bad rows are counted and named, the others kept; what cannot be read at all is refused with the file's name.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from truceline.base.geo import EARTH_KM, Floats, on_sphere
from truceline.errors import LimitExceeded, Malformed
from truceline.thermal.extras import Ground
from truceline.thermal.firetable import Baseline, Fires, year_of
from truceline.thermal.season import WeatherTable

MOST_BYTES = 1 << 30
MOST_ROWS = 20_000_000

LONGITUDE = ("longitude", "lon", "x")
LATITUDE = ("latitude", "lat", "y")
DATE = ("acq_date", "date", "datetime", "day")
INSTRUMENT = ("src_guess", "instrument", "sensor")

EARLIEST, LATEST = np.datetime64("1990-01-01").astype(np.int64), np.datetime64("2100-01-01").astype(np.int64)

WEATHER = {
    "rain_mm": ("rain_sum_mm", "rain_sum"),
    "highest_c": ("temperature_2m_max_c", "temperature_2m_max"),
    "snow_cm": ("snowfall_sum_cm", "snowfall_sum"),
    "cloud_pct": ("cloud_cover_pct", "cloud_cover"),
}


GAP_DAYS = 7
"""So long the weather of a region may stay unsaid; after that its days are not known."""

LAND_USE = {
    "crops": ("land_use_class_3", "crops"),
    "trees": ("land_use_class_1", "trees"),
    "built": ("land_use_class_4", "built"),
}
"""Columns of each share: numbered as Impact Observatory's table has them, or by name."""

POPULATION = ("pop_density", "population_density", "population")


@dataclass(frozen=True, eq=False)
class FireFile:
    """One file of fires."""

    fires: Fires
    words: npt.NDArray[Any]
    """Instrument of each, ``viirs`` or ``modis``; one word for all where the file says nothing."""

    satellite: npt.NDArray[Any]
    """Satellite of each as the file says, empty where it does not."""

    rejected: int
    """Rows that were no fire."""

    reasons: tuple[str, ...]
    """Why, with the first row of each kind, counted from 1."""


def read_fires(data: bytes, *, file: str) -> FireFile:
    """Return the fires of a parquet or CSV file with longitude, latitude and date.

    Raises:
        Malformed: neither form, or a column is missing.
        LimitExceeded: larger than accepted.
    """
    table = _table(data, file)
    lon, lat = _numbers(table, LONGITUDE, file), _numbers(table, LATITUDE, file)
    day = _days(table, DATE, file)
    wrong = {
        "no place on Earth": ~((np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)),
        "no usable date": ~((day >= EARLIEST) & (day < LATEST)),
    }
    keep = ~np.any(list(wrong.values()), axis=0)
    reasons = tuple(
        f"{int(bad.sum())} rows: {why}, the first is row {int(np.flatnonzero(bad)[0]) + 1}"
        for why, bad in wrong.items()
        if bad.any()
    )
    fires = Fires(lon[keep], lat[keep], day[keep].astype(np.int64))
    satellite = _words(table, ("satellite",), len(lon))[keep]
    return FireFile(fires, _instrument(table, lon, lat)[keep], satellite, int((~keep).sum()), reasons)


def alike(found: FireFile, *, instrument: str | None = None) -> tuple[Fires, Fires, dict[str, int]]:
    """Return the fires of one instrument, those of them that count round others, and how many were left out.

    A season of one instrument says nothing of another's numbers. The instrument is the one asked for, else the one
    with more rows. Of several satellites of it the baseline knows but Suomi NPP: only its rows are counted, if it has
    any.
    """
    kinds, count = np.unique(found.words, return_counts=True)
    main = instrument or (str(kinds[np.argmax(count)]) if len(kinds) else "viirs")
    rows = found.words == main
    fires = found.fires.take(rows)
    suomi = np.isin(found.satellite[rows], ("N", "SNPP", "Suomi NPP", "Suomi-NPP", "VNP"))
    counted = fires.take(suomi) if main == "viirs" and suomi.any() else fires
    left = {str(kind): int(n) for kind, n in zip(kinds, count, strict=True) if kind != main}
    return fires, counted, left


def read_baseline(data: bytes, *, file: str, instrument: str = "viirs") -> tuple[Baseline, FireFile]:
    """Return fires by year, of one instrument, and what the file held.

    The year is the date's own. Years of which nothing is there are absent, not quiet.

    Raises:
        Malformed: as `read_fires`.
    """
    found = read_fires(data, file=file)
    fires = found.fires.take(found.words == instrument)
    year = year_of(fires.day)
    return {int(y): fires.take(year == y) for y in np.unique(year)}, found


def read_strikes(data: bytes, *, file: str) -> Fires:
    """Return place and day of each reported act of war (VIINA's forms); reports of other things are left out.

    Raises:
        Malformed: as `read_fires`.
    """
    table = _table(data, file)
    lon, lat = _numbers(table, LONGITUDE, file), _numbers(table, LATITUDE, file)
    day = _days(table, DATE, file)
    kind = _words(table, ("event_type", "type"), len(lon))
    plain = {"", "loc", "other", "unknown", "nan", "none"}
    told = np.array([not set(str(word).lower().split("|")) <= plain for word in kind], dtype=bool)
    if not _has(table, ("event_type", "type")):
        told[:] = True
    good = told & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0) & (day >= EARLIEST) & (day < LATEST)
    return Fires(lon[good], lat[good], day[good].astype(np.int64))


def read_weather(weather: bytes, places: bytes, *, file: str, places_file: str) -> WeatherTable:
    """Return daily weather by region, and which places are in which region.

    A day or quantity that is missing takes the region's value of the day before, and the mean of all at the beginning.

    Raises:
        Malformed: a column is missing, nothing is left, or no region is in both files.
    """
    grid = _table(places, places_file)
    names = _words(grid, ("oblast_id", "region", "region_id"), grid.num_rows)
    lon, lat = _numbers(grid, LONGITUDE, places_file), _numbers(grid, LATITUDE, places_file)
    table = _table(weather, file)
    region = _words(table, ("oblast_id", "region", "region_id"), table.num_rows)
    day = _days(table, DATE, file)
    common = sorted(set(names.tolist()) & set(region.tolist()) - {""})
    usable = np.isin(region, common) & (day >= EARLIEST) & (day < LATEST)
    if not common or not usable.any():
        raise Malformed("no region has both places and weather", file=file)
    first, last = int(day[usable].min()), int(day[usable].max())
    if last - first > 40_000:
        raise LimitExceeded("weather of more than a century", file=file)
    column = np.searchsorted(common, region[usable])
    inside = np.isin(names, common) & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    if not inside.any():
        raise Malformed("no region has a place on Earth", file=places_file)
    filled: dict[str, Floats] = {}
    told = np.ones((last - first + 1, len(common)), dtype=bool)
    for name, titles in WEATHER.items():
        daily = np.full(told.shape, np.nan)
        daily[day[usable].astype(np.int64) - first, column] = _numbers(table, titles, file)[usable]
        filled[name], age = _filled(daily)
        told &= age <= GAP_DAYS
    globe = 1000.0 * EARTH_KM * on_sphere(lon[inside], lat[inside])
    return WeatherTable(first, **filled, places=globe, region_of=np.searchsorted(common, names[inside]), told=told)


def _filled(daily: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Gaps closed with the value before, and how many days old each is; before the first the mean of all, ages old."""
    known = np.isfinite(daily)
    row = np.arange(len(daily))[:, None]
    at = np.maximum.accumulate(np.where(known, row, -1), axis=0)
    mean = float(daily[known].mean()) if known.any() else 0.0
    age = np.where(at >= 0, row - at, np.iinfo(np.int64).max)
    return np.where(at >= 0, np.take_along_axis(daily, np.maximum(at, 0), axis=0), mean), age


def read_land_use(data: bytes, *, file: str) -> Ground:
    """Return the shares of crops, trees and built ground of each place, 0 to 1; percentages are taken as such.

    Raises:
        Malformed: a column is missing, or no row is a place with its shares.
        LimitExceeded: larger than accepted.
    """
    table = _table(data, file)
    shares = np.stack([_numbers(table, titles, file) for titles in LAND_USE.values()], axis=1)
    # One stray value must not turn shares into per cent: all others would then read as none.
    if (shares > 1.0).sum() > ((shares > 0.0) & (shares < 1.0)).sum():
        shares = shares / 100.0
    return _ground(table, np.where((shares >= 0.0) & (shares <= 1.001), shares, np.nan), file)


def read_population(data: bytes, *, file: str) -> Ground:
    """Return ln(1 + inhabitants per km²) of each place.

    Raises:
        Malformed: a column is missing, or no row is a place with its density.
        LimitExceeded: larger than accepted.
    """
    table = _table(data, file)
    people = _numbers(table, POPULATION, file)
    return _ground(table, np.log1p(np.where((people >= 0.0) & (people < 1e6), people, np.nan))[:, None], file)


def _ground(table: pa.Table, values: Floats, file: str) -> Ground:
    """Places and values; rows that lack one are left out."""
    lon, lat = _numbers(table, LONGITUDE, file), _numbers(table, LATITUDE, file)
    keep = np.isfinite(values).all(axis=1) & (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
    if not keep.any():
        raise Malformed("no row is a place with its values", file=file)
    return Ground(1000.0 * EARTH_KM * on_sphere(lon[keep], lat[keep]), values[keep])


def _table(data: bytes, file: str) -> pa.Table:
    """Parquet or CSV, with lower-case column names."""
    if len(data) > MOST_BYTES:
        raise LimitExceeded(f"more than {MOST_BYTES} bytes", file=file)
    try:
        if data[:4] == b"PAR1":
            if pq.ParquetFile(io.BytesIO(data)).metadata.num_rows > MOST_ROWS:
                raise LimitExceeded(f"more than {MOST_ROWS} rows", file=file)
            # One thread: Arrow's own may outlive a process that ends soon after, and abort it.
            table = pq.read_table(io.BytesIO(data), use_threads=False, pre_buffer=False)
        else:
            # Arrow would print a traceback of its own for bytes that are no text.
            data.decode()
            options = pacsv.ConvertOptions(strings_can_be_null=True)
            skip = pacsv.ParseOptions(invalid_row_handler=lambda _: "skip")
            plain = pacsv.ReadOptions(use_threads=False)
            table = pacsv.read_csv(io.BytesIO(data), plain, skip, options)
    except (pa.ArrowException, OSError, UnicodeError) as error:
        raise Malformed(f"neither parquet nor CSV: {ascii(str(error))[1:-1]:.120}", file=file) from error
    return table.rename_columns([name.strip().lower().lstrip("\ufeff") for name in table.column_names])


def _has(table: pa.Table, titles: Iterable[str]) -> str | None:
    """First of these columns that is there."""
    return next((title for title in titles if title in table.column_names), None)


def _column(table: pa.Table, titles: tuple[str, ...], file: str) -> Any:
    """The column, or a typed refusal."""
    name = _has(table, titles)
    if name is None:
        raise Malformed(f"no column {' or '.join(titles)}", file=file)
    at = table.column_names.index(name)
    return table.column(at).combine_chunks()


def _numbers(table: pa.Table, titles: tuple[str, ...], file: str) -> Floats:
    """A column of numbers; NaN where it holds none."""
    column = _column(table, titles, file)
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        return np.array([_number(value) for value in column.to_pylist()], dtype=np.float64)
    if not (pa.types.is_floating(column.type) or pa.types.is_integer(column.type) or pa.types.is_null(column.type)):
        raise Malformed(f"column {titles[0]} holds no numbers", file=file)
    return np.asarray(pc.cast(column, pa.float64()).to_numpy(zero_copy_only=False), dtype=np.float64)


def _number(value: Any) -> float:
    """A number or NaN."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return float("nan")


def _days(table: pa.Table, titles: tuple[str, ...], file: str) -> npt.NDArray[np.int64]:
    """Days since 1970; far in the past where there is none."""
    column = _column(table, titles, file)
    none = np.iinfo(np.int64).min
    if pa.types.is_timestamp(column.type) or pa.types.is_date(column.type):
        values = column.cast(pa.timestamp("s"), safe=False).to_numpy(zero_copy_only=False).astype("datetime64[D]")
        return np.where(np.isnat(values), none, values.astype(np.int64))
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        raise Malformed(f"column {titles[0]} holds numbers, not dates", file=file)
    words = np.array([str(value or "")[:10].replace("/", "-") for value in column.to_pylist()], dtype=object)
    distinct, at = np.unique(words.astype(str), return_inverse=True)
    known = np.array([_day(word, none) for word in distinct.tolist()], dtype=np.int64)
    return known[at.reshape(-1)] if len(words) else np.zeros(0, dtype=np.int64)


def _day(word: str, none: int) -> int:
    """One date."""
    try:
        day = np.datetime64(word, "D")
    except ValueError:
        return none
    return none if np.isnat(day) or len(word) < 10 else int(day.astype(np.int64))


def _words(table: pa.Table, titles: tuple[str, ...], count: int) -> npt.NDArray[Any]:
    """A column of words, empty where it holds none."""
    name = _has(table, titles)
    if name is None:
        return np.full(count, "", dtype="U1")
    values = table.column(table.column_names.index(name)).to_pylist()
    return np.array([str(value) if value is not None else "" for value in values], dtype=str)


def _instrument(table: pa.Table, lon: Floats, lat: Floats) -> npt.NDArray[Any]:
    """``viirs`` or ``modis``: as the file says, else by how many decimals its places have (MODIS 4, VIIRS more)."""
    told = _words(table, INSTRUMENT, len(lon))
    if _has(table, INSTRUMENT):
        modis = np.char.find(np.char.lower(told.astype(str)), "modis") >= 0
    else:
        both = np.concatenate([lon, lat])
        both = both[np.isfinite(both)]
        fine = np.abs(both * 1e4 - np.rint(both * 1e4)) > 1e-5
        modis = np.full(len(lon), bool(len(both)) and float(fine.mean()) < 0.5)
    return np.where(modis, "modis", "viirs")
