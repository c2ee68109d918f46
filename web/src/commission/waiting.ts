// SPDX-License-Identifier: Apache-2.0
/** What waits for a person: the queue by its clock, and notices on their way to silence. */

import { h, type Child } from "../dom";
import { address, type Route } from "../route";
import { all, inWords, read, send } from "./api";
import type { Desk } from "./desk";
import { FORMS } from "./fields";
import type { Case, Done, Notice, Served } from "./types";
import { caveat, doing, empty, left, link, loaded, moment, pairs, step, stretch, told, top, word } from "./view";

interface Task {
  do: string;
  case: string | null;
  title: string | null;
  data: Record<string, unknown>;
  since: string;
  due: string | null;
  left_minutes: number | null;
  overdue: boolean;
  clock: string;
}

const OF_RESPONSE: Record<string, string> = { acknowledge: "Acknowledge a step", decide: "Record what your capital decided", report: "Report it done", declare: "Consider declaring a step", verify: "Look whether it was done", attend: "A consultation has begun", minutes: "Write the minutes" };
const OF_LOG: Record<string, string> = { check_in: "A patrol is to be heard of", take_over: "Take the shift over", answer: "Answer a question left open" };

/** Where a task is done. */
function placeOf(task: Task): string {
  if (typeof task.data["response"] === "string") return address("move", "", { kind: task.do, ...(task.data as Record<string, string>) }, false);
  if (task.case === null) return address("log", "", {}, false);
  if (["acknowledge", "order"].includes(task.do)) return address("notice", task.case, {}, false);
  const named = Object.entries(task.data).filter(([, value]) => typeof value === "string") as [string, string][];
  return address("act", task.case, { kind: task.do, ...Object.fromEntries(named) }, false);
}

export function queueScreen(desk: Desk): HTMLElement {
  return loaded("What waits for you", async () => {
    const { tasks } = await read<{ tasks: Task[] }>("/queue");
    return [
      top(null, "What waits for you", h("p", {}, "What is due first stands first; what no clock is set for comes last, the oldest first.")),
      h(
        "div",
        { class: "body" },
        tasks.length === 0 && empty("Nothing waits for you. What comes with a clock stands here by its clock, not by when it came."),
        h("ol", { class: "rows" }, tasks.map((task) => row(task, desk))),
      ),
    ];
  });
}

function row(task: Task, desk: Desk): HTMLElement {
  const time = task.left_minutes === null ? "no clock" : task.overdue ? `over for ${stretch(task.left_minutes)}` : `${stretch(task.left_minutes)} left`;
  const what = (task.data["response"] ? OF_RESPONSE[task.do] : undefined) ?? FORMS[task.do]?.act ?? OF_LOG[task.do] ?? word(task.do);
  const of = typeof task.data["party"] === "string" ? desk.name(task.data["party"]) : typeof task.data["text"] === "string" ? task.data["text"] : "";
  return h(
    "li",
    {},
    step(task.due === null ? "waits" : "next"),
    h("div", {}, h("a", { href: placeOf(task) }, h("b", {}, what)), [task.title, of].filter(Boolean).length > 0 && h("span", {}, ` · ${[task.title, of].filter(Boolean).join(" · ")}`), h("br"), h("span", { class: "soft" }, "since ", moment(desk, task.since), `; ${task.clock}`)),
    h("b", { class: task.overdue ? "due over" : "due" }, time),
  );
}

export function noticesScreen(desk: Desk): HTMLElement {
  return loaded("Notices", async () => {
    const [{ items }, lines] = await Promise.all([all<Notice>("/notices", "notices"), all<{ case: string; title?: string }>("/cases", "cases")]);
    const title = new Map(lines.items.map((line) => [line.case, line.title]));
    const ids = [...new Set(items.map((one) => one.case))];
    return [
      top(null, "Notices", h("p", {}, "A notice accuses nobody: both parties get the same text at once. Acknowledged, ordered, silent: a matter that ends here closes without blame.")),
      h(
        "div",
        { class: "body" },
        ids.length === 0 && empty("No notice. A corroborated event, or a call, becomes a notice to both liaisons within 15 minutes."),
        h(
          "ol",
          { class: "rows" },
          ids.map((id) => {
            const mine = items.filter((one) => one.case === id);
            const state = mine.every((one) => one.silent) ? "silent" : mine.every((one) => one.ordered) ? "ordered" : mine.every((one) => one.acknowledged) ? "acknowledged" : "sent";
            return h("li", {}, step(state === "silent" ? "done" : "next"), h("div", {}, h("a", { href: address("notice", id, {}, false) }, h("b", {}, title.get(id) ?? "Notice")), h("br"), h("span", { class: "soft" }, "sent ", moment(desk, mine[0]?.at ?? ""), desk.me.role === "liaison" ? "" : `; ${mine.map((one) => `${desk.name(one.party)}: ${stateOf(one)}`).join("; ")}`)), h("b", { class: "due" }, state));
          }),
        ),
      ),
    ];
  });
}

const stateOf = (one: { acknowledged: string | null; ordered: string | null; silent: string | null }): string => (one.silent ? "silent" : one.ordered ? "ordered" : one.acknowledged ? "acknowledged" : "not acknowledged yet");

