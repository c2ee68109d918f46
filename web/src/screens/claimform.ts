// SPDX-License-Identifier: Apache-2.0
/** Check a claim: paste it or fill it in; the local server answers in the claim's language, or in the one chosen.
 *
 * Every word of the answer is the server's: the same as on the sheet to share. */

import { h, replace, type Child } from "../dom";
import { address, current } from "../route";
import { statusMark } from "../symbols";
import { scrolling } from "./parts";

/** The sheet as text, in its language; tables have their heads first. */
interface Told {
  language: string;
  verdict: string;
  claim: string;
  where: string;
  understood: string[];
  reasons: [string, string][];
  compatible: string;
  coverage: string;
  sensors: string[][];
  passes: string[][];
  alone: string;
  more: string;
  seen: string;
  heads: Record<string, string>;
  foot: string;
}
interface Checked {
  understood: { field: string; value: unknown }[];
  verdict: "consistent" | "inconsistent" | "cannot be judged";
  told: Told;
}
type Words = Record<string, string>;

const FIELDS = ["who", "accused", "what", "count", "where", "from", "to"];
/** Without these nothing can be judged: where one is not read, the fields are shown. */
const NEEDED = new Set(["what", "count", "where", "from", "to"]);

let asked: Promise<Record<string, Words>> | null = null;

/** The words of the form in every language, asked for once. */
function formWords(): Promise<Record<string, Words>> {
  asked ??= fetch("/api/v1/claim-words").then((found) => found.json() as Promise<Record<string, Words>>);
  asked.catch(() => (asked = null));
  return asked;
}

/** The form with the place its answer goes to. Its words come a moment after it. */
export function claimForm(): HTMLElement {
  const answer = h("div");
  const text = h("textarea", { id: "claim-text", rows: 3, keydown: (event: KeyboardEvent) => event.key === "Enter" && (event.ctrlKey || event.metaKey) && form.requestSubmit() });
  const inputs = FIELDS.map((name) => h("input", { id: `claim-${name}`, name, autocomplete: "off", maxlength: 200 }));
  const language = h("select", { id: "claim-lang" });
  const button = h("button", { class: "button", type: "submit" });
  const byHand = h("details", {}, h("summary"), h("div", { class: "claim-fields" }, FIELDS.map((name, k) => h("div", {}, label(name), inputs[k]))), h("p", { class: "small soft" }));
  const form = h("form", { class: "claim-form" }, label("text"), text, h("div", { class: "claim-act" }, button, h("div", {}, label("lang"), language)), byHand);
  const section = h("section", { class: "block claim-check" }, h("h2"), form, answer);

  const query = (): string => {
    const found = new URLSearchParams();
    for (const field of [text, ...inputs]) if (field.value.trim()) found.set(field.name || "text", field.value.trim());
    if (found.size && language.value) found.set("lang", language.value);
    return found.toString();
  };
  const words = async (): Promise<Words> => {
    const all = await formWords();
    return all[language.value] ?? (all["en"] as Words);
  };
  const dress = async (): Promise<void> => {
    const said = await words();
    section.lang = said["code"] ?? "";
    section.setAttribute("aria-label", said["heading"] ?? "");
    for (const [place, key] of [["h2", "heading"], ["summary", "by_hand"], [".small", "first"], ["button", "check"]]) replace(section.querySelector(place as string) as Element, said[key as string]);
    for (const each of section.querySelectorAll("label")) replace(each, said[{ "claim-text": "text", "claim-lang": "language" }[each.htmlFor] ?? each.htmlFor.slice(6)]);
    text.placeholder = said["paste"] ?? "";
    inputs.forEach((input, k) => (input.placeholder = said[`hint_${FIELDS[k]}`] ?? ""));
    replace(language.options[0] as Element, said["own"]);
  };
  const submit = async (): Promise<void> => {
    const said = await words();
    button.disabled = true;
    replace(answer, h("p", { class: "soft", role: "status" }, said["looking"]));
    const missing = await ask(query(), answer, said);
    byHand.open ||= missing;
    button.disabled = false;
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  language.addEventListener("change", () => {
    history.replaceState(null, "", address("claims", "", { lang: language.value || null }));
    void dress();
    if (answer.firstChild) void submit();
  });
  void formWords().then(
    (all) => {
      const chosen = current().params.get("lang") ?? "";
      replace(language, h("option", { value: "" }), Object.entries(all).map(([code, said]) => h("option", { value: code, lang: code, selected: code === chosen }, said["name"])));
      return dress();
    },
    () => replace(section, h("p", { role: "alert" }, "The server does not answer. It runs where the page was started.")),
  );
  return section;
}

const label = (name: string): HTMLElement => h("label", { for: `claim-${name}` });

/** Shows the answer and returns whether something that a verdict needs was not read. */
async function ask(query: string, answer: HTMLElement, said: Words): Promise<boolean> {
  const failed = (why: string | undefined): false => {
    replace(answer, h("p", { role: "alert" }, why));
    return false;
  };
  let found: Response;
  try {
    found = await fetch(`/api/v1/claim-check?${query}`);
  } catch {
    return failed(said["no_answer"]);
  }
  if (!found.headers.get("Content-Type")?.includes("json")) return failed(said["could_not"]);
  const body = (await found.json()) as Checked & { detail?: string };
  if (!found.ok) return failed(body.detail ?? said["could_not"]);
  replace(answer, shown(body, query, said));
  // The verdict is read out, and the next Tab is the sheet.
  answer.querySelector<HTMLElement>(".verdict")?.focus();
  return body.understood.some((part) => part.value === null && NEEDED.has(part.field) && !query.includes(`${part.field}=`));
}

function shown({ verdict, told }: Checked, query: string, said: Words): Child {
  return h(
    "div",
    { class: "claim-answer", lang: told.language },
    h("p", { class: "verdict", tabindex: -1 }, statusMark(verdict === "cannot be judged" ? verdict : "detected"), h("b", {}, told.verdict)),
    h("p", { lang: said["code"] }, h("a", { class: "button", href: `/api/v1/claim-sheet?${query}`, download: "claim-check.pdf" }, said["share"])),
    h("p", { dir: "auto" }, told.claim),
    h("p", {}, told.where),
    told.reasons.map(([title, words]) => h("p", {}, h("b", {}, `${title}. `), words)),
    [told.compatible, told.coverage].map((words) => words && h("p", {}, words)),
    told.sensors.length > 0 && h("h3", {}, told.heads["sensors"]),
    told.sensors.length > 0 && scrolling(told.heads["sensors"] ?? "", table(told.sensors)),
    told.passes.length > 0 && h("details", {}, h("summary", {}, `${told.heads["passes"]} (${told.passes.length - 1})`), scrolling(told.heads["passes"] ?? "", table(told.passes)), told.more && h("p", { class: "small soft" }, told.more)),
    h("p", {}, told.seen),
    told.understood.length > 0 && h("details", { open: true }, h("summary", {}, told.heads["understood"]), h("ul", {}, told.understood.map((part) => h("li", { dir: "auto" }, part)))),
    [told.alone, told.foot].map((words) => words && h("p", { class: "small soft" }, words)),
  );
}

function table([heads = [], ...rows]: string[][]): HTMLElement {
  return h(
    "table",
    {},
    h("thead", {}, h("tr", {}, heads.map((name) => h("th", { scope: "col" }, name)))),
    h("tbody", {}, rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell))))),
  );
}
