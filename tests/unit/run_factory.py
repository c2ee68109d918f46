# SPDX-License-Identifier: Apache-2.0
"""A small but whole Run of real model objects, for tests of what is made from a run.

Two parties, two readings, two lines, three satellites, four days. Numbers come from a seeded generator or are
worked out from the objects themselves; `dataclasses.replace` makes the variants.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np

from truceline.base.clock import Interval, to_column
from truceline.base.geo import Line, Sides
from truceline.model.agreement import Agreement, Party, Provision, Reading, RuleException, Source, Zone
from truceline.model.assessment import Assessment
from truceline.model.claim import Claim, ClaimCheck, Verdict
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.model.look import Denial, Look
from truceline.model.record import Rejected
from truceline.model.taxonomy import Status
from truceline.model.watching import CloudDay, Comparison, Coverage, Estimate, LineView, ReferenceAct, Run

START = datetime(2026, 4, 10, tzinfo=UTC)
WINDOW = Interval(datetime(2026, 4, 11, 13, tzinfo=UTC), datetime(2026, 4, 12, 21, tzinfo=UTC))
LINE = Line((((35.0, 47.4), (36.2, 47.7), (37.2, 48.2), (37.8, 48.8), (37.9, 49.6), (37.5, 50.1)),))
TOWNS_LINE = Line((((35.1, 47.3), (36.25, 47.62), (37.15, 48.3), (37.9, 48.8), (37.8, 49.6), (37.5, 50.0)),))
PLACES = {"A": (("Kyiv", 30.52, 50.45),), "B": (("Donetsk", 37.80, 48.00),)}
SENSORS = ("VIIRS/NOAA-20", "VIIRS/NOAA-21", "VIIRS/Suomi-NPP")


def hours(after: float) -> datetime:
    """A moment so many hours after the watch's first."""
    return START + timedelta(hours=after)


def agreement() -> Agreement:
    parties = (
        Party("A", "Kyiv", "Kyiv's forces", ("Ukraine", "Ukrainian military"), PLACES["A"]),
        Party("B", "Moscow", "Moscow's forces", ("Russia", "Russian Ministry of Defence"), PLACES["B"]),
    )
    repel = RuleException("repel", "repelling a provocation", 0.0, 0.6, "no sensor here shows who began")
    both = ("A", "B")
    halt = Provision("p1", "all combat operations stop", ("act_of_war",), both, "everywhere", WINDOW, (repel,))
    mirror = Provision("p1", "mirror steps", ("act_of_war",), both, "everywhere", WINDOW)
    source = Source("an outlet", "https://example.org/a", "2026-04-10")
    return Agreement(
        id="test-truce",
        title="Easter truce",
        version="1",
        local_offset_hours=3.0,
        parties=parties,
        zones=(Zone("everywhere", "everywhere"),),
        readings=(
            Reading("declaration", "Moscow's declaration", "All combat stops.", ("B",), (halt,), source),
            Reading("mirror", "Kyiv's mirror steps", "The same, on reciprocity.", ("A",), (mirror,), source),
        ),
        responses={"B": "a response is foreseen"},
        coverage_floor=0.02,
        document={"id": "test-truce"},
        file="terms/agreement.yaml",
    )


def passes() -> tuple[Look, ...]:
    """Three satellites, by night and by day, on each of four days; index from 300."""
    looks = []
    for day in range(4):
        for first, daylight in ((0.0, False), (9.2, True), (22.7, False)):
            for number, sensor in enumerate(SENSORS):
                start = hours(24 * day + first + 0.45 * number)
                track = tuple((60.0 * k, 37.0 - 0.8 * k, 53.0 - 3.4 * k) for k in range(4))
                interval = Interval(start, start + timedelta(minutes=3))
                looks.append(
                    Look(sensor, sensor, interval, track, 1500.0, 829.0, daylight, 12.0, "orbit fitted to rows")
                )
    looks.sort(key=lambda look: look.interval.start)
    return tuple(look.with_index(300 + n) for n, look in enumerate(looks))


