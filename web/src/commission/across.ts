// SPDX-License-Identifier: Apache-2.0
/** What runs across cases: findings with what is withheld, people and their roles, the record of accesses. */

import { h, type Child } from "../dom";
import { address, type Route } from "../route";
import { scrolling } from "../screens/parts";
import { all, inWords, read, send } from "./api";
import { ROLE, type Desk } from "./desk";
import { findingWords } from "./telling";
import type { Finding } from "./types";
import { capital, empty, link, loaded, moment, told, top, word } from "./view";

export function findingsScreen(desk: Desk): HTMLElement {
  return loaded("Findings", async () => {
    const [{ items, more }, kept] = await Promise.all([all<Finding>("/findings", "findings"), read<{ withheld: number; oldest: string | null; counted: string }>("/withheld")]);
    return [
      top(null, "Findings", h("p", {}, "What people decided, on three axes that are never merged, with what was watched beside each.")),
      h(
        "div",
        { class: "body" },
        h("p", { class: "withheld" }, kept.withheld === 0 ? "Nothing was withheld from the public" : `${kept.withheld} ${kept.withheld === 1 ? "item is" : "items are"} withheld from the public, the oldest since ${kept.oldest ? told(kept.oldest) : "an unknown time"}`, `; counted ${told(kept.counted)}.`),
        items.length === 0 && empty("No findings that you may read. A finding is public only once two people released it."),
        items.map((one) => h("article", {}, findingWords(one, desk), one.case && h("p", { class: "small" }, link(address("case", one.case, {}, false), "The case"), " · ", link(address("finding", one.finding, {}, false), "Only this finding")))),
        more && h("p", { class: "soft" }, "There are more than are shown here."),
      ),
    ];
  });
}

export function findingScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Finding", async () => {
    const one = await read<Finding>(`/findings/${encodeURIComponent(route.id)}`);
    return [top(link(address("findings", "", {}, false), "Findings"), capital(one.status)), h("div", { class: "body" }, findingWords(one, desk), one.case && h("p", {}, link(address("case", one.case, {}, false), "The case")))];
  });
}

interface Person {
  user: string;
  role: string;
  of: string | null;
  seat: string | null;
  clearance: string;
  aligned: string[];
  disabled: boolean;
  password: boolean;
  second_factor: boolean;
  provider: boolean;
}

export function peopleScreen(desk: Desk): HTMLElement {
  return loaded("People and roles", async () => {
    const people = await read<Person[]>("/people");
    const may = desk.me.role === "administrator";
    return [
      top(null, "People and roles", h("p", {}, "What an account may holds from the next request. No secret is shown here."), may && h("div", { class: "acts" }, link(address("person", "", {}, false), h("span", { class: "button" }, "Make an account")))),
      h(
        "div",
        { class: "body" },
        scrolling(
          "Accounts",
          h(
            "table",
            { class: "table" },
            h("thead", {}, h("tr", {}, ["Account", "Role", "Serves", "Seat", "Clearance", "Aligned with", "Way in", "State"].map((t) => h("th", { scope: "col" }, t)))),
            h(
              "tbody",
              {},
              people.map((p) =>
                h("tr", {}, h("td", {}, may ? link(address("person", p.user, {}, false), p.user) : p.user), h("td", {}, ROLE[p.role] ?? p.role), h("td", {}, desk.name(p.of)), h("td", {}, p.seat ?? ""), h("td", {}, p.clearance), h("td", {}, p.aligned.map((id) => desk.name(id)).join(", ")), h("td", {}, wayIn(p)), h("td", {}, p.disabled ? h("b", {}, "out of use") : "in use")),
              ),
            ),
          ),
        ),
      ),
    ];
  });
}

const wayIn = (p: Person): string => [p.password ? "password" : "", p.second_factor ? "second factor" : "", p.provider ? "the house’s provider" : ""].filter(Boolean).join(", ") || "none yet";

