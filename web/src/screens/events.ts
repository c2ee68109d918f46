// SPDX-License-Identifier: Apache-2.0
/** All events as a table, what could be seen above them. */

import { h, replace } from "../dom";
import { clock, comma, date, plural, power, type Model } from "../model";
import { address, set, type Route } from "../route";
import type { LineView } from "../types";
import { heading, scrolling } from "./parts";

const SHOWN = 200;

interface Listed {
  line: LineView;
  which: string;
  page: number;
  /** All events of the choice, and those of the page shown. */
  rows: number[];
  part: number[];
  /** The event chosen by keyboard or in Now, -1 where none. */
  chosen: number;
}

function listed(model: Model, route: Route): Listed {
  const which = route.params.get("which") ?? "truce";
  const page = Math.max(0, Number(route.params.get("page") ?? 0) || 0);
  const line = model.line(Math.max(0, model.page.lines.findIndex((one) => one.name === route.params.get("line"))));
  const rows = choice(model, line, which);
  const asked = route.params.get("event");
  return { line, which, page, rows, part: rows.slice(page * SHOWN, (page + 1) * SHOWN), chosen: asked === null ? -1 : model.position(Number(asked)) };
}

/** The event that Enter opens: the chosen one, -1 where it is not in the table shown. */
export function chosenHere(model: Model, route: Route): number {
  const { part, chosen } = listed(model, route);
  return part.includes(chosen) ? chosen : -1;
}

/** What the address becomes by so many rows down, on another page where needed; the page's first row where none is chosen. */
export function stepped(model: Model, route: Route, by: number): Record<string, string | null> | null {
  const { rows, part, page, chosen } = listed(model, route);
  const at = part.includes(chosen) ? Math.min(rows.length - 1, Math.max(0, rows.indexOf(chosen) + by)) : page * SHOWN;
  const next = rows[at];
  if (next === undefined) return null;
  const to = Math.floor(at / SHOWN);
  return { event: String(model.page.events.index[next]), page: to ? String(to) : null };
}

export function eventsScreen(model: Model, route: Route): HTMLElement {
  const { line, which, page, rows, part, chosen } = listed(model, route);
  const filters = ([["truce", "In the truce, near the line"], ["near", "Near the line, whole period"], ["all", "All"]] as const).map(([key, label]) =>
    h("button", { class: "button", type: "button", "aria-pressed": String(which === key), click: () => set({ which: key, page: null }) }, label),
  );
  const body = h("div", { class: "body" });
  replace(
    body,
    h("div", { class: "filters", role: "group", "aria-label": "Which events" }, filters),
    h("p", {}, `${plural(rows.length, "event")}${rows.length > SHOWN ? `, ${comma(page * SHOWN + 1)} to ${comma(Math.min(rows.length, (page + 1) * SHOWN))} shown` : ""}. Line: ${line.title}.`),
    scrolling("Events", table(model, line.events.km, part, chosen)),
    rows.length > SHOWN && h("div", { class: "filters" },
      page > 0 && h("button", { class: "button", type: "button", click: () => set({ page: String(page - 1) }) }, "Earlier page"),
      (page + 1) * SHOWN < rows.length && h("button", { class: "button", type: "button", click: () => set({ page: String(page + 1) }) }, "Next page")),
    h("p", { class: "small soft" }, h("a", { href: "/events.csv" }, "All as CSV"), " · ", h("a", { href: "/events.geojson" }, "as GeoJSON")),
  );
  return h("div", { class: "screen" }, heading("Events", h("p", {}, line.coverage.text)), body);
}

function choice(model: Model, line: LineView, which: string): number[] {
  if (which === "near") return model.eventsNear(line, model.start - 1, model.end + 1);
  if (which === "all") return [...model.page.events.index.keys()].reverse();
  return model.eventsInTruceNear(line);
}

function table(model: Model, km: number[], rows: number[], chosen: number): HTMLElement {
  const ev = model.page.events;
  const heads = ["When, UTC", "Place", "Act of war", "To the line", "Pixels", "Power", "Record"];
  return h(
    "table",
    { class: "table" },
    h("thead", {}, h("tr", {}, heads.map((head, k) => h("th", { scope: "col", class: k > 2 ? "num" : "" }, head)))),
    h(
      "tbody",
      {},
      rows.map((i) =>
        h(
          "tr",
          { "aria-current": i === chosen && "true" },
          h("td", {}, `${date(ev.first[i] as number)}, ${clock(ev.first[i] as number)}`),
          h("td", {}, h("a", { href: address("event", String(ev.index[i]), { which: null, page: null }) }, ev.place[i]), ev.masked[i] ? " · known heat source" : ""),
          h("td", {}, ev.figure[i] ? `${ev.word[i]} (${ev.figure[i]})` : ev.word[i]),
          h("td", { class: "num" }, `${km[i]}\u00a0km`),
          h("td", { class: "num" }, ev.pixels[i]),
          h("td", { class: "num" }, power(ev.frp[i]) || "not measured"),
          h("td", { class: "num" }, h("a", { href: address("record", String(ev.index[i])) }, comma(ev.index[i] as number))),
        ),
      ),
    ),
  );
}
