# SPDX-License-Identifier: Apache-2.0
"""The form of a terms file: one description that reads files and publishes ``schema.json``."""

from __future__ import annotations

from typing import Any

from truceline.model.taxonomy import ACTS, Layer
from truceline.terms.kinds import Choice, Field, Id, IdOr, Keyed, ListOf, Moment, Number, Shape, Text, Url

INCIDENTS = tuple(act.name for act in ACTS.values() if act.layer is Layer.INCIDENT)
"""Acts an agreement can prohibit: incidents (layer B). A signature is what a sensor sees, not what is done."""

ZONE_KINDS = ("everywhere", "near_line", "polygon", "unknown")
"""Kinds of zone."""

_SOURCE = Shape(
    {
        "outlet": Field(Text(300), "Who published it"),
        "url": Field(Url(), "Address of the page that was read", needed=False),
        "date": Field(Text(100), "Date of publication as the page gives it", needed=False),
    }
)
_PLACE = Shape(
    {
        "place": Field(Text(100), "Name of a place the party holds"),
        "lon": Field(Number(-180, 180, "degrees of longitude", place=True), "Longitude, degrees, WGS 84"),
        "lat": Field(Number(-90, 90, "degrees of latitude", place=True), "Latitude, degrees, WGS 84"),
    }
)
_PARTY = Shape(
    {
        "id": Field(Id(), "Neutral label, such as A"),
        "name": Field(Text(100), "Short name as pages show it"),
        "forces": Field(Text(100), "Its forces as pages show them"),
        "aliases": Field(ListOf(Text(200)), "Names by which claims and reports call it", needed=False),
        "holds": Field(ListOf(_PLACE), "Places it holds; they tell its side of the line", needed=False),
    }
)
_ZONE = Shape(
    {
        "id": Field(Id(), "Id of the zone"),
        "kind": Field(Choice(ZONE_KINDS, "a kind of zone"), "unknown where no source gives coordinates"),
        "within_km": Field(Number(0, 1000, "km"), "near_line: distance to either side, kilometres", needed=False),
        "rings": Field(
            ListOf(ListOf(ListOf(Number(-180, 180, "degrees", place=True), 2, 2), 3), 1),
            "polygon: outer rings of [longitude, latitude], degrees",
            needed=False,
        ),
    }
)
_EXCEPTION = Shape(
    {
        "id": Field(Id(), "Id of the exception"),
        "text": Field(Text(), "The ground, as a person reads it"),
        "excused_low": Field(Number(0, 1), "Least probability that it excuses an act no sensor can tell apart"),
        "excused_high": Field(Number(0, 1), "Greatest such probability"),
        "why": Field(Text(), "Why the range is no narrower"),
    }
)
_WINDOW = Shape(
    {
        "from": Field(Moment(), "First moment it binds, with its time zone"),
        "to": Field(Moment(), "First moment it no longer binds, with its time zone"),
    }
)
_ACTS = ListOf(Choice(INCIDENTS, "an act of the taxonomy's layer B"), 1)
_PROVISION = Shape(
    {
        "id": Field(Id(), "Id of the provision; never reused"),
        "text": Field(Text(), "The clause as said"),
        "acts": Field(_ACTS, "Acts it prohibits; act_of_war names all of layer B"),
        "actors": Field(ListOf(Id(), 1), "Parties bound, by id"),
        "zone": Field(Id(), "Id of the zone"),
        "window": Field(_WINDOW, "When it binds"),
        "exceptions": Field(ListOf(IdOr(_EXCEPTION)), "Ids of exceptions, or exceptions in place", needed=False),
    }
)
_CHANGE = Shape(
    {
        "provision": Field(Id(), "Id of the provision this reading changes"),
        **{
            key: Field(_PROVISION.fields[key].kind, f"Replaces the provision's {key}", needed=False)
            for key in ("text", "acts", "actors", "zone", "window", "exceptions")
        },
    }
)
_READING = Shape(
    {
        "id": Field(Id(), "Id of the reading"),
        "name": Field(Text(200), "As pages show it"),
        "summary": Field(Text(), "One sentence"),
        "held_by": Field(ListOf(Id(), 1), "Party ids, or mediator"),
        "source": Field(_SOURCE, "Where it was said"),
        "changes": Field(ListOf(_CHANGE), "What this reading changes in provisions", needed=False),
        "omits": Field(ListOf(Id()), "Provisions that this reading does not contain", needed=False),
        "adds": Field(ListOf(_PROVISION), "Provisions that only this reading contains", needed=False),
    }
)
_RESPONSE = Shape(
    {
        "text": Field(Text(), "What response is foreseen for this party's breaches, or: none published"),
        "source": Field(_SOURCE, "Where it was said", needed=False),
    }
)
AGREEMENT = Shape(
    {
        "id": Field(Id(), "Id of the agreement"),
        "title": Field(Text(200), "As pages show it"),
        "version": Field(Text(64), "Version of the text as data"),
        "local_offset_hours": Field(Number(-14, 14, "hours"), "Local time minus UTC while it binds, hours"),
        "coverage_floor": Field(Number(0, 1), "Coverage, as a share, below which an estimate is: cannot tell"),
        "parties": Field(ListOf(_PARTY, 2, 20), "Two parties or more"),
        "zones": Field(ListOf(_ZONE, 1), "Named places"),
        "exceptions": Field(ListOf(_EXCEPTION), "Named exceptions", needed=False),
        "provisions": Field(ListOf(_PROVISION, 1), "Clauses"),
        "readings": Field(ListOf(_READING, 1, 20), "Each party's or the mediator's interpretation"),
        "responses": Field(Keyed(_RESPONSE), "Per party id: the response foreseen for its breaches"),
    }
)
"""A whole terms file."""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a terms file, as published in ``schema.json``.

    It holds the form only; that ids are known, windows run forward and polygons do not cross themselves is
    checked by the loader.
    """
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Truceline terms file"}
    return {**head, **AGREEMENT.schema()}
