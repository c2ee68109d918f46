# SPDX-License-Identifier: Apache-2.0
"""Floor 2, pure: joins detections into events with place, time and covariance (docs/explanation/fusion.md)."""

from __future__ import annotations

import numpy as np

from truceline.errors import StateError
from truceline.fusion._gate import Frame, frame_of, gated_pairs
from truceline.fusion._join import clusters, passes
from truceline.fusion._join import events as join_events
from truceline.fusion._merge import beliefs, largest_pass_power, places
from truceline.model.detection import Detections, Ints, Words
from truceline.model.event import Events
from truceline.thermal.daylight import daylight

__all__ = ["GAP_HOURS", "fuse"]

GAP_HOURS = 6.0
"""A fire seen again at its place within this time is the same event. Polar satellites come in a night and a day group;
between them lie 7.8 hours or more, so an event never reaches from one to the other."""


def fuse(detections: Detections, look_of: Ints, *, gap_hours: float = GAP_HOURS) -> Events:
    """Join detections into events, in order of ``first``, then of longitude, latitude and lowest member.

    Args:
        detections: n detections that the ledger holds (``index`` set), places in WGS 84 degrees.
        look_of: for each, which pass it belongs to; -1 unknown, then by sensor and ten minutes.
        gap_hours: how long a fire may be unseen and still be the same event.

    Returns:
        Events whose ``members`` are ledger indices: every detection is in exactly one. The order of the input does not
        matter, to the last bit.

    Raises:
        StateError: the detections have no ledger index yet (log before use), or ``look_of`` has another length.
        NoPlace: a standard deviation of place is not a finite number above zero.
        LimitExceeded: too many detections crowd in one place and time.
    """
    if detections.index is None:
        raise StateError("detections must be in the ledger before they are fused")
    if len(look_of) != len(detections):
        raise StateError(f"{len(detections)} detections, but {len(look_of)} passes to put them in")
    if len(detections) == 0:
        return _none()
    order = _canonical(detections)
    detections, look_of = detections.take(order), np.asarray(look_of, dtype=np.int64)[order]
    frame = frame_of(detections)
    pass_of = passes(detections, look_of)
    pairs = gated_pairs(frame, pass_of, gap_hours * 3600.0)
    cluster_of = clusters(len(detections), pass_of, pairs)
    event_of = join_events(pass_of, cluster_of, pairs)
    return _columns(detections, frame, pass_of, cluster_of, event_of)


def _canonical(detections: Detections) -> Ints:
    """One order of the same rows, whatever order they came in."""
    assert detections.index is not None
    words = [np.unique(c.astype(str), return_inverse=True)[1] for c in (detections.family, detections.sensor)]
    return np.lexsort((*words, detections.index, detections.lat, detections.lon, detections.time))


def _none() -> Events:
    """No events."""
    zero, times = np.zeros(0), np.empty(0, "datetime64[us]")
    counts = np.zeros(0, dtype=np.int64)
    return Events(zero, zero, zero, zero, zero, times, times, (), (), counts, zero, np.empty(0, object))


def _columns(detections: Detections, frame: Frame, pass_of: Ints, cluster_of: Ints, event_of: Ints) -> Events:
    """Columns of the events, sorted."""
    assert detections.index is not None
    found = places(frame, cluster_of, event_of)
    rows = np.argsort(event_of, kind="stable")
    cuts = np.flatnonzero(np.diff(event_of[rows])) + 1
    begins = np.r_[0, cuts]
    first = np.minimum.reduceat(detections.time[rows], begins)
    last = np.maximum.reduceat(detections.time[rows], begins)
    members = tuple(np.sort(part) for part in np.split(detections.index[rows], cuts))
    seen = np.unique(np.stack([event_of, pass_of], axis=1), axis=0)[:, 0]
    power = np.asarray(detections.attributes.get("frp_mw", np.full(len(detections), np.nan)), dtype=np.float64)
    made = Events(
        lon=found.lon,
        lat=found.lat,
        sigma_major_m=found.sigma_major_m,
        sigma_minor_m=found.sigma_minor_m,
        bearing_deg=found.bearing_deg,
        first=first,
        last=last,
        members=members,
        families=_families(detections.family, event_of),
        passes=np.bincount(seen).astype(np.int64),
        frp_mw=largest_pass_power(event_of, pass_of, power),
        daylight=_daylight(detections, event_of),
        p_act=beliefs(event_of, detections.family, detections.p_act),
        p_actor=beliefs(event_of, detections.family, detections.p_actor),
    )
    lowest = np.array([part[0] for part in members])
    return made.take(np.lexsort((lowest, made.lat, made.lon, made.first)))


def _families(family: Words, event_of: Ints) -> tuple[tuple[str, ...], ...]:
    """Error families of each event, sorted."""
    names, code = np.unique(family.astype(str), return_inverse=True)
    pairs = np.unique(np.stack([event_of, code], axis=1), axis=0)
    found: list[list[str]] = [[] for _ in range(int(event_of.max()) + 1)]
    for event, kin in pairs.tolist():
        found[event].append(str(names[kin]))
    return tuple(tuple(part) for part in found)


def _daylight(detections: Detections, event_of: Ints) -> Words:
    """``day``, ``night`` or ``both`` per event."""
    share = np.bincount(event_of, weights=daylight(detections).astype(np.float64)) / np.bincount(event_of)
    return np.where(share == 1.0, "day", np.where(share == 0.0, "night", "both")).astype(object)
