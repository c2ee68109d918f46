// SPDX-License-Identifier: Apache-2.0
/** Checks in the browser, by itself, that a record is in the ledger (RFC 6962, section 2.1.1). */

export interface RecordProof {
  index: number;
  kind?: string;
  id?: string;
  /** The body's canonical JSON, as the leaf commits to it; absent where it is not shown to who asks. */
  body?: string;
  /** The leaf's bytes as text. */
  leaf: string;
  /** Salts of the three commitments, hex. */
  salts?: { kind: string; id: string; body: string };
  /** Why kind, id, body and salts are not here. */
  withheld?: string;
  /** Sibling hashes from the leaf up, hex. */
  path: string[];
  size: number;
  root: string;
  checkpoint: string;
}

export const hex = (bytes: Uint8Array): string => [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");

function unhex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new Error("not hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export async function sha256(...parts: Uint8Array[]): Promise<Uint8Array> {
  const all = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return new Uint8Array(await crypto.subtle.digest("SHA-256", all as BufferSource));
}

const NODE = Uint8Array.of(1);
const LEAF = Uint8Array.of(0);

/** The root that a leaf and its path lead to (RFC 9162, section 2.1.3.2); every step, for the drawing. */
export async function climb(leaf: Uint8Array, index: number, size: number, path: Uint8Array[]): Promise<{ root: Uint8Array; steps: string[] }> {
  if (index < 0 || index >= size) throw new Error("the index lies outside the tree");
  let [fn, sn] = [index, size - 1];
  let at = await sha256(LEAF, leaf);
  const steps = [hex(at)];
  for (const sibling of path) {
    if (sn === 0) throw new Error("the path is too long");
    if (fn % 2 === 1 || fn === sn) {
      at = await sha256(NODE, sibling, at);
      while (fn % 2 === 0 && fn !== 0) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    } else at = await sha256(NODE, at, sibling);
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
    steps.push(hex(at));
  }
  if (sn !== 0) throw new Error("the path is too short");
  return { root: at, steps };
}

/** The root a checkpoint's text names: third line, base64. */
export function checkpointRoot(note: string): { origin: string; size: number; root: string } {
  const [origin = "", size = "", root = ""] = note.split("\n");
  const bytes = Uint8Array.from(atob(root), (c) => c.charCodeAt(0));
  return { origin, size: Number(size), root: hex(bytes) };
}

export interface Checked {
  ok: boolean;
  /** What fails; empty when all holds. */
  reason: string;
  /** Hashes from the leaf to the root. */
  steps: string[];
  /** Whether the signature was checked: this browser may not know Ed25519. */
  signature: "holds" | "fails" | "not checked here";
}

/** Body, leaf, path, root and signature, each by this browser. */
export async function check(proof: RecordProof, vkey: string): Promise<Checked> {
  const text = new TextEncoder();
  const { root, steps } = await climb(text.encode(proof.leaf), proof.index, proof.size, proof.path.map(unhex));
  const signed = checkpointRoot(proof.checkpoint);
  const signature = await signedBy(proof.checkpoint, vkey);
  let reason = "";
  if (signed.size !== proof.size || signed.root !== hex(root)) reason = "The path does not lead to the signed root.";
  else if (proof.withheld === undefined && !(await commits(proof))) reason = "The leaf does not commit to this record.";
  else if (signature === "fails") reason = "The checkpoint’s signature fails.";
  return { ok: reason === "", reason, steps, signature };
}

/** Whether the leaf is the one that kind, id and body give under their salts, and the id is the body's hash. */
async function commits({ kind, id, body, salts, leaf }: RecordProof): Promise<boolean> {
  if (kind === undefined || id === undefined || body === undefined || salts === undefined) return false;
  const text = new TextEncoder();
  const commit = async (salt: string, value: string): Promise<string> =>
    `c:${btoa(String.fromCharCode(...(await sha256(text.encode("truceline/c1"), unhex(salt), text.encode(value)))))}`;
  const bodyOf = await commit(salts.body, body);
  const idOf = await commit(salts.id, JSON.stringify(id));
  const kindOf = await commit(salts.kind, JSON.stringify(kind));
  const own = `${kind}:${hex(await sha256(text.encode(body))).slice(0, 32)}`;
  return own === id && leaf === `{"body":"${bodyOf}","id":"${idOf}","kind":"${kindOf}","v":1}`;
}

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));

/** Whether a key (`name+id+base64`) signed a note (C2SP signed-note, Ed25519). */
async function signedBy(note: string, vkey: string): Promise<Checked["signature"]> {
  const cut = note.lastIndexOf("\n\n");
  const [name = "", , ...rest] = vkey.trim().split("+");
  const key = bytesOf(rest.join("+")).slice(1);
  const line = note.slice(cut + 2).split("\n").find((one) => one.startsWith(`\u2014 ${name} `));
  if (cut < 0 || !line) return "fails";
  const signature = bytesOf(line.split(" ")[2] ?? "").slice(4);
  try {
    const publicKey = await crypto.subtle.importKey("raw", key as BufferSource, { name: "Ed25519" }, false, ["verify"]);
    const text = new TextEncoder().encode(note.slice(0, cut + 1));
    return (await crypto.subtle.verify("Ed25519", publicKey, signature as BufferSource, text)) ? "holds" : "fails";
  } catch (error) {
    if (error instanceof DOMException && error.name === "NotSupportedError") return "not checked here";
    throw error;
  }
}

export async function fetchProof(index: number): Promise<RecordProof> {
  const answer = await fetch(`/api/v1/records/${index}`);
  if (!answer.ok) {
    const problem = (await answer.json()) as { detail?: string };
    throw new Error(problem.detail ?? `the server answers ${answer.status}`);
  }
  return (await answer.json()) as RecordProof;
}
