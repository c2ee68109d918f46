# SPDX-License-Identifier: Apache-2.0
"""A run as reports show it: a probability is calibrated, or it is not shown and the reason is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from truceline.model.watching import LineView, Run
from truceline.reports.calibrated import uncalibrated
from truceline.reports.facts import near


def shown(run: Run) -> Run:
    """Return the run without the probabilities that are not calibrated: neither number, band nor sum of them."""
    events, hidden = run.events, uncalibrated(run.events)
    if not hidden.any():
        return run
    p = {name: np.where(hidden, np.nan, values) for name, values in events.p_act.items()}
    added = dict(events.attributes)
    for name in ("band_low", "band_high"):
        if name in added:
            column = np.asarray(added[name], dtype=object)
            column[hidden] = None
            added[name] = column
    lines = tuple(_view(run, view, hidden) for view in run.lines)
    return replace(run, events=replace(events, p_act=p, attributes=added), lines=lines)


def _view(run: Run, view: LineView, hidden: npt.NDArray[np.bool_]) -> LineView:
    """A sum of probabilities is none where one of them is not."""
    if not (hidden & near(run, view)).any():
        return view
    return replace(view, estimate=replace(view.estimate, seen_weighted=float("nan")))
