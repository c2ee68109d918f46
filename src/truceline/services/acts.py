# SPDX-License-Identifier: Apache-2.0
"""Which acts of a case a person may read: what the table says of what the act made, and no name told too early."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from truceline.access import Thing, decide
from truceline.access.release import NAMED_BELOW, names_party
from truceline.base.clock import iso
from truceline.commission import Case, Rules
from truceline.model.case import Act, Actor
from truceline.services.permits import PERMIT
from truceline.services.views import INSIDE, audience_of, concerned, exhibit_seen, parties_of

JUDGING = ("assess", "attribute", "test_exceptions")
"""Acts that weigh what is on the table; the table of access calls what they make an assessment."""

MADE = {"propose": "proposal"}
"""What an act makes, where that is not what the table lets one do: a proposal is no finding yet."""

Indexed = Sequence[tuple[int, Act]]
"""Acts of one case with their ledger indices, in order."""


def acts_seen(case: Case, acts: Indexed, actor: Actor, rules: Rules) -> list[tuple[int, Act]]:
    """Return the acts of a case that a person may read: one's own always, others by the table.

    Who is not concerned by the case reads none: what was released stands in the case itself.
    """
    if not concerned(case, actor):
        return []
    by_id = {act.id: act for _, act in acts}
    return [(index, act) for index, act in acts if _seen(case, act, by_id, actor, rules)]


def version(case: Case, acts: Indexed, actor: Actor, rules: Rules) -> int | None:
    """Return the ledger index of the newest act a person may read; None: none. It says whether a case has changed."""
    return max((index for index, _ in acts_seen(case, acts, actor, rules)), default=None)


def act_json(index: int, act: Act, actor: Actor) -> dict[str, Any]:
    """Return an act as JSON; who of the mission's own people did it is not told to a party."""
    told = actor.role in INSIDE or act.by.user == actor.user or (act.by.of is not None and act.by.of == actor.of)
    return {
        "act": act.id,
        "kind": act.kind,
        "by": {"user": act.by.user if told else None, "role": act.by.role, "of": act.by.of, "seat": act.by.seat},
        "at": iso(act.at),
        "reason": act.reason,
        "data": dict(act.data),
        "record": index,
    }


def _seen(case: Case, act: Act, by_id: Mapping[str, Act], actor: Actor, rules: Rules) -> bool:
    if act.by.user == actor.user:
        return True
    if act.kind == "approve":
        asked = by_id.get(str(act.data.get("of")))
        return asked is not None and _seen(case, asked, by_id, actor, rules)
    item = next((x for x in (act.data.get("evidence"), act.data.get("item")) if isinstance(x, str)), act.id)
    if item in case.exhibits:
        return exhibit_seen(case, case.exhibits[item], actor)
    if not decide(actor, "read", _thing(case, act, by_id, item)).allowed:
        return False
    return all(_may_name(case, act, party, actor, rules) for party in _named(case, act))


def _thing(case: Case, act: Act, by_id: Mapping[str, Act], item: str) -> Thing:
    """What an act made, as the table of access speaks of it."""
    resource = "assessment" if act.kind in JUDGING else MADE.get(act.kind, PERMIT[act.kind][0])
    if item in case.findings:
        resource = "finding"
    owners, audience = _owners(case, act, by_id), audience_of(case, item)
    if act.kind == "note":
        audience |= {str(name) for name in act.data["audience"]}
    return Thing(resource, str(act.data.get("level", "restricted")), owners, audience, case.state)


def _owners(case: Case, act: Act, by_id: Mapping[str, Act]) -> frozenset[str]:
    """Whose it is: the party it is addressed to or comes from; a step of the case as a whole is all its parties'."""
    if "party" in act.data:
        return frozenset({str(act.data["party"])})
    if act.kind == "verify_remedy":
        return frozenset({case.remedies[str(act.data["remedy"])].party})
    if act.kind in ("request", "outcome"):
        asked = by_id.get(str(act.data.get("request")), act)
        return frozenset({asked.by.of} if asked.by.of is not None else ())
    return parties_of(case)


def _named(case: Case, act: Act) -> frozenset[str]:
    """Whom an act names as one that may have done it."""
    data = act.data
    if act.kind in ("allege", "reply", "remedy", "report_remedy", "propose"):
        return frozenset({str(data["party"])} if data.get("party") is not None else ())
    if act.kind in ("vote", "determine"):
        party = case.proposals[str(data["proposal"])].party
        return frozenset({party} if party is not None else ())
    if act.kind == "verify_remedy":
        return frozenset({case.remedies[str(data["remedy"])].party})
    if act.kind == "open":
        return frozenset(map(str, data.get("accused", ())))
    return frozenset(map(str, data["hypotheses"])) if act.kind == "attribute" else frozenset()


def _may_name(case: Case, act: Act, party: str, actor: Actor, rules: Rules) -> bool:
    if actor.role in NAMED_BELOW or (actor.role not in INSIDE and party == actor.of):
        return True
    share = 0.0 if act.kind == "attribute" else case.hypotheses.get(party, 0.0)
    return names_party(actor, share, rules.publication)
