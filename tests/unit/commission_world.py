# SPDX-License-Identifier: Apache-2.0
"""A commission and people who try everything: acts drawn at random, most of them plausible, many of them forbidden."""

from __future__ import annotations

import random
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta

from truceline.base.clock import iso
from truceline.commission import Rules, apply, begin
from truceline.commission.checks import ATTRIBUTIONS, INTENTS, SEVERITIES, STATUSES
from truceline.errors import InputError, StateError
from truceline.model.case import Act, Actor
from truceline.model.clauses import Member

START = datetime(2026, 4, 11, 13, tzinfo=UTC)
SWAP = {"A": "B", "B": "A"}
SEATS = ("oak", "birch", "elm", "pine", "seat-of-A", "seat-of-B")


def rules(rule="majority", quorum=3, recused="none", reply_hours=48.0):
    """Four neutral seats and one of each party."""
    members = {name: Member(name, name, "chair" if name == "oak" else "member") for name in SEATS[:4]}
    members |= {f"seat-of-{p}": Member(f"seat-of-{p}", f"seat of {p}", "member", p) for p in "AB"}
    return Rules(
        ("A", "B"),
        members,
        quorum=quorum,
        rule=rule,
        recused=recused,
        reply_hours=reply_hours,
        rectification_hours=72.0,
    )


PEOPLE = {
    "wanda": Actor("wanda", "watch_officer"),
    "anna": Actor("anna", "analyst", clearance="secret"),
    "ben": Actor("ben", "analyst", clearance="secret"),
    "sam": Actor("sam", "secretariat"),
    "lia": Actor("lia", "liaison", "A"),
    "lib": Actor("lib", "liaison", "B"),
    "gus": Actor("gus", "guarantor", "maple"),
    "aud": Actor("aud", "auditor", clearance="secret"),
    **{
        f"c-{seat}": Actor(
            f"c-{seat}", "commissioner", seat[-1] if seat.startswith("seat-of") else seat, seat, clearance
        )
        for seat, clearance in zip(
            SEATS, ("secret", "restricted", "secret", "restricted", "restricted", "restricted"), strict=True
        )
    },
    "machine": Actor("truceline", "machine"),
}
MODALITIES = ("acoustic", "imagery", "thermal", "seismic", "inspector_record", "video", "patrol")


class World:
    """One case, tried at random."""

    def __init__(self, seed: int, how: Rules | None = None, name: str = "0000") -> None:
        self.random = random.Random(f"{seed}{name}" if name != "0000" else seed)
        pick = self.random.choice
        self.rules = how or rules(
            pick(("majority", "consensus", "chair")),
            pick((1, 3, 5)),
            pick(("none", "accused", "parties")),
            pick((48.0, 6.0)),
        )
        self.now = START
        self.count = 0
        opening = Act(name, name, "open", PEOPLE["wanda"], START, "fire seen", {"origin": "event", "events": [7, 8]})
        self.case = begin(opening, self.rules)
        self.acts = [opening]

    def act(self) -> Act:
        """The next try."""
        r = self.random
        self.count += 1
        self.now += timedelta(minutes=r.choice((0, 1, 1, 2, 7, 7, 15, 60, 400)))
        kind = r.choice(_DRAWN)
        who, data = _MAKERS[kind](self)
        person = PEOPLE[who if r.random() < 0.93 else r.choice(tuple(PEOPLE))]
        if (
            kind == "vote" and person.seat is not None and r.random() < 0.02
        ):  # the account was given another seat meanwhile
            person = replace(person, seat=r.choice(SEATS))
        prefix = "" if self.case.id == "0000" else f"{self.case.id}-"
        return Act(f"{prefix}{self.count:04d}", self.case.id, kind, person, self.now, "because", data)

    def step(self):
        """Try one act; returns (act, case before, case after or None where it was refused)."""
        act, before = self.act(), self.case
        try:
            self.case = apply(before, act, self.rules)
        except (StateError, InputError):
            return act, before, None
        self.acts.append(act)
        return act, before, self.case

    def any(self, of, default="nothing"):
        return self.random.choice(tuple(of)) if of else default


