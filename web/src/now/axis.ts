// SPDX-License-Identifier: Apache-2.0
/** The time axis: up is along the line, across is time. Passes, gaps, denials, cloud, two clocks. */

import { h, replace, s, token } from "../dom";
import { clock, coverageClass, date, HOUR, plural, percent, type Model } from "../model";
import { hatch } from "../symbols";
import type { LineView } from "../types";
import { brackets, clocks, cloudStrip, denialDays, denialWords, eventMarks, gapWords, passLines, tickNames } from "./axisparts";

export const PLOT = { left: 128, right: 20, top: 66, bottom: 190, cloud: 198, cloudHeight: 14 };

export interface Scale {
  from: number;
  to: number;
  width: number;
  x: (t: number) => number;
  y: (km: number) => number;
}

export interface AxisState {
  line: number;
  from: number;
  to: number;
  chosen: number;
  at: number | null;
}

export interface AxisActs {
  choose: (i: number) => void;
  span: (from: number, to: number) => void;
}

export class Axis {
  readonly el = h("section", { class: "axis", "aria-label": "Time axis: along the line, over time", tabindex: "0" });
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly svg = s("svg", { role: "img" });
  private readonly picked = h("div", { class: "picked", role: "status" });
  private readonly presets = h("div", { class: "presets", role: "group", "aria-label": "Span shown" });
  private readonly said = h("p", { class: "hidden", role: "status" });
  private readonly fields = new Map<LineView, Float32Array[]>();
  private state: AxisState | null = null;
  private drag: [number, number] | null = null;

  constructor(
    private readonly model: Model,
    private readonly acts: AxisActs,
  ) {
    this.el.append(this.canvas, this.svg, this.presets, this.said);
    new ResizeObserver(() => this.draw()).observe(this.el);
    this.svg.addEventListener("pointerdown", (e) => this.press(e));
    this.svg.addEventListener("pointermove", (e) => this.pull(e));
    this.svg.addEventListener("pointerup", (e) => this.release(e));
  }

  update(state: AxisState): void {
    this.state = state;
    this.draw();
    const pass = state.at === null ? "" : this.passWords(state.at);
    if (pass !== this.said.textContent) this.said.textContent = pass;
  }

  /** What passed at a moment, for who does not see the cursor. */
  private passWords(at: number): string {
    const { start, end, sensors, sensor, rows, denied } = this.model.page.looks;
    const k = start.findIndex((t, i) => Math.abs((t + (end[i] as number)) / 2 - at) < 2);
    if (k < 0) return "";
    const saw = denied[k] ? "its file is not here: not observed" : rows[k] ? plural(rows[k] as number, "row") : "left no row";
    return `${date(at)} ${clock(at)} UTC, ${sensors[sensor[k] as number]}: ${saw}`;
  }

  private scale(): Scale {
    const { from, to, line } = this.state as AxisState;
    const width = this.el.clientWidth;
    const view = this.model.line(line);
    const flip = northLast(view) ? -1 : 1;
    const height = PLOT.bottom - PLOT.top;
    return {
      from,
      to,
      width,
      x: (t) => PLOT.left + ((t - from) / (to - from)) * (width - PLOT.left - PLOT.right),
      y: (km) => (flip > 0 ? PLOT.top : PLOT.bottom) + (flip * km * height) / view.length_km,
    };
  }

  draw(): void {
    if (!this.state || this.el.clientWidth === 0) return;
    const scale = this.scale();
    const line = this.model.line(this.state.line);
    const height = this.el.clientHeight;
    this.svg.setAttribute("width", String(scale.width));
    this.svg.setAttribute("height", String(height));
    this.svg.setAttribute("aria-label", this.words(line));
    this.field(scale, line, height);
    const draw = { model: this.model, scale, line, state: this.state, choose: this.acts.choose };
    replace(
      this.svg,
      s("defs", {}, hatch("axis-hatch", 7, "var(--hatch)", "none"), hatch("axis-denied", 12, "var(--edge)", "var(--panel)")),
      brackets(draw),
      tickNames(draw),
      denialDays(draw),
      passLines(draw),
      gapWords(draw),
      denialWords(draw),
      eventMarks(draw),
      this.cursor(scale),
      cloudStrip(draw),
      clocks(draw, height),
      this.drag && s("rect", { x: Math.min(...this.drag), y: PLOT.top, width: Math.abs(this.drag[1] - this.drag[0]), height: PLOT.bottom - PLOT.top, fill: "var(--text)", "fill-opacity": 0.15, stroke: "var(--text)" }),
    );
    this.buttons();
  }

