# SPDX-License-Identifier: Apache-2.0
"""The stages from logged records to results.

Pure but for ``append``: a live run's appends to the store, a replay's compares with the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
import numpy.typing as npt

from truceline.assessment import Seen, assess, judge_claims, measurable
from truceline.base.clock import Interval, Times, to_column
from truceline.base.geo import Floats, Line, Sides
from truceline.coverage import chance, comparison, estimate, fields, orbit, passes
from truceline.coverage import cloud as clouds
from truceline.flow import bodies
from truceline.fusion import fuse
from truceline.model.agreement import Agreement
from truceline.model.assessment import Assessment
from truceline.model.claim import Claim
from truceline.model.detection import Detections
from truceline.model.event import Events
from truceline.model.look import Denial, Look, elements_feed
from truceline.model.notice import Notice
from truceline.model.record import Record
from truceline.model.taxonomy import FIRE_CAUSES
from truceline.model.watching import CloudDay, Coverage, Estimate, LineView, ReferenceAct
from truceline.thermal import Surroundings, attribute
from truceline.thermal.calibration import hold_back, usable

Append = Callable[[Sequence[Record]], list[int]]
"""Takes records, returns their ledger indices: the store's, or a replay's comparison with the ledger."""

SEED = 20260411
"""Seed of every random draw; part of the run's record, so that a re-run gives the same bytes."""


@dataclass(frozen=True)
class GivenLine:
    """A line of contact as it came in, with its ledger index."""

    name: str
    """``given`` or ``towns``."""

    title: str
    """As pages show it."""

    line: Line
    """Geometry."""

    uncertainty_km: float
    """One standard deviation of its place, kilometres."""

    source: str
    """Where it comes from."""

    index: int
    """Ledger index."""


@dataclass(frozen=True, eq=False)
class Logged:
    """Everything that came from outside, as the ledger holds it: all that the stages may use."""

    agreement: Agreement
    notices: tuple[Notice, ...]
    lines: tuple[GivenLine, ...]
    extent: tuple[tuple[tuple[float, float], ...], ...]
    cloud: tuple[CloudDay, ...]
    claims: tuple[Claim, ...]
    detections: Detections
    denials: tuple[Denial, ...]
    elements: tuple[Look, ...]
    period: Interval
    around: Surroundings | None = None
    """What surrounds each detection, where the watch has an archive of peace years."""


@dataclass(frozen=True, eq=False)
class Results:
    """What the stages made, every record with its index."""

    looks: tuple[Look, ...]
    over: tuple[Look, ...]
    events: Events
    assessments: tuple[Assessment, ...]
    lines: tuple[LineView, ...]


def stages(logged: Logged, append: Append, tell: Callable[[str], None]) -> Results:
    """Run every stage on logged records; each output is appended before the next stage uses it."""
    tell("predicting passes")
    looks = _looks(logged, append)
    readable = tuple(look for look, seen in zip(looks, passes.readable(looks, logged.denials), strict=True) if seen)
    tell("joining fire pixels into events")
    events = _events(logged, looks, append)
    tell("measuring coverage")
    lines = tuple(_line_view(logged, line, readable, events, append) for line in logged.lines)
    tell("assessing events under each reading")
    first = lines[0]
    found = assess(events, logged.agreement, first.distance_m, first.uncertainty_km, first.line, logged.notices)
    append([assessment.record() for assessment in found])
    return Results(looks, over_line(looks, first, logged.extent), events, found, lines)


def over_line(looks: Sequence[Look], view: LineView, extent: fields.Rings) -> tuple[Look, ...]:
    """Return the looks that see an observed place near the line, each cut to the time in which it does."""
    points = fields.points(view.line, view.sides, view.coverage.act.within_km, extent)
    seen = fields.footprints(looks, points)
    usable = seen.inside & points.observed
    found = []
    for row in np.flatnonzero(usable.any(axis=1)).tolist():
        seconds = seen.seconds[row][usable[row]]
        start, end = (datetime.fromtimestamp(float(edge), tz=UTC) for edge in (seconds.min(), seconds.max()))
        found.append(replace(looks[row], interval=Interval(start, end)))
    return tuple(found)


def _looks(logged: Logged, append: Append) -> tuple[Look, ...]:
    """Passes from given elements, else from orbits fitted to the rows' own times."""
    orbits = orbit.fit(logged.detections)
    append([found.record() for found in orbits])
    flown = on_time(logged.elements, logged.denials, {found.sensor for found in orbits})
    known = {look.sensor for look in flown}
    region = region_of([given.line for given in logged.lines], logged.detections)
    fitted = passes.predict(tuple(o for o in orbits if o.sensor not in known), region, logged.period)
    looks = sorted((*flown, *fitted), key=lambda look: (look.interval.start, look.sensor))
    indices = append([look.record() for look in looks])
    return tuple(Look.from_body(look.record().body, index) for look, index in zip(looks, indices, strict=True))


