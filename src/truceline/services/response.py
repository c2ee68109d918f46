# SPDX-License-Identifier: Apache-2.0
"""The response in the ledger: who may do it is asked first, then whether it is possible, then it is logged.

What a sign says of a case is taken from the case, whoever asks for it; so nobody can talk a claim into one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from truceline.access import Thing, decide
from truceline.access.check import owner_name
from truceline.base.clock import iso
from truceline.commission import Case, Rules
from truceline.commission.evidence import one_voice
from truceline.errors import AccessError, Malformed, StateError
from truceline.model.case import MACHINE, MACHINE_ROLE, Actor
from truceline.model.ladder import STANDING
from truceline.model.response import NO_PROMISES, Move, Promises, Sign
from truceline.response import NOTHING, Ladder, Situation, apply
from truceline.response.apply import to_ask
from truceline.response.clocks import told
from truceline.response.replay import replay
from truceline.services.access_log import Append, Decided
from truceline.services.board import board_of, may_read

PERMIT_OF_MOVE = {
    "sign": "sign",
    **dict.fromkeys(("begin", "choose", "declare", "lift"), "declare"),
    "dispute": "dispute",
    **dict.fromkeys(("acknowledge", "decide", "report"), "answer"),
    "verify": "verify",
    **dict.fromkeys(("stop", "resume"), "stop"),
    **dict.fromkeys(("convene", "minutes"), "consult"),
    "attend": "answer",
}
"""Action of the access table for each kind of move."""

Read = Callable[[str], list[tuple[int, dict[str, Any]]]]
"""Bodies of the ledger's records of a kind, with their indices."""

SAID = ("breach", "looked", "acts", "zones")
"""What staff say of a sign, for the case does not hold it."""


