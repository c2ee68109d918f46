// SPDX-License-Identifier: Apache-2.0
/** What people outside were told, what became of it, and whom to ring: a call, what to say, and the codes called back. */

import { h, replace, type Child } from "../dom";
import { address, type Route } from "../route";
import { scrolling } from "../screens/parts";
import { inWords, read, send } from "./api";
import type { Desk } from "./desk";
import { empty, left, loaded, moment, told, top, word } from "./view";

interface Way {
  state: string;
  tries: number;
  again: string | null;
  proof: Record<string, unknown>;
}

interface Message {
  id: string;
  cause: string;
  to: string;
  of: string;
  subject: string;
  language: string;
  answer: boolean;
  sent: string;
  state: string;
  delivered: string | null;
  acknowledged: string | null;
  by: string | null;
  how: string | null;
  ways: Record<string, Way>;
  may?: string[];
}

interface Call {
  id: string;
  of: string;
  to: string;
  by: string;
  result: string | null;
  wrong: number;
  at: string;
  confirmed: string | null;
}

interface Messages {
  messages: Message[];
  calls?: Call[];
  ring?: { of: string; to: string; why: string; items: string[] }[];
  trees?: { of: string; people: { id: string; name: string }[]; open: number; next: string | null; at: string | null }[];
  nobody?: string[];
}

interface Ringing {
  call: string;
  of: string;
  why: string;
  ask_for: string;
  phone: string | null;
  read_out: string;
  say: string;
  language: string;
}

const WAYS: Record<string, string> = { email: "e-mail", webhook: "webhook", cap: "CAP 1.2", service: "service" };
const RESULTS: [string, string][] = [["reached", "They were reached and will call back"], ["no answer", "No answer"], ["wrong person", "The wrong person"], ["refused", "They refused"]];
const MOST = 200;
const CALLS = ["watch_officer", "secretariat"];

/** Open: somebody must acknowledge it, or some way may still come right; failed: no way reached anybody. */
const FILTERS: [string, string, (one: Message) => boolean][] = [
  ["", "All", () => true],
  ["open", "Not acknowledged", (one) => one.answer && one.acknowledged === null],
  ["failed", "Failed", (one) => one.state === "failed"],
  ["queued", "On their way", (one) => one.state === "queued"],
];

export function messagesScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Messages and calls", async () => {
    const found = await read<Messages>("/messages");
    const whole = found.ring !== undefined;
    const [chosen, , fits] = FILTERS.find(([key]) => key === (route.params.get("only") ?? "")) ?? FILTERS[0]!;
    const shown = found.messages.filter(fits).reverse();
    const open = found.messages.filter(FILTERS[1]![2]).length;
    const failed = found.messages.filter(FILTERS[2]![2]).length;
    const lead = `${found.messages.length} ${found.messages.length === 1 ? "message" : "messages"}; ${open} that must be acknowledged ${open === 1 ? "is" : "are"} not; ${failed} failed. ${whole ? "" : "What came to your office stands here. "}Nothing follows from a message by itself.`;
    return [
      top(null, "Messages and calls", h("p", {}, lead)),
      h(
        "div",
        { class: "body" },
        !whole && rung(found),
        whole && [rings(found, desk), underWay(found, desk), trees(found, desk)],
        h("section", {}, h("h2", {}, "Messages"), h("nav", { class: "filters", "aria-label": "Which messages" }, FILTERS.map(([key, label]) => h("a", { class: "button", href: address("messages", "", { only: key || null }), "aria-current": key === chosen ? "true" : null }, label))), shown.length === 0 ? empty(found.messages.length ? "None of these." : "No message. Whoever stands in the contacts file is told of what concerns them.") : list(shown.slice(0, MOST), desk), shown.length > MOST && h("p", { class: "soft" }, `The newest ${MOST} of ${shown.length}.`)),
        whole && (found.nobody ?? []).length > 0 && h("section", {}, h("h2", { class: "minor" }, "Contacts who are told nothing"), h("p", {}, `${(found.nobody ?? []).join(", ")}: the account is not in use, or may read no message.`)),
      ),
    ];
  });
}

const again = (said: string): boolean => window.dispatchEvent(new CustomEvent("again", { detail: said }));
const office = (of: string, desk: Desk): string => (of === "centre" ? "the centre" : desk.name(of));
const mayRing = (desk: Desk): boolean => CALLS.includes(desk.me.role);

