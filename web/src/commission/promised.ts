// SPDX-License-Identifier: Apache-2.0
/** Who promised what, as of any day: the register, one state's page, meetings, and what binds only one side. */

import { h, type Child } from "../dom";
import { address, go, type Route } from "../route";
import { scrolling } from "../screens/parts";
import { all, read } from "./api";
import type { Desk } from "./desk";
import { askedList, consultations } from "./responseasked";
import { drillBanner } from "./responseparts";
import type { Commitment, Meeting, Register, Seat, Side, Source, State } from "./responsetypes";
import { capital, empty, link, loaded, pairs, told, top, word } from "./view";

const day = (at: string): string => (at.endsWith("T00:00:00Z") ? told(at).replace(/ 00:00.*/, "") + ` ${at.slice(0, 4)}` : `${told(at)}, ${at.slice(0, 4)}`);
const SILENCE = "Silence is not no. Has not said means that nothing is in this register; the state may have said it elsewhere, and nothing follows from it.";

/** Where it was said; a link only where the page itself is read over the network by whoever follows it. */
function source(one: Source | null): Child {
  if (!one) return h("span", { class: "soft" }, "no source");
  const text = [one.outlet, one.date].filter(Boolean).join(", ");
  return one.url ? h("a", { href: one.url, rel: "noreferrer noopener" }, text) : text;
}

/** The question of every page here: as of when. */
function asOf(route: Route, at: string, known: string | null): HTMLElement {
  const on = h("input", { type: "date", name: "on", id: "as-of", value: route.params.get("on") ?? "", autocomplete: "off" });
  const form = h("form", { class: "asof", autocomplete: "off" }, h("label", { for: "as-of" }, "As of the end of"), on, h("button", { class: "button", type: "submit" }, "Show"), route.params.get("on") && h("a", { class: "button", href: address(route.screen, route.id, { on: null }) }, "Now"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(address(route.screen, route.id, { on: on.value || null }));
  });
  return h("div", {}, form, h("p", { class: "small soft" }, `As of ${day(at)}${known ? `, as known ${day(known)}` : ""}.`));
}

const asked = (route: Route): string => (route.params.get("on") ? `?on=${encodeURIComponent(route.params.get("on") ?? "")}` : "");

export function registerScreen(_desk: Desk, route: Route): HTMLElement {
  return loaded("Register of commitments", async () => {
    const found = await read<Register>(`/register${asked(route)}`);
    const byStep = route.params.get("by") === "step";
    const { items } = await all<Commitment>(`/commitments${asked(route)}`, "commitments");
    const mute = found.states.filter((one) => one.role === "guarantor" && Object.values(one.stages).every((words) => words.join() === "has not said"));
    return [
      top(null, "Register of commitments", h("p", {}, `${items.length} commitments of ${new Set(items.map((one) => one.state)).size} of the ${found.states.length} states and bodies listed.${found.withheld ? ` Withheld from you: ${found.withheld}.` : ""}`), asOf(route, found.as_of, found.known_at)),
      h(
        "div",
        { class: "body" },
        found.states.length === 0 && empty("Nothing is in the register as of then. The secretariat posts what states said, each with its source."),
        h("div", { class: "filters" }, h("a", { class: "button", href: address("register", "", { by: null }), "aria-current": byStep ? null : "true" }, "By kind"), found.steps.length > 0 && h("a", { class: "button", href: address("register", "", { by: "step" }), "aria-current": byStep ? "true" : null }, "By step"), h("button", { class: "button", type: "button", click: () => window.print() }, "Print for cabinet")),
        found.states.length > 0 && matrix(found, byStep),
        h("p", { class: "small soft" }, SILENCE),
        h("section", {}, h("h2", { class: "minor" }, "Who has not said anything"), h("p", {}, mute.map((one) => one.name).join(", ") || "Every state listed has said something.")),
        h("section", {}, h("h2", { class: "minor" }, "What does not fit together"), found.flags.length ? h("ul", { class: "bullets" }, found.flags.map((one) => h("li", {}, `${one.about.join(", ")}: ${one.text}. To mend: ${one.mend}.`))) : h("p", {}, "Nothing was found that does not fit.")),
        h("section", {}, h("h2", { class: "minor" }, "Every commitment"), commitments(items, new Map(found.states.map((one) => [one.id, one.name])))),
      ),
    ];
  });
}

