// SPDX-License-Identifier: Apache-2.0
/** The MapLibre map of the Now screen. */

import { Map as GlMap, prewarm, setWorkerUrl, type GeoJSONSource, type MapLayerMouseEvent } from "maplibre-gl";
import workerUrl from "maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url";
import "maplibre-gl/dist/maplibre-gl.css";
import { still } from "../dom";
import { isDark } from "../theme";
import type { Model } from "../model";
import { base, type Box, type Found } from "./base";
import { image } from "./icons";
import { chosenEvent, style, type Shown } from "./style";

setWorkerUrl(workerUrl);
prewarm(); // the workers start while the page’s data is still on its way

declare global {
  interface Window {
    truceline?: { idleAt: number | null };
  }
}

export class MapView {
  private map: GlMap | null = null;
  private base: Found | null = null;
  private shown: { line: number; shown: Shown } | null = null;
  private key = "";
  private chosen = -1;
  private readonly box: Box;
  private readonly bounds: Box;

  constructor(
    private readonly el: HTMLElement,
    private readonly model: Model,
    private readonly choose: (i: number) => void,
    private readonly moved: () => void,
  ) {
    this.bounds = frame(model);
    this.box = around(this.bounds);
  }

  async start(line: number, shown: Shown): Promise<void> {
    this.shown = { line, shown };
    const [found] = await Promise.all([base(this.box), document.fonts.load("500 14px TrucelineMap").catch(() => [])]);
    this.base = found;
    performance.mark("basemap");
    const map = new GlMap({
      container: this.el,
      style: this.style(),
      bounds: this.bounds,
      fitBoundsOptions: { padding: this.padding() },
      maxBounds: this.box,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
      maxZoom: 12,
      renderWorldCopies: false,
    });
    map.touchZoomRotate.disableRotation();
    map.keyboard.disableRotation();
    map.setMissingStyleImageResolver((id) => {
      const found = image(id);
      if (found && !map.hasImage(id)) map.addImage(id, found.data, { pixelRatio: found.ratio });
    });
    map.on("click", ["events", "far"], (event: MapLayerMouseEvent) => {
      const i = event.features?.[0]?.properties["i"];
      if (typeof i === "number") this.choose(i);
    });
    map.on("click", ["many-near", "many-far"], (event: MapLayerMouseEvent) => this.part(event));
    map.on("mouseenter", ["events", "far", "many-near", "many-far"], () => (map.getCanvas().style.cursor = "pointer"));
    map.on("mouseleave", ["events", "far", "many-near", "many-far"], () => (map.getCanvas().style.cursor = ""));
    map.on("move", this.moved);
    map.once("load", () => performance.mark("map-load"));
    map.once("idle", () => {
      const ms = Math.round(performance.now());
      window.truceline = { idleAt: ms };
      document.body.dataset["idle"] = String(ms);
      this.moved();
    });
    map.getCanvas().setAttribute("aria-label", "Map: line of contact, coverage by sector and side, events. The list beside it says the same in words.");
    this.map = map;
    this.key = this.keyOf();
    this.chosen = this.shown.shown.chosen;
  }

  /** Goes as near as parts the events that stand in one mark. */
  private part(event: MapLayerMouseEvent): void {
    const found = event.features?.[0];
    const id: unknown = found?.properties["cluster_id"];
    if (!this.map || typeof id !== "number") return;
    const center = event.lngLat;
    void this.map.getSource<GeoJSONSource>(found?.source ?? "events")?.getClusterExpansionZoom(id).then((zoom) => this.map?.easeTo({ center, zoom, animate: !still() }));
  }

  /** How many cells of the basemap could not be loaded. */
  get missing(): number {
    return this.base?.missing ?? 0;
  }

  private padding(): { top: number; bottom: number; left: number; right: number } {
    const wide = this.el.clientWidth > 760;
    return wide ? { top: 48, bottom: 24, left: 130, right: 60 } : { top: 40, bottom: 40, left: 16, right: 16 };
  }

  private style(): ReturnType<typeof style> {
    const { line, shown } = this.shown as { line: number; shown: Shown };
    return style(this.model, this.model.line(line), this.base as Found, this.box, shown, isDark() ? "dark" : "light");
  }

  private keyOf(): string {
    const { line, shown } = this.shown as { line: number; shown: Shown };
    return `${line} ${shown.mode} ${shown.borders} ${isDark()}`;
  }

  /** Draws what is now asked for; does nothing if nothing changed. */
  update(line: number, shown: Shown): void {
    this.shown = { line, shown };
    const key = this.keyOf();
    if (!this.map || !this.base) return;
    if (shown.chosen !== this.chosen) {
      this.chosen = shown.chosen;
      this.map.getSource<GeoJSONSource>("chosen")?.setData(chosenEvent(this.model, shown.chosen));
    }
    if (key === this.key) return;
    this.key = key;
    this.map.setStyle(this.style(), { diff: true });
  }

  resize(): void {
    const { clientWidth, clientHeight } = this.el;
    const canvas = this.map?.getCanvas();
    if (canvas && (canvas.clientWidth !== clientWidth || canvas.clientHeight !== clientHeight)) this.map?.resize();
  }

  /** Where a place stands in the map's box, CSS pixels; null before the map is there. */
  project(lon: number, lat: number): { x: number; y: number } | null {
    return this.map ? this.map.project([lon, lat]) : null;
  }

  /** The place under a point of the map's box. */
  unproject(x: number, y: number): [number, number] | null {
    const found = this.map?.unproject([x, y]);
    return found ? [found.lng, found.lat] : null;
  }

  /** Kilometres of a hundred CSS pixels at the middle of the view. */
  kmOf100(): number | null {
    if (!this.map) return null;
    const { lat } = this.map.getCenter();
    return (100 * 40_075.017 * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** this.map.getZoom());
  }

  zoom(step: number): void {
    this.map?.zoomTo(this.map.getZoom() + step, { animate: !still() });
  }

  home(): void {
    this.map?.fitBounds(this.bounds, { padding: this.padding(), animate: !still() });
  }

  fly(lon: number, lat: number): void {
    this.map?.easeTo({ center: [lon, lat], zoom: Math.max(9, this.map.getZoom()), animate: !still() });
  }

  center(): [number, number] | null {
    const c = this.map?.getCenter();
    return c ? [c.lng, c.lat] : null;
  }
}

/** The box the map may show: the line with about its own size around it. */
function around([w, s, e, n]: Box): Box {
  const squeeze = Math.max(0.2, Math.cos((((s + n) / 2) * Math.PI) / 180));
  const size = Math.max((e - w) * squeeze, n - s, 0.5);
  const [dx, dy] = [(size * 1.1) / squeeze, size * 0.75];
  return [w - dx, Math.max(-85, s - dy), e + dx, Math.min(85, n + dy)];
}

function frame(model: Model): Box {
  let [w, s, e, n] = [180, 90, -180, -90];
  for (const line of model.page.lines) {
    for (const part of line.coordinates) {
      for (const [x, y] of part) {
        [w, s, e, n] = [Math.min(w, x), Math.min(s, y), Math.max(e, x), Math.max(n, y)];
      }
    }
  }
  return [w, s, e, n];
}
