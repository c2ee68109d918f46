// SPDX-License-Identifier: Apache-2.0
/** Small geometry in the local metric frame of a place; frames of tens of kilometres only. */

export const KM_LAT = 111.2;
export const kmLon = (lat: number): number => 111.32 * Math.cos((lat * Math.PI) / 180);

export type Point = [number, number];

/** Scale factors of a Gaussian's contour that holds 68 % and 95 % of places in two dimensions: sqrt(-2 ln(1-p)). */
export const HOLDS_68 = Math.sqrt(-2 * Math.log(1 - 0.68));
export const HOLDS_95 = Math.sqrt(-2 * Math.log(1 - 0.95));

/** Vertices, lon/lat, of an ellipse about a place: half-axes in metres, bearing of the major one from north. */
export function ellipse(lon: number, lat: number, major: number, minor: number, bearing: number, steps = 48): Point[] {
  const b = (bearing * Math.PI) / 180;
  const out: Point[] = [];
  for (let k = 0; k <= steps; k += 1) {
    const a = (2 * Math.PI * k) / steps;
    const u = major * Math.cos(a);
    const v = minor * Math.sin(a);
    const east = (u * Math.sin(b) + v * Math.cos(b)) / 1000;
    const north = (u * Math.cos(b) - v * Math.sin(b)) / 1000;
    out.push([lon + east / kmLon(lat), lat + north / KM_LAT]);
  }
  return out;
}

/** Sutherland and Hodgman: a ring cut to a box. */
export function clip(ring: Point[], west: number, south: number, east: number, north: number): Point[] {
  let out = ring;
  for (const [axis, edge, sign] of [
    [0, west, 1],
    [0, east, -1],
    [1, south, 1],
    [1, north, -1],
  ] as const) {
    const kept: Point[] = [];
    for (let i = 0; i < out.length; i += 1) {
      const a = out[i] as Point;
      const b = out[(i + 1) % out.length] as Point;
      const inA = sign * (a[axis] - edge) >= 0;
      const inB = sign * (b[axis] - edge) >= 0;
      if (inA) kept.push(a);
      if (inA !== inB) {
        const f = (edge - a[axis]) / (b[axis] - a[axis]);
        kept.push([a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1])]);
      }
    }
    out = kept;
  }
  return out;
}

/** A round number of kilometres not above `most`: 1, 2, 5, 10, 20, 50… */
export function roundScale(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((f) => f * power).find((v) => v <= most) ?? power;
}

/** Whether a place lies inside a ring (even-odd). */
export function inside([x, y]: Point, ring: Point[]): boolean {
  let odd = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [xi, yi] = ring[i] as Point;
    const [xj, yj] = ring[j] as Point;
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) odd = !odd;
  }
  return odd;
}