/** One notice, one question: what to do next stands where the thumb is. */
export function noticeScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Notice", async () => {
    const room = await read<Case>(`/cases/${encodeURIComponent(route.id)}`);
    const own = desk.me.role === "liaison" ? desk.me.of : null;
    const places = Object.entries(room.notices ?? {}).sort(([a], [b]) => desk.order(room.opened).indexOf(a) - desk.order(room.opened).indexOf(b));
    const served = own ? room.notices?.[own] : undefined;
    const quiet = places.every(([, one]) => one.silent) && room.clocks?.silence_minutes;
    return [
      top(["Notice", places[0] && [", sent to both parties ", moment(desk, places[0][1].at)]], served && !served.acknowledged ? `${ended(room.title)} Please make sure your side is silent.` : (room.title ?? "Notice")),
      h(
        "div",
        { class: "body notice" },
        places.length === 0 && empty("No notice was given in this case."),
        quiet ? h("p", { class: "said" }, `Silent after ${stretch(quiet)}. A matter that ends here closes without blame.`) : null,
        pairs([
          ["What", room.origin === "event" ? "an event that two independent kinds of sensor saw, or that was reported" : word(room.origin ?? "")],
          ["By whom", "not stated. Both parties get this same text"],
          ["Provision", (room.provisions ?? []).map((id) => desk.listed("provisions").find((p) => p.id === id)?.text ?? id).join("; ")],
          ["State", room.exit ?? room.state],
        ]),
        places.map(([party, one]) => steps(desk, room, party, one, places.length > 1 || !own)),
        room.exit && h("p", {}, `Closed: ${room.exit}.`),
        own && h("p", { class: "soft" }, link(address("case", room.case, {}, false), "The whole case")),
      ),
      own && served ? foot(desk, room, own, served) : !own && link(address("case", room.case, {}, false), "The case"),
      caveat(room.caveat),
    ];
  });
}

const ended = (title: string | undefined): string => (title ? (/[.!?]$/.test(title) ? title : `${title}.`) : "");

function steps(desk: Desk, room: Case, party: string, one: Served, named: boolean): HTMLElement {
  const mine = party === desk.me.of;
  const by = mine ? "by you" : `by ${desk.name(party)}`;
  const three: [string, string | null, Child][] = [
    ["Acknowledged", one.acknowledged, by],
    ["Order given", one.ordered, by],
    ["Silence observed", one.silent, desk.me.role === "watch_officer" && !one.silent ? doing(address("act", room.case, { kind: "silence", party }, false), FORMS["silence"]?.act ?? "") : "by the centre’s sensors"],
  ];
  const next = three.findIndex(([, at]) => !at);
  return h(
    "section",
    {},
    named && h("h2", { class: "minor" }, desk.name(party)),
    h("ol", { class: "rows steps", "aria-label": `Steps of ${desk.name(party)}` }, three.map(([title, at, note], k) => h("li", {}, step(at ? "done" : k === next ? "next" : "waits"), h("div", {}, h("b", {}, title), h("br"), h("span", { class: "soft" }, note)), h("b", { class: "due" }, at ? moment(desk, at) : "not yet")))),
  );
}

/** The next act of a liaison, large; what it does not say stands under it. */
function foot(desk: Desk, room: Case, party: string, served: Served): HTMLElement {
  const note = h("p", { class: "soft", role: "status" }, served.acknowledged ? "" : "Acknowledging says you have read this. It admits nothing.");
  const once = crypto.randomUUID();
  const act = (kind: string, reason: string): ((event: MouseEvent) => void) => (event) => {
    const button = event.currentTarget as HTMLButtonElement;
    button.disabled = true;
    send<Done>("POST", `/cases/${encodeURIComponent(room.case)}/acts`, { kind, reason, data: { party } }, `${once}-${kind}`).then(
      (done) => {
        window.dispatchEvent(new CustomEvent("again", { detail: `Sent ${told(Date.now())} and kept in the ledger as record ${done?.record.toLocaleString("en")}. This phone keeps no copy.` }));
      },
      (error: unknown) => {
        button.disabled = false;
        note.textContent = inWords(error);
      },
    );
  };
  const main = !served.acknowledged
    ? h("button", { class: "button main tall", type: "button", "data-act": "", click: act("acknowledge", "read") }, "Acknowledge")
    : !served.ordered
      ? h("button", { class: "button main tall", type: "button", "data-act": "", click: act("order", "the order to cease fire is given") }, "The order is given")
      : null;
  const reply = room.allegations?.[party];
  return h(
    "footer",
    { class: "thumb" },
    main,
    h("div", { class: "acts" }, desk.may("open") && doing(address("act", "", { kind: "open", origin: "call" }, false), "Report more fire"), reply ? doing(address("act", room.case, { kind: "reply" }, false), "Reply in full", !main) : doing(address("act", room.case, { kind: "evidence" }, false), "We know the cause")),
    reply?.due ? h("p", { class: "soft" }, `Reply due ${told(reply.due)}, ${left(reply.due)}`) : null,
    note,
  );
}
