# SPDX-License-Identifier: Apache-2.0
"""Which row of the access table an act on a case falls under."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from truceline.access import Thing
from truceline.commission import Case
from truceline.model.case import Act, Actor

PERMIT: Mapping[str, tuple[str, str]] = {
    "open": ("case", "open"),
    "evidence": ("exhibit", "add"),
    "custody": ("exhibit", "hand_on"),
    "grade": ("exhibit", "grade"),
    "withdraw_evidence": ("exhibit", "withdraw"),
    "assess": ("case", "assess"),
    "attribute": ("case", "attribute"),
    "test_exceptions": ("case", "test_exceptions"),
    "notice": ("notice", "give"),
    "acknowledge": ("notice", "acknowledge"),
    "order": ("notice", "order"),
    "silence": ("notice", "observe"),
    "allege": ("allegation", "ask"),
    "reply": ("reply", "write"),
    "request": ("request", "ask"),
    "outcome": ("request", "settle"),
    "outage": ("case", "record_outage"),
    "conflict": ("conflict", "declare"),
    "boycott": ("conflict", "boycott"),
    "return": ("conflict", "return"),
    "note": ("note", "write"),
    "propose": ("finding", "propose"),
    "vote": ("vote", "cast"),
    "determine": ("finding", "determine"),
    "remedy": ("remedy", "ask"),
    "report_remedy": ("remedy", "report"),
    "verify_remedy": ("remedy", "verify"),
    "release": ("exhibit", "release"),
    "redact": ("exhibit", "redact"),
    "approve": ("case", "approve"),
    "merge": ("case", "merge"),
    "absorb": ("case", "merge"),
    "split": ("case", "split"),
    "reopen": ("case", "reopen"),
    "close": ("case", "close"),
}
"""Resource and action of each kind of act."""

_WHOSE = {"open": "complainant", "evidence": "owner"}
"""Which word of an act says whose it is, where that is not ``party``."""

_LEVELLED = ("evidence", "note")
"""Acts that say themselves at which level stands what they make."""

_BY_ORIGIN = {"complaint": "complain", "self_report": "self_report", "call": "call"}


def permit_of(act: Act, case: Case | None) -> tuple[str, Thing]:
    """Return the action, and the thing it is done to, as the access table speaks of them."""
    resource, action = PERMIT[act.kind]
    if act.kind == "open" and act.by.role == "liaison":
        origin = str(act.data.get("origin"))
        action = _BY_ORIGIN.get(origin, "open")
        resource = "notice" if origin == "call" else resource
    # Whose it is stands in the act itself: a liaison acts in the name of its own party only.
    whose = act.data.get(_WHOSE.get(act.kind, "party"))
    owners = set() if whose is None else {str(whose)}
    if act.kind == "open" and act.by.role == "liaison" and act.by.of is not None and not owners:
        owners.add(act.by.of)  # a call on the hotline complains of nobody, and is the caller's own all the same
    if act.kind in ("conflict", "boycott", "return", "vote") and act.by.seat is not None:
        owners.add(act.by.seat)
    if act.kind == "request" and act.by.of is not None:
        owners.add(act.by.of)
    audience = {str(name) for name in act.data.get("audience") or ()} | ({act.by.role} if act.kind == "note" else set())
    level = str(act.data.get("level", "restricted")) if act.kind in _LEVELLED else "restricted"
    state = None if case is None else case.state
    return action, Thing(resource, level, frozenset(owners), frozenset(audience), state)


def for_own(actor: Actor, kind: str, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an act's data; a liaison complains and reports for its own party, also where that is left out.

    A call on the hotline stays without complainant: who asks that fire stops takes no seat from its own side.
    """
    if kind != "open" or actor.role != "liaison" or data.get("origin") not in ("complaint", "self_report"):
        return data
    return data if data.get("complainant") is not None else {**data, "complainant": actor.of}
