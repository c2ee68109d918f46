// SPDX-License-Identifier: Apache-2.0
/** A still map of one event at true scale, as SVG: line, sectors, pixels, 68 % and 95 % ellipses, towns, scale. */

import { replace, s, uid } from "../dom";
import { coverageClass, type Model } from "../model";
import type { LineView } from "../types";
import { base, type Borders, type Box } from "./base";
import { clip, ellipse, HOLDS_68, HOLDS_95, KM_LAT, kmLon, roundScale, type Point } from "./geometry";

export interface Frame {
  lon: number;
  lat: number;
  /** Kilometres across. */
  km: number;
  width: number;
  height: number;
}

type Project = (p: Point) => [number, number];

export const projector = (f: Frame): Project => {
  const k = f.width / f.km;
  return ([lon, lat]) => [f.width / 2 + (lon - f.lon) * kmLon(f.lat) * k, f.height / 2 - (lat - f.lat) * KM_LAT * k];
};

function path(points: Point[], to: Project, close = false): string {
  const text = points.map((p, i) => {
    const [x, y] = to(p);
    return `${i ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return text.join("") + (close ? "Z" : "");
}

/** The least kilometres across that hold an event's 95 % ellipse with room, and if near enough the line and a town. */
export function fitting(model: Model, i: number): number {
  const ev = model.page.events;
  const own = ((ev.major_m[i] as number) * HOLDS_95 * 6) / 1000;
  let town = Infinity;
  const { lon, lat } = model.page.towns;
  for (let k = 0; k < lon.length; k += 1) {
    const dx = ((lon[k] as number) - (ev.lon[i] as number)) * kmLon(ev.lat[i] as number);
    const dy = ((lat[k] as number) - (ev.lat[i] as number)) * KM_LAT;
    town = Math.min(town, Math.hypot(dx, dy));
  }
  return Math.max(8, own, Math.min(town * 2.6, 40));
}

function shapes(line: LineView, to: Project): SVGElement[] {
  const out: SVGElement[] = [];
  for (const sector of line.coverage.sectors) {
    sector.shapes.forEach((polygons, side) => {
      const c = coverageClass(sector.share[side] ?? null);
      for (const rings of polygons) {
        const d = rings.map((ring) => path(ring, to, true)).join("");
        out.push(s("path", { d, fill: c < 0 ? "var(--fog-soft)" : `var(--c${c})`, "fill-opacity": 0.55 }));
      }
    });
  }
  for (const part of line.coordinates) {
    const d = path(part, to);
    out.push(s("path", { d, fill: "none", stroke: "var(--panel)", "stroke-width": 5 }));
    out.push(s("path", { d, fill: "none", stroke: "var(--text)", "stroke-width": 2.4 }));
  }
  return out;
}

function pixels(model: Model, rows: number[], to: Project, f: Frame): SVGElement[] {
  const d = model.page.detections;
  const k = f.width / f.km;
  return rows.map((r) => {
    const [x, y] = to([d.lon[r] as number, d.lat[r] as number]);
    const [w, h] = [Math.max(2, (d.scan_km[r] ?? 0.4) * k), Math.max(2, (d.track_km[r] ?? 0.4) * k)];
    return s("rect", { x: x - w / 2, y: y - h / 2, width: w, height: h, fill: "var(--happened-fill)", "fill-opacity": 0.4, stroke: "var(--happened)" });
  });
}

/** `foot`: how much room to leave below, for the scale. */
function towns(model: Model, to: Project, f: Frame, foot: number): SVGElement[] {
  const { name, lon, lat } = model.page.towns;
  const out: SVGElement[] = [];
  for (let i = 0; i < name.length && out.length < 12; i += 1) {
    const [x, y] = to([lon[i] as number, lat[i] as number]);
    if (x < 12 || x > f.width - 12 || y < 12 || y > f.height - foot) continue;
    const left = x > f.width * 0.62;
    out.push(
      s("rect", { x: x - 3, y: y - 3, width: 6, height: 6, fill: "var(--text2)" }),
      s("text", { x: left ? x - 7 : x + 7, y: y + 4, "text-anchor": left ? "end" : "start", class: "strong", stroke: "var(--land)", "stroke-width": 3, "paint-order": "stroke" }, name[i]),
    );
  }
  return out;
}

export function scaleBar(km: number, pxPerKm: number, x: number, y: number, anchor: "start" | "middle" = "start"): SVGGElement {
  const w = km * pxPerKm;
  const x0 = anchor === "middle" ? x - w / 2 : x;
  return s(
    "g",
    {},
    s("path", { d: `M${x0} ${y - 6}V${y}H${x0 + w}V${y - 6}`, fill: "none", stroke: "var(--text)", "stroke-width": 1.6 }),
    s("text", { x: anchor === "middle" ? x : x0 + w + 8, y: anchor === "middle" ? y - 9 : y + 2, "text-anchor": anchor }, `${km}\u00a0km`),
  );
}

/** Pieces of lines that touch a box. */
function within(lines: Point[][], [w, s_, e, n]: Box): Point[][] {
  const out: Point[][] = [];
  for (const one of lines) {
    let piece: Point[] = [];
    for (let i = 1; i < one.length; i += 1) {
      const [a, b] = [one[i - 1] as Point, one[i] as Point];
      const touches = Math.max(a[0], b[0]) >= w && Math.min(a[0], b[0]) <= e && Math.max(a[1], b[1]) >= s_ && Math.min(a[1], b[1]) <= n;
      if (touches && piece.length === 0) piece.push(a);
      if (touches) piece.push(b);
      else if (piece.length) {
        out.push(piece);
        piece = [];
      }
    }
    if (piece.length) out.push(piece);
  }
  return out;
}

/** Water, coast and the borders chosen, under a sketch that is already drawn; without the basemap it stays plain. */
export async function ground(drawn: SVGElement, f: Frame, borders: Borders): Promise<void> {
  const [dx, dy] = [f.km / 2 / kmLon(f.lat), (f.km * f.height) / f.width / 2 / KM_LAT];
  const box: Box = [f.lon - dx, f.lat - dy, f.lon + dx, f.lat + dy];
  const found = await base(box);
  const under = drawn.querySelector<SVGElement>("[data-ground]");
  if (!under || found.missing > 0) return;
  const to = projector(f);
  const land = found.land.map((rings) => rings.map((ring) => path(clip(ring, ...box), to, true)).join("")).join("");
  const draw = (lines: Point[][], stroke: string): SVGElement[] =>
    within(lines, box).map((one) => s("path", { d: path(one, to), fill: "none", stroke, "stroke-width": 1 }));
  replace(
    under,
    s("rect", { width: f.width, height: f.height, fill: "var(--water)" }),
    s("path", { d: land, fill: "var(--land)", "fill-rule": "evenodd" }),
    draw(found.coast, "var(--edge)"),
    borders === "none" ? null : draw(found[borders], "var(--hatch)"),
  );
}

/** The event's neighbourhood. Ellipses are never enlarged: where they are too small to see, zoom is the answer. */
export function sketch(model: Model, line: LineView, i: number, f: Frame, rows: number[], labels = true): SVGGElement {
  const to = projector(f);
  const ev = model.page.events;
  const round = (holds: number): Point[] =>
    ellipse(ev.lon[i] as number, ev.lat[i] as number, (ev.major_m[i] as number) * holds, (ev.minor_m[i] as number) * holds, ev.bearing[i] as number);
  const outer = round(HOLDS_95);
  const id = uid("clip");
  const [, top] = to([ev.lon[i] as number, Math.max(...outer.map((p) => p[1]))]);
  const [, bottom] = to([ev.lon[i] as number, Math.min(...outer.map((p) => p[1]))]);
  const mid = to([ev.lon[i] as number, ev.lat[i] as number])[0];
  return s(
    "g",
    {},
    s("clipPath", { id }, s("rect", { width: f.width, height: f.height })),
    s(
      "g",
      { "clip-path": `url(#${id})` },
      s("rect", { width: f.width, height: f.height, fill: "var(--land)" }),
      s("g", { "data-ground": "" }),
      shapes(line, to),
      pixels(model, rows, to, f),
      s("path", { d: path(outer, to, true), fill: "none", stroke: "var(--text)", "stroke-width": 1.6, "stroke-dasharray": "4 3" }),
      s("path", { d: path(round(HOLDS_68), to, true), fill: "none", stroke: "var(--text)", "stroke-width": 1.8 }),
      towns(model, to, f, labels ? 24 : 60),
      labels && s("text", { x: mid, y: top - 8, "text-anchor": "middle", stroke: "var(--land)", "stroke-width": 3, "paint-order": "stroke" }, "68\u00a0% solid, 95\u00a0% dashed"),
      labels && s("text", { x: mid, y: bottom + 18, "text-anchor": "middle", stroke: "var(--land)", "stroke-width": 3, "paint-order": "stroke" }, `${rows.length} pixel${rows.length === 1 ? "" : "s"}`),
    ),
    scaleBar(roundScale(f.km / 4), f.width / f.km, labels ? 20 : f.width / 2, f.height - (labels ? 16 : 22), labels ? "start" : "middle"),
  );
}
