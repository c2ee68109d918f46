// SPDX-License-Identifier: Apache-2.0
// Checks ledger.json with nothing but docs/reference/ledger-format.md and Node's own crypto: a second implementation.
// Run: node check_ledger.mjs ledger.json    Exit 0 and a line of counts, or 1 and the first thing that is wrong.
import { createHash, createPublicKey, verify } from "node:crypto";
import { readFileSync } from "node:fs";

const sha = (...parts) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest();
};
const fail = (text) => {
  console.error(text);
  process.exit(1);
};
const same = (a, b, text) => {
  if (Buffer.compare(Buffer.from(a), Buffer.from(b)) !== 0) fail(text);
};

// RFC 8785 is defined by JavaScript: sorted by UTF-16 units, numbers as JSON.stringify writes them.
const canonical = (value) =>
  Array.isArray(value)
    ? `[${value.map(canonical).join(",")}]`
    : value !== null && typeof value === "object"
      ? `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`
      : JSON.stringify(value);

const mth = (hashes) => {
  if (hashes.length === 0) return sha();
  if (hashes.length === 1) return hashes[0];
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return sha(Buffer.from([1]), mth(hashes.slice(0, k)), mth(hashes.slice(k)));
};
// PATH and PROOF of RFC 6962, by its own recursion.
const path = (m, hashes) => {
  if (hashes.length === 1) return [];
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return m < k
    ? [...path(m, hashes.slice(0, k)), mth(hashes.slice(k))]
    : [...path(m - k, hashes.slice(k)), mth(hashes.slice(0, k))];
};
const subproof = (m, hashes, whole) => {
  if (m === hashes.length) return whole ? [] : [mth(hashes)];
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return m <= k
    ? [...subproof(m, hashes.slice(0, k), whole), mth(hashes.slice(k))]
    : [...subproof(m - k, hashes.slice(k), false), mth(hashes.slice(0, k))];
};

const told = JSON.parse(readFileSync(process.argv[2], "utf8"));
// The key's base64 may hold plus signs itself; the name may not.
const [, name, keyId, key64] = told.vkey.match(/^([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/) ?? fail("vkey");
const key = Buffer.from(key64, "base64");
same(sha(`${name}\n`, key).subarray(0, 4).toString("hex"), keyId, "key id");
const spki = Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), key.subarray(1)]);
const publicKey = createPublicKey({ key: spki, format: "der", type: "spki" });

const hashes = told.records.map((record, index) => {
  const salts = Buffer.from(record.salts, "hex");
  const commit = (n, text) => `c:${sha("truceline/c1", salts.subarray(16 * n, 16 * n + 16), text).toString("base64")}`;
  same(canonical(JSON.parse(record.body)), record.body, `record ${index}: body not canonical`);
  same(`${record.kind}:${sha(record.body).toString("hex").slice(0, 32)}`, record.id, `record ${index}: id`);
  const leaf = canonical({
    v: 1,
    kind: commit(0, JSON.stringify(record.kind)),
    id: commit(1, JSON.stringify(record.id)),
    body: commit(2, record.body),
  });
  same(leaf, record.leaf, `record ${index}: leaf`);
  return sha(Buffer.from([0]), record.leaf);
});

if (told.checkpoints.length !== hashes.length + 1) fail("checkpoints");
told.checkpoints.forEach((note, size) => {
  const root = mth(hashes.slice(0, size)).toString("base64");
  const text = `${name}\n${size}\n${root}\n`;
  if (!note.startsWith(`${text}\n— ${name} `) || !note.endsWith("\n")) fail(`checkpoint ${size}: text`);
  const signature = Buffer.from(note.slice(`${text}\n— ${name} `.length, -1), "base64");
  same(signature.subarray(0, 4).toString("hex"), keyId, `checkpoint ${size}: key id`);
  if (!verify(null, Buffer.from(text), publicKey, signature.subarray(4))) fail(`checkpoint ${size}: signature`);
});
for (const { index, size, proof } of told.inclusion)
  same(path(index, hashes.slice(0, size)).map((step) => step.toString("hex")).join(), proof.join(), `inclusion ${index} ${size}`);
for (const { old, size, proof } of told.consistency)
  same(subproof(old, hashes.slice(0, size), true).map((step) => step.toString("hex")).join(), proof.join(), `consistency ${old} ${size}`);

console.log(
  `${hashes.length} records, ${told.checkpoints.length} checkpoints, ` +
    `${told.inclusion.length + told.consistency.length} proofs: all as the format says`,
);