/** A button that does one thing, and says in words what went wrong. */
function does(label: string, act: () => Promise<unknown>, main = false): HTMLElement {
  const problem = h("span", { role: "alert", class: "problem" });
  const button = h("button", { class: main ? "button main" : "button", type: "button", "data-act": "" }, label);
  button.addEventListener("click", () => {
    button.disabled = true;
    replace(problem);
    act()
      .catch((error: unknown) => replace(problem, ` ${inWords(error)}`))
      .finally(() => (button.disabled = false));
  });
  return h("span", { class: "does" }, button, problem);
}

/** Offices to be rung now. Whom to ring, the server says; the digits are told once, to whoever begins the call. */
function rings(found: Messages, desk: Desk): HTMLElement {
  const due = found.ring ?? [];
  const place = h("div", { "aria-live": "polite" });
  return h(
    "section",
    {},
    h("h2", {}, "To be rung now"),
    due.length === 0 && h("p", { class: "soft" }, "No office. One that has not acknowledged what it must, in time, stands here."),
    h("ul", { class: "rows plain" }, due.map((one) => h("li", {}, h("div", {}, h("b", {}, office(one.of, desk)), `: ${one.to}; ${one.why}; ${one.items.length} ${one.items.length === 1 ? "message" : "messages"} `, mayRing(desk) && does(`Ring ${one.to}`, async () => begun(place, (await send<Ringing>("POST", "/calls", { office: one.of })) as Ringing, desk), true))))),
    place,
  );
}

/** A call that was just begun: whom, what to say, and what came of it. */
function begun(place: HTMLElement, call: Ringing, desk: Desk): void {
  const title = h("h3", { tabindex: "-1" }, `Ring ${call.ask_for}, ${office(call.of, desk)}`);
  replace(
    place,
    h(
      "div",
      { class: "card calling" },
      title,
      h("p", {}, call.phone ? h("a", { class: "phone", href: `tel:${call.phone.replace(/[^+\d]/g, "")}` }, call.phone) : "No number", ". Say:"),
      h("blockquote", { lang: call.language, class: "said" }, call.say),
      h("p", {}, "The digits to read out: ", h("b", { class: "digits" }, call.read_out), ". They are told here once, and stand in no record."),
      results(call.call),
      codes(call.call),
    ),
  );
  title.focus();
}

function results(call: string): HTMLElement {
  return h("div", { class: "acts", role: "group", "aria-label": "What came of the call" }, RESULTS.map(([result, label]) => does(label, () => send("POST", `/calls/${encodeURIComponent(call)}/result`, { result }).then(() => (result === "reached" ? undefined : again(`${label}: kept. The next of the tree is due.`))))));
}

/** The two codes of somebody who called back. */
function codes(call: string): HTMLElement {
  const digits = { type: "text", inputmode: "numeric", autocomplete: "off", required: true, maxlength: 16 };
  const [code, totp] = [h("input", digits), h("input", digits)];
  const problem = h("p", { role: "alert", class: "problem" });
  const form = h("form", { class: "small-form", autocomplete: "off" }, h("label", {}, "Digits they heard", code), h("label", {}, "Code of their second factor", totp), problem, h("button", { class: "button main", type: "submit", "data-act": "" }, "They called back: take the codes"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send("POST", `/calls/${encodeURIComponent(call)}/confirmation`, { code: code.value.trim(), totp: totp.value.trim() }).then(
      () => again("Called back and proved. The office has acknowledged."),
      (error: unknown) => replace(problem, inWords(error)),
    );
  });
  return form;
}

/** Calls of which nobody has said yet that they came to nothing, and which nobody has confirmed. */
function underWay(found: Messages, desk: Desk): Child {
  const open = (found.calls ?? []).filter((one) => one.confirmed === null && (one.result === null || one.result === "reached") && one.wrong < 5).slice(-5);
  return open.length > 0 && h("section", {}, h("h2", {}, "Awaiting a call back"), open.map((one) => h("details", {}, h("summary", {}, `${office(one.of, desk)}: ${one.to}, rung ${told(one.at)} by ${one.by}${one.result ? ", reached" : ""}${one.wrong ? `, ${one.wrong} wrong codes` : ""}`), mayRing(desk) && [results(one.id), codes(one.id)])));
}

