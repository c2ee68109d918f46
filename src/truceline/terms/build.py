# SPDX-License-Identifier: Apache-2.0
"""Definitions, exceptions and provisions of a terms file, from their entries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import Any

from truceline.errors import Malformed
from truceline.model.agreement import Definition, Provision, ReferenceLine, RuleException, Zone
from truceline.terms.context import (
    Context,
    Entries,
    each_known,
    known,
    one_known,
    positions,
    source,
    unknown_keys,
    window,
)
from truceline.terms.kinds import Entry, Name, suggest

_LISTS = ("acts", "weapons", "classes")

_LONG = 12
"""So many definitions of a circle are named; of a longer one its ends."""


@dataclass(frozen=True)
class Words:
    """What acts, weapons and classes may be called: the vocabulary, and definitions that list some."""

    context: Context
    """Holds the vocabulary."""

    definitions: Mapping[str, Definition]
    """Definitions by id."""

    def read(self, names: Sequence[Name] | None, key: str) -> tuple[tuple[str, ...], bool]:
        """Return the words that ``names`` stand for, and whether each stands for something.

        Raises:
            Malformed: an unknown word, with its line.
        """
        found: dict[str, None] = {}
        told = names is not None
        for name in names or ():
            if name.text in self.definitions:
                listed = getattr(self.definitions[name.text], key)
                found |= dict.fromkeys(listed)
                told = told and bool(listed)
            else:
                found[_word(name, key, self.context, self.definitions)] = None
        return tuple(found), told


def _word(name: Name, key: str, context: Context, definitions: Iterable[str]) -> str:
    """Return a word of the vocabulary; refuse any other."""
    vocabulary = context.vocabulary
    if key == "acts":
        words: Iterable[str] = vocabulary.incidents()
        told = "is not an act of the taxonomy's layer B"
    elif key == "weapons":
        words, told = {*vocabulary.weapons, *vocabulary.classes}, "is an unknown weapon: no weapon or class"
    else:
        words, told = vocabulary.objects, "is not a class of objects"
    if name.text not in words:
        near = suggest(name.text, [*words, *definitions])
        raise Malformed(f"{name.at}: {name.text!r:.80} {told}{near}", line=name.line)
    return name.text


def definitions(entries: Entries, context: Context) -> dict[str, Definition]:
    """Return the definitions, each with all that those it rests on list.

    Raises:
        Malformed: one rests on itself, on an unknown one, or is called like a word of the vocabulary.
    """
    vocabulary = context.vocabulary
    taken = {*vocabulary.acts, *vocabulary.weapons, *vocabulary.classes, *vocabulary.objects}
    rests: dict[str, list[str]] = {}
    for name, entry in entries.items():
        if name in taken:
            raise Malformed(f"definition {name!r}: the vocabulary has that word", line=entry["id"].line)
        uses = known(entry, "uses", entries, "definition", f"definition {name!r}")
        named = [word.text for key in _LISTS for word in entry.get(key, ()) if word.text in entries]
        rests[name] = [*uses, *named]
    try:
        order = list(TopologicalSorter(rests).static_order())
    except CycleError as error:
        # graphlib names it from what is used to what uses it.
        circle: list[str] = error.args[1][::-1]
        line = entries[circle[0]]["id"].line
        told = (
            circle
            if len(circle) <= _LONG
            else [*circle[: _LONG - 2], f"… {len(circle) - _LONG + 1} more …", circle[-1]]
        )
        raise Malformed(f"definitions that rest on each other in a circle: {' → '.join(told)}", line=line) from error
    found: dict[str, Definition] = {}
    for name in order:
        found[name] = _definition(name, entries[name], rests[name], found, context)
    return {name: found[name] for name in entries}


def _definition(
    name: str, entry: Entry, rests: list[str], found: Mapping[str, Definition], context: Context
) -> Definition:
    words, lists = Words(context, found), {}
    for key in _LISTS:
        own, _ = words.read(entry.get(key, []), key)
        lists[key] = tuple(dict.fromkeys([*own, *(w for used in rests for w in getattr(found[used], key))]))
    return Definition(
        id=name,
        text=entry["text"],
        term=entry.get("term"),
        uses=tuple(dict.fromkeys(rests)),
        source=source(entry.get("source"), context, f"definition {name!r}"),
        **lists,
    )


@dataclass(frozen=True)
class Named:
    """What provisions and clauses may name, under one reading."""

    words: Words
    """Acts, weapons, classes."""

    zones: Mapping[str, Zone]
    """Zones by id."""

    lines: Mapping[str, ReferenceLine]
    """Lines by id."""

    exceptions: Mapping[str, RuleException]
    """Exceptions by id."""

    notices: Iterable[str]
    """Ids of duties to notify."""

    ids: Iterable[str]
    """Ids of all clauses, those too that a reading leaves out."""


def exception(entry: Entry, named: Named, context: Context) -> RuleException:
    """Return an exception.

    Raises:
        Malformed: its range runs backwards, or it names what is not there.
    """
    name = entry["id"].text
    at = f"exception {name!r}"
    low, high = entry["excused_low"], entry["excused_high"]
    if high < low:
        reason = f"{at}: excused_high ({high:g}) is below excused_low ({low:g})"
        raise Malformed(reason, line=entry.line("excused_high"))
    return RuleException(
        id=name,
        text=entry["text"],
        excused_low=low,
        excused_high=high,
        why=entry["why"],
        kind=entry.get("kind", "other"),
        preconditions=tuple(entry.get("preconditions", ())),
        notice=one_known(entry, "notice", named.notices, "notification", at),
        acts=named.words.read(entry.get("acts", []), "acts")[0],
        actors=known(entry, "actors", context.parties, "party", at),
        zone=one_known(entry, "zone", named.zones, "zone", at),
        window=window(entry["window"], context, at)[0] if "window" in entry else None,
        source=source(entry.get("source"), context, at),
    )


def _exceptions(entry: Entry, named: Named, context: Context, at: str) -> tuple[RuleException, ...]:
    """Return the exceptions that a provision names or writes in place."""
    found: dict[str, RuleException] = {}
    for item in entry.get("exceptions", []):
        name: Name = item["id"] if isinstance(item, Entry) else item
        if name.text in found:
            raise Malformed(f"{at}: the exception {name.text!r} appears twice", line=name.line)
        if isinstance(item, Entry):
            if name.text in named.exceptions:
                raise Malformed(f"{at}: the exception {name.text!r} is already named above", line=name.line)
            found[name.text] = exception(item, named, context)
        else:
            each_known([name], named.exceptions, "exception", at)
            found[name.text] = named.exceptions[name.text]
    return tuple(found.values())


def provision(entry: Entry, named: Named, context: Context) -> Provision:
    """Return a provision.

    Raises:
        InputError: it names what is not there, or its window runs backwards.
    """
    name = entry["id"].text
    at = f"provision {name!r}"
    twice = next((a for i, a in enumerate(entry["acts"] or ()) if a.text in {b.text for b in entry["acts"][:i]}), None)
    if twice is not None:
        raise Malformed(f"{at}: the act {twice.text!r} appears twice", line=entry.line("acts"))
    acts, acts_told = named.words.read(entry["acts"], "acts")
    weapons, weapons_told = named.words.read(entry.get("weapons", []), "weapons")
    zone = one_known(entry, "zone", named.zones, "zone", at)
    assert zone is not None  # the form needs it
    span, span_told = window(entry["window"], context, at)
    told = {
        "acts": acts_told,
        "actors": entry["actors"] is not None,
        "weapons": weapons_told,
        "zone": named.zones[zone].shape != "unknown",
        "window": span_told,
    }
    return Provision(
        id=name,
        text=entry["text"],
        acts=acts,
        actors=known(entry, "actors", context.parties, "party", at),
        zone=zone,
        window=span,
        exceptions=_exceptions(entry, named, context, at),
        rule=entry.get("rule", "prohibited"),
        weapons=weapons,
        severity=entry.get("severity"),
        standard=one_known(entry, "standard", context.standards, "standard", at),
        number=entry.get("number"),
        unknown=tuple(key for key, is_told in told.items() if not is_told),
        **draft(entry, context, at),
    )


def draft(entry: Entry, context: Context, at: str) -> dict[str, Any]:
    """Return what clauses of a draft have: status, positions, source."""
    return {
        "status": entry.get("status"),
        "positions": positions(entry, context, at),
        "source": source(entry.get("source"), context, at),
    }


def clause(entry: Entry, context: Context, at: str) -> dict[str, Any]:
    """Return what every clause has: id, text, the draft's state, and the keys that are unknown."""
    return {
        "id": entry["id"].text,
        "text": entry["text"],
        "unknown": unknown_keys(entry),
        **draft(entry, context, at),
    }
