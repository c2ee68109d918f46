// SPDX-License-Identifier: Apache-2.0
/** Every act's form: its fields, its button, and what it leads to. One table; docs/reference/case-acts.md has the acts. */

import type { Desk } from "./desk";
import type { Act, Case } from "./types";
import { capital, likely, share, told, word } from "./view";

/** What a form is about. */
export interface About {
  desk: Desk;
  /** The case; null: it is about to be opened. */
  room: Case | null;
  acts: Act[];
  params: URLSearchParams;
}

export type Said = Record<string, unknown>;
type Options = (about: About) => [string, string][];

export interface Field {
  /** Name in the act's data; a dot goes one level down. */
  name: string;
  label: string;
  kind: "line" | "long" | "pick" | "picks" | "check" | "number" | "numbers" | "share" | "moment" | "files" | "shares" | "ranges" | "exceptions";
  options?: Options;
  optional?: boolean;
  help?: string;
  /** Whether it is asked at all. */
  when?: (about: About) => boolean;
}

export interface Form {
  /** What the button says. */
  act: string;
  title: string;
  lead?: string;
  fields: Field[];
  /** What the act leads to, said before it is done; then a second press is needed. */
  leads?: (said: Said, about: About) => string;
  /** The last button, where what was chosen belongs on it. */
  last?: (said: Said) => string;
  /** Asked for its reason under this label; null: the reason given here is sent. */
  why?: string;
  reason?: string;
  /** Whether it is refused if the case changed meanwhile. */
  seen?: boolean;
}

const plain = (list: string[]): [string, string][] => list.map((one) => [one, capital(word(one))]);
const parties: Options = ({ desk }) => desk.order().map((id) => [id, desk.name(id)]);
const ownParty: Options = ({ desk }) => (desk.me.role === "liaison" && desk.me.of ? [[desk.me.of, desk.name(desk.me.of)]] : parties({ desk } as About));

/** What an exhibit is called: what it shows, in the words of whoever brought it, and its grade. */
export function exhibitName(acts: Act[], id: string): string {
  const act = acts.find((one) => one.act === id);
  return act ? act.reason : id;
}

const exhibits: Options = ({ room, acts }) => (room?.exhibits ?? []).filter((x) => !x.withdrawn).map((x) => [x.id, `${exhibitName(acts, x.id)} (${word(x.modality)}, ${x.grade})`]);
const findings: Options = ({ room }) => (room?.findings ?? []).filter((f) => f.superseded === null).map((f) => [f.finding, `${capital(f.status)}, ${told(f.at)}`]);
const remedies: Options = ({ room, desk }) => (room?.remedies ?? []).map((r) => [r.remedy, `${capital(word(r.kind))}${r.party ? `, ${desk.name(r.party)}` : ""}`]);
const proposals: Options = ({ room }) => (room?.proposals ?? []).filter((p) => p.outcome === null).map((p) => [p.proposal, `${capital(p.status)}, until ${told(p.deadline)}`]);
const requests: Options = ({ room }) => (room?.requests ?? []).filter((r) => r.outcome === "open").map((r) => [r.request, `${capital(r.what)}, asked ${told(r.at)}`]);
const pending: Options = ({ room }) => (room?.pending ?? []).map((p) => [p.step, `${capital(word(p.kind))}, by ${p.by}`]);
const releasable: Options = (about) => [...(about.room ? [[about.room.case, "The case"] as [string, string]] : []), ...exhibits(about), ...findings(about)];
const provisions: Options = ({ desk }) => desk.listed("provisions").map((p) => [p.id, p.text]);
const readings: Options = ({ desk }) => desk.listed("readings").map((r) => [r.id, r.text]);
const origins: Options = ({ desk }) =>
  desk.me.role === "liaison"
    ? [["call", "A call: fire goes on now"], ["complaint", "A complaint"], ["self_report", "A report on our own side"]]
    : [["event", "An event"], ["complaint", "A complaint"], ["self_report", "A self-report"], ["call", "A call on the hotline"]];

const inside = ({ desk }: About): boolean => desk.me.role !== "liaison";
const party: Field = { name: "party", label: "Party", kind: "pick", options: ownParty };
const exhibit: Field = { name: "evidence", label: "Exhibit", kind: "pick", options: exhibits };
const grades: Options = ({ desk }) => desk.words.grades.map((g) => [g, g]);
const GRADES = "Letter for the source, number for the report. F and 6 mean cannot be judged; they are not the worst.";
const FILES = "Each file’s SHA-256 is taken here; the file itself is not sent.";

