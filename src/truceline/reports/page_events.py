# SPDX-License-Identifier: Apache-2.0
"""Events as columns, and what a reader needs to judge one: place, time, evidence, and what would change it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from truceline.assessment.factors import statuses
from truceline.base.clock import from_column
from truceline.model.event import Events
from truceline.model.look import Look
from truceline.model.taxonomy import FIRE_CAUSES
from truceline.model.watching import Run
from truceline.reports import words
from truceline.reports.belief import Belief, belief
from truceline.reports.calibrated import NOT_CALIBRATED, why_not
from truceline.reports.facts import in_truce, order_of_parties, places
from truceline.reports.formats import NBSP, clock, day, number, percent, percent_range, plural, withheld_until
from truceline.reports.page_breach import breaches
from truceline.reports.page_passes import abeam, abeam_clock, cloud_share, readable, seconds_column, sees
from truceline.reports.words import CANNOT_TELL

WINDOW_HOURS = 12.0
"""How long before and after an event its detail lists the passes that saw the place."""

SILENT = (CANNOT_TELL, NOT_CALIBRATED)
"""Words in the place of a number."""

CAUSES = {"act_of_war": "Act of war", "farm_burning": "Farm burning or wildfire", "industry": "Industry"}


def event_columns(run: Run) -> dict[str, Any]:
    """Return all events as columns of equal length, in the order of the run."""
    events = run.events
    masked = events.attributes.get("masked", np.zeros(len(events), bool))
    beliefs = [belief(events, i) for i in range(len(events))]
    return {
        "index": indices(events),
        "first": seconds_column(events.first),
        "last": seconds_column(events.last),
        "lon": _rounded(events.lon, 5),
        "lat": _rounded(events.lat, 5),
        "major_m": _rounded(events.sigma_major_m, 0),
        "minor_m": _rounded(events.sigma_minor_m, 0),
        "bearing": _rounded(events.bearing_deg, 0),
        "pixels": [len(members) for members in events.members],
        "frp": _rounded(events.frp_mw, 1),
        "daylight": [str(value) for value in events.daylight],
        "masked": [int(bool(value)) for value in masked],
        "p": {cause: _rounded(events.p_act[cause], 3) for cause in FIRE_CAUSES if cause in events.p_act},
        "low": _bound(events, "band_low"),
        "high": _bound(events, "band_high"),
        "word": [one.word for one in beliefs],
        "figure": [one.figure for one in beliefs],
        "place": places(run, events.lon, events.lat),
        "status": [status.value for status in statuses(events)],
        "truce": [int(value) for value in in_truce(run)],
    }


def _bound(events: Events, name: str) -> list[float | None]:
    """One end of the 90 % band of P(act of war); None where there is none."""
    values = events.attributes.get(name)
    if values is None:
        return [None] * len(events)
    return _rounded(np.array([np.nan if v is None else float(v) for v in values]), 3)


def indices(events: Events) -> list[int]:
    """Return the ledger index of each event, -1 before it has one."""
    return [-1] * len(events) if events.index is None else [int(i) for i in events.index]


def detection_columns(run: Run) -> dict[str, Any]:
    """Return all detections as columns, with their pixels' size and the position of their event (-1: none)."""
    found = run.detections
    owner = {int(m): place for place, members in enumerate(run.events.members) for m in members}
    index = [int(i) for i in found.index] if found.index is not None else list(range(len(found)))
    sensors = sorted(set(found.sensor.tolist()))
    lookup = {sensor: place for place, sensor in enumerate(sensors)}
    return {
        "sensors": sensors,
        "index": index,
        "sensor": [lookup[sensor] for sensor in found.sensor.tolist()],
        "time": seconds_column(found.time),
        "lon": _rounded(found.lon, 5),
        "lat": _rounded(found.lat, 5),
        "scan_km": _attribute(run, "scan_km", 2),
        "track_km": _attribute(run, "track_km", 2),
        "event": [owner.get(i, -1) for i in index],
    }


def _attribute(run: Run, name: str, digits: int) -> list[float | None]:
    values = run.detections.attributes.get(name)
    if values is None:
        return [None] * len(run.detections)
    return _rounded(np.asarray(values, dtype=np.float64), digits)