def detections(seed: int, looks: tuple[Look, ...], n: int = 120) -> Detections:
    """n pixels along the line, each at the middle of a pass; every third one far away."""
    rng = np.random.default_rng(seed)
    which = np.sort(rng.integers(0, len(looks), n))
    along = rng.uniform(0, LINE.length_m, n)
    left = rng.normal(0, 9_000, n) + np.where(np.arange(n) % 3 == 0, 60_000, 0)
    lon, lat = LINE.offset(along, left)
    sensor = np.array([looks[i].sensor for i in which], dtype=object)
    return Detections(
        sensor=sensor,
        family=sensor,
        kind=np.full(n, "thermal_anomaly", dtype=object),
        lon=np.round(lon, 5),
        lat=np.round(lat, 5),
        time=np.array([to_column(looks[i].interval.start + timedelta(seconds=90)) for i in which]),
        sigma_major_m=np.full(n, 220.0),
        sigma_minor_m=np.full(n, 180.0),
        bearing_deg=np.full(n, 80.0),
        sigma_s=np.full(n, 30.0),
        attributes={"frp_mw": np.round(rng.gamma(2.0, 3.0, n), 2), "line": np.arange(2, n + 2)},
        index=np.arange(10, n + 10),
    )


def events(seed: int, found: Detections) -> Events:
    """Each detection is an event, but that each fifth is joined to the one before it."""
    rng = np.random.default_rng(seed + 1)
    n = len(found)
    assert found.index is not None
    heads = np.flatnonzero(np.arange(n) % 5 != 4)
    members = tuple(found.index[h : h + 2] if h % 5 == 3 and h + 1 < n else found.index[h : h + 1] for h in heads)
    war = np.round(rng.beta(2, 2, len(heads)), 4)
    rest = 1 - war
    return Events(
        lon=found.lon[heads],
        lat=found.lat[heads],
        sigma_major_m=found.sigma_major_m[heads],
        sigma_minor_m=found.sigma_minor_m[heads],
        bearing_deg=found.bearing_deg[heads],
        first=found.time[heads],
        last=found.time[heads],
        members=members,
        families=tuple((str(found.family[h]),) for h in heads),
        passes=np.ones(len(heads), np.int64),
        frp_mw=np.where(np.arange(len(heads)) % 7 == 6, np.nan, found.attributes["frp_mw"][heads]),
        daylight=np.full(len(heads), "night", dtype=object),
        p_act={"act_of_war": war, "farm_burning": np.round(rest * 0.75, 4), "industry": np.round(rest * 0.25, 4)},
        attributes={
            "masked": np.arange(len(heads)) % 11 == 0,
            "band_low": np.maximum(war - 0.2, 0.01),
            "band_high": np.minimum(war + 0.2, 0.99),
        },
        index=np.arange(400, 400 + len(heads)),
    )


def assessments(found: Events, terms: Agreement) -> tuple[Assessment, ...]:
    rows = []
    inside = WINDOW.holds(found.first)
    assert found.index is not None
    for reading in terms.readings:
        excused = 0.6 if reading.provisions[0].exceptions else 0.0
        for i in np.flatnonzero(inside):
            war = float(found.p_act["act_of_war"][i])
            rows.append(
                Assessment(
                    event=int(found.index[i]),
                    reading=reading.id,
                    provision="p1",
                    p_act=war,
                    p_actor=1.0,
                    p_zone=1.0,
                    p_window=1.0,
                    unexcused_low=1.0 - excused,
                    unexcused_high=1.0,
                    low=round(war * (1 - excused), 4),
                    high=round(war, 4),
                    status=Status.RECORDED,
                    attribution="none",
                    reasons=(("act", "its heat is more like war's than farming's"), ("actor", "heat shows no author")),
                    index=600 + len(rows),
                )
            )
    return tuple(rows)


