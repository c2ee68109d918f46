// SPDX-License-Identifier: Apache-2.0
/** The case room: the order of things, what was said and what shows it, and what is still needed. */

import { h, type Child } from "../dom";
import { address, type Route } from "../route";
import { all, read } from "./api";
import type { Desk } from "./desk";
import { FORMS, type About } from "./fields";
import { middle } from "./roomparts";
import { actTitle, attributionWords, coverageWords, ladder, who } from "./telling";
import type { Act, Case, CaseLine, Note } from "./types";
import { capital, caveat, doing, empty, left, link, loaded, moment, step, stretch, told, top, word } from "./view";

const DELIBERATING = ["commissioner", "secretariat", "auditor", "analyst"];

export function casesScreen(desk: Desk): HTMLElement {
  return loaded("Cases", async () => {
    const { items, more } = await all<CaseLine>("/cases", "cases");
    return [
      top(null, "Cases", h("div", { class: "acts" }, desk.may("open") && doing(address("act", "", { kind: "open" }, false), "Open a case"))),
      h(
        "div",
        { class: "body" },
        items.length === 0 && empty(desk.signedIn ? "No cases. A case opens from an event, a complaint, a self-report or a call." : "No cases that were released to everybody. What is not released is counted under Findings."),
        h("ol", { class: "rows" }, items.map((line) => h("li", {}, step(line.state === "closed" || line.state === "found" ? "done" : "next"), h("div", {}, h("a", { href: address("case", line.case, {}, false) }, h("b", {}, line.title ?? "A case released to you")), h("br"), h("span", { class: "soft" }, [line.exit ?? line.state, line.findings ? `${line.findings} ${line.findings === 1 ? "finding" : "findings"} you may read` : ""].filter(Boolean).join("; "))), h("span", { class: "due" }, line.due ? [h("b", {}, capital(word(line.due.what))), h("br"), left(line.due.at)] : h("span", { class: "soft" }, "no clock runs"))))),
        more && h("p", { class: "soft" }, "There are more than are shown here."),
      ),
    ];
  });
}

export function caseScreen(desk: Desk, route: Route): HTMLElement {
  return loaded("Case", async () => {
    const path = `/cases/${encodeURIComponent(route.id)}`;
    const [room, acts, notes] = await Promise.all([read<Case>(path), all<Act>(`${path}/acts`, "acts"), DELIBERATING.includes(desk.me.role) ? all<Note>(`${path}/notes`, "notes") : { items: [] }]);
    const about: About = { desk, room, acts: acts.items, params: route.params };
    const outside = room.state === undefined;
    return [
      head(room, about),
      h("div", { class: outside ? "cols room outside" : "cols room" }, !outside && order(about), h("div", { class: "middle" }, await middle(room, about, notes.items)), !outside && side(room, about)),
      caveat(`${room.caveat}${room.withheld?.exhibits ? ` ${room.withheld.exhibits} exhibits are not shown to you.` : ""}`),
    ];
  });
}

function head(room: Case, about: About): HTMLElement {
  const { desk } = about;
  const found = room.findings.find((one) => one.superseded === null);
  const axis = (label: string, value: Child): HTMLElement => h("div", {}, h("dt", {}, label), h("dd", {}, value));
  return top(
    [link(address("cases", "", {}, false), "Cases"), room.opened && [" / opened ", moment(desk, room.opened)]],
    room.title ?? "A case released to you",
    h("p", { class: "releasable" }, room.caveat),
    h("div", { class: "acts" }, room.state !== undefined && acts(room, about)),
    h(
      "dl",
      { class: "axes" },
      axis("Status", ladder(found?.status ?? null)),
      axis("Attribution", found ? attributionWords(found.attribution, found.party, desk) : "no finding yet"),
      axis("Severity", found?.severity ?? "no finding yet"),
      axis("Intent", found?.intent ?? "no finding yet"),
      axis("Coverage", found ? coverageWords(found.coverage) : "said with each finding"),
    ),
  );
}

/** What the buttons say that open a form. */
const OPENS: Record<string, string> = { request: "Ask for a look", note: "Leave a note", propose: "Propose a finding", allege: "Put an allegation" };