def _rounded(values: npt.NDArray[Any], digits: int) -> list[float | None]:
    """Numbers at the digits they are worth; whole ones as int; NaN as None."""
    plain = np.round(np.asarray(values, dtype=np.float64), digits).tolist()
    return [None if np.isnan(v) else int(v) if digits == 0 else v for v in plain]


def event_details(run: Run) -> dict[str, Any]:
    """Return the detail of every event that was seen in the truce or lies near a line, by position in the run."""
    near = in_truce(run)
    for view in run.lines:
        near = near | (view.distance_m <= view.coverage.act.within_km * 1000)
    chosen = np.flatnonzero(near)
    passes = _passes(run, chosen)
    rows = {int(i): row for row, i in enumerate(run.detections.index)} if run.detections.index is not None else {}
    names = places(run, run.events.lon, run.events.lat)
    reached = statuses(run.events)
    return {
        str(i): {"status": reached[i].value, **_detail(run, int(i), names[i], passes[int(i)], rows)} for i in chosen
    }


def _passes(run: Run, chosen: npt.NDArray[np.int64]) -> dict[int, list[tuple[Look, float]]]:
    """For each event the passes that covered its place within twelve hours, with seconds after each one's start."""
    events = run.events
    found: dict[int, list[tuple[Look, float]]] = {int(i): [] for i in chosen}
    first, last = np.array(seconds_column(events.first)), np.array(seconds_column(events.last))
    for look in readable(run):
        start = look.interval.start.timestamp()
        about = chosen[(first[chosen] - start < WINDOW_HOURS * 3600) & (start - last[chosen] < WINDOW_HOURS * 3600)]
        if len(about) == 0:
            continue
        covered, seconds = sees(look, events.lon[about], events.lat[about])
        for i, seconds_after in zip(about[covered], seconds[covered], strict=True):
            found[int(i)].append((look, float(seconds_after)))
    return found


def _detail(run: Run, i: int, place: str, passes: list[tuple[Look, float]], rows: Mapping[int, int]) -> dict[str, Any]:
    events = run.events
    members = [rows[int(m)] for m in events.members[i] if int(m) in rows]
    war = float(events.p_act["act_of_war"][i]) if "act_of_war" in events.p_act else float("nan")
    told = belief(events, i)
    cause = f"{told.word} an act of war ({told.figure})"
    if told.word == CANNOT_TELL:
        cause = f"an act of war or not: {told.text}"
    elif told.word == NOT_CALIBRATED:
        cause = f"an act of war or not: {NOT_CALIBRATED} for these conditions, because {why_not(events, i)}"
    first = from_column(events.first[i])
    return {
        "title": f"Fire {place}, {cause}",
        "day": day(first),
        "when": _when(run, i, members, passes),
        "facts": _facts(run, i),
        "cause": _cause(run, i),
        "band": _band(events, i),
        "actors": _actors(run, i, float("nan") if told.word in SILENT else war),
        "breaches": breaches(run, i),
        "evidence": _evidence(run, i, members, passes),
        "change": _change(run, told),
        "pixels": members,
    }


def _when(run: Run, i: int, members: list[int], passes: list[tuple[Look, float]]) -> dict[str, Any]:
    """When it may have begun and ended, from the passes over the place that saw nothing before and after it."""
    first, last = from_column(run.events.first[i]), from_column(run.events.last[i])
    seen = {(str(run.detections.sensor[m]), int(t)) for m, t in _times(run, members)}
    marks: list[dict[str, Any]] = []
    slack = 60 * run.within_minutes
    for look, seconds in passes:
        moment = abeam(look, seconds)
        stamp = int(moment.timestamp())
        hits = [t for sensor, t in seen if sensor == look.sensor and abs(t - stamp) < 600 + slack]
        # The row's own time is better than the orbit's.
        marks.append({"time": min(hits, default=stamp), "seen": bool(hits), "sensor": look.sensor, "index": look.index})
    before = [m for m in marks if not m["seen"] and m["time"] < first.timestamp() - 60 - slack]
    after = [m for m in marks if not m["seen"] and m["time"] > last.timestamp() + 60 + slack]
    begin = clock(abeam_of(before[-1])) if before else "not known"
    end = clock(abeam_of(after[0])) if after else "not known"
    saw = sum(1 for m in marks if m["seen"])
    return {
        "first": int(first.timestamp()),
        "last": int(last.timestamp()),
        "earliest": before[-1]["time"] if before else None,
        "latest": after[0]["time"] if after else None,
        "marks": marks,
        "title": f"First seen {clock(first)}, last seen {clock(last)}, {day(first)}",
        "text": f"The pass before that saw no fire here: {begin}; the next after: {end}. "
        f"{plural(len(marks), 'pass', 'passes')} covered the place within {WINDOW_HOURS:g}{NBSP}h; {saw} saw fire, "
        f"{len(marks) - saw} saw none (cloud possible).{_withheld(run, last)}",
    }


