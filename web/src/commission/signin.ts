// SPDX-License-Identifier: Apache-2.0
/** Signing in and out, the second factor, one's own sessions, password and tokens. */

import { h, replace, type Child } from "../dom";
import type { Route } from "../route";
import { inWords, read, send, withToken } from "./api";
import { ROLE, type Desk } from "./desk";
import type { Session } from "./types";
import { loaded, moment, pairs, told, top } from "./view";

const field = (label: string, name: string, attrs: Record<string, string | boolean>, help?: string): HTMLElement => {
  const id = `sign-${name}`;
  return h("div", { class: "field" }, h("label", { for: id }, label), help && h("p", { class: "small soft", id: `${id}-help` }, help), h("input", { id, name, ...(help ? { "aria-describedby": `${id}-help` } : {}), ...attrs }));
};

/** Sends a form when it is submitted; what goes wrong is told in it, and passwords are emptied. */
function sends(form: HTMLFormElement, act: (said: (name: string) => string) => Promise<void>): HTMLFormElement {
  const problem = h("p", { role: "alert", class: "problem" });
  form.lastElementChild?.before(problem);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const inputs = [...form.querySelectorAll<HTMLInputElement>("input")];
    const button = form.querySelector("button");
    if (button) button.disabled = true;
    problem.textContent = "";
    void act((name) => inputs.find((one) => one.name === name)?.value ?? "")
      .catch((error: unknown) => (problem.textContent = inWords(error)))
      .finally(() => {
        for (const one of inputs) if (one.type === "password" || one.name === "code") one.value = "";
        if (button) button.disabled = false;
      });
  });
  return form;
}

const button = (label: string): HTMLElement => h("div", { class: "acts" }, h("button", { class: "button main", type: "submit" }, label));

/** Where the page goes on; the page is read anew, so that nothing of who was here before is left in it. */
function afresh(to: string): void {
  location.hash = to;
  location.reload();
}

