// SPDX-License-Identifier: Apache-2.0
/** Small parts that several screens share. */

import { h, s, uid, type Child } from "../dom";
import { percent } from "../model";
import { hatch } from "../symbols";

export interface Bar {
  label: string;
  p: number | null;
  /** What stands for the number where there is none. */
  figure?: string;
  /** The band, drawn hollow and dotted where there is no number. */
  band?: [number, number] | null;
  colour: string;
}

const WIDE = 84;

/** Probabilities as a table with bars; null is hatched and a dash: no evidence, which is not zero. */
export function bars(rows: Bar[]): HTMLElement {
  const none = (): HTMLElement => h("span", {}, h("span", { "aria-hidden": "true" }, "—"), h("span", { class: "hidden" }, "no evidence"));
  return h(
    "table",
    { class: "bars" },
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.label), h("td", { "aria-hidden": "true" }, bar(row)), h("td", {}, row.p !== null ? percent(row.p) : row.figure ? row.figure : none())))),
  );
}

function bar({ p, band, colour }: Bar): SVGElement {
  const id = uid("bar");
  const blank = p === null && !band;
  return s(
    "svg",
    { width: WIDE, height: 12 },
    blank && s("defs", {}, hatch(id, 6, "var(--hatch)", "var(--fog-soft)")),
    s("rect", { width: WIDE, height: 12, fill: blank ? `url(#${id})` : "var(--fog-soft)" }),
    p !== null && s("rect", { width: Math.max(1, p * WIDE), height: 12, fill: colour }),
    p === null && band && s("rect", { x: band[0] * WIDE + 0.8, y: 1, width: Math.max(2, (band[1] - band[0]) * WIDE - 1.6), height: 10, fill: "none", stroke: colour, "stroke-width": 1.6, "stroke-dasharray": "2 2" }),
  );
}

export function heading(title: string, ...below: Child[]): HTMLElement {
  return h("header", { class: "head" }, h("h1", {}, title), below);
}

/** A table that scrolls by itself on narrow screens and can be reached by keyboard. */
export function scrolling(label: string, table: HTMLElement): HTMLElement {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
}