def _coverage():
    return {"share": 0.4, "reference_act": "a shell of 122 mm", "period": "11 April"}


def _evidence(w):
    r = w.random
    readers = None if r.random() < 0.9 else r.sample(SEATS, 3)
    data = {
        "modality": r.choice(MODALITIES),
        "family": f"family-{r.randrange(4)}",
        "owner": r.choice(("mission", "maple", "elm", "A", "B", "cedar")),
        "grade": r.choice(("A1", "B2", "C3", "B3", "F6")),
        "level": r.choice(("public", "restricted", "restricted", "secret")),
        "readers": readers,
        "blobs": [r.choice("ab") * 64],
        "counters": w.any(w.case.exhibits, None) if r.random() < 0.1 else None,
    }
    return r.choice(("wanda", "anna", "lia", "lib")), data


def _custody(w):
    data = {"evidence": w.any(w.case.exhibits), "to": w.random.choice(("laboratory", "store"))}
    return "anna", data | ({"blobs": [w.random.choice("aaab") * 64]} if w.random.random() < 0.3 else {})


def _review(w):
    finding = w.any(w.case.findings, None)
    return "lia", {"what": "review", "finding": finding}


def _outcome(w):
    outcome = w.random.choice(("free", "denied", "upheld", "corrected", "reopened"))
    return "wanda", {"request": w.any(w.case.requests), "outcome": outcome}


def _hypotheses(w):
    r = w.random
    share = r.choice((0.3, 0.56, 0.81, 0.9))
    party, other = r.choice((("A", "B"), ("B", "A")))
    rest = (1 - share) / 5
    shares = {party: share, other: rest, "neither": rest, "proxy": rest, "accident": rest, "unknown": rest}
    known = [name for name, item in w.case.exhibits.items() if not item.withdrawn]
    return r.choice(("anna", "ben")), {"hypotheses": shares, "basis": known[:3]}


def _propose(w):
    r = w.random
    attribution = r.choice(ATTRIBUTIONS)
    party = None if attribution in ("none", "sector") else w.any(w.case.accused, r.choice("AB"))
    known = [name for name, item in w.case.exhibits.items() if not item.withdrawn]
    data = {
        "status": r.choice((*STATUSES, "clear breach", "verified breach", "undetermined, no coverage")),
        "attribution": attribution,
        "party": party,
        "severity": r.choice(SEVERITIES),
        "intent": r.choice(INTENTS),
        "reading": "declaration",
        "provisions": ["all-combat"],
        "basis": r.sample(known, r.randrange(len(known) + 1)) if r.random() < 0.5 else known,
        "coverage": _coverage() if r.random() < 0.95 else {"share": 0.4},
        "deadline": iso(w.now + timedelta(hours=r.choice((1, 12, 60, 240)))),
        "provisional": r.random() < 0.4,
        "corrects": w.any(w.case.findings, None) if r.random() < 0.3 else None,
    }
    return f"c-{r.choice(SEATS)}", data


def _party(w):
    return w.random.choice("AB")


def _of_party(w, more=None):
    party = _party(w)
    return f"li{party.lower()}", {"party": party, **(more or {})}


def _open_proposal(w):
    return w.any([name for name, p in w.case.proposals.items() if p.outcome is None] or w.case.proposals)


