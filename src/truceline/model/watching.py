# SPDX-License-Identifier: Apache-2.0
"""What a watch says of what it saw and did not see: coverage, comparison, estimate; and the whole run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.base.clock import Interval
from truceline.base.geo import Floats, Line, Sector, Sides
from truceline.model.agreement import Agreement
from truceline.model.assessment import Assessment
from truceline.model.claim import ClaimCheck
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.model.look import Denial, Look
from truceline.model.record import Rejected


@dataclass(frozen=True)
class ReferenceAct:
    """The act that coverage speaks of. Coverage without it means nothing."""

    name: str = "fire"
    """What it is."""

    power_mw: float = 5.0
    """Radiative power, megawatts."""

    duration_hours: float = 1.0
    """How long it burns, hours."""

    within_km: float = 20.0
    """How far from the line, kilometres."""

    def text(self) -> str:
        """Return ``a fire of 5 MW lasting 1 hour, within 20 km of the line``."""
        return f"{self.anywhere()}, within {self.within_km:g} km of the line"

    def anywhere(self) -> str:
        """Return ``a fire of 5 MW lasting 1 hour``."""
        hours = f"{self.duration_hours:g} hour" + ("" if self.duration_hours == 1 else "s")
        return f"a {self.name} of {self.power_mw:g} MW lasting {hours}"


@dataclass(frozen=True)
class CloudDay:
    """Share of sky hidden on one day."""

    day: datetime
    """Midnight UTC at which the day begins."""

    shares: Mapping[str, float]
    """Per table column (``country``, ``east``…), 0 to 1."""


@dataclass(frozen=True, eq=False)
class Coverage:
    """P(the reference act, lit in that sector, side and hour, is detected), under one line."""

    line: str
    """Which line: ``towns`` (ours) or ``given``."""

    act: ReferenceAct
    """The act."""

    sectors: tuple[Sector, ...]
    """Pieces of the line, s of them."""

    sides: tuple[str, str]
    """Whose side the middle axis of ``hourly`` means: party ids, or ``left``/``right`` where nothing tells."""

    hours: npt.NDArray[np.datetime64]
    """Start of each of h hours, ``datetime64[h]``."""

    hourly: Floats
    """Probability (s, 2, h); NaN where the side lies outside what the data covers (not observed)."""

    observed_share: Floats
    """Share of each sector's side (s, 2) that lies inside what the data covers."""

    window: Interval
    """The truce."""

    share: float
    """Mean over the line's kilometres and the truce's hours, both sides."""

    low: float
    """The same under the least favourable cloud assumption."""

    high: float
    """The same under the most favourable cloud assumption."""

    by_side: Mapping[str, float | None]
    """The same, per side."""

    by_sector: Floats
    """The same, per sector and side (s, 2); NaN where not observed."""

    gaps: tuple[Interval, ...]
    """Stretches of the truce without any pass, as far as the truce lies in the watch's period, longest first."""

    areas: tuple[str, ...] = ()
    """Province of each sector where values are told per province and day only; empty: per sector, side and hour."""

    told_until: datetime | None = None
    """First moment of which nothing is told yet, for it is too young; None: all is told."""

    withheld_until: datetime | None = None
    """When the coverage of all of the truce will be old enough to be told; None: it is."""

    @property
    def longest_gap_hours(self) -> float:
        """Longest stretch of the truce without a pass, hours."""
        return max((gap.hours for gap in self.gaps), default=0.0)


@dataclass(frozen=True)
class Comparison:
    """The truce against the days before and after it, per unit of coverage."""

    ratio: float | None
    """Rate in the truce over rate outside it; None: cannot tell."""

    low: float | None
    """Lower end of the 90 % interval, the lowest under any listed cloud assumption."""

    high: float | None
    """Upper end, the highest under any listed cloud assumption."""

    cannot_tell: bool
    """Whether the data decide nothing."""

    reason: str
    """One sentence."""

    assumptions: tuple[Mapping[str, Any], ...]
    """Per cloud assumption: ``name text ratio low high exposure_in exposure_out``."""


@dataclass(frozen=True)
class Estimate:
    """How many acts near the line are compatible with what was seen."""

    low: float | None
    """Lower end of the 90 % interval; None: cannot tell."""

    mid: float | None
    """Median."""

    high: float | None
    """Upper end."""

    cannot_tell: bool
    """Whether coverage is below what the terms ask."""

    reason: str
    """One sentence."""

    unit: str
    """What is estimated, in words, with the reference act."""

    seen: int
    """Events near the line in the truce."""

    seen_weighted: float
    """Sum of their probabilities of being an act of war."""

    assumptions: tuple[str, ...]
    """One sentence each."""

    wide: tuple[float, float] | None = None
    """Ends of the 99 % interval, by which claims are judged; None: cannot tell."""