def gaps(looks: tuple[Look, ...]) -> tuple[Interval, ...]:
    """Stretches of the truce outside groups of passes (those less than 110 minutes apart), longest first."""
    inside = [look.interval for look in looks if look.interval.end > WINDOW.start and look.interval.start < WINDOW.end]
    edges = [WINDOW.start, *[t for i in inside for t in (i.start, i.end)], WINDOW.end]
    found = [Interval(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a > timedelta(minutes=110)]
    return tuple(sorted(found, key=lambda gap: -gap.hours))


def coverage(name: str, line: Line, looks: tuple[Look, ...]) -> Coverage:
    """An hour with a pass is covered by 12 %, more in the south; one sector's far side is outside the data."""
    sectors = line.sectors()
    clock = np.datetime64("2026-04-10T00", "h") + np.arange(96)
    passing = np.isin(np.arange(96), [int((look.interval.start - START).total_seconds() // 3600) for look in looks])
    south = np.linspace(1.0, 0.3, len(sectors))[:, None, None]
    hourly = 0.12 * passing[None, None, :] * south * np.array([1.0, 0.8])[None, :, None]
    hourly[-1, 1, :] = np.nan
    inside = (clock >= to_column(WINDOW.start)) & (clock < to_column(WINDOW.end))
    by_sector = hourly[:, :, inside].mean(axis=2)
    share = float(np.nanmean(by_sector))
    observed = np.where(np.isnan(by_sector), 0.0, 1.0)
    sides = {"A": float(np.nanmean(by_sector[:, 0])), "B": float(np.nanmean(by_sector[:, 1]))}
    return Coverage(
        line=name,
        act=ReferenceAct(),
        sectors=sectors,
        sides=("A", "B"),
        hours=clock,
        hourly=hourly,
        observed_share=observed,
        window=WINDOW,
        share=share,
        low=share * 0.4,
        high=share * 2.1,
        by_side=sides,
        by_sector=by_sector,
        gaps=gaps(looks),
    )


def claim(claimant: str, accused: str, value: int | None, end: datetime | None, qualifier: str = "") -> Claim:
    return Claim(
        truce="test-truce",
        claimant=claimant,
        accused=accused,
        value=value,
        qualifier=qualifier,
        unit="ceasefire violations",
        start=WINDOW.start,
        end=end,
        breakdown={},
        outlet="an outlet",
        url="https://example.org/claims",
        published="2026-04-12",
        confidence="medium",
        index=80 if claimant.startswith("Russian") else 81,
    )


def claim_checks() -> tuple[ClaimCheck, ...]:
    reasons = (
        ("Different things are counted", "A violation may be a shell; a satellite sees a fire that happens to burn"),
        ("Most hours were not watched", "Satellites passed for two of the sixteen hours"),
    )
    cannot = Verdict.CANNOT_BE_JUDGED
    moscow = claim("Russian Ministry of Defence", "Ukraine", 1971, hours(53))
    kyiv = claim("Ukrainian military", "Russia", 2299, None)
    interim = claim("General Staff of Ukraine", "Russia", 500, hours(45), "more than")
    return (
        ClaimCheck(moscow, "B", "A", cannot, reasons, 16.0, 6, 2.5, 5, 0.03, 90),
        ClaimCheck(kyiv, "A", "B", cannot, reasons, None, 0, 0.0, 0, None, 91),
        ClaimCheck(interim, "A", "B", cannot, reasons, 8.0, 3, 1.0, 2, 0.02, 92),
    )


def line_view(name: str, title: str, line: Line, run_events: Events, found: Detections) -> LineView:
    sides = Sides.from_places(
        line,
        "A",
        np.array([place[1:] for place in PLACES["A"]]),
        "B",
        np.array([place[1:] for place in PLACES["B"]]),
    )
    at = line.nearest(run_events.lon, run_events.lat)
    covered = coverage(name, line, passes())
    close = WINDOW.holds(run_events.first) & (at.distance_m <= 20_000)
    war = float(run_events.p_act["act_of_war"][close].sum())
    assumptions = tuple(
        {"name": n, "text": t, "ratio": 0.8, "low": lo, "high": hi, "exposure_in": 1.2, "exposure_out": 2.5}
        for n, t, lo, hi in (("table", "cloud as tabled", 0.3, 2.0), ("clear", "cloud ignored", 0.2, 3.1))
    )
    return LineView(
        name=name,
        title=title,
        line=line,
        sides=sides,
        uncertainty_km=0.0 if name == "given" else 5.0,
        source="made for tests",
        index=7 if name == "given" else 8,
        distance_m=at.distance_m,
        along_m=at.along_m,
        on_first_side=sides.of(at),
        detection_distance_m=line.nearest(found.lon, found.lat).distance_m,
        coverage=covered,
        comparison=Comparison(0.8, 0.2, 3.1, True, "the interval holds 1 under every assumption", assumptions),
        estimate=Estimate(
            low=round(war / covered.high, 1),
            mid=round(war / covered.share, 1),
            high=round(war / covered.low, 1),
            cannot_tell=False,
            reason="about 1 % of such acts would have been seen, and this many are compatible with what was",
            unit="fires caused by acts of war within 20 km of the line",
            seen=int(close.sum()),
            seen_weighted=round(war, 2),
            assumptions=("each act burns as the reference act does",),
        ),
        claims=claim_checks(),
        index_by_kind={"coverage": 700, "comparison": 701, "estimate": 702},
    )


def make_run(seed: int = 7) -> Run:
    """The whole."""
    terms = agreement()
    looks = passes()
    found = detections(seed, looks)
    fused = events(seed, found)
    missing = Interval(START, START + timedelta(days=1))
    return Run(
        watch="test-watch",
        title="A test watch",
        period=Interval(START, START + timedelta(days=4)),
        agreement=terms,
        detections=found,
        rejected=(Rejected("firms", "fires.csv", 9, "latitude: 91 is out of range", "91,37,…"),),
        rows_read=len(found) + 1,
        looks=looks,
        looks_logged=len(passes()),
        denials=(Denial("VIIRS/NOAA-20", missing, "file missing", "fires", {"rows": 40}, 290),),
        cloud=tuple(
            CloudDay(START + timedelta(days=n), {"country": 0.6 + 0.05 * n, "east": 0.7 + 0.02 * n}) for n in range(4)
        ),
        events=fused,
        assessments=assessments(fused, terms),
        lines=(
            line_view("given", "precise line", LINE, fused, found),
            line_view("towns", "towns named in text", TOWNS_LINE, fused, found),
        ),
        thermal={"name": "rules", "version": "1", "cannot_tell": ["who lit it"]},
        sources=(
            {
                "kind": "firms",
                "file": "fires.csv",
                "rows": 121,
                "sha256": "ab" * 32,
                "credit": "NASA FIRMS",
                "licence": "open",
            },
            {
                "kind": "cloud",
                "file": "cloud.csv",
                "rows": 4,
                "sha256": "cd" * 32,
                "credit": "The Economist",
                "licence": "CC BY 4.0",
            },
        ),
        one_sided=({"title": "Where the fire file is clipped", "text": "It ends at one party's border."},),
        place_names={
            "name": np.array(["Zaporizhzhia", "Huliaipole", "Pokrovsk", "Kramatorsk", "Kupiansk"], dtype=object),
            "lon": np.array([35.14, 36.26, 37.18, 37.56, 37.62]),
            "lat": np.array([47.84, 47.66, 48.28, 48.72, 49.71]),
            "population": np.array([710_000, 13_000, 61_000, 147_000, 26_000]),
        },
        extent=(((22.0, 44.0), (38.6, 44.0), (38.6, 52.4), (22.0, 52.4), (22.0, 44.0)),),
        versions={"truceline": "0.1.0", "thermal": "1", "terms": "1"},
        ledger={"size": 800, "root": "0f" * 32, "origin": "truceline.example/test", "vkey": "test+abc+AAA"},
    )
