// SPDX-License-Identifier: Apache-2.0
/** Answers of the API about the response, the register and the meetings. */

import type { Act } from "./types";

export interface Drill {
  since: string;
  name: string;
}

export interface Span {
  earliest: string | null;
  latest: string | null;
}

export interface Way {
  sign: string;
  held_by: string;
  from: "breach" | "detection" | "determination";
  stands_still: boolean;
  earliest: string;
  latest: string | null;
}

export interface Standing {
  status: string;
  promises?: string[];
  withdrawn?: string[];
  withheld?: number;
  said?: boolean;
  parliament?: boolean;
  conflict?: { party: boolean; rule: string; accused?: boolean };
  asked?: string;
  acknowledged?: string | null;
  decisions?: { at: string; decision: string }[];
  reported?: string | null;
  checks?: { at: string; result: string }[];
  done?: boolean | null;
  against_promise?: boolean;
}

export interface StepNow {
  step: string;
  number: number;
  text: string;
  trigger: string;
  met_by: string[];
  falsely: { low: number; high: number } | null;
  declared: { by: string | null; role: string; of: string | null; at: string; move: string; lifted: string | null } | null;
  ground: boolean | null;
  due: Span;
  decision_due: boolean;
  clocks: Way[];
  changes_of_clocks: { message: string; mend: string }[];
  states: Record<string, Standing>;
}

export interface Choice {
  sign: string;
  by: string | null;
  of: string | null;
  at: string;
  reason: string;
}

export interface Running {
  response: string;
  breach: { sign: string; party: string | null; stands: boolean; chosen: Choice[]; disputed: Choice[] };
  hours: Record<string, number | [number, number] | null>;
  steps: StepNow[];
}

export interface Sign {
  sign: string;
  status: string;
  breach: [string, string];
  looked: string | null;
  received: string;
  noticed: string | null;
  found: string | null;
  party: string | null;
  probability: [number, number] | null;
  standing: boolean;
}

export interface Consultation {
  consultation: string;
  response: string;
  about: string;
  begins: string;
  convened_by: string | null;
  invited: string[];
  quorum: number;
  present: Record<string, string>;
  quorate: boolean;
  minutes: { move: string; by: string | null; at: string; text: string; decided: string | null }[];
}

export interface AskedNow extends Standing {
  response: string;
  step: string;
  number: number;
  text: string;
  due: Span;
  acknowledge_by?: string | null;
}

export interface Board {
  at: string;
  drill: Drill | null;
  consultations: Consultation[];
  responses?: Running[];
  proposed?: { step: string; signs: string[]; trigger: string; falsely: StepNow["falsely"] }[];
  signs?: Sign[];
  stopped?: { stop: string; what: string; from: string; to: string | null }[];
  faults?: { clause: string; key: string; message: string; mend: string }[];
  asked?: AskedNow[];
  version?: number;
}

export interface Move {
  move: string;
  kind: string;
  by: Act["by"];
  at: string;
  reason: string;
  data: Record<string, unknown>;
  record: number;
}

export interface Replay {
  moves: number;
  same: boolean;
  clocks: Record<string, Record<string, [string | null, string | null]>>;
  had: { from: string; differs: { response: string; step: string; due: (string | null)[]; had: (string | null)[]; hours_later: (number | null)[]; changed: { what: string; at: string; was: string; had: string }[] }[] };
}

export interface Source {
  outlet: string;
  url: string | null;
  date: string | null;
}

export interface Seat {
  id: string;
  name: string;
  role: string;
  member_of: string[];
  members: number | null;
  decides: string | null;
  parliament: boolean | null;
  source: Source | null;
}

export interface Commitment {
  id: string;
  state: string;
  kind: string | null;
  text: string;
  word: string;
  step: string | null;
  conditions: string | null;
  amount: { low: number; high: number; unit: string; per: string | null } | null;
  starts: string | null;
  ends: string | null;
  form: string | null;
  reservations: string[];
  caveats: string[];
  level: string;
  source: Source | null;
  since: string;
}

export interface State {
  at: string;
  drill: Drill | null;
  state: Seat & { in_register: boolean };
  party: boolean;
  guarantor: boolean;
  asked: AskedNow[];
  foreseen: { step: string; number: number; text: string; trigger: string; declared_by: string[]; acknowledge_hours: number | null; done: string | null; conflict: string | null }[];
  commitments: Commitment[];
  withheld: number;
  consultations: Consultation[];
}

export interface Register {
  as_of: string;
  known_at: string | null;
  states: (Seat & { stages: Record<string, string[]>; steps: Record<string, string[]> })[];
  steps: { step: string; number: number; text: string }[];
  flags: { about: string[]; text: string; mend: string }[];
  withheld: number;
  version?: number;
}

export interface Meeting {
  id: string;
  name: string;
  starts: string;
  day_only: boolean;
  place: string | null;
  present: { state: string; rank: string; person: string | null; expected: boolean | null; came: boolean | null; source: Source | null }[];
  counts: { what: string; expected: number | null; came: number | null; unnamed: number | null; source: Source | null }[];
  agenda: string[];
  outcomes: { id: string; kind: string; text: string; by: string[]; not_by: string[]; commitments: string[]; clauses: string[]; source: Source | null }[];
  unknown: string[];
  source: Source | null;
}

export interface Side {
  party: string;
  name: string;
  response: string;
  steps: string[];
  commitments: string[];
}
