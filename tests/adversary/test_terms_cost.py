# SPDX-License-Identifier: Apache-2.0
"""Files made to be slow: refused through the command with file, line and reason, and hardly any work is done.

Bounds are of processor time and wide; docs/reference/terms.md gives the figures as measured.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
from pathlib import Path

import pytest

from truceline import cli

MINIMAL = (Path(__file__).parents[1] / "vectors/terms/minimal.yaml").read_text("utf-8")
BOX = "rings: [[[30, 47], [31, 47], [31, 48], [30, 48]]]"
BESIDE = MINIMAL.replace(BOX, "path: z.geojson")
TWO = BESIDE.replace("exceptions:\n", "  - {id: other, kind: polygon, path: y.geojson}\nexceptions:\n", 1)
WITHIN_S = 6.0
"""Processor seconds; on a quiet core the slowest case below takes one."""


def refused(folder: Path, capsys, text: str, **beside: str) -> dict:
    """What ``terms validate --json`` says of a file, after a bounded amount of work."""
    path = folder / "agreement.yaml"
    path.write_text(text, encoding="utf-8")
    for name, content in beside.items():
        (folder / f"{name}.geojson").write_text(content, encoding="utf-8")
    started = time.process_time()
    assert cli.main(["terms", "validate", str(path), "--json"]) == 3
    assert time.process_time() - started < WITHIN_S
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (found["ok"], found["file"]) == (False, str(path))
    assert f"{path}:{found['line']}: {found['reason']}" in told.err
    return found


def polygons(*rings: list) -> str:
    return json.dumps({"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]})


def circle(count: int, radius: float = 1.0) -> list:
    turns = [2 * math.pi * k / count for k in range(count)]
    return [[round(30 + radius * math.cos(t), 6), round(47 + radius * math.sin(t), 6)] for t in turns]


def fan(shift: float, count: int = 400) -> list:
    """Slices that all touch in one place."""
    step = 6.0 / count
    edges = [(i * step, (i + 0.5) * step) for i in range(count)]
    rims = [[[30 + shift + math.cos(t), 47 + math.sin(t)] for t in pair] for pair in edges]
    return [[[30 + shift, 47], *rim] for rim in rims]


def strips(count: int, step: float, wide: float) -> list:
    """Slanting strips, whose boxes nearly all overlap."""
    lefts = [30 + i * step for i in range(count)]
    return [[[x, 47], [x + wide, 47], [x + wide + 1, 48], [x + 1, 48]] for x in lefts]


CROSSED = circle(38_000)
CROSSED[10], CROSSED[20] = CROSSED[20], CROSSED[10]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[" * 600_000, "600,000 commas and brackets"),
        ("[" * 100_000, "nest too deeply"),
        ('{"type": "Polygon", "coordinates": [' + "1," * 400_000 + "1]}", "a ring is not a list"),
        ('{"type": "Polygon", "type": "Polygon", "coordinates": []}', "the key 'type' appears twice"),
        ('{"type": "Polygon",\n"coordinates": [[[1, 2],]]}', "z.geojson:2: not JSON"),
        ('{"type": "Polygon", "coordinates": [[[' + "9" * 100_000 + ", 1], [2, 3], [3, 4]]]}", "cannot be read"),
        ('{"type": "Polygon", "coordinates": [[[true, 1], [2, 3], [3, 4]]]}', "pair of numbers"),
        (polygons(circle(110_000)), "more than 40,000 vertices"),
        (polygons(CROSSED), "crosses itself"),
        (polygons(*strips(1_001, 1e-4, 1e-5)), "more than 1,000 rings"),
        (polygons(*strips(900, 1e-4, 1.1e-4)), "two of its rings overlap"),
        (polygons(*fan(0), *fan(0.001)), "two of its rings overlap"),
        (polygons([[30, 47], [32, 47], [32, 49]], [[31.5, 47.2], [31.6, 47.2], [31.6, 47.3]]), "two of its rings overlap"),
    ],
)  # fmt: skip
def test_a_file_beside_the_terms_is_refused_where_it_is_named(tmp_path, capsys, content, said):
    found = refused(tmp_path, capsys, BESIDE, z=content)
    assert found["line"] == 12
    assert said in found["reason"]
    assert len(found["reason"]) < 400


@pytest.mark.parametrize("size", [49_000_000, 60_000_000])
def test_a_file_of_fifty_megabytes_beside_the_terms_is_not_read(tmp_path, capsys, size):
    with (tmp_path / "z.geojson").open("wb") as file:
        file.truncate(size)
    found = refused(tmp_path, capsys, BESIDE)
    assert (found["line"], found["error"]) == (12, "LimitExceeded")
    assert found["reason"] == f"z.geojson: {size:,} bytes; at most 16,777,216 are read"


def test_a_file_that_is_no_text_beside_the_terms_is_refused_where_it_is_named(tmp_path, capsys):
    (tmp_path / "z.geojson").write_bytes(b"\n\n\xff\xfe")
    found = refused(tmp_path, capsys, BESIDE)
    assert (found["line"], found["reason"][:33]) == (12, "z.geojson:3: not UTF-8 text: inva")


def test_of_a_hundred_megabytes_the_line_is_named_where_it_becomes_too_long(tmp_path, capsys):
    found = refused(tmp_path, capsys, MINIMAL + "# twenty characters \n" * 200_000)
    assert found["error"] == "LimitExceeded"
    lines = (tmp_path / "agreement.yaml").read_bytes()[: 1 << 20].count(b"\n")
    assert found["line"] == lines + 1


def test_zones_of_many_parts_that_overlap_are_refused_before_their_overlap_is_drawn(tmp_path, capsys):
    found = refused(tmp_path, capsys, TWO, z=polygons(*fan(0)), y=polygons(*fan(0.01)))
    assert (found["line"], found["error"]) == (14, "Malformed")
    assert "'box' and 'other' overlap and have the same rank" in found["reason"]


def test_zones_whose_many_parts_only_touch_are_no_overlap_but_too_many_are_refused(tmp_path, capsys):
    """Two rows of squares that share borders: square k of one row touches three of the other."""

    def row(south: float, count: int) -> str:
        wide = 1.0 / count
        return polygons(*(
            [[30 + k * wide, south], [30 + (k + 1) * wide, south], [30 + (k + 1) * wide, south + 1], [30 + k * wide, south + 1]]
            for k in range(count)
        ))  # fmt: skip

    (tmp_path / "agreement.yaml").write_text(TWO, encoding="utf-8")
    for name, south in (("z", 47), ("y", 48)):
        (tmp_path / f"{name}.geojson").write_text(row(south, 64), encoding="utf-8")
    assert cli.main(["terms", "validate", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True
    found = refused(tmp_path, capsys, TWO, z=polygons(*fan(0, 200)), y=polygons(*turned(fan(0, 200))))
    assert "more than 10,000 pairs of polygons touch" in found["reason"]


def turned(slices: list) -> list:
    """Slices between the slices of a fan, so that all touch in its middle and none overlaps."""
    half = 3.0 / len(slices)
    rims = [[math.atan2(y - 47, x - 30) + half for x, y in each[1:]] for each in slices]
    return [[[30, 47], *([30 + math.cos(t), 47 + math.sin(t)] for t in rim)] for rim in rims]


def test_a_long_circle_of_definitions_is_told_by_its_ends(tmp_path, capsys):
    chain = "\n".join(f"  - {{id: d{i}, text: t, uses: [d{(i + 1) % 1200}]}}" for i in range(1200))
    found = refused(tmp_path, capsys, MINIMAL + "definitions:\n" + chain + "\n")
    assert "circle: d0 → d1 → " in found["reason"]
    assert "… 1190 more … → d0" in found["reason"]
    short = "\n".join(f"  - {{id: e{i}, text: t, uses: [e{(i + 1) % 3}]}}" for i in range(3))
    assert "circle: e0 → e1 → e2 → e0" in refused(tmp_path, capsys, MINIMAL + "definitions:\n" + short + "\n")["reason"]


def test_many_zones_that_meet_in_one_place_are_refused_before_they_are_compared(tmp_path, capsys):
    turn = [(35 + math.cos(i / 500), 48 + math.sin(i / 500)) for i in range(702)]
    fan = "".join(
        f"  - {{id: f{i}, kind: polygon, rings: [[[35, 48], [{x:.5f}, {y:.5f}], [{turn[i + 1][0]:.5f}, {turn[i + 1][1]:.5f}]]]}}\n"
        for i, (x, y) in enumerate(turn[:-1])
    )
    found = refused(tmp_path, capsys, MINIMAL.replace("exceptions:\n", fan + "exceptions:\n", 1))
    assert (found["error"], "more than 10,000 pairs of polygons touch" in found["reason"]) == ("LimitExceeded", True)


def test_many_readings_of_a_large_zone_make_it_once(tmp_path, capsys):
    more = "".join(
        f"  - {{id: r{i}, name: R{i}, held_by: [A], summary: s, changes: [{{zone: strip, within_km: {i + 1}}}],"
        " source: {outlet: x, date: 2026-01-01, url: 'https://example.org/a'}}\n"
        for i in range(18)
    )
    (tmp_path / "agreement.yaml").write_text(TWO.replace("responses:", more + "responses:"), encoding="utf-8")
    (tmp_path / "z.geojson").write_text(polygons(circle(39_000)), encoding="utf-8")
    (tmp_path / "y.geojson").write_text(polygons([[40, 47], [41, 47], [41, 48]]), encoding="utf-8")
    started = time.process_time()
    assert cli.main(["terms", "validate", str(tmp_path), "--json"]) == 0
    assert time.process_time() - started < WITHIN_S
    assert json.loads(capsys.readouterr().out)["agreements"][0]["counts"]["readings"] == 20


def test_a_line_as_a_file_obeys_the_same_bounds(tmp_path, capsys):
    text = MINIMAL + "lines:\n  - {id: l, name: L, geometry: path, path: z.geojson}\n"
    line = json.dumps({"type": "LineString", "coordinates": circle(170_000)})
    found = refused(tmp_path, capsys, text, z=line)
    assert (found["line"], found["error"]) == (56, "LimitExceeded")
    assert "at most 500,000 are read" in found["reason"]


@pytest.mark.parametrize("verb", ["validate", "explain"])
def test_what_asks_of_a_text_alone_loads_neither_the_watch_nor_statistics(verb):
    """The command's start is most of what a refusal takes: 2.5 s with everything loaded, half a second without."""
    code = (
        "import sys; from truceline import cli;"
        f"code = cli.main(['terms', '{verb}', {str(Path(__file__).parents[1] / 'vectors/terms/minimal.yaml')!r}]);"
        "heavy = {'scipy', 'numba', 'pyarrow', 'sgp4', 'truceline.watch', 'truceline.reports', 'truceline.assessment'};"
        "print(code, sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.splitlines()[-1] == "0 []"
