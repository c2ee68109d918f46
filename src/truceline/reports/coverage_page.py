# SPDX-License-Identifier: Apache-2.0
"""A page of one coverage field: for monitors a map of cells and a timeline of sectors, else provinces and days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from truceline.base.geo import Line, metres_per_degree
from truceline.coverage.cells import Cells, outlines
from truceline.coverage.field import CoverageField
from truceline.reports.formats import NBSP, plural, xml
from truceline.reports.html_style import STYLE
from truceline.reports.svg import COVERAGE_LABELS, SCREEN, Canvas, coverage_class, polygon

_WIDTH, _HEIGHT = 760.0, 520.0
_ROW = 14.0


def page(title: str, told: Mapping[str, Any], field: CoverageField | None, line: Line | None) -> str:
    """Return one self-contained HTML page. ``field`` and ``line`` are drawn for monitors only; None leaves them out."""
    lead = f"Chance that {told['act']}, begun in that place and time, would have been detected. For {told['audience']}."
    body = [f"<h1>{xml(title)}</h1>", f'<p class="lead">{xml(lead)}</p>', f"<p>{xml(str(told['caveat']))}</p>"]
    if field is not None and line is not None:
        body.append(f"<figure>{cell_map(field, line)}<figcaption>Mean over the period, by cell.</figcaption></figure>")
        body.append(
            f"<figure>{timeline(told)}<figcaption>By sector and side, hour by hour (UTC).</figcaption></figure>"
        )
        body.append(_gaps(told))
    else:
        body.append(_areas(told))
    body.append("<h2>What this rests on</h2><ul>")
    body += [f"<li>{xml(str(text))}</li>" for text in told.get("assumptions", ())]
    body.append("</ul>")
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{xml(title)}</title>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}<style>{STYLE}</style></head><body><main>{"".join(body)}</main></body></html>\n'  # noqa: E501  one page, one line


def cell_map(field: CoverageField, line: Line) -> str:
    """Return an SVG map of the cells, coloured by their mean over the period, with the line."""
    cells = field.cells
    svg = Canvas("coverage-map", _WIDTH, _HEIGHT, SCREEN)
    middle = float(np.degrees(np.angle(np.exp(1j * np.radians(cells.lon)).mean())))
    per_lon, per_lat = (float(value) for value in metres_per_degree(float(cells.lat.mean())))

    def flat(lon: np.ndarray, lat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return ((lon - middle + 180) % 360 - 180) * per_lon, lat * per_lat

    x, y = flat(cells.lon, cells.lat)
    scale = min((_WIDTH - 20) / max(float(np.ptp(x)), 1.0), (_HEIGHT - 60) / max(float(np.ptp(y)), 1.0))

    def place(lon: np.ndarray, lat: np.ndarray) -> list[tuple[float, float]]:
        across, up = flat(lon, lat)
        return list(zip(10 + (across - x.min()) * scale, 10 + (y.max() - up) * scale, strict=True))

    means = field.together.mean(axis=1)
    classes = np.array([coverage_class(float(mean)) for mean in means])
    shapes = outlines(cells)
    for rank in range(len(COVERAGE_LABELS)):
        rows = np.flatnonzero(classes == rank)
        data = "".join(polygon(place(shapes[row, :, 0], shapes[row, :, 1])) for row in rows)
        svg.path(data, fill=SCREEN.coverage[rank])
    for part in line.parts:
        corners = np.array(part)
        svg.path(polygon(place(corners[:, 0], corners[:, 1]), close=False), stroke=SCREEN.text, width=2)
    _legend(svg)
    return svg.text("Coverage by cell", f"{plural(len(cells), 'cell')}; mean {float(means.mean()):.0%}")


def _legend(svg: Canvas) -> None:
    for rank, label in enumerate(COVERAGE_LABELS):
        svg.rect(10 + rank * 90, _HEIGHT - 26, 16, 16, SCREEN.coverage[rank])
        svg.label(30 + rank * 90, _HEIGHT - 13, f"{label} %", size=12)


def timeline(told: Mapping[str, Any]) -> str:
    """Return an SVG of sectors against hours."""
    rows: Sequence[Mapping[str, Any]] = told["sectors"]
    hours = len(rows[0]["hourly"]) if rows else 0
    svg = Canvas("coverage-time", _WIDTH, 24 + _ROW * max(1, len(rows)), SCREEN)
    width = (_WIDTH - 130) / max(1, hours)
    for number, row in enumerate(rows):
        top = 20 + number * _ROW
        svg.label(0, top + _ROW - 4, f"{row['sector']} {row['side']}"[:20], size=10)
        classes = [coverage_class(value) for value in row["hourly"]]
        begun = 0
        for hour in range(1, hours + 1):
            if hour == hours or classes[hour] != classes[begun]:
                left, wide = 120 + begun * width, (hour - begun) * width
                svg.rect(left, top, wide, _ROW - 2, SCREEN.coverage[classes[begun]])
                begun = hour
    svg.label(120, 14, str(told["period"]["from"]), size=11)
    svg.label(_WIDTH, 14, str(told["period"]["to"]), size=11, anchor="end")
    return svg.text(
        "Coverage by sector and hour", f"{plural(len(rows), 'side')} of sectors over {plural(hours, 'hour')}"
    )


def _gaps(told: Mapping[str, Any]) -> str:
    gap = told["longest_blind_gap"]
    text = "<h2>Blind gaps</h2>"
    if gap is None:
        text += "<p>No sector was blind for a whole hour.</p>"
    else:
        text += (
            f"<p>Longest: sector {gap['sector']}, {xml(str(gap['side']))}, {plural(gap['hours'], 'hour')}, "
            f"from {gap['from']} to {gap['to']}.</p>"
        )
    rows = "".join(
        f"<tr><th>{item['sector']} {xml(str(item['side']))}</th><td>{item['duration_hours']:g} h</td>"
        f"<td>{'any tried' if item['any_power'] else format(item['up_to_mw'], 'g') + ' MW and less'}</td></tr>"
        for item in told["smallest_missed"]
    )
    if rows:
        text += (
            "<h2>What would have been missed</h2><div class='scroll'><table><thead><tr><th>Sector</th><th>lasting</th>"
            f"<th>missed</th></tr></thead><tbody>{rows}</tbody></table></div>"
        )
    return text


def _areas(told: Mapping[str, Any]) -> str:
    rows = "".join(
        f"<tr><th>{xml(str(row['area']))}</th><td>{row['day']}</td><td>{row['share']:.0%}</td></tr>"
        for row in told["areas"]
    )
    held = told["withheld"]
    return (
        "<div class='scroll'><table><thead><tr><th>Province</th><th>Day</th><th>Coverage</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></div><p>Withheld: {plural(held['hours'], 'hour')}, the oldest "
        f"{held['oldest_age_hours']:g}{NBSP}h old. Coverage is told per province and day, once it is old enough: up to "
        f"{xml(str(told['released_until']))} now.</p>"
    )


def cells_csv(cells: Cells, field: CoverageField, caveat: str) -> str:
    """Return ``cell longitude latitude sector side share``, one row a cell, for monitors; the caveat heads a column."""
    means = field.together.mean(axis=1)
    rows = zip(cells.names(), cells.lon, cells.lat, cells.sector, cells.side, means, strict=True)
    lines = [f"{name},{x:.5f},{y:.5f},{sector},{cells.sides[side]},{p:.4f}" for name, x, y, sector, side, p in rows]
    return "\n".join([f'cell,longitude,latitude,sector,side,share,"{caveat}"', *(f"{row}," for row in lines), ""])
