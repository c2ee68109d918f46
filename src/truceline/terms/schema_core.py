# SPDX-License-Identifier: Apache-2.0
"""The form of a terms file's parties, places, words and provisions; ``schema.py`` has the whole."""

from __future__ import annotations

from truceline.model.clauses import STATUSES
from truceline.model.taxonomy import ACTS, Layer
from truceline.terms.kinds import Choice, Day, Field, Id, IdOr, Keyed, Kind, ListOf, Moment, Number, Shape, Text, Url
from truceline.terms.kinds_more import Due, Flag, Integer, Maybe, Word

INCIDENTS = tuple(act.name for act in ACTS.values() if act.layer is Layer.INCIDENT)
"""Acts an agreement can prohibit: incidents (layer B). A signature is what a sensor sees, not what is done."""

ZONE_KINDS = ("everywhere", "near_line", "belt", "buffer", "polygon", "no_fly", "maritime", "objects", "unknown")
"""Kinds of zone."""

EXCEPTION_KINDS = (
    *("self_defence", "exercise", "demining", "repair", "flight", "medevac", "silence", "reciprocity", "other"),
)
"""Kinds of exception."""

IDS = ListOf(Id())
LON = Number(-180, 180, "degrees of longitude", place=True)
LAT = Number(-90, 90, "degrees of latitude", place=True)
RINGS = ListOf(ListOf(ListOf(Number(-180, 180, "degrees", place=True), 2, 2), 3), 1)
PARTS = ListOf(ListOf(ListOf(Number(-180, 180, "degrees", place=True), 2, 2), 2), 1)


def may(kind: Kind, text: str) -> Field:
    """A key that may be left out."""
    return Field(kind, text, needed=False)


