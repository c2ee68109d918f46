// SPDX-License-Identifier: Apache-2.0
/** The parts of the time axis, each an SVG group. */

import { s } from "../dom";
import { clock, comma, date, DAY, HOUR, short, type Model } from "../model";
import type { LineView } from "../types";
import { PLOT, type AxisState, type Scale } from "./axis";

export interface Draw {
  model: Model;
  scale: Scale;
  line: LineView;
  state: AxisState;
  choose: (i: number) => void;
}

const inView = (d: Draw, a: number, b: number): boolean => b > d.scale.from && a < d.scale.to;
const cut = (d: Draw, t: number): number => d.scale.x(Math.min(d.scale.to, Math.max(d.scale.from, t)));

/** One bracket for each reading, over the hours it binds; further readings are dashed. */
export function brackets(d: Draw): SVGElement {
  const rows = d.model.page.readings.map((reading, k) => {
    const [a, b] = [Date.parse(reading.start) / 1000, Date.parse(reading.end) / 1000];
    if (!inView(d, a, b)) return null;
    const [x0, x1] = [cut(d, a), cut(d, b)];
    const y = 16 + k * 18;
    const end = (t: number, x: number): string => (t >= d.scale.from && t <= d.scale.to ? `M${x} ${y + 10}V${y}` : `M${x} ${y}`);
    const dash = k ? "5 4" : undefined;
    const text = x1 - x0 > 560 ? `${reading.name}: ${reading.summary.replace(/\.$/, "")}` : reading.name;
    const room = (Math.min(x1, d.scale.width - (d.scale.width > 720 ? 410 : 0)) - x0 - 40) / 6.3;
    const words = room >= reading.name.length ? short(text, Math.floor(room)) : k === 0 && room > 4 ? "truce" : "";
    return s(
      "g",
      {},
      s("title", {}, `${reading.name}: ${reading.summary}`),
      s("path", { d: `${end(a, x0)}H${x1}${b <= d.scale.to ? `V${y + 10}` : ""}`, fill: "none", stroke: "var(--text)", "stroke-width": 1.6, "stroke-dasharray": dash }),
      words && s("text", { x: x0 + 22, y: y + 4, stroke: "var(--panel)", "stroke-width": 6, "paint-order": "stroke" }, words),
    );
  });
  const [a, b] = d.model.truce;
  const walls = [a, b].filter((t) => t >= d.scale.from && t <= d.scale.to);
  return s(
    "g",
    {},
    s("text", { x: PLOT.left - 12, y: 28, "text-anchor": "end", class: "strong" }, d.model.page.readings.length > 1 ? "Truce, by reading" : "Truce"),
    rows,
    walls.map((t) => s("path", { d: `M${d.scale.x(t)} 50V${PLOT.bottom}`, stroke: "var(--text)", "stroke-width": 1.4 })),
  );
}

export function tickNames(d: Draw): SVGElement {
  let last = -Infinity;
  const ticks = [...d.line.ticks].sort((p, q) => d.scale.y(p.km) - d.scale.y(q.km));
  return s(
    "g",
    {},
    s("text", { x: PLOT.left - 12, y: PLOT.top - 8, "text-anchor": "end", class: "strong" }, "Along the line"),
    ticks.map((tick) => {
      const y = Math.max(PLOT.top + 8, d.scale.y(tick.km));
      if (y - last < 16) return null;
      last = y;
      return s(
        "g",
        {},
        s("text", { x: PLOT.left - 12, y: y + 4, "text-anchor": "end" }, tick.name),
        s("path", { d: `M${PLOT.left - 8} ${y}h6`, stroke: "var(--edge)" }),
      );
    }),
  );
}

interface Denied {
  start: number;
  end: number;
  reason: string;
  n: number;
}

/** Stretches in which files are missing, joined over satellites and days. */
function deniedStretches(d: Draw): Denied[] {
  const starts = new Map<string, Denied>();
  for (const one of d.model.page.denials) {
    const key = `${one.start}-${one.end}-${one.reason}`;
    const held = starts.get(key) ?? { start: one.start, end: one.end, reason: one.reason, n: 0 };
    held.n += 1;
    starts.set(key, held);
  }
  const joined: Denied[] = [];
  for (const one of [...starts.values()].sort((p, q) => p.start - q.start)) {
    const before = joined[joined.length - 1];
    if (before && before.end === one.start && before.n === one.n && before.reason === one.reason) before.end = one.end;
    else joined.push({ ...one });
  }
  return joined.filter((one) => inView(d, one.start, one.end));
}

