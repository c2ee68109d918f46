// SPDX-License-Identifier: Apache-2.0
/** The response board: clocks at the left, states by steps at the right. When a clock ends a decision is due, no more. */

import { h, type Child } from "../dom";
import { address, type Route } from "../route";
import { scrolling } from "../screens/parts";
import { read } from "./api";
import type { Desk } from "./desk";
import { askedList, consultations } from "./responseasked";
import { clocks, drillBanner, falselyWords, hoursWent, kindOf, stateMark, WORDS, wordOf } from "./responseparts";
import type { Board, Choice, Replay, Running, StepNow } from "./responsetypes";
import { doing, link, loaded, pairs, stretch, told, top, word } from "./view";

const narrow = (): boolean => matchMedia("(max-width: 720px)").matches;

export function responseScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Response", async () => {
    const board = await read<Board>("/response");
    if (!board.responses) return [drillBanner(board.drill), top(null, "What you are asked", h("p", {}, "A party sees what it is asked, and its own answer. The board itself is not shown to parties unless the terms say so.")), h("div", { class: "body" }, askedList(board.asked ?? [], desk), consultations(board.consultations, desk))];
    const running = board.responses.find((one) => one.response === route.params.get("response")) ?? board.responses.at(-1);
    const had = route.params.get("had");
    const replay = had ? await read<Replay>(`/response/replay?had=${encodeURIComponent(had)}`) : null;
    return [drillBanner(board.drill), ...(running ? whole(board, running, desk, route, replay) : before(board, desk))];
  });
}

/** No response has begun: what proposes a clock, and that nothing else does. */
function before(board: Board, desk: Desk): Child[] {
  return [
    top(null, "No clock runs. Claims do not start clocks.", h("p", {}, "A corroborated event over the terms’ threshold proposes one; a named person chooses the initial breach."), acts(board, null, desk)),
    h("div", { class: "body" }, proposals(board), faults(board), consultations(board.consultations, desk)),
  ];
}

function proposals(board: Board): Child {
  const rows = board.proposed ?? [];
  return (
    rows.length > 0 &&
    h("section", {}, h("h2", { class: "minor" }, "What proposes a clock"), h("ul", { class: "bullets" }, rows.map((one) => h("li", {}, `${one.step}: trigger ${one.trigger}, by ${one.signs.length} ${one.signs.length === 1 ? "sign" : "signs"} `, one.signs.map((sign) => [link(address("case", sign, {}, false), "case"), " "])))))
  );
}

function whole(board: Board, running: Running, desk: Desk, route: Route, replay: Replay | null): Child[] {
  const at = running.steps;
  const only = at.find((step) => step.step === (route.params.get("step") ?? (narrow() ? focus(at)?.step : ""))) ?? null;
  return [
    top(others(board, running), sentence(at, board.at), h("p", {}, lead(running, desk))),
    h(
      "div",
      { class: "cols response" },
      h("div", { class: "first" }, clocks(running, board, desk), hoursWent(running), because(running, board, desk), acts(board, running, desk), replay && differs(replay, desk)),
      h("div", { class: "middle" }, h("h2", {}, "Who has done what they promised"), h("p", { class: "soft" }, call(running, desk)), chips(running, only, route), legend(at), table(running, only, desk, route), conflictNote(at), disputes(running, desk), consultations(board.consultations.filter((one) => one.response === running.response), desk), faults(board)),
    ),
  ];
}

/** Other responses, where there is more than one. */
function others(board: Board, running: Running): Child {
  const rest = (board.responses ?? []).filter((one) => one.response !== running.response);
  return ["Response", rest.map((one) => [" · ", link(address("response", "", { response: one.response }, false), `another, begun ${told(one.breach.chosen[0]?.at ?? "")}`)])];
}

/** The step that matters now: the first whose decision is due or next due, else the newest declared. */
function focus(steps: StepNow[]): StepNow | undefined {
  const stands = (step: StepNow): boolean => step.declared !== null && step.declared.lifted === null;
  const open = (trigger: string): StepNow[] => steps.filter((step) => !stands(step) && step.trigger === trigger && step.due.earliest).sort((a, b) => (a.due.earliest ?? "").localeCompare(b.due.earliest ?? ""));
  return open("met")[0] ?? steps.filter(stands).at(-1) ?? open("cannot tell")[0] ?? steps[0];
}

