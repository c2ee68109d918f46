# SPDX-License-Identifier: Apache-2.0
"""The agreements that ship: every clause names its source, every file has cases, unknowns are written as unknowns."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from truceline.base.yaml import parse
from truceline.flow.terms_files import read_terms_file
from truceline.terms.schema import CLAUSE_SECTIONS

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests" / "cases").glob("*.yaml"))
SHIPPED = sorted((ROOT / "examples").glob("*/terms/agreement*.yaml"))
DEEP = 12
DRAFT = 5
DEEP_IDS = {"easter-2025", "easter-2026", "energy-truce-2026", "energy-moratorium-2025", "minsk-package-2015"}
DEEP_IDS |= {"minsk-measures-2020"}


def plain(path: Path) -> Any:
    return parse(path.read_text(encoding="utf-8"), file=str(path)).to_json()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_each_agreement_that_ships_has_cases(path):
    sheets = [plain(case) for case in CASES]
    (sheet,) = [one for one in sheets if ROOT / one["terms"] == path]
    agreement = read_terms_file(path).agreement
    assert len(sheet["cases"]) >= (DEEP if agreement.id in DEEP_IDS else DRAFT)
    readings = {reading.id for reading in agreement.readings}
    assert readings == {
        reading for case in sheet["cases"] for key in case["expect"] for reading in [key.rpartition("@")[2]]
    }


def sources(path: Path) -> Iterator[tuple[str, Any]]:
    """Every clause, zone, line, definition, exception and reading of a file, with its source."""
    document = plain(path)
    sections = ("lines", "zones", "definitions", "exceptions", "provisions", "ladder", "readings", *CLAUSE_SECTIONS)
    for section in sections:
        for entry in document.get(section, []):
            yield f"{section}/{entry['id']}", entry.get("source")
            for position in entry.get("positions", []):
                yield f"{section}/{entry['id']}/position", position.get("source")
            for each in entry.get("objects", []):
                yield f"{section}/{entry['id']}/{each['id']}", each.get("source")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_clause_and_reading_names_who_published_it_and_where_or_when(path):
    document = plain(path)
    known = document.get("sources", {})
    for where, named in sources(path):
        source = known.get(named) if isinstance(named, str) else named
        assert source is not None, f"{where} names no source"
        assert source["outlet"], where
        assert source.get("url") or source.get("date"), where
    used = json.dumps({key: value for key, value in document.items() if key != "sources"})
    assert not [name for name in known if f'"{name}"' not in used], "a source that nothing names"


def test_the_drafts_share_their_ids_and_count_twenty_eight_and_twenty():
    old, new = (
        read_terms_file(ROOT / "examples/twenty-points/terms" / name).agreement
        for name in ("agreement-28.yaml", "agreement-20.yaml")
    )
    assert [point.number for point in old.points] == [str(n) for n in range(1, 29)]
    assert [p.number for p in new.points if p.number != "-"] == [str(n) for n in range(1, 21)]
    assert {point.id for point in old.points} <= {point.id for point in new.points}
    assert {p.id for p in new.points if p.status == "open"} == {"plant", "territory"}
    assert [(c.party, c.most) for c in (*old.ceilings, *new.ceilings)] == [("A", 600_000.0), ("A", 800_000.0)]


def test_the_ladder_says_what_was_not_reported():
    agreement = read_terms_file(ROOT / "examples/coalition/terms/agreement-ladder-2026.yaml").agreement
    first, second, third = agreement.steps
    assert (first.clock.hours, second.clock.hours, third.clock.hours) == (24.0, None, 72.0)
    assert (first.clock.origin, third.clock.origin) == (None, "breach")
    assert all("declared_by" in step.unknown for step in agreement.steps)
    triggers = [reading.steps[2].trigger for reading in agreement.readings]
    assert "expanded" in triggers[0]
    assert "extended" in triggers[1]


def test_the_page_lists_every_agreement_with_its_cases():
    page = (ROOT / "docs" / "explanation" / "agreements.md").read_text(encoding="utf-8")
    for path in CASES:
        sheet = plain(path)
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{sheet['terms']}` |")]
        assert row.split("|")[-2].strip() == str(len(sheet["cases"])), row