def _withheld(run: Run, last: datetime) -> str:
    """Say of which hours about an event passes are not told yet."""
    until, rest = run.view.coverage.told_until, run.withheld_rest
    if until is None or rest is None or last + timedelta(hours=WINDOW_HOURS) <= until:
        return ""
    return f" Passes from {day(until)} {clock(until)} on are {withheld_until(rest)}: none listed is not none seen."


def abeam_of(mark: Mapping[str, Any]) -> Any:
    """Return the moment of a mark of ``when``."""
    return from_column(np.datetime64(int(mark["time"]), "s"))


def _times(run: Run, members: list[int]) -> list[tuple[int, int]]:
    stamps = seconds_column(run.detections.time[members]) if members else []
    return list(zip(members, stamps, strict=True))


def _facts(run: Run, i: int) -> list[list[str]]:
    events = run.events
    lon, lat = float(events.lon[i]), float(events.lat[i])
    radius = float(np.hypot(events.sigma_major_m[i], events.sigma_minor_m[i])) / 1000
    found = [["Place", f"{lat:.3f}{NBSP}N, {lon:.3f}{NBSP}E ± {radius:.1f}{NBSP}km"]]
    for view in run.lines:
        side = ""
        if view.sides is not None:
            party = view.sides.first if view.on_first_side[i] else view.sides.second
            names = {one.id: one.name for one in run.agreement.parties}
            side = f", on the side {names.get(party, party)} holds"
        found.append([f"To the line ({view.title})", f"{view.distance_m[i] / 1000:.1f}{NBSP}km{side}"])
    found.append(["Coverage here", _coverage_here(run, i)])
    power = events.frp_mw[i]
    found.append(["Power", "not measured" if np.isnan(power) else f"{power:.1f}{NBSP}MW at most"])
    found.append(["Attribution", "none: heat does not show who" if not events.p_actor else "see who did it"])
    if events.attributes.get("masked", np.zeros(len(events), bool))[i]:
        found.append(["Known heat source", "yes: less sensitive here, not absent"])
    for title, name in (("Judged in", "mode"), ("Not used", "not_used")):
        said = events.attributes.get(name)
        if said is not None and said[i]:
            found.append([title, f"{said[i]} mode" if name == "mode" else str(said[i])])
    found.append(["Severity", "not assessed"])
    return found


def _coverage_here(run: Run, i: int) -> str:
    view = run.view
    if view.distance_m[i] > view.coverage.act.within_km * 1000:
        return "not counted: too far from the line"
    starts = np.array([sector.start_m for sector in view.coverage.sectors])
    sector = int(np.clip(np.searchsorted(starts, view.along_m[i], side="right") - 1, 0, len(starts) - 1))
    side = 0 if view.on_first_side[i] else 1
    if view.sides is not None and view.coverage.sides[0] != view.sides.first:
        side = 1 - side
    share = float(view.coverage.by_sector[sector, side])
    if np.isnan(share):
        held = words.withheld(view.coverage) if view.coverage.observed_share[sector, side] > 0 else ""
        return held or "not observed"
    area = ", its province" if view.coverage.areas else ""
    return f"{percent(share)} of reference fires, whole truce{area}"


def _cause(run: Run, i: int) -> list[dict[str, Any]]:
    """What may have lit it; where heat cannot tell, no bar but the band: the middle of it would say too much."""
    told = belief(run.events, i)
    silent = told.word in SILENT
    low, high = (_bound(run.events, name)[i] for name in ("band_low", "band_high"))
    band = None if low is None or high is None else [low, high]
    return [
        {
            "label": CAUSES.get(name, name.replace("_", " ")),
            "p": None if silent else round(float(values[i]), 3),
            "figure": (told.figure if name == "act_of_war" and told.figure else told.word) if silent else "",
            "band": band if name == "act_of_war" else None,
            "war": name == "act_of_war",
        }
        for name, values in sorted(run.events.p_act.items(), key=lambda pair: list(CAUSES).index(pair[0]))
    ]


