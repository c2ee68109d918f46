// SPDX-License-Identifier: Apache-2.0
/** Parts of the response's screens: marks of a state, clocks with every way to count, where the hours went. */

import { h, s, uid, type Child } from "../dom";
import { hatch } from "../symbols";
import { ROLE, type Desk } from "./desk";
import type { Board, Drill, Running, Sign, Standing, StepNow, Way } from "./responsetypes";
import { likely, share, stretch, told, word } from "./view";

/** Nobody can take a drill for the real thing: it is said before anything else. */
export function drillBanner(drill: Drill | null): Child {
  return drill && h("p", { class: "exercise drill", role: "note" }, h("b", {}, "EXERCISE"), h("span", {}, `Drill: ${drill.name}, since ${told(drill.since)}. Nothing here has happened.`));
}

/** The word of a state at a step, as the board shows it. */
export function wordOf(one: Standing): string {
  if (one.status === "no commitment" && one.said === false) return "has not said";
  if (one.status === "not asked") return one.parliament ? "not asked; parliament" : "not asked";
  return one.status;
}

/** The words in their order, with what each means. */
export const WORDS: [string, string][] = [
  ["asked", "others wait for it"],
  ["acknowledged", "it has the matter"],
  ["awaiting parliament", "its parliament must agree"],
  ["decided", "it decided to act"],
  ["acted", "it says that it acted"],
  ["declined", "it decided not to"],
  ["silent", "nobody answered in time; nothing follows from it"],
  ["stands aside", "a party, kept from acting by the terms"],
  ["no commitment", "it said that it promises nothing to this"],
  ["has not said", "nothing is in this register; silence is not no"],
  ["withheld", "it said something that you may not read"],
  ["not asked", "the step is not declared, or it was not asked"],
];

const line = { fill: "none", stroke: "currentColor", "stroke-width": 1.8 };

/** Circle while others wait on a state, square once it decided, filled once it acted. */
export function stateMark(status: string): SVGSVGElement {
  const ring = { cx: 10, cy: 10, r: 6.5, ...line };
  const box = { x: 4, y: 4, width: 12, height: 12, rx: 1, ...line };
  const tick = "M7 10.2l2.2 2.3 4-4.8";
  const shapes: Record<string, () => SVGElement[]> = {
    asked: () => [s("circle", ring)],
    acknowledged: () => [s("circle", ring), s("path", { d: tick, ...line })],
    "awaiting parliament": () => [s("path", { d: "M3 8l7-4 7 4zM4 16h12M5.5 8.5v6M10 8.5v6M14.5 8.5v6", ...line })],
    decided: () => [s("rect", box), s("path", { d: tick, ...line })],
    acted: () => [s("rect", { ...box, fill: "currentColor" }), s("path", { d: tick, class: "tick" })],
    declined: () => [s("rect", box), s("path", { d: "M7.2 7.2l5.6 5.6M12.8 7.2l-5.6 5.6", ...line })],
    silent: () => [s("circle", { ...ring, "stroke-dasharray": "2.4 2.2" }), s("circle", { cx: 10, cy: 10, r: 1.6, fill: "currentColor" })],
    "stands aside": () => [s("path", { d: "M8 5v10M12 5v10", ...line })],
    "no commitment": () => [s("path", { d: "M6 10h8", ...line })],
    "has not said": () => [s("path", { d: "M6 10h8", ...line, "stroke-dasharray": "2 2" })],
    withheld: () => [s("path", { d: "M5 12l7-7M6.5 15l8.5-8.5M10 16l5.5-5.5", ...line })],
  };
  return s("svg", { viewBox: "0 0 20 20", width: 16, height: 16, "aria-hidden": "true", class: "mark" }, shapes[status]?.() ?? [s("circle", { cx: 10, cy: 10, r: 1.4, fill: "currentColor" })]);
}

/** Which kind of thing a word is: decided by a state, waited for, or nothing said. */
export const kindOf = (status: string): string => (["awaiting parliament", "decided", "acted", "declined"].includes(status) ? "decided" : status === "silent" ? "silent" : ["asked", "acknowledged"].includes(status) ? "waits" : "none");

const HOUR = 3_600_000;
const FROM: Record<string, string> = { breach: "from the breach", detection: "from its detection", determination: "from the finding" };

interface Drawn {
  text: string;
  start: [number, number] | null;
  end: [number, number | null];
}

function drawn(way: Way, signs: Map<string, Sign>, desk: Desk, disputed: boolean, stopped: boolean, names: (sign: string) => string): Drawn {
  const sign = signs.get(way.sign);
  const moments: Record<Way["from"], [string | null | undefined, string | null | undefined]> = { breach: [sign?.breach[0], sign?.breach[1]], detection: [sign?.received, sign?.received], determination: [sign?.found, sign?.found] };
  const [a, b] = moments[way.from];
  const who = way.held_by === "chosen" ? (disputed ? `if ${names(way.sign)} was first` : "") : `if ${names(way.sign)} was first, as ${desk.name(way.held_by)} holds`;
  const open = way.latest === null ? `, open: ${way.from === "determination" ? "nothing is found yet" : "what stops the clock goes on"}` : "";
  const until = way.latest !== null && way.latest !== way.earliest ? ` to ${way.latest.slice(0, 10) === way.earliest.slice(0, 10) ? told(way.latest).slice(-9) : told(way.latest)}` : "";
  return {
    text: `${[FROM[way.from] ?? way.from, who, way.stands_still && stopped ? "what stood still left out" : ""].filter(Boolean).join(", ")}: due ${told(way.earliest)}${until}${open}`,
    start: a && b ? [Date.parse(a), Date.parse(b)] : null,
    end: [Date.parse(way.earliest), way.latest === null ? null : Date.parse(way.latest)],
  };
}

