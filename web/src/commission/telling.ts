// SPDX-License-Identifier: Apache-2.0
/** Acts, proposals and findings in words. What people said stands as they said it. */

import { h, type Child } from "../dom";
import { statusMark } from "../symbols";
import type { Desk } from "./desk";
import { ROLE } from "./desk";
import { exhibitName, type About } from "./fields";
import type { Act, Finding, Proposal } from "./types";
import { capital, pairs, share, told, word } from "./view";

const TITLES: Record<string, string> = {
  open: "Case opened",
  evidence: "Evidence added",
  grade: "Evidence graded anew",
  custody: "Evidence handed on",
  withdraw_evidence: "Evidence withdrawn",
  assess: "Assessed under each reading",
  attribute: "Attribution weighed",
  test_exceptions: "Exceptions tested",
  notice: "Notice to both liaisons",
  request: "Asked",
  outcome: "Outcome of a request",
  outage: "The centre could not be reached",
  conflict: "A seat steps back: conflict of interest",
  boycott: "A seat stays away",
  return: "A seat returns",
  note: "Note of the deliberation",
  propose: "Finding put to the vote",
  determine: "Determined",
  remedy: "Remedy asked for",
  verify_remedy: "Remedy verified",
  release: "Release asked for",
  redact: "Redaction asked for",
  approve: "Approved by a second person",
  merge: "Merged into another case",
  absorb: "Another case taken over",
  split: "Split off",
  reopen: "Reopened",
  close: "Case closed",
};

/** One line that says what an act did. */
export function actTitle(act: Act, desk: Desk): string {
  const party = desk.name(act.data["party"] as string | undefined) || "A party";
  switch (act.kind) {
    case "acknowledge":
      return `${party} acknowledged`;
    case "order":
      return `${party} gave the order`;
    case "silence":
      return `Silence observed: ${party}`;
    case "allege":
      return `Allegation to ${party} asked for`;
    case "reply":
      return `${party} replied`;
    case "report_remedy":
      return `${party} reports a remedy done`;
    case "vote":
      return `${act.by.seat ? desk.seat(act.by.seat) : "A seat"} voted ${word(String(act.data["choice"]))}`;
    case "request":
      return `Asked for ${act.data["what"] === "inspection" ? "an inspection" : `a ${act.data["what"]}`}`;
    default:
      return TITLES[act.kind] ?? capital(word(act.kind));
  }
}

/** Who did it: a name where it is told, the office always. */
export function who(by: Act["by"], desk: Desk): string {
  const office = [ROLE[by.role] ?? by.role, by.of ? desk.name(by.of) : ""].filter(Boolean).join(", ");
  return by.user && by.role !== "machine" ? `${office} (${by.user})` : office;
}

/** Everything an act says, for whoever must read it before approving or checking it. */
export function actWords(act: Act, about: About): HTMLElement {
  const { desk } = about;
  return h(
    "section",
    { class: "card act" },
    h("h2", { class: "minor" }, actTitle(act, desk)),
    h("p", { class: "soft" }, `${who(act.by, desk)}, ${told(act.at)}, record ${act.record.toLocaleString("en")}`),
    h("p", { class: "said" }, act.reason),
    pairs(Object.entries(act.data).map(([name, value]): [string, Child] => [capital(word(name)), data(value, name, about)])),
  );
}

/** A value of an act's data as text. */
function data(value: unknown, name: string, about: About): Child {
  if (value === null || value === undefined) return "none";
  if (name === "party" || name === "complainant") return about.desk.name(String(value));
  if (Array.isArray(value)) return value.map((one) => (typeof one === "object" ? JSON.stringify(one) : exhibitName(about.acts, String(one)))).join("; ") || "none";
  if (typeof value === "object") return Object.entries(value as Record<string, unknown>).map(([k, v]) => `${word(k)}: ${typeof v === "object" ? JSON.stringify(v) : String(v)}`).join("; ");
  return String(value);
}

