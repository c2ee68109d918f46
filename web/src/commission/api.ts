// SPDX-License-Identifier: Apache-2.0
/** Asks the server. Nothing asked or sent is kept by the browser: every request says no-store, and no storage is used. */

const API = "/api/v1";
const HEADER = "X-CSRF-Token";

let token = "";
let lastAnswer = Date.now();
let off = false;

/** What goes into the header of whatever changes something; it lives in memory and ends with the page. */
export function withToken(csrf: string): void {
  token = csrf;
}

/** A refusal, in the words of the server (RFC 9457). */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    detail: string,
    readonly fields: Record<string, string> = {},
    readonly wait = 0,
  ) {
    super(detail);
  }
}

/** No answer came: nothing was sent, or nobody can tell whether it was. */
export class NoAnswer extends Error {}

export const offline = (): boolean => off;
export const lastState = (): number => lastAnswer;

/** Says that the connection is there, or gone. */
export function connected(yes: boolean): void {
  if (yes) lastAnswer = Date.now();
  if (off !== yes) return;
  off = !yes;
  window.dispatchEvent(new Event("connection"));
  if (off) again();
}

/** Whether the server answers at all: asked while there is no connection, and when the stream of events broke off. */
export function probe(): void {
  fetch(`${API}/here`, { cache: "no-store" }).then(() => connected(true), () => connected(false));
}

function again(): void {
  setTimeout(() => {
    probe();
    if (off) again();
  }, 2000);
}

window.addEventListener("offline", () => connected(false));

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const init: RequestInit = { method, cache: "no-store", credentials: "same-origin", redirect: "error", headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    (init.headers as Record<string, string>)["Content-Type"] = "application/json";
  }
  if (method !== "GET" && token) (init.headers as Record<string, string>)[HEADER] = token;
  let answer: Response;
  try {
    answer = await fetch(API + path, init);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    connected(false);
    throw new NoAnswer("No answer came. Nothing is sent until you are back.");
  }
  connected(true);
  if (answer.ok) return answer;
  throw await refusal(answer);
}

async function refusal(answer: Response): Promise<Refused> {
  const told = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string; fields?: Record<string, string> };
  if (answer.status === 401) window.dispatchEvent(new Event("signedout"));
  return new Refused(answer.status, told.title ?? "Refused", told.detail ?? `The server answers ${answer.status}.`, told.fields, Number(answer.headers.get("Retry-After") ?? 0));
}

export async function read<T>(path: string): Promise<T> {
  return (await (await ask("GET", path)).json()) as T;
}

const MOST = 60;

/** Every item of a list that comes by pages; so many pages at most, and whether there were more. */
export async function all<T>(path: string, name: string): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST; page += 1) {
    const query: string = `${path.includes("?") ? "&" : "?"}limit=200${cursor ? `&cursor=${cursor}` : ""}`;
    const told: Record<string, unknown> = await read(path + query);
    items.push(...(told[name] as T[]));
    cursor = told["next"] as string | null;
    if (!cursor) return { items, more: false };
  }
  return { items, more: true };
}

/**
 * Sends something. `once` is the key under which it is done once, however often it is asked; `seen` the version of a
 * case it was decided upon.
 */
export async function send<T>(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown, once?: string, seen?: number): Promise<T | null> {
  if (off) throw new NoAnswer("Nothing is sent until you are back.");
  const headers: Record<string, string> = {};
  if (once) headers["Idempotency-Key"] = once;
  if (seen !== undefined) headers["If-Match"] = `"${seen}"`;
  const answer = await ask(method, path, body, headers);
  const told = answer.status === 204 ? null : ((await answer.json()) as T & { case?: string });
  if (told?.case) window.dispatchEvent(new CustomEvent("sent", { detail: told.case }));
  return told;
}

/** What went wrong, in words. */
export function inWords(error: unknown): string {
  if (error instanceof Refused) {
    const wait = error.wait ? ` Try again in ${error.wait} s.` : "";
    return `${error.title}: ${error.message}${/[.!?]$/.test(error.message) ? "" : "."}${wait}`;
  }
  if (error instanceof NoAnswer) return error.message;
  throw error;
}
