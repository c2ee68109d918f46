// SPDX-License-Identifier: Apache-2.0
/** The watch log: one line typed, read back at once; corrections, questions, the shift handed over, patrols, mines. */

import { h, replace, type Child } from "../dom";
import { address, type Route } from "../route";
import { scrolling } from "../screens/parts";
import { all, inWords, read, Refused, send } from "./api";
import type { Desk } from "./desk";
import { empty, left, loaded, moment, share, stretch, told, top, word } from "./view";

interface Line {
  entry: string;
  by: string;
  keyed: string | null;
  understood: { at: string; post: string; parts?: { act: string }[] };
  corrects: string | null;
  superseded: string | null;
  reason: string | null;
}

interface Entered {
  entry: string;
  record: number;
  understood: string | null;
}

interface Count {
  act: string;
  unit: string;
  low: number;
  high: number | null;
  lines: number;
  not_known: number;
}

interface Shift {
  summary: { from: string | null; to: string; layers: Record<string, { counts: Count[]; coverage: { share: number | null; why?: string; reference_act?: string; low?: number; high?: number; period?: string } }>; lines: number; superseded: number; lost_contacts: string[]; mines: number };
  waiting: string | null;
  stop_first: { notices: number; in_time: number; late: number; overdue: number; silence_minutes: { cases: number; median: number | null; most: number | null }; stopped_without_blame: number };
}

interface Patrol {
  patrol: string;
  state: string;
  heard: string;
  due: string | null;
  left_minutes: number | null;
}

const LAYERS: Record<string, string> = { A: "A, signatures", B: "B, incidents", C: "C, compliance states" };
const HELP = "Time and post first, the rest in any order: 2140 A10 3x shelling 122mm 48.01,37.80 ±500 from W # free words. N/K: not known.";

export function logScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Watch log", async () => {
    const history = route.params.get("history") === "yes";
    const writes = desk.me.role === "watch_officer" || desk.me.role === "analyst";
    const officer = desk.me.role === "watch_officer";
    const [{ items }, questions, shift, patrols] = await Promise.all([all<Line>(`/log?history=${history}`, "lines"), read<{ questions: { entry: string; text: string }[] }>("/log/questions"), writes ? read<Shift>("/shift") : null, officer ? read<{ patrols: Patrol[] }>("/patrols") : null]);
    const echo = h("ol", { class: "echo", "aria-live": "polite", "aria-label": "What was understood" });
    return [
      top(null, "Watch log"),
      h(
        "div",
        { class: "cols log" },
        h("div", { class: "middle" }, writes && [keyed(echo), echo], h("h2", {}, "Lines"), h("p", {}, h("a", { href: address("log", "", history ? {} : { history: "yes" }, false) }, history ? "Without lines that were corrected or struck" : "With lines that were corrected or struck")), items.length === 0 ? empty("No line. What a post perceives is keyed as one line, and read back at once.") : table(desk, items.slice(0, 200), writes), items.length > 200 && h("p", { class: "soft" }, `The newest 200 of ${items.length} lines.`)),
        h("aside", { class: "side", "aria-label": "The shift" }, shift && shiftPart(desk, shift, officer), asked(questions.questions, writes), patrols && out(desk, patrols.patrols)),
      ),
    ];
  });
}

/** The one field; Enter keys the line, the echo says what was understood, a word that cannot be read is named. */
function keyed(echo: HTMLElement): HTMLElement {
  const field = h("input", { id: "line", type: "text", required: true, maxlength: 500, autocomplete: "off", autocapitalize: "none", spellcheck: "false", "aria-describedby": "line-help", autofocus: true });
  const problem = h("p", { role: "alert", class: "problem" });
  const again = h("button", { class: "button", type: "button", hidden: true }, "It happened twice: key it again");
  const button = h("button", { class: "button main", type: "submit", "data-act": "" }, "Key the line");
  const key = (twice: boolean): void => {
    const line = field.value;
    button.disabled = true;
    problem.textContent = "";
    again.hidden = true;
    send<Entered>("POST", "/log", { line, again: twice })
      .then(
        (made) => {
          field.value = "";
          echo.prepend(h("li", {}, h("b", {}, `Record ${made?.record.toLocaleString("en")}: `), made?.understood));
        },
        (error: unknown) => {
          problem.textContent = inWords(error);
          again.hidden = !(error instanceof Refused && error.status === 409);
        },
      )
      .finally(() => {
        button.disabled = false;
        field.focus();
      });
  };
  again.addEventListener("click", () => key(true));
  const form = h("form", { class: "keyed", autocomplete: "off" }, h("label", { for: "line" }, "One line"), h("div", { class: "one" }, field, button), h("p", { class: "small soft", id: "line-help" }, HELP), problem, again);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    key(false);
  });
  window.addEventListener("drawn", () => field.focus(), { once: true });
  return form;
}

