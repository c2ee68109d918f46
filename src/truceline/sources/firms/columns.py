# SPDX-License-Identifier: Apache-2.0
"""From bytes to columns: Arrow where a stretch of the file is plain, one row after the other where it is not.

Numbers become float64 (NaN where missing), text becomes codes into a list of distinct words, so that the dialect of a
word is decided once per word and not once per row. Both ways give the same columns for the same row; a test holds it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pyarrow import csv as arrow_csv

from truceline.base.geo import Floats
from truceline.model.detection import Ints
from truceline.sources._csv import Record, Table, cut, misfit, records
from truceline.sources._words import number_of

Codes = npt.NDArray[np.int32]

NUMBERS = ("latitude", "longitude", "scan", "track", "frp", "bright_ti4", "brightness")
"""Columns of numbers, where present."""

WORDS = ("acq_date", "acq_time", "satellite", "instrument", "confidence", "daynight", "type", "version")
"""Columns of text, where present."""

REQUIRED = ("latitude", "longitude", "acq_date", "acq_time", "satellite")
"""Columns without which a file is no fire file."""

BLOCKS = (65_536, 1_024)
"""Rows read together again where more cannot be; a block of the smallest size that fails is read row by row."""

_PIECE = 1 << 21
"""Bytes read together where the whole cannot be."""

_THREADED = 1 << 22
"""From this many bytes on Arrow's threads pay."""

_NULLS = {"", "na", "n/a", "nan", "null", "none", "-nan", "#n/a"}
_ARROW_NULLS = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-nan", "-NaN", "#N/A"]


@dataclass
class Columns:
    """n rows that have the right shape; nothing is known yet of what they mean."""

    line: Ints
    """Line of the file each begins on."""

    numbers: dict[str, Floats]
    """Columns of numbers, those of ``NUMBERS`` that the file has; NaN where missing."""

    words: dict[str, tuple[Codes, list[str]]]
    """Columns of text, those of ``WORDS`` that the file has: codes and the distinct words they stand for."""

    bad: list[tuple[int, str, bytes]] = field(default_factory=list)
    """(line, reason, bytes) of rows that have no such shape."""


def read_columns(table: Table) -> Columns:
    """Return the columns of a file, good rows and bad apart; together they are all its rows."""
    # Line ends inside quotes are told from others record by record only.
    plain = b'"' not in table.text
    whole = _fast(table, table.text, table.start, table.first_line) if plain else None
    if whole is not None:
        return whole
    if plain:
        return _join(list(_pieces(table)), table)
    return _join(list(_blocks(table, list(table.records()), BLOCKS)), table)


def _pieces(table: Table) -> Iterator[Columns]:
    """Read plain text in pieces of whole lines with Arrow; a piece that fails record by record, in blocks."""
    text, start, line = table.text, table.start, table.first_line
    while start < len(text):
        end = text.find(b"\n", start + _PIECE) + 1 or len(text)
        piece = text[start:end]
        part = _fast(table, piece, 0, line)
        if part is not None:
            yield part
        else:
            yield from _blocks(table, list(records(piece.split(b"\n"), line)), BLOCKS)
        line += piece.count(b"\n")
        start = end


def _blocks(table: Table, records: Sequence[Record], sizes: Sequence[int]) -> Iterator[Columns]:
    """Read records in blocks of the first size, those that fail in blocks of the next, at last one by one."""
    if not sizes:
        yield _slow(table, records)
        return
    for start in range(0, len(records), sizes[0]):
        block = records[start : start + sizes[0]]
        first = block[0].line
        # Only where no line is missing inside does Arrow's count of rows stand for lines.
        gapless = block[-1].line - first == len(block) - 1
        part = _fast(table, b"\n".join([record.raw for record in block]), 0, first) if gapless else None
        if part is None or len(part.line) != len(block):
            yield from _blocks(table, block, sizes[1:])
        else:
            yield part


