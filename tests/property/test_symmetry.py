# SPDX-License-Identifier: Apache-2.0
"""Both parties are treated alike: swap them everywhere, and every result mirrors.

Through the whole flow, on the real truce: the parties' ids, names, forces, aliases and held places in the terms; who
holds which reading; whom a response is foreseen for; claimants and accused; and the line drawn from its other end.
"""

import json
import re
import shutil

import pytest
from ruamel.yaml import YAML

SWAPS = {"Kyiv": "Moscow", "A": "B"}
SWAPS |= {other: one for one, other in SWAPS.items()}


def swap_terms(path):
    yaml = YAML(typ="rt")
    document = yaml.load(path.read_text(encoding="utf-8"))
    first, second = document["parties"]
    for key in ("name", "forces", "aliases", "holds"):
        first[key], second[key] = second[key], first[key]
    for reading in document["readings"]:
        reading["held_by"] = [SWAPS[party] for party in reading["held_by"]]
    responses = document["responses"]
    responses["A"], responses["B"] = responses["B"], responses["A"]
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(document, file)


def reverse_line(path):
    value = json.loads(path.read_text(encoding="utf-8"))
    value["features"][0]["geometry"]["coordinates"].reverse()
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.fixture(scope="module")
def runs(tmp_path_factory, repository, command):
    base = tmp_path_factory.mktemp("symmetry")
    found = []
    for name, changes in (("one", ()), ("swapped", (swap_terms,)), ("reversed", (reverse_line,))):
        folder = base / name / "easter"
        shutil.copytree(repository / "examples" / "easter-truce-2026", folder, ignore=shutil.ignore_patterns("out"))
        targets = {swap_terms: "terms/agreement.yaml", reverse_line: "data/line.geojson"}
        for change in changes:
            change(folder / targets[change])
        done = command("assess", folder, "--json", cwd=base, keys=base / "keys")
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout.strip().splitlines()[-1]))
    return found


def mirrored(value):
    """The same value with the ids of the parties exchanged, as a key and as a value."""
    if isinstance(value, dict):
        return {SWAPS.get(key, key) if key in "AB" else key: mirrored(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [mirrored(inner) for inner in value]
    return SWAPS[value] if value in ("A", "B") else value


def test_swapping_who_is_a_and_who_is_b_mirrors_every_result(runs):
    one, swapped, _ = runs
    assert mirrored(one["claims"]) != one["claims"], "a mirror of equals shows nothing"
    # Coverage of the two sides is the same here to four digits; made worlds in which it differs are tests of the field.
    for key in ("records", "denials", "looks", "events", "near", "assessments", "comparison", "estimate"):
        assert swapped[key] == one[key], key
    assert swapped["coverage"]["by_side"] == mirrored(one["coverage"]["by_side"])
    assert swapped["coverage"]["line_km_hours_share"] == one["coverage"]["line_km_hours_share"]
    claims = {claim["value"]: claim for claim in swapped["claims"]}
    for claim in one["claims"]:
        twin = claims[claim["value"]]
        assert {k: twin[k] for k in ("claimant_party", "accused_party", "verdict", "passes", "hours")} == mirrored(
            {k: claim[k] for k in ("claimant_party", "accused_party", "verdict", "passes", "hours")}
        )


def test_by_sector_mirrors_too(runs):
    one, swapped, _ = runs
    sides = [s.get("by_side", s) for s in one["coverage"]["by_sector"]]
    others = [s.get("by_side", s) for s in swapped["coverage"]["by_sector"]]
    assert [mirrored(side) for side in sides] == others


def test_drawing_the_line_from_its_other_end_changes_no_side(runs):
    one, _, turned = runs
    for side in "AB":
        assert turned["coverage"]["by_side"][side] == pytest.approx(one["coverage"]["by_side"][side], abs=2e-3)
    assert turned["near"] == one["near"]
    assert turned["comparison"]["cannot_tell"] == one["comparison"]["cannot_tell"]
    assert turned["estimate"]["seen"] == one["estimate"]["seen"]


def test_no_result_names_a_party_as_the_author(runs):
    for summary in runs:
        for reading in summary["assessments"].values():
            assert reading["attributed"] == 0


def test_the_code_knows_no_party(repository):
    """No party's name stands in the code that computes; names are data."""
    names = re.compile(r"\b(kyiv|moscow|ukrain\w*|russia\w*|kremlin|zelensk\w*|putin)\b", re.IGNORECASE)
    rooms = ("base", "model", "ledger", "coverage", "fusion", "assessment", "store", "flow")
    found = []
    for room in rooms:
        for path in (repository / "src" / "truceline" / room).rglob("*.py"):
            code = re.sub(r'"""[\s\S]*?"""|#.*', "", path.read_text(encoding="utf-8"))
            found += [f"{path.name}: {match.group()}" for match in names.finditer(code)]
    assert not found
