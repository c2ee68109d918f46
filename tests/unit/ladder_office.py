# SPDX-License-Identifier: Apache-2.0
"""An office under the ladder of three steps, served: a corroborated case, a response, a register, people of every role."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from desk_world import START, Office, office

from truceline.base.clock import iso

SHARES = {"A": 0.02, "B": 0.86, "neither": 0.04, "proxy": 0.04, "accident": 0.02, "unknown": 0.02}
PEOPLE = """
people:
  - {user: wanda, role: watch_officer}
  - {user: anna, role: analyst, clearance: secret}
  - {user: sam, role: secretariat}
  - {user: lia, role: liaison, of: A}
  - {user: lib, role: liaison, of: B}
  - {user: olga, role: commissioner, of: oak, seat: oak, clearance: secret}
  - {user: gus, role: guarantor, of: oak, aligned: [A]}
  - {user: bea, role: guarantor, of: birch}
  - {user: elle, role: guarantor, of: elm}
  - {user: pia, role: guarantor, of: pine}
  - {user: aud, role: auditor, clearance: secret}
  - {user: adam, role: administrator}
"""
SOURCE = {"outlet": "Gazette", "date": "2026-04-01"}
REGISTER = {
    "states": [
        {"id": "oak", "name": "Oak", "decides": "The diet of Oak", "parliament": True},
        {"id": "birch", "name": "Birch"},
        {"id": "elm", "name": "Elm"},
        {"id": "pine", "name": "Pine"},
    ],
    "commitments": [
        {
            "id": "oak-warning",
            "state": "oak",
            "kind": "warning",
            "text": "Oak warns.",
            "stage": "declared",
            "on": "2026-04-01",
            "step": "warning",
            "source": SOURCE,
        },
        {
            "id": "birch-secret",
            "state": "birch",
            "kind": "intelligence",
            "text": "Birch listens.",
            "stage": "declared",
            "on": "2026-04-01",
            "step": "joint-response",
            "level": "restricted",
            "source": SOURCE,
        },
    ],
    "meetings": [{"id": "glade", "name": "In the glade", "on": "2026-04-02", "source": SOURCE}],
}


def quick(text: str) -> str:
    """The ladder whose first step rests on two voices alone, so that nobody need find first."""
    return text.replace("rests_on: provisional", "rests_on: two-voices")


@contextmanager
def ladder_office(base: Path, repository: Path, people: str = PEOPLE, change=quick, **more):
    """An office under the ladder."""
    with office(base, repository, people, terms="agreement-ladder.yaml", change=change, **more) as at:
        yield at


def move(at: Office, user: str, kind: str, reason: str = "because", headers=None, **data):
    """Ask for one move over the API."""
    return at.post("/response/moves", user, {"kind": kind, "reason": reason, "data": data}, headers=headers or {})


def made(at: Office, user: str, kind: str, **data) -> str:
    """Make one move over the API, a second later, and return its id."""
    at.clock.forward(seconds=1)
    answer = move(at, user, kind, **data)
    assert answer.status_code == 201, answer.text
    return answer.json()["move"]


def corroborated(at: Office, shares=None) -> str:
    """A corroborated case that names B, opened now, as a sign."""

    def act(user, kind, case=None, **data):
        return at.desk.act(at.desk.person(user), kind, case, "because", data)[1].id

    case = act("wanda", "open", title="Salvo on the ford", origin="event", provisions=["quiet"])
    first = act("anna", "evidence", case, modality="acoustic", family="a", owner="mission", grade="B2")
    act("anna", "evidence", case, modality="imagery", family="b", owner="elm", grade="B2")
    act("anna", "assess", case, readings={"text": [0.8, 0.9]})
    act("anna", "attribute", case, hypotheses=shares or SHARES, basis=[first])
    span = [iso(START - timedelta(hours=1)), iso(START)]
    made(at, "anna", "sign", case=case, breach=span)
    return case


def posted(at: Office) -> None:
    """Post the register."""
    answer = at.post("/register/postings", "sam", {"reason": "as the gazette says", "entries": REGISTER})
    assert answer.status_code == 201, answer.text


def begun(at: Office, shares=None) -> str:
    """A response that has begun; returns it."""
    return made(at, "olga", "begin", breach=corroborated(at, shares))


def declared(at: Office) -> str:
    """A response whose first step is declared."""
    response = begun(at)
    made(at, "olga", "declare", response=response, step="warning")
    return response
