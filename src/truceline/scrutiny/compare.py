# SPDX-License-Identifier: Apache-2.0
"""Two texts of an agreement beside each other, clause by clause over stable ids: what was added, removed, changed.

Symmetric: comparing B with A says the same with before and after exchanged.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from truceline.lang import catalogue
from truceline.model.agreement import Agreement, Reading
from truceline.scrutiny.outlines import Outline, difference
from truceline.scrutiny.parts import SECTIONS, Parts, overlay, parts, parts_under, values
from truceline.scrutiny.plain import plain
from truceline.scrutiny.tell import Teller

_ALIKE = 0.75
"""Share of its words that a clause must keep under another id to be shown as perhaps the same."""

_LISTS = (
    *("acts", "actors", "weapons", "classes", "exceptions", "aliases", "positions", "objects", "preconditions", "uses"),
    *("expressed_by", "provisions", "held_by", "declared_by", "acts_by", "accused", "on", "to", "members", "proxies"),
    *("holds", "seen_by", "unknown", "omits"),
)
"""Fields that are lists: they also say what came and what went."""

_OUTLINES = ("coordinates", "holes", "controls", "rings")


@dataclass(frozen=True)
class FieldChange:
    """One field, before and after."""

    field: str
    """Its name in the model."""

    label: str
    """As people read it."""

    before: Any
    """JSON value before; None where there was none."""

    after: Any
    """JSON value after."""

    before_text: str
    """In words."""

    after_text: str
    """In words."""

    gone: tuple[str, ...] = ()
    """Of a list: what went, in words."""

    come: tuple[str, ...] = ()
    """Of a list: what came, in words."""

    outline: Outline | None = None
    """Of an outline: areas gained and lost."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        found = {"field": self.field, "label": self.label, "before": self.before, "after": self.after}
        found |= {"before_text": self.before_text, "after_text": self.after_text}
        if self.gone or self.come:
            found |= {"removed": list(self.gone), "added": list(self.come)}
        return found | ({"geometry": self.outline.to_json()} if self.outline else {})


@dataclass(frozen=True)
class ClauseChange:
    """One clause, zone, party or the like that is not the same in both texts."""

    section: str
    """Section of the file; of what went, the section it stood in."""

    id: str
    """Its id."""

    change: str
    """``added``, ``removed``, ``changed``, or ``moved`` from another section."""

    fields: tuple[FieldChange, ...]
    """What differs; of what came or went, all it says."""

    was_in: str | None = None
    """For ``moved``: the section it stood in before."""

    version_of: str | None = None
    """For an added zone or line: the id of the one it is a newer version of; the fields compare with that."""

    perhaps: str | None = None
    """``section/id`` of a clause in the other text that says nearly the same under another id."""

    reused: bool = False
    """For what was added: the first text had retired this id, and an id is never used again."""

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        more = {"was_in": self.was_in, "version_of": self.version_of, "perhaps": self.perhaps}
        found: dict[str, Any] = {"section": self.section, "id": self.id, "change": self.change}
        found |= {name: value for name, value in more.items() if value is not None}
        found |= {"reused": True} if self.reused else {}
        return {**found, "fields": [each.to_json() for each in self.fields]}


@dataclass(frozen=True)
class ReadingChange:
    """What differs under one reading beyond what differs in the text.

    Of a reading that only one text has: how it reads that text, whose own words then stand on the other side.
    """

    id: str
    """The reading's id."""

    name: str
    """As pages show it."""

    clauses: tuple[ClauseChange, ...]
    """Clauses as they stand under the reading."""

    only_in: str | None = None
    """``a`` or ``b``: the text that alone has this reading."""


@dataclass(frozen=True)
class Standing:
    """A draft clause's status in both texts."""

    section: str
    """Where it stands."""

    id: str
    """Its id."""

    title: str
    """Its number and subject, as far as it has them."""

    before: str | None
    """Status before; None where it was not there."""

    after: str | None
    """Status after."""


