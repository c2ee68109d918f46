# SPDX-License-Identifier: Apache-2.0
"""``events.geojson``: every event as a point (RFC 7946)."""

from __future__ import annotations

import json

from truceline.model.watching import Run
from truceline.reports import words
from truceline.reports.event_rows import event_rows
from truceline.reports.formats import NBSP


def events_geojson(run: Run) -> str:
    """Return a FeatureCollection, one feature a line; ``coverage`` says what the counts are worth.

    Columns are those of docs/reference/events-files.md, without ``lon`` and ``lat``, which are the geometry.
    """
    features = []
    for row in event_rows(run):
        lon, lat, index = row.pop("lon"), row.pop("lat"), row["index"]
        point = {"type": "Point", "coordinates": [lon, lat]}
        feature = {"type": "Feature", **({} if index is None else {"id": index}), "geometry": point, "properties": row}
        features.append(json.dumps(feature, ensure_ascii=False, allow_nan=False))
    coverage = json.dumps(words.coverage_sentence(run.view).replace(NBSP, " "), ensure_ascii=False)
    body = ",\n".join(features)
    return f'{{"type": "FeatureCollection", "coverage": {coverage}, "features": [\n{body}\n]}}\n'