function matrix(found: Register, byStep: boolean): HTMLElement {
  const keys: [string, string][] = byStep ? found.steps.map((one) => [one.step, `${one.number} ${one.text}`]) : Object.keys(found.states[0]?.stages ?? {}).map((kind) => [kind, capital(word(kind))]);
  const quiet = ["has not said", "not asked", "withheld"];
  return scrolling(
    byStep ? "States and steps" : "States and kinds",
    h(
      "table",
      { class: "table board" },
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "State"), keys.map(([, label]) => h("th", { scope: "col" }, h("span", { class: "steptext" }, label))))),
      h("tbody", {}, found.states.map((one) => h("tr", {}, h("th", { scope: "row" }, link(address("state", one.id, {}, false), one.name), one.role !== "guarantor" && h("span", { class: "tag" }, one.role)), keys.map(([key]) => h("td", {}, ((byStep ? one.steps : one.stages)[key] ?? []).map((said, k) => [k > 0 && ", ", quiet.includes(said) ? h("i", { class: "soft" }, said) : said])))))),
    ),
  );
}

function amount(one: Commitment): string {
  const a = one.amount;
  if (!a) return "unknown";
  const n = (x: number): string => x.toLocaleString("en");
  return `${a.low === a.high ? n(a.low) : `${n(a.low)} to ${n(a.high)}`}\u00a0${a.unit}${a.per ? ` a ${a.per}` : ""}`;
}

export function commitments(items: Commitment[], names: Map<string, string>): Child {
  if (items.length === 0) return h("p", {}, "None that you may read.");
  const period = (one: Commitment): string => [one.starts && `from ${day(one.starts)}`, one.ends && `to ${day(one.ends)}`].filter(Boolean).join(" ") || "unknown";
  return scrolling(
    "Commitments",
    h(
      "table",
      { class: "table commitments" },
      h("thead", {}, h("tr", {}, ["State", "What", "Stage", "Step", "Conditions", "Amount", "Period", "Form", "Reserved, caveats", "Source"].map((text) => h("th", { scope: "col" }, text)))),
      h(
        "tbody",
        {},
        items.map((one) => h("tr", { id: `commitment-${one.id}` }, h("th", { scope: "row" }, names.get(one.state) ?? one.state, one.level !== "public" && h("span", { class: "tag" }, one.level)), h("td", {}, `${one.kind ? capital(word(one.kind)) : "Of every kind"}: ${one.text}`), h("td", {}, `${one.word} since ${day(one.since)}`), h("td", {}, one.step ?? "tied to none"), h("td", {}, one.conditions ?? "unknown"), h("td", {}, amount(one)), h("td", {}, period(one)), h("td", {}, one.form ?? "unknown"), h("td", {}, [...one.reservations, ...one.caveats].join("; ") || "none said"), h("td", {}, source(one.source)))),
      ),
    ),
  );
}

const ROLES: Record<string, string> = { guarantor: "Guarantor", party: "Party to the ceasefire", group: "A group of states", other: "Another body" };

export function stateScreen(desk: Desk, route: Route): HTMLElement {
  return loaded(desk.name(route.id), async () => {
    const found = await read<State>(`/response/states/${encodeURIComponent(route.id)}`);
    const { state } = found;
    const both = found.party && found.guarantor ? "Both a party and a guarantor. " : "";
    return [
      drillBanner(found.drill),
      top(link(address("response", "", {}, false), "Response"), state.name, h("p", {}, `${both}${found.party ? (ROLES["party"] ?? "") : (ROLES[state.role] ?? state.role)}, as of ${told(found.at)}.`)),
      h(
        "div",
        { class: "body statepage" },
        h("section", {}, h("h2", {}, "What is asked of us now, by when"), askedList(found.asked, desk, state.id)),
        h("section", {}, h("h2", {}, "What may be asked of us"), found.foreseen.length === 0 ? h("p", {}, "No step of the ladder names it, and it promised to none.") : h("ul", { class: "bullets" }, found.foreseen.map((one) => h("li", {}, h("b", {}, `Step ${one.number}: `), `${one.text} Set off by: ${one.trigger} Declared by ${one.declared_by.map((id) => desk.name(id)).join(", ") || "nobody the terms name"}.`, one.acknowledge_hours !== null && ` ${one.acknowledge_hours} h to acknowledge.`, one.conflict && ` Being a party, it ${one.conflict === "stands_aside" ? "stands aside" : one.conflict === "acts" ? "acts all the same" : "does what the terms do not say"}.`)))),
        h("section", {}, h("h2", {}, "What did we promise"), found.withheld > 0 && h("p", {}, `Withheld from you: ${found.withheld}.`), found.commitments.length || found.withheld ? commitments(found.commitments, new Map([[state.id, state.name]])) : h("p", {}, `${state.name} has not said. ${SILENCE}`)),
        h("section", {}, h("h2", {}, "Who decides here"), h("p", {}, decides(state)), state.source && h("p", { class: "small soft" }, "Source: ", source(state.source))),
        consultations(found.consultations, desk),
        h("div", { class: "acts" }, h("button", { class: "button", type: "button", click: () => window.print() }, "Print for cabinet")),
      ),
    ];
  });
}

