# SPDX-License-Identifier: Apache-2.0
"""P(breach | event, provision, reading), with reasons (docs/explanation/assessment.md).

    P(act is prohibited) x P(actor is bound | act) x P(inside the zone) x P(inside the window) x P(no exception)

Each factor is computed once for all events and for each different content of a provision, then combined.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from truceline.assessment import factors, sentences
from truceline.assessment.zones import across_m, p_zone
from truceline.base.clock import Interval
from truceline.base.geo import Floats
from truceline.errors import StateError
from truceline.model.agreement import Agreement, Provision, Reading
from truceline.model.assessment import Assessment
from truceline.model.event import Events
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
    events: Events, agreement: Agreement, distance_to_line_m: Floats, line_uncertainty_km: float
) -> tuple[Assessment, ...]:
    """Return every event that may have happened inside any reading's window, under each reading and provision.

    Args:
        events: n events as the ledger knows them.
        agreement: terms with their readings.
        distance_to_line_m: (n,) distance of each event to the line, metres; NaN where there is no line.
        line_uncertainty_km: one standard deviation of the line's own place, kilometres.

    Returns:
        In the order of events, readings, provisions. Numbers are rounded to four digits, as the ledger holds them.

    Raises:
        StateError: the events have no ledger index yet (log before use).
    """
    if events.index is None:
        raise StateError("events must be in the ledger before they are assessed")
    pairs = [(reading, provision) for reading in agreement.readings for provision in reading.provisions]
    may = np.zeros(len(events), dtype=bool)
    for when in {provision.window for _, provision in pairs}:
        may |= factors.window(events, when, LIT_WITHIN_HOURS) > 0
    rows = np.flatnonzero(may)
    if not len(rows):
        return ()
    table = _Table(events.take(rows), agreement, np.asarray(distance_to_line_m)[rows], line_uncertainty_km * 1000)
    columns = [table.columns(reading, provision) for reading, provision in pairs]
    return tuple(table.one(row, *column) for row in range(len(rows)) for column in columns)


_Columns = tuple[Reading, Provision, _Column, _Column, _Column, _Column]


class _Table:
    """Factors of the events that may lie in a window, each made once per different content."""

    def __init__(self, events: Events, agreement: Agreement, distance_m: Floats, line_sigma_m: float) -> None:
        self.events = events
        self.parties = tuple(party.id for party in agreement.parties)
        self.zones = {zone.id: zone for zone in agreement.zones}
        self.distance_m = distance_m
        self.line_sigma_m = line_sigma_m
        self.made: dict[object, _Column] = {}
        assert events.index is not None  # assess refuses events without one
        self.index = events.index.tolist()
        self.status = factors.statuses(events)
        self.heat = factors.only_heat(events).tolist()
        self.attribution = factors.attributions(events, self.parties)
        self.status_text = [self._status_text(row) for row in range(len(events))]

    def _status_text(self, row: int) -> str:
        families = len(set(self.events.families[row]))
        return sentences.of_status(self.status[row], len(self.events.members[row]), families, self.heat[row])

    def columns(self, reading: Reading, provision: Provision) -> _Columns:
        """Return the four factors that depend on the event, for one provision of one reading."""
        act = self._act(provision.acts)
        actor = self._actor(provision.actors)
        return reading, provision, act, actor, self._zone(provision.zone), self._window(provision.window)

    def _act(self, acts: tuple[str, ...]) -> _Column:
        if ("act", acts) not in self.made:
            found = factors.act(self.events, acts)
            low, high = found.low.tolist(), found.high.tolist()
            text = [sentences.of_act(acts, a, b) for a, b in zip(low, high, strict=True)]
            self.made["act", acts] = _Column(low, high, text)
        return self.made["act", acts]

    def _actor(self, actors: tuple[str, ...]) -> _Column:
        if ("actor", actors) not in self.made:
            found = factors.actor(self.events, actors, self.parties)
            low, high = found.low.tolist(), found.high.tolist()
            bound, parties = len(actors), len(self.parties)
            text = [sentences.of_actor(bound, parties, a, b) for a, b in zip(low, high, strict=True)]
            self.made["actor", actors] = _Column(low, high, text)
        return self.made["actor", actors]

    def _zone(self, name: str) -> _Column:
        if ("zone", name) not in self.made:
            zone = self.zones[name]
            found = p_zone(self.events, zone, self.distance_m, self.line_sigma_m).tolist()
            spread = np.hypot(across_m(self.events), self.line_sigma_m).tolist()
            far = self.distance_m.tolist()
            text = [sentences.of_zone(zone, p, d, s) for p, d, s in zip(found, far, spread, strict=True)]
            self.made["zone", name] = _Column(found, found, text)
        return self.made["zone", name]

    def _window(self, when: Interval) -> _Column:
        if ("window", when) not in self.made:
            found = factors.window(self.events, when, LIT_WITHIN_HOURS).tolist()
            again = factors.fed_again(self.events, LIT_WITHIN_HOURS).tolist()
            text = [
                sentences.of_window(self.events, row, p, when, LIT_WITHIN_HOURS, again[row])
                for row, p in enumerate(found)
            ]
            self.made["window", when] = _Column(found, found, text)
        return self.made["window", when]

    def one(
        self, row: int, reading: Reading, provision: Provision, act: _Column, actor: _Column, zone: _Column, at: _Column
    ) -> Assessment:
        """Return the assessment of one row under one provision of one reading."""
        low, high = factors.unexcused(provision.exceptions)
        p_inside = zone.high[row]
        told = not math.isnan(p_inside)  # an unknown zone is NaN: the breach cannot be told
        place = (p_inside if told else 1.0) * at.high[row]
        return Assessment(
            event=self.index[row],
            reading=reading.id,
            provision=provision.id,
            p_act=round(act.high[row], 4),
            p_actor=round(actor.high[row], 4),
            p_zone=round(p_inside, 4) if told else 1.0,
            p_window=round(at.high[row], 4),
            unexcused_low=round(low, 4),
            unexcused_high=round(high, 4),
            low=round(act.low[row] * actor.low[row] * place * low, 4) if told else None,
            high=round(act.high[row] * actor.high[row] * place * high, 4) if told else None,
            status=self.status[row],
            attribution=self.attribution[row],
            reasons=(
                ("act", act.text[row]),
                ("actor", actor.text[row]),
                ("zone", zone.text[row]),
                ("window", at.text[row]),
                ("exceptions", sentences.of_exceptions(provision.exceptions, low, high)),
                ("status", self.status_text[row]),
            ),
            p_act_low=_below(act, row),
            p_actor_low=_below(actor, row),
        )


def _below(column: _Column, row: int) -> float | None:
    """The lower end of a range, None where there is none."""
    return round(column.low[row], 4) if column.low[row] < column.high[row] else None
