# SPDX-License-Identifier: Apache-2.0
"""Comma-separated text from outside, with true line numbers whatever is in it.

Python's ``csv`` and Arrow both count rows, not lines: a blank line or a line end inside quotes shifts every number
after it. Here a file is cut into records first, each of which knows the line it begins on.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from truceline.errors import LimitExceeded, Malformed, Truncated
from truceline.model.record import Rejected

_NAME = re.compile(r"[^\W\d_][\w .%°()-]{0,39}|#\d+")
"""What a column may be called, to be repeated in a message."""

MAX_RECORD = 10_000
"""Longest record looked at, bytes."""

MAX_SPAN = 5
"""Lines that one quoted record may run over. A stray quote costs at most its own line, never the rest of the file."""

MAX_REJECTED = 1_000_000
"""Rejected rows kept of one file; more and it is no file of ours."""

RAW = 500
"""Characters of a rejected row that are kept."""

_MAGIC = {
    b"\x1f\x8b": "gzip-compressed; unpack it first",
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"\xff\xfe": "UTF-16 text; save it as UTF-8",
    b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    b"\x89PNG": "a picture",
    b"%PDF": "a PDF document",
    b"PAR1": "a Parquet file",
    b"SQLite format 3": "an SQLite database",
}


class Record(NamedTuple):
    """One record of a file, not yet cut into fields."""

    line: int
    """Line it begins on, counted from 1."""

    raw: bytes
    """Its bytes without the line end."""


@dataclass(frozen=True)
class Table:
    """A file whose header has been read."""

    file: str
    """Its name, for messages."""

    names: tuple[str, ...]
    """Column names, lower case, in the order of the file; an unnamed column is called ``#n``."""

    text: bytes
    """The whole file; lines end in LF or CRLF."""

    start: int
    """Where in it the first row begins."""

    first_line: int
    """Line on which the first row begins, counted from 1."""

    def records(self) -> Iterator[Record]:
        """Return every record that is not blank, in order."""
        return records(self.text[self.start :].split(b"\n"), self.first_line)


def open_table(data: bytes, *, file: str, required: Sequence[str], limit: int) -> Table:
    """Return the table whose header names at least the ``required`` columns (in any order and case).

    Raises:
        Truncated: empty, only white space, or it ends inside the header line.
        LimitExceeded: more than ``limit`` bytes.
        Malformed: binary, or not these columns.
    """
    text = plain_text(data, file=file, limit=limit)
    start, line = 0, 1
    while True:
        end = text.find(b"\n", start)
        if end < 0 or text[start:end].strip():
            break
        start, line = end + 1, line + 1
    head = (text[start:] if end < 0 else text[start:end]).rstrip(b"\r")
    names = _header(head, file=file, line=line, required=required)
    if end < 0:
        raise Truncated("ends within its header line: there is no line end after it", file=file, line=line)
    if text.endswith((b"\n\n", b"\n\r\n")):
        text = text[: end + 1] + text[end + 1 :].rstrip()
    return Table(file, names, text, end + 1, line + 1)


def plain_text(data: bytes, *, file: str, limit: int) -> bytes:
    """Return the bytes without a UTF-8 byte-order mark; where lines end in CR alone, in LF.

    Raises:
        Truncated: empty or only white space.
        LimitExceeded: more than ``limit`` bytes.
        Malformed: begins like a known binary format.
    """
    if len(data) > limit:
        raise LimitExceeded(f"{len(data):,} bytes; at most {limit:,} are read", file=file)
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise Malformed(f"not comma-separated text but {what}", file=file, line=1)
    text = data.removeprefix(b"\xef\xbb\xbf")
    if not text[:65536].strip() and not text.strip():
        raise Truncated("the file is empty", file=file)
    if b"\r" in text and b"\n" not in text:
        text = text.replace(b"\r", b"\n")
    return text


_OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def _header(raw: bytes, *, file: str, line: int, required: Sequence[str]) -> tuple[str, ...]:
    if len(raw) > MAX_RECORD:
        raise LimitExceeded(f"the header line is longer than {MAX_RECORD:,} bytes", file=file, line=line)
    fields = cut(raw)
    if isinstance(fields, str):
        raise Malformed(f"the header line {fields}", file=file, line=line)
    names = tuple(name.strip().lower() or f"#{n}" for n, name in enumerate(fields, start=1))
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise Malformed(f"the column {twice[0]!r} appears twice in the header", file=file, line=line)
    missing = [name for name in required if name not in names]
    if missing:
        other = next((word for mark, word in _OTHER_MARKS.items() if len(fields) == 1 and mark in fields[0]), "")
        if other:
            raise Malformed(f"its columns are parted by {other}, not by commas", file=file, line=line)
        raise Malformed(
            f"without the column{'s' * (len(missing) > 1)} {', '.join(missing)}; expected {', '.join(required)}; "
            f"found {shown(names)}",
            file=file,
            line=line,
        )
    return names