@dataclass(frozen=True, eq=False)
class LineView:
    """All that depends on whose line it is, under one line."""

    name: str
    """``towns`` (ours, from settlements named in cited text) or ``given`` (``--line``)."""

    title: str
    """As pages show it."""

    line: Line
    """The geometry."""

    sides: Sides | None
    """Who holds which side; None where nothing tells."""

    uncertainty_km: float
    """One standard deviation of the line's own place, kilometres; 0 where the file states none."""

    source: str
    """Where it comes from, in words."""

    index: int
    """Ledger index of its record."""

    distance_m: Floats
    """Distance of each event of the run to it, metres."""

    along_m: Floats
    """Position of each event along it, metres."""

    on_first_side: npt.NDArray[np.bool_]
    """Whether each event lies on ``sides.first``'s side (left, where nothing tells)."""

    detection_distance_m: Floats
    """Distance of each detection to it, metres."""

    coverage: Coverage
    """What could have been seen."""

    comparison: Comparison
    """Truce against the days around it."""

    estimate: Estimate
    """How many acts are compatible."""

    claims: tuple[ClaimCheck, ...]
    """Each claim beside what was seen."""

    index_by_kind: Mapping[str, int]
    """Ledger index of its ``coverage``, ``comparison`` and ``estimate`` records."""


@dataclass(frozen=True, eq=False)
class Run:
    """One run of a watch from bytes to results: what reports and pages are made of."""

    watch: str
    """Id of the watch (its folder's name)."""

    title: str
    """As pages show it."""

    period: Interval
    """First to last moment the watch covers."""

    agreement: Agreement
    """Terms with their readings."""

    detections: Detections
    """In the ledger's order."""

    rejected: tuple[Rejected, ...]
    """Rows that could not become detections."""

    rows_read: int
    """Rows of all fire files; always detections + rejected."""

    looks: tuple[Look, ...]
    """Passes over the line the watch uses, denied ones too, each cut to the time in which it sees places near it."""

    denials: tuple[Denial, ...]
    """Stretches that could not be read."""

    cloud: tuple[CloudDay, ...]
    """The cloud table."""

    events: Events
    """Fused, with P(act of war)."""

    assessments: tuple[Assessment, ...]
    """Per event that may lie in the truce, reading and provision."""

    lines: tuple[LineView, ...]
    """The line the watch uses first, the other beside it."""

    thermal: Mapping[str, Any]
    """The thermal model's card: name, version, calibration figures, what it cannot tell."""

    sources: tuple[Mapping[str, Any], ...]
    """Per file: ``name``, ``file``, ``rows``, ``sha256``, ``credit`` (the citation to show), ``licence``."""

    one_sided: tuple[Mapping[str, str], ...]
    """What shows or binds only one side: ``title``, ``text``."""

    place_names: Mapping[str, npt.NDArray[Any]]
    """Towns for naming places: ``name``, ``lon``, ``lat``, ``population``."""

    extent: tuple[tuple[tuple[float, float], ...], ...]
    """Outer rings of the area the fire files cover, lon/lat; empty where not stated."""

    versions: Mapping[str, str]
    """``truceline``, ``thermal``, ``terms``…"""

    looks_logged: int
    """All passes in the ledger: over the line or only over places of the theatre where something was detected."""

    ledger: Mapping[str, Any]
    """``size``, ``root`` (hex), ``origin``, ``vkey`` when the report was made."""

    passes: tuple[Look, ...] = ()
    """Every logged pass, whole: what questions about other places are answered from."""

    within_km: float = 0.0
    """Places are told as the middle of cells of this size, kilometres; 0: as measured."""

    within_minutes: float = 0.0
    """Moments of events and detections are told so many minutes either way; 0: as measured."""

    rows_of: Mapping[int, int] = field(default_factory=dict)
    """Per pass (its ledger index) how many detections it gave, where ``detections`` no longer tell their minute."""

    withheld_rest: datetime | None = None
    """When all of the watch's coverage, not only the truce's, will be old enough to be told; None: it is."""

    @property
    def view(self) -> LineView:
        """The line the watch uses."""
        return self.lines[0]
