// SPDX-License-Identifier: Apache-2.0
/** Who is here, what that person may do, and the words of the agreement. */

import { Refused, read, withToken } from "./api";
import type { Me, Session, Terms, Vocabulary } from "./types";

const DAY = 86_400_000;

/** Days since the first of January of year 1, as the server counts them: its parity says which party comes first. */
const EPOCH = 719_163;

/** What the access table's rows say by role of what this page only reads; the server decides all the same. */
const READS: Record<string, string[]> = {
  notices: ["watch_officer", "analyst", "secretariat", "liaison", "commissioner", "auditor"],
  response: ["watch_officer", "analyst", "commissioner", "secretariat", "guarantor", "liaison", "auditor"],
  log: ["watch_officer", "analyst", "secretariat", "auditor"],
  people: ["administrator", "auditor"],
  access: ["auditor", "administrator"],
};

export class Desk {
  constructor(
    readonly me: Me,
    readonly terms: Terms,
    readonly words: Vocabulary,
    /** Whether a second factor must be enrolled before anything else. */
    readonly unfinished: boolean,
    /** Host of the house's own provider, through which one may sign in; null: there is none. */
    readonly provider: string | null,
  ) {}

  get signedIn(): boolean {
    return this.me.role !== "public";
  }

  get exercise(): boolean {
    return /^EXERCISE\b/.test(this.terms.title);
  }

  may(kind: string): boolean {
    return this.words.acts.some((act) => act.kind === kind && act.roles.includes(this.me.role));
  }

  /** Whether this role makes moves of a kind in the response; for whom, the server says. */
  moves(kind: string): boolean {
    return this.words.moves.some((move) => move.kind === kind && move.roles.includes(this.me.role));
  }

  /** Whether the terms let this person declare a step; any step, where none is named. */
  declares(step?: string): boolean {
    const ladder = (this.terms.document["ladder"] ?? []) as { id: string; declared_by?: string[] | string }[];
    const by = ladder.filter((one) => step === undefined || one.id === step).flatMap((one) => one.declared_by ?? []);
    const seat = this.me.role === "commissioner" && this.terms.seats.some((one) => one.id === this.me.seat);
    return this.moves("declare") && ((seat && by.includes("commission")) || (this.me.role !== "commissioner" && by.includes(this.me.of ?? "")));
  }

  reads(what: string): boolean {
    return READS[what]?.includes(this.me.role) ?? false;
  }

  /** A party's or a state's name; what has none is told as it is. */
  name(id: string | null | undefined): string {
    if (!id) return "";
    const others = (this.terms.document["others"] ?? []) as { id: string; name: string }[];
    return [...this.terms.parties, ...others].find((one) => one.id === id)?.name ?? id;
  }

  seat(id: string): string {
    const of = this.terms.seats.find((one) => one.id === id)?.of;
    return of ? this.name(of) : id;
  }

  /** The parties in the order of a day: it alternates by date, as in every report. */
  order(at: string | number = Date.now()): string[] {
    const days = Math.floor((typeof at === "number" ? at : Date.parse(at)) / DAY) + EPOCH;
    const ids = this.terms.parties.map((party) => party.id);
    return days % 2 === 0 ? ids : ids.reverse();
  }

  get offset(): number {
    return Number(this.terms.document["local_offset_hours"] ?? 0) * 3_600_000;
  }

  /** Ids and texts of a list of the agreement's document. */
  listed(key: string): { id: string; text: string }[] {
    const found = (this.terms.document[key] ?? []) as Record<string, unknown>[];
    return Array.isArray(found) ? found.map((one) => ({ id: String(one["id"]), text: String(one["text"] ?? one["name"] ?? one["id"]) })) : [];
  }
}

export const ROLE: Record<string, string> = {
  watch_officer: "Watch officer",
  analyst: "Analyst",
  commissioner: "Commissioner",
  liaison: "Liaison",
  guarantor: "Guarantor’s duty officer",
  secretariat: "Secretariat",
  auditor: "Auditor",
  public: "Public",
  administrator: "Administrator",
  machine: "The program",
};

/** The desk behind this server. A session that is over makes one the public. */
export async function openDesk(provider: string | null): Promise<Desk> {
  let me: Me;
  let unfinished = false;
  try {
    me = await read<Me>("/me");
  } catch (error) {
    if (!(error instanceof Refused && error.status === 401)) throw error;
    me = { user: "public", role: "public", of: null, seat: null, clearance: "public", aligned: [], scope: null };
  }
  if (me.role !== "public") {
    const session = await read<Session>("/session");
    withToken(session.csrf);
    unfinished = session.unfinished;
  }
  const [terms, words] = await Promise.all([read<Terms>("/terms"), read<Vocabulary>("/vocabulary")]);
  return new Desk(me, terms, words, unfinished, provider);
}
