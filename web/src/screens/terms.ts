// SPDX-License-Identifier: Apache-2.0
/** The agreement, each reading beside the other. */

import { h } from "../dom";
import type { Model } from "../model";
import type { Reading } from "../types";
import { heading, scrolling } from "./parts";

export function termsScreen(model: Model): HTMLElement {
  const { readings, truce } = model.page;
  const ids = [...new Set(readings.flatMap((r) => r.provisions.map((p) => p.id)))];
  return h(
    "div",
    { class: "screen" },
    heading(`${truce.title}: the terms, as each side reads them`, h("p", {}, `It binds ${truce.text}. Local time is ${truce.local}.`)),
    h("div", { class: "body" }, summary(readings), ids.map((id) => provision(readings, id)), h("p", { class: "small soft" }, model.page.sentences["order"])),
  );
}

function summary(readings: Reading[]): HTMLElement {
  const source = (r: Reading): HTMLElement | string => (r.url && /^https:/.test(r.url) ? h("a", { href: r.url, rel: "noreferrer" }, r.source) : r.source);
  return compare("Readings", readings, [
    ["In a sentence", readings.map((r) => r.summary)],
    ["Held by", readings.map((r) => r.held_by.join(", "))],
    ["Said in", readings.map(source)],
  ]);
}

function provision(readings: Reading[], id: string): HTMLElement {
  const held = readings.map((r) => r.provisions.find((p) => p.id === id));
  const text = held.find((p) => p)?.text ?? id;
  const get = (pick: (p: Reading["provisions"][number]) => string | HTMLElement): (string | HTMLElement)[] => held.map((p) => (p ? pick(p) : "not in this reading"));
  return h(
    "section",
    {},
    h("h2", {}, `“${text}”`),
    compare(text, readings, [
      ["Acts it forbids", get((p) => p.acts.join(", "))],
      ["Who is bound", get((p) => p.actors.join(", "))],
      ["Where", get((p) => p.zone)],
      ["When", get((p) => p.hours)],
      ["Exceptions", get((p) => (p.exceptions.length ? h("ul", {}, p.exceptions.map((e) => h("li", {}, `${e.text.replace(/\.$/, "")}. That it excuses an act here: ${e.excused}. ${e.why}`))) : "none"))],
    ]),
  );
}

function compare(label: string, readings: Reading[], rows: [string, (string | HTMLElement)[]][]): HTMLElement {
  const same = (cells: (string | HTMLElement)[]): boolean => cells.every((c) => (typeof c === "string" ? c : c.textContent) === (typeof cells[0] === "string" ? cells[0] : cells[0]?.textContent));
  return scrolling(
    label,
    h(
      "table",
      { class: "table breach" },
      h("thead", {}, h("tr", {}, h("td", {}), readings.map((r) => h("th", { scope: "col" }, r.name)))),
      h("tbody", {}, rows.map(([name, cells]) => {
        const differ = cells.length > 1 && !same(cells) && name !== "In a sentence" && name !== "Held by" && name !== "Said in";
        return h("tr", { class: differ ? "differ" : "" }, h("th", { scope: "row" }, name, differ && h("b", {}, "The readings differ here")), cells.map((cell) => h("td", {}, cell)));
      })),
    ),
  );
}