function sentence(steps: StepNow[], at: string): string {
  const step = focus(steps);
  if (!step) return "The terms have no step.";
  if (step.declared && !step.declared.lifted) {
    const asked = Object.values(step.states).filter((one) => one.asked);
    return `Step ${step.number} is declared. ${asked.filter((one) => one.status === "acted").length} of ${asked.length} acted.`;
  }
  if (!step.due.earliest) return `No deadline is set for step ${step.number}.`;
  const minutes = (Date.parse(step.due.earliest) - Date.parse(at)) / 60_000;
  return minutes > 0 ? `A decision on step ${step.number} is due in ${stretch(minutes)}, at the earliest.` : `A decision on step ${step.number} is due, for ${stretch(minutes)} by the earliest way to count.`;
}

function lead(running: Running, desk: Desk): string {
  const { breach } = running;
  const chosen = breach.chosen.at(-1);
  const who = chosen ? `${whoOf(chosen, desk)}${chosen.by && chosen.of ? "," : ""} chose the initial breach ${told(chosen.at)}.` : "";
  const fell = breach.stands ? "" : " It no longer stands as a breach.";
  return `${who}${fell} When a clock ends, a decision is due; nothing happens by itself.`;
}

/** What it rests on, and how probably a step was set off by what was no breach. */
function because(running: Running, board: Board, desk: Desk): HTMLElement {
  const sign = board.signs?.find((one) => one.sign === running.breach.sign);
  return h(
    "section",
    {},
    h("h2", { class: "minor" }, "Rests on"),
    h("p", {}, link(address("case", running.breach.sign, {}, false), "The case"), `: ${sign?.status ?? "not known"}${running.breach.party ? `, ${desk.name(running.breach.party)}` : ", nobody is named here"}. No claim started a clock.`),
    h("h2", { class: "minor" }, "How probably set off falsely"),
    pairs(grouped(running.steps.filter((step) => step.trigger === "met").map((step) => [step.number, falselyWords(step)]))),
    (board.stopped ?? []).length > 0 && [h("h2", { class: "minor" }, "What clocks may stand still for"), h("ul", { class: "bullets" }, (board.stopped ?? []).map((one) => h("li", {}, `${word(one.what)}, ${told(one.from)} to ${one.to ? told(one.to) : "now, still"}`)))],
  );
}

/** What this person may do here; each leads to a form of its own. */
function acts(board: Board, running: Running | null, desk: Desk): HTMLElement {
  const to = (kind: string, more: Record<string, string> = {}): string => address("move", "", { kind, ...(running ? { response: running.response } : {}), ...more }, false);
  const own = desk.me.of ?? "";
  const mine = running?.steps.filter((step) => step.states[own]?.asked && step.declared && !step.declared.lifted) ?? [];
  const first = mine.find((step) => !step.states[own]?.acknowledged && !step.states[own]?.decisions?.length) ?? mine[0];
  return h(
    "div",
    { class: "acts" },
    first && desk.moves("decide") && doing(to("decide", { step: first.step, state: own }), `Record what ${desk.name(own)} decided`, true),
    first && desk.moves("acknowledge") && !first.states[own]?.acknowledged && doing(to("acknowledge", { step: first.step, state: own }), "Acknowledge"),
    mine.some((step) => step.states[own]?.status === "decided") && doing(to("report", { state: own }), "Report it done"),
    running?.steps.some((step) => desk.declares(step.step)) && doing(to("declare"), "Declare a step"),
    !running && desk.declares() && (board.proposed ?? []).length > 0 && doing(to("begin"), "Choose the initial breach", true),
    running && desk.moves("dispute") && (board.signs ?? []).length > 1 && doing(to("dispute"), "Dispute the initial breach"),
    running && desk.declares() && running.breach.disputed.length > 0 && doing(to("choose"), "Choose it anew"),
    running?.steps.some((step) => desk.declares(step.step) && step.declared && !step.declared.lifted) && doing(to("lift"), "Lift a step"),
    running && desk.moves("verify") && doing(to("verify"), "Say what was seen"),
    running && desk.moves("convene") && doing(to("convene"), "Convene a consultation"),
    desk.moves("stop") && doing(to("stop"), "Stop clocks"),
    desk.moves("resume") && (board.stopped ?? []).some((one) => !one.to) && doing(to("resume"), "Let clocks go on"),
    running && h("a", { class: "button", href: address("response", "", { response: running.response, had: "determination" }, false) }, "What if…"),
    own !== "" && h("a", { class: "button", href: address("state", own, {}, false) }, `${desk.name(own)}’s page`),
    h("button", { class: "button", type: "button", click: () => window.print() }, "Print for cabinet"),
  );
}