def shown(names: Sequence[str]) -> str:
    """Return column names for a message; what no table would call a column is not repeated.

    A watch from a stranger may name any file of the machine as its data, and its messages may be sent back.
    """
    return ", ".join(name if _NAME.fullmatch(name) else "…" for name in names)[:300]


def records(lines: Sequence[bytes], first_line: int) -> Iterator[Record]:
    """Return the records of consecutive lines, blank lines left out, quoted line ends kept inside their record."""
    at = 0
    while at < len(lines):
        raw, span = lines[at], 1
        if b'"' in raw and _open_quote(raw):
            raw, span = _quoted(lines, at)
        if raw.endswith(b"\r"):
            raw = raw[:-1]
        if raw and not raw.isspace():
            yield Record(first_line + at, raw)
        at += span


def _open_quote(raw: bytes) -> bool:
    """Return whether a quoted field is still open at the end. A quote opens a field only where the field begins."""
    at = 0
    while True:
        if raw[at : at + 1] == b'"':
            close = raw.find(b'"', at + 1)
            while close >= 0 and raw[close + 1 : close + 2] == b'"':
                close = raw.find(b'"', close + 2)
            if close < 0:
                return True
            at = close + 1
        comma = raw.find(b",", at)
        if comma < 0:
            return False
        at = comma + 1


def _quoted(lines: Sequence[bytes], at: int) -> tuple[bytes, int]:
    """Return a record whose quotes do not close on its line, and how many lines it takes (1 if they never close)."""
    for span in range(2, MAX_SPAN + 1):
        raw = b"\n".join(lines[at : at + span])
        if at + span <= len(lines) and len(raw) <= MAX_RECORD and not _open_quote(raw):
            return raw, span
    return lines[at], 1


def cut(raw: bytes) -> list[str] | str:
    """Return the fields of a record, or why it has none, in words."""
    if len(raw) > MAX_RECORD:
        return f"is longer than {MAX_RECORD:,} bytes"
    if b"\0" in raw:
        return "holds a NUL byte: binary, not text"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return f"is not UTF-8 text: byte {error.object[error.start]:#04x} at its position {error.start + 1}"
    if '"' not in text:
        return text.split(",") if "\r" not in text else "holds a carriage return inside a row"
    try:
        rows = list(csv.reader(text.split("\n"), strict=True))
    except csv.Error as error:
        return f"has quotes that do not close or are out of place ({error})"
    return rows[0] if len(rows) == 1 else "has quotes that do not close"


def misfit(fields: Sequence[str], names: Sequence[str]) -> str | None:
    """Return why the number of fields is wrong, or None where it is right."""
    if len(fields) == len(names):
        return None
    few = "few" if len(fields) < len(names) else "many"
    reason = f"too {few} fields: {len(fields)}, where the header names {len(names)}"
    return f"{reason}; the row ends before the column {names[len(fields)]}" if few == "few" else reason


def show(raw: bytes) -> str:
    """Return a row as text for a person, cut at ``RAW`` characters; bytes that are not UTF-8 become U+FFFD."""
    return raw[: 4 * RAW].decode("utf-8", "replace")[:RAW]


def rejections(source: str, file: str, found: Sequence[tuple[int, str, bytes]]) -> tuple[Rejected, ...]:
    """Return rejected rows from (line, reason, raw), in the order of lines.

    Raises:
        LimitExceeded: more than ``MAX_REJECTED``.
    """
    if len(found) > MAX_REJECTED:
        raise LimitExceeded(
            f"more than {MAX_REJECTED:,} rows cannot be read; the first: {found[0][1]}", file=file, line=found[0][0]
        )
    return tuple(Rejected(source, file, line, reason, show(raw)) for line, reason, raw in sorted(found))


def rows(table: Table) -> Iterator[tuple[Record, dict[str, str] | str]]:
    """Return each record with its fields by column name (stripped), or with the reason why it has none."""
    for record in table.records():
        fields = cut(record.raw)
        if isinstance(fields, str):
            yield record, f"the row {fields}"
            continue
        wrong = misfit(fields, table.names)
        yield record, wrong or dict(zip(table.names, (field.strip() for field in fields), strict=True))
