# SPDX-License-Identifier: Apache-2.0
"""A watch as a folder: reading its ``watch.toml``, and making a new one."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from truceline.base.bounded import read_bytes, read_text
from truceline.base.clock import Interval, iso, utc
from truceline.errors import ConfigError, Malformed, StateError
from truceline.sources import firms

_TEXT_LIMIT = 1 << 20
_SOURCE_KEYS = {
    "firms": {"kind", "path", "satellite_days", "elements", "credit", "licence"},
    "cloud": {"kind", "path", "credit", "licence"},
    "claims": {"kind", "path", "truce", "credit", "licence"},
}
_WATCH_KEYS = {"id", "title", "from", "to", "terms", "line", "extent"}


@dataclass(frozen=True)
class SourceFile:
    """One ``[[source]]`` of a watch."""

    kind: str
    """Name of the source: ``firms``, ``cloud``, ``claims``."""

    path: Path
    """Its file."""

    options: Mapping[str, str] = field(default_factory=dict)
    """The source's own options, as written."""

    @property
    def credit(self) -> str:
        """Whom to cite where the data is shown."""
        return self.options.get("credit", "not stated")

    @property
    def licence(self) -> str:
        """Under what terms the data may be used."""
        return self.options.get("licence", "not stated")


@dataclass(frozen=True)
class Watch:
    """What ``watch.toml`` says."""

    folder: Path
    """The watch's folder."""

    id: str
    """Its id: letters, digits, dots and dashes."""

    title: str
    """As pages show it."""

    period: Interval
    """First to last moment watched."""

    terms: Path | None
    """The agreement; None: made from the claims file's truce."""

    line: Path
    """The line of contact."""

    extent: Path | None
    """What the fire files cover; None: not stated."""

    sources: tuple[SourceFile, ...]
    """In the order of the file."""

    def of(self, kind: str) -> tuple[SourceFile, ...]:
        """Return the sources of one kind."""
        return tuple(source for source in self.sources if source.kind == kind)


def read_watch(folder: Path) -> Watch:
    """Read ``watch.toml`` in a folder.

    Raises:
        InputError: there is none, or it cannot be read; the message names file and key.
    """
    path = folder / "watch.toml"
    try:
        document = tomllib.loads(read_text(path, limit=_TEXT_LIMIT))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise Malformed(str(error), file=str(path), line=int(at.group(1)) if at else None) from error
    try:
        return _watch(folder, document)
    except Malformed as error:
        error.file = error.file or str(path)
        raise


def _watch(folder: Path, document: Mapping[str, Any]) -> Watch:
    table = document.get("watch")
    if not isinstance(table, dict):
        raise Malformed("has no table [watch]")
    unknown = set(document) - {"watch", "source", "store", "publication"} | set(table) - _WATCH_KEYS
    if unknown:
        raise Malformed(f"unknown key {min(unknown)!r} (known in [watch]: {', '.join(sorted(_WATCH_KEYS))})")
    name = _text(table, "id")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}", name):
        raise Malformed(f"[watch] id {name!r}: letters, digits, dots and dashes, at most 64")
    listed = document.get("source")
    if not isinstance(listed, list) or not any(s.get("kind") == "firms" for s in listed):
        raise Malformed("names no [[source]] of kind 'firms'")
    return Watch(
        folder=folder,
        id=name,
        title=_text(table, "title"),
        period=Interval(_moment(table, "from"), _moment(table, "to")),
        terms=folder / _text(table, "terms") if "terms" in table else None,
        line=folder / _text(table, "line"),
        extent=folder / _text(table, "extent") if "extent" in table else None,
        sources=tuple(_source(folder, source) for source in listed),
    )


def _source(folder: Path, table: Mapping[str, Any]) -> SourceFile:
    kind = _text(table, "kind")
    if kind not in _SOURCE_KEYS:
        raise Malformed(f"[[source]] kind {kind!r} is unknown (known: {', '.join(sorted(_SOURCE_KEYS))})")
    unknown = set(table) - _SOURCE_KEYS[kind]
    if unknown:
        raise Malformed(f"[[source]] of kind {kind!r}: unknown key {min(unknown)!r}")
    options = {key: _text(table, key) for key in table if key not in ("kind", "path")}
    return SourceFile(kind, folder / _text(table, "path"), options)


