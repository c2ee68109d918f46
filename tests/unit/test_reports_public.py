# SPDX-License-Identifier: Apache-2.0
"""What everybody is told of a run: nothing younger or finer than MISSION section 7 allows, in any public file.

Two kinds of proof. *Pairs*: runs that differ only in what may not be told give the same bytes, file by file. *A walk*:
every place, moment and share of every file is held against the law's own figures, written here once more.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from run_factory import START, WINDOW, make_run

from truceline.base.clock import Interval
from truceline.flow import publish
from truceline.model.look import Denial
from truceline.reports.public import public
from truceline.reports.summary import summary

HOURS = 72
KM = 1.0
MINUTES = 10
DAY = timedelta(days=1)
ROW = KM / 111.195
"""Height of a cell, degrees of latitude."""

NOTHING = WINDOW.start.replace(hour=0) + timedelta(hours=HOURS, minutes=-1)
PART = datetime.fromisoformat("2026-04-12T00:00:00+00:00") + timedelta(hours=HOURS, minutes=5)
ALL = START + 4 * DAY + timedelta(hours=HOURS)
MOMENTS = pytest.mark.parametrize("now", [NOTHING, PART, ALL], ids=["nothing old enough", "one day", "all"])


def with_provinces(run):
    towns = {**run.place_names, "division": np.array(["UA.26", "UA.26", "UA.05", "UA.05", "UA.07"], dtype=object)}
    return replace(run, place_names=towns)


@pytest.fixture(scope="module")
def run():
    return with_provinces(make_run())


def files(run, now):
    told = public(run, now)
    return {**publish.files(told), "summary.json": json.dumps(summary(told)).encode()}


def moved(run, seed=3):
    """The same run with each place elsewhere in its cell and each moment elsewhere in its twenty minutes."""
    rng = np.random.default_rng(seed)

    def place(lon, lat):
        row = np.floor(lat / ROW)
        middle = (row + 0.5) * ROW
        wide = ROW / np.cos(np.radians(middle))
        column = np.floor(lon / wide)
        return (column + rng.uniform(0.01, 0.99, len(lon))) * wide, (row + rng.uniform(0.01, 0.99, len(lat))) * ROW

    def moment(times):
        wide = np.int64(2 * MINUTES * 60 * 1_000_000)
        micro = times.astype("datetime64[us]").astype(np.int64)
        return (micro // wide * wide + rng.integers(0, wide, len(times))).astype("datetime64[us]")

    lon, lat = place(run.events.lon, run.events.lat)
    x, y = place(run.detections.lon, run.detections.lat)
    first = moment(run.events.first)
    return replace(
        run,
        events=replace(run.events, lon=lon, lat=lat, first=first, last=first, bearing_deg=run.events.bearing_deg + 9),
        detections=replace(run.detections, lon=x, lat=y, time=moment(run.detections.time)),
    )


def sides_kept(run, other):
    """Bring the exact distances along: near stays near, which is counted."""

    def view(mine, theirs):
        at = mine.line.nearest(other.events.lon, other.events.lat).distance_m
        edge = mine.coverage.act.within_km * 1000
        inside = mine.distance_m <= edge
        return replace(theirs, distance_m=np.where(inside, np.minimum(at, edge), np.maximum(at, edge + 1)))

    return replace(other, lines=tuple(map(view, run.lines, other.lines)))


def differing(found, other):
    return sorted(name for name in found if found[name] != other[name])


@MOMENTS
def test_no_file_tells_where_in_its_cell_or_when_in_its_minutes(run, now):
    other = sides_kept(run, moved(run))
    assert not np.allclose(run.events.lon, other.events.lon)
    # How many rows a pass gave is counted from exact moments; it is no moment.
    told = [replace(public(each, now), rows_of={}) for each in (run, other)]
    first, second = (publish.files(each) for each in told)
    assert differing(first, second) == []
    assert summary(told[0]) == summary(told[1])


def dark(run, since):
    """The same run in which nobody looked from a moment on: no pass, all denied, no coverage."""
    hours = int((since - START).total_seconds() // 3600)

    def view(each):
        coverage = each.coverage
        hourly = coverage.hourly.copy()
        hourly[:, :, hours:] = 0.0
        young = since < WINDOW.end
        gaps = tuple(gap for gap in coverage.gaps if gap.end <= since)
        changed = replace(
            coverage,
            hourly=hourly,
            gaps=(*gaps, Interval(max(since, WINDOW.start), WINDOW.end)) if young else coverage.gaps,
            share=0.001 if young else coverage.share,
            low=0.0 if young else coverage.low,
            high=0.002 if young else coverage.high,
            by_side={"A": 0.001, "B": 0.0} if young else coverage.by_side,
            by_sector=coverage.by_sector * (0.1 if young else 1.0),
        )
        estimate = replace(each.estimate, low=1.0, mid=2.0, high=900.0, reason="other") if young else each.estimate
        checks = each.claims
        if young:
            checks = tuple(
                c
                if (c.claim.end or WINDOW.end) <= since
                else replace(
                    c, passes=0, pass_hours=0.0, coverage=0.0, reasons=(("Most hours", "Nobody looked"), *c.reasons)
                )
                for c in checks
            )
        return replace(
            each,
            coverage=changed,
            estimate=estimate,
            comparison=replace(each.comparison, ratio=9.0, reason="other"),
            claims=checks,
        )

    looks = tuple(look for look in run.looks if look.interval.end <= since)
    denial = Denial("VIIRS/NOAA-21", Interval(since, since + DAY), "jammed", "own", {}, 291)
    return replace(run, looks=looks, passes=looks, denials=(*run.denials, denial), lines=tuple(map(view, run.lines)))


@pytest.mark.parametrize(
    ("now", "since"),
    [(NOTHING, START + DAY), (PART, START + 2 * DAY), (ALL - DAY, START + 3 * DAY)],
    ids=["nothing old enough", "one day", "all but a day"],
)
def test_no_file_tells_whether_anybody_looked_on_a_young_day(run, now, since):
    run = replace(run, passes=run.looks)
    told = [replace(public(each, now), rows_of={}) for each in (run, dark(run, since))]
    # Claims about young hours are told without verdict, passes or coverage; the released ones stand as they were.
    first, second = (publish.files(each) for each in told)
    assert differing(first, second) == []
    assert summary(told[0]) == summary(told[1])


@MOMENTS
def test_every_public_place_and_moment_is_coarse(run, now):
    made = files(run, now)
    page = json.loads(made["page.json"])
    rows = list(csv.DictReader(io.StringIO(made["events.csv"].decode())))
    features = json.loads(made["events.geojson"])["features"]
    places = [
        *zip(page["events"]["lon"], page["events"]["lat"], strict=True),
        *zip(page["detections"]["lon"], page["detections"]["lat"], strict=True),
        *((float(row["lon"]), float(row["lat"])) for row in rows),
        *(each["geometry"]["coordinates"] for each in features),
    ]
    assert len(places) == 3 * len(run.events) + len(run.detections)
    for lon, lat in places:
        middle = (np.floor(lat / ROW) + 0.5) * ROW
        wide = ROW / np.cos(np.radians(middle))
        assert lat == pytest.approx(middle, abs=2e-5)
        assert lon == pytest.approx((np.floor(lon / wide) + 0.5) * wide, abs=2e-5)
    edges = {WINDOW.start, WINDOW.end, WINDOW.start - timedelta(seconds=1), WINDOW.end - timedelta(seconds=1)}
    moments = [*page["events"]["first"], *page["events"]["last"], *page["detections"]["time"]]
    moments += [datetime.fromisoformat(row[name]).timestamp() for row in rows for name in ("first", "last")]
    assert all(m % (2 * MINUTES * 60) == MINUTES * 60 or m in {edge.timestamp() for edge in edges} for m in moments)
    assert min(page["events"]["major_m"]) >= 300
    assert page["events"]["major_m"] == page["events"]["minor_m"]
    assert all(
        row["in_truce"] == str(bool(truce)).lower() for row, truce in zip(rows, page["events"]["truce"], strict=True)
    )


@MOMENTS
def test_every_public_share_is_per_province_and_old_day(run, now):
    made = files(run, now)
    until = (now - timedelta(hours=HOURS)).replace(hour=0, minute=0)
    for line in json.loads(made["page.json"])["lines"]:
        coverage = line["coverage"]
        assert coverage["hours"]["step"] == 24
        by_area: dict[str, list] = {}
        for sector, steps in zip(coverage["sectors"], coverage["hours"]["per_mille"], strict=True):
            for side, told in enumerate(steps):
                if told is None:
                    assert not sector["observed"][side]
                    continue
                days = dict(zip(told[::2], told[1::2], strict=True))
                assert all(days.get(day, 0) == -1 for day in range(4) if START + (day + 1) * DAY > until)
                by_area.setdefault(sector["area"], []).append((sector["share"][side], tuple(days.items())))
        assert len(by_area) > 1
        assert all(len(set(found)) == 1 for found in by_area.values())
    told = json.loads(made["summary.json"])["coverage"]
    assert all(datetime.fromisoformat(gap["to"]) <= until for gap in told["gaps"])
    assert {row["area"] for row in told["by_sector"]} == set(by_area)


def test_all_old_enough_shows_all_that_everybody_may_see(run):
    told = public(run, ALL)
    mine, whole = told.view.coverage, run.view.coverage
    assert (mine.share, mine.low, mine.high, mine.gaps, mine.by_side) == (
        whole.share,
        whole.low,
        whole.high,
        whole.gaps,
        whole.by_side,
    )
    assert told.view.estimate == run.view.estimate
    assert told.view.comparison == run.view.comparison
    assert (len(told.looks), told.denials, told.looks_logged) == (len(run.looks), run.denials, run.looks_logged)
    assert np.isfinite(mine.hourly[0]).all()
    text = publish.files(told)["report.html"].decode()
    assert "withheld" not in text
    assert "per province and whole UTC day" in text


@pytest.mark.parametrize(
    ("now", "until"), [(NOTHING, "16 April 2026 00:00 UTC"), (PART, "16 April 2026 00:00 UTC")], ids=["none", "part"]
)
def test_what_is_withheld_says_until_when_and_no_count_stands_bare(run, now, until):
    made = files(run, now)
    page = json.loads(made["page.json"])
    plain = {name: data.decode().replace("\u00a0", " ") for name, data in made.items() if name != "report.pdf"}
    for name in ("report.html", "page.json", "events.geojson"):
        assert f"withheld until {until}" in plain[name]
    assert json.loads(made["summary.json"])["coverage"]["withheld_until"] == "2026-04-16T00:00:00Z"
    line = page["lines"][0]
    sentences = [line["status"]["sentence"], line["status"]["lead"], line["panel"]["coverage"], line["panel"]["empty"]]
    sentences += [fact["note"] for fact in line["status"]["facts"] if fact["label"] == "Clear breaches"]
    for sentence in sentences:
        assert "not observed" not in sentence
        assert f"withheld until {until}" in sentence.replace("\u00a0", " ") or "up to 12" in sentence
    assert not re.search(r"unknown number|nan", json.dumps(line["status"]))
    assert line["estimate"]["short"] == "withheld"
    young = [row for row in page["gaps"] if "withheld until" in row["text"]]
    assert [row["end"] for row in young] == [int((START + 4 * DAY).timestamp())]


def test_a_truce_shorter_than_a_day_is_told_by_its_whole_day(run):
    def lasting(window):
        lines = tuple(replace(view, coverage=replace(view.coverage, window=window)) for view in run.lines)
        return public(replace(run, lines=lines, passes=run.looks), ALL).view.coverage

    short = lasting(Interval(WINDOW.start, WINDOW.start + timedelta(hours=6)))
    other = lasting(Interval(WINDOW.start - timedelta(hours=9), WINDOW.start - timedelta(hours=4)))
    assert short.share == other.share != run.view.coverage.share
    assert np.array_equal(short.by_sector, other.by_sector, equal_nan=True)