_MAKERS = {
    "evidence": _evidence,
    "withdraw_evidence": lambda w: (
        ("anna", {"evidence": w.any(w.case.exhibits)}) if w.random.random() < 0.2 else ("anna", {"evidence": "nothing"})
    ),
    "assess": lambda w: ("machine", {"probability": w.random.choice((None, 0.2, 0.9))}),
    "attribute": _hypotheses,
    "test_exceptions": lambda w: (
        "anna",
        {
            "exceptions": [{"id": "x", "applies": w.random.choice(("no",) * 8 + ("yes", "cannot tell"))}],
            "notices_matched": w.random.random() < 0.8,
        },
    ),
    "notice": lambda _: ("machine", {}),
    "acknowledge": _of_party,
    "order": _of_party,
    "silence": lambda w: ("wanda", {"party": _party(w)}),
    "allege": lambda w: (w.random.choice(("sam", "anna")), {"party": _party(w), "text": "you are accused"}),
    "reply": lambda w: _of_party(w, {"text": "no", "admits": w.random.random() < 0.1}),
    "request": lambda w: (
        _review(w) if w.random.random() < 0.3 else _of_party(w, {"what": w.random.choice(("inspection", "look"))})
    ),
    "outcome": _outcome,
    "custody": _custody,
    "grade": lambda w: (
        w.random.choice(("anna", "lia")),
        {"evidence": w.any(w.case.exhibits), "grade": w.random.choice(("A1", "B2", "C3", "F6"))},
    ),
    "report_remedy": lambda w: _of_party(w, {"remedy": w.any(w.case.remedies)}),
    "outage": lambda w: (
        "machine",
        {"from": iso(w.now - timedelta(hours=3)), "to": iso(w.now - timedelta(minutes=w.random.choice((0, 60))))},
    ),
    "conflict": lambda w: (f"c-{w.random.choice(SEATS)}", {}) if w.random.random() < 0.2 else ("wanda", {}),
    "boycott": lambda w: (f"c-{w.random.choice(SEATS)}", {}) if w.random.random() < 0.2 else ("wanda", {}),
    "return": lambda w: (f"c-{w.random.choice(SEATS)}", {}),
    "note": lambda w: ("anna", {"audience": [w.random.choice(("commissioner", "analyst", "nobody"))]}),
    "propose": _propose,
    "vote": lambda w: (
        f"c-{w.random.choice(SEATS)}",
        {"proposal": _open_proposal(w), "choice": w.random.choice(("for", "for", "for", "against", "abstain"))},
    ),
    "determine": lambda w: (w.random.choice(("sam", "c-oak")), {"proposal": _open_proposal(w)}),
    "remedy": lambda w: (
        "sam",
        {"finding": w.any(w.case.findings), "kind": w.random.choice(("rectify", "apology")), "party": _party(w)},
    ),
    "verify_remedy": lambda w: (
        "wanda",
        {"remedy": w.any(w.case.remedies), "result": w.random.choice(("done", "not done"))},
    ),
    "release": lambda w: (
        w.random.choice(("sam", "anna")),
        {"item": w.any((*w.case.exhibits, *w.case.findings)), "audience": [w.random.choice(("public", "accused"))]},
    ),
    "redact": lambda w: (
        w.random.choice(("sam", "anna")),
        {"evidence": w.any(w.case.exhibits), "fields": ["witness"], "basis": "article 9"},
    ),
    "approve": lambda w: (w.random.choice(("sam", "anna", "ben")), {"of": w.any(w.case.pending)}),
    "close": lambda w: (
        (
            "sam",
            {"exit": w.random.choice(("unsubstantiated", "found", "stopped without blame", "not an incident"))},
        )
        if w.random.random() < 0.1
        else ("sam", {"exit": "no such exit"})
    ),
    "reopen": lambda w: ("sam", {"evidence": w.any(w.case.exhibits, None)}),
}
_DRAWN = (*_MAKERS, *("vote",) * 6, *("determine",) * 2, "propose", "propose", "allege", "approve", "approve")
"""What is drawn from: votes more often than the rest, so that many proposals come to an end."""


def mirrored(value, *, sort=True):
    """The same with the two parties exchanged, everywhere; party lists that are sorted stay sorted."""
    if isinstance(value, str):
        if value in SWAP:
            return SWAP[value]
        if value.startswith(("seat-of-", "c-seat-of-")):
            return value[:-1] + SWAP[value[-1]]
        return {"lia": "lib", "lib": "lia"}.get(value, value)
    if isinstance(value, dict):
        return {mirrored(k): mirrored(v) for k, v in value.items()}
    if isinstance(value, tuple | list):
        found = [mirrored(v) for v in value]
        if sort and found and all(isinstance(v, str) and v in SWAP for v in found):
            found.sort()
        return type(value)(found)
    if isinstance(value, frozenset):
        return frozenset(map(mirrored, value))
    if is_dataclass(value):
        return replace(value, **{f.name: mirrored(getattr(value, f.name)) for f in fields(value)})
    return value
