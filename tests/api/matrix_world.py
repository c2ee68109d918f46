# SPDX-License-Identifier: Apache-2.0
"""Cases in every state, whosever and to whomever released, and people of every role, for the matrix of access.

What may be expected of each request is worked out from the table of access alone, read anew row by row.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from truceline.access import TABLE
from truceline.access.table import OPEN
from truceline.base.clock import iso
from truceline.model.case import LEVELS

STATES = (*OPEN, "closed", "merged")
SEATS = {"olga": "oak", "bert": "birch", "emma": "elm", "sita": "seat-a", "sibo": "seat-b"}
BUILDERS = """
  - {user: wanda, role: watch_officer}
  - {user: anna, role: analyst, clearance: secret}
  - {user: ben, role: analyst, clearance: secret}
  - {user: sam, role: secretariat}
  - {user: lia, role: liaison, of: A}
  - {user: lib, role: liaison, of: B}
  - {user: olga, role: commissioner, of: oak, seat: oak, clearance: secret}
  - {user: bert, role: commissioner, of: birch, seat: birch, clearance: secret}
  - {user: emma, role: commissioner, of: elm, seat: elm, clearance: secret}
"""
"""Who makes the cases."""

ASKING = {
    "watch": "role: watch_officer",
    "analyst": "role: analyst",
    "oak": "role: commissioner, of: oak, seat: oak",
    "seat-a": "role: commissioner, of: A, seat: seat-a",
    "seat-b": "role: commissioner, of: B, seat: seat-b",
    "liaison-a": "role: liaison, of: A",
    "liaison-b": "role: liaison, of: B",
    "aligned-a": "role: guarantor, of: maple, aligned: [A]",
    "aligned-b": "role: guarantor, of: fir, aligned: [B]",
    "neutral": "role: guarantor, of: yew",
    "secretariat": "role: secretariat",
    "auditor": "role: auditor",
    "administrator": "role: administrator",
}
"""Who asks, each at each clearance; beside them the public."""

PEOPLE = (
    "people:"
    + BUILDERS
    + "\n".join(
        f"  - {{user: {name}-{level}, {said}, clearance: {level}}}"
        for (name, said), level in product(ASKING.items(), LEVELS)
    )
)


def allowed(actor, action, resource, level="restricted", owners=(), audience=(), state=None):
    """The rows that allow it, read anew."""
    height = min(LEVELS.index(actor.clearance), len(LEVELS))
    names = {actor.role, actor.of, actor.seat, *actor.aligned} - {None}
    found = []
    for row in TABLE:
        if actor.role not in row.roles or row.resource != resource or action not in row.actions:
            continue
        if LEVELS.index(level) > min(LEVELS.index(row.level), height) or (row.states and state not in row.states):
            continue
        if row.whose == "own" and not {actor.of, actor.seat, actor.user} & set(owners):
            continue
        if row.whose == "audience" and not ("public" in audience or names & set(audience)):
            continue
        found.append(row)
    return found


@dataclass
class Made:
    """One case and what is known of it from how it was made."""

    id: str
    state: str
    owners: frozenset[str]
    audience: frozenset[str]
    exhibits: dict[str, str]
    finding: str | None
    shared_finding: bool

    @property
    def level(self):
        return "public" if "public" in self.audience else "restricted"

    def seen_by(self, actor):
        return bool(allowed(actor, "read", "case", self.level, self.owners, self.audience, self.state))

    def finding_seen_by(self, actor):
        audience = self.audience if self.shared_finding else ()
        level = "public" if "public" in audience else "restricted"
        return self.seen_by(actor) and bool(allowed(actor, "read", "finding", level, (), audience, self.state))

    def exhibit_seen_by(self, actor, level):
        return self.seen_by(actor) and bool(
            allowed(actor, "read", "exhibit", level, (), ("commissioner",), self.state)  # no seats are named
        )


class Maker:
    """Makes cases through the desk, as people do."""

    def __init__(self, at):
        self.at, self.desk = at, at.desk

    def do(self, user, kind, case, **data):
        self.at.clock.forward(seconds=1)
        return self.desk.act(self.desk.person(user), kind, case, "because", data)[1].id

    def make(self, state, owner, audience):
        """A case of a state, a complaint of ``owner`` or nobody's, released to ``audience`` or not at all."""
        case = self.do("wanda", "open", None, title="Mill", origin="event", events=[1], complainant=owner)
        owners = {owner} - {None}
        exhibits = {
            level: self.do(
                "anna", "evidence", case, modality="video", family="x", owner="mission", grade="B2", level=level
            )
            for level in LEVELS
        }
        finding = self._brought_to(state, case, owners)
        item = finding or case
        if audience:
            self.do("anna", "approve", case, of=self.do("sam", "release", case, item=item, audience=list(audience)))
        if state == "closed":
            self.do("sam", "close", case, exit="unsubstantiated")
        if state == "merged":
            self.do("sam", "merge", case, into=self.do("wanda", "open", None, title="Ford", origin="event", events=[2]))
        spelt = set(audience) | (self._accused(case) if "accused" in audience else set())
        assert self.desk.cases.case(case).state == state
        return Made(case, state, frozenset(owners), frozenset(spelt), exhibits, finding, finding is not None)

    def _accused(self, case):
        return set(self.desk.cases.case(case).allegations)

    def _brought_to(self, state, case, owners):
        if state in ("notified", "heard"):
            party = next(iter(owners), "A")
            owners.add(party)
            self.do("anna", "approve", case, of=self.do("sam", "allege", case, party=party, text="you are accused"))
            if state == "heard":
                self.do(f"li{party.lower()}", "reply", case, party=party, text="no")
        if state in ("voting", "no quorum", "deadlock", "provisional", "found"):
            return self._voted(state, case)
        return None

    def _voted(self, state, case):
        proposal = self.do(
            "olga",
            "propose",
            case,
            status="recorded",
            reading="text",
            basis=[],
            coverage={"share": 0.4, "reference_act": "a shell", "period": "2 May"},
            deadline=iso(self.at.clock.at + timedelta(hours=1)),
            provisional=state == "provisional",
        )
        choices = {"deadlock": ("for", "against", "abstain"), "no quorum": ("for",), "voting": ()}
        for user, choice in zip(("olga", "bert", "emma"), choices.get(state, ("for",) * 3), strict=False):
            self.do(user, "vote", case, proposal=proposal, choice=choice)
        if state == "voting":
            return None
        self.at.clock.forward(hours=2)
        name = self.do("sam", "determine", case, proposal=proposal)
        return name if state in ("provisional", "found") else None
