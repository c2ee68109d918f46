// SPDX-License-Identifier: Apache-2.0
/** Images the map needs, drawn when asked for: hatches and event marks. Names carry the theme. */

import { token } from "../dom";

const RATIO = 2;

function canvas(size: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const el = document.createElement("canvas");
  el.width = el.height = size * RATIO;
  const context = el.getContext("2d");
  if (!context) throw new Error("this browser gives no canvas");
  context.scale(RATIO, RATIO);
  return [el, context];
}

/** A seamless diagonal hatch, over nothing or over a ground of its own. */
function hatch(gap: number, colour: string, width: number, ground = ""): ImageData {
  const [el, c] = canvas(gap);
  if (ground) {
    c.fillStyle = ground;
    c.fillRect(0, 0, gap, gap);
  }
  c.strokeStyle = colour;
  c.lineWidth = width;
  for (const shift of [-gap, 0, gap]) {
    c.beginPath();
    c.moveTo(shift - 1, gap + 1);
    c.lineTo(shift + gap + 1, -1);
    c.stroke();
  }
  return c.getImageData(0, 0, el.width, el.height);
}

/** An event: ring and dot; with a probability, an outer arc that runs as far round as the event is likely war,
 * dotted all round where heat cannot tell. */
function event(named: string, p: number): ImageData {
  const open = named.endsWith("open"); // one detection: an open ring; the dot is of those that several recorded
  const kind = named.replace(/open$/, "") || "near";
  const size = kind === "far" ? 12 : 30;
  const [el, c] = canvas(size);
  const mid = size / 2;
  c.strokeStyle = c.fillStyle = token("--happened");
  const ring = (r: number, width: number, from = 0, to = 2 * Math.PI): void => {
    c.lineWidth = width;
    c.beginPath();
    c.arc(mid, mid, r, from, to);
    c.stroke();
  };
  if (kind === "far") {
    ring(3, 1.4);
  } else {
    c.fillStyle = token("--panel");
    c.beginPath();
    c.arc(mid, mid, kind === "gauge" || kind === "silent" ? 13 : 8, 0, 2 * Math.PI);
    c.fill();
    c.fillStyle = token("--happened");
    ring(6.5, 2);
    if (!open) {
      c.beginPath();
      c.arc(mid, mid, 2.4, 0, 2 * Math.PI);
      c.fill();
    }
    if (kind === "gauge") {
      c.strokeStyle = token("--rule");
      ring(11, 2.6);
      c.strokeStyle = token("--happened");
      ring(11, 3.2, -Math.PI / 2, -Math.PI / 2 + 2 * Math.PI * p);
    }
    if (kind === "silent") {
      c.setLineDash([1.8, 3.4]);
      ring(11, 2);
      c.setLineDash([]);
    }
    if (kind === "chosen") {
      c.strokeStyle = token("--text");
      ring(12.5, 2.2);
    }
  }
  return c.getImageData(0, 0, el.width, el.height);
}

/** Many events in one place: a double ring with room for their number; a single thin one where all are far. */
function many(kind: string, radius: number): ImageData {
  const [el, c] = canvas(2 * radius + 6);
  const mid = radius + 3;
  c.fillStyle = token("--panel");
  c.strokeStyle = token("--happened");
  const rings = kind === "near" ? [radius, radius - 4] : [radius];
  c.lineWidth = kind === "near" ? 1.8 : 1.2;
  for (const r of rings) {
    c.beginPath();
    c.arc(mid, mid, r, 0, 2 * Math.PI);
    c.fill();
    c.stroke();
  }
  return c.getImageData(0, 0, el.width, el.height);
}

function town(): ImageData {
  const [el, c] = canvas(8);
  c.fillStyle = token("--text2");
  c.fillRect(1.5, 1.5, 5, 5);
  return c.getImageData(0, 0, el.width, el.height);
}

/** The image of a name like `hatch-0-dark`, `event-gauge-70-light`, `town-dark`; null if it is not ours. */
export function image(name: string): { data: ImageData; ratio: number } | null {
  const [what, kind = "", p = "0"] = name.split("-");
  const draw: Record<string, () => ImageData> = {
    town,
    hatch: () => {
      const [gap, width] = { none: [6, 1.5], thin: [8, 1.1], thinner: [12, 0.9], side: [10, 1.1], outside: [10, 0.8] }[kind] ?? [8, 1];
      return hatch(gap as number, token("--hatch"), width as number, kind === "outside" ? token("--fog-soft") : "");
    },
    event: () => event(kind, Number(p) / 100),
    many: () => many(kind, Number(p)),
  };
  const make = draw[what ?? ""];
  return make ? { data: make(), ratio: RATIO } : null;
}