class Responses:
    """The response of one watch, as it stands after the ledger's last record."""

    def __init__(
        self,
        ladder: Ladder,
        rules: Rules,
        append: Append,
        new: Callable[[datetime], str],
        refused: Callable[[Decided, datetime], None] | None = None,
        promises: Callable[[datetime], Promises] = lambda _: NO_PROMISES,
        restricted: Callable[[datetime], Mapping[str, str]] = lambda _: {},
    ) -> None:
        """Begin with nothing.

        Args:
            ladder: the steps, from the terms.
            rules: the commission's rules, for thresholds of attribution and of naming.
            append: the ledger's door.
            new: makes the id of a move of a moment.
            refused: is told of each refusal before the person is; by default it is a record at once.
            promises: what states promised by a moment, by state and step.
            restricted: state of each commitment that not everybody may read.
        """
        self.ladder = ladder
        self.situation: Situation = NOTHING
        self.moves: list[Move] = []
        self.indices: list[int] = []
        self.drill: dict[str, Any] | None = None
        """Since when and under which name everything here is a drill; None: it is none."""
        self.promises = promises
        self.restricted = restricted
        self.rules = rules
        self._keyed: dict[tuple[str, str], tuple[int, Move]] = {}
        self._append = append
        self._new = new
        self._refused = refused or (lambda decided, at: append([decided.record(at)]))
        self._events: Callable[[], Mapping[int, Mapping[str, Any]]] = dict

    def load(self, read: Read) -> None:
        """Take up what a ledger already holds.

        Raises:
            StateError: a move there is not possible after those before it; such a response was not written by us.
        """
        self._events = lambda: dict(read("event"))
        for index, body in sorted(read("response"), key=lambda held: held[0]):
            move = Move.from_body(body)
            self._keep(index, move, apply(self.situation, move, self.ladder))

    def _keep(self, index: int, move: Move, after: Situation) -> None:
        self.situation = after
        self.moves.append(move)
        self.indices.append(index)
        if move.key is not None:
            self._keyed[move.by.user, move.key] = (index, move)

    def under(self, user: str, key: str) -> tuple[int, Move] | None:
        """Return what a person did under an idempotency key: index and move; None: nothing."""
        return self._keyed.get((user, key))

    def journal(self, start: int = 0) -> list[tuple[int, Move]]:
        """Return all moves with their ledger indices, in order, from the ``start``-th on."""
        return list(zip(self.indices[start:], self.moves[start:], strict=True))

    def do(
        self,
        actor: Actor,
        kind: str,
        at: datetime,
        reason: str,
        data: Mapping[str, Any],
        cases: Iterable[Case] = (),
        key: str | None = None,
    ) -> tuple[int, Move]:
        """Make one move: allowed, then possible, then in the ledger. Returns its index and the move.

        Raises:
            AccessError: it is not this person's to do; the refusal itself is logged.
            StateError: it is not possible now; nothing is logged.
            Malformed: its data do not have the form; nothing is logged.
            UnavailableError: the ledger cannot be written; nothing happened.
        """
        self.ask(actor, kind, at, data)
        move = Move(self._new(at), kind, actor, at, reason, self._whole(kind, at, data, cases))
        after = apply(self.situation, move, self.ladder)
        move = Move(move.id, kind, actor, at, reason, move.data, told(after, self.ladder, at), key)
        index = self._append([move.record()])[0]
        self._keep(index, move, after)
        return index, move

    def ask(self, actor: Actor, kind: str, at: datetime, data: Mapping[str, Any]) -> None:
        """Return if a move is a person's to make; what a program or nobody can make, its rules refuse.

        Raises:
            AccessError: it is not; the refusal is logged.
        """
        if actor.role == MACHINE_ROLE or kind not in PERMIT_OF_MOVE:
            return
        action = PERMIT_OF_MOVE[kind]
        owners = self._owners(actor, action, data)
        if not decide(actor, action, Thing("response", owners=owners)).allowed:
            name = str(data.get("step") or data.get("response") or data.get("case") or kind)[:64]
            self._refused(Decided(actor, action, "response", name, allowed=False), at)
            raise AccessError(f"{actor.user} ({actor.role}) may not {action} here: {kind} {name}")

    def _owners(self, actor: Actor, action: str, data: Mapping[str, Any]) -> frozenset[str]:
        """Whose it is: a step's those who by the terms declare it, an answer the state's own."""
        if action == "answer":
            return frozenset({str(data.get("state"))})
        step = self.ladder.steps.get(str(data.get("step")))
        steps = self.ladder.steps.values() if step is None else (step,)
        entitled = any(self.ladder.may_declare(each, actor) for each in steps)
        return frozenset({owner_name(actor.user)} if entitled else ())

    def _whole(self, kind: str, at: datetime, data: Mapping[str, Any], cases: Iterable[Case]) -> dict[str, Any]:
        """What a move says, with what the ledger knows of it."""
        step = self.ladder.steps.get(str(data.get("step")))
        if kind == "declare" and step is not None:
            return {**data, "asked": list(to_ask(self.ladder, step, self.promises(at), at))}
        if kind == "convene":
            self._known(data.get("invited"), at)
        if kind != "sign" or data.get("origin") == "claim":
            return dict(data)
        case = next((each for each in cases if each.id == data.get("case")), None)
        if case is None:
            raise StateError(f"there is no case {data.get('case')!r:.60}; a sign is one of a case")
        extra = {key: data[key] for key in SAID if data.get(key) is not None}
        if not set(data) <= {"case", *SAID}:
            raise Malformed(f"sign: takes case, {', '.join(SAID)}; all else is the case's own")
        return self.sign_of(case, extra)

    def _known(self, invited: Any, at: datetime) -> None:
        """Return if everybody who is invited is somebody here.

        Raises:
            Malformed: nobody is called so.
        """
        known = {*self.ladder.states(), *self.ladder.parties, *self.promises(at)}
        strange = [str(name) for name in invited or () if name not in known]
        if strange:
            raise Malformed(f"invited: no state or party is called {', '.join(strange):.80}")

    def sign_of(self, case: Case, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the ladder sees of a case now; ``said``: what the case does not hold, else as it was said before.

        Raises:
            Malformed: nobody has said, and no event tells, when it happened.
        """
        before = self.situation.signs.get(case.id)
        kept = {k: v for k, v in before[-1].to_json().items() if k in SAID} if before else {}
        held = {**self._happened(case), **kept, **said}
        if "breach" not in held:
            raise Malformed("sign: breach: from when to when it can have happened", record=case.id)
        finding = case.finding
        proposal = None if finding is None else case.proposals[finding.proposal]
        voices = one_voice(case.exhibits.values())
        status = proposal.status if proposal is not None else "corroborated" if len(voices) >= 2 else "recorded"
        ended = case.exit not in (None, "found") or case.merged_into is not None or case.excused
        return {
            **held,
            "sign": case.id,
            "status": case.exit if ended and case.exit else status,
            "received": iso(case.opened),
            "noticed": _iso(min((each.at for each in case.notices.values()), default=None)),
            "found": None if finding is None else iso(finding.at),
            "party": self._party(case) if proposal is None else proposal.party,
            "severity": None if proposal is None or proposal.severity == "none" else proposal.severity,
            "provisions": list(case.provisions if proposal is None else proposal.provisions),
            "probability": _probability(case, None if proposal is None else proposal.reading),
            "facts": [] if finding is None else list(finding.met),
            "voices": [[each.modality, each.family] for each in voices],
            "standing": not ended and status in STANDING,
        }

    def _happened(self, case: Case) -> dict[str, Any]:
        """When and what, as the case's events in the ledger tell it."""
        events = [e for index, e in (self._events().items() if case.events else ()) if index in case.events]
        if not events:
            return {}
        acts = sorted({act for event in events for act, share in event["p_act"].items() if share >= 0.5})
        span = [min(event["first"] for event in events), max(event["last"] for event in events)]
        return {"breach": span, **({"acts": acts} if acts else {})}

    def _party(self, case: Case) -> str | None:
        """Whom the analyst's attribution names over the terms' threshold, before anybody found it."""
        least = self.rules.threshold("attributed", case.provisions)
        over = [p for p in self.rules.parties if case.hypotheses.get(p, 0.0) >= least]
        return over[0] if len(over) == 1 else None

    def refresh(self, cases: Iterable[Case], at: datetime) -> list[Move]:
        """Log every case that became a sign, or whose sign is no longer what it was; the program does, at once.

        Raises:
            UnavailableError: the ledger cannot be written.
        """
        held, made = list(cases), []
        for case in held:
            before = self.situation.signs.get(case.id)
            if before is None and (not self.ladder.steps or not self._happened_here(case)):
                continue
            now = self.sign_of(case, {})
            if before[-1] == Sign.from_json(now) if before else not now["standing"]:
                continue
            why = "the case became a sign" if before is None else "the case changed"
            move = Move(self._new(at), "sign", MACHINE, at, why, now)
            after = apply(self.situation, move, self.ladder)
            move = Move(move.id, "sign", MACHINE, at, why, now, told(after, self.ladder, at))
            self._keep(self._append([move.record()])[0], move, after)
            made.append(move)
        return made

    def _happened_here(self, case: Case) -> bool:
        """Whether a case is one that the program may call a sign by itself: corroborated, of events in the ledger."""
        return len(one_voice(case.exhibits.values())) >= 2 and bool(self._happened(case))

    def view(self, actor: Actor, now: datetime, cases: Iterable[Case] = ()) -> dict[str, Any]:
        """Return the board as a person may see it; see :func:`truceline.services.board.board_of`.

        Raises:
            AccessError: it is not theirs to see.
        """
        return board_of(self, actor, now, {case.id: case for case in cases})

    def replay(self, actor: Actor, now: datetime, origin: str = "determination") -> dict[str, Any]:
        """Return the response replayed from its logged moves; see :func:`truceline.response.replay.replay`.

        Raises:
            AccessError: it is not theirs to see.
        """
        if not may_read(self, actor):
            raise AccessError(f"{actor.user} ({actor.role}) may not read the response")
        return replay(self.moves, self.ladder, now, origin)

    def newest(self) -> str:
        """Return the id of the newest response.

        Raises:
            StateError: none has begun.
        """
        if not self.situation.responses:
            raise StateError("no response has begun; first a named person chooses the initial breach (begin)")
        return tuple(self.situation.responses)[-1]


def _probability(case: Case, reading: str | None) -> list[float] | None:
    """Least and greatest probability of a breach, of the finding's reading or of all; None: cannot tell."""
    under = case.assessments.get(reading or "")
    held = list(case.assessments.values()) if under is None else [under]
    known = [(low, high) for low, high in held if low is not None and high is not None]
    if not known or len(known) < len(held):
        return None
    return [min(low for low, _ in known), max(high for _, high in known)]


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