  /** Coverage of each sector and hour: the probability of that moment, not of the whole truce. */
  private field(scale: Scale, line: LineView, height: number): void {
    const ratio = Math.min(2, devicePixelRatio || 1);
    this.canvas.width = scale.width * ratio;
    this.canvas.height = height * ratio;
    this.canvas.style.width = `${scale.width}px`;
    this.canvas.style.height = `${height}px`;
    const c = this.canvas.getContext("2d");
    if (!c) return;
    c.scale(ratio, ratio);
    c.beginPath();
    c.rect(PLOT.left, PLOT.top, scale.width - PLOT.left - PLOT.right, PLOT.bottom - PLOT.top);
    c.fillStyle = token("--fog-soft");
    c.fill();
    c.clip();
    lines(c, scale, 7, token("--hatch"));
    this.cells(c, scale, line);
  }

  private cells(c: CanvasRenderingContext2D, scale: Scale, line: LineView): void {
    let rows = this.fields.get(line);
    if (!rows) this.fields.set(line, (rows = this.model.hourly(line)));
    const shade = [0, 1, 2, 3, 4, 5].map((k) => token(`--c${k}`));
    const start = line.coverage.hours.start;
    const first = Math.max(0, Math.floor((scale.from - start) / HOUR));
    const last = Math.ceil((scale.to - start) / HOUR);
    line.coverage.sectors.forEach((sector, row) => {
      const [a, b] = [scale.y(sector.start_km), scale.y(sector.end_km)];
      for (let hour = first; hour < last; hour += 1) {
        const p = rows[row]?.[hour];
        if (!p) continue;
        const x = scale.x(start + hour * HOUR);
        c.fillStyle = shade[coverageClass(p)] as string;
        c.fillRect(x, Math.min(a, b), scale.x(start + (hour + 1) * HOUR) - x + 0.5, Math.abs(b - a) + 0.4);
      }
    });
  }

  private cursor(scale: Scale): SVGElement | null {
    const { chosen, at } = this.state as AxisState;
    const t = at ?? (chosen >= 0 ? (this.model.page.events.first[chosen] as number) : null);
    if (t === null || t < scale.from || t > scale.to) return null;
    const x = scale.x(t);
    return s(
      "g",
      { "pointer-events": "none" },
      s("path", { d: `M${x} ${PLOT.top - 12}V${PLOT.bottom + 26}`, stroke: "var(--text)", "stroke-width": 2 }),
      s("rect", { x: x - 27, y: PLOT.top - 22, width: 54, height: 18, rx: 2, fill: "var(--text)" }),
      s("text", { x, y: PLOT.top - 8, "text-anchor": "middle", style: null, fill: "var(--panel)", class: "flag" }, clock(t)),
    );
  }

  private buttons(): void {
    const { from, to } = this.state as AxisState;
    const make = (label: string, a: number, b: number): HTMLButtonElement =>
      h("button", { type: "button", "aria-pressed": String(from === a && to === b), click: () => this.acts.span(a, b) }, label);
    const [t0, t1] = truceSpan(this.model);
    replace(this.presets, make("Whole period", this.model.start, this.model.end), make("Truce", t0, t1));
  }

