# SPDX-License-Identifier: Apache-2.0
"""Cases in the ledger: who may do it is asked first, then whether it is possible, then it is logged."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from truceline.access import Thing, decide
from truceline.base.ids import ulid
from truceline.commission import Case, Rules, apply, begin
from truceline.commission.apply import named
from truceline.commission.checks import check_words
from truceline.commission.forms import check_form
from truceline.errors import AccessError, StateError
from truceline.model.case import MACHINE_ROLE, RECORD_OF, Act
from truceline.services.access_log import Append, Decided
from truceline.services.acts import acts_seen
from truceline.services.permits import permit_of
from truceline.services.views import unread

OF_AN_EXHIBIT = ("withdraw_evidence", "grade", "custody")
"""Acts on an exhibit itself, whichever case it lies in."""

_KINDS = tuple(dict.fromkeys(RECORD_OF.values()))


class Cases:
    """All cases of one ledger, as they stand after its last record."""

    def __init__(
        self, rules: Rules, append: Append, refused: Callable[[Decided, datetime], None] | None = None
    ) -> None:
        """``refused`` is told of each refusal before it is told to the person; by default it is a record at once."""
        self.rules = rules
        self._append = append
        self._refused = refused or (lambda decided, at: append([decided.record(at)]))
        self._cases: dict[str, Case] = {}
        self._acts: dict[str, list[tuple[int, Act]]] = {}
        self._journal: list[tuple[int, Act]] = []
        self._keyed: dict[tuple[str, str], tuple[int, Act, Case]] = {}

    def load(self, read: Callable[[str], list[tuple[int, dict[str, Any]]]]) -> None:
        """Take up what a ledger already holds.

        Raises:
            StateError: an act there is not possible after those before it; such a ledger was not written by us.
        """
        held = sorted((index, body) for kind in _KINDS for index, body in read(kind) if "act" in body)
        for index, body in held:
            self._keep(index, Act.from_body(body))

    def _keep(self, index: int, act: Act) -> None:
        self._hold(index, act, self._tried(act, self._cases))

    def _hold(self, index: int, act: Act, case: Case) -> None:
        self._cases[act.case] = case
        self._acts.setdefault(act.case, []).append((index, act))
        self._journal.append((index, act))
        if act.key is not None:
            self._keyed[act.by.user, act.key] = (index, act, case)

    def under(self, user: str, key: str) -> tuple[int, Act, Case] | None:
        """Return what a person did under an idempotency key: index, act, the case after it; None: nothing."""
        return self._keyed.get((user, key))

    def journal(self, start: int = 0) -> list[tuple[int, Act]]:
        """Return all acts of all cases with their ledger indices, in order, from the ``start``-th on."""
        return self._journal[start:]

    def do(self, act: Act) -> tuple[int, Case]:
        """Do one act: allowed, then possible, then in the ledger. Returns its index and the case after it.

        Raises:
            AccessError: it is not this person's to do; the refusal itself is logged.
            StateError: it is not possible now; nothing is logged.
            Malformed: its data do not have the form; nothing is logged.
            UnavailableError: the ledger cannot be written; nothing happened.
        """
        self.ask(act)
        check_words(act.data, self.rules)
        self._known(act)
        acts = (act, *self._along(act))
        after: dict[str, Case] = {}
        for each in acts:
            after[each.case] = self._tried(each, {**self._cases, **after})
        indices = self._append([each.record() for each in acts])
        for index, each in zip(indices, acts, strict=True):
            self._hold(index, each, after[each.case])
        return indices[0], after[act.case]

    def _known(self, act: Act) -> None:
        """Return if the person may know of all that an act names; else it is answered as if that were not there.

        Raises:
            StateError: what it names is not there, or not this person's to know of; the words are the same.
            Malformed: the same of an act that has not the form.
        """
        case = self._cases.get(str(act.data.get("split_from")) if act.kind == "open" else act.case)
        if case is None or act.by.role == MACHINE_ROLE:
            return
        step = case.pending.get(str(act.data.get("of")))
        names = [*named(act.data), *(named(step.data) if step is not None else ())]
        hidden = unread(case, act.by, names)
        if act.kind == "evidence":  # what it speaks against may be any act
            seen = {each.id for _, each in acts_seen(case, self.acts(case.id), act.by, self.rules)}
            hidden |= {name for name in names if name in case.acts} - seen
        if hidden:
            self._tried(act, {**self._cases, case.id: _without(case, hidden)})
            raise StateError(f"{act.by.user} may not read what this is about", record=act.id)

    def _along(self, act: Act) -> tuple[Act, ...]:
        """Return what one act does to other cases at once.

        What is merged is absorbed; what is split off leaves; what befalls an exhibit befalls it in every case it is in.
        """
        if act.kind == "merge" and act.data.get("into") is not None:
            return (_beside(act, str(act.data["into"]), "absorb", {"from": act.case}),)
        if act.kind == "open" and act.data.get("split_from") is not None:
            data = {"events": list(act.data.get("events", ())), "into": act.case}
            return (_beside(act, str(act.data["split_from"]), "split", data),)
        if act.kind not in OF_AN_EXHIBIT:
            return ()
        name = str(act.data.get("evidence"))
        others = [c for c in self if c.id != act.case and c.merged_into is None and name in c.exhibits]
        return tuple(_beside(act, c.id, act.kind, act.data) for c in others if not c.exhibits[name].withdrawn)

    def _tried(self, act: Act, cases: Mapping[str, Case]) -> Case:
        """Return the case that an act leads to; nothing is kept."""
        if act.kind == "open":
            if act.case in cases:
                raise StateError("the case is open already", record=act.id)
            return begin(act, self.rules, cases)
        if act.case not in cases:
            raise StateError(f"there is no case {act.case}", record=act.id)
        return apply(cases[act.case], act, self.rules, cases)

    def ask(self, act: Act) -> None:
        """Return if the act is this person's to do.

        Raises:
            AccessError: it is not; the refusal itself is logged.
            Malformed: its data hold what no act of its kind holds.
            UnavailableError: the refusal cannot be logged.
        """
        check_form(act.kind, act.data)
        if act.by.role == MACHINE_ROLE:
            return
        action, thing = permit_of(act, self._cases.get(act.case))
        if decide(act.by, action, thing).allowed:
            if act.kind != "open" or act.data.get("split_from") is None:
                return
            action, thing = "split", Thing("case")  # it takes from another case, too
            if decide(act.by, action, thing).allowed:
                return
        self._refused(Decided(act.by, action, thing.resource, act.case, allowed=False), act.at)
        raise AccessError(f"{act.by.user} ({act.by.role}) may not {action} {thing.resource}", record=act.case)

    def case(self, name: str) -> Case:
        """Return a case.

        Raises:
            StateError: there is none of that id.
        """
        if name not in self._cases:
            raise StateError(f"there is no case {name}")
        return self._cases[name]

    def find(self, name: str) -> Case | None:
        """Return a case; None: there is none of that id."""
        return self._cases.get(name)

    def acts(self, name: str) -> list[tuple[int, Act]]:
        """Return the acts of a case with their ledger indices, in order."""
        return list(self._acts.get(name, ()))

    def __iter__(self) -> Iterator[Case]:
        return iter(self._cases.values())


def _beside(act: Act, where: str, kind: str, data: Mapping[str, Any]) -> Act:
    """Return what an act does to another case at once."""
    name = ulid(act.at, hashlib.sha256(f"{act.id}/{kind}/{where}".encode()).digest()[:10])
    return Act(name, where, kind, act.by, act.at, act.reason, data)


def _without(case: Case, hidden: frozenset[str]) -> Case:
    """Return a case as it would be if some things were not there."""

    def left(held: Mapping[str, Any]) -> dict[str, Any]:
        return {name: each for name, each in held.items() if name not in hidden}

    acts = tuple(name for name in case.acts if name not in hidden)
    return replace(
        case, acts=acts, exhibits=left(case.exhibits), findings=left(case.findings), remedies=left(case.remedies)
    )
