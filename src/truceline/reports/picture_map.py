# SPDX-License-Identifier: Apache-2.0
"""The map of a report: the line, its sectors by coverage split by side, what was recorded, what was not observed.

Frame: equirectangular, shrunk by the cosine of the middle latitude; fit for a theatre of some thousand kilometres.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import LineString, Polygon, box

from truceline.base.geo import Floats, Line
from truceline.model.watching import LineView, Run
from truceline.reports import words
from truceline.reports.facts import in_truce, near
from truceline.reports.formats import NBSP
from truceline.reports.svg import COVERAGE_LABELS, Canvas, Palette, coverage_class, polygon, text_width

_WIDTH = 720.0
_LEGEND = 80.0
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class _Frame:
    """From degrees to the picture."""

    west: float
    north: float
    cosine: float
    px_per_degree: float
    height: float

    def xy(self, lon: Floats, lat: Floats) -> Floats:
        """Return points (n, 2) of the picture."""
        x = (np.asarray(lon) - self.west) * self.cosine * self.px_per_degree
        return np.stack([x, (self.north - np.asarray(lat)) * self.px_per_degree], axis=-1)

    def px(self, km: float) -> float:
        """Return a length in the picture."""
        return km / _KM_PER_DEGREE * self.px_per_degree


def map_svg(run: Run, palette: Palette) -> str:
    """Return the map as SVG."""
    view = run.view
    frame = _frame(view.line, view.coverage.act.within_km)
    canvas = Canvas("map", _WIDTH, frame.height + _LEGEND, palette)
    canvas.rect(0, 0, _WIDTH, frame.height, palette.panel)
    _outside(canvas, frame, run)
    _sectors(canvas, frame, view)
    for part in view.line.parts:
        run_of = np.array(part)
        drawn = LineString(frame.xy(run_of[:, 0], run_of[:, 1])).simplify(0.4)
        canvas.path(polygon(drawn.coords, close=False), stroke=palette.text, width=1.8)
    _towns(canvas, frame, run)
    _events(canvas, frame, run, view)
    _scale_bar(canvas, frame)
    canvas.rect(0.5, 0.5, _WIDTH - 1, frame.height - 1, "none", extra=f"stroke:{palette.fog}")
    _legend(canvas, frame, view)
    title = f"Map: {view.title}, coverage and events of the truce"
    return canvas.text(title, f"{words.coverage_sentence(view)} {words.seen_sentence(run, view)}")


def _frame(line: Line, within_km: float) -> _Frame:
    """The line with room for its sectors and some country around it."""
    west, south, east, north = line.bounds
    margin = (within_km + 45) / _KM_PER_DEGREE
    cosine = float(np.cos(np.radians((south + north) / 2)))
    west, east = west - margin / cosine, east + margin / cosine
    south, north = south - margin, north + margin
    px = _WIDTH / ((east - west) * cosine)
    height = (north - south) * px
    if height > 560:  # a line that runs north to south gets country on both sides instead of a tall picture
        px *= 560 / height
        middle, height = (west + east) / 2, 560.0
        west = middle - _WIDTH / 2 / (px * cosine)
    return _Frame(west, north, cosine, px, height)


def _outside(canvas: Canvas, frame: _Frame, run: Run) -> None:
    """Hatch what lies outside the data. Clipped to the view: huge hatched shapes paint black in some renderers."""
    if not run.extent:
        return
    view = box(0, 0, _WIDTH, frame.height)
    inside = shapely.union_all(
        [Polygon(frame.xy(np.array(ring)[:, 0], np.array(ring)[:, 1])).buffer(0) for ring in run.extent]
    )
    beyond = view.difference(inside).simplify(0.5)
    pieces = [part for part in getattr(beyond, "geoms", [beyond]) if part.geom_type == "Polygon" and part.area > 1]
    fill = canvas.hatch("wide", 11)
    for piece in pieces:
        rings = polygon(piece.exterior.coords) + "".join(polygon(hole.coords) for hole in piece.interiors)
        canvas.path(rings, fill=canvas.palette.ground, extra="fill-rule:evenodd")
        canvas.path(rings, fill=fill, extra="fill-rule:evenodd")
    largest = max(pieces, key=lambda piece: piece.area, default=None)
    if largest is not None and largest.area > 9000:
        spot = largest.representative_point()
        half = text_width("Not observed", 12) / 2 + 10
        canvas.boxed(
            float(np.clip(spot.x, half, _WIDTH - half)),
            float(np.clip(spot.y, 14, frame.height - 14)),
            "Not observed",
            size=12,
        )


def _sectors(canvas: Canvas, frame: _Frame, view: LineView) -> None:
    """Both sides of each sector by coverage; hatch thins as coverage rises."""
    coverage = view.coverage
    reach = frame.px(coverage.act.within_km)
    ends = np.cumsum(view.line.part_lengths_m)
    hatches = [canvas.hatch(f"c{n}", step) for n, step in enumerate((4.5, 7, 11))]
    for row, sector in enumerate(coverage.sectors):
        run_of = np.array(sector.coordinates)
        drawn = LineString(frame.xy(run_of[:, 0], run_of[:, 1])).simplify(1.5)
        part = min(int(np.searchsorted(ends, (sector.start_m + sector.end_m) / 2)), len(ends) - 1)
        left_first = True if view.sides is None else bool(view.sides.left_is_first[part])
        for sign, column in ((1, 1 - left_first), (-1, int(left_first))):
            # the picture's y runs down, so the line's left is the buffer's right
            shape = drawn.buffer(sign * -reach, single_sided=True)
            share = float(coverage.by_sector[row, column])
            for ring in getattr(shape, "geoms", [shape]):
                _patch(canvas, polygon(ring.exterior.coords), share, hatches)


def _patch(canvas: Canvas, path: str, share: float, hatches: list[str]) -> None:
    """One side of one sector."""
    palette = canvas.palette
    if np.isnan(share):
        canvas.path(path, fill=palette.ground, stroke=palette.panel, width=0.8)
        canvas.path(path, fill=canvas.hatch("wide", 11))
        return
    number = coverage_class(share)
    canvas.path(path, fill=palette.coverage[number], stroke=palette.panel, width=0.8)
    if number < len(hatches):
        canvas.path(path, fill=hatches[number])


def _towns(canvas: Canvas, frame: _Frame, run: Run) -> None:
    """The largest towns of the view whose names do not touch."""
    names = run.place_names
    if not len(names.get("name", ())):
        return
    xy = frame.xy(names["lon"], names["lat"])
    taken: list[tuple[float, float, float, float]] = []
    for i in np.argsort(-np.asarray(names["population"], float), kind="stable"):
        (x, y), name = xy[i], str(names["name"][i])
        width = text_width(name, 12)
        spot = (x - 4, y - 12, x + 8 + width, y + 6)
        if not (6 < x < _WIDTH - width - 10 and 14 < y < frame.height - 8):
            continue
        if any(spot[0] < t[2] and spot[2] > t[0] and spot[1] < t[3] and spot[3] > t[1] for t in taken):
            continue
        taken.append(spot)
        canvas.rect(x - 2, y - 2, 4, 4, canvas.palette.text2)
        canvas.label(x + 6, y + 4, name, bold=float(names["population"][i]) > 200_000, halo=True)
        if len(taken) == 14:
            return


def _events(canvas: Canvas, frame: _Frame, run: Run, view: LineView) -> None:
    """Rings near the line, with a dot as large as the probability of an act of war; farther fires small."""
    palette, events = canvas.palette, run.events
    close = near(run, view)
    xy = frame.xy(events.lon, events.lat)
    war = events.p_act.get("act_of_war", np.full(len(events), np.nan))
    for i in np.flatnonzero(in_truce(run)):
        x, y = float(xy[i, 0]), float(xy[i, 1])
        if not (0 <= x <= _WIDTH and 0 <= y <= frame.height):
            continue
        if not close[i]:
            canvas.circle(x, y, 2.6, stroke=palette.happened, width=1.2)
            continue
        canvas.circle(x, y, 6, fill=palette.panel, stroke=palette.happened, width=1.8)
        if np.isfinite(war[i]):
            canvas.circle(x, y, max(0.6, 4.4 * float(war[i])), fill=palette.happened)


def _scale_bar(canvas: Canvas, frame: _Frame) -> None:
    """A hundred kilometres, or ten where that is too long."""
    km = 100 if frame.px(100) < 250 else 10
    x, y = 14.0, frame.height - 14
    canvas.line(x, y, x + frame.px(km), y, canvas.palette.text, 1.6)
    canvas.label(x, y - 6, f"{km}{NBSP}km", halo=True)


def _legend(canvas: Canvas, frame: _Frame, view: LineView) -> None:
    """The scale names its own probability."""
    palette = canvas.palette
    top = frame.height + 18
    canvas.label(0, top, "Coverage of the truce, %: of 100 such acts, how many would have been detected", bold=True)
    grain = "; told per province" if view.coverage.areas else ""
    canvas.label(0, top + 16, f"such an act: {view.coverage.act.text()}{grain}", fill=palette.text2)
    top += 18
    hatches = [canvas.hatch(f"c{n}", step) for n, step in enumerate((4.5, 7, 11))]
    for number, text in enumerate(COVERAGE_LABELS):
        x = number * 52.0
        canvas.rect(x, top + 8, 48, 12, palette.coverage[number])
        if number < len(hatches):
            canvas.rect(x, top + 8, 48, 12, hatches[number])
        canvas.label(x, top + 34, text)
    canvas.circle(340, top + 14, 6, fill=palette.panel, stroke=palette.happened, width=1.8)
    canvas.circle(340, top + 14, 3, fill=palette.happened)
    within = f"{view.coverage.act.within_km:g}{NBSP}km"
    canvas.label(352, top + 18, f"event within {within}; the dot grows with P(act of war)")
    canvas.circle(340, top + 32, 2.6, stroke=palette.happened, width=1.2)
    canvas.label(
        352,
        top + 36,
        f"fire farther away · whole truce, mean coverage {words.share_text(view.coverage, view.coverage.share)}",
    )
