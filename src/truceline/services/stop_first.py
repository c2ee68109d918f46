# SPDX-License-Identifier: Apache-2.0
"""Stop it first: what is corroborated, or called in, goes to both liaisons as a notice at once, and accuses nobody."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from truceline.base.clock import utc
from truceline.commission import Case
from truceline.commission.evidence import one_voice
from truceline.commission.rules import NOTICE_WITHIN
from truceline.commission.waiting import wants_notice
from truceline.model.case import MACHINE, Act
from truceline.model.taxonomy import Status
from truceline.services.cases import Cases

STOPPABLE = timedelta(hours=24)
"""An event that was over longer ago is no fire to be stopped; people open its case."""

LIKELY = 0.5
"""From this probability on a breach of a provision, or an excuse, is more likely than not."""

Read = Callable[[str], list[tuple[int, dict[str, Any]]]]
"""Bodies of the ledger's records of a kind, with their indices."""

New = Callable[[datetime], str]
"""Makes the id of an act of a moment."""


def give_notices(cases: Cases, at: datetime, new: New) -> list[Act]:
    """Give the notice of every call, and of every case whose evidence is corroborated; returns what was done."""
    given = []
    for case in list(cases):
        if wants_notice(case) and (case.origin == "call" or len(one_voice(case.exhibits.values())) >= 2):
            why = (
                "a call on the hotline" if case.origin == "call" else "corroborated by two independent kinds of sensor"
            )
            given.append(_notice(cases, case.id, at, new, why))
    return given


def _notice(cases: Cases, case: str, at: datetime, new: New, why: str) -> Act:
    act = Act(new(at), case, "notice", MACHINE, at, f"{why}: both liaisons at once, and nobody is accused", {})
    cases.do(act)
    return act


@dataclass(frozen=True)
class Stopped:
    """What a run of the watch led to."""

    opened: tuple[str, ...]
    """Cases opened, each with its notice."""

    announced: tuple[tuple[int, str], ...]
    """Events that a good notice covers, with the notice's id: no allegation, and no case."""


def open_corroborated(cases: Cases, read: Read, at: datetime, new: New) -> Stopped:
    """Open a case, with its notice, of every corroborated event that may still go on and that nothing announced.

    What was announced is told by the run's own assessments; nothing is matched here a second time.

    Raises:
        UnavailableError: the ledger cannot be written.
    """
    assessed: dict[int, list[dict[str, Any]]] = {}
    for _, body in read("assessment"):
        if body["status"] == Status.CORROBORATED.value:
            assessed.setdefault(int(body["event"]), []).append(body)
    # A party cannot know an event's index; whoever names one in a complaint stops no notice by it.
    ours = (case for case in cases if cases.acts(case.id)[0][1].by.role != "liaison")
    known = {index for case in ours for index in case.events}
    opened, announced = [], []
    for index, event in read("event"):
        if index not in assessed or index in known or at - utc(event["last"]) > STOPPABLE:
            continue
        permit = permitted(assessed[index])
        if permit is not None:
            announced.append((index, permit))
        else:
            opened.append(_opened(cases, index, assessed[index], at, new))
    return Stopped(tuple(opened), tuple(announced))


def permitted(assessed: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the good notice by which an event is no allegation; None: under some reading it may be a breach still.

    Where no sensor tells who did it, it may be what was announced: enough to accuse nobody, and to open no case.
    """
    found: set[str] = set()
    for body in assessed:
        good = {
            each["id"]
            for each in body.get("notified", ())
            if each["state"] in ("in_time", "late_excused")
            and each["high"] >= LIKELY
            and body["unexcused_low"] < LIKELY
        }
        found |= good
        if not good and (body["high"] is None or body["high"] >= LIKELY) and body["unexcused_high"] >= LIKELY:
            return None
    return min(found, default=None)


def _opened(cases: Cases, index: int, assessed: list[dict[str, Any]], at: datetime, new: New) -> str:
    windows = {n["id"] for body in assessed for n in body.get("notified", ()) if n["kind"] == "silence"}
    broken = f", in the window of silence {', '.join(sorted(windows))}" if windows else ""
    provisions = sorted({body["provision"] for body in assessed if (body["high"] or 0) >= LIKELY})
    data = {"title": f"Event {index}", "origin": "event", "events": [index], "provisions": provisions}
    name = new(at)
    cases.do(Act(name, name, "open", MACHINE, at, f"a corroborated event{broken}", data))
    readings = _by_reading(assessed)
    cases.do(Act(new(at), name, "assess", MACHINE, at, "as the run assessed it", {"readings": readings}))
    _notice(cases, name, at, new, f"a corroborated event{broken}")
    return name


def _by_reading(assessed: Iterable[Mapping[str, Any]]) -> dict[str, list[float | None]]:
    """Per reading, the probability of the provision most likely broken; *cannot tell* stays so."""
    found: dict[str, list[float | None]] = {}
    for body in assessed:
        told = [body["low"], body["high"]]
        before = found.get(body["reading"])
        if before is None or (told[1] is not None and (before[1] is None or told[1] > before[1])):
            found[body["reading"]] = told
    return found


def tally(cases: Iterable[Case], now: datetime) -> dict[str, Any]:
    """Return how stopping first fared: notices in time, late and overdue, minutes to silence, closed without blame."""
    held = list(cases)
    noticed = [(case, min(s.at for s in case.notices.values())) for case in held if case.notices]
    minutes = []
    for case, _ in noticed:
        silent = [served.silent for served in case.notices.values()]
        if all(silent):
            minutes.append((max(moment for moment in silent if moment) - case.opened) / timedelta(minutes=1))
    in_time = sum(at - case.opened <= NOTICE_WITHIN for case, at in noticed)
    return {
        "notices": len(noticed),
        "in_time": in_time,
        "late": len(noticed) - in_time,
        "overdue": sum(wants_notice(case) and now - case.opened > NOTICE_WITHIN for case in held),
        "silence_minutes": {
            "cases": len(minutes),
            "median": round(median(minutes), 1) if minutes else None,
            "most": round(max(minutes), 1) if minutes else None,
        },
        "stopped_without_blame": sum(case.exit == "stopped without blame" for case in held),
    }
