# SPDX-License-Identifier: Apache-2.0
"""An agreement taken apart by section and id, so that texts can be explained and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from truceline.model.agreement import Agreement, Provision, Reading, RuleException
from truceline.model.clauses import (
    AccessDuty,
    Ceiling,
    Clause,
    Clock,
    Condition,
    NoticeDuty,
    Point,
    Schedule,
    Source,
    Stage,
    StorageSite,
    When,
)
from truceline.model.vocabulary import Vocabulary
from truceline.terms.vocabulary import shipped

CLAUSES: Mapping[type, str] = {
    Point: "points",
    Condition: "conditions",
    Schedule: "schedules",
    Ceiling: "force_limits",
    StorageSite: "storage_sites",
    Stage: "stages",
    NoticeDuty: "notifications",
    AccessDuty: "access",
}
"""Section of the file that each kind of clause stands in."""

SECTIONS = (
    *("head", "sources", "parties", "others", "places", "lines", "zones", "definitions", "exceptions", "provisions"),
    *("points", "conditions", "schedules", "force_limits", "storage_sites", "stages", "notifications", "access"),
    *("standards", "attribution", "commission", "ladder", "responses", "publication", "readings", "retired"),
    "vocabulary",
)
"""Sections in the order in which a text is told."""

Parts = dict[str, dict[str, Any]]
"""Things by section and id."""


@dataclass(frozen=True)
class Head:
    """What holds for the whole text."""

    title: str
    """As pages show it."""

    version: str
    """Version of the text as data."""

    status: str
    """Whether it is a draft, signed, in force."""

    entry: When
    """When it enters into force."""

    ends: When
    """When it ends of itself."""

    local_offset_hours: float
    """Local time minus UTC, hours."""

    coverage_floor: float
    """Least coverage for an estimate, as a share."""

    text: str | None = None
    """On what it enters into force, as said."""

    source: Source | None = None
    """Where that was said."""


@dataclass(frozen=True)
class Response:
    """The response foreseen for one party's breaches."""

    party: str
    """Whose."""

    text: str
    """What is foreseen."""


@dataclass(frozen=True)
class Retired:
    """An id that was used once."""

    id: str
    """The id."""

    why: str | None = None
    """Why it is retired."""


@dataclass(frozen=True)
class Word:
    """A word that the agreement adds to the vocabulary."""

    id: str
    """The word."""

    text: str
    """As people read it."""

    layer: str | None = None
    """For an act: its layer."""

    of: str | None = None
    """For a weapon: its class."""

    seen_by: tuple[str, ...] | None = None
    """For an act: kinds of sensor that can show it."""


def parts(agreement: Agreement) -> Parts:
    """Return everything in the text as written, before any reading; empty sections are there too."""
    found: Parts = {section: {} for section in SECTIONS}
    found |= overlay(
        agreement.provisions,
        {"zones": agreement.zones, "definitions": agreement.definitions, "lines": agreement.lines},
        agreement.clauses,
        named=agreement.exceptions,
    )
    found["ladder"] = {step.id: step for step in agreement.steps}
    found["head"] = {agreement.id: _head(agreement)}
    found["sources"] = {", ".join(filter(None, (s.outlet, s.date, s.url))): s for s in agreement.sources}
    for section in ("parties", "others", "places", "standards", "readings"):
        found[section] = {each.id: each for each in getattr(agreement, section)}
    for section in ("attribution", "commission", "publication"):
        found[section] = {section: getattr(agreement, section)}
    found["responses"] = {party: Response(party, text) for party, text in agreement.responses.items()}
    found["retired"] = _retired(agreement)
    found["vocabulary"] = _added(agreement.vocabulary)
    return found


def parts_under(agreement: Agreement, reading: Reading) -> Parts:
    """Return what a reading can change, as it stands under that reading."""
    found = overlay(
        reading.provisions,
        {"zones": reading.zones, "definitions": reading.definitions, "lines": reading.lines},
        reading.clauses,
        named=(),
    )
    # An exception that no provision uses any more under this reading is the text's own.
    found["exceptions"] = {e.id: e for e in agreement.exceptions} | found["exceptions"]
    found["ladder"] = {step.id: step for step in reading.steps}
    return found


def overlay(
    provisions: Iterable[Provision],
    named_things: Mapping[str, Iterable[Any]],
    clauses: Iterable[Clause],
    *,
    named: Iterable[RuleException],
) -> Parts:
    """Return the sections that both a text and a reading have; exceptions written in place stand with the named."""
    held = list(provisions)
    inline = {exception.id: exception for provision in held for exception in provision.exceptions}
    found: Parts = {section: {each.id: each for each in things} for section, things in named_things.items()}
    found["exceptions"] = inline | {exception.id: exception for exception in named}
    found["provisions"] = {provision.id: provision for provision in held}
    found |= {section: {} for section in CLAUSES.values()}
    for clause in clauses:
        found[CLAUSES[type(clause)]][clause.id] = clause
    return found


def values(thing: Any) -> dict[str, Any]:
    """Return a thing's fields but its id: a step's clock taken apart, exceptions by their ids."""
    found: dict[str, Any] = {}
    for each in fields(thing):
        value = getattr(thing, each.name)
        if each.name == "id":
            continue
        if isinstance(value, Clock):
            found |= values(value)
        elif isinstance(thing, Provision) and each.name == "exceptions":
            found["exceptions"] = tuple(exception.id for exception in value)
        elif not (isinstance(thing, Reading) and each.name in _OVERLAID):
            found[each.name] = value
    return found


_OVERLAID = ("provisions", "zones", "definitions", "lines", "steps", "clauses")
"""Fields of a reading that say what stands under it; they are compared clause by clause."""


def _head(agreement: Agreement) -> Head:
    """What holds for the whole text; of entry into force the words too, which only the document has."""
    told = agreement.document.get("entry_into_force")
    said = told if isinstance(told, Mapping) else {}
    found = said.get("source")
    if isinstance(found, str):
        found = (agreement.document.get("sources") or {}).get(found)
    source = Source(found["outlet"], found.get("url"), found.get("date")) if isinstance(found, Mapping) else None
    return Head(
        title=agreement.title,
        version=agreement.version,
        status=agreement.status,
        entry=agreement.entry,
        ends=agreement.ends,
        local_offset_hours=agreement.local_offset_hours,
        coverage_floor=agreement.coverage_floor,
        text=said.get("text"),
        source=source,
    )


def _retired(agreement: Agreement) -> dict[str, Retired]:
    """Retired ids, each with the reason that only the document has."""
    told = agreement.document.get("retired") or ()
    why = {each["id"]: each.get("why") for each in told if isinstance(each, Mapping)}
    return {name: Retired(name, why.get(name)) for name in agreement.retired}


def _added(vocabulary: Vocabulary) -> dict[str, Word]:
    """Words that do not ship."""
    known = shipped()
    found = {
        name: Word(name, act.text, layer=act.layer.value, seen_by=tuple(vocabulary.seen_by.get(name, ())))
        for name, act in vocabulary.acts.items()
        if name not in known.acts
    }
    found |= {n: Word(n, w.text, of=w.of) for n, w in vocabulary.weapons.items() if n not in known.weapons}
    for kind in ("classes", "objects", "evidence"):
        added = getattr(vocabulary, kind)
        found |= {name: Word(name, text) for name, text in added.items() if name not in getattr(known, kind)}
    return found
