# SPDX-License-Identifier: Apache-2.0
"""Rules on the text beside its readings: what contradicts, what swallows what, what is never used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from truceline.lang import catalogue
from truceline.model.agreement import Provision, Reading, RuleException
from truceline.scrutiny.finding import DANGEROUS, NOTICE, UNVERIFIABLE, Finding, View
from truceline.scrutiny.parts import values
from truceline.scrutiny.tell import Teller
from truceline.terms.schema import CHANGES

_WORDS = frozenset(
    {"text", "title", "name", "term", "trigger", "why", "source", "positions", "number", "as_of", "unknown", "status"}
)
"""Fields that only word a thing: whether they mean the same no machine can tell."""

_LONGEST = 160
"""Longest value quoted, characters."""


def contradictions(views: Sequence[View]) -> Iterator[Finding]:
    """Clauses on which readings differ: the same event may be a breach in one and not in another."""
    readings = [(view, view.reading) for view in views if view.reading is not None]
    for section, name in _touched([reading for _, reading in readings]):
        held = [(view, view.parts.get(section, {}).get(name)) for view, _ in readings]
        fields = _differing([thing for _, thing in held])
        if not fields:
            continue
        first = min(
            (view for view, _ in held if _stands(view, section, name)), key=lambda view: _line(view, section, name)
        )
        alone = sum(_stands(view, section, name) for view, _ in held) == 1
        there = [thing for _, thing in held if thing is not None]
        if len(there) < len(held):
            has = [view.reading.name for view, thing in held if thing is not None and view.reading]
            lacks = [view.reading.name for view, thing in held if thing is None and view.reading]
            message = (
                f"Readings contradict: {_quoted(has)} {_have(has)} this clause, {_quoted(lacks)} {_have(lacks)} it not."
            )
        else:
            message = _told(held, fields)
        grave = NOTICE if set(fields) <= _WORDS else DANGEROUS
        mend = "agree on one reading, or say in the text which holds until then"
        reading = first.reading.id if alone and first.reading else None
        yield Finding(
            "contradicting-readings", grave, section, name, message, mend, reading, _line(first, section, name)
        )


def _touched(readings: Sequence[Reading]) -> dict[tuple[str, str], None]:
    """Section and id of all that a reading changes, leaves out or adds, in the order of the file."""
    found: dict[tuple[str, str], None] = {}
    held = [{each.id for each in reading.provisions} for reading in readings]
    for reading in readings:
        found |= {(CHANGES[change.section][0], change.id): None for change in reading.changes}
        found |= {("provisions", name): None for name in reading.omits}
        partly = (each.id for each in reading.provisions if not all(each.id in ids for ids in held))
        found |= {("provisions", name): None for name in partly}
    return found


def _differing(things: Sequence[Any]) -> list[str]:
    """Fields in which the things that are there differ; one name that says so where some are not there at all."""
    if any(thing is None for thing in things):
        return ["clause"] if any(thing is not None for thing in things) else []
    told = [values(thing) for thing in things]
    names = dict.fromkeys(name for each in told for name in each)
    return [name for name in names if any(each.get(name) != told[0].get(name) for each in told)]


def _stands(view: View, section: str, name: str) -> bool:
    """Whether a reading says something of its own of a clause."""
    reading = view.reading
    return reading is not None and (name in reading.omits or (reading.id, section, name) in view.nodes)


def _line(view: View, section: str, name: str) -> int:
    """Line on which a reading says it: of the change, of what it adds, or of what it omits."""
    reading = view.reading
    if reading is not None and name in reading.omits:
        return view.line("readings", reading.id, "omits")
    node = view.nodes.get((reading.id if reading else None, section, name))
    return node.line if node is not None else view.line(section, name)


def _told(held: Sequence[tuple[View, Any]], fields: Sequence[str]) -> str:
    """What each reading has of the first few fields that differ."""
    shown = [name for name in fields if name not in _WORDS][:3] or list(fields)[:3]
    said, teller = [], Teller(held[0][0].agreement, catalogue("en"))
    for name in shown:
        each = "; ".join(
            f"{view.reading.name!r}: {_value(teller, thing, name)}" for view, thing in held if view.reading
        )
        said.append(f"{teller.label(held[0][1], name)}: {each}")
    how = "Readings contradict" if shown[0] not in _WORDS else "Readings are worded differently"
    return f"{how}: {'. '.join(said)}."


def _value(teller: Teller, thing: Any, name: str) -> str:
    text = teller.value(thing, name, values(thing).get(name))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _quoted(names: Sequence[str]) -> str:
    return " and ".join(map(repr, names))


def _have(names: Sequence[str]) -> str:
    return "have" if len(names) > 1 else "has"


def swallowed(view: View) -> Iterator[Finding]:
    """Exceptions and permissions that leave nothing of what is prohibited."""
    provisions = [thing for _, thing in view.things("provisions")]
    permitted = [each for each in provisions if each.rule == "permitted"]
    for one in (each for each in provisions if each.rule == "prohibited"):
        for excuse in one.exceptions:
            if excuse.excused_high >= 1 and _covers(view, excuse, one):
                yield _swallows(view, one, excuse)
        other = next((each for each in permitted if _permits(view, each, one)), None)
        if other is not None:
            message = f"{other.id!r} permits all that it prohibits."
            mend = "narrow the permission, or drop the prohibition"
            yield view.finding("swallowed-prohibition", DANGEROUS, "provisions", one.id, message, mend)


def _swallows(view: View, one: Provision, excuse: RuleException) -> Finding:
    mend = "narrow it by acts, place or time, or make it rest on a notice"
    if excuse.excused_low >= 1:
        message = f"The exception {excuse.id!r} excuses every act that it prohibits."
        return view.finding("swallowed-prohibition", DANGEROUS, "provisions", one.id, message, mend, "exceptions")
    message = (
        f"The exception {excuse.id!r} may excuse every act that it prohibits: of a single act nothing can be told."
    )
    return view.finding("swallowed-prohibition", UNVERIFIABLE, "provisions", one.id, message, mend, "exceptions")


def _covers(view: View, excuse: RuleException, one: Provision) -> bool:
    """Whether an exception reaches every act, actor, place and moment of a provision."""
    expand = view.agreement.vocabulary.expand
    return (
        excuse.notice is None
        and (not excuse.acts or expand(excuse.acts) >= expand(one.acts))
        and (not excuse.actors or set(excuse.actors) >= set(one.actors))
        and (excuse.zone is None or _wide(view, excuse.zone, one.zone))
        and (excuse.window is None or (excuse.window.start <= one.window.start and excuse.window.end >= one.window.end))
    )


def _permits(view: View, other: Provision, one: Provision) -> bool:
    """Whether a permission reaches all of a prohibition."""
    words = view.agreement.vocabulary
    if not (other.window.start <= one.window.start and other.window.end >= one.window.end):
        return False
    if not _wide(view, other.zone, one.zone) or _UNTOLD.intersection((*other.unknown, *one.unknown)):
        return False
    any_weapon = not other.weapons
    wide, narrow = words.expand_weapons(other.weapons), words.expand_weapons(one.weapons)
    return (
        set(other.actors) >= set(one.actors)
        and (any_weapon or (bool(one.weapons) and wide >= narrow))
        and words.expand(other.acts) >= words.expand(one.acts)
    )


_UNTOLD = frozenset({"acts", "actors", "weapons", "zone", "window"})


def _wide(view: View, wide: str, narrow: str) -> bool:
    zone = view.parts["zones"].get(wide)
    return wide == narrow or (zone is not None and zone.kind == "everywhere")


def unused(views: Sequence[View]) -> Iterator[Finding]:
    """Definitions and exceptions that nothing names, in the text or under any reading."""
    text = views[0]
    named = {word for key in text.nodes for field in _NAMING for word in _words(views, key, field)}
    told = {id(thing): str(getattr(thing, "text", "")).casefold() for _, thing in text.things(*text.parts)}
    mend = "use it or take it out"
    for section, definition in text.things("definitions"):
        spoken = (definition.term or definition.id).casefold()
        if definition.id not in named and not any(
            spoken in words for key, words in told.items() if key != id(definition)
        ):
            message = "Nothing in the text uses this definition."
            yield text.finding("never-used", NOTICE, section, definition.id, message, mend)
    used = {each.id for view in views for _, one in view.things("provisions") for each in one.exceptions}
    for section, excuse in text.things("exceptions"):
        if excuse.id not in used:
            message = "No provision has this exception, under no reading."
            yield text.finding("never-used", NOTICE, section, excuse.id, message, mend)


_NAMING = ("acts", "weapons", "classes", "uses")


def _words(views: Sequence[View], key: tuple[str | None, str, str], field: str) -> list[str]:
    node = views[0].nodes[key]
    part: Mapping[str, Any] = node.value if isinstance(node.value, dict) else {}
    items = part[field].value if field in part and isinstance(part[field].value, list) else []
    return [item.value for item in items if isinstance(item.value, str)]
