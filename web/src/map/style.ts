// SPDX-License-Identifier: Apache-2.0
/** The map's style: our own sources only, labels from local fonts (no glyph server). */

import type { ExpressionSpecification, StyleSpecification } from "maplibre-gl";
import type { Feature, FeatureCollection, Geometry } from "geojson";
import { token } from "../dom";
import { coverageClass, type Model } from "../model";
import type { LineView } from "../types";
import type { Base, Borders, Box } from "./base";
import { clip, type Point } from "./geometry";

const collection = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
const feature = (geometry: Geometry, properties: Record<string, unknown> = {}): Feature => ({
  type: "Feature",
  geometry,
  properties,
});
const lines = (coordinates: Point[][]): Feature => feature({ type: "MultiLineString", coordinates });

/** What the data do not cover: the box less the extent. Cut to the box: huge hatched shapes draw wrongly. */
export function outside(extent: Point[][], box: Box): Feature[] {
  if (extent.length === 0) return [];
  const [w, s, e, n] = box;
  const frame: Point[] = [[w, s], [e, s], [e, n], [w, n], [w, s]];
  const holes = extent
    .map((ring) => clip(ring, w, s, e, n))
    .filter((ring) => ring.length > 2)
    .map((ring) => [...ring, ring[0] as Point].reverse());
  return [feature({ type: "Polygon", coordinates: [frame, ...holes] })];
}

export function sectors(line: LineView): Feature[] {
  return line.coverage.sectors.flatMap((sector) =>
    sector.shapes.flatMap((polygons, side) =>
      polygons.map((rings) =>
        feature(
          { type: "Polygon", coordinates: rings },
          { class: coverageClass(sector.share[side] ?? null), sector: sector.number, side },
        ),
      ),
    ),
  );
}

/** From so many events on, those that stand close together are drawn as one mark with their number. */
export const DENSE = 2000;

/** The truce's events. */
export function events(model: Model, line: LineView): Feature[] {
  const { lon, lat, truce, status } = model.page.events;
  const out: Feature[] = [];
  for (let i = 0; i < model.count; i += 1) {
    if (!truce[i]) continue;
    const p = model.war(i);
    const open = status[i] === "detected" ? "open" : "";
    out.push(
      feature(
        { type: "Point", coordinates: [lon[i] as number, lat[i] as number] },
        {
          i,
          near: model.near(i, line),
          mark: open || "near",
          gauge: model.silent(i) || Number.isNaN(p) ? `silent${open}-0` : `gauge${open}-${Math.round(p * 20) * 5}`,
          label: model.silent(i) || Number.isNaN(p) ? "?" : `${Math.round(p * 100)} %`,
        },
      ),
    );
  }
  return out;
}

/** The chosen event by itself: it stands out even where many are drawn as one. */
export function chosenEvent(model: Model, chosen: number): FeatureCollection {
  const { lon, lat } = model.page.events;
  if (chosen < 0) return collection([]);
  return collection([feature({ type: "Point", coordinates: [lon[chosen] as number, lat[chosen] as number] }, { i: chosen })]);
}

/** Towns with a rank: the ones that name the line first, then by size. */
function towns(model: Model, line: LineView): Feature[] {
  const { name, lon, lat, population } = model.page.towns;
  const named = new Set(line.ticks.map((tick) => tick.name));
  // Two towns may share a name; the larger one stands first and is the one meant.
  const first = (i: number): number => Number(named.has(name[i] as string) && name.indexOf(name[i] as string) === i);
  const order = name.map((_, i) => i).sort((a, b) => first(b) - first(a) || a - b);
  const rank = new Map(order.map((i, k) => [i, k]));
  return name.map((text, i) =>
    feature(
      { type: "Point", coordinates: [lon[i] as number, lat[i] as number] },
      { name: text, rank: rank.get(i) ?? i, large: (population[i] as number) > 400_000 },
    ),
  );
}

export interface Shown {
  mode: "coverage" | "probability";
  borders: Borders;
  chosen: number;
}

export function sources(model: Model, line: LineView, base: Base, box: Box, shown: Shown): StyleSpecification["sources"] {
  const geojson = (features: Feature[]): StyleSpecification["sources"][string] => ({
    type: "geojson",
    data: collection(features),
    tolerance: 0.3,
    maxzoom: 12,
  });
  const kind = (name: string, all: Feature[]): Feature[] => all.map((one) => ({ ...one, properties: { ...one.properties, kind: name } }));
  const marks = events(model, line);
  const dense = marks.length > DENSE ? CLUSTERED : {};
  const borders = shown.borders === "none" ? [] : [lines(base[shown.borders])];
  // Few sources, few kinds of layer: each costs a software renderer a compiled program and a pass.
  return {
    areas: geojson([
      ...kind("land", base.land.map((rings) => feature({ type: "Polygon", coordinates: rings }))),
      ...kind("outside", outside(model.page.extent, box)),
      ...kind("sector", sectors(line)),
    ]),
    lines: geojson([
      ...kind("coast", [lines(base.coast)]),
      ...kind("border", borders),
      ...kind("extent", model.page.extent.map((ring) => lines([ring]))),
      ...kind("line", [lines(line.coordinates)]),
    ]),
    events: { ...geojson(marks.filter((one) => one.properties?.["near"])), ...dense } as StyleSpecification["sources"][string],
    far: { ...geojson(marks.filter((one) => !one.properties?.["near"])), ...dense } as StyleSpecification["sources"][string],
    chosen: { type: "geojson", data: chosenEvent(model, shown.chosen) },
    towns: geojson(towns(model, line)),
  };
}