/** What would have differed had every clock counted from one origin. */
function differs(replay: Replay, desk: Desk): HTMLElement {
  const span = ([a, b]: (string | null)[]): string => (a ? `${told(a)}${b && b !== a ? ` to ${told(b)}` : b ? "" : ", open"}` : "no deadline");
  return h(
    "section",
    { class: "card whatif" },
    h("h2", { class: "minor" }, `Had clocks counted from the ${replay.had.from}`),
    h("div", { class: "filters" }, ["breach", "detection", "determination"].map((one) => h("a", { class: "button", href: address("response", "", { had: one }), "aria-current": one === replay.had.from ? "true" : null }, one)), h("a", { class: "button", href: address("response", "", { had: null }) }, "Close")),
    h("p", { class: "small soft" }, replay.same ? `Replayed from ${replay.moves} logged moves: the same clocks as were told then.` : "The replay comes to other clocks than were told then. Tell the secretariat."),
    replay.had.differs.length === 0 && h("p", {}, "Nothing would have differed."),
    h("ul", { class: "bullets" }, replay.had.differs.map((one) => h("li", {}, `${one.step}: ${span(one.due)}; it would have been ${span(one.had)}.`, one.changed.map((each) => h("div", { class: "small" }, `${word(each.what).replace(/ by (\S+)$/, (_, id: string) => ` by ${desk.name(id)}`)}, ${told(each.at)}: ${each.was}; it would have been ${each.had}`))))),
  );
}

/** Who is silent, named, and for how long. */
function call(running: Running, desk: Desk): string {
  const silent = [...new Set(running.steps.flatMap((step) => Object.entries(step.states).filter(([, one]) => one.status === "silent").map(([state]) => state)))];
  return silent.length === 0 ? "No state that was asked is silent." : `Silent: ${silent.map((state) => desk.name(state)).join(", ")}. Call them next; nothing follows from silence.`;
}

function chips(running: Running, only: StepNow | null, route: Route): HTMLElement {
  const to = (step: string | null): string => address("response", "", { step });
  const called = route.params.get("order") === "call";
  return h(
    "div",
    { class: "filters" },
    h("a", { class: "button wideonly", href: to(null), "aria-current": only ? null : "true" }, "All steps"),
    running.steps.map((step) => h("a", { class: "button", href: to(step.step), "aria-current": only?.step === step.step ? "true" : null }, `Step ${step.number}`)),
    h("a", { class: "button", href: address("response", "", { order: called ? null : "call" }), "aria-current": called ? "true" : null }, "Needs a call first"),
  );
}

function legend(steps: StepNow[]): HTMLElement {
  const there = new Set(steps.flatMap((step) => Object.values(step.states).map((one) => wordOf(one).split(";")[0])));
  return h("ul", { class: "marks" }, WORDS.filter(([name]) => there.has(name)).map(([name, means]) => h("li", { title: means, class: kindOf(name) }, stateMark(name), name)));
}

function table(running: Running, only: StepNow | null, desk: Desk, route: Route): HTMLElement {
  const steps = only ? [only] : running.steps;
  const silent = (id: string): boolean => steps.some((step) => step.states[id]?.status === "silent");
  const ids = Object.keys(steps[0]?.states ?? {}).sort((a, b) => desk.name(a).localeCompare(desk.name(b)));
  const rows = route.params.get("order") === "call" ? [...ids.filter(silent), ...ids.filter((id) => !silent(id))] : ids;
  return scrolling(
    "States and steps",
    h(
      "table",
      { class: "table board" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "State"), steps.map((step) => h("th", { scope: "col", title: step.text }, `${step.number} `, h("span", { class: "steptext" }, step.text))))),
      h("tbody", {}, rows.map((id) => row(id, steps, silent(id), desk))),
      h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, `${rows.length} states`), steps.map((step) => h("td", {}, total(step))))),
    ),
  );
}

