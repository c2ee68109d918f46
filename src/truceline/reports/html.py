# SPDX-License-Identifier: Apache-2.0
"""``report.html``: one file, no scripts, nothing fetched; what was not seen stands before what was."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from truceline.base.clock import Interval, from_column
from truceline.model.claim import ClaimCheck
from truceline.model.watching import LineView, Run
from truceline.reports import words
from truceline.reports.belief import belief
from truceline.reports.facts import (
    blind_gaps,
    blind_hours,
    claims_in_order,
    near,
    order_of_parties,
    places,
    told,
    unwatched,
)
from truceline.reports.formats import (
    NBSP,
    clock,
    day,
    duration,
    number,
    percent,
    plural,
    sentence,
    stretch,
    xml,
)
from truceline.reports.html_parts import document
from truceline.reports.html_parts import figure as _figure
from truceline.reports.html_parts import folded as _folded
from truceline.reports.html_parts import listed as _list
from truceline.reports.html_parts import paragraphs as _paragraphs
from truceline.reports.html_parts import section as _section
from truceline.reports.html_parts import table as _table
from truceline.reports.picture_claims import claim_hours_svg, claim_numbers_svg
from truceline.reports.picture_map import map_svg
from truceline.reports.picture_time import days_axis_svg, truce_axis_svg
from truceline.reports.summary import summary
from truceline.reports.svg import SCREEN

_MOST_REJECTED = 50


def html(run: Run) -> str:
    """Return the whole report as one HTML document: coverage before counts, pictures inline, light and dark."""
    title = f"{run.agreement.title}: what satellites can and cannot say"
    body = "\n".join(
        (
            _head(run),
            _could_be_seen(run),
            _was_seen(run),
            _claims(run),
            _readings(run),
            _whose_line(run),
            _one_sided(run),
            _data(run),
        )
    )
    return document(title, body, foot=_foot(run))


def _head(run: Run) -> str:
    agreement = run.agreement
    facts = (
        ("Readings", " and ".join(reading.name for reading in agreement.readings)),
        ("No satellite", _no_satellite(run)),
        *((("Outside the watch", duration(_hours(*outside))),) if (outside := unwatched(run)) else ()),
        ("Coverage", words.share_text(run.view.coverage, run.view.coverage.share)),
        ("Seen near the line", plural(int(near(run, run.view).sum()), "event")),
        ("Change against the days around", words.CANNOT_TELL if run.view.comparison.cannot_tell else "see below"),
    )
    rows = "".join(f"<div><dt>{xml(name)}</dt><dd>{xml(value)}</dd></div>" for name, value in facts)
    kicker = f"{run.title} · {stretch(agreement.window)}"
    return (
        f'<header><p class="kicker">{xml(kicker)}</p>\n<h1>{xml(words.headline(run))}</h1>\n'
        f'<p class="lead">{xml(words.lead(run))}</p>\n<dl class="facts">{rows}</dl></header>'
    )


def _no_satellite(run: Run) -> str:
    if told(run) is None and words.withheld(run.view.coverage):
        return words.withheld(run.view.coverage)
    return f"{duration(blind_hours(run.view.coverage))} of {duration(_hours(told(run)))}"


def _hours(*spans: Interval | None) -> float:
    return sum((span.hours for span in spans if span is not None), 0.0)


def _could_be_seen(run: Run) -> str:
    coverage = run.view.coverage
    gaps = _table(
        "Stretches of the truce without a satellite",
        ("From and to", "Length"),
        [(stretch(gap), duration(gap.hours)) for gap in blind_gaps(coverage)],
    )
    sides = [side for side in coverage.sides if side in coverage.by_side]
    names = {party.id: f"{party.name}’s side" for party in run.agreement.parties}
    rows = [
        (
            f"Sector {sector.number}, {sector.start_m / 1000:.0f} to {sector.end_m / 1000:.0f}{NBSP}km"
            + (f" ({coverage.areas[row]})" if coverage.areas else ""),
            *(
                words.share_text(coverage, float(coverage.by_sector[row, coverage.sides.index(side)]))
                if coverage.observed_share[row, coverage.sides.index(side)] > 0
                else percent(None)
                for side in sides
            ),
        )
        for row, sector in enumerate(coverage.sectors)
    ]
    foot = ("Whole line, of what is observed", *(words.share_text(coverage, coverage.by_side[side]) for side in sides))
    table = _table(
        "Coverage by sector and side of the line: of 100 such acts, how many would have been detected"
        + ("; each sector is told as its province" if coverage.areas else ""),
        ("Along the line", *(names.get(side, f"{side} side") for side in sides)),
        [*rows, foot],
    )
    return _section(
        "What could be seen",
        _paragraphs(
            words.grain_sentence(run), words.gap_sentence(run), words.cloud_sentence(run), words.denial_sentence(run)
        ),
        _figure(truce_axis_svg(run, SCREEN)),
        _folded("Each stretch without a satellite, as a table", gaps) if len(blind_gaps(coverage)) > 12 else gaps,
        _paragraphs(words.coverage_sentence(run.view)),
        _figure(map_svg(run, SCREEN)),
        _folded("Coverage of each sector, as a table", table),
        _figure(days_axis_svg(run, SCREEN)),
    )


def _was_seen(run: Run) -> str:
    events, view = run.events, run.view
    rows = np.flatnonzero(near(run, view))
    names = places(run, events.lon[rows], events.lat[rows])
    table = _table(
        f"Events of the truce within {view.coverage.act.within_km:g}{NBSP}km of the line",
        ("Place", "Seen", "Distance", "Power", "Act of war", "Ledger"),
        [_event_row(run, view, int(i), name) for i, name in zip(rows, names, strict=True)],
    )
    empty = f"<p>No event near the line: {words.NONE_SEEN}, at the coverage above. This is not quiet.</p>"
    return _section(
        "What was seen",
        _paragraphs(words.seen_sentence(run, view), words.attribution_sentence(run)),
        table if len(rows) else empty,
        "<h3>What that is compatible with</h3>",
        _paragraphs(words.estimate_sentence(view), words.comparison_sentence(view)),
        _list(view.estimate.assumptions),
        _assumptions(view),
    )


def _event_row(run: Run, view: LineView, i: int, name: str) -> tuple[str, ...]:
    events = run.events
    first = from_column(events.first[i])
    power = "not measured" if np.isnan(events.frp_mw[i]) else f"{events.frp_mw[i]:.0f}{NBSP}MW"
    return (
        name,
        f"{day(first)} {clock(first, local_offset_hours=run.agreement.local_offset_hours)}",
        f"{view.distance_m[i] / 1000:.1f}{NBSP}km",
        power,
        belief(events, i).text,
        "–" if events.index is None else str(int(events.index[i])),
    )


def _assumptions(view: LineView) -> str:
    """The ratio under each cloud assumption: it must hold under all."""
    rows = []
    for each in view.comparison.assumptions:
        numbers = [each.get(key) for key in ("ratio", "low", "high")]
        told = all(isinstance(value, int | float) and np.isfinite(value) for value in numbers)
        text = f"{numbers[0]:.2f} ({numbers[1]:.2f} to {numbers[2]:.2f})" if told else words.CANNOT_TELL
        rows.append((sentence(str(each.get("text", each.get("name", "")))), text))
    if not rows:
        return ""
    return _table(f"Rate in the truce over rate around it, per unit of coverage, 90{NBSP}%", ("Cloud", "Ratio"), rows)


def _claims(run: Run) -> str:
    checks = claims_in_order(run, run.view)
    if not checks:
        return _section("What each side said", _paragraphs("No claim is in this watch."))
    table = _table(
        "Claims, none of them independently verified",
        ("Claimant", "Claims", "Covers", "Compared with what was seen", "Source"),
        [_claim_row(run, check) for check in checks],
    )
    return _section(
        "What each side said",
        _paragraphs(f"{words.order_sentence(run)} A claim is never evidence, and heat never confirms a count."),
        table,
        _figure(claim_hours_svg(run, SCREEN)),
        _figure(claim_numbers_svg(run, SCREEN)),
        *_why(run, checks),
    )


def _why(run: Run, checks: Sequence[ClaimCheck]) -> list[str]:
    """Reasons: those of all claims once, then each claim's own."""
    found = words.claim_reasons(run, checks)
    return [part for who, reasons in found for part in (f"<h3>Why: {xml(who)}</h3>", _reasons(reasons))]


