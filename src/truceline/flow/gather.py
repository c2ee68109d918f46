# SPDX-License-Identifier: Apache-2.0
"""Foreign bytes in: every file of a watch, read by its source, nothing logged yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.bounded import read_bytes, read_text
from truceline.base.clock import Interval
from truceline.base.geo import Line
from truceline.coverage import catalogue, elements, passes
from truceline.errors import ConfigError, InputError, Malformed
from truceline.flow import denied, right_files
from truceline.flow.archives import joined, misplaced, peace_years
from truceline.flow.right_files import Box
from truceline.flow.stages import region_of
from truceline.flow.terms_files import notices_of, read_attached, read_notices
from truceline.flow.watchfile import SourceFile, Watch
from truceline.model.agreement import Agreement
from truceline.model.claim import Claim
from truceline.model.detection import Detections
from truceline.model.look import Denial, Look, SatelliteDay
from truceline.model.record import Rejected
from truceline.model.watching import CloudDay
from truceline.sources import Batch, claims, cloud, denials, extent, firms, line, satellite_days
from truceline.terms import from_ceasefire, load, window_of
from truceline.thermal import Surroundings, surroundings

THEATRE_MARGIN_DEG = 3.0
"""How far around the line its theatre reaches, degrees. A row outside is kept, unless its axes seem swapped."""


@dataclass(frozen=True)
class LineFile:
    """A line as read."""

    name: str
    """``given`` or ``towns``."""

    title: str
    """As pages show it."""

    line: Line
    """Geometry."""

    uncertainty_km: float
    """One standard deviation of its place, kilometres."""

    source: str
    """Where it comes from."""

    file: str
    """Its file, for messages."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Everything a watch's files hold."""

    agreement: Agreement
    """Terms and readings."""

    terms: Mapping[str, Any]
    """What the ledger keeps so that the agreement can be read again: ``file``, ``form``, ``text``."""

    notices: tuple[tuple[str, str], ...]
    """Files of notices: name and text."""

    lines: tuple[LineFile, ...]
    """The one used first."""

    extent: tuple[tuple[tuple[float, float], ...], ...]
    """Rings of what the fire files cover; empty where not stated."""

    cloud: tuple[CloudDay, ...]
    """The cloud table."""

    claims: tuple[Claim, ...]
    """Claims of this truce."""

    detections: Detections
    """All rows that became detections."""

    rejected: tuple[Rejected, ...]
    """All that did not, of every file."""

    rows_read: int
    """Rows of the fire files."""

    denials: tuple[Denial, ...]
    """What was not observed, as a run publishes it: of the sensors it speaks of, and not where."""

    all_denials: tuple[Denial, ...]
    """What was not observed, of any sensor, with the areas: for monitors."""

    elements: tuple[Look, ...]
    """Passes from given orbital elements."""

    around: Surroundings | None
    """What surrounds each detection against peace years; None where the watch has no archive of them."""

    files: tuple[Mapping[str, Any], ...]
    """Per file: ``kind file rows rejected sha256 credit licence``."""


def _joined(batches: Sequence[Batch]) -> tuple[Detections, list[Rejected]]:
    """All detections of all fire files, none twice: the reason why one is left out goes with it.

    A row that stands in two files counts once. Of a satellite's day that some file has in standard processing, rows of
    near-real-time processing are left out: they are the same fires, not quite in the same places.
    """
    better = _standard_days(batches)
    if len(batches) < 2 and not better:
        return Detections.concatenate(batch.detections for batch in batches), []
    first: dict[tuple[object, ...], str] = {}
    kept, rejected = [], []
    for batch in batches:
        found = batch.detections
        columns = (found.sensor, found.time, found.lon, found.lat, *_measured(found, "frp_mw"))
        lines = found.attributes["line"].tolist()
        old = _superseded(batch, better)
        keep = np.ones(len(found), dtype=bool)
        seen = {}
        for row, key in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            if key in first or old[row]:
                keep[row] = False
                reason = f"duplicate of {first[key]}" if key in first else SUPERSEDED
                rejected.append(Rejected("firms", batch.file, int(lines[row]), reason, ",".join(map(str, key))[:500]))
            else:
                seen[key] = f"{batch.file}:{lines[row]}"
        first |= seen
        kept.append(found.take(keep))
    return Detections.concatenate(kept), rejected


