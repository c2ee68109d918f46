// SPDX-License-Identifier: Apache-2.0
/** The time axis: up is along the line, across is time. Passes, gaps, denials, cloud, two clocks. */

import { h, replace, s } from "../dom";
import { clock, date, HOUR, plural, type Model } from "../model";
import { hatch } from "../symbols";
import type { LineView } from "../types";
import { blankSide, brackets, clocks, cloudStrip, denialDays, denialWords, eventMarks, gapWords, passLines, spanBoxes, tickNames } from "./axisparts";
import { Field } from "./field";
import { Spans, type Span } from "./spans";

export const PLOT = { left: 128, right: 20, top: 66, bottom: 190, cloud: 198, cloudHeight: 14 };
const HEIGHT = 264;

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
  /** Which side of the line is shown: 0, 1, or -1 for both. */
  side: number;
  spans: Span[];
  /** Where a span is being marked from. */
  mark: number | null;
}

export interface AxisActs {
  choose: (i: number) => void;
  zoom: (from: number, to: number) => void;
  spans: (spans: Span[]) => void;
  side: () => void;
  play: () => void;
}

export class Axis {
  readonly el = h("section", { class: "axis", "aria-label": "Time axis: along the line, over time", tabindex: "0" });
  private readonly canvas = h("canvas", { "aria-hidden": "true" });
  private readonly svg = s("svg", { role: "img" });
  private readonly pointer = s("g", { "pointer-events": "none" });
  private readonly said = h("p", { class: "hidden", role: "status" });
  private readonly played = h("p", { class: "played", hidden: true });
  private readonly told = h("p", { class: "hidden", role: "status" });
  private readonly field: Field;
  private readonly spans: Spans;
  private readonly buttons: Record<"play" | "side" | "whole" | "truce", HTMLButtonElement>;
  private state: AxisState | null = null;
  private drag: [number, number] | null = null;

  constructor(
    private readonly model: Model,
    private readonly acts: AxisActs,
  ) {
    this.field = new Field(model);
    this.spans = new Spans(model, this.field, (span) => acts.zoom(...span), acts.spans);
    const button = (words: string, click: () => void): HTMLButtonElement => h("button", { type: "button", click }, words);
    const [t0, t1] = truceSpan(model);
    this.buttons = {
      play: button("Play", acts.play),
      side: button("", acts.side),
      whole: button("Whole period", () => acts.zoom(model.start, model.end)),
      truce: button("Truce", () => acts.zoom(t0, t1)),
    };
    const presets = h("div", { class: "presets", role: "group", "aria-label": "Time axis" }, Object.values(this.buttons));
    this.el.append(this.canvas, this.svg, presets, h("div", { class: "over" }, this.played, this.spans.el), this.told, this.said);
    new ResizeObserver(() => this.draw()).observe(this.el);
    this.svg.addEventListener("pointerdown", (e) => this.press(e));
    this.svg.addEventListener("pointermove", (e) => this.pull(e));
    this.svg.addEventListener("pointerup", (e) => this.release(e));
  }

  update(state: AxisState): void {
    this.state = state;
    this.draw();
    this.spans.update(state.spans, this.model.line(state.line), state.side);
    const words = state.at === null ? "" : this.momentWords(state.at);
    if (words !== this.said.textContent) this.said.textContent = words;
  }

  /** Moves the cursor while time plays; `words` beside it, told aloud only where it stopped. */
  moment(t: number | null, words: string, playing: boolean): void {
    this.played.hidden = words === "";
    this.played.textContent = words;
    this.told.textContent = playing ? "" : words;
    this.buttons.play.textContent = playing ? "Stop" : "Play";
    if (t !== null) replace(this.pointer, this.cursor(this.scale(), t));
  }

