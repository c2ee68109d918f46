# SPDX-License-Identifier: Apache-2.0
"""Readings side by side: one event against each provision, factor by factor, with only the differing rows marked."""

from __future__ import annotations

from typing import Any

from truceline.model.agreement import Provision, Reading
from truceline.model.assessment import Assessment
from truceline.model.taxonomy import icd203
from truceline.model.watching import Run
from truceline.reports.formats import NBSP, sentence

FACTORS = (
    ("act", "The act is forbidden"),
    ("actor", "A bound party did it"),
    ("zone", "Inside the zone"),
    ("window", "Inside the hours"),
    ("exceptions", "No exception applies"),
)


def breaches(run: Run, place: int) -> list[dict[str, Any]]:
    """Return one table per provision for the event at this position of the run; none if it was not assessed."""
    index = -1 if run.events.index is None else int(run.events.index[place])
    mine = [one for one in run.assessments if one.event == index]
    readings = {reading.id: reading for reading in run.agreement.readings}
    found = []
    for provision in dict.fromkeys(one.provision for one in mine):
        pairs = [(readings[a.reading], a) for a in mine if a.provision == provision and a.reading in readings]
        if pairs:
            found.append(_table(provision, pairs))
    return found


def _table(provision: str, pairs: list[tuple[Reading, Assessment]]) -> dict[str, Any]:
    text = next((p.text for reading, _ in pairs for p in _provisions(reading, provision)), provision)
    rows = []
    for key, label in FACTORS:
        cells = [{"value": _value(key, a), "text": dict(a.reasons).get(key, "")} for _, a in pairs]
        rows.append({"label": label, "cells": cells, "differ": any(cell != cells[0] for cell in cells[1:])})
    return {
        "question": f"Is it a breach? “{text}”",
        "readings": [{"name": reading.name, "index": a.index} for reading, a in pairs],
        "rows": rows,
        "results": [_result(a) for _, a in pairs],
        "text": f"{_parting(pairs, [str(row['label']) for row in rows if row['differ']])} {_closing(pairs)}".strip(),
    }


def _provisions(reading: Reading, wanted: str) -> list[Provision]:
    return [p for p in reading.provisions if p.id == wanted]


def _value(key: str, one: Assessment) -> str:
    """One factor as a number or a range."""
    if key == "exceptions":
        low, high = one.unexcused_low, one.unexcused_high
    else:
        high = getattr(one, f"p_{key}")
        least = getattr(one, f"p_{key}_low", None)
        low = high if least is None else least
    if key == "zone" and one.low is None:
        return "unknown"
    return f"{low:.2f}" if round(low, 2) == round(high, 2) else f"{low:.2f}–{high:.2f}"


def _result(one: Assessment) -> dict[str, Any]:
    low, high = one.low, one.high
    if low is None or high is None:
        return {"low": None, "high": None, "figure": "cannot tell", "words": "cannot tell"}
    figure = f"{low * 100:.0f}{NBSP}%" if round(low * 100) == round(high * 100) else f"{low * 100:.0f}–{high * 100:.0f}"
    first, last = icd203(round(low, 2)), icd203(round(high, 2))
    return {
        "low": low,
        "high": high,
        "figure": figure if figure.endswith("%") else f"{figure}{NBSP}%",
        "words": first if first == last else f"{first} to {last}",
    }


def _parting(pairs: list[tuple[Reading, Assessment]], labels: list[str]) -> str:
    """One sentence on where the readings part, and whether it matters for this event; nothing where there is one."""
    if len(pairs) < 2:
        return ""
    results = [_result(one) for _, one in pairs]
    if not labels:
        return "On this event the readings do not part."
    where = " and ".join(filter(None, (", ".join(labels[:-1]), labels[-1]))).lower()
    if len({result["figure"] for result in results}) == 1:
        return f"The readings differ ({where}) and come to the same."
    figures = "; ".join(
        f"{reading.name}: {result['figure']}" for (reading, _), result in zip(pairs, results, strict=True)
    )
    return f"Here the readings part ({where}): {figures}."


def _closing(pairs: list[tuple[Reading, Assessment]]) -> str:
    """One sentence on why the results end where they do."""
    status = sentence(dict(pairs[0][1].reasons).get("status", ""))
    tops = {round(a.high * 100) for _, a in pairs if a.high is not None}
    same = "Both ranges end alike because the act itself is in doubt. " if len(pairs) == 2 and len(tops) == 1 else ""
    return f"{same}{status} The machine assesses; people find.".strip()
