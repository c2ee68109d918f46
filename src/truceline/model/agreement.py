# SPDX-License-Identifier: Apache-2.0
"""An agreement as data: parties, provisions, zones, windows, exceptions, and each party's reading of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from truceline.base.clock import Interval, iso
from truceline.model.record import Record


@dataclass(frozen=True)
class Source:
    """Where something was said."""

    outlet: str
    """Who published it."""

    url: str | None = None
    """Address of the page that was read."""

    date: str | None = None
    """Date of publication as the page gives it."""


@dataclass(frozen=True)
class Party:
    """A signatory. Neutral by id; every name is data."""

    id: str
    """Neutral label, e.g. ``A``."""

    name: str
    """Short name as pages show it, e.g. ``Kyiv``."""

    forces: str
    """Its forces as pages show them, e.g. ``Kyiv's forces``."""

    aliases: tuple[str, ...]
    """Names by which claims and reports call it; matched whole, case ignored."""

    holds: tuple[tuple[str, float, float], ...]
    """Places it is known to hold (name, lon, lat): they tell its side of the line."""


@dataclass(frozen=True)
class Zone:
    """Where a provision holds."""

    id: str
    """Stable id within the agreement."""

    kind: str
    """``everywhere``, ``near_line`` or ``polygon``; ``unknown`` where no source gives coordinates."""

    within_km: float | None = None
    """For ``near_line``: distance to either side, kilometres."""

    coordinates: tuple[tuple[tuple[float, float], ...], ...] = ()
    """For ``polygon``: one outer ring per polygon, lon/lat."""


@dataclass(frozen=True)
class RuleException:
    """A ground on which a prohibited act is permitted. What no sensor shows leaves a range, never a guess."""

    id: str
    """Stable id."""

    text: str
    """The ground, as a person reads it."""

    excused_low: float
    """Least probability, given all a sensor of this watch can show, that it excuses an act."""

    excused_high: float
    """Greatest such probability."""

    why: str
    """Why it is no narrower."""


@dataclass(frozen=True)
class Provision:
    """One clause: actor × act × place × time, prohibited unless excepted."""

    id: str
    """Stable id; never reused."""

    text: str
    """The clause as said."""

    acts: tuple[str, ...]
    """Acts of the taxonomy it prohibits (``act_of_war`` names all of layer B)."""

    actors: tuple[str, ...]
    """Parties bound."""

    zone: str
    """Id of the zone."""

    window: Interval
    """When it binds."""

    exceptions: tuple[RuleException, ...] = ()
    """Grounds that permit the act."""


@dataclass(frozen=True)
class Reading:
    """One party's (or the mediator's) interpretation: the agreement's provisions with its changes overlaid."""

    id: str
    """Stable id, e.g. ``declaration``."""

    name: str
    """As pages show it, e.g. ``Moscow's declaration``."""

    summary: str
    """One sentence."""

    held_by: tuple[str, ...]
    """Party ids (or ``mediator``) that hold it."""

    provisions: tuple[Provision, ...]
    """All provisions under this reading."""

    source: Source
    """Where it was said."""


@dataclass(frozen=True)
class Agreement:
    """The whole text, every reading of it, and the file it came from."""

    id: str
    """Stable id, e.g. ``easter-2026``."""

    title: str
    """As pages show it."""

    version: str
    """Version of the text as data."""

    local_offset_hours: float
    """Offset of local time from UTC while it binds, hours."""

    parties: tuple[Party, ...]
    """Two or more, in the order of the file."""

    zones: tuple[Zone, ...]
    """Named places."""

    readings: tuple[Reading, ...]
    """At least one."""

    responses: Mapping[str, str]
    """Per party id: what response is foreseen for its breaches, in words; pages list what binds only one side."""

    coverage_floor: float
    """Coverage, as a share, below which an estimate is ``cannot tell``."""

    document: Mapping[str, Any]
    """The file as parsed, for the ledger."""

    file: str
    """Name of the file."""

    @property
    def window(self) -> Interval:
        """From the first moment any reading binds to the last."""
        windows = [p.window for r in self.readings for p in r.provisions]
        return Interval(min(w.start for w in windows), max(w.end for w in windows))

    def party(self, name: str) -> Party | None:
        """Return the party called so by id, name or alias."""
        wanted = name.strip().casefold()
        for party in self.parties:
            if wanted in {party.id.casefold(), party.name.casefold(), *(a.casefold() for a in party.aliases)}:
                return party
        return None

    def record(self) -> Record:
        """Return it as the ledger holds it."""
        return Record("terms", {"file": self.file, "document": _jsonable(self.document)})


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(k): _jsonable(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_jsonable(v) for v in value]
    if hasattr(value, "tzinfo"):
        return iso(value)
    if isinstance(value, str):
        return str(value)
    return value
