# SPDX-License-Identifier: Apache-2.0
"""Cases of the agreements that ship, through the real assessment, and once more with the parties exchanged."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from truceline.base.yaml import parse
from truceline.cli import main

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))
SWAP = {"A": "B", "B": "A"}


def plain(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"), file=str(path)).to_json()


def swapped(value: Any) -> Any:
    """The same with the two parties' ids exchanged, wherever a whole word or key is one."""
    if isinstance(value, Mapping):
        return {SWAP.get(key, key): swapped(child) for key, child in value.items()}
    if isinstance(value, list):
        return [swapped(child) for child in value]
    return SWAP.get(value, value) if isinstance(value, str) else value


def number(value: Any) -> float:
    return float(value)


def feature(case: Mapping[str, Any], place: list[Any]) -> dict[str, Any]:
    event = case["event"]
    lon, lat = (number(each) for each in event.get("place", place))
    sigma = 1000 * number(event.get("sigma_km", 0))
    properties: dict[str, Any] = {
        "id": case["id"],
        "time": event["time"],
        "family": event.get("family", "acoustic"),
        "sigma_major_m": sigma,
        "sigma_minor_m": sigma,
        "bearing_deg": 0,
        "sigma_s": number(event.get("sigma_s", 0)),
    }
    for key, column in (("acts", "p_act"), ("actors", "p_actor"), ("weapons", "p_weapon")):
        properties |= {f"{column}.{name}": number(share) for name, share in event.get(key, {}).items()}
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lon, lat]}, "properties": properties}


def assessed(folder: Path, sheet: Mapping[str, Any], terms: Path, capsys: Any) -> dict[tuple[str, str, str], Any]:
    """Run the command; return its rows by event, provision and reading."""
    events = folder / "events.geojson"
    features = [feature(case, sheet["place"]) for case in sheet["cases"]]
    events.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    command = ["assess", "--terms", str(terms), "--events", str(events), "--json"]
    if "notices" in sheet:
        (folder / "notices.yaml").write_text(json.dumps({"notices": sheet["notices"]}), encoding="utf-8")
        command += ["--notices", str(folder / "notices.yaml")]
    assert main(command) == 0
    answer = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert answer["rejected"] == []
    return {(row["event"], row["provision"], row["reading"]): row for row in answer["assessments"]}


def expectations(sheet: Mapping[str, Any]) -> Iterator[tuple[str, str, str, Mapping[str, Any]]]:
    for case in sheet["cases"]:
        for key, wanted in case["expect"].items():
            provision, _, reading = key.rpartition("@")
            yield case["id"], provision or sheet["provision"], reading, wanted


def check(row: Mapping[str, Any], wanted: Mapping[str, Any], where: str) -> None:
    """The answer, the range and the factor that makes it so."""
    found, probability = wanted["found"], row["probability"]
    said = f"{where}: {row['reasons']}"
    if found == "cannot tell":
        assert probability is None, said
        assert row["low"] < row["high"], said
    elif found == "not":
        assert row["high"] <= 0.001, said
    else:
        least, most = number(wanted["low"]), number(wanted["high"])
        assert probability is not None, said
        assert least <= row["low"] <= probability <= row["high"] <= most, f"{probability} {said}"
        assert found != "breach" or probability >= 0.8, said
    if "decides" in wanted:
        low, high = row["factors"][wanted["decides"]]
        assert high <= 0.001 if found == "not" else (low < 0.999), f"{low} {high} {said}"
    assert wanted["because"], where


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_case_is_found_as_it_says_and_the_same_with_the_parties_exchanged(path, tmp_path, capsys):
    sheet = plain(path)
    terms = ROOT / sheet["terms"]
    rows = assessed(tmp_path, sheet, terms, capsys)
    for event, provision, reading, wanted in expectations(sheet):
        check(rows[event, provision, reading], wanted, f"{path.stem}/{event} {provision}@{reading}")
    other = tmp_path / "mirror"
    other.mkdir()
    for beside in terms.parent.glob("*.geojson"):
        (other / beside.name).write_bytes(beside.read_bytes())
    mirror = other / "agreement.yaml"
    mirror.write_text(json.dumps(swapped(plain(terms)), ensure_ascii=False), encoding="utf-8")
    turned = assessed(other, swapped(sheet), mirror, capsys)
    assert {key: (row["low"], row["probability"], row["high"]) for key, row in turned.items()} == {
        key: (row["low"], row["probability"], row["high"]) for key, row in rows.items()
    }
