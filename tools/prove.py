# SPDX-License-Identifier: Apache-2.0
"""``make prove``: run the long proofs whole and write their figures into docs/reference/proofs.md."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "proofs.md"
HEAD = """# Proofs

Figures of the long-running proofs, written by `make prove` (which runs them whole; `make test` runs the same tests at
one per cent). Do not edit by hand. A proof that changed is run again alone: `python tools/prove.py TEST_FILE...` keeps
the other rows, and every row says on which day it was made.

"""


def main(named: list[str]) -> int:
    """Run the named test files, or every test that scales with ``proof_scale``; write what each measured."""
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl", delete=False) as file:
        figures = Path(file.name)
    environment = {**os.environ, "TRUCELINE_PROVE": "1", "TRUCELINE_FIGURES": str(figures)}
    tests = named or sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if {"proof_scale", "SourceContract"} & set(re.findall(r"\w+", path.read_text()))
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", *tests], cwd=ROOT, env=environment, check=False
    )
    made = [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines()]
    figures.unlink()
    kept = rows(PAGE.read_text(encoding="utf-8")) if named else {}
    PAGE.write_text(page(made, kept=kept, passed=done.returncode == 0), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(made)} figures made")
    return done.returncode


def rows(text: str) -> dict[str, tuple[str, str]]:
    """Return the figures and the day of each proof on the page."""
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line[:1] == "|"]
    return {name: (figures, day) for name, figures, day in cells[2:]}


def page(made: list[dict[str, object]], *, kept: dict[str, tuple[str, str]], passed: bool) -> str:
    """Return the page: what was kept, with what was made today in its place or after it; whether all of it passed."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    found = dict(kept)
    for row in made:
        figures = {key: value for key, value in row.items() if key != "proof"}
        found[str(row["proof"])] = (", ".join(f"{key} {value}" for key, value in figures.items()), today)
    lines = [f"| {name} | {figures} | {day} |\n" for name, (figures, day) in found.items()]
    outcome = "every proof passed" if passed else "A PROOF FAILED, and its rows are of the run before or missing"
    where = f"Last run {today} on Python {platform.python_version()}, {os.cpu_count()} cores: {outcome}.\n\n"
    return "".join([HEAD, where, "| proof | figures | made |\n|---|---|---|\n", *lines])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
