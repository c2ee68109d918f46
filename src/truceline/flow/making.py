# SPDX-License-Identifier: Apache-2.0
"""Making a new watch: a folder that runs, from the files given."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from truceline.base.bounded import read_bytes, read_text
from truceline.base.clock import Interval, from_column, iso
from truceline.errors import ConfigError, Malformed, StateError
from truceline.flow.gather import gather, is_claims_file, read_claims, read_terms
from truceline.flow.terms_files import MAX_ATTACHED, read_attached
from truceline.flow.watchfile import SourceFile, Watch, check_length, read_watch
from truceline.model.agreement import EARLIEST, LATEST
from truceline.sources import firms, satellite_days

MOST_APART = timedelta(days=60)
"""Longest time between the fires and the truce for which they are taken to belong together."""


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
        ConfigError: neither terms nor claims were given, the title is no text, or the folder cannot be written.
        InputError: a file cannot be used, or the fires have no usable row to take the dates from.
    """
    if (folder / "watch.toml").exists():
        raise StateError("holds a watch already", file=str(folder))
    if title is not None and not title.isprintable():
        raise ConfigError(f"a title is one line of text, not {title!r:.80}")
    if given.terms is None and given.claims is None:
        raise ConfigError("a watch needs --terms, or --claims with a truce in it")
    copies = _copies(given)
    for _, origin in copies.values():
        read_bytes(origin)
    copies |= _beside(given)
    period = _period(given, now)
    check_length(period)
    gather(_in_place(given, period), None, now, lambda _: None)  # what cannot be used is refused before we write
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", folder.resolve().name).strip("-.")[:64] or "watch"
    text = _toml(name, title or name.replace("-", " "), period, copies)
    try:
        for target, origin in copies.values():
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            with suppress(shutil.SameFileError):  # it may lie in its place already
                shutil.copyfile(origin, folder / target)
        (folder / "watch.toml").write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"cannot be made: {error.strerror or error}", file=str(folder)) from error
    return read_watch(folder)


def _in_place(given: Given, period: Interval) -> Watch:
    """Return the watch that the files given make where they lie."""
    beside = {"satellite_days": given.satellite_days, "elements": given.elements}
    options = {key: str(path) for key, path in beside.items() if path is not None}
    others = (("cloud", given.cloud), ("claims", given.claims))
    return Watch(
        folder=Path(),
        id="new",
        title="new",
        period=period,
        terms=given.terms,
        line=given.line,
        extent=given.extent,
        sources=(
            SourceFile("firms", given.fires, options),
            *(SourceFile(kind, path) for kind, path in others if path is not None),
        ),
    )


def _period(given: Given, now: datetime) -> Interval:
    """Whole UTC days from the first to the last that the fires, the satellite-days or the truce itself touch.

    A day of the truce that no file covers belongs to the watch: it was not observed, which is not quiet.
    """
    batch = firms.read(read_bytes(given.fires), file=str(given.fires), now=now)
    if len(batch.detections) == 0:
        reason = batch.rejected[0].reason if batch.rejected else "it has no rows"
        raise Malformed(f"no usable row to take the dates from: {reason}", file=str(given.fires))
    moments = [from_column(batch.detections.time.min()), from_column(batch.detections.time.max())]
    if given.satellite_days is not None:
        days, _ = satellite_days.read(read_bytes(given.satellite_days), file=str(given.satellite_days))
        moments += [day.day for day in days]
    seen = Interval(_midnight(min(moments)), _midnight(max(moments)) + timedelta(days=1))
    files = [given.claims] if given.claims is not None else []
    window = _ended(read_terms(given.terms, read_claims(files), seen).agreement.window, seen)
    apart = max(window.start - seen.end, seen.start - window.end)
    if apart > MOST_APART:
        raise ConfigError(
            f"the truce ({iso(window.start)} to {iso(window.end)}) lies {apart.days} days from the fires "
            f"({seen.start:%Y-%m-%d} to {seen.end:%Y-%m-%d}); are these the right files?"
        )
    last = window.end - timedelta(microseconds=1)
    return Interval(min(seen.start, _midnight(window.start)), max(seen.end, _midnight(last) + timedelta(days=1)))


def _ended(window: Interval, seen: Interval) -> Interval:
    """A truce without a known start or end runs, for a watch, from or to where the fires do."""
    start = window.start if window.start > EARLIEST else min(seen.start, window.end - timedelta(days=1))
    end = window.end if window.end < LATEST else max(seen.end, start + timedelta(days=1))
    return Interval(start, end)


def _midnight(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


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


def _beside(given: Given) -> dict[str, tuple[str, Path]]:
    """Files that the terms name: they go where the terms go."""
    if given.terms is None:
        return {}
    text = read_text(given.terms, limit=MAX_ATTACHED)
    if is_claims_file(text):
        return {}
    names = read_attached(given.terms, text, str(given.terms))
    return {f"beside {name}": (f"terms/{name}", given.terms.parent / name) for name in names}


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
