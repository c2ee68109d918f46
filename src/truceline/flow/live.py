# SPDX-License-Identifier: Apache-2.0
"""The folder ``data/live`` of a watch, which ``truceline fetch`` fills: every file whole or not at all.

Rows as they came lie under ``firms/SOURCE/DAY.csv``, with ``firms/state.json`` saying when each was fetched. What a
watch reads is made of them: one fire file per instrument, one list of satellite-days, one list of denials.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from truceline.base.bounded import read_bytes, read_text
from truceline.base.canonical import parse_json
from truceline.base.clock import utc
from truceline.errors import ConfigError, InputError
from truceline.model.look import Denial
from truceline.sources import denials

FOLDER = "data/live"
"""Where fetched data lies in a watch's folder."""

DENIALS = f"{FOLDER}/denials.json"
DAYS = f"{FOLDER}/satellite_days.csv"
ELEMENTS = f"{FOLDER}/elements.json"

Row = Mapping[str, str]


@dataclass(frozen=True)
class DayFile:
    """One day of one source as it was fetched."""

    fetched: datetime
    """When, UTC."""

    rows: int
    """How many rows it holds."""

    area: str
    """Of which area."""


State = dict[str, dict[date, DayFile]]
"""Source → day → file."""


def write(path: Path, data: bytes) -> None:
    """Put a file in place at once: whoever reads it sees the old one or the new one, after a power cut too.

    Raises:
        ConfigError: it cannot be written.
    """
    part = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise ConfigError(f"cannot be written: {error.strerror or error}", file=str(path)) from error


def read_state(folder: Path) -> State:
    """Return what was fetched before; nothing where no state can be read: then all is fetched again."""
    path = folder / FOLDER / "firms" / "state.json"
    if not path.is_file():
        return {}
    try:
        held = parse_json(read_bytes(path, limit=1 << 26), file=path.name)
        return {
            str(source): {
                date.fromisoformat(day): DayFile(utc(entry["fetched"]), int(entry["rows"]), str(entry["area"]))
                for day, entry in days.items()
                if day_path(folder, source, date.fromisoformat(day)).is_file()
            }
            for source, days in held.items()
        }
    except (InputError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def write_state(folder: Path, state: State) -> None:
    """Keep what was fetched."""
    plain = {
        source: {
            day.isoformat(): {"fetched": held.fetched.isoformat(), "rows": held.rows, "area": held.area}
            for day, held in sorted(days.items())
        }
        for source, days in sorted(state.items())
    }
    write(folder / FOLDER / "firms" / "state.json", (json.dumps(plain, indent=0) + "\n").encode())


def day_path(folder: Path, source: str, day: date) -> Path:
    """Return where one day of one source lies."""
    return folder / FOLDER / "firms" / source / f"{day.isoformat()}.csv"


def write_day(folder: Path, source: str, day: date, names: Sequence[str], rows: Sequence[bytes]) -> None:
    """Keep one day of one source as it came."""
    write(day_path(folder, source, day), b"\n".join([",".join(names).encode(), *rows]) + b"\n")


def read_day(folder: Path, source: str, day: date) -> list[dict[str, str]]:
    """Return the rows of one day of one source."""
    text = read_text(day_path(folder, source, day))
    return [
        {name: value or "" for name, value in row.items() if name is not None}
        for row in csv.DictReader(io.StringIO(text))
    ]


def fire_file(rows: Sequence[Row], usual: Sequence[str]) -> bytes:
    """Return rows as a fire file: the usual columns first, then every other that some row has."""
    names = list(usual) + sorted({name for row in rows for name in row} - set(usual))
    text = io.StringIO()
    made = csv.DictWriter(text, names, restval="", lineterminator="\n")
    made.writeheader()
    made.writerows(rows)
    return text.getvalue().encode()


def write_denials(folder: Path, source: str, found: Sequence[Denial]) -> tuple[Denial, ...]:
    """Replace the denials of one feed in the list, keeping those of others; returns the whole list."""
    path = folder / DENIALS
    held: tuple[Denial, ...] = ()
    if path.is_file():
        held = tuple(each for each in denials.read(read_bytes(path), file=DENIALS) if each.source != source)
    listed = sorted((*held, *found), key=lambda each: (each.interval.start, each.sensor, each.reason))
    write(path, (json.dumps([denials.plain(each) for each in listed], indent=1) + "\n").encode())
    return tuple(listed)


def name_in_watch(folder: Path, block: Mapping[str, str]) -> bool:
    """Add a source to ``watch.toml`` if no source has its path yet; returns whether it was added.

    The file is only added to: what a person wrote stays as it stands.
    """
    path = folder / "watch.toml"
    text = read_text(path, limit=1 << 20)
    if any(source.get("path") == block["path"] for source in tomllib.loads(text).get("source", [])):
        return False
    lines = [f"{key} = {json.dumps(value)}" for key, value in block.items()]
    _replace(path, text.rstrip("\n") + "\n\n[[source]]\n" + "\n".join(lines) + "\n", text)
    return True


def add_option(folder: Path, key: str, value: str) -> bool:
    """Give the first fire source of ``watch.toml`` an option it lacks; returns whether it was added."""
    path = folder / "watch.toml"
    text = read_text(path, limit=1 << 20)
    sources = tomllib.loads(text).get("source", [])
    if any(source.get(key) == value for source in sources):
        return False
    lines = text.split("\n")
    for number, line in enumerate(lines):
        if line.replace(" ", "").startswith(('kind="firms"', "kind='firms'")):
            made = "\n".join([*lines[: number + 1], f"{key} = {json.dumps(value)}", *lines[number + 1 :]])
            first = next(source for source in sources if source.get("kind") == "firms")
            if key not in first:
                _replace(path, made, text)
                return True
            break
    return False


def _replace(path: Path, made: str, before: str) -> None:
    """Write ``watch.toml`` only where it still says all that it said."""
    try:
        now, then = tomllib.loads(made), tomllib.loads(before)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"cannot be added to: {error}; add the source by hand", file=str(path)) from error
    old, new = then.pop("source", []), now.pop("source", [])
    kept = all(any(was.items() <= each.items() for each in new) for was in old)
    if then != now or not kept:
        raise ConfigError("cannot be added to without changing it; add the source by hand", file=str(path))
    write(path, made.encode())
