# SPDX-License-Identifier: Apache-2.0
"""Parties, lines, zones and protected objects of a terms file, from their entries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truceline.base.geo import Line
from truceline.errors import InputError, Malformed, NoPlace, NoTime
from truceline.model.agreement import Other, Party, Place, ProtectedObject, Proxy, ReferenceLine, Zone
from truceline.model.territory import Ring
from truceline.terms.attached import geojson, rings_of
from truceline.terms.build import Words
from truceline.terms.context import Context, Entries, each_known, one_known, source, unique
from truceline.terms.kinds import Entry
from truceline.terms.places import check_held, check_swapped, holes_inside, polygon, ring

RESERVED = ("mediator", "neither", "proxy", "unknown", "both", "everywhere", "commission", "monitors")
"""Words that name hypotheses or roles and so cannot be an id of a party."""

_RINGS = ("polygon", "no_fly", "maritime")
_BANDS = ("near_line", "belt", "buffer", "no_fly", "maritime")
_BELTS = ("belt", "no_fly", "maritime")
_OWNERS: dict[str, tuple[str, ...]] = {
    "within_km": ("near_line", "buffer"),
    "rings": _RINGS,
    "path": _RINGS,
    "holes": _RINGS,
    "line": _BANDS,
    "side": _BELTS,
    "from_km": _BELTS,
    "to_km": _BELTS,
    "objects": ("objects",),
    "classes": ("objects",),
}
"""Keys of a zone, and the kinds they belong to."""

_NEEDS: dict[str, tuple[str, ...]] = {
    "near_line": ("within_km",),
    "buffer": ("within_km",),
    "belt": ("to_km",),
    "polygon": ("rings", "path"),
    "objects": ("objects", "classes"),
}
"""Keys of which a kind of zone needs one."""


def parties(entries: list[Entry]) -> tuple[Party, ...]:
    """Return the parties, their sources of proxies still to be added.

    Raises:
        InputError: an id or name stands twice or is reserved, or a place looks swapped.
    """
    owner: dict[str, str] = {}
    found = []
    for name, entry in unique(entries, "party").items():
        line = entry["id"].line
        if name in RESERVED:
            raise Malformed(f"a party cannot be called {name!r}: the word is reserved", line=line)
        aliases = tuple(entry.get("aliases", []))
        for word in dict.fromkeys(w.casefold() for w in (name, entry["name"], *aliases)):
            if word in owner:
                where = line if word == name.casefold() else entry.line("name")
                raise Malformed(f"a party twice: {owner[word]!r} and {name!r} are both called {word!r}", line=where)
            owner[word] = name
        holds = tuple((p["place"], p["lon"], p["lat"]) for p in entry.get("holds", []))
        found.append(Party(name, entry["name"], entry["forces"], aliases, holds))
    check_held(entries)
    return tuple(found)


def party(base: Party, entry: Entry, context: Context) -> Party:
    """Return a party with its names, proxies and polygons, which may name what comes later in the file."""
    at = f"party {base.id!r}"
    proxies = tuple(
        Proxy(name, p["name"], tuple(p.get("aliases", ())), p.get("text"), source(p.get("source"), context, at))
        for name, p in unique(entry.get("proxies", []), "proxy").items()
    )
    controls = polygon(entry, "controls", at, context.held) if "controls" in entry else ()
    return Party(
        base.id,
        base.name,
        base.forces,
        base.aliases,
        base.holds,
        names=dict(entry.get("names", {})),
        recognises_mechanism=entry.get("recognises_mechanism"),
        proxies=proxies,
        controls=controls,
    )


def others(entries: Entries, taken: Sequence[str]) -> tuple[Other, ...]:
    """Return states and bodies that are no parties.

    Raises:
        Malformed: one is called like a party, or by a reserved word.
    """
    for name, entry in entries.items():
        if name in (*taken, *RESERVED):
            raise Malformed(f"others: {name!r} is a party or a reserved word", line=entry["id"].line)
    return tuple(Other(name, entry["name"], entry["role"]) for name, entry in entries.items())


def places(entries: Entries) -> tuple[Place, ...]:
    """Return places under neutral labels."""
    return tuple(Place(n, dict(e["names"]), e.get("lon"), e.get("lat")) for n, e in entries.items())


def _dates(entry: Entry, ids: Sequence[str], at: str, what: str) -> dict[str, Any]:
    since, until = entry.get("since"), entry.get("until")
    if since is not None and until is not None and until <= since:
        raise NoTime(f"{at}: until does not come after since", line=entry.line("until"))
    replaces = one_known(entry, "replaces", [i for i in ids if i != entry["id"].text], what, at)
    return {"since": since, "until": until, "replaces": replaces}


def lines(entries: Entries, context: Context) -> dict[str, ReferenceLine]:
    """Return the named lines.

    Raises:
        InputError: a line has no usable coordinates, or names a file that was not given.
    """
    found = {}
    for name, entry in entries.items():
        at, kind = f"line {name!r}", entry["geometry"]
        for key in ("coordinates", "path"):
            if (kind == key) != (key in entry):
                told = "is missing" if kind == key else f"belongs to geometry: {key} only"
                raise Malformed(f"{at}: the key {key!r} {told}", line=entry.line(key))
        parts = _parts(entry, at, context) if kind in ("coordinates", "path") else ()
        found[name] = ReferenceLine(
            id=name,
            name=entry["name"],
            kind="coordinates" if parts else kind,
            parts=parts,
            as_of=entry.get("as_of"),
            uncertainty_km=entry.get("uncertainty_km"),
            source=source(entry.get("source"), context, at),
            **_dates(entry, list(entries), at, "line"),
        )
    return found


def _parts(entry: Entry, at: str, context: Context) -> tuple[Ring, ...]:
    """Vertices of a line's parts, checked as every line is."""
    key = entry["geometry"]
    node = entry.node.value[key]
    if id(node) not in context.made:
        try:
            if key == "path":
                line = Line.from_geojson(geojson(entry, at, context.attachments))
            else:
                line = Line(tuple(tuple((lon, lat) for lon, lat in part) for part in entry[key]))
        except InputError as error:
            reason = error.reason.removeprefix(f"{at}: ")  # a file that was not found says so itself
            raise type(error)(f"{at}: {reason}", line=error.line or entry.line(key)) from error
        if max(abs(lat) for part in line.parts for _, lat in part) > 89:
            raise NoPlace(f"{at}: reaches a pole; nothing is measured there", line=entry.line(key))
        check_swapped([vertex for part in line.parts for vertex in part], at, entry.line(key), context.held)
        context.made[id(node)] = line.parts
    parts: tuple[Ring, ...] = context.made[id(node)]
    return parts