@dataclass(frozen=True)
class Comparison:
    """What changed between two texts."""

    before: Agreement
    """The first text."""

    after: Agreement
    """The second text."""

    language: str
    """Code of the language of its words."""

    clauses: tuple[ClauseChange, ...]
    """In the order in which a text is told."""

    readings: tuple[ReadingChange, ...]
    """Readings under which more changed than the text."""

    standings: tuple[Standing, ...]
    """Clauses with a status of a draft in either text."""

    same: int
    """How many things are the same in both."""

    def count(self, change: str) -> int:
        """Return how many things were ``added``, ``removed``, ``changed`` or ``moved``."""
        return sum(each.change == change for each in self.clauses)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON (docs/reference/terms-tools.md)."""
        counts = {change: self.count(change) for change in ("added", "removed", "changed", "moved")}
        named = {
            change: [f"{each.section}/{each.id}" for each in self.clauses if each.change == change] for change in counts
        }
        readings = [
            {"id": each.id, "name": each.name, "clauses": [clause.to_json() for clause in each.clauses]}
            | ({"only_in": each.only_in} if each.only_in else {})
            for each in self.readings
        ]
        return {
            "a": _identity(self.before),
            "b": _identity(self.after),
            "language": self.language,
            "identical": not (self.clauses or self.readings),
            "counts": {**counts, "same": self.same},
            **named,
            "clauses": [each.to_json() for each in self.clauses],
            "readings": readings,
            "statuses": [vars(each) for each in self.standings],
        }


def compare(before: Agreement, after: Agreement, language: str = "en") -> Comparison:
    """Return what changed from one text to another.

    Args:
        before: the first text.
        after: the second text.
        language: code of the language in which values are said.

    Raises:
        ConfigError: there is no such language.
    """
    words = catalogue(language)
    tellers = Teller(before, words), Teller(after, words)
    old, new = parts(before), parts(after)
    clauses = list(_changes(old, new, tellers))
    same = sum(len(things) for things in new.values()) - sum(each.change != "removed" for each in clauses)
    return Comparison(
        before,
        after,
        language,
        tuple(_with_likeness(clauses, old, new)),
        tuple(_readings(before, after, clauses, tellers)),
        tuple(_standings(old, new)),
        same,
    )


def _changes(old: Parts, new: Parts, tellers: tuple[Teller, Teller]) -> Iterator[ClauseChange]:
    """Everything that is not the same, in the order of sections, the first text's order before the second's."""
    stood = {name: section for section, things in old.items() for name in things if section in _CLAUSES}
    stands = {name: section for section, things in new.items() for name in things if section in _CLAUSES}
    for section in SECTIONS:
        first, second = old.get(section, {}), new.get(section, {})
        if section == "head":
            first, second = {"head": next(iter(first.values()))}, {"head": next(iter(second.values()))}
        for name in dict.fromkeys([*first, *second]):
            if name in first and name in second:
                found = tuple(_fields(first[name], second[name], tellers))
                if found:
                    yield ClauseChange(section, name, "changed", found)
            elif name in second and section in _CLAUSES and name in stood:
                thing = old[stood[name]][name]
                yield ClauseChange(
                    section, name, "moved", tuple(_fields(thing, second[name], tellers)), was_in=stood[name]
                )
            elif name in second:
                base = first.get(getattr(second[name], "replaces", None) or "")
                yield ClauseChange(
                    *(section, name, "added"),
                    tuple(_fields(base, second[name], tellers)),
                    version_of=base.id if base is not None else None,
                    reused=name in old.get("retired", {}),
                )
            elif not (section in _CLAUSES and name in stands):
                yield ClauseChange(section, name, "removed", tuple(_fields(first[name], None, tellers)))


_CLAUSES = frozenset(
    {
        *("provisions", "points", "conditions", "schedules", "force_limits", "storage_sites", "stages"),
        *("notifications", "access", "ladder"),
    }
)
"""Sections between which a clause may move without becoming another clause: their ids are unique together."""


def _fields(before: Any, after: Any, tellers: tuple[Teller, Teller]) -> Iterator[FieldChange]:
    """Each field in which two things differ; None stands for a thing that is not there."""
    old = values(before) if before is not None else {}
    new = values(after) if after is not None else {}
    said = tellers[0].told(before) if after is None else tellers[1].told(after) if before is None else ()
    alone = {name for name, _, _ in said}
    for name in dict.fromkeys([*new, *old]):
        one, two = old.get(name), new.get(name)
        if one == two or ((before is None or after is None) and name not in alone):
            continue
        thing = after if name in new else before
        label = tellers[1 if name in new else 0].label(thing, name)
        first = tellers[0].value(before, name, one) if name in old else ""
        second = tellers[1].value(after, name, two) if name in new else ""
        found = FieldChange(name, label, plain(one), plain(two), first, second)
        yield _detail(found, (before, after), (one, two), tellers)


def _detail(
    found: FieldChange, things: tuple[Any, Any], pair: tuple[Any, Any], tellers: tuple[Teller, Teller]
) -> FieldChange:
    """The same with what came and went of a list, or with the areas of an outline."""
    one, two = pair
    if things[0] is None or things[1] is None:
        return found
    if found.field in _OUTLINES:
        return replace(found, outline=difference(one or (), two or ()))
    if found.field in _LISTS and isinstance(one, tuple) and isinstance(two, tuple) and one and two:
        gone = [tellers[0].value(things[0], found.field, (each,)) for each in one if each not in two]
        come = [tellers[1].value(things[1], found.field, (each,)) for each in two if each not in one]
        return replace(found, gone=tuple(gone), come=tuple(come))
    return found


def _with_likeness(clauses: Sequence[ClauseChange], old: Parts, new: Parts) -> Iterator[ClauseChange]:
    """The changes; what went and what came with nearly the same words point at each other."""
    gone = [each for each in clauses if each.change == "removed" and each.section in _CLAUSES]
    come = [each for each in clauses if each.change == "added" and each.section in _CLAUSES]
    pairs: dict[tuple[str, str], str] = {}
    scored = [
        (_likeness(old[a.section][a.id].text, new[b.section][b.id].text), a, b)
        for a in gone[:_MOST_LIKENED]
        for b in come[:_MOST_LIKENED]
    ]
    for score, a, b in sorted(scored, key=lambda each: (-each[0], each[1].id, each[2].id)):
        if score < _ALIKE:
            break
        if ("-", a.id) not in pairs and ("+", b.id) not in pairs:
            pairs["-", a.id], pairs["+", b.id] = f"{b.section}/{b.id}", f"{a.section}/{a.id}"
    for each in clauses:
        side = {"removed": "-", "added": "+"}.get(each.change, "")
        like = pairs.get((side, each.id)) if each.section in _CLAUSES else None
        yield replace(each, perhaps=like) if like else each


_MOST_LIKENED = 100
"""Most clauses on each side whose words are compared with each other, so that the time stays bounded."""


def _likeness(one: str, two: str) -> float:
    """Share of words two texts have in common, in order."""
    return difflib.SequenceMatcher(None, one.casefold().split(), two.casefold().split(), autojunk=False).ratio()


def _readings(
    before: Agreement, after: Agreement, clauses: Sequence[ClauseChange], tellers: tuple[Teller, Teller]
) -> Iterator[ReadingChange]:
    """Per reading: what differs under it in another way than in the text; of a new or gone one, what it reads."""
    known = {(each.section, each.id): (each.change, each.fields) for each in clauses}
    for reading in before.readings:
        if after.reading(reading.id) is None:
            changes = _changes(_under(before, reading), _written(before), (tellers[0], tellers[0]))
            yield from _alone(reading, changes, "a")
    for reading in after.readings:
        other = before.reading(reading.id)
        if other is None:
            changes = _changes(_written(after), _under(after, reading), (tellers[1], tellers[1]))
            yield from _alone(reading, changes, "b")
            continue
        found = _under(before, other), _under(after, reading)
        told = [c for c in _changes(*found, tellers) if known.get((c.section, c.id)) != (c.change, c.fields)]
        if told:
            yield ReadingChange(reading.id, reading.name, tuple(told))


def _alone(reading: Reading, changes: Iterator[ClauseChange], text: str) -> Iterator[ReadingChange]:
    """A reading that only one text has, where it reads anything otherwise than that text."""
    told = tuple(changes)
    if told:
        yield ReadingChange(reading.id, reading.name, told, text)


def _written(agreement: Agreement) -> Parts:
    """What a reading can change, as the text has it."""
    found = parts(agreement)
    written = overlay((), {"zones": (), "definitions": (), "lines": ()}, (), named=())
    return {**{section: found[section] for section in written}, "ladder": found["ladder"], "head": {"head": _NOTHING}}


def _under(agreement: Agreement, reading: Reading) -> Parts:
    """Everything a reading can change, with an empty head so that sections compare alike."""
    return {**parts_under(agreement, reading), "head": {"head": _NOTHING}}


@dataclass(frozen=True)
class _Nothing:
    """A thing without fields."""


_NOTHING = _Nothing()


def _standings(old: Parts, new: Parts) -> Iterator[Standing]:
    """Status of each clause of a draft in both texts."""
    stood = {name: thing for section in _CLAUSES for name, thing in old[section].items()}
    stands = {name: (section, thing) for section in _CLAUSES for name, thing in new[section].items()}
    for section in SECTIONS:
        if section not in _CLAUSES:
            continue
        for name in dict.fromkeys([*old[section], *new[section]]):
            if name not in new[section] and name in stands:
                continue
            one, two = stood.get(name), new[section].get(name)
            before, after = getattr(one, "status", None), getattr(two, "status", None)
            if before or after:
                yield Standing(section, name, _title(two if two is not None else one), before, after)


def _title(thing: Any) -> str:
    """A clause's number and subject, as far as it has them."""
    number, subject = getattr(thing, "number", None), getattr(thing, "title", None)
    return " ".join(part for part in (f"{number}." if number else "", subject or "") if part)


def _identity(agreement: Agreement) -> dict[str, str]:
    head = {"id": agreement.id, "title": agreement.title, "version": agreement.version}
    return {**head, "status": agreement.status, "file": agreement.file}
