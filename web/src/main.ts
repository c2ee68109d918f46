// SPDX-License-Identifier: Apache-2.0
/** The page: fetches its JSON once, then shows one screen for each address. */

import "@fontsource-variable/source-sans-3/wght.css";
import "@fontsource-variable/source-serif-4/opsz.css";
import "./style.css";
import { h, replace } from "./dom";
import { help, listen } from "./keys";
import { clock, comma, date, Model } from "./model";
import { Palette, type Entry } from "./palette";
import { address, current, go, set } from "./route";
import { claimsScreen } from "./screens/claims";
import { eventScreen } from "./screens/event";
import { chosenHere, eventsScreen, stepped } from "./screens/events";
import { ledgerScreen, recordScreen } from "./screens/ledger";
import { moment, NowScreen, stateOf } from "./screens/now";
import { oneSidedScreen, sourcesScreen } from "./screens/sources";
import { termsScreen } from "./screens/terms";
import { logo } from "./symbols";
import * as theme from "./theme";
import type { Page } from "./types";

const SCREENS: [string, string, (m: Model) => string][] = [
  ["now", "Now", () => ""],
  ["events", "Events", (m) => comma(m.eventsInTruceNear(m.line(0)).length)],
  ["claims", "Claims", (m) => String(m.line(0).claims.length)],
  ["terms", "Terms", () => ""],
  ["sources", "Sources", (m) => String(m.page.sources.length)],
  ["one-sided", "One-sided", (m) => String(m.page.one_sided.length)],
  ["ledger", "Ledger", () => ""],
];
const PARENT: Record<string, string> = { event: "events", record: "ledger" };

class App {
  private readonly main = h("main", { id: "main", tabindex: "-1" });
  private readonly nav = h("nav", { class: "nav", "aria-label": "Screens" });
  private readonly now: NowScreen;
  private readonly palette: Palette;
  private shown = "";

  constructor(
    private readonly model: Model,
    root: HTMLElement,
  ) {
    this.now = new NowScreen(model);
    this.palette = new Palette(model, this.acts(), (lon, lat) => {
      go(address("now"));
      this.now.fly(lon, lat);
    });
    replace(root, h("a", { class: "skip", href: "#main", click: (e: Event) => (e.preventDefault(), this.main.focus()) }, "Skip to the content"), this.top(), this.main);
    window.addEventListener("hashchange", () => this.show());
    listen({
      palette: () => this.palette.show(),
      screen: (name) => go(address(name)),
      step: (by) => this.step(by),
      pass: (by) => this.pass(by),
      shift: (seconds) => this.shift(seconds),
      play: () => this.onNow() && (this.now.play(), true),
      mark: () => this.onNow() && this.now.mark(),
      side: () => this.onNow() && this.now.side(),
      open: () => this.open(),
      layer: () => this.onNow() && this.layer(),
      line: () => this.line(),
      theme: theme.toggle,
      back: () => (this.now.closeDrawer() || this.onNow() ? undefined : go(address("now"))),
      help,
    });
    this.show();
  }

  private top(): HTMLElement {
    const t = this.model.end;
    return h(
      "header",
      { class: "top" },
      h("a", { class: "brand", href: "#/now" }, logo(), "Truceline"),
      this.nav,
      h("span", { class: "grow" }),
      h("button", { class: "find", type: "button", click: () => this.palette.show() }, "Find or do", h("kbd", {}, "Ctrl K")),
      h("div", { class: "stamp" }, h("b", {}, `to ${date(t)} ${clock(t)} UTC`), h("br"), `${clock(t, this.model.offset)} local, ${this.model.page.truce.local}`),
      h("button", { class: "icon", type: "button", "aria-label": "Dark or light", title: "Dark or light", click: theme.toggle }, "◐"),
      h("button", { class: "icon", type: "button", "aria-label": "Keys", title: "Keys", click: help }, "?"),
    );
  }

