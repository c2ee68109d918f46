# SPDX-License-Identifier: Apache-2.0
"""A watch as a folder: reading its ``watch.toml``."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from truceline.base.bounded import read_text
from truceline.base.clock import Interval, iso, utc
from truceline.errors import InputError, LimitExceeded, Malformed, NoTime

_TEXT_LIMIT = 1 << 20
LONGEST = timedelta(days=731)
"""Longest period a watch may span: two years of the Easter watch run in about twenty seconds, in 0.6 GB."""

_SOURCE_KEYS = {
    "firms": {"kind", "path", "satellite_days", "denials", "elements", "credit", "licence"},
    "baseline": {"kind", "path", "credit", "licence"},
    "cloud": {"kind", "path", "credit", "licence"},
    "claims": {"kind", "path", "truce", "credit", "licence"},
    "cloud_grid": {"kind", "path", "credit", "licence"},
    "denials": {"kind", "path", "credit", "licence"},
    "elements": {"kind", "path", "credit", "licence"},
    "stations": {"kind", "path", "credit", "licence"},
    "tracks": {"kind", "path", "credit", "licence"},
}
HERE = ("127.0.0.1", "localhost", "::1")
"""Hosts that are this machine itself."""

_OIDC_KEYS = {"issuer", "client_id", "redirect"}
_RETURN = "/api/v1/oidc/return"
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
class Oidc:
    """The house's own provider of sign-in (OpenID Connect)."""

    issuer: str
    """Its address, as its tokens write it."""

    client_id: str
    """What it calls this watch; a public client, which needs no secret."""

    redirect: str
    """Where it sends people back to: this server's address and ``/api/v1/oidc/return``."""


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

    sensors: tuple[Mapping[str, Any], ...] = ()
    """The watch's own ``[[sensor]]`` tables, as written."""

    oidc: Oidc | None = None
    """The house's own provider; None: local accounts only."""

    def of(self, kind: str) -> tuple[SourceFile, ...]:
        """Return the sources of one kind."""
        return tuple(source for source in self.sources if source.kind == kind)


def read_watch(folder: Path, *, runs: bool = True) -> Watch:
    """Read ``watch.toml`` in a folder.

    Args:
        folder: the watch's folder.
        runs: it is to be run, and so must name the fires; a commission sits over one without any source, too.

    Raises:
        InputError: there is none, or it cannot be read; the message names file and key.
    """
    path = folder / "watch.toml"
    try:
        document = tomllib.loads(read_text(path, limit=_TEXT_LIMIT))
    except tomllib.TOMLDecodeError as error:
        at = re.search(r"at line (\d+)", str(error))
        raise Malformed(str(error), file=str(path), line=int(at.group(1)) if at else None) from error
    except RecursionError as error:
        raise LimitExceeded("brackets nest too deeply", file=str(path)) from error
    except ValueError as error:
        # Python refuses to turn a number of thousands of digits into an integer.
        raise Malformed(f"holds a number that cannot be read: {error}", file=str(path)) from error
    try:
        return _watch(folder, document, runs=runs)
    except InputError as error:
        error.file = error.file or str(path)
        raise


def _watch(folder: Path, document: Mapping[str, Any], *, runs: bool) -> Watch:
    table = document.get("watch")
    if not isinstance(table, dict):
        raise Malformed("has no table [watch]")
    unknown = set(document) - {"watch", "source", "sensor", "store", "publication", "oidc"} | set(table) - _WATCH_KEYS
    if unknown:
        raise Malformed(f"unknown key {min(unknown)!r} (known in [watch]: {', '.join(sorted(_WATCH_KEYS))})")
    name = _text(table, "id")
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9.-]{0,63}", name):
        raise Malformed(f"[watch] id {name!r}: letters, digits, dots and dashes, at most 64")
    listed = document.get("source", [])
    if not isinstance(listed, list) or not all(isinstance(source, dict) for source in listed):
        raise Malformed("names no [[source]] of kind 'firms'")
    if runs and not any(source.get("kind") == "firms" for source in listed):
        raise Malformed("names no [[source]] of kind 'firms'")
    sensors = document.get("sensor", [])
    if not isinstance(sensors, list) or not all(isinstance(sensor, dict) for sensor in sensors):
        raise Malformed("'sensor' is a list of tables, each begun with [[sensor]]")
    return Watch(
        folder=folder,
        id=name,
        title=_text(table, "title"),
        period=_period(table),
        terms=folder / _text(table, "terms") if "terms" in table else None,
        line=folder / _text(table, "line"),
        extent=folder / _text(table, "extent") if "extent" in table else None,
        sources=tuple(_source(folder, source) for source in listed),
        sensors=tuple(sensors),
        oidc=_oidc(document["oidc"]) if "oidc" in document else None,
    )


def _oidc(table: Any) -> Oidc:
    if not isinstance(table, dict) or set(table) != _OIDC_KEYS:
        raise Malformed(f"[oidc] has exactly {', '.join(sorted(_OIDC_KEYS))}")
    said = Oidc(_text(table, "issuer"), _text(table, "client_id"), _text(table, "redirect"))
    for name, address in (("issuer", said.issuer), ("redirect", said.redirect)):
        if not safe_address(address):
            raise Malformed(f"[oidc] {name}: an https address (http only on this machine itself)")
    if urlsplit(said.redirect).path != _RETURN:
        raise Malformed(f"[oidc] redirect: this server's address and {_RETURN}")
    return said


def safe_address(address: str) -> bool:
    """Return whether nobody on the way can read or change what goes to an address: https, or this machine itself."""
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    plain = parts.username is None and parts.password is None and not parts.fragment and bool(host)
    return plain and (parts.scheme == "https" or (parts.scheme == "http" and host in HERE))


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


def _period(table: Mapping[str, Any]) -> Interval:
    start, end = _moment(table, "from"), _moment(table, "to")
    if end <= start:
        raise NoTime(f"[watch] 'to' ({iso(end)}) is not after 'from' ({iso(start)})")
    period = Interval(start, end)
    check_length(period)
    return period


def check_length(period: Interval) -> None:
    """Refuse a period too long to watch in one piece.

    Raises:
        LimitExceeded: it is longer than ``LONGEST``.
    """
    if period.end - period.start > LONGEST:
        days = (period.end - period.start).days
        raise LimitExceeded(f"the watch spans {days:,} days; at most {LONGEST.days:,} are watched in one piece")


def _moment(table: Mapping[str, Any], key: str) -> datetime:
    value = table.get(key)
    if not isinstance(value, datetime | str):
        raise Malformed(f"needs {key!r} as a time with its zone, such as 2026-04-01T00:00:00Z")
    try:
        return utc(value)
    except NoTime as error:
        error.reason = f"[watch] {key!r}: {error.reason}"
        raise
