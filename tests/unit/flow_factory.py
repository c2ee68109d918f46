# SPDX-License-Identifier: Apache-2.0
"""A small watch that a whole run takes well under a second for, and a ledger in memory."""

import json
from datetime import UTC, datetime
from pathlib import Path

from truceline.model.record import Record

NOW = datetime(2026, 11, 1, tzinfo=UTC)
HEADER = (
    "latitude,longitude,bright_ti4,scan,track,acq_date,acq_time,satellite,confidence,version,bright_ti5,frp,daynight"
)
LINE = {
    "type": "Feature",
    "properties": {"title": "The test line", "uncertainty_km": 2, "source": "made for a test"},
    "geometry": {"type": "LineString", "coordinates": [[36.0, 48.0], [36.4, 48.3], [36.9, 48.4]]},
}
EXTENT = {"type": "Polygon", "coordinates": [[[34, 47], [39, 47], [39, 50], [34, 50], [34, 47]]]}
CLOUD = "date,cloud_cover_in_country,cloud_cover_in_east_of_country\n" + "".join(
    f"2026-04-{day:02},0.{day},0.{day + 5}\n" for day in range(10, 15)
)
DAYS = "acq_date,satellite,status,rows,rows_basis\n" + "".join(
    f"2026-04-{day:02},{name},{'missing' if day == 14 else 'included'},,exact\n"
    for day in range(10, 15)
    for name in ("NOAA-20", "NOAA-21")
)
CLAIMS = """\
ceasefires:
  - id: spring
    declared_by: North
    start_utc: 2026-04-12T00:00:00Z
    end_utc: 2026-04-13T12:00:00Z
    terms: Stop all fire.
    source: {outlet: a paper, date: 2026-04-11}
claims:
  - ceasefire: spring
    claimant: North
    accused: South
    value: 12
    unit: violations
    period: {start_utc: 2026-04-12T00:00:00Z, end_utc: 2026-04-12T20:00:00Z}
    source: {outlet: a paper, date: 2026-04-13}
    confidence: low
"""
WATCH = """\
[watch]
id = "small"
title = "A small watch"
from = 2026-04-10T00:00:00Z
to = 2026-04-15T00:00:00Z
line = "line.geojson"
extent = "extent.geojson"

[[source]]
kind = "firms"
path = "fires.csv"
satellite_days = "days.csv"

[[source]]
kind = "cloud"
path = "cloud.csv"

[[source]]
kind = "claims"
path = "claims.yaml"
truce = "spring"
"""


def row(number: int, *, day: int = 10, frp: object = "3.5", lon: float | None = None) -> str:
    """One row of fire: two passes a day by two satellites, places spread along the line."""
    code, minute = (("N20", 620), ("N21", 670))[number % 2]
    moment = minute + 6 * (number % 3) + (720 if number % 4 > 1 else 0)
    x = 36.0 + (number * 37 % 90) / 100 if lon is None else lon
    y = 48.0 + (number * 53 % 45) / 100
    shown = "D" if moment < 900 else "N"
    clock = f"{moment // 60:02}{moment % 60:02}"
    return f"{y:.5f},{x:.5f},330.1,0.4,0.5,2026-04-{day:02},{clock},{code},nominal,2.0NRT,290.2,{frp},{shown}"


def rows(count: int = 24, *, frp: object = "3.5") -> list[str]:
    """Distinct rows over four days."""
    return [row(number, day=10 + number % 4, frp=frp) for number in range(count)]


def write(folder: Path, **changed: str | None) -> Path:
    """Write the watch's files into ``folder``, some changed (``fires_csv="…"``) or left out (None)."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, str | None] = {
        "watch_toml": WATCH,
        "line_geojson": json.dumps(LINE),
        "extent_geojson": json.dumps(EXTENT),
        "fires_csv": "\n".join([HEADER, *rows()]) + "\n",
        "days_csv": DAYS,
        "cloud_csv": CLOUD,
        "claims_yaml": CLAIMS,
    }
    for key, text in (files | changed).items():
        if text is not None:
            (folder / ".".join(key.rsplit("_", 1))).write_text(text, encoding="utf-8")
    return folder


def quiet(_: str) -> None:
    """Tell nobody."""


class Memory:
    """A ledger in memory: each record once, indices from 0, every batch kept."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.batches: list[list[int]] = []
        self._index: dict[str, int] = {}

    def __call__(self, records: list[Record]) -> list[int]:
        found = []
        for record in records:
            if record.id not in self._index:
                self._index[record.id] = len(self.records)
                self.records.append(record)
            found.append(self._index[record.id])
        self.batches.append(found)
        return found

    def bodies(self, kind: str) -> list[tuple[int, dict]]:
        """Index and body of every record of one kind, as JSON text gives them back."""
        return [(i, json.loads(json.dumps(r.body))) for i, r in enumerate(self.records) if r.kind == kind]
