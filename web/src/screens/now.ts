// SPDX-License-Identifier: Apache-2.0
/** Now: one sentence and six facts, the map, the list, the time axis. */

import { h, replace } from "../dom";
import { bordersOf } from "../map/base";
import { MapView } from "../map/view";
import { DENSE, type Shown } from "../map/style";
import { plural, type Model } from "../model";
import { Axis, truceSpan } from "../now/axis";
import { legend } from "../now/legend";
import { Overlay } from "../now/overlay";
import { Panel } from "../now/panel";
import { Player } from "../now/play";
import type { Span } from "../now/spans";
import { set, type Route } from "../route";

export interface NowState {
  line: number;
  from: number;
  to: number;
  chosen: number;
  at: number | null;
  /** Whether the address names the event. */
  asked: boolean;
  side: number;
  spans: Span[];
  mark: number | null;
  shown: Shown;
}

/** What an address of the Now screen means. */
export function stateOf(model: Model, route: Route): NowState {
  const p = route.params;
  const line = Math.max(0, model.page.lines.findIndex((one) => one.name === p.get("line")));
  const [a, b] = truceSpan(model);
  const number = (key: string, otherwise: number): number => {
    const value = Number(p.get(key));
    return p.has(key) && Number.isFinite(value) ? value : otherwise;
  };
  const [from, to] = [number("from", a), number("to", b)];
  const asked = p.has("event") ? model.position(Number(p.get("event"))) : -2;
  const chosen = asked === -2 ? (strongest(model, line) ?? -1) : asked;
  const borders = bordersOf(p);
  const mode = p.get("layer") === "probability" ? "probability" : "coverage";
  const at = p.has("at") ? number("at", 0) : null;
  const side = ["0", "1"].indexOf(p.get("side") ?? "");
  const mark = p.has("mark") ? number("mark", 0) : null;
  const spans = ["a", "b"].flatMap((key) => span(p.get(key)));
  return { side, mark, spans, line, from: Math.max(model.start, from), to: Math.min(model.end, Math.max(to, from + 1800)), chosen, at, asked: asked !== -2, shown: { mode, borders, chosen } };
}

/** The moment that is pointed at: the one asked for, else the chosen event's, else the start of what is shown. */
export function moment(model: Model, state: NowState): number {
  return state.at ?? (state.chosen >= 0 ? (model.page.events.first[state.chosen] as number) : state.from);
}

/** A span as the address has it, `1775984429-1775994626`. */
function span(text: string | null): Span[] {
  const found = /^(\d{1,12})-(\d{1,12})$/.exec(text ?? "");
  const [from, to] = [Number(found?.[1]), Number(found?.[2])];
  return found && to > from ? [[from, to]] : [];
}

/** The truce's event near the line with most pixels: where reading may begin. */
function strongest(model: Model, line: number): number | undefined {
  const pixels = model.page.events.pixels;
  return model.eventsInTruceNear(model.line(line)).sort((a, b) => (pixels[b] as number) - (pixels[a] as number) || a - b)[0];
}

export class NowScreen {
  readonly el = h("div", { class: "now" });
  private readonly status = h("header", { class: "status" });
  /** The line whose status is shown. */
  private told = -1;
  private readonly mapbox = h("section", { class: "mapbox", "aria-label": "Map" });
  private readonly mapEl = h("div", { class: "map" });
  private readonly controls = h("div", {});
  private readonly axis: Axis;
  private readonly player: Player;
  private readonly panel: Panel;
  private readonly overlay: Overlay;
  private readonly map: MapView;
  private started = false;
  private controlsKey = "";

  constructor(private readonly model: Model) {
    const choose = (i: number): void => set({ event: String(model.page.events.index[i]), at: null });
    this.axis = new Axis(model, {
      choose,
      zoom: (from, to) => set({ from: String(from), to: String(to) }),
      spans: (spans) => this.keep(spans),
      side: () => this.side(),
      play: () => this.play(),
    });
    this.player = new Player(model, {
      moment: (t, words) => this.pass(t, words),
      rest: (t, words) => this.rest(t, words),
    });
    this.panel = new Panel(model);
    this.overlay = new Overlay(model);
    this.map = new MapView(this.mapEl, model, choose, () => this.overlay.place(this.map));
    const zoom = h(
      "div",
      { class: "zoom", role: "group", "aria-label": "Zoom" },
      h("button", { class: "icon", type: "button", "aria-label": "Closer", click: () => this.map.zoom(1) }, "+"),
      h("button", { class: "icon", type: "button", "aria-label": "Farther", click: () => this.map.zoom(-1) }, "−"),
      h("button", { class: "icon", type: "button", "aria-label": "Whole line", title: "Whole line", click: () => this.map.home() }, "⤢"),
    );
    this.mapbox.append(this.mapEl, this.overlay.el, this.controls, zoom);
    this.el.append(this.status, this.mapbox, this.panel.el, this.axis.el);
    new ResizeObserver(() => {
      this.map.resize();
      this.overlay.place(this.map);
    }).observe(this.mapbox);
    window.addEventListener("themechange", () => this.redraw());
  }

