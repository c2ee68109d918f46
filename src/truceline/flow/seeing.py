# SPDX-License-Identifier: Apache-2.0
"""From a watch's folder to its coverage field: everything that looked, whatever made it look, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from truceline.base.bounded import read_bytes, read_text
from truceline.base.clock import Interval, iso
from truceline.base.geo import Line, Sides
from truceline.coverage import catalogue, looks, orbit, passes
from truceline.coverage.cells import Cells, along_line
from truceline.coverage.cloud import assumptions
from truceline.coverage.field import MAX_HOURS, PER_HOUR, CoverageField, Sky, build
from truceline.coverage.sights import Sight, Swath, of_look
from truceline.coverage.skies import CloudGrid, of_grid, of_table
from truceline.errors import ConfigError, InputError, NoTime
from truceline.flow.gather import Gathered, gather
from truceline.flow.stages import on_time, region_of, sides_of
from truceline.flow.watchfile import Watch
from truceline.model.look import Denial, Look, elements_feed
from truceline.model.watching import ReferenceAct
from truceline.sources import cloud_grid, stations, tracks

RESOLUTION = 7


@dataclass(frozen=True, eq=False)
class Scene:
    """All that a coverage field is made of, read and checked; fields of any act follow from it."""

    cells: Cells
    """Cells near the line that the fire files cover."""

    outside: int
    """Cells near the line that they do not cover: not observed, left out."""

    line: Line
    """The line."""

    period: Interval
    """What is looked at."""

    fitted: tuple[Look, ...]
    """Passes of orbits fitted to rows."""

    texts: tuple[tuple[str, str], ...]
    """Files of elements: (text, name)."""

    sensors: tuple[catalogue.Sensor, ...]
    """The catalogue with the watch's own."""

    ground: tuple[Sight, ...]
    """Tracks and stations."""

    denials: tuple[Denial, ...]
    """What was denied."""

    skies: tuple[tuple[str, Sky], ...]
    """Cloud under each assumption, the central one first."""

    unknown_sky: float
    """Share of cells × slots a cloud grid does not reach."""

    rejected: int
    """Rows of all files that could not be used."""

    release_after: timedelta
    """Age at which the terms let coverage leave the centre."""

    def satellites(self, act: ReferenceAct) -> looks.Found:
        """Return the passes that elements give, for an act."""
        return looks.from_elements(self.texts, self.sensors, *self.cells.middle, self.period, act)

    def sights(self, act: ReferenceAct) -> list[Sight]:
        """Return every look, for an act."""
        flown = self.satellites(act)
        late = {denial.sensor for denial in self.denials}
        rows = {look.sensor for look in self.fitted}
        passes = [each for each in flown.passes if each.feed not in late or each.sensor not in rows]
        known = {satellite.sensor.name for satellite in flown.satellites} - {
            name for name in rows if elements_feed(name) in late
        }
        fitted = [of_look(look, act.power_mw) for look in self.fitted if look.sensor not in known]
        return [*(fitted if act.name == "fire" else ()), *passes, *self.ground]

    def last(self, hours: int) -> Scene:
        """Return the scene of the period's last hours only."""
        end = self.period.end
        start = max(self.period.start, end - timedelta(hours=hours))
        keep = (-(-end.timestamp() // 3600) - start.timestamp() // 3600) * PER_HOUR
        skies = tuple((name, Sky(sky.zone, sky.hidden[:, -int(keep) :])) for name, sky in self.skies)
        return replace(self, period=Interval(start, end), skies=skies)

    def field(self, act: ReferenceAct, sky: Sky | None = None) -> CoverageField:
        """Return the field for an act, under the central assumption of cloud or the one given."""
        return build(
            self.cells, self.period, act.duration_hours, self.sights(act), self.denials, sky or self.skies[0][1]
        )


def scene(
    watch: Watch,
    *,
    line: Path | None = None,
    period: Interval | None = None,
    within_km: float = 20.0,
    now: datetime,
    tell: Callable[[str], None] = lambda _: None,
) -> Scene:
    """Read a watch's files into what its coverage is made of.

    Args:
        watch: the watch.
        line: another line of contact, put first.
        period: what is looked at; None: the watch's, cut to the truce and the week around it where that is too long.
        within_km: how far from the line.
        now: when it is read (fires of the future are refused).
        tell: progress.

    Raises:
        InputError: a file as a whole cannot be used; NoTime: the period lies outside the watch or is too long.
    """
    gathered = gather(watch, line, now, tell)
    first = gathered.lines[0].line
    span = _period(watch, gathered, period)
    sides: Sides | None = sides_of(first, gathered.agreement)
    cells, outside = _observed(along_line(first, within_km, sides, resolution=RESOLUTION), gathered.extent)
    tell(f"{len(cells):,} cells × {span.hours:,.0f} h")
    orbits = orbit.fit(gathered.detections)
    flown = on_time(gathered.elements, gathered.all_denials, {found.sensor for found in orbits})
    known = {look.sensor for look in flown}
    region = region_of([found.line for found in gathered.lines], gathered.detections)
    fitted = passes.predict(tuple(o for o in orbits if o.sensor not in known), region, span)
    ground, rejected = _ground(watch)
    skies, unknown, clouded = _skies(watch, gathered, cells, span)
    return Scene(
        cells=cells,
        outside=outside,
        line=first,
        period=span,
        fitted=fitted,
        texts=_texts(watch),
        sensors=catalogue.catalogue(watch.sensors),
        ground=ground,
        denials=gathered.all_denials,
        skies=skies,
        unknown_sky=unknown,
        rejected=len(gathered.rejected) + rejected + clouded,
        release_after=timedelta(hours=gathered.agreement.publication.coverage_delay_hours),
    )


def _period(watch: Watch, gathered: Gathered, wanted: Interval | None) -> Interval:
    if wanted is not None:
        found = watch.period.overlap(wanted)
        if found is None or found.hours <= 0:
            raise NoTime(f"the period asked for lies outside the watch's ({iso(watch.period.start)} to "
                         f"{iso(watch.period.end)})")  # fmt: skip
    else:
        found = watch.period
        if found.hours > MAX_HOURS:
            found = found.overlap(gathered.agreement.window) or found
    if found.hours > MAX_HOURS:
        raise NoTime(f"coverage is told of at most {MAX_HOURS // 24} days at once; name them with --from and --to")
    return found


def _observed(cells: Cells, extent: Sequence[Sequence[tuple[float, float]]]) -> tuple[Cells, int]:
    """The cells that the fire files cover, and how many they do not."""
    if not extent:
        return cells, 0
    area = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in extent])
    shapely.prepare(area)
    keep = np.asarray(shapely.intersects_xy(area, cells.lon, cells.lat))
    if not keep.any():
        raise ConfigError("the extent covers no cell near the line")
    return cells.take(keep), int((~keep).sum())


