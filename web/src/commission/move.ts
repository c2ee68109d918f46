// SPDX-License-Identifier: Apache-2.0
/** One move in the response, one page: what it needs, what it leads to, and what was sent. */

import { h, replace, type Child } from "../dom";
import { address, type Route } from "../route";
import { asked } from "./act";
import { inWords, NoAnswer, read, Refused, send } from "./api";
import type { Desk } from "./desk";
import type { About, Field, Form } from "./fields";
import { clear, collect, input } from "./inputs";
import { drillBanner } from "./responseparts";
import type { Board } from "./responsetypes";
import { empty, link, loaded, told, top, word } from "./view";

type Pairs = [string, string][];

/** The choices that a board offers. */
function choices(board: Board, desk: Desk, params: URLSearchParams): Record<string, Pairs> {
  const running = board.responses?.find((one) => one.response === params.get("response")) ?? board.responses?.at(-1);
  const asks: Pairs = board.asked?.map((one): [string, string] => [one.step, `Step ${one.number}: ${one.text}`]) ?? [];
  const steps: Pairs = running?.steps.map((one): [string, string] => [one.step, `Step ${one.number}: ${one.text}`]) ?? asks;
  const signs: Pairs = (board.signs ?? []).map((one): [string, string] => [one.sign, `${one.status}, breach ${told(one.breach[0])}${one.party ? `, ${desk.name(one.party)}` : ""}`]);
  const states = Object.keys(running?.steps[0]?.states ?? {});
  const reported = running?.steps.flatMap((one) => Object.entries(one.states).filter(([, each]) => each.reported).map(([id]) => id)) ?? [];
  const names = (ids: string[]): Pairs => [...new Set(ids)].map((id): [string, string] => [id, desk.name(id)]);
  return {
    response: board.responses ? board.responses.map((one): [string, string] => [one.response, `begun ${told(one.breach.chosen[0]?.at ?? "")}`]) : [...new Set(board.asked?.map((one) => one.response))].map((id): [string, string] => [id, "the response that asks you"]),
    step: steps,
    breach: signs,
    state: desk.me.of ? names([desk.me.of]) : names(reported),
    invited: names([...states, ...desk.order()]),
    stop: (board.stopped ?? []).filter((one) => !one.to).map((one): [string, string] => [one.stop, `${word(one.what)}, since ${told(one.from)}`]),
    consultation: board.consultations.map((one): [string, string] => [one.consultation, one.about]),
    decision: [["act", "It decided to act"], ["awaiting_parliament", "Its parliament must agree first"], ["decline", "It declines"]],
    result: [["done", "Done"], ["not done", "Not done"], ["cannot be verified", "Cannot be verified"]],
    what: [["verification", "A look that is awaited"], ["reply", "The accused’s reply"], ["outage", "Our own outage"], ["consultation", "A consultation"]],
  };
}

function forms(of: Record<string, Pairs>, desk: Desk): Record<string, Form> {
  const pick = (name: string, label: string, more: Partial<Field> = {}): Field => ({ name, label, kind: "pick", options: () => of[name] ?? [], ...more });
  const [response, step, state, breach] = [pick("response", "Response"), pick("step", "Step"), pick("state", "State"), pick("breach", "Breach")];
  const consultation = pick("consultation", "Consultation");
  const whom = desk.name(desk.me.of) || "your state";
  return {
    begin: { act: "Choose the initial breach", title: "Choose the initial breach", lead: "Whoever holds another to be the first says so; then both clocks are shown.", fields: [breach], leads: () => "A response begins, and its clocks are shown to all who may see them. Nothing happens when they end." },
    choose: { act: "Choose it anew", title: "Choose the initial breach anew", fields: [response, breach] },
    dispute: { act: "Dispute it", title: "Dispute the initial breach", lead: "Both clocks are then shown, and neither replaces the other.", fields: [response, { ...breach, label: "The breach that you hold to be the first" }] },
    declare: { act: "Declare the step", title: "Declare a step", lead: "People declare; the program proposes.", fields: [response, step, { name: "although", label: "Although", kind: "long", optional: true, help: "Where nobody can tell whether its trigger is met: although what you declare it" }], leads: () => "The states that the terms or their promises name are asked at once, and their time begins. It stands in the ledger." },
    lift: { act: "Lift the step", title: "Lift a step", lead: "What states did meanwhile stays on record.", fields: [response, step] },
    acknowledge: { act: "Acknowledge", title: "Acknowledge", lead: "It says that your capital has the matter. It decides nothing.", fields: [response, step, state] },
    decide: { act: "Record the decision", title: `Record what ${whom} decided`, fields: [response, step, state, pick("decision", "Decision")], leads: (said) => `All who see the board will read that ${whom} ${{ act: "decided to act", decline: "declined", awaiting_parliament: "waits for its parliament" }[String(said["decision"])] ?? "decided"}. A later decision can replace it; this one stays on record.` },
    report: { act: "Report it done", title: "Report it done", fields: [response, step, state], leads: () => "It says that your state acted. The centre may look." },
    verify: { act: "Record what was seen", title: "Say what was seen", fields: [response, step, { ...state, options: () => of["state"] ?? [] }, pick("result", "What was seen")] },
    stop: { act: "Stop the clocks", title: "Stop clocks", lead: "Which clocks it stops, the terms say of each.", fields: [pick("what", "For what"), { name: "from", label: "Since (UTC)", kind: "moment", optional: true }, { name: "to", label: "Until (UTC), if it is over", kind: "moment", optional: true }] },
    resume: { act: "Let them go on", title: "Let clocks go on", fields: [pick("stop", "What is over")] },
    convene: { act: "Convene it", title: "Convene a consultation", fields: [response, { name: "about", label: "About", kind: "long" }, { name: "invited", label: "Invited", kind: "picks", options: () => of["invited"] ?? [] }, { name: "quorum", label: "Quorum", kind: "number", help: "How many of them must be there for anything to be decided" }, { name: "begins", label: "Begins (UTC)", kind: "moment", optional: true, help: "Left empty: at once" }] },
    attend: { act: "We are there", title: "Say that you are there", fields: [consultation, state], reason: "present" },
    minutes: { act: "Write the minutes", title: "Minutes", lead: "Without a quorum it can be written down, and nothing is decided.", fields: [consultation, { name: "text", label: "What was said", kind: "long" }, { name: "decided", label: "What was decided", kind: "long", optional: true }], reason: "minutes" },
  };
}

