// SPDX-License-Identifier: Apache-2.0
/** The middle of the case room, one part an address: replies and evidence, readings, deliberation, remedies, record. */

import { h, type Child } from "../dom";
import { address } from "../route";
import { scrolling } from "../screens/parts";
import { read } from "./api";
import { exhibitName, ranged, type About } from "./fields";
import { actWords, findingWords, who } from "./telling";
import type { Act, Case, Exhibit, Note, WholeExhibit } from "./types";
import { capital, doing, empty, likely, link, moment, pairs, told, word } from "./view";

export async function middle(room: Case, about: About, notes: Note[]): Promise<Child> {
  const { params, desk } = about;
  if (room.state === undefined) return [findings(room, about), evidence(room, about), await exhibit(room, about)];
  const parts: [string, string][] = [["", "Replies and evidence"], ["readings", "Readings"], ["findings", room.findings.length ? `Findings ${room.findings.length}` : "Findings"], ["remedies", room.remedies?.length ? `Remedies ${room.remedies.length}` : "Remedies"], ["record", "Record"]];
  if (["analyst", "commissioner", "secretariat", "auditor"].includes(desk.me.role)) parts.splice(2, 0, ["notes", notes.length ? `Deliberation ${notes.length}` : "Deliberation"]);
  if (!room.assessments) parts.splice(1, 1);
  const part = params.get("part") ?? "";
  const shown: Record<string, () => Child | Promise<Child>> = {
    "": async () => [replies(room, about), evidence(room, about), await exhibit(room, about), room.assessments && readings(room, about)],
    readings: () => readings(room, about),
    notes: () => deliberation(room, about, notes),
    findings: () => findings(room, about),
    remedies: () => remedies(room, about),
    record: () => record(about),
  };
  return [
    h("nav", { class: "parts", "aria-label": "Parts of the case" }, parts.map(([key, label]) => h("a", { href: address("case", room.case, key ? { part: key } : {}, false), "aria-current": key === part ? "page" : null }, label))),
    await (shown[part] ?? shown[""])?.(),
  ];
}

/** What each party said, side by side and alike, also where it said nothing; the order alternates by date. */
function replies(room: Case, about: About): Child {
  const { desk, acts } = about;
  const parties = desk.me.role === "liaison" ? [desk.me.of ?? ""] : desk.order(room.opened);
  const said = (party: string): Act[] => acts.filter((act) => act.kind === "reply" && act.data["party"] === party);
  const count = (acts.some((act) => act.kind === "reply") ? 0 : Object.values(room.allegations ?? {}).reduce((n, one) => n + one.replies.length, 0));
  return h(
    "section",
    {},
    h("h2", {}, "Replies"),
    h(
      "div",
      { class: "cards replies" },
      parties.map((party) => {
        const served = room.allegations?.[party];
        const put = acts.find((act) => act.kind === "allege" && act.data["party"] === party);
        const mine = said(party);
        return h(
          "section",
          { class: "card reply" },
          h("h3", {}, desk.name(party)),
          put && [h("p", { class: "soft" }, `Put to it ${told(served?.at ?? put.at)}${served ? "" : "; waits for a second person"}`), h("p", {}, String(put.data["text"]))],
          mine.map((act) => [h("p", { class: "said" }, String(act.data["text"])), h("p", { class: "soft" }, [`${told(act.at)}, record ${act.record.toLocaleString("en")}`, served?.late.includes(act.act) ? "late" : "", act.data["admits"] ? "it admits what it is accused of" : ""].filter(Boolean).join("; "))]),
          mine.length === 0 && h("p", { class: "soft" }, served ? `No reply that you may read. Due ${served.due ? told(served.due) : "at no set time"}.` : "Not accused here, as far as you may read."),
        );
      }),
    ),
    count > 0 && h("p", { class: "soft" }, `${count} ${count === 1 ? "reply is" : "replies are"} kept that you may not read.`),
    parties.length > 1 && h("p", { class: "small soft" }, `The order of the parties alternates by date; here ${desk.name(parties[0])} is first.`),
  );
}

