# SPDX-License-Identifier: Apache-2.0
"""Files of inspections, weapons seen and strengths counted, for terms that are states (``assessment/states.py``)."""

from __future__ import annotations

from truceline.base.yaml import parse
from truceline.errors import InputError, Malformed
from truceline.model.agreement import Agreement
from truceline.model.clauses import Schedule, Stage, StorageSite
from truceline.model.observed import OUTCOMES, Inspection, Observed, Sighting, Strength
from truceline.terms.context import each_known, unique
from truceline.terms.kinds import Choice, Entry, Field, Id, Keyed, ListOf, Moment, Number, Shape, Text, suggest
from truceline.terms.kinds_more import Integer, Word
from truceline.terms.schema_core import LAT, LON, may

_INSPECTION = Shape(
    {
        "id": Field(Id(), "Id of the visit"),
        "of": Field(Id(), "Id of the storage site, stage or schedule"),
        "at": Field(Moment(), "When"),
        "outcome": Field(Choice(tuple(OUTCOMES), "an outcome"), "What was found"),
        "inspectors": may(Integer(1, 100), "How many signed"),
        "party": may(Id(), "Whose, where the clause binds several"),
        "text": may(Text(), "What they wrote"),
    },
    "inspection",
)
_SIGHTING = Shape(
    {
        "id": Field(Id(), "Id of the sighting"),
        "at": Field(Moment(), "When"),
        "lon": Field(LON, "Longitude, degrees, WGS 84"),
        "lat": Field(LAT, "Latitude, degrees, WGS 84"),
        "sigma_m": Field(Number(0, 1_000_000, "m"), "One standard deviation of the place, metres"),
        "weapon": Field(Word(), "Weapon or class"),
        "p_weapon": may(Number(0, 1), "Probability that it is one"),
        "p_party": may(Keyed(Number(0, 1)), "Probability of whose it is, by party; what is left is unknown"),
        "serial": may(Text(60), "Its serial, where it could be read"),
    },
    "sighting",
)
_STRENGTH = Shape(
    {
        "id": Field(Id(), "Id of the count"),
        "at": Field(Moment(), "For when"),
        "party": Field(Id(), "Whose"),
        "what": Field(Word(("personnel",)), "personnel, or a weapon or class"),
        "low": Field(Number(0, 1e9), "Least"),
        "high": Field(Number(0, 1e9), "Greatest"),
    },
    "strength",
)
OBSERVED = Shape(
    {
        "inspections": may(ListOf(_INSPECTION), "Visits to sites and zones"),
        "sightings": may(ListOf(_SIGHTING), "Weapons seen"),
        "strengths": may(ListOf(_STRENGTH), "Forces counted"),
    }
)
"""A whole file."""


def load_observed(text: str, *, file: str, agreement: Agreement) -> Observed:
    """Return what a file says was seen; ``agreement``: whose clauses, parties and weapons it names.

    Raises:
        InputError: with file, line and what was expected.
    """
    entry: Entry = OBSERVED.read(parse(text, file=file), "", file)
    try:
        return Observed(
            tuple(_inspection(e, agreement) for e in unique(entry.get("inspections", []), "inspection").values()),
            tuple(_sighting(e, agreement) for e in unique(entry.get("sightings", []), "sighting").values()),
            tuple(_strength(e, agreement) for e in unique(entry.get("strengths", []), "count").values()),
        )
    except InputError as error:
        error.file = error.file or file
        raise


def _inspection(entry: Entry, agreement: Agreement) -> Inspection:
    at = f"inspection {entry['id'].text!r}"
    clauses = [c.id for c in agreement.clauses if isinstance(c, Stage | StorageSite | Schedule)]
    parties = [party.id for party in agreement.parties]
    return Inspection(
        id=entry["id"].text,
        clause=each_known([entry["of"]], clauses, "site, stage or schedule", at)[0],
        at=entry["at"],
        outcome=entry["outcome"],
        inspectors=entry.get("inspectors", 1),
        party=each_known([entry["party"]], parties, "party", at)[0] if "party" in entry else None,
        text=entry.get("text"),
    )


def _sighting(entry: Entry, agreement: Agreement) -> Sighting:
    at = f"sighting {entry['id'].text!r}"
    belief: dict[str, float] = entry.get("p_party", {})
    parties = [party.id for party in agreement.parties]
    for name in belief:
        if name not in parties:
            raise Malformed(f"{at}: unknown party {name!r:.80}{suggest(name, parties)}", line=entry.line("p_party"))
    if sum(belief.values()) > 1 + 1e-9:
        raise Malformed(f"{at}: p_party adds up to more than 1", line=entry.line("p_party"))
    return Sighting(
        id=entry["id"].text,
        at=entry["at"],
        lon=entry["lon"],
        lat=entry["lat"],
        sigma_m=entry["sigma_m"],
        weapon=_weapon(entry, "weapon", agreement, at),
        p_weapon=entry.get("p_weapon", 1.0),
        p_party=tuple(sorted(belief.items())),
        serial=entry.get("serial"),
    )


def _strength(entry: Entry, agreement: Agreement) -> Strength:
    at = f"count {entry['id'].text!r}"
    if entry["low"] > entry["high"]:
        raise Malformed(f"{at}: low is above high", line=entry.line("low"))
    what = entry["what"].text
    return Strength(
        id=entry["id"].text,
        at=entry["at"],
        party=each_known([entry["party"]], [party.id for party in agreement.parties], "party", at)[0],
        what=what if what == "personnel" else _weapon(entry, "what", agreement, at),
        low=entry["low"],
        high=entry["high"],
    )


def _weapon(entry: Entry, key: str, agreement: Agreement, at: str) -> str:
    words = [*agreement.vocabulary.weapons, *agreement.vocabulary.classes]
    return each_known([entry[key]], words, "weapon", at)[0]
