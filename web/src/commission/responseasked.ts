// SPDX-License-Identifier: Apache-2.0
/** What one state is asked, and the consultations it is invited to: on its own page, and on a party's. */

import { h, type Child } from "../dom";
import { address } from "../route";
import type { Desk } from "./desk";
import { stateMark, wordOf } from "./responseparts";
import type { AskedNow, Consultation } from "./responsetypes";
import { doing, empty, left, pairs, told, word } from "./view";

const DECISIONS: Record<string, string> = { act: "to act", decline: "to decline", awaiting_parliament: "parliament must agree" };

/** Each step asked, by when, where it stands, and the next thing to do. */
export function askedList(rows: AskedNow[], desk: Desk, own = desk.me.of): Child {
  if (rows.length === 0) return empty("Nothing is asked. No step is declared; claims do not start clocks.");
  return rows.map((one) => {
    const to = (kind: string): string => address("move", "", { kind, response: one.response, step: one.step, state: own ?? "" }, false);
    const mine = own === desk.me.of && desk.moves("decide");
    const due = one.due.earliest;
    return h(
      "section",
      { class: "card asked" },
      h("h2", { class: "minor" }, `Step ${one.number}: ${one.text}`),
      h("p", { class: "standing" }, stateMark(one.status), h("b", {}, wordOf(one)), one.conflict && h("span", { class: "tag" }, `party; the terms’ rule: ${word(one.conflict.rule)}`)),
      pairs([
        ["Asked", one.asked ? told(one.asked) : null],
        ["Acknowledge by", one.acknowledged ? `done ${told(one.acknowledged)}` : one.acknowledge_by ? `${told(one.acknowledge_by)}, ${left(one.acknowledge_by)}` : "the terms set no hours"],
        ["Step due", due ? `${told(due)}${one.due.latest && one.due.latest !== due ? ` to ${told(one.due.latest)}` : one.due.latest ? "" : ", open"}` : "no deadline is set"],
        ["Decided", (one.decisions ?? []).map((each) => `${DECISIONS[each.decision] ?? each.decision}, ${told(each.at)}`).join("; ") || "not yet"],
        ["Reported", one.reported ? told(one.reported) : null],
        ["Seen", (one.checks ?? []).map((each) => `${each.result}, ${told(each.at)}`).join("; ")],
      ]),
      mine &&
        h(
          "div",
          { class: "acts" },
          !one.acknowledged && (one.decisions ?? []).length === 0 && doing(to("acknowledge"), "Acknowledge", true),
          one.status !== "acted" && one.status !== "declined" && doing(to("decide"), `Record what ${desk.name(own)} decided`, Boolean(one.acknowledged)),
          one.status === "decided" && doing(to("report"), "Report it done"),
        ),
      mine && !one.acknowledged && h("p", { class: "small soft" }, "Acknowledging says that you have this. It decides nothing."),
    );
  });
}

/** Consultations, with who came, whether it is enough, and what was written. */
export function consultations(rows: Consultation[], desk: Desk): Child {
  if (rows.length === 0) return null;
  return h(
    "section",
    {},
    h("h2", { class: "minor" }, "Consultations"),
    rows.map((one) => {
      const last = one.minutes.at(-1);
      const came = Object.keys(one.present).map((id) => desk.name(id));
      const own = desk.me.of ?? "";
      const to = (kind: string, more: Record<string, string> = {}): string => address("move", "", { kind, consultation: one.consultation, ...more }, false);
      return h(
        "article",
        { class: "card" },
        h("h3", {}, one.about),
        pairs([
          ["Begins", told(one.begins)],
          ["Invited", one.invited.map((id) => desk.name(id)).join(", ")],
          ["There", came.length ? came.join(", ") : "nobody yet"],
          ["Quorum", `${one.quorum}: ${one.quorate ? "reached" : "not reached; nothing can be decided"}`],
        ]),
        last && [h("p", { class: "said" }, last.text), h("p", {}, last.decided ? h("b", {}, `Decided: ${last.decided}`) : "Nothing was decided."), h("p", { class: "small soft" }, `Minutes${last.by ? ` by ${last.by}` : ""}, ${told(last.at)}${one.minutes.length > 1 ? `; written ${one.minutes.length} times` : ""}. What is decided here starts nothing by itself.`)],
        h("div", { class: "acts" }, !last && one.invited.includes(own) && !one.present[own] && desk.moves("attend") && doing(to("attend", { state: own }), "We are there"), desk.moves("minutes") && (desk.me.role === "secretariat" || one.convened_by === desk.me.user) && doing(to("minutes"), last ? "Write the minutes anew" : "Write the minutes")),
      );
    }),
  );
}