  private show(): void {
    const route = current();
    const name = PARENT[route.screen] ?? route.screen;
    replace(
      this.nav,
      SCREENS.map(([key, label, count]) => h("a", { href: address(key), "aria-current": key === name ? "page" : null }, label, count(this.model) && h("span", {}, count(this.model)))),
    );
    const label = SCREENS.find(([key]) => key === name)?.[1] ?? "Now";
    document.title = `${label} · ${this.model.page.watch.title} · Truceline`;
    const place = `${route.screen}/${route.id}`;
    const moved = this.shown !== "" && this.shown !== place;
    this.render(route, place);
    if (moved) {
      scrollTo(0, 0);
      this.main.focus({ preventScroll: true });
    }
    document.body.dataset["screen"] = route.screen;
  }

  private render(route: ReturnType<typeof current>, place: string): void {
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
    const screen = make[route.screen];
    this.shown = place;
    if (screen) {
      replace(this.main, screen());
      return;
    }
    if (!this.now.el.isConnected) replace(this.main, this.now.el);
    this.now.update(route);
  }

  private onNow(): boolean {
    return this.now.el.isConnected;
  }

  private chosen(): number {
    const route = current();
    if (route.screen === "events") return chosenHere(this.model, route);
    return route.screen === "event" ? this.model.position(Number(route.id)) : stateOf(this.model, route).chosen;
  }

  /** Next or previous event near the line, in the list's order; on Events in the table's. */
  private step(by: number): void {
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
    else if (this.onNow()) set({ event: index, at: null });
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

  private pass(by: number): void {
    if (!this.onNow()) return;
    const state = stateOf(this.model, current());
    const { start, end } = this.model.page.looks;
    const times = start.map((t, k) => Math.round((t + (end[k] as number)) / 2));
    const here = moment(this.model, state);
    const next = by > 0 ? times.find((t) => t > here) : [...times].reverse().find((t) => t < here);
    if (next !== undefined) this.to(next);
  }

  /** So many seconds back or forward, within the period. */
  private shift(seconds: number): void {
    if (!this.onNow()) return;
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

  private open(): void {
    const i = this.chosen();
    if (i >= 0 && (this.onNow() || current().screen === "events")) go(address("event", String(this.model.page.events.index[i])));
  }

  private layer(): void {
    set({ layer: stateOf(this.model, current()).shown.mode === "coverage" ? "probability" : "coverage" });
  }

  private line(): void {
    const lines = this.model.page.lines;
    const next = lines[(stateOf(this.model, current()).line + 1) % lines.length];
    if (next && lines.length > 1) set({ line: next.name });
  }

  private acts(): Entry[] {
    const screens = SCREENS.map(([key, label]) => ({ kind: "screen", label, note: "ntecsl".includes(key[0] ?? "") && key !== "one-sided" ? `g ${key[0]}` : "", run: () => go(address(key)) }));
    return [
      ...screens,
      { kind: "act", label: "Coverage or probability", note: "c", run: () => (go(address("now")), this.layer()) },
      { kind: "act", label: "The other line", note: "r", run: () => this.line() },
      { kind: "act", label: "Play", note: "Space", run: () => (go(address("now")), this.now.play()) },
      { kind: "act", label: "One side of the line, the other, or both", note: "s", run: () => (go(address("now")), this.now.side()) },
      { kind: "act", label: "Dark or light", note: "d", run: theme.toggle },
      { kind: "act", label: "Keys", note: "?", run: help },
      { kind: "act", label: "Read the report", note: "report.html", run: () => location.assign("/report.html") },
      { kind: "act", label: "Print the report", note: "report.pdf", run: () => location.assign("/report.pdf") },
      { kind: "act", label: "Check it yourself", note: "ledger", run: () => go(address("ledger")) },
    ];
  }
}

async function boot(): Promise<void> {
  theme.apply();
  const root = document.getElementById("app") as HTMLElement;
  const answer = await fetch("/api/v1/page");
  if (!answer.ok) {
    const problem = (await answer.json()) as { detail?: string };
    replace(root, h("p", { class: "boot", role: "alert" }, problem.detail ?? `The server answers ${answer.status}.`));
    return;
  }
  const page = (await answer.json()) as Page;
  performance.mark("page-json");
  new App(new Model(page), root);
  performance.mark("first-screen");
}

void boot();
