# SPDX-License-Identifier: Apache-2.0
"""Where the response stands: what its moves add up to. Nothing is deleted; it is superseded, lifted or said again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from truceline.base.deadline import Stop
from truceline.model.response import Sign


@dataclass(frozen=True)
class Chosen:
    """A sign named as the initial breach: by whom it was chosen, or by whom it is held against the one chosen."""

    sign: str
    """Id of the sign."""

    move: str
    """Id of the move."""

    by: str
    """User."""

    of: str | None
    """Party or state the user serves; None: the mission's own staff or the commission."""

    at: datetime
    """When, UTC."""

    reason: str
    """Why."""


@dataclass(frozen=True)
class Answer:
    """What one state did since it was asked for a step."""

    asked: datetime
    """When it was asked, UTC: the logged time of the declaration."""

    acknowledged: datetime | None = None
    """When it said that it has the matter, UTC."""

    decisions: tuple[tuple[datetime, str], ...] = ()
    """What its capital decided and when, in order; the last one holds."""

    reported: datetime | None = None
    """When it said that it acted, UTC."""

    checks: tuple[tuple[datetime, str], ...] = ()
    """What the centre saw of it: ``done``, ``not done``, ``cannot be verified``."""

    @property
    def decision(self) -> str | None:
        """The decision that holds; None: none yet."""
        return self.decisions[-1][1] if self.decisions else None


@dataclass(frozen=True)
class Declared:
    """A step that somebody declared."""

    move: str
    """Id of the move."""

    by: str
    """User."""

    at: datetime
    """When, UTC."""

    lifted: datetime | None = None
    """When it was lifted, UTC; None: it stands."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    """Per state that was asked."""

    aside: tuple[str, ...] = ()
    """States that the terms' rule on conflicts keeps from acting."""

    role: str = ""
    """Office in which it was declared, as the access table names it."""

    of: str | None = None
    """State or party whoever declared it acts for; None: none."""


@dataclass(frozen=True)
class Response:
    """One response: its initial breach and the steps declared."""

    id: str
    """Id of the move that began it."""

    chosen: tuple[Chosen, ...]
    """The initial breach as named people chose it; the last one holds."""

    disputes: Mapping[str, Chosen] = field(default_factory=dict)
    """Other signs held to be the initial breach, by the move that said so; both clocks are shown."""

    steps: Mapping[str, Declared] = field(default_factory=dict)
    """By step."""

    before: tuple[tuple[str, Declared], ...] = ()
    """Declarations that were lifted and made anew."""

    @property
    def breach(self) -> str:
        """The sign that is the initial breach."""
        return self.chosen[-1].sign

    @property
    def disputed(self) -> tuple[Chosen, ...]:
        """Signs held against the one that is chosen now."""
        return tuple(each for each in self.disputes.values() if each.sign != self.breach)

    def declared(self) -> dict[str, datetime]:
        """Return when each step that stands was declared, UTC."""
        return {step: done.at for step, done in self.steps.items() if done.lifted is None}


@dataclass(frozen=True)
class Halt:
    """Something that stops clocks."""

    what: str
    """One of ``model.ladder.STOPS``."""

    begin: datetime
    """Since when, UTC."""

    end: datetime | None = None
    """Until when, UTC; None: still."""


@dataclass(frozen=True)
class Minutes:
    """What was written of a consultation. Written anew, the last holds and the others stay."""

    move: str
    """Id of the move."""

    by: str
    """User."""

    at: datetime
    """When, UTC."""

    text: str
    """What was said."""

    decided: str | None
    """What was decided; None: nothing."""


@dataclass(frozen=True)
class Consultation:
    """States asked to talk about a response. What they decide starts nothing by itself."""

    id: str
    """Id of the move that convened it."""

    response: str
    """Which response."""

    about: str
    """What about."""

    begins: datetime
    """When, UTC."""

    invited: tuple[str, ...]
    """States asked to come."""

    quorum: int
    """How many of them must be there for anything to be decided."""

    by: str
    """User who convened it."""

    present: Mapping[str, datetime] = field(default_factory=dict)
    """When each state that came said so, UTC."""

    minutes: tuple[Minutes, ...] = ()
    """Once written nobody comes any more."""

    @property
    def quorate(self) -> bool:
        """Whether enough of them came."""
        return len(self.present) >= self.quorum


@dataclass(frozen=True)
class Situation:
    """Everything known at one moment."""

    signs: Mapping[str, tuple[Sign, ...]] = field(default_factory=dict)
    """Versions of each sign, the newest last."""

    halts: Mapping[str, Halt] = field(default_factory=dict)
    """What stopped clocks, by the move that said so."""

    responses: Mapping[str, Response] = field(default_factory=dict)
    """By id, in the order they began."""

    consultations: Mapping[str, Consultation] = field(default_factory=dict)
    """By id, in the order they were convened."""

    now: datetime | None = None
    """Time of the newest move, UTC."""

    moves: Mapping[str, str] = field(default_factory=dict)
    """Who made each move."""

    def sign(self, name: str) -> Sign:
        """Return the newest version of a sign.

        Raises:
            KeyError: there is none.
        """
        return self.signs[name][-1]

    def newest(self) -> Iterator[Sign]:
        """Yield the newest version of every sign, in the order they came first."""
        return (versions[-1] for versions in self.signs.values())

    def stops(self, kinds: tuple[str, ...]) -> list[Stop]:
        """Return when clocks that these kinds stop stood still."""
        return [(halt.begin, halt.end) for halt in self.halts.values() if halt.what in kinds]


NOTHING = Situation()
"""Before the first move."""