/** The acts a person may do here, the likeliest first; the rest behind one button. */
function acts(room: Case, { desk }: About): Child {
  const open = room.state !== "closed" && room.state !== "merged";
  const to = (kind: string, params: Record<string, string> = {}): string => address("act", room.case, { kind, ...params }, false);
  const mine = desk.me.of ?? "";
  const vote = room.proposals?.find((p) => p.outcome === null && desk.me.seat !== null && p.waiting.includes(desk.me.seat));
  const first: [string, string, boolean][] = [];
  if (desk.me.role === "liaison") {
    const served = room.notices?.[mine];
    if (served && !(served.acknowledged && served.ordered)) first.push([address("notice", room.case, {}, false), served.acknowledged ? "The order is given" : "Acknowledge", true]);
    if (room.allegations?.[mine]) first.push([to("reply"), "Reply in full", room.allegations[mine].replies.length === 0]);
  }
  if (vote) first.push([to("vote", { proposal: vote.proposal }), "Vote", true]);
  const OFTEN = ["request", "evidence", "note", "propose", "allege", "notice"];
  const HERE = Object.keys(FORMS).filter((kind) => !["open", "acknowledge", "order", "reply", "vote", "approve", "silence", "return"].includes(kind) && desk.may(kind));
  const often = OFTEN.filter((kind) => HERE.includes(kind) && !(kind === "notice" && Object.keys(room.notices ?? {}).length)).slice(0, 3);
  const rest = HERE.filter((kind) => !often.includes(kind));
  return [
    first.map(([href, label, main]) => doing(href, label, main)),
    open && often.map((kind) => doing(to(kind), OPENS[kind] ?? FORMS[kind]?.act ?? kind)),
    rest.length > 0 && h("details", { class: "more" }, h("summary", { class: "button" }, "More"), h("ul", {}, rest.map((kind) => h("li", {}, link(to(kind), FORMS[kind]?.title ?? kind))))),
  ];
}

function order({ desk, acts: done }: About): HTMLElement {
  const party = (act: Act): boolean => act.by.role === "liaison";
  const shown = done.filter((act) => act.kind !== "note");
  return h(
    "aside",
    { class: "first", "aria-label": "What happened, in order" },
    h("h2", {}, "What happened, in order"),
    shown.length === 0 && h("p", { class: "soft" }, "No act that you may read."),
    h("ol", { class: "line" }, shown.map((act) => h("li", { class: party(act) ? "party" : act.by.role === "machine" ? "machine" : "" }, h("div", {}, h("b", {}, actTitle(act, desk)), h("br"), h("span", { class: "soft" }, told(act.at), `, record ${act.record.toLocaleString("en")}`), !["acknowledge", "order"].includes(act.kind) && act.by.role !== "machine" && h("span", { class: "soft" }, `, ${who(act.by, desk)}`))))),
  );
}

function side(room: Case, about: About): HTMLElement {
  return h("aside", { class: "side", "aria-label": "Time, what is needed, votes" }, clocks(room, about), needed(room, about), steps(room, about), votes(room, about));
}

function clocks(room: Case, { desk }: About): HTMLElement {
  const c = room.clocks;
  const rows: [string, Child][] = [];
  if (c?.notice_due) rows.push(["Notice to both", h("b", {}, left(c.notice_due))]);
  if (typeof c?.notice_minutes === "number") rows.push(["Notice", `${stretch(c.notice_minutes)} after the opening${c.notice_in_time ? ", in time" : ", late"}`]);
  if (typeof c?.silence_minutes === "number") rows.push(["Silence", `${stretch(c.silence_minutes)} after the opening`]);
  const due = Object.entries(c?.reply_due ?? {}).sort(([a], [b]) => desk.order(room.opened).indexOf(a) - desk.order(room.opened).indexOf(b));
  for (const [party, at] of due) {
    const replied = room.allegations?.[party]?.replies.length;
    rows.push([`Reply, ${desk.name(party)}`, replied ? "replied" : at ? [h("b", {}, left(at)), h("br"), h("span", { class: "soft" }, told(at))] : "no time set"]);
  }
  for (const p of room.proposals ?? []) if (p.outcome === null) rows.push(["Votes", [h("b", {}, left(p.deadline)), h("br"), h("span", { class: "soft" }, told(p.deadline))]]);
  for (const r of room.remedies ?? []) if (r.result !== "done" && r.due) rows.push([`Remedy: ${word(r.kind)}`, [h("b", {}, left(r.due)), h("br"), h("span", { class: "soft" }, told(r.due))]]);
  if (typeof c?.first_finding_hours === "number") rows.push(["First finding", `${stretch(c.first_finding_hours * 60)} after the opening`]);
  return h("section", {}, h("h2", {}, "Time"), rows.length === 0 ? h("p", { class: "soft" }, "No clock runs. Claims do not start clocks.") : h("dl", { class: "list clocks" }, rows.map(([label, value]) => h("div", {}, h("dt", {}, label), h("dd", {}, value)))));
}

