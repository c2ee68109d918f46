# SPDX-License-Identifier: Apache-2.0
"""A watch as a folder: reading its ``watch.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from truceline.base.bounded import read_text
from truceline.base.clock import Interval, utc
from truceline.errors import Malformed

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
