// SPDX-License-Identifier: Apache-2.0
/** The screens of a run's results, and what keys do on them. */

import { comma, type Model } from "./model";
import type { Entry } from "./palette";
import { address, current, go, set, type Route } from "./route";
import { claimsScreen } from "./screens/claims";
import { eventScreen } from "./screens/event";
import { chosenHere, eventsScreen, stepped } from "./screens/events";
import { ledgerScreen, recordScreen } from "./screens/ledger";
import { moment, NowScreen, stateOf } from "./screens/now";
import { oneSidedScreen, sourcesScreen } from "./screens/sources";
import { termsScreen } from "./screens/terms";

/** Name, label, key after `g`, and a count where there is one. */
export const SCREENS: [string, string, string, (m: Model) => string][] = [
  ["now", "Now", "n", () => ""],
  ["events", "Events", "e", (m) => comma(m.eventsInTruceNear(m.line(0)).length)],
  ["claims", "Claims", "k", (m) => String(m.line(0).claims.length)],
  ["terms", "Terms", "t", () => ""],
  ["sources", "Sources", "s", (m) => String(m.page.sources.length)],
  ["one-sided", "One-sided", "", (m) => String(m.page.one_sided.length)],
  ["ledger", "Ledger", "l", () => ""],
];
export const PARENT: Record<string, string> = { event: "events", record: "ledger" };

export class Results {
  readonly now: NowScreen;

  constructor(
    readonly model: Model,
    private readonly main: HTMLElement,
  ) {
    this.now = new NowScreen(model);
  }

  screen(route: Route): HTMLElement | null {
    const m = this.model;
    const make: Record<string, () => HTMLElement> = {
      events: () => eventsScreen(m, route),
      event: () => eventScreen(m, route),
      claims: () => claimsScreen(m, route),
      terms: () => termsScreen(m),
      sources: () => sourcesScreen(m),
      "one-sided": () => oneSidedScreen(m),
      ledger: () => ledgerScreen(m),
      record: () => recordScreen(m, route),
    };
    return make[route.screen]?.() ?? null;
  }

  get onNow(): boolean {
    return this.now.el.isConnected;
  }

  private chosen(): number {
    const route = current();
    if (route.screen === "events") return chosenHere(this.model, route);
    return route.screen === "event" ? this.model.position(Number(route.id)) : stateOf(this.model, route).chosen;
  }

  /** Next or previous event near the line, in the list's order; on Events in the table's. */
  step(by: number): void {
    if (current().screen === "events") {
      this.row(by);
      return;
    }
    const state = stateOf(this.model, current());
    const list = this.model.listed(this.model.line(state.line), state.from, state.to);
    const i = list[Math.min(list.length - 1, Math.max(0, list.indexOf(this.chosen()) + by))];
    if (i === undefined) return;
    const index = String(this.model.page.events.index[i]);
    if (current().screen === "event") go(address("event", index));
    else if (this.onNow) set({ event: index, at: null });
  }

  /** Chooses another row of the table of events and shows it; its link has the focus, so that Enter opens it. */
  private row(by: number): void {
    const next = stepped(this.model, current(), by);
    if (!next) return;
    set(next);
    const row = this.main.querySelector<HTMLElement>("tr[aria-current]");
    row?.querySelector("a")?.focus({ preventScroll: true });
    row?.scrollIntoView({ block: "nearest" });
  }

  pass(by: number): void {
    if (!this.onNow) return;
    const state = stateOf(this.model, current());
    const { start, end } = this.model.page.looks;
    const times = start.map((t, k) => Math.round((t + (end[k] as number)) / 2));
    const here = moment(this.model, state);
    const next = by > 0 ? times.find((t) => t > here) : [...times].reverse().find((t) => t < here);
    if (next !== undefined) this.to(next);
  }

  /** So many seconds back or forward, within the period. */
  shift(seconds: number): void {
    if (!this.onNow) return;
    const next = moment(this.model, stateOf(this.model, current())) + seconds;
    this.to(Math.min(this.model.end, Math.max(this.model.start, next)));
  }

  /** Shows a moment, and moves the span shown where the moment lies outside it. */
  private to(next: number): void {
    const state = stateOf(this.model, current());
    const width = state.to - state.from;
    const outside = next < state.from || next > state.to;
    set({ at: String(next), ...(outside ? { from: String(Math.round(next - width / 2)), to: String(Math.round(next + width / 2)) } : {}) });
  }

  open(): void {
    const i = this.chosen();
    if (i >= 0 && (this.onNow || current().screen === "events")) go(address("event", String(this.model.page.events.index[i])));
  }

  layer(): void {
    set({ layer: stateOf(this.model, current()).shown.mode === "coverage" ? "probability" : "coverage" });
  }

  line(): void {
    const lines = this.model.page.lines;
    const next = lines[(stateOf(this.model, current()).line + 1) % lines.length];
    if (next && lines.length > 1) set({ line: next.name });
  }

  acts(): Entry[] {
    const on = (run: () => void): (() => void) => () => (go(address("now")), run());
    return [
      { kind: "act", label: "Coverage or probability", note: "c", run: on(() => this.layer()) },
      { kind: "act", label: "The other line", note: "r", run: () => this.line() },
      { kind: "act", label: "Play", note: "Space", run: on(() => this.now.play()) },
      { kind: "act", label: "One side of the line, the other, or both", note: "s", run: on(() => this.now.side()) },
      { kind: "act", label: "Read the report", note: "report.html", run: () => location.assign("/report.html") },
      { kind: "act", label: "Print the report", note: "report.pdf", run: () => location.assign("/report.pdf") },
      { kind: "act", label: "Check it yourself", note: "ledger", run: () => go(address("ledger")) },
    ];
  }
}
