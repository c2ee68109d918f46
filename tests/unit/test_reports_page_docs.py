# SPDX-License-Identifier: Apache-2.0
"""docs/reference/page-json.md names every key of page.json, and none that does not exist."""

from __future__ import annotations

import json
import re

import pytest
from run_factory import make_run

from truceline.reports.page import page

FREE = {"sources", "thermal", "versions", "ledger", "extent", "records", "sigma_s", "p", "assumptions", "detail"}
"""Keys whose insides are another room's or data."""

DEEP = {"breaches", "readings"}


def keys(value, prefix=""):
    """Paths of all leaves, ``[]`` for lists of objects; not into free values."""
    if isinstance(value, dict):
        for key, inner in value.items():
            path = f"{prefix}.{key}" if prefix else key
            yield from [path] if key in FREE else keys(inner, path)
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for inner in value:
            yield from keys(inner, f"{prefix}[]")
    else:
        yield prefix


@pytest.fixture(scope="module")
def documented(repository):
    text = (repository / "docs" / "reference" / "page-json.md").read_text(encoding="utf-8").split("## Routes")[0]
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    return {name for row in rows for name in re.findall(r"`([a-z_.\[\]]+)`", row.split("|")[1])}


def present():
    found = json.loads(json.dumps(page(make_run())))
    top = set()
    for key, value in found.items():
        if key in ("readings", "lines"):
            top |= set(keys(value[0]))
        elif key == "details":
            for detail in value.values():
                top |= set(keys({k: v for k, v in detail.items() if k != "breaches"}))
                top |= {f"breaches[].{name}" for table in detail["breaches"] for name in table}
        else:
            top |= set(keys({key: value}))
    return top


def test_every_key_is_documented(documented):
    assert present() - documented == set()


def test_every_documented_key_exists(documented):
    assert documented - present() == set()
