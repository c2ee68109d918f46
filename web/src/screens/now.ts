// SPDX-License-Identifier: Apache-2.0
/** Now: one sentence and six facts, the map, the list, the time axis. */

import { h, replace } from "../dom";
import { BORDERS, type Borders } from "../map/base";
import { MapView } from "../map/view";
import type { Shown } from "../map/style";
import { plural, type Model } from "../model";
import { Axis, truceSpan } from "../now/axis";
import { legend } from "../now/legend";
import { Overlay } from "../now/overlay";
import { Panel } from "../now/panel";
import { set, type Route } from "../route";

export interface NowState {
  line: number;
  from: number;
  to: number;
  chosen: number;
  at: number | null;
  /** Whether the address names the event. */
  asked: boolean;
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
  const named = p.get("borders") ?? "";
  const borders = (named in BORDERS ? named : "visionscarto") as Borders;
  const mode = p.get("layer") === "probability" ? "probability" : "coverage";
  const at = p.has("at") ? number("at", 0) : null;
  return { line, from: Math.max(model.start, from), to: Math.min(model.end, Math.max(to, from + 1800)), chosen, at, asked: asked !== -2, shown: { mode, borders, chosen } };
}

/** The truce's event near the line with most pixels: where reading may begin. */
function strongest(model: Model, line: number): number | undefined {
  const pixels = model.page.events.pixels;
  return model.eventsInTruceNear(model.line(line)).sort((a, b) => (pixels[b] as number) - (pixels[a] as number) || a - b)[0];
}

export class NowScreen {
  readonly el = h("div", { class: "now" });
  private readonly mapbox = h("section", { class: "mapbox", "aria-label": "Map" });
  private readonly mapEl = h("div", { class: "map" });
  private readonly controls = h("div", {});
  private readonly axis: Axis;
  private readonly panel: Panel;
  private readonly overlay: Overlay;
  private readonly map: MapView;
  private started = false;
  private controlsKey = "";

  constructor(private readonly model: Model) {
    const choose = (i: number): void => set({ event: String(model.page.events.index[i]), at: null });
    this.axis = new Axis(model, { choose, span: (from, to) => set({ from: String(from), to: String(to) }) });
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
    this.el.append(this.status(), this.mapbox, this.panel.el, this.axis.el);
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
    this.draw(state);
    if (!this.started) {
      this.started = true;
      void this.map.start(state.line, state.shown).then(() => this.redraw());
    }
  }

  private redraw(): void {
    if (!this.state || !this.el.isConnected) return;
    this.draw(this.state);
  }

  private draw(state: NowState): void {
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

  private status(): HTMLElement {
    const { sentence, facts } = this.model.page.status;
    return h(
      "header",
      { class: "status" },
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
      legend(this.model.page, line, { mode, borders, missing: this.map.missing, open: wasOpen }),
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
