# SPDX-License-Identifier: Apache-2.0
"""P(breach | event, provision, reading), with reasons (docs/explanation/assessment.md), as the ledger holds it.

    P(act is prohibited) x P(actor is bound | act) x P(inside the zone) x P(inside the window) x P(no exception)

Each factor is computed once for all events and for each different content of a provision (:mod:`judge`), then combined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from truceline.assessment import factors, sentences
from truceline.assessment.factors import Range
from truceline.assessment.judge import Judge, Pair
from truceline.assessment.zones import across_m
from truceline.base.clock import Interval
from truceline.base.geo import Floats, Line
from truceline.errors import StateError
from truceline.model.agreement import Agreement, Provision, Reading
from truceline.model.assessment import Assessment
from truceline.model.event import Events
from truceline.model.notice import Notice, Notified
from truceline.model.watching import ReferenceAct

LIT_WITHIN_HOURS = ReferenceAct().duration_hours
"""How long before it was first seen a fire may have been lit, hours: as long as the reference act burns."""


@dataclass(frozen=True, eq=False)
class _Column:
    """One factor for all rows: range and sentences."""

    low: list[float]
    high: list[float]
    text: list[str]


def assess(
    events: Events,
    agreement: Agreement,
    distance_to_line_m: Floats,
    line_uncertainty_km: float,
    line: Line | None = None,
    notices: Sequence[Notice] = (),
) -> tuple[Assessment, ...]:
    """Return every event that may have happened inside any reading's window, under each reading and provision.

    Args:
        events: n events as the ledger knows them.
        agreement: terms with their readings; clauses that permit something are not assessed themselves.
        distance_to_line_m: (n,) distance of each event to the line, metres; NaN where there is no line.
        line_uncertainty_km: one standard deviation of the line's own place, kilometres.
        line: the line of contact, for zones that are measured from it on one side; None: only the distance is known.
        notices: what was announced beforehand; each bears on what it covers before anything is called a breach.

    Returns:
        In the order of events, readings, provisions. Numbers are rounded to four digits, as the ledger holds them.

    Raises:
        StateError: the events have no ledger index yet (log before use).
    """
    if events.index is None:
        raise StateError("events must be in the ledger before they are assessed")
    pairs = [(r, p) for r in agreement.readings for p in r.provisions if p.rule == "prohibited"]
    may = np.zeros(len(events), dtype=bool)
    for when in {provision.window for _, provision in pairs}:
        may |= factors.window(events, when, LIT_WITHIN_HOURS) > 0
    rows = np.flatnonzero(may)
    if not len(rows):
        return ()
    far = np.asarray(distance_to_line_m)[rows]
    judge = Judge(events.take(rows), agreement, line, line_uncertainty_km * 1000, far, notices, LIT_WITHIN_HOURS)
    table = _Table(judge, far)
    columns = [table.columns(reading, provision) for reading, provision in pairs]
    return tuple(table.one(row, *column) for row in range(len(rows)) for column in columns)


_Columns = tuple[Pair, tuple[_Column, ...]]


class _Table:
    """Sentences and numbers of the events that may lie in a window, each made once per different content."""

    def __init__(self, judge: Judge, distance_m: Floats) -> None:
        self.judge = judge
        self.events = events = judge.events
        self.distance_m = distance_m
        self.made: dict[object, _Column] = {}
        assert events.index is not None  # assess refuses events without one
        self.index = events.index.tolist()
        self.status = factors.statuses(events)
        self.heat = factors.only_heat(events).tolist()
        self.status_text = [self._status_text(row) for row in range(len(events))]

    def _status_text(self, row: int) -> str:
        families = len(set(self.events.families[row]))
        return sentences.of_status(self.status[row], len(self.events.members[row]), families, self.heat[row])

    def columns(self, reading: Reading, provision: Provision) -> _Columns:
        """Return the factors of one provision of one reading."""
        pair = self.judge.pair(reading, provision)
        act, actor = self._act(provision.acts, pair.factor["act"]), self._actor(provision.actors, pair.factor["actor"])
        weapon, zone = self._weapon(provision.weapons, pair.factor["weapon"]), self._zone(pair)
        return pair, (act, weapon, actor, zone, self._window(provision.window, pair), self._exceptions(pair))

    def _act(self, acts: tuple[str, ...], found: Range) -> _Column:
        if ("act", acts) not in self.made:
            low, high = found.low.tolist(), found.high.tolist()
            text = [
                sentences.of_act(acts, a, b, self.judge.agreement.vocabulary) for a, b in zip(low, high, strict=True)
            ]
            self.made["act", acts] = _Column(low, high, text)
        return self.made["act", acts]

    def _weapon(self, weapons: tuple[str, ...], found: Range) -> _Column:
        low, high = found.low.tolist(), found.high.tolist()
        words = self.judge.agreement.vocabulary
        text = [sentences.of_weapon(weapons, a, b, words) for a, b in zip(low, high, strict=True)] if weapons else []
        return _Column(low, high, text)

    def _actor(self, actors: tuple[str, ...], found: Range) -> _Column:
        if ("actor", actors) not in self.made:
            low, high = found.low.tolist(), found.high.tolist()
            bound, parties = len(actors), len(self.judge.agreement.parties)
            text = [sentences.of_actor(bound, parties, a, b) for a, b in zip(low, high, strict=True)]
            self.made["actor", actors] = _Column(low, high, text)
        return self.made["actor", actors]

    def _zone(self, pair: Pair) -> _Column:
        key = ("zone", pair.reading.id, pair.provision.zone)
        if key not in self.made:
            found = pair.factor["place"]
            zone = self.judge.zone(pair.reading, pair.provision.zone)
            spread = np.hypot(across_m(self.events), self.judge.line_sigma_m).tolist()
            far, low, high = self.distance_m.tolist(), found.low.tolist(), found.high.tolist()
            text = [
                sentences.of_zone(zone, a, b, d, s, pair.why_place)
                for a, b, d, s in zip(low, high, far, spread, strict=True)
            ]
            self.made[key] = _Column(low, high, text)
        return self.made[key]

    def _window(self, when: Interval, pair: Pair) -> _Column:
        if ("window", when) not in self.made:
            found = pair.factor["time"].high.tolist()
            again = factors.fed_again(self.events, LIT_WITHIN_HOURS).tolist()
            text = [
                sentences.of_window(self.events, row, p, when, LIT_WITHIN_HOURS, again[row])
                for row, p in enumerate(found)
            ]
            self.made["window", when] = _Column(found, found, text)
        return self.made["window", when]

    def _exceptions(self, pair: Pair) -> _Column:
        found = pair.factor["exceptions"]
        low, high = found.low.tolist(), found.high.tolist()
        said = tuple(ground.text for ground in pair.grounds if ground.kind != "told")
        text = [sentences.of_exceptions(said, a, b) for a, b in zip(low, high, strict=True)]
        if any(ground.notified for ground in pair.grounds):
            told = (sentences.of_notices(pair.notified(row)) for row in range(len(text)))
            text = [f"{one} {more}".rstrip() for one, more in zip(text, told, strict=True)]
        return _Column(low, high, text)

    def one(self, row: int, pair: Pair, columns: tuple[_Column, ...]) -> Assessment:
        """Return the assessment of one row under one provision of one reading."""
        act, weapon, actor, zone, at, free = columns
        told = not pair.provision.unknown and not (zone.low[row] <= 0.0 and zone.high[row] >= 1.0)
        low, high = act.low[row] * weapon.low[row], act.high[row] * weapon.high[row]
        reasons = [("act", act.text[row]), ("weapon", weapon.text[row] if weapon.text else "")]
        reasons += [("actor", actor.text[row]), ("zone", zone.text[row]), ("window", at.text[row])]
        reasons += [("exceptions", free.text[row]), ("status", self.status_text[row])]
        rest = actor.low[row] * zone.low[row] * at.low[row] * free.low[row]
        most = actor.high[row] * zone.high[row] * at.high[row] * free.high[row]
        return Assessment(
            event=self.index[row],
            reading=pair.reading.id,
            provision=pair.provision.id,
            p_act=round(high, 4),
            p_actor=round(actor.high[row], 4),
            p_zone=round(zone.high[row], 4),
            p_window=round(at.high[row], 4),
            unexcused_low=round(free.low[row], 4),
            unexcused_high=round(free.high[row], 4),
            low=round(low * rest, 4) if told else None,
            high=round(high * most, 4) if told else None,
            status=self.status[row],
            attribution=self.judge.attributions(pair.provision.acts)[row],
            reasons=tuple((name, text) for name, text in reasons if text),
            p_act_low=_below(low, high),
            p_actor_low=_below(actor.low[row], actor.high[row]),
            notified=tuple(Notified.from_body(some.body()) for some in pair.notified(row)),
        )


def _below(low: float, high: float) -> float | None:
    """The lower end of a range, None where there is none."""
    return round(low, 4) if low < high else None