function decides(seat: Seat): string {
  const parliament = seat.parliament === null ? "Unknown: whether its parliament must agree." : seat.parliament ? "Its parliament must agree." : "Its parliament need not agree.";
  return `${seat.decides ?? "Unknown: no source says who decides"}. ${parliament}`.replace("..", ".");
}

export function meetingsScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Meetings", async () => {
    const [{ items }, register] = await Promise.all([all<Meeting>(`/meetings${asked(route)}`, "meetings"), read<Register>(`/register${asked(route)}`)]);
    const names = new Map(register.states.map((one) => [one.id, one.name]));
    const name = (id: string): string => names.get(id) ?? desk.name(id);
    return [top(null, "Meetings and statements", h("p", {}, "Who was expected and who came, what came of it, and what no source says."), asOf(route, register.as_of, register.known_at)), h("div", { class: "body" }, items.length === 0 && empty("No meeting is in the register as of then."), items.map((one) => meeting(one, name)))];
  });
}

function meeting(one: Meeting, name: (id: string) => string): HTMLElement {
  const yes = (said: boolean | null): string => (said === null ? "unknown" : said ? "yes" : "no");
  const count = (n: number | null): string => (n === null ? "unknown" : String(n));
  const cells = (rows: Child[][]): HTMLElement => h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, k) => (k === 0 ? h("th", { scope: "row" }, cell) : h("td", {}, cell))))));
  const made = (label: string, heads: string[], rows: Child[][]): Child => rows.length > 0 && [h("h3", {}, label), scrolling(label, h("table", { class: "table" }, h("thead", {}, h("tr", {}, heads.map((text) => h("th", { scope: "col" }, text)))), cells(rows)))];
  return h(
    "article",
    { class: "meeting" },
    h("h2", {}, one.name),
    h("p", {}, `${day(one.starts)}, ${one.place ?? "place unknown"}. `, source(one.source)),
    made("How many", ["Counted", "Expected", "Came", "Of them not named", "Source"], one.counts.map((each) => [each.what, count(each.expected), count(each.came), count(each.unnamed), source(each.source)])),
    made("Who a source names", ["State or body", "Rank", "Who", "Expected", "Came", "Source"], one.present.map((each) => [name(each.state), word(each.rank), each.person ?? "unknown", yes(each.expected), yes(each.came), source(each.source)])),
    h("h3", {}, "Agenda"),
    one.agenda.length ? h("ul", { class: "bullets" }, one.agenda.map((text) => h("li", {}, text))) : h("p", {}, "Unknown."),
    made("What came of it", ["What", "Kind", "By", "Not by", "Commitments", "Clauses", "Source"], one.outcomes.map((each) => [each.text, each.kind, each.by.map(name).join(", ") || "unknown", each.not_by.map(name).join(", ") || "nobody named", each.commitments.join(", ") || "none", each.clauses.join(", ") || "none", source(each.source)])),
    one.unknown.length > 0 && [h("h3", {}, "What no source says"), h("ul", { class: "bullets" }, one.unknown.map((text) => h("li", {}, text)))],
  );
}

export function sidesScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("What binds only one side", async () => {
    const { sides, as_of: at } = await read<{ as_of: string; sides: Side[] }>(`/register/sides${asked(route)}`);
    const alike = new Set(sides.map((one) => JSON.stringify([one.response, one.steps]))).size < 2;
    const order = desk.order(at);
    return [
      top(null, "What binds only one side", h("p", {}, alike ? "Each party’s breach meets the same." : "The parties’ breaches do not meet the same."), asOf(route, at, null)),
      h("div", { class: "body" }, h("div", { class: "cards" }, [...sides].sort((a, b) => order.indexOf(a.party) - order.indexOf(b.party)).map((one) => h("section", { class: "card" }, h("h2", { class: "minor" }, `Breach by ${one.name}`), pairs([["Response published", capital(one.response)], ["Steps foreseen", one.steps.join(", ") || "none"], ["Commitments to them", one.commitments.join(", ") || "none"]])))), h("p", { class: "small soft" }, "The order of the parties alternates by date; it says nothing.")),
    ];
  });
}