function row(id: string, steps: StepNow[], silent: boolean, desk: Desk): HTMLElement {
  const conflict = steps.map((step) => step.states[id]?.conflict).find((one) => one);
  return h(
    "tr",
    { class: silent ? "quiet" : "" },
    h("th", { scope: "row" }, link(address("state", id, {}, false), desk.name(id)), conflict && h("span", { class: "tag" }, conflict.accused ? "party, accused" : "party")),
    steps.map((step) => {
      const one = step.states[id];
      const said = one ? wordOf(one) : "not asked";
      const status = said.split(";")[0] ?? said;
      return h("td", { class: kindOf(status) }, stateMark(status), h("span", {}, short(said), one?.against_promise && h("b", {}, ", against its promise")));
    }),
  );
}

/** A word of which paper leaves out what a cabinet does not need. */
const short = (said: string): Child => (said === "awaiting parliament" ? [h("span", { class: "screenonly" }, "awaiting "), "parliament"] : said === "not asked; parliament" ? ["not asked", h("span", { class: "screenonly" }, "; "), h("span", { class: "screenonly" }, "parliament")] : said);

function total(step: StepNow): string {
  const all = Object.values(step.states);
  const asked = all.filter((one) => one.asked);
  if (!step.declared || step.declared.lifted) return `${all.filter((one) => (one.promises?.length ?? 0) + (one.withheld ?? 0) > 0).length} promised`;
  const acted = asked.filter((one) => one.status === "acted").length;
  return `${acted} acted of ${asked.length}`;
}

/** A responder that is itself a party, with the terms' rule; both parties alike. */
function conflictNote(steps: StepNow[]): Child {
  const RULES: Record<string, string> = { acts: "acts all the same", stands_aside: "stands aside", unknown: "does what the terms do not say" };
  const rules = steps.flatMap((step): [number, string][] => {
    const found = Object.values(step.states).find((one) => one.conflict)?.conflict;
    return found ? [[step.number, RULES[found.rule] ?? found.rule]] : [];
  });
  return rules.length > 0 && h("p", { class: "small" }, "A responder that is itself a party: ", grouped(rules).map(([at, rule]) => `${at.toLowerCase()}: it ${rule}`).join("; "), ".");
}

/** Steps of which the same is to be said, together: `Steps 1, 4 to 12`. */
function grouped(rows: [number, string][]): [string, string][] {
  const by = new Map<string, number[]>();
  for (const [n, said] of rows) by.set(said, [...(by.get(said) ?? []), n]);
  return [...by].map(([said, all]) => {
    const runs = all.reduce<number[][]>((found, n) => (found.at(-1)?.at(-1) === n - 1 ? (found.at(-1)?.push(n), found) : [...found, [n]]), []);
    return [`${all.length > 1 ? "Steps" : "Step"} ${runs.map((run) => (run.length > 1 ? `${run[0]} to ${run.at(-1)}` : run[0])).join(", ")}`, said];
  });
}

/** Who, and for whom; to a party the person is not named. */
const whoOf = ({ by, of }: Choice, desk: Desk): string => [by, of && desk.name(of)].filter(Boolean).join(", ") || "somebody";

/** Every choice of the initial breach, and what is held against it. */
function disputes(running: Running, desk: Desk): Child {
  const { chosen, disputed } = running.breach;
  const one = (each: (typeof chosen)[number], verb: string): HTMLElement => h("li", {}, link(address("case", each.sign, {}, false), "This case"), ` ${verb} by ${whoOf(each, desk)}, ${told(each.at)}: `, h("q", {}, each.reason));
  return h("section", {}, h("h2", { class: "minor" }, disputed.length ? "Which breach was the first is disputed" : "The initial breach"), h("ul", { class: "bullets" }, chosen.map((each) => one(each, "chosen")), disputed.map((each) => one(each, "held to be it"))));
}

function faults(board: Board): Child {
  const rows = board.faults ?? [];
  return rows.length > 0 && h("section", { class: "screenonly" }, h("h2", { class: "minor" }, "What is wrong with the ladder"), h("ul", { class: "bullets" }, rows.map((one) => h("li", {}, h("b", {}, one.clause), ` (${one.key}): ${one.message} To mend: ${one.mend}.`))));
}
