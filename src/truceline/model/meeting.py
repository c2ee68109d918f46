# SPDX-License-Identifier: Apache-2.0
"""Meetings and statements: who came, what was decided and adopted, and which commitments and clauses that changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from truceline.base.clock import iso, utc
from truceline.model.clauses import Source
from truceline.model.commitment import source_of

RANKS = ("head_of_state", "head_of_government", "minister", "envoy", "ambassador", "official", "unknown")
"""Ranks of those who attend, from highest to lowest; unknown is no rank and sorts nowhere."""


@dataclass(frozen=True)
class Present:
    """A state or body at a meeting."""

    state: str
    """Id of the state, group or body of the register."""

    rank: str = "unknown"
    """One of :data:`RANKS`."""

    person: str | None = None
    """Name of who came or was to come; None: not said."""

    expected: bool | None = None
    """Whether it was expected; None: unknown."""

    came: bool | None = None
    """Whether it came; None: unknown."""

    source: Source | None = None
    """Where that was said."""


@dataclass(frozen=True)
class Headcount:
    """How many of something a source counts, where it does not name them."""

    what: str
    """What is counted: *countries*, *heads of state or government*."""

    ranks: tuple[str, ...] = ()
    """Ranks counted; empty: any."""

    besides: tuple[str, ...] = ()
    """States that the source leaves out of its count."""

    expected: int | None = None
    """How many were expected; None: unknown."""

    came: int | None = None
    """How many came; None: unknown."""

    source: Source | None = None
    """Where that was said."""


@dataclass(frozen=True)
class Outcome:
    """Something decided, adopted or stated, with what it created or changed."""

    id: str
    """Stable id within the meeting."""

    kind: str
    """``decision``, ``text`` or ``statement``."""

    text: str
    """What was decided or stated, or the title of the text adopted."""

    by: tuple[str, ...] = ()
    """Who adopted, signed or stated it, by id; empty: unknown, or all."""

    not_by: tuple[str, ...] = ()
    """Who a source says did not sign it."""

    commitments: tuple[str, ...] = ()
    """Commitments it created or changed."""

    clauses: tuple[str, ...] = ()
    """Clauses or steps of the terms it created or changed."""

    source: Source | None = None
    """Where that was said."""


@dataclass(frozen=True)
class Meeting:
    """One meeting, or one statement made without one."""

    id: str
    """Stable id."""

    name: str
    """As pages show it."""

    starts: datetime
    """When it began, UTC; the first moment of its day where only that is known."""

    day_only: bool = True
    """Whether only the day is known."""

    place: str | None = None
    """Where; None: unknown."""

    present: tuple[Present, ...] = ()
    """Those a source names."""

    counts: tuple[Headcount, ...] = ()
    """Those a source counts."""

    agenda: tuple[str, ...] = ()
    """What was to be discussed; empty: unknown."""

    outcomes: tuple[Outcome, ...] = ()
    """What came of it."""

    unknown: tuple[str, ...] = ()
    """What no source says, in words."""

    source: Source | None = None
    """Where it was reported."""

    def to_json(self) -> dict[str, Any]:
        """Return it as a record holds it."""
        return {key: _plain(each) for key, each in asdict(self).items()} | {"starts": iso(self.starts)}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Meeting:
        """Return what a record holds.

        Raises:
            TypeError, ValueError, KeyError: it is not of the form.
        """
        told = dict(value) | {"starts": utc(value["starts"]), "source": source_of(value.get("source"))}
        for key, kind in (("present", Present), ("counts", Headcount), ("outcomes", Outcome)):
            told[key] = tuple(kind(**_items(item)) for item in value.get(key, ()))
        for key in ("agenda", "unknown"):
            told[key] = tuple(map(str, value.get(key, ())))
        return cls(**told)


def _items(value: Mapping[str, Any]) -> dict[str, Any]:
    told = {key: tuple(each) if isinstance(each, list) else each for key, each in value.items()}
    return told | {"source": source_of(value.get("source"))}


def _plain(value: Any) -> Any:
    """Tuples as lists, as JSON gives them back."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
