# SPDX-License-Identifier: Apache-2.0
"""One act on a case: the next state, or the reason why it is not possible. Pure; the act carries its own time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from truceline.commission import deliberation, hearing, joining
from truceline.commission.case import Case
from truceline.commission.rules import Rules
from truceline.errors import Malformed, StateError
from truceline.model.case import MACHINE_ROLE, Act

OF_THE_MACHINE = frozenset({"open", "evidence", "assess", "notice", "outage"})
"""What the program may do by itself. It never votes, finds, attributes, accuses, releases or closes."""

AFTER_THE_END = frozenset(
    {
        *("reopen", "remedy", "report_remedy", "verify_remedy", "release", "approve", "reply", "note", "redact"),
        *("silence", "custody", "request", "outcome", "withdraw_evidence", "grade", "outage"),
    }
)
"""What is still possible once a case is closed."""

Handler = Callable[[Case, Act, Rules], Case]

HANDLERS: Mapping[str, Handler] = {**hearing.HANDLERS, **deliberation.HANDLERS, **joining.HANDLERS}
"""How each kind of act changes a case; ``open`` makes one."""


NO_CASES: Mapping[str, Case] = {}
"""Where a case is judged by itself, none can be merged into it or split from another."""


def begin(act: Act, rules: Rules, cases: Mapping[str, Case] = NO_CASES) -> Case:
    """Return the case that an ``open`` act opens; ``cases`` holds the one it may be split from.

    Raises:
        StateError: the act opens nothing, or accuses somebody who is no party.
        Malformed: its data do not have the form.
    """
    if act.kind != "open" or act.case != act.id:
        raise StateError("a case begins with the act that opens it", record=act.id)
    data = act.data
    origin = data.get("origin")
    if origin not in ("event", "complaint", "self_report", "call"):
        raise Malformed("origin: one of event, complaint, self_report, call", record=act.id)
    complainant = data.get("complainant")
    try:
        accused = _parties(data.get("accused") or (), rules, act)
        if complainant is not None:
            _parties((complainant,), rules, act)
        if act.by.role == MACHINE_ROLE and (accused or origin != "event"):
            raise StateError("the program opens a case of an event only, and accuses nobody", record=act.id)
        made = Case(
            id=act.id,
            title=str(data.get("title") or "untitled"),
            origin=origin,
            opened=act.at,
            now=act.at,
            events=tuple(int(index) for index in data.get("events") or ()),
            provisions=tuple(map(str, data.get("provisions") or ())),
            accused=accused,
            complainant=complainant,
            acts=(act.id,),
            users={act.id: act.by.user},
        )
        return joining.taken_along(made, act, cases)
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise _refused(act, error) from error


def _parties(names: Iterable[str], rules: Rules, act: Act) -> tuple[str, ...]:
    found = tuple(names)
    for name in found:
        if name not in rules.parties:
            raise StateError(f"{name!r} is no party of the agreement", record=act.id)
    return found


def apply(case: Case, act: Act, rules: Rules, cases: Mapping[str, Case] = NO_CASES) -> Case:
    """Return the case after one more act; ``cases`` holds the one that it may absorb.

    Raises:
        StateError: it is not possible now, or not by this person; the reason says why.
        Malformed: its data do not have the form.
    """
    if act.case != case.id:
        raise StateError(f"the act belongs to case {act.case}", record=act.id)
    if act.id in case.users:
        raise StateError("the act was done already", record=act.id)
    if act.at < case.now:
        raise StateError("an act cannot come before the newest one of its case", record=act.id)
    if act.by.role == MACHINE_ROLE and act.kind not in OF_THE_MACHINE:
        raise StateError(f"the program cannot {act.kind.replace('_', ' ')}; people do", record=act.id)
    if case.merged_into is not None:
        raise StateError(f"the case went into {case.merged_into}", record=act.id)
    if case.exit is not None and act.kind not in AFTER_THE_END:
        raise StateError(f"the case is closed ({case.exit}); reopen it first", record=act.id)
    handler = HANDLERS.get(act.kind)
    if handler is None and act.kind != "absorb":
        raise StateError(f"a case that is open cannot be {act.kind} again", record=act.id)
    try:
        changed = joining.absorbed(case, act, cases) if handler is None else handler(case, act, rules)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise _refused(act, error) from error
    return replace(changed, now=act.at, acts=(*case.acts, act.id), users={**case.users, act.id: act.by.user})


def _refused(act: Act, error: Exception) -> StateError | Malformed:
    """What the act names is not there, which another act may change; or it is not of the form at all."""
    if isinstance(error, KeyError) and error.args[0] in named(act.data):
        return StateError(f"{act.kind}: there is no {error.args[0]!r:.80} here", record=act.id)
    said = f"{error} is missing or unknown" if isinstance(error, KeyError) else str(error)[:200]
    return Malformed(f"{act.kind}: {said}", record=act.id)


def named(data: Mapping[str, Any]) -> set[str]:
    """Return what an act names, alone or in a list: a thing of that name may not be there."""
    values = [each for value in data.values() for each in (value if isinstance(value, list | tuple) else (value,))]
    return {each for each in values if isinstance(each, str)}


def fold(acts: Iterable[Act], rules: Rules) -> Mapping[str, Case]:
    """Return every case that acts add up to, by id, in the order they were opened.

    Raises:
        StateError: an act that was not possible; the ledger would not hold it.
    """
    cases: dict[str, Case] = {}
    for act in acts:
        if act.kind == "open":
            cases[act.case] = begin(act, rules, cases)
        elif act.case in cases:
            cases[act.case] = apply(cases[act.case], act, rules, cases)
        else:
            raise StateError(f"there is no case {act.case}", record=act.id)
    return cases


def data_of(act: Act, *needed: str) -> dict[str, Any]:
    """Return an act's data, having checked that keys are there.

    Raises:
        Malformed: one is not.
    """
    missing = [key for key in needed if key not in act.data]
    if missing:
        raise Malformed(f"{act.kind}: {', '.join(missing)} missing", record=act.id)
    return dict(act.data)
