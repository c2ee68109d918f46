// SPDX-License-Identifier: Apache-2.0
/** The when-bar, and fires near the place by day. */

import { h, s } from "../dom";
import { KM_LAT, kmLon } from "../map/geometry";
import { clock, DAY, type Model } from "../model";
import { hatch } from "../symbols";
import type { Detail } from "../types";

/** Solid while seen, hatched while only possible; a mark for each pass: filled where it saw fire. */
export function whenBar(detail: Detail): SVGElement {
  const w = detail.when;
  const near = w.marks.filter((m) => Math.abs(m.time - w.first) < 5 * 3600 || Math.abs(m.time - w.last) < 5 * 3600);
  const times = [...near.map((m) => m.time), w.first, w.last, w.earliest ?? w.first, w.latest ?? w.last];
  const from = Math.min(...times) - 600;
  const to = Math.max(...times) + 600;
  const x = (t: number): number => 14 + ((t - from) / (to - from)) * 324;
  const [e, l] = [x(w.earliest ?? from), x(w.latest ?? to)];
  const [a, b] = [x(w.first), Math.max(x(w.last), x(w.first) + 5)];
  let last = -100;
  return s(
    "svg",
    { viewBox: "0 0 352 86", width: "100%", role: "img", "aria-label": `${w.title}. ${w.text}` },
    s("defs", {}, hatch("when-hatch", 6, "var(--hatch)", "none")),
    s("rect", { x: e, y: 28, width: Math.max(1, l - e), height: 22, fill: "url(#when-hatch)", stroke: "var(--happened)", "stroke-dasharray": "4 3" }),
    s("rect", { x: a, y: 28, width: b - a, height: 22, fill: "var(--happened-fill)" }),
    near.map((m) => {
      const at = x(m.time);
      const word = at - last > 36 || m.seen;
      if (word) last = at;
      return s(
        "g",
        {},
        s("title", {}, `${clock(m.time)} UTC, ${m.sensor}: ${m.seen ? "saw fire" : "saw none"}`),
        s("path", { d: `M${at} 14V58`, stroke: "var(--seen)", "stroke-width": 1.6 }),
        s("circle", { cx: at, cy: 12, r: 4.2, fill: m.seen ? "var(--happened-fill)" : "var(--panel)", stroke: m.seen ? "var(--happened)" : "var(--seen)", "stroke-width": 1.6 }),
        word && s("text", { x: at, y: m.seen ? 74 : 84, "text-anchor": "middle", class: m.seen ? "strong" : "soft" }, clock(m.time)),
      );
    }),
  );
}

/** Fire pixels within 20 km by UTC day; a day with no file is hatched, never 0. */
export function daysChart(model: Model, i: number): HTMLElement {
  const ev = model.page.events;
  const d = model.page.detections;
  const days = model.page.satellite_days.days;
  const start = Date.parse(`${days[0]}T00:00:00Z`) / 1000;
  const counts = days.map(() => 0);
  const [lon, lat] = [ev.lon[i] as number, ev.lat[i] as number];
  for (let r = 0; r < d.time.length; r += 1) {
    const km = Math.hypot(((d.lon[r] as number) - lon) * kmLon(lat), ((d.lat[r] as number) - lat) * KM_LAT);
    const day = Math.floor(((d.time[r] as number) - start) / DAY);
    if (km <= 20 && day >= 0 && day < counts.length) counts[day] = (counts[day] as number) + 1;
  }
  const missing = days.map((_, k) => model.page.satellite_days.rows.every((row) => row[k] === null));
  return h(
    "section",
    { class: "block" },
    h("h2", { class: "minor" }, "Fire pixels within 20\u00a0km of here, by day ", h("span", { class: "small soft" }, "hatched: no file for that day, not zero")),
    h("div", { class: "chart", tabindex: "0", role: "region", "aria-label": "Fires by day" }, columns(model, counts, missing, start)),
  );
}

function columns(model: Model, counts: number[], missing: boolean[], start: number): SVGElement {
  const step = Math.max(22, Math.min(34, 600 / counts.length));
  const most = Math.max(4, ...counts);
  const width = step * counts.length + 20;
  const [t0, t1] = model.truce;
  const x = (t: number): number => 10 + ((t - start) / DAY) * step;
  return s(
    "svg",
    { width, height: 150, role: "img", "aria-label": counts.map((n, k) => (missing[k] ? "no file" : n)).join(", ") },
    s("defs", {}, hatch("day-hatch", 7, "var(--hatch)", "none")),
    s("path", { d: `M10 108H${width - 10}`, stroke: "var(--edge)" }),
    counts.map((n, k) => {
      const at = 10 + k * step;
      const tall = (n / most) * 76;
      const day = new Date((start + k * DAY) * 1000).getUTCDate();
      return s(
        "g",
        {},
        missing[k]
          ? s("rect", { x: at + 1, y: 32, width: step - 2, height: 76, fill: "url(#day-hatch)" })
          : [s("rect", { x: at + 3, y: 108 - tall, width: step - 6, height: tall, fill: "var(--happened-fill)" }), s("text", { x: at + step / 2, y: 103 - tall, "text-anchor": "middle" }, n)],
        s("text", { x: at + step / 2, y: 124, "text-anchor": "middle", class: "soft" }, day),
      );
    }),
    s("path", { d: `M${x(t0)} 130v5H${x(t1)}v-5`, fill: "none", stroke: "var(--text)", "stroke-width": 1.6 }),
    s("text", { x: x(t1) + 6, y: 142 }, "truce"),
  );
}
