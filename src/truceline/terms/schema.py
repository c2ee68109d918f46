# SPDX-License-Identifier: Apache-2.0
"""The form of a terms file: one description that reads files and publishes ``schema.json``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from truceline.terms import schema_clauses as clauses
from truceline.terms import schema_core as core
from truceline.terms.kinds import Choice, Field, Id, IdOr, Keyed, Kind, ListOf, Number, Shape, Text
from truceline.terms.kinds_more import Due, Maybe, OneOf, Proof, optional
from truceline.terms.schema_core import INCIDENTS, SAID, SOURCE, ZONE_KINDS, may
from truceline.terms.triggers import SetOff
from truceline.terms.vocabulary import VOCABULARY

__all__ = ["AGREEMENT", "AGREEMENT_STATUSES", "CLAUSE_SECTIONS", "INCIDENTS", "ZONE_KINDS", "json_schema"]

AGREEMENT_STATUSES = ("draft", "proposed", "signed", "declared", "in_force", "ended", "unknown")
"""What a whole text can be."""

CLAUSE_SECTIONS: dict[str, tuple[str, Shape]] = {
    "points": ("point", clauses.POINT),
    "conditions": ("condition", clauses.CONDITION),
    "schedules": ("schedule", clauses.SCHEDULE),
    "force_limits": ("force_limit", clauses.CEILING),
    "storage_sites": ("storage_site", clauses.SITE),
    "stages": ("stage", clauses.STAGE),
    "notifications": ("notification", clauses.NOTICE),
    "access": ("access", clauses.ACCESS),
}
"""Sections of clauses other than provisions and steps: the word a change uses, and the form."""


def _change(word: str, shape: Shape) -> Shape:
    """What a reading may replace of a clause, zone or the like."""
    own = {
        word: Field(Id(), f"Id of the {word} this reading changes"),
        "held_by": may(ListOf(Id(), 1), "Who holds this change, where that is not who holds the reading"),
        "said": may(SAID, "Where this change was said, where that is not the reading's source"),
    }
    return optional(shape, ("id",), own, f"change_{word}")


CHANGES: dict[str, tuple[str, Shape]] = {
    "provision": ("provisions", core.PROVISION),
    "step": ("ladder", clauses.STEP),
    "definition": ("definitions", core.DEFINITION),
    "exception": ("exceptions", core.EXCEPTION),
    **{word: (section, shape) for section, (word, shape) in CLAUSE_SECTIONS.items() if word != "access"},
    "access": ("access", clauses.ACCESS),
    "zone": ("zones", core.ZONE),
    "line": ("lines", core.LINE),
}
"""What a change may be of: its section and form, in the order in which the first key is looked for."""

READING = Shape(
    {
        "id": Field(Id(), "Id of the reading"),
        "name": Field(Text(200), "As pages show it"),
        "summary": Field(Text(), "One sentence"),
        "held_by": Field(ListOf(Id(), 1), "Party ids, ids of others, or mediator"),
        "source": Field(SAID, "Where it was said"),
        "changes": may(
            ListOf(OneOf({word: _change(word, shape) for word, (_, shape) in CHANGES.items()})),
            "What this reading changes, clause by clause",
        ),
        "omits": may(ListOf(Id()), "Provisions that this reading does not contain"),
        "adds": may(ListOf(core.PROVISION), "Provisions that only this reading contains"),
    },
    "reading",
)
_RESPONSE = Shape(
    {
        "text": Field(Text(), "What response is foreseen for this party's breaches, or: none published"),
        "source": may(SAID, "Where it was said"),
    },
    "response",
)
_ENTRY = Shape(
    {
        "at": may(Due(), "When it enters into force"),
        "text": may(Text(), "On what it enters into force, as said"),
        "ends": may(Due(), "When it ends of itself; open: it does not"),
        "source": may(SAID, "Where it was said"),
    },
    "entry",
)
_RETIRED = Shape({"id": Field(Id(), "The id"), "why": may(Text(500), "Why it is retired")}, "retired")
AGREEMENT = Shape(
    {
        "id": Field(Id(), "Id of the agreement"),
        "title": Field(Text(200), "As pages show it"),
        "version": Field(Text(64), "Version of the text as data"),
        "status": may(Choice(AGREEMENT_STATUSES, "a status of a text"), "in_force unless said otherwise"),
        "local_offset_hours": Field(Number(-14, 14, "hours"), "Local time minus UTC while it binds, hours"),
        "coverage_floor": Field(Number(0, 1), "Coverage, as a share, below which an estimate is: cannot tell"),
        "entry_into_force": may(Maybe(_ENTRY), "When and on what it enters into force, and when it ends"),
        "sources": may(Keyed(SOURCE), "Where the text is from, by ids that source keys may name"),
        "vocabulary": may(VOCABULARY, "Acts, weapons and classes to add"),
        "vocabulary_file": may(Text(200), "Vocabulary file beside this one"),
        "parties": Field(ListOf(core.PARTY, 2, 20), "Two parties or more"),
        "others": may(ListOf(core.OTHER, 0, 100), "Guarantors, mediators, monitors"),
        "places": may(ListOf(core.NAMED_PLACE), "Places under neutral labels"),
        "lines": may(ListOf(core.LINE, 0, 50), "Named, dated lines that zones are measured from"),
        "zones": Field(ListOf(core.ZONE, 1), "Named places"),
        "definitions": may(ListOf(core.DEFINITION), "Words defined"),
        "exceptions": may(ListOf(core.EXCEPTION), "Named exceptions"),
        "provisions": Field(ListOf(core.PROVISION, 1), "Clauses that events are tested against"),
        **{name: may(ListOf(shape), f"Clauses: {name}") for name, (_, shape) in CLAUSE_SECTIONS.items()},
        "standards": may(ListOf(clauses.STANDARD), "Standards of proof"),
        "attribution": may(clauses.ATTRIBUTION, "Thresholds of attribution"),
        "commission": may(Maybe(clauses.COMMISSION), "Who finds, and how"),
        "ladder": may(ListOf(clauses.STEP, 0, 50), "Steps of the response"),
        "publication": may(clauses.PUBLICATION, "Release and delay rules"),
        "retired": may(ListOf(IdOr(_RETIRED)), "Ids that were used once and never may be again"),
        "readings": Field(ListOf(READING, 1, 20), "Each party's or the mediator's interpretation"),
        "responses": Field(Keyed(_RESPONSE), "Per party id: the response foreseen for its breaches"),
    }
)
"""A whole terms file."""


def shapes(kind: Kind) -> Iterator[Shape]:
    """Yield every shape inside a kind, itself included."""
    if isinstance(kind, Shape):
        yield kind
        for rule in kind.fields.values():
            yield from shapes(rule.kind)
    elif isinstance(kind, OneOf):
        for shape in kind.shapes.values():
            yield from shapes(shape)
    elif isinstance(kind, ListOf | Keyed | Maybe):
        yield from shapes(kind.kind)
    elif isinstance(kind, IdOr):
        yield from shapes(kind.shape)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a terms file, as published in ``schema.json``.

    It holds the form only; that ids are known, windows run forward and polygons do not cross themselves is
    checked by the loader.
    """
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Truceline terms file"}
    named = {shape.name: shape.definition() for shape in shapes(AGREEMENT) if shape.name}
    return {
        **head,
        **AGREEMENT.schema(),
        "$defs": {**dict(sorted(named.items())), "policy": Proof.definition(), "trigger": SetOff.definition()},
    }
