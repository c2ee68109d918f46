// SPDX-License-Identifier: Apache-2.0
/** The basemap's cells (scripts/basemap.mjs): land, coast and two sets of borders, from our own server only. */

export type Line = [number, number][];
export interface Base {
  land: Line[][];
  coast: Line[];
  "natural-earth": Line[];
  visionscarto: Line[];
}
export type Box = [number, number, number, number];
export interface Found extends Base {
  /** Cells of the basemap that could not be loaded: the map is drawn without them. */
  missing: number;
}

const empty = (): Base => ({ land: [], coast: [], "natural-earth": [], visionscarto: [] });
const cache = new Map<string, Promise<Base>>();
let index: Promise<{ cell: number; cells: string[] }> | undefined;

async function json<T>(path: string): Promise<T> {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return (await answer.json()) as T;
}

/** A cell; one that fails is asked for again next time. */
function load(key: string): Promise<Base | null> {
  const found = cache.get(key) ?? json<Base>(`/base/${key}.json`);
  cache.set(key, found);
  return found.catch(() => {
    cache.delete(key);
    return null;
  });
}

/** The cells that a box (west, south, east, north) touches, joined; what cannot be loaded is left out and counted. */
export async function base(box: Box): Promise<Found> {
  index ??= json("/base/index.json");
  const out: Found = { ...empty(), missing: 0 };
  const known = await index.catch(() => (index = undefined));
  if (!known) return { ...out, missing: 1 };
  const parts = await Promise.all(touched(box, known).map(load));
  for (const part of parts) {
    if (!part) {
      out.missing += 1;
      continue;
    }
    out.land.push(...part.land);
    out.coast.push(...part.coast);
    out["natural-earth"].push(...part["natural-earth"]);
    out.visionscarto.push(...part.visionscarto);
  }
  return out;
}

function touched(box: Box, { cell, cells }: { cell: number; cells: string[] }): string[] {
  const known = new Set(cells);
  const wanted: string[] = [];
  for (let x = Math.floor(box[0] / cell) * cell; x < box[2]; x += cell) {
    for (let y = Math.floor(box[1] / cell) * cell; y < box[3]; y += cell) {
      if (known.has(`${x}_${y}`)) wanted.push(`${x}_${y}`);
    }
  }
  return wanted;
}

export const BORDERS = {
  visionscarto: "Borders: visionscarto, 1:50m, draws Crimea as Ukraine’s",
  "natural-earth": "Borders: Natural Earth, 1:10m, draws Crimea as Russia’s",
  none: "Borders: none drawn",
} as const;
export type Borders = keyof typeof BORDERS;

/** The borders an address asks for. */
export function bordersOf(params: URLSearchParams): Borders {
  const named = params.get("borders") ?? "";
  return (Object.hasOwn(BORDERS, named) ? named : "visionscarto") as Borders;
}