const CLUSTERED = { cluster: true, clusterRadius: 44, clusterMaxZoom: 10, clusterMinPoints: 4 };

const byClass = (values: string[], otherwise: string): ExpressionSpecification =>
  ["match", ["get", "class"], 0, values[0], 1, values[1], 2, values[2], 3, values[3], 4, values[4], 5, values[5], otherwise] as unknown as ExpressionSpecification;

const is = (...kinds: string[]): ExpressionSpecification => ["in", ["get", "kind"], ["literal", kinds]];

export function style(model: Model, line: LineView, base: Base, box: Box, shown: Shown, theme: string): StyleSpecification {
  const t = token;
  const font = ["TrucelineMap"];
  const gauge = shown.mode === "probability";
  const icon = gauge ? ["concat", "event-", ["get", "gauge"], `-${theme}`] : ["concat", "event-", ["get", "mark"], `-0-${theme}`];
  const one = ["!", ["has", "point_count"]] as unknown as ExpressionSpecification;
  const many = (name: string, source: string): StyleSpecification["layers"][number] => ({
    id: `many-${name}`, type: "symbol", source, filter: ["has", "point_count"],
    layout: {
      "icon-image": ["concat", `many-${name}-`, ["step", ["get", "point_count"], "12", 100, "15", 1000, "19"], `-${theme}`] as unknown as ExpressionSpecification,
      "icon-allow-overlap": true, "text-allow-overlap": true, "text-field": ["to-string", ["get", "point_count"]], "text-font": font, "text-size": 12,
      "symbol-sort-key": ["get", "point_count"],
    },
    paint: { "text-color": t("--text") },
  });
  const shade = ["--c0", "--c1", "--c2", "--c3", "--c4", "--c5"].map(t);
  return {
    version: 8,
    sources: sources(model, line, base, box, shown),
    layers: [
      { id: "water", type: "background", paint: { "background-color": t("--water") } },
      { id: "land", type: "fill", source: "areas", filter: is("land"), paint: { "fill-color": t("--land"), "fill-antialias": false } },
      { id: "coast", type: "line", source: "lines", filter: is("coast", "border", "extent"),
        paint: { "line-color": ["match", ["get", "kind"], "coast", t("--rule"), "border", t("--hatch"), t("--text3")], "line-width": ["match", ["get", "kind"], "coast", 0.8, 1] } },
      { id: "outside", type: "fill", source: "areas", filter: is("outside"), paint: { "fill-pattern": `hatch-outside-0-${theme}`, "fill-opacity": 0.7, "fill-antialias": false } },
      { id: "sectors", type: "fill", source: "areas", filter: is("sector"),
        paint: { "fill-color": byClass(shade, t("--fog-soft")), "fill-opacity": gauge ? 0.45 : 0.92, "fill-antialias": false } },
      { id: "sectors-hatch", type: "fill", source: "areas", filter: ["all", is("sector"), ["<", ["get", "class"], 3]] as unknown as ExpressionSpecification,
        paint: { "fill-pattern": ["match", ["get", "class"], -1, `hatch-side-0-${theme}`, 0, `hatch-none-0-${theme}`, 1, `hatch-thin-0-${theme}`, `hatch-thinner-0-${theme}`] as unknown as ExpressionSpecification,
          "fill-opacity": gauge ? 0.35 : 0.75, "fill-antialias": false } },
      { id: "sectors-edge", type: "line", source: "areas", filter: is("sector"), paint: { "line-color": t("--land"), "line-width": 1 } },
      { id: "line", type: "line", source: "lines", filter: is("line"), layout: { "line-join": "round" }, paint: { "line-color": t("--text"), "line-width": 2.2 } },
      { id: "towns", type: "symbol", source: "towns",
        filter: ["<", ["get", "rank"], ["step", ["zoom"], 24, 6.5, 60, 7.5, 150, 9, 900]],
        layout: {
          "icon-image": `town-0-0-${theme}`, "text-field": ["get", "name"], "text-font": font,
          "text-size": ["case", ["get", "large"], 14, 12.5], "text-variable-anchor-offset": ["left", [-0.35, 0], "right", [0.35, 0], "top", [0, 0.1], "bottom", [0, -0.1]] as never,
          "text-justify": "auto", "symbol-sort-key": ["get", "rank"], "text-padding": 14, "icon-padding": 6,
        },
        paint: { "text-color": ["case", ["get", "large"], t("--text"), t("--text2")], "text-halo-color": t("--land"), "text-halo-width": 1.6 } },
      { id: "far", type: "symbol", source: "far", filter: one,
        layout: { "icon-image": `event-far-0-${theme}`, "icon-allow-overlap": true, "icon-ignore-placement": true } },
      { id: "events", type: "symbol", source: "events", filter: one,
        layout: {
          "icon-image": icon as unknown as ExpressionSpecification, "icon-allow-overlap": true, "icon-ignore-placement": false,
          ...(gauge ? { "text-field": ["get", "label"] as unknown as ExpressionSpecification, "text-font": font, "text-size": 12, "text-offset": [1.2, 0] as [number, number], "text-anchor": "left" as const, "text-optional": true } : {}),
        },
        paint: { "text-color": t("--text"), "text-halo-color": t("--land"), "text-halo-width": 1.6 } },
      ...(model.inTruce > DENSE ? [many("far", "far"), many("near", "events")] : []),
      { id: "chosen", type: "symbol", source: "chosen", layout: { "icon-image": `event-chosen-0-${theme}`, "icon-allow-overlap": true } },
    ],
  };
}
