// SPDX-License-Identifier: Apache-2.0
/** Factors of each reading side by side; only the rows in which they differ are marked. */

import { h, s } from "../dom";
import type { BreachTable } from "../types";
import { scrolling } from "./parts";

export function breachTable(table: BreachTable): HTMLElement {
  return h(
    "section",
    { class: "block" },
    h("h2", { class: "minor" }, table.question),
    scrolling(
      "Factors by reading",
      h(
        "table",
        { class: "table breach" },
        h("thead", {}, h("tr", {}, h("td", {}), table.readings.map((r) => h("th", { scope: "col" }, r.name)))),
        h(
          "tbody",
          {},
          table.rows.map((row) =>
            h(
              "tr",
              { class: row.differ ? "differ" : "" },
              h("th", { scope: "row" }, row.label, row.differ && h("b", {}, "The readings differ here")),
              row.cells.map((cell) => h("td", {}, h("div", { class: "cell" }, h("b", {}, cell.value), h("span", {}, cell.text)))),
            ),
          ),
        ),
        h(
          "tfoot",
          {},
          h(
            "tr",
            {},
            h("th", { scope: "row" }, "Probability of a breach"),
            table.results.map((r) => h("td", {}, range(r.low, r.high), h("b", {}, r.figure), h("br"), r.words)),
          ),
        ),
      ),
    ),
    h("p", { class: "soft" }, table.text),
  );
}

/** A range on a line from 0 to 1. */
function range(low: number | null, high: number | null): SVGElement | null {
  if (low === null || high === null) return null;
  return s(
    "svg",
    { width: 120, height: 12, "aria-hidden": "true" },
    s("path", { d: "M0 6H110", stroke: "var(--edge)" }),
    s("rect", { x: low * 110, y: 2, width: Math.max(2, (high - low) * 110), height: 8, fill: "var(--happened-fill)" }),
  );
}
