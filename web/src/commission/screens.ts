// SPDX-License-Identifier: Apache-2.0
/** The commission's screens by their addresses, and who finds which of them in the bar. */

import type { Route } from "../route";
import { accessScreen, findingScreen, findingsScreen, peopleScreen, personScreen } from "./across";
import { actScreen } from "./act";
import { ROLE, type Desk } from "./desk";
import { logScreen } from "./log";
import { messagesScreen } from "./messages";
import { minesScreen } from "./mines";
import { moveScreen } from "./move";
import { meetingsScreen, registerScreen, sidesScreen, stateScreen } from "./promised";
import { responseScreen } from "./response";
import { caseScreen, casesScreen } from "./room";
import { accountScreen, signInScreen } from "./signin";
import { noticeScreen, noticesScreen, queueScreen } from "./waiting";

export interface Place {
  name: string;
  label: string;
  /** Key after `g`. */
  key: string;
}

export function places(desk: Desk): Place[] {
  const all: [boolean, string, string, string][] = [
    [desk.signedIn, "queue", "Queue", "q"],
    [desk.reads("notices"), "notices", "Notices", "o"],
    [true, "cases", "Cases", "c"],
    [true, "findings", "Findings", "f"],
    [desk.reads("response"), "response", "Response", "r"],
    [desk.signedIn, "messages", "Messages", "d"],
    [true, "register", "Register", "u"],
    [true, "meetings", "Meetings", "h"],
    [true, "sides", "Sides", "b"],
    [desk.reads("log"), "log", "Watch log", "w"],
    [true, "mines", "Mines", "m"],
    [desk.reads("people"), "people", "People", "p"],
    [desk.reads("access"), "access", "Accesses", "a"],
  ];
  return all.filter(([shown]) => shown && !desk.unfinished).map(([, name, label, key]) => ({ name, label, key }));
}

/** Under which place of the bar a screen stands. */
export const PARENT: Record<string, string> = { case: "cases", act: "cases", notice: "notices", finding: "findings", person: "people", move: "response", state: "response" };

/** Screens behind whose back things happen. */
export const LIVE = ["queue", "notices", "notice", "cases", "case", "findings", "response", "state", "messages", "register", "meetings", "sides"];

export function commissionScreen(desk: Desk, route: Route): HTMLElement | null {
  const make: Record<string, () => HTMLElement> = {
    "sign-in": () => signInScreen(desk, route),
    account: () => accountScreen(desk),
    queue: () => queueScreen(desk),
    notices: () => noticesScreen(desk),
    notice: () => noticeScreen(desk, route),
    cases: () => casesScreen(desk),
    case: () => caseScreen(desk, route),
    act: () => actScreen(desk, route),
    findings: () => findingsScreen(desk),
    finding: () => findingScreen(desk, route),
    response: () => responseScreen(desk, route),
    move: () => moveScreen(desk, route),
    state: () => stateScreen(desk, route),
    messages: () => messagesScreen(desk, route),
    register: () => registerScreen(desk, route),
    meetings: () => meetingsScreen(desk, route),
    sides: () => sidesScreen(desk, route),
    log: () => logScreen(desk, route),
    mines: () => minesScreen(desk),
    people: () => peopleScreen(desk),
    person: () => personScreen(desk, route),
    access: () => accessScreen(desk, route),
  };
  return make[route.screen]?.() ?? null;
}

/** Who reads, and to whom what stands here may be told. */
export function standing(desk: Desk): [string, string] {
  const { me } = desk;
  const of = me.of ? `, ${desk.name(me.of)}` : "";
  const to: Record<string, string> = {
    liaison: `releasable to ${desk.name(me.of)}`,
    guarantor: `releasable to ${[desk.name(me.of), ...me.aligned.map((id) => desk.name(id))].filter(Boolean).join(", ")}`,
    public: "releasable to the public",
    watch_officer: "releasable to monitors only",
    administrator: "releasable to nobody beyond the centre",
  };
  return [`${ROLE[me.role] ?? me.role}${of}`, to[me.role] ?? "releasable to the commission"];
}