def on_time(given: Sequence[Look], denials: Sequence[Denial], fitted: Collection[str]) -> tuple[Look, ...]:
    """Return the looks from elements; where these are late and a sensor's rows tell its orbit, that serves instead."""
    late = {denial.sensor for denial in denials}
    return tuple(look for look in given if elements_feed(look.sensor) not in late or look.sensor not in fitted)


def region_of(lines: Sequence[Line], detections: Detections) -> Floats:
    """Return the places (n, 2; lon/lat) that a pass must see one of: the lines' vertices and every detection.

    Detections far from the line belong to passes too, some of which miss the line; coverage leaves those out.
    """
    vertices = [np.array([vertex for part in line.parts for vertex in part]) for line in lines]
    return np.concatenate([*vertices, np.stack([detections.lon, detections.lat], axis=1)])


def _events(logged: Logged, looks: tuple[Look, ...], append: Append) -> Events:
    """Fuse, attribute to causes, log."""
    fused = fuse(logged.detections, passes.match(looks, logged.detections))
    window = logged.agreement.window
    start, end = to_column(window.start), to_column(window.end)
    around = usable(logged.around)
    believed = attribute(fused, logged.detections, entry_into_force=start, end=end, around=around)
    believed = hold_back(believed, logged.detections)
    believed = _widen_near(believed, [given.line for given in logged.lines])
    records = believed.records()
    if not records:
        return believed.with_index([])
    return Events.from_bodies([record.body for record in records], append(records))


def _widen_near(events: Events, lines: Sequence[Line]) -> Events:
    """Let the band of P(act of war) of events near any line of the watch reach up to what it may be there.

    The thermal model knows no place, so its own upper end speaks of any fire in the theatre; near a line of contact
    nearly every fire may be an act of war, unless a persistent heat source stands there.
    """
    near = np.zeros(len(events), dtype=bool)
    for line in lines:
        near |= line.nearest(events.lon, events.lat).distance_m <= ReferenceAct().within_km * 1000
    near &= ~np.asarray(events.attributes["masked"], dtype=bool)
    high = np.asarray(events.attributes["band_high"], dtype=np.float64)
    said = zip(events.attributes["reasons"], near, strict=True)
    reasons = [f"{text}; {estimate.NEAR_LINE_REASON}" if close else text for text, close in said]
    wider = np.where(near, np.maximum(high, estimate.NEAR_LINE_MOST), high)
    return replace(
        events, attributes={**events.attributes, "band_high": wider, "reasons": np.array(reasons, dtype=object)}
    )


def _line_view(logged: Logged, given: GivenLine, looks: tuple[Look, ...], events: Events, append: Append) -> LineView:
    """All that depends on whose line it is."""
    act, window = ReferenceAct(), logged.agreement.window
    sides = sides_of(given.line, logged.agreement)
    near = given.line.nearest(events.lon, events.lat)
    pixels = given.line.nearest(logged.detections.lon, logged.detections.lat).distance_m
    close = pixels <= act.within_km * 1000
    coverage = fields.coverage(
        given.name, given.line, sides, looks, logged.cloud, act, window, logged.period, logged.extent
    )
    assumed = clouds.assumptions(logged.cloud)
    points = fields.points(given.line, sides, act.within_km, logged.extent)
    clear = fields.clear_sky(looks, points, act)
    exposure = {a.name: (clear * (1 - fields.hidden(looks, a))[:, None]).mean(axis=1) for a in assumed}
    table = _pass_table(logged, looks, events, close, exposure)
    compared = comparison.compare(table, {a.name: a.text for a in assumed})
    inside = (near.distance_m <= act.within_km * 1000) & window.holds(events.first) & _counted(logged, events)
    floor = logged.agreement.coverage_floor
    war = events.p_act["act_of_war"][inside]
    low, high = (events.attributes[name].astype(np.float64)[inside] for name in ("band_low", "band_high"))
    chances = None
    if logged.cloud:  # without a table the listed assumptions alone say what the sky may have been
        half = chance.half_days(
            passes.columns(looks), clear, points.km, act.duration_hours * 3600, window, lon=middle_of(points.lon)
        )
        rng = np.random.default_rng(SEED)
        chances = chance.chances(rng, half, logged.cloud, given.line.length_m / 1000, estimate.DRAWS)
    burst = estimate.bursts(events.lon[inside], events.lat[inside], events.first[inside], war)
    guessed = estimate.estimate(war, coverage, floor, seed=SEED, band=(low, high), chances=chances, burst=burst)
    seen = _seen(logged, looks, points, coverage, logged.detections.time[close])
    checks = judge_claims(logged.claims, logged.agreement, seen, _fires(logged, events, inside, coverage, chances))
    indices = append(
        [
            bodies.coverage_record(coverage),
            bodies.comparison_record(given.name, compared),
            bodies.estimate_record(given.name, guessed),
            *(bodies.claim_check_record(given.name, check) for check in checks),
        ]
    )
    return LineView(
        name=given.name,
        title=given.title,
        line=given.line,
        sides=sides,
        uncertainty_km=given.uncertainty_km,
        source=given.source,
        index=given.index,
        distance_m=near.distance_m,
        along_m=near.along_m,
        on_first_side=sides.of(near) if sides else near.left,
        detection_distance_m=pixels,
        coverage=coverage,
        comparison=compared,
        estimate=guessed,
        claims=tuple(replace(check, index=index) for check, index in zip(checks, indices[3:], strict=True)),
        index_by_kind=dict(zip(("coverage", "comparison", "estimate"), indices[:3], strict=True)),
    )


