// SPDX-License-Identifier: Apache-2.0
/** Small parts that several screens share. */

import { h, s, uid, type Child } from "../dom";
import { percent } from "../model";
import { hatch } from "../symbols";

/** Probabilities as a table with bars; null is hatched and a dash: no evidence, which is not zero. */
export function bars(rows: { label: string; p: number | null; figure?: string; colour: string }[]): HTMLElement {
  return h(
    "table",
    { class: "bars" },
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.label), h("td", { "aria-hidden": "true" }, bar(row.p, row.colour)), h("td", {}, row.p !== null ? percent(row.p) : row.figure ? row.figure : h("span", {}, h("span", { "aria-hidden": "true" }, "—"), h("span", { class: "hidden" }, "no evidence")))))),
  );
}

function bar(p: number | null, colour: string): SVGElement {
  const id = uid("bar");
  return s(
    "svg",
    { width: 100, height: 12 },
    p === null && s("defs", {}, hatch(id, 6, "var(--hatch)", "var(--fog-soft)")),
    s("rect", { width: 100, height: 12, fill: p === null ? `url(#${id})` : "var(--fog-soft)" }),
    p !== null && s("rect", { width: Math.max(1, p * 100), height: 12, fill: colour }),
  );
}

export function heading(title: string, ...below: Child[]): HTMLElement {
  return h("header", { class: "head" }, h("h1", {}, title), below);
}

/** A table that scrolls by itself on narrow screens and can be reached by keyboard. */
export function scrolling(label: string, table: HTMLElement): HTMLElement {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, table);
}
