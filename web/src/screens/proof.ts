// SPDX-License-Identifier: Apache-2.0
/** The box that shows a record's way to the signed root, as this browser checked it. */

import { h, replace, s } from "../dom";
import { comma } from "../model";
import { check, fetchProof, type Checked, type RecordProof } from "../proof";
import { address } from "../route";

const short = (hash: string): string => `${hash.slice(0, 4)} ${hash.slice(4, 8)} … ${hash.slice(-8, -4)} ${hash.slice(-4)}`;

/** Fetches the record and checks it; the box says what was checked, or what failed. */
export function proofBox(index: number, vkey: string, body = false): HTMLElement {
  const el = h("div", { class: "proof", "aria-live": "polite" }, `Record ${comma(index)}: being checked in this browser…`);
  if (index < 0) {
    replace(el, "This record has no index yet.");
    return el;
  }
  fetchProof(index)
    .then(async (proof) => [proof, await check(proof, vkey)] as const)
    .then(([proof, found]) => fill(el, proof, found, body))
    .catch((error: unknown) => {
      el.dataset["proof"] = "not-checked";
      replace(el, h("b", {}, "Not checked"), h("p", {}, error instanceof Error ? error.message : String(error)));
    });
  return el;
}

function fill(el: HTMLElement, proof: RecordProof, found: Checked, body: boolean): void {
  el.dataset["proof"] = found.ok ? "checked" : "fails";
  const signature = { holds: "signature holds", fails: "signature fails", "not checked here": "signature: this browser cannot check it" }[found.signature];
  replace(
    el,
    h("p", {}, h("b", {}, found.ok ? "✓ Checked in this browser" : `✗ ${found.reason}`), ` · ${comma(proof.size)} records`),
    stairs(found.steps.length),
    h("p", { class: "small" }, `This ${proof.kind ?? "record"}, index ${comma(proof.index)}: ${proof.body === undefined ? "" : "body, "}leaf, ${found.steps.length - 1} steps to the root; ${signature}.`),
    h("code", { title: proof.root }, `root ${short(proof.root)}`),
    proof.body === undefined
      ? h("p", { class: "small", "data-withheld": "" }, proof.withheld ?? "")
      : body
      ? h("pre", { tabindex: "0" }, JSON.stringify(JSON.parse(proof.body), null, 1))
      : h("p", { class: "small" }, h("a", { href: address("record", String(proof.index)) }, "Read the record")),
  );
}

/** The path as stairs from leaf to root: filled what we hashed, open what the ledger gave. */
function stairs(n: number): SVGElement {
  const [w, height] = [316, 78];
  const at = (k: number): [number, number] => [14 + (k * (w - 60)) / Math.max(1, n - 1), height - 12 - (k * (height - 30)) / Math.max(1, n - 1)];
  const nodes = Array.from({ length: n }, (_, k) => at(k));
  return s(
    "svg",
    { viewBox: `0 0 ${w} ${height}`, width: "100%", role: "img", "aria-label": `${n - 1} hashes lead from this record to the root` },
    s("path", { d: nodes.map(([x, y], k) => `${k ? "L" : "M"}${x} ${y}`).join(""), fill: "none", stroke: "var(--text)", "stroke-width": 1.8 }),
    nodes.map(([x, y], k) => [
      k > 0 && s("path", { d: `M${x} ${y}v11`, stroke: "var(--edge)" }),
      k > 0 && s("rect", { x: x - 3, y: y + 9, width: 6, height: 6, fill: "var(--panel)", stroke: "var(--edge)" }),
      s("rect", { x: x - 3.5, y: y - 3.5, width: 7, height: 7, fill: "var(--text)" }),
    ]).flat() as SVGElement[],
    s("text", { x: w - 40, y: 20, class: "strong" }, "root"),
  );
}