export function personScreen(desk: Desk, route: Route): HTMLElement {
  return loaded(route.id || "A new account", async () => {
    const p = route.id ? await read<Person>(`/people/${encodeURIComponent(route.id)}`) : null;
    const problem = h("p", { role: "alert", class: "problem" });
    const text = (name: string, label: string, value = "", help = ""): HTMLElement => h("div", { class: "field" }, h("label", { for: `person-${name}` }, label), help && h("p", { class: "small soft" }, help), h("input", { id: `person-${name}`, name, type: "text", value, autocomplete: "off", spellcheck: "false" }));
    const list = (name: string, label: string, options: [string, string][], value: string): HTMLElement => h("div", { class: "field" }, h("label", { for: `person-${name}` }, label), h("select", { id: `person-${name}`, name, autocomplete: "off" }, options.map(([id, told]) => h("option", { value: id, selected: id === value }, told))));
    const served: [string, string][] = [["", "the mission itself"], ...desk.terms.parties.map((one): [string, string] => [one.id, one.name]), ...desk.listed("others").map((one): [string, string] => [one.id, desk.name(one.id)])];
    const form = h(
      "form",
      { autocomplete: "off" },
      !p && text("user", "Name of the account", "", "Small letters, digits, dots and dashes"),
      list("role", "Role", desk.words.roles.filter((r) => r !== "public").map((r) => [r, ROLE[r] ?? capital(word(r))]), p?.role ?? "watch_officer"),
      list("of", "Serves", served, p?.of ?? ""),
      list("seat", "Seat of the commission", [["", "none"], ...desk.terms.seats.map((s): [string, string] => [s.id, `${s.id} (${desk.name(s.of)})`])], p?.seat ?? ""),
      list("clearance", "Clearance", desk.words.levels.map((l) => [l, capital(l)]), p?.clearance ?? "restricted"),
      text("aligned", "Aligned with", p?.aligned.join(" ") ?? "", "Ids of parties whose releases count as the account’s own, with spaces between"),
      p && h("div", { class: "field" }, h("label", { class: "tick" }, h("input", { type: "checkbox", name: "disabled", checked: p.disabled, autocomplete: "off" }), "Out of use: every session and token ends")),
      problem,
      h("div", { class: "acts" }, h("button", { class: "button main", type: "submit", "data-act": "" }, p ? "Change the account" : "Make the account")),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const of = (name: string): string => form.querySelector<HTMLInputElement | HTMLSelectElement>(`[name=${name}]`)?.value.trim() ?? "";
      const rights = { role: of("role"), of: of("of") || null, seat: of("seat") || null, clearance: of("clearance"), aligned: of("aligned").split(/[\s,]+/).filter(Boolean) };
      const asked = p ? send("PUT", `/people/${encodeURIComponent(p.user)}`, { ...rights, disabled: form.querySelector<HTMLInputElement>("[name=disabled]")?.checked }) : send("POST", "/people", { user: of("user"), ...rights });
      asked.then(() => (location.hash = address("people", "", {}, false)), (error: unknown) => (problem.textContent = inWords(error)));
    });
    return [top(link(address("people", "", {}, false), "People and roles"), p ? p.user : "A new account", p && h("p", {}, `Way in: ${wayIn(p)}. Passwords and second factors are set by the person, or at the console.`)), h("div", { class: "body form narrow" }, form)];
  });
}

interface Decision {
  record: number;
  by: { user: string; role: string; of?: string };
  action: string;
  resource: string;
  name: string;
  at: string;
  allowed: boolean;
  again?: number;
  since?: string;
}

export function accessScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Record of accesses", async () => {
    const { items, more } = await all<Decision>("/access", "access");
    const only = route.params.get("only") ?? "";
    const about = route.params.get("about") ?? "";
    const shown = items.filter((one) => (only !== "refused" || !one.allowed) && (!about || one.name.startsWith(about) || one.by.user === about));
    const filter = (key: string, label: string): HTMLElement => h("a", { class: "button", href: address("access", "", key ? { only: key } : {}, false), "aria-pressed": null, "aria-current": key === only ? "true" : null }, label);
    return [
      top(null, "Record of accesses", h("p", {}, "Every decision about restricted things, given or refused, newest first. Reading this page is one of them. The same again within a minute is one record.")),
      h(
        "div",
        { class: "body" },
        h("div", { class: "filters" }, filter("", `All ${items.length}`), filter("refused", `Refused ${items.filter((one) => !one.allowed).length}`), about && h("a", { class: "button", href: address("access", "", only ? { only } : {}, false) }, `About ${about}: show all`)),
        shown.length === 0
          ? empty("No decision of that kind.")
          : scrolling(
              "Decisions",
              h(
                "table",
                { class: "table" },
                h("thead", {}, h("tr", {}, ["Record", "When", "Who", "Asked to", "What", "Answer"].map((t) => h("th", { scope: "col" }, t)))),
                h("tbody", {}, shown.slice(0, 500).map((one) => line(one, desk))),
              ),
            ),
        (more || shown.length > 500) && h("p", { class: "soft" }, `The newest ${Math.min(shown.length, 500)} are shown.`),
      ),
    ];
  });
}

function line(one: Decision, desk: Desk): HTMLElement {
  const about = (name: string): Child => link(address("access", "", { about: name }, false), name);
  return h("tr", {}, h("td", { class: "num" }, one.record.toLocaleString("en")), h("td", {}, moment(desk, one.at)), h("td", {}, about(one.by.user), ` ${[ROLE[one.by.role] ?? one.by.role, desk.name(one.by.of)].filter(Boolean).join(", ")}`), h("td", {}, word(one.action)), h("td", {}, `${word(one.resource)} `, about(one.name.split("/")[0] ?? one.name)), h("td", {}, one.allowed ? "given" : h("b", {}, "refused"), one.again && h("span", { class: "soft" }, `, ${one.again} more since ${told(one.since ?? "")}`)));
}
