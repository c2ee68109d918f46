// SPDX-License-Identifier: Apache-2.0
/** Coverage of each sector and hour: painted under the time axis, and summed over a span. */

import { token } from "../dom";
import { coverageClass, HOUR, type Model } from "../model";
import type { LineView } from "../types";
import { PLOT, type Scale } from "./axis";

export class Field {
  private readonly held = new Map<string, Float32Array[]>();

  constructor(private readonly model: Model) {}

  /** Sector × hour for one side (0, 1) or the mean of both (-1); NaN where not observed. */
  rows(line: LineView, side: number): Float32Array[] {
    const key = `${line.name} ${side}`;
    let rows = this.held.get(key);
    if (!rows) this.held.set(key, (rows = this.model.hourly(line, side)));
    return rows;
  }

  /** Whether nothing of this side was observed. */
  blank(line: LineView, side: number): boolean {
    return this.rows(line, side).every((row) => row.every((p) => Number.isNaN(p)));
  }

  /** Hours of a span as if at full coverage: each hour times the share of reference fires it would have shown. */
  hours(line: LineView, side: number, from: number, to: number): number {
    const rows = this.rows(line, side);
    const start = line.coverage.hours.start;
    let [sum, weight] = [0, 0];
    line.coverage.sectors.forEach((sector, row) => {
      const km = sector.end_km - sector.start_km;
      const known = rows[row];
      if (!known || known.every((p) => Number.isNaN(p))) return;
      weight += km;
      for (let hour = Math.max(0, Math.floor((from - start) / HOUR)); hour < Math.min(known.length, Math.ceil((to - start) / HOUR)); hour += 1) {
        const begins = start + hour * HOUR;
        const share = (Math.min(to, begins + HOUR) - Math.max(from, begins)) / HOUR;
        sum += (known[hour] as number) * share * km;
      }
    });
    return weight ? sum / weight : NaN;
  }

  paint(canvas: HTMLCanvasElement, scale: Scale, line: LineView, side: number, height: number): void {
    const ratio = Math.min(2, devicePixelRatio || 1);
    canvas.width = scale.width * ratio;
    canvas.height = height * ratio;
    canvas.style.width = `${scale.width}px`;
    canvas.style.height = `${height}px`;
    const c = canvas.getContext("2d");
    if (!c) return;
    c.scale(ratio, ratio);
    c.beginPath();
    c.rect(PLOT.left, PLOT.top, scale.width - PLOT.left - PLOT.right, PLOT.bottom - PLOT.top);
    c.fillStyle = token("--fog-soft");
    c.fill();
    c.clip();
    lines(c, scale, 7, token("--hatch"));
    this.cells(c, scale, line, side);
  }

  private cells(c: CanvasRenderingContext2D, scale: Scale, line: LineView, side: number): void {
    const rows = this.rows(line, side);
    const shade = [0, 1, 2, 3, 4, 5].map((k) => token(`--c${k}`));
    const start = line.coverage.hours.start;
    const first = Math.max(0, Math.floor((scale.from - start) / HOUR));
    const last = Math.ceil((scale.to - start) / HOUR);
    line.coverage.sectors.forEach((sector, row) => {
      const [a, b] = [scale.y(sector.start_km), scale.y(sector.end_km)];
      for (let hour = first; hour < last; hour += 1) {
        const p = rows[row]?.[hour];
        if (!p) continue;
        const x = scale.x(start + hour * HOUR);
        c.fillStyle = shade[coverageClass(p)] as string;
        c.fillRect(x, Math.min(a, b), scale.x(start + (hour + 1) * HOUR) - x + 0.5, Math.abs(b - a) + 0.4);
      }
    });
  }
}

function lines(c: CanvasRenderingContext2D, scale: Scale, gap: number, colour: string): void {
  const height = PLOT.bottom - PLOT.top;
  c.strokeStyle = colour;
  c.lineWidth = 0.8;
  c.beginPath();
  for (let x = PLOT.left - height; x < scale.width; x += gap) {
    c.moveTo(x, PLOT.bottom);
    c.lineTo(x + height, PLOT.top);
  }
  c.stroke();
}
