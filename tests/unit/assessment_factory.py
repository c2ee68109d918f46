# SPDX-License-Identifier: Apache-2.0
"""Small events and agreements for tests of assessment."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from truceline.base.clock import Interval, to_column
from truceline.model.agreement import Agreement, Party, Provision, Reading, Source, Zone
from truceline.model.event import Events

WINDOW = Interval(datetime(2026, 4, 11, 13, tzinfo=UTC), datetime(2026, 4, 12, 21, tzinfo=UTC))
NOON = datetime(2026, 4, 12, 12, tzinfo=UTC)
EVERYWHERE = Zone("everywhere", "everywhere")


def _times(value, n):
    moments = value if isinstance(value, list) else [value] * n
    return np.array([to_column(moment) for moment in moments], dtype="datetime64[us]")


def events(
    *,
    n=1,
    p_war=0.5,
    p_act=None,
    p_actor=None,
    families=("thermal-infrared",),
    members=2,
    first=NOON,
    last=None,
    lon=35.0,
    lat=48.0,
    sigma=400.0,
    minor=None,
    bearing=0.0,
):
    """Events alike in all that is given once, each in all that is given as an array."""

    def column(value):
        return np.full(n, value, dtype=float) if np.isscalar(value) else np.asarray(value, dtype=float)

    if p_act is None:
        p_act = {"act_of_war": p_war, "farm_burning": 1 - np.asarray(p_war), "industry": 0.0}
    return Events(
        lon=column(lon),
        lat=column(lat),
        sigma_major_m=column(sigma),
        sigma_minor_m=column(sigma if minor is None else minor),
        bearing_deg=column(bearing),
        first=_times(first, n),
        last=_times(first if last is None else last, n),
        members=tuple(np.arange(members) for _ in range(n)),
        families=(tuple(sorted(families)),) * n,
        passes=np.ones(n, dtype=np.int64),
        frp_mw=np.full(n, 4.0),
        daylight=np.array(["day"] * n, dtype=object),
        p_act={k: np.array([v] * n if v is None or np.ndim(v) == 0 else v) for k, v in p_act.items()},
        p_actor={k: np.array([v] * n) for k, v in (p_actor or {}).items()},
        index=np.arange(n) + 100,
    )


def parties():
    return (
        Party("A", "North", "North's forces", ("Northern army",), (("Upper", 35.0, 49.0),)),
        Party("B", "South", "South's forces", ("Southern army",), (("Lower", 35.0, 47.0),)),
    )


def agreement(
    *, acts=("act_of_war",), actors=("A", "B"), zone=EVERYWHERE, exceptions=(), windows=(WINDOW,), floor=0.05
):
    """An agreement of one provision, with one reading per window."""
    readings = tuple(
        Reading(
            f"r{i}",
            f"Reading {i}",
            "Said.",
            ("mediator",),
            (Provision("p", "Stop.", acts, actors, zone.id, window, exceptions),),
            Source("outlet"),
        )
        for i, window in enumerate(windows)
    )
    return Agreement(
        id="t",
        title="T",
        version="1",
        local_offset_hours=0,
        parties=parties(),
        zones=(zone,),
        readings=readings,
        responses={"A": "none published", "B": "none published"},
        coverage_floor=floor,
        document={},
        file="t.yaml",
    )