function table(desk: Desk, lines: Line[], writes: boolean): HTMLElement {
  return scrolling(
    "Lines of the log",
    h(
      "table",
      { class: "table" },
      h("thead", {}, h("tr", {}, ["When", "Post", "Line", "By", ""].map((t) => h("th", { scope: "col" }, t || h("span", { class: "hidden" }, "Correct"))))),
      h("tbody", {}, lines.map((one) => h("tr", { class: one.superseded ? "superseded" : "" }, h("td", {}, moment(desk, one.understood.at)), h("td", {}, one.understood.post), h("td", {}, one.keyed ?? (one.understood.parts ?? []).map((part) => word(part.act)).join(", then "), one.corrects && h("span", { class: "tag" }, "a correction"), one.superseded && h("span", { class: "tag" }, "superseded", one.reason && `: ${one.reason}`)), h("td", {}, one.by), h("td", {}, writes && !one.superseded && correction(one))))),
    ),
  );
}

function correction(one: Line): HTMLElement {
  const line = h("input", { type: "text", value: one.keyed ?? "", autocomplete: "off", spellcheck: "false", "aria-label": "The line as it should be; empty: struck" });
  const reason = h("input", { type: "text", required: true, autocomplete: "off", "aria-label": "Why" });
  return small("Correct", [h("label", {}, "The line as it should be; empty: it is struck", line), h("label", {}, "Why", reason)], "Correct the line", () => send("POST", `/log/${encodeURIComponent(one.entry)}/corrections`, { reason: reason.value, ...(line.value.trim() ? { line: line.value } : {}) }));
}

/** A small form behind a word; once it is sent the log is read again. */
export function small(open: string, fields: Child[], label: string, act: () => Promise<unknown>): HTMLElement {
  const problem = h("p", { role: "alert", class: "problem" });
  const form = h("form", { autocomplete: "off", class: "small-form" }, fields, problem, h("button", { class: "button", type: "submit", "data-act": "" }, label));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    act().then(
      (made) => window.dispatchEvent(new CustomEvent("again", { detail: (made as Entered | null)?.understood ? `Understood: ${(made as Entered).understood}` : `Kept as record ${(made as Entered | null)?.record.toLocaleString("en")}.` })),
      (error: unknown) => (problem.textContent = inWords(error)),
    );
  });
  return h("details", {}, h("summary", {}, open), form);
}

/** Counts by layer, never one sum of them, with the coverage beside each. */
function shiftPart(desk: Desk, { summary, waiting, stop_first: first }: Shift, officer: boolean): HTMLElement {
  const note = h("textarea", { rows: 3, autocomplete: "off", maxlength: 8000, "aria-label": "What the next shift should know" });
  const covered = (c: Shift["summary"]["layers"][string]["coverage"]): string => (c.share === null ? "coverage: " + (c.why ?? "cannot tell") : `coverage ${share(c.share)} of ${c.reference_act}; ${c.period}`);
  const figure = (c: Count): string => `${c.low}${c.high === null ? " or more" : c.high === c.low ? "" : ` to ${c.high}`}${c.unit === "x" ? "" : ` ${c.unit}`}${c.not_known ? `, ${c.not_known} N/K` : ""}`;
  return h(
    "section",
    {},
    h("h2", {}, "This shift"),
    h("p", { class: "soft" }, summary.from ? ["since ", moment(desk, summary.from)] : "since the log’s beginning", `; ${summary.lines} lines, ${summary.superseded} superseded`),
    Object.entries(summary.layers).map(([layer, { counts, coverage }]) => h("div", { class: "layer" }, h("h3", {}, LAYERS[layer] ?? layer), counts.length === 0 ? h("p", { class: "soft" }, "none keyed") : h("ul", { class: "changes" }, counts.map((c) => h("li", {}, h("span", {}, word(c.act)), h("b", {}, figure(c))))), h("p", { class: "small soft" }, covered(coverage)))),
    h(
      "div",
      { class: "layer" },
      h("h3", {}, "Stop it first"),
      h("p", { class: "small soft" }, "All cases of this watch, not this shift alone."),
      h("ul", { class: "changes" }, [["notices within 15 minutes", `${first.in_time} of ${first.notices}`], ["overdue now", String(first.overdue)], ["to silence on all sides", first.silence_minutes.median === null ? "none silent yet" : `median ${stretch(first.silence_minutes.median)}, most ${stretch(first.silence_minutes.most ?? 0)}, ${first.silence_minutes.cases} of ${first.notices}`], ["closed without blame", String(first.stopped_without_blame)]].map(([what, figure]) => h("li", {}, h("span", {}, what), h("b", {}, figure)))),
    ),
    summary.lost_contacts.length > 0 && h("p", {}, h("b", {}, "Contact lost: "), summary.lost_contacts.join(", ")),
    officer && (waiting ? small("Take the shift over", [h("p", {}, "Another person signed the outgoing half. You sign the incoming one."), h("label", {}, "Note", note)], "Take over", () => send("POST", "/shift/takeover", { note: note.value })) : small("Hand the shift over", [h("label", {}, "What the next shift should know", note)], "Hand over", () => send("POST", "/shift/handover", { note: note.value }))),
  );
}

