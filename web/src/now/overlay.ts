// SPDX-License-Identifier: Apache-2.0
/** Over the map: the lens that shows the chosen event at true scale, its leader, and the scale bar. */

import { replace, s } from "../dom";
import { inside, roundScale } from "../map/geometry";
import { fitting, scaleBar, sketch } from "../map/sketch";
import type { MapView } from "../map/view";
import { STEP } from "./play";
import type { Model } from "../model";

const R = 98;
const NOTE = [206, 46] as const;

export class Overlay {
  readonly el = s("svg", { class: "overlay", "aria-hidden": "true" });
  private readonly lens = s("g", {});
  private readonly leader = s("g", {});
  private readonly bar = s("g", {});
  private readonly lit = s("g", {});
  private at: number | null = null;
  private readonly note: SVGGElement;
  private key = "";
  private chosen = -1;

  constructor(private readonly model: Model) {
    this.note = s(
      "g",
      { visibility: "hidden" },
      s("rect", { width: NOTE[0], height: NOTE[1], fill: "var(--fog-soft)" }),
      s("text", { x: 10, y: 19, class: "strong" }, "Not observed"),
      s("text", { x: 10, y: 37, class: "soft" }, "The fire file ends at this border"),
    );
    this.el.append(this.note, this.lit, this.leader, this.lens, this.bar);
  }

  update(line: number, chosen: number): void {
    this.chosen = chosen;
    const key = `${line} ${chosen}`;
    if (key === this.key) return;
    this.key = key;
    if (chosen < 0) {
      replace(this.lens);
      return;
    }
    const ev = this.model.page.events;
    const rows = this.model.page.details[String(chosen)]?.pixels ?? [];
    const km = fitting(this.model, chosen);
    const frame = { lon: ev.lon[chosen] as number, lat: ev.lat[chosen] as number, km, width: 2 * R, height: 2 * R };
    replace(
      this.lens,
      s("clipPath", { id: "lens-clip" }, s("circle", { cx: R, cy: R, r: R })),
      s("g", { "clip-path": "url(#lens-clip)" }, sketch(this.model, this.model.line(line), chosen, frame, rows, false)),
      s("circle", { cx: R, cy: R, r: R, fill: "none", stroke: "var(--text)", "stroke-width": 2 }),
      s("text", { x: R, y: 36, "text-anchor": "middle", stroke: "var(--land)", "stroke-width": 4, "paint-order": "stroke" }, "68 % and 95 % of place"),
    );
  }

  /** While time plays: events first seen in the ten minutes before this moment are ringed. */
  moment(t: number | null): void {
    this.at = t;
    if (t === null) replace(this.lit);
  }

  private light(map: MapView): void {
    const { at } = this;
    if (at === null) return;
    const { first, lon, lat, truce } = this.model.page.events;
    const marks: SVGElement[] = [];
    for (let i = 0; i < first.length && marks.length < 200; i += 1) {
      const t = first[i] as number;
      const spot = truce[i] && t <= at && t > at - STEP ? map.project(lon[i] as number, lat[i] as number) : null;
      if (spot) marks.push(s("circle", { cx: spot.x, cy: spot.y, r: 15, fill: "none", stroke: "var(--text)", "stroke-width": 2.4 }));
    }
    replace(this.lit, marks);
  }

  /** Places lens, leader and scale bar for the map's present view. */
  place(map: MapView): void {
    const { clientWidth: width, clientHeight: height } = this.el as unknown as HTMLElement;
    const km100 = map.kmOf100();
    if (km100 && width) {
      const km = roundScale(km100);
      replace(this.bar, scaleBar(km, 100 / km100, width - 100 / (km100 / km) - 20 - 52, height - 14));
    }
    this.placeNote(map, width, height);
    this.light(map);
    replace(this.leader);
    const show = this.chosen >= 0 && width > 700 && height > 380;
    this.lens.setAttribute("visibility", show ? "visible" : "hidden");
    if (!show) return;
    const ev = this.model.page.events;
    const at = map.project(ev.lon[this.chosen] as number, ev.lat[this.chosen] as number);
    if (!at) return;
    const corner = { x: width - 2 * R - 24, y: height - 2 * R - 44 };
    const other = { x: width - 2 * R - 24, y: 60 };
    const hides = (c: { x: number; y: number }): boolean => Math.hypot(at.x - c.x - R, at.y - c.y - R) < R + 24;
    const spot = hides(corner) ? other : corner;
    this.lens.setAttribute("transform", `translate(${spot.x} ${spot.y})`);
    const [dx, dy] = [spot.x + R - at.x, spot.y + R - at.y];
    const far = Math.hypot(dx, dy);
    const [x2, y2] = [at.x + (dx * (far - R)) / far, at.y + (dy * (far - R)) / far];
    const [x1, y1] = [at.x + (dx * 14) / far, at.y + (dy * 14) / far];
    this.leader.append(s("path", { d: `M${x1} ${y1}L${x2} ${y2}`, stroke: "var(--text)", "stroke-width": 1.2 }));
  }

  /** Says "Not observed" where a whole label fits outside the extent and clear of the controls. */
  private placeNote(map: MapView, width: number, height: number): void {
    const { extent } = this.model.page;
    this.note.setAttribute("visibility", "hidden");
    if (extent.length === 0 || width < 700) return;
    const clear = (x: number, y: number): boolean => {
      const place = map.unproject(x, y);
      return place !== null && !extent.some((ring) => inside(place, ring));
    };
    for (let y = this.model.page.lines.length > 1 ? 56 : 14; y < height - 120; y += 28) {
      for (let x = width - NOTE[0] - 20; x > 320; x -= 28) {
        const corners = [0, 0.5, 1].flatMap((a) => [0, 1].map((b) => clear(x + a * NOTE[0], y + b * NOTE[1])));
        const lensed = this.chosen >= 0 && x + NOTE[0] > width - 2 * R - 40 && y > height - 2 * R - 110;
        if (lensed || corners.includes(false)) continue;
        this.note.setAttribute("transform", `translate(${x} ${y})`);
        this.note.setAttribute("visibility", "visible");
        return;
      }
    }
  }
}