function evidence(room: Case, about: About): Child {
  const shows = (x: Exhibit): Child => exhibitName(about.acts, x.id);
  return h(
    "section",
    {},
    h("h2", {}, "Evidence"),
    room.exhibits.length === 0
      ? empty("No exhibit that you may read. Evidence comes with its custody and its grade.")
      : scrolling(
          "Evidence",
          h(
            "table",
            { class: "table evidence" },
            h("thead", {}, h("tr", {}, ["What it shows", "Kind", "Whose", "Grade", "Level", "Custody"].map((t) => h("th", { scope: "col" }, t)))),
            h(
              "tbody",
              {},
              room.exhibits.map((x) =>
                h(
                  "tr",
                  { "aria-current": about.params.get("exhibit") === x.id ? "true" : null },
                  h("td", {}, link(address("case", room.case, { exhibit: x.id }, false), shows(x) === x.id ? capital(word(x.modality)) : shows(x)), x.withdrawn && h("span", { class: "tag" }, "withdrawn"), x.counters && h("span", { class: "tag" }, "speaks against")),
                  h("td", {}, word(x.modality)),
                  h("td", {}, x.owner),
                  h("td", {}, x.grade),
                  h("td", {}, x.level),
                  h("td", {}, x.chain === "broken" ? h("b", {}, "broken") : "whole", x.held && `, ${x.held.length} ${x.held.length === 1 ? "holder" : "holders"}`),
                ),
              ),
            ),
          ),
        ),
    room.exhibits.length > 0 && h("p", { class: "small soft" }, "Grades: letter for the source, number for the report. F and 6 mean cannot be judged; they are not the worst."),
    !!room.withheld?.exhibits && h("p", { class: "small soft" }, `${room.withheld.exhibits} more ${room.withheld.exhibits === 1 ? "exhibit is" : "exhibits are"} not shown to you.`),
  );
}

/** One exhibit: its custody link by link, and where and when as fine as this person may see it. */
async function exhibit(room: Case, about: About): Promise<Child> {
  const id = about.params.get("exhibit");
  if (!id) return null;
  const { desk } = about;
  const x = await read<WholeExhibit>(`/cases/${encodeURIComponent(room.case)}/exhibits/${encodeURIComponent(id)}`);
  const seen = x.seen;
  const rough = (size: number, unit: string): string => (size > 0 ? ` ± ${size} ${unit}` : ", as measured");
  return h(
    "section",
    { class: "card act", id: "exhibit" },
    h("h3", {}, exhibitName(about.acts, x.id)),
    pairs([
      ["Kind", word(x.modality)],
      ["Whose", x.owner],
      ["Grade", x.grade],
      ["Record", x.record === null ? "rests on none" : h("a", { href: address("record", String(x.record), {}, false) }, x.record.toLocaleString("en"))],
      ["Place", seen?.place ? `${seen.place[1].toFixed(4)}° N ${seen.place[0].toFixed(4)}° E${rough(seen.place_km / 2, "km")}` : "not told, or it has none"],
      ["Time", seen?.time ? [moment(desk, seen.time), rough(seen.time_minutes, "min")] : "not told, or it has none"],
      ["Files", x.blobs.length ? h("ul", {}, x.blobs.map((hash) => h("li", {}, h("code", {}, hash)))) : "none"],
      ["Redacted", x.redacted.length ? x.redacted.map(word).join(", ") : null],
      ["Custody", x.held?.length ? h("ol", {}, x.held.map((link) => h("li", {}, [link.holder ?? "held", " since ", told(link.at), link.recorded_by ? `, recorded by ${link.recorded_by}` : "", link.intact === null ? "; files not compared" : link.intact ? "; files compared: the same" : "; files are not those taken in"].join("")))) : "not told"],
    ]),
    h("div", { class: "acts" }, desk.may("custody") && doing(address("act", room.case, { kind: "custody", evidence: x.id }, false), "Hand it on"), desk.may("evidence") && doing(address("act", room.case, { kind: "evidence", counters: x.id }, false), "Speak against it"), desk.may("release") && doing(address("act", room.case, { kind: "release", item: x.id }, false), "Ask for release")),
  );
}

