# SPDX-License-Identifier: Apache-2.0
"""A small hand for drawing SVG that reads the same in a browser, dark or light, and in the PDF."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from truceline.base.text import clean
from truceline.reports.formats import xml

COVERAGE_EDGES = (0.02, 0.05, 0.10, 0.20, 0.50)
"""Upper edges of the coverage classes but the last. The scale is absolute, so poor coverage looks poor."""

COVERAGE_LABELS = ("0–2", "2–5", "5–10", "10–20", "20–50", "50 up")


@dataclass(frozen=True)
class Palette:
    """Colours by what they mean: seen, happened, not seen, said. No party has one."""

    ground: str
    """Behind everything."""

    panel: str
    """Behind text."""

    text: str
    """Ink: what is said and agreed."""

    text2: str
    """Ink of less weight."""

    seen: str
    """What looked, and what it could see."""

    happened: str
    """What was recorded."""

    edges: str
    """Axes and ticks."""

    fog: str
    """Not seen."""

    hatch: str
    """Lines over fog."""

    coverage: tuple[str, str, str, str, str, str]
    """The six classes of coverage, poorest first."""

    sans: str
    """Font family of labels."""


SCREEN = Palette(
    **{name: f"var(--{name})" for name in ("ground", "panel", "text", "text2", "seen", "happened", "edges")},
    fog="var(--fog)",
    hatch="var(--hatch)",
    coverage=("var(--c0)", "var(--c1)", "var(--c2)", "var(--c3)", "var(--c4)", "var(--c5)"),
    sans="inherit",
)
"""Names of the report's CSS variables: light and dark follow the reader's choice."""

PAPER = Palette(
    ground="#F2F4F2",
    panel="#FFFFFF",
    text="#14201E",
    text2="#43504C",
    seen="#00655B",
    happened="#9C4000",
    edges="#7F8B86",
    fog="#DCE1DE",
    hatch="#93A09A",
    coverage=("#DCE1DE", "#CBE0DA", "#A3D0C6", "#69B8AA", "#2B9284", "#00655B"),
    sans="Libertinus Serif",
)
"""Light colours, for print."""


def coverage_class(share: float) -> int:
    """Return the class 0 to 5 of a share."""
    return sum(share >= edge for edge in COVERAGE_EDGES)


@dataclass
class Canvas:
    """An SVG being drawn; ``text`` closes it. Coordinates are user units, origin top left."""

    name: str
    """Prefix of ids, unique on a page."""

    width: float
    """Width, user units."""

    height: float
    """Height, user units."""

    palette: Palette
    """Colours."""

    parts: list[str] = field(default_factory=list)
    """What was drawn so far."""

    def rect(self, x: float, y: float, w: float, h: float, fill: str, *, extra: str = "") -> None:
        """Draw a filled rectangle; ``extra`` is more style."""
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(w, 0):.1f}" height="{max(h, 0):.1f}" '
            f'style="fill:{fill};{extra}"/>'
        )

    def line(self, x1: float, y1: float, x2: float, y2: float, stroke: str, width: float = 1, dash: str = "") -> None:
        """Draw a straight stroke, dashed where ``dash`` says so."""
        more = f";stroke-dasharray:{dash}" if dash else ""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'style="stroke:{stroke};stroke-width:{width:g}{more}"/>'
        )

    def path(self, d: str, *, fill: str = "none", stroke: str = "none", width: float = 1, extra: str = "") -> None:
        """Draw a path; nothing where it has no points."""
        if not d:
            return
        self.parts.append(
            f'<path d="{d}" style="fill:{fill};stroke:{stroke};stroke-width:{width:g};stroke-linejoin:round;{extra}"/>'
        )

    def circle(
        self, x: float, y: float, r: float, *, fill: str = "none", stroke: str = "none", width: float = 1
    ) -> None:
        """Draw a circle."""
        style = f"fill:{fill};stroke:{stroke};stroke-width:{width:g}"
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}" style="{style}"/>')

    def label(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        anchor: str = "start",
        bold: bool = False,
        fill: str = "",
        halo: bool = False,
    ) -> None:
        """Write text on its baseline; with a halo it stays readable on a picture."""
        style = f"fill:{fill or self.palette.text};font-size:{size:g}px;font-weight:{600 if bold else 400}"
        attributes = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
        if halo:
            back = f"{style};stroke:{self.palette.panel};stroke-width:3px;stroke-linejoin:round"
            self.parts.append(f'<text {attributes} style="{back}" aria-hidden="true">{xml(text)}</text>')
        self.parts.append(f'<text {attributes} style="{style}">{xml(text)}</text>')

    def boxed(self, x: float, y: float, text: str, *, size: float = 13, bold: bool = True) -> None:
        """Write centred text on a plain box, so that words stay readable on hatch; ``y`` is the middle."""
        width = text_width(text, size) + 16
        self.rect(x - width / 2, y - size * 0.85, width, size * 1.7, self.palette.panel, extra="rx:2px")
        self.label(x, y + size * 0.35, text, size=size, anchor="middle", bold=bold)

    def hatch(self, kind: str, step: float, width: float = 1) -> str:
        """Define a hatch of lines ``step`` apart and return the fill that uses it."""
        ident = f"{self.name}-{kind}"
        mark = f'<pattern id="{ident}"'
        if not any(part.startswith(mark) for part in self.parts):
            self.parts.append(
                f'{mark} width="{step:g}" height="{step:g}" patternUnits="userSpaceOnUse" '
                f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="{step:g}" '
                f'style="stroke:{self.palette.hatch};stroke-width:{width:g}"/></pattern>'
            )
        return f"url(#{ident})"

    def fogged(self, x: float, y: float, w: float, h: float, *, step: float = 6) -> None:
        """Draw a hatched stretch of fog: not seen."""
        self.rect(x, y, w, h, self.palette.fog)
        self.rect(x, y, w, h, self.hatch(f"h{step:g}", step))

    def text(self, title: str, description: str) -> str:
        """Return the SVG with a title and a description for those who do not see it."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}" '
            f'width="{self.width:g}" height="{self.height:g}" role="img" '
            f'aria-labelledby="{self.name}-t {self.name}-d" style="font-family:{self.palette.sans}">'
            f'<title id="{self.name}-t">{xml(title)}</title><desc id="{self.name}-d">{xml(description)}</desc>'
        )
        return head + "".join(self.parts) + "</svg>"


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is, user units; generous by a tenth."""
    return len(text) * size * 0.55


def shortened(text: str, size: float, room: float) -> str:
    """Return the text cut with an ellipsis so that it is no wider than ``room`` user units."""
    text = clean(text)
    most = max(1, int(room / (size * 0.55)))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def polygon(points: Iterable[tuple[float, float]], *, close: bool = True) -> str:
    """Return path data through points; empty where there is none (a buffer may vanish), for ``MZ`` is no path."""
    data = "L".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f"M{data}{'Z' if close else ''}" if data else ""
