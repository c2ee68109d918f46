# SPDX-License-Identifier: Apache-2.0
"""The listed cloud assumptions: what the daily table may mean for a fire under it.

A daily regional mean says little about the sky over one fire at one pass. Instead of one guess there is a list; every
result that depends on cloud is made under each entry, and the widest range is reported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from truceline.base.clock import to_column
from truceline.base.geo import Floats
from truceline.model.watching import CloudDay

SHIFT = 0.1
"""By how much the table may understate or overstate the hidden share."""

SEEN_THROUGH = 0.5
"""Share of the cloud taken as thin enough to see through, under the assumption that says so."""


@dataclass(frozen=True, eq=False)
class CloudAssumption:
    """One way of reading the cloud table."""

    name: str
    """Short stable name, e.g. ``column east``."""

    text: str
    """One sentence, as pages show it."""

    columns: tuple[str, ...]
    """Columns of the table whose mean is taken; a column missing on a day counts as fully hidden."""

    scale: float = 1.0
    """Factor on the share."""

    shift: float = 0.0
    """Then added to it."""

    unknown: float = 1.0
    """Hidden share of a day the table does not hold: the worst case."""

    table: Mapping[np.datetime64, Mapping[str, float]] = field(default_factory=dict, repr=False)
    """Shares per day (``datetime64[D]``) and column."""

    def hidden(self, days: npt.NDArray[np.datetime64]) -> Floats:
        """Return the share of sky hidden, 0 to 1, on each of ``days`` (n,), any datetime64, UTC."""
        whole = days.astype("datetime64[D]")
        found = np.full(len(whole), self.unknown)
        for day in np.unique(whole):
            shares = self.table.get(day)
            if shares is None:
                continue
            read = [float(shares.get(name, np.nan)) for name in self.columns]
            if read and all(np.isfinite(read)):
                found[whole == day] = min(1.0, max(0.0, sum(read) / len(read) * self.scale + self.shift))
        return found


def assumptions(table: Sequence[CloudDay]) -> tuple[CloudAssumption, ...]:
    """Return the listed assumptions, the central one first; the same for every day, place and party.

    The central one is the mean of the table's columns. Then each column as it is, half of the cloud thin enough to
    see through, and the table understated and overstated by a tenth. A day the table lacks is fully hidden under each
    of them. Without any table the sky may be anything: half hidden, hidden and clear, and the range says so.
    """
    names = tuple(sorted({name for day in table for name in day.shares}))
    if not names:
        return (
            CloudAssumption("no table, half", "No cloud table: every day is taken as half hidden.", (), unknown=0.5),
            CloudAssumption("no table, hidden", "No cloud table: every day is taken as fully hidden.", ()),
            CloudAssumption("no table, clear", "No cloud table: every day is taken as clear.", (), unknown=0.0),
        )
    shares = {to_column(day.day).astype("datetime64[D]"): dict(day.shares) for day in table}
    every = " and ".join(names)
    worst = "; a day the table lacks counts as fully hidden."

    def listed(
        name: str, text: str, columns: tuple[str, ...], scale: float = 1.0, shift: float = 0.0
    ) -> CloudAssumption:
        return CloudAssumption(name, text + worst, columns, scale, shift, table=shares)

    found = [listed("table", f"The table as it is ({every}{', their mean' if len(names) > 1 else ''})", names)]
    if len(names) > 1:
        found += [listed(f"column {name}", f"The table's column {name!r} as it is", (name,)) for name in names]
    thin = f"{SEEN_THROUGH:.0%} of the cloud is thin enough to see a fire through"
    found.append(listed("thin cloud", thin, names, scale=1 - SEEN_THROUGH))
    found.append(listed("understated", f"The table understates the hidden share by {SHIFT:g}", names, shift=SHIFT))
    found.append(listed("overstated", f"The table overstates the hidden share by {SHIFT:g}", names, shift=-SHIFT))
    return tuple(found)