def _fast(table: Table, text: bytes, start: int, first_line: int) -> Columns | None:
    """Read plain text from ``start`` with Arrow; None where anything in it asks for a closer look."""
    if start >= len(text) or not text.isascii() or b"\0" in text:
        return None
    if b"\r" in text and text.count(b"\r") != text.count(b"\r\n"):
        return None
    wanted = [name for name in table.names if name in NUMBERS or name in WORDS]
    types = {name: pa.float64() for name in NUMBERS} | {n: pa.dictionary(pa.int32(), pa.string()) for n in WORDS}
    names, threads = list(table.names), len(text) > _THREADED
    try:
        read = arrow_csv.read_csv(
            pa.BufferReader(pa.py_buffer(text).slice(start)),
            read_options=arrow_csv.ReadOptions(column_names=names, use_threads=threads),
            # A blank line becomes a row of nothing, so that rows and lines count alike.
            parse_options=arrow_csv.ParseOptions(ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types=types, include_columns=wanted, null_values=_ARROW_NULLS, strings_can_be_null=False
            ),
        )
    except pa.ArrowException:
        return None
    length = read.num_rows
    read = read.unify_dictionaries().combine_chunks()
    numbers = {name: _numbers(read.column(name)) for name in wanted if name in NUMBERS}
    if np.isnan(numbers["latitude"]).any():
        return None
    words = {name: _words(read.column(name)) for name in wanted if name in WORDS}
    return Columns(np.arange(first_line, first_line + length, dtype=np.int64), numbers, words)


def _numbers(column: pa.ChunkedArray) -> Floats:
    """A column of float64 with NaN for nulls, from its own buffers.

    Arrow's to_numpy and fill_null would import pandas wherever that is installed: half a second for nothing.
    """
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    valid, data = array.buffers()
    if data is None:
        return np.full(len(array), np.nan)
    values = np.frombuffer(data, np.float64, count=len(array), offset=8 * array.offset)
    if valid is None or array.null_count == 0:
        return values
    bits = np.unpackbits(np.frombuffer(valid, np.uint8), bitorder="little")
    return np.where(bits[array.offset : array.offset + len(array)] == 1, values, np.nan)


def _words(column: pa.ChunkedArray) -> tuple[Codes, list[str]]:
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return np.asarray(np.from_dlpack(array.indices), dtype=np.int32), array.dictionary.to_pylist()


def _slow(table: Table, block: Sequence[Record]) -> Columns:
    """Read records one by one, each bad one with its reason."""
    part = _empty(table)
    lines: list[int] = []
    numbers: dict[str, list[float]] = {name: [] for name in part.numbers}
    words: dict[str, list[int]] = {name: [] for name in part.words}
    seen: dict[str, dict[str, int]] = {name: {} for name in part.words}
    for record in block:
        fields = cut(record.raw)
        reason = f"the row {fields}" if isinstance(fields, str) else misfit(fields, table.names)
        values = {} if reason else _values(dict(zip(table.names, fields, strict=True)), numbers)
        if reason or isinstance(values, str):
            part.bad.append((record.line, reason or str(values), record.raw))
            continue
        lines.append(record.line)
        for name, value in values.items():
            numbers[name].append(value)
        for name, codes in words.items():
            word = fields[table.names.index(name)]
            codes.append(seen[name].setdefault(word, len(seen[name])))
    part.line = np.array(lines, dtype=np.int64)
    part.numbers = {name: np.array(values, dtype=np.float64) for name, values in numbers.items()}
    part.words = {name: (np.array(codes, dtype=np.int32), list(seen[name])) for name, codes in words.items()}
    return part


def _values(fields: dict[str, str], names: Iterator[str] | dict[str, list[float]]) -> dict[str, float] | str:
    """Return the row's numbers by column, or why one of them is none."""
    found: dict[str, float] = {}
    for name in names:
        text = fields[name].strip()
        value = float("nan") if text.lower() in _NULLS else number_of(text)
        if value is None:
            return f"{name} {text[:40]!r} is not a number"
        found[name] = value
    return found


def _empty(table: Table) -> Columns:
    return Columns(
        np.empty(0, np.int64),
        {name: np.empty(0) for name in table.names if name in NUMBERS},
        {name: (np.empty(0, np.int32), []) for name in table.names if name in WORDS},
    )


def _join(parts: Sequence[Columns], table: Table) -> Columns:
    """Put blocks under each other, their words into one list per column."""
    if not parts:
        return _empty(table)
    words = {}
    for name in parts[0].words:
        seen: dict[str, int] = {}
        codes = []
        for part in parts:
            own, vocabulary = part.words[name]
            new = np.array([seen.setdefault(word, len(seen)) for word in vocabulary], dtype=np.int32)
            codes.append(new[own] if len(vocabulary) else own)
        words[name] = (np.concatenate(codes), list(seen))
    return Columns(
        np.concatenate([part.line for part in parts]),
        {name: np.concatenate([part.numbers[name] for part in parts]) for name in parts[0].numbers},
        words,
        [bad for part in parts for bad in part.bad],
    )
