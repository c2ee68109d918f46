// SPDX-License-Identifier: Apache-2.0
/** What each side claims, and what could have been seen. Units that must not be compared are parted by a zigzag. */

import { h, s } from "../dom";
import { clock, comma, date, HOUR, short, type Model } from "../model";
import { address, type Route } from "../route";
import { hatch, statusMark } from "../symbols";
import type { ClaimRow, LineView } from "../types";
import { claimForm } from "./claimform";
import { heading } from "./parts";

const W = 960;
const LEFT = 190;

export function claimsScreen(model: Model, route: Route): HTMLElement {
  const line = model.line(Math.max(0, model.page.lines.findIndex((one) => one.name === route.params.get("line"))));
  const [main, others] = split(line.claims);
  return h(
    "div",
    { class: "screen" },
    heading("What each side claims, and what could have been seen", h("p", {}, model.page.sentences["claims"]), h("p", {}, h("button", { class: "button", type: "button", click: toForm }, "Check a claim of your own"))),
    h(
      "div",
      { class: "cols claims" },
      h(
        "div",
        {},
        line.claims.length === 0 && h("p", {}, "No claim is known for this truce."),
        h("div", { class: "cards" }, main.map((claim) => card(claim, true)), others.map((claim) => card(claim, false))),
        h("section", { class: "block" }, h("h2", {}, "The hours each figure covers, and the passes inside them"), chart(hours(model, line.claims), "Hours covered")),
        h("section", { class: "block" }, h("h2", {}, "What was seen, and what that is compatible with"), chart(counts(line), "Seen, compatible, claimed"), h("p", { class: "soft" }, line.estimate.text)),
        model.page.lines.length > 1 && h("p", { class: "block soft" }, model.page.sentences["line"]),
        claimForm(),
      ),
      reasons(model, line, main),
    ),
  );
}

/** The form stands below the claims of the truce: on a phone, some screens below. */
const toForm = (): void => document.getElementById("claim-text")?.focus();

/** Each party's fullest figure first (one card each), the others after. */
function split(claims: ClaimRow[]): [ClaimRow[], ClaimRow[]] {
  const main: ClaimRow[] = [];
  for (const party of new Set(claims.map((c) => c.party ?? c.claimant))) {
    const mine = claims.filter((c) => (c.party ?? c.claimant) === party && c.value !== null);
    const best = mine.sort((a, b) => (b.value as number) - (a.value as number))[0];
    if (best) main.push(best);
  }
  return [main, claims.filter((c) => !main.includes(c))];
}

function card(claim: ClaimRow, large: boolean): HTMLElement {
  const source = /^https:/.test(claim.url) ? h("a", { href: claim.url, rel: "noreferrer" }, claim.source) : claim.source;
  const pairs: [string, string | Node][] = [["Accuses", claim.accused], ["Covers", claim.covers], ["By kind", claim.by_kind], ["Said by", claim.said_by], ["Source", source], ["Support", claim.confidence || "not stated"]];
  return h(
    "section",
    { class: "card" },
    h("p", {}, h("span", { class: large && claim.figure.length < 16 ? "figure" : "figure less" }, claim.figure), claim.unit ? `${claim.unit}, says ` : "says ", h("b", {}, claim.claimant)),
    h("dl", { class: "pairs" }, pairs.map(([k, v]) => [h("dt", {}, k), h("dd", {}, v)])),
    h("p", { class: "verdict" }, statusMark(claim.verdict), claim.verdict_text),
    h("p", { class: "small" }, h("a", { href: address("record", String(claim.index)) }, `record ${comma(claim.index)}`)),
  );
}

const chart = (svg: SVGElement, label: string): HTMLElement => h("div", { class: "chart", tabindex: "0", role: "region", "aria-label": label }, svg);