SUPERSEDED = "near-real-time row of a satellite's day that is there in standard processing"
"""Why such a row is left out."""


def _standard_days(batches: Sequence[Batch]) -> set[tuple[str, object]]:
    """(sensor, day) of every day that some batch has in standard processing, if any batch has earlier rows too."""
    if not any(batch.level is not None and (batch.level == "early").any() for batch in batches):
        return set()
    found: set[tuple[str, object]] = set()
    for batch in batches:
        if batch.level is not None:
            rows = batch.detections.take(batch.level == "standard")
            found |= set(zip(rows.sensor.tolist(), rows.time.astype("datetime64[D]").tolist(), strict=True))
    return found


def _superseded(batch: Batch, better: set[tuple[str, object]]) -> npt.NDArray[np.bool_]:
    """Which rows of a batch (n,) are of earlier processing on such a day."""
    if batch.level is None or not better:
        return np.zeros(len(batch.detections), dtype=bool)
    days = batch.detections.time.astype("datetime64[D]").tolist()
    replaced = [pair in better for pair in zip(batch.detections.sensor.tolist(), days, strict=True)]
    return np.asarray((batch.level == "early") & np.array(replaced, dtype=bool))


def _measured(found: Detections, name: str) -> tuple[Any, ...]:
    """A column that not every dialect has."""
    return (found.attributes[name],) if name in found.attributes else ()


@dataclass
class _Fires:
    """What the fire sources gave, as it is collected."""

    batches: list[Batch] = field(default_factory=list)
    days: list[SatelliteDay] | None = None
    rejected: list[Rejected] = field(default_factory=list)
    denials: list[Denial] = field(default_factory=list)
    elements: list[tuple[str, str]] = field(default_factory=list)
    files: list[Mapping[str, Any]] = field(default_factory=list)


def gather(watch: Watch, given_line: Path | None, now: datetime, tell: Callable[[str], None]) -> Gathered:
    """Read every file of a watch.

    Raises:
        InputError: a file as a whole cannot be used; it names the file, the line and the reason.
    """
    tell("reading the line, the terms and the claims")
    lines = _lines(watch, given_line)
    said, claim_files = _claims(watch)
    terms = read_terms(watch.terms, said, watch.period)
    right_files.check_time(terms.agreement, watch)
    notices = notices_of(watch.folder)
    read_notices(notices, terms.agreement)
    clouds, cloud_rejected, cloud_files = _cloud(watch)
    right_files.check_cloud(clouds, watch)
    tell("reading fires")
    west, south, east, north = _bounds(lines)
    margin = THEATRE_MARGIN_DEG
    rings = extent.read(read_bytes(watch.extent), file=_name(watch.extent)) if watch.extent else ()
    right_files.check_axes(lines, _box(rings))
    theatre = (west - margin, south - margin, east + margin, north + margin)
    fires = _fires(watch, now, theatre, _box(rings))
    detections, repeated = _joined(fires.batches)
    sensors = tuple(sorted({str(word) for word in np.unique(detections.sensor)} | {d.sensor for d in fires.days or ()}))
    rejected = [r for batch in fires.batches for r in batch.rejected]
    right_files.check_near(lines, detections, rejected)
    right_files.check_clock(fires.batches)
    region = region_of([found.line for found in lines], detections)
    archives = peace_years(watch)
    for text in misplaced(archives, detections):
        tell(text)
    seasons, parts = joined(archives)
    if parts:
        tell(f"years left out of the archives, which hold only parts of them: {', '.join(map(str, parts))}")
    files = tuple(_entry(held.source, held.source.path, held.rows, held.rejected) for held in archives)
    flown, unflown = _flown(fires.elements, region, watch)
    days = None if fires.days is None else tuple(fires.days)
    spoilt = frozenset[tuple[str, date]]().union(*(batch.spoilt for batch in fires.batches))
    derived = passes.denials(days, detections, sensors, watch.period, spoilt)
    everything = denied.joined(derived, fires.denials, watch.period)
    return Gathered(
        agreement=terms.agreement,
        terms=terms.record,
        notices=notices,
        lines=lines,
        extent=rings,
        cloud=clouds,
        claims=tuple(claim for claim in said.claims if claim.truce in ("", terms.agreement.id)),
        detections=detections,
        rejected=(*rejected, *repeated, *fires.rejected, *cloud_rejected, *unflown),
        rows_read=sum(batch.rows_read for batch in fires.batches),
        denials=denied.published(everything, sensors),
        all_denials=everything,
        elements=flown,
        around=surroundings(detections, seasons) if archives else None,
        files=(*fires.files, *cloud_files, *claim_files, *files),
    )


