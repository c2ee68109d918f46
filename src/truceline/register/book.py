# SPDX-License-Identifier: Apache-2.0
"""A register is the sum of its postings. What cannot follow what came before is refused, and says what to mend."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches

from truceline.errors import Malformed, StateError
from truceline.model.case import MACHINE_ROLE
from truceline.model.clauses import Source
from truceline.model.commitment import ADVANCING, NONE, STAGES, SUSPENDED, Commitment, Posting, StateSeat
from truceline.model.meeting import Meeting
from truceline.register.standing import Standing, advanced, contradiction
from truceline.register.view import View

AMENDABLE = frozenset(Commitment.__dataclass_fields__) - {"id", "state", "stage", "level"}
"""What an amendment may change: all but whose it is, how far it is and who may read it."""


@dataclass(frozen=True)
class Register:
    """Everything posted, by what it is about."""

    things: Mapping[str, tuple[Posting, ...]] = field(default_factory=dict)
    """Postings about each state, commitment and meeting by its id, in the order they were entered."""

    struck: Mapping[str, Posting] = field(default_factory=dict)
    """Strikes by the posting they strike."""

    ids: Mapping[str, str] = field(default_factory=dict)
    """What each posting is about, by the posting's id."""

    of_state: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Commitments by state."""

    now: datetime | None = None
    """When the newest posting was entered, UTC."""

    def take(self, postings: Iterable[Posting]) -> Register:
        """Return the register with more postings, all or none.

        Raises:
            StateError: one is not possible after those before it; ``record`` is its id.
            Malformed: its data do not have the form; ``record`` is its id.
        """
        things, struck, ids, of_state = dict(self.things), dict(self.struck), dict(self.ids), dict(self.of_state)
        after = Register(things, struck, ids, of_state, self.now)
        for posting in postings:
            try:
                after._check(posting)
                if posting.kind == "strike":
                    struck[posting.of] = posting
                    ids[posting.id] = posting.id
                    after._again(ids[posting.of])
                else:
                    things[posting.of] = (*things.get(posting.of, ()), posting)
                    ids[posting.id] = posting.of
                    if posting.kind == "commitment":
                        state = str(posting.data["state"])
                        of_state[state] = (*of_state.get(state, ()), posting.of)
                    after._again(posting.of)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                what = f"{error} is missing or unknown" if isinstance(error, KeyError) else str(error)[:300]
                raise Malformed(f"{posting.kind}: {what}", record=posting.id) from error
            after = replace(after, now=posting.at)
        return after

    def _check(self, posting: Posting) -> None:
        """What can be told before the posting is in its place."""
        if posting.by.role == MACHINE_ROLE:
            raise StateError("the program promises nothing; people post", record=posting.id)
        if posting.id in self.ids:
            raise StateError("the posting was made already", record=posting.id)
        if self.now is not None and posting.at < self.now:
            raise StateError("a posting cannot be entered before the newest one", record=posting.id)
        known = [each.kind for each in self.things.get(posting.of, ())]
        if posting.kind in ("state", "commitment", "meeting") and known:
            mend = "amend it" if posting.kind == "commitment" else "strike the old posting first"
            if posting.kind == "commitment" or any(each.id not in self.struck for each in self.things[posting.of]):
                raise StateError(f"there is a {known[0]} {posting.of} already; {mend}", record=posting.id)
        _CHECKS[posting.kind](self, posting)

    def _again(self, name: str) -> None:
        """Fold what a posting touched once more: entered late, it may stand before others."""
        standing = self.standing(name)
        if standing is None:
            return
        others = (self.standing(each) for each in self.of_state.get(standing.commitment.state, ()) if each != name)
        for other in others:
            against = None if other is None else contradiction(standing, other)
            if against is not None:
                raise StateError(against, record=self.things[name][-1].id)

    def standing(self, name: str, on: datetime | None = None, known: datetime | None = None) -> Standing | None:
        """Return a commitment as it stood; None: it did not exist, or what is called so is none.

        Args:
            name: its id.
            on: as of when in the world, UTC; None: after everything posted.
            known: as the register knew it then, UTC; None: as it knows it now.

        Raises:
            StateError: its postings do not follow one another.
        """
        posted = self.known(name, known)
        if not posted or posted[0].kind not in ("commitment", "stage", "amend", "withdraw"):
            return None
        standing: Standing | None = None
        for posting in sorted(posted, key=lambda each: each.on):
            if on is not None and posting.on > on:
                break
            standing = advanced(standing, posting)
        return standing

    def known(self, name: str, known: datetime | None = None) -> list[Posting]:
        """Return the postings about something that were entered by then and not struck by then, in that order."""
        return [
            each
            for each in self.things.get(name, ())
            if (known is None or each.at <= known) and not self.is_struck(each.id, known)
        ]

    def is_struck(self, posting: str, known: datetime | None = None) -> bool:
        """Return whether a posting was struck by then."""
        strike = self.struck.get(posting)
        return strike is not None and (known is None or strike.at <= known)

    def history(self, known: datetime | None = None) -> Iterator[Posting]:
        """Yield every posting entered by then, strikes and what they struck included: nothing is ever taken out."""
        every = (each for many in (*self.things.values(), self.struck.values()) for each in many)
        return (each for each in every if known is None or each.at <= known)

    def as_of(self, on: datetime, known: datetime | None = None) -> View:
        """Return what was promised on a day, as the register knew it at a time (None: now)."""
        states, meetings, standings = {}, {}, {}
        for name in self.things:
            posted = self.known(name, known)
            if not posted:
                continue
            newest = posted[-1]
            if newest.kind == "state":
                states[name] = seat_of(newest)
            elif newest.kind == "meeting":
                if newest.on <= on:
                    meetings[name] = Meeting.from_json(newest.data)
            else:
                found = self.standing(name, on, known)
                if found is not None:
                    standings[name] = found
        return View(on, known, states, standings, meetings)


def seat_of(posting: Posting) -> StateSeat:
    """Return the state that a posting seats.

    Raises:
        TypeError: it is not of the form.
    """
    told = dict(posting.data)
    source = told.get("source")
    told["source"] = Source(**source) if source else None
    return StateSeat(**told | {"member_of": tuple(told.get("member_of", ()))})


def unknown(word: str, known: Iterable[str], what: str) -> str:
    """Return a sentence that says what is not known and what may have been meant."""
    words = sorted(known)
    near = get_close_matches(word, words, 1, 0.6)
    hint = f"did you mean {near[0]!r}?" if near else f"list it, or name one of: {', '.join(words[:12]) or 'none yet'}"
    return f"there is no {what} {word!r:.80}; {hint}"


def _named(register: Register, kind: str) -> list[str]:
    return [name for name in register.things if any(each.kind == kind for each in register.known(name))]


def _state(register: Register, posting: Posting) -> None:
    seat = seat_of(posting)
    for group in seat.member_of:
        if group not in _named(register, "state"):
            raise ValueError(unknown(group, _named(register, "state"), "group"))


def _commitment(register: Register, posting: Posting) -> None:
    made = Commitment.from_json(posting.data)
    if not any(each.kind == "state" for each in register.known(made.state)):
        raise ValueError(unknown(made.state, _named(register, "state"), "state"))


def _of_commitment(register: Register, posting: Posting) -> None:
    if not any(each.kind == "commitment" for each in register.known(posting.of)):
        raise ValueError(unknown(posting.of, _named(register, "commitment"), "commitment"))
    if posting.kind == "stage" and posting.data["stage"] not in STAGES:
        raise ValueError(f"stage {posting.data['stage']!r:.40}: one of {', '.join((*ADVANCING, SUSPENDED))}")
    if posting.kind == "stage" and posting.data["stage"] == NONE:
        raise ValueError("stage: a promise does not become no commitment; withdraw it")
    wrong = set(posting.data) - AMENDABLE - {"of"} if posting.kind == "amend" else set()
    if wrong:
        raise ValueError(f"{', '.join(sorted(wrong))}: an amendment changes {', '.join(sorted(AMENDABLE))}")


def _strike(register: Register, posting: Posting) -> None:
    if posting.of not in register.ids or posting.of in register.struck or register.ids[posting.of] == posting.of:
        raise StateError(f"there is no posting {posting.of:.40} that could be struck", record=posting.id)
    struck = next(each for each in register.things[register.ids[posting.of]] if each.id == posting.of)
    if struck.kind == "state" and any(register.known(name) for name in register.of_state.get(struck.of, ())):
        raise StateError(f"{struck.of} has commitments; strike those first", record=posting.id)
    if struck.kind == "commitment" and len(register.known(struck.of)) > 1:
        raise StateError(f"more was posted about {struck.of}; strike that first", record=posting.id)


def _meeting(register: Register, posting: Posting) -> None:
    meeting = Meeting.from_json(posting.data)
    if meeting.starts != posting.on:
        raise ValueError("starts: the posting holds from when the meeting begins")
    states, commitments = _named(register, "state"), _named(register, "commitment")
    for name in (*(each.state for each in meeting.present), *(n for o in meeting.outcomes for n in (*o.by, *o.not_by))):
        if name not in states:
            raise ValueError(unknown(name, states, "state"))
    for outcome in meeting.outcomes:
        both = set(outcome.by) & set(outcome.not_by)
        if both:
            raise ValueError(f"{outcome.id}: {', '.join(sorted(both))} cannot both have signed and not signed")
        for name in outcome.commitments:
            if name not in commitments:
                raise ValueError(unknown(name, commitments, "commitment"))


_CHECKS: Mapping[str, Callable[[Register, Posting], None]] = {
    "state": _state,
    "commitment": _commitment,
    "stage": _of_commitment,
    "amend": _of_commitment,
    "withdraw": _of_commitment,
    "strike": _strike,
    "meeting": _meeting,
}