function hours(model: Model, claims: ClaimRow[]): SVGElement {
  const [t0, t1] = model.truce;
  const from = Math.min(t0, ...claims.map((c) => c.start ?? t0));
  const to = Math.max(t1, ...claims.map((c) => c.end ?? t1));
  const x = (t: number): number => LEFT + ((t - from) / (to - from)) * (W - LEFT - 16);
  const height = claims.length * 44 + 24;
  const { looks, groups } = model.page;
  const inside = looks.start.map((t, k) => (t + (looks.end[k] as number)) / 2).filter((t) => t > from && t < to);
  const step = [1, 2, 3, 6, 12, 24].map((n) => n * HOUR).find((n) => ((W - LEFT) * n) / (to - from) > 100) ?? 24 * HOUR;
  const ticks: SVGElement[] = [];
  for (let t = Math.ceil(from / step) * step; t <= to; t += step) {
    const anchor = x(t) > W - 40 ? "end" : "middle";
    ticks.push(
      s("path", { d: `M${x(t)} ${height}v6`, stroke: "var(--edge)" }),
      s("text", { x: x(t), y: height + 20, "text-anchor": anchor, class: "strong" }, t % 86_400 ? clock(t) : `00:00 ${date(t)}`),
      s("text", { x: x(t), y: height + 36, "text-anchor": anchor, class: "soft" }, clock(t, model.offset)),
    );
  }
  return s(
    "svg",
    { width: W, height: height + 44, role: "img", "aria-label": claims.map((c) => `${c.claimant}, ${c.figure}: ${c.covers}, ${c.passes}`).join(". ") },
    s("defs", {}, hatch("claims-hatch", 7, "var(--hatch)", "none"), fade()),
    s("rect", { x: LEFT, y: 0, width: W - LEFT - 16, height, fill: "url(#claims-hatch)" }),
    groups.filter((g) => g.end > from && g.start < to).map((g) => s("rect", { x: x(Math.max(from, g.start)), y: 0, width: Math.max(2, x(Math.min(to, g.end)) - x(Math.max(from, g.start))), height, fill: "var(--seen-soft)" })),
    claims.map((c, k) => claimBar(c, 14 + k * 44, x, to)),
    inside.map((t) => s("path", { d: `M${x(t)} 0V${height}`, stroke: "var(--seen)", "stroke-width": 1.4 })),
    claims.map((c, k) => claimWords(c, 14 + k * 44, x, to)),
    ticks,
    s("text", { x: LEFT - 16, y: height + 20, "text-anchor": "end", class: "strong" }, "UTC"),
    s("text", { x: LEFT - 16, y: height + 36, "text-anchor": "end", class: "soft" }, `local, ${model.page.truce.local}`),
  );
}

function fade(): SVGElement {
  return s("linearGradient", { id: "claims-fade" }, s("stop", { offset: "0", "stop-color": "var(--text)" }), s("stop", { offset: "0.35", "stop-color": "var(--text)" }), s("stop", { offset: "1", "stop-color": "var(--panel)" }));
}

function claimBar(c: ClaimRow, y: number, x: (t: number) => number, to: number): SVGElement | null {
  if (c.start === null) return null;
  const [a, b] = [x(c.start), x(c.end ?? to)];
  return s(
    "g",
    {},
    s("rect", { x: a, y: y - 2, width: b - a, height: 24, fill: "var(--panel)" }),
    s("rect", { x: a, y, width: b - a, height: 20, fill: c.end === null ? "url(#claims-fade)" : "var(--text)" }),
  );
}

function claimWords(c: ClaimRow, y: number, x: (t: number) => number, to: number): SVGElement {
  const label = s("text", { x: LEFT - 16, y: y + 15, "text-anchor": "end", class: "strong" }, s("title", {}, c.claimant), short(c.claimant, 26));
  if (c.start === null) return s("g", {}, label, s("rect", { x: LEFT, y, width: Math.min(W - LEFT - 16, (c.figure.length + c.covers.length) * 6.4 + 24), height: 20, fill: "var(--panel)" }), s("text", { x: LEFT + 8, y: y + 15 }, `${c.figure}: ${c.covers}`));
  const [a, b] = [x(c.start), x(c.end ?? to)];
  const words = c.end === null ? "cut-off not stated" : c.passes;
  const at = c.end === null ? b - words.length * 6.4 - 50 : Math.min(b + 8, W - words.length * 6.4 - 24);
  return s(
    "g",
    {},
    label,
    s("text", { x: a + 10, y: y + 15, class: "strong inverse" }, c.figure),
    s("rect", { x: at, y, width: words.length * 6.4 + 8, height: 20, fill: "var(--panel)" }),
    s("text", { x: at + 4, y: y + 15 }, words),
  );
}