def _flown(
    texts: Sequence[tuple[str, str]], region: passes.Region, watch: Watch
) -> tuple[tuple[Look, ...], list[Rejected]]:
    """Passes from given elements; objects that cannot be used are rejected, and their orbits are fitted to rows."""
    found: list[Look] = []
    rejected: list[Rejected] = []
    others = catalogue.keys(catalogue.catalogue(watch.sensors))
    for text, file in texts:
        refused: list[InputError] = []
        found += elements.predict(text, file, {}, region, watch.period, refused=refused, others=others)
        for error in refused:
            which = f"record {error.record}: " if error.record else ""
            rejected.append(Rejected("elements", file, error.line or 1, which + error.reason, error.record or ""))
    return tuple(found), rejected


def _name(path: Path) -> str:
    """A file as messages and records name it: its folder and name, never the machine's path."""
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def _entry(source: SourceFile, path: Path, rows: int, rejected: int, kind: str = "") -> dict[str, Any]:
    """What the run's record says of one file."""
    return {
        "kind": kind or source.kind,
        "file": _name(path),
        "rows": rows,
        "rejected": rejected,
        "sha256": hashlib.sha256(read_bytes(path)).hexdigest(),
        "credit": source.credit,
        "licence": source.licence,
    }


def _lines(watch: Watch, given: Path | None) -> tuple[LineFile, ...]:
    """The line the user gives first, the watch's own beside it."""
    own = _line(watch.line, "towns" if given else "watch")
    return (own,) if given is None else (_line(given, "given"), own)


def _line(path: Path, name: str) -> LineFile:
    found, properties = line.read(read_bytes(path, limit=1 << 26), file=_name(path))
    title = {"given": "The line given", "towns": "The watch's own line", "watch": "Line of contact"}[name]
    return LineFile(
        name=name,
        title=str(properties.get("title") or title),
        line=found,
        uncertainty_km=float(properties.get("uncertainty_km") or 0.0),
        source=str(properties.get("source") or f"the file {_name(path)}{_dated(properties)}; {_UNSTATED}"),
        file=_name(path),
    )


_UNSTATED = "its source is not stated in it"


def _dated(properties: Mapping[str, Any]) -> str:
    """Of which day a line is, where its file says so: lines move."""
    said = properties.get("date")
    return f", dated {said}" if isinstance(said, str) and 0 < len(said.strip()) <= 40 and said.isprintable() else ""


def _bounds(lines: Sequence[LineFile]) -> tuple[float, float, float, float]:
    west, south, east, north = zip(*(found.line.bounds for found in lines), strict=True)
    return min(west), min(south), max(east), max(north)


def _claims(watch: Watch) -> tuple[Said, tuple[Mapping[str, Any], ...]]:
    """What every claims file of a watch holds, only of the truce that its source names."""
    found = [(source, read_claims([source.path], source.options.get("truce"))) for source in watch.of("claims")]
    for source, said in found:
        wanted = source.options.get("truce")
        if wanted is not None and not said.truces and not said.claims:
            raise Malformed(f"holds no truce and no claim of {wanted!r}", file=_name(source.path))
    truces = tuple(entry for _, said in found for entry in said.truces)
    known = tuple(claim for _, said in found for claim in said.claims)
    files = tuple(_entry(source, source.path, len(said.claims), 0) for source, said in found)
    return Said(truces, known), files


@dataclass(frozen=True, eq=False)
class Said:
    """What claims files hold."""

    truces: tuple[Mapping[str, Any], ...]
    """Their ``ceasefires`` entries."""

    claims: tuple[Claim, ...]
    """Their claims."""


@dataclass(frozen=True, eq=False)
class TermsRead:
    """The agreement, and what the ledger keeps so that it can be read again."""

    agreement: Agreement
    """Terms and readings."""

    record: Mapping[str, Any]
    """``file``, ``form`` (``terms`` or ``ceasefire``), ``text``, and ``attachments`` where the terms name files."""