def _fires(
    logged: Logged, events: Events, inside: npt.NDArray[np.bool_], coverage: Coverage, chances: Floats | None
) -> Estimate | None:
    """How many fires near the line, whatever lit them, are compatible with what was seen; None where no claim asks."""
    if not any(measurable(claim.unit) for claim in logged.claims):
        return None
    p, words = any_fire(events)[inside], estimate.Words(acts="fires")
    burst = estimate.bursts(events.lon[inside], events.lat[inside], events.first[inside], p)
    floor = logged.agreement.coverage_floor
    return estimate.estimate(p, coverage, floor, seed=SEED, chances=chances, burst=burst, words=words)


def any_fire(events: Events) -> Floats:
    """Return P(a fire, whatever lit it) of each event (n,)."""
    known = sum((events.p_act[cause] for cause in FIRE_CAUSES if cause in events.p_act), np.zeros(len(events)))
    return np.clip(known, 0.0, 1.0)


def _counted(logged: Logged, events: Events) -> npt.NDArray[np.bool_]:
    """Return which events (n,) have a pixel outside every denied stretch; coverage knows nothing of the others."""
    index = logged.detections.index
    if index is None or not logged.denials:
        return np.ones(len(events), dtype=bool)
    free = set(index[~passes.on_denied(logged.detections, logged.denials)].tolist())
    return np.array([any(int(member) in free for member in members) for members in events.members], dtype=bool)


def middle_of(lon: Floats) -> float:
    """Return the longitude of the middle of places, also across the antimeridian, degrees."""
    return float(np.degrees(np.angle(np.exp(1j * np.radians(lon)).mean())))


def _seen(logged: Logged, looks: tuple[Look, ...], points: fields.Points, coverage: Coverage, near: Times) -> Seen:
    """What claims are held against: passes and their groups, fire pixels near the line, coverage by the hour."""
    seen = fields.footprints(looks, points)
    free = sorted(fields.gaps(seen, points, logged.period))
    over = np.flatnonzero((seen.inside & points.observed).any(axis=1)).tolist()
    edges = [logged.period.start, *(moment for gap in free for moment in (gap.start, gap.end)), logged.period.end]
    groups = tuple(Interval(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True) if start < end)
    lengths = np.array([sector.length_m for sector in coverage.sectors])[:, None] * coverage.observed_share
    hourly = np.nan_to_num(coverage.hourly) * lengths[:, :, None]
    return Seen(
        pass_times=np.array([to_column(looks[row].moment) for row in over], dtype="datetime64[us]"),
        pass_groups=groups,
        near_times=near,
        hours=coverage.hours,
        hourly=hourly.sum(axis=(0, 1)) / (2 * sum(sector.length_m for sector in coverage.sectors)),
        act=coverage.act,
        cloud=logged.cloud,
        period=logged.period,
    )


def sides_of(line: Line, agreement: Agreement) -> Sides | None:
    """Return who holds which side, from the places two parties are known to hold; None where nothing tells."""
    if len(agreement.parties) != 2 or not all(party.holds for party in agreement.parties):
        return None
    first, second = sorted(agreement.parties, key=lambda party: party.id)
    places = [np.array([[lon, lat] for _, lon, lat in party.holds]) for party in (first, second)]
    return Sides.from_places(line, first.id, places[0], second.id, places[1])


def _pass_table(
    logged: Logged,
    looks: tuple[Look, ...],
    events: Events,
    close: npt.NDArray[np.bool_],
    exposure: Mapping[str, Floats],
) -> comparison.PassTable:
    """Near-line sightings and exposure of every readable pass.

    Sightings weigh P(act of war) in truce mode on both sides of entry into force: one measure, or a fall would be made,
    not seen.
    """
    detections = logged.detections
    event_of = np.full(len(detections), -1)
    position = {int(index): row for row, index in enumerate(detections.index if detections.index is not None else [])}
    for number, members in enumerate(events.members):
        event_of[[position[int(member)] for member in members]] = number
    look_of = passes.match(looks, detections)
    seen = close & (look_of >= 0) & (event_of >= 0)
    times = np.array([to_column(look.moment) for look in looks], dtype="datetime64[us]")
    return comparison.PassTable.of_sightings(
        times,
        np.array([look.daylight for look in looks], dtype=bool),
        logged.agreement.window.holds(times),
        exposure,
        (look_of[seen], event_of[seen], events.attributes["p_truce_mode"].astype(np.float64)[event_of[seen]]),
    )