function counts(line: LineView): SVGElement {
  const e = line.estimate;
  const claims = line.claims.filter((c) => c.value !== null);
  const top = Math.max(10, e.high ?? 0, e.seen, ...claims.map((c) => c.value as number));
  const decades = Math.ceil(Math.log10(top * 1.5));
  const x = (v: number): number => LEFT + 60 + (Math.log10(Math.max(1, v)) / decades) * (W - LEFT - 150);
  const ticks = Array.from({ length: decades + 1 }, (_, k) => 10 ** k);
  const height = 130;
  const zig = (a: number, b: number): string => Array.from({ length: Math.floor((b - a) / 8) }, (_, k) => `${k ? "L" : "M"}${a + k * 8} ${height + 42 + (k % 2 ? 5 : -5)}`).join("");
  return s(
    "svg",
    { width: W, height: height + 100 + claims.length * 18, role: "img", "aria-label": `${e.seen_text}. ${e.text} Claims, in another unit: ${claims.map((c) => `${c.claimant} ${c.figure}`).join(", ")}.` },
    ticks.map((v) => s("g", {}, s("path", { d: `M${x(v)} 8V${height - 20}`, stroke: "var(--rule)" }), s("text", { x: x(v), y: height - 4, "text-anchor": "middle", class: "soft" }, comma(v)))),
    s("text", { x: LEFT + 40, y: 36, "text-anchor": "end", class: "strong" }, "Seen: events"),
    e.seen > 0 && s("g", {}, s("circle", { cx: x(e.seen), cy: 32, r: 6, fill: "var(--panel)", stroke: "var(--happened)", "stroke-width": 2 }), s("circle", { cx: x(e.seen), cy: 32, r: 2, fill: "var(--happened)" })),
    s("text", { x: e.seen > 0 ? x(e.seen) + 14 : LEFT + 66, y: 37, class: "strong" }, e.seen > 0 ? e.seen : "none seen"),
    s("text", { x: LEFT + 40, y: 78, "text-anchor": "end", class: "strong" }, "Compatible with that, 90\u00a0%"),
    interval(line, x),
    s("path", { d: zig(10, 250), fill: "none", stroke: "var(--text2)" }),
    s("path", { d: zig(W - 250, W - 10), fill: "none", stroke: "var(--text2)" }),
    s("text", { x: W / 2, y: height + 46, "text-anchor": "middle", class: "strong" }, "Different unit below. Do not compare across this line."),
    s("text", { x: LEFT + 40, y: height + 82, "text-anchor": "end", class: "strong" }, "Claimed “violations”"),
    claims.map((c, k) => s("g", {}, s("path", { d: `M${x(c.value as number)} ${height + 70 + k * 18}v14`, stroke: "var(--text)", "stroke-width": 3 }), s("text", { x: x(c.value as number) - 8, y: height + 82 + k * 18, "text-anchor": "end", class: "strong" }, short(`${c.figure} ${c.claimant}`, 60)))),
  );
}

function interval(line: LineView, x: (v: number) => number): SVGElement {
  const { low, mid, high, short } = line.estimate;
  if (low === null || high === null) return s("text", { x: LEFT + 66, y: 78, class: "strong" }, short);
  const [a, b] = [x(low), x(high)];
  const words = `${short} ${line.estimate.unit.split(",")[0] ?? ""}`;
  const room = W - b > words.length * 6.4 + 20;
  return s(
    "g",
    {},
    s("rect", { x: a, y: 67, width: Math.max(2, b - a), height: 12, fill: "var(--c2)" }),
    s("path", { d: `M${a} 64v18M${b} 64v18M${a} 73H${b}`, stroke: "var(--seen)", "stroke-width": 2 }),
    mid !== null && s("circle", { cx: x(mid), cy: 73, r: 4.5, fill: "var(--seen)" }),
    s("text", { x: room ? b + 12 : W - 16, y: room ? 78 : 60, "text-anchor": room ? "start" : "end", class: "strong" }, words),
  );
}

function reasons(model: Model, line: LineView, main: ClaimRow[]): HTMLElement {
  const shared: [string, string[]][] = [];
  for (const claim of main) {
    for (const [title, text] of claim.reasons) {
      const held = shared.find(([name]) => name === title);
      const said = main.length > 1 && !main.every((c) => c.reasons.some(([, t]) => t === text)) ? `${claim.claimant}: ${text}` : text;
      if (!held) shared.push([title, [said]]);
      else if (!held[1].includes(said)) held[1].push(said);
    }
  }
  const judged = main.some((c) => c.verdict !== "cannot be judged");
  return h(
    "aside",
    { class: "side", "aria-label": "Reasons" },
    h("h2", {}, judged ? "What these sensors can say, and why" : "Why these cannot be judged"),
    shared.map(([title, texts]) => h("div", { class: "reason" }, h("h3", {}, title), texts.map((text) => h("p", {}, text)))),
    !shared.some(([title]) => title === "Reference act") && h("div", { class: "reason" }, h("h3", {}, "Reference act"), h("p", {}, `Of such acts: ${line.coverage.act}. Coverage ${line.coverage.short} (${line.coverage.range}).`)),
    h("p", {}, h("a", { class: "button", href: "/summary.json" }, "Download as data")),
    h("p", { class: "small soft" }, `${model.page.sentences["order"]} A claim never starts a clock.`),
  );
}
