# SPDX-License-Identifier: Apache-2.0
"""Archives of fires of years without the war, that a watch may name as sources of kind ``baseline``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from truceline.base.bounded import read_bytes
from truceline.flow.watchfile import SourceFile, Watch
from truceline.sources.firetable import read_baseline
from truceline.thermal.firetable import Baseline


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


def joined(archives: Sequence[Archive]) -> Baseline:
    """Return all archives as one; a year that stands in two has the fires of both."""
    seasons: Baseline = {}
    for archive in archives:
        for year, fires in archive.seasons.items():
            seasons[year] = seasons[year].and_(fires) if year in seasons else fires
    return seasons
