// SPDX-License-Identifier: Apache-2.0
/** One act, one page: what it is about, what it needs, what it leads to, and what was sent. */

import { h, replace, type Child } from "../dom";
import { address, type Route } from "../route";
import { all, inWords, NoAnswer, read, Refused, send } from "./api";
import type { Desk } from "./desk";
import { FORMS, type About, type Form, type Said } from "./fields";
import { clear, collect, input, type Input } from "./inputs";
import { actWords, proposalWords } from "./telling";
import type { Act, Case, Done } from "./types";
import { caveat, empty, link, loaded, told, top } from "./view";

export function actScreen(desk: Desk, route: Route): HTMLElement {
  const kind = route.params.get("kind") ?? "open";
  const form = FORMS[kind];
  if (!form) return h("div", { class: "screen office" }, top(null, "No such act"), h("div", { class: "body" }, empty("Nothing of that name can be done here.")));
  return loaded(form.title, async () => {
    const id = kind === "open" ? "" : route.id;
    const [room, acts] = id ? await Promise.all([read<Case>(`/cases/${encodeURIComponent(id)}`), all<Act>(`/cases/${encodeURIComponent(id)}/acts`, "acts")]) : [null, { items: [] }];
    const about: About = { desk, room, acts: acts.items, params: route.params };
    return [top(room && link(address("case", room.case, {}, false), room.title ?? "Case"), form.title, form.lead && h("p", {}, form.lead)), h("div", { class: "body form" }, beforehand(kind, about), filled(kind, form, about)), room && caveat(room.caveat)];
  });
}

/** What somebody must have read before doing it. */
function beforehand(kind: string, about: About): Child {
  const { acts, params, desk, room } = about;
  if (kind === "reply") {
    const put = acts.filter((act) => act.kind === "allege" && act.data["party"] === desk.me.of);
    return put.map((act) => h("blockquote", {}, h("p", { class: "said" }, String(act.data["text"])), h("footer", { class: "soft" }, `Put to you ${told(act.at)}, record ${act.record}`)));
  }
  if (kind === "vote" || kind === "determine") {
    const proposal = room?.proposals?.find((one) => one.proposal === params.get("proposal"));
    return proposal && proposalWords(proposal, about);
  }
  if (kind === "approve") {
    const step = acts.find((act) => act.act === params.get("of"));
    return step ? actWords(step, about) : empty("The words of this step are not yours to read; you cannot approve what you cannot read.");
  }
  return null;
}

function filled(kind: string, form: Form, about: About): HTMLElement {
  const inputs = form.fields.filter((field) => !field.when || field.when(about)).map((field) => input(field, about));
  const why = form.reason === undefined ? input({ name: "reason", label: form.why ?? "Why", kind: "long" }, about) : null;
  const problem = h("p", { role: "alert", class: "problem" });
  const button = h("button", { class: "button main", type: "submit", "data-act": "" }, form.act);
  const el = h("form", { autocomplete: "off" }, inputs.map((one) => one.el), why?.el, problem, h("div", { class: "acts" }, button));
  // Asked again after no answer came, it is still done once.
  let once = crypto.randomUUID();
  el.addEventListener("input", () => (once = crypto.randomUUID()));
  el.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    problem.textContent = "";
    void prepared(kind, form, about, inputs, why)
      .then(({ data, reason }) => {
        const leads = form.leads?.(data, about);
        const now = (): Promise<void> => sent(kind, form, about, data, reason, once, el);
        return leads ? asked(el, leads, form.last?.(data) ?? form.act, now) : now();
      })
      .catch((error: unknown) => {
        replace(problem, wrong(error, about));
      })
      .finally(() => (button.disabled = false));
  });
  return el;
}

async function prepared(kind: string, form: Form, about: About, inputs: Input[], why: Input | null): Promise<{ data: Said; reason: string }> {
  const data = await collect(inputs);
  if (about.desk.me.role === "liaison" && about.desk.me.of && inputs.some((one) => one.field.name === "complainant") && data["origin"] === "complaint") data["complainant"] = about.desk.me.of;
  // Nobody grades its own witness: what a liaison brings cannot be judged until an analyst has.
  if (kind === "evidence" && about.desk.me.role === "liaison") Object.assign(data, { owner: about.desk.me.of, grade: "F6" });
  const reason = why ? String(await why.value()) : (form.reason ?? "");
  return { data, reason };
}

/** Says what it leads to before it is done; resolves once it is done or taken back. */
export function asked(el: HTMLElement, leads: string, label: string, now: () => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const parts = [...el.children] as HTMLElement[];
    parts.forEach((part) => (part.hidden = true));
    const undo = (): void => {
      panel.remove();
      parts.forEach((part) => (part.hidden = false));
    };
    const yes = h("button", { class: "button main", type: "button", "data-act": "" }, label);
    const no = h("button", { class: "button", type: "button" }, "Go back");
    const panel = h("div", { class: "leads", role: "group", "aria-label": "What it leads to" }, h("p", { class: "said", tabindex: "-1" }, leads), h("div", { class: "acts" }, yes, no));
    yes.addEventListener("click", () => {
      yes.disabled = true;
      now().then(resolve, (error: unknown) => (undo(), reject(error instanceof Error ? error : new Error(String(error)))));
    });
    no.addEventListener("click", () => (undo(), resolve()));
    el.append(panel);
    panel.querySelector("p")?.focus();
  });
}

async function sent(kind: string, form: Form, about: About, data: Said, reason: string, once: string, el: HTMLElement): Promise<void> {
  const { room } = about;
  const done = room
    ? await send<Done>("POST", `/cases/${encodeURIComponent(room.case)}/acts`, { kind, reason, data }, once, form.seen ? room.version : undefined)
    : await send<Done>("POST", "/cases", { kind, reason, data }, once);
  clear(el);
  const title = h("h2", { tabindex: "-1" }, "Sent");
  replace(
    el.parentElement as HTMLElement,
    h("section", { class: "sent", role: "status" }, title, h("p", {}, `${form.act}: sent ${told(Date.now())}, and kept in the ledger as record ${done?.record.toLocaleString("en")}. This browser keeps no copy.`), h("div", { class: "acts" }, done && link(address("case", done.case, {}, false), "To the case"), link(address("queue", "", {}, false), "My queue"))),
  );
  title.focus();
}

function wrong(error: unknown, { room }: About): Child {
  if (error instanceof Refused && error.status === 412) {
    return [h("b", {}, "The case has changed since you read it. "), "Nothing was sent. ", room && link(address("case", room.case, {}, false), "Read it again"), "."];
  }
  if (error instanceof Refused && Object.keys(error.fields).length) {
    return [h("b", {}, `${error.title}. `), Object.entries(error.fields).map(([name, said]) => h("span", { class: "fault" }, `${name.split(".").filter((part) => part !== "body" && part !== "data").join(" ")}: ${said}. `))];
  }
  if (error instanceof NoAnswer) return "No answer came. Nothing is sent until you are back; sent again from here, it is done once.";
  return inWords(error);
}
