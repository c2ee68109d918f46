# SPDX-License-Identifier: Apache-2.0
"""Zones as areas: belts and buffers made from the line, objects as discs, polygons as given; or unknown, and why."""

from __future__ import annotations

from dataclasses import dataclass, field

import shapely

from truceline.base import offsets
from truceline.base.geo import Line
from truceline.errors import InputError, StateError
from truceline.model.agreement import Agreement, Reading
from truceline.model.territory import Party, ReferenceLine, Zone
from truceline.terms.sides import area_of, side


@dataclass(frozen=True, eq=False)
class Drawn:
    """A zone as an area."""

    zone: Zone
    """The zone."""

    shape: str
    """``everywhere``, ``area`` or ``unknown``."""

    area: shapely.Geometry | None = None
    """For ``area``: polygons, lon/lat degrees, WGS 84."""

    why: str = ""
    """For ``unknown``: why, as a person reads it; every assessment that needs the zone says so."""


@dataclass(frozen=True, eq=False)
class Geometry:
    """The zones of an agreement under one reading, drawn when asked for and kept."""

    parties: tuple[Party, ...]
    """Whose side is whose."""

    zones: tuple[Zone, ...]
    """Zones, as the reading has them."""

    lines: tuple[ReferenceLine, ...]
    """Lines they are measured from."""

    watch: Line | None = None
    """The watch's own line of contact."""

    kept: dict[str, Drawn] = field(default_factory=dict, repr=False)
    """What was drawn already."""

    @classmethod
    def of(cls, agreement: Agreement, reading: Reading | None = None, watch: Line | None = None) -> Geometry:
        """Return the geometry of an agreement as written, or under a reading; ``watch``: the watch's own line."""
        zones = reading.zones if reading is not None and reading.zones else agreement.zones
        lines = reading.lines if reading is not None and reading.zones else agreement.lines
        return cls(agreement.parties, zones, lines, watch)

    def drawn(self, name: str) -> Drawn:
        """Return a zone as an area.

        Raises:
            StateError: there is no such zone.
            NoPlace: it would reach beyond a pole or the antimeridian.
        """
        if name not in self.kept:
            zone = next((zone for zone in self.zones if zone.id == name), None)
            if zone is None:
                raise StateError(f"the agreement has no zone {name!r}")
            try:
                self.kept[name] = self._draw(zone)
            except InputError as error:
                raise type(error)(f"zone {name!r}: {error.reason}") from error
        return self.kept[name]

    def called(self, lon: float, lat: float, kind: str | None = None) -> tuple[str, ...]:
        """Return the zones that hold a place (of one kind, or of all), the highest rank first."""
        place = shapely.Point(lon, lat)
        found = []
        for zone in self.zones:
            drawn = self.drawn(zone.id) if kind in (None, zone.kind) else None
            if drawn is not None and drawn.area is not None and drawn.area.covers(place):
                found.append(zone)
        return tuple(zone.id for zone in sorted(found, key=lambda zone: -zone.rank))

    def _draw(self, zone: Zone) -> Drawn:
        shape = zone.shape
        if shape == "everywhere":
            return Drawn(zone, shape)
        if shape == "polygon":
            return Drawn(zone, "area", area_of(zone.coordinates, zone.holes))
        if shape == "objects":
            return self._objects(zone)
        if shape == "band":
            return self._band(zone)
        return Drawn(zone, "unknown", None, zone.text or "no source gives the coordinates of the zone")

    def _objects(self, zone: Zone) -> Drawn:
        """Discs and outlines of the objects whose place is published; the others are said to be missing."""
        found = [area_of(each.rings) for each in zone.objects if each.rings]
        found += [
            offsets.disc(each.lon, each.lat, max(each.radius_m, 1.0))
            for each in zone.objects
            if each.lon is not None and each.lat is not None and not each.rings
        ]
        missing = len(zone.objects) - len(found)
        why = f"of {missing} object{'s' if missing > 1 else ''} nobody published the place" if missing else ""
        return Drawn(zone, "area", shapely.union_all(found), why)

    def _band(self, zone: Zone) -> Drawn:
        line, why = self.line_of(zone)
        band = zone.band_km
        assert band is not None  # its shape says so
        if line is None:
            return Drawn(zone, "unknown", None, why)
        near, far = band
        area = offsets.within(line.parts, far * 1000)
        if zone.side is not None:
            bank = side(line, zone.side, self.parties, far * 1000)
            if bank is None:
                return Drawn(zone, "unknown", None, f"no source tells which side of the line is {zone.side}'s")
            area = bank
        if near > 0:
            area = area.difference(offsets.within(line.parts, near * 1000))
        return Drawn(zone, "area", area)

    def line_of(self, zone: Zone) -> tuple[Line | None, str]:
        """Return the line a zone is measured from, or None and why it is not known."""
        named = next((line for line in self.lines if line.id == zone.line), None)
        if named is not None and named.kind == "coordinates":
            return Line(named.parts), ""
        if named is not None and named.kind == "unknown":
            return None, f"no source gives the coordinates of the line {named.name}"
        return self.watch, "" if self.watch is not None else "no line of contact is known"