/** What a clear breach asks for, as far as this person can see it; what an open vote still lacks, in the rules' words. */
function needed(room: Case, { desk, acts: done }: About): Child {
  if (!DELIBERATING.includes(desk.me.role)) return null;
  const good = room.exhibits.filter((x) => !x.withdrawn && x.chain === "whole" && x.counters === null);
  const kinds = [...new Set(good.map((x) => x.modality))];
  const owners = new Set(good.map((x) => x.owner));
  const tested = [...done].reverse().find((act) => act.kind === "test_exceptions");
  const told_ = (tested?.data["exceptions"] ?? []) as { id: string; applies: string }[];
  const heard = Object.values(room.allegations ?? {});
  const weighed = [...done].reverse().find((act) => act.kind === "attribute");
  const best = Object.entries((weighed?.data["hypotheses"] ?? {}) as Record<string, number>).sort(([, a], [, b]) => b - a);
  const voted = Math.max(0, ...(room.proposals ?? []).map((p) => p.votes.length));
  const rows: [boolean, string, string][] = [
    [kinds.length > 1 && owners.size > 1, "Two independent kinds of sensor", kinds.length ? `${kinds.map(word).join(", ")}; ${owners.size} ${owners.size === 1 ? "owner" : "owners"}` : "no exhibit yet"],
    [!!tested && told_.every((one) => one.applies === "no") && !!tested.data["notices_matched"], "Every exception tested", tested ? `${told_.map((one) => `${one.id}: ${one.applies}`).join("; ") || "none is listed"}${tested.data["notices_matched"] ? "; notices compared" : "; notices not compared"}` : "not tested yet"],
    [heard.length > 0 && heard.every((one) => one.replies.length > 0 || (one.due !== null && Date.parse(one.due) < Date.now())), "The accused heard, or the time run out", heard.length === 0 ? "no allegation served" : heard.map((one) => (one.replies.length ? "replied" : one.due ? left(one.due) : "no time set")).join("; ")],
    [(best[0]?.[1] ?? 0) >= 0.8 && desk.terms.parties.some((p) => p.id === best[0]?.[0]), "Attribution at the threshold", best.length ? best.map(([name, p]) => `${desk.name(name)} ${Math.round(p * 100)} %`).join(", ") : "not weighed, or not yours to read"],
    [desk.terms.quorum !== null && voted >= desk.terms.quorum, `Votes: ${desk.terms.quorum ?? "no quorum agreed"}${desk.terms.quorum === null ? "" : ` of ${desk.terms.seats.length}`}`, `${voted} cast; rule: ${desk.terms.rule ?? "none agreed"}; recused: ${desk.terms.recused}`],
  ];
  const lacks = (room.proposals ?? []).filter((p) => p.outcome === null).flatMap((p) => p.lacks);
  return h(
    "section",
    {},
    h("h2", {}, "Needed before ", h("i", {}, "clear breach")),
    h("ol", { class: "checks" }, rows.map(([ok, title, note]) => h("li", { class: ok ? "ok" : "" }, step(ok ? "done" : "waits"), h("div", {}, h("span", { class: "hidden" }, ok ? "Met: " : "Not met: "), title, h("br"), h("span", { class: "soft" }, note))))),
    lacks.length > 0 && [h("h3", {}, "The open vote still lacks"), h("ul", { class: "bullets" }, lacks.map((one) => h("li", {}, one)))],
    (room.in_the_way ?? []).map((one) => h("p", { class: "in-the-way" }, h("b", {}, capital(one.state)), `: ${one.follows}.`)),
  );
}

function steps(room: Case, { desk }: About): Child {
  const may = desk.may("approve");
  return (
    (room.pending?.length ?? 0) > 0 &&
    h(
      "section",
      {},
      h("h2", {}, "Waits for a second person"),
      h("ul", { class: "changes" }, room.pending?.map((one) => h("li", {}, h("span", {}, capital(word(one.kind)), h("br"), h("span", { class: "soft" }, `by ${one.by}, ${told(one.since)}`)), may && one.by !== desk.me.user ? doing(address("act", room.case, { kind: "approve", of: one.step }, false), "Read and approve") : h("span", { class: "soft" }, one.by === desk.me.user ? "not by you" : "")))),
    )
  );
}

function votes(room: Case, { desk }: About): Child {
  return (room.proposals ?? []).map((p) => {
    const by = (choice: string): string[] => p.votes.filter((v) => v.choice === choice).map((v) => desk.seat(v.seat));
    const row = (label: string, seats: string[]): HTMLElement => h("li", {}, h("span", {}, h("strong", {}, label), " ", seats.join(", ")), h("b", {}, seats.length));
    return h(
      "section",
      {},
      h("h2", {}, `Votes on ${p.provisional ? "a provisional finding: " : ""}${p.status}`),
      h("ul", { class: "changes" }, row("For", by("for")), row("Against, with reasons", by("against")), row("Abstained", by("abstain")), p.outcome === null && row("Not yet", p.waiting.map((seat) => desk.seat(seat)))),
      p.votes.filter((v) => v.choice === "against").map((v) => h("p", { class: "soft" }, h("b", {}, `${desk.seat(v.seat)}: `), v.reason ?? "reason not told here: it names a party")),
      p.outcome ? h("p", {}, `Outcome: ${p.outcome}.`) : h("p", { class: "soft" }, `Quorum ${desk.terms.quorum ?? "not agreed"}. Votes until ${told(p.deadline)}.`),
      p.outcome === null && desk.may("determine") && p.waiting.length === 0 && doing(address("act", room.case, { kind: "determine", proposal: p.proposal }, false), "Determine"),
    );
  });
}
