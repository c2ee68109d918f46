# SPDX-License-Identifier: Apache-2.0
"""Cases merged and split. Nothing gets lost on the way: evidence, hearings and requests go along with their ids."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from truceline.commission.case import Case, Served
from truceline.commission.hearing import heard_anew
from truceline.commission.rules import Rules
from truceline.errors import StateError
from truceline.model.case import Act


def _merge(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # the same under every agreement
    into = str(act.data["into"])
    if into == case.id or any(p.outcome is None for p in case.proposals.values()):
        raise StateError("a case with an open vote, or one into itself, is not merged", record=act.id)
    if case.finding is not None or case.pending:
        raise StateError("a case with a standing finding, or a step that waits for a second person, is not merged")
    return replace(case, merged_into=into)


def _split(case: Case, act: Act, rules: Rules) -> Case:
    del rules  # the new case opens by an act of its own that names these events
    leaving = {int(index) for index in act.data["events"]}
    if not leaving < set(case.events):
        raise StateError("a split takes some of the case's events and leaves some", record=act.id)
    return replace(case, events=tuple(index for index in case.events if index not in leaving))


def absorbed(case: Case, act: Act, cases: Mapping[str, Case]) -> Case:
    """Return a case with another's evidence, hearings and requests. What was tested must be tested again.

    Raises:
        StateError: the other was not merged into this one.
    """
    other = cases.get(str(act.data["from"]))
    if other is None or other.merged_into != case.id or other.id in case.absorbed:
        raise StateError(f"{act.data['from']} was not merged into this case", record=act.id)
    if any(p.outcome is None for p in case.proposals.values()):
        raise StateError("another vote is open", record=act.id)
    for party in set(case.allegations) & set(other.allegations):
        if bool(case.allegations[party].replies) != bool(other.allegations[party].replies):
            raise StateError("a party replied in one of the two cases only; it is heard in both first", record=act.id)
    joined = replace(
        case,
        events=tuple(dict.fromkeys((*case.events, *other.events))),
        provisions=tuple(dict.fromkeys((*case.provisions, *other.provisions))),
        accused=tuple(sorted({*case.accused, *other.accused})),
        complainant=case.complainant or other.complainant,
        exhibits={**other.exhibits, **case.exhibits},
        notices=_both(case.notices, other.notices),
        allegations=_both(case.allegations, other.allegations),
        requests={**other.requests, **case.requests},
        outages=tuple(sorted({*case.outages, *other.outages})),
        conflicts=case.conflicts | other.conflicts,
        stepped_back=case.stepped_back | other.stepped_back,
        notes=(*case.notes, *other.notes),
        released={**other.released, **case.released},
        exceptions_tested=False,
        notices_matched=False,
        absorbed=(*case.absorbed, other.id),
    )
    return heard_anew(joined)


def _both(one: Mapping[str, Served], other: Mapping[str, Served]) -> dict[str, Served]:
    """Join what was served on each party: it was heard on what came last, and none of its replies is lost."""
    found = {**other, **one}
    for party in set(one) & set(other):
        first, last = sorted((one[party], other[party]), key=lambda served: served.at)
        found[party] = replace(
            last,
            replies=(*first.replies, *last.replies),
            came=(*first.came, *last.came),
            late=(*first.late, *last.late),
            admitted=first.admitted or last.admitted,
        )
    return dict(sorted(found.items(), key=lambda item: item[1].at))


def taken_along(case: Case, act: Act, cases: Mapping[str, Case]) -> Case:
    """Return a new case with what it takes along from the one it is split from: exhibits it names, with their custody.

    Raises:
        StateError: there is no such case, or it does not have the events.
        KeyError: it does not have the exhibit.
    """
    name = act.data.get("split_from")
    if name is None:
        return case
    source = cases.get(str(name))
    if source is None or not case.events or not set(case.events) < set(source.events):
        raise StateError(f"a split takes some of the events of {name} and leaves some", record=act.id)
    exhibits = {str(each): source.exhibits[str(each)] for each in act.data.get("evidence", ())}
    return replace(case, split_from=source.id, exhibits=exhibits, provisions=case.provisions or source.provisions)


HANDLERS: Mapping[str, Callable[[Case, Act, Rules], Case]] = {"merge": _merge, "split": _split}
"""By kind of act."""
