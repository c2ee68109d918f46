// SPDX-License-Identifier: Apache-2.0
/** Answers of the commission's API (/api/v1/openapi.json). A field that is absent is one that this person is not told. */

export interface Me {
  user: string;
  role: string;
  of: string | null;
  seat: string | null;
  clearance: string;
  aligned: string[];
  scope: string[] | null;
}

export interface Session {
  user: string;
  role: string;
  session: string;
  csrf: string;
  unfinished: boolean;
  ends: string;
  idle_minutes: number;
}

export interface Terms {
  id: string;
  title: string;
  version: string | null;
  parties: { id: string; name: string }[];
  seats: { id: string; of: string | null; role: string }[];
  quorum: number | null;
  rule: string | null;
  recused: string;
  reply_hours: number | null;
  rectification_hours: number | null;
  document: Record<string, unknown>;
}

export interface Vocabulary {
  acts: { kind: string; record: string; resource: string; action: string; roles: string[] }[];
  moves: { kind: string; record: string; resource: string; action: string; roles: string[] }[];
  roles: string[];
  levels: string[];
  grades: string[];
  states: string[];
  exits: string[];
  statuses: string[];
  attributions: string[];
  severities: string[];
  intents: string[];
  audiences: string[];
  remedies: string[];
  modalities: Record<string, string>;
}

export interface CaseLine {
  case: string;
  findings: number;
  title?: string;
  state?: string;
  exit?: string | null;
  due?: { at: string; what: string } | null;
}

export interface Exhibit {
  id: string;
  modality: string;
  owner: string;
  grade: string;
  level: string;
  record: number | null;
  withdrawn: boolean;
  redacted: string[];
  blobs: string[];
  counters: string | null;
  chain: "whole" | "broken";
  held?: { at: string; intact: boolean | null; holder?: string; recorded_by?: string; act?: string }[];
}

export interface WholeExhibit extends Exhibit {
  case: string;
  acts: Act[];
  seen: { place: [number, number] | null; place_km: number; time: string | null; time_minutes: number } | null;
}

export interface Served {
  at: string;
  due: string | null;
  acknowledged: string | null;
  ordered: string | null;
  silent: string | null;
  replies: string[];
  late: string[];
  admitted: boolean;
}

export interface Notice extends Served {
  case: string;
  party: string;
}

export interface Finding {
  finding: string;
  case?: string;
  at: string;
  status: string;
  attribution: string;
  party: string | null;
  severity: string;
  intent: string;
  provisional: boolean;
  reading: string;
  provisions: string[];
  standard_met_by: string[];
  coverage: { share?: number; reference_act?: string; period?: string };
  dissents: { act: string; seat: string; reason: string | null }[];
  superseded: string | null;
}

export interface Proposal {
  proposal: string;
  status: string;
  attribution: string;
  party: string | null;
  provisional: boolean;
  deadline: string;
  votes: { seat: string; choice: string; act: string; reason: string | null }[];
  waiting: string[];
  outcome: string | null;
  lacks: string[];
}

export interface Remedy {
  remedy: string;
  kind: string;
  party: string | null;
  finding: string;
  stands: boolean;
  due: string | null;
  reported: string | null;
  result: string;
  checks: { act: string; result: string }[];
  overdue: boolean;
}

export interface Case {
  case: string;
  exhibits: Exhibit[];
  findings: Finding[];
  caveat: string;
  title?: string;
  state?: string;
  exit?: string | null;
  withheld?: { exhibits?: number };
  origin?: string;
  opened?: string;
  provisions?: string[];
  notices?: Record<string, Served>;
  allegations?: Record<string, Served>;
  clocks?: {
    notice_minutes: number | null;
    notice_in_time: boolean | null;
    notice_due: string | null;
    notice_overdue: boolean;
    silence_minutes: number | null;
    first_finding_hours: number | null;
    finding_hours: number | null;
    reply_due: Record<string, string | null>;
  };
  proposals?: Proposal[];
  conflicts?: string[];
  boycotts?: string[];
  remedies?: Remedy[];
  requests?: { request: string; what: string; at: string; outcome: string; finding: string | null }[];
  pending?: { step: string; kind: string; by: string; since: string }[];
  assessments?: Record<string, { low: number | null; high: number | null }>;
  merged_into?: string | null;
  absorbed?: string[];
  split_from?: string | null;
  in_the_way?: { state: string; follows: string }[];
  version?: number;
}

export interface Act {
  act: string;
  kind: string;
  by: { user: string | null; role: string; of: string | null; seat: string | null };
  at: string;
  reason: string;
  data: Record<string, unknown>;
  record: number;
}

export interface Note {
  note: string;
  by: Act["by"];
  at: string;
  audience: string[];
  text: string;
  level?: string;
}

export interface Done {
  act: string;
  kind: string;
  case: string;
  state: string | null;
  record: number;
}
