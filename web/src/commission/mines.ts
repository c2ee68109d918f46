// SPDX-License-Identifier: Apache-2.0
/** Where mines lie: everybody's to know, at once and as measured. */

import { h } from "../dom";
import { address } from "../route";
import { read } from "./api";
import type { Desk } from "./desk";
import { doing, empty, loaded, moment, told, top } from "./view";

interface Mine {
  report: string;
  at: string;
  lon: number;
  lat: number;
  sigma_m: number | null;
  what: string;
}

/** `48.0123° N 37.8123° E ± 20 m`: signs as a hand-held receiver takes them, no rounding. */
function place({ lat, lon, sigma_m: sigma }: Mine): string {
  const of = (value: number, [plus, minus]: [string, string]): string => `${Math.abs(value)}° ${value < 0 ? minus : plus}`;
  return `${of(lat, ["N", "S"])} ${of(lon, ["E", "W"])}, ${sigma === null ? "uncertainty not stated" : `±\u00a0${sigma}\u00a0m`}`;
}

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
          [...mines].sort((a, b) => b.at.localeCompare(a.at)).map((one) => h("li", {}, h("div", {}, h("b", {}, one.what), h("br"), h("span", {}, place(one)), h("br"), h("span", { class: "soft" }, "reported in the hour from ", moment(desk, one.at))))),
        ),
        h("p", { class: "soft" }, `As of ${told(Date.now())}.`),
      ),
    ];
  });
}
