# SPDX-License-Identifier: Apache-2.0
"""Small registers, made the way people make them: from files, by somebody, at a moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from truceline.model.case import Actor
from truceline.register import Register
from truceline.register.read import enter, read

SAM = Actor("sam", "secretariat")
AT = datetime(2026, 2, 1, 12, tzinfo=UTC)
COALITION = Path(__file__).resolve().parents[2] / "examples" / "coalition" / "register"

FILE = """
sources:
  note: {outlet: Note, date: 2026-01-01}
states:
  - {id: grove, name: The grove, role: group, members: 3, source: note}
  - {id: oak, name: Oak, member_of: [grove], parliament: true, decides: The diet, source: note}
  - {id: elm, name: Elm}
  - {id: ash, name: Ash}
  - {id: A, name: Party A, role: party}
commitments:
  - id: oak-ships
    state: oak
    kind: troops_sea
    text: Two ships.
    stage: declared
    on: 2026-01-06
    step: warning
    amount: {low: 2, high: 2, unit: ships}
    period: {from: 2026-02-01, to: 2026-08-01}
    caveats: [No entry into harbours.]
    source: note
  - {id: elm-none, state: elm, stage: no commitment, step: warning, text: Nothing., on: 2026-01-07, source: note}
changes:
  - {of: oak-ships, on: 2026-01-20, becomes: signed, why: It signed., source: note}
meetings:
  - id: glade
    name: In the glade
    on: 2026-01-06
    present:
      - {state: oak, rank: minister, expected: true, came: true, source: note}
      - {state: elm, rank: envoy, expected: true, came: false, source: note}
    counts: [{what: countries, expected: 3, source: note}]
    outcomes:
      - {id: text, kind: text, text: A paper, by: [oak], commitments: [oak-ships], clauses: [warning], source: note}
    source: note
"""


def day(number: int, month: int = 1) -> datetime:
    """A day of 2026."""
    return datetime(2026, month, number, tzinfo=UTC)


class Keeper:
    """Somebody who keeps a register; each entry comes an hour after the one before."""

    def __init__(self, text: str = FILE) -> None:
        self.register, self.at, self._ids = Register(), AT, count()
        self.enter(text)

    def enter(self, text: str, **how):
        """Enter a file; returns the postings."""
        self.at += timedelta(hours=1)
        drafts = read(text, file="register.yaml")
        self.register, postings = enter(self.register, drafts, SAM, self.at, self.new, **how)
        return postings

    def change(self, of: str, on: str, **what):
        """Enter one change."""
        told = "".join(f", {key}: {value}" for key, value in what.items())
        line = f"{{of: {of}, on: {on}{told}, why: It was said., source: {{outlet: Note}}}}"
        return self.enter(f"changes: [{line}]")[0]

    def new(self) -> str:
        return f"{next(self._ids):026}"


def shipped() -> Keeper:
    """The register that ships with Truceline."""
    keeper = Keeper((COALITION / "register.yaml").read_text("utf-8"))
    keeper.enter((COALITION / "meetings.yaml").read_text("utf-8"))
    return keeper
