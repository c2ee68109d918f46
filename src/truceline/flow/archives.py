# SPDX-License-Identifier: Apache-2.0
"""Archives of fires of years without the war, that a watch may name as sources of kind ``baseline``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from truceline.base.bounded import read_bytes
from truceline.base.geo import Floats
from truceline.flow.watchfile import SourceFile, Watch
from truceline.model.detection import Detections
from truceline.sources.firetable import read_baseline
from truceline.thermal.firetable import Baseline, Fires

LONGEST_SILENCE = 92
"""Days without a fire anywhere in the archive after which a year is taken to be there in part only (assumed)."""

LEAST_INSIDE = 0.5
"""Share of the watch's fires that should lie where an archive has fires (assumed; its own country's has them all)."""

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, eq=False)
class Archive:
    """One file, read."""

    source: SourceFile
    """Where the watch names it."""

    seasons: Baseline
    """VIIRS fires by year."""

    rows: int
    """Rows it has, of any instrument."""

    rejected: int
    """Those that are no fire."""


def peace_years(watch: Watch) -> list[Archive]:
    """Return every archive of the watch.

    Raises:
        InputError: one cannot be read as a table of fires; it names the file.
    """
    found = []
    for source in watch.of("baseline"):
        seasons, table = read_baseline(read_bytes(source.path), file=source.path.name)
        found.append(Archive(source, seasons, len(table.fires) + table.rejected, table.rejected))
    return found


def misplaced(archives: Sequence[Archive], detections: Detections) -> list[str]:
    """Return a sentence for each archive that has no fires where most of the watch's are: of another country, perhaps.

    Such an archive changes no belief, since where no peace year is known nothing is said of seasons.
    """
    told = []
    for archive in archives:
        held = list(archive.seasons.values())
        if not len(detections) or not sum(map(len, held)):
            continue
        lon, lat = (np.concatenate([np.asarray(getattr(fires, name)) for fires in held]) for name in ("lon", "lat"))
        if _share_inside(detections, lon, lat) >= LEAST_INSIDE:
            continue
        swapped = _share_inside(detections, lat, lon) >= LEAST_INSIDE
        why = "latitude and longitude look swapped" if swapped else "is this the right archive?"
        told.append(f"{archive.source.path.name} has no fires where most fires of the watch are: {why}")
    return told


def _share_inside(detections: Detections, lon: Floats, lat: Floats) -> float:
    """The share of the watch's fires that lie in the box of some places, a degree wider."""
    middle = float(detections.lon[0])  # longitudes from there on, so that the antimeridian does not part a box
    east, own = ((np.asarray(places) - middle + 180) % 360 - 180 for places in (lon, detections.lon))
    inside = (own >= east.min() - 1) & (own <= east.max() + 1)
    return float((inside & (detections.lat >= lat.min() - 1) & (detections.lat <= lat.max() + 1)).mean())


def joined(archives: Sequence[Archive]) -> tuple[Baseline, tuple[int, ...]]:
    """Return all archives as one, and the years left out because they are not whole.

    A year that stands in two has the fires of both; a fire that stands in both counts once.
    """
    seasons: Baseline = {}
    for archive in archives:
        for year, fires in archive.seasons.items():
            seasons[year] = seasons[year].and_(_others(fires, seasons[year])) if year in seasons else fires
    parts = tuple(year for year in sorted(seasons) if not _whole(seasons[year], year))
    return {year: fires for year, fires in seasons.items() if year not in parts}, parts


def _others(fires: Fires, held: Fires) -> Fires:
    """Those that are not held already, by place and day."""
    known = set(zip(held.lon.tolist(), held.lat.tolist(), held.day.tolist(), strict=True))
    mine = zip(fires.lon.tolist(), fires.lat.tolist(), fires.day.tolist(), strict=True)
    return fires.take(np.array([fire not in known for fire in mine], dtype=bool))


def _whole(fires: Fires, year: int) -> bool:
    """Whether the archive goes on all year: months that are not there would pass for months without fires."""
    edges = [(date(year, 1, 1) - EPOCH).days, (date(year + 1, 1, 1) - EPOCH).days]
    return int(np.diff(np.unique([*edges, *fires.day.tolist()])).max()) <= LONGEST_SILENCE
