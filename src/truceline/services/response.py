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
from truceline.access.release import NAMED_BELOW, names_party
from truceline.base.clock import iso
from truceline.commission import Case, Rules
from truceline.commission.evidence import one_voice
from truceline.errors import AccessError, Malformed, StateError
from truceline.model.case import MACHINE, MACHINE_ROLE, Actor
from truceline.model.ladder import STANDING
from truceline.model.response import NO_PROMISES, Move, Promises, Sign
from truceline.response import NOTHING, Ladder, Situation, apply
from truceline.response.apply import to_ask
from truceline.response.board import board
from truceline.response.clocks import told
from truceline.response.replay import replay
from truceline.services.access_log import Append, Decided

PERMIT_OF_MOVE = {
    "sign": "sign",
    **dict.fromkeys(("begin", "choose", "declare", "lift"), "declare"),
    "dispute": "dispute",
    **dict.fromkeys(("acknowledge", "decide", "report"), "answer"),
    "verify": "verify",
    **dict.fromkeys(("stop", "resume"), "stop"),
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
    ) -> None:
        """Begin with nothing.

        Args:
            ladder: the steps, from the terms.
            rules: the commission's rules, for thresholds of attribution and of naming.
            append: the ledger's door.
            new: makes the id of a move of a moment.
            refused: is told of each refusal before the person is; by default it is a record at once.
            promises: what states promised by a moment, by state and step.
        """
        self.ladder = ladder
        self.situation: Situation = NOTHING
        self.moves: list[Move] = []
        self._promises = promises
        self._rules = rules
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
        for _, body in sorted(read("response"), key=lambda held: held[0]):
            move = Move.from_body(body)
            self.situation = apply(self.situation, move, self.ladder)
            self.moves.append(move)

    def do(
        self, actor: Actor, kind: str, at: datetime, reason: str, data: Mapping[str, Any], cases: Iterable[Case] = ()
    ) -> tuple[int, Move]:
        """Make one move: allowed, then possible, then in the ledger. Returns its index and the move.

        Raises:
            AccessError: it is not this person's to do; the refusal itself is logged.
            StateError: it is not possible now; nothing is logged.
            Malformed: its data do not have the form; nothing is logged.
            UnavailableError: the ledger cannot be written; nothing happened.
        """
        if actor.role != MACHINE_ROLE and kind in PERMIT_OF_MOVE:
            self._ask(actor, kind, at, data)
        move = Move(self._new(at), kind, actor, at, reason, self._whole(kind, at, data, cases))
        after = apply(self.situation, move, self.ladder)
        move = Move(move.id, kind, actor, at, reason, move.data, told(after, self.ladder, at))
        index = self._append([move.record()])[0]
        self.situation = after
        self.moves.append(move)
        return index, move

    def _ask(self, actor: Actor, kind: str, at: datetime, data: Mapping[str, Any]) -> None:
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
            return {**data, "asked": list(to_ask(self.ladder, step, self._promises(at), at))}
        if kind != "sign" or data.get("origin") == "claim":
            return dict(data)
        case = next((each for each in cases if each.id == data.get("case")), None)
        if case is None:
            raise StateError(f"there is no case {data.get('case')!r:.60}; a sign is one of a case")
        extra = {key: data[key] for key in SAID if data.get(key) is not None}
        if not set(data) <= {"case", *SAID}:
            raise Malformed(f"sign: takes case, {', '.join(SAID)}; all else is the case's own")
        return self.sign_of(case, extra)

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
        over = [p for p in self._rules.parties if case.hypotheses.get(p, 0.0) >= self._rules.threshold("attributed")]
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
            self._append([move.record()])
            self.situation = after
            self.moves.append(move)
            made.append(move)
        return made

    def _happened_here(self, case: Case) -> bool:
        """Whether a case is one that the program may call a sign by itself: corroborated, of events in the ledger."""
        return len(one_voice(case.exhibits.values())) >= 2 and bool(self._happened(case))

    def view(self, actor: Actor, now: datetime, cases: Iterable[Case] = ()) -> dict[str, Any]:
        """Return the board as a person may see it; a party that is asked sees what it is asked, and no more.

        Raises:
            AccessError: it is not theirs to see.
        """
        whole = board(self.situation, self.ladder, now, self._promises(now))
        if decide(actor, "read", Thing("response")).allowed:
            return whole if actor.role in NAMED_BELOW else self._unnamed(whole, actor, {c.id: c for c in cases})
        if actor.of is None or not decide(actor, "read", Thing("response", owners=frozenset({actor.of}))).allowed:
            raise AccessError(f"{actor.user} ({actor.role}) may not read the response")
        asked = [
            {"response": each["response"], **{k: step[k] for k in ("step", "number", "text", "due")}, **mine}
            for each in whole["responses"]
            for step in each["steps"]
            if "asked" in (mine := step["states"].get(actor.of, {}))
        ]
        return {"at": whole["at"], "asked": asked}

    def _unnamed(self, whole: dict[str, Any], actor: Actor, cases: Mapping[str, Case]) -> dict[str, Any]:
        """The board without parties that are not to be named to this person yet."""

        def named(sign: str, party: str | None) -> bool:
            case = cases.get(sign)
            if party is None or case is None:
                return party is None
            admitted = party in case.allegations and case.allegations[party].admitted
            return admitted or names_party(actor, case.hypotheses.get(party, 0.0), self._rules.publication)

        for sign in whole["signs"]:
            sign["party"] = sign["party"] if named(sign["sign"], sign["party"]) else None
        for each in whole["responses"]:
            breach = each["breach"]
            if named(breach["sign"], breach["party"]):
                continue
            breach["party"] = None
            for step in each["steps"]:
                for state in step["states"].values():
                    state.get("conflict", {}).pop("accused", None)
        return whole

    def replay(self, actor: Actor, now: datetime, origin: str = "determination") -> dict[str, Any]:
        """Return the response replayed from its logged moves; see :func:`truceline.response.replay.replay`.

        Raises:
            AccessError: it is not theirs to see.
        """
        if not decide(actor, "read", Thing("response")).allowed:
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
