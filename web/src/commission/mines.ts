// SPDX-License-Identifier: Apache-2.0
/** Where mines lie: everybody's to know, at once and as measured. */

import { h } from "../dom";
import { address } from "../route";
import { read, send } from "./api";
import type { Desk } from "./desk";
import { small } from "./log";
import { doing, empty, loaded, moment, told, top } from "./view";

interface Mine {
  report: string;
  at: string;
  lon: number;
  lat: number;
  sigma_m: number | null;
  what: string;
  state: string;
  since: string | null;
  why: string | null;
}

/** `48.0123° N 37.8123° E ± 20 m`: signs as a hand-held receiver takes them, no rounding. */
function place({ lat, lon, sigma_m: sigma }: Mine): string {
  const of = (value: number, [plus, minus]: [string, string]): string => `${Math.abs(value)}° ${value < 0 ? minus : plus}`;
  return `${of(lat, ["N", "S"])} ${of(lon, ["E", "W"])}, ${sigma === null ? "uncertainty not stated" : `±\u00a0${sigma}\u00a0m`}`;
}

/** Nothing lies there any more, or never did: said by another person than who reported it, and why to everybody. */
function ending(one: Mine): HTMLElement {
  const state = h("select", { "aria-label": "What became of it" }, h("option", { value: "cleared" }, "It is gone: cleared"), h("option", { value: "withdrawn" }, "The report was wrong: withdrawn"));
  const why = h("input", { type: "text", required: true, autocomplete: "off", "aria-label": "How that is known" });
  return small("Cleared or withdrawn", [h("p", { class: "small" }, "Another person than who reported it. The reason is told to everybody."), h("label", {}, "What became of it", state), h("label", {}, "How that is known", why)], "End the report", () => send("POST", `/mines/${encodeURIComponent(one.report)}/end`, { state: state.value, reason: why.value }));
}

function row(desk: Desk, one: Mine, writes: boolean): HTMLElement {
  const over = one.since !== null && [h("br"), h("span", { class: "tag" }, `${one.state}: ${one.why ?? ""}`), " in the hour from ", moment(desk, one.since)];
  return h("li", {}, h("div", {}, h("b", {}, one.what), h("br"), h("span", {}, place(one)), h("br"), h("span", { class: "soft" }, "reported in the hour from ", moment(desk, one.at)), over, writes && !over && ending(one)));
}

/** Those that stand first, then the newest. */
const before = (a: Mine, b: Mine): number => Number(a.since !== null) - Number(b.since !== null) || b.at.localeCompare(a.at);

export function minesScreen(desk: Desk): HTMLElement {
  return loaded("Mines", async () => {
    const { mines } = await read<{ mines: Mine[] }>("/mines");
    const writes = desk.me.role === "watch_officer" || desk.me.role === "analyst";
    return [
      top(null, "Mines", h("p", {}, "Told to everybody at once and as measured, whoever laid them: a mine asks nobody’s side. Who found it, and on which way, is not told. A place without a report is not a place without mines."), writes && h("div", { class: "acts" }, doing(address("log", "", {}, false), "Report a mine"))),
      h(
        "div",
        { class: "body" },
        mines.length === 0 && empty("No report of a mine. That says nothing of where nobody looked."),
        h(
          "ol",
          { class: "rows plain" },
          [...mines].sort(before).map((one) => row(desk, one, writes)),
        ),
        h("p", { class: "soft" }, `As of ${told(Date.now())}.`),
      ),
    ];
  });
}