/** Denied days: wide hatch over the whole line, or a strip where only some satellites were denied. */
export function denialDays(d: Draw): SVGElement {
  const sensors = d.model.page.satellite_days.sensors.length;
  return s(
    "g",
    {},
    deniedStretches(d).map((one) => {
      const [x0, x1] = [cut(d, one.start), cut(d, one.end)];
      const all = one.n >= sensors;
      const who = all ? "" : ` (${one.n} of ${sensors} satellites)`;
      return s(
        "g",
        {},
        s("title", {}, `${date(one.start)} ${clock(one.start)} to ${date(one.end)} ${clock(one.end)} UTC, ${one.reason}${who}: not observed`),
        s("rect", { x: x0, y: all ? PLOT.top : PLOT.bottom - 8, width: x1 - x0, height: all ? PLOT.bottom - PLOT.top : 8, fill: "url(#axis-denied)", stroke: "var(--rule)" }),
      );
    }),
  );
}

/** The words on denied days, above the passes. */
export function denialWords(d: Draw): SVGElement {
  const sensors = d.model.page.satellite_days.sensors.length;
  return s(
    "g",
    { "pointer-events": "none" },
    deniedStretches(d).filter((one) => one.n >= sensors).map((one) => {
      const [x0, x1] = [cut(d, one.start), cut(d, one.end)];
      const reason = one.reason.split(/[:;(]/)[0]?.trim() ?? "";
      const rows = x1 - x0 > reason.length * 6.8 + 30 ? ["not observed", reason] : ["not observed"];
      return x1 - x0 > 96 ? box((x0 + x1) / 2, (PLOT.top + PLOT.bottom) / 2, rows) : null;
    }),
  );
}

const boxWidth = (rows: string[]): number => Math.max(...rows.map((row) => row.length)) * 6.6 + 20;

function box(x: number, y: number, rows: string[]): SVGElement {
  const width = boxWidth(rows);
  const height = rows.length * 17 + 10;
  return s(
    "g",
    {},
    s("rect", { x: x - width / 2, y: y - height / 2, width, height, fill: "var(--panel)" }),
    rows.map((row, k) => s("text", { x, y: y - height / 2 + 18 + k * 17, "text-anchor": "middle", class: k ? "" : "strong" }, row)),
  );
}

/** Every pass. One that left no row has an open head and a broken line; a denied one, a cross. */
export function passLines(d: Draw): SVGElement {
  const looks = d.model.page.looks;
  const dense = (d.scale.to - d.scale.from) / DAY > 6;
  const out: SVGElement[] = [];
  looks.start.forEach((start, k) => {
    const t = (start + (looks.end[k] as number)) / 2;
    if (t < d.scale.from || t > d.scale.to) return;
    const x = d.scale.x(t);
    const rows = looks.rows[k] as number;
    const name = looks.sensors[looks.sensor[k] as number] ?? "";
    const denied = Boolean(looks.denied[k]);
    const words = denied ? "passed, its file is not here: not observed" : rows ? `${comma(rows)} ${rows === 1 ? "row" : "rows"}` : looks.over[k] ? "passed, left no row" : "passed beside the line, left no row";
    const colour = denied ? "var(--edge)" : "var(--seen)";
    const top = PLOT.top - 7;
    out.push(
      s(
        "g",
        { "data-pass": looks.index[k] ?? 0 },
        s("title", {}, `${date(t)} ${clock(t)} UTC, ${name}: ${words}`),
        s("path", { d: `M${x} ${PLOT.top - (dense ? 3 : 6)}V${PLOT.bottom}`, stroke: colour, "stroke-width": dense ? 0.7 : 1.3, "stroke-dasharray": rows ? null : denied ? "1 5" : "3 3", "stroke-opacity": dense ? 0.7 : 1 }),
        !dense && denied && s("path", { d: `M${x - 3} ${top - 3}l6 6M${x + 3} ${top - 3}l-6 6`, stroke: "var(--text)", "stroke-width": 1.4 }),
        !dense && !denied && s("circle", { cx: x, cy: top, r: 2.6, fill: rows ? colour : "var(--panel)", stroke: colour, "stroke-width": 1.2 }),
      ),
    );
  });
  return s("g", {}, out);
}

/** Each gap with its length in words, cut to the truce where it crosses the truce's ends; turned where it is narrow. */
export function gapWords(d: Draw): SVGElement {
  const mid = (PLOT.top + PLOT.bottom) / 2;
  const denied = (a: number, b: number): boolean => {
    const held = d.model.page.denials.map((one) => Math.min(b, one.end) - Math.max(a, one.start));
    return held.some((one) => one > 0.3 * (b - a));
  };
  return s(
    "g",
    { "pointer-events": "none" },
    d.model.page.gaps.filter((gap) => inView(d, gap.start, gap.end) && !denied(gap.start, gap.end)).map((gap) => {
      const crosses = gap.truce_length !== "" && gap.truce_length !== gap.length;
      const [t0, t1] = d.model.truce;
      const [x0, x1] = crosses ? [cut(d, Math.max(gap.start, t0)), cut(d, Math.min(gap.end, t1))] : [cut(d, gap.start), cut(d, gap.end)];
      const x = (x0 + x1) / 2;
      const length = crosses ? gap.truce_length : gap.length;
      const long = crosses ? [`${length} of the truce`, `of ${gap.length} without a pass`] : [length, "no satellite passed"];
      const rows = [long, long.slice(0, 1), [length]].find((one) => boxWidth(one) < x1 - x0 - 8);
      if (rows) return box(x, mid, rows);
      if (x1 - x0 < 13) return null;
      return s(
        "g",
        { transform: `translate(${x} ${mid}) rotate(-90)` },
        s("text", { x: 0, y: 4, "text-anchor": "middle", class: "tiny", stroke: "var(--fog-soft)", "stroke-width": 4, "paint-order": "stroke" }, length),
      );
    }),
  );
}

/** Over a side of which nothing was observed. */
export function blankSide(d: Draw): SVGElement {
  return box((PLOT.left + d.scale.width - PLOT.right) / 2, PLOT.bottom - 18, ["Not observed on this side: not zero"]);
}

/** The spans that were picked, numbered where there are two, and where one is being marked from. */
export function spanBoxes(d: Draw): SVGElement {
  const { spans, mark } = d.state;
  return s(
    "g",
    { "pointer-events": "none" },
    spans.map(([from, to], k) => {
      if (!inView(d, from, to)) return null;
      const [x0, x1] = [cut(d, from), cut(d, to)];
      return s(
        "g",
        { "data-span": k + 1 },
        s("rect", { x: x0, y: PLOT.top, width: Math.max(1, x1 - x0), height: PLOT.bottom - PLOT.top, fill: "var(--text)", "fill-opacity": 0.1, stroke: "var(--text)", "stroke-width": 1.6, "stroke-dasharray": k ? "6 4" : null }),
        spans.length > 1 && s("text", { x: x0 + 6, y: PLOT.top + 16, class: "strong", stroke: "var(--panel)", "stroke-width": 4, "paint-order": "stroke" }, k + 1),
      );
    }),
    mark !== null && mark >= d.scale.from && mark <= d.scale.to &&
      s("path", { d: `M${d.scale.x(mark)} ${PLOT.top}V${PLOT.bottom}`, stroke: "var(--text)", "stroke-width": 2, "stroke-dasharray": "6 4" }),
  );
}

/** From so many on, marks on the axis would only hide each other. */
const CROWD = 1000;
const BIN = 12;

/** Events as numbers: one mark for each small piece of time and line, larger where there are more. */
function crowd(d: Draw, found: number[]): SVGElement {
  const bins = new Map<string, { x: number; y: number; n: number }>();
  for (const i of found) {
    const x = PLOT.left + (Math.floor((d.scale.x(d.model.page.events.first[i] as number) - PLOT.left) / BIN) + 0.5) * BIN;
    const y = PLOT.top + (Math.floor((d.scale.y(d.line.events.along_km[i] as number) - PLOT.top) / BIN) + 0.5) * BIN;
    const bin = bins.get(`${x} ${y}`) ?? { x, y, n: 0 };
    bin.n += 1;
    bins.set(`${x} ${y}`, bin);
  }
  const most = Math.max(...[...bins.values()].map((bin) => bin.n));
  return s(
    "g",
    {},
    [...bins.values()].map((bin) =>
      s("g", {}, s("title", {}, `${comma(bin.n)} ${bin.n === 1 ? "event" : "events"}`),
        s("circle", { cx: bin.x, cy: bin.y, r: 1.5 + (BIN / 2 - 1.5) * Math.sqrt(bin.n / most), fill: "var(--panel)", stroke: "var(--happened)", "stroke-width": 1.4 })),
    ),
    box(d.scale.width - PLOT.right - 150, PLOT.bottom - 16, [`${comma(found.length)} ${found.length === 1 ? "event" : "events"}: larger is more, at most ${comma(most)}`]),
  );
}

export function eventMarks(d: Draw): SVGElement {
  const ev = d.model.page.events;
  const found = d.model.eventsNear(d.line, d.scale.from, d.scale.to).filter((i) => d.model.onSide(i, d.line, d.state.side));
  if (found.length > CROWD) return crowd(d, found);
  const small = found.length > 80;
  const order = found.sort((a, b) => Number(a === d.state.chosen) - Number(b === d.state.chosen));
  return s(
    "g",
    {},
    order.map((i) => {
      const x = d.scale.x(ev.first[i] as number);
      const y = d.scale.y(d.line.events.along_km[i] as number);
      const chosen = i === d.state.chosen;
      if (x < PLOT.left - 2 || x > d.scale.width - PLOT.right + 2) return null;
      const r = small ? 2.4 : 4.6;
      return s(
        "g",
        { "data-event": i, click: () => d.choose(i), class: "hit" },
        s("title", {}, `${ev.place[i]}, ${clock(ev.first[i] as number)} UTC, ${d.model.belief(i)}`),
        chosen && s("circle", { cx: x, cy: y, r: 10, fill: "none", stroke: "var(--text)", "stroke-width": 2 }),
        s("circle", { cx: x, cy: y, r, fill: "var(--panel)", stroke: "var(--happened)", "stroke-width": small ? 1.2 : 1.8 }),
        !small && ev.status[i] !== "detected" && s("circle", { cx: x, cy: y, r: 1.7, fill: "var(--happened)" }),
      );
    }),
  );
}

export function cloudStrip(d: Draw): SVGElement {
  const { day, share, shown } = d.model.page.cloud;
  const title = shown && shown !== "country" ? `Cloud, ${shown}` : "Cloud";
  return s(
    "g",
    {},
    s("text", { x: PLOT.left - 12, y: PLOT.cloud + 12, "text-anchor": "end", class: "strong" }, title),
    s("rect", { x: PLOT.left, y: PLOT.cloud, width: d.scale.width - PLOT.left - PLOT.right, height: PLOT.cloudHeight, fill: "var(--fog-soft)" }),
    day.map((start, k) => {
      const value = share[k] ?? null;
      if (!inView(d, start, start + DAY) || value === null) return null;
      const [x0, x1] = [cut(d, start), cut(d, start + DAY)];
      const tall = (PLOT.cloudHeight * value) / 100;
      const words = x1 - x0 > 130 ? `${value}\u00a0% daily mean` : x1 - x0 > 34 ? `${value}\u00a0%` : "";
      return s(
        "g",
        {},
        s("title", {}, `${date(start)}: cloud ${value} %, mean of the day and region`),
        s("rect", { x: x0 + 0.5, y: PLOT.cloud + PLOT.cloudHeight - tall, width: x1 - x0 - 1, height: tall, fill: "var(--hatch)" }),
        words && s("rect", { x: x0 + 6, y: PLOT.cloud, width: words.length * 6.6 + 8, height: PLOT.cloudHeight, fill: "var(--panel)" }),
        words && s("text", { x: x0 + 10, y: PLOT.cloud + 11.5 }, words),
      );
    }),
  );
}

/** Two clocks: UTC, and local under it. */
export function clocks(d: Draw, height: number): SVGElement {
  const { from, to, width } = d.scale;
  const px = (width - PLOT.left - PLOT.right) / (to - from);
  const steps = [1, 2, 3, 6, 12, 24, 48, 72, 168].map((n) => n * HOUR);
  const step = steps.find((n) => n * px > 78) ?? 336 * HOUR;
  const out: SVGElement[] = [];
  const y = height - 28;
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
    const x = d.scale.x(t);
    if (x < PLOT.left + 22) continue;
    const day = t % DAY === 0;
    out.push(
      s("path", { d: `M${x} ${PLOT.cloud + PLOT.cloudHeight + 4}v6`, stroke: "var(--edge)" }),
      s("text", { x, y, "text-anchor": "middle", class: "strong" }, step >= DAY ? date(t) : day ? `00:00 ${date(t)}` : clock(t)),
      s("text", { x, y: y + 17, "text-anchor": "middle" }, clock(t, d.model.offset)),
    );
  }
  const local = `local, ${d.model.page.truce.local}`;
  return s(
    "g",
    { "pointer-events": "none" },
    out,
    s("text", { x: PLOT.left - 12, y, "text-anchor": "end", class: "strong" }, "UTC"),
    s("text", { x: PLOT.left - 12, y: y + 17, "text-anchor": "end" }, local),
  );
}