/** Calls to whoever is signed in: what became of each, and the two codes, typed by the person rung themselves. */
function rung(found: Messages): Child {
  const mine = (found.calls ?? []).slice(-5).reverse();
  const came = (one: Call): string => (one.confirmed ? `you called back ${told(one.confirmed)}` : one.wrong >= 5 ? "ended by five wrong codes" : (one.result ?? "not answered yet"));
  return mine.length > 0 && h("section", { class: "rung" }, h("h2", {}, "Calls to you"), h("p", { class: "soft" }, "Ring the centre back at the number you hold, or give the digits you heard here."), mine.map((one) => (one.confirmed === null && one.wrong < 5 ? h("details", {}, h("summary", {}, `Rung ${told(one.at)}: ${came(one)}`), codes(one.id)) : h("p", {}, `Rung ${told(one.at)}: ${came(one)}`))));
}

function trees(found: Messages, desk: Desk): Child {
  const rows = found.trees ?? [];
  const last = (of: string): Call | undefined => (found.calls ?? []).filter((one) => one.of === of).at(-1);
  const came = (one: Call | undefined): string => (one ? `${one.to}, ${told(one.at)}: ${one.confirmed ? "called back" : (one.result ?? "not said yet")}` : "none");
  return (
    rows.length > 0 &&
    h(
      "section",
      {},
      h("h2", {}, "Telephone trees"),
      scrolling(
        "Telephone trees",
        h(
          "table",
          { class: "table" },
          h("thead", {}, h("tr", {}, ["Office", "Rung in this order", "Not acknowledged", "Next call", "Last call"].map((text) => h("th", { scope: "col" }, text)))),
          h("tbody", {}, rows.map((one) => h("tr", {}, h("th", { scope: "row" }, office(one.of, desk)), h("td", {}, one.people.map((who) => who.name).join(", then ")), h("td", {}, String(one.open)), h("td", {}, one.next && one.at ? [`${one.people.find((who) => who.id === one.next)?.name ?? one.next}, `, moment(desk, one.at), `, ${left(one.at)}`] : "none"), h("td", {}, came(last(one.of)))))),
        ),
      ),
    )
  );
}

function list(shown: Message[], desk: Desk): HTMLElement {
  return h("ol", { class: "rows plain messages" }, shown.map((one) => row(one, desk)));
}

function row(one: Message, desk: Desk): HTMLElement {
  const ways = Object.entries(one.ways);
  const state = one.acknowledged ? `acknowledged ${told(one.acknowledged)} by ${one.by ?? "nobody named"}, ${one.how ?? "how is not known"}` : one.state;
  return h(
    "li",
    { "data-state": one.state },
    h(
      "div",
      {},
      h("b", { lang: one.language }, one.subject),
      h("br"),
      `To ${one.to}, ${office(one.of, desk)}, `,
      moment(desk, one.sent),
      ": ",
      h("b", {}, state),
      one.answer && !one.acknowledged && h("span", { class: "tag" }, "must be acknowledged"),
      ways.length === 0 ? h("p", { class: "small" }, "By no way: this contact is only rung.") : h("ul", { class: "small bullets" }, ways.map(([name, way]) => h("li", {}, `${WAYS[name] ?? name}: ${said(way)}`))),
      whole(one),
      (one.may ?? []).length > 0 && h("div", { class: "acts" }, one.may?.includes("acknowledge") && does("Our office has it", () => send("POST", `/messages/${one.id}/acknowledgement`).then(() => again("Acknowledged, and kept in the ledger.")), true), one.may?.includes("retry") && does("Try every way anew", () => send("POST", `/messages/${one.id}/retry`).then(() => again("Every way that is not proved begins anew.")))),
    ),
  );
}

/** How one way stands: how often it was tried, when it is tried again, and what the other side said. */
function said(way: Way): string {
  const proof = Object.entries(way.proof).map(([key, value]) => `${word(key)} ${String(value)}`).join(", ");
  const tried = way.tries === 0 ? "" : way.tries === 1 ? ", tried once" : `, tried ${way.tries} times`;
  return `${way.state === "failed" && way.again ? "failed, is tried again" : way.state}${tried}${way.again ? `, not before ${told(way.again)}` : ""}${proof ? `; ${proof}` : ""}`;
}

/** The text, read when somebody opens it. */
function whole(one: Message): HTMLElement {
  const place = h("div", {});
  const el = h("details", {}, h("summary", {}, "What it says"), place);
  el.addEventListener("toggle", () => {
    if (!el.open || place.childElementCount > 0) return;
    read<{ text: string }>(`/messages/${one.id}`).then(
      ({ text }) => replace(place, h("blockquote", { lang: one.language, class: "said lines" }, text)),
      (error: unknown) => replace(place, h("p", { role: "alert" }, inWords(error))),
    );
  });
  return el;
}