export const FORMS: Record<string, Form> = {
  open: {
    act: "Open a case",
    title: "Open a case",
    lead: "A case opens from an event, a complaint, a self-report or a call. It accuses nobody by being open.",
    fields: [
      { name: "title", label: "What happened, in a line", kind: "line" },
      { name: "origin", label: "It comes from", kind: "pick", options: origins },
      { name: "complainant", label: "Who complains", kind: "pick", options: ownParty, optional: true },
      { name: "events", label: "Events, by their ledger numbers", kind: "numbers", optional: true, when: inside },
      { name: "provisions", label: "Provisions it may be about", kind: "picks", options: provisions, optional: true },
    ],
  },
  evidence: {
    act: "Add evidence",
    title: "Add evidence",
    lead: "It is kept with its custody from here on. Nothing is deleted later, only superseded or redacted.",
    why: "What it shows",
    fields: [
      { name: "modality", label: "Kind", kind: "pick", options: ({ desk }) => Object.entries(desk.words.modalities).map(([id, text]) => [id, `${capital(word(id))}: ${text}`]) },
      { name: "family", label: "Sensor or source", kind: "line", help: "What shares its errors has one name: two exhibits of one family count once." },
      { name: "owner", label: "Whose it is", kind: "line", when: inside },
      { name: "grade", label: "Grade", kind: "pick", options: grades, help: GRADES, when: inside },
      { name: "level", label: "Level", kind: "pick", options: ({ desk }) => plain(desk.words.levels.filter((l) => l !== "secret" || desk.me.clearance === "secret")) },
      { name: "record", label: "Ledger number of the record it rests on", kind: "number", optional: true },
      { name: "held_by", label: "Who holds it", kind: "line", optional: true },
      { name: "counters", label: "It speaks against", kind: "pick", options: exhibits, optional: true },
      { name: "blobs", label: "Files", kind: "files", optional: true, help: FILES },
    ],
  },
  grade: { act: "Record the grade", title: "Grade an exhibit anew", fields: [exhibit, { name: "grade", label: "Grade", kind: "pick", options: grades, help: GRADES }] },
  custody: { act: "Hand it on", title: "Who holds an exhibit now", fields: [exhibit, { name: "to", label: "To", kind: "line" }, { name: "blobs", label: "Files as they are now", kind: "files", optional: true, help: FILES }] },
  withdraw_evidence: { act: "Withdraw it", title: "Withdraw an exhibit", fields: [exhibit], leads: () => "What rests on this exhibit is open again. The exhibit stays in the ledger, as withdrawn." },
  assess: { act: "Record the assessment", title: "Assess under each reading", fields: [{ name: "readings", label: "Least and greatest probability of a breach", kind: "ranges", options: readings }] },
  attribute: { act: "Record the attribution", title: "Who did it: shares", lead: "Every hypothesis is listed, also neither and unknown. The shares add up to one.", fields: [{ name: "hypotheses", label: "Shares", kind: "shares", options: (a) => [...parties(a), ...plain(["neither", "proxy", "accident", "unknown"])] }, { name: "basis", label: "It rests on", kind: "picks", options: exhibits }] },
  test_exceptions: {
    act: "Record the tests",
    title: "Test every exception",
    fields: [{ name: "exceptions", label: "Does it apply?", kind: "exceptions", options: exceptions }, { name: "notices_matched", label: "Every notice was compared", kind: "check" }],
  },
  notice: { act: "Give notice to both", title: "Notice to both liaisons", lead: "Both get the same text at once. Nobody is accused.", fields: [] },
  acknowledge: { act: "Acknowledge", title: "Acknowledge", lead: "Acknowledging says you have read this. It admits nothing.", fields: [party], reason: "read" },
  order: { act: "The order is given", title: "Say that the order to cease fire is given", lead: "It admits nothing.", why: "How, and to whom, as far as you want to say", fields: [party] },
  silence: { act: "Record silence", title: "Record that it is silent", lead: "Say what was heard, and how well one could have heard.", fields: [party] },
  allege: {
    act: "Ask for the allegation",
    title: "Put an allegation to a party",
    lead: "A second person reads it before it is served, so that it identifies no witness.",
    fields: [{ ...party, options: parties }, { name: "text", label: "What the party is accused of, as it will read it", kind: "long" }],
    leads: (said, { desk }) => `Once a second person approves, ${desk.name(String(said["party"]))} is served and its time to reply runs${desk.terms.reply_hours === null ? "" : `: ${desk.terms.reply_hours} h`}.`,
  },
  reply: {
    act: "Send the reply",
    title: "Reply in full",
    lead: "It goes to the commission as you write it. A reply is never turned away; a late one is kept and marked. Evidence is added on its own page.",
    fields: [party, { name: "text", label: "Your reply", kind: "long" }, { name: "admits", label: "We admit what we are accused of", kind: "check", optional: true }],
    reason: "reply to the allegation",
    leads: (said) => (said["admits"] ? "This admits it. It will be in the ledger and cannot be taken back." : ""),
  },
  request: {
    act: "Ask",
    title: "Ask for a look, an inspection or a review",
    fields: [{ name: "what", label: "For", kind: "pick", options: () => [["look", "A look by a sensor"], ["inspection", "An inspection"], ["review", "A review of a finding"]] }, { name: "finding", label: "Finding to be reviewed", kind: "pick", options: findings, optional: true }],
    why: "What, where, and why",
  },
  outcome: { act: "Record the outcome", title: "What came of a request", fields: [{ name: "request", label: "Request", kind: "pick", options: requests }, { name: "outcome", label: "Outcome", kind: "pick", options: () => plain(["free", "delayed", "conditional", "denied", "not possible", "upheld", "corrected", "reopened"]) }] },
  outage: { act: "Record the outage", title: "When the centre could not be reached", lead: "Replies’ time stood still meanwhile.", fields: [{ name: "from", label: "From (UTC)", kind: "moment" }, { name: "to", label: "To (UTC)", kind: "moment" }] },
  conflict: { act: "Declare the conflict", title: "Declare a conflict of interest", fields: [], leads: () => "Your seat steps back from this case for good. Votes it cast in an open vote no longer count." },
  boycott: { act: "Stay away", title: "Stay away from the votes", fields: [], leads: () => "Your seat is not waited for and counts for no quorum until it returns." },
  return: { act: "Return", title: "Return to the votes", fields: [] },
  note: { act: "Leave the note", title: "A note of the deliberation", fields: [{ name: "audience", label: "For", kind: "picks", options: ({ desk }) => plain(desk.words.audiences.filter((a) => ["analyst", "commissioner", "secretariat"].includes(a))) }, { name: "text", label: "Note", kind: "long" }], reason: "note" },
  propose: {
    act: "Put it to the vote",
    title: "Propose a finding",
    lead: "Three axes, never merged. No finding stands without what was watched beside it.",
    seen: true,
    fields: [
      { name: "status", label: "Status", kind: "pick", options: ({ desk }) => plain(desk.words.statuses) },
      { name: "attribution", label: "Attribution", kind: "pick", options: ({ desk }) => plain(desk.words.attributions) },
      { name: "party", label: "Party, where attribution names one", kind: "pick", options: parties, optional: true },
      { name: "severity", label: "Severity", kind: "pick", options: ({ desk }) => plain(desk.words.severities) },
      { name: "intent", label: "Intent", kind: "pick", options: ({ desk }) => plain(desk.words.intents) },
      { name: "reading", label: "Under the reading", kind: "pick", options: readings },
      { name: "provisions", label: "Provisions", kind: "picks", options: provisions, optional: true },
      { name: "basis", label: "It rests on", kind: "picks", options: exhibits },
      { name: "coverage.share", label: "Coverage: share of reference acts that would have been detected, %", kind: "share" },
      { name: "coverage.reference_act", label: "Coverage: of which act", kind: "line" },
      { name: "coverage.period", label: "Coverage: where and when", kind: "line" },
      { name: "deadline", label: "Votes until (UTC)", kind: "moment" },
      { name: "provisional", label: "Provisional: the accused has not been heard", kind: "check", optional: true },
      { name: "corrects", label: "It corrects", kind: "pick", options: findings, optional: true },
    ],
  },
  vote: {
    act: "Vote",
    title: "Vote",
    seen: true,
    why: "Your reason; of a vote against it is the dissent",
    fields: [{ name: "proposal", label: "On", kind: "pick", options: proposals }, { name: "choice", label: "Your vote", kind: "pick", options: () => plain(["for", "against", "abstain"]) }],
    leads: (said) => `Your vote is final and will be in the ledger. ${said["choice"] === "abstain" ? "Abstain?" : `Vote ${said["choice"]}?`}`,
    last: (said) => (said["choice"] === "abstain" ? "Abstain" : `Vote ${said["choice"]}`),
  },
  determine: { act: "Determine", title: "Determine what was found", seen: true, fields: [{ name: "proposal", label: "Vote", kind: "pick", options: proposals }], leads: () => "The vote ends. What it comes to will be in the ledger." },
  remedy: { act: "Ask for the remedy", title: "What the finding asks for", fields: [{ name: "finding", label: "Finding", kind: "pick", options: findings }, { name: "kind", label: "Remedy", kind: "pick", options: ({ desk }) => plain(desk.words.remedies) }, { ...party, options: parties }, { name: "due_hours", label: "Within hours", kind: "number", optional: true }] },
  report_remedy: { act: "Report it done", title: "Report a remedy done", why: "What was done", fields: [{ name: "remedy", label: "Remedy", kind: "pick", options: remedies }, party] },
  verify_remedy: { act: "Record what was found", title: "Verify a remedy", fields: [{ name: "remedy", label: "Remedy", kind: "pick", options: remedies }, { name: "result", label: "Result", kind: "pick", options: () => plain(["done", "not done", "cannot be verified"]) }] },
  release: {
    act: "Ask for release",
    title: "Release something",
    fields: [{ name: "item", label: "What", kind: "pick", options: releasable }, { name: "audience", label: "To", kind: "picks", options: ({ desk }) => plain(desk.words.audiences) }],
    leads: (said) => `Once a second person approves, it is released to: ${(said["audience"] as string[]).map(word).join(", ")}. What was released cannot be called back.`,
  },
  redact: { act: "Ask for redaction", title: "Withhold fields of an exhibit", fields: [exhibit, { name: "fields", label: "Fields", kind: "picks", options: () => plain(["record", "owner", "held_by", "blobs", "readers"]) }, { name: "basis", label: "By which law", kind: "line" }], leads: () => "Once a second person approves, these fields are withheld for good." },
  approve: {
    act: "Approve",
    title: "Approve another person’s step",
    fields: [{ name: "of", label: "Step", kind: "pick", options: pending }],
    leads: () => "You are the second person. It takes effect at once, and will be in the ledger under your name.",
  },
  merge: { act: "Merge", title: "Merge this case into another", fields: [{ name: "into", label: "Number of the case that takes it over", kind: "line" }], leads: () => "Everything goes along. This case ends here and continues in the other." },
  split: { act: "Split", title: "Split events off", fields: [{ name: "events", label: "Events that leave, by their ledger numbers", kind: "numbers" }] },
  reopen: { act: "Reopen", title: "Reopen the case", fields: [{ ...exhibit, optional: true }] },
  close: { act: "Close the case", title: "Close the case", seen: true, fields: [{ name: "exit", label: "It ends as", kind: "pick", options: ({ desk }) => plain(desk.words.exits) }], leads: (said) => `The case ends as: ${said["exit"]}. It will be in the ledger.` },
};

/** Ids of exceptions and of notifications: each is to be tested. */
function exceptions({ desk }: About): [string, string][] {
  const of = (desk.terms.document["provisions"] ?? []) as Record<string, unknown>[];
  const excused = of.flatMap((p) => ((p["exceptions"] ?? []) as Record<string, unknown>[]).map((e) => ({ id: String(e["id"]), text: String(e["text"] ?? e["id"]) })));
  return [...excused, ...desk.listed("notifications"), ...desk.listed("exceptions")].map((e) => [e.id, e.text]);
}

/** Probabilities of a breach, in a word and a number; *cannot tell* where there is none. */
export function ranged(low: number | null, high: number | null): string {
  if (low === null || high === null) return "cannot tell";
  const words = likely(low) === likely(high) ? likely(low) : `${likely(low)} to ${likely(high)}`;
  return low === high ? `${words}, ${share(low)}` : `${words}, ${share(low)} to ${share(high)}`;
}
