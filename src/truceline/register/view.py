# SPDX-License-Identifier: Apache-2.0
"""The register as of a moment: who promised what, how far it is, who has not said, and what does not fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import combinations
from typing import Any

from truceline.base.clock import iso
from truceline.model.commitment import ADVANCING, NONE, StateSeat
from truceline.model.meeting import Headcount, Meeting
from truceline.register.standing import Standing

NOT_SAID = "has not said"
"""What stands where the register holds nothing of a state. Silence is not no, and it may have spoken elsewhere."""

NOT_ASKED = "not asked"
"""What stands where a party or a body that is no guarantor said nothing: nothing is expected of it."""

WITHHELD = "withheld"
"""What stands where a state said something of any kind that whoever asks may not read."""


@dataclass(frozen=True)
class Flag:
    """Something that is possible, but that somebody should look at."""

    about: tuple[str, ...]
    """Ids of commitments or meetings."""

    text: str
    """What does not fit."""

    mend: str
    """What would mend it."""


@dataclass(frozen=True)
class View:
    """What was promised on a day, as it was known at a time."""

    on: datetime
    """As of when in the world, UTC."""

    known: datetime | None
    """As known when, UTC; None: now."""

    states: Mapping[str, StateSeat]
    """States and groups by id."""

    standings: Mapping[str, Standing]
    """Commitments that had been made, by id; withdrawn ones too."""

    meetings: Mapping[str, Meeting]
    """Meetings that had begun, by id."""

    withheld: tuple[str, ...] = ()
    """State of each commitment that is there and not shown to whoever asks."""

    def of(self, state: str, kind: str | None = None, step: str | None = None) -> list[Standing]:
        """Return a state's commitments of a kind and to a step (None: any), in the order they were made.

        One of every kind is of each kind. One tied to no step is to none, but for a refusal, which holds for each.
        """
        return [
            each
            for each in self._by_state.get(state, ())
            if (kind is None or each.commitment.kind in (None, kind))
            and (step is None or each.commitment.step == step or (each.commitment.step is None and each.stage == NONE))
        ]

    @cached_property
    def _by_state(self) -> Mapping[str, list[Standing]]:
        found: dict[str, list[Standing]] = {}
        for each in sorted(self.standings.values(), key=lambda one: (one.begun, one.commitment.id)):
            found.setdefault(each.commitment.state, []).append(each)
        return found

    def word(self, state: str, kind: str) -> tuple[str, ...]:
        """Return the stages of a state's commitments of a kind, each once; :data:`NOT_SAID` where none is."""
        words = dict.fromkeys(each.word(self.on) for each in self.of(state, kind))
        if words or state in self.withheld:
            return tuple(words) or (WITHHELD,)
        return (NOT_SAID if self.states[state].role in ("guarantor", "group") else NOT_ASKED,)

    def step_word(self, state: str, step: str) -> tuple[str, ...]:
        """Return the stages of what a state said to a step, as :meth:`word`; what is tied to no step answers none."""
        words = dict.fromkeys(each.word(self.on) for each in self.of(state, step=step))
        if words or state in self.withheld:
            return tuple(words) or (WITHHELD,)
        return (NOT_SAID if self.states[state].role in ("guarantor", "group") else NOT_ASKED,)

    def silent(self, kind: str | None = None, step: str | None = None) -> tuple[str, ...]:
        """Return the states that have not said anything of a kind and step; groups and parties are not asked."""
        return tuple(
            name
            for name, seat in self.states.items()
            if seat.role == "guarantor" and name not in self.withheld and not self.of(name, kind, step)
        )

    def unnamed(self, meeting: Meeting, count: Headcount) -> int | None:
        """Return how many of a headcount nobody named; negative: more are named than counted. None: it counts nobody.

        Groups and bodies that are no states are not counted.
        """
        came = count.came is not None
        total = count.came if came else count.expected
        named = {
            each.state
            for each in meeting.present
            if (not count.ranks or each.rank in count.ranks)
            and (each.came if came else each.expected)
            and self.states[each.state].role in ("guarantor", "party")
        }
        return None if total is None else total - len(named - set(count.besides))

    def flags(self) -> tuple[Flag, ...]:
        """Return what should be looked at, computed from what stands."""
        return (*self._twice(), *self._skipped(), *self._withdrawn(), *self._counts())

    def _twice(self) -> Iterator[Flag]:
        """Two different amounts of what may be one promise."""
        groups: dict[tuple[Any, ...], list[Standing]] = {}
        for each in self.standings.values():
            made = each.commitment
            if made.amount is not None and each.promised(self.on):
                groups.setdefault((made.state, made.kind, made.step, made.conditions), []).append(each)
        for many in groups.values():
            for one, other in combinations(many, 2):
                if one.commitment.amount != other.commitment.amount and _meet(one, other):
                    yield Flag(
                        (one.commitment.id, other.commitment.id),
                        "two amounts of the same kind to the same step under the same conditions at one time",
                        "withdraw the one that the other replaces, or say in the conditions how they differ",
                    )

    def _skipped(self) -> Iterator[Flag]:
        for each in self.standings.values():
            had = {str(posting.data.get("stage")) for posting in each.postings}
            late = ADVANCING.index("in force")
            legal = {"signed", "ratified"}
            if each.reached in ADVANCING[late:] and not had & legal:
                yield Flag(
                    (each.commitment.id,),
                    f"{each.reached}, though no signature and no ratification is in the register",
                    "post the stages that came before, with their dates and sources, or say why there were none",
                )

    def _withdrawn(self) -> Iterator[Flag]:
        for each in self.standings.values():
            if each.withdrawn is not None and each.reached not in (NONE, "declared"):
                yield Flag(
                    (each.commitment.id,),
                    f"withdrawn on {iso(each.withdrawn)} after it was {each.reached}",
                    "ask the state what it puts in its place; until it says, nothing of it can be counted on",
                )

    def _counts(self) -> Iterator[Flag]:
        for meeting in self.meetings.values():
            for count in meeting.counts:
                left = self.unnamed(meeting, count)
                if left is not None and left < 0:
                    yield Flag(
                        (meeting.id,),
                        f"{-left} more {count.what} are named than its source counts",
                        "mend the count or the names; each has its source",
                    )


def _meet(one: Standing, other: Standing) -> bool:
    """Whether two periods have a moment in common; an unknown end is open."""
    first, second = one.commitment, other.commitment
    return not any(
        a.ends is not None and a.ends <= (b.starts or a.ends - timedelta(microseconds=1))
        for a, b in ((first, second), (second, first))
    )
