// SPDX-License-Identifier: Apache-2.0
/** What several screens ask of the page's JSON. */

import type { LineView, Page } from "./types";

export const HOUR = 3600;
export const DAY = 86_400;

export class Model {
  readonly start: number;
  readonly end: number;
  readonly truce: [number, number];
  readonly offset: number;

  constructor(readonly page: Page) {
    this.start = Date.parse(page.watch.start) / 1000;
    this.end = Date.parse(page.watch.end) / 1000;
    this.truce = [Date.parse(page.truce.start) / 1000, Date.parse(page.truce.end) / 1000];
    this.offset = page.truce.offset_hours * HOUR;
  }

  line(n: number): LineView {
    return this.page.lines[n] ?? (this.page.lines[0] as LineView);
  }

  get count(): number {
    return this.page.events.index.length;
  }

  /** How many events lie in the truce, near a line or not. */
  get inTruce(): number {
    return this.page.events.truce.reduce((sum, one) => sum + one, 0);
  }

  war(i: number): number {
    return this.page.events.p["act_of_war"]?.[i] ?? NaN;
  }

  /** Whether heat cannot tell if this event was an act of war: its band is too wide for a word or a number. */
  silent(i: number): boolean {
    return ["cannot tell", "not calibrated"].includes(this.page.events.word[i] ?? "");
  }

  /** The 90 % band of P(act of war), or null. */
  band(i: number): [number, number] | null {
    const { low, high } = this.page.events;
    return typeof low[i] === "number" && typeof high[i] === "number" ? [low[i], high[i]] : null;
  }

  /** `unlikely an act of war`, `an act of war or not: cannot tell`, with the figure where asked. */
  belief(i: number, figure = false): string {
    const { word, figure: figures } = this.page.events;
    const tail = figure && figures[i] ? ` (${figures[i]})` : "";
    return this.silent(i) ? `an act of war or not: cannot tell${tail}` : `${word[i]} an act of war${tail}`;
  }

  near(i: number, line: LineView): boolean {
    return (line.events.km[i] ?? Infinity) <= line.coverage.within_km;
  }

  /** Events near a line, seen within [from, to], latest first. */
  eventsNear(line: LineView, from: number, to: number): number[] {
    const { first, last } = this.page.events;
    const found: number[] = [];
    for (let i = 0; i < this.count; i += 1) {
      if ((last[i] as number) >= from && (first[i] as number) < to && this.near(i, line)) found.push(i);
    }
    return found.sort((a, b) => (first[b] as number) - (first[a] as number) || a - b);
  }

  eventsInTruceNear(line: LineView): number[] {
    return this.eventsNear(line, this.truce[0], this.truce[1]).filter((i) => this.page.events.truce[i]);
  }

  /** The same in the order of the list: the truce's first, then what came after it, then what came before. */
  listed(line: LineView, from: number, to: number): number[] {
    const { truce, first } = this.page.events;
    const rank = (i: number): number => (truce[i] ? 0 : (first[i] as number) >= this.truce[1] ? 1 : 2);
    return this.eventsNear(line, from, to).sort((a, b) => rank(a) - rank(b) || (first[b] as number) - (first[a] as number) || a - b);
  }

  /** Position in the run of the event with this ledger index, or -1. */
  position(index: number): number {
    return this.page.events.index.indexOf(index);
  }

  /** Whether an event lies on a side of the line: 0, 1, or -1 for either. */
  onSide(i: number, line: LineView, side: number): boolean {
    return side < 0 || line.events.side[i] === side;
  }

  /** Hourly probability of one side, or (-1) its mean over observed sides: sector × hour, NaN where not observed or not told. */
  hourly(line: LineView, only: number): Float32Array[] {
    const hours = Math.max(1, Math.round((this.end - this.start) / HOUR) + 1);
    const step = line.coverage.hours.step;
    return line.coverage.hours.per_mille.map((sides) => {
      const out = new Float32Array(hours);
      const known = sides.filter((side, k): side is number[] => side !== null && (only < 0 || k === only));
      if (known.length === 0) return out.fill(NaN);
      for (const side of known) {
        for (let k = 0; k + 1 < side.length; k += 2) {
          const [first, value] = [(side[k] as number) * step, side[k + 1] as number];
          for (let hour = first; hour < Math.min(hours, first + step); hour += 1) {
            out[hour] = value < 0 ? NaN : (out[hour] as number) + value / 1000 / known.length;
          }
        }
      }
      return out;
    });
  }
}

/** Class of a coverage share on the absolute scale: 0–2, 2–5, 5–10, 10–20, 20–50, 50 up; -1 not observed. */
export function coverageClass(share: number | null): number {
  if (share === null || Number.isNaN(share)) return -1;
  const edges = [0.02, 0.05, 0.1, 0.2, 0.5];
  const at = edges.findIndex((edge) => share < edge);
  return at < 0 ? 5 : at;
}

export const COVERAGE_LABELS = ["0–2", "2–5", "5–10", "10–20", "20–50", "50 up"];

const pad = (v: number): string => String(v).padStart(2, "0");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `10:41` of seconds since 1970, shifted by an offset in seconds. */
export function clock(t: number, offset = 0): string {
  const d = new Date(Math.round((t + offset) / 60) * 60_000);
  return `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}`;
}

export function date(t: number, offset = 0): string {
  const d = new Date(Math.round((t + offset) / 60) * 60_000);
  return `${d.getUTCDate()}\u00a0${MONTHS[d.getUTCMonth()]}`;
}

export function percent(p: number | null): string {
  if (p === null || Number.isNaN(p)) return "not observed";
  return p > 0 && p < 0.005 ? "under 1\u00a0%" : `${Math.round(p * 100)}\u00a0%`;
}

/** `0.7 MW`: one decimal always, so that a small fire is neither 0 nor 1 MW; empty where not measured. */
export const power = (mw: number | null | undefined): string => (typeof mw === "number" ? `${mw.toFixed(1)}\u00a0MW` : "");

/** A text cut to a number of characters, with an ellipsis. */
export const short = (text: string, most: number): string => (text.length > most ? `${text.slice(0, Math.max(1, most - 1)).trimEnd()}…` : text);

export const comma = (v: number): string => v.toLocaleString("en-GB");

export const plural = (n: number, one: string, many = `${one}s`): string => `${comma(n)}\u00a0${n === 1 ? one : many}`;
