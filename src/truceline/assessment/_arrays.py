# SPDX-License-Identifier: Apache-2.0
"""What compiled loops take: events and clauses as plain arrays, and tables of a normal plane."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import owens_t

EVERYWHERE, NOWHERE_KNOWN = -1, -2
"""In place of a zone's number: the clause holds everywhere; nobody published where it holds."""


class Belief(NamedTuple):
    """Events in columns, as the loops take them."""

    lon: Any
    """(n,) degrees."""

    lat: Any
    """(n,) degrees."""

    time: Any
    """(n,) microseconds since 1970, UTC."""

    sigma_s: Any
    """(n,) one standard deviation of time, seconds."""

    act: Any
    """(n, k) float32: belief over acts; NaN in the first where the event has none."""

    actor: Any
    """(n, a) float32: belief over actors; NaN in the first where the event has none."""

    turn: Any
    """(n, 4) from degrees about the place to units of its own sigma; unused where places are certain."""

    reach: Any
    """(n, 2) half the box that holds all that counts, degrees; unused where places are certain."""


class Clauses(NamedTuple):
    """At most 64 clauses, one bit each, as the loops take them."""

    breaks: Any
    """(b,) microseconds at which a window opens or closes, rising."""

    open: Any
    """(b + 1,) clauses open before the first break, between them, after the last."""

    opens: Any
    """(p,) microseconds when each clause's window opens."""

    closes: Any
    """(p,) microseconds when it closes."""

    act: Any
    """(p, k) weight of each act."""

    acts: Any
    """(p, k + 1) numbers of the acts of some weight, -1 after the last."""

    actor: Any
    """(p, a + 1) weight of each actor, then what the factor is where nothing says who."""

    actors: Any
    """(p, a + 1) numbers of the actors of some weight, -1 after the last."""

    zone: Any
    """(p,) zone of each clause."""

    unexcused: Any
    """(p,) probability that no exception applies; NaN: nothing tells."""

    always: Any
    """(1,) clauses without a zone on the grid."""

    of_zone: Any
    """(64,) clauses of each zone."""

    columns: Any
    """(p,) column of each clause in the results."""


FAR = 4.0
"""Boundaries farther than this, in sigma, are left out: together they hold at most exp(-8)."""

CLOSE = 0.5
"""Edges nearer than this, in sigma, are integrated by the smooth table."""

PER_SIGMA = 32
"""Steps of the tables in a sigma."""

LONG = 4.5
"""How far along an edge the tables reach, in sigma."""

TWO_PI = 2 * np.pi
"""A full turn."""


class Tables(NamedTuple):
    """Values on a grid of h (rows) and t (columns), 1/32 sigma apart."""

    far: Any
    """T(h, t/h) for h from 0.5."""

    close: Any
    """P(triangle with legs h and t from the origin) for h up to 0.5 and beyond by a row."""


def tables() -> Tables:
    """Return the tables, made from SciPy's Owen function."""
    t = np.arange(int(LONG * PER_SIGMA) + 2) / PER_SIGMA
    h = np.arange(int(FAR * PER_SIGMA) + 2)[:, None] / PER_SIGMA
    with np.errstate(divide="ignore", invalid="ignore"):
        slope = np.where(h > 0, t / h, 0.0)
        far = owens_t(h, slope)
        close = np.where(h > 0, np.arctan(slope) / TWO_PI - far, 0.0)
    return Tables(np.ascontiguousarray(far), np.ascontiguousarray(close[: int(CLOSE * PER_SIGMA) + 2]))