/** One bar: when it began, and between which moments it runs out; an end that is open fades into dots. */
function bar(one: Drawn, from: number, to: number, now: number): SVGSVGElement {
  const x = (t: number): number => Math.max(0, Math.min(1000, ((t - from) / (to - from)) * 1000));
  const [earliest, latest] = one.end;
  const start = one.start ? x(one.start[0]) : x(now);
  const width = Math.max(8, latest === null ? 1000 - x(earliest) : x(latest) - x(earliest));
  return s(
    "svg",
    { viewBox: "0 0 1000 20", height: 20, preserveAspectRatio: "none", "aria-hidden": "true", class: "clockbar" },
    s("path", { d: `M${start} 10H${x(earliest)}`, stroke: "currentColor", "stroke-width": 2, "vector-effect": "non-scaling-stroke", ...(one.start ? {} : { "stroke-dasharray": "4 4" }) }),
    s("rect", { x: x(earliest), y: 3, width, height: 14, class: latest === null ? "open" : "due" }),
    s("path", { d: `M${x(now)} 0V20`, stroke: "currentColor", "stroke-width": 1.5, "stroke-dasharray": "2 2", "vector-effect": "non-scaling-stroke" }),
  );
}

/** Every step's clock with each way to count; what no deadline was set for is drawn as unset. */
export function clocks(running: Running, board: Board, desk: Desk): HTMLElement {
  const signs = new Map((board.signs ?? []).map((one) => [one.sign, one]));
  const stopped = (board.stopped ?? []).length > 0;
  const disputed = running.breach.disputed.length > 0;
  const letters = new Map([running.breach.chosen.at(-1)?.sign, ...running.breach.disputed.map((one) => one.sign)].map((sign, k) => [sign, String.fromCharCode(65 + k)]));
  const names = (sign: string): string => `breach ${letters.get(sign) ?? ""}`.trim();
  const rows = running.steps.map((step) => [step, step.clocks.map((way) => drawn(way, signs, desk, disputed, stopped, names))] as const);
  const now = Date.parse(board.at);
  const every = rows.flatMap(([, ways]) => ways.flatMap((one) => [...(one.start ?? []), one.end[0], one.end[1] ?? one.end[0]]));
  const from = Math.min(now, ...every);
  const to = Math.max(now + HOUR, ...every) + HOUR;
  return h(
    "ol",
    { class: "stepclocks" },
    rows.map(([step, ways]) =>
      h(
        "li",
        {},
        h("h2", { class: "minor" }, `Step ${step.number} `, h("span", { class: "steptext" }, step.text)),
        h("p", { class: "soft" }, stateOfStep(step, desk)),
        ways.length === 0 ? unset() : ways.map((one) => [bar(one, from, to, now), h("p", { class: "small" }, one.text)]),
        step.changes_of_clocks.map((one) => h("p", { class: "small" }, `${one.message} ${one.mend}.`)),
      ),
    ),
  );
}

function unset(): Child {
  const id = uid("unset");
  return [s("svg", { height: 20, class: "clockbar", "aria-hidden": "true" }, s("defs", {}, hatch(id, 8, "var(--hatch)", "var(--panel)")), s("rect", { width: "100%", height: 20, fill: `url(#${id})` })), h("p", { class: "small" }, "No deadline is set; it cannot be shown.")];
}

/** Who declared it: office and state always, the name where it may be told. */
function declarer({ by, role, of }: { by: string | null; role: string; of: string | null }, desk: Desk): string {
  const office = `${(ROLE[role] ?? word(role)).toLowerCase()}${of ? ` of ${desk.name(of)}` : ""}`;
  return by ? `${by}, ${office}` : `a ${office}`;
}

function stateOfStep(step: StepNow, desk: Desk): string {
  const done = step.declared && !step.declared.lifted ? `Declared ${told(step.declared.at)} by ${declarer(step.declared, desk)}.` : step.declared?.lifted ? `Declared and lifted ${told(step.declared.lifted)}.` : `Not declared. Its trigger: ${step.trigger}.`;
  const ground = step.ground === false ? " What it rests on fell away; people may lift it." : "";
  return done + ground + (step.decision_due ? " A decision is due." : "");
}

const STRETCHES: [string, string][] = [["breach_to_looked", "to the look"], ["looked_to_received", "to its receipt"], ["received_to_noticed", "to the notice"], ["noticed_to_found", "to the finding"]];

/** Where the hours went, as words: a stretch that is not over is said to be. */
export function hoursWent(running: Running): HTMLElement {
  const since = running.hours["since_breach"];
  const text = (value: number | [number, number] | null | undefined): string => (value === null || value === undefined ? "not known, or not yet" : Array.isArray(value) ? between(value) : stretch(value * 60));
  return h(
    "section",
    { class: "hours" },
    h("h2", { class: "minor" }, "Where the hours went"),
    h("dl", { class: "pairs" }, h("dt", {}, "Since the breach"), h("dd", {}, h("b", {}, text(since))), STRETCHES.map(([key, label]) => [h("dt", {}, label), h("dd", {}, text(running.hours[key]))])),
  );
}

const between = ([low, high]: [number, number]): string => (low === high ? stretch(low * 60) : `${stretch(low * 60)} to ${stretch(high * 60)}`);

/** How probably a step was set off by what was no breach: bounds, in words and numbers. */
export function falselyWords(step: StepNow): string {
  if (step.falsely === null) return "cannot tell";
  const { low, high } = step.falsely;
  const words = likely(low) === likely(high) ? likely(low) : `${likely(low)} to ${likely(high)}`;
  return `${words} (${low === high ? share(low) : `${share(low)} to ${share(high)}`})`;
}