def _reasons(reasons: Iterable[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{xml(title)}</dt><dd>{xml(sentence(text))}</dd>" for title, text in reasons)
    return f'<dl class="why">{rows}</dl>'


def _claim_row(run: Run, check: ClaimCheck) -> tuple[str, ...]:
    claim = check.claim
    who = words.claimant_name(run, check)
    named = who if who == claim.claimant else f"{who} ({claim.claimant})"
    said = ", ".join(filter(None, (claim.outlet, claim.published)))
    return (
        named,
        f"{words.claim_count(check)} by {words.accused_name(run, check)}",
        words.claim_period(check),
        words.verdict_text(check.verdict),
        f"{said}; support: {claim.confidence}" if claim.confidence else said,
    )


def _readings(run: Run) -> str:
    counts = summary(run)["assessments"]
    rows = []
    for reading in run.agreement.readings:
        found = counts[reading.id]
        statuses = ", ".join(f"{number(n)} {status}" for status, n in found["by_status"].items()) or words.NONE_SEEN
        expected = found["expected_breaches"]
        rows.append(
            (
                reading.name,
                reading.summary,
                f"{number(found['assessed'])}: {statuses}",
                number(found["attributed"]),
                f"{expected['low']:.1f} to {expected['high']:.1f}",
            )
        )
    table = _table(
        "Events of the truce under each reading",
        ("Reading", "In a sentence", "Assessed, by status", "Attributed", "Breaches among all seen, expected number"),
        rows,
    )
    text = (
        "A machine assesses; people find. Heat alone goes no further than “recorded” and names no party. The range is "
        "what the exceptions of that reading leave open."
    )
    return _section("Under each reading", _paragraphs(text), table)


def _told_ratio(view: LineView) -> bool:
    return not view.comparison.cannot_tell or view.comparison.reason.startswith("withheld")


def _whose_line(run: Run) -> str:
    rows = [
        (
            view.title,
            f"{number(view.line.length_m / 1000)}{NBSP}km",
            f"±{NBSP}{view.uncertainty_km:g}{NBSP}km" if view.uncertainty_km else "not stated",
            words.range_text(view.coverage),
            str(int(near(run, view).sum())),
            words.estimate_range(view),
            words.ratio_range(view) if _told_ratio(view) else words.CANNOT_TELL,
        )
        for view in run.lines
    ]
    heads = ("Line", "Length", "Its own error", "Coverage", "Events near", f"Compatible, 90{NBSP}%", "Change")
    table = _table("The same run under each line", heads, rows)
    return _section("Whose line", _paragraphs(words.line_sentence(run)), table, _list(v.source for v in run.lines))


def _one_sided(run: Run) -> str:
    items = "".join(
        f"<dt>{xml(each.get('title', ''))}</dt><dd>{xml(sentence(each.get('text', '')))}</dd>" for each in run.one_sided
    )
    text = items or "<dt>Nothing is listed</dt><dd>This watch lists nothing that shows or binds only one side.</dd>"
    return _section("What shows or binds only one side", f'<dl class="why">{text}</dl>')


def _data(run: Run) -> str:
    files = [
        (
            str(each.get("name") or each.get("kind", "")),
            str(each.get("file", "")),
            "" if each.get("rows") is None else number(float(each["rows"])),
            str(each.get("credit", "")),
            str(each.get("licence", "")),
        )
        for each in run.sources
    ]
    rejected = [(each.file, str(each.line), each.reason) for each in run.rejected[:_MOST_REJECTED]]
    more = len(run.rejected) - len(rejected)
    return _section(
        "Data, and how to check it",
        _paragraphs(words.records_sentence(run)),
        _table("Files", ("Source", "File", "Rows", "Credit", "Licence"), files),
        _table("Rows rejected, each with its reason", ("File", "Line", "Reason"), rejected) if rejected else "",
        _paragraphs(f"And {number(more)} more; all are in the ledger.") if more > 0 else "",
        f"<p>Every record has an index in a signed ledger. Before this report was entered it held "
        f"{number(run.ledger.get('size', 0))} records under the root below; the checkpoint that covers the report is "
        "in <code>summary.json</code>. Check it yourself: <code>truceline verify DIR --key VKEY</code></p>"
        f'<p class="mono">root before this report {xml(str(run.ledger.get("root", "")))}<br/>'
        f"key {xml(str(run.ledger.get('vkey', '')))}</p>",
    )


def _foot(run: Run) -> str:
    credit = "; ".join(dict.fromkeys(str(each.get("credit", "")) for each in run.sources if each.get("credit")))
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    first = order_of_parties(run)[0].name
    return (
        f"<footer><p>{xml(credit)}. Borders are drawn in a neutral style and express no position. The order of "
        f"the parties alternates by date; here {xml(first)} is first. {xml(versions)}.</p></footer>"
    )