SOURCE = Shape(
    {
        "outlet": Field(Text(300), "Who published it"),
        "url": may(Url(), "Address of the page that was read"),
        "date": may(Text(100), "Date of publication as the page gives it"),
    },
    "source",
)
SAID = IdOr(SOURCE)
POSITION = Shape(
    {
        "held_by": Field(ListOf(Id(), 1), "Ids of parties or others, or mediator"),
        "text": Field(Text(), "The position"),
        "date": may(Day(), "When it was held: a day, a month or a year"),
        "source": may(SAID, "Where it was said"),
    },
    "position",
)
CLAUSE = {
    "id": Field(Id(), "Id of the clause; never reused"),
    "text": Field(Text(), "The clause as said"),
    "status": may(Choice(STATUSES, "a status of a draft's clause"), "In a draft"),
    "positions": may(ListOf(POSITION), "In a draft: who holds what"),
    "source": may(SAID, "Where it was said; an id of sources, or in place"),
}
PLACE = Shape(
    {
        "place": Field(Text(100), "Name of a place the party holds"),
        "lon": Field(LON, "Longitude, degrees, WGS 84"),
        "lat": Field(LAT, "Latitude, degrees, WGS 84"),
    },
    "held_place",
)
PROXY = Shape(
    {
        "id": Field(Id(), "Id of the force"),
        "name": Field(Text(100), "As pages show it"),
        "aliases": may(ListOf(Text(200)), "Names by which claims and reports call it"),
        "text": may(Text(), "Why its acts are imputed"),
        "source": may(SAID, "Where it was said"),
    },
    "proxy",
)
PARTY = Shape(
    {
        "id": Field(Id(), "Neutral label, such as A"),
        "name": Field(Text(100), "Short name as pages show it"),
        "forces": Field(Text(100), "Its forces as pages show them"),
        "aliases": may(ListOf(Text(200)), "Names by which claims and reports call it"),
        "holds": may(ListOf(PLACE), "Places it holds; they tell its side of the line"),
        "names": may(Keyed(Text(200)), "Its name by language; own is what it calls itself"),
        "recognises_mechanism": may(Maybe(Flag()), "Whether it recognises the monitoring mechanism"),
        "proxies": may(ListOf(PROXY), "Forces whose acts are imputed to it"),
        "controls": may(RINGS, "Polygons it controls, outer rings of [longitude, latitude]"),
    },
    "party",
)
OTHER = Shape(
    {
        "id": Field(Id(), "Id of a state or body that is no party"),
        "name": Field(Text(100), "As pages show it"),
        "role": Field(Choice(("guarantor", "mediator", "monitor", "other"), "a role"), "What it is"),
    },
    "other",
)
NAMED_PLACE = Shape(
    {
        "id": Field(Id(), "Neutral label of the place"),
        "names": Field(Keyed(Text(200)), "Its name by party id or language"),
        "lon": may(Maybe(LON), "Longitude, degrees, WGS 84"),
        "lat": may(Maybe(LAT), "Latitude, degrees, WGS 84"),
    },
    "place",
)
LINE = Shape(
    {
        "id": Field(Id(), "Id of the line; a changed line is a new one"),
        "name": Field(Text(200), "As pages show it"),
        "geometry": Field(
            Choice(("watch", "coordinates", "path", "unknown"), "a geometry of a line"),
            "watch: the watch's own line; coordinates or path: given here; unknown: no source gives it",
        ),
        "coordinates": may(PARTS, "Parts of [longitude, latitude]"),
        "path": may(Text(200), "GeoJSON file beside this one"),
        "as_of": may(Text(100), "The date whose line it is"),
        "since": may(Moment(), "From when it is the one to measure from"),
        "until": may(Moment(), "Until when"),
        "replaces": may(Id(), "Id of the line it replaces"),
        "uncertainty_km": may(Number(0, 1000, "km"), "One standard deviation of its place, kilometres"),
        "source": may(SAID, "Where it was drawn or described"),
    },
    "line",
)
OBJECT = Shape(
    {
        "id": Field(Id(), "Id of the object"),
        "name": Field(Text(200), "As pages show it"),
        "class": Field(Word(), "Class of the vocabulary's object_classes"),
        "lon": may(Maybe(LON), "Longitude, degrees, WGS 84"),
        "lat": may(Maybe(LAT), "Latitude, degrees, WGS 84"),
        "radius_m": may(Number(0, 100_000, "m"), "How far around that point it reaches, metres"),
        "rings": may(RINGS, "Its outline, outer rings"),
        "source": may(SAID, "Where it was said"),
    },
    "object",
)
ZONE = Shape(
    {
        "id": Field(Id(), "Id of the zone; a changed zone is a new one"),
        "kind": Field(Choice(ZONE_KINDS, "a kind of zone"), "unknown where no source gives coordinates"),
        "within_km": may(Number(0, 1000, "km"), "near_line, buffer: distance to either side, kilometres"),
        "rings": may(RINGS, "polygon, no_fly, maritime: outer rings of [longitude, latitude], degrees"),
        "holes": may(RINGS, "Rings cut out of them"),
        "path": may(Text(200), "GeoJSON file of polygons beside this one, in place of rings"),
        "line": may(Id(), "belt, buffer, near_line: id of the line it is measured from"),
        "side": may(Id(), "belt: party on whose side it lies, or both"),
        "from_km": may(Number(0, 1000, "km"), "belt: nearest distance from the line, kilometres"),
        "to_km": may(Maybe(Number(0, 1000, "km")), "belt: farthest distance, kilometres"),
        "weapons": may(ListOf(Word()), "belt: weapons and classes it is for"),
        "objects": may(ListOf(OBJECT), "objects: those with a name"),
        "classes": may(ListOf(Word()), "objects: classes of which every object is protected"),
        "rank": may(Integer(-1000, 1000), "Where zones of one kind overlap, the higher rank names the place"),
        "since": may(Moment(), "From when it is drawn so"),
        "until": may(Moment(), "Until when"),
        "replaces": may(Id(), "Id of the zone it is a newer version of"),
        "text": may(Text(), "As said, or why it is unknown"),
        "source": may(SAID, "Where it was said"),
    },
    "zone",
)
DEFINITION = Shape(
    {
        "id": Field(Id(), "Id of the definition; acts, weapons and classes may name it"),
        "text": Field(Text(), "The definition as said"),
        "term": may(Text(200), "The word defined"),
        "uses": may(IDS, "Definitions it rests on; what they list is listed too"),
        "acts": may(ListOf(Word(INCIDENTS)), "Acts it names"),
        "weapons": may(ListOf(Word()), "Weapons and classes it names"),
        "classes": may(ListOf(Word()), "Classes of objects it names"),
        "source": may(SAID, "Where it was said"),
    },
    "definition",
)
WINDOW = Shape(
    {
        "from": Field(Due(), "First moment it binds, with its time zone, or counted from entry into force"),
        "to": Field(Due(), "First moment it no longer binds, with its time zone; open: no end"),
    },
    "window",
)
EXCEPTION = Shape(
    {
        "id": Field(Id(), "Id of the exception"),
        "text": Field(Text(), "The ground, as a person reads it"),
        "excused_low": Field(Number(0, 1), "Least probability that it excuses an act no sensor can tell apart"),
        "excused_high": Field(Number(0, 1), "Greatest such probability"),
        "why": Field(Text(), "Why the range is no narrower"),
        "kind": may(Choice(EXCEPTION_KINDS, "a kind of exception"), "What kind of ground it is"),
        "preconditions": may(ListOf(Text(500)), "What must have come first"),
        "notice": may(Id(), "Id of the notification without which it excuses nothing"),
        "acts": may(ListOf(Word(INCIDENTS), 1), "Acts it can excuse"),
        "actors": may(ListOf(Id(), 1), "Parties it can excuse"),
        "zone": may(Id(), "Zone in which it can"),
        "window": may(WINDOW, "When it can"),
        "source": may(SAID, "Where it was said"),
    },
    "exception",
)
PROVISION = Shape(
    {
        **CLAUSE,
        "number": may(Text(40), "Its number in the text"),
        "rule": may(Choice(("prohibited", "permitted"), "a rule"), "Prohibited unless said otherwise"),
        "acts": Field(Maybe(ListOf(Word(INCIDENTS), 1)), "Acts or definitions; act_of_war names all of layer B"),
        "actors": Field(Maybe(ListOf(Id(), 1)), "Parties bound, by id"),
        "weapons": may(Maybe(ListOf(Word(), 1)), "Weapons, classes or definitions; left out: any"),
        "zone": Field(Id(), "Id of the zone, or unknown"),
        "window": Field(Maybe(WINDOW), "When it binds"),
        "exceptions": may(ListOf(IdOr(EXCEPTION)), "Ids of exceptions, or exceptions in place"),
        "severity": may(Choice(("technical", "minor", "grave"), "a severity"), "Where the text says"),
        "standard": may(Id(), "Id of the standard of proof it asks for"),
    },
    "provision",
)