def _name(path: Path) -> str:
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def _texts(watch: Watch) -> tuple[tuple[str, str], ...]:
    own = [watch.folder / s.options["elements"] for s in watch.of("firms") if "elements" in s.options]
    paths = [*(source.path for source in watch.of("elements")), *own]
    return tuple((read_text(path, limit=1 << 26), _name(path)) for path in dict.fromkeys(paths))


def _ground(watch: Watch) -> tuple[tuple[Sight, ...], int]:
    found: dict[str, Sight] = {}
    rejected = 0
    for kind, read in (("tracks", tracks.read), ("stations", stations.read)):
        for source in watch.of(kind):
            sights, bad = read(read_bytes(source.path), file=_name(source.path))
            rejected += len(bad)
            for sight in sights:
                if sight.id in found:
                    raise InputError(f"{sight.id} stands in two files", file=_name(source.path))
                found[sight.id] = sight
    return tuple(found.values()), rejected


def _skies(
    watch: Watch, gathered: Gathered, cells: Cells, span: Interval
) -> tuple[tuple[tuple[str, Sky], ...], float, int]:
    start = span.start.timestamp() // 3600 * 3600
    hours = int(-(-span.end.timestamp() // 3600) - start / 3600)
    grids = [cloud_grid.read(read_bytes(s.path), file=_name(s.path)) for s in watch.of("cloud_grid")]
    if grids:
        columns = ("lon", "lat", "seconds", "share", "sigma")
        whole = CloudGrid(*(np.concatenate([getattr(grid, name) for grid, _ in grids]) for name in columns))
        found = of_grid(whole, cells, start, hours)
        named = (("grid", found.middle), ("grid, more cloud", found.high), ("grid, less cloud", found.low))
        return named, found.unknown, sum(len(bad) for _, bad in grids)
    listed = assumptions(gathered.cloud)
    return tuple((each.name, of_table(each, cells, start, hours)) for each in listed), 0.0, 0


def provinces(cells: Cells, towns: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.str_]:
    """Return the province of each cell (n,): the first-order division of its nearest town, as GeoNames codes it.

    Without any town: one name for the whole region.
    """
    if not len(towns["lon"]):
        return np.full(len(cells), "region", dtype=np.str_)
    from_towns = orbit.unit(towns["lon"], towns["lat"])
    which = np.empty(len(cells), dtype=np.int64)
    for low in range(0, len(cells), 2048):
        which[low : low + 2048] = (cells.places[low : low + 2048] @ from_towns.T).argmax(axis=1)
    return np.asarray(towns["division"][which], dtype=np.str_)


def public_passes(sights: Sequence[Sight], denied: Sequence[Denial]) -> tuple[Swath, ...]:
    """Return the passes of public satellites (those that ship in the catalogue), without those denied everywhere."""
    ours = {sensor.name for sensor in catalogue.known()}
    spans: dict[str, list[tuple[float, float]]] = {}
    for denial in (each for each in denied if not each.local):
        spans.setdefault(denial.sensor, []).append((denial.interval.start.timestamp(), denial.interval.end.timestamp()))
    return tuple(
        sight
        for sight in sights
        if isinstance(sight, Swath)
        and sight.sensor in ours
        and not any(a < sight.last and b > sight.first for a, b in spans.get(sight.sensor, ()))
    )
