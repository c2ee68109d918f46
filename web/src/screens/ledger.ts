// SPDX-License-Identifier: Apache-2.0
/** The ledger: what it holds, its signed root, how to check it oneself, and single records. */

import { h } from "../dom";
import { comma, type Model } from "../model";
import { address, go, type Route } from "../route";
import { heading } from "./parts";
import { proofBox } from "./proof";

export function ledgerScreen(model: Model): HTMLElement {
  const l = model.page.ledger;
  const vkey = String(l["vkey"] ?? "");
  const field = h("input", { type: "number", min: 0, max: Number(l["size"] ?? 1) - 1, value: 0, id: "record-number", class: "number" });
  const open = (event: Event): void => {
    event.preventDefault();
    go(address("record", field.value));
  };
  return h(
    "div",
    { class: "screen" },
    heading("The ledger", h("p", {}, "Every record had an index before anything was computed from it. The root below commits to all of them; the checkpoint signs the root.")),
    h(
      "div",
      { class: "body" },
      h("dl", { class: "pairs" }, pairs(l).map(([k, v]) => [h("dt", {}, k), h("dd", {}, h("code", {}, v))])),
      h(
        "section",
        {},
        h("h2", {}, "Check it yourself"),
        h("p", {}, "This checks every body, leaf, tile, the tree and the signature, and with --replay runs the stages again and compares. It says yes, or names the record that fails."),
        h("pre", { tabindex: "0" }, `truceline verify FOLDER --key '${vkey}'\ntruceline verify FOLDER --key '${vkey}' --replay`),
        h("p", { class: "small soft" }, "FOLDER is the folder this page was made from. Take the key from somebody you trust, not from this page. ", h("a", { href: "/ledger/checkpoint" }, "The checkpoint"), " · ", h("a", { href: "/summary.json" }, "Summary"), " · ", h("a", { href: "/report.html" }, "Report"), " · ", h("a", { href: "/report.pdf" }, "Report, PDF")),
      ),
      h("section", {}, h("h2", {}, "Read one record"), h("form", { submit: open }, h("label", { for: "record-number" }, "Index "), field, " ", h("button", { class: "button", type: "submit" }, "Open the record"))),
      h("section", {}, h("h2", {}, "The first record, checked here"), proofBox(0, vkey)),
      h("section", {}, h("h2", {}, "What it does not prove"), h("p", {}, "That a detection is true, that nothing was withheld before entry, or when something happened. It proves that nothing was changed or removed after entry.")),
    ),
  );
}

function pairs(l: Record<string, string | number>): [string, string][] {
  const named: Record<string, string> = { size: "Records", root: "Root", origin: "Origin", vkey: "Verifier key" };
  return Object.entries(named).flatMap(([key, label]) => (l[key] === undefined ? [] : [[label, typeof l[key] === "number" ? comma(l[key]) : l[key]] as [string, string]]));
}

export function recordScreen(model: Model, route: Route): HTMLElement {
  const index = Number(route.id);
  const size = Number(model.page.ledger["size"] ?? 0);
  const valid = Number.isInteger(index) && index >= 0;
  return h(
    "div",
    { class: "screen" },
    heading(
      `Record ${valid ? comma(index) : route.id}`,
      h("p", {}, h("a", { href: address("ledger") }, "Ledger"), index > 0 && [" · ", h("a", { href: address("record", String(index - 1)) }, "the one before")], index + 1 < size && [" · ", h("a", { href: address("record", String(index + 1)) }, "the one after")]),
    ),
    h("div", { class: "body" }, valid ? proofBox(index, String(model.page.ledger["vkey"] ?? ""), true) : h("p", {}, "An index is a whole number from 0.")),
  );
}