  private state: NowState | null = null;

  update(route: Route): void {
    const state = stateOf(this.model, route);
    this.state = state;
    this.player.halt();
    if (state.at !== this.rested) this.axis.moment(null, "", false);
    this.overlay.moment(null);
    this.draw(state);
    if (!this.started) {
      this.started = true;
      void this.map.start(state.line, state.shown).then(() => this.redraw());
    }
  }

  /** Where play came to rest; its words stay until another moment is shown. */
  private rested = -1;

  /** Plays the span shown from the moment pointed at, or stops. */
  play(): void {
    if (!this.state) return;
    this.player.toggle(this.state.from, this.state.to, this.state.at);
  }

  private pass(t: number, words: string): void {
    if (!this.el.isConnected) {
      this.player.halt();
      return;
    }
    this.rested = -1;
    this.axis.moment(t, words, true);
    this.overlay.moment(t);
    this.overlay.place(this.map);
  }

  private rest(t: number, words: string): void {
    this.rested = t;
    set({ at: String(t) });
    this.axis.moment(t, words, false);
  }

  /** Marks a span from the moment pointed at, and at the second time to it. */
  mark(): void {
    if (!this.state) return;
    const at = moment(this.model, this.state);
    const from = this.state.mark;
    if (from === null) set({ mark: String(at), at: String(at) });
    else if (from === at) set({ mark: null });
    else this.keep([...this.state.spans.slice(0, 1), [Math.min(from, at), Math.max(from, at)]]);
  }

  /** Both sides of the line, then the first, then the second. */
  side(): void {
    if (this.state) set({ side: this.state.side === 1 ? null : String(this.state.side + 1) });
  }

  private keep(spans: Span[]): void {
    const [a, b] = spans.map((one) => one.join("-"));
    set({ a: a ?? null, b: b ?? null, mark: null });
  }

  private redraw(): void {
    if (!this.state || !this.el.isConnected) return;
    this.draw(this.state);
  }

  private draw(state: NowState): void {
    this.drawStatus(state.line);
    this.drawControls(state);
    this.panel.update(state.line, state.from, state.to, state.chosen, state.asked);
    this.axis.update(state);
    this.overlay.update(state.line, state.chosen);
    this.map.update(state.line, state.shown);
    this.overlay.place(this.map);
  }

  /** Shows the place on the map, for the palette. */
  fly(lon: number, lat: number): void {
    this.map.fly(lon, lat);
  }

  /** The headline and the facts of the line that is chosen. */
  private drawStatus(line: number): void {
    if (line === this.told) return;
    this.told = line;
    const { sentence, facts } = this.model.line(line).status;
    replace(
      this.status,
      h("h1", {}, sentence),
      h("ul", { class: "facts" }, facts.map((f) => h("li", {}, `${f.label} `, h("b", {}, f.value), f.note && (f.note.startsWith(":") ? f.note : ` ${f.note}`)))),
    );
  }

  private drawControls(state: NowState): void {
    const { mode, borders } = state.shown;
    const key = `${mode} ${borders} ${state.line} ${this.map.missing}`;
    if (key === this.controlsKey) return;
    const wasOpen = this.controls.querySelector<HTMLDetailsElement>(".legend")?.open ?? innerWidth > 720;
    const focused = document.activeElement?.getAttribute("data-key");
    this.controlsKey = key;
    const line = this.model.line(state.line);
    const modes = (["coverage", "probability"] as const).map((one) =>
      h("button", { type: "button", "data-key": one, "aria-pressed": String(mode === one), click: () => set({ layer: one }) }, one === "coverage" ? "Coverage" : "Probability"),
    );
    const lines = this.model.page.lines.map((one, k) =>
      h("button", { type: "button", "data-key": one.name, "aria-pressed": String(k === state.line), title: one.text, click: () => set({ line: one.name }) }, `Line: ${one.title.replace(/^line:?\s*/i, "")}`),
    );
    const count = this.model.eventsInTruceNear(line).length;
    replace(
      this.controls,
      h("div", { class: "switch left", role: "group", "aria-label": "What the map shows" }, modes),
      lines.length > 1 && h("div", { class: "switch right", role: "group", "aria-label": "Whose line" }, lines),
      legend(this.model.page, line, { mode, borders, missing: this.map.missing, open: wasOpen, dense: this.model.inTruce > DENSE }),
      h("button", { class: "button drawer-button", type: "button", "aria-controls": "panel", click: () => this.panel.open(true) }, `Show ${plural(count, "event")}`),
    );
    if (focused) this.controls.querySelector<HTMLElement>(`[data-key="${focused}"]`)?.focus();
  }

  closeDrawer(): boolean {
    const open = this.panel.el.classList.contains("open");
    this.panel.open(false);
    return open;
  }
}
