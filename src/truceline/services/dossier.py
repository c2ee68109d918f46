# SPDX-License-Identifier: Apache-2.0
"""What a case holds beside evidence and findings, for whoever works on it: asked, owed, in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from truceline.base.clock import iso
from truceline.commission.case import Case
from truceline.commission.checks import eligible
from truceline.commission.rules import Rules


def requests_json(case: Case) -> list[dict[str, Any]]:
    """Return who asked for what, and how it ended; people are named by their office's name only inside."""
    return [
        {"request": r.id, "what": r.what, "at": iso(r.at), "outcome": r.outcome, "finding": r.finding}
        for r in case.requests.values()
    ]


def remedies_json(case: Case, own: frozenset[str] | None, may_name: Callable[[str], bool]) -> list[dict[str, Any]]:
    """Return the remedies, with what was checked and whether the time is over.

    Args:
        case: the case.
        own: parties whose remedies are shown; None: all.
        may_name: whether a party may be named to the reader.
    """
    return [
        {
            "remedy": remedy.id,
            "kind": remedy.kind,
            "party": remedy.party if may_name(remedy.party) else None,
            "finding": remedy.finding,
            "stands": case.findings[remedy.finding].superseded is None,
            "due": None if remedy.due is None else iso(remedy.due),
            "reported": None if remedy.reported is None else iso(remedy.reported),
            "result": remedy.result,
            "checks": [{"act": act, "result": result} for act, result in remedy.checks],
            "overdue": remedy.overdue(case.now),
        }
        for remedy in case.remedies.values()
        if own is None or remedy.party in own
    ]


def pending_json(case: Case) -> list[dict[str, Any]]:
    """Return the steps that wait for a second person, without the words that they would publish."""
    return [{"step": p.id, "kind": p.kind, "by": p.by, "since": iso(p.at)} for p in case.pending.values()]


def assessments_json(case: Case) -> dict[str, Any]:
    """Return least and greatest assessed probability of a breach under each reading."""
    return {reading: {"low": low, "high": high} for reading, (low, high) in case.assessments.items()}


def in_the_way(case: Case, rules: Rules) -> list[dict[str, str]]:
    """Return what stands in the way of a finding, and what follows from it. States, not errors.

    A deadlock or a boycott stops nobody from trying again; who does not recognise the mechanism is served by
    publication, and its time to reply runs.
    """
    found: list[dict[str, str]] = []
    if rules.quorum is None or rules.rule is None:
        what = "quorum" if rules.quorum is None else "decision rule"
        found.append({"state": f"no {what}", "follows": "nothing can be found until the parties agree one"})
    able = set(eligible(case, rules)) - case.boycotts
    if rules.quorum is not None and len(able) < rules.quorum:
        why = f"{len(able)} seats can vote, the quorum is {rules.quorum}"
        found.append({"state": "quorum out of reach", "follows": f"nothing can be found: {why}"})
    if case.state == "deadlock":
        found.append({"state": "deadlock", "follows": "no finding; the same or another may be proposed again"})
    stays = "is not waited for, and counts for no quorum"
    found += [{"state": "boycott", "follows": f"{seat} {stays}"} for seat in sorted(case.boycotts)]
    runs = "is served by publication; its time to reply runs, and its replies are read if they come"
    return found + [
        {"state": "does not recognise the mechanism", "follows": f"{party} {runs}"}
        for party in sorted(rules.not_recognising)
    ]
