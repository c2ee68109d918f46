# SPDX-License-Identifier: Apache-2.0
"""The readings of an agreement side by side: each clause that is not the same in all, who holds it, who said it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from truceline.model.agreement import Agreement, Reading
from truceline.model.clauses import Source
from truceline.scrutiny.explain import CHANGED_IN
from truceline.scrutiny.parts import SECTIONS, parts_under, values
from truceline.scrutiny.tell import Teller

_ELSEWHERE = ("source", "unknown")
"""Fields that rows of their own, or the words *not known*, say."""


@dataclass(frozen=True)
class Beside:
    """One clause under all readings."""

    section: str
    """Section of the file."""

    id: str
    """Its id."""

    rows: tuple[tuple[str, tuple[str, ...]], ...]
    """What differs: a field's label, and what each reading has, in the order of readings."""

    held: tuple[str, ...]
    """Who holds each."""

    said: tuple[str, ...]
    """Where each was said; empty: nobody gives a source."""

    links: tuple[str, ...]
    """Address of each source; empty: none."""


def beside(agreement: Agreement, teller: Teller) -> tuple[Beside, ...]:
    """Return every clause, zone, definition and the like in which the readings differ, in the order of a text."""
    under = [parts_under(agreement, reading) for reading in agreement.readings]
    found = []
    for section in SECTIONS:
        for name in dict.fromkeys(name for one in under for name in one.get(section, ())):
            things = [one[section].get(name) for one in under]
            rows = tuple(_rows(things, teller))
            if rows:
                sources = [
                    source_of(reading, section, name, thing)
                    for reading, thing in zip(agreement.readings, things, strict=True)
                ]
                found.append(
                    Beside(
                        *(section, name, rows),
                        tuple(teller.who(holders_of(reading, section, name)) for reading in agreement.readings),
                        tuple(
                            ", ".join(filter(None, (teller.words.quote(s.outlet), s.date))) if s else ""
                            for s in sources
                        ),
                        tuple((s.url or "") if s else "" for s in sources),
                    )
                )
    return tuple(found)


def source_of(reading: Reading, section: str, name: str, thing: Any) -> Source | None:
    """Return where what a reading has for a clause was said: its change's source, its own, or the text's."""
    for change in reading.changes:
        if change.id == name and CHANGED_IN[change.section] == section:
            return change.source or reading.source
    return reading.source if thing is None else getattr(thing, "source", None)


def holders_of(reading: Reading, section: str, name: str) -> tuple[str, ...]:
    """Return who holds what a reading has for a clause."""
    for change in reading.changes:
        if change.id == name and CHANGED_IN[change.section] == section and change.held_by:
            return change.held_by
    return reading.held_by


def _rows(things: list[Any], teller: Teller) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each field that is not the same in all things; where a thing is not there, that is said."""
    there = [thing for thing in things if thing is not None]
    for name in dict.fromkeys(name for thing in there for name in values(thing)):
        if name in _ELSEWHERE:
            continue
        told = tuple(
            teller.words.texts["diff.absent"] if thing is None else _cell(thing, name, teller) for thing in things
        )
        if len(set(told)) > 1 and (len({_cell(thing, name, teller) for thing in there}) > 1 or name == "text"):
            yield teller.label(there[0], name), told


def _cell(thing: Any, name: str, teller: Teller) -> str:
    """What a field says; exceptions in their own words, not by their ids."""
    if name in getattr(thing, "unknown", ()):
        return teller.words.texts["words.unknown"]
    value = values(thing).get(name)
    if name == "exceptions" and value:
        return "; ".join(teller.words.quote(each.text) for each in thing.exceptions)
    return teller.value(thing, name, value)
