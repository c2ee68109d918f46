# SPDX-License-Identifier: Apache-2.0
"""Reports of truces that look nothing like the example: a month long, elsewhere on Earth, with parties swapped."""

from __future__ import annotations

import io
import json
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import numpy as np
import pypdf
import pytest
from run_factory import SENSORS, START, hours, make_run

from truceline.base.clock import Interval, to_column
from truceline.base.geo import Line, Sides
from truceline.model.look import Look
from truceline.reports.event_rows import event_rows
from truceline.reports.facts import near
from truceline.reports.html import html
from truceline.reports.pdf import pdf
from truceline.reports.picture_map import map_svg
from truceline.reports.picture_time import days_axis_svg, truce_axis_svg
from truceline.reports.summary import summary
from truceline.reports.svg import PAPER
from truceline.reports.text import duty_summary


def month(run, days=30):
    """The same run in a truce of a month, with passes by night on each day."""
    window = Interval(hours(24), hours(24 * (days + 1)))
    looks = tuple(
        Look(
            SENSORS[0], SENSORS[0], Interval(at, at + timedelta(minutes=3)), (), 1500, 829, False, 12, "orbit", 300 + n
        )
        for n in range(days + 2)
        for at in [hours(24 * n + 1)]
    )
    edges = [window.start, *[t for look in looks[1:-1] for t in (look.interval.start, look.interval.end)], window.end]
    gaps = tuple(Interval(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > timedelta(hours=2))
    provision = replace(run.agreement.readings[0].provisions[0], window=window)
    readings = tuple(replace(reading, provisions=(provision,)) for reading in run.agreement.readings)
    view = replace(run.view, coverage=replace(run.view.coverage, window=window, gaps=gaps))
    return replace(
        run,
        agreement=replace(run.agreement, title="Energy truce", readings=readings, local_offset_hours=-4.5),
        looks=looks,
        lines=(view,),
        period=Interval(START, hours(24 * (days + 2))),
    )


def moved(run, lon, lat):
    """The same run with everything moved on the Earth by so many degrees."""

    def shifted(line):
        return Line(tuple(tuple((x + lon, y + lat) for x, y in part) for part in line.parts))

    views = []
    for view in run.lines:
        line = shifted(view.line)
        at = line.nearest(run.events.lon + lon, run.events.lat + lat)
        views.append(
            replace(
                view,
                line=line,
                distance_m=at.distance_m,
                along_m=at.along_m,
                coverage=replace(view.coverage, sectors=line.sectors(line.length_m / len(view.coverage.sectors))),
            )
        )
    towns = {**run.place_names, "lon": run.place_names["lon"] + lon, "lat": run.place_names["lat"] + lat}
    events = replace(run.events, lon=run.events.lon + lon, lat=run.events.lat + lat)
    return replace(run, events=events, lines=tuple(views), place_names=towns, extent=())


def swapped(run):
    """The same run with the two parties' ids exchanged, in everything that names one."""
    other = {"A": "B", "B": "A", None: None}
    a, b = run.agreement.parties
    readings = tuple(replace(r, held_by=tuple(other[p] for p in r.held_by)) for r in run.agreement.readings)
    terms = replace(run.agreement, parties=(replace(b, id="A"), replace(a, id="B")), readings=readings)
    views = []
    for view in run.lines:
        covered = view.coverage
        views.append(
            replace(
                view,
                sides=Sides("A", "B", ~view.sides.left_is_first),
                on_first_side=~view.on_first_side,
                coverage=replace(
                    covered,
                    hourly=covered.hourly[:, ::-1],
                    observed_share=covered.observed_share[:, ::-1],
                    by_sector=covered.by_sector[:, ::-1],
                    by_side={other[side]: share for side, share in covered.by_side.items()},
                ),
                claims=tuple(
                    replace(c, claimant_party=other[c.claimant_party], accused_party=other[c.accused_party])
                    for c in view.claims
                ),
            )
        )
    return replace(run, agreement=terms, lines=tuple(views))


def exchange(value):
    """A JSON value with the ids of the two parties exchanged, as keys and as values."""
    other = {"A": "B", "B": "A"}
    if isinstance(value, dict):
        return {other.get(key, key): exchange(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [exchange(inner) for inner in value]
    return other.get(value, value) if isinstance(value, str) else value


@pytest.fixture(scope="module")
def run():
    return make_run()


def test_swapped_parties_mirror_the_summary(run):
    mine, theirs = summary(run), exchange(summary(swapped(run)))
    mine["truce"]["parties"] = sorted(mine["truce"]["parties"], key=str)
    theirs["truce"]["parties"] = sorted(theirs["truce"]["parties"], key=str)
    assert mine == theirs


def test_swapped_parties_mirror_events_and_leave_pictures_as_they_are(run):
    assert [exchange(row) for row in event_rows(swapped(run))] == event_rows(run)
    assert map_svg(swapped(run), PAPER) == map_svg(run, PAPER)
    assert truce_axis_svg(swapped(run), PAPER) == truce_axis_svg(run, PAPER)


def test_swapped_parties_say_the_same_but_for_order(run):
    """Who comes first depends on the date and the file alone, so the file's order turns round with the parties."""
    mine = sorted(duty_summary(run).split())
    assert sorted(duty_summary(swapped(run)).split()) == mine


def test_a_month_has_its_gaps_counted_where_they_cannot_be_named(run):
    long = month(run)
    text = truce_axis_svg(long, PAPER)
    ET.fromstring(text)
    assert re.search(r"\d+ stretches without a satellite", text)
    assert "31 April" not in text
    assert "For " in duty_summary(long)
    assert len(duty_summary(long).splitlines()) <= 35
    assert "<details><summary>Each stretch without a satellite" in html(long)
    assert "local, UTC-4:30" in text
    ET.fromstring(days_axis_svg(long, PAPER))


def test_no_word_of_a_months_axis_runs_out_of_the_picture(run):
    for picture in (truce_axis_svg, days_axis_svg):
        text = picture(month(run, 90), PAPER)
        width = float(re.search(r'viewBox="0 0 ([\d.]+)', text).group(1))
        assert all(-1 <= float(x) <= width + 1 for x in re.findall(r'<text x="([\d.-]+)"', text))


def test_every_event_of_the_truce_is_counted_on_the_axis(run):
    for each in (run, month(run), month(run, 90)):
        text = truce_axis_svg(each, PAPER)
        rings = text.count(f"stroke:{PAPER.happened}")
        more = sum(int(n) for n in re.findall(r">\+(\d+)</text>", re.sub(r"<text[^>]*aria-hidden.*?</text>", "", text)))
        assert rings + more == int(near(each, each.view).sum())


def test_every_day_is_counted_once_on_the_long_axis(run):
    for each in (run, month(run, 90)):
        text = days_axis_svg(each, PAPER)
        y = re.search(r'y="([\d.]+)"[^>]*>events', text).group(1)
        counts = re.findall(rf'y="{y}" text-anchor="middle"[^>]*>(\d+)<', text)
        close = each.view.distance_m <= 20_000
        assert sum(map(int, counts)) == int((close & each.period.holds(each.events.first)).sum())
        assert len(counts) <= 26


@pytest.mark.parametrize(("lon", "lat"), [(-110.0, -60.0), (-35.0, 15.0), (100.0, -48.0)])
def test_elsewhere_on_earth(run, lon, lat):
    there = moved(run, lon, lat)
    found = summary(there)
    json.dumps(found, allow_nan=False)
    ET.fromstring(map_svg(there, PAPER))
    assert "None of the three fire satellites" in html(there)
    rows = event_rows(there)
    assert all(abs(row["lon"]) <= 180 and abs(row["lat"]) <= 90 for row in rows)
    assert any("Huliaipole" in row["place"] for row in rows)


def test_many_events_keep_the_pdf_short(run):
    again = np.tile(np.arange(len(run.events)), 12)
    events = replace(run.events.take(again), first=np.full(len(again), to_column(hours(47))))
    events = replace(events, last=events.first)
    views = tuple(
        replace(
            v,
            distance_m=np.minimum(v.distance_m[again], 9000),
            along_m=v.along_m[again],
            on_first_side=v.on_first_side[again],
        )
        for v in run.lines
    )
    many = replace(run, events=events, lines=views)
    document = pypdf.PdfReader(io.BytesIO(pdf(many, hours(96))))
    assert len(document.pages) <= 4
    text = "".join(page.extract_text() for page in document.pages)
    assert re.search(r"And [\d,]+ more", text)
