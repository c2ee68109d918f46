# SPDX-License-Identifier: Apache-2.0
"""A person's queue: everything that waits for this person, by its clock and not by when it came. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from truceline.access import Thing, decide
from truceline.base.clock import iso
from truceline.commission import Case, Rules
from truceline.commission.apply import named
from truceline.commission.waiting import Waiting, waiting
from truceline.logbook import Book
from truceline.model.case import Act, Actor
from truceline.services.log import PERMIT_OF_ENTRY
from truceline.services.permits import permit_of
from truceline.services.response import Responses
from truceline.services.response_tasks import of_response
from truceline.services.views import concerned, may_see, unread

OF_THE_CLOCK = timedelta(minutes=10)
"""A check-in stands in the queue from so long before it is due."""


@dataclass(frozen=True)
class Task:
    """One thing that waits for somebody."""

    do: str
    """Kind of act or entry that settles it."""

    since: datetime
    """Since when it waits, UTC."""

    due: datetime | None
    """Until when, UTC; None: nothing sets a time."""

    clock: str
    """Which clock that is, in words."""

    case: str | None = None
    """Id of the case; None: it is a matter of the watch log."""

    title: str | None = None
    """As pages show it."""

    data: dict[str, Any] = field(default_factory=dict)
    """What the act would name."""

    def to_json(self, now: datetime) -> dict[str, Any]:
        """Return it as JSON, with the minutes left; below nought they are over."""
        left = None if self.due is None else round((self.due - now) / timedelta(minutes=1), 1)
        return {
            "do": self.do,
            "case": self.case,
            "title": self.title,
            "data": self.data,
            "since": iso(self.since),
            "due": None if self.due is None else iso(self.due),
            "left_minutes": left,
            "overdue": left is not None and left < 0,
            "clock": self.clock,
        }


def queue(
    cases: Iterable[Case], book: Book, actor: Actor, rules: Rules, now: datetime, responses: Responses | None = None
) -> list[Task]:
    """Return everything that waits for a person: what is due first comes first, what has no clock last, oldest first.

    What stands there is the person's to do by the table of access, and possible by the rules of the commission.
    """
    found = [task for case in cases if may_see(case, actor) for task in _of_case(case, actor, rules, now)]
    found += _of_log(book, actor, now)
    if responses is not None:
        found += [Task(*each) for each in of_response(responses, actor, now)]
    return sorted(found, key=lambda t: (t.due is None, t.due or t.since, t.since, t.case or "", t.do, str(t.data)))


def _of_case(case: Case, actor: Actor, rules: Rules, now: datetime) -> list[Task]:
    title = case.title if concerned(case, actor) else None
    return [
        Task(item.kind, item.since, item.due, item.clock, case.id, title, dict(item.data))
        for item in waiting(case, rules, now)
        if _is_for(item, case, actor, now)
    ]


def _is_for(item: Waiting, case: Case, actor: Actor, now: datetime) -> bool:
    if item.not_by == actor.user or (item.seats is not None and actor.seat not in item.seats):
        return False
    if item.kind in ("acknowledge", "order", "reply", "report_remedy") and item.data.get("party") != actor.of:
        return False
    step = case.pending.get(str(item.data.get("of")))
    if step is not None and unread(case, actor, named(step.data)):
        return False
    action, thing = permit_of(Act("queue", case.id, item.kind, actor, now, "queue", item.data), case)
    return decide(actor, action, thing).allowed


def _of_log(book: Book, actor: Actor, now: datetime) -> list[Task]:
    """Lost contacts, check-ins nearly due, handovers to be taken over, questions left open."""
    found = []
    for patrol in book.patrols.values():
        if patrol.due is not None and now > patrol.due - OF_THE_CLOCK:
            clock = f"its own interval of {patrol.every / timedelta(minutes=1):g} minutes"
            found.append(Task("check_in", patrol.heard, patrol.due, clock, None, None, {"patrol": patrol.name}))
    handover = book.waiting()
    if handover is not None and handover.entry.by.user != actor.user:
        since, data = handover.entry.at, {"of": handover.entry.id}
        found.append(Task("take_over", since, None, "none: the shift waits for the next officer", None, None, data))
    for question in book.open_questions():
        data = {"of": question.entry.id, "text": question.text}
        found.append(Task("answer", question.entry.at, None, "none: a question left open", None, None, data))
    return [task for task in found if _may_enter(actor, task.do)]


def _may_enter(actor: Actor, kind: str) -> bool:
    resource, action = PERMIT_OF_ENTRY[kind]
    return decide(actor, action, Thing(resource)).allowed
