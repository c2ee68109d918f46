// SPDX-License-Identifier: Apache-2.0
/** One event: where and when, what and who, each reading beside the other, evidence, what would change it, proof. */

import { h, s, type Child } from "../dom";
import { bordersOf, type Borders } from "../map/base";
import { fitting, ground, sketch } from "../map/sketch";
import { clock, type Model } from "../model";
import { address, type Route } from "../route";
import { statusMark } from "../symbols";
import type { Detail } from "../types";
import { breachTable } from "./breach";
import { daysChart, whenBar } from "./eventcharts";
import { bars } from "./parts";
import { proofBox } from "./proof";

const LADDER = ["alleged", "detected", "recorded", "corroborated", "verified breach", "clear breach"];

export function eventScreen(model: Model, route: Route): HTMLElement {
  const index = Number(route.id);
  const i = model.position(index);
  if (i < 0) return missing(route.id);
  const detail = model.page.details[String(i)];
  return h(
    "article",
    { class: "screen" },
    head(model, i, index, detail),
    h("div", { class: "cols event" }, where(model, i, detail, bordersOf(route.params)), middle(model, i, detail), side(model, index, detail)),
  );
}

function missing(id: string): HTMLElement {
  return h("div", { class: "body" }, h("h1", {}, "No such event"), h("p", {}, `No event has the ledger index ${id}. `, h("a", { href: address("events") }, "All events")));
}

function head(model: Model, i: number, index: number, detail: Detail | undefined): HTMLElement {
  const ev = model.page.events;
  const status = detail?.status ?? "detected";
  const reached = LADDER.indexOf(status);
  return h(
    "header",
    { class: "head" },
    h("nav", { class: "crumbs", "aria-label": "Where this is" }, h("a", { href: address("events") }, "Events"), "/", h("span", {}, detail?.day ?? ""), "/", h("b", {}, `Record ${index}`)),
    h("h1", {}, detail?.title ?? `Fire ${ev.place[i]}, ${model.belief(i)}`),
    h(
      "ol",
      { class: "ladder", "aria-label": `Status: ${status}` },
      LADDER.map((step, k) => h("li", { class: k <= reached && k > 0 ? "reached" : "" }, statusMark(step), k === reached ? h("b", {}, step) : step)),
    ),
  );
}

function where(model: Model, i: number, detail: Detail | undefined, borders: Borders): HTMLElement {
  const line = model.line(0);
  const ev = model.page.events;
  const frame = { lon: ev.lon[i] as number, lat: ev.lat[i] as number, km: fitting(model, i), width: 392, height: 288 };
  const rows = detail?.pixels ?? [];
  const title = `Map of the place: ${ev.place[i]}`;
  const drawn = sketch(model, line, i, frame, rows);
  void ground(drawn, frame, borders);
  return h(
    "section",
    { class: "first", "aria-label": "Where and when" },
    s("svg", { class: "sketch", viewBox: "0 0 392 288", role: "img", "aria-label": title }, drawn),
    h(
      "div",
      { class: "pad" },
      detail && h("h2", { class: "minor" }, detail.when.title),
      detail && whenBar(detail),
      detail && h("p", { class: "small soft" }, detail.when.text),
    ),
    h(
      "div",
      { class: "pad" },
      h("dl", { class: "pairs" }, (detail?.facts ?? fallback(model, i)).map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])),
    ),
    h("p", { class: "pad small soft" }, "Heat alone stays at ", h("b", {}, "recorded"), ". A second kind of sensor is needed to corroborate."),
  );
}

function fallback(model: Model, i: number): [string, string][] {
  const ev = model.page.events;
  return [
    ["Place", `${(ev.lat[i] as number).toFixed(3)}\u00a0N, ${(ev.lon[i] as number).toFixed(3)}\u00a0E`],
    ["Seen", `${clock(ev.first[i] as number)} UTC`],
    ["To the line", `${model.line(0).events.km[i]}\u00a0km`],
    ["Fire pixels", String(ev.pixels[i])],
  ];
}

function middle(model: Model, i: number, detail: Detail | undefined): HTMLElement {
  const silent = model.silent(i);
  const causes = detail?.cause ?? [{ label: "Act of war", p: silent ? null : model.war(i), figure: model.page.events.figure[i] ?? "", band: model.band(i), war: true }];
  const blocks: Child[] = [
    h(
      "div",
      { class: "two" },
      h("section", {}, h("h2", { class: "minor" }, "What it was"), bars(causes.map((c) => ({ label: c.label, p: c.p, figure: c.figure, band: c.band, colour: c.war ? "var(--happened-fill)" : "var(--edge)" }))), h("p", { class: "small soft" }, detail?.band ?? "")),
      detail && h(
        "section",
        {},
        h("h2", { class: "minor" }, "Who did it"),
        bars(detail.actors.map((a) => ({ label: a.label, p: a.p, colour: "var(--edge)" }))),
        h("p", { class: "small soft" }, "— no evidence either way. Not zero."),
      ),
    ),
  ];
  if (detail && detail.breaches.length === 0) {
    blocks.push(h("section", { class: "block" }, h("h2", { class: "minor" }, "Is it a breach?"), h("p", {}, "It was seen outside the hours in which the terms bind: not assessed.")));
  }
  for (const table of detail?.breaches ?? []) blocks.push(breachTable(table));
  if (!detail) blocks.push(h("p", { class: "block" }, "Far from the line and outside the truce: kept, counted, not assessed."));
  blocks.push(daysChart(model, i));
  return h("div", {}, blocks);
}

function side(model: Model, index: number, detail: Detail | undefined): HTMLElement {
  const marks: Record<string, [string, string]> = { pixel: ["recorded", "ember"], pass: ["pass", "teal"], cloud: ["cloud", "soft"] };
  return h(
    "aside",
    { class: "side", "aria-label": "Evidence and proof" },
    detail && h("section", {}, h("h2", { class: "minor" }, "Evidence ", h("span", { class: "small soft" }, "one error family: counts once")), h(
      "ul",
      { class: "list" },
      detail.evidence.map((e) => {
        const [mark, colour] = marks[e.kind] ?? ["detected", "soft"];
        return h(
          "li",
          {},
          h("span", { class: colour }, statusMark(mark)),
          h("span", {}, h("b", {}, e.title), h("br"), e.text),
          e.index === null ? h("span", {}) : h("a", { class: "small", href: address("record", String(e.index)) }, `record\u00a0${e.index}`),
        );
      }),
    )),
    detail && h("section", {}, h("h2", { class: "minor" }, "What would change this"), h("ul", { class: "changes" }, detail.change.map(([what, effect]) => h("li", {}, h("span", {}, what), h("b", {}, effect))))),
    h("section", {}, h("h2", { class: "minor" }, "Ledger proof"), proofBox(index, String(model.page.ledger["vkey"] ?? ""))),
    h("p", { class: "small soft" }, `The machine’s word: ${model.belief(model.position(index), true)}. People find.`),
  );
}
