// SPDX-License-Identifier: Apache-2.0
/** Check a claim: paste it or fill it in; the local server answers, and one page to share can be had. */

import { h, replace, type Child } from "../dom";
import { statusMark } from "../symbols";
import { scrolling } from "./parts";

interface Part { field: string; value: string | number | null; words: string; note: string }
interface Pass { sensor: string; time: string; day: boolean; read: boolean | null; why: string; clear: number | null; hidden: number | null; chance: number | null }
interface Sensor { sensor: string; passes: number; read: number | null; chance: number | null }
interface Checked {
  understood: Part[];
  verdict: "consistent" | "inconsistent" | "cannot be judged";
  reasons: [string, string][];
  where: string;
  compatible: [number, number, number] | null;
  passes: Pass[];
  sensors: Sensor[];
  seen: { events: number; pixels: number };
  coverage: number | null;
  coverage_of: string;
  withheld: string;
  reference_act: string;
}

const FIELDS: [string, string, string][] = [
  ["who", "Who says it", ""],
  ["accused", "Who is accused", ""],
  ["what", "What is counted", "fires"],
  ["count", "How many", "12, or more than 500"],
  ["where", "Where", "line, side:A, sector:3, a town, or lon,lat,km"],
  ["from", "From, UTC", "2026-04-11 13:00"],
  ["to", "To, UTC", "2026-04-12 21:00"],
];

const share = (value: number | null): string => (value === null ? "–" : `${(100 * value).toPrecision(2)}\u00a0%`);
const minute = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;

/** The form with the place its answer goes to. */
export function claimForm(): HTMLElement {
  const answer = h("div", { "aria-live": "polite" });
  const text = h("textarea", { id: "claim-text", rows: 3, maxlength: 4000, placeholder: "Paste the claim as it was published" });
  const inputs = FIELDS.map(([name, , hint]) => h("input", { id: `claim-${name}`, name, placeholder: hint, autocomplete: "off", maxlength: 200 }));
  const query = (): string => {
    const found = new URLSearchParams();
    if (text.value.trim()) found.set("text", text.value.trim());
    for (const input of inputs) if (input.value.trim()) found.set(input.name, input.value.trim());
    return found.toString();
  };
  const button = h("button", { class: "button", type: "submit" }, "Check it");
  const form = h(
    "form",
    {
      class: "claim-form",
      submit: (event: Event) => {
        event.preventDefault();
        void ask(query(), answer, button);
      },
    },
    h("label", { for: "claim-text" }, "The claim, in English, Ukrainian, Russian or French; what can be read in it is shown"),
    text,
    h("div", { class: "claim-fields" }, FIELDS.map(([name, label], k) => h("div", {}, h("label", { for: `claim-${name}` }, label), inputs[k]))),
    h("p", { class: "small soft" }, "What you fill in comes before what is read in the text. Nothing leaves this machine, and nothing is kept."),
    button,
  );
  return h("section", { class: "block claim-check", "aria-label": "Check a claim" }, h("h2", {}, "Check a claim"), form, answer);
}

async function ask(query: string, answer: HTMLElement, button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  replace(answer, h("p", { class: "soft" }, "Looking; the first answer takes some seconds…"));
  try {
    const found = await fetch(`/api/v1/claim-check?${query}`);
    const body = (await found.json()) as Checked & { detail?: string };
    if (found.ok) replace(answer, shown(body, query));
    else replace(answer, h("p", { role: "alert" }, body.detail ?? "The server could not answer."));
  } catch {
    replace(answer, h("p", { role: "alert" }, "The server does not answer. It runs where the page was started."));
  } finally {
    button.disabled = false;
  }
}

const VERDICTS = {
  consistent: "Consistent with what was seen. That is no proof of it.",
  inconsistent: "Inconsistent with what was seen.",
  "cannot be judged": "Cannot be judged by these sensors.",
};

function shown(checked: Checked, query: string): Child {
  return h(
    "div",
    { class: "claim-answer" },
    h("p", { class: "verdict" }, statusMark(checked.verdict === "cannot be judged" ? checked.verdict : "detected"), h("b", {}, VERDICTS[checked.verdict])),
    checked.understood.length > 0 && h("details", { open: true }, h("summary", {}, "How the text was understood"), h("ul", {}, checked.understood.map((part) => h("li", {}, understood(part))))),
    h("p", {}, checked.where),
    checked.reasons.map(([title, words]) => h("p", {}, h("b", {}, `${title}. `), words)),
    checked.compatible && h("p", {}, `Compatible with what was seen: ${checked.compatible[0]} to ${checked.compatible[2]} fires (90\u00a0%), each counted as ${checked.reference_act}.`),
    coverage(checked),
    checked.sensors.length > 0 && scrolling("Sensors", sensors(checked.sensors)),
    checked.passes.length > 0 && h("details", {}, h("summary", {}, `Every pass over the place (${checked.passes.length})`), scrolling("Passes", passes(checked.passes))),
    h("p", {}, h("a", { class: "button", href: `/api/v1/claim-sheet?${query}`, download: "claim-check.pdf" }, "One page to share (PDF)")),
  );
}

function understood(part: Part): string {
  const value = part.value === null ? "not read" : String(part.value);
  return `${part.field}: ${value}${part.words ? `, from “${part.words}”` : ""}${part.note ? ` (${part.note})` : ""}`;
}

function coverage(checked: Checked): HTMLElement | null {
  if (checked.withheld) return h("p", {}, checked.withheld);
  if (checked.coverage === null) return null;
  return h("p", {}, `Of 100 such acts about ${(100 * checked.coverage).toPrecision(2)} would have been detected (${checked.coverage_of}).`);
}

const heads = (...names: string[]): HTMLElement => h("thead", {}, h("tr", {}, names.map((name) => h("th", { scope: "col" }, name))));

function sensors(rows: Sensor[]): HTMLElement {
  return h(
    "table",
    {},
    heads("Sensor", "Passes", "Read", "Would have detected such an act"),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.sensor), h("td", {}, row.passes), h("td", {}, row.read ?? "withheld"), h("td", {}, share(row.chance))))),
  );
}

function passes(rows: Pass[]): HTMLElement {
  return h(
    "table",
    {},
    heads("Sensor", "Time, UTC", "Clear sky", "Cloud that day", "Chance"),
    h("tbody", {}, rows.map((row) => h("tr", {}, h("th", { scope: "row" }, row.sensor), h("td", {}, `${minute(row.time)}, ${row.day ? "day" : "night"}`), h("td", {}, share(row.clear)), h("td", {}, share(row.hidden)), h("td", {}, row.read === null ? "withheld" : row.read ? share(row.chance) : `not observed: ${row.why}`)))),
  );
}
