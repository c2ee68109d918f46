# SPDX-License-Identifier: Apache-2.0
"""What was denied: joined for monitors, and the part of it that a run publishes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from truceline.base.clock import Interval
from truceline.coverage import catalogue
from truceline.model.look import Denial, elements_feed

PARTLY = "in part of the region; where is not published"
"""Reason that stands for that of a denial which holds somewhere only."""


def joined(derived: tuple[Denial, ...], listed: Sequence[Denial], period: Interval) -> tuple[Denial, ...]:
    """Return denials that follow from what the files lack, and those that are listed, cut to the watch's period."""
    both = [(each, each.interval.overlap(period)) for each in listed]
    cut = [replace(each, interval=part) for each, part in both if part]
    if not cut:
        return derived
    return tuple(sorted((*derived, *cut), key=lambda each: (each.interval.start, each.sensor, each.reason)))


def published(denied: Sequence[Denial], sensors: Sequence[str]) -> tuple[Denial, ...]:
    """Return those of satellites with public orbits, and not where they hold: no report shows a jammer that it worked.

    A run therefore takes a pass that was denied somewhere as not observed anywhere: its coverage is the lower for it.
    """
    known = {*sensors, *(sensor.name for sensor in catalogue.known())}
    known |= {elements_feed(name) for name in known}
    return tuple(
        replace(each, area=(), sectors=(), reason=PARTLY) if each.local else each
        for each in denied
        if each.sensor in known
    )
