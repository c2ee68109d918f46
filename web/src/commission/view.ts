// SPDX-License-Identifier: Apache-2.0
/** What the commission's screens share: a screen that is read from the server, times with their clocks, rows, marks. */

import { h, replace, s, type Child } from "../dom";
import { inWords, lastState, NoAnswer, Refused } from "./api";
import type { Desk } from "./desk";

const MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const two = (n: number): string => String(n).padStart(2, "0");
const hhmm = (d: Date): string => `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}`;

/** `4 June 18:20 UTC` of a moment. */
export function told(at: string | number): string {
  const d = new Date(at);
  return Number.isNaN(d.getTime()) ? String(at) : `${d.getUTCDate()}\u00a0${MONTHS[d.getUTCMonth()]} ${hhmm(d)}\u00a0UTC`;
}

/** A moment, UTC first and local time beside it. */
export function moment(desk: Desk, at: string): HTMLElement {
  const local = new Date(Date.parse(at) + desk.offset);
  return h("time", { datetime: at }, told(at), desk.offset !== 0 && ` (${hhmm(local)} local)`);
}

/** `28 h 30 min` of a stretch in minutes. */
export function stretch(minutes: number): string {
  const whole = Math.round(Math.abs(minutes));
  const [hours, rest] = [Math.floor(whole / 60), whole % 60];
  if (hours >= 72) return `${Math.floor(hours / 24)}\u00a0d ${hours % 24}\u00a0h`;
  return hours ? `${hours}\u00a0h${rest ? ` ${rest}\u00a0min` : ""}` : `${rest}\u00a0min`;
}

/** How long until something is due, or since when it is over. */
export function left(due: string): string {
  const minutes = (Date.parse(due) - Date.now()) / 60_000;
  return minutes < 0 ? `over for ${stretch(minutes)}` : `${stretch(minutes)} left`;
}

export const word = (said: string): string => said.replaceAll("_", " ");
export const capital = (said: string): string => said.charAt(0).toUpperCase() + said.slice(1);
export const share = (p: number): string => `${Math.round(p * 100)}\u00a0%`;

/** ICD 203: the word for a probability, half-open bins. */
export function likely(p: number): string {
  const bins: [number, string][] = [[0.01, "practically no chance"], [0.05, "almost no chance"], [0.2, "very unlikely"], [0.45, "unlikely"], [0.55, "roughly even"], [0.8, "likely"], [0.95, "very likely"], [0.99, "almost certain"]];
  return bins.find(([edge]) => p < edge)?.[1] ?? "practically certain";
}

/** A circle: dotted while it is awaited, open when somebody else's turn, filled once done. */
export function step(state: "done" | "next" | "waits"): SVGSVGElement {
  const ring = { cx: 10, cy: 10, r: 7, "stroke-width": 1.8, stroke: "currentColor" };
  return s(
    "svg",
    { viewBox: "0 0 20 20", width: 20, height: 20, "aria-hidden": "true", class: `mark ${state}` },
    s("circle", { ...ring, fill: state === "done" ? "currentColor" : "none", ...(state === "waits" ? { "stroke-dasharray": "2.4 2.2" } : {}) }),
    state === "done" && s("path", { d: "M6.6 10.2l2.3 2.4 4.4-5", class: "tick" }),
  );
}

/** A list of label and value. */
export function pairs(rows: [string, Child][]): HTMLElement {
  return h("dl", { class: "pairs" }, rows.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([label, value]) => [h("dt", {}, label), h("dd", {}, value)]));
}

/** To whom what stands here may be told; every page carries it. */
export function caveat(text: string): HTMLElement {
  return h("p", { class: "caveat" }, text);
}

export function empty(text: string): HTMLElement {
  return h("p", { class: "empty" }, text);
}

/** A screen's head: where it is, what it is, and what else belongs above the line. */
export function top(kicker: Child, title: string, ...below: Child[]): HTMLElement {
  return h("header", { class: "head" }, kicker && h("p", { class: "kicker" }, kicker), h("h1", {}, title), below);
}

/** A screen that asks the server first. While it reads it says so; what goes wrong is told in words. */
export function loaded(title: string, make: () => Promise<Child[]>): HTMLElement {
  const el = h("div", { class: "screen office", "aria-busy": "true" }, top(null, title), h("div", { class: "body" }, h("p", { class: "soft", role: "status" }, "Reading the record…")));
  make().then(
    (children) => {
      replace(el, children);
      el.removeAttribute("aria-busy");
      window.dispatchEvent(new Event("drawn"));
    },
    (error: unknown) => {
      replace(el, top(null, title), h("div", { class: "body" }, h("p", { role: "alert" }, failed(error))));
      el.removeAttribute("aria-busy");
    },
  );
  return el;
}

function failed(error: unknown): string {
  if (error instanceof NoAnswer) return `Last state ${told(lastState())}. Nothing is sent until you are back.`;
  if (error instanceof Refused && (error.status === 403 || error.status === 404)) return "You may not see this. Ask the secretariat.";
  return inWords(error);
}

export function link(to: string, ...text: Child[]): HTMLElement {
  return h("a", { href: to }, text);
}

/** A link that looks like the button it is: it opens the form of an act. */
export function doing(to: string, label: string, main = false): HTMLElement {
  return h("a", { class: main ? "button main" : "button", href: to, "data-act": "" }, label);
}