export function moveScreen(desk: Desk, route: Route): HTMLElement {
  const kind = route.params.get("kind") ?? "";
  return loaded("A move in the response", async () => {
    const board = await read<Board>("/response");
    const form = forms(choices(board, desk, route.params), desk)[kind];
    const back = link(address("response", "", {}, false), "Response");
    if (!form) return [top(back, "No such move"), h("div", { class: "body" }, empty("Nothing of that name can be done here."))];
    return [drillBanner(board.drill), top(back, form.title, form.lead && h("p", {}, form.lead)), h("div", { class: "body form" }, filled(kind, form, board, desk, route))];
  });
}

function filled(kind: string, form: Form, board: Board, desk: Desk, route: Route): HTMLElement {
  const about: About = { desk, room: null, acts: [], params: route.params };
  const inputs = form.fields.map((field) => input(field, about));
  const why = form.reason === undefined ? input({ name: "reason", label: form.why ?? "Why, or by which decision", kind: "long" }, about) : null;
  const problem = h("p", { role: "alert", class: "problem" });
  const button = h("button", { class: "button main tall", type: "submit", "data-act": "" }, form.act);
  const el = h("form", { autocomplete: "off" }, inputs.map((one) => one.el), why?.el, problem, h("div", { class: "acts" }, button));
  // Asked again after no answer came, it is still done once.
  let once = crypto.randomUUID();
  el.addEventListener("input", () => (once = crypto.randomUUID()));
  el.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    void Promise.all([collect(inputs), why?.value() ?? form.reason ?? ""])
      .then(([data, reason]) => {
        const now = async (): Promise<void> => {
          const done = await send<{ record: number }>("POST", "/response/moves", { kind, reason, data }, once, board.version);
          window.dispatchEvent(new CustomEvent("sent", { detail: "response" }));
          clear(el);
          finished(el, form, done?.record ?? 0);
        };
        const leads = form.leads?.(data, about);
        return leads ? asked(el, leads, form.act, now) : now();
      })
      .catch((error: unknown) => replace(problem, wrong(error)))
      .finally(() => (button.disabled = false));
  });
  return el;
}

function finished(el: HTMLElement, form: Form, record: number): void {
  const title = h("h2", { tabindex: "-1" }, "Sent");
  replace(el.parentElement as HTMLElement, h("section", { class: "sent", role: "status" }, title, h("p", {}, `${form.act}: sent ${told(Date.now())}, and kept in the ledger as record ${record.toLocaleString("en")}. This browser keeps no copy.`), h("div", { class: "acts" }, link(address("response", "", {}, false), "To the board"), link(address("queue", "", {}, false), "My queue"))));
  title.focus();
}

function wrong(error: unknown): Child {
  if (error instanceof Refused && error.status === 412) return [h("b", {}, "The response has changed since you read it. "), "Nothing was sent. ", link(address("response", "", {}, false), "Read it again"), "."];
  if (error instanceof NoAnswer) return "No answer came. Nothing is sent until you are back; sent again from here, it is done once.";
  return inWords(error);
}