  /** What passed at a moment, for who does not see the cursor. */
  private momentWords(at: number): string {
    const { start, end, sensors, sensor, rows, denied } = this.model.page.looks;
    const k = start.findIndex((t, i) => Math.abs((t + (end[i] as number)) / 2 - at) < 2);
    const when = `${date(at)} ${clock(at)} UTC`;
    if (k < 0) {
      const gap = this.model.page.gaps.find((one) => one.start <= at && one.end > at);
      return gap ? `${when}, in a gap. ${gap.text}` : when;
    }
    const saw = denied[k] ? "its file is not here: not observed" : rows[k] ? plural(rows[k] as number, "row") : "left no row";
    return `${when}, ${sensors[sensor[k] as number]}: ${saw}`;
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
    const { line: n, side, chosen, at } = this.state;
    const line = this.model.line(n);
    const height = Math.min(HEIGHT, this.el.clientHeight);
    this.svg.setAttribute("width", String(scale.width));
    this.svg.setAttribute("height", String(height));
    this.svg.setAttribute("aria-label", this.words(line));
    this.field.paint(this.canvas, scale, line, side, height);
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
      this.field.blank(line, side) && blankSide(draw),
      eventMarks(draw),
      spanBoxes(draw),
      this.pointer,
      cloudStrip(draw),
      clocks(draw, height),
      this.drag && s("rect", { x: Math.min(...this.drag), y: PLOT.top, width: Math.abs(this.drag[1] - this.drag[0]), height: PLOT.bottom - PLOT.top, fill: "var(--text)", "fill-opacity": 0.15, stroke: "var(--text)" }),
    );
    replace(this.pointer, this.cursor(scale, at ?? (chosen >= 0 ? (this.model.page.events.first[chosen] as number) : null)));
    this.label(scale);
  }

  private cursor(scale: Scale, t: number | null): SVGElement | null {
    if (t === null || t < scale.from || t > scale.to) return null;
    const x = scale.x(t);
    const flag = Math.max(PLOT.left + 27, x);
    return s(
      "g",
      {},
      s("path", { d: `M${x} ${PLOT.top - 12}V${PLOT.bottom + 26}`, stroke: "var(--text)", "stroke-width": 2 }),
      s("rect", { x: flag - 27, y: PLOT.top - 22, width: 54, height: 18, rx: 2, fill: "var(--text)" }),
      s("text", { x: flag, y: PLOT.top - 8, "text-anchor": "middle", style: null, fill: "var(--panel)", class: "flag" }, clock(t)),
    );
  }

  /** Which buttons are pressed, and the name of the side that is shown. */
  private label({ from, to }: Scale): void {
    const { line, side } = this.state as AxisState;
    const [t0, t1] = truceSpan(this.model);
    this.buttons.whole.setAttribute("aria-pressed", String(from === this.model.start && to === this.model.end));
    this.buttons.truce.setAttribute("aria-pressed", String(from === t0 && to === t1));
    this.buttons.side.textContent = `Side: ${side < 0 ? "both" : this.model.line(line).coverage.sides[side]}`;
  }

  private words(line: LineView): string {
    const { from, to, side } = this.state as AxisState;
    const gaps = this.model.page.gaps.filter((g) => g.end > from && g.start < to).map((g) => g.text);
    const passes = this.model.page.looks.start.filter((t) => t >= from && t < to).length;
    const events = this.model.eventsNear(line, from, to).filter((i) => this.model.onSide(i, line, side)).length;
    const where = side < 0 ? "both sides" : `only the side ${line.coverage.sides[side]}`;
    return `${plural(passes, "pass", "passes")} shown; ${plural(events, "event")} near the line, ${where}. ${gaps.join(". ")}`;
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
    else this.draw();
  }

  /** After a drag: the span is kept; a second one is compared with the first, a third takes the second's place. */
  private offer(a: number, b: number): void {
    const scale = this.scale();
    const time = (x: number): number => scale.from + ((x - PLOT.left) / (scale.width - PLOT.left - PLOT.right)) * (scale.to - scale.from);
    const [from, to] = [Math.round(Math.max(scale.from, time(a))), Math.round(Math.min(scale.to, time(b)))];
    if (to > from) this.acts.spans([...(this.state as AxisState).spans.slice(0, 1), [from, to]]);
    else this.draw();
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
