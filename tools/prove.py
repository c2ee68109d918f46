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
one per cent). Do not edit by hand.

"""


def main() -> int:
    """Run every test that scales with ``proof_scale`` and write what it measured."""
    with tempfile.NamedTemporaryFile("r", suffix=".jsonl", delete=False) as file:
        figures = Path(file.name)
    environment = {**os.environ, "TRUCELINE_PROVE": "1", "TRUCELINE_FIGURES": str(figures)}
    tests = sorted(
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if {"proof_scale", "SourceContract"} & set(re.findall(r"\w+", path.read_text()))
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:randomly", *tests], cwd=ROOT, env=environment, check=False
    )
    rows = [json.loads(line) for line in figures.read_text(encoding="utf-8").splitlines()]
    figures.unlink()
    lines = [
        HEAD,
        f"Made {datetime.now(UTC):%Y-%m-%d} on Python {platform.python_version()}, {os.cpu_count()} cores.\n\n",
    ]
    lines.append(f"Outcome: {'every proof passed' if done.returncode == 0 else 'A PROOF FAILED'}.\n\n")
    lines.append("| proof | figures |\n|---|---|\n")
    for row in rows:
        name = row.pop("proof")
        lines.append(f"| {name} | {', '.join(f'{key} {value}' for key, value in row.items())} |\n")
    PAGE.write_text("".join(lines), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(rows)} figures")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
