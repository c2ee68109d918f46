// SPDX-License-Identifier: Apache-2.0
/** What the map's signs mean. Each coverage scale names its own period. */

import { h, s } from "../dom";
import { BORDERS, type Borders } from "../map/base";
import { COVERAGE_LABELS } from "../model";
import { set } from "../route";
import { hatch } from "../symbols";
import type { LineView, Page } from "../types";

export interface LegendState {
  mode: string;
  borders: Borders;
  /** Cells of the basemap that could not be loaded. */
  missing: number;
  open: boolean;
  /** Whether events that stand close together are drawn as one mark. */
  dense: boolean;
}

export function legend(page: Page, line: LineView, { mode, borders, missing, open, dense }: LegendState): HTMLElement {
  const picker = h(
    "select",
    { "aria-label": "Borders drawn", change: () => set({ borders: picker.value }) },
    (Object.keys(BORDERS) as Borders[]).map((key) => h("option", { value: key, selected: key === borders }, BORDERS[key].replace("Borders: ", ""))),
  );
  return h(
    "details",
    { class: "legend", open },
    h("summary", {}, mode === "coverage" ? `Coverage of the truce, %` : "Probability of an act of war"),
    mode === "coverage"
      ? h("p", {}, `of 100 such fires, how many would have been detected: ${line.coverage.act}`)
      : h("p", {}, "the outer arc runs as far round as the fire is likely to be an act of war; the number says it, the list its band"),
    mode === "coverage" ? scale() : gauges(),
    mode === "coverage" && h("p", {}, page.sentences["grain"] || "Coverage cells begin up to an hour before a pass: a reference fire lit then still burns when it passes."),
    mode !== "coverage" && h("p", { class: "row" }, silent(), h("span", {}, h("b", {}, "? cannot tell"), ": the 90\u00a0% band is too wide for a number")),
    h(
      "ul",
      {},
      h("li", {}, mark(true, false), "event in the truce within ", `${line.coverage.within_km}\u00a0km, detected once`),
      h("li", {}, mark(true), "the same, recorded by several detections"),
      h("li", {}, mark(false), "fire in the truce farther away"),
      dense && h("li", {}, several(), "many, with their number; thin ring: farther away. Zoom in to part them"),
      h("li", {}, s("svg", { width: 22, height: 10, "aria-hidden": "true" }, s("path", { d: "M1 5h20", stroke: "var(--text)", "stroke-width": 2.4 })), "line of contact"),
      h("li", {}, swatch(10), page.extent.length ? "not observed: the fire file ends" : "side not observed"),
    ),
    h("label", {}, "Borders, not a judgement", picker),
    missing > 0 && h("p", { class: "lacking" }, "Part of the land, coast and borders could not be loaded: the map is drawn without it. Line, coverage and events are whole."),
  );
}

function scale(): SVGElement {
  const gaps = [6, 8, 12, 0, 0, 0];
  return s(
    "svg",
    { width: 258, height: 34, role: "img", "aria-label": "Scale from 0 to 50 per cent and more; hatched below 10" },
    gaps.map((gap, k) =>
      s(
        "g",
        { transform: `translate(${k * 43} 0)` },
        gap ? s("defs", {}, hatch(`legend-${k}`, gap * 0.8, "var(--hatch)", "none")) : null,
        s("rect", { width: 41, height: 14, fill: `var(--c${k})` }),
        gap ? s("rect", { width: 41, height: 14, fill: `url(#legend-${k})` }) : null,
        s("text", { x: 0, y: 29, class: "tiny soft" }, COVERAGE_LABELS[k]),
      ),
    ),
  );
}

/** The arc at four probabilities, with the words. */
function gauges(): SVGElement {
  const arc = (p: number): string => {
    const a = 2 * Math.PI * p - Math.PI / 2;
    return `M0 -9A9 9 0 ${p > 0.5 ? 1 : 0} 1 ${9 * Math.cos(a)} ${9 * Math.sin(a)}`;
  };
  return s(
    "svg",
    { width: 258, height: 44, role: "img", "aria-label": "The arc at 10, 30, 50, 70 and 90 per cent" },
    [0.1, 0.3, 0.5, 0.7, 0.9].map((p, k) =>
      s(
        "g",
        { transform: `translate(${16 + k * 52} 13)` },
        s("circle", { r: 9, fill: "none", stroke: "var(--rule)", "stroke-width": 2.6 }),
        s("path", { d: arc(p), fill: "none", stroke: "var(--happened)", "stroke-width": 3.2 }),
        s("circle", { r: 4.5, fill: "none", stroke: "var(--happened)", "stroke-width": 1.6 }),
        s("text", { x: 0, y: 27, "text-anchor": "middle", class: "tiny soft" }, `${p * 100}\u00a0%`),
      ),
    ),
  );
}

/** An event of which heat cannot tell: dotted all round, no arc. */
function silent(): SVGElement {
  return s(
    "svg",
    { width: 28, height: 28, "aria-hidden": "true" },
    s("circle", { cx: 14, cy: 14, r: 11, fill: "none", stroke: "var(--happened)", "stroke-width": 2, "stroke-dasharray": "1.8 3.4" }),
    s("circle", { cx: 14, cy: 14, r: 6.5, fill: "none", stroke: "var(--happened)", "stroke-width": 2 }),
    s("circle", { cx: 14, cy: 14, r: 2.4, fill: "var(--happened)" }),
  );
}

/** Many events drawn as one. */
function several(): SVGElement {
  return s(
    "svg",
    { width: 28, height: 28, "aria-hidden": "true" },
    s("circle", { cx: 14, cy: 14, r: 12, fill: "none", stroke: "var(--happened)", "stroke-width": 1.6 }),
    s("circle", { cx: 14, cy: 14, r: 8.5, fill: "none", stroke: "var(--happened)", "stroke-width": 1.6 }),
    s("text", { x: 14, y: 18, "text-anchor": "middle", class: "tiny" }, "9"),
  );
}

function mark(near: boolean, dot = near): SVGElement {
  return s(
    "svg",
    { width: 22, height: 18, "aria-hidden": "true" },
    s("circle", { cx: 11, cy: 9, r: near ? 6 : 3, fill: "none", stroke: "var(--happened)", "stroke-width": near ? 2 : 1.4 }),
    dot && s("circle", { cx: 11, cy: 9, r: 2.2, fill: "var(--happened)" }),
  );
}

function swatch(gap: number): SVGElement {
  return s(
    "svg",
    { width: 22, height: 14, "aria-hidden": "true" },
    s("defs", {}, hatch("legend-out", gap * 0.6, "var(--hatch)", "var(--fog-soft)")),
    s("rect", { width: 22, height: 14, fill: "url(#legend-out)" }),
  );
}
