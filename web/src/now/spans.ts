// SPDX-License-Identifier: Apache-2.0
/** Spans of time: what lies in each, and two of them compared per unit of coverage, in words. */

import { h, replace } from "../dom";
import { clock, date, HOUR, percent, plural, type Model } from "../model";
import type { LineView } from "../types";
import type { Field } from "./field";

export type Span = [number, number];

export interface Tally {
  events: number;
  /** Readable passes over the line. */
  passes: number;
  /** Hours as if at full coverage. */
  covered: number;
  /** Mean coverage. */
  mean: number;
}

/** z of a two-sided interval that holds 90 %. */
const Z = 1.645;

export function tally(model: Model, field: Field, line: LineView, side: number, [from, to]: Span): Tally {
  const { start, end, over } = model.page.looks;
  const events = model.eventsNear(line, from, to).filter((i) => model.onSide(i, line, side)).length;
  const passes = start.filter((t, k) => {
    const middle = (t + (end[k] as number)) / 2;
    return over[k] && middle >= from && middle < to;
  }).length;
  const covered = field.hours(line, side, from, to);
  return { events, passes, covered, mean: covered / ((to - from) / HOUR) };
}

/** Two significant figures. */
const two = (v: number): string => (v >= 10 || v === 0 ? String(Math.round(v)) : v < 0.095 ? v.toFixed(2) : v.toPrecision(2));

/**
 * Events per hour of full coverage, the second span against the first. The interval is that of a ratio of two Poisson
 * rates, on the log scale with a half added to each count (Haldane, Anscombe): chance alone, clumps not counted.
 */
export function compared(one: Tally, two_: Tally): string {
  if (Number.isNaN(one.covered) || Number.isNaN(two_.covered)) return "Cannot tell: coverage of all of a span is not known here, or not told yet.";
  const blind = [one, two_].flatMap((t, k) => (t.passes === 0 || !(t.covered > 0) ? [k + 1] : []));
  if (blind.length) return `Cannot tell: no readable pass over the line in span ${blind.join(" and span ")}.`;
  if (one.events === 0) return `Cannot tell: no event was seen in span 1, so there is nothing to divide by.`;
  const ratio = two_.events / two_.covered / (one.events / one.covered);
  const spread = Z * Math.sqrt(1 / (one.events + 0.5) + 1 / (two_.events + 0.5));
  const middle = ((two_.events + 0.5) / two_.covered / ((one.events + 0.5) / one.covered));
  const [low, high] = [middle * Math.exp(-spread), middle * Math.exp(spread)];
  const words = low <= 1 && high >= 1 ? "no difference can be told" : low > 1 ? "more in span 2" : "fewer in span 2";
  return `Per unit of coverage, span 2 has ${two(ratio)} times the events of span 1 (90\u00a0%, chance alone: ${two(low)} to ${two(high)}): ${words}.`;
}

const times = ([from, to]: Span): string =>
  `${date(from)} ${clock(from)} to ${date(from) === date(to) ? "" : `${date(to)} `}${clock(to)} UTC`;

export class Spans {
  readonly el = h("div", { class: "picked", role: "status" });
  private text = "";

  constructor(
    private readonly model: Model,
    private readonly field: Field,
    private readonly zoom: (span: Span) => void,
    private readonly keep: (spans: Span[]) => void,
  ) {}

  update(spans: Span[], line: LineView, side: number): void {
    this.el.hidden = spans.length === 0;
    const counted = spans.map((span) => tally(this.model, this.field, line, side, span));
    const rows = counted.map((t, k) => this.words(spans[k] as Span, t, spans.length > 1 ? `Span ${k + 1}: ` : "", line));
    if (counted.length === 2) rows.push(compared(counted[0] as Tally, counted[1] as Tally));
    const text = rows.join("\n");
    if (text === this.text) return;
    this.text = text;
    replace(
      this.el,
      h("div", {}, rows.map((row, k) => h("p", {}, k === 2 ? h("b", {}, row) : row)), spans.length === 1 && h("p", { class: "soft" }, "Drag a second span, or mark it with m, to compare.")),
      h(
        "div",
        { class: "acts" },
        spans.map((span, k) => h("button", { type: "button", click: () => this.zoom(span) }, spans.length > 1 ? `Zoom to span ${k + 1}` : "Zoom to this span")),
        h("button", { type: "button", "aria-label": "Close", click: () => this.keep([]) }, "×"),
      ),
    );
  }

  private words(span: Span, t: Tally, name: string, line: LineView): string {
    const full = Number.isNaN(t.covered) ? "" : `, as ${two(t.covered)}\u00a0h at full coverage`;
    const until = line.coverage.told_until;
    const mean = until !== null && span[1] > until ? "withheld: too young to be told" : percent(t.mean);
    return `${name}${times(span)}: ${plural(t.passes, "pass", "passes")} over the line, mean coverage ${mean}${full}; ${plural(t.events, "event")} near the line`;
  }
}