/** Is it a breach, under each reading: side by side, each with its range. */
function readings(room: Case, { desk }: About): Child {
  const found = Object.entries(room.assessments ?? {});
  const same = new Set(found.map(([, p]) => (p.low === null || p.high === null ? "?" : likely(p.high)))).size < 2;
  return h(
    "section",
    {},
    h("h2", {}, "Is it a breach, under each reading?"),
    found.length === 0
      ? empty("Not assessed under any reading yet. The machine assesses; people find.")
      : h(
          "div",
          { class: "cards readings" },
          found.map(([id, p]) => h("section", { class: "card" }, h("h3", {}, desk.listed("readings").find((r) => r.id === id)?.text ?? id), h("p", {}, capital(ranged(p.low, p.high))))),
        ),
    found.length > 1 && h("p", { class: "small soft" }, same ? "The readings do not part here." : "The readings part here: whether it is a breach depends on whose reading stands."),
  );
}

function deliberation(room: Case, { desk }: About, notes: Note[]): Child {
  return h(
    "section",
    {},
    h("h2", {}, "Deliberation"),
    notes.length === 0 && empty("No note is addressed to you. A note is read by those it is for, and by nobody else."),
    notes.map((note) => h("article", { class: "card act" }, h("p", { class: "said" }, note.text), h("p", { class: "soft" }, `${who(note.by, desk)}, ${told(note.at)}; for ${note.audience.map(word).join(", ")}`))),
    desk.may("note") && h("div", { class: "acts" }, doing(address("act", room.case, { kind: "note" }, false), "Leave a note")),
  );
}

function findings(room: Case, { desk }: About): Child {
  return h("section", {}, h("h2", {}, "Findings"), room.findings.length === 0 && empty("No finding that you may read. People find, on evidence, by votes; the machine never does."), room.findings.map((one) => findingWords(one, desk)));
}

function remedies(room: Case, { desk }: About): Child {
  const found = room.remedies ?? [];
  return h(
    "section",
    {},
    h("h2", {}, "Remedies"),
    found.length === 0 && empty("Nothing is asked for. A remedy follows a finding."),
    found.map((r) => h("section", { class: "card act" }, h("h3", {}, capital(word(r.kind))), pairs([["Asked of", r.party ? desk.name(r.party) : "not told here"], ["Due", r.due ? [told(r.due), r.overdue ? "; over" : ""] : "no time set"], ["Reported done", r.reported ? told(r.reported) : "not yet"], ["Result", r.result], ["Stands", r.stands ? "yes" : "no: its finding was superseded"]]), h("div", { class: "acts" }, desk.may("report_remedy") && doing(address("act", room.case, { kind: "report_remedy", remedy: r.remedy }, false), "Report it done"), desk.may("verify_remedy") && doing(address("act", room.case, { kind: "verify_remedy", remedy: r.remedy }, false), "Verify")))),
    !!room.requests?.length && [h("h2", {}, "Requests"), h("ul", { class: "changes" }, room.requests.map((r) => h("li", {}, h("span", {}, capital(r.what), h("br"), h("span", { class: "soft" }, told(r.at))), h("b", {}, r.outcome))))],
  );
}

/** Every act with its index in the ledger, as it was said: what a stranger with the ledger can check. */
function record(about: About): Child {
  const { acts } = about;
  return h(
    "section",
    {},
    h("h2", {}, "Record"),
    h("p", { class: "soft" }, `${acts.length} acts that you may read, each with its index in the ledger. Nothing is deleted; what is wrong is superseded.`),
    h("pre", { tabindex: "0" }, "truceline verify FOLDER --key KEY"),
    h("p", { class: "small soft" }, "Check it yourself: FOLDER is the watch’s folder of results, KEY the ledger’s, from somebody you trust."),
    acts.map((act) => actWords(act, about)),
  );
}

