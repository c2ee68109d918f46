# SPDX-License-Identifier: Apache-2.0
"""Register and meetings files, written by hand, to postings. A file is right as a whole or refused, with the line."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from truceline.base.clock import iso
from truceline.base.yaml import Node, parse
from truceline.errors import Malformed, StateError, TrucelineError
from truceline.model.case import Actor
from truceline.model.commitment import ADVANCING, KINDS, NONE, ROLES_OF_STATES, SUSPENDED, Posting
from truceline.model.meeting import RANKS
from truceline.register.book import Register
from truceline.terms.kinds import Choice, Entry, Field, Id, Keyed, ListOf, Moment, Name, Number, Shape, Text
from truceline.terms.kinds_more import Flag, Integer, Maybe
from truceline.terms.schema_core import SAID, SOURCE, may

MAX_CHARS = 4_000_000
"""Longest file, characters."""

MAX_NODES = 150_000
"""Most keys and values: some 5,000 commitments; read in about three seconds."""

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
"""From when a state is taken to be one: a seat has no date of its own."""

WITHDRAWN = "withdrawn"
"""What a change says becomes of a commitment that is withdrawn."""

_MOST = 6_000


@dataclass(frozen=True)
class Day:
    """A date, which is its first moment UTC, or a moment with its zone."""

    def read(self, node: Node, at: str, file: str) -> tuple[datetime, bool]:
        """Return the moment, UTC, and whether only the day was given."""
        if isinstance(node.value, str) and len(node.value) == 10:
            try:
                day = date.fromisoformat(node.value)
            except ValueError as error:
                reason = f"{at}: expected a date such as 2026-01-06, found {node.what}"
                raise Malformed(reason, file=file, line=node.line) from error
            return datetime(day.year, day.month, day.day, tzinfo=UTC), True
        return Moment().read(node, at, file), False

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema."""
        return {"anyOf": [{"type": "string", "pattern": "^\\d{4}-\\d{2}-\\d{2}$"}, Moment().schema()]}


