# SPDX-License-Identifier: Apache-2.0
"""What the parts of a terms file may name, and how entries of it are looked up and overlaid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from truceline.base.clock import Interval, iso
from truceline.base.yaml import Node
from truceline.errors import Malformed, NoTime
from truceline.model.agreement import EARLIEST, LATEST
from truceline.model.clauses import Position, Source, When
from truceline.model.vocabulary import Vocabulary
from truceline.terms.kinds import Entry, Name, suggest

Entries = Mapping[str, Entry]
"""Entries of one section by id, in the order of the file."""


@dataclass
class Context:
    """What does not change from reading to reading."""

    parties: list[str]
    """Ids of the parties."""

    others: list[str]
    """Ids of states and bodies that are no parties."""

    vocabulary: Vocabulary
    """Words for acts, weapons, objects and evidence."""

    sources: Mapping[str, Source]
    """Sources that have an id."""

    attachments: Mapping[str, str]
    """Texts of the files that the terms name, by name."""

    entry: datetime | None
    """When the agreement enters into force, None where unknown."""

    held: list[tuple[float, float]]
    """Places that parties hold, lon/lat."""

    ends: datetime | None = None
    """When the agreement ends of itself; None: it does not, or it is unknown when."""

    standards: list[str] = field(default_factory=list)
    """Ids of the standards of proof."""

    made: dict[Any, Any] = field(default_factory=dict)
    """Geometry made already, by the identity of its node, areas by that of their rings: readings share it."""

    def people(self, *more: str) -> list[str]:
        """Return every id that can hold, declare or do something."""
        return [*self.parties, *self.others, "mediator", *more]


def unique(entries: Iterable[Entry], what: str) -> dict[str, Entry]:
    """Return the entries by id, having refused an id that stands twice."""
    seen: dict[str, Entry] = {}
    for entry in entries:
        name: Name = entry["id"]
        if name.text in seen:
            first = seen[name.text]["id"].line
            raise Malformed(f"the {what} {name.text!r} appears twice; first on line {first}", line=name.line)
        seen[name.text] = entry
    return seen


def each_known(names: Iterable[Name], known: Iterable[str], what: str, at: str) -> tuple[str, ...]:
    """Return the words, having refused unknown and repeated ones."""
    words, found = set(known), dict[str, None]()
    for name in names:
        if name.text not in words:
            raise Malformed(f"{at}: unknown {what} {name.text!r}{suggest(name.text, words)}", line=name.line)
        if name.text in found:
            raise Malformed(f"{at}: the {what} {name.text!r} appears twice", line=name.line)
        found[name.text] = None
    return tuple(found)


def known(entry: Entry, key: str, words: Iterable[str], what: str, at: str) -> tuple[str, ...]:
    """Return the ids that a key lists, having refused unknown ones; none where it is absent or unknown."""
    return each_known(entry.get(key) or (), words, what, at)


def one_known(entry: Entry, key: str, words: Iterable[str], what: str, at: str) -> str | None:
    """Return the id that a key names, having refused an unknown one."""
    name: Name | None = entry.get(key)
    return None if name is None else each_known([name], words, what, at)[0]


def overlaid(base: Entry, change: Entry, without: Iterable[str]) -> Entry:
    """Return an entry with the keys of a change laid over it; faults in them are told at the change's lines."""
    kept = {key: value for key, value in change.values.items() if key not in set(without)}
    below, above = base.node.value, change.node.value
    assert isinstance(below, dict)  # a shape has read both as maps
    assert isinstance(above, dict)
    lines = {**dict(base.node.key_lines), **{k: line for k, line in change.node.key_lines if k in kept}}
    node = Node({**below, **{k: above[k] for k in kept}}, change.node.line, key_lines=tuple(lines.items()))
    return replace(base, values={**base.values, **kept}, node=node)


def unknown_keys(entry: Entry) -> tuple[str, ...]:
    """Return the keys whose value the file calls unknown."""
    return tuple(k for k, v in entry.values.items() if v is None or (isinstance(v, When) and v.unknown))


def source(item: Entry | Name | None, context: Context, at: str) -> Source | None:
    """Return a source that stands in place or is named."""
    if item is None:
        return None
    if isinstance(item, Name):
        return context.sources[each_known([item], context.sources, "source", at)[0]]
    return Source(item["outlet"], item.get("url"), item.get("date"))


def positions(entry: Entry, context: Context, at: str) -> tuple[Position, ...]:
    """Return who holds what about a clause of a draft."""
    return tuple(
        Position(
            each_known(item["held_by"], context.people(), "party", at),
            item["text"],
            source(item.get("source"), context, at),
            item.get("date"),
        )
        for item in entry.get("positions", [])
    )


def when(entry: Entry, key: str, context: Context) -> When | None:
    """Return a moment, counted where it counts from a known entry into force; None where the key is absent."""
    found: When | None = entry.get(key)
    return None if found is None else found.counted(context.entry)


def window(entry: Entry | None, context: Context, at: str) -> tuple[Interval, bool]:
    """Return when something binds, and whether both ends are known; unknown ends reach as far as time does.

    What has an open end binds until the agreement ends of itself, where that is known. What begins only then (a duty
    that outlives the agreement) has no end.
    """
    if entry is None:
        return Interval(EARLIEST, LATEST), False
    start, end = when(entry, "from", context), when(entry, "to", context)
    assert start is not None  # the form needs both
    assert end is not None
    if start.is_open:
        raise NoTime(f"{at}: only the end of a window can be open", line=entry.line("from"))
    first, last = start.at or EARLIEST, end.at or LATEST
    if end.is_open and context.ends is not None and first < context.ends:
        last = context.ends
    if last <= first:
        fault = "before it starts" if last < first else "when it starts"
        raise NoTime(f"{at}: the window ends {fault}: {iso(first)} to {iso(last)}", line=entry.line("to"))
    return Interval(first, last), start.at is not None and (end.at is not None or end.is_open)


def in_order(entry: Entry, first: When | None, last: When | None, at: str) -> None:
    """Refuse what must be done before it must have begun.

    Raises:
        NoTime: with the line of ``done_by``.
    """
    for key in ("at", "after_hours"):
        one, two = (getattr(w, key) if w else None for w in (first, last))
        if one is not None and two is not None and two < one:
            raise NoTime(f"{at}: done_by comes before start_by", line=entry.line("done_by"))
