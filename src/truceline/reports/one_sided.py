# SPDX-License-Identifier: Apache-2.0
"""What shows or binds only one side: the list that stands on a page of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from truceline.model.agreement import Agreement
from truceline.model.watching import LineView
from truceline.reports.formats import percent, sentence


def one_sided(agreement: Agreement, lines: Sequence[LineView]) -> tuple[Mapping[str, str], ...]:
    """Return ``{title, text}`` per thing that the two parties do not share alike, computed from the data."""
    return (*_maps(lines), *_extent(agreement, lines), *_responses(agreement), *_readings(agreement), *_sides(lines))


def _maps(lines: Sequence[LineView]) -> list[Mapping[str, str]]:
    return [
        {
            "title": f"Whose line: {view.title}",
            "text": f"{sentence(view.source)} Length {view.line.length_m / 1000:,.0f} km. "
            + (
                f"Its place is uncertain by {view.uncertainty_km:g} km (one standard deviation)."
                if view.uncertainty_km
                else "The file states no uncertainty of its place."
            ),
        }
        for view in lines
    ]


def _extent(agreement: Agreement, lines: Sequence[LineView]) -> list[Mapping[str, str]]:
    found: list[Mapping[str, str]] = []
    for view in lines:
        lengths = [sector.length_m for sector in view.coverage.sectors]
        shares = [
            sum(length * float(row[side]) for length, row in zip(lengths, view.coverage.observed_share, strict=True))
            / sum(lengths)
            for side in (0, 1)
        ]
        if abs(shares[0] - shares[1]) < 0.005:
            continue
        if percent(shares[0]) == percent(shares[1]):
            continue
        words = [
            f"{percent(share)} of {_side_name(agreement, name)}"
            for share, name in zip(shares, view.coverage.sides, strict=True)
        ]
        found.append(
            {
                "title": f"Where the fire file ends: {view.title}",
                "text": f"The file covers {words[0]} and {words[1]} within {view.coverage.act.within_km:g} km of this "
                "line. The rest is not observed: nothing can be said of it, for or against either party.",
            }
        )
    return found


def _side_name(agreement: Agreement, side: str) -> str:
    party = agreement.party(side)
    return f"{party.name}'s side" if party else f"the side to the {side} of the line"


def _responses(agreement: Agreement) -> list[Mapping[str, str]]:
    texts = [(party.name, agreement.responses.get(party.id, "not stated")) for party in agreement.parties]
    if len({text for _, text in texts}) < 2:
        return []
    told = " ".join(f"Breach by {name}: {text.rstrip('.')}." for name, text in texts)
    return [{"title": "Whose breaches a response is foreseen for", "text": told}]


def _readings(agreement: Agreement) -> list[Mapping[str, str]]:
    held = {party.id: [r.name for r in agreement.readings if party.id in r.held_by] for party in agreement.parties}
    without = [party.name for party in agreement.parties if not held[party.id]]
    if not without:
        return []
    if len(without) == len(agreement.parties) and not any(reading.held_by for reading in agreement.readings):
        return [
            {
                "title": "Whose reading it is",
                "text": "The terms do not say, in words that leave no doubt, which party holds them as they are read "
                "here; events are judged by them all the same.",
            }
        ]
    return [
        {
            "title": "Whose reading is missing",
            "text": f"No reading of the terms held by {' or '.join(without)} was found; events are judged by "
            "the readings there are, which says nothing of the one that is missing.",
        }
    ]


def _sides(lines: Sequence[LineView]) -> list[Mapping[str, str]]:
    if any(view.sides for view in lines):
        return []
    return [
        {
            "title": "Which side is whose",
            "text": "The terms name no places that each party holds, so the sides are called left and right of the "
            "line as its file runs, and no result is given per party.",
        }
    ]