def read_claims(paths: Sequence[Path], wanted: str | None = None) -> Said:
    """Read claims files; ``wanted`` names the one truce to keep, None keeps all."""
    truces: list[Mapping[str, Any]] = []
    said: list[Claim] = []
    for path in paths:
        found, entries = claims.read(read_bytes(path), file=_name(path))
        said += [claim for claim in found if wanted in (None, claim.truce)]
        truces += [entry for entry in entries if wanted in (None, entry.get("id"))]
    return Said(tuple(truces), tuple(said))


def read_terms(path: Path | None, said: Said, period: Interval) -> TermsRead:
    """Return the agreement of a terms file; where that is a claims file, or None, of the truce it names in the period.

    Raises:
        InputError: the file cannot be used, or no truce of the claims overlaps the period.
    """
    entries, known, file = said.truces, said.claims, "claims"
    if path is not None:
        text, file = read_text(path, limit=1 << 24), _name(path)
        if not is_claims_file(text):
            beside = read_attached(path, text, file)
            record = {"file": file, "form": "terms", "text": text, **({"attachments": beside} if beside else {})}
            return TermsRead(load(text, file=file, attachments=beside), record)
        own = read_claims([path])
        entries, known = own.truces, (*known, *own.claims)
    inside = [e for e in entries if window_of(e, str(e.get("id")), file).overlap(period)]
    if not inside:
        raise InputError("names no truce that overlaps the watch's period; give --terms", file=file)
    entry = inside[0]
    agreement = from_ceasefire(entry, [claim for claim in known if claim.truce == entry.get("id")], file=file)
    return TermsRead(agreement, {"file": file, "form": "ceasefire", "text": dict(entry)})


def is_claims_file(text: str) -> bool:
    """Return whether a YAML text is a claims file, not terms."""
    return any(row.startswith("ceasefires:") for row in text.splitlines())


def _cloud(watch: Watch) -> tuple[tuple[CloudDay, ...], tuple[Rejected, ...], tuple[Mapping[str, Any], ...]]:
    sources = watch.of("cloud")
    if not sources:
        return (), (), ()
    if len(sources) > 1:
        raise ConfigError("a watch takes one source of kind 'cloud'")
    source = sources[0]
    days, rejected = cloud.read(read_bytes(source.path), file=_name(source.path))
    return days, rejected, (_entry(source, source.path, len(days) + len(rejected), len(rejected)),)


def _box(rings: Sequence[Sequence[tuple[float, float]]]) -> Box | None:
    """West, south, east, north of what the fire files cover; None where that is not stated."""
    if not rings:
        return None
    lon, lat = np.concatenate([np.asarray(ring, dtype=np.float64) for ring in rings]).T
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def _fires(watch: Watch, now: datetime, theatre: Box, covered: Box | None) -> _Fires:
    """Every fire file, with the lists of satellite-days and the orbital elements that stand beside them."""
    found = _Fires()
    lists: list[Path] = []
    for source in watch.of("firms"):
        batch = firms.read(
            read_bytes(source.path),
            file=_name(source.path),
            now=now,
            period=watch.period,
            theatre=theatre,
            covered=covered,
        )
        found.batches.append(batch)
        found.files.append(_entry(source, source.path, batch.rows_read, len(batch.rejected)))
        if "satellite_days" in source.options:
            path = watch.folder / source.options["satellite_days"]
            days, rejected = satellite_days.read(read_bytes(path), file=_name(path))
            found.days = [*(found.days or []), *days]
            found.rejected += rejected
            found.files.append(_entry(source, path, len(days) + len(rejected), len(rejected), "satellite_days"))
        path = watch.folder / source.options.get("denials", "")
        if "denials" in source.options and path not in lists:
            # Not among the run's files: how many denials there are, or that there are others now, would show a jammer
            # that it worked.
            lists.append(path)
            found.denials += denials.read(read_bytes(path), file=_name(path))
        if "elements" in source.options:
            path = watch.folder / source.options["elements"]
            found.elements.append((read_text(path, limit=1 << 24), _name(path)))
            found.files.append(_entry(source, path, 0, 0, "elements"))
    for source in watch.of("denials"):
        if source.path in lists:
            continue
        found.denials += denials.read(read_bytes(source.path), file=_name(source.path))
    return found