export function signInScreen(desk: Desk, route: Route): HTMLElement {
  const back = route.params.get("back") ?? "";
  const form = h(
    "form",
    {},
    field("Name of the account", "user", { type: "text", autocomplete: "username", required: true, autocapitalize: "none", spellcheck: "false" }),
    field("Password", "password", { type: "password", autocomplete: "current-password", required: true }),
    field("Code", "code", { type: "text", inputmode: "numeric", autocomplete: "one-time-code" }, "Six digits of your second factor, or a recovery code. Empty if you have none yet."),
    button("Sign in"),
  );
  sends(form, async (said) => {
    const begun = await send<Session>("POST", "/session", { user: said("user").trim(), password: said("password"), code: said("code").trim() });
    if (begun) withToken(begun.csrf);
    afresh(begun?.unfinished ? "#/account" : /^#\/[a-z-]+/.test(back) ? back : "#/queue");
  });
  return h("div", { class: "screen office" }, top(null, "Sign in", back && h("p", {}, "You are signed out. After signing in you are back where you were.")), h("div", { class: "body form narrow" }, desk.provider && house(desk.provider, route.params.has("refused")), form));
}

/** Signing in at the house's own provider: the browser leaves for it and comes back signed in. */
function house(provider: string, refused: boolean): HTMLElement {
  return h("section", {}, refused && h("p", { role: "alert", class: "problem" }, `You are not signed in. Either ${provider} did not vouch for you, or no account here stands for who it says you are. Ask the administrator.`), h("div", { class: "acts" }, h("a", { class: "button main", href: "/api/v1/oidc/start" }, `Sign in through ${provider}`)), h("h2", { class: "minor" }, "Or with the account’s password"));
}

export async function signOut(): Promise<void> {
  await send("DELETE", "/session");
  afresh("#/sign-in");
}

interface Held {
  session: string;
  began: string;
  used: string;
  how: string;
  this: boolean;
}

interface Token {
  token: string;
  name: string;
  scope: string[];
  expires: string;
}

export function accountScreen(desk: Desk): HTMLElement {
  return loaded("Your account", async () => {
    if (desk.unfinished) return [top(null, "One thing first: a second factor", h("p", {}, "Until it is enrolled, this account can do nothing else.")), h("div", { class: "body form narrow" }, factor())];
    const [sessions, tokens] = await Promise.all([read<Held[]>("/sessions"), read<Token[]>("/tokens")]);
    const { me } = desk;
    return [
      top(null, "Your account"),
      h(
        "div",
        { class: "body" },
        pairs([["Account", me.user], ["Role", ROLE[me.role] ?? me.role], ["Serves", desk.name(me.of)], ["Seat", me.seat], ["Clearance", me.clearance], ["Aligned with", me.aligned.map((id) => desk.name(id)).join(", ")]]),
        h("div", { class: "acts" }, h("button", { class: "button", type: "button", click: () => void signOut() }, "Sign out")),
        section("Signed in here and elsewhere", rows(sessions, (one) => [one.this ? "This browser" : `By ${one.how}`, h("span", {}, "since ", moment(desk, one.began), ", last used ", moment(desk, one.used)), one.this ? null : ["End it", () => send("DELETE", `/sessions/${one.session}`)]])),
        section("Tokens for programs", tokens.length ? rows(tokens, (one) => [one.name, `${one.scope.join(", ")}; until ${told(one.expires)}`, ["Revoke", () => send("DELETE", `/tokens/${one.token}`)]]) : h("p", { class: "soft" }, "No token. A token never does more than you may."), tokenForm()),
        section("Password", passwordForm()),
        section("Second factor", factor()),
      ),
    ];
  });
}

const section = (title: string, ...children: Child[]): HTMLElement => h("section", {}, h("h2", {}, title), children);

type Row = [Child, Child, [string, () => Promise<unknown>] | null];

function rows<T>(items: T[], told: (item: T) => Row): HTMLElement {
  return h(
    "ul",
    { class: "rows plain" },
    items.map((item) => {
      const [name, what, act] = told(item);
      const li: HTMLElement = h("li", {}, h("div", {}, h("b", {}, name), h("br"), h("span", { class: "soft" }, what)), act && h("button", { class: "button", type: "button", click: () => void act[1]().then(() => li.remove(), (error: unknown) => li.append(inWords(error))) }, act[0]));
      return li;
    }),
  );
}

function tokenForm(): HTMLElement {
  const made = h("p", { role: "status" });
  const form = h("form", { autocomplete: "off" }, field("What it is for", "name", { type: "text", required: true, maxlength: "100", autocomplete: "off" }), field("What it may do", "scope", { type: "text", required: true, autocomplete: "off" }, "Words of the access table, such as case:read, with spaces between"), field("Days", "days", { type: "number", min: "1", max: "366", required: true, autocomplete: "off" }), button("Make a token"));
  sends(form, async (said) => {
    const token = await send<{ secret: string }>("POST", "/tokens", { name: said("name"), scope: said("scope").split(/[\s,]+/).filter(Boolean), days: Number(said("days")) });
    replace(made, "It is shown once: ", h("code", {}, token?.secret));
    form.reset();
  });
  return h("div", { class: "form narrow" }, form, made);
}

function passwordForm(): HTMLElement {
  const form = h("form", {}, field("Password until now", "old", { type: "password", autocomplete: "current-password", required: true }), field("New password", "new", { type: "password", autocomplete: "new-password", required: true, minlength: "15" }, "15 to 128 characters. Every session ends, this one too."), button("Change the password"));
  sends(form, async (said) => {
    await send("PUT", "/me/password", { old: said("old"), new: said("new") });
    afresh("#/sign-in");
  });
  return h("div", { class: "form narrow" }, form);
}

/** Enrols a second factor: the secret is shown once, and holds once its first code is shown back. */
function factor(): HTMLElement {
  const el = h("div", { class: "form narrow" });
  const begin = h("form", {}, h("p", {}, "Every session ends once it is in force; recovery codes are shown once."), button("Begin a second factor"));
  sends(begin, async () => {
    const secret = await send<{ secret: string; uri: string }>("POST", "/me/second-factor");
    const confirm = h("form", {}, h("p", {}, "Type this into your authenticator, then the code it shows: ", h("code", {}, secret?.secret)), h("p", {}, h("a", { href: secret?.uri.startsWith("otpauth:") ? secret.uri : null }, "Open the authenticator on this device")), field("Code", "code", { type: "text", inputmode: "numeric", required: true, autocomplete: "one-time-code" }), button("Put it in force"));
    sends(confirm, async (said) => {
      const codes = await send<{ codes: string[] }>("PUT", "/me/second-factor", { code: said("code").trim() });
      replace(el, h("p", {}, "In force. Recovery codes, shown once; each is good once:"), h("ul", { class: "codes" }, codes?.codes.map((one) => h("li", {}, h("code", {}, one)))), h("div", { class: "acts" }, h("button", { class: "button main", type: "button", click: () => afresh("#/sign-in") }, "I have kept them: sign in")));
    });
    replace(el, confirm);
  });
  el.append(begin);
  return el;
}