  private words(line: LineView): string {
    const { from, to } = this.state as AxisState;
    const gaps = this.model.page.gaps.filter((g) => g.end > from && g.start < to).map((g) => g.text);
    const passes = this.model.page.looks.start.filter((t) => t >= from && t < to).length;
    return `${plural(passes, "pass", "passes")} shown; ${plural(this.model.eventsNear(line, from, to).length, "event")} near the line. ${gaps.join(". ")}`;
  }

  private press(e: PointerEvent): void {
    if ((e.target as Element).closest("[data-event]")) return;
    this.svg.setPointerCapture(e.pointerId);
    this.drag = [e.offsetX, e.offsetX];
  }

  private pull(e: PointerEvent): void {
    if (!this.drag) return;
    this.drag[1] = e.offsetX;
    if (Math.abs(this.drag[1] - this.drag[0]) > 4) this.draw();
  }

  private release(e: PointerEvent): void {
    if (!this.drag) return;
    const [a, b] = [Math.min(...this.drag), Math.max(...this.drag)];
    this.drag = null;
    this.svg.releasePointerCapture(e.pointerId);
    if (b - a > 4) this.offer(a, b);
    this.draw();
  }

  /** After a drag: what lies in the span, per unit of coverage, and a way into it. */
  private offer(a: number, b: number): void {
    const scale = this.scale();
    const time = (x: number): number => scale.from + ((x - PLOT.left) / (scale.width - PLOT.left - PLOT.right)) * (scale.to - scale.from);
    const [from, to] = [Math.max(scale.from, time(a)), Math.min(scale.to, time(b))];
    const line = this.model.line((this.state as AxisState).line);
    const events = this.model.eventsNear(line, from, to).length;
    const passes = this.model.page.looks.start.filter((t) => t >= from && t < to).length;
    const text = `${date(from)} ${clock(from)} to ${date(to)} ${clock(to)} UTC: ${plural(passes, "pass", "passes")}, mean coverage ${percent(this.mean(line, from, to))}, ${plural(events, "event")} near the line`;
    const close = (): void => this.picked.remove();
    replace(
      this.picked,
      h("span", {}, text),
      h("button", { type: "button", click: () => (close(), this.acts.span(Math.round(from), Math.round(to))) }, "Zoom to this span"),
      h("button", { type: "button", "aria-label": "Close", click: close }, "×"),
    );
    this.el.append(this.picked);
  }

  private mean(line: LineView, from: number, to: number): number {
    const rows = this.fields.get(line) ?? [];
    const start = line.coverage.hours.start;
    let [sum, weight] = [0, 0];
    line.coverage.sectors.forEach((sector, row) => {
      for (let hour = Math.max(0, Math.floor((from - start) / HOUR)); hour < Math.ceil((to - start) / HOUR); hour += 1) {
        const p = rows[row]?.[hour];
        if (p === undefined || Number.isNaN(p)) continue;
        sum += p * (sector.end_km - sector.start_km);
        weight += sector.end_km - sector.start_km;
      }
    });
    return weight ? sum / weight : NaN;
  }
}

/** Whether the line's northern end comes last; north is drawn on top. */
export function northLast(line: LineView): boolean {
  const longest = line.coordinates.reduce((a, b) => (b.length > a.length ? b : a));
  return (longest[longest.length - 1]?.[1] ?? 0) > (longest[0]?.[1] ?? 0);
}

export function truceSpan(model: Model): [number, number] {
  const [a, b] = model.truce;
  const margin = Math.max(2 * HOUR, Math.round(((b - a) * 0.15) / HOUR) * HOUR);
  return [Math.max(model.start, a - margin), Math.min(model.end, b + margin)];
}

function lines(c: CanvasRenderingContext2D, scale: Scale, gap: number, colour: string): void {
  const height = PLOT.bottom - PLOT.top;
  c.strokeStyle = colour;
  c.lineWidth = 0.8;
  c.beginPath();
  for (let x = PLOT.left - height; x < scale.width; x += gap) {
    c.moveTo(x, PLOT.bottom);
    c.lineTo(x + height, PLOT.top);
  }
  c.stroke();
}
