// SPDX-License-Identifier: Apache-2.0
/** The page's JSON (docs/reference/page-json.md). Times in columns are seconds since 1970 UTC. */

export type Rings = [number, number][][];

export interface Sector {
  number: number;
  start_km: number;
  end_km: number;
  share: [number | null, number | null];
  observed: [number | null, number | null];
  /** Province, where its figures are told instead of the sector's own; else empty. */
  area: string;
  shapes: [Rings[], Rings[]];
}

export interface ClaimRow {
  index: number;
  check: number;
  figure: string;
  value: number | null;
  unit: string;
  claimant: string;
  said_by: string;
  accused: string;
  covers: string;
  start: number | null;
  end: number | null;
  by_kind: string;
  source: string;
  confidence: string;
  url: string;
  party: string | null;
  verdict: string;
  verdict_text: string;
  passes: string;
  reasons: [string, string][];
  text: string;
}

export interface LineView {
  name: string;
  title: string;
  source: string;
  index: number;
  records: Record<string, number>;
  length_km: number;
  text: string;
  status: { sentence: string; lead: string; facts: { label: string; value: string; note: string }[] };
  coordinates: [number, number][][];
  coverage: {
    text: string;
    act: string;
    within_km: number;
    share: number | null;
    short: string;
    /** Until when coverage of the truce is withheld, in words; empty where it is not. */
    withheld: string;
    /** First moment of which nothing is told yet, seconds since 1970. */
    told_until: number | null;
    range: string;
    sides: [string, string];
    by_side: [number | null, number | null];
    by_side_text: [string, string];
    sectors: Sector[];
    hours: { start: number; step: number; per_mille: [number[] | null, number[] | null][] };
  };
  ticks: { km: number; name: string }[];
  events: { km: number[]; along_km: number[]; side: number[]; sector: number[] };
  panel: { count: string; from: string; coverage: string; empty: string };
  comparison: { text: string; short: string; assumptions: Record<string, unknown>[] };
  estimate: {
    text: string;
    short: string;
    unit: string;
    low: number | null;
    mid: number | null;
    high: number | null;
    seen: number;
    seen_weighted: number;
    seen_text: string;
    assumptions: string[];
  };
  claims: ClaimRow[];
}

export interface BreachTable {
  question: string;
  readings: { name: string; index: number }[];
  rows: { label: string; cells: { value: string; text: string }[]; differ: boolean }[];
  results: { low: number | null; high: number | null; figure: string; words: string }[];
  text: string;
}

export interface Mark {
  time: number;
  seen: boolean;
  sensor: string;
  index: number;
}

export interface Detail {
  title: string;
  day: string;
  status: string;
  when: { first: number; last: number; earliest: number | null; latest: number | null; marks: Mark[]; title: string; text: string };
  facts: [string, string][];
  cause: { label: string; p: number | null; figure: string; band: [number, number] | null; war: boolean }[];
  band: string;
  actors: { label: string; p: number | null }[];
  breaches: BreachTable[];
  evidence: { kind: string; title: string; text: string; index: number | null }[];
  change: [string, string][];
  pixels: number[];
}

export interface Reading {
  id: string;
  name: string;
  summary: string;
  held_by: string[];
  source: string;
  url: string | null;
  start: string;
  end: string;
  provisions: {
    id: string;
    text: string;
    acts: string[];
    actors: string[];
    zone: string;
    hours: string;
    exceptions: { text: string; excused: string; why: string }[];
  }[];
}

export interface Page {
  format: string;
  watch: { id: string; title: string; start: string; end: string };
  truce: { id: string; title: string; start: string; end: string; text: string; offset_hours: number; local: string };
  sentences: Record<string, string>;
  parties: { id: string; name: string; forces: string }[];
  readings: Reading[];
  towns: { name: string[]; lon: number[]; lat: number[]; population: number[] };
  extent: [number, number][][];
  lines: LineView[];
  looks: {
    sensors: string[];
    sensor: number[];
    start: number[];
    end: number[];
    daylight: number[];
    rows: number[];
    denied: number[];
    over: number[];
    index: number[];
    basis: string[];
    sigma_s: Record<string, number>;
  };
  gaps: { start: number; end: number; length: string; text: string; truce: string; truce_length: string }[];
  groups: { start: number; end: number; title: string; passes: string; cloud: string }[];
  denials: { sensor: string; start: number; end: number; reason: string; text: string; index: number }[];
  cloud: { shown: string; day: number[]; share: (number | null)[]; columns: string[] };
  satellite_days: { sensors: string[]; days: string[]; rows: (number | null)[][] };
  detections: {
    sensors: string[];
    index: number[];
    sensor: number[];
    time: number[];
    lon: number[];
    lat: number[];
    scan_km: (number | null)[];
    track_km: (number | null)[];
    event: number[];
  };
  events: {
    index: number[];
    first: number[];
    last: number[];
    lon: number[];
    lat: number[];
    major_m: number[];
    minor_m: number[];
    bearing: number[];
    pixels: number[];
    frp: (number | null)[];
    daylight: string[];
    masked: number[];
    p: Record<string, number[]>;
    low: (number | null)[];
    high: (number | null)[];
    word: string[];
    figure: string[];
    place: string[];
    status: string[];
    truce: number[];
  };
  details: Record<string, Detail>;
  sources: Record<string, string | number>[];
  one_sided: { title: string; text: string }[];
  thermal: Record<string, unknown>;
  versions: Record<string, string>;
  ledger: Record<string, string | number>;
}
