# SPDX-License-Identifier: Apache-2.0
"""Runs at the edges, for tests of the reports: each a whole run of real model objects with one thing extreme."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from run_factory import LINE, PLACES, TOWNS_LINE, WINDOW, agreement, hours, line_view, make_run, passes

from truceline.base.clock import Interval
from truceline.base.geo import Line
from truceline.model.detection import Detections

HOSTILE = (
    "<script>alert(1)</script>",
    '" onload="alert(1)',
    "=cmd|'/c calc'!A0",
    "\u202egnip\u202c",
    "\u2066x\u2069",
    "a\x00b\x1b[2J\x07",
    "]]>&amp;<!--",
    "line\u2028break\u2029here",
    "#panic() $x$ \\",
    "\ud800",
    "北京 አዲስ 😀 กรุงเทพ",
)
"""Text from outside that means harm, or that some font lacks."""


def every_line(run, **changes):
    return replace(run, lines=tuple(replace(view, **changes) for view in run.lines))


def no_events(run):
    none = np.zeros(0)
    bare = every_line(run, distance_m=none, along_m=none, on_first_side=np.zeros(0, bool))
    return replace(bare, events=run.events.take(np.zeros(len(run.events), bool)), assessments=())


def no_rows(run):
    return replace(
        every_line(no_events(run), detection_distance_m=np.zeros(0)),
        detections=Detections.empty(),
        rows_read=0,
        rejected=(),
    )


def unseen(run):
    """Nothing was observed on either side."""

    def dark(coverage):
        return replace(
            coverage,
            hourly=coverage.hourly * np.nan,
            by_sector=coverage.by_sector * np.nan,
            observed_share=coverage.observed_share * 0,
            by_side={"A": None, "B": None},
            share=0.0,
            low=0.0,
            high=0.0,
            gaps=(WINDOW,),
        )

    return replace(run, lines=tuple(replace(view, coverage=dark(view.coverage)) for view in run.lines))


def under(run, line):
    return replace(run, lines=(line_view("given", "another line", line, run.events, run.detections),))


def crumbs(run):
    """A line of which two parts are no larger than a dot."""
    dots = (((38.0, 50.0), (38.00001, 50.00001)), ((38.1, 50.0), (38.1, 50.000001), (38.1, 50.0)))
    return under(run, Line((*LINE.parts, *dots)))


def far(run, lon, lat):
    return under(run, Line((tuple((lon + 0.3 * step, lat + 0.2 * step) for step in range(5)),)))


def half_told(run):
    """Of every other event nothing tells the cause."""
    war = run.events.p_act["act_of_war"].copy()
    war[::2] = np.nan
    return replace(run, events=replace(run.events, p_act={**run.events.p_act, "act_of_war": war}))


def many(run, times=12):
    """Some twelve hundred events."""
    rows = np.tile(np.arange(len(run.events)), times)
    events = run.events.take(rows)
    views = tuple(
        replace(v, distance_m=v.distance_m[rows], along_m=v.along_m[rows], on_first_side=v.on_first_side[rows])
        for v in run.lines
    )
    return replace(run, events=events.with_index(np.arange(len(rows)) + 400), lines=views)


def named(run, text):
    """The run with that text in every place where a person's or a file's words go."""
    terms = run.agreement
    parties = tuple(
        replace(p, name=f"{p.name} {text}", forces=f"{p.forces} {text}", aliases=(*p.aliases,)) for p in terms.parties
    )
    readings = tuple(
        replace(r, name=f"{r.name} {text}", summary=text, source=terms.readings[0].source) for r in terms.readings
    )

    def check(one):
        told = replace(one.claim, claimant=text, accused=text, unit=text, outlet=text, published=text, confidence=text)
        return replace(one, claim=told, claimant_party=None, accused_party=None, reasons=((text, text),))

    views = tuple(
        replace(
            v,
            title=f"{v.title} {text}",
            source=text,
            claims=(v.claims[0], *(check(c) for c in v.claims)),
            estimate=replace(v.estimate, reason=text, assumptions=(text,)),
            comparison=replace(v.comparison, reason=text),
        )
        for v in run.lines
    )
    towns = dict(run.place_names)
    towns["name"] = np.array([text] * len(towns["name"]), dtype=object)
    return replace(
        run,
        title=text,
        agreement=replace(terms, title=text, parties=parties, readings=readings),
        lines=views,
        place_names=towns,
        rejected=tuple(replace(r, file=text, reason=text) for r in run.rejected),
        sources=tuple({**s, "credit": text, "file": text, "licence": text} for s in run.sources),
        one_sided=({"title": text, "text": text},),
        versions={"truceline": text},
    )


def swapped():
    """The same run, but who is A and who is B is exchanged in terms, claims and sides; nothing else."""
    one = make_run()
    other = {"A": "B", "B": "A", None: None}
    terms = agreement()
    parties = tuple(replace(p, id=other[p.id]) for p in terms.parties[::-1])
    readings = tuple(
        replace(
            r,
            held_by=tuple(other[h] for h in r.held_by),
            provisions=tuple(replace(p, actors=("A", "B")) for p in r.provisions),
        )
        for r in terms.readings
    )
    responses = {other[k]: v for k, v in terms.responses.items()}

    def turn(view):
        coverage = view.coverage
        return replace(
            view,
            sides=replace(view.sides, first=other[view.sides.first], second=other[view.sides.second]),
            coverage=replace(
                coverage,
                sides=tuple(other[s] for s in coverage.sides),
                by_side={other[k]: v for k, v in coverage.by_side.items()},
            ),
            claims=tuple(
                replace(c, claimant_party=other[c.claimant_party], accused_party=other[c.accused_party])
                for c in view.claims
            ),
        )

    return replace(
        one,
        agreement=replace(terms, parties=parties, readings=readings, responses=responses),
        lines=tuple(turn(view) for view in one.lines),
    )


def edges():
    """Name → run."""
    run = make_run()
    terms = run.agreement
    return {
        "plain": run,
        "no events": no_events(run),
        "no rows": no_rows(run),
        "no looks": replace(unseen(run), looks=(), looks_logged=0, denials=()),
        "no denials": replace(run, denials=()),
        "no claims": every_line(run, claims=()),
        "no cloud": replace(run, cloud=()),
        "no sides": every_line(run, sides=None),
        "no towns": replace(run, place_names={}),
        "no extent": replace(run, extent=()),
        "no sources": replace(run, sources=(), one_sided=(), versions={}, ledger={"size": 0}),
        "nothing observed": unseen(run),
        "one party only": replace(run, agreement=replace(terms, parties=terms.parties[:1])),
        "crumbs of line": crumbs(run),
        "far north at the antimeridian": far(run, -179.9, 70.0),
        "far south": far(run, 20.0, -40.0),
        "over before it began": replace(run, period=Interval(hours(0), hours(20))),
        "begun when over": replace(run, period=Interval(hours(70), hours(96))),
        "half told": half_told(run),
        "no beliefs": replace(run, events=replace(run.events, p_act={}, attributes={})),
        "no index": replace(run, events=replace(run.events, index=None)),
        "half-hour offset": replace(run, agreement=replace(terms, local_offset_hours=-9.5)),
        "no assessments": replace(run, assessments=()),
        "many events": many(run),
        "all denied": replace(
            run,
            denials=tuple(replace(run.denials[0], sensor=s, interval=run.period) for s in {x.sensor for x in passes()}),
        ),
        "one line": replace(run, lines=run.lines[:1]),
        "long name": named(run, "Averyverylongname" * 12),
    }


__all__ = ["HOSTILE", "PLACES", "TOWNS_LINE", "edges", "every_line", "named", "swapped"]