const LADDER = ["alleged", "detected", "recorded", "corroborated", "verified breach", "clear breach"];

/** The ladder of status, with the word of where it stands; an exit stands beside it. */
export function ladder(status: string | null): HTMLElement {
  const reached = status === null ? -1 : LADDER.indexOf(status);
  return h(
    "ol",
    { class: "ladder", "aria-label": `Status: ${status ?? "no finding yet"}` },
    LADDER.map((one, k) => h("li", { class: k <= reached ? "reached" : "" }, statusMark(one), k === reached ? h("b", {}, one) : one)),
    status !== null && reached < 0 && h("li", { class: "reached" }, h("b", {}, status)),
  );
}

export function coverageWords(c: Finding["coverage"]): string {
  if (typeof c.share !== "number") return "not said";
  return `${share(c.share)} of ${c.reference_act ?? "the reference act"}${c.period ? `, ${c.period}` : ""}`;
}

export function attributionWords(attribution: string, party: string | null, desk: Desk): string {
  if (party) return `${attribution}: ${desk.name(party)}`;
  return attribution === "none" || attribution === "sector" ? attribution : `${attribution}; whom is not told here`;
}

/** A proposal with all that a voter needs to have read. */
export function proposalWords(proposal: Proposal, about: About): HTMLElement {
  const { desk, acts } = about;
  const made = acts.find((act) => act.act === proposal.proposal);
  const d = made?.data ?? {};
  const basis = (d["basis"] as string[] | undefined) ?? [];
  return h(
    "section",
    { class: "card act" },
    h("h2", { class: "minor" }, proposal.provisional ? "Proposed, as a provisional finding" : "Proposed finding"),
    made && h("p", { class: "said" }, made.reason),
    pairs([
      ["Status", proposal.status],
      ["Attribution", attributionWords(proposal.attribution, proposal.party, desk)],
      ["Severity", d["severity"] as string],
      ["Intent", d["intent"] as string],
      ["Coverage", coverageWords((d["coverage"] ?? {}) as Finding["coverage"])],
      ["Reading", desk.listed("readings").find((r) => r.id === d["reading"])?.text ?? (d["reading"] as string)],
      ["Rests on", basis.length ? h("ul", {}, basis.map((id) => h("li", {}, exhibitName(acts, id)))) : null],
      ["Still lacks", proposal.lacks.length ? h("ul", {}, proposal.lacks.map((one) => h("li", {}, one))) : "nothing"],
      ["Votes until", told(proposal.deadline)],
    ]),
  );
}

/** A finding: three axes side by side, coverage beside the count, dissents. */
export function findingWords(finding: Finding, desk: Desk): HTMLElement {
  return h(
    "section",
    { class: "card act finding" },
    h("h2", { class: "minor" }, finding.provisional ? "Provisional finding" : "Finding", finding.superseded && h("span", { class: "soft" }, finding.superseded === "withheld" ? " (superseded by one you may not read)" : finding.superseded === "reopened" ? " (reopened)" : " (superseded)")),
    h("p", { class: "soft" }, told(finding.at)),
    ladder(finding.status),
    pairs([
      ["Attribution", attributionWords(finding.attribution, finding.party, desk)],
      ["Severity", finding.severity],
      ["Intent", finding.intent],
      ["Coverage", coverageWords(finding.coverage)],
      ["Reading", desk.listed("readings").find((r) => r.id === finding.reading)?.text ?? finding.reading],
      ["Provisions", finding.provisions.map((id) => desk.listed("provisions").find((p) => p.id === id)?.text ?? id).join("; ")],
      ["Standard met by", finding.standard_met_by.map(word).join("; ")],
      ["Dissents", finding.dissents.length ? h("ul", {}, finding.dissents.map((d) => h("li", {}, h("b", {}, desk.seat(d.seat)), `: ${d.reason ?? "reason not told here: it names a party"}`))) : "none"],
    ]),
  );
}
