# SPDX-License-Identifier: Apache-2.0
"""``report.pdf``: the report on paper, tagged (PDF/UA-1), the same bytes for the same run."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import numpy as np
import typst

from truceline.base.clock import from_column
from truceline.base.text import clean
from truceline.model.watching import Run
from truceline.reports import words
from truceline.reports.belief import belief
from truceline.reports.facts import near, places, some_claims
from truceline.reports.formats import (
    NBSP,
    clock,
    day,
    number,
    sentence,
    stretch,
)
from truceline.reports.pdf_fonts import MISSING, without_missing
from truceline.reports.pdf_template import TEMPLATE
from truceline.reports.picture_claims import claim_hours_svg, claim_numbers_svg
from truceline.reports.picture_map import map_svg
from truceline.reports.picture_time import days_axis_svg, truce_axis_svg
from truceline.reports.summary import summary
from truceline.reports.svg import PAPER

_MOST_EVENTS = 20
_MOST_CLAIMS = 8
_MOST_REASONS = 3


def pdf(run: Run, made: datetime) -> bytes:
    """Return the PDF. ``made`` is the date it states; it and the run decide every byte.

    Only the fonts inside typst are used, no file is read, and text goes in as data, never as markup. A letter that
    those fonts lack is shown as ``□`` (the PDF says so), for PDF/UA-1 allows none without a form.
    """
    content = _cleaned(_content(run))
    whole = json.dumps(content, ensure_ascii=False, sort_keys=True)
    shown = without_missing(whole)
    if shown != whole:
        note = f"{MISSING} stands for a letter that this PDF's fonts lack; report.html shows it."
        content = {**json.loads(shown), "fonts": note}
    result = typst.compile(
        TEMPLATE.encode(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={
            "content": json.dumps(content, ensure_ascii=False, sort_keys=True),
            "day": made.strftime("%Y-%m-%d"),
        },
        pdf_standards=["ua-1"],
        timestamp=int(made.timestamp()),
    )
    return bytes(result)


def _content(run: Run) -> dict[str, Any]:
    view = run.view
    first = " ".join(
        filter(
            None,
            (
                words.grain_sentence(run),
                words.gap_sentence(run),
                words.cloud_sentence(run),
                words.denial_sentence(run),
            ),
        )
    )
    return {
        "title": f"{run.agreement.title}: what satellites can and cannot say",
        "kicker": f"{run.title} · {stretch(run.agreement.window)}",
        "headline": words.headline(run),
        "lead": words.lead(run),
        "gaps": first,
        "coverage": words.coverage_sentence(view),
        "seen": words.seen_sentence(run, view),
        "estimate": words.estimate_sentence(view),
        "comparison": words.comparison_sentence(view),
        "line": words.line_sentence(run),
        "records": words.records_sentence(run),
        "fonts": "",
        "order": words.order_sentence(run),
        "events": _events(run),
        "claims": _claims(run),
        "why": _why(run),
        "readings": _readings(run),
        "lines": _lines(run),
        "one_sided": [f"{each.get('title', '')}. {each.get('text', '')}" for each in run.one_sided],
        "credits": "; ".join(dict.fromkeys(str(s.get("credit", "")) for s in run.sources if s.get("credit"))),
        "root": str(run.ledger.get("root", "")),
        "size": number(run.ledger.get("size", 0)),
        "pictures": {
            "truce": truce_axis_svg(run, PAPER),
            "map": map_svg(run, PAPER),
            "days": days_axis_svg(run, PAPER),
            "hours": claim_hours_svg(run, PAPER),
            "numbers": claim_numbers_svg(run, PAPER),
        },
    }


def _cleaned(value: Any) -> Any:
    """The same JSON value with clean text; pictures are clean already."""
    if isinstance(value, dict):
        return {key: inner if key == "pictures" else _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    return clean(value) if isinstance(value, str) else value


def _events(run: Run) -> dict[str, Any]:
    """The most probable events near the line, in order of time; how many more there are."""
    events, view = run.events, run.view
    rows = np.flatnonzero(near(run, view))
    war = events.p_act.get("act_of_war", np.full(len(events), np.nan))
    most = np.sort(rows[np.argsort(-np.nan_to_num(war[rows]), kind="stable")][:_MOST_EVENTS])
    names = places(run, events.lon[most], events.lat[most])
    table = []
    for i, name in zip(most, names, strict=True):
        moment = from_column(events.first[i])
        table.append(
            [
                name,
                f"{day(moment)} {clock(moment, local_offset_hours=run.agreement.local_offset_hours)}",
                f"{view.distance_m[i] / 1000:.1f}{NBSP}km",
                belief(events, i).text,
                "–" if events.index is None else str(int(events.index[i])),
            ]
        )
    return {"rows": table, "more": max(len(rows) - len(most), 0)}


def _claims(run: Run) -> list[list[str]]:
    return [
        [
            words.claimant_name(run, check),
            f"{words.claim_count(check)} by {words.accused_name(run, check)}",
            words.claim_period(check),
            words.verdict_text(check.verdict),
        ]
        for check in some_claims(run, run.view, _MOST_CLAIMS)
    ]


def _why(run: Run) -> list[str]:
    """Reasons of the claims, by whom they concern: of each claim the most important, as many as of any other."""
    found = words.claim_reasons(run, some_claims(run, run.view, _MOST_CLAIMS))
    return [
        f"{sentence(who)} {title}: {sentence(text)}" if who != "all figures" else f"{title}: {sentence(text)}"
        for who, reasons in found
        for title, text in reasons[:_MOST_REASONS]
    ]


def _readings(run: Run) -> list[list[str]]:
    counts = summary(run)["assessments"]
    rows = []
    for reading in run.agreement.readings:
        found = counts[reading.id]
        status = ", ".join(f"{number(n)} {name}" for name, n in found["by_status"].items()) or words.NONE_SEEN
        expected = found["expected_breaches"]
        rows.append([reading.name, status, number(found["attributed"]), f"{expected['low']} to {expected['high']}"])
    return rows


def _lines(run: Run) -> list[list[str]]:
    return [
        [
            view.title,
            f"{number(view.line.length_m / 1000)}{NBSP}km",
            words.range_text(view.coverage),
            str(int(near(run, view).sum())),
            words.estimate_range(view),
            words.CANNOT_TELL if view.comparison.cannot_tell else words.ratio_range(view),
        ]
        for view in run.lines
    ]