def _band(events: Events, i: int) -> str:
    low, high = events.attributes.get("band_low"), events.attributes.get("band_high")
    if low is None or high is None or low[i] is None or high[i] is None:
        why = why_not(events, i)
        return f"No probability is shown: {NOT_CALIBRATED} for these conditions, because {why}." if why else ""
    return f"90{NBSP}% interval of act of war: {percent_range(float(low[i]), float(high[i]))}"


def _actors(run: Run, i: int, war: float) -> list[dict[str, Any]]:
    """Each party, a proxy, neither and unknown: always all of them. None means no evidence, which is not zero."""
    known = {name: float(values[i]) for name, values in run.events.p_actor.items()}
    found: list[dict[str, Any]] = [
        {"label": f"{party.forces[:1].upper()}{party.forces[1:]}", "p": known.get(party.id)}
        for party in order_of_parties(run)
    ]
    found.append({"label": "A proxy", "p": known.get("proxy")})
    if not known and not np.isnan(war):
        known = {"neither": 1 - war, "unknown": war}
    found.append({"label": "Neither party", "p": _three(known.get("neither"))})
    found.append({"label": "Unknown", "p": _three(known.get("unknown"))})
    return found


def _three(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _evidence(run: Run, i: int, members: list[int], passes: list[tuple[Look, float]]) -> list[dict[str, Any]]:
    """The pixels by sensor and minute, the passes that saw nothing, and the cloud."""
    rows: dict[tuple[str, int], list[int]] = {}
    for member, stamp in _times(run, members):
        rows.setdefault((str(run.detections.sensor[member]), stamp // 60), []).append(member)
    found = [_pixel_row(run, sensor, held) for (sensor, _), held in rows.items()]
    seen = {(sensor, minute) for sensor, minute in rows}
    blank = [
        (look, seconds)
        for look, seconds in passes
        if not any(
            s == look.sensor and abs(abeam(look, seconds).timestamp() / 60 - m) < 10 + run.within_minutes
            for s, m in seen
        )
    ]
    if blank:
        times = ", ".join(abeam_clock(look, seconds).removesuffix(f"{NBSP}UTC") for look, seconds in blank)
        title = f"{plural(len(blank), 'pass', 'passes')} that saw no fire here"
        found.append({"kind": "pass", "title": title, "text": f"{times}{NBSP}UTC", "index": blank[0][0].index})
    first = from_column(run.events.first[i])
    share = cloud_share(run, first)
    title = "Cloud not known" if share is None else f"Cloud {percent(share)}, mean of the day and region"
    found.append({"kind": "cloud", "title": title, "text": "sky at this place and minute: unknown", "index": None})
    return found


def _pixel_row(run: Run, sensor: str, held: list[int]) -> dict[str, Any]:
    detections = run.detections
    power = detections.attributes.get("frp_mw")
    watts = "" if power is None else f"{float(np.nansum(np.asarray(power, float)[held])):.1f}{NBSP}MW together, "
    words = detections.attributes.get("confidence")
    sure = "" if words is None else ", ".join(sorted({str(words[m]) for m in held}))
    moment = from_column(detections.time[held[0]])
    title = "Fire pixel" if len(held) == 1 else f"{number(len(held))} fire pixels"
    index = int(detections.index[held[0]]) if detections.index is not None else None
    return {"kind": "pixel", "title": f"{title}, {sensor}, {clock(moment)}", "text": f"{watts}{sure}", "index": index}


def _change(run: Run, told: Belief) -> list[list[str]]:
    """What would change the assessment, and to what."""
    lower = f"{told.word} → lower" if told.word not in SILENT else "lower"
    parties = " or ".join(party.name for party in order_of_parties(run))
    found = [
        ["A sound, radar or optical record at this place and time", "to corroborated"],
        ["A burn scar along field rows on the next clear image", lower],
        [f"{parties} reports it as its own act", "to admitted, by people"],
    ]
    if len(run.lines) > 1:
        found.append([f"The other line ({run.lines[1].title})", "distance and side, not the cause"])
    return found