function asked(questions: { entry: string; text: string }[], writes: boolean): HTMLElement {
  const text = h("textarea", { rows: 2, required: true, autocomplete: "off", maxlength: 8000, "aria-label": "What is open" });
  const answer = (entry: string): HTMLElement => {
    const said = h("input", { type: "text", required: true, autocomplete: "off", "aria-label": "The answer" });
    return small("Answer", [h("label", {}, "The answer", said)], "Answer it", () => send("POST", `/log/questions/${encodeURIComponent(entry)}/answers`, { text: said.value }));
  };
  return h("section", {}, h("h2", {}, "Open questions"), questions.length === 0 && h("p", { class: "soft" }, "None. What is left open waits here for the next shift."), h("ul", { class: "rows plain" }, questions.map((one) => h("li", {}, h("div", {}, one.text, writes && answer(one.entry))))), writes && small("Leave a question", [h("label", {}, "What is open", text)], "Leave it open", () => send("POST", "/log/questions", { text: text.value })));
}

function out(desk: Desk, patrols: Patrol[]): HTMLElement {
  const field = (label: string, attrs: Record<string, string>): [HTMLElement, HTMLInputElement] => {
    const input = h("input", { type: "text", autocomplete: "off", ...attrs });
    return [h("label", {}, label, input), input];
  };
  const [name, nameField] = field("Patrol", { required: "", pattern: "[A-Za-z0-9][A-Za-z0-9.\\-]{0,31}" });
  const [every, everyField] = field("Heard of every so many minutes", { type: "number", min: "1", max: "1440", required: "" });
  const [place, placeField] = field("Place of the mine", { required: "", placeholder: "48.0123,37.8123 ±20" });
  const [what, whatField] = field("What it is", { required: "" });
  const heard = (one: Patrol, way: "words" | "return", label: string): HTMLElement => small(label, [], label, () => send("POST", `/patrols/${encodeURIComponent(one.patrol)}/${way}`, {}));
  return h(
    "section",
    {},
    h("h2", {}, "Patrols"),
    overdue(patrols),
    patrols.length === 0 && h("p", { class: "soft" }, "Nobody is out. Where a patrol is stays with the monitors."),
    h("ul", { class: "rows plain" }, patrols.map((one) => h("li", {}, h("div", {}, h("b", {}, one.patrol), `, ${one.state}; heard of `, moment(desk, one.heard), one.due && one.state !== "back" ? `, ${left(one.due)}` : "", one.state !== "back" && [heard(one, "words", "Heard of"), heard(one, "return", "Is back")])))),
    small("A patrol goes out", [name, every], "It goes out", () => send("POST", "/patrols", { patrol: nameField.value, every_minutes: Number(everyField.value) })),
    small("Report a mine", [h("p", { class: "small" }, "It is told at once, as measured, to everybody."), place, what], "Report it", () => send("POST", "/mines", { place: placeField.value, what: whatField.value })),
  );
}

/** Says so when the next patrol is due while somebody reads; the server records the loss by itself. */
function overdue(patrols: Patrol[]): HTMLElement {
  const el = h("p", { role: "status" });
  const next = patrols.filter((one) => one.state === "out" && one.due && Date.parse(one.due) > Date.now()).sort((a, b) => (a.due ?? "").localeCompare(b.due ?? ""))[0];
  if (next?.due) setTimeout(() => replace(el, `${next.patrol} was to be heard of by ${told(next.due ?? "")}. Unless it was, contact with it is lost. `, h("button", { class: "button", type: "button", click: () => window.dispatchEvent(new CustomEvent("again", { detail: "" })) }, "Read the log again")), Math.min(Date.parse(next.due) - Date.now(), 2 ** 31 - 1));
  return el;
}
