// SPDX-License-Identifier: Apache-2.0
/** Marks: shape is the act, fill is the status (PAGE.md). The word stands beside the mark, except on the map. */

import { s } from "./dom";

type Status = string;

/** A status mark, 20 px. Colour says only that it happened (`ember`) or is said of status (`ink`). */
export function statusMark(status: Status, colour = "currentColor", size = 20): SVGSVGElement {
  const ring = s("circle", { cx: 10, cy: 10, r: 6.5, fill: "none", stroke: colour, "stroke-width": 1.8 });
  const inner: Record<string, SVGElement[]> = {
    alleged: [s("circle", { cx: 10, cy: 10, r: 6.5, fill: "none", stroke: colour, "stroke-width": 1.8, "stroke-dasharray": "2.4 2.2" })],
    detected: [ring],
    recorded: [ring, s("circle", { cx: 10, cy: 10, r: 2.2, fill: colour })],
    corroborated: [ring, s("path", { d: "M10 3.5a6.5 6.5 0 0 1 0 13z", fill: colour })],
    "verified breach": [s("circle", { cx: 10, cy: 10, r: 7, fill: colour })],
    "clear breach": [
      s("circle", { cx: 10, cy: 10, r: 8, fill: "none", stroke: colour, "stroke-width": 1.6 }),
      s("circle", { cx: 10, cy: 10, r: 5.2, fill: colour }),
    ],
    "cannot be judged": [
      ring,
      s("path", { d: "M5.5 11.5 11.5 5M7 14.6l7.8-8.4M11 16l4.6-5", stroke: colour, "stroke-width": 1.6, fill: "none" }),
    ],
    consistent: [ring, s("path", { d: "M6.8 10.2l2.3 2.4 4.2-5", stroke: colour, "stroke-width": 1.7, fill: "none" })],
    inconsistent: [ring, s("path", { d: "M7.2 7.2l5.6 5.6M12.8 7.2l-5.6 5.6", stroke: colour, "stroke-width": 1.7, fill: "none" })],
    pass: [ring],
    cloud: [s("rect", { x: 3, y: 7.5, width: 14, height: 6, rx: 3, fill: colour })],
  };
  return s("svg", { viewBox: "0 0 20 20", width: size, height: size, "aria-hidden": "true", class: "mark" }, inner[status] ?? [ring]);
}

export function logo(): SVGSVGElement {
  return s(
    "svg",
    { viewBox: "0 0 28 20", width: 28, height: 20, "aria-hidden": "true", class: "logo" },
    s("path", { d: "M2 10h8M18 10h8", stroke: "currentColor", "stroke-width": 2.6, "stroke-linecap": "round" }),
    s("circle", { cx: 14, cy: 10, r: 4, fill: "none", stroke: "var(--seen)", "stroke-width": 2.6 }),
  );
}

/** A diagonal hatch as an SVG pattern; `gap` is the distance between its lines. */
export function hatch(id: string, gap: number, line: string, ground: string): SVGPatternElement {
  return s(
    "pattern",
    { id, width: gap, height: gap, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    s("rect", { width: gap, height: gap, fill: ground }),
    s("path", { d: `M0 0V${gap}`, stroke: line, "stroke-width": 1.4 }),
  );
}
