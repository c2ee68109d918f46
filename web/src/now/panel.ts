// SPDX-License-Identifier: Apache-2.0
/** The list beside the map: events and, as rows of the same list, the stretches in which nothing could be seen. */

import { h, replace } from "../dom";
import { clock, comma, percent, plural, power, type Model } from "../model";
import { address } from "../route";
import { statusMark } from "../symbols";
import type { LineView } from "../types";

/** The most events one list shows: more would make it slow and would not be read. */
const MOST = 300;

export class Panel {
  readonly el = h("aside", { class: "panel", "aria-label": "Events and gaps", id: "panel" });
  private key = "";

  constructor(private readonly model: Model) {}

  /** `asked`: the reader chose the event, so the list goes to it; else it begins with what was not seen. */
  update(lineNo: number, from: number, to: number, chosen: number, asked: boolean): void {
    const line = this.model.line(lineNo);
    const key = `${lineNo} ${from} ${to}`;
    const lacking = this.el.querySelector(".more") && !this.el.querySelector(`[data-i="${chosen}"]`);
    this.kept = chosen;
    if (key !== this.key || lacking) {
      this.key = key;
      replace(this.el, this.header(line, from, to), this.rows(line, from, to), this.table(line));
    }
    for (const row of this.el.querySelectorAll<HTMLElement>(".event-row")) {
      const mine = row.dataset["i"] === String(chosen);
      row.setAttribute("aria-current", String(mine));
      if (mine && asked) row.scrollIntoView({ block: "nearest" });
    }
  }

  open(state: boolean): void {
    this.el.classList.toggle("open", state);
    if (state) this.el.querySelector<HTMLElement>(".close")?.focus();
  }

  private header(line: LineView, from: number, to: number): HTMLElement {
    const p = line.panel;
    const [t0, t1] = this.model.truce;
    const part = from > t0 || to < t1;
    return h(
      "header",
      {},
      h("button", { class: "button close", type: "button", click: () => this.open(false) }, "Close"),
      h("h2", {}, p.count, h("span", {}, p.from)),
      h("p", {}, p.coverage),
      part && h("p", { class: "small" }, "Below: only what lies in the span the time axis shows."),
    );
  }

  private rows(line: LineView, from: number, to: number): HTMLElement {
    const list = h("ul", { class: "rows", tabindex: "0", "aria-label": "Events near the line, latest first, with the gaps between them" });
    const [t0, t1] = this.model.truce;
    const events = this.model.eventsNear(line, from, to);
    this.left = MOST;
    const inside = new Set(events.filter((i) => this.model.page.events.truce[i]));
    this.part(list, events.filter((i) => inside.has(i)), Math.max(from, t0), Math.min(to, t1), true);
    if (inside.size === 0) list.append(h("li", { class: "nothing" }, line.panel.empty));
    if (from < t0 || to > t1) {
      list.append(h("li", { class: "around" }, "After and before the truce, in the span shown"));
      const rest = events.filter((i) => !inside.has(i));
      if (to > t1) this.part(list, rest.filter((i) => this.first(i) >= t1), t1, to, false);
      if (from < t0) this.part(list, rest.filter((i) => this.first(i) < t1), from, t0, false);
    }
    if (events.length > MOST)
      list.append(h("li", { class: "nothing more" }, `${comma(events.length - MOST)} more are not listed here: show a shorter span on the time axis, or see `, h("a", { href: address("events") }, "Events"), "."));
    return list;
  }

  /** How many events the list may still take; the chosen one is listed whatever this is. */
  private left = MOST;
  private kept = -1;

  private add(list: HTMLElement, i: number): void {
    this.left -= 1;
    if (this.left >= 0 || i === this.kept) list.append(h("li", {}, this.row(i)));
  }

  private first(i: number): number {
    return this.model.page.events.first[i] as number;
  }

  /** Gaps, groups of passes and events of one stretch, latest first. */
  private part(list: HTMLElement, events: number[], from: number, to: number, truce: boolean): void {
    const { gaps, groups } = this.model.page;
    const parts: { start: number; end: number; gap?: string; group?: (typeof groups)[number] }[] = [
      ...gaps.map((gap) => ({ start: gap.start, end: gap.end, gap: truce ? gap.truce : gap.text })),
      ...groups.map((group) => ({ start: group.start, end: group.end, group })),
    ];
    const placed = new Set<number>();
    const crosses = (one: { start: number; end: number }): boolean => one.start < this.model.truce[1] && one.end > this.model.truce[0];
    for (const one of parts.filter((p) => p.end > from && p.start < to && (truce || !crosses(p))).sort((a, b) => b.start - a.start)) {
      if (one.gap) list.append(h("li", { class: "gap-row" }, h("span", {}, one.gap)));
      if (!one.group) continue;
      const group = one.group;
      list.append(h("li", { class: "group-row" }, h("div", {}, h("b", {}, group.title), ` · ${group.passes}`), h("span", {}, group.cloud)));
      const held = events.filter((i) => !placed.has(i) && this.first(i) >= group.start - 900 && this.first(i) <= group.end + 900);
      if (held.length === 0) list.append(h("li", { class: "nothing" }, "No event near the line: none seen, at the coverage above."));
      for (const i of held) {
        placed.add(i);
        this.add(list, i);
      }
    }
    for (const i of events.filter((k) => !placed.has(k))) this.add(list, i);
  }

  private row(i: number): HTMLElement {
    const ev = this.model.page.events;
    const t = ev.first[i] as number;
    const watts = power(ev.frp[i]);
    return h(
      "a",
      { class: "event-row", "data-i": i, href: address("event", String(ev.index[i])) },
      statusMark(ev.status[i] ?? "detected"),
      h("span", {}, h("b", {}, ev.place[i])),
      h("b", { class: "right" }, ev.word[i]),
      h("small", {}, `${clock(t)} UTC, ${clock(t, this.model.offset)} local · ${plural(ev.pixels[i] as number, "fire pixel")}${watts && ` · ${watts}`}`),
      ev.figure[i] && h("small", {}, `act of war ${ev.figure[i]}`),
    );
  }

  /** The map in words: every sector with its coverage by side. */
  private table(line: LineView): HTMLElement {
    const c = line.coverage;
    return h(
      "details",
      { class: "pad" },
      h("summary", {}, "The map as a table: coverage by sector and side"),
      h("p", { class: "small soft" }, line.text),
      h(
        "div",
        { class: "scroll", tabindex: "0", role: "region", "aria-label": "Coverage by sector and side" },
        h(
          "table",
          { class: "table small" },
          h("thead", {}, h("tr", {}, h("th", { scope: "col" }, c.sectors[0]?.area ? "Sector, km along (told as its province)" : "Sector, km along"), c.sides.map((side) => h("th", { scope: "col", class: "num" }, side)))),
          h(
            "tbody",
            {},
            c.sectors.map((sector) =>
              h(
                "tr",
                {},
                h("th", { scope: "row" }, `${sector.number}: ${Math.round(sector.start_km)}–${Math.round(sector.end_km)}${sector.area ? ` (${sector.area})` : ""}`),
                sector.share.map((share, side) => h("td", { class: "num" }, share === null && c.withheld && sector.observed[side] ? c.withheld : percent(share))),
              ),
            ),
          ),
        ),
      ),
    );
  }
}