AMOUNT = Shape(
    {
        "low": Field(Number(0, 1e15), "Least, in the unit"),
        "high": Field(Number(0, 1e15), "Most, in the unit; the same where it is exact"),
        "unit": Field(Text(40), "Currency (EUR) for money, else what is counted (persons, ships)"),
        "per": may(Choice(("day", "month", "year"), "a period"), "Where it comes back"),
    },
    "amount",
)
PERIOD = Shape(
    {
        "from": may(Maybe(Day()), "First day or moment"),
        "to": may(Maybe(Day()), "First day or moment after it"),
    },
    "period",
)
_OF_A_COMMITMENT = {
    "step": may(Maybe(Id()), "Step of the ladder it answers"),
    "conditions": may(Maybe(Text()), "Under which conditions"),
    "amount": may(Maybe(AMOUNT), "How much"),
    "period": may(Maybe(PERIOD), "When"),
    "form": may(Maybe(Text(100)), "Legal form: declaration of intent, law, treaty"),
    "reservations": may(ListOf(Text()), "What the state reserved"),
    "caveats": may(ListOf(Text()), "What its forces or funds may not do"),
}
STATE = Shape(
    {
        "id": Field(Id(), "Stable id"),
        "name": Field(Text(100), "As pages show it"),
        "role": may(Choice(ROLES_OF_STATES, "a role"), "What it is to the ceasefire; guarantor if absent"),
        "member_of": may(ListOf(Id()), "Groups that a source names it a member of"),
        "members": may(Maybe(Integer(1, 500)), "For a group: how many states a source counts"),
        "decides": may(Maybe(Text(300)), "Who decides there"),
        "parliament": may(Maybe(Flag()), "Whether its parliament must agree"),
        "source": may(SAID, "Where that was said"),
    },
    "state",
)
COMMITMENT = Shape(
    {
        "id": Field(Id(), "Stable id; never reused"),
        "state": Field(Id(), "State or group, by id"),
        "kind": may(Choice(tuple(KINDS), "a kind of commitment"), "What; only no commitment may leave it out"),
        "text": Field(Text(), "As said, in short"),
        "stage": Field(Choice((*ADVANCING, NONE), "a stage"), "Stage on the day it enters the register"),
        "on": Field(Day(), "Since when"),
        **_OF_A_COMMITMENT,
        "level": may(Choice(("public", "restricted"), "a level"), "Who may read it; public if absent"),
        "source": Field(SAID, "Where it was said"),
    },
    "commitment",
)
CHANGE = Shape(
    {
        "of": Field(Id(), "Id of the commitment"),
        "on": Field(Day(), "Since when"),
        "becomes": may(Choice((*ADVANCING[1:], "declared", SUSPENDED, WITHDRAWN), "a stage"), "Its stage from then"),
        "text": may(Text(), "The promise as it reads from then"),
        **_OF_A_COMMITMENT,
        "why": Field(Text(), "On what ground"),
        "source": Field(SAID, "Where it was said"),
    },
    "change",
)
PRESENT = Shape(
    {
        "state": Field(Id(), "State or body, by id"),
        "rank": may(Choice(RANKS, "a rank"), "Rank of who came or was to come"),
        "person": may(Text(100), "Name"),
        "expected": may(Maybe(Flag()), "Whether it was expected"),
        "came": may(Maybe(Flag()), "Whether it came"),
        "source": Field(SAID, "Where it was said"),
    },
    "present",
)
HEADCOUNT = Shape(
    {
        "what": Field(Text(100), "What is counted"),
        "ranks": may(ListOf(Choice(RANKS, "a rank")), "Ranks counted; any if absent"),
        "besides": may(ListOf(Id()), "States that the source leaves out of its count"),
        "expected": may(Maybe(Integer(0, 10_000)), "How many were expected"),
        "came": may(Maybe(Integer(0, 10_000)), "How many came"),
        "source": Field(SAID, "Where it was said"),
    },
    "headcount",
)
OUTCOME = Shape(
    {
        "id": Field(Id(), "Stable id within the meeting"),
        "kind": Field(Choice(("decision", "text", "statement"), "a kind of outcome"), "What it is"),
        "text": Field(Text(), "What was decided or stated; title of the text adopted"),
        "by": may(Maybe(ListOf(Id())), "Who adopted, signed or stated it"),
        "not_by": may(ListOf(Id()), "Who did not sign it"),
        "commitments": may(ListOf(Id()), "Commitments it created or changed"),
        "clauses": may(ListOf(Id()), "Clauses or steps of the terms it created or changed"),
        "source": Field(SAID, "Where it was said"),
    },
    "outcome",
)
MEETING = Shape(
    {
        "id": Field(Id(), "Stable id"),
        "name": Field(Text(200), "As pages show it"),
        "on": Field(Day(), "When it began"),
        "place": may(Maybe(Text(200)), "Where"),
        "present": may(ListOf(PRESENT), "Those a source names"),
        "counts": may(ListOf(HEADCOUNT), "Those a source counts"),
        "agenda": may(Maybe(ListOf(Text(500))), "What was to be discussed"),
        "outcomes": may(ListOf(OUTCOME), "What came of it"),
        "unknown": may(ListOf(Text(500)), "What no source says"),
        "source": Field(SAID, "Where it was reported"),
    },
    "meeting",
)
FILE = Shape(
    {
        "sources": may(Keyed(SOURCE), "Sources by a short id"),
        "states": may(ListOf(STATE, most=1000), "States and groups"),
        "commitments": may(ListOf(COMMITMENT, most=_MOST), "What was said first"),
        "changes": may(ListOf(CHANGE, most=_MOST), "What changed since"),
        "meetings": may(ListOf(MEETING), "Meetings and statements"),
    }
)


@dataclass(frozen=True)
class Draft:
    """One posting that nobody has made yet, with where it stands."""

    kind: str
    """Kind of posting."""

    on: datetime
    """From when it holds, UTC."""

    reason: str
    """On what ground."""

    data: Mapping[str, Any]
    """Its data."""

    file: str
    """File."""

    line: int
    """Line, from 1."""

    def posting(self, name: str, by: Actor, at: datetime, reason: str = "", key: str | None = None) -> Posting:
        """Return it as made by somebody at a moment, on the ground given, else on its own."""
        return Posting(name, self.kind, by, self.on, at, reason or self.reason, dict(self.data), key)


def read(text: str, *, file: str) -> tuple[Draft, ...]:
    """Return what a file says: states first, then commitments, changes, meetings.

    Raises:
        InputError: it is not of the form (docs/reference/register.md), with file, line and what was expected.
    """
    root = parse(text, file=file, max_chars=MAX_CHARS, max_nodes=MAX_NODES)
    entry = FILE.read(root, "", file)
    if not set(entry.values) - {"sources"}:
        raise Malformed("expected states, commitments, changes or meetings", file=file, line=root.line)
    found = _Sources(entry.get("sources", {}), file)
    readers: Sequence[tuple[str, Callable[[Entry, _Sources], tuple[str, datetime, dict[str, Any]]]]] = (
        ("states", _state),
        ("commitments", _commitment),
        ("changes", _change),
        ("meetings", _meeting),
    )
    return tuple(
        Draft(kind, on, str(item.get("why", f"as {file} says")), data, file, item.node.line)
        for key, reader in readers
        for item in entry.get(key, ())
        for kind, on, data in [reader(item, found)]
    )