def _text(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise Malformed(f"needs {key!r} as text")
    return value


def _moment(table: Mapping[str, Any], key: str) -> datetime:
    value = table.get(key)
    if not isinstance(value, datetime | str):
        raise Malformed(f"needs {key!r} as a time with its zone, such as 2026-04-01T00:00:00Z")
    return utc(value)


@dataclass(frozen=True)
class Given:
    """The files a new watch is made from."""

    fires: Path
    """NASA FIRMS CSV."""

    line: Path
    """GeoJSON line of contact."""

    satellite_days: Path | None = None
    """List of satellite-days and their status."""

    cloud: Path | None = None
    """Daily cloud table."""

    claims: Path | None = None
    """Claims, with the truces they speak of."""

    terms: Path | None = None
    """The agreement, or a claims file whose truce becomes it."""

    extent: Path | None = None
    """GeoJSON area the fire file covers."""

    elements: Path | None = None
    """Orbital elements (TLE or OMM)."""


def make_watch(folder: Path, given: Given, *, now: datetime, title: str | None = None) -> Watch:
    """Make a folder that runs from the files given; they are copied into it.

    Raises:
        StateError: the folder holds a watch already.
        ConfigError: neither terms nor claims were given.
        InputError: the fire file cannot be read at all, or has no usable row to take the dates from.
    """
    if (folder / "watch.toml").exists():
        raise StateError("holds a watch already", file=str(folder))
    if given.terms is None and given.claims is None:
        raise ConfigError("a watch needs --terms, or --claims with a truce in it")
    batch = firms.read(read_bytes(given.fires), file=str(given.fires), now=now)
    if len(batch.detections) == 0:
        reason = batch.rejected[0].reason if batch.rejected else "it has no rows"
        raise Malformed(f"no usable row to take the dates from: {reason}", file=str(given.fires))
    days = batch.detections.time.astype("datetime64[D]")
    start, end = (utc(f"{day}T00:00:00Z") for day in (days.min(), days.max()))
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", folder.resolve().name).strip("-.")[:64] or "watch"
    copies = _copies(given)
    text = _toml(name, title or name.replace("-", " "), Interval(start, end + timedelta(days=1)), copies)
    for target, origin in copies.values():
        read_bytes(origin)
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(origin, folder / target)
    (folder / "watch.toml").write_text(text, encoding="utf-8")
    return read_watch(folder)


def _copies(given: Given) -> dict[str, tuple[str, Path]]:
    """Where each file given goes inside the folder."""
    targets = {
        "fires": "data/fires.csv",
        "line": "data/line.geojson",
        "satellite_days": "data/satellite_days.csv",
        "cloud": "data/cloud.csv",
        "claims": "data/claims.yaml",
        "terms": "terms/agreement.yaml",
        "extent": "data/extent.geojson",
        "elements": "data/elements.txt",
    }
    found = {key: (target, getattr(given, key)) for key, target in targets.items()}
    return {key: (target, path) for key, (target, path) in found.items() if path is not None}


def _toml(name: str, title: str, period: Interval, copies: Mapping[str, tuple[str, Path]]) -> str:
    """The text of a new ``watch.toml``."""

    def quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'

    def keys(*names: str) -> str:
        return "".join(f"{key} = {quoted(copies[key][0])}\n" for key in names if key in copies)

    parts = [
        f"[watch]\nid = {quoted(name)}\ntitle = {quoted(title)}\n"
        f"from = {iso(period.start)}\nto = {iso(period.end)}\n" + keys("terms", "line", "extent"),
        f'[[source]]\nkind = "firms"\npath = {quoted(copies["fires"][0])}\n'
        + keys("satellite_days", "elements")
        + 'credit = "NASA FIRMS active fires"\nlicence = "NASA open data"\n',
    ]
    parts += [
        f'[[source]]\nkind = "{kind}"\npath = {quoted(copies[kind][0])}\n'
        for kind in ("cloud", "claims")
        if kind in copies
    ]
    return "\n".join(parts)