def zones(entries: Entries, known_lines: Mapping[str, ReferenceLine], words: Words) -> dict[str, Zone]:
    """Return the zones.

    Raises:
        InputError: a zone lacks a key of its kind or holds one of another, or its coordinates are unusable.
    """
    return {name: _zone(entry, list(entries), known_lines, words) for name, entry in entries.items()}


def _zone(entry: Entry, ids: Sequence[str], known_lines: Mapping[str, ReferenceLine], words: Words) -> Zone:
    context = words.context
    name, kind = entry["id"].text, entry["kind"]
    at = f"zone {name!r}"
    _fits(entry, at)
    low, high = entry.get("from_km", 0.0), entry.get("to_km")
    if high is not None and low >= high:
        raise Malformed(f"{at}: from_km ({low:g}) is not below to_km ({high:g})", line=entry.line("to_km"))
    side = one_known(entry, "side", [*context.parties, "both"], "party", at)
    rings, holes = _rings(entry, at, context)
    return Zone(
        id=name,
        kind=kind,
        within_km=entry.get("within_km"),
        coordinates=rings,
        holes=holes,
        line=one_known(entry, "line", known_lines, "line", at),
        side=None if side == "both" else side,
        from_km=low if "to_km" in entry else None,
        to_km=high,
        weapons=words.read(entry.get("weapons", []), "weapons")[0],
        objects=tuple(_object(o, context) for o in unique(entry.get("objects", []), "object").values()),
        classes=words.read(entry.get("classes", []), "classes")[0],
        rank=entry.get("rank", 0),
        text=entry.get("text"),
        source=source(entry.get("source"), context, at),
        **_dates(entry, ids, at, "zone"),
    )


def _fits(entry: Entry, at: str) -> None:
    """Refuse a zone without a key its kind needs, or with one that is not its kind's."""
    kind = entry["kind"]
    needs = _NEEDS.get(kind, ())
    if needs and not any(key in entry for key in needs):
        raise Malformed(f"{at} is {kind}: the key {needs[0]!r} is missing", line=entry.node.line)
    for key, owners in _OWNERS.items():
        if key in entry and kind not in owners:
            reason = f"{at} is {kind}: {key!r} belongs to {', '.join(owners)} only"
            raise Malformed(reason, line=entry.line(key))
    two = [key for key in ("rings", "path", "to_km") if key in entry]
    if len(two) > 1:
        raise Malformed(f"{at}: holds both {two[0]!r} and {two[1]!r}; one of them says where", line=entry.line(two[1]))


def _rings(entry: Entry, at: str, context: Context) -> tuple[tuple[Ring, ...], tuple[Ring, ...]]:
    """Outer rings and holes of a zone, made once for all readings."""
    key = "rings" if "rings" in entry else "path" if "path" in entry else None
    if key is None:
        return (), ()
    value = entry.node.value
    assert isinstance(value, dict)  # the form has read it as a map
    made = (id(value[key]), id(value.get("holes")))
    stamp = hash(made)
    if stamp not in context.made:
        if key == "path":
            found = rings_of(geojson(entry, at, context.attachments), at, entry.line("path"))
            outer = tuple(ring(at, r, [entry.line("path")] * len(r), context.held) for r in found.outer)
            inner = tuple(ring(at, r, [entry.line("path")] * len(r), context.held) for r in found.holes)
        else:
            outer = polygon(entry, "rings", at, context.held)
            inner = polygon(entry, "holes", at, context.held) if "holes" in entry else ()
        holes_inside(outer, inner, at, entry.line("holes"))
        context.made[stamp] = outer, inner
    rings: tuple[tuple[Ring, ...], tuple[Ring, ...]] = context.made[stamp]
    return rings


def _object(entry: Entry, context: Context) -> ProtectedObject:
    name = entry["id"].text
    at = f"object {name!r}"
    if ("lon" in entry) != ("lat" in entry) or (entry.get("lon") is None) != (entry.get("lat") is None):
        raise Malformed(f"{at}: needs both lon and lat, or neither", line=entry.node.line)
    each_known([entry["class"]], context.vocabulary.objects, "class of objects", at)
    if entry.get("lon") is not None:
        check_swapped([(entry["lon"], entry["lat"])], at, entry.line("lon"), context.held)
    return ProtectedObject(
        id=name,
        name=entry["name"],
        of=entry["class"].text,
        lon=entry.get("lon"),
        lat=entry.get("lat"),
        radius_m=entry.get("radius_m", 0.0),
        rings=polygon(entry, "rings", at, context.held) if "rings" in entry else (),
        source=source(entry.get("source"), context, at),
    )