def enter(
    register: Register,
    drafts: Sequence[Draft],
    by: Actor,
    at: datetime,
    new: Callable[[], str],
    reason: str = "",
    key: str | None = None,
) -> tuple[Register, tuple[Posting, ...]]:
    """Return the register with drafts entered by somebody, all or none, and the postings they became.

    Raises:
        StateError: one cannot follow what came before; file and line say which, the reason says what to mend.
        Malformed: one names what is unknown, or its numbers cannot stand together; with file and line.
    """
    postings = tuple(draft.posting(new(), by, at, reason, key) for draft in drafts)
    where = {posting.id: draft for posting, draft in zip(postings, drafts, strict=True)}
    # Changes entered together are tried in the order in which they hold, whatever their order in the file.
    ordered = sorted(postings, key=lambda each: (_ORDER[each.kind], each.on if each.kind in _LATER else ALWAYS))
    try:
        return register.take(ordered), tuple(ordered)
    except (StateError, Malformed) as error:
        raise _placed(error, where.get(str(error.record))) from error


_LATER = ("stage", "amend", "withdraw")
_ORDER = {"state": 0, "commitment": 1, **dict.fromkeys(_LATER, 2), "meeting": 3, "strike": 4}


def _placed(error: TrucelineError, draft: Draft | None) -> TrucelineError:
    if draft is None:
        return error
    return type(error)(error.reason, file=draft.file, line=draft.line)


class _Sources:
    """The file's sources by id."""

    def __init__(self, listed: Mapping[str, Entry], file: str) -> None:
        self.listed, self.file = listed, file

    def of(self, item: Entry, key: str = "source") -> dict[str, Any] | None:
        """Return the source an entry names or holds, as JSON."""
        named = item.get(key)
        if isinstance(named, Name):
            if named.text not in self.listed:
                known = ", ".join(sorted(self.listed)) or "none listed"
                reason = f"source: there is no source {named.text!r} in this file; known: {known}"
                raise Malformed(reason, file=self.file, line=named.line)
            named = self.listed[named.text]
        return None if named is None else {key: named.get(key) for key in ("outlet", "url", "date")}


def _words(value: Any) -> Any:
    """Ids as text, entries as maps."""
    if isinstance(value, Name):
        return value.text
    if isinstance(value, list):
        return [_words(each) for each in value]
    return {key: _words(each) for key, each in value.values.items()} if isinstance(value, Entry) else value


def _plain(item: Entry, *without: str) -> dict[str, Any]:
    return {key: _words(value) for key, value in item.values.items() if key not in (*without, "source")}


def _state(item: Entry, sources: _Sources) -> tuple[str, datetime, dict[str, Any]]:
    return "state", ALWAYS, _plain(item) | {"source": sources.of(item)}


def _promise(item: Entry, *without: str) -> dict[str, Any]:
    told = _plain(item, "on", "period", *without)
    if told.get("amount"):
        told["amount"] = {"per": None, **told["amount"]}
    period = item.get("period")
    if period is not None:
        ends = ((name, period.get(key)) for name, key in (("starts", "from"), ("ends", "to")))
        told |= {name: None if found is None else iso(found[0]) for name, found in ends}
    return told


def _commitment(item: Entry, sources: _Sources) -> tuple[str, datetime, dict[str, Any]]:
    told: dict[str, Any] = {"kind": None, **_promise(item), "source": sources.of(item)}
    return "commitment", item["on"][0], told


def _change(item: Entry, sources: _Sources) -> tuple[str, datetime, dict[str, Any]]:
    told = _promise(item, "why", "becomes") | {"source": sources.of(item)}
    becomes = item.get("becomes")
    amends = sorted(set(told) - {"of", "source"})
    if (becomes is None) == (not amends):
        reason = "a change says what the commitment becomes, or what of it reads differently, one of the two"
        raise Malformed(reason, file=sources.file, line=item.node.line)
    if becomes is None:
        return "amend", item["on"][0], told
    if becomes == WITHDRAWN:
        return "withdraw", item["on"][0], told
    return "stage", item["on"][0], told | {"stage": becomes}


def _meeting(item: Entry, sources: _Sources) -> tuple[str, datetime, dict[str, Any]]:
    starts, day_only = item["on"]
    told = _plain(item, "on") | {"starts": iso(starts), "day_only": day_only, "source": sources.of(item)}
    for key in ("present", "counts", "outcomes"):
        told[key] = [_plain(each) | {"source": sources.of(each)} for each in item.get(key, ())]
    for key in ("agenda", "unknown"):
        told[key] = told.get(key) or []
    for outcome in told["outcomes"]:
        outcome["by"] = outcome.get("by") or []
    return "meeting", starts, told
